package kernels

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

var (
	declared = regexp.MustCompile(`\bKERNEL\(\s*([\w#]+)\s*,`)
	macro    = regexp.MustCompile(`(?m)^#define (\w+)\(([^)]*)\)((?:.*\\\n)+.*)`)
	use      = regexp.MustCompile(`(?m)^(\w+)\(([^)]*)\)`)
)

// kernelsOf returns the names of the kernels that a source declares, also by macros
// that are used at the beginning of a line.
func kernelsOf(source string) (names []string) {
	plain := macro.ReplaceAllString(source, "")
	for _, d := range declared.FindAllStringSubmatch(plain, -1) {
		names = append(names, d[1])
	}
	for _, m := range macro.FindAllStringSubmatch(source, -1) {
		for _, u := range use.FindAllStringSubmatch(plain, -1) {
			if u[1] != m[1] {
				continue
			}
			values := strings.Split(u[2], ",")
			for _, d := range declared.FindAllStringSubmatch(m[3], -1) {
				parts := strings.Split(d[1], "##")
				for i, param := range strings.Split(m[2], ",") {
					for j := range parts {
						if parts[j] == strings.TrimSpace(param) {
							parts[j] = strings.TrimSpace(values[i])
						}
					}
				}
				names = append(names, strings.Join(parts, ""))
			}
		}
	}
	return names
}

func all(t *testing.T) []Module {
	t.Helper()
	ms, err := Modules()
	if err != nil {
		t.Fatal(err)
	}
	return ms
}

// The PTX is that of the sources, kernel by kernel.
func TestPTXIsOfTheSources(t *testing.T) {
	where := map[string]string{} // kernel to module
	found := map[string]bool{}
	for _, m := range all(t) {
		found[m.Name+" "+m.Arch] = true
		source, err := os.ReadFile(m.Name + ".cu")
		if err != nil {
			t.Errorf("ptx/%s.%s.ptx.gz has no source; run go generate ./trainer/cuda/kernels", m.Name, m.Arch)
			continue
		}
		sum, err := hash(os.DirFS("."), m.Name+".cu")
		if err != nil {
			t.Fatal(err)
		}
		if sum != m.Source {
			t.Errorf("%s.cu or what it includes has changed since its PTX was made; run go generate ./trainer/cuda/kernels", m.Name)
			continue
		}
		want := kernelsOf(string(source))
		got := slices.Clone(m.Kernels)
		slices.Sort(got)
		slices.Sort(want)
		if len(want) == 0 || !slices.Equal(got, want) {
			t.Errorf("%s: kernels %v in PTX, %v in the source", m.Name, got, want)
		}
		if m.Arch != "sm_80" {
			continue
		}
		for _, k := range m.Kernels {
			if other, ok := where[k]; ok {
				t.Errorf("kernel %s is in %s and %s", k, other, m.Name)
			}
			where[k] = m.Name
		}
	}
	for _, name := range sources(t) {
		if !found[name+" sm_80"] {
			t.Errorf("%s.cu has no PTX; run go generate ./trainer/cuda/kernels", name)
		}
	}
}

// What the launches of package gpu rely on: the instruction set of CUDA 11.8, no
// parameter that is not 8 bytes wide, no more static shared memory than a block
// has without opting in. And nothing of the machine that compiled.
func TestPTX(t *testing.T) {
	for _, m := range all(t) {
		text := string(m.PTX)
		for _, problem := range problems(text, m.Arch) {
			t.Errorf("%s: %s", m.Name, problem)
		}
		if !strings.HasPrefix(m.Compiler, "nvcc 11.8.") {
			t.Errorf("%s: compiled by %s", m.Name, m.Compiler)
		}
	}
}

var (
	parameter = regexp.MustCompile(`(?m)^\s*\.param (.+?) \w+(?:\[\d+\])?,?$`)
	shared    = regexp.MustCompile(`^\s*(?:\.visible |\.weak )?\.shared \.align \d+ \.\w+ ([\w$]+)(?:\[(\d+)\])?;$`)
)

func problems(text, arch string) (out []string) {
	for _, want := range []string{"\n.version 7.8\n", "\n.target " + arch + "\n", "\n.address_size 64\n"} {
		if !strings.Contains(text, want) {
			out = append(out, "lacks "+strings.TrimSpace(want))
		}
	}
	statics := map[string]int{}
	for l := range strings.Lines(text) {
		l = strings.TrimSuffix(l, "\n")
		if s := strings.Index(l, "/"); s >= 0 {
			for _, dir := range []string{"/home/", "/root/", "/tmp/", "/usr/", "/var/"} {
				if strings.Contains(l[s:], dir) {
					out = append(out, "names a path: "+l)
				}
			}
		}
		if !strings.Contains(l, ".shared .align") {
			continue
		}
		if s := shared.FindStringSubmatch(l); s != nil {
			n, err := strconv.Atoi(s[2])
			if err != nil {
				n = 8 // no array
			}
			statics[s[1]] = n
		}
	}
	for i, rest := range strings.Split(text, string(entry)) {
		if i == 0 {
			continue
		}
		name, rest, _ := strings.Cut(rest, "(")
		params, rest, _ := strings.Cut(rest, ")")
		if params = strings.TrimSpace(params); params != "" {
			ps := parameter.FindAllStringSubmatch(params, -1)
			if len(ps) != strings.Count(params, ",")+1 {
				out = append(out, name+": the parameters cannot be read")
			}
			for j, p := range ps {
				if kind := p[1]; kind != ".u64" && kind != ".s64" && kind != ".b64" && kind != ".f64" {
					out = append(out, name+": parameter "+strconv.Itoa(j)+" is "+kind+", not 8 bytes wide")
				}
			}
		}
		body, _, ok := strings.Cut(rest, "\n}")
		if !ok {
			out = append(out, name+": no end")
		}
		bytes := 0
		for s, n := range statics {
			if strings.Contains(body, s) {
				bytes += n
			}
		}
		if bytes > 48<<10 {
			out = append(out, name+": "+strconv.Itoa(bytes)+" bytes of static shared memory")
		}
	}
	return out
}

