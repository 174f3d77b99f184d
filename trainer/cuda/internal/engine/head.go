package engine

import (
	"context"
	"slices"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// results are numbers of the rows of a batch, on the host.
type results struct {
	lse, entropy, dlogp, dentropy []float64
	stats                         []float64
}

// LogProbs implements backend.Policy. NaN in the weights or overflow gives NaN.
func (p *Policy) LogProbs(ctx context.Context, b *backend.Batch, out *backend.Rows) error {
	if err := b.Validate(p.cfg, out); err != nil {
		return err
	}
	return p.do(func() error {
		p.res.lse = fit(p.res.lse, len(b.Rows))
		return p.logProbs(ctx, b, out)
	})
}

// Accumulate implements backend.Policy. An error of obj or of ctx is returned as it
// is and clears the gradient, that of earlier batches too; so does an error of the
// device that the policy survives.
func (p *Policy) Accumulate(ctx context.Context, b *backend.Batch, obj backend.Objective, out *backend.Rows) error {
	if err := b.Validate(p.cfg, out); err != nil {
		return err
	}
	return p.do(func() error {
		if p.opts.Frozen {
			return errFrozen
		}
		if len(b.Rows) == 0 {
			return nil
		}
		err := p.accumulate(ctx, b, obj, out)
		if cause := p.q.Reset(); err != nil || cause != nil {
			if survived(cause) {
				p.fresh = true
			}
			p.q.Fail(cause)
		}
		return err
	})
}

// logProbs computes out and, in res.lse, the logarithms of the denominators.
func (p *Policy) logProbs(ctx context.Context, b *backend.Batch, out *backend.Rows) error {
	for _, sp := range b.Parts(p.opts.MicroTokens) {
		if err := ctx.Err(); err != nil {
			return err
		}
		m := &p.micro
		m.take(b, sp)
		f, err := p.room(len(m.tokens), len(m.rows), keepNothing)
		if err != nil {
			return err
		}
		s := p.begin(m, f)
		p.forward(f, func(_ int, a acts) { p.q.Attention(p.attention(a, s), s) })
		p.headStats(m, f, scaleOf(b), out)
		if err := p.q.Err(); err != nil {
			return err
		}
	}
	return nil
}

func (p *Policy) accumulate(ctx context.Context, b *backend.Batch, obj backend.Objective, out *backend.Rows) error {
	r, n := &p.res, len(b.Rows)
	r.lse, r.dlogp, r.dentropy = fit(r.lse, n), fit(r.dlogp, n), fit(r.dentropy, n)
	entropy := out.Entropy
	if entropy == nil {
		r.entropy = fit(r.entropy, n)
		entropy = r.entropy
	}
	all := &backend.Rows{LogP: out.LogP, Entropy: entropy}
	parts := b.Parts(p.opts.MicroTokens)

	// Objectives that need the whole batch get it before the first gradient: from
	// another product with the head if all activations are kept, from another
	// forward pass otherwise.
	whole := obj.Needs() == backend.WholeBatch && (len(parts) > 1 || n > p.opts.ChunkRows)
	if whole && len(parts) > 1 {
		if err := p.logProbs(ctx, b, all); err != nil {
			return err
		}
		if err := p.derivatives(obj, 0, n, all); err != nil {
			return err
		}
	}
	for _, sp := range parts {
		if err := ctx.Err(); err != nil {
			return err
		}
		m := &p.micro
		m.take(b, sp)
		f, err := p.room(len(m.tokens), len(m.rows), p.opts.levels()...)
		if err != nil {
			return err
		}
		s := p.begin(m, f)
		p.forward(f, func(_ int, a acts) { p.q.Attention(p.attention(a, s), s) })
		if whole && len(parts) == 1 {
			p.headStats(m, f, scaleOf(b), all)
			if err := p.derivatives(obj, 0, n, all); err != nil {
				return err
			}
		}
		ask := obj
		if whole {
			ask = nil
		}
		if err := p.headGrad(b, m, f, ask, all); err != nil {
			return err
		}
		p.backward(m, f, s)
	}
	return nil
}

// derivatives asks obj for those of rows lo to hi, unless their numbers are not
// there because the device failed.
func (p *Policy) derivatives(obj backend.Objective, lo, hi int, all *backend.Rows) error {
	if err := p.q.Err(); err != nil {
		return err
	}
	r := &p.res
	clear(r.dentropy[lo:hi])
	return obj.Derivatives(lo, hi, all.LogP[lo:hi:hi], all.Entropy[lo:hi:hi], r.dlogp[lo:hi:hi], r.dentropy[lo:hi:hi])
}

// Numbers of rows on the device: the rows of a chunk have theirs together, k
// elements of each kind, so that what is read and what is written are one piece.
const (
	statLogP = iota
	statLSE
	statEntropy
	statDLogP
	statDEntropy
	stats
)

// stat returns where a kind of number of a chunk of k rows from lo is.
func (f *pass) stat(kind, lo, k int) gpu.Ptr { return f.stats + 8*gpu.Ptr(stats*lo+kind*k) }

// headStats computes out, whose Entropy may be nil, and res.lse of the rows of m.
func (p *Policy) headStats(m *micro, f *pass, scale float64, out *backend.Rows) {
	p.chunkStats(f, 0, f.rows, scale, out.Entropy != nil)
	p.fetch(m, f, 0, f.rows, out)
}

// chunkStats computes the statistics of rows lo to hi.
func (p *Policy) chunkStats(f *pass, lo, hi int, scale float64, entropy bool) {
	p.chunks(f, lo, hi, func(lo, hi int) { p.logSoftmax(f, lo, hi, scale, entropy) })
}

// fetch brings what chunkStats computed to out and res.lse.
func (p *Policy) fetch(m *micro, f *pass, lo, hi int, out *backend.Rows) {
	step := p.opts.ChunkRows
	last := lo + (hi-lo-1)/step*step
	p.res.stats = fit(p.res.stats, stats*(last-lo)+statDLogP*(hi-last))
	p.download(bytesOf(p.res.stats), f.stat(statLogP, lo, 0))
	if p.q.Err() != nil {
		return
	}
	for from := lo; from < hi; from += step {
		p.take(p.res.stats[stats*(from-lo):], m.first+from, min(step, hi-from), out)
	}
}

// take copies numbers of k rows to where those of the batch from row first on are.
func (p *Policy) take(from []float64, first, k int, out *backend.Rows) {
	copy(out.LogP[first:][:k], from[statLogP*k:])
	copy(p.res.lse[first:][:k], from[statLSE*k:])
	if out.Entropy != nil {
		copy(out.Entropy[first:][:k], from[statEntropy*k:])
	}
}

// headGrad computes the gradient of f.finalH in its place and adds that of the
// head. obj is asked for the derivatives, piece by piece; if it is nil, they and
// the statistics are there already.
func (p *Policy) headGrad(b *backend.Batch, m *micro, f *pass, obj backend.Objective, all *backend.Rows) error {
	scope := backend.AnyRows
	if obj != nil {
		scope = obj.Needs()
	}
	step, scale, add := p.opts.ChunkRows, scaleOf(b), !p.fresh
	for first, behind := range scope.Pieces(b, m.first, m.first+f.rows, step) {
		lo, hi := first-m.first, behind-m.first
		if obj != nil {
			p.chunkStats(f, lo, hi, scale, true)
			p.fetch(m, f, lo, hi, all)
			if err := p.derivatives(obj, first, behind, all); err != nil {
				return err
			}
		}
		// Backwards, since the logits of the last chunk, the only one of most
		// pieces, are there still.
		last := lo + (hi-lo-1)/step*step
		for from := last; from >= lo; from -= step {
			to := min(from+step, hi)
			if obj == nil || from < last {
				p.logits(f, from, to)
			}
			p.chunkGrad(m, f, from, to, scale, all.Entropy, add)
			add = true
		}
	}
	return nil
}

// chunkGrad is headGrad for rows lo to hi, whose logits are there. Without add it
// stores the gradient of the head.
func (p *Policy) chunkGrad(m *micro, f *pass, lo, hi int, scale float64, entropy []float64, add bool) {
	r, h, v := &p.res, p.cfg.Hidden, p.cfg.Vocab
	k, first := hi-lo, m.first+lo
	r.stats = slices.Concat(r.lse[first:][:k], entropy[first:][:k], r.dlogp[first:][:k], r.dentropy[first:][:k])
	p.upload(f.stat(statLSE, lo, k), bytesOf(r.stats))
	p.q.LogSoftmaxGrad(f.head.dlogits, f.head.logits, f.target(lo), f.stat(statLSE, lo, k), f.stat(statEntropy, lo, k),
		f.stat(statDLogP, lo, k), f.stat(statDEntropy, lo, k), k, v, scale)
	x := f.finalH.At(lo*h, p.shape.t)
	p.weightGrad(p.head(p.state.g), add, f.head.dlogits, x, k, v, h)
	p.inputGrad(x, f.head.dlogits, p.head(p.state.low), k, v, h)
}

// chunks computes the logits of as many of rows lo to hi at a time as there is room
// for. Those of the last chunk stay.
func (p *Policy) chunks(f *pass, lo, hi int, do func(lo, hi int)) {
	for ; lo < hi; lo += p.opts.ChunkRows {
		end := min(lo+p.opts.ChunkRows, hi)
		p.logits(f, lo, end)
		do(lo, end)
	}
}

// logits computes those of rows lo to hi, for which there is room.
func (p *Policy) logits(f *pass, lo, hi int) {
	h, v := p.cfg.Hidden, p.cfg.Vocab
	p.product(f.head.logits, f.finalH.At(lo*h, p.shape.t), p.head(p.state.low), hi-lo, v, h, gpu.F32)
}

// logSoftmax computes the statistics of rows lo to hi from their logits.
func (p *Policy) logSoftmax(f *pass, lo, hi int, scale float64, entropy bool) {
	k := hi - lo
	var e gpu.Ptr
	if entropy {
		e = f.stat(statEntropy, lo, k)
	}
	p.q.LogSoftmax(f.stat(statLSE, lo, k), f.stat(statLogP, lo, k), e, f.head.logits, f.target(lo), k, p.cfg.Vocab, scale)
}

// target returns where the tokens of rows from lo on are.
func (f *pass) target(lo int) gpu.Ptr { return f.list(listTarget) + 4*gpu.Ptr(lo) }

// scaleOf returns what logits are multiplied with.
func scaleOf(b *backend.Batch) float64 {
	if b.Temperature == 0 {
		return 1
	}
	return 1 / b.Temperature
}

// fit returns s with n elements, whose contents are arbitrary.
func fit[E any](s []E, n int) []E { return slices.Grow(s[:0], n)[:n] }
