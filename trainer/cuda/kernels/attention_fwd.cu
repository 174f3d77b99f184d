// Attention of bf16 on tensor cores, see ops.Queue.Attention.
//
// A block has 128 queries of a head, 32 for each of 4 warps, and goes over the keys
// from the first on, 64 at a time: scores and weights stay in registers, and the
// weights, rounded to bf16, are at once the fragments that the product with the
// values wants. Two rows of fragments per warp use each fragment of keys and values
// twice, which halves what is read from shared memory. Values are copied while
// scores are computed, and the next keys while values are summed; the second block
// of the multiprocessor covers what is left.
//
// Since keys come in order, the first step of every query has a key that it may
// see: the maximum is never that of an empty set.
//
// Source: Dao, arXiv 2307.08691, algorithm 1.
#include "attention_tiles.cuh"

template <int D>
DEVICE void attention_mma(const int *tiles, i64 heads, i64 ratio, float scale, const bf16 *q, i64 ldq, const bf16 *k,
                          i64 ldk, const bf16 *v, i64 ldv, bf16 *out, i64 ldo, float *lse) {
  constexpr int Queries = 128, Keys = 64, Threads = 128, M = 2;
  DYNAMIC_SHARED(bf16, queries);
  bf16 *keys = queries + Queries * D, *values = keys + Keys * D;
  Work w = work_of_block(tiles, heads);
  q += w.from * ldq + w.head * D;
  k += w.begin * ldk + w.head / ratio * D;
  v += w.begin * ldv + w.head / ratio * D;
  out += w.from * ldo + w.head * D;
  const float c = scale * log2e;
  const int lane = threadIdx.x % 32, g = lane / 4, t = lane % 4;
  const int by_row = lane_of_rows<D>(lane), by_column = lane_of_columns<D>(lane);
  const int r0 = threadIdx.x / 32 * (16 * M); // first row of the warp
  const int seen = w.first + w.rows;          // keys that a query of the tile sees

  float o[M][D / 8][4], top[M][2], sum[M][2]; // of rows r0 + 16 m + g + 8 h
  UNROLL for (int m = 0; m < M; m++) {
    clear<D / 8>(o[m]);
    top[m][0] = top[m][1] = -INFINITY;
    sum[m][0] = sum[m][1] = 0;
  }
  load_tile<D, Queries, Threads>(queries, q, ldq, w.rows);
  load_tile<D, Keys, Threads>(keys, k, ldk, seen);
  copy_commit();
  for (int j = 0; j < seen; j += Keys) {
    bool work = r0 < w.rows && j < w.first + r0 + 16 * M; // the same in a warp
    copy_wait<0>();
    __syncthreads(); // keys are there, and nobody reads values any more
    load_tile<D, Keys, Threads>(values, v + j * ldv, ldv, seen - j);
    copy_commit();
    float s[M][Keys / 8][4];
    UNROLL for (int m = 0; m < M; m++) clear<Keys / 8>(s[m]);
    if (work) {
      UNROLL for (int i = 0; i < D / 16; i++) {
        u32 a[M][4], b[4];
        UNROLL for (int m = 0; m < M; m++) load_a<D>(a[m], queries, r0 + 16 * m, i, by_row);
        UNROLL for (int n = 0; n < Keys / 16; n++) {
          load_b_columns<D>(b, keys, 16 * n, i, by_column);
          UNROLL for (int m = 0; m < M; m++) {
            mma_16x8x16(s[m][2 * n], a[m], b);
            mma_16x8x16(s[m][2 * n + 1], a[m], b + 2);
          }
        }
      }
    }
    copy_wait<0>();
    __syncthreads(); // values are there, and nobody reads keys any more
    if (j + Keys < seen) load_tile<D, Keys, Threads>(keys, k + (j + Keys) * ldk, ldk, seen - j - Keys);
    copy_commit();
    if (!work) continue;
    if (j + Keys - 1 > w.first + r0) {
      UNROLL for (int m = 0; m < M; m++) {
        UNROLL for (int n = 0; n < Keys / 8; n++) {
          UNROLL for (int e = 0; e < 4; e++) {
            int row = w.first + r0 + 16 * m + g + e / 2 * 8;
            if (j + 8 * n + 2 * t + e % 2 > row) s[m][n][e] = -INFINITY;
          }
        }
      }
    }
    UNROLL for (int m = 0; m < M; m++) {
      UNROLL for (int h = 0; h < 2; h++) {
        float x = -INFINITY;
        UNROLL for (int n = 0; n < Keys / 8; n++) x = fmaxf(x, fmaxf(s[m][n][2 * h], s[m][n][2 * h + 1]));
        x = fmaxf(x, __shfl_xor_sync(0xffffffffu, x, 1));
        x = fmaxf(x, __shfl_xor_sync(0xffffffffu, x, 2));
        x = fmaxf(top[m][h], x * c);
        float shrink = fast_exp2(top[m][h] - x), total = 0;
        top[m][h] = x;
        UNROLL for (int n = 0; n < Keys / 8; n++) {
          UNROLL for (int e = 2 * h; e < 2 * h + 2; e++) {
            s[m][n][e] = fast_exp2(fmaf(s[m][n][e], c, -x));
            total += s[m][n][e];
          }
        }
        sum[m][h] = sum[m][h] * shrink + total;
        UNROLL for (int n = 0; n < D / 8; n++) {
          o[m][n][2 * h] *= shrink;
          o[m][n][2 * h + 1] *= shrink;
        }
      }
    }
    UNROLL for (int i = 0; i < Keys / 16; i++) {
      u32 a[M][4], b[4];
      UNROLL for (int m = 0; m < M; m++) pack_a(a[m], s[m][2 * i], s[m][2 * i + 1]);
      UNROLL for (int n = 0; n < D / 16; n++) {
        load_b_rows<D>(b, values, 16 * i, n, by_row);
        UNROLL for (int m = 0; m < M; m++) {
          mma_16x8x16(o[m][2 * n], a[m], b);
          mma_16x8x16(o[m][2 * n + 1], a[m], b + 2);
        }
      }
    }
  }
  UNROLL for (int m = 0; m < M; m++) {
    float one_over[2];
    UNROLL for (int h = 0; h < 2; h++) {
      float x = sum[m][h];
      x += __shfl_xor_sync(0xffffffffu, x, 1);
      x += __shfl_xor_sync(0xffffffffu, x, 2);
      one_over[h] = 1 / x;
      int row = r0 + 16 * m + g + 8 * h;
      if (t == 0 && row < w.rows) lse[(w.from + row) * heads + w.head] = (top[m][h] + log2f(x)) * ln2;
    }
    store_rows<D>(out, ldo, w.rows, queries, r0 + 16 * m, o[m], one_over[0], one_over[1]);
  }
}

#define ATTENTION(d)                                                                                              \
  KERNEL(attention_mma_##d##_bf16, 128, const int *tiles, i64 heads, i64 ratio, i64, double scale, const bf16 *q, \
         i64 ldq, const bf16 *k, i64 ldk, const bf16 *v, i64 ldv, bf16 *out, i64 ldo, float *lse) {               \
    attention_mma<d>(tiles, heads, ratio, (float)scale, q, ldq, k, ldk, v, ldv, out, ldo, lse);                   \
  }

ATTENTION(16)
ATTENTION(32)
ATTENTION(64)
ATTENTION(80)
ATTENTION(96)
ATTENTION(128)
