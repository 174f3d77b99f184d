package kernels

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

var generate = flag.Bool("generate", false, "compile the kernels whose PTX is out of date")

// target is how a source is compiled for an architecture. The required one is
// sm_80, which every later device takes.
type target struct {
	arch, release string
	flags         []string
}

var sm80 = target{"sm_80", "11.8", []string{"-O3", "-std=c++17", "-arch=compute_80", "-ccbin", "clang-14"}}

// sources returns the names of the .cu files without their ending.
func sources(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("*.cu")
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range names {
		names[i] = strings.TrimSuffix(n, ".cu")
	}
	slices.Sort(names)
	return names
}

var include = regexp.MustCompile(`(?m)^[ \t]*#[ \t]*include[ \t]*"([^"]+)"`)

// hash returns the SHA-256 over a source and all files of fsys that it includes,
// directly or not, in the order of their names. What is not in fsys belongs to a
// compiler.
func hash(fsys fs.FS, name string) (string, error) {
	texts := map[string][]byte{}
	var visit func(string) error
	visit = func(name string) error {
		if _, ok := texts[name]; ok {
			return nil
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		texts[name] = text
		for _, m := range include.FindAllSubmatch(text, -1) {
			if err := visit(string(m[1])); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
		return nil
	}
	if err := visit(name); err != nil {
		return "", err
	}
	names := make([]string, 0, len(texts))
	for n := range texts {
		names = append(names, n)
	}
	slices.Sort(names)
	h := sha256.New()
	for _, n := range names {
		fmt.Fprintf(h, "%s %d\n%s", n, len(texts[n]), texts[n])
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// TestGenerate is go generate: it compiles what is out of date, and removes what
// has no source any more.
func TestGenerate(t *testing.T) {
	if !*generate {
		t.Skip("without -generate")
	}
	compiler := nvcc(t, sm80)
	said := strings.Join(append([]string{compiler}, sm80.flags...), " ")
	names := sources(t)
	old, err := filepath.Glob("ptx/*" + suffix)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range old {
		if name, _, _ := strings.Cut(filepath.Base(f), "."); !slices.Contains(names, name) {
			t.Logf("%s has no source: removed", f)
			if err := os.Remove(f); err != nil {
				t.Error(err)
			}
		}
	}
	var all sync.WaitGroup
	turn := make(chan struct{}, 2)
	for _, name := range names {
		sum, err := hash(os.DirFS("."), name+".cu")
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("ptx", name+"."+sm80.arch+suffix)
		if packed, err := os.ReadFile(file); err == nil {
			if m, err := parse(filepath.Base(file), packed); err == nil && m.Source == sum && m.Compiler == said {
				continue
			}
		}
		all.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			text, err := compile(name, sm80)
			if err == nil {
				err = write(file, sealed(fmt.Appendf(nil, "// source sha256 %s\n// compiled by %s\n%s", sum, said, text)))
			}
			if err != nil {
				t.Errorf("%s: %v", name, err)
				return
			}
			t.Logf("%s: %d bytes of PTX", name, len(text))
		})
	}
	all.Wait()
}

// nvcc returns the name and version of the compiler, "nvcc 11.8.89".
func nvcc(t *testing.T, to target) string {
	t.Helper()
	out, err := exec.Command("nvcc", "--version").Output()
	version := regexp.MustCompile(`V(\d+\.\d+\.\d+)`).FindSubmatch(out)
	if err != nil || version == nil || !strings.HasPrefix(string(version[1]), to.release+".") {
		t.Fatalf("nvcc %s is wanted (found: %q, %v); scripts/cuda-setup --toolkit installs it", to.release, version, err)
	}
	if _, err := exec.LookPath("clang-14"); err != nil {
		t.Fatalf("nvcc %s takes no newer host compiler than clang 14: %v; scripts/cuda-setup --toolkit installs it", to.release, err)
	}
	return "nvcc " + string(version[1])
}

// compile returns the PTX of a source, the same in any folder.
func compile(name string, to target) ([]byte, error) {
	dir, err := os.MkdirTemp("", "ptx")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "out.ptx")
	cmd := exec.Command("nvcc", append(slices.Clone(to.flags), "-I.", "-ptx", name+".cu", "-o", out)...)
	if said, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, said)
	}
	text, err := os.ReadFile(out)
	return settled(text), err
}

var mark = regexp.MustCompile(`_(?:INTERNAL|GLOBAL__N)__?([0-9a-f]{8})_`)

// settled replaces the number by which the compiler marks names that are private to
// a source: it differs with the folder, and has no meaning.
func settled(text []byte) []byte {
	if m := mark.FindSubmatch(text); m != nil {
		return bytes.ReplaceAll(text, bytes.Clone(m[1]), []byte("00000000"))
	}
	return text
}

// write replaces a file in one step.
func write(file string, text []byte) error {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(text); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	if err := os.WriteFile(file+".new", b.Bytes(), 0o666); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}
