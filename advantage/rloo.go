package advantage

// RLOO compares every rollout with the mean of the others of its prompt:
//
//	A_i = r_i - (sum over j != i of r_j)/(n - 1) = n/(n-1) (r_i - mu)
//
// Special cases: a group of equal rewards gives 0; a single rollout gives 0, or r
// with SingleReference, as verl's rloo has it (its rloo_vectorized gives 0).
//
// Spelling: rloo(drop_constant=false,single=zero).
//
// Source: Ahmadian et al., arXiv 2402.14740, section 2.3; verl,
// compute_rloo_outcome_advantage.
type RLOO struct{ Rules }

func (e *RLOO) options() []option { return e.Rules.options() }

func (e RLOO) String() string { return spell("rloo", e) }

// Needs returns 0: nothing but rewards and groups.
func (e RLOO) Needs() Field { return 0 }

// Advantages implements [Estimator].
func (e RLOO) Advantages(dst []float64, b *Batch) error {
	w, err := begin(dst, b, 0, e.Rules)
	if err != nil {
		return err
	}
	for g := range w.group {
		out := w.center(g)
		if w.group[g].kind != plain {
			continue
		}
		f := float64(len(out)) / float64(len(out)-1)
		for i := range out {
			out[i] = float64(out[i] * f)
		}
	}
	return w.end(dst)
}
