// A stand-in for cuDNN in tests: it keeps what descriptors are given, and runs a graph
// one operation after another in memory of the host. What is asked of a descriptor
// that was not given it is an error, as in cuDNN.
//
// FAKE_CUDNN makes it fail: "version", "cuda", "create", "engine", "plan", "before"
// and "after" a launch, or "numbers" that are wrong.

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "../abi.h"

namespace {

struct Descriptor {
  int type;
  bool done = false;
  std::map<int, std::vector<char>> set;

  template <typename T>
  std::vector<T> get(int attribute) const {
    auto it = set.find(attribute);
    if (it == set.end()) return {};
    std::vector<T> out(it->second.size() / sizeof(T));
    memcpy(out.data(), it->second.data(), out.size() * sizeof(T));
    return out;
  }
  Descriptor *ref(int attribute) const {
    auto v = get<Descriptor *>(attribute);
    return v.empty() ? nullptr : v[0];
  }
};

std::string problem;
int live;

int fail(int status, const char *text) {
  problem = text;
  return status;
}

bool told(const char *what) {
  const char *e = getenv("FAKE_CUDNN");
  return e && !strcmp(e, what);
}

using Index = std::array<int64_t, 4>;

template <typename F>
void every(const Index &dim, const F &f) {
  for (int64_t a = 0; a < dim[0]; a++)
    for (int64_t b = 0; b < dim[1]; b++)
      for (int64_t c = 0; c < dim[2]; c++)
        for (int64_t d = 0; d < dim[3]; d++) f({a, b, c, d});
}

struct Tensor {
  Index dim, stride;
  int type;
  bool ragged = false;
  const int32_t *offset = nullptr;
  char *data = nullptr;

  int64_t at(Index i) const {
    int64_t x = offset ? offset[i[0]] : dim[0] > 1 ? i[0] * stride[0] : 0;
    for (int d = 1; d < 4; d++)
      if (dim[d] > 1) x += i[d] * stride[d];
    return x;
  }
};

struct Machine {
  std::map<int64_t, char *> bound;
  std::map<int64_t, std::vector<char>> made;
  std::map<int64_t, Tensor> tensors;
  const int32_t *lengths = nullptr;

  Tensor &tensor(Descriptor *d) {
    int64_t id = d->get<int64_t>(cd_ATTR_TENSOR_UNIQUE_ID)[0];
    auto it = tensors.find(id);
    if (it != tensors.end()) return it->second;
    Tensor t;
    auto dim = d->get<int64_t>(cd_ATTR_TENSOR_DIMENSIONS), stride = d->get<int64_t>(cd_ATTR_TENSOR_STRIDES);
    for (int i = 0; i < 4; i++) t.dim[i] = dim[i], t.stride[i] = stride[i];
    t.type = d->get<int32_t>(cd_ATTR_TENSOR_DATA_TYPE)[0];
    bool is_virtual = !d->get<char>(cd_ATTR_TENSOR_IS_VIRTUAL).empty();
    if (is_virtual) {
      int64_t n = 1;
      for (int i = 0; i < 4; i++) n += (t.dim[i] - 1) * t.stride[i];
      made[id].resize(n * sizeof(double));
      t.data = made[id].data();
      t.type = -1;  // double: what is rounded within a kernel is not the point
    } else {
      t.data = bound[id];
      if (Descriptor *o = d->ref(cd_ATTR_TENSOR_RAGGED_OFFSET_DESC)) {
        t.offset = (const int32_t *)tensor(o).data;
        t.ragged = true;
      }
    }
    return tensors[id] = t;
  }

  // Rows beyond a sequence's tokens are nobody's.
  bool inside(const Tensor &t, Index i) const {
    if (!t.ragged) return true;
    int token = t.stride[3] > t.stride[2] ? 3 : 2;
    return i[token] < lengths[i[0]];
  }

  // Rows of virtual tensors beyond the tokens are left as they are, to save time.
  bool wanted(const Tensor &t, Index i) const { return t.dim[2] == 1 || i[2] < lengths[i[0]]; }

