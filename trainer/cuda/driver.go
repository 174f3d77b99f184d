//go:build cuda && cgo

package cuda

// What gorgonia.org/cu lacks, or does in a way that does not serve here:
//
//   - Launch: its Function.Launch allocates and frees twice in C, five transitions;
//     launch makes one.
//   - Modules and functions: it passes no buffer of C's for the log of the compiler
//     of PTX, and its types hide the handles that launch needs.
//   - Attributes of functions: without them a block has 48 KB of shared memory.
//   - Memory of the host that the device reads directly.
//   - Numbers and texts of errors.

/*
// Where gorgonia.org/cu looks.
#cgo linux CFLAGS: -I/usr/local/cuda/include -I/opt/cuda/include
#cgo linux LDFLAGS: -lcuda -L/usr/local/cuda/lib64 -L/usr/local/cuda/lib -L/opt/cuda/lib64
#include <cuda.h>

// The arguments are 8 bytes each, whatever the type, as are the parameters.
static CUresult launch(CUfunction f, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                       unsigned shared, CUstream stream, unsigned long long *args, int n) {
	void *params[64];
	for (int i = 0; i < n; i++) params[i] = args + i;
	return cuLaunchKernel(f, gx, gy, gz, bx, by, bz, shared, stream, params, 0);
}

static CUresult load(CUmodule *module, const void *image, char *log, size_t bytes) {
	CUjit_option names[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
	void *values[] = {log, (void *)bytes};
	log[0] = 0;
	return cuModuleLoadDataEx(module, image, 2, names, values);
}

static CUresult pinned(void **p, size_t bytes) { return cuMemHostAlloc(p, bytes, CU_MEMHOSTALLOC_PORTABLE); }
*/
import "C"

import (
	"bytes"
	"fmt"
	"reflect"
	"unsafe"

	"gorgonia.org/cu"
)

// maxArgs is how many arguments a kernel may have: the size of params above.
const maxArgs = 64

type (
	module   = C.CUmodule
	function = C.CUfunction
)

// failure returns nil, or an error for what was tried.
func failure(code C.CUresult, what string) error {
	if code == C.CUDA_SUCCESS {
		return nil
	}
	return &Error{What: what, Code: int(code), Name: errorName(code), Text: errorText(code)}
}

// failed is failure for errors of gorgonia.org/cu, which are numbers of the driver.
func failed(err error, what string) error {
	if err == nil {
		return nil
	}
	if v := reflect.ValueOf(err); v.CanInt() {
		return failure(C.CUresult(v.Int()), what)
	}
	return fmt.Errorf("cuda: %s: %w", what, err)
}

func errorName(code C.CUresult) string {
	var s *C.char
	if C.cuGetErrorName(code, &s) != C.CUDA_SUCCESS || s == nil {
		return "CUDA error"
	}
	return C.GoString(s)
}

func errorText(code C.CUresult) string {
	var s *C.char
	if C.cuGetErrorString(code, &s) != C.CUDA_SUCCESS || s == nil {
		return "unknown to the driver"
	}
	return C.GoString(s)
}

const outOfMemory = C.CUDA_ERROR_OUT_OF_MEMORY

// loadModule compiles PTX, whose last byte is 0, in the current context.
func loadModule(ptx []byte) (m module, log string, err error) {
	text := make([]byte, 16<<10)
	err = failure(C.load(&m, unsafe.Pointer(&ptx[0]), (*C.char)(unsafe.Pointer(&text[0])), C.size_t(len(text))), "load")
	if i := bytes.IndexByte(text, 0); i >= 0 {
		text = text[:i]
	}
	return m, string(bytes.TrimSpace(text)), err
}

func unloadModule(m module) error { return failure(C.cuModuleUnload(m), "unload a module") }

// lookUp returns a function of a module.
func lookUp(m module, name string) (f function, err error) {
	zero := append([]byte(name), 0)
	return f, failure(C.cuModuleGetFunction(&f, m, (*C.char)(unsafe.Pointer(&zero[0]))), "find the kernel")
}

// staticShared returns the bytes of shared memory that a kernel has of itself.
func staticShared(f function) (int, error) {
	var n C.int
	err := failure(C.cuFuncGetAttribute(&n, C.CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES, f), "ask for shared memory")
	return int(n), err
}

// allowShared permits blocks of a kernel so many bytes of dynamic shared memory.
func allowShared(f function, bytes int) error {
	return failure(C.cuFuncSetAttribute(f, C.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, C.int(bytes)), "permit shared memory")
}

// maxShared returns the bytes of shared memory that a block may be permitted.
func maxShared(d cu.Device) (int, error) {
	var n C.int
	err := failure(C.cuDeviceGetAttribute(&n, C.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN, C.CUdevice(d)), "ask for shared memory")
	return int(n), err
}

func streamHandle(s cu.Stream) uintptr { return uintptr(unsafe.Pointer(s.C())) }

// launchFunction launches; dimensions are at least 1 and fit into 32 bits.
func launchFunction(f function, grid, block [3]int, shared int, stream cu.Stream, args []uint64) error {
	var first *C.ulonglong
	if len(args) > 0 {
		first = (*C.ulonglong)(unsafe.Pointer(&args[0]))
	}
	return failure(C.launch(f, C.uint(grid[0]), C.uint(grid[1]), C.uint(grid[2]), C.uint(block[0]), C.uint(block[1]), C.uint(block[2]),
		C.uint(shared), C.CUstream(unsafe.Pointer(stream.C())), first, C.int(len(args))), "launch")
}

// allocPinned returns memory of the host that copies go to and from while the
// host does other things.
func allocPinned(bytes int) ([]byte, error) {
	var p unsafe.Pointer
	if err := failure(C.pinned(&p, C.size_t(bytes)), fmt.Sprintf("pin %d MiB of the host's memory", bytes>>20)); err != nil {
		return nil, err
	}
	return unsafe.Slice((*byte)(p), bytes), nil
}

func freePinned(b []byte) error {
	if b == nil {
		return nil
	}
	return failure(C.cuMemFreeHost(unsafe.Pointer(&b[0])), "free memory of the host")
}

// headers is the version of CUDA that the program was built with, as 11080.
const headers = C.CUDA_VERSION
