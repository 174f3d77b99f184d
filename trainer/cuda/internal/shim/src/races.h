// The race detector, in builds with SHIM_RACES: ThreadSanitizer, told of every
// thread of a block, and that barriers are all that orders their accesses to
// memory. In other builds everything here is empty.
//
// What lanes of a warp exchange orders nothing, as on a GPU: a shuffle says nothing
// of what was written to memory before it.
#pragma once

#ifdef SHIM_RACES
#include <sanitizer/tsan_interface.h>
#include <stdio.h>

extern "C" {
void __tsan_atomic32_store(volatile int *p, int x, int order);
void __tsan_read_range(void *p, unsigned long bytes);
}
#endif

namespace shim {

#ifdef SHIM_RACES

constexpr bool races = true;

// A Track is what the detector knows of a thread.
class Track {
 public:
  // home is the track of who calls it first: of the process.
  void home() {
    if (!fiber_) fiber_ = __tsan_get_current_fiber();
  }

  void make(unsigned id) {
    if (fiber_) return;
    fiber_ = __tsan_create_fiber(0);
    char name[16];
    snprintf(name, sizeof name, "%u", id);
    __tsan_set_fiber_name(fiber_, name);
  }

  // drop forgets a thread that was left in the middle of a kernel.
  void drop() {
    if (fiber_) __tsan_destroy_fiber(fiber_);
    fiber_ = nullptr;
  }

  // enter says that what follows is done by this thread.
  void enter() { __tsan_switch_to_fiber(fiber_, __tsan_switch_to_fiber_no_sync); }

 private:
  void *fiber_ = nullptr;
};

// A Point is where threads wait for each other: what any of them did before is
// behind all of them afterwards.
class Point {
 public:
  void add(Track &t) { who_[n_++] = &t; }

  // pass orders those that were added. then is the track of who goes on.
  void pass(Track &then) {
    for (unsigned i = 0; i < n_; i++) {
      who_[i]->enter();
      // A store forgets the last time, which may have been of other threads.
      if (i == 0) __tsan_atomic32_store(&time_, 0, __ATOMIC_RELEASE);
      __tsan_release(&time_);
    }
    for (unsigned i = 0; i < n_; i++) {
      who_[i]->enter();
      __tsan_acquire(&time_);
    }
    n_ = 0;
    then.enter();
  }

 private:
  Track *who_[1024 + 1];
  unsigned n_ = 0;
  int time_ = 0;
};

// will_read says that the thread reads what another will read for it.
inline void will_read(const void *p, unsigned bytes) { __tsan_read_range((void *)p, bytes); }

#else

constexpr bool races = false;
inline void will_read(const void *, unsigned) {}

struct Track {
  void home() {}
  void make(unsigned) {}
  void drop() {}
  void enter() {}
};

struct Point {
  void add(Track &) {}
  void pass(Track &) {}
};

#endif

}  // namespace shim
