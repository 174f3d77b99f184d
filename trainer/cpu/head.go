package cpu

import (
	"context"

	"github.com/golongrl/golongrl/internal/kernels"
	"github.com/golongrl/golongrl/trainer/backend"
)

// logProbs computes out and, in work.lse, the logarithms of the denominators.
func (c *core[T]) logProbs(ctx context.Context, b *backend.Batch, out *backend.Rows) error {
	ws := &c.work
	ws.lse = fit(&ws.lse, len(b.Rows))
	for _, sp := range b.Parts(ws.opts.MicroTokens) {
		if err := ctx.Err(); err != nil {
			return err
		}
		ws.micro.take(b, sp)
		c.forward(&ws.micro, keepNothing)
		c.headStats(&ws.micro, scaleOf(b), out.LogP, out.Entropy)
	}
	return nil
}

// accumulate computes out and adds the gradient of obj. After an error of obj or
// ctx the gradient is zero, since it would be that of a part of the batch.
func (c *core[T]) accumulate(ctx context.Context, b *backend.Batch, obj backend.Objective, out *backend.Rows) error {
	ws, n := &c.work, len(b.Rows)
	if n == 0 {
		return nil
	}
	ws.lse, ws.dlogp, ws.dentropy = fit(&ws.lse, n), fit(&ws.dlogp, n), fit(&ws.dentropy, n)
	entropy := out.Entropy
	if entropy == nil {
		ws.entropy = fit(&ws.entropy, n)
		entropy = ws.entropy
	}
	all := &backend.Rows{LogP: out.LogP, Entropy: entropy}
	parts := b.Parts(ws.opts.MicroTokens)

	// Objectives that need the whole batch get it before the first gradient: from
	// another product with the head if all activations are kept, from another
	// forward pass otherwise.
	whole := obj.Needs() == backend.WholeBatch && (len(parts) > 1 || n > c.chunkRows())
	if whole && len(parts) > 1 {
		if err := c.logProbs(ctx, b, all); err != nil {
			clear(c.g)
			return err
		}
		if err := c.derivatives(obj, 0, n, all); err != nil {
			return err
		}
	}
	for _, sp := range parts {
		if err := ctx.Err(); err != nil {
			clear(c.g)
			return err
		}
		m := &ws.micro
		m.take(b, sp)
		level := c.level(len(m.tokens))
		c.forward(m, level)
		if whole && len(parts) == 1 {
			c.headStats(m, scaleOf(b), all.LogP, all.Entropy)
			if err := c.derivatives(obj, 0, n, all); err != nil {
				return err
			}
		}
		ask := obj
		if whole {
			ask = nil
		}
		if err := c.headGrad(b, m, ask, all); err != nil {
			return err
		}
		c.backward(m, level)
	}
	return nil
}

// derivatives asks obj for those of rows lo to hi.
func (c *core[T]) derivatives(obj backend.Objective, lo, hi int, all *backend.Rows) error {
	ws := &c.work
	clear(ws.dentropy[lo:hi])
	err := obj.Derivatives(lo, hi, all.LogP[lo:hi:hi], all.Entropy[lo:hi:hi], ws.dlogp[lo:hi:hi], ws.dentropy[lo:hi:hi])
	if err != nil {
		clear(c.g)
	}
	return err
}

// headStats computes work.lse, logp and entropy (unless nil) of the rows of m.
func (c *core[T]) headStats(m *micro, scale float64, logp, entropy []float64) {
	c.chunks(0, len(m.rows), func(lo, hi int, _ []T) { c.stats(m, lo, hi, scale, logp, entropy) })
}

// headGrad computes work.dfinalH and adds the gradient of the head. obj is asked
// for the derivatives, piece by piece; if it is nil, they and the statistics are
// there already.
func (c *core[T]) headGrad(b *backend.Batch, m *micro, obj backend.Objective, all *backend.Rows) error {
	scope := backend.AnyRows
	if obj != nil {
		scope = obj.Needs()
	}
	step, scale := c.chunkRows(), scaleOf(b)
	for from, to := range scope.Pieces(b, m.first, m.first+len(m.rows), step) {
		lo, hi := from-m.first, to-m.first
		if obj != nil {
			c.chunks(lo, hi, func(lo, hi int, _ []T) { c.stats(m, lo, hi, scale, all.LogP, all.Entropy) })
			if err := c.derivatives(obj, from, to, all); err != nil {
				return err
			}
		}
		// Backwards, since the logits of the last chunk, the only one of most
		// pieces, are there still.
		last := lo + (hi-lo-1)/step*step
		for f := last; f >= lo; f -= step {
			t := min(f+step, hi)
			if obj == nil || f < last {
				c.logits(f, t)
			}
			c.chunkGrad(m, f, t, scale, all.Entropy)
		}
	}
	return nil
}

// chunkGrad is headGrad for rows lo to hi of m, whose logits become their gradient.
func (c *core[T]) chunkGrad(m *micro, lo, hi int, scale float64, entropy []float64) {
	ws, h, v := &c.work, c.cfg.Hidden, c.cfg.Vocab
	f, t := m.first+lo, m.first+hi
	kernels.LogSoftmaxGrad(c.pool, ws.logits, v, hi-lo, v, scale, m.target[lo:hi], ws.lse[f:t], entropy[f:t], ws.dlogp[f:t], ws.dentropy[f:t])
	linearGrad(c.pool, ws.dfinalH[lo*h:hi*h], c.headOf(c.g), ws.logits, ws.finalH[lo*h:hi*h], c.head(), hi-lo, v, h)
}

// chunks computes the logits of as many of rows lo to hi of the part in work at a
// time as chunkRows says. Those of the last chunk stay.
func (c *core[T]) chunks(lo, hi int, f func(lo, hi int, logits []T)) {
	for step := c.chunkRows(); lo < hi; lo += step {
		end := min(lo+step, hi)
		c.logits(lo, end)
		f(lo, end, c.work.logits)
	}
}

// logits computes those of rows lo to hi of the part in work.
func (c *core[T]) logits(lo, hi int) {
	ws, h, v := &c.work, c.cfg.Hidden, c.cfg.Vocab
	ws.logits = fit(&ws.logits, (hi-lo)*v)
	linear(c.pool, ws.logits, ws.finalH[lo*h:hi*h], c.head(), hi-lo, v, h)
}

// stats computes work.lse, logp and entropy (unless nil) of rows lo to hi of m from
// their logits.
func (c *core[T]) stats(m *micro, lo, hi int, scale float64, logp, entropy []float64) {
	f, t, v := m.first+lo, m.first+hi, c.cfg.Vocab
	if entropy != nil {
		entropy = entropy[f:t]
	}
	kernels.LogSoftmax(c.pool, c.work.logits, v, hi-lo, v, scale, m.target[lo:hi], c.work.lse[f:t], logp[f:t], entropy)
}

// scaleOf returns what logits are multiplied with.
func scaleOf(b *backend.Batch) float64 {
	if b.Temperature == 0 {
		return 1
	}
	return 1 / b.Temperature
}
