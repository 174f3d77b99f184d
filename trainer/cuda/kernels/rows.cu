// RMSNorm, with the addition in front of it, and its gradient.
//
// A group of threads has a row: a warp where 32 elements a thread suffice, else a
// block of 256. What is beyond 32 elements a thread is read twice, as is everything
// where accesses of 16 bytes are not possible.
#include "vector.cuh"

namespace {

constexpr int held = 32; // elements of a row in the registers of a thread
// group_sum returns the sum over the group of threads of the caller, in each.
template <int threads> DEVICE float group_sum(float x) {
  x = warp_sum(x);
  if (threads > 32) {
    SHARED float sums[threads / 32];
    __syncthreads(); // the sums of the call before have been read
    if (threadIdx.x % 32 == 0) sums[threadIdx.x / 32] = x;
    __syncthreads();
    x = 0;
    UNROLL
    for (int i = 0; i < threads / 32; i++) x += sums[i];
  }
  return x;
}

template <class T> DEVICE float squares(const Vec<T> &v) {
  float x[Vec<T>::n], s = 0;
  unpack(x, v);
  UNROLL
  for (int j = 0; j < Vec<T>::n; j++) s += x[j] * x[j];
  return s;
}

template <class T> DEVICE Vec<T> add(const Vec<T> &a, const Vec<T> &b) {
  float x[Vec<T>::n], y[Vec<T>::n];
  unpack(x, a);
  unpack(y, b);
  UNROLL
  for (int j = 0; j < Vec<T>::n; j++) x[j] += y[j];
  return pack(x);
}

// normed returns x r w.
template <class T> DEVICE Vec<T> normed(const Vec<T> &x, float r, const Vec<T> &w) {
  float v[Vec<T>::n], u[Vec<T>::n];
  unpack(v, x);
  unpack(u, w);
  UNROLL
  for (int j = 0; j < Vec<T>::n; j++) v[j] = v[j] * r * u[j];
  return pack(v);
}

// norm_row works on one row; at is the thread's number in its group. Without b
// the row is a and nothing is written to sum.
template <class T, int threads, bool wide>
DEVICE void norm_row(T *sum, T *y, const T *a, const T *b, const T *__restrict__ w, float *rstd, int d, float eps,
                     int at) {
  constexpr int n = Vec<T>::n, slots = wide ? held / n : 0, room = slots ? slots : 1, step = threads * n;
  Vec<T> x[room];
  UNROLL
  for (int k = 0; k < slots; k++) {
    const int i = k * step + at * n;
    x[k] = load<wide>(a + i, d - i);
  }
  if (b) {
    Vec<T> z[room];
    UNROLL
    for (int k = 0; k < slots; k++) {
      const int i = k * step + at * n;
      z[k] = load<wide>(b + i, d - i);
    }
    UNROLL
    for (int k = 0; k < slots; k++) {
      const int i = k * step + at * n;
      x[k] = add(x[k], z[k]);
      store<wide>(sum + i, x[k], d - i);
    }
  }
  float s = 0;
  UNROLL
  for (int k = 0; k < slots; k++) s += squares(x[k]);
  _Pragma("unroll 1")
  for (int i = slots * step + at * n; i < d; i += step) {
    Vec<T> v = load<wide>(a + i, d - i);
    if (b) {
      v = add(v, load<wide>(b + i, d - i));
      store<wide>(sum + i, v, d - i);
    }
    s += squares(v);
  }

  const float r = 1.0f / sqrtf(group_sum<threads>(s) / (float)d + eps);
  if (rstd && at == 0) *rstd = r;
  UNROLL
  for (int k = 0; k < slots; k++) {
    const int i = k * step + at * n;
    store<wide>(y + i, normed(x[k], r, load<wide>(w + i, d - i)), d - i);
  }
  const T *again = b ? sum : a; // what this thread wrote or read before
  _Pragma("unroll 1")
  for (int i = slots * step + at * n; i < d; i += step) {
    store<wide>(y + i, normed(load<wide>(again + i, d - i), r, load<wide>(w + i, d - i)), d - i);
  }
}

template <class T, int threads>
DEVICE void norm(T *sum, T *y, const T *a, const T *b, const T *__restrict__ w, float *rstd, i64 rows, i64 d,
                 double eps) {
  const i64 row = (i64)blockIdx.x * (blockDim.x / threads) + threadIdx.x / threads;
  if (row >= rows) return; // whole groups
  const int at = threadIdx.x % threads;
  const i64 first = row * d;
  sum += b ? first : 0;
  b += b ? first : 0;
  rstd += rstd ? row : 0;
  const bool wide = d % Vec<T>::n == 0 && aligned(sum) && aligned(y) && aligned(a) && aligned(b) && aligned(w);
  if (wide) {
    norm_row<T, threads, true>(sum, y + first, a + first, b, w, rstd, (int)d, (float)eps, at);
  } else {
    norm_row<T, threads, false>(sum, y + first, a + first, b, w, rstd, (int)d, (float)eps, at);
  }
}

// norm_grad works on the rows of a block, whose sums over rows go to a row of part.
// A thread has the same columns in every row and keeps their sums.
template <class T, int threads, bool wide>
DEVICE void norm_grad_rows(T *dx, bool accumulate, float *part, const T *dy, const T *x, const T *__restrict__ w,
                           const float *__restrict__ rstd, i64 rows, int d) {
  constexpr int n = Vec<T>::n, slots = wide ? held / n : 0, room = slots ? slots : 1, step = threads * n;
  constexpr int groups = 256 / threads;
  const i64 lo = rows * blockIdx.x / gridDim.x, hi = rows * (blockIdx.x + 1) / gridDim.x;
  const int group = threadIdx.x / threads, at = threadIdx.x % threads;

  float dw[room][n];
  UNROLL
  for (int k = 0; k < slots; k++) {
    UNROLL
    for (int j = 0; j < n; j++) dw[k][j] = 0;
  }

  for (i64 row = lo + group; row < hi; row += groups) {
    const T *gr = dy + row * d, *xr = x + row * d;
    T *dr = dx + row * d;
    const float r = rstd[row];
    Vec<T> g[room], v[room], old[room];
    UNROLL
    for (int k = 0; k < slots; k++) {
      const int i = k * step + at * n;
      g[k] = load<wide>(gr + i, d - i);
      v[k] = load<wide>(xr + i, d - i);
    }
    if (accumulate) {
      UNROLL
      for (int k = 0; k < slots; k++) {
        const int i = k * step + at * n;
        old[k] = load<wide>(dr + i, d - i);
      }
    } else {
      UNROLL
      for (int k = 0; k < slots; k++) old[k].raw = make_uint4(0, 0, 0, 0);
    }

    float s = 0;
    UNROLL
    for (int k = 0; k < slots; k++) {
      const int i = k * step + at * n;
      float gs[n], vs[n], ws[n];
      unpack(gs, g[k]);
      unpack(vs, v[k]);
      unpack(ws, load<wide>(w + i, d - i));
      UNROLL
      for (int j = 0; j < n; j++) s += gs[j] * ws[j] * vs[j];
    }
    _Pragma("unroll 1")
    for (int i = slots * step + at * n; i < d; i += step) {
      float gs[n], vs[n], ws[n];
      unpack(gs, load<wide>(gr + i, d - i));
      unpack(vs, load<wide>(xr + i, d - i));
      unpack(ws, load<wide>(w + i, d - i));
      UNROLL
      for (int j = 0; j < n; j++) s += gs[j] * ws[j] * vs[j];
    }
    s = group_sum<threads>(s) * r * r / (float)d;

    UNROLL
    for (int k = 0; k < slots; k++) {
      const int i = k * step + at * n;
      float gs[n], vs[n], ws[n], os[n];
      unpack(gs, g[k]);
      unpack(vs, v[k]);
      unpack(ws, load<wide>(w + i, d - i));
      unpack(os, old[k]);
      UNROLL
      for (int j = 0; j < n; j++) {
        dw[k][j] += gs[j] * vs[j] * r;
        os[j] += r * (gs[j] * ws[j] - vs[j] * s);
      }
      store<wide>(dr + i, pack(os), d - i);
    }
    _Pragma("unroll 1")
    for (int i = slots * step + at * n; i < d; i += step) {
      float gs[n], vs[n], ws[n], os[n], ps[n];
      unpack(gs, load<wide>(gr + i, d - i));
      unpack(vs, load<wide>(xr + i, d - i));
      unpack(ws, load<wide>(w + i, d - i));
      unpack(os, load<wide>(dr + i, accumulate ? d - i : 0));
      load_floats<wide>(ps, part + i, row > lo ? d - i : 0);
      UNROLL
      for (int j = 0; j < n; j++) {
        ps[j] += gs[j] * vs[j] * r;
        os[j] += r * (gs[j] * ws[j] - vs[j] * s);
      }
      store<wide>(dr + i, pack(os), d - i);
      store_floats<wide>(part + i, ps, d - i);
    }
  }

  if (threads == 256) { // the columns of a thread are no other's
    UNROLL
    for (int k = 0; k < slots; k++) {
      const int i = k * step + at * n;
      store_floats<wide>(part + i, dw[k], d - i);
    }
  } else {
    SHARED float sums[groups][held * threads];
    UNROLL
    for (int k = 0; k < slots; k++) {
      UNROLL
      for (int j = 0; j < n; j++) sums[group][k * step + at * n + j] = dw[k][j];
    }
    __syncthreads();
    for (int i = threadIdx.x; i < d; i += 256) {
      float s = 0;
      UNROLL
      for (int k = 0; k < groups; k++) s += sums[k][i];
      part[i] = s;
    }
  }
}

template <class T, int threads>
DEVICE void norm_grad(T *dx, i64 accumulate, float *part, const T *dy, const T *x, const T *__restrict__ w,
                      const float *__restrict__ rstd, i64 rows, i64 d) {
  part += blockIdx.x * d;
  if (d % Vec<T>::n == 0 && aligned(dx) && aligned(part) && aligned(dy) && aligned(x) && aligned(w)) {
    norm_grad_rows<T, threads, true>(dx, accumulate != 0, part, dy, x, w, rstd, rows, (int)d);
  } else {
    norm_grad_rows<T, 256, false>(dx, accumulate != 0, part, dy, x, w, rstd, rows, (int)d);
  }
}

} // namespace

