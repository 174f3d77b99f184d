package kerneltest

import (
	"fmt"
	"math"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/internal/ops"
)

const normEps = 1e-6

func rowsCases() []Case {
	var all []Case
	for _, t := range []gpu.Type{gpu.F32, gpu.BF16} {
		for _, s := range []struct {
			rows, d, shift int
		}{
			{rows: 1, d: 1},
			{rows: 3, d: 5},
			{rows: 2, d: 8, shift: 1},
			{rows: 40, d: 24},
			{rows: 5, d: 64, shift: 3},
			{rows: 17, d: 1024},
			{rows: 3, d: 1028},
			{rows: 3, d: 1031, shift: 1},
			{rows: 17, d: 1536},
			{rows: 3, d: 8200},
			{rows: 330, d: 8}, // more blocks than add_columns has warps
		} {
			name := fmt.Sprintf("%v/%dx%d", t, s.rows, s.d)
			if s.shift > 0 {
				name += "/unaligned"
			}
			all = append(all,
				Case{"rmsnorm/" + name, false, withRig(t, s.shift, func(r *rig) { r.rmsNorm(s.rows, s.d) })},
				Case{"rmsnorm_grad/" + name, false, withRig(t, s.shift, func(r *rig) { r.rmsNormGrad(s.rows, s.d) })})
		}
	}
	return all
}

func (r *rig) rmsNorm(rows, d int) {
	a, b, w := r.normal(rows*d, 2), r.normal(rows*d, 1), r.normal(d, 1)
	clear(a[:d]) // a row of zeros
	pa, pb, pw := r.put(r.t, a), r.put(r.t, b), r.put(r.t, w)
	y, rstd := r.out(r.t, rows*d), r.out(gpu.F32, rows)

	r.q.RMSNorm(y, pa, pw, rstd, rows, d, normEps)
	want, scale := rmsNormed(a, w, rows, d)
	r.near("y", r.t, r.get(r.t, y, rows*d), want, nil)
	r.near("rstd", gpu.F32, r.get(gpu.F32, rstd, rows), scale, nil)

	// The sum into memory of its own, then over each operand.
	sum := make([]float64, rows*d)
	for i := range sum {
		sum[i] = a[i] + b[i]
	}
	for _, dst := range []gpu.Ptr{r.out(r.t, rows*d), pa, pb} {
		pa, pb := pa, pb
		if dst == pb { // a holds the sum by now
			pa = r.put(r.t, a)
		}
		y := r.out(r.t, rows*d)
		r.q.AddRMSNorm(dst, y, pa, pb, pw, 0, rows, d, normEps)
		got := r.get(r.t, dst, rows*d)
		r.near("sum", r.t, got, sum, nil)
		want, _ := rmsNormed(got, w, rows, d)
		r.near("y of the sum", r.t, r.get(r.t, y, rows*d), want, nil)
	}
}

// rmsNormed returns the normalised rows and their factors.
func rmsNormed(x, w []float64, rows, d int) (y, rstd []float64) {
	y, rstd = make([]float64, rows*d), make([]float64, rows)
	for t := range rows {
		s := 0.0
		for _, v := range x[t*d:][:d] {
			s += v * v
		}
		rstd[t] = 1 / math.Sqrt(s/float64(d)+normEps)
		for i := range d {
			y[t*d+i] = x[t*d+i] * rstd[t] * w[i]
		}
	}
	return y, rstd
}

