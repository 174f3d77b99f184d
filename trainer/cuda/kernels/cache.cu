// Keys and values in pages of 64 positions, and attention of one query per row over
// them. A page of a layer is [KV, 64, D], of keys and of values.
//
// What a row gets depends on its own length alone: its positions are divided into
// chunks of 256, one for each block, whose results are combined in order.
#include "vector.cuh"

namespace {

constexpr int page_size = 64, chunk_pages = 4, chunk = page_size * chunk_pages;

template <class T, bool wide>
DEVICE void copy_head(T *to, const T *from, int d) {
  for (int i = threadIdx.x % 32 * Vec<T>::n; i < d; i += 32 * Vec<T>::n) {
    store<wide>(to + i, load<wide>(from + i, d - i), d - i);
  }
}

template <class T>
DEVICE void store_kv(T *kpages, T *vpages, i64 stride, const T *k, i64 ldk, const T *v, i64 ldv, const int *row,
                     const int *slot, i64 kv, i64 d) {
  const i64 i = blockIdx.x, from = row ? row[i] : i, to = slot[i];
  const i64 at = to / page_size * stride + to % page_size * d;
  k += from * ldk;
  v += from * ldv;
  kpages += at;
  vpages += at;
  const bool wide = d % Vec<T>::n == 0 && aligned(k) && aligned(v) && aligned(kpages) && aligned(vpages);
  for (i64 n = threadIdx.x / 32; n < 2 * kv; n += blockDim.x / 32) {
    const i64 h = n >> 1;
    T *dst = (n & 1 ? vpages : kpages) + h * page_size * d;
    const T *src = (n & 1 ? v : k) + h * d;
    if (wide) copy_head<T, true>(dst, src, (int)d);
    else copy_head<T, false>(dst, src, (int)d);
  }
}

// load8 reads eight elements, of which left are there, and zeros behind them.
template <bool wide> DEVICE void load8(float (&x)[8], const bf16 *p, int left) { unpack(x, load<wide>(p, left)); }
template <bool wide> DEVICE void load8(float (&x)[8], const float *p, int left) { load_floats<wide>(x, p, left); }

// A Chunk is the work of a block, on one head of keys, and of its warps, on a page
// each. A row of a page is read by `lanes` threads, a power of two, eight elements
// each: a warp reads 32/lanes rows at a time.
struct Chunk {
  int count; // of positions
  int d, lanes;
  float scale;
  float *scores; // shared, [heads][chunk]
  float *sums;   // shared, [chunk_pages][heads][d]
  int width;     // heads d
};

// score computes q k of the warp's page for the first `there` of query heads.
template <class T, int heads, bool wide>
DEVICE void score(const Chunk &c, const T *keys, const T *q, int there) {
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32, at = lane % c.lanes * 8;
  const int step = 32 / c.lanes, mine = lane / c.lanes, n = min(c.count - warp * page_size, page_size);
  float x[heads][8];
  UNROLL
  for (int h = 0; h < heads; h++) load8<wide>(x[h], q + h * c.d + at, h < there ? c.d - at : 0);
  for (int first = 0; first < n; first += 4 * step) {
    float k[4][8];
    UNROLL
    for (int u = 0; u < 4; u++) {
      const int j = first + u * step + mine;
      load8<wide>(k[u], keys + j * c.d + at, j < n ? c.d - at : 0);
    }
    float s[4][heads];
    UNROLL
    for (int u = 0; u < 4; u++) {
      UNROLL
      for (int h = 0; h < heads; h++) {
        s[u][h] = 0;
        UNROLL
        for (int i = 0; i < 8; i++) s[u][h] += x[h][i] * k[u][i];
      }
    }
#pragma unroll 1
    for (int o = c.lanes >> 1; o > 0; o >>= 1) {
      UNROLL
      for (int u = 0; u < 4; u++) {
        UNROLL
        for (int h = 0; h < heads; h++) s[u][h] += __shfl_xor_sync(0xffffffffu, s[u][h], o);
      }
    }
    UNROLL
    for (int u = 0; u < 4; u++) {
      const int j = first + u * step + mine;
      UNROLL
      for (int h = 0; h < heads; h++) {
        if (at == 0 && j < n && h < there) c.scores[h * chunk + warp * page_size + j] = s[u][h];
      }
    }
  }
}

// weigh replaces the scores of a head by exp(scale (score - top)), and returns top
// and the sum in each lane of the warp.
DEVICE float2 weigh(float *scores, int count, float scale) {
  const int lane = threadIdx.x % 32;
  float top = -__builtin_huge_valf(), sum = 0;
  for (int i = lane; i < count; i += 32) top = fmaxf(top, scores[i]);
  top = warp_max(top);
  for (int i = lane; i < count; i += 32) {
    const float p = expf(scale * (scores[i] - top));
    scores[i] = p;
    sum += p;
  }
  return make_float2(top, warp_sum(sum));
}

// mix sums the values of the warp's page with the weights of heads.
template <class T, int heads, bool wide> DEVICE void mix(const Chunk &c, const T *values, int there) {
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32, at = lane % c.lanes * 8;
  const int step = 32 / c.lanes, mine = lane / c.lanes, n = min(c.count - warp * page_size, page_size);
  float y[heads][8];
  UNROLL
  for (int h = 0; h < heads; h++) {
    UNROLL
    for (int i = 0; i < 8; i++) y[h][i] = 0;
  }
  for (int first = 0; first < n; first += 4 * step) {
    float v[4][8];
    UNROLL
    for (int u = 0; u < 4; u++) {
      const int j = first + u * step + mine;
      load8<wide>(v[u], values + j * c.d + at, j < n ? c.d - at : 0);
    }
    UNROLL
    for (int u = 0; u < 4; u++) {
      const int j = first + u * step + mine;
      UNROLL
      for (int h = 0; h < heads; h++) {
        const float p = j < n && h < there ? c.scores[h * chunk + warp * page_size + j] : 0;
        UNROLL
        for (int i = 0; i < 8; i++) y[h][i] += p * v[u][i];
      }
    }
  }
#pragma unroll 1
  for (int o = c.lanes; o < 32; o <<= 1) {
    UNROLL
    for (int h = 0; h < heads; h++) {
      UNROLL
      for (int i = 0; i < 8; i++) y[h][i] += __shfl_xor_sync(0xffffffffu, y[h][i], o);
    }
  }
  UNROLL
  for (int h = 0; h < heads; h++) {
    UNROLL
    for (int i = 0; i < 8; i++) {
      if (mine == 0 && h < there && at + i < c.d) c.sums[warp * c.width + h * c.d + at + i] = y[h][i];
    }
  }
}

// attend_chunk works on as many query heads of a group as `heads`. A row of one
// chunk is complete; of others the sums go to acc, [items][Q][D], and their top
// scores and the sums of weights to stats, [items][Q].
template <class T, int heads>
DEVICE void attend_chunk(T *out, i64 ldo, const T *q, i64 ldq, const T *kpages, const T *vpages, i64 stride,
                         const int *table, i64 width, const int *length, const int *item_row, const int *first,
                         float *acc, float2 *stats, i64 nq, i64 kv, i64 d, i64 lanes, double scale) {
  DYNAMIC_SHARED(float, shared);
  SHARED float2 found[heads];
  const i64 item = blockIdx.x, row = item_row[item], g = blockIdx.y, part = item - first[row];
  const int group = (int)(nq / kv), base = blockIdx.z * heads, there = min(heads, group - base);
  const int warp = threadIdx.x / 32;
  Chunk c;
  c.count = (int)min((i64)chunk, length[row] - part * chunk);
  c.d = (int)d;
  c.lanes = (int)lanes;
  c.scale = (float)scale;
  c.scores = shared;
  c.sums = shared + heads * chunk;
  c.width = heads * c.d;
  q += row * ldq + (g * group + base) * d;
  const bool mine = warp * page_size < c.count;
  const i64 page = mine ? (table[row * width + part * chunk_pages + warp] * stride + g * page_size * d) : 0;
  const bool wide = d % 8 == 0 && aligned(q) && aligned(kpages + page) && aligned(vpages + page);
  // What is not aligned is rare, and not worth much code: a head at a time.
  Chunk one = c;
  if (mine && wide) score<T, heads, true>(c, kpages + page, q, there);
  for (int h = 0; mine && !wide && h < there; h++, one.scores += chunk) {
    score<T, 1, false>(one, kpages + page, q + h * d, 1);
  }
  __syncthreads();
  for (int h = warp; h < there; h += chunk_pages) {
    const float2 f = weigh(c.scores + h * chunk, c.count, c.scale);
    if (threadIdx.x % 32 == 0) found[h] = f;
  }
  __syncthreads();
  one = c;
  if (mine && wide) mix<T, heads, true>(c, vpages + page, there);
  for (int h = 0; mine && !wide && h < there; h++, one.scores += chunk, one.sums += d) {
    mix<T, 1, false>(one, vpages + page, 1);
  }
  __syncthreads();
  const int warps = (c.count + page_size - 1) / page_size;
  const bool whole = first[row + 1] - first[row] == 1;
  for (int h = 0; h < there; h++) {
    const i64 head = g * group + base + h;
    for (int i = threadIdx.x; i < c.d; i += blockDim.x) {
      float y = 0;
      for (int w = 0; w < warps; w++) y += c.sums[w * c.width + h * c.d + i];
      if (whole) out[row * ldo + head * d + i] = to<T>(y / found[h].y);
      else acc[(item * nq + head) * d + i] = y;
    }
    if (!whole && threadIdx.x == 0) stats[item * nq + head] = found[h];
  }
}

// combine sums the chunks of rows that have more than one, with a block for each
// head: threads of the same element take every other chunk.
template <class T>
DEVICE void combine(T *out, i64 ldo, const float *acc, const float2 *stats, const int *first, i64 d, double scale) {
  SHARED float sums[256], totals[256];
  const i64 row = blockIdx.x, head = blockIdx.y, nq = gridDim.y, begin = first[row];
  const int n = (int)(first[row + 1] - begin), lane = threadIdx.x % 32;
  if (n <= 1) return;
  stats += begin * nq + head;
  acc += (begin * nq + head) * d;
  float top = -__builtin_huge_valf();
  for (int i = lane; i < n; i += 32) top = fmaxf(top, stats[i * nq].x);
  top = warp_max(top);

  int width = 32; // threads for the elements of a head
  while (width < d) width *= 2;
  const int parts = 256 / width, part = threadIdx.x / width, at = threadIdx.x % width;
  float y = 0, total = 0;
  for (int i = part; i < n; i += parts) {
    const float2 s = stats[i * nq];
    const float p = expf((float)scale * (s.x - top));
    total += p * s.y;
    if (at < d) y += p * acc[i * nq * d + at];
  }
  sums[threadIdx.x] = y;
  totals[threadIdx.x] = total;
  __syncthreads();
  if (part > 0 || at >= d) return;
  for (int i = 1; i < parts; i++) {
    y += sums[i * width + at];
    total += totals[i * width + at];
  }
  out[row * ldo + head * d + at] = to<T>(y / total);
}

} // namespace

