package advantage

import "math"

// MaxRL divides by the mean of the group, as the gradient of the logarithm of the
// success rate does:
//
//	A_i = (r_i - mu) / (mu + delta)   if mu > 0
//	A_i = 0                           otherwise
//
// It is made for rewards of 0 and 1, where a success of a prompt with k of n is
// worth n/k - 1 and a failure -1. For a mean below 0 the formula would reinforce
// what is worse than average. A mean within 2^-50 of 0, relative to the largest
// absolute reward, is 0: of rewards with both signs only rounding errors are left.
//
// Special cases: a group of equal rewards gives 0; a single rollout gives 0, or r
// with SingleReference, as SkyRL has it.
//
// Spelling: maxrl(drop_constant=false,eps=0,single=zero).
//
// Source: Tajwar et al., arXiv 2602.02710; prime-rl, MaxRLAlgorithm. The authors'
// code and SkyRL have delta 1e-6 and do not look at the sign of mu.
type MaxRL struct {
	Eps float64 // delta
	Rules
}

func (e *MaxRL) options() []option {
	return append(e.Rules.options(), float("eps", &e.Eps, 0, 0, inf, "delta, added to the mean in the denominator"))
}

func (e MaxRL) String() string { return spell("maxrl", e) }

// Needs returns 0: nothing but rewards and groups.
func (e MaxRL) Needs() Field { return 0 }

// Advantages implements [Estimator].
func (e MaxRL) Advantages(dst []float64, b *Batch) error {
	w, err := begin(dst, b, 0, e.Rules)
	if err != nil {
		return err
	}
	for g := range w.group {
		m := &w.group[g]
		var size float64
		for _, r := range w.x[w.ix.start[g]:w.ix.start[g+1]] {
			size = max(size, math.Abs(r))
		}
		out := w.center(g)
		if m.kind != plain {
			continue
		}
		if mu := m.hi + m.lo; mu > float64(tie*size) {
			divide(out, mu+e.Eps)
		} else {
			clear(out)
		}
	}
	return w.end(dst)
}
