package kerneltest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/internal/ops"
)

// A rig is what a case works with: a queue, memory that is freed at the end, numbers
// and comparisons. The first device error sticks.
type rig struct {
	d      gpu.Device
	q      *ops.Queue
	t      gpu.Type
	rng    *rand.Rand
	allocs []gpu.Ptr
	worst  float64
	wrong  []error

	// shift moves every vector by so many elements from a multiple of 256 bytes.
	shift int
}

// withRig makes a function of a rig for elements of type t the Run of a case.
func withRig(t gpu.Type, shift int, f func(r *rig)) func(gpu.Device) (float64, error) {
	return func(d gpu.Device) (float64, error) {
		r := &rig{d: d, q: ops.NewQueue(d, t), t: t, shift: shift, rng: rand.New(rand.NewPCG(1, 2))}
		f(r)
		r.q.Fail(d.Sync())
		err := errors.Join(append(r.wrong, r.q.Err(), r.q.Close())...)
		for _, p := range r.allocs {
			err = errors.Join(err, d.Free(p))
		}
		return r.worst, err
	}
}

// fewBlocks is a device that runs elementwise kernels in so small a grid that their
// threads have to go on to further elements, as they do in large problems.
type fewBlocks struct{ gpu.Device }

func (d fewBlocks) Launch(l gpu.Launch) error {
	kernel := strings.TrimSuffix(strings.TrimSuffix(l.Kernel, "_f32"), "_bf16")
	switch kernel {
	case "add", "narrow", "widen", "adamw":
		l.Grid[0] = min(l.Grid[0], 2)
	case "swiglu", "swiglu_grad", "gather", "scatter", "embed_grad":
		l.Grid[1] = 1
	}
	return d.Device.Launch(l)
}

// withFewBlocks is withRig on fewBlocks.
func withFewBlocks(t gpu.Type, f func(r *rig)) func(gpu.Device) (float64, error) {
	run := withRig(t, 0, f)
	return func(d gpu.Device) (float64, error) { return run(fewBlocks{d}) }
}

// alloc returns memory full of NaNs for n elements of size bytes.
func (r *rig) alloc(n, size int) gpu.Ptr {
	p, err := r.d.Alloc(int64(size) * int64(n+r.shift))
	if err != nil {
		r.q.Fail(err)
		return 0
	}
	r.allocs = append(r.allocs, p)
	r.q.Fail(r.d.Fill(p, 0xFF, int64(size)*int64(n+r.shift)))
	return p + gpu.Ptr(size*r.shift)
}

// out returns memory full of NaNs for n elements of type t.
func (r *rig) out(t gpu.Type, n int) gpu.Ptr { return r.alloc(n, t.Size()) }

// put returns a vector of type t on the device. x is rounded to the type.
func (r *rig) put(t gpu.Type, x []float64) gpu.Ptr {
	var b []byte
	for i, v := range x {
		if t == gpu.BF16 {
			u := bf16Bits(float32(v))
			b = binary.LittleEndian.AppendUint16(b, u)
			x[i] = float64(math.Float32frombits(uint32(u) << 16))
		} else {
			x[i] = float64(float32(v))
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(v)))
		}
	}
	return r.upload(b, t.Size())
}

// ints returns a vector of int32 on the device.
func (r *rig) ints(x []int32) gpu.Ptr {
	var b []byte
	for _, v := range x {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	return r.upload(b, 4)
}

func (r *rig) upload(b []byte, size int) gpu.Ptr {
	p := r.alloc(len(b)/size, size)
	if r.q.Err() == nil && len(b) > 0 {
		r.q.Fail(r.d.Upload(p, b))
	}
	return p
}

// get returns n elements of type t.
func (r *rig) get(t gpu.Type, p gpu.Ptr, n int) []float64 {
	b := make([]byte, n*t.Size())
	x := make([]float64, n)
	if r.q.Err() != nil {
		return x
	}
	if err := r.d.Download(b, p); err != nil {
		r.q.Fail(err)
		return x
	}
	for i := range x {
		if t == gpu.BF16 {
			x[i] = float64(math.Float32frombits(uint32(binary.LittleEndian.Uint16(b[2*i:])) << 16))
		} else {
			x[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:])))
		}
	}
	return x
}

// normal returns n numbers of deviation s.
func (r *rig) normal(n int, s float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = s * r.rng.NormFloat64()
	}
	return x
}

// near compares a result of type t. An element may be wrong by 1e-6 of its
// magnitude, the sum of the magnitudes of what it is the sum of, and by a rounding
// to t. Without magnitudes those are the values themselves.
func (r *rig) near(what string, t gpu.Type, got, want, magnitude []float64) {
	if r.q.Err() != nil {
		return
	}
	if magnitude == nil {
		magnitude = want
	}
	bad, at, top := 0, 0, -1.0
	for i, w := range want {
		g, permitted := got[i], 1e-6*math.Abs(magnitude[i])
		if t == gpu.BF16 {
			permitted += math.Abs(w) / 256
		}
		e := math.Abs(g-w) / permitted
		if g == w || math.IsNaN(g) && math.IsNaN(w) {
			e = 0
		} else if math.IsNaN(e) {
			e = math.Inf(1)
		}
		if e > 1 {
			bad++
		}
		if e > top {
			at, top = i, e
		}
	}
	r.worst = max(r.worst, top)
	if bad > 0 {
		r.wrong = append(r.wrong, fmt.Errorf("%s: %d of %d are wrong; the worst is number %d: %g, not %g", what, bad, len(want), at, got[at], want[at]))
	}
}

// same wants the very numbers.
func (r *rig) same(what string, got, want []float64) {
	if r.q.Err() != nil {
		return
	}
	for i, w := range want {
		if got[i] != w && !(math.IsNaN(got[i]) && math.IsNaN(w)) {
			r.worst = math.Inf(1)
			r.wrong = append(r.wrong, fmt.Errorf("%s: number %d of %d is %g, not %g", what, i, len(want), got[i], w))
			return
		}
	}
}

// bf16Bits returns the upper half of x, rounded to nearest, ties to even. A NaN
// stays one.
func bf16Bits(x float32) uint16 {
	b := math.Float32bits(x)
	if x != x {
		return uint16(b>>16) | 0x40
	}
	return uint16((b + 0x7fff + b>>16&1) >> 16)
}
