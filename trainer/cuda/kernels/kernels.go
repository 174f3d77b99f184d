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
	"embed"
	"fmt"
	"io"
	"path"
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

var modules = sync.OnceValue(func() []Module {
	ms, err := load()
	if err != nil {
		panic(err) // the files are part of the program
	}
	return ms
})

// Modules returns all modules, ordered by name and architecture. They are shared:
// do not change them.
func Modules() []Module { return modules() }

// For returns the modules for a device of a compute capability, one for each
// source: that for the very capability if there is one, else that for sm_80. The
// kernels need 8.0, for bf16.
func For(major, minor int) ([]Module, error) { return choose(Modules(), major, minor) }

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

func load() ([]Module, error) {
	entries, err := files.ReadDir("ptx")
	if err != nil {
		return nil, err
	}
	var ms []Module
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), suffix) {
			continue
		}
		packed, err := files.ReadFile(path.Join("ptx", e.Name()))
		if err != nil {
			return nil, err
		}
		m, err := parse(e.Name(), packed)
		if err != nil {
			return nil, fmt.Errorf("cuda: %s: %w", e.Name(), err)
		}
		ms = append(ms, m)
	}
	return ms, nil
}

const suffix = ".ptx.gz"

var header = regexp.MustCompile(`^// source sha256 ([0-9a-f]{64})\n// compiled by (.+)\n`)

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
		return Module{}, fmt.Errorf("the text does not begin with the hash of its source")
	}
	m := Module{Name: name, Arch: arch, PTX: text, Source: string(head[1]), Compiler: string(head[2])}
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
