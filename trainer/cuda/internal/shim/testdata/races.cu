// Kernels race_*, with a race if wrong is 1. The lines that race are marked with an R.
#include "device.cuh"

KERNEL(race_barrier, 64, i64 wrong, i64 *y) {
  SHARED i64 s[64];
  i64 i = threadIdx.x;
  s[i] = i;  // R
  if (!wrong) __syncthreads();
  y[i] = s[63 - i];  // R
}

// Without the second barrier a thread writes what another has yet to read.
KERNEL(race_again, 64, i64 wrong, i64 *y) {
  SHARED i64 s[64];
  i64 i = threadIdx.x;
  for (i64 k = 0; k < 3; k++) {
    s[i] = k;  // R
    __syncthreads();
    y[i] = s[63 - i];  // R
    if (!wrong) __syncthreads();
  }
}

// A shuffle brings lanes together but orders nothing. No order of threads shows it in
// values.
KERNEL(race_shuffle, 32, i64 wrong, i64 *y) {
  SHARED i64 s[32];
  i64 i = threadIdx.x;
  s[i] = i;  // R
  i64 other = __shfl_xor_sync(~0u, i, 1);
  if (!wrong) __syncwarp();
  y[i] = s[other];  // R
}

// __syncwarp orders the lanes of its mask only, whichever mask is first.
KERNEL(race_low, 32, i64 wrong, i64 *y) {
  SHARED i64 s[32];
  i64 i = threadIdx.x;
  s[i] = i;  // R
  __syncwarp(i < 16 ? 0xffffu : 0xffff0000u);
  y[i] = s[wrong && i < 16 ? 31 - i : i ^ 15];  // R
}

KERNEL(race_high, 32, i64 wrong, i64 *y) {
  SHARED i64 s[32];
  i64 i = threadIdx.x;
  s[i] = i;  // R
  __syncwarp(i < 16 ? 0xffffu : 0xffff0000u);
  y[i] = s[wrong && i >= 16 ? 31 - i : i ^ 15];  // R
}

// __syncwarp is no barrier for other warps.
KERNEL(race_warps, 64, i64 wrong, i64 *y) {
  SHARED i64 s[64];
  i64 i = threadIdx.x;
  s[i] = i;  // R
  __syncwarp();
  y[i] = s[wrong ? 63 - i : i ^ 31];  // R
}

// A wait for copies is one for the thread's own.
KERNEL(race_copy, 32, i64 wrong, i64 *y) {
  SHARED i64 s[64];
  i64 i = threadIdx.x;
  copy_async16(s + 2 * i, y + 2 * i, true);  // R
  copy_commit();
  copy_wait<0>();  // R
  if (!wrong) __syncthreads();
  y[64 + i] = s[2 * (31 - i)];  // R
}

// The address that a lane passes is of 16 bytes that other lanes have written.
KERNEL(race_matrix, 32, i64 wrong, u32 *y) {
  SHARED u32 s[4 * 32];
  u32 r[4];
  for (u32 k = 0; k < 4; k++) s[32 * k + threadIdx.x] = k;  // R
  if (!wrong) __syncwarp();
  load_matrix_x4(r, s + 4 * threadIdx.x);  // R
  y[threadIdx.x] = r[0] + r[1] + r[2] + r[3];
}

// Atomics do not race with each other, but with what else reads.
KERNEL(race_atomic, 64, i64 wrong, u32 *y) {
  SHARED u32 n;
  if (threadIdx.x == 0) n = 0;
  __syncthreads();
  atomicAdd(&n, 1u);  // R
  if (!wrong) __syncthreads();
  y[threadIdx.x] = n;  // R
}

__attribute__((noipa)) i64 at(const i64 *p) { return *p; }

// Threads of a block meet in global memory, too. What is on their stacks is no place
// to meet.
KERNEL(race_global, 64, i64 wrong, i64 *y) {
  i64 mine = threadIdx.x;
  y[wrong ? threadIdx.x / 2 : threadIdx.x] = at(&mine);  // R
}

__attribute__((noipa)) void halt(bool alone) {
  if (alone) __shfl_sync(0x300u, 1, 8);
  __syncthreads();
}

// A kernel that stops in the middle leaves nothing behind that could be a race of the
// next, nor a line of its own in the report of one.
KERNEL(fault_stuck, 64, i64 wrong, i64 *y) {
  SHARED i64 s[64];
  i64 i = threadIdx.x;
  s[i] = i;
  halt(wrong && i == 40);
  y[i] = s[63 - i];
}
