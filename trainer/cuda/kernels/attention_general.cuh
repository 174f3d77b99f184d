// Tiles of attention for any type and size of head, in float32.
//
// A tile is 32 rows of d floats, d|1 apart, so that 32 rows of a column lie in 32
// banks. A block is 128 threads: thread (ty, tx) of 8 x 16 has rows 4 ty to 4 ty + 3
// of what is computed. Each warp has 8 rows of its own, and scores, which lie 36
// floats apart in shared memory, are written and read by the same warp: 36 puts the
// rows that a warp touches at once into different banks.
#pragma once
#include "attention.cuh"

const int tile_rows = 32, score_ld = 36;

// load_rows loads a tile. Rows behind the first `rows` become 0.
template <class T> DEVICE void load_rows(float *tile, const T *from, i64 ld, int rows, int d) {
  for (int row = threadIdx.x / 32; row < tile_rows; row += 4) {
    for (int i = threadIdx.x % 32; i < d; i += 32) {
      tile[row * (d | 1) + i] = row < rows ? to_float(from[row * ld + i]) : 0;
    }
  }
}

// dots computes s[i][j], the product of row 4 ty + i of a and row tx + 16 j of b.
DEVICE void dots(float s[4][2], const float *a, const float *b, int d) {
  const int ld = d | 1;
  a += threadIdx.x / 16 * 4 * ld;
  b += threadIdx.x % 16 * ld;
  UNROLL for (int i = 0; i < 4; i++) s[i][0] = s[i][1] = 0;
  for (int x = 0; x < d; x++) {
    float left = b[x], right = b[16 * ld + x];
    UNROLL for (int i = 0; i < 4; i++) {
      float y = a[i * ld + x];
      s[i][0] = fmaf(y, left, s[i][0]);
      s[i][1] = fmaf(y, right, s[i][1]);
    }
  }
}

// store_scores puts what dots computed where accumulate reads it.
DEVICE void store_scores(float *scores, const float s[4][2]) {
  scores += threadIdx.x / 16 * 4 * score_ld + threadIdx.x % 16;
  UNROLL for (int i = 0; i < 4; i++) {
    UNROLL for (int j = 0; j < 2; j++) scores[i * score_ld + 16 * j] = s[i][j];
  }
}

// accumulate adds to sum[i][c] the products of row 4 ty + i of scores and column
// tx + 16 c of the first n rows of x.
template <int C> DEVICE void accumulate(float sum[4][C], const float *scores, const float *x, int n, int d) {
  const int ld = d | 1;
  scores += threadIdx.x / 16 * 4 * score_ld;
  x += threadIdx.x % 16;
  d -= threadIdx.x % 16;
  for (int k = 0; k < n; k++) {
    float p[4];
    UNROLL for (int i = 0; i < 4; i++) p[i] = scores[i * score_ld + k];
    UNROLL for (int c = 0; c < C; c++) {
      if (16 * c < d) {
        float y = x[k * ld + 16 * c];
        UNROLL for (int i = 0; i < 4; i++) sum[i][c] = fmaf(p[i], y, sum[i][c]);
      }
    }
  }
}

// write_rows writes sums times scale, as far as rows and columns go.
template <class T, int C> DEVICE void write_rows(T *out, i64 ld, int rows, int d, const float sum[4][C], float scale) {
  UNROLL for (int i = 0; i < 4; i++) {
    int row = threadIdx.x / 16 * 4 + i;
    UNROLL for (int c = 0; c < C; c++) {
      int column = threadIdx.x % 16 + 16 * c;
      if (row < rows && column < d) out[row * ld + column] = to<T>(sum[i][c] * scale);
    }
  }
}

template <int C> DEVICE void zero(float sum[4][C]) {
  UNROLL for (int i = 0; i < 4; i++) {
    UNROLL for (int c = 0; c < C; c++) sum[i][c] = 0;
  }
}
