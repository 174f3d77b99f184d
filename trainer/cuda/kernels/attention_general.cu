// Attention and its gradient for any type and size of head, in float32 without
// tensor cores, see ops.Queue.Attention. They train in float32, compute what the
// kernels for tensor cores do not, and check them.
//
// Source: Dao, arXiv 2307.08691, algorithms 1 and 2.
#include "attention_general.cuh"

// A block has 32 queries of a head and goes over the keys that they see.
template <class T, int C>
DEVICE void attention(const int *tiles, i64 heads, i64 ratio, int d, float scale, const T *q, i64 ldq, const T *k,
                      i64 ldk, const T *v, i64 ldv, T *out, i64 ldo, float *lse) {
  DYNAMIC_SHARED(float, queries);
  float *keys = queries + tile_rows * (d | 1), *values = keys + tile_rows * (d | 1);
  float *scores = values + tile_rows * (d | 1), *factor = scores + tile_rows * score_ld;
  Work w = work_of_block(tiles, heads);
  q += w.from * ldq + w.head * d;
  k += w.begin * ldk + w.head / ratio * d;
  v += w.begin * ldv + w.head / ratio * d;
  const float c = scale * log2e;
  const int seen = w.first + w.rows; // keys that a query of the tile sees

  // Four threads of a warp keep the maximum and their parts of the sum of a row.
  const int row = threadIdx.x / 4, t = threadIdx.x % 4;
  float *mine = scores + row * score_ld + t;
  float top = -INFINITY, total = 0;
  float sum[4][C];
  zero<C>(sum);
  load_rows(queries, q, ldq, w.rows, d);
  for (int j = 0; j < seen; j += tile_rows) {
    __syncthreads(); // nobody reads keys and values any more
    load_rows(keys, k + j * ldk, ldk, seen - j, d);
    load_rows(values, v + j * ldv, ldv, seen - j, d);
    __syncthreads();
    float s[4][2];
    dots(s, queries, keys, d);
    store_scores(scores, s);
    __syncwarp();
    float x[tile_rows / 4], high = top;
    UNROLL for (int i = 0; i < tile_rows / 4; i++) {
      x[i] = j + t + 4 * i <= w.first + row ? mine[4 * i] : -INFINITY;
      high = fmaxf(high, x[i]);
    }
    high = fmaxf(high, __shfl_xor_sync(0xffffffffu, high, 1));
    high = fmaxf(high, __shfl_xor_sync(0xffffffffu, high, 2));
    float shrink = exp2f((top - high) * c);
    top = high;
    total *= shrink;
    UNROLL for (int i = 0; i < tile_rows / 4; i++) {
      float p = exp2f((x[i] - high) * c);
      total += p;
      mine[4 * i] = p;
    }
    if (t == 0) factor[row] = shrink;
    __syncwarp();
    UNROLL for (int i = 0; i < 4; i++) {
      float f = factor[threadIdx.x / 16 * 4 + i];
      UNROLL for (int n = 0; n < C; n++) sum[i][n] *= f;
    }
    accumulate<C>(sum, scores, values, min(tile_rows, seen - j), d);
  }
  total += __shfl_xor_sync(0xffffffffu, total, 1);
  total += __shfl_xor_sync(0xffffffffu, total, 2);
  if (t == 0 && row < w.rows) lse[(w.from + row) * heads + w.head] = top * scale + logf(total);
  __syncwarp(); // nobody reads the factors any more
  if (t == 0) factor[row] = 1 / total;
  __syncwarp();
  UNROLL for (int i = 0; i < 4; i++) {
    float f = factor[threadIdx.x / 16 * 4 + i];
    UNROLL for (int n = 0; n < C; n++) sum[i][n] *= f;
  }
  write_rows<T, C>(out + w.from * ldo + w.head * d, ldo, w.rows, d, sum, 1);
}

// A block has 32 keys of a head of keys and values and goes over the heads of its
// group and their queries from its first key's on.
template <class T, int C>
DEVICE void attention_keys(const int *tiles, i64 heads, i64 ratio, int d, float scale, const T *q, i64 ldq, const T *k,
                           i64 ldk, const T *v, i64 ldv, const T *dout, i64 ldo, const Stats *stats, i64 tokens, T *dk,
                           i64 lddk, T *dv, i64 lddv) {
  DYNAMIC_SHARED(float, keys);
  float *values = keys + tile_rows * (d | 1), *queries = values + tile_rows * (d | 1);
  float *douts = queries + tile_rows * (d | 1), *weights = douts + tile_rows * (d | 1);
  float *grads = weights + tile_rows * score_ld;
  Work w = work_of_block(tiles, heads);
  q += w.from * ldq + w.head * ratio * d;
  dout += w.from * ldo + w.head * ratio * d;
  stats += w.from + w.head * ratio * tokens;
  const float c = scale * log2e;
  const int left = w.length - w.first; // queries that see a key of the tile
  const int tx = threadIdx.x % 16, ty = threadIdx.x / 16;
  float sk[4][C], sv[4][C];
  zero<C>(sk);
  zero<C>(sv);
  load_rows(keys, k + w.from * ldk + w.head * d, ldk, w.rows, d);
  load_rows(values, v + w.from * ldv + w.head * d, ldv, w.rows, d);
  for (int r = 0; r < (int)ratio; r++, q += d, dout += d, stats += tokens) {
    for (int at = 0; at < left; at += tile_rows) {
      __syncthreads(); // nobody reads the last queries any more
      load_rows(queries, q + at * ldq, ldq, left - at, d);
      load_rows(douts, dout + at * ldo, ldo, left - at, d);
      __syncthreads();
      float p[4][2], g[4][2];
      dots(p, keys, queries, d);
      dots(g, values, douts, d);
      UNROLL for (int j = 0; j < 2; j++) {
        int query = at + tx + 16 * j;
        Stats of = {0, 0};
        if (query < left) of = stats[query];
        UNROLL for (int i = 0; i < 4; i++) {
          bool sees = 4 * ty + i <= query;
          p[i][j] = sees ? exp2f(fmaf(p[i][j], c, -of.lse)) : 0;
          g[i][j] = p[i][j] * (g[i][j] - of.delta);
        }
      }
      store_scores(weights, p);
      store_scores(grads, g);
      __syncwarp();
      accumulate<C>(sv, weights, douts, min(tile_rows, left - at), d);
      accumulate<C>(sk, grads, queries, min(tile_rows, left - at), d);
    }
  }
  write_rows<T, C>(dk + w.from * lddk + w.head * d, lddk, w.rows, d, sk, scale);
  write_rows<T, C>(dv + w.from * lddv + w.head * d, lddv, w.rows, d, sv, 1);
}

