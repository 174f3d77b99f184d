package kerneltest

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/internal/ops"
)

func optimCases() []Case {
	var all []Case
	usual := ops.AdamWStep{LR: 1e-3, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Decay: 0.1, Step: 7, Scale: 0.25}
	far := ops.AdamWStep{LR: 1e-2, Beta1: 0.3, Beta2: 0.5, Eps: 1e-3, Step: 1, Scale: 1}
	for _, s := range []struct {
		n, shift int
		low      bool
		step     ops.AdamWStep
	}{
		{1, 0, true, usual},
		{7, 0, false, usual},
		{1024, 0, true, usual},
		{1029, 3, true, far},
		{5000, 0, true, far},
	} {
		all = append(all,
			Case{fmt.Sprintf("adamw/%d+%d", s.n, s.shift), false, withRig(gpu.F32, s.shift, func(r *rig) { r.adamW(s.n, s.low, s.step) })},
			Case{fmt.Sprintf("sum_squares/%d+%d", s.n, s.shift), false, withRig(gpu.F32, s.shift, func(r *rig) { r.sumSquares(s.n) })})
	}
	return append(all,
		Case{"adamw/few blocks", false, withFewBlocks(gpu.F32, func(r *rig) { r.adamW(5003, true, usual) })},
		Case{"adamw/ranges", false, withFewBlocks(gpu.F32, func(r *rig) { r.adamWRanges(7003, usual) })},
		Case{"adamw/ranges+1", false, withRig(gpu.F32, 1, func(r *rig) { r.adamWRanges(7003, usual) })})
}

// adamWRanges wants one step with ranges without decay to be, to the bit, steps with
// the pieces.
func (r *rig) adamWRanges(n int, s ops.AdamWStep) {
	// One element, several in a vector, neighbours, over a block's bounds, a whole
	// block's, and the end.
	ranges := []int64{0, 1, 5, 6, 6, 7, 9, 10, 1020, 1030, 2048, 3072, 4000, 4096, 5001, 5002, 6500, int64(n)}
	w, m, v, g := r.normal(n, 1), r.normal(n, 0.01), r.normal(n, 0.01), r.normal(n, 0.1)
	for i := range v {
		v[i] *= v[i]
	}
	type vectors struct{ w, low, m, v, g gpu.Ptr }
	put := func() vectors {
		return vectors{r.put(gpu.F32, w), r.out(gpu.BF16, n), r.put(gpu.F32, m), r.put(gpu.F32, v), r.put(gpu.F32, g)}
	}
	one, many := put(), put()
	step := func(x vectors, lo, hi int, s ops.AdamWStep) {
		at := func(p gpu.Ptr) gpu.Ptr { return p.At(lo, gpu.F32) }
		r.q.AdamW(at(x.w), x.low.At(lo, gpu.BF16), at(x.m), at(x.v), at(x.g), hi-lo, s)
	}
	last := 0
	for i := 0; i < len(ranges); i += 2 {
		lo, hi := int(ranges[i]), int(ranges[i+1])
		step(many, last, lo, s)
		plain := s
		plain.Decay = 0
		step(many, lo, hi, plain)
		last = hi
	}
	raw := make([]byte, 0, 8*len(ranges))
	for _, x := range ranges {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(x))
	}
	s.NoDecay = ops.Ranges{Ptr: r.upload(raw, 8), N: len(ranges) / 2}
	step(one, 0, n, s)
	for what, p := range map[string][2]gpu.Ptr{"w": {one.w, many.w}, "m": {one.m, many.m}, "v": {one.v, many.v}, "g": {one.g, many.g}} {
		r.same(what, r.get(gpu.F32, p[0], n), r.get(gpu.F32, p[1], n))
	}
	r.same("low", r.get(gpu.BF16, one.low, n), r.get(gpu.BF16, many.low, n))
}

func (r *rig) adamW(n int, low bool, s ops.AdamWStep) {
	w, m, v, g := r.normal(n, 1), r.normal(n, 0.01), r.normal(n, 0.01), r.normal(n, 0.1)
	for i := range v {
		v[i] *= v[i]
	}
	g[0], m[0], v[0] = 0, 0, 0 // a weight that nothing has moved
	pw, pm, pv, pg := r.put(gpu.F32, w), r.put(gpu.F32, m), r.put(gpu.F32, v), r.put(gpu.F32, g)
	var plow gpu.Ptr
	if low {
		plow = r.out(gpu.BF16, n)
	}
	r.q.AdamW(pw, plow, pm, pv, pg, n, s)

	sizeW, sizeM := make([]float64, n), make([]float64, n)
	bias1, bias2 := 1-math.Pow(s.Beta1, float64(s.Step)), 1-math.Pow(s.Beta2, float64(s.Step))
	for i := range n {
		x := s.Scale * g[i]
		sizeM[i] = math.Abs(s.Beta1*m[i]) + math.Abs((1-s.Beta1)*x) + math.Abs(m[i])
		m[i] = s.Beta1*m[i] + (1-s.Beta1)*x
		v[i] = s.Beta2*v[i] + (1-s.Beta2)*x*x
		under := math.Sqrt(v[i]/bias2) + s.Eps
		sizeW[i] = math.Abs(w[i]) + s.LR*sizeM[i]/bias1/under
		w[i] = w[i]*(1-s.LR*s.Decay) - s.LR*m[i]/bias1/under
	}
	got := r.get(gpu.F32, pw, n)
	r.near("w", gpu.F32, got, w, sizeW)
	r.near("m", gpu.F32, r.get(gpu.F32, pm, n), m, sizeM)
	r.near("v", gpu.F32, r.get(gpu.F32, pv, n), v, nil)
	r.same("g", r.get(gpu.F32, pg, n), g)
	if low {
		for i, x := range got {
			got[i] = float64(math.Float32frombits(uint32(bf16Bits(float32(x))) << 16))
		}
		r.same("low", r.get(gpu.BF16, plow, n), got)
	}
}

func (r *rig) sumSquares(n int) {
	g := r.normal(n, 1)
	for i := range g { // squares that are no float32, and the odd ones alone
		if i%2 == 0 && n > 7 {
			g[i] *= 1e30
		}
	}
	p := r.put(gpu.F32, g)
	want := 0.0
	for _, x := range g {
		want += x * x
	}
	got := r.q.SumSquares(p, n)
	if r.q.Err() != nil {
		return
	}
	e := math.Abs(got-want) / (1e-12 * want)
	r.worst = max(r.worst, e)
	if !(e <= 1) {
		r.wrong = append(r.wrong, fmt.Errorf("sum of %d squares: %g, not %g", n, got, want))
	}
	if again := r.q.SumSquares(p, n); again != got {
		r.wrong = append(r.wrong, fmt.Errorf("sum of %d squares: %g and then %g", n, got, again))
	}
}
