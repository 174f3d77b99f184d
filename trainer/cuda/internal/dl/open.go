//go:build cuda && cgo

package dl

/*
#cgo linux LDFLAGS: -ldl
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

// The text of dlerror belongs to the thread, so that it is fetched in the same call.
static void *dl_open(const char *path, char **error) {
	void *p = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
	*error = 0;
	if (!p) {
		const char *text = dlerror();
		*error = strdup(text ? text : "dlopen failed");
	}
	return p;
}

static const char *dl_file(void *symbol) {
	Dl_info info;
	return dladdr(symbol, &info) ? info.dli_fname : 0;
}
*/
import "C"

import (
	"errors"
	"fmt"
	"unsafe"
)

// A Library is an open shared library.
type Library struct {
	handle unsafe.Pointer
	Path   string // where it was found
}

// Open opens a library for all that is opened later: cuDNN finds cuBLASLt and NVRTC
// so. It binds all symbols at once, so that a library that lacks one of another is
// refused here and not when it is called.
func Open(path string) (*Library, error) {
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	var text *C.char
	h := C.dl_open(name, &text)
	if h == nil {
		defer C.free(unsafe.Pointer(text))
		return nil, errors.New(C.GoString(text))
	}
	return &Library{h, path}, nil
}

// Symbols returns the addresses of functions. The first also tells where the loader
// found the library.
func (l *Library) Symbols(names ...string) ([]unsafe.Pointer, error) {
	out := make([]unsafe.Pointer, len(names))
	for i, name := range names {
		s := C.CString(name)
		out[i] = C.dlsym(l.handle, s)
		C.free(unsafe.Pointer(s))
		if out[i] == nil {
			return nil, fmt.Errorf("%s has no function %s", l.Path, name)
		}
	}
	if len(out) > 0 {
		if file := C.dl_file(out[0]); file != nil {
			l.Path = C.GoString(file)
		}
	}
	return out, nil
}

// Close closes the library.
func (l *Library) Close() { C.dlclose(l.handle) }
