// The core of the shim: kernels by name, launches, and the memory that kernels may
// use. The server and the fake driver are made of it.
#pragma once

#include <stdint.h>

#include <vector>

#include "shim.h"

namespace shim {

struct Launch {
  unsigned grid[3], block[3];
  unsigned shared;  // bytes
  const uint64_t *args;
  int count;  // of args
};

enum Order { forward, reverse, shuffled };
extern Order order;    // of blocks, and of threads where nothing else orders them
extern uint64_t seed;  // of shuffled
extern uint64_t switches;

const Kernel *find(const char *name);
extern const Kernel *kernels;  // the list

// launch runs a kernel to its end. It returns nullptr, or what went wrong; the text
// lives until the next call.
const char *launch(const char *name, const Launch &l);

const char *failed(const char *format, ...) __attribute__((format(printf, 1, 2)));  // a text for launch to return

// Copies are those of a thread to shared memory that it has not waited for.
struct Copy {
  unsigned char *to;
  const unsigned char *from;  // nullptr for zeros
  unsigned group;
};
struct Copies {
  std::vector<Copy> under_way;
  unsigned groups;  // closed ones
};
Copies &copies();  // of the thread that runs

// where writes the kernel, block and thread that run to a file, for a crash.
void where(int file);

// poison_shared fills what kernels declare as SHARED, and bytes of dynamic shared
// memory, with 0xff, and closes the rest of the dynamic one.
void poison_shared(unsigned bytes);
constexpr unsigned max_shared = 227 << 10;

// Device memory. Addresses may lie inside of an allocation.
void *allocate(int64_t bytes);  // filled with 0xff; nullptr if there is none left
bool release(void *p);
void release_all();
bool inside(const void *p, int64_t bytes);
extern int64_t memory, used;

}  // namespace shim
