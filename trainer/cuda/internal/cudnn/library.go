//go:build cuda && cgo

package cudnn

// #include "abi.h"
import "C"

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"unsafe"

	"github.com/golongrl/golongrl/trainer/cuda/internal/dl"
)

// names are in the order of cd_functions.
var names = []string{
	"cudnnGetVersion", "cudnnGetCudartVersion", "cudnnGetLastErrorString", "cudnnCreate", "cudnnDestroy", "cudnnSetStream",
	"cudnnBackendCreateDescriptor", "cudnnBackendDestroyDescriptor", "cudnnBackendFinalize",
	"cudnnBackendSetAttribute", "cudnnBackendGetAttribute", "cudnnBackendExecute",
}

// oldest is the first version taken: in 9.10.0 and 9.10.1 the gradient of attention
// is wrong, and masks of earlier ones want finite numbers.
const oldest = 91002

// A library is cuDNN's functions.
type library struct {
	lib     *dl.Library
	f       *C.cd_functions
	version int // 91701 is 9.17.1
}

// An absentError is a library that the loader does not open.
type absentError struct {
	path string
	err  error
}

func (e *absentError) Error() string { return e.err.Error() }

// openLibrary opens cuDNN for a driver that supports a major version of CUDA.
func openLibrary(path string, cuda int) (*library, error) {
	lib, err := dl.Open(path)
	if err != nil {
		return nil, &absentError{path, err}
	}
	symbols, err := lib.Symbols(names...)
	if err != nil {
		lib.Close()
		return nil, err
	}
	l := &library{lib: lib, f: new(C.cd_functions)}
	copy(unsafe.Slice((*unsafe.Pointer)(unsafe.Pointer(l.f)), unsafe.Sizeof(*l.f)/unsafe.Sizeof(uintptr(0))), symbols)
	l.version = int(C.cd_version(l.f))
	if l.version < oldest || l.version >= 100000 {
		lib.Close()
		return nil, fmt.Errorf("%s is version %s; 9 from %s on is taken", lib.Path, versionText(l.version), versionText(oldest))
	}
	if err := l.companions(cuda); err != nil {
		lib.Close()
		return nil, err
	}
	return l, nil
}

// companions opens the libraries that cuDNN calls, of the version of CUDA that it was
// built for. It aborts the program where it does not find them.
func (l *library) companions(cuda int) error {
	major := int(C.cd_cuda(l.f)) / 1000
	if major > cuda {
		return fmt.Errorf("%s is for CUDA %d, which the driver does not support", l.lib.Path, major)
	}
	for _, stem := range []string{"libcublasLt", "libnvrtc"} {
		var err error
		for _, path := range dl.Candidates(stem, major) {
			if _, err = dl.Open(path); err == nil {
				break
			}
		}
		if err != nil {
			return fmt.Errorf("%s wants %s.so.%d: %w", l.lib.Path, stem, major, err)
		}
	}
	return nil
}

// versionText writes the number of cudnnGetVersion.
func versionText(v int) string { return fmt.Sprintf("%d.%d.%d", v/10000, v/100%100, v%100) }

// A statusError is a status of cuDNN's other than success.
type statusError struct {
	status int
	what   string
	text   string
}

func (e *statusError) Error() string {
	return fmt.Sprintf("cuDNN: %s: status %d: %s", e.what, e.status, e.text)
}

// launched reports whether the device may have got work: what a kernel did is lost.
func (e *statusError) launched() bool {
	return e.status >= C.cd_STATUS_EXECUTION_FAILED && e.status < C.cd_STATUS_EXECUTION_FAILED+1000
}

func (l *library) check(status C.int, what string) error {
	if status == 0 {
		return nil
	}
	text := make([]byte, 1024)
	C.cd_last_error(l.f, (*C.char)(unsafe.Pointer(&text[0])), C.size_t(len(text)))
	if i := bytes.IndexByte(text, 0); i >= 0 {
		text = text[:i]
	}
	return &statusError{int(status), what, string(bytes.TrimSpace(text))}
}

// descriptor is an object of cuDNN's, to be freed.
type descriptor = unsafe.Pointer

// A making collects the descriptors of one graph; the first error sticks.
type making struct {
	*library
	made []descriptor
	err  error
}

func (m *making) free() {
	for i := len(m.made) - 1; i >= 0; i-- {
		C.cd_free(m.f, m.made[i])
	}
	m.made = nil
}

func (m *making) new(kind C.int) descriptor {
	if m.err != nil {
		return nil
	}
	var d descriptor
	if m.err = m.check(C.cd_new(m.f, kind, &d), fmt.Sprintf("make descriptor %d", kind)); m.err != nil {
		return nil
	}
	m.made = append(m.made, d)
	return d
}

func (m *making) finish(d descriptor, what string) descriptor {
	if m.err == nil {
		m.err = m.check(C.cd_finalize(m.f, d), what)
	}
	return d
}

func (m *making) set(d descriptor, attribute, kind C.int, n int, p unsafe.Pointer) {
	if m.err == nil {
		m.err = m.check(C.cd_set(m.f, d, attribute, kind, C.int64_t(n), p), fmt.Sprintf("set attribute %d", attribute))
	}
}

func (m *making) setInt(d descriptor, attribute, kind C.int, x int32) {
	m.set(d, attribute, kind, 1, unsafe.Pointer(&x))
}

func (m *making) setInt64(d descriptor, attribute C.int, x ...int64) {
	x = slices.Clone(x) // out of memory that holds pointers of Go's
	m.set(d, attribute, C.cd_TYPE_INT64, len(x), unsafe.Pointer(&x[0]))
}

func (m *making) setTrue(d descriptor, attribute C.int) {
	yes := true
	m.set(d, attribute, C.cd_TYPE_BOOLEAN, 1, unsafe.Pointer(&yes))
}

func (m *making) setDescriptors(d descriptor, attribute C.int, x ...descriptor) {
	for _, p := range x {
		if p == nil && m.err == nil {
			m.err = errors.New("cuDNN: a descriptor is missing")
		}
	}
	if m.err == nil {
		m.set(d, attribute, C.cd_TYPE_BACKEND_DESCRIPTOR, len(x), unsafe.Pointer(&x[0]))
	}
}
