// What streams are asked for, in one line: an order that CUDA permits, and the
// strictest for code that forgets to wait for the host's sake.

#include <stdio.h>
#include <time.h>

#include <deque>

#include "driver.h"

namespace driver {

namespace {

std::deque<Work> line;
uint64_t count_issued, count_done, last_blocking;
int64_t launches;

double now() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

void fill(char *to, unsigned value, unsigned width, size_t count) {
  for (size_t i = 0; i < count; i++) memcpy(to + i * width, &value, width);
}

void perform(const Work &w) {
  switch (w.kind) {
    case Work::copy:
      memmove(w.to, w.held.empty() ? w.from : w.held.data(), w.count);
      break;
    case Work::fill:
      if (w.width == 1) {
        memset(w.to, (int)w.value, w.count);
      } else {
        fill(w.to, w.value, w.width, w.count);
      }
      break;
    case Work::run: {
      if (++launches == fault) {
        broken = illegal_address;
        break;
      }
      shim::Launch l = w.launch;
      l.args = (const uint64_t *)w.held.data();
      if (const char *text = shim::launch(w.kernel->name, l)) {
        fprintf(stderr, "shim: %s\n", text);
        broken = launch_failed;
      }
      break;
    }
    case Work::mark:
      w.event->at = now();
      break;
  }
}

}  // namespace

Result broken;
int64_t fault;

uint64_t issued() { return count_issued; }
uint64_t done() { return count_done; }

Result issue(Stream *s, Work w) {
  line.push_back(std::move(w));
  count_issued++;
  if (!s || s->blocking) last_blocking = count_issued;
  return success;
}

Result finish(uint64_t upto) {
  while (count_done < upto && !line.empty()) {
    Work w = std::move(line.front());
    line.pop_front();
    count_done++;
    if (!broken) perform(w);
  }
  return broken;
}

Result finish() { return finish(count_issued); }
Result finish_blocking() { return finish(last_blocking); }

void forget() {
  line.clear();
  count_done = count_issued;
}

}  // namespace driver
