// Matrix products in float32 without tensor cores. Every element of C is one chain
// of fused multiply-adds in ascending k, so all tiles give it the same bits.
#include "gemm.cuh"

const int gemm_depth = 8;  // k of a step

// A Strip is a strip of an operand: extent rows of A or columns of B, times
// gemm_depth values of k. In shared memory row k has them for that k,
//
//   element i of row k is at  extent k + (i ^ 16 (k/4 % 2))
//
// Where k is contiguous in global memory a warp reads 16 elements i of 2 quads of k
// each, and writes 16 consecutive i in 2 rows whose numbers differ by 4: without the
// exclusive or those rows would share 16 banks, with it they have all 32. Runs of 16
// elements stay together, so reading 4 at a time stays possible.
template <int extent, int threads, bool contiguous_k> struct Strip {
  static_assert(extent * gemm_depth == 4 * threads, "a thread moves 4 elements of a step");
  const float *from;  // of the thread, in the next step
  i64 forward;        // to the step behind it
  int left;           // k from there
  int count;          // elements i from there
  bool aligned;
  int to;  // in shared memory
  float held[4];

  DEVICE static int place(int k, int i) { return k * extent + (i ^ (k / 4 % 2 * 16)); }

  // start takes the whole operand and where the strip begins in it.
  DEVICE void start(const float *operand, i64 ld, int first, int inside, int k, bool aligned16) {
    int t = (int)threadIdx.x;
    int i = contiguous_k ? t / (gemm_depth / 4) : t % (extent / 4) * 4;
    int at = contiguous_k ? t % (gemm_depth / 4) * 4 : t / (extent / 4);
    from = operand + (contiguous_k ? (first + i) * ld + at : at * ld + first + i);
    forward = contiguous_k ? gemm_depth : gemm_depth * ld;
    left = k - at;
    count = inside - first - i;
    if (contiguous_k && count <= 0) left = 0;  // and less later
    aligned = aligned16;
    to = place(at, i);
  }

  // fetch reads the next step to registers, zeros behind the operand's end.
  DEVICE void fetch() {
    int have = contiguous_k || left <= 0 ? left : count;
    if (aligned) {
      float4 v = make_float4(0, 0, 0, 0);
      if (have > 0) v = *(const float4 *)from;
      held[0] = v.x, held[1] = v.y, held[2] = v.z, held[3] = v.w;
    } else {
      UNROLL
      for (int e = 0; e < 4; e++) {
        held[e] = 0;
        if (e < have) held[e] = from[e];
      }
    }
    from += forward;
    left -= gemm_depth;
  }

  // put writes what fetch read to shared memory.
  DEVICE void put(float *strip) const {
    if (contiguous_k) {
      UNROLL
      for (int e = 0; e < 4; e++) strip[to + e * extent] = held[e];
    } else {
      *(float4 *)(strip + to) = make_float4(held[0], held[1], held[2], held[3]);
    }
  }
};

// gemm_store writes 4 elements of a row of C, of which n are inside.
DEVICE void gemm_store(void *c, i64 index, const float (&v)[4], int n, int flags) {
  if (flags & gemm_narrow) {
    UNROLL
    for (int j = 0; j < 4; j++) {
      if (j < n) ((bf16 *)c)[index + j] = to_bf16(v[j]);
    }
    return;
  }
  float *to = (float *)c + index;
  if ((flags & gemm_aligned_c) && n >= 4) {
    float4 old = make_float4(0, 0, 0, 0);
    if (flags & gemm_accumulate) old = *(float4 *)to;
    *(float4 *)to = make_float4(old.x + v[0], old.y + v[1], old.z + v[2], old.w + v[3]);
    return;
  }
  UNROLL
  for (int j = 0; j < 4; j++) {
    if (j < n) to[j] = (flags & gemm_accumulate ? to[j] : 0) + v[j];
  }
}

