// Rows by number: copies from and to chosen rows, and the gradient of the embedding.
#include "vector.cuh"

namespace {

// copy_row copies the part of a row of d elements that belongs to blockIdx.y.
template <class T> DEVICE void copy_row(T *dst, const T *src, int d) {
  constexpr int n = Vec<T>::n;
  const int at = (int)(blockIdx.y * blockDim.x + threadIdx.x), step = (int)(gridDim.y * blockDim.x);
  if (d % n == 0 && aligned(dst) && aligned(src)) {
    for (int i = at * n; i < d; i += step * n) *(uint4 *)(dst + i) = *(const uint4 *)(src + i);
  } else {
    for (int i = at; i < d; i += step) dst[i] = src[i];
  }
}

// embed_grad adds rows of dx to row ids[blockIdx.x] of dtable. A block of 256
// threads takes 32 n columns at a time: warp k adds rows k, k + 8, ... of the run,
// then the warps' sums are added in order.
template <class T, bool wide>
DEVICE void embed_grad(float *dtable, const T *__restrict__ dx, const int *__restrict__ order, int from, int to, int h,
                       float (*sums)[256]) {
  constexpr int n = Vec<T>::n, columns = 32 * n, ahead = 4;
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  for (int base = blockIdx.y * columns; base < h; base += gridDim.y * columns) {
    const int left = h - base - lane * n;
    const T *x = dx + base + lane * n;
    float s[n];
    UNROLL
    for (int j = 0; j < n; j++) s[j] = 0;
    for (int row = from + warp; row < to; row += 8 * ahead) {
      Vec<T> v[ahead];
      UNROLL
      for (int k = 0; k < ahead; k++) {
        const bool there = row + 8 * k < to;
        const i64 at = there ? order[row + 8 * k] : 0;
        v[k] = load<wide>(x + at * h, there ? left : 0);
      }
      UNROLL
      for (int k = 0; k < ahead; k++) {
        float f[n];
        unpack(f, v[k]);
        UNROLL
        for (int j = 0; j < n; j++) s[j] += f[j];
      }
    }
    UNROLL
    for (int j = 0; j < n; j++) sums[warp][lane * n + j] = s[j];
    __syncthreads();
    const int i = threadIdx.x;
    if (i < columns && base + i < h) {
      float f = 0;
      for (int k = 0; k < 8 && k < to - from; k++) f += sums[k][i];
      dtable[base + i] += f;
    }
    __syncthreads(); // sums are written again
  }
}

template <class T>
DEVICE void embed_grad_any(float *dtable, const T *__restrict__ dx, const int *__restrict__ order,
                           const int *__restrict__ first, const int *__restrict__ ids, i64 h) {
  SHARED float sums[8][256];
  const int from = first[blockIdx.x], to = first[blockIdx.x + 1];
  dtable += ids[blockIdx.x] * h;
  if (h % Vec<T>::n == 0 && aligned(dx)) {
    embed_grad<T, true>(dtable, dx, order, from, to, (int)h, sums);
  } else {
    embed_grad<T, false>(dtable, dx, order, from, to, (int)h, sums);
  }
}

} // namespace

// gather_* copies row index[blockIdx.x] of src to row blockIdx.x of dst, scatter_*
// the other way round. An element moves twice.
KERNEL(gather_f32, 128, float *dst, const float *src, const int *index, i64 d) {
  copy_row(dst + blockIdx.x * d, src + index[blockIdx.x] * d, (int)d);
}

KERNEL(gather_bf16, 128, bf16 *dst, const bf16 *src, const int *index, i64 d) {
  copy_row(dst + blockIdx.x * d, src + index[blockIdx.x] * d, (int)d);
}

KERNEL(scatter_f32, 128, float *dst, const float *src, const int *index, i64 d) {
  copy_row(dst + index[blockIdx.x] * d, src + blockIdx.x * d, (int)d);
}

KERNEL(scatter_bf16, 128, bf16 *dst, const bf16 *src, const int *index, i64 d) {
  copy_row(dst + index[blockIdx.x] * d, src + blockIdx.x * d, (int)d);
}

// embed_grad_* has blockIdx.x for a run of equal tokens and blockIdx.y for columns.
// An element of dx is read once, one of a row of dtable that occurs is read and
// written once.
KERNEL(embed_grad_f32, 256, float *dtable, const float *__restrict__ dx, const int *__restrict__ order,
       const int *__restrict__ first, const int *__restrict__ ids, i64 h) {
  embed_grad_any(dtable, dx, order, first, ids, h);
}

KERNEL(embed_grad_bf16, 256, float *dtable, const bf16 *__restrict__ dx, const int *__restrict__ order,
       const int *__restrict__ first, const int *__restrict__ ids, i64 h) {
  embed_grad_any(dtable, dx, order, first, ids, h);
}
