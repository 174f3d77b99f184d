// How kernels of matrix products of bf16 hold operands in shared memory.
//
// A stage is gemm depth values of k of the rows of A and columns of B of a tile. It
// lies in shared memory as it does in global memory: rows of width elements that
// are contiguous there, which are k if the operand is read along k, else i (rows of
// A, columns of B). So each transposition is a matter of which form of ldmatrix
// reads it, and copies are always of 16 bytes.
//
// A chunk is 8 elements, 16 bytes, 4 of the 32 banks. Without more ado the 8 rows
// that ldmatrix reads at once would lie in the same banks, as their distance is a
// multiple of 64 bytes. So chunk c of row r is at place gemm_swizzle(r, c) of its
// row: rows of 8 chunks or more (all banks) are exclusive-ored with r % 8; of rows
// of 4 (half the banks), two neighbours take both halves, and pairs are
// exclusive-ored with r/2 % 4; of rows of 2 likewise with r/4 % 2. Then 8 rows at
// one chunk, and 8 chunks of what is contiguous, both have all banks. The test of
// package ops that counts banks shows it.
#pragma once
#include "gemm.cuh"

template <int chunks> DEVICE int gemm_swizzle(int row, int chunk) {
  return chunk ^ (chunks >= 8 ? row % 8 : chunks == 4 ? row / 2 % 4 : row / 4 % 2);
}

// A Panel is the part of a stage that belongs to one operand: extent of i times
// depth of k. The threads of a block copy it together.
template <int extent, int depth, int threads, bool along_k, bool any> struct Panel {
  static constexpr int width = along_k ? depth : extent, rows = along_k ? extent : depth;
  static constexpr int chunks = width / 8, pitch = width * 2, bytes = rows * pitch;
  static constexpr int jump = threads / chunks;  // rows between copies of a thread
  static constexpr int copies = rows / jump;
  static_assert(jump % 8 == 0 && rows % jump == 0, "all copies of a thread have the same swizzle");

  const bf16 *from;    // of the thread's first copy in the next stage
  i64 forward, below;  // elements to the next stage, to the next copy
  int across, down;    // elements and rows from there to the operand's end
  int to;
  bool aligned;

  // start takes the operand, where the tile begins in it and the range of k.
  DEVICE void start(const bf16 *operand, i64 ld, int first, int inside, int k, int end, bool aligned16) {
    int row = (int)threadIdx.x / chunks, chunk = (int)threadIdx.x % chunks;
    int row0 = along_k ? first : k, column0 = along_k ? k : first;
    from = operand + (row0 + row) * ld + column0 + chunk * 8;
    forward = along_k ? depth : depth * ld;
    below = jump * ld;
    across = (along_k ? end : inside) - column0 - chunk * 8;
    down = (along_k ? inside : end) - row0 - row;
    to = row * pitch + gemm_swizzle<chunks>(row, chunk) * 16;
    aligned = !any || aligned16;
  }

  // copy begins to copy the next stage; there are zeros behind the operand's end.
  DEVICE void copy(unsigned char *panel) {
    unsigned char *s = panel + to;
    if (aligned) {
      UNROLL
      for (int c = 0; c < copies; c++) {
        copy_async16(s + c * jump * pitch, from + c * below, c * jump < down && across > 0);
      }
    } else {
      for (int c = 0; c < copies; c++) {
        int have = c * jump < down ? across : 0;
        for (int e = 0; e < 8; e++) {
          bf16 x = {0};
          if (e < have) x = from[c * below + e];
          ((bf16 *)(s + c * jump * pitch))[e] = x;
        }
      }
    }
    from += forward;
    if (along_k) {
      across -= depth;
    } else {
      down -= depth;
    }
  }

  // lane returns where the lane's row of the 16 k and 16 i at (0, i0) is: those of
  // i + 8 belong to the lanes with upper_i, those of k + 8 to those with upper_k.
  DEVICE static int lane(int i0, int upper_i, int upper_k) {
    int l = (int)threadIdx.x % 8;
    int row = along_k ? i0 + upper_i * 8 + l : upper_k * 8 + l;
    int chunk = along_k ? upper_k : i0 / 8 + upper_i;
    return row * pitch + gemm_swizzle<chunks>(row, chunk) * 16;
  }

  // load loads four matrices, 16 k at 16 kk of 16 i at 16 j behind what lane is of.
  // Adding 2 to a chunk is an exclusive or, as i0 and the range of j are multiples
  // of the same power of two.
  DEVICE static void load(u32 (&r)[4], const unsigned char *panel, int lane, int j, int kk) {
    if (along_k) {
      load_matrix_x4(r, panel + (lane ^ kk * 32) + j * 16 * pitch);
    } else {
      load_matrix_x4_trans(r, panel + (lane ^ j * 32) + kk * 16 * pitch);
    }
  }
};
