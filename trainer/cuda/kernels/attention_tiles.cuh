// Tiles of attention: how they lie in shared memory and how warps read them.
//
// A tile is rows of D bf16, D/8 chunks of 16 bytes each. ldmatrix reads the same
// chunk of 8 rows at once, and the 8 chunks that span all 32 banks must come from
// different banks. Rows that follow each other begin D/8 chunks later, so that the
// same chunk of 8 rows lies in only 8/G different groups of banks, where G is the
// largest power of two that divides D/8, up to 8. Chunk c of row r is therefore
// put where chunk c ^ (r / (8/G) % G) would be: rows that would meet in a group
// differ in that number, and all 8 chunks are in different groups. Rows of a
// fragment begin at multiples of 8, so the number is constant for a lane.
#pragma once
#include "attention.cuh"

// fast_exp2 is 2^x with a relative error of 2^-22, and 0 where that is subnormal.
DEVICE float fast_exp2(float x) {
#ifdef __CUDACC__
  float y;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
#else
  return exp2f(x);
#endif
}

// Chunks of a group that are mixed, G above.
template <int D> struct Mixed { static constexpr int count = D / 8 % 8 == 0 ? 8 : D / 8 % 4 == 0 ? 4 : 2; };

// place returns the element of a tile where a chunk of a row begins.
template <int D> DEVICE int place(int row, int chunk) {
  constexpr int G = Mixed<D>::count;
  return 8 * (row * (D / 8) + (chunk ^ (row / (8 / G) % G)));
}

// shift returns place(row, c + 2 n) of place(row, c), where c is 0 or 1.
template <int D> DEVICE int shift(int place, int n) {
  constexpr int H = Mixed<D>::count / 2;
  return (place ^ 16 * (n % H)) + 16 * (n / H * H);
}

// load_tile begins to copy a tile of R rows by T threads. Those behind the first
// `rows` become 0. A thread copies the same chunk of every S-th row, a multiple of
// 8, so that its places differ by constants.
template <int D, int R, int T> DEVICE void load_tile(bf16 *tile, const bf16 *from, i64 ld, int rows) {
  constexpr int C = D / 8, S = T / C / 8 * 8;
  int row = threadIdx.x / C, chunk = threadIdx.x % C;
  if (S * C < T && row >= S) return;
  from += row * ld + chunk * 8;
  tile += place<D>(row, chunk);
  UNROLL for (int i = 0; i < (R + S - 1) / S; i++) {
    if ((i + 1) * S > R && row + i * S >= R) return;
    copy_async16(tile + i * S * D, from, row + i * S < rows);
    from += S * ld;
  }
}

// Where a lane reads fragments for mma_16x8x16: of A, or of B of which a row lies in
// a row; and of B of which a column lies in a row.
template <int D> DEVICE int lane_of_rows(int lane) { return place<D>(lane % 16, lane / 16); }
template <int D> DEVICE int lane_of_columns(int lane) { return place<D>(lane / 16 * 8 + lane % 8, lane / 8 % 2); }

// load_a reads rows r to r+15 and columns 16 n to 16 n + 15 of a tile as a fragment
// of A; lane is lane_of_rows.
template <int D> DEVICE void load_a(u32 a[4], const bf16 *tile, int r, int n, int lane) {
  load_matrix_x4(a, tile + r * D + shift<D>(lane, n));
}

// load_b_columns reads the same as two fragments of B of which the rows are
// columns, b[0], b[1] of the first 8 rows and b[2], b[3] of the others; lane is
// lane_of_columns.
template <int D> DEVICE void load_b_columns(u32 b[4], const bf16 *tile, int r, int n, int lane) {
  load_matrix_x4(b, tile + r * D + shift<D>(lane, n));
}

// load_b_rows reads the same as two fragments of B, b[0], b[1] of the first 8
// columns and b[2], b[3] of the others; lane is lane_of_rows.
template <int D> DEVICE void load_b_rows(u32 b[4], const bf16 *tile, int r, int n, int lane) {
  load_matrix_x4_trans(b, tile + r * D + shift<D>(lane, n));
}

// pack_a makes a fragment of A of 16 columns of what mma_16x8x16 computed.
DEVICE void pack_a(u32 a[4], const float left[4], const float right[4]) {
  a[0] = pack_bf16(left[0], left[1]);
  a[1] = pack_bf16(left[2], left[3]);
  a[2] = pack_bf16(right[0], right[1]);
  a[3] = pack_bf16(right[2], right[3]);
}

template <int N> DEVICE void clear(float x[N][4]) {
  UNROLL for (int i = 0; i < N; i++) {
    UNROLL for (int j = 0; j < 4; j++) x[i][j] = 0;
  }
}

// store_rows writes 16 rows of D columns, x times low for the 8 upper rows and
// times high for the others, to rows r to r+15 of `to` as far as r + i < rows. It
// goes through rows r to r+15 of a tile that no other warp reads, so that a row is
// written in whole sectors.
template <int D>
DEVICE void store_rows(bf16 *to, i64 ld, int rows, bf16 *tile, int r, float x[D / 8][4], float low, float high) {
  constexpr int C = D / 8;
  int lane = (int)threadIdx.x % 32, g = lane / 4, t = lane % 4;
  __syncwarp();
  UNROLL for (int n = 0; n < C; n++) {
    *(u32 *)(tile + place<D>(r + g, n) + 2 * t) = pack_bf16(x[n][0] * low, x[n][1] * low);
    *(u32 *)(tile + place<D>(r + g + 8, n) + 2 * t) = pack_bf16(x[n][2] * high, x[n][3] * high);
  }
  __syncwarp();
  UNROLL for (int i = 0; i < C / 2; i++) {
    int at = lane + 32 * i, row = r + at / C, chunk = at % C;
    if (row < rows) *(uint4 *)(to + row * ld + chunk * 8) = *(const uint4 *)(tile + place<D>(row, chunk));
  }
}
