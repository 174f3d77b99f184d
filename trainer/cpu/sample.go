package cpu

import (
	"math"
	"slices"

	"github.com/golongrl/golongrl/internal/kernels"
	"github.com/golongrl/golongrl/trainer/backend"
)

// pick draws a token from a row of logits: the first in the order of tokens whose
// cumulated probability is above u. NaN logits give any token.
func pick[T kernels.Float](w *attnWork[T], logits []T, s backend.Sampling, u float64) int32 {
	top := kernels.MaxOf(logits)
	if s.Temperature == 0 {
		return int32(max(0, slices.Index(logits, top)))
	}
	// Differences first: near the maximum they are exact.
	w.s = fit(&w.s, len(logits))
	p := w.s
	for i, x := range logits {
		p[i] = x - top
	}
	kernels.ExpShift(p, p, T(1/s.Temperature), 0)
	if s.TopK > 0 && s.TopK < len(p) {
		w.keepBest(p, logits, s.TopK, math.Inf(1))
	}
	if s.TopP > 0 && s.TopP < 1 {
		w.keepBest(p, logits, len(p), s.TopP*sumOf(p))
	}
	bound := u * sumOf(p)
	var sum float64
	token := 0
	for i, x := range p {
		if x > 0 {
			token = i
		}
		if sum += float64(x); sum > bound {
			break
		}
	}
	return int32(token)
}

func sumOf[T kernels.Float](p []T) float64 {
	var s float64
	for _, x := range p {
		s += float64(x)
	}
	return s
}

// keepBest sets to zero all unnormalised probabilities p but the n of the largest
// logits, and of these all but the fewest, largest first, that sum up to mass.
func (w *attnWork[T]) keepBest(p, logits []T, n int, mass float64) {
	w.ids = fit(&w.ids, len(p))
	h := ranking[T]{w.ids, logits}
	for i := range h.ids {
		h.ids[i] = int32(i)
	}
	for i := len(p)/2 - 1; i >= 0; i-- {
		h.sink(i)
	}
	var sum float64
	kept := 0
	for ; kept < n && sum < mass; kept++ {
		sum += float64(p[h.pop()])
	}
	best := w.ids[len(p)-kept:]
	slices.Sort(best)
	for i := range p {
		if len(best) > 0 && int(best[0]) == i {
			best = best[1:]
		} else {
			p[i] = 0
		}
	}
}

// A ranking is a heap of tokens whose first has the largest logit, and of equal
// logits the lower token.
type ranking[T kernels.Float] struct {
	ids    []int32
	logits []T
}

func (h *ranking[T]) before(a, b int32) bool {
	x, y := h.logits[a], h.logits[b]
	return x > y || x == y && a < b
}

// pop moves the first token behind the others and returns it.
func (h *ranking[T]) pop() int32 {
	last := len(h.ids) - 1
	first := h.ids[0]
	h.ids[0], h.ids[last] = h.ids[last], first
	h.ids = h.ids[:last]
	h.sink(0)
	return first
}

func (h *ranking[T]) sink(i int) {
	for {
		c := 2*i + 1
		if c >= len(h.ids) {
			return
		}
		if c+1 < len(h.ids) && h.before(h.ids[c+1], h.ids[c]) {
			c++
		}
		if !h.before(h.ids[c], h.ids[i]) {
			return
		}
		h.ids[i], h.ids[c] = h.ids[c], h.ids[i]
		i = c
	}
}
