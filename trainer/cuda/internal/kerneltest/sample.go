package kerneltest

import (
	"fmt"
	"math"
	"slices"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/internal/ops"
)

func sampleCases() []Case {
	var all []Case
	for i, s := range []struct {
		rows, vocab int
		s           ops.Sampling
	}{
		{3, 1, ops.Sampling{Temperature: 1}},
		{5, 700, ops.Sampling{}},
		{40, 9, ops.Sampling{Temperature: 1}},
		{20, 1030, ops.Sampling{Temperature: 0.7}},
		{20, 130, ops.Sampling{Temperature: 1.3, TopK: 7}},
		{20, 700, ops.Sampling{Temperature: 1, TopK: 699}},
		{20, 515, ops.Sampling{Temperature: 1, TopP: 0.9}},
		{20, 1100, ops.Sampling{Temperature: 2, TopK: 50, TopP: 0.8}},
		{9, 300, ops.Sampling{Temperature: 1e30, TopK: 100, TopP: 0.5}},
		{9, 300, ops.Sampling{Temperature: 1e-6, TopK: 100, TopP: 0.99}},
		{3, 20001, ops.Sampling{Temperature: 1, TopK: 1000, TopP: 0.95}},
		{2, 70000, ops.Sampling{Temperature: 1, TopK: 65000}},
	} {
		for _, ties := range []bool{false, true} {
			name := fmt.Sprintf("sample/%dx%d/%g,%d,%g", s.rows, s.vocab, s.s.Temperature, s.s.TopK, s.s.TopP)
			if ties {
				name += "/ties"
			}
			all = append(all, Case{Name: name, Slow: s.vocab > 5000, Run: withRig(gpu.F32, i%2, func(r *rig) {
				sample(r, s.rows, s.vocab, s.s, ties)
			})})
		}
	}
	return append(all,
		Case{Name: "sample/by hand", Run: withRig(gpu.F32, 0, sampleByHand)},
		Case{Name: "sample/special", Run: withRig(gpu.F32, 0, sampleSpecial)})
}

// sampleOne draws from one row.
func sampleOne(r *rig, z []float64, u float64, s ops.Sampling) int32 {
	out := r.alloc(1, 4)
	r.q.Sample(out, r.put(gpu.F32, z), r.doubles([]float64{u}), 1, len(z), s)
	return r.getInts(out, 1)[0]
}

// sample compares with the definition. Ties are logits of few values, of both
// zeros among others.
func sample(r *rig, rows, vocab int, s ops.Sampling, ties bool) {
	z, u := r.normal(rows*vocab, 3), make([]float64, rows)
	for i := range z {
		if z[i] = float64(float32(z[i])); ties {
			z[i] = math.Copysign(math.Abs(math.Round(z[i])), z[i])
		}
	}
	for i := range u {
		u[i] = r.rng.Float64()
	}
	u[0] = 1 - 1.0/(1<<53)
	u[rows-1] = 0
	out := r.alloc(rows, 4)
	r.q.Sample(out, r.put(gpu.F32, z), r.doubles(u), rows, vocab, s)
	got := r.getInts(out, rows)
	for i, token := range got {
		row := z[i*vocab:][:vocab]
		lo, hi := drawn(row, u[i]-1e-6, s, s.TopP*(1-1e-6)), drawn(row, u[i]+1e-6, s, s.TopP*(1+1e-6))
		if s.Temperature == 0 || lo == hi {
			r.check(token == lo, "row %d: token %d for u=%v, want %d", i, token, u[i], lo)
			continue
		}
		// Where u meets a border, or the share does, either side will do.
		other := drawn(row, u[i], s, s.TopP)
		r.check(token == lo || token == hi || token == other, "row %d: token %d for u=%v, want %d to %d", i, token, u[i], lo, hi)
	}
	r.q.Sample(out, r.put(gpu.F32, z[:vocab]), r.doubles(u[:1]), 1, vocab, s)
	r.check(slices.Equal(r.getInts(out, 1), got[:1]), "row 0 alone gives token %d, not %d", r.getInts(out, 1), got[0])
}

// drawn is the definition.
func drawn(z []float64, u float64, s ops.Sampling, share float64) int32 {
	ids := make([]int, len(z))
	for i := range ids {
		ids[i] = i
	}
	slices.SortStableFunc(ids, func(a, b int) int {
		switch {
		case z[a] > z[b]:
			return -1
		case z[a] < z[b]:
			return 1
		}
		return 0
	})
	if s.Temperature == 0 {
		return int32(ids[0])
	}
	p := make([]float64, len(z))
	top := z[ids[0]]
	if s.TopK > 0 && s.TopK < len(ids) {
		ids = ids[:s.TopK]
	}
	var all float64
	for _, i := range ids {
		p[i] = math.Exp((z[i] - top) / s.Temperature)
		all += p[i]
	}
	if share > 0 && s.TopP < 1 {
		want, sum := share*all, 0.0
		for n, i := range ids {
			if n > 0 && sum >= want {
				p[i] = 0
			}
			sum += p[i]
		}
		all = 0
		for _, v := range p {
			all += v
		}
	}
	var sum float64
	last := 0
	for i, v := range p {
		if v > 0 {
			last = i
		}
		if sum += v; sum > u*all && v > 0 {
			return int32(i)
		}
	}
	return int32(last)
}

