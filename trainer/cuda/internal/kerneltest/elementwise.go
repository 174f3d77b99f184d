package kerneltest

import (
	"fmt"
	"math"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

func elementwiseCases() []Case {
	var all []Case
	for _, t := range []gpu.Type{gpu.F32, gpu.BF16} {
		for _, s := range []struct{ rows, f, shift int }{
			{1, 1, 0}, {3, 7, 0}, {2, 8, 1}, {5, 24, 0}, {3, 1031, 0}, {2, 3072, 0},
		} {
			name := fmt.Sprintf("%v/%dx%d", t, s.rows, s.f)
			if s.shift > 0 {
				name += "/unaligned"
			}
			all = append(all,
				Case{"swiglu/" + name, false, withRig(t, s.shift, func(r *rig) { r.swiGLU(s.rows, s.f) })},
				Case{"gather/" + name, false, withRig(t, s.shift, func(r *rig) { r.gather(s.rows, s.f) })},
				Case{"embed_grad/" + name, false, withRig(t, s.shift, func(r *rig) { r.embedGrad(20*s.rows, s.f) })})
		}
		for _, n := range []int{1, 7, 8, 2049} {
			for _, shift := range []int{0, 3} {
				all = append(all, Case{fmt.Sprintf("add_cast/%v/%d+%d", t, n, shift), false,
					withRig(t, shift, func(r *rig) { r.addCast(n) })})
			}
		}
		all = append(all, Case{fmt.Sprintf("elementwise/%v/few blocks", t), false, withFewBlocks(t, func(r *rig) {
			r.swiGLU(1, 2500)
			r.gather(2, 2500)
			r.embedGrad(20, 2500)
			r.addCast(10003)
		})})
	}
	return all
}

func (r *rig) swiGLU(rows, f int) {
	gu, dy := r.normal(rows*2*f, 3), r.normal(rows*f, 1)
	for i, extreme := range []float64{-1e4, 1e4, 0, -80, 30, math.Inf(-1), math.NaN()} {
		if i < f {
			gu[f-1-i] = extreme
		}
	}
	pgu, pdy := r.put(r.t, gu), r.put(r.t, dy)
	act := r.out(r.t, rows*f)
	r.q.SwiGLU(act, pgu, rows, f)

	var want, dwant, dsize []float64
	for t := range rows {
		var dgate, dup, size []float64
		for i := range f {
			g, u, d := gu[t*2*f+i], gu[t*2*f+f+i], dy[t*f+i]
			s := 1 / (1 + math.Exp(-g))
			want = append(want, g*s*u)
			dup = append(dup, d*g*s)
			dgate = append(dgate, d*u*(s+g*s*(1-s)))
			size = append(size, math.Abs(d*u)*(s+math.Abs(g)*s*(1-s)))
		}
		dwant = append(append(dwant, dgate...), dup...)
		dsize = append(append(dsize, size...), dup...)
	}
	r.near("act", r.t, r.get(r.t, act, rows*f), want, nil)

	dgu, again := r.out(r.t, rows*2*f), r.out(r.t, rows*f)
	r.q.SwiGLUGrad(dgu, again, pdy, pgu, rows, f)
	r.near("dgu", r.t, r.get(r.t, dgu, rows*2*f), dwant, dsize)
	r.same("act, again", r.get(r.t, again, rows*f), r.get(r.t, act, rows*f))

	alone := r.out(r.t, rows*2*f)
	r.q.SwiGLUGrad(alone, 0, pdy, pgu, rows, f)
	r.same("dgu alone", r.get(r.t, alone, rows*2*f), r.get(r.t, dgu, rows*2*f))

	r.q.SwiGLUGrad(pgu, pdy, pdy, pgu, rows, f)
	r.same("dgu in the place of gu", r.get(r.t, pgu, rows*2*f), r.get(r.t, dgu, rows*2*f))
	r.same("act in the place of dact", r.get(r.t, pdy, rows*f), r.get(r.t, act, rows*f))
}

func (r *rig) gather(rows, d int) {
	const of = 9
	table, index := r.normal(of*d, 1), make([]int32, rows)
	for i := range index {
		index[i] = r.rng.Int32N(of)
	}
	ptable, pindex, dst := r.put(r.t, table), r.ints(index), r.out(r.t, rows*d)
	r.q.Embed(dst, ptable, pindex, rows, d)
	var want []float64
	for _, k := range index {
		want = append(want, table[int(k)*d:][:d]...)
	}
	r.same("gathered", r.get(r.t, dst, rows*d), want)

	for i, k := range r.rng.Perm(of)[:rows] {
		index[i] = int32(k)
		copy(table[k*d:][:d], want[i*d:][:d])
	}
	r.q.Scatter(ptable, dst, r.ints(index), rows, d)
	r.same("scattered", r.get(r.t, ptable, of*d), table)
}

// embedGrad has runs of 1, 2, 8, 9, ... of n tokens.
func (r *rig) embedGrad(n, h int) {
	const vocab = 12
	dx, table := r.normal(n*h, 1), r.normal(vocab*h, 1)
	var order, first, ids []int32
	for _, k := range r.rng.Perm(n) {
		order = append(order, int32(k))
	}
	rows := r.rng.Perm(vocab)
	for at, run := 0, 0; at < n; run++ {
		first, ids = append(first, int32(at)), append(ids, int32(rows[run]))
		at = min(n, at+[]int{1, 2, 8, 9, 1, 33, 40, 1000}[run])
	}
	first = append(first, int32(n))
	pdx, ptable := r.put(r.t, dx), r.put(gpu.F32, table)
	r.q.EmbedGrad(ptable, pdx, r.ints(order), r.ints(first), r.ints(ids), len(ids), h)

	size := make([]float64, vocab*h)
	for i, v := range table {
		size[i] = math.Abs(v)
	}
	for i, id := range ids {
		for _, row := range order[first[i]:first[i+1]] {
			for c := range h {
				v := dx[int(row)*h+c]
				table[int(id)*h+c] += v
				size[int(id)*h+c] += math.Abs(v)
			}
		}
	}
	r.near("dtable", gpu.F32, r.get(gpu.F32, ptable, vocab*h), table, size)
}

func (r *rig) addCast(n int) {
	a, b := r.normal(n, 1), r.normal(n, 1)
	pa, pb := r.put(r.t, a), r.put(r.t, b)
	r.q.Add(pa, pb, n)
	for i, v := range b {
		a[i] += v
		b[i] = math.Abs(a[i]) / 8 // of 1e-6: a rounding of float32
	}
	r.near("sum", r.t, r.get(r.t, pa, n), a, b)

	// Ties, infinities, a denormal number, what rounds up to infinity.
	x := r.normal(n, 1)
	copy(x, []float64{1 + 1.0/256, 1 + 3.0/256, math.Inf(-1), 3e-39, math.MaxFloat32, math.NaN(), -0x1p-133})
	for _, to := range []gpu.Type{gpu.F32, gpu.BF16} {
		from := append([]float64(nil), x...)
		src, dst := r.put(r.t, from), r.out(to, n)
		r.q.Cast(dst, to, src, r.t, n)
		want := append([]float64(nil), from...)
		r.put(to, want) // rounds
		r.same("cast", r.get(to, dst, n), want)
	}
}
