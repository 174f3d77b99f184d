// Kernels that are right: what they compute is compared with Go.
#include "device.cuh"

KERNEL(test_rotate, 1024, float *x) {
  SHARED float s[1024];
  unsigned i = threadIdx.x, n = blockDim.x;
  s[i] = x[i];
  __syncthreads();
  x[i] = s[(i + 1) % n];
}

// Of 64 threads in 4 x 4 x 4: y[8 thread + k] is what thread sees of operation k.
KERNEL(test_shuffles, 64, i64 *y) {
  int t = (int)(threadIdx.x + 4 * threadIdx.y + 16 * threadIdx.z), lane = t % 32;
  i64 *out = y + 8 * ((i64)blockIdx.x * 64 + t);
  out[0] = __shfl_sync(~0u, t, 5);
  out[1] = __shfl_xor_sync(~0u, (double)t, 3) * 2;
  out[2] = __shfl_up_sync(~0u, (unsigned)t, 2, 8);
  out[3] = __shfl_down_sync(~0u, (float)t, 3, 16);
  out[4] = __ballot_sync(~0u, lane % 3 == 0);
  if (lane < 16) {
    out[5] = __shfl_xor_sync(0xffffu, (i64)t << 40, 1) >> 40;
  } else {
    out[5] = __any_sync(0xffff0000u, lane == 20) + 2 * __all_sync(0xffff0000u, lane != 20);
  }
  __syncwarp();
  if (lane % 2) __syncwarp(0xaaaaaaaau);
  out[6] = __syncthreads_count(t % 5 == 0) + 100 * __syncthreads_or(t == 63) + 1000 * __syncthreads_and(t != 63);
  out[7] = gridDim.x * 1000 + blockIdx.x;
}

// Half of the threads leave; the others still meet.
KERNEL(test_leave, 128, i64 *y) {
  SHARED int n[64];
  if (threadIdx.x >= 64) return;
  n[threadIdx.x] = (int)threadIdx.x;
  __syncthreads();
  y[threadIdx.x] = n[63 - threadIdx.x];
}

// What shared memory holds at first, static and dynamic.
KERNEL(test_poison, 32, u32 *y) {
  SHARED u32 s[32];
  DYNAMIC_SHARED(u32, d);
  y[threadIdx.x] = s[threadIdx.x] & d[threadIdx.x];
  s[threadIdx.x] = d[threadIdx.x] = 1;
}

// c[16,8] = a[16,16] b[16,8] in bf16, all row-major, through shared memory.
KERNEL(test_mma, 32, float *c, const bf16 *a, const bf16 *b) {
  alignas(16) SHARED bf16 sa[16][16];
  alignas(16) SHARED bf16 sb[16][16];  // columns 8 to 15 are not used
  int lane = (int)threadIdx.x;
  copy_async16(&sa[lane / 2][lane % 2 * 8], a + lane * 8, true);
  if (lane < 16) copy_async16(&sb[lane][0], b + lane * 8, true);
  copy_async16(&sb[lane / 2][8], nullptr, false);
  copy_commit();
  copy_wait<0>();
  __syncthreads();
  u32 fa[4], fb[4];
  // Matrices: rows 0-7 and 8-15 of columns 0-7, then of columns 8-15.
  load_matrix_x4(fa, &sa[lane % 16][lane / 16 * 8]);
  load_matrix_x4_trans(fb, &sb[lane % 16][lane / 16 * 8]);
  float d[4] = {1, 1, 1, 1};
  mma_16x8x16(d, fa, fb);
  for (int i = 0; i < 4; i++) c[(lane / 4 + i / 2 * 8) * 8 + lane % 4 * 2 + i % 2] = d[i] + to_float(sb[0][8]);
}

// Two groups of copies are under way; copy_wait<1> waits for the older.
KERNEL(test_groups, 1, float *y, const float *x) {
  alignas(16) SHARED float s[8];
  copy_async16(s, x, true);
  copy_commit();
  copy_async16(s + 4, x + 4, true);
  copy_commit();
  copy_wait<1>();
  for (int i = 0; i < 8; i++) y[i] = s[i];
  copy_wait<0>();
  for (int i = 0; i < 8; i++) y[8 + i] = s[i];
}

KERNEL(test_bf16, 256, bf16 *y, float *z, const float *x) {
  i64 i = threadIdx.x;
  y[i] = to<bf16>(x[i]);
  float low, high;
  unpack_bf16(pack_bf16(x[i], -x[i]), low, high);
  z[2 * i] = low;
  z[2 * i + 1] = high;
}

// Adds what block b - 1 has left to what block b leaves: right only in order.
KERNEL(test_chain, 1, i64 *y) {
  i64 b = blockIdx.x;
  y[b] = b == 0 ? 1 : y[b - 1] + 1;
}

// Reads a neighbour's value without a barrier.
KERNEL(test_race, 64, i64 *y, i64 step) {
  SHARED i64 s[64];
  i64 i = threadIdx.x;
  s[i] = i;
  y[i] = s[(i + step + 64) % 64];
}

KERNEL(test_spin, 1024, float *x, i64 n) {
  float y = x[threadIdx.x];
  for (i64 i = 0; i < n; i++) y = __shfl_xor_sync(~0u, y, 1);
  x[threadIdx.x] = y;
}
