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
	for _, sp := range spans(b, ws.opts.MicroTokens) {
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
	parts := spans(b, ws.opts.MicroTokens)

	// Objectives that need the whole batch get it before the first gradient: from
	// another product with the head if all activations are kept, from another
	// forward pass otherwise.
	whole := obj.Whole() && (len(parts) > 1 || n > c.chunkRows())
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
		if err := c.headGrad(m, scaleOf(b), ask, all); err != nil {
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
	c.chunks(m, func(lo, hi int, logits []T) {
		c.stats(m, lo, hi, logits, scale, logp, entropy)
	})
}

// headGrad computes work.dfinalH and adds the gradient of the head. obj is asked
// for the derivatives, chunk by chunk; if it is nil, they and the statistics are
// there already.
func (c *core[T]) headGrad(m *micro, scale float64, obj backend.Objective, all *backend.Rows) error {
	ws, h, v := &c.work, c.cfg.Hidden, c.cfg.Vocab
	var err error
	c.chunks(m, func(lo, hi int, logits []T) {
		if err != nil {
			return
		}
		f, t := m.first+lo, m.first+hi
		if obj != nil {
			c.stats(m, lo, hi, logits, scale, all.LogP, all.Entropy)
			if err = c.derivatives(obj, f, t, all); err != nil {
				return
			}
		}
		kernels.LogSoftmaxGrad(c.pool, logits, v, hi-lo, v, scale, m.target[lo:hi], ws.lse[f:t], all.Entropy[f:t], ws.dlogp[f:t], ws.dentropy[f:t])
		linearGrad(c.pool, ws.dfinalH[lo*h:hi*h], c.headOf(c.g), logits, ws.finalH[lo*h:hi*h], c.head(), hi-lo, v, h)
	})
	return err
}

// chunks computes the logits of as many rows of m at a time as chunkRows says.
func (c *core[T]) chunks(m *micro, f func(lo, hi int, logits []T)) {
	ws, h, v, step := &c.work, c.cfg.Hidden, c.cfg.Vocab, c.chunkRows()
	for lo := 0; lo < len(m.rows); lo += step {
		hi := min(lo+step, len(m.rows))
		ws.logits = fit(&ws.logits, (hi-lo)*v)
		linear(c.pool, ws.logits, ws.finalH[lo*h:hi*h], c.head(), hi-lo, v, h)
		f(lo, hi, ws.logits)
	}
}

func (c *core[T]) stats(m *micro, lo, hi int, logits []T, scale float64, logp, entropy []float64) {
	f, t, v := m.first+lo, m.first+hi, c.cfg.Vocab
	if entropy != nil {
		entropy = entropy[f:t]
	}
	kernels.LogSoftmax(c.pool, logits, v, hi-lo, v, scale, m.target[lo:hi], c.work.lse[f:t], logp[f:t], entropy)
}

// scaleOf returns what logits are multiplied with.
func scaleOf(b *backend.Batch) float64 {
	if b.Temperature == 0 {
		return 1
	}
	return 1 / b.Temperature
}
