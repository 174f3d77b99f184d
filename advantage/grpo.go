package advantage

// GRPO normalises every group by its own mean and standard deviation:
//
//	A_i   = (r_i - mu) / (sigma + delta)
//	sigma = sqrt( sum_j (r_j - mu)² / (n - ddof) )
//
// or, with EpsInside, A_i = (r_i - mu) / sqrt(sigma² + delta).
//
// Special cases: a group of equal rewards gives 0; a single rollout gives 0, or
// r/(1+delta) with SingleReference, as verl has it.
//
// Spelling: grpo(ddof=1,drop_constant=false,eps=1e-06,eps_inside=false,single=zero).
//
// Source: GoLongRL, section 4.1, equation (1); Shao et al., DeepSeekMath,
// arXiv 2402.03300, section 4.1.2, with ddof 1 as in all stacks but open-instruct.
type GRPO struct {
	DDoF      int     // 1: divide by n-1, 0: by n
	Eps       float64 // delta
	EpsInside bool    // add delta to the variance
	Rules
}

func (e *GRPO) options() []option {
	return append(scaleOptions(&e.DDoF, &e.Eps, &e.EpsInside), e.Rules.options()...)
}

func scaleOptions(ddof *int, eps *float64, inside *bool) []option {
	return []option{
		integer("ddof", ddof, 1, 0, 1, "variances divide by the number of values minus ddof"),
		float("eps", eps, 1e-6, 0, inf, "delta, the small number in the denominator"),
		flag("eps_inside", inside, false, "add eps to the variance instead of the deviation"),
	}
}

func (e GRPO) String() string { return spell("grpo", e) }

// Needs returns 0: nothing but rewards and groups.
func (e GRPO) Needs() Field { return 0 }

// Advantages implements [Estimator].
func (e GRPO) Advantages(dst []float64, b *Batch) error {
	w, err := begin(dst, b, 0, e.Rules)
	if err != nil {
		return err
	}
	for g := range w.group {
		if out := w.center(g); w.group[g].kind != constant {
			divide(out, denominator(w.deviation(g, e.DDoF), e.Eps, e.EpsInside))
		}
	}
	return w.end(dst)
}

// DrGRPO centres every group and leaves its scale alone:
//
//	A_i = r_i - mu
//
// Its loss is summed over tokens and divided by a constant length, which is not
// this package's part.
//
// Special cases: a single rollout gives 0, or r with SingleReference.
//
// Spelling: dr_grpo(drop_constant=false,single=zero).
//
// Source: GoLongRL, section 4.1, equation (3); Liu et al., arXiv 2503.20783.
type DrGRPO struct{ Rules }

func (e *DrGRPO) options() []option { return e.Rules.options() }

func (e DrGRPO) String() string { return spell("dr_grpo", e) }

// Needs returns 0: nothing but rewards and groups.
func (e DrGRPO) Needs() Field { return 0 }

// Advantages implements [Estimator].
func (e DrGRPO) Advantages(dst []float64, b *Batch) error {
	w, err := begin(dst, b, 0, e.Rules)
	if err != nil {
		return err
	}
	for g := range w.group {
		w.center(g)
	}
	return w.end(dst)
}
