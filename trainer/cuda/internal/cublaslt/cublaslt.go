//go:build cuda && cgo

package cublaslt

// #include "abi.h"
import "C"

import (
	"fmt"
	"unsafe"

	"github.com/golongrl/golongrl/trainer/cuda/internal/dl"
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// workspace is the memory that algorithms may use, enough for those of Hopper.
const workspace = 32 << 20

// maxPlans bounds how many shapes are remembered: each length of a batch makes new
// ones.
const maxPlans = 4096

// A Library is cuBLASLt in the context that was current when it was opened. Its
// products go to one stream.
type Library struct {
	lib       *dl.Library
	f         *C.lt_functions
	handle    unsafe.Pointer
	stream    uintptr
	workspace gpu.Ptr
	plans     map[shape]*plan
}

// A shape decides which algorithm is chosen. Equal shapes get the same, so that they
// compute the same bits.
type shape struct {
	transA, transB         bool
	m, n, k                int
	lda, ldb, ldc          int
	in, out                gpu.Type
	alignA, alignB, alignC uint32
}

// A plan is a shape made ready, or one that the library does not take.
type plan struct {
	c     C.lt_plan
	taken bool
}

// names are in the order of lt_functions.
var names = []string{
	"cublasLtGetVersion", "cublasLtGetStatusName", "cublasLtCreate", "cublasLtDestroy",
	"cublasLtMatmulDescCreate", "cublasLtMatmulDescDestroy", "cublasLtMatmulDescSetAttribute",
	"cublasLtMatrixLayoutCreate", "cublasLtMatrixLayoutDestroy",
	"cublasLtMatmulPreferenceCreate", "cublasLtMatmulPreferenceDestroy", "cublasLtMatmulPreferenceSetAttribute",
	"cublasLtMatmulAlgoGetHeuristic", "cublasLtMatmul",
}

// Open looks for cuBLASLt for a driver that supports a major version of CUDA, which
// later libraries do not run on. It returns nil where none starts, and what a user
// should know either way: path and version, or why there is none. A context must be
// current; alloc returns memory of it, which the caller frees.
func Open(major int, stream uintptr, alloc func(bytes int64) (gpu.Ptr, error)) (l *Library, notes []string) {
	var majors []int
	for m := min(major, 13); m >= 11; m-- {
		majors = append(majors, m)
	}
	for _, path := range dl.Candidates("libcublasLt", majors...) {
		lib, err := dl.Open(path)
		if err != nil {
			if path[0] == '/' { // others are names that the loader may not know
				notes = append(notes, "cuBLASLt: "+err.Error())
			}
			continue
		}
		l, err := start(lib, stream, alloc)
		if err != nil {
			notes = append(notes, "cuBLASLt: "+err.Error())
			lib.Close()
			continue
		}
		return l, append(notes, fmt.Sprintf("%v, %s", l, lib.Path))
	}
	return nil, append(notes, "cuBLASLt: none that starts, so products are computed by kernels of golongrl; "+
		dl.Variable+" may name its folder (Python's package nvidia-cublas has it)")
}

// String returns the library's name and version.
func (l *Library) String() string { return "cuBLASLt " + version(int(C.lt_version(l.f))) }

// version writes the number of cublasLtGetVersion: 120903 is 12.9.3, as 111103 is
// 11.11.3.
func version(v int) string { return fmt.Sprintf("%d.%d.%d", v/10000, v/100%100, v%100) }

func start(lib *dl.Library, stream uintptr, alloc func(bytes int64) (gpu.Ptr, error)) (*Library, error) {
	symbols, err := lib.Symbols(names...)
	if err != nil {
		return nil, err
	}
	l := &Library{lib: lib, f: new(C.lt_functions), stream: stream, plans: map[shape]*plan{}}
	copy(unsafe.Slice((*unsafe.Pointer)(unsafe.Pointer(l.f)), unsafe.Sizeof(*l.f)/unsafe.Sizeof(uintptr(0))), symbols)
	if status := C.lt_create(l.f, &l.handle); status != 0 {
		return nil, fmt.Errorf("%s: cublasLtCreate: %s", lib.Path, l.status(status))
	}
	if l.workspace, err = alloc(workspace); err != nil {
		C.lt_destroy(l.f, l.handle)
		return nil, fmt.Errorf("%s: workspace: %w", lib.Path, err)
	}
	return l, nil
}

func (l *Library) status(s C.int) string {
	if name := C.lt_status_name(l.f, s); name != nil {
		return C.GoString(name)
	}
	return fmt.Sprintf("status %d", int(s))
}

// Multiply computes a product, unless the library has no algorithm for it.
func (l *Library) Multiply(p gpu.Product) (taken bool, err error) {
	if p.M <= 0 || p.N <= 0 || p.K <= 0 || p.Accumulate && p.Out != gpu.F32 || p.In == gpu.F32 && p.Out != gpu.F32 {
		return false, nil
	}
	key := shape{
		p.TransA, p.TransB, p.M, p.N, p.K, p.LDA, p.LDB, p.LDC, p.In, p.Out,
		alignment(p.A), alignment(p.B), alignment(p.C),
	}
	pl := l.plans[key]
	if pl == nil {
		if pl, err = l.plan(key); err != nil {
			return false, err
		}
	}
	if !pl.taken {
		return false, nil
	}
	accumulate := C.int(0)
	if p.Accumulate {
		accumulate = 1
	}
	// The library's matrices are by columns. Ours by rows are the transposes of
	// those, and the transpose of A B is B^T A^T.
	status := C.lt_plan_run(l.f, l.handle, &pl.c, C.uint64_t(p.B), C.uint64_t(p.A), C.uint64_t(p.C), accumulate,
		C.uint64_t(l.workspace), workspace, C.uint64_t(l.stream))
	switch status {
	case 0:
		return true, nil
	case C.lt_not_supported: // nothing was started
		C.lt_plan_free(l.f, &pl.c)
		pl.taken = false
		return false, nil
	}
	return false, fmt.Errorf("cuda: cublasLtMatmul of %dx%dx%d: %s", p.M, p.N, p.K, l.status(status))
}

// alignment returns the largest power of two up to 256 that divides p.
func alignment(p gpu.Ptr) uint32 { return uint32(min(p&-p, 256)) }

func (l *Library) plan(s shape) (*plan, error) {
	if len(l.plans) >= maxPlans {
		l.forget()
	}
	c := C.lt_shape{
		trans_a: boolean(s.transB), trans_b: boolean(s.transA),
		m: C.int64_t(s.n), n: C.int64_t(s.m), k: C.int64_t(s.k),
		lda: C.int64_t(s.ldb), ldb: C.int64_t(s.lda), ldc: C.int64_t(s.ldc),
		type_in: element(s.in), type_out: element(s.out),
		align_a: C.uint32_t(s.alignB), align_b: C.uint32_t(s.alignA), align_c: C.uint32_t(s.alignC),
	}
	p := new(plan)
	status := C.lt_plan_make(l.f, l.handle, &c, workspace, &p.c)
	if status != 0 && status != C.lt_not_supported && status != C.lt_invalid {
		return nil, fmt.Errorf("cuda: cuBLASLt finds no algorithm for %dx%dx%d: %s", s.m, s.n, s.k, l.status(status))
	}
	p.taken = status == 0
	l.plans[s] = p
	return p, nil
}

func boolean(b bool) C.int {
	if b {
		return 1
	}
	return 0
}

func element(t gpu.Type) C.int {
	if t == gpu.BF16 {
		return C.lt_bfloat16
	}
	return C.lt_float32
}

func (l *Library) forget() {
	for _, p := range l.plans {
		C.lt_plan_free(l.f, &p.c)
	}
	clear(l.plans)
}

// Close gives back what the library holds, but for its workspace. The products must
// be done.
func (l *Library) Close() error {
	l.forget()
	status := C.lt_destroy(l.f, l.handle)
	if status != 0 {
		return fmt.Errorf("cuda: cublasLtDestroy: %s", l.status(status))
	}
	l.lib.Close()
	return nil
}
