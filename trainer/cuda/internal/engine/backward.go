package engine

import (
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/internal/ops"
)

// backward adds the gradients of m behind forward and headGrad, which leaves the
// derivative with respect to the normalised rows in f.finalH.
func (p *Policy) backward(m *micro, f *pass, s *ops.Sequences) {
	q, h, b := p.q, p.cfg.Hidden, &f.back
	q.RMSNormGrad(b.dxRows, false, p.finalNorm(p.state.g), !p.fresh, f.finalH, f.final, p.finalNorm(p.state.low), f.finalInv, f.rows, h)
	k, dx := f.rows, b.dxRows
	for l := len(f.layers) - 1; l >= 0; l-- {
		a := f.layers[l].or(b.acts)
		p.backMLP(l, a, f, dx, k)
		p.backOut(l, a, f, dx, k)
		k, dx = f.n, b.dx
		p.backAttention(l, a, f, s)
	}
	// Only now, so that the device does not wait while the host sorts tokens.
	m.group()
	p.upload(f.list(listOrder), bytesOf(m.packGroups()))
	if p.fresh && !p.cfg.Tied { // else the head has stored all of it
		p.fill(p.state.g.Ptr, 0, 4*int64(p.cfg.Vocab)*int64(h))
	}
	q.EmbedGrad(p.state.g.Ptr, dx, f.list(listOrder), f.list(listBegin), f.list(listIDs), len(m.ids), h)
	p.fresh = false
}

// backMLP is the gradient of x2 + down(silu(gate) up): dx goes on to the residual
// stream and, through the products, to the norm. There are k rows.
func (p *Policy) backMLP(l int, a acts, f *pass, dx gpu.Ptr, k int) {
	q, cfg, b := p.q, p.cfg, &f.back
	h, mlp := cfg.Hidden, cfg.MLP
	w, g := p.layer(p.state.low, l), p.layer(p.state.g, l)
	switch {
	case f.level == KeepInputs:
		x, attn := a.x, a.attn
		if k != f.n {
			x, attn = a.x2, b.attnRows
			p.gather(f, x, attn, a)
		}
		p.residual(a, b.dnorm, x, attn, w, k)
	case f.level > KeepAll:
		q.RMSNorm(a.norm2, a.x2, w.mlpNorm, a.inv2, k, h, cfg.NormEps)
	}
	if f.level > KeepProducts {
		p.gates(a, w, k)
	}
	p.inputGrad(b.dact, dx, w.down, k, h, mlp)
	act := a.act
	if f.level == KeepAll {
		act = 0 // there already
	}
	q.SwiGLUGrad(a.gu, act, b.dact, a.gu, k, mlp)
	p.weightGrad(g.down, !p.fresh, dx, a.act, k, h, mlp)
	p.weightGrad(g.gateUp, !p.fresh, a.gu, a.norm2, k, 2*mlp, h)
	p.inputGrad(b.dnorm, a.gu, w.gateUp, k, 2*mlp, h)
	q.RMSNormGrad(dx, true, g.mlpNorm, !p.fresh, b.dnorm, a.x2, w.mlpNorm, a.inv2, k, h)
}

// backOut is the gradient of the product behind the attention. It leaves
// gradients of all tokens in dx and dattn.
func (p *Policy) backOut(l int, a acts, f *pass, dx gpu.Ptr, k int) {
	q, b := p.q, &f.back
	h, heads := p.cfg.Hidden, p.cfg.QDim()
	w, g := p.layer(p.state.low, l), p.layer(p.state.g, l)
	if k == f.n {
		p.weightGrad(g.o, !p.fresh, dx, a.attn, k, h, heads)
		p.inputGrad(b.dattn, dx, w.o, k, h, heads)
		return
	}
	attn, dattn := b.dqkv, b.dattnRows // dqkv is not in use yet
	p.gather(f, 0, attn, a)
	p.weightGrad(g.o, !p.fresh, dx, attn, k, h, heads)
	p.inputGrad(dattn, dx, w.o, k, h, heads)
	size := int64(f.n) * int64(p.shape.t.Size())
	p.fill(b.dx, 0, size*int64(h))
	q.Scatter(b.dx, dx, f.list(listRows), k, h)
	p.fill(b.dattn, 0, size*int64(heads))
	q.Scatter(b.dattn, dattn, f.list(listRows), k, heads)
}

// backAttention is the gradient of the attention and of the norm before it.
func (p *Policy) backAttention(l int, a acts, f *pass, s *ops.Sequences) {
	q, cfg, b, t := p.q, p.cfg, &f.back, p.shape.t
	h, ld := cfg.Hidden, p.shape.ld()
	w, g := p.layer(p.state.low, l), p.layer(p.state.g, l)
	if f.level > KeepAll {
		q.RMSNorm(a.norm, a.x, w.attnNorm, a.inv, f.n, h, cfg.NormEps)
		if f.level == KeepInputs {
			p.project(a.qkv, a.norm, w, f.n)
		}
		p.rotate(a.qk, a.qkv, a.invHead, w, f)
	}
	attend := p.attention(a, s)
	attend.DOut = gpu.Rows{Ptr: b.dattn, LD: cfg.QDim()}
	attend.DQ = gpu.Rows{Ptr: b.dqkv, LD: ld}
	attend.DK = gpu.Rows{Ptr: b.dqkv.At(cfg.QDim(), t), LD: ld}
	attend.DV = gpu.Rows{Ptr: b.dqkv.At(cfg.QDim()+cfg.KVDim(), t), LD: ld}
	q.AttentionGrad(attend, s)
	q.NormRopeGrad(b.dqkv, a.qkv, w.qNorm, w.kNorm, a.invHead, p.ropeOf(f), g.qNorm, g.kNorm, !p.fresh, f.n, p.shape.heads())
	p.weightGrad(g.qkv, !p.fresh, b.dqkv, a.norm, f.n, ld, h)
	p.inputGrad(b.dnorm, b.dqkv, w.qkv, f.n, ld, h)
	q.RMSNormGrad(b.dx, true, g.attnNorm, !p.fresh, b.dnorm, a.x, w.attnNorm, a.inv, f.n, h)
}