func (r *rig) rmsNormGrad(rows, d int) {
	x, dy, w := r.normal(rows*d, 2), r.normal(rows*d, 1), r.normal(d, 1)
	old, dw := r.normal(rows*d, 1), r.normal(d, 1)
	rstd := make([]float64, rows)
	for t := range rstd {
		rstd[t] = 0.25 + r.rng.Float64()
	}
	px, pdy, pw, prstd := r.put(r.t, x), r.put(r.t, dy), r.put(r.t, w), r.put(gpu.F32, rstd)
	pdx, pold, pdw := r.out(r.t, rows*d), r.put(r.t, old), r.put(gpu.F32, dw)

	want, magnitude := make([]float64, rows*d), make([]float64, rows*d)
	dws := append([]float64(nil), dw...)
	for i, v := range dw {
		dw[i] = math.Abs(v)
	}
	for t, s := range rstd {
		var mean, all float64
		for i := range d {
			v := dy[t*d+i] * w[i] * x[t*d+i] * s / float64(d)
			mean, all = mean+v, all+math.Abs(v)
		}
		for i := range d {
			g, hat := dy[t*d+i], x[t*d+i]*s
			want[t*d+i] = s * (g*w[i] - hat*mean)
			magnitude[t*d+i] = s * (math.Abs(g*w[i]) + math.Abs(hat)*all)
			dws[i] += g * hat
			dw[i] += math.Abs(g * hat)
		}
	}

	r.q.RMSNormGrad(pdx, false, pdw, true, pdy, px, pw, prstd, rows, d)
	r.near("dx", r.t, r.get(r.t, pdx, rows*d), want, magnitude)
	r.near("dw", gpu.F32, r.get(gpu.F32, pdw, d), dws, dw)

	// Stored is added to zeros.
	again := r.out(gpu.F32, d)
	r.q.Fail(r.d.Fill(again, 0, int64(4*d)))
	r.q.RMSNormGrad(pold, true, again, true, pdy, px, pw, prstd, rows, d)
	for i, v := range old {
		want[i] += v
		magnitude[i] += math.Abs(v)
	}
	r.near("dx, added", r.t, r.get(r.t, pold, rows*d), want, magnitude)

	pdw = r.out(gpu.F32, d)
	r.q.RMSNormGrad(pdy, false, pdw, false, pdy, px, pw, prstd, rows, d)
	r.same("dx in the place of dy", r.get(r.t, pdy, rows*d), r.get(r.t, pdx, rows*d))
	r.same("dw, again", r.get(gpu.F32, pdw, d), r.get(gpu.F32, again, d))
}

func ropeCases() []Case {
	var all []Case
	for _, t := range []gpu.Type{gpu.F32, gpu.BF16} {
		for _, s := range []struct {
			n, q, kv, d, shift int
		}{
			{n: 1, q: 1, kv: 1, d: 2},
			{n: 3, q: 2, kv: 1, d: 8},
			{n: 5, q: 3, kv: 1, d: 10},
			{n: 7, q: 4, kv: 2, d: 64},
			{n: 2, q: 4, kv: 2, d: 64, shift: 1},
			{n: 11, q: 16, kv: 8, d: 128},
			{n: 3, q: 5, kv: 5, d: 80},
			{n: 2, q: 2, kv: 1, d: 254},
			{n: 9, q: 2, kv: 1, d: 256},
			{n: 70, q: 33, kv: 1, d: 16},
		} {
			name := fmt.Sprintf("norm_rope/%v/%dx(%d+%d)x%d", t, s.n, s.q, s.kv, s.d)
			if s.shift > 0 {
				name += "/unaligned"
			}
			h := gpu.Heads{Q: s.q, KV: s.kv, D: s.d}
			all = append(all, Case{name, false, withRig(t, s.shift, func(r *rig) { r.normRope(s.n, h) })})
		}
	}
	return all
}

