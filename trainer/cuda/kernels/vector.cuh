// Accesses of 16 bytes, and of single elements where addresses or sizes do not
// allow them. Both give a thread the same elements.
#pragma once

#include "device.cuh"

// A Vec is 16 bytes of elements in registers, as they are in memory.
template <class T> struct Vec {
  static constexpr int n = 16 / (int)sizeof(T);
  uint4 raw;
};

DEVICE void unpack(float (&x)[4], const Vec<float> &v) {
  x[0] = __uint_as_float(v.raw.x), x[1] = __uint_as_float(v.raw.y);
  x[2] = __uint_as_float(v.raw.z), x[3] = __uint_as_float(v.raw.w);
}

DEVICE void unpack(float (&x)[8], const Vec<bf16> &v) {
  unpack_bf16(v.raw.x, x[0], x[1]);
  unpack_bf16(v.raw.y, x[2], x[3]);
  unpack_bf16(v.raw.z, x[4], x[5]);
  unpack_bf16(v.raw.w, x[6], x[7]);
}

// pack rounds to the element type.
DEVICE Vec<float> pack(const float (&x)[4]) {
  Vec<float> v;
  v.raw = make_uint4(__float_as_uint(x[0]), __float_as_uint(x[1]), __float_as_uint(x[2]), __float_as_uint(x[3]));
  return v;
}

DEVICE Vec<bf16> pack(const float (&x)[8]) {
  Vec<bf16> v;
  v.raw = make_uint4(pack_bf16(x[0], x[1]), pack_bf16(x[2], x[3]), pack_bf16(x[4], x[5]), pack_bf16(x[6], x[7]));
  return v;
}

// aligned reports whether p is a multiple of 16.
DEVICE bool aligned(const void *p) { return ((unsigned long long)p & 15) == 0; }

// load returns the elements at p, of which left are there, and zeros behind them.
// If wide, p is a multiple of 16, and left is at least Vec<T>::n or not positive.
template <bool wide, class T> DEVICE Vec<T> load(const T *p, int left) {
  if (wide) {
    Vec<T> v;
    v.raw = make_uint4(0, 0, 0, 0);
    if (left > 0) v.raw = *(const uint4 *)p;
    return v;
  } else {
    float x[Vec<T>::n];
    UNROLL
    for (int i = 0; i < Vec<T>::n; i++) {
      x[i] = 0;
      if (i < left) x[i] = to_float(p[i]);
    }
    return pack(x);
  }
}

// store writes at most left elements to p, under the conditions of load.
template <bool wide, class T> DEVICE void store(T *p, const Vec<T> &v, int left) {
  if (wide) {
    if (left > 0) *(uint4 *)p = v.raw;
  } else {
    float x[Vec<T>::n];
    unpack(x, v);
    UNROLL
    for (int i = 0; i < Vec<T>::n; i++) {
      if (i < left) p[i] = to<T>(x[i]);
    }
  }
}

// load_floats and store_floats are load and store for n floats, a multiple of 4.
template <bool wide, int n> DEVICE void load_floats(float (&x)[n], const float *p, int left) {
  UNROLL
  for (int i = 0; i < n; i += 4) {
    float part[4];
    unpack(part, load<wide>(p + i, left - i));
    UNROLL
    for (int j = 0; j < 4; j++) x[i + j] = part[j];
  }
}

template <bool wide, int n> DEVICE void store_floats(float *p, const float (&x)[n], int left) {
  UNROLL
  for (int i = 0; i < n; i += 4) {
    const float part[4] = {x[i], x[i + 1], x[i + 2], x[i + 3]};
    store<wide>(p + i, pack(part), left - i);
  }
}