// A block has 32 queries of a head and goes over the keys that they see.
template <class T, int C>
DEVICE void attention_queries(const int *tiles, i64 heads, i64 ratio, int d, float scale, const T *q, i64 ldq,
                              const T *k, i64 ldk, const T *v, i64 ldv, const T *dout, i64 ldo, const Stats *stats,
                              i64 tokens, T *dq, i64 lddq) {
  DYNAMIC_SHARED(float, queries);
  float *douts = queries + tile_rows * (d | 1), *keys = douts + tile_rows * (d | 1);
  float *values = keys + tile_rows * (d | 1), *grads = values + tile_rows * (d | 1);
  Work w = work_of_block(tiles, heads);
  k += w.begin * ldk + w.head / ratio * d;
  v += w.begin * ldv + w.head / ratio * d;
  stats += w.from + w.head * tokens;
  const float c = scale * log2e;
  const int seen = w.first + w.rows; // keys that a query of the tile sees
  const int tx = threadIdx.x % 16, ty = threadIdx.x / 16;
  Stats of[4];
  UNROLL for (int i = 0; i < 4; i++) {
    of[i] = {0, 0};
    if (4 * ty + i < w.rows) of[i] = stats[4 * ty + i];
  }
  float sum[4][C];
  zero<C>(sum);
  load_rows(queries, q + w.from * ldq + w.head * d, ldq, w.rows, d);
  load_rows(douts, dout + w.from * ldo + w.head * d, ldo, w.rows, d);
  for (int j = 0; j < seen; j += tile_rows) {
    __syncthreads(); // nobody reads the last keys any more
    load_rows(keys, k + j * ldk, ldk, seen - j, d);
    load_rows(values, v + j * ldv, ldv, seen - j, d);
    __syncthreads();
    float p[4][2], g[4][2];
    dots(p, queries, keys, d);
    dots(g, douts, values, d);
    UNROLL for (int i = 0; i < 4; i++) {
      UNROLL for (int n = 0; n < 2; n++) {
        bool sees = j + tx + 16 * n <= w.first + 4 * ty + i;
        g[i][n] = sees ? exp2f(fmaf(p[i][n], c, -of[i].lse)) * (g[i][n] - of[i].delta) : 0;
      }
    }
    store_scores(grads, g);
    __syncwarp();
    accumulate<C>(sum, grads, keys, min(tile_rows, seen - j), d);
  }
  write_rows<T, C>(dq + w.from * lddq + w.head * d, lddq, w.rows, d, sum, scale);
}

#define ATTENTION(type, T, size)                                                                                    \
  KERNEL(attention_##size##_##type, 128, const int *tiles, i64 heads, i64 ratio, i64 d, double scale, const T *q,   \
         i64 ldq, const T *k, i64 ldk, const T *v, i64 ldv, T *out, i64 ldo, float *lse) {                          \
    attention<T, size / 16>(tiles, heads, ratio, (int)d, (float)scale, q, ldq, k, ldk, v, ldv, out, ldo, lse);      \
  }                                                                                                                 \
  KERNEL(attention_keys_##size##_##type, 128, const int *tiles, i64 heads, i64 ratio, i64 d, double scale,          \
         const T *q, i64 ldq, const T *k, i64 ldk, const T *v, i64 ldv, const T *dout, i64 ldo, const Stats *stats, \
         i64 tokens, T *dk, i64 lddk, T *dv, i64 lddv) {                                                            \
    attention_keys<T, size / 16>(tiles, heads, ratio, (int)d, (float)scale, q, ldq, k, ldk, v, ldv, dout, ldo,      \
                                 stats, tokens, dk, lddk, dv, lddv);                                                \
  }                                                                                                                 \
  KERNEL(attention_queries_##size##_##type, 128, const int *tiles, i64 heads, i64 ratio, i64 d, double scale,       \
         const T *q, i64 ldq, const T *k, i64 ldk, const T *v, i64 ldv, const T *dout, i64 ldo, const Stats *stats, \
         i64 tokens, T *dq, i64 lddq) {                                                                             \
    attention_queries<T, size / 16>(tiles, heads, ratio, (int)d, (float)scale, q, ldq, k, ldk, v, ldv, dout, ldo,   \
                                    stats, tokens, dq, lddq);                                                       \
  }

ATTENTION(f32, float, 64)
ATTENTION(f32, float, 128)
ATTENTION(f32, float, 256)
ATTENTION(bf16, bf16, 64)
ATTENTION(bf16, bf16, 128)
ATTENTION(bf16, bf16, 256)