func (r *rig) normRope(n int, s gpu.Heads) {
	const positions = 50
	heads, all, d, half := s.Q+s.KV, s.Q+2*s.KV, s.D, s.D/2
	qkv, wq, wk := r.normal(n*all*d, 2), r.normal(d, 1), r.normal(d, 1)
	cos, sin := make([]float64, positions*half), make([]float64, positions*half)
	for i := range cos {
		sin[i], cos[i] = math.Sincos(100 * r.rng.Float64())
	}
	pos := make([]int32, n)
	for t := range pos {
		pos[t] = r.rng.Int32N(positions)
	}
	pqkv, pwq, pwk := r.put(r.t, qkv), r.put(r.t, wq), r.put(r.t, wk)
	rope := ops.Rope{Cos: r.put(gpu.F32, cos), Sin: r.put(gpu.F32, sin), Pos: r.ints(pos)}
	qk, rstd := r.out(r.t, n*heads*d), r.out(gpu.F32, n*heads)

	want, magnitude := make([]float64, n*heads*d), make([]float64, n*heads*d)
	scale := make([]float64, n*heads)
	r.q.NormRope(qk, pqkv, pwq, pwk, rstd, rope, n, s, normEps)
	for t := range n {
		for h := range heads {
			w := wq
			if h >= s.Q {
				w = wk
			}
			y, one := rmsNormed(qkv[(t*all+h)*d:][:d], w, 1, d)
			scale[t*heads+h] = one[0]
			out, size := want[(t*heads+h)*d:][:d], magnitude[(t*heads+h)*d:][:d]
			for i := range half {
				a, b, c, s := y[i], y[i+half], cos[int(pos[t])*half+i], sin[int(pos[t])*half+i]
				out[i], out[i+half] = a*c-b*s, b*c+a*s
				size[i], size[i+half] = math.Abs(a*c)+math.Abs(b*s), math.Abs(b*c)+math.Abs(a*s)
			}
		}
	}
	r.near("qk", r.t, r.get(r.t, qk, n*heads*d), want, magnitude)
	got := r.get(gpu.F32, rstd, n*heads)
	r.near("rstd", gpu.F32, got, scale, nil)

	// The gradient, with the device's rstd.
	grad := r.normal(n*all*d, 1)
	dwq, dwk := r.normal(d, 1), r.normal(d, 1)
	pgrad, pdwq, pdwk := r.put(r.t, grad), r.put(gpu.F32, dwq), r.put(gpu.F32, dwk)
	stored, added := r.out(gpu.F32, 2*d), r.out(gpu.F32, 2*d) // what is stored is what is added to zeros
	r.q.Fail(r.d.Fill(added, 0, int64(8*d)))
	for _, p := range []gpu.Ptr{stored, added} {
		r.q.NormRopeGrad(r.put(r.t, grad), pqkv, pwq, pwk, rstd, rope, p, p.At(d, gpu.F32), p == added, n, s)
	}
	r.same("dwq and dwk, stored", r.get(gpu.F32, stored, 2*d), r.get(gpu.F32, added, 2*d))
	r.q.NormRopeGrad(pgrad, pqkv, pwq, pwk, rstd, rope, pdwq, pdwk, true, n, s)

	want, magnitude = append([]float64(nil), grad...), make([]float64, n*all*d)
	sumQ, sumK := make([]float64, d), make([]float64, d)
	for i := range d {
		sumQ[i], sumK[i] = math.Abs(dwq[i]), math.Abs(dwk[i])
	}
	for t := range n {
		for h := range heads {
			w, dw, sum := wq, dwq, sumQ
			if h >= s.Q {
				w, dw, sum = wk, dwk, sumK
			}
			x, f := qkv[(t*all+h)*d:][:d], got[t*heads+h]
			out, size := want[(t*all+h)*d:][:d], magnitude[(t*all+h)*d:][:d]
			for i := range half { // back to before the rotation
				a, b, c, s := out[i], out[i+half], cos[int(pos[t])*half+i], sin[int(pos[t])*half+i]
				out[i], out[i+half] = a*c+b*s, b*c-a*s
				size[i], size[i+half] = math.Abs(a*c)+math.Abs(b*s), math.Abs(b*c)+math.Abs(a*s)
			}
			var mean, most float64
			for i := range d {
				mean += out[i] * w[i] * x[i] * f / float64(d)
				most += math.Abs(size[i]*w[i]*x[i]) * f / float64(d)
			}
			for i := range d {
				dw[i] += out[i] * x[i] * f
				sum[i] += math.Abs(size[i] * x[i] * f)
				out[i] = f * (out[i]*w[i] - x[i]*f*mean)
				size[i] = f * (math.Abs(size[i]*w[i]) + math.Abs(x[i]*f)*most)
			}
		}
	}
	r.near("dqkv", r.t, r.get(r.t, pgrad, n*all*d), want, magnitude)
	r.near("dwq", gpu.F32, r.get(gpu.F32, pdwq, d), dwq, sumQ)
	r.near("dwk", gpu.F32, r.get(gpu.F32, pdwk, d), dwk, sumK)
}
