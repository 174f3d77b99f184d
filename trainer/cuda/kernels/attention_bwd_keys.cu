// The gradient of attention of bf16 with respect to keys and values, on tensor
// cores, see ops.Queue.AttentionGrad.
//
// A block has 128 keys of a head of keys and values, 16 for each of 8 warps, and
// goes over the heads of its group and their queries from its first key's on, 64 at
// a time. Scores are computed with keys as rows, so that the weights and their
// derivatives, rounded to bf16, are at once the fragments of A in the products that
// sum over queries, and never leave registers. The sums stay there too, 128 floats
// of a thread for heads of 128. Queries are copied a step ahead. Shared memory holds
// one block on a multiprocessor, of 8 warps, as the registers do.
//
// With heads of 128, 64 queries at a time want 129 KB, and there are devices that
// give a block 99 KB: on those it is 32 at a time. The sums are taken 16 queries at
// a time either way, and have the same bits.
//
// Queries behind the end of a sequence have lse = +inf, which makes their weights 0.
//
// Source: Dao, arXiv 2307.08691, algorithm 2.
#include "attention_tiles.cuh"

template <int D, int Queries>
DEVICE void attention_mma_keys(const int *tiles, i64 heads, i64 ratio, float scale, const bf16 *q, i64 ldq,
                               const bf16 *k, i64 ldk, const bf16 *v, i64 ldv, const bf16 *dout, i64 ldo,
                               const Stats *stats, i64 tokens, bf16 *dk, i64 lddk, bf16 *dv, i64 lddv) {
  constexpr int Keys = 128, Threads = 256;
  DYNAMIC_SHARED(bf16, keys);
  bf16 *values = keys + Keys * D;
  bf16 *stages = values + Keys * D; // two of queries and their dout
  Stats *known = (Stats *)(stages + 4 * Queries * D);
  Work w = work_of_block(tiles, heads);
  k += w.from * ldk + w.head * D;
  v += w.from * ldv + w.head * D;
  dk += w.from * lddk + w.head * D;
  dv += w.from * lddv + w.head * D;
  // The queries that see a key of the tile, of the first head of the group.
  const int left = w.length - w.first;
  q += w.from * ldq + w.head * ratio * D;
  dout += w.from * ldo + w.head * ratio * D;
  stats += w.from + w.head * ratio * tokens;
  const float c = scale * log2e;
  const int lane = threadIdx.x % 32, g = lane / 4, t = lane % 4;
  const int by_row = lane_of_rows<D>(lane), by_column = lane_of_columns<D>(lane);
  const int r0 = threadIdx.x / 32 * 16; // first row of the warp

  float sk[D / 8][4], sv[D / 8][4]; // sums for keys r0 + g and r0 + g + 8
  clear<D / 8>(sk);
  clear<D / 8>(sv);
  load_tile<D, Keys, Threads>(keys, k, ldk, w.rows);
  load_tile<D, Keys, Threads>(values, v, ldv, w.rows);
  load_tile<D, Queries, Threads>(stages, q, ldq, left);
  load_tile<D, Queries, Threads>(stages + Queries * D, dout, ldo, left);
  copy_commit();
  const Stats none = {INFINITY, 0};
  if (threadIdx.x < Queries) known[threadIdx.x] = (int)threadIdx.x < left ? stats[threadIdx.x] : none;

  int stage = 0, head = 0;
  for (int at = 0; head < ratio; stage ^= 1) { // queries of the head from at on
    copy_wait<0>();
    __syncthreads(); // this stage is there, and nobody reads the other any more
    int next = at + Queries, next_head = head;
    if (next >= left) {
      next = 0;
      next_head++;
      q += D;
      dout += D;
      stats += tokens;
    }
    Stats mine = none;
    if (next_head < ratio) {
      bf16 *to = stages + (stage ^ 1) * 2 * Queries * D;
      load_tile<D, Queries, Threads>(to, q + next * ldq, ldq, left - next);
      load_tile<D, Queries, Threads>(to + Queries * D, dout + next * ldo, ldo, left - next);
      if (threadIdx.x < Queries && next + (int)threadIdx.x < left) mine = stats[next + threadIdx.x];
    }
    copy_commit();
    if (r0 < w.rows && r0 < at + Queries) {
      const bf16 *queries = stages + stage * 2 * Queries * D, *douts = queries + Queries * D;
      const Stats *of = known + stage * Queries;
      float p[Queries / 8][4], d[Queries / 8][4];
      u32 a[4], b[4];
      clear<Queries / 8>(p);
      UNROLL for (int i = 0; i < D / 16; i++) {
        load_a<D>(a, keys, r0, i, by_row);
        UNROLL for (int n = 0; n < Queries / 16; n++) {
          load_b_columns<D>(b, queries, 16 * n, i, by_column);
          mma_16x8x16(p[2 * n], a, b);
          mma_16x8x16(p[2 * n + 1], a, b + 2);
        }
      }
      UNROLL for (int n = 0; n < Queries / 8; n++) {
        UNROLL for (int e = 0; e < 4; e++) p[n][e] = fast_exp2(fmaf(p[n][e], c, -of[8 * n + 2 * t + e % 2].lse));
      }
      if (at < r0 + 15) {
        UNROLL for (int n = 0; n < Queries / 8; n++) {
          UNROLL for (int e = 0; e < 4; e++) {
            if (r0 + g + e / 2 * 8 > at + 8 * n + 2 * t + e % 2) p[n][e] = 0;
          }
        }
      }
      UNROLL for (int i = 0; i < Queries / 16; i++) {
        pack_a(a, p[2 * i], p[2 * i + 1]);
        UNROLL for (int n = 0; n < D / 16; n++) {
          load_b_rows<D>(b, douts, 16 * i, n, by_row);
          mma_16x8x16(sv[2 * n], a, b);
          mma_16x8x16(sv[2 * n + 1], a, b + 2);
        }
      }
      clear<Queries / 8>(d);
      UNROLL for (int i = 0; i < D / 16; i++) {
        load_a<D>(a, values, r0, i, by_row);
        UNROLL for (int n = 0; n < Queries / 16; n++) {
          load_b_columns<D>(b, douts, 16 * n, i, by_column);
          mma_16x8x16(d[2 * n], a, b);
          mma_16x8x16(d[2 * n + 1], a, b + 2);
        }
      }
      UNROLL for (int n = 0; n < Queries / 8; n++) {
        UNROLL for (int e = 0; e < 4; e++) d[n][e] = p[n][e] * (d[n][e] - of[8 * n + 2 * t + e % 2].delta);
      }
      UNROLL for (int i = 0; i < Queries / 16; i++) {
        pack_a(a, d[2 * i], d[2 * i + 1]);
        UNROLL for (int n = 0; n < D / 16; n++) {
          load_b_rows<D>(b, queries, 16 * i, n, by_row);
          mma_16x8x16(sk[2 * n], a, b);
          mma_16x8x16(sk[2 * n + 1], a, b + 2);
        }
      }
    }
    if (threadIdx.x < Queries) known[(stage ^ 1) * Queries + threadIdx.x] = mine;
    at = next;
    head = next_head;
  }
  store_rows<D>(dk, lddk, w.rows, keys, r0, sk, scale, scale);
  store_rows<D>(dv, lddv, w.rows, values, r0, sv, 1, 1);
}

#define ATTENTION_KEYS(d, queries)                                                                                     \
  KERNEL(attention_mma_keys_##d##x##queries##_bf16, 256, const int *tiles, i64 heads, i64 ratio, i64, double scale,    \
         const bf16 *q, i64 ldq, const bf16 *k, i64 ldk, const bf16 *v, i64 ldv, const bf16 *dout, i64 ldo,            \
         const Stats *stats, i64 tokens, bf16 *dk, i64 lddk, bf16 *dv, i64 lddv) {                                     \
    attention_mma_keys<d, queries>(tiles, heads, ratio, (float)scale, q, ldq, k, ldk, v, ldv, dout, ldo, stats,        \
                                   tokens, dk, lddk, dv, lddv);                                                        \
  }

ATTENTION_KEYS(16, 64)
ATTENTION_KEYS(32, 64)
ATTENTION_KEYS(64, 64)
ATTENTION_KEYS(80, 64)
ATTENTION_KEYS(96, 64)
ATTENTION_KEYS(128, 64)
ATTENTION_KEYS(128, 32)
