package advantage

// PassK rewards the best rollout of a prompt alone, by how much pass@k would lose
// without it:
//
//	A_i = (r_max - r_second) / (sigma + delta)   for the one row with r_i = r_max
//	A_i = 0                                      for the others
//
// sigma is that of [GRPO]; with Std false nothing is divided. If two rows have the
// highest reward, r_second is that reward and all advantages are 0.
//
// Special cases: a single rollout gives 0, where verl raises an error.
// DropConstant changes nothing and is there because all estimators have it.
//
// Spelling: passk(ddof=1,drop_constant=false,eps=1e-06,eps_inside=false,std=true).
//
// Source: Tang et al., arXiv 2503.19595; verl,
// compute_grpo_passk_outcome_advantage.
type PassK struct {
	DDoF         int     // 1: divide by n-1, 0: by n
	Eps          float64 // delta
	EpsInside    bool    // add delta to the variance
	Std          bool    // divide by sigma + delta
	DropConstant bool
}

func (e *PassK) options() []option {
	return append(scaleOptions(&e.DDoF, &e.Eps, &e.EpsInside), dropOption(&e.DropConstant), stdOption(&e.Std))
}

func stdOption(p *bool) option {
	return flag("std", p, true, "divide by the deviation of the group")
}

func (e PassK) String() string { return spell("passk", e) }

// Needs returns 0: nothing but rewards and groups.
func (e PassK) Needs() Field { return 0 }

// Advantages implements [Estimator].
func (e PassK) Advantages(dst []float64, b *Batch) error {
	w, err := begin(dst, b, 0, Rules{DropConstant: e.DropConstant})
	if err != nil {
		return err
	}
	for g := range w.group {
		from, to := w.ix.start[g], w.ix.start[g+1]
		x, out := w.x[from:to], w.out[from:to]
		if w.group[g].kind != plain {
			clear(out)
			continue
		}
		best, second := 0, 1
		if x[1] > x[0] {
			best, second = 1, 0
		}
		for i := 2; i < len(x); i++ {
			switch {
			case x[i] > x[best]:
				best, second = i, best
			case x[i] > x[second]:
				second = i
			}
		}
		a, d := x[best]-x[second], 1.0
		if e.Std {
			d = denominator(w.deviation(g, e.DDoF), e.Eps, e.EpsInside)
		}
		clear(out) // may be x
		out[best] = a
		divide(out[best:best+1], d)
	}
	return w.end(dst)
}
