//go:build cuda && cgo

package cublaslt

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"github.com/golongrl/golongrl/trainer/cuda/internal/dl"
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// fake builds the library of testdata and makes it the one that is found.
func fake(t *testing.T) (folder string) {
	gxx, err := exec.LookPath("g++")
	if err != nil {
		t.Skip("no g++, which builds a library to test with")
	}
	folder = t.TempDir()
	out, err := exec.Command(gxx, "-O1", "-shared", "-fPIC", "-std=c++17", "-o", filepath.Join(folder, "libcublasLt.so.12"), "testdata/cublaslt.cc").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Setenv(dl.Variable, folder)
	return folder
}

var memory [][]byte // keeps what address returned from being collected

// address returns the address of memory of the host, aligned to 256 bytes and moved
// by some.
func address(bytes, by int) gpu.Ptr {
	b := make([]byte, bytes+512)
	memory = append(memory, b)
	p := gpu.Ptr(uintptr(unsafe.Pointer(&b[0])))
	return (p+255)&^255 + gpu.Ptr(by)
}

func floats(p gpu.Ptr, n int) []float32 { return unsafe.Slice((*float32)(at(p)), n) }
func halves(p gpu.Ptr, n int) []uint16  { return unsafe.Slice((*uint16)(at(p)), n) }

func at(p gpu.Ptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&p)) }

func alloc(bytes int64) (gpu.Ptr, error) { return address(int(bytes), 0), nil }

// A matrix holds small whole numbers: products of them are exact in float32.
func matrix(r *rand.Rand, t gpu.Type, rows, ld, by int) gpu.Ptr {
	p := address(rows*ld*t.Size(), by)
	for i := range rows * ld {
		set(p, t, i, float64(r.IntN(9)-4))
	}
	return p
}

func set(p gpu.Ptr, t gpu.Type, i int, x float64) {
	if t == gpu.F32 {
		floats(p, i+1)[i] = float32(x)
	} else {
		halves(p, i+1)[i] = uint16(math.Float32bits(float32(x)) >> 16)
	}
}

func get(p gpu.Ptr, t gpu.Type, i int) float64 {
	if t == gpu.F32 {
		return float64(floats(p, i+1)[i])
	}
	return float64(math.Float32frombits(uint32(halves(p, i+1)[i]) << 16))
}

func TestMultiply(t *testing.T) {
	fake(t)
	l, notes := Open(12, 7, alloc)
	if l == nil {
		t.Fatal(notes)
	}
	if last := notes[len(notes)-1]; !strings.HasPrefix(last, "cuBLASLt 12.9.3, "+os.Getenv(dl.Variable)) {
		t.Errorf("notes %q", notes)
	}
	r := rand.New(rand.NewPCG(1, 2))
	n := 0
	for _, size := range [][3]int{{1, 1, 1}, {3, 5, 7}, {8, 4, 2}, {1, 9, 4}, {6, 1, 11}} {
		for bits := range 32 {
			p := gpu.Product{
				TransA: bits&1 != 0, TransB: bits&2 != 0, M: size[0], N: size[1], K: size[2],
				In: gpu.Type(bits >> 2 & 1), Out: gpu.Type(bits >> 3 & 1), Accumulate: bits&16 != 0,
			}
			by := bits % 3 * 4 // alignments of 256, 4 and 8 bytes
			rowsA, colsA, rowsB, colsB := p.M, p.K, p.K, p.N
			if p.TransA {
				rowsA, colsA = colsA, rowsA
			}
			if p.TransB {
				rowsB, colsB = colsB, rowsB
			}
			p.LDA, p.LDB, p.LDC = colsA+bits%2, colsB+bits%3, p.N+bits%5
			p.A, p.B = matrix(r, p.In, rowsA, p.LDA, by), matrix(r, p.In, rowsB, p.LDB, by)
			p.C = matrix(r, p.Out, p.M, p.LDC, by)
			before := make([]float64, p.M*p.LDC)
			for i := range before {
				before[i] = get(p.C, p.Out, i)
			}
			taken, err := l.Multiply(p)
			if err != nil {
				t.Fatalf("%+v: %v", p, err)
			}
			if want := !(p.Accumulate && p.Out == gpu.BF16) && !(p.In == gpu.F32 && p.Out == gpu.BF16); taken != want {
				t.Fatalf("%+v: taken %v", p, taken)
			}
			for i := range before {
				want := before[i]
				if row, col := i/p.LDC, i%p.LDC; taken && col < p.N {
					sum := 0.0
					for k := range p.K {
						a, b := row*p.LDA+k, k*p.LDB+col
						if p.TransA {
							a = k*p.LDA + row
						}
						if p.TransB {
							b = col*p.LDB + k
						}
						sum += get(p.A, p.In, a) * get(p.B, p.In, b)
					}
					if p.Accumulate {
						sum += want
					}
					want = sum
				}
				if got := get(p.C, p.Out, i); got != want {
					t.Fatalf("%+v: element %d is %v, want %v", p, i, got, want)
				}
			}
			if taken {
				n++
			}
		}
	}
	if n != 5*4*5 { // sizes, transpositions, types
		t.Errorf("%d products", n)
	}
	if err := l.Close(); err != nil {
		t.Error(err) // descriptors that were not destroyed too
	}
	runtime.KeepAlive(memory)
}

