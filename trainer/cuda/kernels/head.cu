// The softmax of rows of logits: log-probabilities of targets and entropies in one
// pass over the logits, and their gradient in another.
//
// Logits are float. Differences to a row's maximum are taken before they are
// scaled, and what is left of a row is computed in double.
#include "vector.cuh"

namespace {

constexpr float infinity = __builtin_huge_valf();

// A Softmax is sums over elements x of a row, seen from the greatest of them, top,
// with t = scale (x - top): s = sum exp(t), w = sum t exp(t). The sums are NaN if an
// element is.
struct Softmax {
  float top, s, w;
};

// raise moves the sums to another maximum, which is not below the old one.
DEVICE void raise(Softmax &a, float top, float scale) {
  if (a.top == top) return;
  if (a.top > -infinity) {
    const float d = (a.top - top) * scale, f = expf(d);
    // Far below the new maximum nothing is left, and 0 times infinity is no number.
    a.w = f > 0 ? f * (a.w + d * a.s) : f * a.s;
    a.s *= f;
  }
  a.top = top;
}

// add takes n more elements; -infinity is as none.
template <int n> DEVICE void add(Softmax &a, const float (&x)[n], float scale) {
  float top = a.top;
  UNROLL
  for (int i = 0; i < n; i++) top = fmaxf(top, x[i]);
  raise(a, top, scale);
  const float from = top > -infinity ? top : 0.0f;
  UNROLL
  for (int i = 0; i < n; i++) {
    const float t = (x[i] - from) * scale, e = expf(t);
    a.s += e;
    a.w += e > 0 ? e * t : 0.0f;
  }
}

// block_max returns the greatest x of the block's threads.
DEVICE float block_max(float x) {
  SHARED float part[32];
  x = warp_max(x);
  if (threadIdx.x % 32 == 0) part[threadIdx.x / 32] = x;
  __syncthreads();
  const unsigned lane = threadIdx.x % 32;
  return warp_max(lane < blockDim.x / 32 ? part[lane] : -infinity);
}

// load16 reads four times four elements of a row, stride apart, and -infinity
// behind its end.
DEVICE void load16(float (&x)[16], const float *row, i64 first, i64 stride, i64 n, bool wide) {
  UNROLL
  for (int k = 0; k < 4; k++) {
    const i64 i = first + k * stride;
    if (wide && i < n) {
      const float4 v = *(const float4 *)(row + i);
      x[4 * k] = v.x, x[4 * k + 1] = v.y, x[4 * k + 2] = v.z, x[4 * k + 3] = v.w;
    } else {
      UNROLL
      for (int j = 0; j < 4; j++) x[4 * k + j] = i + j < n ? row[i + j] : -infinity;
    }
  }
}

// A Split is a double as the sum of two floats, so that a product or difference of
// it keeps the accuracy of a float where large terms cancel.
struct Split {
  float high, low;
};

DEVICE Split split(double x) {
  const float high = (float)x;
  return {high, fabsf(high) < infinity ? (float)(x - (double)high) : 0.0f};
}

template <class T> DEVICE void store4(T *p, const float (&x)[4]);

template <> DEVICE void store4(float *p, const float (&x)[4]) { *(float4 *)p = make_float4(x[0], x[1], x[2], x[3]); }

template <> DEVICE void store4(bf16 *p, const float (&x)[4]) {
  *(uint2 *)p = make_uint2(pack_bf16(x[0], x[1]), pack_bf16(x[2], x[3]));
}

// gradient computes 4096 elements of a row with 256 threads. dlogits may be logits:
// a thread reads what it writes.
template <class T>
DEVICE void gradient(T *dlogits, const float *logits, const int *target, const double *lse, const double *entropy,
                     const double *dlogp, const double *dentropy, i64 vocab, double scale) {
  const i64 row = blockIdx.x, at = target[row];
  logits += row * vocab;
  dlogits += row * vocab;
  const Split by = split(scale), from = split(lse[row]);
  const float a = (float)(scale * dlogp[row]);
  const float b = dentropy ? (float)(scale * dentropy[row]) : 0.0f;
  const float h = dentropy ? (float)entropy[row] : 0.0f;
  const bool wide = vocab % 4 == 0 && aligned(logits) && ((unsigned long long)dlogits & (4 * sizeof(T) - 1)) == 0;
  const i64 first = (i64)blockIdx.y * 4096 + threadIdx.x * 4;
  float x[16];
  load16(x, logits, first, 1024, vocab, wide);
  UNROLL
  for (int k = 0; k < 4; k++) {
    const i64 i = first + k * 1024;
    float d[4];
    UNROLL
    for (int j = 0; j < 4; j++) {
      const float z = x[4 * k + j];
      // A logit of -infinity is no summand: low may be 0 or negative.
      const float l = z > -infinity ? fmaf(by.high, z, -from.high) + fmaf(by.low, z, -from.low) : z;
      const float p = expf(l);
      // Without probability there is no derivative; 0 times infinity is no number.
      const float y = p > 0 ? p * (a + b * (l + h)) : p * a;
      d[j] = (i + j == at ? a : 0.0f) - y;
    }
    if (wide) {
      if (i < vocab) store4(dlogits + i, d);
    } else {
      UNROLL
      for (int j = 0; j < 4; j++) {
        if (i + j < vocab) dlogits[i + j] = to<T>(d[j]);
      }
    }
  }
}

} // namespace

// A block has a row. Threads take the same elements at any address.
KERNEL(log_softmax, 1024, double *lse, double *logp, double *entropy, const float *logits, const int *target,
       i64 vocab, double scale) {
  const i64 row = blockIdx.x;
  logits += row * vocab;
  const bool wide = vocab % 4 == 0 && aligned(logits);
  const float by = (float)scale;
  Softmax a = {-infinity, 0, 0};
  for (i64 i = 4 * threadIdx.x; i < vocab; i += 16 * blockDim.x) {
    float x[16];
    load16(x, logits, i, 4 * blockDim.x, vocab, wide);
    add(a, x, by);
  }
  raise(a, block_max(a.top), by);
  SHARED double s[32], w[32];
  const float s32 = warp_sum(a.s), w32 = warp_sum(a.w);
  if (threadIdx.x % 32 == 0) {
    s[threadIdx.x / 32] = s32;
    w[threadIdx.x / 32] = w32;
  }
  __syncthreads();
  if (threadIdx.x > 0) return;
  double sum = 0, weighted = 0;
  for (unsigned i = 0; i < blockDim.x / 32; i++) {
    sum += s[i];
    weighted += w[i];
  }
  const double log_sum = log(sum);
  lse[row] = scale * (double)a.top + log_sum;
  logp[row] = scale * ((double)logits[target[row]] - (double)a.top) - log_sum;
  if (entropy) entropy[row] = log_sum - weighted / sum;
}

KERNEL(log_softmax_grad_f32, 256, float *dlogits, const float *logits, const int *target, const double *lse,
       const double *entropy, const double *dlogp, const double *dentropy, i64 vocab, double scale) {
  gradient(dlogits, logits, target, lse, entropy, dlogp, dentropy, vocab, scale);
}

KERNEL(log_softmax_grad_bf16, 256, bf16 *dlogits, const float *logits, const int *target, const double *lse,
       const double *entropy, const double *dlogp, const double *dentropy, i64 vocab, double scale) {
  gradient(dlogits, logits, target, lse, entropy, dlogp, dentropy, vocab, scale);
}
