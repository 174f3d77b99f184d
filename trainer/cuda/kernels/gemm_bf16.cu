// Matrix products in bf16 by tensor cores, sums in float32. Every element of C is
// one accumulator to which 16 values of k are added at a time, in ascending k, so
// all tiles give it the same bits.
//
// A block computes a tile bm x bn, a warp wm x wn of it. Stages of depth values of
// k are copied asynchronously, stages - 1 ahead; what a warp multiplies next is
// loaded to registers while it multiplies.
//
// Sizes of tiles follow from what a step of 16 k asks of an SM. A warp that has
// 64x64 reads 4 KiB of shared memory for 64 Ki products; the block copies
// 32 (bm + bn) bytes from the L2 cache for 16 bm bn products. At the about 1300
// products per clock that mma.sync reaches on an H100 (the rate that only wgmma
// gets is 2048), 128x256 needs 30 bytes per clock of the L2 cache and 112 of the 128
// of shared memory, 128x128 needs 41 and 122, while an A100, 1024 products per
// clock, has slack with both. Expect 55 to 65 percent of an H100's peak, 75 to 85 of
// an A100's, for large sizes. None of this has been measured.
#include "gemm_bf16.cuh"

template <int bm, int bn, int depth, int wm, int wn, int stages, bool ta, bool tb, bool any>
DEVICE void gemm(unsigned char *shared, const bf16 *a, const bf16 *b, void *c, i64 m, i64 n, i64 k, i64 lda, i64 ldb,
                 i64 ldc, i64 flags, i64 span, i64 part) {
  constexpr int threads = bm / wm * (bn / wn) * 32;
  typedef Panel<bm, depth, threads, !ta, any> PanelA;
  typedef Panel<bn, depth, threads, tb, any> PanelB;
  constexpr int stage = PanelA::bytes + PanelB::bytes;
  constexpr int high = wm / 16, wide = wn / 16;
  static_assert(depth >= 32, "the barrier of a stage is not where its copies begin");
  static_assert(wm * wn * 2 * (threads / 32) <= stages * stage, "C fits where the stages were");

  u32 row, column;
  gemm_tile((u32)((m + bm - 1) / bm), (u32)((n + bn - 1) / bn), row, column);
  int m0 = (int)row * bm, n0 = (int)column * bn;
  int k0 = (int)(blockIdx.y * span), end = (int)(k - k0 < span ? k : k0 + span);

  PanelA pa;
  pa.start(a, lda, m0, (int)m, k0, end, flags & gemm_aligned_a);
  PanelB pb;
  pb.start(b, ldb, n0, (int)n, k0, end, flags & gemm_aligned_b);

  int warp = (int)threadIdx.x / 32, lane = (int)threadIdx.x % 32;
  int wm0 = warp / (bn / wn) * wm, wn0 = warp % (bn / wn) * wn;
  // Registers 1 and 2 of what is loaded are, of A, i + 8 and k + 8; of B, k + 8 and
  // i + 8.
  int la = PanelA::lane(wm0, lane / 8 % 2, lane / 16);
  int lb = PanelB::lane(wn0, lane / 16, lane / 8 % 2);

  float sum[high][2 * wide][4];
  UNROLL
  for (int i = 0; i < high; i++) {
    UNROLL
    for (int j = 0; j < 2 * wide; j++) {
      UNROLL
      for (int e = 0; e < 4; e++) sum[i][j][e] = 0;
    }
  }

  int steps = (end - k0 + depth - 1) / depth;
  for (int s = 0; s < stages - 1; s++) {
    if (s < steps) {
      pa.copy(shared + s * stage);
      pb.copy(shared + s * stage + PanelA::bytes);
    }
    copy_commit();
  }
  copy_wait<stages - 2>();
  __syncthreads();

  u32 ra[2][high][4], rb[2][wide][4];
  UNROLL
  for (int i = 0; i < high; i++) PanelA::load(ra[0][i], shared, la, i, 0);
  UNROLL
  for (int j = 0; j < wide; j++) PanelB::load(rb[0][j], shared + PanelA::bytes, lb, j, 0);

  unsigned char *read = shared, *write = shared + (stages - 1) * stage, *last = write;
  for (int s = 0; s < steps; s++) {
    UNROLL
    for (int kk = 0; kk < depth / 16; kk++) {
      if (kk == depth / 16 - 1) {
        // Stage s + 1 is there when all but the stages - 2 youngest groups are. At
        // this barrier every warp has loaded all of stage s, so that the next turn
        // may overwrite it.
        copy_wait<stages - 2>();
        __syncthreads();
        read = read == last ? shared : read + stage;
      }
      // Behind the last step this loads what nobody uses.
      UNROLL
      for (int i = 0; i < high; i++) PanelA::load(ra[(kk + 1) % 2][i], read, la, i, (kk + 1) % (depth / 16));
      UNROLL
      for (int j = 0; j < wide; j++) {
        PanelB::load(rb[(kk + 1) % 2][j], read + PanelA::bytes, lb, j, (kk + 1) % (depth / 16));
      }
      if (kk == 0) {
        if (s + stages - 1 < steps) {
          pa.copy(write);
          pb.copy(write + PanelA::bytes);
        }
        copy_commit();  // a group even if it is empty, so that copy_wait counts stages
        write = write == last ? shared : write + stage;
      }
      UNROLL
      for (int i = 0; i < high; i++) {
        UNROLL
        for (int j = 0; j < 2 * wide; j++) mma_16x8x16(sum[i][j], ra[kk % 2][i], &rb[kk % 2][j / 2][j % 2 * 2]);
      }
    }
  }
  copy_wait<0>();

  int x = m0 + wm0 + lane / 4, y = n0 + wn0 + lane % 4 * 2;  // row and column of sum[0][0][0]
  if (!(flags & gemm_narrow)) {
    // Four lanes write 32 bytes, a sector.
    float *to = (float *)c + blockIdx.y * part;
    UNROLL
    for (int i = 0; i < high; i++) {
      UNROLL
      for (int h = 0; h < 2; h++) {
        int r = x + i * 16 + h * 8;
        if (r >= m) continue;
        float *p = to + r * ldc + y;
        UNROLL
        for (int j = 0; j < 2 * wide; j++) {
          int left = (int)n - y - j * 8;
          float2 v = make_float2(sum[i][j][2 * h], sum[i][j][2 * h + 1]);
          if (!any || ((flags & gemm_aligned_c) && left > 1)) {
            if (left <= 0) continue;
            if (flags & gemm_accumulate) {
              float2 old = *(float2 *)(p + j * 8);
              v.x += old.x, v.y += old.y;
            }
            *(float2 *)(p + j * 8) = v;
          } else {
            if (left > 0) p[j * 8] = (flags & gemm_accumulate ? p[j * 8] : 0) + v.x;
            if (left > 1) p[j * 8 + 1] = (flags & gemm_accumulate ? p[j * 8 + 1] : 0) + v.y;
          }
        }
      }
    }
    return;
  }

  // Four lanes have 16 bytes of bf16, half a sector. So a warp exchanges its part of
  // C in shared memory, rows of wn with the swizzle of the panels: writing, 8 rows at
  // one chunk have all banks, and reading, 8 chunks have.
  __syncthreads();  // other warps have loaded what they load behind the last step
  constexpr int chunks = wn / 8;
  unsigned char *mine = shared + warp * (wm * wn * 2);
  UNROLL
  for (int i = 0; i < high; i++) {
    UNROLL
    for (int h = 0; h < 2; h++) {
      int r = i * 16 + h * 8 + lane / 4;
      UNROLL
      for (int j = 0; j < 2 * wide; j++) {
        u32 v = pack_bf16(sum[i][j][2 * h], sum[i][j][2 * h + 1]);
        *(u32 *)(mine + r * (wn * 2) + gemm_swizzle<chunks>(r, j) * 16 + lane % 4 * 4) = v;
      }
    }
  }
  __syncwarp();
  int chunk = lane % chunks;
  int left = (int)n - (n0 + wn0 + chunk * 8);
  bf16 *to = (bf16 *)c + n0 + wn0 + chunk * 8;
  for (int r = lane / chunks; r < wm; r += 32 / chunks) {
    if (m0 + wm0 + r >= m) break;
    uint4 v = *(uint4 *)(mine + r * (wn * 2) + gemm_swizzle<chunks>(r, chunk) * 16);
    bf16 *p = to + (m0 + wm0 + r) * ldc;
    if (!any || ((flags & gemm_aligned_c) && left >= 8)) {
      if (left > 0) *(uint4 *)p = v;
      continue;
    }
    const u32 w[4] = {v.x, v.y, v.z, v.w};
    UNROLL
    for (int e = 0; e < 8; e++) {
      if (e < left) p[e].bits = (unsigned short)(w[e / 2] >> e % 2 * 16);
    }
  }
}

