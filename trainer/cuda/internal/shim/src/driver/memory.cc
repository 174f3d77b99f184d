// Memory of the device and pinned memory of the host, and copies.

#include <stdlib.h>

#include "driver.h"

namespace driver {

namespace {

std::map<const char *, size_t> host;  // pinned

// to_device and the others copy on a stream; check says whether an address range is
// the device's.
Result check(uint64_t p, size_t bytes) { return shim::inside((const void *)p, (int64_t)bytes) ? success : invalid_value; }

Result begin(Stream *s) {
  if (Result r = enter()) return r;
  return valid(s) ? success : invalid_handle;
}

Result copy(Stream *s, void *to, const void *from, size_t bytes, bool hold) {
  Work w = {};
  w.kind = Work::copy;
  w.to = (char *)to;
  w.from = (const char *)from;
  w.count = bytes;
  if (hold) w.held.assign(w.from, bytes);
  return issue(s, std::move(w));
}

Result fill(Stream *s, uint64_t p, unsigned value, unsigned width, size_t count) {
  if (check(p, count * width)) return invalid_value;
  Work w = {};
  w.kind = Work::fill;
  w.to = (char *)p;
  w.value = value;
  w.width = width;
  w.count = count;
  return issue(s, std::move(w));
}

// at_once runs f behind what the default stream waits for.
template <class F>
Result at_once(F f) {
  if (Result r = enter()) return r;
  if (Result r = finish_blocking()) return r;
  return f();
}

}  // namespace

bool pinned(const void *p, size_t bytes) {
  auto i = host.upper_bound((const char *)p);
  if (i == host.begin()) return false;
  --i;
  size_t at = (size_t)((const char *)p - i->first);
  return at <= i->second && bytes <= i->second - at;
}

}  // namespace driver

using namespace driver;
using Lock = std::lock_guard<std::recursive_mutex>;

EXPORT int cuMemAlloc_v2(uint64_t *p, size_t bytes) {
  Lock hold(mutex);
  if (Result r = enter()) return r;
  if (bytes == 0) return invalid_value;
  if (bytes > INT64_MAX) return out_of_memory;
  *p = (uint64_t)shim::allocate((int64_t)bytes);
  return *p ? success : out_of_memory;
}

EXPORT int cuMemFree_v2(uint64_t p) {
  Lock hold(mutex);
  if (Result r = enter()) return r;
  if (p == 0) return success;
  if (Result r = finish()) return r;
  return shim::release((void *)p) ? success : invalid_value;
}

EXPORT int cuMemAllocAsync(uint64_t *p, size_t bytes, Stream *) { return cuMemAlloc_v2(p, bytes); }
EXPORT int cuMemFreeAsync(uint64_t p, Stream *) { return cuMemFree_v2(p); }

EXPORT int cuMemGetInfo_v2(size_t *free, size_t *total) {
  Lock hold(mutex);
  if (Result r = enter()) return r;
  *free = (size_t)(shim::memory - shim::used);
  *total = (size_t)shim::memory;
  return success;
}

EXPORT int cuMemHostAlloc(void **p, size_t bytes, unsigned) {
  Lock hold(mutex);
  if (Result r = enter()) return r;
  if (bytes == 0) return invalid_value;
  if (posix_memalign(p, 4096, bytes)) return out_of_memory;
  host[(const char *)*p] = bytes;
  return success;
}

EXPORT int cuMemFreeHost(void *p) {
  Lock hold(mutex);
  if (Result r = enter()) return r;
  if (!host.count((const char *)p)) return invalid_value;
  Result r = finish();
  host.erase((const char *)p);
  free(p);
  return r;
}

EXPORT int cuMemcpyHtoDAsync_v2(uint64_t to, const void *from, size_t bytes, Stream *s) {
  Lock hold(mutex);
  if (Result r = begin(s)) return r;
  if (check(to, bytes)) return invalid_value;
  return copy(s, (void *)to, from, bytes, !pinned(from, bytes));
}

EXPORT int cuMemcpyDtoHAsync_v2(void *to, uint64_t from, size_t bytes, Stream *s) {
  Lock hold(mutex);
  if (Result r = begin(s)) return r;
  if (check(from, bytes)) return invalid_value;
  bool late = pinned(to, bytes);
  if (late) memset(to, 0xff, bytes);
  if (Result r = copy(s, to, (const void *)from, bytes, false)) return r;
  return late ? success : finish();
}

EXPORT int cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t bytes, Stream *s) {
  Lock hold(mutex);
  if (Result r = begin(s)) return r;
  if (check(to, bytes) || check(from, bytes)) return invalid_value;
  return copy(s, (void *)to, (const void *)from, bytes, false);
}

EXPORT int cuMemcpyHtoD_v2(uint64_t to, const void *from, size_t bytes) {
  Lock hold(mutex);
  return at_once([&] {
    if (check(to, bytes)) return invalid_value;
    memcpy((void *)to, from, bytes);
    return success;
  });
}

EXPORT int cuMemcpyDtoH_v2(void *to, uint64_t from, size_t bytes) {
  Lock hold(mutex);
  return at_once([&] {
    if (check(from, bytes)) return invalid_value;
    memcpy(to, (const void *)from, bytes);
    return success;
  });
}

EXPORT int cuMemcpyDtoD_v2(uint64_t to, uint64_t from, size_t bytes) {
  Lock hold(mutex);
  return at_once([&] {
    if (check(to, bytes) || check(from, bytes)) return invalid_value;
    memmove((void *)to, (const void *)from, bytes);
    return success;
  });
}

EXPORT int cuMemsetD8Async(uint64_t p, unsigned char value, size_t count, Stream *s) {
  Lock hold(mutex);
  if (Result r = begin(s)) return r;
  return fill(s, p, value, 1, count);
}

EXPORT int cuMemsetD32Async(uint64_t p, unsigned value, size_t count, Stream *s) {
  Lock hold(mutex);
  if (Result r = begin(s)) return r;
  if (p % 4) return invalid_value;
  return fill(s, p, value, 4, count);
}

EXPORT int cuMemsetD8_v2(uint64_t p, unsigned char value, size_t count) { return cuMemsetD8Async(p, value, count, nullptr); }
EXPORT int cuMemsetD32_v2(uint64_t p, unsigned value, size_t count) { return cuMemsetD32Async(p, value, count, nullptr); }
