// The end of a product whose k was split: partial sums are added in their order.
#include "device.cuh"

// C[m,n] = parts[0] + parts[1] + ..., or with accumulate C[m,n] += ..., where parts
// is [splits, m, n]. A block has 1024 columns of a row, a thread 4; wide says that n
// and ldc are multiples of 4 and C is one of 16 bytes.
KERNEL(gemm_sum_f32, 256, float *c, const float *parts, i64 m, i64 n, i64 ldc, i64 splits, i64 wide, i64 accumulate) {
  u32 across = (u32)((n + 1023) / 1024);
  i64 row = blockIdx.x / across;
  i64 column = (i64)(blockIdx.x % across) * 1024 + (wide ? threadIdx.x * 4 : threadIdx.x);
  const float *from = parts + row * n + column;
  float *to = c + row * ldc + column;
  if (wide) {
    if (column >= n) return;
    float4 sum = *(const float4 *)from;
    for (i64 s = 1; s < splits; s++) {
      from += m * n;
      float4 v = *(const float4 *)from;
      sum.x += v.x, sum.y += v.y, sum.z += v.z, sum.w += v.w;
    }
    if (accumulate) {
      float4 old = *(float4 *)to;
      sum = make_float4(old.x + sum.x, old.y + sum.y, old.z + sum.z, old.w + sum.w);
    }
    *(float4 *)to = sum;
    return;
  }
  for (int e = 0; e < 4 && column + e * 256 < n; e++) {
    float sum = from[e * 256];
    for (i64 s = 1; s < splits; s++) sum += from[s * m * n + e * 256];
    to[e * 256] = accumulate ? to[e * 256] + sum : sum;
  }
}
