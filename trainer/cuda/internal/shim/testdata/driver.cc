// A program on the driver that BuildDriver makes, which says where it is not as
// NVIDIA's is, or is not late.
#include <stdint.h>
#include <stdio.h>
#include <string.h>

extern "C" {
int cuInit(unsigned);
int cuDeviceGet(int *, int);
int cuDeviceGetAttribute(int *, int, int);
int cuDevicePrimaryCtxRetain(void **, int);
int cuDevicePrimaryCtxRelease_v2(int);
int cuCtxSetCurrent(void *);
int cuMemAlloc_v2(uint64_t *, size_t);
int cuMemFree_v2(uint64_t);
int cuMemGetInfo_v2(size_t *, size_t *);
int cuMemHostAlloc(void **, size_t, unsigned);
int cuMemFreeHost(void *);
int cuMemcpyHtoDAsync_v2(uint64_t, const void *, size_t, void *);
int cuMemcpyDtoHAsync_v2(void *, uint64_t, size_t, void *);
int cuMemcpyDtoH_v2(void *, uint64_t, size_t);
int cuMemsetD32Async(uint64_t, unsigned, size_t, void *);
int cuStreamCreate(void **, unsigned);
int cuStreamSynchronize(void *);
int cuEventCreate(void **, unsigned);
int cuEventRecord(void *, void *);
int cuEventQuery(void *);
int cuEventSynchronize(void *);
int cuEventElapsedTime(float *, void *, void *);
int cuModuleLoadDataEx(void **, const void *, unsigned, const int *, void **);
int cuModuleGetFunction(void **, void *, const char *);
int cuFuncGetAttribute(int *, int, void *);
int cuFuncSetAttribute(void *, int, int);
int cuLaunchKernel(void *, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, void *, void **, void **);
int cuGetErrorName(int, const char **);
int cuGraphCreate(void **, unsigned);
}

static int failures;

static void want(const char *what, int got, int wanted) {
  if (got == wanted) return;
  printf("%s: %d, not %d\n", what, got, wanted);
  failures++;
}

#define WANT(call, wanted) want(#call, call, wanted)

static int load(void **m, const char *target, const char *params, char log[512]) {
  char ptx[2048];
  snprintf(ptx, sizeof ptx,
           ".version 7.8\n.target %s\n.address_size 64\n"
           ".shared .align 16 .b8 _Zs[4096];\n.shared .align 16 .b8 _Zs2[99];\n"
           ".visible .entry test_rotate(\n%s\n)\n.maxntid 1024, 1, 1\n{\n mov.u64 %%rd1, _Zs;\n { ret; }\n}\n"
           ".visible .entry fault_deadlock(.param .u64 wrong)\n{ ret; }\n"
           ".visible .entry nobody(.param .u64 x)\n{ ret; }\n",
           target, params);
  const int options[] = {5, 6};
  void *values[] = {log, (void *)512};
  log[0] = 0;
  return cuModuleLoadDataEx(m, ptx, 2, options, values);
}