// TestPlans shows that shapes are searched for once, unsupported ones too, and
// forgotten when there are many.
func TestPlans(t *testing.T) {
	fake(t)
	l, notes := Open(12, 7, alloc)
	if l == nil {
		t.Fatal(notes)
	}
	p := gpu.Product{M: 2, N: 2, K: 2, LDA: 2, LDB: 2, LDC: 2, A: address(16, 0), B: address(16, 0), C: address(16, 0)}
	try := func(want bool) {
		t.Helper()
		if taken, err := l.Multiply(p); taken != want || err != nil {
			t.Fatalf("%+v: %v, %v", p, taken, err)
		}
	}
	for range 3 {
		try(true)
	}
	p.Accumulate = true
	try(true)
	if len(l.plans) != 1 {
		t.Errorf("%d plans for one shape", len(l.plans))
	}
	q := p
	p.K, p.LDA = 13, 13
	p.A, p.B = address(200, 0), address(200, 0)
	try(false)
	try(false)
	p.LDC = 1 // rows overlap: the library calls it invalid
	try(false)
	if len(l.plans) != 3 {
		t.Errorf("%d plans for three shapes", len(l.plans))
	}
	for p = q; len(l.plans) < maxPlans; p.LDA++ {
		l.plans[shape{lda: p.LDA}] = &plan{}
	}
	p = q
	p.LDC = 3
	p.C = address(24, 0)
	try(true)
	if len(l.plans) != 1 {
		t.Errorf("%d plans behind %d", len(l.plans), maxPlans)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

func TestOpenFails(t *testing.T) {
	folder := fake(t)
	none := func(what string, major int, alloc func(int64) (gpu.Ptr, error)) {
		t.Helper()
		l, notes := Open(major, 7, alloc)
		if l != nil {
			// Another library of the machine; it cannot be ours.
			if strings.Contains(l.lib.Path, folder) {
				t.Errorf("opened %s", l.lib.Path)
			}
			l.Close()
			return
		}
		if all := strings.Join(notes, "\n"); !strings.Contains(all, what) || !strings.Contains(all, dl.Variable) {
			t.Errorf("notes %q do not say %q", notes, what)
		}
	}
	none("out of it", 12, func(int64) (gpu.Ptr, error) { return 0, fmt.Errorf("out of it") })
	t.Setenv("GOLONGRL_FAKE_CUBLASLT", "fails")
	none("CUBLAS_STATUS_NOT_INITIALIZED", 12, alloc)
	if err := os.WriteFile(filepath.Join(folder, "libcublasLt.so.12"), []byte("no library"), 0o644); err != nil {
		t.Fatal(err)
	}
	none("libcublasLt.so.12", 12, alloc)
	none("", 10, alloc)
}
