package cpu

import (
	"math"

	"github.com/golongrl/golongrl/internal/kernels"
	"github.com/golongrl/golongrl/trainer/model"
)

// attention computes causal attention with grouped queries over packed sequences:
// for query i of head h, whose group shares the keys and values of head g,
//
//	out_i = sum_{j<=i} p_ij v_j     p_ij = exp(q_i·k_j/sqrt(HeadDim) - lse_i)
//
// with j over the positions of i's own sequence. Row t of qkv is the queries, keys
// and values of token t, after norm and rotation: [T, QDim+2 KVDim]. It overwrites
// rows Start[0] to Start[n] of out, [T, QDim], and of lse, [T, Heads], natural
// logarithms. The scores of a block of queries with a block of keys are all that
// is held at a time.
//
// A query's numbers depend on its own sequence up to it, and on nothing else: not
// on other sequences, not on the workers. (What is not finite later in its own
// sequence may reach it, as 0 times infinity.) They are those of [cache.attend],
// bit for bit.
//
// Source: Dao, arXiv 2307.08691, algorithm 1.
func attention[T kernels.Float](p *kernels.Pool, out, lse, qkv []T, start []int, cfg model.Config) {
	a := newAttn[T](cfg)
	type block struct{ first, from, to int } // where the sequence begins, and the queries
	var blocks []block
	for s := range len(start) - 1 {
		for from := start[s]; from < start[s+1]; from += a.queries {
			blocks = append(blocks, block{start[s], from, min(from+a.queries, start[s+1])})
		}
	}
	each(p, len(blocks)*cfg.KVHeads, func(task int, w *attnWork[T]) {
		b := blocks[task/cfg.KVHeads]
		a.forward(w, out, lse, qkv, b.first, b.from, b.to, task%cfg.KVHeads)
	})
}

// attn holds the sizes of a configuration.
type attn[T kernels.Float] struct {
	d, heads, ratio int // ratio: query heads per key head
	ldQKV, ldOut    int
	keyAt, valueAt  int // columns of head 0
	scale           T
	queries         int // tokens of a block of queries
}

func newAttn[T kernels.Float](cfg model.Config) attn[T] {
	a := attn[T]{
		d: cfg.HeadDim, heads: cfg.Heads, ratio: cfg.Heads / cfg.KVHeads,
		ldQKV: cfg.QDim() + 2*cfg.KVDim(), ldOut: cfg.QDim(),
		keyAt: cfg.QDim(), valueAt: cfg.QDim() + cfg.KVDim(),
		scale: T(1 / math.Sqrt(float64(cfg.HeadDim))),
	}
	// Scores of a block stay in the second-level cache. The size changes nothing in
	// the forward pass, and the order of sums over queries in the backward pass.
	a.queries = max(16, 128/a.ratio)
	return a
}

// Keys come in blocks that begin at fixed positions of a sequence, so that a
// query meets the same blocks whether its sequence is computed as a whole or a
// token at a time. Early blocks are small since short sequences waste what their
// last block has too much.
const (
	smallBlock  = 32
	largeBlock  = 128
	largeBlocks = 128 // the first position in large blocks
)

// keyBlock returns the size of the block of keys that begins at a position.
func keyBlock(position int) int {
	if position < largeBlocks {
		return smallBlock
	}
	return largeBlock
}

// blockStart returns where the block of a position begins.
func blockStart(position int) int {
	return position - position%keyBlock(position)
}

// forward computes queries from to to of the sequence that begins at first, of
// the query heads in group g. Query q of head r in the group is row q*ratio+r.
func (a *attn[T]) forward(w *attnWork[T], out, lse, qkv []T, first, from, to, g int) {
	d, ratio := a.d, a.ratio
	rows := (to - from) * ratio
	w.q = fit(&w.q, rows*d)
	q := w.q
	a.gather(q, qkv, a.ldQKV, from, to, g)
	w.begin(rows, d)
	for at := 0; first+at < to; at += keyBlock(at) {
		size := keyBlock(at)
		r0 := max(0, first+at-from) * ratio // queries before the block see none of it
		m := rows - r0
		keys := min(size, to-first-at)
		k := qkv[(first+at)*a.ldQKV+a.keyAt+g*d:]
		kernels.Gemm(nil, false, true, m, keys, d, q[r0*d:], d, k, a.ldQKV, false, w.s, size)
		for r := range m {
			row := w.s[r*size:][:size]
			// Row r belongs to query from+(r0+r)/ratio, which sees keys up to itself.
			mask(row, from+(r0+r)/ratio-first-at+1)
			w.softmax(r0+r, row, a.scale)
		}
		v, ld := qkv[(first+at)*a.ldQKV+a.valueAt+g*d:], a.ldQKV
		if keys < size {
			v, ld = w.padded(v, ld, keys, size), d
		}
		w.accumulate(r0, m, size, v, ld, at == 0)
	}
	for i := range to - from {
		for r := range ratio {
			row := i*ratio + r
			o := out[(from+i)*a.ldOut+(g*ratio+r)*d:][:d]
			w.finish(o, row)
			lse[(from+i)*a.heads+g*ratio+r] = w.max[row] + T(math.Log(float64(w.sum[row])))
		}
	}
}

// gather copies the columns of group g's query heads, which are neighbours, out
// of rows from to to of x, whose rows begin with the query heads.
func (a *attn[T]) gather(dst, x []T, ld, from, to, g int) {
	n := a.ratio * a.d
	for t := from; t < to; t++ {
		copy(dst[(t-from)*n:][:n], x[t*ld+g*n:][:n])
	}
}

// mask hides all but the first n scores.
func mask[T kernels.Float](scores []T, n int) {
	if n < len(scores) {
		hidden := scores[n:]
		for i := range hidden {
			hidden[i] = T(math.Inf(-1))
		}
	}
}
