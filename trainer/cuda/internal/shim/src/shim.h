// CUDA C on a CPU: what device.cuh needs where no CUDA compiler is. Each thread of
// a block is a fiber; one block runs at a time. See fibers.cc.
//
// Every .cu file is compiled inside an unnamed namespace, behind this header (see
// build.go), so that functions of the same name in two files do not meet.
#pragma once

#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <utility>

struct uint3 { unsigned x, y, z; };
struct alignas(8) float2 { float x, y; };
struct alignas(16) float4 { float x, y, z, w; };
struct alignas(16) double2 { double x, y; };
struct alignas(8) int2 { int x, y; };
struct alignas(16) int4 { int x, y, z, w; };
struct alignas(8) uint2 { unsigned x, y; };
struct alignas(16) uint4 { unsigned x, y, z, w; };
struct alignas(4) ushort2 { unsigned short x, y; };
struct alignas(8) ushort4 { unsigned short x, y, z, w; };

inline float2 make_float2(float x, float y) { return {x, y}; }
inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
inline double2 make_double2(double x, double y) { return {x, y}; }
inline int2 make_int2(int x, int y) { return {x, y}; }
inline int4 make_int4(int x, int y, int z, int w) { return {x, y, z, w}; }
inline uint2 make_uint2(unsigned x, unsigned y) { return {x, y}; }
inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) { return {x, y, z, w}; }
inline ushort2 make_ushort2(unsigned short x, unsigned short y) { return {x, y}; }
inline ushort4 make_ushort4(unsigned short x, unsigned short y, unsigned short z, unsigned short w) {
  return {x, y, z, w};
}

namespace shim {

// What a kernel sees of the thread that runs; the rest of it is in fibers.cc.
struct View {
  uint3 index;  // in the block
  unsigned lane;
};

extern View *self;
extern uint3 block_index, block_size, grid_size;
extern unsigned char *shared_memory;

// A Collective is what lanes of a warp, or all threads of a block, do together: the
// last that arrives runs op on the arguments of all (args[lane] of those in mask).
struct Collective {
  const char *name;
  bool strict;  // its result is undefined if a lane of the mask has left the kernel
  void (*op)(void **args, unsigned mask);
  bool orders = false;  // what its lanes did to memory before is behind them all afterwards
};

void meet(const Collective &c, unsigned mask, void *arg);  // waits for the lanes of mask

enum Vote { count, any, all };
int barrier(const char *name, Vote v, bool x);  // waits for all threads of the block

[[noreturn]] void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

void copy_issue(void *shared, const void *global, bool ok);
void copy_commit();
void copy_wait(int n);
void load_matrix(unsigned *r, const void *shared, bool transposed);
void multiply(float *d, const unsigned *a, const unsigned *b);

// A Kernel is an entry of the list of all kernels.
struct Kernel {
  const char *name;
  int bound;   // of the threads of a block
  int params;  // each of 8 bytes
  void (*function)();
  void (*call)(void (*function)(), const uint64_t *args);
  Kernel *next;
};

void add(Kernel *k);

template <class T>
T from_bits(uint64_t x) {
  static_assert(sizeof(T) == 8, "every parameter of a kernel is 8 bytes wide");
  T y;
  memcpy(&y, &x, 8);
  return y;
}

template <class... P, size_t... I>
void unpack(void (*function)(), const uint64_t *args, std::index_sequence<I...>) {
  ((void (*)(P...))function)(from_bits<P>(args[I])...);
}

template <class... P>
void call(void (*function)(), const uint64_t *args) {
  unpack<P...>(function, args, std::index_sequence_for<P...>());
}

// An Entry puts a kernel into the list before main.
struct Entry {
  Kernel k;
  template <class... P>
  Entry(const char *name, int bound, void (*function)(P...))
      : k{name, bound, (int)sizeof...(P), (void (*)())function, call<P...>, nullptr} {
    add(&k);
  }
};

// What one lane does for all is no access to memory for the race detector.
#define SHIM_UNSEEN __attribute__((no_sanitize("thread")))

// Shuffles.
template <class T>
struct Lane {
  T in, out;
  unsigned from;
};

template <class T>
SHIM_UNSEEN void exchange(void **args, unsigned mask) {
  for (unsigned lane = 0; lane < 32; lane++) {
    if (!(mask >> lane & 1)) continue;
    auto *l = (Lane<T> *)args[lane];
    if (!(mask >> l->from & 1)) fail("a shuffle: lane %u reads lane %u, which is not in the mask %08x", lane, l->from, mask);
    l->out = ((Lane<T> *)args[l->from])->in;
  }
}

template <class T>
T shuffle(const char *name, unsigned mask, T x, unsigned from) {
  // One Collective for all forms: that lanes agree on the form is not required of
  // them on a GPU either, only that they meet.
  static const Collective c = {"__shfl_sync", true, exchange<T>};
  (void)name;
  Lane<T> l = {x, x, from};
  meet(c, mask, &l);
  return l.out;
}

inline void nothing(void **, unsigned) {}
void vote(void **args, unsigned mask);
unsigned ballot(unsigned mask, bool x);

}  // namespace shim