KERNEL(store_kv_f32, 128, float *kpages, float *vpages, i64 stride, const float *k, i64 ldk, const float *v, i64 ldv,
       const int *row, const int *slot, i64 kv, i64 d) {
  store_kv(kpages, vpages, stride, k, ldk, v, ldv, row, slot, kv, d);
}

KERNEL(store_kv_bf16, 128, bf16 *kpages, bf16 *vpages, i64 stride, const bf16 *k, i64 ldk, const bf16 *v, i64 ldv,
       const int *row, const int *slot, i64 kv, i64 d) {
  store_kv(kpages, vpages, stride, k, ldk, v, ldv, row, slot, kv, d);
}

KERNEL(decode_combine_f32, 256, float *out, i64 ldo, const float *acc, const float2 *stats, const int *first, i64 d,
       double scale) {
  combine(out, ldo, acc, stats, first, d, scale);
}

KERNEL(decode_combine_bf16, 256, bf16 *out, i64 ldo, const float *acc, const float2 *stats, const int *first, i64 d,
       double scale) {
  combine(out, ldo, acc, stats, first, d, scale);
}

// The number in a name is that of the query heads of a block.

KERNEL(decode_attention_1_f32, 128, float *out, i64 ldo, const float *q, i64 ldq, const float *kpages, const float *vpages,
       i64 stride, const int *table, i64 width, const int *length, const int *item_row, const int *first, float *acc,
       float2 *stats, i64 nq, i64 kv, i64 d, i64 lanes, double scale) {
  attend_chunk<float, 1>(out, ldo, q, ldq, kpages, vpages, stride, table, width, length, item_row, first, acc, stats,
                       nq, kv, d, lanes, scale);
}

