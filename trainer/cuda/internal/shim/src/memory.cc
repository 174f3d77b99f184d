// Memory of the device: each allocation is one of the C library's, so that
// AddressSanitizer knows its ends; and shared memory.

#include <stdlib.h>

#include <map>

#include "core.h"

#ifdef __SANITIZE_ADDRESS__
#include <ctype.h>
#include <dlfcn.h>
#include <sanitizer/asan_interface.h>

#include <vector>
#endif

namespace shim {

namespace {

std::map<uintptr_t, int64_t> allocations;  // address to bytes

// Dynamic shared memory is aligned to 16 bytes and to no more.
alignas(1024) unsigned char dynamic_memory[16 + max_shared + 16];

}  // namespace

unsigned char *shared_memory = dynamic_memory + 16;
int64_t memory = (int64_t)8 << 30, used;

void *allocate(int64_t bytes) {
  void *p = nullptr;
  if (bytes < 0 || bytes > memory - used || posix_memalign(&p, 256, bytes ? (size_t)bytes : 1)) return nullptr;
  memset(p, 0xff, (size_t)bytes);
  allocations[(uintptr_t)p] = bytes;
  used += bytes;
  return p;
}

bool release(void *p) {
  auto i = allocations.find((uintptr_t)p);
  if (i == allocations.end()) return false;
  used -= i->second;
  allocations.erase(i);
  free(p);
  return true;
}

void release_all() {
  for (auto &a : allocations) free((void *)a.first);
  allocations.clear();
  used = 0;
}

bool inside(const void *p, int64_t bytes) {
  auto i = allocations.upper_bound((uintptr_t)p);
  if (i == allocations.begin()) return false;
  --i;
  uint64_t at = (uintptr_t)p - i->first;
  return bytes >= 0 && at <= (uint64_t)i->second && (uint64_t)bytes <= (uint64_t)i->second - at;
}

#ifdef __SANITIZE_ADDRESS__

// AddressSanitizer is told of every global variable of a file when the program
// starts. Of kernels, those that can be written are what they declare as SHARED:
// they are found here, between the guards that AddressSanitizer puts around them.
struct Global {
  uintptr_t begin;
  size_t size, size_with_guard;
  const char *name, *module;
  uintptr_t rest[3];
};

namespace {
std::vector<Global> &globals() {
  static auto *v = new std::vector<Global>;
  return *v;
}

bool ends(const char *s, const char *end) {
  size_t n = strlen(s), m = strlen(end);
  return n >= m && !strcmp(s + n - m, end);
}

// is_shared tells variables from entries of the list of kernels and from what
// compilers add, whose names are no identifiers.
bool is_shared(const char *name) {
  return (isalpha((unsigned char)*name) || *name == '_') && strncmp(name, "shim_", 5);
}
}  // namespace

#endif

}  // namespace shim

#ifdef __SANITIZE_ADDRESS__

extern "C" char __data_start, _end;

extern "C" __attribute__((visibility("default"))) void __asan_register_globals(void *list, uintptr_t n) {
  auto *g = (shim::Global *)list;
  for (uintptr_t i = 0; i < n; i++) {
    bool writable = g[i].begin >= (uintptr_t)&__data_start && g[i].begin < (uintptr_t)&_end;
    if (writable && shim::ends(g[i].module, ".kernels.cc") && shim::is_shared(g[i].name)) shim::globals().push_back(g[i]);
  }
  static auto *next = (void (*)(void *, uintptr_t))dlsym(RTLD_NEXT, "__asan_register_globals");
  next(list, n);
}

void shim::poison_shared(unsigned bytes) {
  for (const Global &g : globals()) memset((void *)g.begin, 0xff, g.size);
  __asan_unpoison_memory_region(shared_memory, bytes);
  memset(shared_memory, 0xff, bytes);
  __asan_poison_memory_region(shared_memory + bytes, max_shared - bytes);
}

#else

extern "C" char __start_shim_shared[] __attribute__((weak)), __stop_shim_shared[] __attribute__((weak));

void shim::poison_shared(unsigned bytes) {
  memset(__start_shim_shared, 0xff, (size_t)(__stop_shim_shared - __start_shim_shared));
  memset(shared_memory, 0xff, bytes);
}

#endif
