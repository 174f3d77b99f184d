// A device that is a process: it reads commands from standard input and answers on
// standard output, little endian. Only Alloc, Download, Sync and Info have answers:
//
//	u32 n, n bytes of error text (n = 0: none), then what the command returns
//
// Errors of other commands come with the next answer.

#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "../core.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#include <sanitizer/common_interface_defs.h>
#endif

namespace {

FILE *in, *out;
std::string pending;

void get(void *p, size_t n) {
  if (n && fread(p, 1, n, in) != n) _Exit(0);  // the other end has closed
}

template <class T>
T get() {
  T x;
  get(&x, sizeof x);
  return x;
}

void put(const void *p, size_t n) {
  if (n && fwrite(p, 1, n, out) != n) _Exit(0);
}

// answer sends the error, if there is one, and says whether there is none.
bool answer() {
  uint32_t n = (uint32_t)pending.size();
  put(&n, 4);
  put(pending.data(), n);
  pending.clear();
  return n == 0;
}

void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
void complain(const char *format, ...) {
  if (!pending.empty()) return;
  char text[4096];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  pending = text;
}

bool check(const char *what, uint64_t p, int64_t n) {
  if (shim::inside((void *)p, n)) return true;
  complain("%s: %lld bytes at %#llx are not inside of an allocation", what, (long long)n, (unsigned long long)p);
  return false;
}

void launch() {
  char name[256];
  unsigned length = get<uint8_t>();
  get(name, length);
  name[length] = 0;
  shim::Launch l;
  get(l.grid, sizeof l.grid);
  get(l.block, sizeof l.block);
  l.shared = get<uint32_t>();
  l.count = get<uint8_t>();
  uint64_t args[256];
  get(args, 8 * (size_t)l.count);
  l.args = args;
  if (!pending.empty()) return;
  alarm(120);
  if (const char *e = shim::launch(name, l)) complain("%s", e);
  alarm(0);
}

void upload() {
  auto p = get<uint64_t>();
  auto n = get<int64_t>();
  if (check("Upload", p, n)) {
    get((void *)p, (size_t)n);
    return;
  }
  std::vector<char> rest((size_t)n);
  get(rest.data(), rest.size());
}

void crashed(int s) {
  const char *text = s == SIGALRM ? "shim: a kernel ran for more than 120 seconds\n" : s == SIGABRT ? "shim: stopped\n" : "shim: a signal\n";
  if (write(2, text, strlen(text)) < 0) _Exit(4);
  shim::where(2);
  _Exit(3);
}

void died() { shim::where(2); }

}  // namespace

int main() {
  in = stdin;
  out = fdopen(dup(1), "wb");
  dup2(2, 1);  // what a kernel prints is not part of an answer
  setvbuf(in, nullptr, _IOFBF, 1 << 20);
  setvbuf(out, nullptr, _IOFBF, 1 << 20);
  signal(SIGABRT, crashed);
#ifdef __SANITIZE_THREAD__
  signal(SIGALRM, SIG_DFL);  // ThreadSanitizer calls handlers of it only when a kernel ends
#else
  signal(SIGALRM, crashed);
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  __sanitizer_set_death_callback(died);
#else
  (void)died;
  static char stack[1 << 16];
  stack_t s = {};
  s.ss_sp = stack;
  s.ss_size = sizeof stack;
  sigaltstack(&s, nullptr);
  struct sigaction a = {};
  a.sa_handler = crashed;
  a.sa_flags = SA_ONSTACK;
  for (int n : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) sigaction(n, &a, nullptr);
#endif
  for (;;) {
    char command;
    if (fread(&command, 1, 1, in) != 1) _Exit(0);
    switch (command) {
      case 'O': {  // options: order, seed, bytes of memory
        shim::order = (shim::Order)get<uint64_t>();
        shim::seed = get<uint64_t>();
        shim::memory = get<int64_t>();
        break;
      }
      case 'I': {  // info: bytes of memory, bytes used, switches
        if (answer()) {
          uint64_t x[3] = {(uint64_t)shim::memory, (uint64_t)shim::used, shim::switches};
          put(x, sizeof x);
        }
        break;
      }
      case 'A': {  // alloc: its address, 0 if there is no memory, and bytes free
        auto n = get<int64_t>();
        if (pending.empty()) {
          uint64_t x[2] = {(uint64_t)shim::allocate(n), (uint64_t)(shim::memory - shim::used)};
          answer();
          put(x, sizeof x);
        } else {
          answer();
        }
        break;
      }
      case 'F': {
        auto p = get<uint64_t>();
        if (p && !shim::release((void *)p)) complain("Free: %#llx is not an allocation", (unsigned long long)p);
        break;
      }
      case 'U':
        upload();
        break;
      case 'D': {
        auto p = get<uint64_t>();
        auto n = get<int64_t>();
        check("Download", p, n);
        if (answer()) put((void *)p, (size_t)n);
        break;
      }
      case 'C': {
        auto to = get<uint64_t>(), from = get<uint64_t>();
        auto n = get<int64_t>();
        if (check("Copy", to, n) && check("Copy", from, n)) memmove((void *)to, (void *)from, (size_t)n);
        break;
      }
      case 'M': {
        auto p = get<uint64_t>();
        auto value = get<uint8_t>();
        auto n = get<int64_t>();
        if (check("Fill", p, n)) memset((void *)p, value, (size_t)n);
        break;
      }
      case 'L':
        launch();
        break;
      case 'S':
        answer();
        break;
      default:
        fprintf(stderr, "shim: unknown command %d\n", command);
        _Exit(4);
    }
    if (strchr("IADS", command) && fflush(out)) _Exit(0);
  }
}
