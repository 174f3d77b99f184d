package trainer

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/golongrl/golongrl/advantage/loss"
)

// objectiveBatch has sequences of 5, 0, 7 and 8 tokens in groups of 1 and 3, with
// ratios on both sides of every bound.
func objectiveBatch() (b loss.Batch, logp, entropy []float64) {
	x := func(i, k int) float64 { return math.Sin(float64(i*7 + k*3)) }
	b = loss.Batch{Start: []int{0, 5, 5, 12, 20}, Groups: []int{1, 3}}
	for i := range 20 {
		logp, entropy = append(logp, -2+x(i, 1)), append(entropy, 1+0.3*x(i, 9))
		b.LogPOld = append(b.LogPOld, logp[i]+0.3*x(i, 2))
		b.LogPRollout = append(b.LogPRollout, logp[i]+0.5*x(i, 3))
		b.LogPRef = append(b.LogPRef, logp[i]+0.5*x(i, 4))
		b.EntropyOld = append(b.EntropyOld, entropy[i]*(1+0.06*x(i, 5)))
		b.Advantages = append(b.Advantages, x(i/6, 6))
	}
	return b, logp, entropy
}

// derivatives asks for cut rows at a time, as a backend does.
func derivatives(t *testing.T, o *policyLoss, logp, entropy []float64, cut int) []float64 {
	t.Helper()
	n := len(logp)
	if o.Whole() {
		cut = n
	}
	d, e := make([]float64, n), make([]float64, n)
	for lo := 0; lo < n; lo += cut {
		hi := min(n, lo+cut)
		if err := o.Derivatives(lo, hi, logp[lo:hi], entropy[lo:hi], d[lo:hi], e[lo:hi]); err != nil {
			t.Fatal(err)
		}
	}
	return append(d, e...)
}

// TestPieces: a loss that says it can be computed row by row does not depend on
// the cut, whatever it is made of.
func TestPieces(t *testing.T) {
	rowwise := 0
	for _, surrogate := range []string{"ppo", "reinforce", "gspo", "cispo", "gppo", "ce_gppo", "aspo", "sapo", "erc", "erc(base=gspo)", "erc(base=erc(base=gspo))"} {
		for _, mode := range loss.Modes() {
			for _, correction := range []string{
				"none", "is", "tis", "icepop", "seq_mask_tis", "icepop(veto=0.0001)", "icepop(normalize=true)", "none(veto=0.9)", "none(reject=token_ratio:0.5_5)", "is(level=geometric)",
			} {
				c := Default()
				c.Surrogate, c.Aggregation, c.Correction, c.EntropyCoef, c.KLCoef = surrogate, mode, correction, 0.1, 0.1
				p, err := c.parse()
				if err != nil {
					t.Fatal(err)
				}
				b, logp, entropy := objectiveBatch()
				own := make([]bool, len(logp))
				for i := range own {
					own[i] = i%3 == 0
				}
				for _, own := range [][]bool{nil, own} {
					o := newPolicyLoss(&p, b, own)
					if !o.Whole() {
						rowwise++
					}
					whole, pieces := derivatives(t, o, logp, entropy, len(logp)), derivatives(t, o, logp, entropy, 7)
					if i := slices.IndexFunc(whole, func(v float64) bool { return v != 0 }); i < 0 {
						t.Errorf("%s %s %s: no derivatives", surrogate, mode, correction)
					}
					for i, w := range whole {
						if math.Abs(pieces[i]-w) > 1e-12 {
							t.Errorf("%s %s %s: derivative %d is %g in pieces, %g whole", surrogate, mode, correction, i, pieces[i], w)
							break
						}
					}
				}
			}
		}
	}
	// The recipe's surrogate without a veto must not need all logits at a time.
	if rowwise < 2*8*4 {
		t.Errorf("only %d losses are computed row by row", rowwise)
	}
}

// TestStandIn: tokens without log-probabilities of their sampler have weight 1, the
// others theirs; without old log-probabilities those of the forward pass stand in.
func TestStandIn(t *testing.T) {
	c := Default()
	c.Correction = "is"
	p, err := c.parse()
	if err != nil {
		t.Fatal(err)
	}
	for _, old := range []bool{true, false} {
		b, logp, entropy := objectiveBatch()
		if !old {
			b.LogPOld = nil
		}
		from := logp
		if old {
			from = b.LogPOld
		}
		own := make([]bool, len(logp))
		want := slices.Clone(b.LogPRollout)
		for i := range own {
			if own[i] = i%2 == 0; own[i] {
				want[i], b.LogPRollout[i] = from[i], math.NaN()
			}
		}
		got := derivatives(t, newPolicyLoss(&p, b, own), logp, entropy, 6)
		b.LogPRollout = want
		if want := derivatives(t, newPolicyLoss(&p, b, nil), logp, entropy, 20); !slices.EqualFunc(got, want, func(x, y float64) bool { return math.Abs(x-y) < 1e-15 }) {
			t.Errorf("old log-probabilities %v:\n%v\n%v", old, got, want)
		}
	}
}

// TestTokenErrorInPieces: the token at fault is counted in the batch, behind empty
// responses and in pieces that begin inside a response too.
func TestTokenErrorInPieces(t *testing.T) {
	for _, correction := range []string{"icepop", "icepop(veto=0.0001)"} {
		c := Default()
		c.Correction = correction
		p, err := c.parse()
		if err != nil {
			t.Fatal(err)
		}
		for row := range 20 {
			b, logp, entropy := objectiveBatch()
			b.Start, b.Groups = []int{0, 0, 5, 5, 5, 12, 20, 20}, nil
			b.LogPRollout[row] = math.NaN()
			sequence := 1
			for b.Start[sequence+1] <= row {
				sequence++
			}
			for _, cut := range []int{1, 3, 7, 20} {
				o := newPolicyLoss(&p, b, nil)
				if o.Whole() {
					cut = 20
				}
				lo := row / cut * cut
				hi := min(20, lo+cut)
				err := o.Derivatives(lo, hi, logp[lo:hi], entropy[lo:hi], make([]float64, hi-lo), make([]float64, hi-lo))
				var at *loss.TokenError
				if !errors.As(err, &at) || at.Sequence != sequence || at.Token != row-b.Start[sequence] || at.Field != "logp_rollout" {
					t.Errorf("%s, row %d in pieces of %d: %v, want sequence %d, token %d", correction, row, cut, err, sequence, row-b.Start[sequence])
				}
			}
		}
	}
}
