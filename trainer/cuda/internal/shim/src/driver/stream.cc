// Streams and events.

#include <set>

#include "driver.h"

namespace driver {

namespace {

std::set<Stream *> streams;
std::set<Event *> events;

// query does one work, so that who asks again and again sees an end.
Result query(uint64_t upto) {
  if (done() >= upto) return success;
  if (Result r = finish(done() + 1)) return r;
  return done() >= upto ? success : not_ready;
}

}  // namespace

bool valid(Stream *s) { return !s || streams.count(s); }

}  // namespace driver

using namespace driver;
using Lock = std::lock_guard<std::recursive_mutex>;

EXPORT int cuStreamCreate(Stream **s, unsigned flags) {
  Lock hold(mutex);
  if (Result r = enter()) return r;
  *s = new Stream{!(flags & 1)};
  streams.insert(*s);
  return success;
}

EXPORT int cuStreamCreateWithPriority(Stream **s, unsigned flags, int) { return cuStreamCreate(s, flags); }

EXPORT int cuStreamDestroy_v2(Stream *s) {
  Lock hold(mutex);
  if (Result r = enter()) return r;
  if (!streams.erase(s)) return invalid_handle;
  Result r = finish();
  delete s;
  return r;
}

EXPORT int cuStreamSynchronize(Stream *s) {
  Lock hold(mutex);
  if (Result r = enter()) return r;
  return valid(s) ? finish() : invalid_handle;
}

EXPORT int cuStreamQuery(Stream *s) {
  Lock hold(mutex);
  if (Result r = enter()) return r;
  return valid(s) ? query(issued()) : invalid_handle;
}

EXPORT int cuStreamWaitEvent(Stream *s, Event *e, unsigned) {
  Lock hold(mutex);
  if (Result r = enter()) return r;
  return valid(s) && events.count(e) ? success : invalid_handle;  // all streams are one line
}

EXPORT int cuEventCreate(Event **e, unsigned flags) {
  Lock hold(mutex);
  if (Result r = enter()) return r;
  *e = new Event{!(flags & 2)};
  events.insert(*e);
  return success;
}

EXPORT int cuEventDestroy_v2(Event *e) {
  Lock hold(mutex);
  if (Result r = enter()) return r;
  if (!events.erase(e)) return invalid_handle;
  Result r = finish();
  delete e;
  return r;
}

EXPORT int cuEventRecord(Event *e, Stream *s) {
  Lock hold(mutex);
  if (Result r = enter()) return r;
  if (!valid(s) || !events.count(e)) return invalid_handle;
  Work w = {};
  w.kind = Work::mark;
  w.event = e;
  Result r = issue(s, std::move(w));
  e->after = issued();
  return r;
}

EXPORT int cuEventSynchronize(Event *e) {
  Lock hold(mutex);
  if (Result r = enter()) return r;
  return events.count(e) ? finish(e->after) : invalid_handle;
}

EXPORT int cuEventQuery(Event *e) {
  Lock hold(mutex);
  if (Result r = enter()) return r;
  return events.count(e) ? query(e->after) : invalid_handle;
}

EXPORT int cuEventElapsedTime(float *ms, Event *from, Event *to) {
  Lock hold(mutex);
  if (Result r = enter()) return r;
  if (!events.count(from) || !events.count(to) || !from->timed || !to->timed || !from->after || !to->after) return invalid_handle;
  if (done() < from->after || done() < to->after) return not_ready;
  *ms = (float)(to->at - from->at);
  return success;
}
