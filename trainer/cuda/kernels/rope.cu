// RMSNorm of every head of queries and keys with the rotation by position, and the
// gradient of both.
//
// A head of D elements, even and at most 256, is worked on by `lanes` threads, a
// power of two with lanes n >= D/2: thread i has elements i n to i n + n-1 of each
// half, which are the pairs that are rotated. A warp has 32/lanes heads.
#include "vector.cuh"

namespace {

// A Packed is elements of the first half of a head and those of the second half that
// they are paired with; Pairs is the same in float.
template <class T> struct Packed { Vec<T> a, b; };
template <class T> struct Pairs { float a[Vec<T>::n], b[Vec<T>::n]; };

template <bool wide, class T> DEVICE Packed<T> load_pairs(const T *p, int half, int left) {
  return Packed<T>{load<wide>(p, left), load<wide>(p + half, left)};
}

template <class T> DEVICE Pairs<T> unpacked(const Packed<T> &p) {
  Pairs<T> x;
  unpack(x.a, p.a);
  unpack(x.b, p.b);
  return x;
}

template <bool wide, class T> DEVICE void store_pairs(T *p, const Pairs<T> &x, int half, int left) {
  store<wide>(p, pack(x.a), left);
  store<wide>(p + half, pack(x.b), left);
}

// lanes_sum returns the sum over the `lanes` threads of a head, in each. All
// threads of a warp call it.
DEVICE float lanes_sum(float x, int lanes) {
  for (int o = lanes / 2; o > 0; o /= 2) x += __shfl_xor_sync(0xffffffffu, x, o);
  return x;
}

template <class T, bool wide>
DEVICE void norm_rope(T *qk, const T *__restrict__ qkv, const T *__restrict__ wq, const T *__restrict__ wk, float *rstd,
                      const float *__restrict__ cosines, const float *__restrict__ sines, const int *__restrict__ pos,
                      i64 tokens, int queries, int keys, int D, float eps, int lanes, int share) {
  constexpr int n = Vec<T>::n;
  const int half = D / 2, heads = queries + keys, groups = 256 / lanes;
  const int i = (int)threadIdx.x % lanes * n, left = half - i;
  const i64 first = (i64)blockIdx.x * share, last = first + share < tokens ? first + share : tokens;

  // A group of lanes steps over (token, head) by `groups`; one without a head takes
  // part in sums.
  const int step = groups / heads, rest = groups % heads, group = (int)threadIdx.x / lanes;
  int head = group % heads;
  i64 token = first + group / heads;
  for (int at = 0; at < (int)(last - first) * heads; at += groups) {
    const bool mine = token < last;
    const int mine_left = mine ? left : 0;

    const i64 in = (token * (heads + keys) + head) * D + i;
    Pairs<T> x = unpacked(load_pairs<wide>(qkv + in, half, mine_left));
    const Pairs<T> w = unpacked(load_pairs<wide>((head < queries ? wq : wk) + i, half, mine_left));
    float c[n], s[n];
    const i64 table = mine ? (i64)pos[token] * half + i : 0;
    load_floats<wide>(c, cosines + table, mine_left);
    load_floats<wide>(s, sines + table, mine_left);

    float sum = 0;
    UNROLL
    for (int j = 0; j < n; j++) sum += x.a[j] * x.a[j] + x.b[j] * x.b[j];
    const float r = 1.0f / sqrtf(lanes_sum(sum, lanes) / (float)D + eps);
    UNROLL
    for (int j = 0; j < n; j++) {
      const float a = x.a[j] * r * w.a[j], b = x.b[j] * r * w.b[j];
      x.a[j] = a * c[j] - b * s[j];
      x.b[j] = b * c[j] + a * s[j];
    }
    store_pairs<wide>(qk + (token * heads + head) * D + i, x, half, mine_left);
    if (rstd && mine && i == 0) rstd[token * heads + head] = r;

    token += step;
    head += rest;
    if (head >= heads) head -= heads, token++;
  }
}

template <class T>
DEVICE void norm_rope_any(T *qk, const T *__restrict__ qkv, const T *__restrict__ wq, const T *__restrict__ wk,
                          float *rstd, const float *__restrict__ cosines, const float *__restrict__ sines,
                          const int *__restrict__ pos, i64 tokens, i64 queries, i64 keys, i64 D, double eps, i64 lanes,
                          i64 share) {
  const bool wide = D / 2 % Vec<T>::n == 0 && aligned(qk) && aligned(qkv) && aligned(wq) && aligned(wk) &&
                    aligned(cosines) && aligned(sines);
  if (wide) {
    norm_rope<T, true>(qk, qkv, wq, wk, rstd, cosines, sines, pos, tokens, (int)queries, (int)keys, (int)D, (float)eps,
                       (int)lanes, (int)share);
  } else {
    norm_rope<T, false>(qk, qkv, wq, wk, rstd, cosines, sines, pos, tokens, (int)queries, (int)keys, (int)D, (float)eps,
                        (int)lanes, (int)share);
  }
}

// norm_rope_grad works on the `heads` heads from head `offset` on of a range of
// tokens. Sums over them go to a row of part.
template <class T, bool wide>
DEVICE void norm_rope_grad(T *dqkv, float *part, const T *__restrict__ qkv, const T *__restrict__ w,
                           const float *__restrict__ rstd, const float *__restrict__ cosines,
                           const float *__restrict__ sines, const int *__restrict__ pos, i64 tokens, int offset,
                           int heads, int normed, int all, int D, int lanes, float (*sums)[256]) {
  constexpr int n = Vec<T>::n;
  const int half = D / 2, groups = 256 / lanes;
  const int i = (int)threadIdx.x % lanes * n, left = half - i;
  const i64 first = tokens * blockIdx.x / gridDim.x, last = tokens * (blockIdx.x + 1) / gridDim.x;
  const Packed<T> weights = load_pairs<wide>(w + i, half, left);

  Pairs<T> dw;
  UNROLL
  for (int j = 0; j < n; j++) dw.a[j] = dw.b[j] = 0;

  const int step = groups / heads, rest = groups % heads, group = (int)threadIdx.x / lanes;
  int head = group % heads;
  i64 token = first + group / heads;
  for (i64 at = 0; at < (last - first) * heads; at += groups) {
    const bool mine = token < last;
    const int mine_left = mine ? left : 0;
    const i64 in = (token * all + offset + head) * D + i;
    Pairs<T> g = unpacked(load_pairs<wide>(dqkv + in, half, mine_left));
    const Packed<T> packed = load_pairs<wide>(qkv + in, half, mine_left);
    float c[n], s[n];
    const i64 table = mine ? (i64)pos[token] * half + i : 0;
    load_floats<wide>(c, cosines + table, mine_left);
    load_floats<wide>(s, sines + table, mine_left);
    const float r = mine ? rstd[token * normed + offset + head] : 0;

    const Pairs<T> x = unpacked(packed), u = unpacked(weights);
    float sum = 0;
    UNROLL
    for (int j = 0; j < n; j++) {
      const float a = g.a[j] * c[j] + g.b[j] * s[j], b = g.b[j] * c[j] - g.a[j] * s[j];
      g.a[j] = a, g.b[j] = b;
      sum += a * u.a[j] * x.a[j] + b * u.b[j] * x.b[j];
    }
    sum = lanes_sum(sum, lanes) * r * r / (float)D;
    UNROLL
    for (int j = 0; j < n; j++) {
      dw.a[j] += g.a[j] * x.a[j] * r;
      dw.b[j] += g.b[j] * x.b[j] * r;
      g.a[j] = r * (g.a[j] * u.a[j] - x.a[j] * sum);
      g.b[j] = r * (g.b[j] * u.b[j] - x.b[j] * sum);
    }
    store_pairs<wide>(dqkv + in, g, half, mine_left);

    token += step;
    head += rest;
    if (head >= heads) head -= heads, token++;
  }

  // First over the heads of a warp, then over warps.
  for (int o = lanes; o < 32; o *= 2) {
    UNROLL
    for (int j = 0; j < n; j++) {
      dw.a[j] += __shfl_xor_sync(0xffffffffu, dw.a[j], o);
      dw.b[j] += __shfl_xor_sync(0xffffffffu, dw.b[j], o);
    }
  }
  if ((int)threadIdx.x % 32 < lanes) {
    UNROLL
    for (int j = 0; j < n; j++) {
      if (j < left) {
        sums[threadIdx.x / 32][i + j] = dw.a[j];
        sums[threadIdx.x / 32][half + i + j] = dw.b[j];
      }
    }
  }
  __syncthreads();
  if ((int)threadIdx.x < D) {
    float x = 0;
    for (int k = 0; k < 8; k++) x += sums[k][threadIdx.x];
    part[threadIdx.x] = x;
  }
}

template <class T>
DEVICE void norm_rope_grad_any(T *dqkv, float *part, const T *__restrict__ qkv, const T *__restrict__ wq,
                               const T *__restrict__ wk, const float *__restrict__ rstd,
                               const float *__restrict__ cosines, const float *__restrict__ sines,
                               const int *__restrict__ pos, i64 tokens, i64 queries, i64 keys, i64 D, i64 lanes) {
  SHARED float sums[8][256];
  const bool key = blockIdx.y == 1;
  const T *w = key ? wk : wq;
  const int offset = key ? (int)queries : 0, heads = (int)(key ? keys : queries);
  const int normed = (int)(queries + keys), all = normed + (int)keys;
  part += ((i64)blockIdx.y * gridDim.x + blockIdx.x) * D;
  const bool wide = D / 2 % Vec<T>::n == 0 && aligned(dqkv) && aligned(qkv) && aligned(w) && aligned(cosines) &&
                    aligned(sines);
  if (wide) {
    norm_rope_grad<T, true>(dqkv, part, qkv, w, rstd, cosines, sines, pos, tokens, offset, heads, normed, all, (int)D,
                            (int)lanes, sums);
  } else {
    norm_rope_grad<T, false>(dqkv, part, qkv, w, rstd, cosines, sines, pos, tokens, offset, heads, normed, all, (int)D,
                             (int)lanes, sums);
  }
}

} // namespace

