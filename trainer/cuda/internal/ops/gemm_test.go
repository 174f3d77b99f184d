package ops

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// A recorder is a device that only remembers launches.
type recorder struct {
	gpu.Device
	sms      int
	launches []gpu.Launch
}

func (d *recorder) Info() gpu.Info                     { return gpu.Info{SMs: d.sms} }
func (d *recorder) Launch(l gpu.Launch) error          { d.launches = append(d.launches, l); return nil }
func (d *recorder) Alloc(bytes int64) (gpu.Ptr, error) { return 1 << 20, nil }
func (d *recorder) Free(gpu.Ptr) error                 { return nil }

// A library is a device that multiplies or refuses.
type library struct {
	recorder
	taken bool
	err   error
	asked int
}

func (d *library) Multiply(gpu.Product) (bool, error) {
	d.asked++
	return d.taken, d.err
}

// plain returns a product of dense matrices.
func plain(form string, m, n, k int, in, out gpu.Type) gpu.Product {
	p := gpu.Product{TransA: form[0] == 't', TransB: form[1] == 't', M: m, N: n, K: k, A: 256, B: 512, C: 1024,
		LDA: k, LDB: n, LDC: n, In: in, Out: out}
	if p.TransA {
		p.LDA = m
	}
	if p.TransB {
		p.LDB = k
	}
	return p
}

func TestGemmLaunch(t *testing.T) {
	gradient := plain("tn", 1024, 1024, 4096, gpu.BF16, gpu.F32)
	gradient.Accumulate = true
	apart := plain("nt", 4096, 3072, 1024, gpu.BF16, gpu.BF16)
	apart.LDA++
	sum := []string{"gemm_tn_128x256_bf16", "gemm_sum_f32"}
	for _, c := range []struct {
		name    string
		p       gpu.Product
		kernels []string
		grid    gpu.Dim
	}{
		{"large", plain("nt", 65536, 3072, 1024, gpu.BF16, gpu.BF16), []string{"gemm_nt_128x256_bf16"}, gpu.Dim{512 * 12, 1}},
		{"decode", plain("nt", 4, 3072, 1024, gpu.BF16, gpu.BF16), []string{"gemm_nt_32x32_bf16"}, gpu.Dim{96, 1}},
		{"rows of odd length", apart, []string{"gemm_nt_64x64_bf16"}, gpu.Dim{64 * 48, 1}},
		{"gradient", gradient, sum, gpu.Dim{8 * 4, 4}},
		{"float32", plain("nn", 4096, 1024, 1024, gpu.F32, gpu.F32), []string{"gemm_nn_128x128_f32"}, gpu.Dim{32 * 8, 1}},
		{"small float32", plain("tn", 40, 33, 70, gpu.F32, gpu.F32), []string{"gemm_tn_32x32_f32"}, gpu.Dim{4, 1}},
		{"empty", plain("nn", 0, 33, 70, gpu.F32, gpu.F32), nil, gpu.Dim{}},
	} {
		d := &recorder{sms: 132}
		NewQueue(d, c.p.In).Gemm(c.p)
		var names []string
		for _, l := range d.launches {
			names = append(names, l.Kernel)
		}
		if !slices.Equal(names, c.kernels) {
			t.Errorf("%s: launched %v, want %v", c.name, names, c.kernels)
		} else if len(names) > 0 && d.launches[0].Grid != c.grid {
			t.Errorf("%s: grid %v, want %v", c.name, d.launches[0].Grid, c.grid)
		}
	}
}

// TestGemmSplits wants the parts of a split to cover k.
func TestGemmSplits(t *testing.T) {
	for _, k := range []int{2047, 2048, 2049, 5000, 65536} {
		p := plain("tn", 128, 64, k, gpu.BF16, gpu.F32)
		p.Accumulate = true
		d := &recorder{}
		NewQueue(d, gpu.BF16).Gemm(p)
		parts, span := d.launches[0].Grid[1], int(d.launches[0].Args[10])
		if (len(d.launches) == 2) != (k >= 2048) || parts*span < k || (parts-1)*span >= k {
			t.Errorf("k = %d: %d launches, %d parts of %d", k, len(d.launches), parts, span)
		}
	}
}

func TestGemmLibrary(t *testing.T) {
	p := plain("nn", 8, 8, 8, gpu.BF16, gpu.F32)
	run := func(d *library, own bool) *Queue {
		q := NewQueue(d, gpu.BF16)
		q.OwnKernels = own
		q.Gemm(p)
		q.Gemm(p)
		return q
	}
	d := &library{taken: true}
	if q := run(d, false); d.asked != 2 || len(d.launches) != 0 || len(q.Notes()) != 0 {
		t.Errorf("taken: asked %d times, %d launches, notes %q", d.asked, len(d.launches), q.Notes())
	}
	d = &library{}
	if q := run(d, false); d.asked != 2 || len(d.launches) != 2 || len(q.Notes()) != 1 {
		t.Errorf("not taken: asked %d times, %d launches, notes %q", d.asked, len(d.launches), q.Notes())
	}
	d = &library{taken: true}
	if run(d, true); d.asked != 0 || len(d.launches) != 2 {
		t.Errorf("own kernels: asked %d times, %d launches", d.asked, len(d.launches))
	}
	broken := errors.New("broken")
	d = &library{err: broken}
	if q := run(d, false); !errors.Is(q.Err(), broken) || d.asked != 1 || len(d.launches) != 0 {
		t.Errorf("error: %v, asked %d times, %d launches", q.Err(), d.asked, len(d.launches))
	}
}

func TestGemmPanics(t *testing.T) {
	both := plain("tt", 8, 8, 8, gpu.F32, gpu.F32)
	narrow := plain("nn", 8, 8, 8, gpu.BF16, gpu.BF16)
	narrow.Accumulate = true
	near := plain("nt", 8, 9, 10, gpu.F32, gpu.F32)
	near.LDB = 9
	negative := plain("nn", -1, 8, 8, gpu.F32, gpu.F32)
	for text, p := range map[string]gpu.Product{"two transposed": both, "float32 only": narrow, "overlap": near, "-1 x 8": negative} {
		func() {
			defer func() {
				if r, _ := recover().(string); !strings.Contains(r, text) {
					t.Errorf("panic %q, want %q", r, text)
				}
			}()
			NewQueue(&recorder{}, p.In).Gemm(p)
		}()
	}
}