#define KERNEL(name, threads, ...)                                     \
  static void kernel_##name(__VA_ARGS__);                              \
  static shim::Entry shim_entry_##name(#name, threads, kernel_##name); \
  static void kernel_##name(__VA_ARGS__)
#define DEVICE inline __attribute__((unused))
#ifdef __SANITIZE_ADDRESS__
#define SHARED static __attribute__((aligned(16)))  // found by AddressSanitizer's list of globals, see memory.cc
#else
#define SHARED static __attribute__((aligned(16), section("shim_shared")))
#endif
#define DYNAMIC_SHARED(type, name) type *name = (type *)shim::shared_memory
#define UNROLL
#define __device__
#define __host__
#define __forceinline__ inline
#define __align__(n) __attribute__((aligned(n)))

#define threadIdx (shim::self->index)
#define blockIdx (shim::block_index)
#define blockDim (shim::block_size)
#define gridDim (shim::grid_size)

inline void __syncthreads() { shim::barrier("__syncthreads", shim::count, false); }
inline int __syncthreads_count(int x) { return shim::barrier("__syncthreads_count", shim::count, x); }
inline int __syncthreads_or(int x) { return shim::barrier("__syncthreads_or", shim::any, x); }
inline int __syncthreads_and(int x) { return shim::barrier("__syncthreads_and", shim::all, x); }

inline void __syncwarp(unsigned mask = 0xffffffffu) {
  static const shim::Collective c = {"__syncwarp", false, shim::nothing, true};
  shim::meet(c, mask, nullptr);
}

template <class T>
T __shfl_sync(unsigned mask, T x, int from, int width = 32) {
  unsigned l = shim::self->lane, base = l & ~(unsigned)(width - 1);
  return shim::shuffle("__shfl_sync", mask, x, base | ((unsigned)from & (unsigned)(width - 1)));
}

template <class T>
T __shfl_xor_sync(unsigned mask, T x, int bits, int width = 32) {
  unsigned l = shim::self->lane, from = l ^ (unsigned)bits, end = (l & ~(unsigned)(width - 1)) + (unsigned)width;
  return shim::shuffle("__shfl_xor_sync", mask, x, from < end ? from : l);
}

template <class T>
T __shfl_up_sync(unsigned mask, T x, unsigned delta, int width = 32) {
  unsigned l = shim::self->lane, at = l & (unsigned)(width - 1);
  return shim::shuffle("__shfl_up_sync", mask, x, at >= delta ? l - delta : l);
}

template <class T>
T __shfl_down_sync(unsigned mask, T x, unsigned delta, int width = 32) {
  unsigned l = shim::self->lane, at = l & (unsigned)(width - 1);
  return shim::shuffle("__shfl_down_sync", mask, x, at + delta < (unsigned)width ? l + delta : l);
}

inline unsigned __ballot_sync(unsigned mask, int x) { return shim::ballot(mask, x); }
inline int __any_sync(unsigned mask, int x) { return shim::ballot(mask, x) != 0; }
inline int __all_sync(unsigned mask, int x) { return shim::ballot(mask, !x) == 0; }

// Blocks and threads run one at a time: fences do nothing, and what is atomic needs
// no more than to be written out. The race detector must know it from other accesses.
inline void __threadfence() {}
inline void __threadfence_block() {}

namespace shim {

#ifdef __SANITIZE_THREAD__
template <class T>
T atomic_load(const T *p) {
  T x;
  __atomic_load(p, &x, __ATOMIC_RELAXED);
  return x;
}
template <class T>
void atomic_store(T *p, T x) { __atomic_store(p, &x, __ATOMIC_RELAXED); }
#else
template <class T>
T atomic_load(const T *p) { return *p; }
template <class T>
void atomic_store(T *p, T x) { *p = x; }
#endif

}  // namespace shim

template <class T>
T atomicAdd(T *p, T x) {
  T old = shim::atomic_load(p);
  shim::atomic_store(p, (T)(old + x));
  return old;
}

template <class T>
T atomicMax(T *p, T x) {
  T old = shim::atomic_load(p);
  if (x > old) shim::atomic_store(p, x);
  return old;
}

