// The second half of shim.h, behind the definition of bf16 in device.cuh: what that
// file says in PTX.
#pragma once

DEVICE float to_float(bf16 x) { return __uint_as_float((u32)x.bits << 16); }

DEVICE bf16 to_bf16(float x) {
  u32 u = __float_as_uint(x);
  bf16 y;
  if (isnan(x)) {
    y.bits = 0x7fff;  // what a GPU makes of every NaN
  } else {
    y.bits = (unsigned short)((u + 0x7fffu + (u >> 16 & 1u)) >> 16);
  }
  return y;
}

DEVICE u32 pack_bf16(float low, float high) { return (u32)to_bf16(high).bits << 16 | to_bf16(low).bits; }

DEVICE void unpack_bf16(u32 x, float &low, float &high) {
  low = __uint_as_float(x << 16);
  high = __uint_as_float(x & 0xffff0000u);
}

DEVICE void copy_async16(void *shared, const void *global, bool ok) { shim::copy_issue(shared, global, ok); }
DEVICE void copy_commit() { shim::copy_commit(); }
template <int n> DEVICE void copy_wait() { shim::copy_wait(n); }

DEVICE void load_matrix_x4(u32 r[4], const void *shared) { shim::load_matrix(r, shared, false); }
DEVICE void load_matrix_x4_trans(u32 r[4], const void *shared) { shim::load_matrix(r, shared, true); }
DEVICE void mma_16x8x16(float d[4], const u32 a[4], const u32 b[2]) { shim::multiply(d, a, b); }
