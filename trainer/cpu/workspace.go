package cpu

import "github.com/golongrl/golongrl/internal/kernels"

// A workspace holds what training computes between the tokens and the gradient.
// Its memory is kept from call to call.
type workspace[T kernels.Float] struct {
	opts Options

	own   []layerActs[T] // memory, per layer; what is not kept lives in that of layer 0
	layer []layerActs[T] // what a layer uses in this pass

	// Of the rows that count, in order.
	final     []T // [rows, Hidden]: the residual stream behind the last layer
	finalH    []T // after the norm
	finalRstd []T
	dfinalH   []T
	logits    []T // [chunk, Vocab]

	act, dact []T // [n, MLP]
	dx, dh    []T // [n, Hidden]
	dattn     []T // [n, QDim]
	dqkv      []T // [n, QDim + 2 KVDim]
	rowsDx    []T // [rows, Hidden], before they are spread over n
	rowsDattn []T // [rows, QDim]

	lse, entropy, dlogp, dentropy []float64 // one element per row of the batch

	micro micro
}

// layerActs are the activations of a layer for n tokens. In the last layer all
// behind the attention is computed for the rows that count alone.
type layerActs[T kernels.Float] struct {
	x     []T // [n, Hidden]: the residual stream before the layer
	h1    []T // [n, Hidden]: x after the norm
	rstd1 []T // [n]
	qk    []T // [n, QDim + KVDim]: queries and keys before norm and rotation
	rstdQ []T // [n, Heads]
	rstdK []T // [n, KVHeads]
	qkv   []T // [n, QDim + 2 KVDim]
	attn  []T // [n, QDim]
	lse   []T // [n, Heads]
	attnR []T // attn of the rows that count; attn itself but in the last layer
	x2    []T // [n, Hidden]: the residual stream behind the attention
	h2    []T // [n, Hidden]: x2 after the norm
	rstd2 []T // [n]
	gu    []T // [n, 2 MLP]: gates and ups; in the backward pass their gradients
}

// keepNothing is the level of a forward pass without a backward pass.
const keepNothing Recompute = 255

// fit returns *buf with n elements, whose contents are arbitrary.
func fit[E any](buf *[]E, n int) []E {
	if cap(*buf) < n {
		*buf = make([]E, n, n+n/16)
	}
	return (*buf)[:n]
}

// prepare lays out the activations of a pass over n tokens of which rows count.
func (c *core[T]) prepare(n, rows int, level Recompute) {
	ws, cfg := &c.work, c.cfg
	if ws.own == nil {
		ws.own = make([]layerActs[T], cfg.Layers)
		ws.layer = make([]layerActs[T], cfg.Layers)
	}
	for l := range ws.layer {
		a, own, shared := &ws.layer[l], &ws.own[l], &ws.own[0]
		attention, all := own, own
		switch level {
		case keepNothing:
			// A layer reads its input for the last time before it writes that of the
			// next one.
			own, attention, all = shared, shared, shared
		case KeepInputs:
			attention, all = shared, shared
		case KeepAttention:
			all = shared
		}
		m := n
		if l == cfg.Layers-1 {
			m = rows
		}
		a.x = fit(&own.x, n*cfg.Hidden)
		a.attn = fit(&own.attn, n*cfg.QDim())
		a.lse = fit(&own.lse, n*cfg.Heads)
		a.qk = fit(&attention.qk, n*(cfg.QDim()+cfg.KVDim()))
		a.rstdQ = fit(&attention.rstdQ, n*cfg.Heads)
		a.rstdK = fit(&attention.rstdK, n*cfg.KVHeads)
		a.qkv = fit(&attention.qkv, n*(cfg.QDim()+2*cfg.KVDim()))
		a.x2 = fit(&attention.x2, m*cfg.Hidden)
		a.h1 = fit(&all.h1, n*cfg.Hidden)
		a.rstd1 = fit(&all.rstd1, n)
		a.h2 = fit(&all.h2, m*cfg.Hidden)
		a.rstd2 = fit(&all.rstd2, m)
		a.gu = fit(&all.gu, m*2*cfg.MLP)
		a.attnR = a.attn
		if m != n {
			a.attnR = fit(&own.attnR, m*cfg.QDim())
		}
	}
	ws.act = fit(&ws.act, n*cfg.MLP)
	ws.final = fit(&ws.final, rows*cfg.Hidden)
	ws.finalH = fit(&ws.finalH, rows*cfg.Hidden)
	ws.finalRstd = fit(&ws.finalRstd, rows)
	if level == keepNothing {
		return
	}
	ws.dact = fit(&ws.dact, n*cfg.MLP)
	ws.dx = fit(&ws.dx, n*cfg.Hidden)
	ws.dh = fit(&ws.dh, n*cfg.Hidden)
	ws.dattn = fit(&ws.dattn, n*cfg.QDim())
	ws.dqkv = fit(&ws.dqkv, n*(cfg.QDim()+2*cfg.KVDim()))
	ws.dfinalH = fit(&ws.dfinalH, rows*cfg.Hidden)
	if rows != n {
		ws.rowsDx = fit(&ws.rowsDx, rows*cfg.Hidden)
		ws.rowsDattn = fit(&ws.rowsDattn, rows*cfg.QDim())
	}
}

// level returns what is kept of a pass over n tokens.
func (c *core[T]) level(n int) Recompute {
	o := c.work.opts
	if o.Recompute != Auto {
		return o.Recompute
	}
	if o.MemoryBytes <= 0 {
		return KeepAll
	}
	for _, r := range []Recompute{KeepAll, KeepAttention} {
		if c.activationBytes(n, r) <= o.MemoryBytes {
			return r
		}
	}
	return KeepInputs
}

// activationBytes bounds the memory of a pass over n tokens that all count.
func (c *core[T]) activationBytes(n int, level Recompute) int64 {
	cfg := c.cfg
	h, q, kv, f := cfg.Hidden, cfg.QDim(), cfg.KVDim(), cfg.MLP
	inputs := h + q + cfg.Heads
	attention := q + kv + cfg.Heads + cfg.KVHeads + q + 2*kv + h
	all := 2*h + 2 + 2*f
	perToken := inputs * cfg.Layers
	switch level {
	case KeepAll:
		perToken += (attention + all) * cfg.Layers
	case KeepAttention:
		perToken += attention*cfg.Layers + all
	default:
		perToken += attention + all
	}
	perToken += 2*f + 2*h + q + q + 2*kv // act, dact, dx, dh, dattn, dqkv
	perToken += 3*h + 1                  // behind the last layer
	bytes := int64(n) * int64(perToken) * int64(sizeOf[T]())
	return bytes + int64(c.chunkRows())*int64(cfg.Vocab)*int64(sizeOf[T]())
}

// chunkRows is the number of rows whose logits are in memory at a time.
func (c *core[T]) chunkRows() int {
	row := c.cfg.Vocab * sizeOf[T]()
	if bytes := c.work.opts.ChunkBytes; bytes > 0 {
		return max(1, bytes/row)
	}
	return max(256, 8<<20/row)
}

func sizeOf[T kernels.Float]() int {
	var v T
	if _, ok := any(v).(float64); ok {
		return 8
	}
	return 4
}
