package engine

import (
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/internal/ops"
)

// begin puts m on the device, where f is.
func (p *Policy) begin(m *micro, f *pass) *ops.Sequences {
	p.rope(m.last + 1)
	p.upload(f.ints, bytesOf(m.pack()))
	return p.q.PlaceSequences(m.start, f.seqs)
}

// list returns where a list of m is on the device.
func (f *pass) list(list int) gpu.Ptr {
	return f.ints + 4*gpu.Ptr(listAt(list, f.n, f.rows))
}

// forward runs the layers over the tokens of f and leaves the normalised rows that
// count in f.finalH. attend reads the heads in a.qk and the values in a.qkv, and
// writes a.attn.
func (p *Policy) forward(f *pass, attend func(l int, a acts)) {
	q, cfg, w := p.q, p.cfg, p.state.low
	h, k := cfg.Hidden, f.n
	b := &f.fore
	first := f.layers[0].or(b.acts)
	q.Embed(first.x, w.Ptr, f.list(listTokens), f.n, h)
	q.RMSNorm(first.norm, first.x, p.layer(w, 0).attnNorm, first.inv, f.n, h, cfg.NormEps)
	for l := range f.layers {
		a, lw := f.layers[l].or(b.acts), p.layer(w, l)
		p.project(a.qkv, a.norm, lw, f.n)
		p.rotate(a.qk, a.qkv, a.invHead, lw, f)
		attend(l, a)

		x, attn := a.x, a.attn
		next, norm, weight, inv := f.final, f.finalH, p.finalNorm(w), f.finalInv
		if l < len(f.layers)-1 {
			up := f.layers[l+1].or(b.acts)
			next, norm, weight, inv = up.x, up.norm, p.layer(w, l+1).attnNorm, up.inv
		} else if f.rows != f.n {
			k = f.rows
			x, attn = a.x2, b.attnRows
			p.gather(f, x, attn, a)
		}
		p.residual(a, b.sum, x, attn, lw, k)
		p.gates(a, lw, k)
		q.SwiGLU(a.act, a.gu, k, cfg.MLP)
		p.linear(b.sum, a.act, lw.down, k, h, cfg.MLP)
		q.AddRMSNorm(next, norm, a.x2, b.sum, weight, inv, k, h, cfg.NormEps)
	}
}

// attention is what attend is but in sampling.
func (p *Policy) attention(a acts, s *ops.Sequences) gpu.Attend {
	cfg := p.cfg
	q, kv := cfg.QDim(), cfg.KVDim()
	return gpu.Attend{
		Heads: p.shape.heads(), Type: p.shape.t, Start: s.Start,
		Q:   gpu.Rows{Ptr: a.qk, LD: q + kv},
		K:   gpu.Rows{Ptr: a.qk.At(q, p.shape.t), LD: q + kv},
		V:   gpu.Rows{Ptr: a.qkv.At(q+kv, p.shape.t), LD: q + 2*kv},
		Out: gpu.Rows{Ptr: a.attn, LD: q},
		LSE: a.lse,
	}
}

// The steps of a layer, which the backward pass repeats as far as their results
// were not kept.

// project computes qkv from the normalised input.
func (p *Policy) project(qkv, norm gpu.Ptr, w layerWeights, n int) {
	p.linear(qkv, norm, w.qkv, n, p.shape.ld(), p.cfg.Hidden)
}

// rotate computes qk from qkv.
func (p *Policy) rotate(qk, qkv, inv gpu.Ptr, w layerWeights, f *pass) {
	p.q.NormRope(qk, qkv, w.qNorm, w.kNorm, inv, p.ropeOf(f), f.n, p.shape.heads(), p.cfg.NormEps)
}

func (p *Policy) ropeOf(f *pass) ops.Rope {
	return ops.Rope{Cos: p.state.cos, Sin: p.state.sin, Pos: f.list(listPos)}
}

// gather takes the rows that count out of the input of a layer and what its
// attention computed.
func (p *Policy) gather(f *pass, x, attn gpu.Ptr, a acts) {
	rows := f.list(listRows)
	p.q.Gather(attn, a.attn, rows, f.rows, p.cfg.QDim())
	if x != 0 {
		p.q.Gather(x, a.x, rows, f.rows, p.cfg.Hidden)
	}
}

// residual computes a.x2 and the norm of it from x and the output of the attention.
func (p *Policy) residual(a acts, sum, x, attn gpu.Ptr, w layerWeights, k int) {
	p.linear(sum, attn, w.o, k, p.cfg.Hidden, p.cfg.QDim())
	p.q.AddRMSNorm(a.x2, a.norm2, x, sum, w.mlpNorm, a.inv2, k, p.cfg.Hidden, p.cfg.NormEps)
}

// gates computes a.gu from the norm of x2.
func (p *Policy) gates(a acts, w layerWeights, k int) {
	p.linear(a.gu, a.norm2, w.gateUp, k, 2*p.cfg.MLP, p.cfg.Hidden)
}

// linear computes y = x wᵀ for x of rows by in and w of out by in.
func (p *Policy) linear(y, x, w gpu.Ptr, rows, out, in int) {
	p.product(y, x, w, rows, out, in, p.shape.t)
}

func (p *Policy) product(y, x, w gpu.Ptr, rows, out, in int, t gpu.Type) {
	p.q.Gemm(gpu.Product{
		TransB: true, M: rows, N: out, K: in, A: x, LDA: in, B: w, LDB: in, C: y, LDC: out,
		In: p.shape.t, Out: t,
	})
}

// inputGrad computes dx = dy w, the gradient of linear with respect to x.
func (p *Policy) inputGrad(dx, dy, w gpu.Ptr, rows, out, in int) {
	p.q.Gemm(gpu.Product{
		M: rows, N: in, K: out, A: dy, LDA: out, B: w, LDB: in, C: dx, LDC: in,
		In: p.shape.t, Out: p.shape.t,
	})
}

// weightGrad computes dw = dyᵀ x, float32, the gradient of linear with respect to
// w, or adds it to dw.
func (p *Policy) weightGrad(dw gpu.Ptr, add bool, dy, x gpu.Ptr, rows, out, in int) {
	p.q.Gemm(gpu.Product{
		TransA: true, M: out, N: in, K: rows, A: dy, LDA: out, B: x, LDB: in, C: dw, LDC: in,
		In: p.shape.t, Out: gpu.F32, Accumulate: add,
	})
}
