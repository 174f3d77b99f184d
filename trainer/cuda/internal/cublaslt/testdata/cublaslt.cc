// A library with the interface of cuBLASLt that multiplies on the host: "device"
// memory is memory of the process. It keeps what it is told apart from what
// abi.h says, by its own declarations, and refuses what the real one refuses.
#include <cstdint>
#include <cstring>
#include <cstdlib>

// Of package shim's driver, if the program has it: what the stream was asked for
// before is done only when somebody waits.
extern "C" int cuStreamSynchronize(void *) __attribute__((weak));

namespace {

enum { ok = 0, not_initialized = 1, invalid = 7, not_supported = 15 };
enum { float32 = 0, bfloat16 = 14 };

struct Desc {
  int compute, scale;
  int32_t op[2] = {0, 0};
};

struct Layout {
  int type;
  uint64_t rows, columns;
  int64_t ld;
};

struct Pref {
  uint64_t workspace = 0;
  uint32_t reduction = 7;
  uint32_t align[4] = {256, 256, 256, 256};
};

// What the search promises to the product; fits into the 64 bytes of an algorithm.
struct Algo {
  uint64_t magic;
  uint32_t align[4];
  uint64_t workspace;
  int64_t m, n, k;
};

struct Result {
  uint64_t algo[8];
  size_t workspace;
  int state;
  float waves;
  int reserved[4];
};

const uint64_t magic = 0x676f6c6f6e67726c;
const int handle_value = 42;
int handles;  // open ones
int live;     // descriptors that are not destroyed

float load(const void *p, int type, int64_t i) {
  if (type == float32) return ((const float *)p)[i];
  uint32_t bits = (uint32_t)((const uint16_t *)p)[i] << 16;
  float x;
  memcpy(&x, &bits, 4);
  return x;
}

void store(void *p, int type, int64_t i, float x) {
  if (type == float32) {
    ((float *)p)[i] = x;
    return;
  }
  uint32_t bits;
  memcpy(&bits, &x, 4);
  bits += 0x7fff + (bits >> 16 & 1);
  ((uint16_t *)p)[i] = (uint16_t)(bits >> 16);
}

int fits(const Desc *d, const Layout *a, const Layout *b, const Layout *c, int64_t *m, int64_t *n, int64_t *k) {
  if (d->compute != 68 || d->scale != float32) return not_supported;
  if (a->ld < (int64_t)a->rows || b->ld < (int64_t)b->rows || c->ld < (int64_t)c->rows) return invalid;
  *m = c->rows;
  *n = c->columns;
  *k = d->op[0] ? a->rows : a->columns;
  if ((int64_t)(d->op[0] ? a->columns : a->rows) != *m) return invalid;
  if ((int64_t)(d->op[1] ? b->rows : b->columns) != *n) return invalid;
  if ((int64_t)(d->op[1] ? b->columns : b->rows) != *k) return invalid;
  if (a->type != b->type || (a->type == float32 && c->type != float32)) return not_supported;
  if (*k == 13) return not_supported;  // for the test of that
  return ok;
}

bool aligned(const void *p, uint32_t to) { return to > 0 && (uintptr_t)p % to == 0; }

}  // namespace