int main(int argc, char **) {
  if (argc > 1) return cuInit(0);

  void *context, *stream, *stream0 = nullptr, *event, *first, *pinned, *m, *f, *bad;
  size_t available, total;
  uint64_t p;
  int n;
  float x[64], ms;
  char log[512];
  const char *name;

  WANT(cuDeviceGet(&n, 0), 3);
  WANT(cuInit(0), 0);
  WANT(cuDeviceGet(&n, 1), 101);
  WANT(cuMemAlloc_v2(&p, 256), 201);
  WANT(cuDevicePrimaryCtxRetain(&context, 0), 0);
  WANT(cuMemAlloc_v2(&p, 256), 201);
  WANT(cuCtxSetCurrent(context), 0);
  WANT(cuDeviceGetAttribute(&n, 75, 0), 0);
  want("major", n, 8);
  WANT(cuStreamCreate(&stream, 1), 0);
  WANT(cuMemAlloc_v2(&p, 256), 0);
  WANT(cuMemAlloc_v2(&p + 0, (size_t)1 << 50), 2);
  WANT(cuMemAlloc_v2(&p, 256), 0);
  WANT(cuMemGetInfo_v2(&available, &total), 0);
  want("used", (int)(total - available), 512);

  // Modules.
  WANT(load(&m, "sm_90", ".param .u64 a", log), 209);
  WANT(load(&m, "sm_80", ".param .u64 a, .param .u64 b", log), 200);
  if (!strstr(log, "test_rotate has 2 parameters")) want(log, 0, 1);
  WANT(cuModuleLoadDataEx(&m, "hello", 0, nullptr, nullptr), 218);
  WANT(load(&m, "sm_80", ".param .u64 a", log), 0);
  WANT(cuModuleGetFunction(&f, m, "nobody"), 500);
  WANT(cuModuleGetFunction(&f, m, "test_sum"), 500);
  WANT(cuModuleGetFunction(&f, m, "test_rotate"), 0);
  WANT(cuFuncGetAttribute(&n, 1, f), 0);
  want("static shared memory", n, 4096);

  // Lateness, and order.
  WANT(cuMemHostAlloc(&pinned, 512, 1), 0);
  float *h = (float *)pinned;
  for (int i = 0; i < 64; i++) h[i] = (float)i;
  WANT(cuEventCreate(&event, 2), 0);
  WANT(cuEventCreate(&first, 0), 0);
  WANT(cuEventSynchronize(first), 0);
  WANT(cuMemcpyHtoDAsync_v2(p, h, 256, stream), 0);
  h[5] = -5;  // is seen
  void *params[] = {&p};
  WANT(cuLaunchKernel(f, 1, 1, 1, 64, 1, 1, 48 << 10, stream, params, nullptr), 1);
  WANT(cuFuncSetAttribute(f, 8, 163 << 10), 1);
  WANT(cuFuncSetAttribute(f, 8, 159 << 10), 0);
  WANT(cuLaunchKernel(f, 1, 1, 1, 64, 1, 1, 48 << 10, stream, params, nullptr), 0);
  WANT(cuLaunchKernel(f, 1, 1, 1, 1025, 1, 1, 0, stream, params, nullptr), 1);
  WANT(cuLaunchKernel(f, 1, 1, 1, 1, 1, 1, 0, &n, params, nullptr), 400);
  WANT(cuEventRecord(event, stream), 0);
  WANT(cuMemcpyDtoHAsync_v2(h + 64, p, 256, stream), 0);
  WANT(cuEventQuery(event), 600);
  memset(x, 0, sizeof x);
  WANT(cuMemcpyDtoH_v2(x, p, 4), 0);
  want("a stream that does not block was waited for", x[0] != 1, 1);
  WANT(cuEventSynchronize(event), 0);
  want("copied before it was waited for", h[64] == h[64], 0);
  WANT(cuStreamSynchronize(stream), 0);
  for (int i = 0; i < 64; i++) want("rotated", (int)h[64 + i], i == 4 ? -5 : (i + 1) % 64);
  WANT(cuEventElapsedTime(&ms, event, event), 400);
  WANT(cuMemsetD32Async(p, 7, 64, stream0), 0);
  WANT(cuMemcpyDtoH_v2(&n, p + 252, 4), 0);
  want("filled", n, 7);
  WANT(cuMemsetD32Async(p, 7, 65, stream), 1);
  WANT(cuMemFree_v2(p + 8), 1);

  // A kernel that fails, and all that follows.
  WANT(cuModuleGetFunction(&bad, m, "fault_deadlock"), 0);
  uint64_t wrong = 1;
  void *bad_params[] = {&wrong};
  WANT(cuLaunchKernel(bad, 1, 1, 1, 64, 1, 1, 0, stream, bad_params, nullptr), 0);
  WANT(cuStreamSynchronize(stream), 719);
  WANT(cuMemsetD32Async(p, 7, 64, stream), 719);
  WANT(cuGetErrorName(719, &name), 0);
  want("name", strcmp(name, "CUDA_ERROR_LAUNCH_FAILED"), 0);
  WANT(cuGraphCreate(&pinned, 0), 801);
  WANT(cuDevicePrimaryCtxRelease_v2(0), 0);
  WANT(cuMemAlloc_v2(&p, 256), 201);
  return failures > 0;
}
