package advantage

// BatchStd centres every group and divides by the deviation of all rewards of the
// batch:
//
//	A_i     = (r_i - mu) / (sigma_B + delta)
//	sigma_B = sqrt( sum_i (r_i - m)² / (N - ddof) )
//
// m is the mean of the N rewards. Unlike [TMN] it takes differences between the
// means of prompts into the scale. With EpsInside the denominator is
// sqrt(sigma_B² + delta).
//
// Special cases: groups of equal rewards give 0 and count in sigma_B, unless
// DropConstant is set. A single rollout gives 0; its reward counts in sigma_B with
// SingleReference only, as in TRL.
//
// Spelling: batch_std(ddof=1,drop_constant=false,eps=1e-06,eps_inside=false,single=zero).
//
// Source: Liu et al., arXiv 2508.08221, Lite PPO; TRL, GRPOTrainer with
// scale_rewards=batch, where delta is 1e-4.
type BatchStd struct {
	DDoF      int     // 1: divide by N-1, 0: by N
	Eps       float64 // delta
	EpsInside bool    // add delta to the variance
	Rules
}

func (e *BatchStd) options() []option {
	return append(scaleOptions(&e.DDoF, &e.Eps, &e.EpsInside), e.Rules.options()...)
}

func (e BatchStd) String() string { return spell("batch_std", e) }

// Needs returns 0: nothing but rewards and groups.
func (e BatchStd) Needs() Field { return 0 }

// Advantages implements [Estimator].
func (e BatchStd) Advantages(dst []float64, b *Batch) error {
	w, err := begin(dst, b, 0, e.Rules)
	if err != nil {
		return err
	}
	s := w.pool(w.x, nil, false, false)[0]
	f := s.factor(e.DDoF, e.Eps, e.EpsInside)
	for g := range w.group {
		out := w.center(g)
		if w.group[g].kind == single {
			clear(out)
		}
		s.rescale(out, f)
	}
	return w.end(dst)
}