extern "C" {

size_t cublasLtGetVersion() { return 120903; }

const char *cublasLtGetStatusName(int s) {
  switch (s) {
    case ok: return "CUBLAS_STATUS_SUCCESS";
    case not_initialized: return "CUBLAS_STATUS_NOT_INITIALIZED";
    case invalid: return "CUBLAS_STATUS_INVALID_VALUE";
    case not_supported: return "CUBLAS_STATUS_NOT_SUPPORTED";
  }
  return "CUBLAS_STATUS_INTERNAL_ERROR";
}

int cublasLtCreate(const void **handle) {
  if (getenv("GOLONGRL_FAKE_CUBLASLT")) return not_initialized;
  *handle = &handle_value;
  handles++;
  return ok;
}

// The status of the last tells the test of descriptors that were not destroyed.
int cublasLtDestroy(const void *handle) {
  if (handle != &handle_value) return invalid;
  return --handles > 0 || live == 0 ? ok : invalid;
}

int cublasLtMatmulDescCreate(Desc **d, int compute, int scale) {
  *d = new Desc{compute, scale};
  live++;
  return ok;
}

int cublasLtMatmulDescDestroy(Desc *d) {
  delete d;
  live--;
  return ok;
}

int cublasLtMatmulDescSetAttribute(Desc *d, int attribute, const void *value, size_t bytes) {
  if ((attribute != 3 && attribute != 4) || bytes != 4) return invalid;
  memcpy(&d->op[attribute - 3], value, 4);
  return d->op[attribute - 3] == 0 || d->op[attribute - 3] == 1 ? ok : invalid;
}

int cublasLtMatrixLayoutCreate(Layout **l, int type, uint64_t rows, uint64_t columns, int64_t ld) {
  if (type != float32 && type != bfloat16) return not_supported;
  *l = new Layout{type, rows, columns, ld};
  live++;
  return ok;
}

int cublasLtMatrixLayoutDestroy(Layout *l) {
  delete l;
  live--;
  return ok;
}

int cublasLtMatmulPreferenceCreate(Pref **p) {
  *p = new Pref;
  live++;
  return ok;
}

int cublasLtMatmulPreferenceDestroy(Pref *p) {
  delete p;
  live--;
  return ok;
}

int cublasLtMatmulPreferenceSetAttribute(Pref *p, int attribute, const void *value, size_t bytes) {
  if (attribute == 1 && bytes == 8) memcpy(&p->workspace, value, 8);
  else if (attribute == 3 && bytes == 4) memcpy(&p->reduction, value, 4);
  else if (attribute >= 5 && attribute <= 8 && bytes == 4) memcpy(&p->align[attribute - 5], value, 4);
  else return invalid;
  return ok;
}

int cublasLtMatmulAlgoGetHeuristic(const void *handle, const Desc *d, const Layout *a, const Layout *b, const Layout *c,
                                   const Layout *e, const Pref *pref, int wanted, Result *results, int *found) {
  *found = 0;
  Algo algo{};
  if (handle != &handle_value || c != e || wanted != 1 || pref->reduction != 2) return invalid;
  if (int status = fits(d, a, b, c, &algo.m, &algo.n, &algo.k)) return status;
  algo.magic = magic;
  algo.workspace = pref->workspace / 2;
  memcpy(algo.align, pref->align, sizeof algo.align);
  static_assert(sizeof(Algo) <= 64, "");
  memcpy(results[0].algo, &algo, sizeof algo);
  results[0].workspace = algo.workspace;
  results[0].state = ok;
  *found = 1;
  return ok;
}

int cublasLtMatmul(const void *handle, const Desc *d, const float *alpha, const void *a, const Layout *la, const void *b,
                   const Layout *lb, const float *beta, const void *c, const Layout *lc, void *out, const Layout *lout,
                   const Algo *algo, void *workspace, size_t workspace_bytes, void *stream) {
  int64_t m, n, k;
  if (handle != &handle_value || algo->magic != magic || c != out || lc != lout || !stream) return invalid;
  if (int status = fits(d, la, lb, lc, &m, &n, &k)) return status;
  if (m != algo->m || n != algo->n || k != algo->k || workspace_bytes < algo->workspace || !workspace) return invalid;
  if (!aligned(a, algo->align[0]) || !aligned(b, algo->align[1]) || !aligned(c, algo->align[2]) || !aligned(out, algo->align[3])) return invalid;
  if (cuStreamSynchronize) cuStreamSynchronize(stream);
  for (int64_t j = 0; j < n; j++)
    for (int64_t i = 0; i < m; i++) {
      float sum = 0;
      for (int64_t p = 0; p < k; p++)
        sum += load(a, la->type, d->op[0] ? p + i * la->ld : i + p * la->ld) * load(b, lb->type, d->op[1] ? j + p * lb->ld : p + j * lb->ld);
      sum *= *alpha;
      if (*beta != 0) sum += *beta * load(c, lc->type, i + j * lc->ld);
      store(out, lout->type, i + j * lout->ld, sum);
    }
  return ok;
}
}
