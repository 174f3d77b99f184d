package advantage

import "fmt"

// GPG centres every group and raises all advantages where rewards are rare:
//
//	A_i = (N / M) (r_i - mu) / F
//
// N is the number of rows that count, M that of their rewards other than 0, at
// least 1, and F the option f_norm. The paper raises advantages by the share of
// groups that have a gradient; this is the code of verl, which counts rewards.
//
// Special cases: a single rollout gives 0 and counts in neither N nor M; with
// SingleReference it has mu 0 and counts in both.
//
// Errors: F is not positive.
//
// Spelling: gpg(drop_constant=false,f_norm=1,single=zero).
//
// Source: Chu et al., arXiv 2504.02546; verl, compute_gpg_outcome_advantage.
type GPG struct {
	FNorm float64 // F, positive
	Rules
}

func (e *GPG) options() []option {
	return append(e.Rules.options(), float("f_norm", &e.FNorm, 1, 1e-300, inf, "what advantages are divided by"))
}

func (e GPG) String() string { return spell("gpg", e) }

// Needs returns 0: nothing but rewards and groups.
func (e GPG) Needs() Field { return 0 }

// Advantages implements [Estimator].
func (e GPG) Advantages(dst []float64, b *Batch) error {
	if !(e.FNorm > 0) {
		return fmt.Errorf("advantage: gpg: f_norm is %v; it must be positive", e.FNorm)
	}
	w, err := begin(dst, b, 0, e.Rules)
	if err != nil {
		return err
	}
	rows, nonzero := 0, 0
	for g := range w.group {
		x, _ := w.part(g, w.x, nil)
		rows += len(x)
		for _, r := range x {
			if r != 0 {
				nonzero++
			}
		}
	}
	rise := float64(rows) / float64(max(nonzero, 1))
	for g := range w.group {
		out := w.center(g)
		for i := range out {
			out[i] = float64(out[i]*rise) / e.FNorm
		}
	}
	return w.end(dst)
}
