package advantage

// ReinforcePP is REINFORCE++ for outcome rewards without discount: the return of
// every token is the reward of its response, and returns are whitened over all
// tokens of the batch:
//
//	A_i = (r_i - m) / sqrt(v + delta)
//	m   = sum_i l_i r_i / N             N = sum_i l_i
//	v   = sum_i l_i (r_i - m)² / (N - ddof)
//
// or, with EpsInside false, A_i = (r_i - m) / (sqrt(v) + delta). l_i is the length
// of response i, 1 if the batch has no lengths.
//
// The estimator knows no prompts: a single rollout is a row like any other, and a
// group of equal rewards gets what its reward is worth in the batch.
// DropConstant takes such groups out and gives them 0.
//
// Special cases: a batch of equal rewards gives 0, and so does a batch of one
// row, for which verl raises an error if it has one token.
//
// Spelling: reinforce_pp(ddof=1,drop_constant=false,eps=1e-08,eps_inside=true).
//
// Source: Hu et al., arXiv 2501.03262; verl,
// compute_reinforce_plus_plus_outcome_advantage with gamma 1, and masked_whiten,
// whose mean divides by N + 1e-8.
type ReinforcePP struct {
	DDoF         int     // 1: divide by N-1, 0: by N
	Eps          float64 // delta
	EpsInside    bool    // add delta to the variance
	DropConstant bool    // leave groups of equal rewards out
}

func (e *ReinforcePP) options() []option {
	return append(whitenOptions(&e.DDoF, &e.Eps, &e.EpsInside), dropOption(&e.DropConstant))
}

func whitenOptions(ddof *int, eps *float64, inside *bool) []option {
	return []option{
		integer("ddof", ddof, 1, 0, 1, "the variance divides by the number of tokens minus ddof"),
		float("eps", eps, 1e-8, 0, inf, "delta, the small number in the denominator"),
		flag("eps_inside", inside, true, "add eps to the variance instead of the deviation"),
	}
}

func (e ReinforcePP) String() string { return spell("reinforce_pp", e) }

// Needs returns Lengths.
func (e ReinforcePP) Needs() Field { return Lengths }

// Advantages implements [Estimator].
func (e ReinforcePP) Advantages(dst []float64, b *Batch) error {
	w, err := begin(dst, b, Lengths, Rules{Single: SingleReference, DropConstant: e.DropConstant})
	if err != nil {
		return err
	}
	w.whiten(w.x, w.weights(b.Lengths), false, e.DDoF, e.Eps, e.EpsInside)
	return w.end(dst)
}

// ReinforcePPBaseline is REINFORCE++ with the mean of the prompt as baseline:
//
//	c_i = r_i - mu
//	A_i = (c_i - m) / sqrt(v + delta)
//
// with m and v as in [ReinforcePP], of c over all tokens. With lengths that differ
// inside a group m is not 0, and a group of equal rewards gets -m/sqrt(v + delta),
// as in verl; without lengths, or with equal lengths in every group, m is exactly 0
// and so is the advantage of such a group.
//
// Special cases: a single rollout gives 0 and is out of m and v; with
// SingleReference it has c = r and counts. If all c are equal, all advantages are 0.
//
// Spelling: reinforce_pp_baseline(ddof=1,drop_constant=false,eps=1e-08,
// eps_inside=true,single=zero).
//
// Source: Hu et al., arXiv 2501.03262; verl,
// compute_reinforce_plus_plus_baseline_outcome_advantage.
type ReinforcePPBaseline struct {
	DDoF      int     // 1: divide by N-1, 0: by N
	Eps       float64 // delta
	EpsInside bool    // add delta to the variance
	Rules
}

func (e *ReinforcePPBaseline) options() []option {
	return append(whitenOptions(&e.DDoF, &e.Eps, &e.EpsInside), e.Rules.options()...)
}

func (e ReinforcePPBaseline) String() string { return spell("reinforce_pp_baseline", e) }

// Needs returns Lengths.
func (e ReinforcePPBaseline) Needs() Field { return Lengths }

// Advantages implements [Estimator].
func (e ReinforcePPBaseline) Advantages(dst []float64, b *Batch) error {
	w, err := begin(dst, b, Lengths, e.Rules)
	if err != nil {
		return err
	}
	for g := range w.group {
		w.center(g)
	}
	w.whiten(w.out, w.weights(b.Lengths), true, e.DDoF, e.Eps, e.EpsInside)
	return w.end(dst)
}