template <class T>
T atomicExch(T *p, T x) {
  T old = shim::atomic_load(p);
  shim::atomic_store(p, x);
  return old;
}

template <class T>
T atomicCAS(T *p, T compare, T x) {
  T old = shim::atomic_load(p);
  if (old == compare) shim::atomic_store(p, x);
  return old;
}

template <class T>
T __ldg(const T *p) { return *p; }
template <class T>
T __ldcs(const T *p) { return *p; }
template <class T>
T __ldcg(const T *p) { return *p; }
template <class T>
void __stcs(T *p, T x) { *p = x; }
template <class T>
void __stcg(T *p, T x) { *p = x; }

inline unsigned __float_as_uint(float x) { unsigned y; memcpy(&y, &x, 4); return y; }
inline int __float_as_int(float x) { int y; memcpy(&y, &x, 4); return y; }
inline float __uint_as_float(unsigned x) { float y; memcpy(&y, &x, 4); return y; }
inline float __int_as_float(int x) { float y; memcpy(&y, &x, 4); return y; }
inline long long __double_as_longlong(double x) { long long y; memcpy(&y, &x, 8); return y; }
inline double __longlong_as_double(long long x) { double y; memcpy(&y, &x, 8); return y; }

// The C library has names of its own like these, so they are macros.
#define __expf(x) expf(x)
#define __exp10f(x) exp10f(x)
#define __logf(x) logf(x)
#define __log2f(x) log2f(x)
#define __log10f(x) log10f(x)
#define __powf(x, y) powf(x, y)
#define __sinf(x) sinf(x)
#define __cosf(x) cosf(x)
#define rsqrtf(x) (1 / sqrtf(x))
#define rsqrt(x) (1 / sqrt(x))

inline float __fdividef(float x, float y) { return x / y; }
inline float __fadd_rn(float x, float y) { return x + y; }
inline float __fmul_rn(float x, float y) { return x * y; }
inline float __fdiv_rn(float x, float y) { return x / y; }
inline float __frcp_rn(float x) { return 1 / x; }
inline float __fsqrt_rn(float x) { return sqrtf(x); }
inline float __frsqrt_rn(float x) { return 1 / sqrtf(x); }
inline float __fmaf_rn(float x, float y, float z) { return fmaf(x, y, z); }
inline double __dadd_rn(double x, double y) { return x + y; }
inline double __dmul_rn(double x, double y) { return x * y; }
inline double __fma_rn(double x, double y, double z) { return fma(x, y, z); }
inline int __float2int_rn(float x) { return (int)rintf(x); }
inline int __float2int_rz(float x) { return (int)x; }
inline int __float2int_rd(float x) { return (int)floorf(x); }
inline float __int2float_rn(int x) { return (float)x; }
inline float __uint2float_rn(unsigned x) { return (float)x; }
inline float __double2float_rn(double x) { return (float)x; }
inline int __popc(unsigned x) { return __builtin_popcount(x); }
inline int __popcll(unsigned long long x) { return __builtin_popcountll(x); }
inline int __ffs(int x) { return __builtin_ffs(x); }
inline int __clz(int x) { return x ? __builtin_clz((unsigned)x) : 32; }
inline int __clzll(long long x) { return x ? __builtin_clzll((unsigned long long)x) : 64; }
inline unsigned __umulhi(unsigned x, unsigned y) { return (unsigned)((uint64_t)x * y >> 32); }
inline unsigned long long __umul64hi(unsigned long long x, unsigned long long y) {
  return (unsigned long long)((unsigned __int128)x * y >> 64);
}

#define SHIM_MIN_MAX(type)                                     \
  inline type min(type x, type y) { return y < x ? y : x; }    \
  inline type max(type x, type y) { return x < y ? y : x; }
SHIM_MIN_MAX(int)
SHIM_MIN_MAX(unsigned)
SHIM_MIN_MAX(long)
SHIM_MIN_MAX(unsigned long)
SHIM_MIN_MAX(long long)
SHIM_MIN_MAX(unsigned long long)
#undef SHIM_MIN_MAX
inline long long min(int x, long long y) { return min((long long)x, y); }
inline long long min(long long x, int y) { return min(x, (long long)y); }
inline long long max(int x, long long y) { return max((long long)x, y); }
inline long long max(long long x, int y) { return max(x, (long long)y); }
inline float min(float x, float y) { return fminf(x, y); }
inline float max(float x, float y) { return fmaxf(x, y); }
inline double min(double x, double y) { return fmin(x, y); }
inline double max(double x, double y) { return fmax(x, y); }
