package cpu

import (
	"github.com/golongrl/golongrl/internal/kernels"
)

// forward runs the layers over m and leaves the normalised rows that count in
// work.finalH.
func (c *core[T]) forward(m *micro, level Recompute) {
	c.forwardWith(m, level, func(_ int, a *layerActs[T]) {
		attention(c.pool, a.attn, a.lse, a.qkv, m.start, c.cfg)
	})
}

// forwardWith is forward with an attention of the caller's, which reads a.qkv and
// writes a.attn.
func (c *core[T]) forwardWith(m *micro, level Recompute, attend func(l int, a *layerActs[T])) {
	ws, cfg := &c.work, c.cfg
	n, rows := len(m.tokens), len(m.rows)
	c.prepare(n, rows, level)
	gather(c.pool, ws.layer[0].x, c.embed(), m.tokens, cfg.Hidden)
	for l := range ws.layer {
		a := &ws.layer[l]
		last := l == len(ws.layer)-1
		out := ws.final
		if !last {
			out = ws.layer[l+1].x
		}
		c.normIn(l, a, n)
		c.project(l, a, m)
		attend(l, a)
		if last && rows != n {
			gather(c.pool, a.attnR, a.attn, m.rows, cfg.QDim())
		}
		k := c.residual(l, a, m)
		c.gates(l, a, k)
		kernels.SwiGLU(c.pool, ws.act, a.gu, k, cfg.MLP)
		linear(c.pool, out, ws.act, c.layer(l).down, k, cfg.Hidden, cfg.MLP)
		kernels.Add(c.pool, out, a.x2)
	}
	kernels.RMSNorm(c.pool, ws.finalH, cfg.Hidden, ws.final, cfg.Hidden, c.finalNorm(), ws.finalRstd, rows, 1, cfg.Hidden, cfg.NormEps)
}

// The steps of a layer, which the backward pass repeats as far as their results
// were not kept.

// normIn computes h1.
func (c *core[T]) normIn(l int, a *layerActs[T], n int) {
	h := c.cfg.Hidden
	kernels.RMSNorm(c.pool, a.h1, h, a.x, h, c.layer(l).attnNorm, a.rstd1, n, 1, h, c.cfg.NormEps)
}

// project computes qk and qkv.
func (c *core[T]) project(l int, a *layerActs[T], m *micro) {
	cfg, w, n := c.cfg, c.layer(l), len(m.tokens)
	h, q, kv, d := cfg.Hidden, cfg.QDim(), cfg.KVDim(), cfg.HeadDim
	ld := q + 2*kv
	linear(c.pool, a.qk, a.h1, w.qkv[:(q+kv)*h], n, q+kv, h)
	kernels.Gemm(c.pool, false, true, n, kv, h, a.h1, h, w.qkv[(q+kv)*h:], h, false, a.qkv[q+kv:], ld)
	kernels.RMSNorm(c.pool, a.qkv, ld, a.qk, q+kv, w.qNorm, a.rstdQ, n, cfg.Heads, d, cfg.NormEps)
	kernels.RMSNorm(c.pool, a.qkv[q:], ld, a.qk[q:], q+kv, w.kNorm, a.rstdK, n, cfg.KVHeads, d, cfg.NormEps)
	cos, sin := c.rope(c.positions(m))
	kernels.Rope(c.pool, a.qkv, ld, cos, sin, m.pos, n, cfg.Heads+cfg.KVHeads, d, false)
}

// residual computes x2 and returns its number of rows.
func (c *core[T]) residual(l int, a *layerActs[T], m *micro) int {
	cfg := c.cfg
	k := len(a.x2) / cfg.Hidden
	linear(c.pool, a.x2, a.attnR, c.layer(l).o, k, cfg.Hidden, cfg.QDim())
	if k == len(m.tokens) {
		kernels.Add(c.pool, a.x2, a.x)
	} else {
		addGathered(c.pool, a.x2, a.x, m.rows, cfg.Hidden)
	}
	return k
}

// gates computes h2 and gu of k rows.
func (c *core[T]) gates(l int, a *layerActs[T], k int) {
	w, h := c.layer(l), c.cfg.Hidden
	kernels.RMSNorm(c.pool, a.h2, h, a.x2, h, w.mlpNorm, a.rstd2, k, 1, h, c.cfg.NormEps)
	linear(c.pool, a.gu, a.h2, w.gateUp, k, 2*c.cfg.MLP, h)
}

// positions returns how many positions the tokens of m reach.
func (c *core[T]) positions(m *micro) int {
	var last int32
	for _, p := range m.pos {
		last = max(last, p)
	}
	return int(last) + 1
}

// linear computes y = x wᵀ for x of rows by in and w of out by in.
func linear[T kernels.Float](p *kernels.Pool, y, x, w []T, rows, out, in int) {
	kernels.Gemm(p, false, true, rows, out, in, x, in, w, in, false, y, out)
}

// linearGrad computes the derivatives of linear: dx = dy w, and dw += dyᵀ x.
func linearGrad[T kernels.Float](p *kernels.Pool, dx, dw, dy, x, w []T, rows, out, in int) {
	kernels.Gemm(p, false, false, rows, in, out, dy, out, w, in, false, dx, in)
	kernels.Gemm(p, true, false, out, in, rows, dy, out, x, in, true, dw, in)
}

// gather writes rows index of src, of d elements, one behind the other.
func gather[T kernels.Float, I int | int32](p *kernels.Pool, dst, src []T, index []I, d int) {
	p.For(len(index), 64, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			copy(dst[i*d:][:d], src[int(index[i])*d:][:d])
		}
	})
}

// addGathered adds rows index of src to dst.
func addGathered[T kernels.Float](p *kernels.Pool, dst, src []T, index []int, d int) {
	p.For(len(index), 64, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			kernels.Add(nil, dst[i*d:][:d], src[index[i]*d:][:d])
		}
	})
}

// spread writes the rows of src to rows index of dst, ascending, and zeros to
// the others.
func spread[T kernels.Float](p *kernels.Pool, dst, src []T, index []int, d int) {
	clear(dst)
	p.For(len(index), 64, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			copy(dst[index[i]*d:][:d], src[i*d:][:d])
		}
	})
}
