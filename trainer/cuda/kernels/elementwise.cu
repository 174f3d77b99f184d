// Kernels that work on each element by itself: the gated activation of the MLP and
// its gradient, sums, and conversions.
//
// Threads have 16 bytes of each operand at a time and read all that they need
// before they write, so that a result may lie where an operand does.
#include "vector.cuh"

namespace {

// sigmoid is 0 and 1 at large arguments. In x sigmoid(x), -Inf gives NaN, as in
// torch.
DEVICE float sigmoid(float x) { return 1.0f / (1.0f + expf(-x)); }

template <class T, bool wide> DEVICE void swiglu_at(T *act, const T *gate, const T *up, int left) {
  constexpr int n = Vec<T>::n;
  float g[n], u[n];
  unpack(g, load<wide>(gate, left));
  unpack(u, load<wide>(up, left));
  UNROLL
  for (int j = 0; j < n; j++) g[j] = g[j] * sigmoid(g[j]) * u[j];
  store<wide>(act, pack(g), left);
}

template <class T> DEVICE void swiglu(T *act, const T *gu, i64 f) {
  constexpr int n = Vec<T>::n;
  act += blockIdx.x * f;
  gu += blockIdx.x * 2 * f;
  const bool wide = f % n == 0 && aligned(act) && aligned(gu);
  const int step = (int)(gridDim.y * blockDim.x) * n;
  for (int i = (int)(blockIdx.y * blockDim.x + threadIdx.x) * n; i < f; i += step) {
    if (wide) {
      swiglu_at<T, true>(act + i, gu + i, gu + f + i, (int)f - i);
    } else {
      swiglu_at<T, false>(act + i, gu + i, gu + f + i, (int)f - i);
    }
  }
}

template <class T, bool wide>
DEVICE void swiglu_grad_at(T *dgate, T *dup, T *act, const T *dact, const T *gate, const T *up, int left) {
  constexpr int n = Vec<T>::n;
  float g[n], u[n], d[n];
  unpack(g, load<wide>(gate, left));
  unpack(u, load<wide>(up, left));
  unpack(d, load<wide>(dact, left));
  UNROLL
  for (int j = 0; j < n; j++) {
    const float s = sigmoid(g[j]), silu = g[j] * s, y = silu * u[j];
    g[j] = d[j] * u[j] * (s + silu * (1 - s));
    u[j] = d[j] * silu;
    d[j] = y;
  }
  store<wide>(dgate, pack(g), left);
  store<wide>(dup, pack(u), left);
  if (act) store<wide>(act, pack(d), left);
}

template <class T> DEVICE void swiglu_grad(T *dgu, T *act, const T *dact, const T *gu, i64 f) {
  constexpr int n = Vec<T>::n;
  if (act) act += blockIdx.x * f;
  dact += blockIdx.x * f;
  gu += blockIdx.x * 2 * f;
  dgu += blockIdx.x * 2 * f;
  const bool wide = f % n == 0 && aligned(act) && aligned(dact) && aligned(gu) && aligned(dgu);
  const int step = (int)(gridDim.y * blockDim.x) * n;
  for (int i = (int)(blockIdx.y * blockDim.x + threadIdx.x) * n; i < f; i += step) {
    if (wide) {
      swiglu_grad_at<T, true>(dgu + i, dgu + f + i, act ? act + i : act, dact + i, gu + i, gu + f + i, (int)f - i);
    } else {
      swiglu_grad_at<T, false>(dgu + i, dgu + f + i, act ? act + i : act, dact + i, gu + i, gu + f + i, (int)f - i);
    }
  }
}

template <class T, bool wide> DEVICE void add_at(T *dst, const T *src, int left) {
  constexpr int n = Vec<T>::n;
  float x[n], y[n];
  unpack(x, load<wide>(dst, left));
  unpack(y, load<wide>(src, left));
  UNROLL
  for (int j = 0; j < n; j++) x[j] += y[j];
  store<wide>(dst, pack(x), left);
}

template <class T> DEVICE void add(T *dst, const T *src, i64 count) {
  constexpr int n = Vec<T>::n;
  const bool wide = aligned(dst) && aligned(src);
  const i64 step = (i64)gridDim.x * blockDim.x * n;
  for (i64 i = ((i64)blockIdx.x * blockDim.x + threadIdx.x) * n; i < count; i += step) {
    if (wide && count - i >= n) {
      add_at<T, true>(dst + i, src + i, n);
    } else {
      add_at<T, false>(dst + i, src + i, count - i < n ? (int)(count - i) : n);
    }
  }
}

template <bool wide> DEVICE void narrow(bf16 *dst, const float *src, int left) {
  float x[8];
  load_floats<wide>(x, src, left);
  store<wide>(dst, pack(x), left);
}

template <bool wide> DEVICE void widen(float *dst, const bf16 *src, int left) {
  float x[8];
  unpack(x, load<wide>(src, left));
  store_floats<wide>(dst, x, left);
}

} // namespace

// swiglu_* computes row blockIdx.x of act = silu(gate) up. An element of act moves
// three: two read and one written.
KERNEL(swiglu_f32, 128, float *act, const float *gu, i64 f) { swiglu(act, gu, f); }
KERNEL(swiglu_bf16, 128, bf16 *act, const bf16 *gu, i64 f) { swiglu(act, gu, f); }

// swiglu_grad_* computes row blockIdx.x of dgu and act. An element of act moves six:
// three read and three written.
KERNEL(swiglu_grad_f32, 128, float *dgu, float *act, const float *dact, const float *gu, i64 f) {
  swiglu_grad(dgu, act, dact, gu, f);
}

KERNEL(swiglu_grad_bf16, 128, bf16 *dgu, bf16 *act, const bf16 *dact, const bf16 *gu, i64 f) {
  swiglu_grad(dgu, act, dact, gu, f);
}

// add_* adds src to dst. An element moves three times.
KERNEL(add_f32, 256, float *dst, const float *src, i64 count) { add(dst, src, count); }
KERNEL(add_bf16, 256, bf16 *dst, const bf16 *src, i64 count) { add(dst, src, count); }

// narrow rounds floats to bf16, widen is the other way. An element moves 6 bytes.
KERNEL(narrow, 256, bf16 *dst, const float *src, i64 count) {
  const bool wide = aligned(dst) && aligned(src);
  const i64 step = (i64)gridDim.x * blockDim.x * 8;
  for (i64 i = ((i64)blockIdx.x * blockDim.x + threadIdx.x) * 8; i < count; i += step) {
    if (wide && count - i >= 8) {
      narrow<true>(dst + i, src + i, 8);
    } else {
      narrow<false>(dst + i, src + i, count - i < 8 ? (int)(count - i) : 8);
    }
  }
}

KERNEL(widen, 256, float *dst, const bf16 *src, i64 count) {
  const bool wide = aligned(dst) && aligned(src);
  const i64 step = (i64)gridDim.x * blockDim.x * 8;
  for (i64 i = ((i64)blockIdx.x * blockDim.x + threadIdx.x) * 8; i < count; i += step) {
    if (wide && count - i >= 8) {
      widen<true>(dst + i, src + i, 8);
    } else {
      widen<false>(dst + i, src + i, count - i < 8 ? (int)(count - i) : 8);
    }
  }
}
