package shim

import (
	"fmt"
	"os"
	"path/filepath"
)

// BuildDriver makes dir/libcuda.so.1, a library with the names and the binary
// interface of NVIDIA's driver whose device is this CPU, of the kernels and of
// files besides (.cu). Programs built with CUDA's headers run on it unchanged:
//
//	LD_LIBRARY_PATH=dir program
//
// It knows what gorgonia.org/cu and package cuda call; other functions return
// CUDA_ERROR_NOT_SUPPORTED. With GOLONGRL_FAKE_CUDA=none in the environment it has
// no device; GOLONGRL_FAKE_CUDA_MEMORY is the bytes of its memory, and
// GOLONGRL_FAKE_CUDA_FAULT the number of the launch, from 1, that fails as if the
// kernel had left its memory. ErrNoCompiler means that there is no g++.
func BuildDriver(dir string, files ...string) error { return buildDriver(dir, Options{Files: files}) }

func buildDriver(dir string, o Options) error {
	b, err := newBuild(Options{Fast: true})
	if err != nil {
		return err
	}
	units, headers, err := b.units(o, "driver")
	if err != nil {
		return err
	}
	library, err := b.link(units, headers, "libcuda.so.1", "-shared", "-Wl,-soname,libcuda.so.1", "-Wl,-Bsymbolic", "-Wl,-z,defs")
	if err != nil {
		return err
	}
	text, err := os.ReadFile(library)
	if err != nil {
		return fmt.Errorf("shim: %w", err)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("shim: %w", err)
	}
	// Programs may run on the one that is there.
	to := filepath.Join(dir, "libcuda.so.1")
	if err := os.WriteFile(to+".new", text, 0o777); err != nil {
		return fmt.Errorf("shim: %w", err)
	}
	if err := os.Rename(to+".new", to); err != nil {
		return fmt.Errorf("shim: %w", err)
	}
	return nil
}