KERNEL(decode_attention_2_f32, 128, float *out, i64 ldo, const float *q, i64 ldq, const float *kpages, const float *vpages,
       i64 stride, const int *table, i64 width, const int *length, const int *item_row, const int *first, float *acc,
       float2 *stats, i64 nq, i64 kv, i64 d, i64 lanes, double scale) {
  attend_chunk<float, 2>(out, ldo, q, ldq, kpages, vpages, stride, table, width, length, item_row, first, acc, stats,
                       nq, kv, d, lanes, scale);
}

KERNEL(decode_attention_4_f32, 128, float *out, i64 ldo, const float *q, i64 ldq, const float *kpages, const float *vpages,
       i64 stride, const int *table, i64 width, const int *length, const int *item_row, const int *first, float *acc,
       float2 *stats, i64 nq, i64 kv, i64 d, i64 lanes, double scale) {
  attend_chunk<float, 4>(out, ldo, q, ldq, kpages, vpages, stride, table, width, length, item_row, first, acc, stats,
                       nq, kv, d, lanes, scale);
}

KERNEL(decode_attention_8_f32, 128, float *out, i64 ldo, const float *q, i64 ldq, const float *kpages, const float *vpages,
       i64 stride, const int *table, i64 width, const int *length, const int *item_row, const int *first, float *acc,
       float2 *stats, i64 nq, i64 kv, i64 d, i64 lanes, double scale) {
  attend_chunk<float, 8>(out, ldo, q, ldq, kpages, vpages, stride, table, width, length, item_row, first, acc, stats,
                       nq, kv, d, lanes, scale);
}

