// What the backward pass of attention wants to know of each query and head, one
// head behind the other, so that a tile of queries finds it in one piece.
#include "attention.cuh"

// A warp has a query and head; neighbours have the same head.
template <class T>
DEVICE void attention_stats(Stats *stats, i64 tokens, const T *dout, i64 lddo, const T *out, i64 ldo, const float *lse,
                            i64 first, i64 n, i64 heads, i64 d) {
  i64 at = (i64)blockIdx.x * 4 + threadIdx.x / 32;
  i64 head = at / n, token = first + at % n;
  if (head >= heads) return;
  dout += token * lddo + head * d;
  out += token * ldo + head * d;
  float sum = 0;
  for (int i = threadIdx.x % 32; i < d; i += 32) sum = fmaf(to_float(dout[i]), to_float(out[i]), sum);
  sum = warp_sum(sum);
  if (threadIdx.x % 32 == 0) stats[head * tokens + token] = {lse[token * heads + head] * log2e, sum};
}

KERNEL(attention_stats_f32, 128, Stats *stats, i64 tokens, const float *dout, i64 lddo, const float *out, i64 ldo,
       const float *lse, i64 first, i64 n, i64 heads, i64 d) {
  attention_stats(stats, tokens, dout, lddo, out, ldo, lse, first, n, heads, d);
}

KERNEL(attention_stats_bf16, 128, Stats *stats, i64 tokens, const bf16 *dout, i64 lddo, const bf16 *out, i64 ldo,
       const float *lse, i64 first, i64 n, i64 heads, i64 d) {
  attention_stats(stats, tokens, dout, lddo, out, ldo, lse, first, n, heads, d);
}
