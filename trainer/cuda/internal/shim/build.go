package shim

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// ErrNoCompiler is what Open and BuildDriver return where there is no g++ (the
// environment's CXX names another compiler), or the system is another than Linux on amd64 or arm64.
var ErrNoCompiler = errors.New("shim: kernels run on the CPU on Linux, amd64 or arm64, with g++, which is missing here")

// A build is a compiler, its flags and the folders of sources.
type build struct {
	compiler []string // program and arguments
	version  string
	flags    []string
	sanitize []string // flags of what touches memory of kernels
	root     string   // of the module
	cache    string
}

func newBuild(o Options) (*build, error) {
	cxx := strings.Fields(os.Getenv("CXX")) // "ccache g++"
	if len(cxx) == 0 {
		cxx = []string{"g++"}
	}
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		return nil, ErrNoCompiler
	}
	if _, err := exec.LookPath(cxx[0]); err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrNoCompiler, err)
	}
	version, err := exec.Command(cxx[0], slices.Concat(cxx[1:], []string{"--version"})...).Output()
	if err != nil {
		return nil, fmt.Errorf("shim: %s --version: %w", strings.Join(cxx, " "), err)
	}
	b := &build{compiler: cxx, version: fmt.Sprint(cxx, string(version))}
	// -Og compiles in half the time of -O2, and what comes out runs about as fast.
	// Kernels read floats as other types.
	b.flags = []string{"-std=c++17", "-g1", "-fno-exceptions", "-fno-rtti", "-ffp-contract=off", "-fno-strict-aliasing", "-Og"}
	switch {
	case o.Races:
		b.flags = append(b.flags, "-DSHIM_RACES")
		b.sanitize = []string{"-fsanitize=thread"}
	case o.Fast: // objects serve the driver, too
		b.flags = append(b.flags, "-fPIC", "-fvisibility=hidden")
	default:
		b.flags = append(b.flags, "-DSHIM_ASAN")
		b.sanitize = []string{"-fsanitize=address,alignment,bounds,shift,signed-integer-overflow,integer-divide-by-zero,float-cast-overflow", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer"}
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
	b.prune()
	if o.Races {
		if err := b.tryRaces(); err != nil {
			return nil, err
		}
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
}

// program compiles what is not in the cache and returns the executable of the
// server.
func (b *build) program(o Options) (string, error) {
	units, headers, err := b.units(o, "server")
	if err != nil {
		return "", err
	}
	return b.link(units, headers, "server")
}

// named returns a path in the cache that depends on the compiler, its flags and
// parts.
func (b *build) named(name string, parts ...string) string {
	sum := sha256.New()
	fmt.Fprintln(sum, b.flags, b.sanitize, b.version, parts)
	return filepath.Join(b.cache, fmt.Sprintf("%s-%x", name, sum.Sum(nil)[:12]))
}

// link compiles units and links them, with the options given besides.
func (b *build) link(units []*unit, headers []byte, name string, options ...string) (string, error) {
	if err := b.compile(units, headers); err != nil {
		return "", err
	}
	var objects []string
	for _, u := range units {
		objects = append(objects, u.object)
	}
	path := b.named(name, slices.Concat(options, objects)...)
	return path, b.make(path, func(to string) []string {
		return slices.Concat(b.flags, b.sanitize, options, objects, []string{"-ldl", "-o", to})
	})
}

// units lists what to compile: the core, a part, which is a folder of its own, and
// kernels; and the text of all headers.
func (b *build) units(o Options, part string) (units []*unit, headers []byte, err error) {
	patterns := []string{
		filepath.Join(b.sources(), "*.h"), filepath.Join(b.sources(), part, "*.h"), filepath.Join(b.kernels(), "*.cuh"),
		filepath.Join(b.sources(), "*.cc"), filepath.Join(b.sources(), part, "*.cc"),
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
func (b *build) compile(units []*unit, headers []byte) error {
	var wait sync.WaitGroup
	errs := make([]error, len(units))
	slots := make(chan struct{}, 2)
	for i, u := range units {
		sum := sha256.New()
		fmt.Fprintln(sum, b.options(u), b.version, u.path, len(headers))
		sum.Write(headers)
		sum.Write(u.text)
		u.object = filepath.Join(b.cache, fmt.Sprintf("%s-%x.o", strings.TrimSuffix(u.name, filepath.Ext(u.name)), sum.Sum(nil)[:12]))
		wait.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			errs[i] = b.object(u)
		})
	}
	wait.Wait()
	return errors.Join(errs...)
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

// make runs the compiler unless path exists. Processes that build the same wait for
// each other; who gives up waiting builds too, writes the same, and the last rename
// wins.
func (b *build) make(path string, args func(to string) []string) error {
	defer b.lock(path)()
	if exists(path) {
		now := time.Now()
		_ = os.Chtimes(path, now, now) // for prune
		return nil
	}
	f, err := os.CreateTemp(b.cache, "new-*")
	if err != nil {
		return fmt.Errorf("shim: %w", err)
	}
	f.Close()
	defer os.Remove(f.Name())
	out, err := exec.Command(b.compiler[0], slices.Concat(b.compiler[1:], args(f.Name()))...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("shim: %s: %w\n%s", b.compiler[0], err, first(string(out), 30))
	}
	if err := os.Chmod(f.Name(), 0o777); err != nil {
		return fmt.Errorf("shim: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("shim: %w", err)
	}
	return nil
}

// lock waits until path exists or nobody else makes it. A lock older than two
// minutes is of a process that died.
func (b *build) lock(path string) (unlock func()) {
	name := path + ".lock"
	for !exists(path) {
		f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL, 0o666)
		if err == nil {
			f.Close()
			return func() { os.Remove(name) }
		}
		if !os.IsExist(err) {
			break // make says why the folder cannot be written
		}
		if info, err := os.Stat(name); err == nil && time.Since(info.ModTime()) > 2*time.Minute {
			os.Remove(name)
		}
		time.Sleep(20 * time.Millisecond)
	}
	return func() {}
}

// prune removes what no build has used for a week.
func (b *build) prune() {
	entries, _ := os.ReadDir(b.cache)
	for _, e := range entries {
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > 7*24*time.Hour {
			os.RemoveAll(filepath.Join(b.cache, e.Name()))
		}
	}
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
