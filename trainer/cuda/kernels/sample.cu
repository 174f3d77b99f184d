// Sampling of a token from a row of logits: temperature, then the top_k most likely,
// then of these the fewest that hold a share of top_p, then inversion of the
// cumulated distribution in the order of tokens.
//
// Probabilities are integers: 2^n exp((x - top) scale), without its fraction. Their
// sums are exact, so that nothing depends on the order of additions, and histograms
// may be made with atomics.
//
// Nothing is sorted. The last token that is kept is found by its order: that of its
// bucket, a byte that counts eighths of a nat below the top, then that of its key,
// an integer with the order of floats, byte by byte from above. Each byte takes a
// histogram of the tokens that share the bytes before it.
#include "vector.cuh"

typedef unsigned long long u64;

namespace {

constexpr u32 everyone = 0xffffffffu;

// key_of maps floats to integers of the same order; both zeros to one, a NaN to 0.
DEVICE u32 key_of(float x) {
  if (!(x == x)) return 0;
  const u32 bits = x == 0 ? 0 : __float_as_uint(x);
  return bits ^ (bits >> 31 ? everyone : 0x80000000u);
}

DEVICE float of_key(u32 key) { return __uint_as_float(key ^ (key >> 31 ? 0x80000000u : everyone)); }

// A Row is what its threads know of a row of logits. Each warp has a range of it.
struct Row {
  const float *x;
  int begin, end; // of the warp's range
  bool wide;
  float top, scale, one;
};

DEVICE u64 mass_of(const Row &r, float x) {
  const float p = expf((x - r.top) * r.scale) * r.one;
  return p > 0 ? (u64)p : 0; // not of a NaN
}

DEVICE u32 bucket_of(const Row &r, float x) {
  const float d = (r.top - x) * r.scale * 8;
  return d < 255 ? 255 - (u32)d : 0;
}

DEVICE void load4(float (&v)[4], const Row &r, int i) {
  if (r.wide && i < r.end) {
    const float4 q = *(const float4 *)(r.x + i);
    v[0] = q.x, v[1] = q.y, v[2] = q.z, v[3] = q.w;
  } else {
    UNROLL
    for (int j = 0; j < 4; j++) v[j] = i + j < r.end ? r.x[i + j] : 0;
  }
}

// each calls f with every token of the warp's range and its logit, in no order.
template <class F> DEVICE void each(const Row &r, F f) {
  for (int first = r.begin + 4 * (threadIdx.x % 32); first < r.end; first += 512) {
    float v[4][4];
    UNROLL
    for (int k = 0; k < 4; k++) load4(v[k], r, first + 128 * k);
    UNROLL
    for (int k = 0; k < 4; k++) {
      UNROLL
      for (int j = 0; j < 4; j++) {
        const int i = first + 128 * k + j;
        if (i < r.end) f(i, v[k][j]);
      }
    }
  }
}

DEVICE u64 shuffle_xor(u64 x, int o) {
  const u32 low = __shfl_xor_sync(everyone, (u32)x, o), high = __shfl_xor_sync(everyone, (u32)(x >> 32), o);
  return (u64)high << 32 | low;
}

DEVICE u64 shuffle_up(u64 x, int o) {
  const u32 low = __shfl_up_sync(everyone, (u32)x, o), high = __shfl_up_sync(everyone, (u32)(x >> 32), o);
  return (u64)high << 32 | low;
}

DEVICE u64 warp_sum(u64 x) {
  for (int o = 16; o > 0; o >>= 1) x += shuffle_xor(x, o);
  return x;
}

// warp_scan returns the sum of x of the lanes up to the caller's.
DEVICE u64 warp_scan(u64 x) {
  for (int o = 1; o < 32; o <<= 1) {
    const u64 y = shuffle_up(x, o);
    if ((int)(threadIdx.x % 32) >= o) x += y;
  }
  return x;
}

// block_sum and block_max give their result to each thread.
DEVICE u64 block_sum(u64 x) {
  SHARED u64 part[32];
  x = warp_sum(x);
  __syncthreads(); // those of the call before have been read
  if (threadIdx.x % 32 == 0) part[threadIdx.x / 32] = x;
  __syncthreads();
  const u32 lane = threadIdx.x % 32;
  return warp_sum(lane < blockDim.x / 32 ? part[lane] : 0);
}

DEVICE u64 block_max(u64 x) {
  SHARED u64 part[32];
  for (int o = 16; o > 0; o >>= 1) x = max(x, shuffle_xor(x, o));
  if (threadIdx.x % 32 == 0) part[threadIdx.x / 32] = x;
  __syncthreads();
  const u32 lane = threadIdx.x % 32;
  x = lane < blockDim.x / 32 ? part[lane] : 0;
  for (int o = 16; o > 0; o >>= 1) x = max(x, shuffle_xor(x, o));
  return x;
}

// A Histogram is 256 sums of 64 bits. Halves are added by themselves: atomics of 32
// bits are fast in shared memory, and whoever sees a half overflow carries.
struct Histogram {
  u32 low[256], high[256];
};

DEVICE void add(Histogram &h, u32 digit, u64 x) {
  const u32 low = (u32)x, old = atomicAdd(&h.low[digit], low);
  const u32 high = (u32)(x >> 32) + (old + low < old ? 1 : 0);
  if (high) atomicAdd(&h.high[digit], high);
}

// A Cut is the last token that is kept: those of greater keys are kept, and of its
// own key the first `ties`.
struct Cut {
  u32 key;
  u64 ties;
};

// find_digit is work of the first warp: the greatest digit at which the sum from the
// top reaches want. It returns that digit and what is wanted of it.
DEVICE void find_digit(const Histogram &h, u64 want, u32 &digit, u64 &rest) {
  const u32 lane = threadIdx.x;
  u64 sum = 0;
  for (int i = 0; i < 8; i++) {
    const u32 d = 255 - 8 * lane - i;
    sum += (u64)h.high[d] << 32 | h.low[d];
  }
  const u64 up_to = warp_scan(sum);
  const u32 reached = __ballot_sync(everyone, up_to >= want);
  if (lane != (reached ? (u32)__ffs(reached) - 1 : 31)) return;
  u64 above = up_to - sum;
  for (int i = 0; i < 8; i++) {
    const u32 d = 255 - 8 * lane - i;
    const u64 x = (u64)h.high[d] << 32 | h.low[d];
    if (above + x >= want || i == 7) {
      digit = d;
      rest = want > above ? want - above : 0;
      return;
    }
    above += x;
  }
}

// cut finds the last token that is needed to reach want, in the order of logits and,
// of equal logits, of tokens: of tokens' number, or of the mass of those that kept
// keeps. The row has as much.
template <bool by_mass> DEVICE Cut cut(const Row &r, u64 want, Cut kept) {
  SHARED Histogram h;
  SHARED u32 digit;
  SHARED u64 rest;
  u32 bucket = 0, prefix = 0, mask = 0;
  for (int level = 0; level < 5; level++) {
    const int shift = 32 - 8 * level; // of the key's byte
    __syncthreads();                  // digit, rest and h have been read
    for (u32 i = threadIdx.x; i < 256; i += blockDim.x) h.low[i] = h.high[i] = 0;
    __syncthreads();
    const auto count = [&](float x, u32 key, u64 n) {
      const u32 b = bucket_of(r, x);
      if (n > 0 && (level == 0 || (b == bucket && (key & mask) == prefix))) {
        add(h, level == 0 ? b : key >> shift & 255, n);
      }
    };
    each(r, [&](int, float x) {
      const u32 key = key_of(x);
      if (!by_mass) {
        count(x, key, 1);
      } else if (key > kept.key) {
        count(x, key, mass_of(r, x));
      }
    });
    if (by_mass && threadIdx.x == 0) {
      const float x = of_key(kept.key);
      count(x, kept.key, kept.ties * mass_of(r, x));
    }
    __syncthreads();
    if (threadIdx.x < 32) find_digit(h, want, digit, rest);
    __syncthreads();
    want = rest;
    if (level == 0) {
      bucket = digit;
    } else {
      prefix |= digit << shift;
      mask |= 255u << shift;
    }
  }
  if (!by_mass) return {prefix, want};
  const u64 m = mass_of(r, of_key(prefix));
  return {prefix, m > 0 ? (want + m - 1) / m : 1};
}

// invert returns the first token that is kept whose cumulated mass is above u times
// the mass of all; u is a 64-bit fraction. Every thread of one warp gets the token,
// the others -1.
DEVICE int invert(const Row &r, u64 u, Cut kept) {
  const u64 tie = mass_of(r, of_key(kept.key));
  u64 mass = 0, ties = 0;
  each(r, [&](int, float x) {
    const u32 key = key_of(x);
    if (key > kept.key) mass += mass_of(r, x);
    if (key == kept.key) ties++;
  });
  mass = warp_sum(mass);
  ties = warp_sum(ties);

  // Every warp finds where the ranges of all begin.
  SHARED u64 masses[32], counts[32];
  const u32 lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  if (lane == 0) {
    masses[warp] = mass;
    counts[warp] = ties;
  }
  __syncthreads();
  const bool there = lane < blockDim.x / 32;
  ties = there ? counts[lane] : 0;
  const u64 before = min(warp_scan(ties) - ties, kept.ties);
  mass = (there ? masses[lane] : 0) + min(ties, kept.ties - before) * tie;
  const u64 up_to = warp_scan(mass);
  const u32 last = 31;
  const u64 all = (u64)__shfl_sync(everyone, (u32)(up_to >> 32), last) << 32 | __shfl_sync(everyone, (u32)up_to, last);
  const u64 bound = __umul64hi(u, all);
  const u32 above = __ballot_sync(everyone, up_to > bound);
  if (above == 0 || warp != (u32)__ffs(above) - 1) return -1;

  // The warp goes through its range, 128 tokens at a time.
  const u64 start = up_to - mass;
  u64 left = bound - ((u64)__shfl_sync(everyone, (u32)(start >> 32), warp) << 32 | __shfl_sync(everyone, (u32)start, warp));
  u64 room = kept.ties - ((u64)__shfl_sync(everyone, (u32)(before >> 32), warp) << 32 | __shfl_sync(everyone, (u32)before, warp));
  for (int tile = r.begin; tile < r.end; tile += 128) {
    const int first = tile + 4 * (int)lane;
    float v[4];
    load4(v, r, first);
    u64 equal = 0;
    UNROLL
    for (int j = 0; j < 4; j++) equal += first + j < r.end && key_of(v[j]) == kept.key;
    const u64 equals = warp_scan(equal);
    u64 rank = equals - equal, m[4], sum = 0;
    UNROLL
    for (int j = 0; j < 4; j++) {
      const u32 key = key_of(v[j]);
      const bool in = first + j < r.end && (key > kept.key || (key == kept.key && rank++ < room));
      m[j] = in ? mass_of(r, v[j]) : 0;
      sum += m[j];
    }
    const u64 sums = warp_scan(sum);
    const u32 hit = __ballot_sync(everyone, sums > left);
    if (hit) {
      const int winner = __ffs(hit) - 1;
      int token = first;
      u64 from = sums - sum;
      UNROLL
      for (int j = 0; j < 3; j++) {
        from += m[j];
        if (from <= left) token++;
        else break;
      }
      return __shfl_sync(everyone, token, winner);
    }
    left -= (u64)__shfl_sync(everyone, (u32)(sums >> 32), last) << 32 | __shfl_sync(everyone, (u32)sums, last);
    room -= min(room, (u64)__shfl_sync(everyone, (u32)equals, last));
  }
  return -1; // never: the range has the mass
}

} // namespace

