// Blocks of threads as fibers. A thread runs until it has to wait for others; then
// a thread that can go on does, or one that has not begun. A stack belongs to a
// thread only while that waits, so threads that never wait share one and cost no
// switch at all.
//
// This file is compiled without sanitizers, which would make switches slow: it
// touches no memory of kernels. The race detector looks at operator new and delete
// all the same, so vectors have their final capacity from the start.

#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <vector>

#include "core.h"
#include "races.h"
#include "switch.h"

#ifdef SHIM_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace shim {

namespace {

constexpr unsigned max_threads = 1024;
constexpr size_t stack_size = 128 << 10, guard = 4096;

struct Fiber {
  void *sp;
  void *fake;  // of AddressSanitizer
  char *base;
  size_t size;
};

struct Thread : View {
  unsigned id;
  Fiber *fiber;  // while it waits
  const char *waits;  // for what
  Copies copies;
  Track track;
};

// A Meeting is a Collective to which some have come.
struct Meeting {
  const Collective *what;
  unsigned mask, arrived;
  void *args[32];
};

struct Warp {
  unsigned alive;  // lanes that exist and have not left, begun or not
  std::vector<Meeting> meetings;
};

Thread threads[max_threads];
Warp warps[max_threads / 32];
unsigned size, begun, live;  // threads of the block
unsigned begin_order[max_threads];

Thread *ready[max_threads];  // a ring
unsigned ready_head, ready_count;

struct {
  const char *name;
  Vote vote;
  unsigned count, yes;
  int result;
  Thread *waiting[max_threads];
} gate;

Fiber home;  // of launch
Fiber *current = &home;
std::vector<Fiber *> fibers, idle;
std::vector<Fiber *> spent;  // see run
Track home_track;
Point point;

char text[4096];
const Kernel *kernel;
const uint64_t *arguments;

uint64_t random_state;
uint64_t next_random() {
  uint64_t z = (random_state += 0x9e3779b97f4a7c15u);
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

void landed(Fiber *f) {
#ifdef SHIM_ASAN
  const void *base;
  size_t n;
  __sanitizer_finish_switch_fiber(f ? f->fake : nullptr, &base, &n);
  if (!home.base) {
    home.base = (char *)base;
    home.size = n;
  }
#else
  (void)f;
#endif
}

void go(Fiber *to) {
  Fiber *from = current;
  current = to;
  switches++;
#ifdef SHIM_ASAN
  __sanitizer_start_switch_fiber(&from->fake, to->base, to->size);
#endif
  shim_switch(&from->sp, to->sp);
  landed(from);
}

void wake(Thread *t) {
  t->waits = nullptr;
  ready[(ready_head + ready_count++) % max_threads] = t;
}

Thread *pick() {
  unsigned i = ready_head;
  if (order == reverse) i = (ready_head + ready_count - 1) % max_threads;
  if (order == shuffled) {
    unsigned j = (ready_head + next_random() % ready_count) % max_threads;
    Thread *t = ready[j];
    ready[j] = ready[i];
    ready[i] = t;
  }
  Thread *t = ready[i];
  ready_count--;
  if (i == ready_head) ready_head = (ready_head + 1) % max_threads;
  return t;
}

void run();

Fiber *fresh() {
  if (!idle.empty()) {
    Fiber *f = idle.back();
    idle.pop_back();
    return f;
  }
  char *p = (char *)mmap(nullptr, stack_size + guard, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p == MAP_FAILED) {
    fputs("shim: no memory for a stack\n", stderr);
    abort();
  }
  mprotect(p, guard, PROT_NONE);
  auto *f = new Fiber{nullptr, nullptr, p + guard, stack_size};
  f->sp = prepare(f->base + f->size, run);
  fibers.push_back(f);
  return f;
}

// stuck says why no thread can go on.
[[noreturn]] void stuck() {
  char what[2048];
  int n = 0;
  const char *seen[16];
  int kinds = 0;
  for (unsigned i = 0; i < size && n < (int)sizeof what - 200; i++) {
    const char *w = threads[i].waits;
    if (!w) continue;
    bool again = false;
    for (int k = 0; k < kinds; k++) again = again || seen[k] == w;
    if (again || kinds == 16) continue;
    seen[kinds++] = w;
    unsigned count = 0;
    for (unsigned j = i; j < size; j++) count += threads[j].waits == w;
    n += snprintf(what + n, sizeof what - n, "%s%u of %u threads wait at %s, thread %u first", n ? "; " : "", count, size, w, i);
  }
  fail("deadlock: %s", what);
}

// yield gives the processor to another thread; the current fiber goes on when
// somebody switches back to it.
void yield() {
  if (ready_count) {
    go(pick()->fiber);
  } else if (begun < size) {
    go(fresh());
  } else if (live == 0) {
    go(&home);
  } else {
    stuck();
  }
}

void wait(const char *what) {
  auto *t = (Thread *)self;
  t->waits = what;
  t->fiber = current;
  yield();
  self = t;
  t->track.enter();
}

// open_gate lets all go that wait, and last, who need not.
void open_gate(Thread *last) {
  int n = (int)gate.yes;
  gate.result = gate.vote == count ? n : gate.vote == any ? n > 0 : n == (int)gate.count;
  for (unsigned i = 0; i < size; i++) {
    if (!gate.waiting[i]) continue;
    wake(gate.waiting[i]);
    point.add(gate.waiting[i]->track);
    gate.waiting[i] = nullptr;
  }
  gate.count = gate.yes = 0;
  if (last) point.add(last->track);
  point.pass(((Thread *)self)->track);
}

void close(Warp &w, size_t i) {
  Meeting m = w.meetings[i];
  w.meetings.erase(w.meetings.begin() + (long)i);
  m.what->op(m.args, m.arrived);
  for (unsigned lane = 0; lane < 32; lane++) {
    Thread *t = &threads[(size_t)(&w - warps) * 32 + lane];
    if (!(m.arrived >> lane & 1)) continue;
    if (t != self) wake(t);
    if (m.what->orders) point.add(t->track);
  }
  if (m.what->orders) point.pass(((Thread *)self)->track);
}

void left(Thread *t) {
  live--;
  t->waits = nullptr;
  Warp &w = warps[t->id / 32];
  w.alive &= ~(1u << t->lane);
  for (size_t i = 0; i < w.meetings.size(); i++) {
    Meeting &m = w.meetings[i];
    if (!(m.mask >> t->lane & 1)) continue;
    if (m.what->strict) fail("thread %u left the kernel, but lane %u of its warp waits for it at %s with mask %08x", t->id, (unsigned)__builtin_ctz(m.arrived), m.what->name, m.mask);
    if (m.arrived == (m.mask & w.alive)) close(w, i--);
  }
  if (gate.count > 0 && gate.count == live) open_gate(nullptr);
}

// run is where fibers begin: it begins one thread after the other. For the race
// detector a thread of the same block must not have the stack of another, whose
// accesses are there already.
void run() {
  landed(nullptr);
  bool used = false;
  for (;;) {
    if (ready_count == 0 && begun < size && !used) {
      used = races;
      unsigned id = begin_order[begun++];
      Thread *t = &threads[id];
      t->id = id;
      t->lane = id % 32;
      t->index = {id % block_size.x, id / block_size.x % block_size.y, id / block_size.x / block_size.y};
      t->waits = nullptr;
      t->copies.under_way.clear();
      t->copies.groups = 0;
      self = t;
      t->track.enter();
      kernel->call(kernel->function, arguments);
      left((Thread *)self);
      continue;
    }
    (races ? spent : idle).push_back(current);
    yield();
    used = false;
  }
}

// scrap makes all stacks new, behind a failure that left frames on them.
void scrap() {
  idle.clear();
  spent.clear();
  for (Thread &t : threads) t.track.drop();
  for (Fiber *f : fibers) {
#ifdef SHIM_ASAN
    __asan_unpoison_memory_region(f->base, f->size);
#endif
    f->fake = nullptr;
    f->sp = prepare(f->base + f->size, run);
    idle.push_back(f);
  }
}

// all_meet orders the process and the threads of a block, before and behind it.
void all_meet() {
  home_track.home();
  point.add(home_track);
  for (unsigned i = 0; i < size; i++) {
    threads[i].track.make(i);
    point.add(threads[i].track);
  }
  point.pass(home_track);
}

// reserve gives vectors the capacity that they can need.
void reserve() {
  fibers.reserve(max_threads + 1);
  idle.reserve(max_threads + 1);
  spent.reserve(max_threads + 1);
  for (Warp &w : warps) w.meetings.reserve(32);
}

void block() {
  begun = 0;
  live = size;
  ready_head = ready_count = 0;
  for (unsigned i = 0; i < size; i += 32) {
    warps[i / 32].alive = size - i >= 32 ? ~0u : (1u << (size - i)) - 1;
    warps[i / 32].meetings.clear();
  }
  all_meet();
  go(fresh());
  all_meet();
  idle.insert(idle.end(), spent.begin(), spent.end());
  spent.clear();
}

void arrange(unsigned *p, unsigned n) {
  for (unsigned i = 0; i < n; i++) p[i] = order == reverse ? n - 1 - i : i;
  if (order != shuffled) return;
  for (unsigned i = n; i > 1; i--) {
    unsigned j = (unsigned)(next_random() % i), x = p[i - 1];
    p[i - 1] = p[j];
    p[j] = x;
  }
}

}  // namespace

View *self;
uint3 block_index, block_size, grid_size;
Order order;
uint64_t seed, switches;
const Kernel *kernels;

Copies &copies() { return ((Thread *)self)->copies; }

void add(Kernel *k) {
  k->next = (Kernel *)kernels;
  kernels = k;
}

const Kernel *find(const char *name) {
  const Kernel *k = kernels;
  while (k && strcmp(k->name, name)) k = k->next;
  return k;
}

void meet(const Collective &c, unsigned mask, void *arg) {
  auto *t = (Thread *)self;
  Warp &w = warps[t->id / 32];
  if (!(mask >> t->lane & 1)) fail("%s: the mask %08x lacks the lane that calls", c.name, mask);
  if (c.strict && (mask & ~w.alive)) fail("%s: the mask %08x names lanes that do not exist or have left the kernel; those alive are %08x", c.name, mask, w.alive);
  size_t i = 0;
  while (i < w.meetings.size() && w.meetings[i].mask != mask) i++;
  if (i == w.meetings.size()) w.meetings.push_back({&c, mask, 0, {}});
  Meeting &m = w.meetings[i];
  if (m.what != &c && m.what->op != c.op) fail("%s: lane %u of the warp is at %s", c.name, (unsigned)__builtin_ctz(m.arrived), m.what->name);
  m.arrived |= 1u << t->lane;
  m.args[t->lane] = arg;
  if (m.arrived == (mask & w.alive)) {
    close(w, i);
    return;
  }
  wait(c.name);
}

int barrier(const char *name, Vote v, bool x) {
  auto *t = (Thread *)self;
  if (gate.count > 0 && strcmp(gate.name, name)) fail("%s: other threads are at %s", name, gate.name);
  gate.name = name;
  gate.vote = v;
  gate.count++;
  gate.yes += x;
  if (gate.count == live) {
    open_gate(t);
  } else {
    gate.waiting[t->id] = t;
    wait(name);
  }
  return gate.result;
}

void where(int file) {
  char line[512];
  if (!kernel) return;
  unsigned t = self ? ((Thread *)self)->id : 0;
  int n = snprintf(line, sizeof line, "shim: in kernel %s, block (%u, %u, %u), thread %u\n", kernel->name, block_index.x, block_index.y, block_index.z, t);
  if (write(file, line, (size_t)n) < 0) return;
}

void fail(const char *format, ...) {
  auto *t = (Thread *)self;
  int n = snprintf(text, sizeof text, "kernel %s, block (%u, %u, %u), thread %u: ", kernel->name, block_index.x, block_index.y, block_index.z, t->id);
  va_list args;
  va_start(args, format);
  vsnprintf(text + n, sizeof text - (size_t)n, format, args);
  va_end(args);
  live = ~0u;
  go(&home);
  abort();
}

const char *failed(const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  return text;
}

const char *launch(const char *name, const Launch &l) {
  kernel = find(name);
  if (!kernel) return failed("there is no kernel %s", name);
  if (l.count != kernel->params) return failed("kernel %s has %d parameters, not %d", name, kernel->params, l.count);
  uint64_t n = (uint64_t)l.block[0] * l.block[1] * l.block[2], blocks = (uint64_t)l.grid[0] * l.grid[1] * l.grid[2];
  if (n == 0 || n > (uint64_t)kernel->bound || n > max_threads || l.block[2] > 64)
    return failed("kernel %s: a block of (%u, %u, %u) threads; at most %d are declared", name, l.block[0], l.block[1], l.block[2], kernel->bound);
  if (blocks == 0 || l.grid[0] > INT_MAX || l.grid[1] > 65535 || l.grid[2] > 65535)
    return failed("kernel %s: a grid of (%u, %u, %u) blocks", name, l.grid[0], l.grid[1], l.grid[2]);
  if (l.shared > max_shared) return failed("kernel %s: %u bytes of shared memory; there are %u", name, l.shared, max_shared);
  arguments = l.args;
  size = (unsigned)n;
  block_size = {l.block[0], l.block[1], l.block[2]};
  grid_size = {l.grid[0], l.grid[1], l.grid[2]};
  random_state = seed;
  arrange(begin_order, size);
  std::vector<unsigned> blocks_order(order == shuffled ? blocks : 0);
  if (order == shuffled) arrange(blocks_order.data(), (unsigned)blocks);
  memset(&gate, 0, sizeof gate);
  reserve();
  for (uint64_t i = 0; i < blocks; i++) {
    uint64_t b = order == shuffled ? blocks_order[i] : order == reverse ? blocks - 1 - i : i;
    block_index = {(unsigned)(b % l.grid[0]), (unsigned)(b / l.grid[0] % l.grid[1]), (unsigned)(b / l.grid[0] / l.grid[1])};
    poison_shared(l.shared);
    live = 0;
    block();
    if (live != 0) {
      scrap();
      self = nullptr;
      kernel = nullptr;
      return text;
    }
  }
  self = nullptr;
  kernel = nullptr;
  return nullptr;
}

}  // namespace shim
