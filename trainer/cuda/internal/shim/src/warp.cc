// What the lanes of a warp do together, and asynchronous copies.

#include "core.h"
#include "races.h"

namespace shim {

namespace {

constexpr unsigned whole = ~0u;

struct Ballot {
  bool in;
  unsigned out;
};

SHIM_UNSEEN void cast_votes(void **args, unsigned mask) {
  unsigned yes = 0;
  for (unsigned i = 0; i < 32; i++)
    if (mask >> i & 1) yes |= (unsigned)((Ballot *)args[i])->in << i;
  for (unsigned i = 0; i < 32; i++)
    if (mask >> i & 1) ((Ballot *)args[i])->out = yes;
}

struct Row {
  unsigned *r;
  const void *shared;
  bool transposed;
};

SHIM_UNSEEN void load_rows(void **args, unsigned) {
  unsigned short m[4][8][8];
  for (unsigned i = 0; i < 32; i++) memcpy(m[i / 8][i % 8], ((Row *)args[i])->shared, 16);
  for (unsigned i = 0; i < 32; i++) {
    auto *row = (Row *)args[i];
    for (unsigned k = 0; k < 4; k++) {
      unsigned g = i / 4, t = i % 4 * 2;
      unsigned low = row->transposed ? m[k][t][g] : m[k][g][t], high = row->transposed ? m[k][t + 1][g] : m[k][g][t + 1];
      row->r[k] = high << 16 | low;
    }
  }
}

struct Fragment {
  float *d;
  const unsigned *a, *b;
};

SHIM_UNSEEN float low(unsigned x) { return __uint_as_float(x << 16); }
SHIM_UNSEEN float high(unsigned x) { return __uint_as_float(x & 0xffff0000u); }

SHIM_UNSEEN void multiply_all(void **args, unsigned) {
  float a[16][16], b[8][16];  // b by its columns
  for (unsigned lane = 0; lane < 32; lane++) {
    auto *f = (Fragment *)args[lane];
    unsigned g = lane / 4, t = lane % 4 * 2;
    for (unsigned i = 0; i < 4; i++) {
      float *at = &a[g + i % 2 * 8][t + i / 2 * 8];
      at[0] = low(f->a[i]);
      at[1] = high(f->a[i]);
    }
    for (unsigned i = 0; i < 2; i++) {
      b[g][t + 8 * i] = low(f->b[i]);
      b[g][t + 8 * i + 1] = high(f->b[i]);
    }
  }
  for (unsigned lane = 0; lane < 32; lane++) {
    auto *f = (Fragment *)args[lane];
    for (unsigned i = 0; i < 4; i++) {
      const float *x = a[lane / 4 + i / 2 * 8], *y = b[lane % 4 * 2 + i % 2];
      float sum = 0;
      for (int k = 0; k < 16; k++) sum += x[k] * y[k];
      f->d[i] += sum;
    }
  }
}

}  // namespace

unsigned ballot(unsigned mask, bool x) {
  static const Collective c = {"__ballot_sync", true, cast_votes};
  Ballot b = {x, 0};
  meet(c, mask, &b);
  return b.out;
}

void load_matrix(unsigned *r, const void *shared, bool transposed) {
  static const Collective c[2] = {{"load_matrix_x4", true, load_rows}, {"load_matrix_x4_trans", true, load_rows}};
  if ((uintptr_t)shared % 16) fail("%s: %p is not aligned to 16 bytes", c[transposed].name, shared);
  will_read(shared, 16);
  Row row = {r, shared, transposed};
  meet(c[transposed], whole, &row);
}

void multiply(float *d, const unsigned *a, const unsigned *b) {
  static const Collective c = {"mma_16x8x16", true, multiply_all};
  Fragment f = {d, a, b};
  meet(c, whole, &f);
}

void copy_issue(void *to, const void *from, bool ok) {
  if ((uintptr_t)to % 16 || (ok && (uintptr_t)from % 16)) fail("copy_async16: from %p to %p: not aligned to 16 bytes", from, to);
  memset(to, 0xff, 16);  // as if it were under way until copy_wait
  Copies &c = copies();
  c.under_way.push_back({(unsigned char *)to, ok ? (const unsigned char *)from : nullptr, c.groups});
}

void copy_commit() { copies().groups++; }

void copy_wait(int n) {
  Copies &c = copies();
  size_t kept = 0;
  for (Copy &x : c.under_way) {
    if (x.group + (unsigned)n >= c.groups) {
      c.under_way[kept++] = x;
    } else if (x.from) {
      memcpy(x.to, x.from, 16);
    } else {
      memset(x.to, 0, 16);
    }
  }
  c.under_way.resize(kept);
}

}  // namespace shim