  double load(const Tensor &t, Index i) const {
    if (!inside(t, i)) return NAN;
    int64_t x = t.at(i);
    if (t.type == -1) return ((double *)t.data)[x];
    if (t.type == cd_DATA_FLOAT) return ((float *)t.data)[x];
    if (t.type == cd_DATA_INT32) return ((int32_t *)t.data)[x];
    uint32_t bits = (uint32_t)((uint16_t *)t.data)[x] << 16;
    float f;
    memcpy(&f, &bits, 4);
    return f;
  }

  void store(const Tensor &t, Index i, double y) const {
    if (!inside(t, i)) return;
    int64_t x = t.at(i);
    float f = (float)y;
    if (t.type == -1) {
      ((double *)t.data)[x] = y;
    } else if (t.type == cd_DATA_FLOAT) {
      ((float *)t.data)[x] = f;
    } else {
      uint32_t bits;
      memcpy(&bits, &f, 4);
      bits += 0x7fff + (bits >> 16 & 1);
      ((uint16_t *)t.data)[x] = bits >> 16;
    }
  }

  void run(Descriptor *op) {
    switch (op->type) {
      case cd_BACKEND_OPERATION_MATMUL_DESCRIPTOR: return matmul(op);
      case cd_BACKEND_OPERATION_REDUCTION_DESCRIPTOR: return reduce(op);
      case cd_BACKEND_OPERATION_RESHAPE_DESCRIPTOR: {
        Tensor &x = tensor(op->ref(cd_ATTR_OPERATION_RESHAPE_XDESC)), &y = tensor(op->ref(cd_ATTR_OPERATION_RESHAPE_YDESC));
        return every(x.dim, [&](Index i) { if (x.stride[3] != 1 || wanted(x, i)) store(y, {i[0], i[1], i[3], i[2]}, load(x, i)); });
      }
      default: return pointwise(op);
    }
  }

  int64_t extent(Descriptor *op, int attribute, int64_t batch, int64_t otherwise) {
    Descriptor *d = op->ref(attribute);
    return d ? ((int32_t *)tensor(d).data)[batch] : otherwise;
  }

  void matmul(Descriptor *op) {
    Tensor &a = tensor(op->ref(cd_ATTR_OPERATION_MATMUL_ADESC)), &b = tensor(op->ref(cd_ATTR_OPERATION_MATMUL_BDESC)),
           &c = tensor(op->ref(cd_ATTR_OPERATION_MATMUL_CDESC));
    int64_t group = a.dim[1] / b.dim[1];
    every({c.dim[0], c.dim[1], 1, 1}, [&](Index i) {
      int64_t m = extent(op, cd_ATTR_OPERATION_MATMUL_GEMM_M_OVERRIDE_DESC, i[0], c.dim[2]);
      int64_t n = extent(op, cd_ATTR_OPERATION_MATMUL_GEMM_N_OVERRIDE_DESC, i[0], c.dim[3]);
      int64_t k = extent(op, cd_ATTR_OPERATION_MATMUL_GEMM_K_OVERRIDE_DESC, i[0], a.dim[3]);
      for (int64_t y = 0; y < m; y++)
        for (int64_t x = 0; x < n; x++) {
          double sum = 0;
          for (int64_t e = 0; e < k; e++) sum += load(a, {i[0], i[1], y, e}) * load(b, {i[0], i[1] / group, e, x});
          store(c, {i[0], i[1], y, x}, sum);
        }
    });
  }

  void reduce(Descriptor *op) {
    Tensor &x = tensor(op->ref(cd_ATTR_OPERATION_REDUCTION_XDESC)), &y = tensor(op->ref(cd_ATTR_OPERATION_REDUCTION_YDESC));
    bool largest = op->ref(cd_ATTR_OPERATION_REDUCTION_DESC)->get<int32_t>(cd_ATTR_REDUCTION_OPERATOR)[0] == cd_REDUCE_TENSOR_MAX;
    Index n;
    for (int d = 0; d < 4; d++) n[d] = x.dim[d] / y.dim[d];
    every(y.dim, [&](Index i) {
      if (!wanted(y, i)) return;
      double r = largest ? -INFINITY : 0;
      every(n, [&](Index j) {
        for (int d = 0; d < 4; d++) j[d] += i[d] * n[d];
        double e = load(x, j);
        r = largest ? fmax(r, e) : r + e;
      });
      store(y, i, r);
    });
  }

