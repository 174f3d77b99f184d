// Modules: of PTX, its entries are looked up among the kernels that this library was
// compiled with. What the text says of them must be what the sources say.

#include <stdarg.h>
#include <stdlib.h>

#include <set>

#include "driver.h"

namespace driver {

namespace {

std::set<Module *> modules;

bool space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool word(char c) { return c == '_' || c == '$' || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z'); }

size_t skip(const std::string &s, size_t i) {
  while (i < s.size() && space(s[i])) i++;
  return i;
}

size_t occurrences(const std::string &s, const char *what) {
  size_t n = 0;
  for (size_t i = s.find(what); i != std::string::npos; i = s.find(what, i + 1)) n++;
  return n;
}

std::string problem(const char *format, ...) __attribute__((format(printf, 1, 2)));
std::string problem(const char *format, ...) {
  char text[512];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  return text;
}

// shared_bytes adds what .shared variables of the text take that body uses.
unsigned shared_bytes(const std::string &text, const std::string &body) {
  unsigned sum = 0;
  for (size_t i = text.find(".shared .align "); i != std::string::npos; i = text.find(".shared .align ", i + 1)) {
    if (text.compare(i < 8 ? 0 : i - 8, 8, ".extern ") == 0) continue;
    size_t type = text.find(".b", i + 14), end = text.find(';', i);
    if (type == std::string::npos || end == std::string::npos || type > end) continue;
    unsigned bytes = (unsigned)atoi(text.c_str() + type + 2) / 8;
    size_t name = skip(text, text.find(' ', type)), stop = name;
    while (word(text[stop])) stop++;
    if (text[stop] == '[') bytes *= (unsigned)atoi(text.c_str() + stop + 1);
    std::string variable = text.substr(name, stop - name);
    for (size_t j = body.find(variable); j != std::string::npos; j = body.find(variable, j + 1)) {
      if (word(body[j + variable.size()])) continue;
      sum += bytes;
      break;
    }
  }
  return sum;
}

// read finds the entries of m. It returns what is wrong.
Result read(Module &m, std::string &log) {
  const std::string &s = m.text;
  size_t target = s.find(".target");
  if (s.find(".version") == std::string::npos || target == std::string::npos) {
    log = "the image is no PTX";
    return invalid_ptx;
  }
  int sm = 0;
  char feature = 0;
  sscanf(s.c_str() + target, ".target sm_%d%c", &sm, &feature);
  if (sm > 10 * major + minor || feature == 'a') {
    log = problem("the PTX is for sm_%d and the device is sm_%d%d", sm, major, minor);
    return no_binary_for_gpu;
  }
  for (size_t i = s.find(".entry"); i != std::string::npos; i = s.find(".entry", i + 1)) {
    size_t name = skip(s, i + 6), end = name;
    while (end < s.size() && word(s[end])) end++;
    size_t close = s.find(')', end), open = s.find('{', close), last = open;
    for (int depth = 0; last < s.size(); last++) {
      if (s[last] == '{') depth++;
      if (s[last] == '}' && --depth == 0) break;
    }
    if (close == std::string::npos || last >= s.size()) {
      log = "an entry of the PTX has no end";
      return invalid_ptx;
    }
    Function f = {};
    f.module = &m;
    std::string n = s.substr(name, end - name);
    f.kernel = shim::find(n.c_str());
    size_t params = occurrences(s.substr(end, close - end), ".param");
    if (f.kernel && (int)params != f.kernel->params) {
      log = problem("%s has %zu parameters in the PTX and %d in the sources: the PTX is old", n.c_str(), params, f.kernel->params);
      return invalid_image;
    }
    f.static_shared = shared_bytes(s, s.substr(open, last - open));
    f.dynamic_shared = f.static_shared < plain_shared ? plain_shared - f.static_shared : 0;
    m.functions[n] = f;
  }
  return success;
}

Result load(Module **out, const void *image, std::string &log) {
  std::lock_guard<std::recursive_mutex> hold(mutex);
  if (Result r = enter()) return r;
  auto *m = new Module{(const char *)image, {}};
  if (Result r = read(*m, log)) {
    delete m;
    return r;
  }
  modules.insert(m);
  *out = m;
  return success;
}

}  // namespace

}  // namespace driver

using namespace driver;

EXPORT int cuModuleLoadData(Module **m, const void *image) {
  std::string log;
  return load(m, image, log);
}

EXPORT int cuModuleLoadDataEx(Module **m, const void *image, unsigned count, const int *options, void **values) {
  std::string log;
  Result r = load(m, image, log);
  char *buffer = nullptr;
  size_t size = 0;
  for (unsigned i = 0; i < count; i++) {
    if (options[i] == 5) buffer = (char *)values[i];  // CU_JIT_ERROR_LOG_BUFFER
    if (options[i] == 6) size = (size_t)values[i];    // its size
  }
  if (buffer && size && !log.empty()) snprintf(buffer, size, "%s", log.c_str());
  return r;
}

EXPORT int cuModuleUnload(Module *m) {
  std::lock_guard<std::recursive_mutex> hold(mutex);
  if (Result r = enter()) return r;
  if (!modules.erase(m)) return invalid_handle;
  Result r = finish();
  delete m;
  return r;
}

EXPORT int cuModuleGetFunction(Function **f, Module *m, const char *name) {
  std::lock_guard<std::recursive_mutex> hold(mutex);
  if (Result r = enter()) return r;
  if (!modules.count(m)) return invalid_handle;
  auto i = m->functions.find(name);
  if (i == m->functions.end() || !i->second.kernel) return not_found;
  *f = &i->second;
  return success;
}

EXPORT int cuFuncGetAttribute(int *out, int attribute, Function *f) {
  switch (attribute) {
    case 0:
      *out = f->kernel->bound;
      break;
    case 1:
      *out = (int)f->static_shared;
      break;
    case 4:
      *out = 32;  // registers
      break;
    case 5:
    case 6:
      *out = 10 * major + minor;
      break;
    case 8:
      *out = (int)f->dynamic_shared;
      break;
    default:
      *out = 0;
  }
  return success;
}

EXPORT int cuFuncSetAttribute(Function *f, int attribute, int value) {
  std::lock_guard<std::recursive_mutex> hold(mutex);
  if (Result r = enter()) return r;
  if (attribute == 8) {
    if (value < 0 || (unsigned)value + f->static_shared > most_shared) return invalid_value;
    f->dynamic_shared = (unsigned)value;
  }
  return success;
}

EXPORT int cuFuncSetCacheConfig(Function *, int) { return success; }

EXPORT int cuOccupancyMaxActiveBlocksPerMultiprocessor(int *out, Function *f, int block, size_t shared) {
  if (block < 1 || block > f->kernel->bound) return invalid_value;
  size_t each = f->static_shared + shared + 1024;
  *out = (int)(2048 / (unsigned)block);
  if ((size_t)*out > (most_shared + 1024) / each) *out = (int)((most_shared + 1024) / each);
  return success;
}

EXPORT int cuLaunchKernel(Function *f, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared, Stream *s, void **params, void **extra) {
  std::lock_guard<std::recursive_mutex> hold(mutex);
  if (Result r = enter()) return r;
  if (!valid(s) || !f) return invalid_handle;
  uint64_t threads = (uint64_t)bx * by * bz;
  if (extra || !gx || gx > INT_MAX || !gy || gy > 65535 || !gz || gz > 65535 || !threads || threads > (unsigned)f->kernel->bound || bz > 64 || shared > f->dynamic_shared) return invalid_value;
  Work w = {};
  w.kind = Work::run;
  w.kernel = f->kernel;
  w.launch.grid[0] = gx, w.launch.grid[1] = gy, w.launch.grid[2] = gz;
  w.launch.block[0] = bx, w.launch.block[1] = by, w.launch.block[2] = bz;
  w.launch.shared = shared;
  w.launch.count = f->kernel->params;
  for (int i = 0; i < f->kernel->params; i++) w.held.append((const char *)params[i], 8);
  return issue(s, std::move(w));
}
