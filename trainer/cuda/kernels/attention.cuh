// What all kernels of attention share.
#pragma once
#include "device.cuh"

const float log2e = 1.44269504088896340736f;
const float ln2 = 0.69314718055994530942f;

// What a block works on: a tile of tokens of a sequence, for a head. Positions
// count from where the sequence begins.
struct Work {
  i64 head;
  i64 begin;        // of the sequence
  i64 from;         // of the tile
  int first;        // position of the tile
  int rows, length; // tokens of the tile, and of the sequence
};

DEVICE Work work_of_block(const int *tiles, i64 heads) {
  u32 block = blockIdx.x, n = (u32)heads;
  const int *t = tiles + 4 * (i64)(block / n);
  Work w;
  w.head = block % n;
  w.begin = t[0];
  w.from = t[2];
  w.first = t[2] - t[0];
  w.rows = t[3] - t[2];
  w.length = t[1] - t[0];
  return w;
}

// Stats is what the backward pass wants to know of a query and head.
struct alignas(8) Stats {
  float lse, delta; // log2 of the sum of exponentials, and dout·out
};
