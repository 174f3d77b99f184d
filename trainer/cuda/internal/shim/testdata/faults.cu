// Kernels that are wrong, each in one way, if wrong is 1.
#include "device.cuh"

KERNEL(fault_deadlock, 64, i64 wrong) {
  if (!(wrong && threadIdx.x == 40)) __syncthreads();
  __syncwarp();
  if (wrong && threadIdx.x == 40) __shfl_sync(0x300u, 1, 8);
}

KERNEL(fault_half, 64, i64 wrong) {
  if (threadIdx.x % 32 < 16 || !wrong) __syncwarp();
  __syncthreads();
}

KERNEL(fault_mask, 32, i64 wrong) { __shfl_sync(wrong ? 0xfffffffeu : ~0u, 1, 8); }

KERNEL(fault_source, 32, i64 wrong) {
  if (threadIdx.x < 16) __shfl_sync(0xffffu, 1, wrong ? 20 : 15);
}

KERNEL(fault_gone, 32, i64 wrong) {
  if (wrong && threadIdx.x == 7) return;
  warp_sum(1.0f);
}

KERNEL(fault_leaves, 32, i64 wrong) {
  if (threadIdx.x == 31 && wrong) return;
  __shfl_sync(~0u, 1, 0);
}

KERNEL(fault_kinds, 32, i64 wrong) {
  if (wrong && threadIdx.x == 9) {
    __ballot_sync(~0u, 1);
  } else {
    __shfl_sync(~0u, 1, 0);
  }
}

KERNEL(fault_barriers, 64, i64 wrong) {
  if (wrong && threadIdx.x == 9) {
    __syncthreads_or(1);
  } else {
    __syncthreads();
  }
}

KERNEL(fault_copy, 1, i64 wrong, const unsigned char *x) {
  alignas(16) SHARED unsigned char s[32];
  copy_async16(s, x + wrong, true);
}

KERNEL(fault_matrix, 32, i64 wrong) {
  alignas(16) SHARED unsigned char s[32 * 16 + 16];
  u32 r[4];
  load_matrix_x4(r, s + 16 * threadIdx.x + 8 * wrong);
}

// What follows stops the process.

KERNEL(crash_global, 32, i64 wrong, float *x) { x[threadIdx.x + wrong] = 1; }

KERNEL(crash_static, 32, i64 wrong) {
  SHARED float s[32];
  float *p = s + threadIdx.x;
  p[wrong] = 1;
}

KERNEL(crash_dynamic, 32, i64 wrong) {
  DYNAMIC_SHARED(float, s);
  s[threadIdx.x + wrong] = 1;
}

KERNEL(crash_local, 32, i64 wrong) {
  volatile float s[8] = {};
  volatile float *p = s;
  p[wrong ? threadIdx.x : 0] = 1;
}

KERNEL(crash_aligned, 1, i64 wrong, float *x) { *(float4 *)(x + wrong) = make_float4(1, 2, 3, 4); }

KERNEL(crash_async, 32, i64 wrong, float *x) {
  alignas(16) SHARED float s[4 * 32];
  copy_async16(s + 4 * threadIdx.x, x + (wrong ? 4 * threadIdx.x : 0), true);
  copy_commit();
  copy_wait<0>();
}

KERNEL(crash_bounds, 32, i64 wrong) {
  SHARED float s[32];
  s[threadIdx.x + wrong] = 1;
}

KERNEL(crash_overflow, 1, i64 wrong, int *x) { *x = 0x7fffffff + (int)wrong; }
