// The device, its primary context, and what is current on which thread.

#include <stdlib.h>

#include <vector>

#include "driver.h"

namespace driver {

std::recursive_mutex mutex;

namespace {

struct Context {};
Context primary;
int retained;
unsigned flags;
bool initialized;
thread_local std::vector<Context *> current;

Context *top() { return current.empty() ? nullptr : current.back(); }

struct Named {
  int code;
  const char *name, *text;
};

const Named errors[] = {
    {success, "CUDA_SUCCESS", "no error"},
    {invalid_value, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {out_of_memory, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {not_initialized, "CUDA_ERROR_NOT_INITIALIZED", "initialization error"},
    {no_device, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
    {invalid_device, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"},
    {invalid_image, "CUDA_ERROR_INVALID_IMAGE", "device kernel image is invalid"},
    {invalid_context, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
    {no_binary_for_gpu, "CUDA_ERROR_NO_BINARY_FOR_GPU", "no kernel image is available for execution on the device"},
    {invalid_ptx, "CUDA_ERROR_INVALID_PTX", "a PTX JIT compilation failed"},
    {invalid_handle, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"},
    {not_found, "CUDA_ERROR_NOT_FOUND", "named symbol not found"},
    {not_ready, "CUDA_ERROR_NOT_READY", "device not ready"},
    {700, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
    {illegal_address, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
    {launch_failed, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"},
    {not_supported, "CUDA_ERROR_NOT_SUPPORTED", "operation not supported"},
};

const Named *named(int code) {
  for (const Named &e : errors)
    if (e.code == code) return &e;
  return nullptr;
}

}  // namespace

Result enter() {
  if (!initialized) return not_initialized;
  if (!top() || !retained) return invalid_context;
  return broken;
}

}  // namespace driver

using namespace driver;

EXPORT int cuInit(unsigned f) {
  const char *kind = getenv("GOLONGRL_FAKE_CUDA"), *bytes = getenv("GOLONGRL_FAKE_CUDA_MEMORY"), *launch = getenv("GOLONGRL_FAKE_CUDA_FAULT");
  if (f) return invalid_value;
  if (kind && !strcmp(kind, "none")) return no_device;
  if (bytes) shim::memory = atoll(bytes);
  if (launch) fault = atoll(launch);
  initialized = true;
  return success;
}

EXPORT int cuDriverGetVersion(int *v) {
  *v = 12040;
  return success;
}

EXPORT int cuGetErrorName(int code, const char **out) {
  const Named *e = named(code);
  *out = e ? e->name : nullptr;
  return e ? success : invalid_value;
}

EXPORT int cuGetErrorString(int code, const char **out) {
  const Named *e = named(code);
  *out = e ? e->text : nullptr;
  return e ? success : invalid_value;
}

EXPORT int cuDeviceGetCount(int *n) {
  if (!initialized) return not_initialized;
  *n = 1;
  return success;
}

EXPORT int cuDeviceGet(int *d, int ordinal) {
  if (!initialized) return not_initialized;
  if (ordinal != 0) return invalid_device;
  *d = 0;
  return success;
}

EXPORT int cuDeviceGetName(char *name, int size, int d) {
  if (d != 0) return invalid_device;
  snprintf(name, (size_t)size, "CPU that runs the kernels' source");
  return success;
}

EXPORT int cuDeviceGetUuid(char *id, int d) {
  if (d != 0) return invalid_device;
  memset(id, 0, 16);
  return success;
}

EXPORT int cuDeviceTotalMem_v2(size_t *bytes, int d) {
  if (d != 0) return invalid_device;
  *bytes = (size_t)shim::memory;
  return success;
}

EXPORT int cuDeviceGetAttribute(int *out, int attribute, int d) {
  if (d != 0) return invalid_device;
  switch (attribute) {
    case 1:  // threads per block, in all and in x and y
    case 2:
    case 3:
      *out = 1024;
      break;
    case 4:  // in z
      *out = 64;
      break;
    case 5:  // blocks of a grid
      *out = INT_MAX;
      break;
    case 6:
    case 7:
      *out = 65535;
      break;
    case 8:  // shared memory of a block
      *out = plain_shared;
      break;
    case 10:  // a warp
      *out = 32;
      break;
    case 12:  // registers of a block and of a multiprocessor
    case 82:
      *out = 65536;
      break;
    case 16:
      *out = multiprocessors;
      break;
    case 39:  // threads of a multiprocessor
      *out = 2048;
      break;
    case 41:  // unified addresses
      *out = 1;
      break;
    case 75:
      *out = major;
      break;
    case 76:
      *out = minor;
      break;
    case 81:  // shared memory of a multiprocessor
      *out = most_shared + 1024;
      break;
    case 97:  // of a block that is permitted it
      *out = most_shared;
      break;
    default:
      *out = 0;
  }
  return success;
}

EXPORT int cuDevicePrimaryCtxRetain(Context **c, int d) {
  std::lock_guard<std::recursive_mutex> hold(mutex);
  if (!initialized) return not_initialized;
  if (d != 0) return invalid_device;
  retained++;
  *c = &primary;
  return success;
}

EXPORT int cuDevicePrimaryCtxRelease_v2(int d) {
  std::lock_guard<std::recursive_mutex> hold(mutex);
  if (d != 0) return invalid_device;
  if (!retained) return invalid_context;
  if (--retained == 0) {
    forget();
    shim::release_all();
  }
  return success;
}

EXPORT int cuDevicePrimaryCtxSetFlags_v2(int d, unsigned f) {
  std::lock_guard<std::recursive_mutex> hold(mutex);
  if (d != 0) return invalid_device;
  flags = f;
  return success;
}

EXPORT int cuDevicePrimaryCtxGetState(int d, unsigned *f, int *active) {
  std::lock_guard<std::recursive_mutex> hold(mutex);
  if (d != 0) return invalid_device;
  *f = flags;
  *active = retained > 0;
  return success;
}

EXPORT int cuCtxSetCurrent(Context *c) {
  if (!initialized) return not_initialized;
  if (!current.empty()) current.pop_back();
  if (c) current.push_back(c);
  return success;
}

EXPORT int cuCtxGetCurrent(Context **c) {
  if (!initialized) return not_initialized;
  *c = top();
  return success;
}

EXPORT int cuCtxPushCurrent_v2(Context *c) {
  if (!c) return invalid_context;
  current.push_back(c);
  return success;
}

EXPORT int cuCtxPopCurrent_v2(Context **c) {
  if (current.empty()) return invalid_context;
  if (c) *c = top();
  current.pop_back();
  return success;
}

EXPORT int cuCtxGetDevice(int *d) {
  *d = 0;
  return top() ? success : invalid_context;
}

EXPORT int cuCtxSynchronize() {
  std::lock_guard<std::recursive_mutex> hold(mutex);
  if (Result r = enter()) return r;
  return finish();
}
