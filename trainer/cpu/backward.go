package cpu

import "github.com/golongrl/golongrl/internal/kernels"

// backward adds the gradients of m behind forward, given the derivative with
// respect to the normalised rows in work.dfinalH.
func (c *core[T]) backward(m *micro, level Recompute) {
	ws, cfg := &c.work, c.cfg
	n, rows := len(m.tokens), len(m.rows)
	h, q, kv, f, d := cfg.Hidden, cfg.QDim(), cfg.KVDim(), cfg.MLP, cfg.HeadDim
	ld := q + 2*kv

	dx, dattn := ws.dx, ws.dattn
	if rows != n {
		dx, dattn = ws.rowsDx, ws.rowsDattn
	}
	kernels.RMSNormGrad(c.pool, dx, h, false, c.finalNormOf(c.g), ws.dfinalH, h, ws.final, h, c.finalNorm(), ws.finalRstd, rows, 1, h)

	for l := len(ws.layer) - 1; l >= 0; l-- {
		a, w, g := &ws.layer[l], c.layer(l), c.layerOf(c.g, l)
		c.refill(l, a, m, level)
		k := len(a.x2) / h

		// x + down(silu(gate) up): dx goes on to the residual stream and, through
		// the products, to the norm.
		kernels.Gemm(c.pool, false, false, k, f, h, dx, h, w.down, f, false, ws.dact, f)
		kernels.SwiGLUGrad(c.pool, a.gu, ws.act, ws.dact, a.gu, k, f)
		kernels.Gemm(c.pool, true, false, h, f, k, dx, h, ws.act, f, true, g.down, f)
		linearGrad(c.pool, ws.dh, g.gateUp, a.gu, a.h2, w.gateUp, k, 2*f, h)
		kernels.RMSNormGrad(c.pool, dx, h, true, g.mlpNorm, ws.dh, h, a.x2, h, w.mlpNorm, a.rstd2, k, 1, h)

		linearGrad(c.pool, dattn, g.o, dx, a.attnR, w.o, k, h, q)
		if k != n {
			spread(c.pool, ws.dx, dx, m.rows, h)
			spread(c.pool, ws.dattn, dattn, m.rows, q)
		}
		dx, dattn = ws.dx, ws.dattn

		attentionGrad(c.pool, ws.dqkv, dattn, a.attn, a.lse, a.qkv, m.start, cfg)
		cos, sin := c.rope(c.positions(m))
		kernels.Rope(c.pool, ws.dqkv, ld, cos, sin, m.pos, n, cfg.Heads+cfg.KVHeads, d, true)
		kernels.RMSNormGrad(c.pool, ws.dqkv, ld, false, g.qNorm, ws.dqkv, ld, a.qk, q+kv, w.qNorm, a.rstdQ, n, cfg.Heads, d)
		kernels.RMSNormGrad(c.pool, ws.dqkv[q:], ld, false, g.kNorm, ws.dqkv[q:], ld, a.qk[q:], q+kv, w.kNorm, a.rstdK, n, cfg.KVHeads, d)
		linearGrad(c.pool, ws.dh, g.qkv, ws.dqkv, a.h1, w.qkv, n, ld, h)
		kernels.RMSNormGrad(c.pool, dx, h, true, g.attnNorm, ws.dh, h, a.x, h, w.attnNorm, a.rstd1, n, 1, h)
	}
	scatterAdd(c.pool, c.embedOf(c.g), dx, m.tokens, h)
}

// refill computes again what level did not keep of layer l.
func (c *core[T]) refill(l int, a *layerActs[T], m *micro, level Recompute) {
	if level == KeepAll {
		return
	}
	c.normIn(l, a, len(m.tokens))
	if level == KeepInputs {
		c.project(l, a, m)
		c.residual(l, a, m)
	}
	c.gates(l, a, len(a.x2)/c.cfg.Hidden)
}

// scatterAdd adds the rows of src to rows index of dst, which may repeat. The
// work is cut by columns, so that sums are taken in the order of rows.
func scatterAdd[T kernels.Float](p *kernels.Pool, dst, src []T, index []int32, d int) {
	p.For(d, 16, func(lo, hi int) {
		for i, r := range index {
			kernels.Add(nil, dst[int(r)*d+lo:][:hi-lo], src[i*d+lo:][:hi-lo])
		}
	})
}
