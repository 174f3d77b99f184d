//go:build cuda && cgo

package cudnn

import (
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unsafe"

	"github.com/golongrl/golongrl/trainer/cuda/internal/dl"
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

var fakes string // the folder of the libraries that fake builds

func TestMain(m *testing.M) {
	code := m.Run()
	if fakes != "" {
		os.RemoveAll(fakes)
	}
	os.Exit(code)
}

// fake builds the library of testdata, and empty ones for those that it calls, and
// makes them the ones that are found.
func fake(t *testing.T) {
	gxx, err := exec.LookPath("g++")
	if err != nil {
		t.Skip("no g++, which builds a library to test with")
	}
	if fakes == "" {
		folder, err := os.MkdirTemp("", "cudnn")
		if err != nil {
			t.Fatal(err)
		}
		fakes = folder
		for name, source := range map[string]string{"libcudnn.so.9": "testdata/cudnn.cc", "libcublasLt.so.12": "/dev/null", "libnvrtc.so.12": "/dev/null"} {
			out, err := exec.Command(gxx, "-O2", "-shared", "-fPIC", "-std=c++17", "-o", filepath.Join(folder, name), "-x", "c++", source).CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
		}
	}
	t.Setenv(dl.Variable, fakes)
}

// A hostDevice has its memory in this process.
type hostDevice struct {
	gpu.Device
	info  gpu.Info
	held  map[gpu.Ptr][]byte
	limit int // bytes that Alloc gives at once; 0: any
	ups   int
}

func (d *hostDevice) Info() gpu.Info { return d.info }
func (d *hostDevice) Sync() error    { return nil }

func (d *hostDevice) Alloc(bytes int64) (gpu.Ptr, error) {
	if d.limit > 0 && int(bytes) > d.limit {
		return 0, &gpu.MemoryError{Bytes: bytes, Text: "no memory"}
	}
	b := make([]byte, bytes+256)
	p := (gpu.Ptr(uintptr(unsafe.Pointer(&b[0]))) + 255) &^ 255
	d.held[p] = b
	return p, nil
}

func (d *hostDevice) Free(p gpu.Ptr) error {
	if _, ok := d.held[p]; !ok && p != 0 {
		return errors.New("freed twice")
	}
	delete(d.held, p)
	return nil
}

// of returns n bytes from an address within memory that Alloc gave.
func (d *hostDevice) of(p gpu.Ptr, n int) []byte {
	b := d.held[p]
	skip := p - gpu.Ptr(uintptr(unsafe.Pointer(&b[0])))
	return b[skip : int(skip)+n]
}

func (d *hostDevice) Upload(p gpu.Ptr, b []byte) error {
	d.ups++
	copy(d.of(p, len(b)), b)
	return nil
}

func (d *hostDevice) Download(b []byte, p gpu.Ptr) error {
	copy(b, d.of(p, len(b)))
	return nil
}

func open(t *testing.T, change func(*Config)) (*Library, *hostDevice) {
	t.Helper()
	d := &hostDevice{info: gpu.Info{Major: 9}, held: map[gpu.Ptr][]byte{}}
	c := Config{Device: d, Stream: 77, CUDA: 12}
	if change != nil {
		change(&c)
	}
	l, notes := Open(c)
	if l == nil {
		t.Fatal(notes)
	}
	if last := notes[len(notes)-1]; !strings.HasPrefix(last, "cuDNN 9.17.1, /") {
		t.Errorf("note %q", last)
	}
	l.least = 1
	return l, d
}

// A placed is a trial in a device's memory.
type placed struct {
	*trial
	gpu.Attend
	rows int
	at   map[Role]gpu.Ptr
}

func place(t *testing.T, d *hostDevice, heads, groups, width int, start []int) *placed {
	w, kv := heads*width, groups*width
	p := &placed{
		trial: newTrial(rand.New(rand.NewPCG(9, 9)), start, Shape{Heads: heads, Groups: groups, D: width, Scale: 0.25,
			LDQ: w + 8, LDK: kv + 8, LDV: kv, LDOut: w, LDDOut: w, LDDQ: w + 16, LDDK: kv, LDDV: kv}),
		rows: start[len(start)-1] + 2, at: map[Role]gpu.Ptr{},
	}
	for _, m := range p.pieces() {
		b := encode(m, p.rows)
		var err error
		if p.at[m.role], err = d.Alloc(int64(len(b))); err != nil {
			t.Fatal(err)
		}
		if err := d.Upload(p.at[m.role], b); err != nil {
			t.Fatal(err)
		}
	}
	s, at := p.shape, p.at
	p.Attend = gpu.Attend{
		Heads: gpu.Heads{Q: heads, KV: groups, D: width, Scale: 0.25}, Type: gpu.BF16, Start: start,
		Q: gpu.Rows{Ptr: at[Q], LD: s.LDQ}, K: gpu.Rows{Ptr: at[K], LD: s.LDK}, V: gpu.Rows{Ptr: at[V], LD: s.LDV},
		Out: gpu.Rows{Ptr: at[Out], LD: s.LDOut}, LSE: at[LSE], DOut: gpu.Rows{Ptr: at[DOut], LD: s.LDDOut},
		DQ: gpu.Rows{Ptr: at[DQ], LD: s.LDDQ}, DK: gpu.Rows{Ptr: at[DK], LD: s.LDDK}, DV: gpu.Rows{Ptr: at[DV], LD: s.LDDV},
	}
	return p
}

func (p *placed) check(t *testing.T, d *hostDevice) {
	t.Helper()
	for _, m := range p.pieces() {
		if m.result {
			if why := p.judge(m, decode(m, d.of(p.at[m.role], len(encode(m, p.rows)))), math.IsNaN); why != "" {
				t.Error(why)
			}
		}
	}
}

func TestAttention(t *testing.T) {
	fake(t)
	for _, ordered := range []bool{true, false} {
		if !ordered && testing.Short() {
			continue // seconds, as the stand-in is slow
		}
		l, d := open(t, nil)
		start, plans := []int{3, 60, 340, 340, 341, 400}, 6
		if ordered {
			start, plans = []int{3, 60, 61}, 4 // the same length as in the trial, whose rows lie otherwise
		}
		p := place(t, d, 2, 1, 8, start)
		p.Unordered = !ordered
		if taken, err := l.Attention(p.Attend); !taken || err != nil {
			t.Fatal(taken, err, l.Notes())
		}
		if taken, err := l.AttentionGrad(p.Attend); !taken || err != nil {
			t.Fatal(taken, err, l.Notes())
		}
		p.check(t, d)
		if len(l.plans) != plans {
			t.Errorf("%d plans", len(l.plans))
		}
		for k, e := range l.plans {
			if e.err != nil || e.exact != ordered {
				t.Errorf("%+v: exact %v, %v", k, e.exact, e.err)
			}
		}
		ups := d.ups
		if taken, err := l.Attention(p.Attend); !taken || err != nil || d.ups != ups || len(l.plans) != plans {
			t.Errorf("the same again: %v, %v, %d uploads, %d plans", taken, err, d.ups-ups, len(l.plans)-plans)
		}
		if notes := l.Notes(); len(notes) > 0 {
			t.Errorf("notes %q", notes)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestNotTaken has the library fail in each way.
func TestNotTaken(t *testing.T) {
	fake(t)
	for _, c := range []struct {
		name, fake, note string
		change           func(*placed, *hostDevice, *Library)
	}{
		{"no engine", "engine", "no engine", nil},
		{"no plan", "plan", "no such plan", nil},
		{"not executed", "before", "not this time", nil},
		{"wrong numbers", "numbers", "wrong numbers in a trial", nil},
		{"no memory", "", "too little memory", func(_ *placed, d *hostDevice, _ *Library) { d.limit = 100 }},
		{"float32", "", "f32", func(p *placed, _ *hostDevice, _ *Library) { p.Type = gpu.F32 }},
		{"short", "", "", func(_ *placed, _ *hostDevice, l *Library) { l.least = longEnough }},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, d := open(t, nil)
			p := place(t, d, 1, 1, 8, []int{0, 40})
			if c.change != nil {
				c.change(p, d, l)
			}
			t.Setenv("FAKE_CUDNN", c.fake)
			held := len(d.held)
			for range 2 {
				if taken, err := l.Attention(p.Attend); taken || err != nil {
					t.Fatal(taken, err)
				}
				if taken, err := l.AttentionGrad(p.Attend); taken || err != nil {
					t.Fatal(taken, err)
				}
			}
			notes := strings.Join(l.Notes(), "\n")
			if c.note == "" && notes != "" || !strings.Contains(notes, c.note) || strings.Count(notes, "\n") > 1 {
				t.Errorf("notes %q", notes)
			}
			if len(d.held) > held+3 { // scratch and tables stay
				t.Errorf("%d pieces of memory left", len(d.held)-held)
			}
			if err := l.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestLost has a launch fail, behind which the device cannot be trusted.
func TestLost(t *testing.T) {
	fake(t)
	l, d := open(t, nil)
	defer l.Close()
	p := place(t, d, 1, 1, 8, []int{0, 40})
	t.Setenv("FAKE_CUDNN", "after")
	if taken, err := l.Attention(p.Attend); taken || err == nil || !strings.Contains(err.Error(), "lost") {
		t.Errorf("%v, %v", taken, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	fake(t)
	d := &hostDevice{info: gpu.Info{Major: 9}}
	for _, c := range []struct {
		fake string
		cuda int
		want string
	}{
		{"version", 12, "9.10.1"}, {"create", 12, "no driver"}, {"", 11, "CUDA 12"}, {"cuda", 13, "libcublasLt.so.13"},
	} {
		t.Setenv("FAKE_CUDNN", c.fake)
		if l, notes := Open(Config{Device: d, Stream: 77, CUDA: c.cuda}); l != nil || !strings.Contains(strings.Join(notes, "\n"), c.want) || !strings.Contains(notes[len(notes)-1], dl.Variable) {
			t.Errorf("%q: %v, %q", c.fake, l, notes)
		}
	}
	d.info.Major = 8
	if l, notes := Open(Config{Device: d, Stream: 77, CUDA: 12}); l != nil || len(notes) != 0 {
		t.Errorf("on an A100: %v, %q", l, notes)
	}
}

func TestPlansAreForgotten(t *testing.T) {
	fake(t)
	l, _ := open(t, nil)
	defer l.Close()
	first := Shape{Batch: 1, Length: 256, Heads: 1, Groups: 1, D: 8, Scale: 1, LDQ: 8, LDK: 8, LDV: 8, LDOut: 8}
	var kept *plan
	for i := range 3 * maxPlans {
		s := first
		s.LDQ += 8 * i
		if _, err := l.planFor(planKey{s, false, true}); err != nil {
			t.Fatal(err)
		}
		p, err := l.planFor(planKey{first, false, true})
		if err != nil || kept != nil && p != kept {
			t.Fatalf("the plan in use was dropped, %v", err)
		}
		kept = p
		if len(l.plans) > maxPlans {
			t.Fatalf("%d plans", len(l.plans))
		}
	}
}