// A block has a row. scale is 0 for the first of the greatest logits; one is what
// stands for the probability of the top, a power of two, vocab times which is below
// 2^63; vocab is at most 2^30. A row without a finite top gives any token.
KERNEL(sample, 1024, int *token, const float *logits, const double *u, i64 vocab, double scale, i64 top_k,
       double top_p, double one) {
  const i64 row = blockIdx.x;
  const int warps = blockDim.x / 32, warp = threadIdx.x / 32;
  const int n = (int)vocab, range = (n + 128 * warps - 1) / (128 * warps) * 128;
  Row r;
  r.x = logits + row * vocab;
  r.begin = min(warp * range, n);
  r.end = min(r.begin + range, n);
  r.wide = n % 4 == 0 && aligned(r.x);
  r.scale = (float)scale;
  r.one = (float)one;

  u64 best = 0; // the key, and below it the complement of the token
  each(r, [&](int i, float x) { best = max(best, (u64)key_of(x) << 32 | (everyone - (u32)i)); });
  best = block_max(best);
  const int first = (int)(everyone - (u32)best);
  if (scale == 0) {
    if (threadIdx.x == 0) token[row] = first;
    return;
  }
  r.top = r.x[first];
  const bool usable = mass_of(r, r.top) > 0;
  if (!usable) {
    if (threadIdx.x == 0) token[row] = first;
    return;
  }

  Cut kept = {0, (u64)n};
  if (top_k > 0 && top_k < vocab) kept = cut<false>(r, (u64)top_k, kept);
  if (top_p > 0 && top_p < 1) {
    u64 mass = 0;
    each(r, [&](int, float x) {
      if (key_of(x) > kept.key) mass += mass_of(r, x);
    });
    mass = block_sum(mass) + kept.ties * mass_of(r, of_key(kept.key));
    const double share = ceil(top_p * (double)mass);
    kept = cut<true>(r, max((u64)1, min((u64)share, mass)), kept);
  }
  const double at = u[row];
  const u64 fraction = at < 1 ? (u64)(max(at, 0.0) * 9007199254740992.0) << 11 : ~(u64)0;
  const int drawn = invert(r, fraction, kept);
  if (drawn >= 0 && threadIdx.x % 32 == 0) token[row] = drawn;
}