// The checks above notice.
func TestPTXChecksCanFail(t *testing.T) {
	const good = "\n.version 7.8\n.target sm_80\n.address_size 64\n.extern .shared .align 16 .b8 more[];\n" +
		".visible .entry k(\n\t.param .u64 k_param_0,\n\t.param .f64 k_param_1\n)\n.maxntid 256, 1, 1\n{\n" +
		"\t.shared .align 4 .b8 _a[40000];\n\tmov.u32 %r1, _a;\n}\n"
	if p := problems(good, "sm_80"); p != nil {
		t.Fatal(p)
	}
	for _, change := range [][2]string{
		{"7.8", "8.0"}, {"sm_80", "sm_90"}, {".u64 k", ".u32 k"}, {".f64 k_param_1", ".align 8 .b8 k_param_1[24]"}, {"40000", "50000"},
		{"mov.u32", "// /tmp/x.cu\n"}, {"\n}\n", "\n"},
	} {
		if problems(strings.Replace(good, change[0], change[1], 1), "sm_80") == nil {
			t.Errorf("%s instead of %s: no problem", change[1], change[0])
		}
	}
}

func TestHash(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	fsys := fstest.MapFS{
		"a.cu":  file("#include \"b.cuh\"\n#include <math.h>\n"),
		"b.cuh": file("#pragma once\n  # include \"c.cuh\"\n#include \"elsewhere.h\"\n"),
		"c.cuh": file("#include \"b.cuh\"\nint x;\n"),
		"d.cuh": file("int y;\n"),
	}
	sum := func() string {
		t.Helper()
		s, err := hash(fsys, "a.cu")
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	first := sum()
	fsys["d.cuh"] = file("int z;\n")
	if sum() != first {
		t.Error("a file that is not included changes the hash")
	}
	fsys["c.cuh"] = file("#include \"b.cuh\"\nint z;\n")
	if sum() == first {
		t.Error("a header of a header does not change the hash")
	}
	if _, err := hash(fsys, "e.cu"); err == nil {
		t.Error("no source: no error")
	}
}

func TestFor(t *testing.T) {
	all := []Module{{Name: "a", Arch: "sm_80"}, {Name: "a", Arch: "sm_90a"}, {Name: "b", Arch: "sm_80"}}
	for _, c := range []struct {
		major, minor int
		want         string
	}{{8, 0, "sm_80 sm_80"}, {8, 9, "sm_80 sm_80"}, {9, 0, "sm_90a sm_80"}, {10, 0, "sm_80 sm_80"}, {12, 1, "sm_80 sm_80"}} {
		ms, err := choose(all, c.major, c.minor)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range ms {
			got = append(got, m.Arch)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%d.%d gets %v", c.major, c.minor, got)
		}
	}
	if _, err := For(7, 5); err == nil || !strings.Contains(err.Error(), "8.0") {
		t.Errorf("7.5: %v", err)
	}
}

// Files that are damaged, or edited by hand, are refused by name.
func TestDamaged(t *testing.T) {
	dir := t.TempDir()
	const good = "// source sha256 0000000000000000000000000000000000000000000000000000000000000000\n// compiled by nvcc\n" +
		"\n.visible .entry k(\n)\n{\n\tmul.f32 %f1, %f2, %f3;\n}\n"
	file := func(name, text string) []byte {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := write(name, []byte(text)); err != nil {
			t.Fatal(err)
		}
		packed, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return packed
	}
	text := string(sealed([]byte(good)))
	whole := file("whole.sm_80.ptx.gz", text)
	if ms, err := load(os.DirFS(dir)); err != nil || len(ms) != 1 || !slices.Equal(ms[0].Kernels, []string{"k"}) || ms[0].Compiler != "nvcc" {
		t.Fatalf("%v, %v", ms, err)
	}
	file("body.sm_80.ptx.gz", strings.Replace(text, "mul.f32", "add.f32", 1))
	file("source.sm_80.ptx.gz", strings.Replace(text, "source sha256 0", "source sha256 1", 1))
	file("unsealed.sm_80.ptx.gz", good)
	for name, packed := range map[string][]byte{"cut": whole[:len(whole)-9], "text": []byte("no gzip"), "empty": nil} {
		if err := os.WriteFile(filepath.Join(dir, name+".sm_80.ptx.gz"), packed, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	_, err := load(os.DirFS(dir))
	if err == nil {
		t.Fatal("no error")
	}
	said := err.Error()
	for _, name := range []string{"body", "source", "unsealed", "cut", "text", "empty"} {
		if !strings.Contains(said, "ptx/"+name+".sm_80.ptx.gz is damaged: ") {
			t.Errorf("nothing of %s in %s", name, said)
		}
	}
	if strings.Contains(said, "whole") {
		t.Error(said)
	}
}

// The folder has nothing but PTX and this package's note.
func TestFiles(t *testing.T) {
	found, err := filepath.Glob("ptx/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if name := filepath.Base(f); !strings.HasSuffix(name, suffix) && name != "README.md" {
			t.Errorf("%s does not belong here", f)
		}
	}
}
