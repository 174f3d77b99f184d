package trainer

import (
	"github.com/golongrl/golongrl/advantage/loss"
	"github.com/golongrl/golongrl/trainer/backend"
)

// scopeOf returns which tokens a loss must see together if the factors of the
// aggregation are known.
func scopeOf(c *loss.Config) backend.Scope {
	r := &c.Rollout
	bySequence := r.Reject
	for _, s := range []loss.Statistic{loss.TokenRatio, loss.TokenK1, loss.TokenK2, loss.TokenK3} {
		bySequence[s] = loss.Bounds{}
	}
	switch {
	case r.Normalize:
		return backend.WholeBatch
	case perSequence(c.Surrogate), r.Form != loss.FormNone && r.Level != loss.LevelToken, r.Veto != 0, bySequence != loss.Rejections{}:
		return backend.WholeSequences
	}
	return backend.AnyRows
}

// perSequence reports whether a surrogate has a ratio per sequence.
func perSequence(s loss.Surrogate) bool {
	switch s := s.(type) {
	case loss.GSPO:
		return true
	case loss.ERC:
		return perSequence(s.Base)
	}
	return false
}

// coefficients returns the factors of the aggregation before the policy is asked
// for anything. It returns nil where they depend on what the policy will say, or
// cannot be had.
func coefficients(c *loss.Config, b loss.Batch, own []bool) []float64 {
	n := b.Start[len(b.Start)-1]
	coef := make([]float64, n)
	b.LogP = make([]float64, n) // all that is read of it is its length
	mode, r := c.Aggregation.Mode, &c.Rollout
	rejects := r.Reject != loss.Rejections{} || r.Veto != 0 && r.VetoMask
	if rejects && mode != loss.TokenSum && mode != loss.TokenSumNorm {
		if b.LogPOld == nil {
			return nil
		}
		if own != nil {
			b.LogPRollout = standIn(&b, own)
		}
		keep := make([]bool, n)
		if _, err := r.Weights(coef, keep, &b); err != nil {
			return nil
		}
		b.Mask = keep
	}
	if c.Aggregation.Coefficients(coef, &b) != nil {
		return nil
	}
	return coef
}