// norm_rope_* runs blocks of 256 threads, each for `share` tokens. rstd may be null.
//
// An element of queries and keys moves twice; the tables are read once per token,
// and for the other heads from a cache.
KERNEL(norm_rope_f32, 256, float *qk, const float *__restrict__ qkv, const float *__restrict__ wq,
       const float *__restrict__ wk, float *rstd, const float *__restrict__ cosines, const float *__restrict__ sines,
       const int *__restrict__ pos, i64 tokens, i64 queries, i64 keys, i64 D, double eps, i64 lanes, i64 share) {
  norm_rope_any(qk, qkv, wq, wk, rstd, cosines, sines, pos, tokens, queries, keys, D, eps, lanes, share);
}

KERNEL(norm_rope_bf16, 256, bf16 *qk, const bf16 *__restrict__ qkv, const bf16 *__restrict__ wq,
       const bf16 *__restrict__ wk, float *rstd, const float *__restrict__ cosines, const float *__restrict__ sines,
       const int *__restrict__ pos, i64 tokens, i64 queries, i64 keys, i64 D, double eps, i64 lanes, i64 share) {
  norm_rope_any(qk, qkv, wq, wk, rstd, cosines, sines, pos, tokens, queries, keys, D, eps, lanes, share);
}

// norm_rope_grad_* runs blocks of 256 threads on equal ranges of tokens, with
// blockIdx.y = 0 on queries and 1 on keys. part is [2, gridDim.x, D].
//
// An element of queries and keys moves three times.
KERNEL(norm_rope_grad_f32, 256, float *dqkv, float *part, const float *__restrict__ qkv, const float *__restrict__ wq,
       const float *__restrict__ wk, const float *__restrict__ rstd, const float *__restrict__ cosines,
       const float *__restrict__ sines, const int *__restrict__ pos, i64 tokens, i64 queries, i64 keys, i64 D,
       i64 lanes) {
  norm_rope_grad_any(dqkv, part, qkv, wq, wk, rstd, cosines, sines, pos, tokens, queries, keys, D, lanes);
}

KERNEL(norm_rope_grad_bf16, 256, bf16 *dqkv, float *part, const bf16 *__restrict__ qkv, const bf16 *__restrict__ wq,
       const bf16 *__restrict__ wk, const float *__restrict__ rstd, const float *__restrict__ cosines,
       const float *__restrict__ sines, const int *__restrict__ pos, i64 tokens, i64 queries, i64 keys, i64 D,
       i64 lanes) {
  norm_rope_grad_any(dqkv, part, qkv, wq, wk, rstd, cosines, sines, pos, tokens, queries, keys, D, lanes);
}