func sampleByHand(r *rig) {
	inf := math.Inf(-1)
	ln2, ln3 := math.Ln2, math.Log(3)
	last := 1 - 1.0/(1<<53)
	flat := []float64{0, 0, 0, 0}
	steps := []float64{0, ln3, ln2} // 1/6, 3/6, 2/6; at half the temperature 1/14, 9/14, 4/14
	one := ops.Sampling{Temperature: 1}
	for _, x := range []struct {
		z    []float64
		s    ops.Sampling
		u    float64
		want int32
	}{
		{[]float64{1, 3, 3, 2}, ops.Sampling{}, 0.9, 1},
		{[]float64{-3, math.Copysign(0, -1), 0}, ops.Sampling{}, 0, 1},
		{flat, one, 0, 0}, {flat, one, 0.2499, 0}, {flat, one, 0.25, 1}, {flat, one, last, 3},
		{[]float64{inf, 0, inf, 0, inf}, one, 0, 1},
		{[]float64{inf, 0, inf, 0, inf}, one, last, 3},
		{[]float64{-1e6, 0, -1e6}, ops.Sampling{Temperature: 1e-6}, 0.5, 1},
		{steps, one, 0.16, 0}, {steps, one, 0.17, 1}, {steps, one, 0.66, 1}, {steps, one, 0.67, 2},
		{steps, ops.Sampling{Temperature: 0.5}, 0.072, 1},
		{steps, ops.Sampling{Temperature: 0.5}, 0.71, 1},
		{steps, ops.Sampling{Temperature: 0.5}, 0.72, 2},
		// Of the best two, 3/5 and 2/5.
		{steps, ops.Sampling{Temperature: 1, TopK: 2}, 0, 1},
		{steps, ops.Sampling{Temperature: 1, TopK: 2}, 0.59, 1},
		{steps, ops.Sampling{Temperature: 1, TopK: 2}, 0.61, 2},
		{steps, ops.Sampling{Temperature: 1, TopK: 2, TopP: 0.59}, 0.99, 1},
		{steps, ops.Sampling{Temperature: 1, TopK: 3, TopP: 0.6}, 0.99, 2},
		{steps, ops.Sampling{Temperature: 1, TopP: 0.01}, 0.99, 1},
		// Ties: the lower token first. A share that is reached exactly is enough.
		{flat, ops.Sampling{Temperature: 1, TopK: 2}, 0.99, 1},
		{flat, ops.Sampling{Temperature: 1, TopP: 0.5}, 0.99, 1},
		{flat, ops.Sampling{Temperature: 1, TopP: 0.51}, 0.99, 2},
		{flat, ops.Sampling{Temperature: 1, TopK: 3, TopP: 0.5}, 0.99, 1},
		{flat, ops.Sampling{Temperature: 1, TopP: 1, TopK: 9}, 0.99, 3},
		{flat, ops.Sampling{Temperature: 1, TopP: 1e-9}, 0.99, 0},
	} {
		got := sampleOne(r, x.z, x.u, x.s)
		r.check(got == x.want, "%v %+v u=%v: token %d, want %d", x.z, x.s, x.u, got, x.want)
	}
}

// Rows that a policy which diverged computes end with a token of the vocabulary.
func sampleSpecial(r *rig) {
	inf, nan := math.Inf(1), math.NaN()
	for _, s := range []ops.Sampling{{}, {Temperature: 1}, {Temperature: 1, TopK: 2}, {Temperature: 1, TopP: 0.5}, {Temperature: 2, TopK: 3, TopP: 0.9}} {
		for _, z := range [][]float64{
			{nan, nan, nan, nan, nan}, {inf, 0, inf, 1, nan}, {-inf, -inf, -inf, -inf, -inf}, slices.Repeat([]float64{nan}, 600),
		} {
			got := sampleOne(r, z, 0.5, s)
			r.check(got >= 0 && int(got) < len(z), "%v %+v: token %d", z[:5], s, got)
		}
		got := sampleOne(r, []float64{nan, -inf, 4, nan, -inf}, 0.5, s)
		r.check(got == 2, "one number %+v: token %d", s, got)
	}
}
