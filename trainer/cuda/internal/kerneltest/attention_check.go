package kerneltest

import (
	"fmt"
	"math"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/internal/ops"
)

// tableBytes is room for tables of sequences wherever a vector is shifted to.
func (r *rig) tableBytes(start []int) int64 { return ops.SequencesBytes(start) + 16 }

// A column is some columns of a matrix.
type column struct {
	at, width int
	x         []float64
}

// rows returns n rows of ld elements, NaN where no column is.
func rows(n, ld int, columns ...column) []float64 {
	m := make([]float64, n*ld)
	for i := range m {
		m[i] = math.NaN()
	}
	for _, c := range columns {
		for i := range n {
			copy(m[i*ld+c.at:], c.x[i*c.width:][:c.width])
		}
	}
	return m
}

// columns returns columns of the first n rows of a matrix.
func columns(m []float64, n, ld, at, width int) []float64 {
	x := make([]float64, 0, n*width)
	for i := range n {
		x = append(x, m[i*ld+at:][:width]...)
	}
	return x
}

// attention compares both directions with sums over all pairs.
//
// A weight p is wrong by the error of its score and of lse, in float32 1e-6 of the
// magnitudes of the products that the score is the sum of, and of lse; and by 1e-6
// of its own. In bf16 weights and their derivatives are rounded before they are
// multiplied, to 2^-8. Gradients are compared with those of the outputs and lse
// that the device wrote.
func (r *rig) attention(s attentionShape) {
	p := r.pack(s)
	c := r.compute(p, s.pad)
	if r.q.Err() != nil {
		return
	}
	n := p.start[len(p.start)-1]
	nq, nkv := n*p.Q*p.D, n*p.KV*p.D
	var rounding float64 // of weights, in units of 1e-6
	if r.t == gpu.BF16 {
		rounding = 1e6 / 256
	}
	type sum struct{ value, magnitude []float64 }
	newSum := func(n int) sum { return sum{make([]float64, n), make([]float64, n)} }
	out, lse, dq, dk, dv := newSum(nq), newSum(n*p.Q), newSum(nq), newSum(nkv), newSum(nkv)
	for at := 1; at < len(p.start); at++ {
		begin, end := p.start[at-1], p.start[at]
		for h := range p.Q {
			for i := begin; i < end; i++ {
				qi := p.head(p.q, p.Q, i, h)
				doi, oi := p.head(p.dout, p.Q, i, h), p.head(c.out, p.Q, i, h)
				score, top, most := make([]float64, i+1-begin), math.Inf(-1), 0.0
				for j := range score {
					dot, abs := dots(qi, p.head(p.k, p.KV, begin+j, h/(p.Q/p.KV)))
					score[j] = p.Scale * dot
					top, most = max(top, score[j]), max(most, p.Scale*abs)
				}
				total := 0.0
				for _, x := range score {
					total += math.Exp(x - top)
				}
				exact := top + math.Log(total)
				lse.value[i*p.Q+h] = exact
				lse.magnitude[i*p.Q+h] = 1 + most + math.Abs(exact)
				wrong := 1 + most + math.Abs(exact) // of p, in 1e-6 of it
				delta, deltaAbs := dots(doi, oi)
				for j, x := range score {
					g := h / (p.Q / p.KV)
					vj, kj := p.head(p.v, p.KV, begin+j, g), p.head(p.k, p.KV, begin+j, g)
					w := math.Exp(x - exact)
					for e := range p.D {
						x := (i*p.Q+h)*p.D + e
						out.value[x] += w * vj[e]
						out.magnitude[x] += w * math.Abs(vj[e]) * (wrong + rounding)
					}
					w = math.Exp(x - c.lse[i*p.Q+h])
					dot, abs := dots(doi, vj)
					ds := p.Scale * w * (dot - delta)
					dsWrong := p.Scale*w*(abs+deltaAbs)*wrong + math.Abs(ds)*rounding
					for e := range p.D {
						x, y := (i*p.Q+h)*p.D+e, ((begin+j)*p.KV+g)*p.D+e
						dq.value[x] += ds * kj[e]
						dq.magnitude[x] += dsWrong * math.Abs(kj[e])
						dk.value[y] += ds * qi[e]
						dk.magnitude[y] += dsWrong * math.Abs(qi[e])
						dv.value[y] += w * doi[e]
						dv.magnitude[y] += w * math.Abs(doi[e]) * (wrong + rounding)
					}
				}
			}
		}
	}
	for _, x := range []struct {
		what string
		t    gpu.Type
		got  []float64
		want sum
	}{
		{"out", r.t, c.out, out}, {"lse", gpu.F32, c.lse, lse},
		{"dq", r.t, c.dq, dq}, {"dk", r.t, c.dk, dk}, {"dv", r.t, c.dv, dv},
	} {
		from := p.start[0] * len(x.got) / n
		for i := range x.want.magnitude {
			x.want.magnitude[i] += 1e-30 // float32 has no smaller numbers worth the name
		}
		r.near(x.what, x.t, x.got[from:], x.want.value[from:], x.want.magnitude[from:])
	}
}

