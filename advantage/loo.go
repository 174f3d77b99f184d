package advantage

import "math"

// compareWithOthers writes the advantages of group g, whose rewards differ, over
// the mean and the deviation of the other rows:
//
//	r_i - mean of the others          = n/(n-1) d_i,          d_i = r_i - mu
//	squared deviations of the others  = SS - n/(n-1) d_i²,    SS = sum_j d_j²
//
// The difference loses digits where row i has most of SS. At most one row has
// more than 7/8 of it; the others of that row are measured for themselves.
func (e GRPO) compareWithOthers(w *work, g int) {
	from, to := w.ix.start[g], w.ix.start[g+1]
	x := w.scratch(2)[:to-from]
	copy(x, w.x[from:to]) // the advantages may lie where the rewards do
	if len(x) == 2 {
		w.out[from], w.out[from+1] = x[0]-x[1], x[1]-x[0]
		return
	}
	m, out := &w.group[g], w.center(g)
	rise := float64(len(x)) / float64(len(x)-1)
	for i, d := range out {
		rest := m.ss - float64(float64(d*rise)*d)
		if !m.safe || rest < m.ss/8 {
			out[i] = e.compareWithRest(w, x, i)
			continue
		}
		sigma := math.Sqrt(rest / float64(len(x)-1-e.DDoF))
		out[i] = float64(d*rise) / denominator(sigma, e.Eps, e.EpsInside)
	}
}

// compareWithRest is the advantage of row i of the group x over the other rows,
// which it measures.
func (e GRPO) compareWithRest(w *work, x []float64, i int) float64 {
	others := w.scratch(3)[:len(x)-1]
	copy(others[copy(others, x[:i]):], x[i+1:])
	var m moments
	m.of(others)
	a := (x[i] - m.hi) - m.lo
	if m.kind == constant {
		return a
	}
	n := float64(len(others) - e.DDoF)
	sigma := math.Sqrt(m.ss / n)
	if !m.safe {
		var r rootSum
		for _, v := range others {
			r.add((v - m.hi) - m.lo)
		}
		sigma = r.root(n)
	}
	if d := denominator(sigma, e.Eps, e.EpsInside); d > 0 {
		a /= d
	}
	return a
}
