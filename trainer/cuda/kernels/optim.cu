// The optimizer: a step of AdamW, and the sum of squares of the gradient.
#include "vector.cuh"

namespace {

// An Adam holds the constants of a step.
struct Adam {
  float scale, n1, b2, n2, root, eps, move;
};

// adam_at takes a step with four weights, of which keep are the factors of decay.
template <bool wide>
DEVICE void adam_at(float *w, bf16 *low, float *m, float *v, const float *g, const Adam &c, const float (&keep)[4],
                    int left) {
  float ws[4], ms[4], vs[4], gs[4];
  unpack(ws, load<wide>(w, left));
  unpack(ms, load<wide>(m, left));
  unpack(vs, load<wide>(v, left));
  unpack(gs, load<wide>(g, left));
  UNROLL
  for (int j = 0; j < 4; j++) {
    const float x = gs[j] * c.scale, d = x - ms[j];
    // The moving average goes from its nearer end, as torch's lerp does.
    ms[j] = c.n1 < 0.5f ? fmaf(c.n1, d, ms[j]) : fmaf(c.n1 - 1, d, x);
    vs[j] = fmaf(c.n2 * x, x, c.b2 * vs[j]);
    ws[j] = ws[j] * keep[j] + c.move * ms[j] / (sqrtf(vs[j]) / c.root + c.eps);
  }
  store<wide>(w, pack(ws), left);
  store<wide>(m, pack(ms), left);
  store<wide>(v, pack(vs), left);
  if (!low) return;
  if (wide) {
    *(uint2 *)low = make_uint2(pack_bf16(ws[0], ws[1]), pack_bf16(ws[2], ws[3]));
  } else {
    UNROLL
    for (int j = 0; j < 4; j++) {
      if (j < left) low[j] = to_bf16(ws[j]);
    }
  }
}

} // namespace

// adamw takes a step with count weights w, of which low, unless null, is a copy.
// spared, [ranges, 2], is where ranges of weights that do not decay begin and end,
// ascending. An element moves 28 bytes, with low 30.
//
// Together the threads of a block find the first range that ends behind where their
// elements begin; each goes on from there only if that range begins before their end.
KERNEL(adamw, 256, float *w, bf16 *low, float *m, float *v, const float *__restrict__ g, i64 count, double scale,
       double decay, double n1, double b2, double n2, double root, double eps, double move,
       const i64 *__restrict__ spared, i64 ranges) {
  const Adam c = {(float)scale, (float)n1, (float)b2, (float)n2, (float)root, (float)eps, (float)move};
  const bool wide = aligned(w) && aligned(m) && aligned(v) && aligned(g) && ((unsigned long long)low & 7) == 0;
  const i64 step = (i64)gridDim.x * blockDim.x * 4;
  for (i64 i = ((i64)blockIdx.x * blockDim.x + threadIdx.x) * 4; i < count; i += step) {
    const i64 begin = i - threadIdx.x * 4, end = begin + blockDim.x * 4;
    int at = 0;
    for (int high = (int)ranges; at < high;) {
      const int middle = (at + high) / 2;
      if (spared[2 * middle + 1] > begin) {
        high = middle;
      } else {
        at = middle + 1;
      }
    }
    float keep[4] = {(float)decay, (float)decay, (float)decay, (float)decay};
    if (at < ranges && spared[2 * at] < end) {
      UNROLL
      for (int j = 0; j < 4; j++) {
        while (at < ranges && spared[2 * at + 1] <= i + j) at++;
        if (at < ranges && spared[2 * at] <= i + j) keep[j] = 1;
      }
    }

    bf16 *const copy = low ? low + i : low;
    if (wide && count - i >= 4) {
      adam_at<true>(w + i, copy, m + i, v + i, g + i, c, keep, 4);
    } else {
      adam_at<false>(w + i, copy, m + i, v + i, g + i, c, keep, count - i < 4 ? (int)(count - i) : 4);
    }
  }
}

// sum_squares writes a part of the sum of the squares of count elements to
// part[blockIdx.x], in double. An element moves 4 bytes.
KERNEL(sum_squares, 256, double *part, const float *__restrict__ g, i64 count) {
  double s = 0;
  const bool wide = aligned(g);
  const i64 step = (i64)gridDim.x * blockDim.x * 4;
  for (i64 i = ((i64)blockIdx.x * blockDim.x + threadIdx.x) * 4; i < count; i += step) {
    float x[4];
    if (wide && count - i >= 4) {
      unpack(x, load<true>(g + i, 4));
    } else {
      unpack(x, load<false>(g + i, count - i < 4 ? (int)(count - i) : 4));
    }
    UNROLL
    for (int j = 0; j < 4; j++) s += (double)x[j] * (double)x[j];
  }
  SHARED double sums[8];
  s = warp_sum(s);
  if (threadIdx.x % 32 == 0) sums[threadIdx.x / 32] = s;
  __syncthreads();
  if (threadIdx.x > 0) return;
  for (int k = 1; k < 8; k++) s += sums[k];
  part[blockIdx.x] = s;
}
