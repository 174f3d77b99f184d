package kerneltest

import (
	"fmt"
	"math"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// attentionShape is a case of attention: sequences of some lengths behind tokens
// that are nobody's, in rows with pad elements between them.
type attentionShape struct {
	q, kv, d    int
	lengths     []int
	before, pad int
	shift       int
	deviation   float64 // of queries and keys; 0: 1
	slow        bool
}

func attentionCases() []Case {
	edges := []int{1, 2, 15, 16, 17, 63, 65}
	long := []int{127, 128, 129, 130, 200}
	var all []Case
	for _, s := range []attentionShape{
		{q: 1, kv: 1, d: 1, lengths: []int{5}},
		{q: 2, kv: 1, d: 8, lengths: edges, pad: 3},
		{q: 3, kv: 3, d: 10, lengths: []int{33, 0, 40}, before: 2},
		{q: 2, kv: 2, d: 16, lengths: edges, before: 3, pad: 8},
		{q: 2, kv: 1, d: 16, lengths: long, slow: true},
		{q: 4, kv: 2, d: 32, lengths: []int{70, 3}, pad: 8},
		{q: 4, kv: 1, d: 64, lengths: []int{66, 1, 31}, slow: true},
		{q: 2, kv: 1, d: 64, lengths: []int{40}, deviation: 8},
		{q: 2, kv: 1, d: 64, lengths: []int{130, 67}, deviation: 8, slow: true},
		{q: 2, kv: 2, d: 64, lengths: []int{40}, shift: 1},
		{q: 2, kv: 1, d: 64, lengths: []int{40}, pad: 4},
		{q: 2, kv: 1, d: 80, lengths: []int{65, 33}, before: 1, pad: 16},
		{q: 2, kv: 1, d: 96, lengths: []int{20, 65}},
		{q: 2, kv: 1, d: 128, lengths: []int{66}},
		{q: 4, kv: 2, d: 128, lengths: []int{130, 40}, slow: true},
		{q: 2, kv: 1, d: 200, lengths: []int{35}},
		{q: 1, kv: 1, d: 256, lengths: []int{34}},
	} {
		for _, t := range []gpu.Type{gpu.F32, gpu.BF16} {
			name := fmt.Sprintf("attention/%v/%dx%dx%d/%d", t, s.q, s.kv, s.d, s.lengths[0])
			if s.deviation > 0 {
				name += "/large"
			}
			if s.shift > 0 || s.pad%8 != 0 {
				name += "/unaligned"
			}
			slow := s.slow || t == gpu.F32 && (s.d == 32 || s.d == 80 || s.d == 96) // sizes that are special in bf16
			all = append(all, Case{name, slow, withRig(t, s.shift, func(r *rig) { r.attention(s) })})
		}
	}
	for _, s := range []struct {
		t gpu.Type
		d int
	}{{gpu.F32, 12}, {gpu.BF16, 12}, {gpu.BF16, 16}} {
		all = append(all, Case{fmt.Sprintf("attention_alone/%v/%d", s.t, s.d), false,
			withRig(s.t, 0, func(r *rig) { r.attentionAlone(s.d) })})
	}
	for _, s := range []attentionShape{
		{q: 2, kv: 1, d: 128, lengths: []int{50}},
		{q: 2, kv: 1, d: 128, lengths: []int{130, 33}, before: 1, pad: 8, slow: true},
	} {
		all = append(all, Case{fmt.Sprintf("attention_narrow/bf16/%d", s.lengths[0]), s.slow,
			withRig(gpu.BF16, 0, func(r *rig) { r.attentionNarrow(s) })})
	}
	return all
}

// A packed is attention over packed sequences on the host, one vector per tensor
// with rows one behind the other.
type packed struct {
	gpu.Heads
	start         []int
	q, k, v, dout []float64

	wild bool // some numbers are not finite
}

// pack makes tensors for a shape.
func (r *rig) pack(s attentionShape) packed {
	p := packed{Heads: gpu.Heads{Q: s.q, KV: s.kv, D: s.d, Scale: 1 / math.Sqrt(float64(s.d))}, start: []int{s.before}}
	n := s.before
	for _, l := range s.lengths {
		n += l
		p.start = append(p.start, n)
	}
	if s.deviation == 0 {
		s.deviation = 1
	}
	p.q, p.k = r.normal(n*s.q*s.d, s.deviation), r.normal(n*s.kv*s.d, s.deviation)
	p.v, p.dout = r.normal(n*s.kv*s.d, 1), r.normal(n*s.q*s.d, 1)
	return p
}

// computed is what a device made of packed sequences, one row behind the other.
type computed struct{ out, lse, dq, dk, dv []float64 }

// compute runs both directions, with queries and keys in the same rows, values
// behind columns that are nobody's, and gradients in the same rows, as the policy
// has them. It rounds the tensors of p, and wants NaNs where nothing is to be
// written.
func (r *rig) compute(p packed, pad int) computed {
	n, q, kv := p.start[len(p.start)-1], p.Q*p.D, p.KV*p.D
	ldQK, ldQKV, ldOut := q+kv+pad, q+2*kv+pad, q+pad
	qk := r.put(r.t, rows(n, ldQK, column{0, q, p.q}, column{q, kv, p.k}))
	qkv := r.put(r.t, rows(n, ldQKV, column{q + kv, kv, p.v}))
	dout := r.put(r.t, rows(n, ldOut, column{0, q, p.dout}))
	for _, x := range [][]float64{p.q, p.k, p.v, p.dout} {
		for i := range x {
			x[i] = float64(float32(x[i]))
			if r.t == gpu.BF16 {
				x[i] = float64(math.Float32frombits(uint32(bf16Bits(float32(x[i]))) << 16))
			}
		}
	}
	const guard = 3 // rows
	out, dqkv := r.out(r.t, (n+guard)*ldOut), r.out(r.t, (n+guard)*ldQKV)
	lse := r.out(gpu.F32, (n+guard)*p.Q)
	row := func(x gpu.Ptr, at, ld int) gpu.Rows { return gpu.Rows{Ptr: x.At(at, r.t), LD: ld} }
	a := gpu.Attend{
		Heads: p.Heads, Type: r.t,
		Q: row(qk, 0, ldQK), K: row(qk, q, ldQK), V: row(qkv, q+kv, ldQKV), Out: row(out, 0, ldOut), LSE: lse,
		DOut: row(dout, 0, ldOut), DQ: row(dqkv, 0, ldQKV), DK: row(dqkv, q, ldQKV), DV: row(dqkv, q+kv, ldQKV),
	}
	s := r.q.PlaceSequences(p.start, r.alloc(int(r.tableBytes(p.start)), 1)&^15)
	r.q.Attention(a, s)
	r.q.AttentionGrad(a, s)

	c := computed{lse: r.get(gpu.F32, lse, (n+guard)*p.Q)}
	o, d := r.get(r.t, out, (n+guard)*ldOut), r.get(r.t, dqkv, (n+guard)*ldQKV)
	c.out = columns(o, n, ldOut, 0, q)
	c.dq, c.dk, c.dv = columns(d, n, ldQKV, 0, q), columns(d, n, ldQKV, q, kv), columns(d, n, ldQKV, q+kv, kv)
	for _, x := range []struct {
		what      string
		all       []float64
		ld, width int
	}{{"out", o, ldOut, q}, {"lse", c.lse, p.Q, p.Q}, {"gradient", d, ldQKV, q + 2*kv}} {
		for i, v := range x.all {
			inside := i/x.ld >= p.start[0] && i/x.ld < n && i%x.ld < x.width
			r.check(math.IsNaN(v) != inside || p.wild && inside, "%s: row %d, column %d is %g", x.what, i/x.ld, i%x.ld, v)
		}
	}
	c.lse = c.lse[:n*p.Q]
	return c
}