// gemm computes a tile of bm x bn. A thread has quads x quads squares of 4x4
// elements, bm/quads and bn/quads apart; a warp is 4 threads high and 8 wide. The
// next step is read to registers while this one, of two in shared memory, is used.
template <int bm, int bn, int quads, bool ta, bool tb>
DEVICE void gemm(float *shared, const float *a, const float *b, void *c, i64 m, i64 n, i64 k, i64 lda, i64 ldb, i64 ldc,
                 i64 flags) {
  const int wide = bn / 4 / quads, threads = bm / 4 / quads * wide;
  const int step = (bm + bn) * gemm_depth;
  u32 row, column;
  gemm_tile((u32)((m + bm - 1) / bm), (u32)((n + bn - 1) / bn), row, column);
  int m0 = (int)row * bm, n0 = (int)column * bn;

  Strip<bm, threads, !ta> sa;
  sa.start(a, lda, m0, (int)m, (int)k, flags & gemm_aligned_a);
  Strip<bn, threads, tb> sb;
  sb.start(b, ldb, n0, (int)n, (int)k, flags & gemm_aligned_b);

  int warp = (int)threadIdx.x / 32, lane = (int)threadIdx.x % 32;
  int y = (warp / (wide / 8) * 4 + lane / 8) * 4, x = (warp % (wide / 8) * 8 + lane % 8) * 4;

  float sum[quads][4][quads][4];
  UNROLL
  for (int p = 0; p < quads; p++) {
    UNROLL
    for (int i = 0; i < 4; i++) {
      UNROLL
      for (int q = 0; q < quads; q++) {
        UNROLL
        for (int j = 0; j < 4; j++) sum[p][i][q][j] = 0;
      }
    }
  }

  sa.fetch();
  sb.fetch();
  sa.put(shared);
  sb.put(shared + bm * gemm_depth);
  __syncthreads();
  int steps = (int)((k + gemm_depth - 1) / gemm_depth);
  for (int s = 0; s < steps; s++) {
    const float *at = shared + (s & 1) * step;
    bool more = s + 1 < steps;
    if (more) {
      sa.fetch();
      sb.fetch();
    }
    UNROLL
    for (int d = 0; d < gemm_depth; d++) {
      float4 va[quads], vb[quads];
      UNROLL
      for (int p = 0; p < quads; p++) va[p] = *(const float4 *)(at + sa.place(d, y + p * (bm / quads)));
      UNROLL
      for (int q = 0; q < quads; q++) {
        vb[q] = *(const float4 *)(at + bm * gemm_depth + sb.place(d, x + q * (bn / quads)));
      }
      UNROLL
      for (int p = 0; p < quads; p++) {
        const float ra[4] = {va[p].x, va[p].y, va[p].z, va[p].w};
        UNROLL
        for (int i = 0; i < 4; i++) {
          UNROLL
          for (int q = 0; q < quads; q++) {
            sum[p][i][q][0] = fmaf(ra[i], vb[q].x, sum[p][i][q][0]);
            sum[p][i][q][1] = fmaf(ra[i], vb[q].y, sum[p][i][q][1]);
            sum[p][i][q][2] = fmaf(ra[i], vb[q].z, sum[p][i][q][2]);
            sum[p][i][q][3] = fmaf(ra[i], vb[q].w, sum[p][i][q][3]);
          }
        }
      }
    }
    // Nobody reads the other half: all had done so at the barrier of the last step.
    if (more) {
      float *next = shared + (1 - (s & 1)) * step;
      sa.put(next);
      sb.put(next + bm * gemm_depth);
    }
    __syncthreads();
  }

  UNROLL
  for (int p = 0; p < quads; p++) {
    UNROLL
    for (int i = 0; i < 4; i++) {
      int r = m0 + p * (bm / quads) + y + i;
      UNROLL
      for (int q = 0; q < quads; q++) {
        int t = n0 + q * (bn / quads) + x;
        if (r < m && t < n) gemm_store(c, r * ldc + t, sum[p][i][q], (int)n - t, (int)flags);
      }
    }
  }
}

KERNEL(gemm_nn_128x128_f32, 256, const float *a, const float *b, void *c, i64 m, i64 n, i64 k, i64 lda, i64 ldb,
       i64 ldc, i64 flags) {
  SHARED float4 shared[2 * 256 * gemm_depth / 4];
  gemm<128, 128, 2, false, false>((float *)shared, a, b, c, m, n, k, lda, ldb, ldc, flags);
}

KERNEL(gemm_nt_128x128_f32, 256, const float *a, const float *b, void *c, i64 m, i64 n, i64 k, i64 lda, i64 ldb,
       i64 ldc, i64 flags) {
  SHARED float4 shared[2 * 256 * gemm_depth / 4];
  gemm<128, 128, 2, false, true>((float *)shared, a, b, c, m, n, k, lda, ldb, ldc, flags);
}

KERNEL(gemm_tn_128x128_f32, 256, const float *a, const float *b, void *c, i64 m, i64 n, i64 k, i64 lda, i64 ldb,
       i64 ldc, i64 flags) {
  SHARED float4 shared[2 * 256 * gemm_depth / 4];
  gemm<128, 128, 2, true, false>((float *)shared, a, b, c, m, n, k, lda, ldb, ldc, flags);
}

KERNEL(gemm_nn_32x32_f32, 64, const float *a, const float *b, void *c, i64 m, i64 n, i64 k, i64 lda, i64 ldb, i64 ldc,
       i64 flags) {
  SHARED float4 shared[2 * 64 * gemm_depth / 4];
  gemm<32, 32, 1, false, false>((float *)shared, a, b, c, m, n, k, lda, ldb, ldc, flags);
}

KERNEL(gemm_nt_32x32_f32, 64, const float *a, const float *b, void *c, i64 m, i64 n, i64 k, i64 lda, i64 ldb, i64 ldc,
       i64 flags) {
  SHARED float4 shared[2 * 64 * gemm_depth / 4];
  gemm<32, 32, 1, false, true>((float *)shared, a, b, c, m, n, k, lda, ldb, ldc, flags);
}

KERNEL(gemm_tn_32x32_f32, 64, const float *a, const float *b, void *c, i64 m, i64 n, i64 k, i64 lda, i64 ldb, i64 ldc,
       i64 flags) {
  SHARED float4 shared[2 * 64 * gemm_depth / 4];
  gemm<32, 32, 1, true, false>((float *)shared, a, b, c, m, n, k, lda, ldb, ldc, flags);
}
