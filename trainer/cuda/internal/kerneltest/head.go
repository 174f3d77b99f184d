package kerneltest

import (
	"fmt"
	"math"
	"slices"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

func headCases() []Case {
	var all []Case
	for i, s := range []struct {
		rows, vocab int
		scale       float64
	}{
		{1, 1, 1}, {3, 2, 1}, {5, 7, 0.5}, {2, 512, 1}, {3, 513, 1.25}, {4, 131, 1 / 0.7}, {2, 4100, 2}, {1, 20003, 1},
	} {
		name := fmt.Sprintf("%dx%d", s.rows, s.vocab)
		all = append(all, Case{Name: "log_softmax/" + name, Run: withRig(gpu.F32, i%2, func(r *rig) { logSoftmax(r, s.rows, s.vocab, s.scale) })})
		for _, t := range []gpu.Type{gpu.F32, gpu.BF16} {
			all = append(all, Case{
				Name: fmt.Sprintf("log_softmax_grad/%v/%s", t, name),
				Run:  withRig(t, i/2%2, func(r *rig) { logSoftmaxGrad(r, s.rows, s.vocab, s.scale) }),
			})
		}
	}
	return append(all,
		Case{Name: "log_softmax/alone", Run: withRig(gpu.F32, 0, logSoftmaxAlone)},
		Case{Name: "log_softmax/special", Run: withRig(gpu.F32, 0, logSoftmaxSpecial)})
}

// logitRows returns rows of logits with their targets. Each row has another
// spread, and a maximum that is far from 0.
func logitRows(r *rig, rows, vocab int) (z []float64, target []int32) {
	for i := range rows {
		for range vocab {
			z = append(z, float64(float32(300*float64(i%3-1)+float64(i+1)*2*r.rng.NormFloat64())))
		}
		target = append(target, int32(r.rng.IntN(vocab)))
	}
	return z, target
}

// A distribution is what the definitions say of a row of logits.
type distribution struct {
	logp         []float64
	lse, entropy float64
}

func distributionOf(z []float64, scale float64) distribution {
	top := slices.Max(z)
	var sum float64
	for _, v := range z {
		sum += math.Exp(scale * (v - top))
	}
	d := distribution{lse: scale*top + math.Log(sum)}
	for _, v := range z {
		l := scale*(v-top) - math.Log(sum)
		d.logp = append(d.logp, l)
		if p := math.Exp(l); p > 0 {
			d.entropy -= p * l
		}
	}
	return d
}

func logSoftmax(r *rig, rows, vocab int, scale float64) {
	z, target := logitRows(r, rows, vocab)
	out := r.alloc(3*rows, 8)
	logits, tokens := r.put(gpu.F32, z), r.ints(target)
	r.q.LogSoftmax(out, out.At(2*rows, gpu.F32), out.At(4*rows, gpu.F32), logits, tokens, rows, vocab, scale)
	got := r.getDoubles(out, 3*rows)
	want, size := make([]float64, 3*rows), make([]float64, 3*rows)
	for i := range rows {
		d := distributionOf(z[i*vocab:][:vocab], scale)
		// A term exp(t) is wrong by |t| roundings of float32, on average by the entropy.
		e := 1 + d.entropy
		want[i], want[rows+i], want[2*rows+i] = d.lse, d.logp[target[i]], d.entropy
		size[i], size[rows+i], size[2*rows+i] = e, e, e*e
	}
	r.near("lse, logp, entropy", gpu.F32, got, want, size)
	again := r.alloc(2*rows, 8)
	r.q.LogSoftmax(again, again.At(2*rows, gpu.F32), 0, logits, tokens, rows, vocab, scale)
	r.same("without entropy", r.getDoubles(again, 2*rows), got[:2*rows])
}

// A row has the same bits wherever it is.
func logSoftmaxAlone(r *rig) {
	const rows, vocab = 5, 1037
	z, target := logitRows(r, rows, vocab)
	logits, tokens, out, one := r.put(gpu.F32, z), r.ints(target), r.alloc(3*rows, 8), r.alloc(3, 8)
	r.q.LogSoftmax(out, out+8*rows, out+16*rows, logits, tokens, rows, vocab, 0.9)
	all := r.getDoubles(out, 3*rows)
	for i := range rows {
		row := r.put(gpu.F32, z[i*vocab:][:vocab])
		r.q.LogSoftmax(one, one+8, one+16, row, tokens+gpu.Ptr(4*i), 1, vocab, 0.9)
		r.same("alone", r.getDoubles(one, 3), []float64{all[i], all[rows+i], all[2*rows+i]})
	}
}

// Logits of -Inf are no tokens; NaN and +Inf make the whole row NaN, and no other.
func logSoftmaxSpecial(r *rig) {
	const rows, vocab = 5, 70
	inf, nan := math.Inf(1), math.NaN()
	z := make([]float64, rows*vocab)
	for i := range z {
		z[i] = -inf
	}
	z[3], z[66] = 2, 2
	z[vocab+69] = nan
	for i := range vocab {
		z[2*vocab+i], z[3*vocab+i] = 1, 3
	}
	z[2*vocab+1] = inf
	out, tokens := r.alloc(3*rows, 8), r.ints([]int32{66, 0, 0, 5, 0})
	logits := r.put(gpu.F32, z)
	r.q.LogSoftmax(out, out+8*rows, out+16*rows, logits, tokens, rows, vocab, 1)
	ln2, ln70 := math.Ln2, math.Log(70)
	r.near("logp, entropy", gpu.F32, r.getDoubles(out, 3*rows)[rows:],
		[]float64{-ln2, nan, nan, -ln70, nan, ln2, nan, nan, ln70, nan}, nil)
	d := r.doubles([]float64{1, 1, 1, 1, 1})
	r.q.LogSoftmaxGrad(logits, logits, tokens, out, out+16*rows, d, d, rows, vocab, 1)
	want := make([]float64, vocab)
	want[3], want[66] = -0.5, 0.5
	size := slices.Repeat([]float64{1}, vocab)
	r.near("derivative", gpu.F32, r.get(gpu.F32, logits, vocab), want, size)
	r.check(math.IsNaN(r.get(gpu.F32, logits, 2*vocab)[2*vocab-1]), "a finite derivative in a row with NaN")
}

func logSoftmaxGrad(r *rig, rows, vocab int, scale float64) {
	z, target := logitRows(r, rows, vocab)
	var lse, entropy []float64
	var ds []distribution
	for i := range rows {
		d := distributionOf(z[i*vocab:][:vocab], scale)
		ds = append(ds, d)
		lse, entropy = append(lse, d.lse), append(entropy, d.entropy)
	}
	dlogp, dentropy := r.normal(rows, 1), r.normal(rows, 0.1)
	logits, tokens := r.put(gpu.F32, z), r.ints(target)
	l, e, dl, de := r.doubles(lse), r.doubles(entropy), r.doubles(dlogp), r.doubles(dentropy)
	compare := func(what string, out gpu.Ptr, by float64) {
		want, size := make([]float64, rows*vocab), make([]float64, rows*vocab)
		for i := range rows {
			a, b := scale*dlogp[i], by*scale*dentropy[i]
			for j, l := range ds[i].logp {
				p := math.Exp(l)
				at := i*vocab + j
				want[at] = -p * (a + b*(l+ds[i].entropy))
				// p is wrong by |l| roundings of float32, and may be 0 below the least of them.
				size[at] = p*(math.Abs(a)+math.Abs(b)*(math.Abs(l)+ds[i].entropy))*(1+0.12*math.Abs(l)) + 1e-31
				if j == int(target[i]) {
					want[at] += a
					size[at] += math.Abs(a)
				}
			}
		}
		r.near(what, r.t, r.get(r.t, out, rows*vocab), want, size)
	}
	out := r.out(r.t, rows*vocab)
	r.q.LogSoftmaxGrad(out, logits, tokens, l, 0, dl, 0, rows, vocab, scale)
	compare("derivative of logp", out, 0)
	if r.t == gpu.F32 {
		out = logits
	}
	r.q.LogSoftmaxGrad(out, logits, tokens, l, e, dl, de, rows, vocab, scale)
	compare("derivative", out, 1)
}