// rmsnorm_* normalises rows of at most 1024 elements, four in a block of 128
// threads; rmsnorm_long_* those of more, one in a block of 256. Without an addition
// b and sum are null. rstd may be null.
//
// An element moves twice, with the addition four times.
KERNEL(rmsnorm_f32, 128, float *sum, float *y, const float *a, const float *b, const float *__restrict__ w, float *rstd,
       i64 rows, i64 d, double eps) {
  norm<float, 32>(sum, y, a, b, w, rstd, rows, d, eps);
}

KERNEL(rmsnorm_bf16, 128, bf16 *sum, bf16 *y, const bf16 *a, const bf16 *b, const bf16 *__restrict__ w, float *rstd,
       i64 rows, i64 d, double eps) {
  norm<bf16, 32>(sum, y, a, b, w, rstd, rows, d, eps);
}

KERNEL(rmsnorm_long_f32, 256, float *sum, float *y, const float *a, const float *b, const float *__restrict__ w,
       float *rstd, i64 rows, i64 d, double eps) {
  norm<float, 256>(sum, y, a, b, w, rstd, rows, d, eps);
}

KERNEL(rmsnorm_long_bf16, 256, bf16 *sum, bf16 *y, const bf16 *a, const bf16 *b, const bf16 *__restrict__ w,
       float *rstd, i64 rows, i64 d, double eps) {
  norm<bf16, 256>(sum, y, a, b, w, rstd, rows, d, eps);
}

