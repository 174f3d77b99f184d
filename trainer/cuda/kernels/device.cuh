// What kernels are written with: CUDA C where every construct that a CPU lacks has
// a name of ours, so that the same source runs on a GPU and, by shim.h, on a CPU
// where each thread of a block is a fiber.
//
// Every parameter of a kernel is 8 bytes wide: a pointer, a long long or a double.
// Shared memory of static size is declared with SHARED, of dynamic size with
// DYNAMIC_SHARED; both are aligned to 16 bytes, and neither is zero at first.
#pragma once

typedef long long i64;
typedef unsigned int u32;

#ifdef __CUDACC__

// KERNEL declares a kernel; threads bounds the size of a block.
#define KERNEL(name, threads, ...) extern "C" __global__ void __launch_bounds__(threads) name(__VA_ARGS__)
#define DEVICE __device__ __forceinline__
#define SHARED __shared__ __align__(16)
#define DYNAMIC_SHARED(type, name)                              \
  extern __shared__ __align__(16) unsigned char shared_bytes[]; \
  type *name = (type *)shared_bytes
#define UNROLL _Pragma("unroll")

#else
#include "shim.h"
#endif

// A bf16 is the upper half of a float.
struct alignas(2) bf16 {
  unsigned short bits;
};

DEVICE float to_float(float x) { return x; }
DEVICE float to_float(bf16 x);
DEVICE bf16 to_bf16(float x);                        // to nearest even; a NaN stays one
DEVICE u32 pack_bf16(float low, float high);         // the element with the lower index is in the low half
DEVICE void unpack_bf16(u32 x, float &low, float &high);

// to<T> rounds to an element type.
template <class T> DEVICE T to(float x);
template <> DEVICE float to<float>(float x) { return x; }
template <> DEVICE bf16 to<bf16>(float x) { return to_bf16(x); }

#ifdef __CUDACC__

DEVICE float to_float(bf16 x) { return __uint_as_float((u32)x.bits << 16); }

DEVICE bf16 to_bf16(float x) {
  bf16 y;
  asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(y.bits) : "f"(x));
  return y;
}

DEVICE u32 pack_bf16(float low, float high) {
  u32 y;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(y) : "f"(high), "f"(low));
  return y;
}

DEVICE void unpack_bf16(u32 x, float &low, float &high) {
  low = __uint_as_float(x << 16);
  high = __uint_as_float(x & 0xffff0000u);
}

// Copies of 16 bytes to shared memory that run beside the thread. Both addresses
// are multiples of 16. Without ok the source is not read and zeros are written.
DEVICE void copy_async16(void *shared, const void *global, bool ok) {
  u32 at = (u32)__cvta_generic_to_shared(shared);
  int n = ok ? 16 : 0;
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(at), "l"(global), "r"(n) : "memory");
}

// copy_commit closes a group of the thread's copies; copy_wait<n> waits until at
// most the n youngest groups of the thread are under way. What other threads
// copied is there behind a __syncthreads that follows.
DEVICE void copy_commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }
template <int n> DEVICE void copy_wait() { asm volatile("cp.async.wait_group %0;" ::"n"(n) : "memory"); }

// load_matrix_x4 loads four 8x8 matrices of bf16: lane 8 i + r passes the address of
// row r of matrix i (16 bytes, aligned). Afterwards r[i] of lane l holds elements
// 2 (l%4) and 2 (l%4) + 1 of row l/4 of matrix i; with _trans, of its transpose.
DEVICE void load_matrix_x4(u32 r[4], const void *shared) {
  u32 at = (u32)__cvta_generic_to_shared(shared);
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(at)
               : "memory");
}

DEVICE void load_matrix_x4_trans(u32 r[4], const void *shared) {
  u32 at = (u32)__cvta_generic_to_shared(shared);
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(at)
               : "memory");
}

// mma_16x8x16 computes d += a b by all lanes of a warp: a is 16x16, b is 16x8 (its
// columns contiguous), d is 16x8. With g = lane/4 and t = lane%4,
//
//	a[0]: row g,   columns 2t, 2t+1      a[2]: row g,   columns 2t+8, 2t+9
//	a[1]: row g+8, columns 2t, 2t+1      a[3]: row g+8, columns 2t+8, 2t+9
//	b[0]: rows 2t, 2t+1 of column g      b[1]: rows 2t+8, 2t+9 of column g
//	d[0], d[1]: row g, columns 2t, 2t+1  d[2], d[3]: row g+8
DEVICE void mma_16x8x16(float d[4], const u32 a[4], const u32 b[2]) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

#else
#include "tensor.h"
#endif

// Sums and maxima of a warp, the same in every lane.
DEVICE float warp_sum(float x) {
  for (int o = 16; o > 0; o >>= 1) x += __shfl_xor_sync(0xffffffffu, x, o);
  return x;
}

DEVICE double warp_sum(double x) {
  for (int o = 16; o > 0; o >>= 1) x += __shfl_xor_sync(0xffffffffu, x, o);
  return x;
}

DEVICE float warp_max(float x) {
  for (int o = 16; o > 0; o >>= 1) x = fmaxf(x, __shfl_xor_sync(0xffffffffu, x, o));
  return x;
}