  void pointwise(Descriptor *op) {
    Descriptor *how = op->ref(cd_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR);
    int mode = how->get<int32_t>(cd_ATTR_POINTWISE_MODE)[0];
    auto axis = how->get<int64_t>(cd_ATTR_POINTWISE_AXIS);
    Descriptor *in[] = {op->ref(cd_ATTR_OPERATION_POINTWISE_XDESC), op->ref(cd_ATTR_OPERATION_POINTWISE_BDESC), op->ref(cd_ATTR_OPERATION_POINTWISE_TDESC)};
    Tensor none, *x[3];
    for (int i = 0; i < 3; i++) x[i] = in[i] ? &tensor(in[i]) : &none;
    Tensor &y = tensor(op->ref(cd_ATTR_OPERATION_POINTWISE_YDESC));
    every(y.dim, [&](Index i) {
      if (!wanted(y, i)) return;
      double v[3] = {0, 0, 0};
      if (mode != cd_POINTWISE_GEN_INDEX)
        for (int k = 0; k < 3; k++)
          if (in[k]) v[k] = load(*x[k], i);
      store(y, i, value(mode, v, i, axis));
    });
  }

  static double value(int mode, const double *v, const Index &i, const std::vector<int64_t> &axis) {
    switch (mode) {
      case cd_POINTWISE_ADD: return v[0] + v[1];
      case cd_POINTWISE_SUB: return v[0] - v[1];
      case cd_POINTWISE_MUL: return v[0] * v[1];
      case cd_POINTWISE_DIV: return v[0] / v[1];
      case cd_POINTWISE_EXP: return exp(v[0]);
      case cd_POINTWISE_LOG: return log(v[0]);
      case cd_POINTWISE_IDENTITY: return v[0];
      case cd_POINTWISE_CMP_GE: return v[0] >= v[1];
      case cd_POINTWISE_CMP_LT: return v[0] < v[1];
      case cd_POINTWISE_LOGICAL_AND: return v[0] && v[1];
      case cd_POINTWISE_GEN_INDEX: return i[axis.at(0)];
      case cd_POINTWISE_BINARY_SELECT: return v[2] ? v[0] : v[1];
    }
    return NAN;
  }
};

size_t width(int type) {
  switch (type) {
    case cd_TYPE_BOOLEAN: case cd_TYPE_CHAR: return 1;
    case cd_TYPE_HANDLE: case cd_TYPE_INT64: case cd_TYPE_VOID_PTR: case cd_TYPE_BACKEND_DESCRIPTOR: return 8;
    default: return 4;
  }
}

char handle;

}  // namespace

