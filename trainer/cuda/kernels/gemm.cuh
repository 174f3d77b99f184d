// What the kernels of matrix products share. They compute, of row-major matrices,
//
//   C[m,n] = A B   or, with gemm_accumulate,   C[m,n] += A B
//
// by tiles of C, one for each block; blockIdx.x numbers the tiles.
#pragma once
#include "device.cuh"

// Bits of flags. The aligned ones say that base and distance of rows are multiples
// of 16 bytes, and of A and B that rows consist of whole 16 bytes.
const int gemm_accumulate = 1;
const int gemm_narrow = 2;  // C is bf16
const int gemm_aligned_a = 4;
const int gemm_aligned_b = 8;
const int gemm_aligned_c = 16;

// gemm_tile finds the tile of a block. Blocks that run at the same time have ids
// that follow one another; so that they share rows of A and columns of B in the
// L2 cache, ids go down eight tiles, then one to the right, to the end of the row,
// and then to the next eight rows of tiles.
DEVICE void gemm_tile(u32 rows, u32 columns, u32 &row, u32 &column) {
  const u32 height = 8;
  u32 band = blockIdx.x / (height * columns);
  u32 at = blockIdx.x - band * height * columns;
  u32 first = band * height;
  u32 high = rows - first < height ? rows - first : height;
  column = at / high;
  row = first + at - column * high;
}