KERNEL(decode_attention_1_bf16, 128, bf16 *out, i64 ldo, const bf16 *q, i64 ldq, const bf16 *kpages, const bf16 *vpages,
       i64 stride, const int *table, i64 width, const int *length, const int *item_row, const int *first, float *acc,
       float2 *stats, i64 nq, i64 kv, i64 d, i64 lanes, double scale) {
  attend_chunk<bf16, 1>(out, ldo, q, ldq, kpages, vpages, stride, table, width, length, item_row, first, acc, stats,
                       nq, kv, d, lanes, scale);
}

KERNEL(decode_attention_2_bf16, 128, bf16 *out, i64 ldo, const bf16 *q, i64 ldq, const bf16 *kpages, const bf16 *vpages,
       i64 stride, const int *table, i64 width, const int *length, const int *item_row, const int *first, float *acc,
       float2 *stats, i64 nq, i64 kv, i64 d, i64 lanes, double scale) {
  attend_chunk<bf16, 2>(out, ldo, q, ldq, kpages, vpages, stride, table, width, length, item_row, first, acc, stats,
                       nq, kv, d, lanes, scale);
}

KERNEL(decode_attention_4_bf16, 128, bf16 *out, i64 ldo, const bf16 *q, i64 ldq, const bf16 *kpages, const bf16 *vpages,
       i64 stride, const int *table, i64 width, const int *length, const int *item_row, const int *first, float *acc,
       float2 *stats, i64 nq, i64 kv, i64 d, i64 lanes, double scale) {
  attend_chunk<bf16, 4>(out, ldo, q, ldq, kpages, vpages, stride, table, width, length, item_row, first, acc, stats,
                       nq, kv, d, lanes, scale);
}

KERNEL(decode_attention_8_bf16, 128, bf16 *out, i64 ldo, const bf16 *q, i64 ldq, const bf16 *kpages, const bf16 *vpages,
       i64 stride, const int *table, i64 width, const int *length, const int *item_row, const int *first, float *acc,
       float2 *stats, i64 nq, i64 kv, i64 d, i64 lanes, double scale) {
  attend_chunk<bf16, 8>(out, ldo, q, ldq, kpages, vpages, stride, table, width, length, item_row, first, acc, stats,
                       nq, kv, d, lanes, scale);
}