KERNEL(gemm_nn_128x256_bf16, 256, const bf16 *a, const bf16 *b, void *c, i64 m, i64 n, i64 k, i64 lda, i64 ldb,
       i64 ldc, i64 flags, i64 span, i64 part) {
  DYNAMIC_SHARED(unsigned char, shared);
  gemm<128, 256, 32, 64, 64, 4, false, false, false>(shared, a, b, c, m, n, k, lda, ldb, ldc, flags, span, part);
}

KERNEL(gemm_nt_128x256_bf16, 256, const bf16 *a, const bf16 *b, void *c, i64 m, i64 n, i64 k, i64 lda, i64 ldb,
       i64 ldc, i64 flags, i64 span, i64 part) {
  DYNAMIC_SHARED(unsigned char, shared);
  gemm<128, 256, 32, 64, 64, 4, false, true, false>(shared, a, b, c, m, n, k, lda, ldb, ldc, flags, span, part);
}

KERNEL(gemm_tn_128x256_bf16, 256, const bf16 *a, const bf16 *b, void *c, i64 m, i64 n, i64 k, i64 lda, i64 ldb,
       i64 ldc, i64 flags, i64 span, i64 part) {
  DYNAMIC_SHARED(unsigned char, shared);
  gemm<128, 256, 32, 64, 64, 4, true, false, false>(shared, a, b, c, m, n, k, lda, ldb, ldc, flags, span, part);
}