extern "C" {

int fake_live() { return live; }

size_t cudnnGetVersion() { return told("version") ? 91001 : 91701; }
size_t cudnnGetCudartVersion() { return told("cuda") ? 13000 : 12090; }
void cudnnGetLastErrorString(char *message, size_t size) { snprintf(message, size, "%s", problem.c_str()); }

int cudnnCreate(void **h) {
  if (told("create")) return fail(1001, "no driver");
  *h = &handle;
  return 0;
}
int cudnnDestroy(void *h) { return h == &handle ? 0 : fail(2000, "handle"); }
int cudnnSetStream(void *, void *stream) { return stream == (void *)77 ? 0 : fail(2000, "stream"); }

int cudnnBackendCreateDescriptor(int type, void **d) {
  live++;
  *d = new Descriptor{type};
  return 0;
}
int cudnnBackendDestroyDescriptor(void *d) {
  live--;
  delete (Descriptor *)d;
  return 0;
}

int cudnnBackendFinalize(void *p) {
  Descriptor *d = (Descriptor *)p;
  for (auto &[attribute, bytes] : d->set) {
    (void)bytes;
    if (d->type == cd_BACKEND_EXECUTION_PLAN_DESCRIPTOR && attribute == cd_ATTR_EXECUTION_PLAN_ENGINE_CONFIG && told("plan"))
      return fail(3000, "no such plan");
  }
  d->done = true;
  return 0;
}

int cudnnBackendSetAttribute(void *p, int attribute, int type, int64_t n, const void *elements) {
  Descriptor *d = (Descriptor *)p;
  if (d->done) return fail(2000, "set behind finalize");
  if (type == cd_TYPE_BACKEND_DESCRIPTOR)
    for (int64_t i = 0; i < n; i++)
      if (!((Descriptor *const *)elements)[i]->done) return fail(2000, "a descriptor that is not final");
  const char *b = (const char *)elements;
  d->set[attribute].assign(b, b + n * width(type));
  return 0;
}

int cudnnBackendGetAttribute(void *p, int attribute, int, int64_t n, int64_t *have, void *elements) {
  Descriptor *d = (Descriptor *)p;
  if (!d->done) return fail(2000, "get before finalize");
  switch (attribute) {
    case cd_ATTR_ENGINEHEUR_RESULTS: {
      *have = told("engine") ? 0 : 2;
      if (n < *have) return fail(2000, "too few");
      for (int64_t i = 0; i < *have; i++) {
        Descriptor *c = ((Descriptor **)elements)[i];
        c->set[cd_ATTR_ENGINEHEUR_OPERATION_GRAPH] = d->set[cd_ATTR_ENGINEHEUR_OPERATION_GRAPH];
        c->set[-1] = {(char)i};
        c->done = true;
      }
      return 0;
    }
    case cd_ATTR_ENGINECFG_ENGINE: {
      Descriptor *e = *(Descriptor **)elements;
      e->set[-1] = d->set[-1];
      e->done = true;
      *have = 1;
      return 0;
    }
    case cd_ATTR_ENGINE_NUMERICAL_NOTE:  // the first engine says that it is not exact
      *have = d->set[-1][0] == 0;
      *(int32_t *)elements = cd_NUMERICAL_NOTE_NONDETERMINISTIC;
      return 0;
    case cd_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE:
      *(int64_t *)elements = 1000;
      return 0;
  }
  return fail(3000, "no such attribute");
}

int cudnnBackendExecute(void *h, void *plan, void *pack) {
  if (told("before")) return fail(3001, "not this time");
  if (told("after")) return fail(5000, "lost");
  Descriptor *p = (Descriptor *)plan, *v = (Descriptor *)pack;
  if (h != &handle || !p->done || !v->done) return fail(2000, "execute");
  Machine m;
  auto ids = v->get<int64_t>(cd_ATTR_VARIANT_PACK_UNIQUE_IDS);
  auto pointers = v->get<char *>(cd_ATTR_VARIANT_PACK_DATA_POINTERS);
  for (size_t i = 0; i < ids.size(); i++) {
    if (!pointers.at(i)) return fail(2000, "a tensor without memory");
    m.bound[ids[i]] = pointers[i];
  }
  memset(v->get<char *>(cd_ATTR_VARIANT_PACK_WORKSPACE).at(0), 0xff, 1000);
  auto ops = p->ref(cd_ATTR_EXECUTION_PLAN_ENGINE_CONFIG)->ref(cd_ATTR_ENGINEHEUR_OPERATION_GRAPH)->get<Descriptor *>(cd_ATTR_OPERATIONGRAPH_OPS);
  for (Descriptor *op : ops)
    if (Descriptor *d = op->ref(cd_ATTR_OPERATION_MATMUL_GEMM_M_OVERRIDE_DESC)) m.lengths = (const int32_t *)m.tensor(d).data;
  for (Descriptor *op : ops) m.run(op);
  if (told("numbers")) {
    for (Descriptor *op : ops)
      if (Descriptor *d = op->ref(cd_ATTR_OPERATION_MATMUL_CDESC)) {
        Tensor &t = m.tensor(d);
        if (t.ragged) m.store(t, {0, 0, 0, 0}, 1e3);
      }
  }
  return 0;
}
}