// rmsnorm_grad_* and, for rows of more than 1024 elements, rmsnorm_long_grad_* run
// blocks of 256 threads on equal ranges of rows. part is [blocks, d]; add_columns
// adds it to dw.
//
// An element moves three times, or four to accumulate.
KERNEL(rmsnorm_grad_f32, 256, float *dx, i64 accumulate, float *part, const float *dy, const float *x,
       const float *__restrict__ w, const float *__restrict__ rstd, i64 rows, i64 d) {
  norm_grad<float, 32>(dx, accumulate, part, dy, x, w, rstd, rows, d);
}

KERNEL(rmsnorm_grad_bf16, 256, bf16 *dx, i64 accumulate, float *part, const bf16 *dy, const bf16 *x,
       const bf16 *__restrict__ w, const float *__restrict__ rstd, i64 rows, i64 d) {
  norm_grad<bf16, 32>(dx, accumulate, part, dy, x, w, rstd, rows, d);
}

KERNEL(rmsnorm_long_grad_f32, 256, float *dx, i64 accumulate, float *part, const float *dy, const float *x,
       const float *__restrict__ w, const float *__restrict__ rstd, i64 rows, i64 d) {
  norm_grad<float, 256>(dx, accumulate, part, dy, x, w, rstd, rows, d);
}

KERNEL(rmsnorm_long_grad_bf16, 256, bf16 *dx, i64 accumulate, float *part, const bf16 *dy, const bf16 *x,
       const bf16 *__restrict__ w, const float *__restrict__ rstd, i64 rows, i64 d) {
  norm_grad<bf16, 256>(dx, accumulate, part, dy, x, w, rstd, rows, d);
}

// add_columns computes the sums over the rows of part, [count, d], and with
// gridDim.y = 2 those of the [count, d] behind it. If accumulate is set they are
// added to dst0 and dst1, else stored. A block of 512 threads has 32 columns.
KERNEL(add_columns, 512, float *dst0, float *dst1, i64 accumulate, const float *__restrict__ part, i64 count, i64 d) {
  SHARED float sums[16][32];
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  const i64 i = (i64)blockIdx.x * 32 + lane;
  part += blockIdx.y * count * d + i;
  float s = 0;
  if (i < d) {
    _Pragma("unroll 8")
    for (i64 row = warp; row < count; row += 16) s += part[row * d];
  }
  sums[warp][lane] = s;
  __syncthreads();
  if (warp > 0 || i >= d) return;
  for (int k = 1; k < 16; k++) s += sums[k][lane];
  float *dst = blockIdx.y ? dst1 : dst0;
  dst[i] = accumulate ? dst[i] + s : s;
}
