package advantage

// ReMax compares every rollout with the greedy response to its prompt:
//
//	A_i = r_i - b_i
//
// b_i is the reward of the greedy response ([Batch.Baselines]).
//
// The estimator knows no prompts: single rollouts, which are its usual case, and
// groups of equal rewards are rows like any other. DropConstant gives groups of
// two or more equal rewards 0.
//
// Spelling: remax(drop_constant=false).
//
// Source: Li et al., arXiv 2310.10505, algorithm 1; verl,
// compute_remax_outcome_advantage.
type ReMax struct {
	DropConstant bool // give groups of equal rewards 0
}

func (e *ReMax) options() []option { return []option{dropOption(&e.DropConstant)} }

func (e ReMax) String() string { return spell("remax", e) }

// Needs returns Baselines.
func (e ReMax) Needs() Field { return Baselines }

// Advantages implements [Estimator].
func (e ReMax) Advantages(dst []float64, b *Batch) error {
	w, err := begin(dst, b, Baselines, Rules{Single: SingleReference, DropConstant: e.DropConstant})
	if err != nil {
		return err
	}
	greedy := w.gather(2, b.Baselines)
	for i, r := range w.x {
		w.out[i] = r - greedy[i]
	}
	for g := range w.group {
		if w.group[g].kind == dropped {
			clear(w.out[w.ix.start[g]:w.ix.start[g+1]])
		}
	}
	return w.end(dst)
}
