package safetensors

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// stricter are the files that the reference reads and we refuse, with the reason.
var stricter = map[string]string{
	"space before":    "does not begin with {", // the format says that it must
	"tensor twice":    "twice",                 // the format forbids it
	"tensor as array": "not an object",         // an accident of its JSON library
	"F4":              `dtype "F4"`,            // elements of half a byte
}

// TestMalformed holds New to what the reference implementation refuses and reads.
func TestMalformed(t *testing.T) {
	f, err := os.Open(filepath.Join("testdata", "malformed.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	sc := bufio.NewScanner(z)
	sc.Buffer(nil, 1<<20)
	rows := 0
	for sc.Scan() {
		var row struct {
			Name, File, Error string
			Tensors           [][]any
		}
		if err := json.Unmarshal(sc.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		if row.Name == "" {
			continue // the header
		}
		rows++
		b, err := base64.StdEncoding.DecodeString(row.File)
		if err != nil {
			t.Fatal(err)
		}
		file, err := New(bytes.NewReader(b), int64(len(b)), "x.safetensors")
		if why, ok := stricter[row.Name]; ok {
			if row.Error != "" || err == nil || !strings.Contains(err.Error(), why) {
				t.Errorf("%s: %v, reference %s", row.Name, err, row.Error)
			}
			continue
		}
		if (err == nil) != (row.Error == "") {
			t.Errorf("%s: %v, reference: %s", row.Name, err, row.Error)
		}
		var bad *FormatError
		if err != nil {
			if !errors.As(err, &bad) || !strings.Contains(err.Error(), "x.safetensors") {
				t.Errorf("%s: %v", row.Name, err)
			}
			continue
		}
		got := [][]any{}
		for _, x := range file.Tensors() {
			shape := []any{}
			for _, s := range x.Shape {
				shape = append(shape, float64(s))
			}
			got = append(got, []any{x.Name, string(x.DType), shape})
		}
		slices.SortFunc(got, func(a, b []any) int { return strings.Compare(a[0].(string), b[0].(string)) })
		if !reflect.DeepEqual(got, row.Tensors) {
			t.Errorf("%s: %v, reference %v", row.Name, got, row.Tensors)
		}
	}
	if rows < 60 || sc.Err() != nil {
		t.Error(rows, "rows", sc.Err())
	}
}

// TestReasons looks at what people read.
func TestReasons(t *testing.T) {
	one := `"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}`
	for _, test := range []struct {
		header string
		data   int
		want   string
	}{
		{"{" + one + "}", 3, "the file is truncated: 3 bytes of tensors, and the header speaks of 4"},
		{"{" + one + "}", 5, "1 bytes lie behind the last tensor"},
		{`{"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]},` + one + "}", 6, `tensor "b" begins at byte 2, but what is before it ends at 4`},
		{`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, 4, `tensor "a": shape [2] of F32 is not what its 4 bytes hold`},
		{`{"a":{"dtype":"Q8","shape":[2],"data_offsets":[0,4]}}`, 4, `dtype "Q8" is not known`},
		{`{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`, 4, `shape has "-1" in it`},
	} {
		b := append(binary.LittleEndian.AppendUint64(nil, uint64(len(test.header))), test.header...)
		b = append(b, make([]byte, test.data)...)
		if _, err := New(bytes.NewReader(b), int64(len(b)), "x"); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v, want %s", err, test.want)
		}
	}
}

// TestHalf compares all 65536 numbers with their definition.
func TestHalf(t *testing.T) {
	for h := range 1 << 16 {
		got := fromHalf(uint16(h))
		exp, frac := h>>10&0x1f, float64(h&0x3ff)
		want := math.Ldexp(1+frac/1024, exp-15)
		switch {
		case exp == 0:
			want = math.Ldexp(frac/1024, -14)
		case exp == 31 && frac == 0:
			want = math.Inf(1)
		case exp == 31:
			if got == got || math.Float32bits(got)>>13&0x3ff != uint32(frac) || math.Float32bits(got)>>31 != uint32(h>>15) {
				t.Fatalf("%#x: %#x is not its NaN", h, math.Float32bits(got))
			}
			continue
		}
		if h >= 1<<15 {
			want = math.Copysign(want, -1)
		}
		if float64(got) != want || math.Signbit(float64(got)) != math.Signbit(want) {
			t.Fatalf("%#x: %v, want %v", h, got, want)
		}
	}
}

// TestBrain holds the rounding to PyTorch's and to its definition.
func TestBrain(t *testing.T) {
	var g struct {
		Versions map[string]string
		Pairs    [][2]uint32
	}
	b, err := os.ReadFile(filepath.Join("testdata", "bfloat16.json"))
	if err == nil {
		err = json.Unmarshal(b, &g)
	}
	if err != nil || len(g.Pairs) < 400 {
		t.Fatal(err, len(g.Pairs))
	}
	for _, p := range g.Pairs {
		if got := toBrain(math.Float32frombits(p[0])); uint32(got) != p[1] {
			t.Errorf("%#x: %#x, torch %#x", p[0], got, p[1])
		}
	}
	for h := range 1 << 16 {
		x := math.Float32frombits(uint32(h) << 16)
		switch got := toBrain(x); {
		case x != x && got != 0x7fc0, x == x && got != uint16(h):
			t.Fatalf("%#x became %#x", h, got)
		}
		if x != x || h&0x7fff >= 0x7f7f {
			continue
		}
		// Between this number and the next from zero: below the middle, in it, above.
		for d, want := range map[uint32]int{0x7fff: h, 0x8000: h + h&1, 0x8001: h + 1} {
			if got := toBrain(math.Float32frombits(uint32(h)<<16 | d)); int(got) != want {
				t.Fatalf("%#x + %#x: %#x, want %#x", h, d, got, want)
			}
		}
	}
}

// values fills tensor i with numbers that bfloat16 has.
func values(i int, dst []float32) error {
	for k := range dst {
		dst[k] = float32((i*31+k)%256) - 128
	}
	return nil
}

var specs = []Spec{{"w", []int{3, 100_001}}, {"scalar", nil}, {"none", []int{0, 5}}, {"<é\">", []int{7}}}

// wantValues reads all of specs.
func wantValues(t *testing.T, name string, read func(name string, dst []float32) error) {
	t.Helper()
	for i, s := range specs {
		got, want := make([]float32, s.len()), make([]float32, s.len())
		values(i, want)
		if err := read(s.Name, got); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: tensor %q differs, %v", name, s.Name, err)
		}
	}
}

func TestWrite(t *testing.T) {
	for _, d := range []DType{F32, BF16} {
		var b bytes.Buffer
		if err := Write(&b, d, specs, values); err != nil {
			t.Fatal(err)
		}
		n := binary.LittleEndian.Uint64(b.Bytes())
		if n%8 != 0 || int64(b.Len()) != 8+int64(n)+Bytes(d, specs) {
			t.Errorf("a header of %d bytes, a file of %d", n, b.Len())
		}
		f, err := New(bytes.NewReader(b.Bytes()), int64(b.Len()), "x")
		if err != nil {
			t.Fatal(err)
		}
		if f.Metadata()["format"] != "pt" {
			t.Errorf("metadata %v", f.Metadata())
		}
		wantValues(t, string(d), f.ReadFloat32)
		for i, x := range f.Tensors() {
			if x.Name != specs[i].Name || x.DType != d || !slices.Equal(x.Shape, specs[i].Shape) || x.Len() != specs[i].len() {
				t.Errorf("%+v", x)
			}
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestReadErrors(t *testing.T) {
	var b bytes.Buffer
	Write(&b, F32, specs, values)
	whole := b.Bytes()
	f, err := New(bytes.NewReader(whole[:len(whole)-4]), int64(len(whole)), "x") // it shrank since
	if err != nil {
		t.Fatal(err)
	}
	if err := f.ReadFloat32("<é\">", make([]float32, 7)); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error(err)
	}
	if err := f.ReadFloat32("scalar", make([]float32, 2)); err == nil || !strings.Contains(err.Error(), "1 elements, and 2") {
		t.Error(err)
	}
	if err := f.ReadFloat32("x", nil); err == nil || !strings.Contains(err.Error(), "not in the file") {
		t.Error(err)
	}
	text := `{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}`
	whole = append(append(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), text...), make([]byte, 8)...)
	if f, err = New(bytes.NewReader(whole), int64(len(whole)), "x"); err != nil {
		t.Fatal(err)
	}
	if err := f.ReadFloat32("a", make([]float32, 1)); err == nil || !strings.Contains(err.Error(), "dtype F64 is not supported; convert") {
		t.Error(err)
	}
	if _, err := Open(t.TempDir()); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Error(err)
	}
	if _, err := Open(filepath.Join(t.TempDir(), "x")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestWritePanics(t *testing.T) {
	for name, f := range map[string]func(){
		"dtype":    func() { Write(io.Discard, F16, nil, nil) },
		"twice":    func() { Write(io.Discard, F32, []Spec{{"a", nil}, {"a", nil}}, nil) },
		"reserved": func() { Write(io.Discard, F32, []Spec{{"__metadata__", nil}}, nil) },
		"negative": func() { Write(io.Discard, F32, []Spec{{"a", []int{-1}}}, nil) },
		"huge":     func() { Write(io.Discard, F32, []Spec{{"a", []int{math.MaxInt, 3}}}, nil) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error(name, "is written")
				}
			}()
			f()
		}()
	}
}

// save writes specs to a folder.
func save(t *testing.T, shardBytes int64) string {
	t.Helper()
	dir := t.TempDir()
	err := WriteFolder(func(name string) (io.WriteCloser, error) { return os.Create(filepath.Join(dir, name)) }, "model", F32, specs, shardBytes, values)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestFolder(t *testing.T) {
	for limit, files := range map[int64]int{0: 1, 1 << 40: 1, Bytes(F32, specs): 1, Bytes(F32, specs) - 1: 3, 4: 4, 1: 5} {
		dir := save(t, limit)
		got, _ := filepath.Glob(filepath.Join(dir, "*"))
		if len(got) != files { // with the index
			t.Errorf("at most %d bytes: %v", limit, got)
		}
		d, err := OpenFolder(dir, "model")
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(d.Names(), []string{"<é\">", "none", "scalar", "w"}) {
			t.Errorf("%q", d.Names())
		}
		wantValues(t, fmt.Sprint("at most ", limit), func(name string, dst []float32) error {
			_, f, ok := d.Lookup(name)
			if !ok {
				return errors.New("not found")
			}
			return f.ReadFloat32(name, dst)
		})
		if _, _, ok := d.Lookup("x"); ok {
			t.Error("a tensor x is found")
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestFolderErrors(t *testing.T) {
	const index = "model.safetensors.index.json"
	for _, test := range []struct {
		name  string
		spoil func(dir string)
		want  []string
	}{
		{"shard missing", func(dir string) { os.Remove(filepath.Join(dir, "model-00002-of-00003.safetensors")) }, []string{index, "shard model-00002-of-00003.safetensors is missing"}},
		{"shard truncated", func(dir string) { os.Truncate(filepath.Join(dir, "model-00001-of-00003.safetensors"), 2000) }, []string{"model-00001-of-00003.safetensors", "truncated"}},
		{"wrong shard", func(dir string) {
			b, _ := os.ReadFile(filepath.Join(dir, "model-00001-of-00003.safetensors"))
			os.WriteFile(filepath.Join(dir, "model-00002-of-00003.safetensors"), b, 0o666)
		}, []string{"model-00002-of-00003.safetensors", `tensor "none"`, "the index says"}},
		{"index empty", func(dir string) { os.WriteFile(filepath.Join(dir, index), []byte(`{"weight_map":{}}`), 0o666) }, []string{index, "names no tensor"}},
		{"index broken", func(dir string) { os.WriteFile(filepath.Join(dir, index), []byte(`{`), 0o666) }, []string{index, "not an index"}},
		{"index missing", func(dir string) { os.Remove(filepath.Join(dir, index)) }, []string{"neither model.safetensors nor model.safetensors.index.json"}},
		{"way out", func(dir string) {
			os.WriteFile(filepath.Join(dir, index), []byte(`{"weight_map":{"a":"../x"}}`), 0o666)
		}, []string{index, "../x"}},
		{"single broken", func(dir string) { os.WriteFile(filepath.Join(dir, "model.safetensors"), nil, 0o666) }, []string{"model.safetensors", "too few"}},
	} {
		dir := save(t, 4)
		test.spoil(dir)
		_, err := OpenFolder(dir, "model")
		for _, want := range test.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q", test.name, err, want)
			}
		}
	}
	stop := errors.New("stop")
	if err := WriteFolder(func(string) (io.WriteCloser, error) { return nil, stop }, "m", F32, specs, 0, values); !errors.Is(err, stop) {
		t.Error(err)
	}
}

// FuzzNew: what opens can be read, covers the file, and is the same when it is
// written again.
func FuzzNew(f *testing.F) {
	var b bytes.Buffer
	Write(&b, F32, []Spec{{"a", []int{2}}, {"b", nil}}, values)
	f.Add(b.Bytes())
	for _, text := range []string{`{}`, `{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}`, `{"a":{"dtype":"I8","shape":[9223372036854775807,2],"data_offsets":[0,2]}}`} {
		f.Add(append(append(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), text...), 0, 1))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := New(bytes.NewReader(b), int64(len(b)), "x")
		if err != nil {
			return
		}
		total := int64(0)
		for _, x := range file.Tensors() {
			total += x.End - x.Start
			dst := make([]float32, x.Len())
			known := x.DType == F32 || x.DType == F16 || x.DType == BF16
			if err := file.ReadFloat32(x.Name, dst); (err == nil) != known {
				t.Fatalf("%+v: %v", x, err)
			}
			if x.Name == "__metadata__" || !known {
				continue
			}
			var again bytes.Buffer
			if err := Write(&again, F32, []Spec{{x.Name, x.Shape}}, func(_ int, out []float32) error { copy(out, dst); return nil }); err != nil {
				t.Fatal(err)
			}
			g, err := New(bytes.NewReader(again.Bytes()), int64(again.Len()), "x")
			if err != nil {
				t.Fatal(err)
			}
			got := make([]float32, len(dst))
			if err := g.ReadFloat32(x.Name, got); err != nil {
				t.Fatal(err)
			}
			for i := range got {
				if math.Float32bits(got[i]) != math.Float32bits(dst[i]) {
					t.Fatalf("%+v: element %d is %v and becomes %v", x, i, dst[i], got[i])
				}
			}
		}
		if total > int64(len(b)) {
			t.Fatalf("%d bytes of tensors in a file of %d", total, len(b))
		}
	})
}

// FuzzIndex: an index names files of its folder only.
func FuzzIndex(f *testing.F) {
	f.Add([]byte(`{"metadata":{"total_size":4},"weight_map":{"a":"model-00001-of-00001.safetensors"}}`))
	f.Add([]byte(`{"weight_map":{"a":"..","b":"/x","c":"x/y"}}`))
	f.Add([]byte(`{"weight_map":{"a":"."}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		x, err := parseIndex(b)
		if err != nil {
			return
		}
		for _, file := range x.WeightMap {
			if filepath.Dir(filepath.Join("dir", file)) != "dir" {
				t.Fatalf("%q", file)
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	for _, d := range []DType{F32, BF16} {
		b.Run(string(d), func(b *testing.B) {
			var file bytes.Buffer
			Write(&file, d, []Spec{{"w", []int{1 << 22}}}, values)
			f, err := New(bytes.NewReader(file.Bytes()), int64(file.Len()), "x")
			if err != nil {
				b.Fatal(err)
			}
			dst := make([]float32, 1<<22)
			b.SetBytes(int64(4 * len(dst)))
			for b.Loop() {
				if err := f.ReadFloat32("w", dst); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkWrite(b *testing.B) {
	for _, d := range []DType{F32, BF16} {
		b.Run(string(d), func(b *testing.B) {
			b.SetBytes(4 << 22)
			for b.Loop() {
				if err := Write(io.Discard, d, []Spec{{"w", []int{1 << 22}}}, func(int, []float32) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
