// A library with the names and the binary interface of NVIDIA's driver, libcuda.so.1,
// whose one device is this CPU, so that the code which calls the driver is tested
// without a GPU. It declares what it exports itself and needs no header of CUDA.
//
// It is as strict as the driver, and late: what is asked of a stream happens when
// somebody waits for it. Until then what a copy writes to the host's pinned memory
// is 0xff there, and pinned memory that a copy reads can still be changed, so that
// code which does not wait is seen.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <map>
#include <mutex>
#include <string>

#include "../core.h"

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace driver {

enum Result {
  success = 0,
  invalid_value = 1,
  out_of_memory = 2,
  not_initialized = 3,
  no_device = 100,
  invalid_device = 101,
  invalid_image = 200,
  invalid_context = 201,
  no_binary_for_gpu = 209,
  invalid_ptx = 218,
  invalid_handle = 400,
  not_found = 500,
  not_ready = 600,
  illegal_address = 700,
  launch_failed = 719,
  not_supported = 801,
};

// The device: a GPU of compute capability 8.0.
constexpr int major = 8, minor = 0, multiprocessors = 4;
constexpr unsigned plain_shared = 48 << 10, most_shared = 163 << 10;

struct Stream {
  bool blocking;
};

struct Event {
  bool timed;
  uint64_t after = 0;  // it has passed when so many works are done; 0: never recorded
  double at = 0;       // milliseconds
};

struct Module;

struct Function {
  const shim::Kernel *kernel;
  Module *module;
  unsigned static_shared, dynamic_shared;  // bytes: its own, and those permitted besides
};

struct Module {
  std::string text;
  std::map<std::string, Function> functions;
};

// All that follows is used under the lock.
extern std::recursive_mutex mutex;

// broken is what a kernel has failed with. As after a fault of a GPU, every call
// returns it, and only another process begins anew.
extern Result broken;

// fault is the launch that fails as if it had left its memory, from 1; 0: none.
extern int64_t fault;

// enter says whether calls are possible: success, or what is wrong.
Result enter();

// A work is what a stream is asked for.
struct Work {
  enum Kind { copy, fill, run, mark } kind;
  char *to;
  const char *from;
  size_t count;            // of elements to fill, else bytes
  unsigned value, width;   // of elements to fill
  std::string held;        // a copy of pageable memory, or the arguments of a launch
  shim::Launch launch;
  const shim::Kernel *kernel;
  Event *event;
};

Result issue(Stream *s, Work w);
Result finish(uint64_t upto);     // does all until so many works are done
Result finish();                  // all
Result finish_blocking();         // what the default stream waits for
uint64_t issued(), done();
void forget();                    // all that waits

bool valid(Stream *s);
bool pinned(const void *p, size_t bytes);

}  // namespace driver