KERNEL(gemm_nn_128x128_bf16, 128, const bf16 *a, const bf16 *b, void *c, i64 m, i64 n, i64 k, i64 lda, i64 ldb,
       i64 ldc, i64 flags, i64 span, i64 part) {
  DYNAMIC_SHARED(unsigned char, shared);
  gemm<128, 128, 32, 64, 64, 4, false, false, false>(shared, a, b, c, m, n, k, lda, ldb, ldc, flags, span, part);
}

KERNEL(gemm_nt_128x128_bf16, 128, const bf16 *a, const bf16 *b, void *c, i64 m, i64 n, i64 k, i64 lda, i64 ldb,
       i64 ldc, i64 flags, i64 span, i64 part) {
  DYNAMIC_SHARED(unsigned char, shared);
  gemm<128, 128, 32, 64, 64, 4, false, true, false>(shared, a, b, c, m, n, k, lda, ldb, ldc, flags, span, part);
}

KERNEL(gemm_tn_128x128_bf16, 128, const bf16 *a, const bf16 *b, void *c, i64 m, i64 n, i64 k, i64 lda, i64 ldb,
       i64 ldc, i64 flags, i64 span, i64 part) {
  DYNAMIC_SHARED(unsigned char, shared);
  gemm<128, 128, 32, 64, 64, 4, true, false, false>(shared, a, b, c, m, n, k, lda, ldb, ldc, flags, span, part);
}

KERNEL(gemm_nn_64x64_bf16, 128, const bf16 *a, const bf16 *b, void *c, i64 m, i64 n, i64 k, i64 lda, i64 ldb,
       i64 ldc, i64 flags, i64 span, i64 part) {
  DYNAMIC_SHARED(unsigned char, shared);
  gemm<64, 64, 64, 32, 32, 4, false, false, true>(shared, a, b, c, m, n, k, lda, ldb, ldc, flags, span, part);
}

KERNEL(gemm_nt_64x64_bf16, 128, const bf16 *a, const bf16 *b, void *c, i64 m, i64 n, i64 k, i64 lda, i64 ldb,
       i64 ldc, i64 flags, i64 span, i64 part) {
  DYNAMIC_SHARED(unsigned char, shared);
  gemm<64, 64, 64, 32, 32, 4, false, true, true>(shared, a, b, c, m, n, k, lda, ldb, ldc, flags, span, part);
}

KERNEL(gemm_tn_64x64_bf16, 128, const bf16 *a, const bf16 *b, void *c, i64 m, i64 n, i64 k, i64 lda, i64 ldb,
       i64 ldc, i64 flags, i64 span, i64 part) {
  DYNAMIC_SHARED(unsigned char, shared);
  gemm<64, 64, 64, 32, 32, 4, true, false, true>(shared, a, b, c, m, n, k, lda, ldb, ldc, flags, span, part);
}

KERNEL(gemm_nn_32x32_bf16, 64, const bf16 *a, const bf16 *b, void *c, i64 m, i64 n, i64 k, i64 lda, i64 ldb,
       i64 ldc, i64 flags, i64 span, i64 part) {
  DYNAMIC_SHARED(unsigned char, shared);
  gemm<32, 32, 64, 32, 16, 6, false, false, true>(shared, a, b, c, m, n, k, lda, ldb, ldc, flags, span, part);
}

KERNEL(gemm_nt_32x32_bf16, 64, const bf16 *a, const bf16 *b, void *c, i64 m, i64 n, i64 k, i64 lda, i64 ldb,
       i64 ldc, i64 flags, i64 span, i64 part) {
  DYNAMIC_SHARED(unsigned char, shared);
  gemm<32, 32, 64, 32, 16, 6, false, true, true>(shared, a, b, c, m, n, k, lda, ldb, ldc, flags, span, part);
}

KERNEL(gemm_tn_32x32_bf16, 64, const bf16 *a, const bf16 *b, void *c, i64 m, i64 n, i64 k, i64 lda, i64 ldb,
       i64 ldc, i64 flags, i64 span, i64 part) {
  DYNAMIC_SHARED(unsigned char, shared);
  gemm<32, 32, 64, 32, 16, 6, true, false, true>(shared, a, b, c, m, n, k, lda, ldb, ldc, flags, span, part);
}
