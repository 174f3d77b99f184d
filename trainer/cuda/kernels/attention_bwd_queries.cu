// The gradient of attention of bf16 with respect to queries, on tensor cores, see
// ops.Queue.AttentionGrad.
//
// A block has 128 queries of a head, 32 for each of 4 warps, and goes over the keys
// that they see, 32 at a time, which are copied a step ahead. Weights and their
// derivatives stay in registers, as in attention_fwd.cu. With 96 KB of shared memory
// for heads of 128, two blocks fit a multiprocessor of compute capability 9.0, one
// that of 8.0.
//
// Queries behind the end of a sequence have lse = +inf, which makes their weights 0.
//
// Source: Dao, arXiv 2307.08691, algorithm 2.
#include "attention_tiles.cuh"

template <int D>
DEVICE void attention_mma_queries(const int *tiles, i64 heads, i64 ratio, float scale, const bf16 *q, i64 ldq,
                                  const bf16 *k, i64 ldk, const bf16 *v, i64 ldv, const bf16 *dout, i64 ldo,
                                  const Stats *stats, i64 tokens, bf16 *dq, i64 lddq) {
  constexpr int Queries = 128, Keys = 32, Threads = 128, M = 2;
  DYNAMIC_SHARED(bf16, queries);
  bf16 *douts = queries + Queries * D;
  bf16 *stages = douts + Queries * D; // two of keys and values
  Work w = work_of_block(tiles, heads);
  q += w.from * ldq + w.head * D;
  dout += w.from * ldo + w.head * D;
  dq += w.from * lddq + w.head * D;
  stats += w.from + w.head * tokens;
  k += w.begin * ldk + w.head / ratio * D;
  v += w.begin * ldv + w.head / ratio * D;
  const float c = scale * log2e;
  const int lane = threadIdx.x % 32, g = lane / 4, t = lane % 4;
  const int by_row = lane_of_rows<D>(lane), by_column = lane_of_columns<D>(lane);
  const int r0 = threadIdx.x / 32 * (16 * M); // first row of the warp
  const int seen = w.first + w.rows;          // keys that a query of the tile sees

  float sum[M][D / 8][4], lse[M][2], delta[M][2]; // of rows r0 + 16 m + g + 8 h
  UNROLL for (int m = 0; m < M; m++) {
    clear<D / 8>(sum[m]);
    UNROLL for (int h = 0; h < 2; h++) {
      int row = r0 + 16 * m + g + 8 * h;
      Stats s = {INFINITY, 0};
      if (row < w.rows) s = stats[row];
      lse[m][h] = s.lse;
      delta[m][h] = s.delta;
    }
  }
  load_tile<D, Queries, Threads>(queries, q, ldq, w.rows);
  load_tile<D, Queries, Threads>(douts, dout, ldo, w.rows);
  load_tile<D, Keys, Threads>(stages, k, ldk, seen);
  load_tile<D, Keys, Threads>(stages + Keys * D, v, ldv, seen);
  copy_commit();
  for (int j = 0, stage = 0; j < seen; j += Keys, stage ^= 1) {
    copy_wait<0>();
    __syncthreads(); // this stage is there, and nobody reads the other any more
    if (j + Keys < seen) {
      bf16 *to = stages + (stage ^ 1) * 2 * Keys * D;
      load_tile<D, Keys, Threads>(to, k + (j + Keys) * ldk, ldk, seen - j - Keys);
      load_tile<D, Keys, Threads>(to + Keys * D, v + (j + Keys) * ldv, ldv, seen - j - Keys);
    }
    copy_commit();
    if (r0 >= w.rows || j >= w.first + r0 + 16 * M) continue; // the same in a warp
    const bf16 *keys = stages + stage * 2 * Keys * D, *values = keys + Keys * D;
    float p[M][Keys / 8][4], d[M][Keys / 8][4];
    u32 a[M][4], b[4];
    UNROLL for (int m = 0; m < M; m++) {
      clear<Keys / 8>(p[m]);
      clear<Keys / 8>(d[m]);
    }
    UNROLL for (int i = 0; i < D / 16; i++) {
      UNROLL for (int m = 0; m < M; m++) load_a<D>(a[m], queries, r0 + 16 * m, i, by_row);
      UNROLL for (int n = 0; n < Keys / 16; n++) {
        load_b_columns<D>(b, keys, 16 * n, i, by_column);
        UNROLL for (int m = 0; m < M; m++) {
          mma_16x8x16(p[m][2 * n], a[m], b);
          mma_16x8x16(p[m][2 * n + 1], a[m], b + 2);
        }
      }
    }
    UNROLL for (int i = 0; i < D / 16; i++) {
      UNROLL for (int m = 0; m < M; m++) load_a<D>(a[m], douts, r0 + 16 * m, i, by_row);
      UNROLL for (int n = 0; n < Keys / 16; n++) {
        load_b_columns<D>(b, values, 16 * n, i, by_column);
        UNROLL for (int m = 0; m < M; m++) {
          mma_16x8x16(d[m][2 * n], a[m], b);
          mma_16x8x16(d[m][2 * n + 1], a[m], b + 2);
        }
      }
    }
    UNROLL for (int m = 0; m < M; m++) {
      UNROLL for (int n = 0; n < Keys / 8; n++) {
        UNROLL for (int e = 0; e < 4; e++) {
          p[m][n][e] = fast_exp2(fmaf(p[m][n][e], c, -lse[m][e / 2]));
          d[m][n][e] = p[m][n][e] * (d[m][n][e] - delta[m][e / 2]);
        }
      }
    }
    if (j + Keys - 1 > w.first + r0) {
      UNROLL for (int m = 0; m < M; m++) {
        UNROLL for (int n = 0; n < Keys / 8; n++) {
          UNROLL for (int e = 0; e < 4; e++) {
            if (j + 8 * n + 2 * t + e % 2 > w.first + r0 + 16 * m + g + e / 2 * 8) d[m][n][e] = 0;
          }
        }
      }
    }
    UNROLL for (int i = 0; i < Keys / 16; i++) {
      UNROLL for (int m = 0; m < M; m++) pack_a(a[m], d[m][2 * i], d[m][2 * i + 1]);
      UNROLL for (int n = 0; n < D / 16; n++) {
        load_b_rows<D>(b, keys, 16 * i, n, by_row);
        UNROLL for (int m = 0; m < M; m++) {
          mma_16x8x16(sum[m][2 * n], a[m], b);
          mma_16x8x16(sum[m][2 * n + 1], a[m], b + 2);
        }
      }
    }
  }
  UNROLL for (int m = 0; m < M; m++) store_rows<D>(dq, lddq, w.rows, queries, r0 + 16 * m, sum[m], scale, scale);
}

#define ATTENTION_QUERIES(d)                                                                                         \
  KERNEL(attention_mma_queries_##d##_bf16, 128, const int *tiles, i64 heads, i64 ratio, i64, double scale,           \
         const bf16 *q, i64 ldq, const bf16 *k, i64 ldk, const bf16 *v, i64 ldv, const bf16 *dout, i64 ldo,          \
         const Stats *stats, i64 tokens, bf16 *dq, i64 lddq) {                                                       \
    attention_mma_queries<d>(tiles, heads, ratio, (float)scale, q, ldq, k, ldk, v, ldv, dout, ldo, stats, tokens, dq, \
                             lddq);                                                                                  \
  }

ATTENTION_QUERIES(16)
ATTENTION_QUERIES(32)
ATTENTION_QUERIES(64)
ATTENTION_QUERIES(80)
ATTENTION_QUERIES(96)
ATTENTION_QUERIES(128)
