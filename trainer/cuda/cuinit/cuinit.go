//go:build cuda && cgo

package cuinit

// All is in C: Go packages that could write and exit would have to be initialised
// before this one.

/*
#cgo linux LDFLAGS: -ldl
#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>

static void fail(const char *what, const char *detail, int code, const char *todo) {
	fprintf(stderr, "golongrl: no CUDA: %s", what);
	if (detail) fprintf(stderr, ": %s", detail);
	if (code) fprintf(stderr, " (CUDA error %d)", code);
	fprintf(stderr, "\n%s\n", todo);
	fflush(stderr);
	_exit(3);
}

static const char *advice(int code) {
	switch (code) {
	case 100: // CUDA_ERROR_NO_DEVICE
		return "Look whether nvidia-smi lists a GPU, and whether CUDA_VISIBLE_DEVICES hides it.";
	case 34: // CUDA_ERROR_STUB_LIBRARY
		return "The stub of the driver was loaded, which is for linking only: take its folder out of LD_LIBRARY_PATH.";
	case 304: // CUDA_ERROR_OPERATING_SYSTEM
	case 999: // CUDA_ERROR_UNKNOWN
		return "Often the kernel's module nvidia_uvm is not loaded: run nvidia-modprobe -u -c 0 as root, or restart the container with GPUs.";
	case 802: // CUDA_ERROR_SYSTEM_NOT_READY
		return "On machines with NVSwitch the service nvidia-fabricmanager must run, of the driver's version.";
	case 803: // CUDA_ERROR_SYSTEM_DRIVER_MISMATCH
	case 804: // CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE
		return "libcuda.so.1 and the kernel's module are of different versions: restart after an update of the driver, and keep folders named compat out of LD_LIBRARY_PATH.";
	}
	return "nvidia-smi may say more; the driver must be 520 or later.";
}

static void start(void) {
	void *driver = dlopen("libcuda.so.1", RTLD_NOW | RTLD_GLOBAL);
	if (!driver)
		fail("the NVIDIA driver's library does not load", dlerror(), 0, "Install the NVIDIA driver, 520 or later; in a container, start it with GPUs.");
	int (*init)(unsigned) = (int (*)(unsigned))dlsym(driver, "cuInit");
	int (*version)(int *) = (int (*)(int *))dlsym(driver, "cuDriverGetVersion");
	int (*text)(int, const char **) = (int (*)(int, const char **))dlsym(driver, "cuGetErrorString");
	int (*count)(int *) = (int (*)(int *))dlsym(driver, "cuDeviceGetCount");
	if (!init || !version || !text || !count)
		fail("libcuda.so.1 is no driver of NVIDIA", 0, 0, "Look at LD_LIBRARY_PATH.");

	int code = init(0);
	if (code) {
		const char *detail = 0;
		text(code, &detail);
		fail("the driver does not start", detail, code, advice(code));
	}
	int v = 0;
	version(&v);
	if (v < 11080) {
		char detail[64];
		snprintf(detail, sizeof detail, "it supports CUDA %d.%d, and 11.8 is needed", v / 1000, v % 1000 / 10);
		fail("the driver is too old", detail, 0, "Install driver 520 or later.");
	}
	int n = 0;
	code = count(&n);
	if (code || n == 0) fail("the driver finds no GPU", 0, code, advice(100));
}
*/
import "C"

func init() { C.start() }
