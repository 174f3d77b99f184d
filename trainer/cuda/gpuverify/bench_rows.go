package main

import (
	"time"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/internal/ops"
)

// benchRows times what is bound by memory, and a chunk of the head. Rates count
// what must be read and written once.
func (v *verifier) benchRows() []work {
	b := v.sizes.bench
	c := b.cfg
	n, h, f := b.tokens, c.Hidden, c.MLP
	heads := gpu.Heads{Q: c.Heads, KV: c.KVHeads, D: c.HeadDim}
	width, rotated := c.QDim()+2*c.KVDim(), c.QDim()+c.KVDim()
	const d = 5 * time.Second
	timed := func(name string, f func(*timing, *Piece)) work { return v.timed(name, d, true, f) }
	// move keeps the rate of f, which moves so many elements of bf16.
	move := func(t *timing, p *Piece, name string, elements int, f func()) {
		t.rate(p, name, "TB/s", 2*float64(elements), f)
	}
	return []work{
		timed("norm", func(t *timing, p *Piece) {
			x, y, w := t.data(gpu.BF16, n*h), t.data(gpu.BF16, n*h), t.data(gpu.BF16, h)
			sum, out, rstd, dw := t.bytes(2*int64(n*h)), t.bytes(2*int64(n*h)), t.bytes(4*int64(n)), t.zeros(4*int64(h))
			move(t, p, "forward ", 4*n*h, func() { t.q.AddRMSNorm(sum, out, x, y, w, rstd, n, h, c.NormEps) })
			move(t, p, "backward ", 4*n*h, func() { t.q.RMSNormGrad(out, true, dw, true, y, x, w, rstd, n, h) })
		}),
		timed("norm and rotation of heads", func(t *timing, p *Piece) {
			qkv, dqkv, qk := t.data(gpu.BF16, n*width), t.data(gpu.BF16, n*width), t.bytes(2*int64(n*rotated))
			w, rstd := t.data(gpu.BF16, c.HeadDim), t.bytes(4*int64(n*(c.Heads+c.KVHeads)))
			r := ops.Rope{Cos: t.data(gpu.F32, n*c.HeadDim/2), Sin: t.data(gpu.F32, n*c.HeadDim/2), Pos: t.indices(n, n)}
			dwq, dwk := t.zeros(4*int64(c.HeadDim)), t.zeros(4*int64(c.HeadDim))
			move(t, p, "forward ", 2*n*rotated, func() { t.q.NormRope(qk, qkv, w, w, rstd, r, n, heads, c.NormEps) })
			move(t, p, "backward ", 3*n*rotated, func() { t.q.NormRopeGrad(dqkv, qkv, w, w, rstd, r, dwq, dwk, true, n, heads) })
		}),
		timed("SwiGLU", func(t *timing, p *Piece) {
			gu, act := t.data(gpu.BF16, 2*n*f), t.data(gpu.BF16, n*f)
			dgu, dact := t.bytes(4*int64(n*f)), t.data(gpu.BF16, n*f)
			move(t, p, "forward ", 3*n*f, func() { t.q.SwiGLU(act, gu, n, f) })
			move(t, p, "backward ", 6*n*f, func() { t.q.SwiGLUGrad(dgu, act, dact, gu, n, f) })
		}),
		timed("embedding", func(t *timing, p *Piece) {
			table, x, tokens := t.data(gpu.BF16, c.Vocab*h), t.bytes(2*int64(n*h)), t.indices(n, c.Vocab)
			move(t, p, "", 2*n*h, func() { t.q.Embed(x, table, tokens, n, h) })
		}),
		timed("AdamW", func(t *timing, p *Piece) {
			k := c.Vocab * h
			w, m, s, g := t.data(gpu.F32, k), t.zeros(4*int64(k)), t.zeros(4*int64(k)), t.data(gpu.F32, k)
			low := t.bytes(2 * int64(k))
			// Reads four vectors of float32, writes three, and one of bf16.
			t.rate(p, "", "TB/s", 30*float64(k), func() {
				t.q.AdamW(w, low, m, s, g, k, ops.AdamWStep{LR: 1e-6, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Step: 1, Scale: 1})
			})
			t.rate(p, "norm ", "TB/s", 4*float64(k), func() { t.q.SumSquares(g, k) })
		}),
		v.timed("chunk of the head, libraries", 2*d, false, func(t *timing, p *Piece) { t.head(p) }),
		v.timed("chunk of the head, own kernels", 2*d, true, func(t *timing, p *Piece) { t.head(p) }),
	}
}

// head times logits, log-probabilities and both gradients of a chunk of rows.
func (t *timing) head(p *Piece) {
	c, rows := t.v.sizes.bench.cfg, t.v.sizes.bench.chunk
	h, vocab := c.Hidden, c.Vocab
	x, w := t.data(gpu.BF16, rows*h), t.data(gpu.BF16, vocab*h)
	logits, dlogits := t.bytes(4*int64(rows)*int64(vocab)), t.bytes(2*int64(rows)*int64(vocab))
	dx, dw, target := t.bytes(2*int64(rows*h)), t.zeros(4*int64(vocab)*int64(h)), t.indices(rows, vocab)
	lse, logp, dlogp := t.bytes(8*int64(rows)), t.bytes(8*int64(rows)), t.zeros(8*int64(rows))
	products := 6 * float64(rows) * float64(vocab) * float64(h)
	t.rate(p, "", "TFLOP/s", products, func() {
		t.q.Gemm(gpu.Product{TransB: true, M: rows, N: vocab, K: h, A: x, B: w, C: logits, LDA: h, LDB: h, LDC: vocab, In: gpu.BF16, Out: gpu.F32})
		t.q.LogSoftmax(lse, logp, 0, logits, target, rows, vocab, 1)
		t.q.LogSoftmaxGrad(dlogits, logits, target, lse, 0, dlogp, 0, rows, vocab, 1)
		t.q.Gemm(gpu.Product{M: rows, N: h, K: vocab, A: dlogits, B: w, C: dx, LDA: vocab, LDB: h, LDC: h, In: gpu.BF16, Out: gpu.BF16})
		t.q.Gemm(gpu.Product{TransA: true, M: vocab, N: h, K: rows, A: dlogits, B: x, C: dw, LDA: vocab, LDB: h, LDC: h, In: gpu.BF16, Out: gpu.F32, Accumulate: true})
	})
	t.rate(p, "log-softmax ", "TB/s", 4*float64(rows)*float64(vocab), func() {
		t.q.LogSoftmax(lse, logp, 0, logits, target, rows, vocab, 1)
	})
	t.rate(p, "its gradient ", "TB/s", 6*float64(rows)*float64(vocab), func() {
		t.q.LogSoftmaxGrad(dlogits, logits, target, lse, 0, dlogp, 0, rows, vocab, 1)
	})
}
