package shim

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// ErrNoCompiler is what Build returns where there is no g++.
var ErrNoCompiler = errors.New("shim: no g++: install it to run the kernels on the CPU")

// A build is a compiler, its flags and the folders of sources.
type build struct {
	compiler string
	version  string
	flags    []string
	sanitize []string // flags of what touches memory of kernels
	root     string   // of the module
	cache    string
}

func newBuild(o Options) (*build, error) {
	cxx := os.Getenv("CXX")
	if cxx == "" {
		cxx = "g++"
	}
	path, err := exec.LookPath(cxx)
	if err != nil {
		return nil, ErrNoCompiler
	}
	version, err := exec.Command(path, "--version").Output()
	if err != nil {
		return nil, fmt.Errorf("shim: %s --version: %w", path, err)
	}
	b := &build{compiler: path, version: string(version)}
	b.flags = []string{"-std=c++17", "-g1", "-fno-exceptions", "-fno-rtti", "-ffp-contract=off", "-O2"}
	if !o.Fast {
		b.flags[len(b.flags)-1] = "-O1"
		b.flags = append(b.flags, "-DSHIM_ASAN")
		b.sanitize = []string{"-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer"}
	}
	if b.root, err = moduleRoot(); err != nil {
		return nil, err
	}
	b.cache = os.Getenv("GOLONGRL_SHIM_CACHE")
	if b.cache == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			return nil, fmt.Errorf("shim: no cache folder: %w; set GOLONGRL_SHIM_CACHE", err)
		}
		b.cache = filepath.Join(dir, "golongrl", "shim")
	}
	if err := os.MkdirAll(b.cache, 0o777); err != nil {
		return nil, fmt.Errorf("shim: %w", err)
	}
	return b, nil
}

// moduleRoot returns the folder of this module's go.mod, which the working folder
// of a test is inside of.
func moduleRoot() (string, error) {
	wd, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("shim: %w", err)
	}
	for dir := wd; ; dir = filepath.Dir(dir) {
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && bytes.Contains(text, []byte("module github.com/golongrl/golongrl\n")) {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("shim: %s is not inside of the golongrl module, where the kernels' sources are", wd)
		}
	}
}

func (b *build) sources() string {
	return filepath.Join(b.root, "trainer", "cuda", "internal", "shim", "src")
}
func (b *build) kernels() string { return filepath.Join(b.root, "trainer", "cuda", "kernels") }

// A unit is a file to compile.
type unit struct {
	name   string // without folder
	path   string
	kernel bool // a .cu file
	text   []byte
	object string
	err    error // of the compiler
}

// program compiles what is not in the cache and returns the executable of the
// server, and of .cu files that do not compile the compiler's words.
func (b *build) program(o Options) (path string, broken []string, err error) {
	units, headers, err := b.units(o)
	if err != nil {
		return "", nil, err
	}
	b.compile(units, headers)
	sum := sha256.New()
	fmt.Fprintln(sum, b.flags, b.sanitize, b.version)
	var objects []string
	for _, u := range units {
		switch {
		case u.err != nil && !u.kernel:
			return "", nil, u.err
		case u.err != nil:
			broken = append(broken, u.err.Error())
		default:
			fmt.Fprintln(sum, u.object)
			objects = append(objects, u.object)
		}
	}
	path = filepath.Join(b.cache, fmt.Sprintf("server-%x", sum.Sum(nil)[:12]))
	err = b.make(path, func(to string) []string {
		return slices.Concat(b.flags, b.sanitize, objects, []string{"-ldl", "-o", to})
	})
	return path, broken, err
}

// units lists what to compile, and the text of all headers.
func (b *build) units(o Options) (units []*unit, headers []byte, err error) {
	patterns := []string{
		filepath.Join(b.sources(), "*.h"), filepath.Join(b.kernels(), "*.cuh"),
		filepath.Join(b.sources(), "*.cc"),
	}
	extra := o.only
	if extra == nil {
		patterns = append(patterns, filepath.Join(b.kernels(), "*.cu"))
		extra = o.Files
	}
	var files []string
	for _, pattern := range patterns {
		names, err := filepath.Glob(pattern)
		if err != nil {
			return nil, nil, fmt.Errorf("shim: %w", err)
		}
		files = append(files, names...)
	}
	for _, f := range extra {
		path, err := filepath.Abs(f)
		if err != nil {
			return nil, nil, fmt.Errorf("shim: %w", err)
		}
		files = append(files, path)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return nil, nil, fmt.Errorf("shim: %w", err)
		}
		switch filepath.Ext(f) {
		case ".h", ".cuh":
			headers = append(append(headers, f...), text...)
		default:
			units = append(units, &unit{name: filepath.Base(f), path: f, kernel: filepath.Ext(f) == ".cu", text: text})
		}
	}
	return units, headers, nil
}

// compile makes the objects, two at a time.
func (b *build) compile(units []*unit, headers []byte) {
	var wait sync.WaitGroup
	slots := make(chan struct{}, 2)
	for _, u := range units {
		sum := sha256.New()
		fmt.Fprintln(sum, b.options(u), b.version, u.path, len(headers))
		sum.Write(headers)
		sum.Write(u.text)
		u.object = filepath.Join(b.cache, fmt.Sprintf("%s-%x.o", strings.TrimSuffix(u.name, filepath.Ext(u.name)), sum.Sum(nil)[:12]))
		wait.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			u.err = b.object(u)
		})
	}
	wait.Wait()
}

// options returns the flags for u. The scheduler is not sanitized: it touches no
// memory of kernels and would be slow.
func (b *build) options(u *unit) []string {
	if u.name == "fibers.cc" {
		return slices.Concat(b.flags, []string{"-O2"})
	}
	return slices.Concat(b.flags, b.sanitize)
}

// object compiles u. A .cu file becomes a file of its own with the extension
// .kernels.cc, by which memory.cc knows it.
func (b *build) object(u *unit) error {
	source := u.path
	if u.kernel && !exists(u.object) {
		dir, err := os.MkdirTemp(b.cache, "cu-*")
		if err != nil {
			return fmt.Errorf("shim: %w", err)
		}
		defer os.RemoveAll(dir)
		source = filepath.Join(dir, u.name+".kernels.cc")
		text := fmt.Sprintf("#include \"shim.h\"\nnamespace {\n#include \"device.cuh\"\n#include %q\n}\n", u.path)
		if err := os.WriteFile(source, []byte(text), 0o666); err != nil {
			return fmt.Errorf("shim: %w", err)
		}
	}
	return b.make(u.object, func(to string) []string {
		return slices.Concat(b.options(u), []string{"-I", b.sources(), "-I", b.kernels(), "-c", source, "-o", to})
	})
}

// make runs the compiler unless path exists. Who builds the same at the same time
// writes the same, so the last rename wins.
func (b *build) make(path string, args func(to string) []string) error {
	if exists(path) {
		return nil
	}
	f, err := os.CreateTemp(b.cache, "new-*")
	if err != nil {
		return fmt.Errorf("shim: %w", err)
	}
	f.Close()
	defer os.Remove(f.Name())
	out, err := exec.Command(b.compiler, args(f.Name())...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("shim: g++: %w\n%s", err, first(string(out), 30))
	}
	if err := os.Chmod(f.Name(), 0o777); err != nil {
		return fmt.Errorf("shim: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("shim: %w", err)
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// first returns at most n lines of s.
func first(s string, n int) string {
	lines := strings.SplitAfterN(s, "\n", n+1)
	if len(lines) > n {
		lines[n] = "...\n"
	}
	return strings.Join(lines, "")
}
