// Package kernels holds the kernels of the policy as PTX, which a driver compiles
// for its device. The sources are the .cu files of this folder; building needs no
// CUDA compiler.
//
// After a change of a .cu or .cuh file,
//
//	go generate ./trainer/cuda/kernels
//
// compiles what is out of date. It needs nvcc 11.8 and clang-14, which
// scripts/cuda-setup --toolkit installs. A test holds the PTX to the sources.
package kernels

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"strings"
	"sync"
)

//go:generate go test -count=1 -timeout=60m -v -run=^TestGenerate$ -generate .

// A Module is what one .cu file compiles to for one architecture.
type Module struct {
	Name     string   // of the source, without .cu
	Arch     string   // "sm_80": for compute capability 8.0 and later; "sm_90a": for 9.0 alone
	PTX      []byte   // text
	Kernels  []string // in the order of PTX
	Compiler string   // "nvcc 11.8.89 -O3 ..."
	Source   string   // SHA-256 of the source and of what it includes, in hexadecimal
}

//go:embed ptx
var files embed.FS

var modules = sync.OnceValues(func() ([]Module, error) {
	folder, err := fs.Sub(files, "ptx")
	if err != nil {
		return nil, err
	}
	return load(folder)
})

// Modules returns all modules, ordered by name and architecture. They are shared:
// do not change them.
//
// Errors: files that are damaged, or were edited behind the generator's back, by name.
func Modules() ([]Module, error) { return modules() }

// For returns the modules for a device of a compute capability, one for each
// source: that for the very capability if there is one, else that for sm_80. The
// kernels need 8.0, for bf16.
func For(major, minor int) ([]Module, error) {
	all, err := Modules()
	if err != nil {
		return nil, err
	}
	return choose(all, major, minor)
}

func choose(all []Module, major, minor int) ([]Module, error) {
	if major < 8 {
		return nil, fmt.Errorf("cuda: the device has compute capability %d.%d; the kernels need 8.0 (Ampere) or later", major, minor)
	}
	exact := fmt.Sprintf("sm_%d%da", major, minor)
	at := map[string]int{}
	var out []Module
	for _, m := range all {
		if m.Arch != "sm_80" && m.Arch != exact {
			continue
		}
		i, ok := at[m.Name]
		if !ok {
			at[m.Name] = len(out)
			out = append(out, m)
		} else if m.Arch == exact {
			out[i] = m
		}
	}
	return out, nil
}

// load reads all modules of a folder. Its error names every file that is damaged.
func load(folder fs.FS) (ms []Module, err error) {
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return nil, err
	}
	var damaged []error
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), suffix) {
			continue
		}
		packed, err := fs.ReadFile(folder, e.Name())
		if err != nil {
			return nil, err
		}
		m, err := parse(e.Name(), packed)
		if err != nil {
			damaged = append(damaged, fmt.Errorf("cuda: ptx/%s is damaged: %w; run go generate ./trainer/cuda/kernels", e.Name(), err))
			continue
		}
		ms = append(ms, m)
	}
	if damaged != nil {
		return nil, errors.Join(damaged...)
	}
	return ms, nil
}

const suffix = ".ptx.gz"

// header is what the generator writes above PTX. The first line is the hash of all
// that follows it: PTX of one compilation, with the record of that compilation.
var header = regexp.MustCompile(`^// sha256 ([0-9a-f]{64})\n// source sha256 ([0-9a-f]{64})\n// compiled by (.+)\n`)

// sealed returns text, which begins with the record of its source, under its hash.
func sealed(text []byte) []byte {
	return fmt.Appendf(nil, "// sha256 %x\n%s", sha256.Sum256(text), text)
}

// entry begins the line of a kernel in PTX, with its name.
var entry = []byte("\n.visible .entry ")

// parse takes a file of the folder ptx apart: NAME.ARCH.ptx.gz.
func parse(file string, packed []byte) (Module, error) {
	name, arch, _ := strings.Cut(strings.TrimSuffix(file, suffix), ".")
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return Module{}, err
	}
	text, err := io.ReadAll(z)
	if err != nil {
		return Module{}, err
	}
	head := header.FindSubmatch(text)
	if head == nil {
		return Module{}, errors.New("the text does not begin with its hash and that of its source")
	}
	if _, rest, _ := bytes.Cut(text, []byte("\n")); !bytes.Equal(sealed(rest), text) {
		return Module{}, errors.New("the text is not what was compiled")
	}
	m := Module{Name: name, Arch: arch, PTX: text, Source: string(head[2]), Compiler: string(head[3])}
	for rest := text; ; {
		_, after, ok := bytes.Cut(rest, entry)
		if !ok {
			return m, nil
		}
		kernel, _, _ := bytes.Cut(after, []byte("("))
		m.Kernels = append(m.Kernels, string(kernel))
		rest = after
	}
}