// head returns the elements of a head in row i.
func (p *packed) head(x []float64, heads, i, h int) []float64 { return x[(i*heads+h)*p.D:][:p.D] }

// dots returns a product and the sum of the magnitudes of its terms.
func dots(a, b []float64) (dot, abs float64) {
	for i, x := range a {
		dot += x * b[i]
		abs += math.Abs(x * b[i])
	}
	return dot, abs
}

// attentionAlone wants the same bits of a sequence between others, which hold NaNs,
// behind tokens that are nobody's, and alone; and of tokens before one that is NaN
// in the same sequence the same output.
func (r *rig) attentionAlone(d int) {
	p := r.pack(attentionShape{q: 2, kv: 1, d: d, lengths: []int{7, 66, 35}, before: 5})
	begin, end := p.start[1], p.start[2]
	cut := func(x []float64, from, to int) []float64 { n := len(x) / p.start[3]; return x[from*n : to*n] }
	for _, t := range []int{p.start[1] - 1, p.start[2], p.start[3] - 1} {
		for _, x := range [][]float64{p.q, p.k, p.v, p.dout} {
			cut(x, t, t+1)[0] = math.NaN()
		}
	}
	p.wild = true
	all := r.compute(p, 0)

	one := packed{Heads: p.Heads, start: []int{0, end - begin}}
	one.q, one.k = cut(p.q, begin, end), cut(p.k, begin, end)
	one.v, one.dout = cut(p.v, begin, end), cut(p.dout, begin, end)
	alone := r.compute(one, 0)
	r.same("out", cut(all.out, begin, end), alone.out)
	r.same("lse", cut(all.lse, begin, end), alone.lse)
	r.same("dq", cut(all.dq, begin, end), alone.dq)
	r.same("dk", cut(all.dk, begin, end), alone.dk)
	r.same("dv", cut(all.dv, begin, end), alone.dv)

	// The last token is behind a multiple of all sizes of tiles: no other query
	// computes with it.
	at := end - 1
	for i := range cut(p.k, at, end) {
		cut(p.k, at, end)[i] = math.NaN()
	}
	wild := r.compute(p, 0)
	r.same("out of earlier tokens", cut(wild.out, begin, begin+64), cut(all.out, begin, begin+64))
	bad := true
	for _, x := range cut(wild.out, at, end) {
		bad = bad && math.IsNaN(x)
	}
	r.check(bad, "the output of a token with a key that is NaN has numbers")
}

// narrow is a device with the shared memory of compute capability 8.6, 8.9 and 12.0.
type narrow struct {
	gpu.Device
	launched map[string]int
}

const narrowShared = 99 << 10

func (d narrow) Info() gpu.Info {
	i := d.Device.Info()
	i.Shared = narrowShared
	return i
}

func (d narrow) Launch(l gpu.Launch) error {
	if l.Shared > narrowShared {
		return fmt.Errorf("kernel %s with %d bytes of shared memory, where there are %d", l.Kernel, l.Shared, narrowShared)
	}
	d.launched[l.Kernel]++
	return d.Device.Launch(l)
}

// attentionNarrow wants tensor cores to be used where there is little shared memory,
// and the bits that come where there is more.
func (r *rig) attentionNarrow(s attentionShape) {
	wide, d := r.q.Dev, narrow{r.q.Dev, map[string]int{}}
	r.q.Dev = d
	r.attention(s)
	p := r.pack(s)
	few := r.compute(p, s.pad)
	for _, name := range []string{"attention_mma_128_bf16", "attention_mma_keys_128x32_bf16", "attention_mma_queries_128_bf16"} {
		r.check(r.q.Err() != nil || d.launched[name] == 2, "%s was not launched, but %v", name, d.launched)
	}
	r.q.Dev = wide
	all := r.compute(p, s.pad)
	r.same("dq", few.dq, all.dq)
	r.same("dk", few.dk, all.dk)
	r.same("dv", few.dv, all.dv)
}
