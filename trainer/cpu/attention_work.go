package cpu

import (
	"math"
	"sync"
	"sync/atomic"

	"github.com/golongrl/golongrl/internal/kernels"
)

// attnWork is what one worker needs for attention: buffers, and the running
// softmax of each row of queries,
//
//	o = sum_j exp(s_j - max) v_j     sum = sum_j exp(s_j - max)
//
// over the keys j seen so far, whose largest scaled score is max.
type attnWork[T kernels.Float] struct {
	width      int // of a row of o
	q, s, o, v []T
	max, sum   []T
	dout, dp   []T     // of the backward pass
	ids        []int32 // of tokens, in sampling
}

// begin empties the softmax of rows of width d and makes room for their scores.
func (w *attnWork[T]) begin(rows, d int) {
	w.width = d
	w.s = fit(&w.s, rows*largeBlock)
	w.o = fit(&w.o, rows*d)
	w.sum = fit(&w.sum, rows)
	w.max = fit(&w.max, rows)
	for i := range rows {
		w.sum[i], w.max[i] = 0, T(math.Inf(-1))
	}
}

// softmax turns a row's unscaled scores with a block of keys into weights against
// the running maximum, which it raises first if it has to.
func (w *attnWork[T]) softmax(row int, scores []T, scale T) {
	top := scale * kernels.MaxOf(scores)
	if old := w.max[row]; !(top <= old) {
		w.max[row] = top
		if w.sum[row] != 0 { // before the first block there is nothing to rescale
			f := T(math.Exp(float64(old - top)))
			w.sum[row] *= f
			o := w.o[row*w.width:][:w.width]
			for i := range o {
				o[i] *= f
			}
		}
	}
	w.sum[row] += kernels.ExpShift(scores, scores, scale, w.max[row])
}

// accumulate adds the weights of rows row0 to row0+m times a block of values.
func (w *attnWork[T]) accumulate(row0, m, size int, v []T, ld int, first bool) {
	kernels.Gemm(nil, false, false, m, w.width, size, w.s, size, v, ld, !first, w.o[row0*w.width:], w.width)
}

// finish writes a row of the result.
func (w *attnWork[T]) finish(dst []T, row int) {
	f := 1 / w.sum[row]
	for i, x := range w.o[row*w.width:][:w.width] {
		dst[i] = x * f
	}
}

// padded copies a block of values and appends zeros, since what follows a
// sequence in memory may be anything, NaN too.
func (w *attnWork[T]) padded(v []T, ld, n, size int) []T {
	d := w.width
	w.v = fit(&w.v, size*d)
	p := w.v
	for i := range n {
		copy(p[i*d:][:d], v[i*ld:][:d])
	}
	clear(p[n*d:])
	return p
}

// Work of workers is kept between calls, one store per element type.
var work32, work64 sync.Pool

// each runs tasks 0 to n-1, the last one first since it is the longest in causal
// attention. A task goes to whoever is free: it must not matter who does it.
func each[T kernels.Float](p *kernels.Pool, n int, f func(task int, w *attnWork[T])) {
	store := &work32
	if sizeOf[T]() == 8 {
		store = &work64
	}
	var taken atomic.Int64
	p.For(min(n, p.Workers()), 1, func(_, _ int) {
		w, _ := store.Get().(*attnWork[T])
		if w == nil {
			w = new(attnWork[T])
		}
		defer store.Put(w)
		for {
			task := n - int(taken.Add(1))
			if task < 0 {
				return
			}
			f(task, w)
		}
	})
}
