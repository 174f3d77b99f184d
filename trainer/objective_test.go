package trainer

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/golongrl/golongrl/advantage/loss"
	"github.com/golongrl/golongrl/trainer/backend"
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

// derivatives asks for the pieces of a backend that has room for cut rows.
func derivatives(t *testing.T, o *policyLoss, logp, entropy []float64, cut int) []float64 {
	t.Helper()
	n := len(logp)
	d, e := make([]float64, n), make([]float64, n)
	for lo, hi := range o.Needs().Pieces(rowsOf(&o.batch), 0, n, cut) {
		if err := o.Derivatives(lo, hi, logp[lo:hi], entropy[lo:hi], d[lo:hi], e[lo:hi]); err != nil {
			t.Fatal(err)
		}
	}
	return append(d, e...)
}

// rowsOf is the batch of a backend in which every token is a row, which Pieces does
// not mind.
func rowsOf(b *loss.Batch) *backend.Batch {
	all := &backend.Batch{Start: b.Start}
	for i := range b.Start[len(b.Start)-1] {
		all.Rows = append(all.Rows, i)
	}
	return all
}

// TestPieces: a loss does not depend on the cut into pieces of its scope, whatever it
// is made of, with the old log-probabilities known beforehand and without.
func TestPieces(t *testing.T) {
	var scopes [backend.WholeBatch + 1]int
	for _, surrogate := range []string{"ppo", "reinforce", "gspo", "cispo", "gppo", "ce_gppo", "aspo", "sapo", "erc", "erc(base=gspo)", "erc(base=erc(base=gspo))"} {
		for _, mode := range loss.Modes() {
			for _, correction := range []string{
				"none", "is", "tis", "icepop", "seq_mask_tis", "icepop(veto=0.0001)", "icepop(normalize=true)", "none(veto=0.9)", "none(reject=token_ratio:0.8_1.25)", "is(level=geometric)",
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
				for k, own := range [][]bool{nil, own, nil, own} {
					if k == 2 {
						b.LogPOld = nil
					}
					o := newPolicyLoss(p.loss, b, own)
					scopes[o.Needs()]++
					// The factors of the aggregation are counted by the loss itself.
					all := &policyLoss{cfg: p.loss, batch: b, own: own, needs: backend.WholeBatch}
					whole := derivatives(t, all, logp, entropy, len(logp))
					if i := slices.IndexFunc(whole, func(v float64) bool { return v != 0 }); i < 0 {
						t.Errorf("%s %s %s: no derivatives", surrogate, mode, correction)
					}
					for _, cut := range []int{3, 7, 12} {
						pieces := derivatives(t, o, logp, entropy, cut)
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
	}
	for scope, n := range scopes {
		if n < 100 {
			t.Errorf("only %d losses have scope %d", n, scope)
		}
	}
}

// TestNeeds: no loss asks for more than it needs.
func TestNeeds(t *testing.T) {
	const rows, sequences, batch = backend.AnyRows, backend.WholeSequences, backend.WholeBatch
	for _, c := range []struct {
		surrogate, correction, mode string
		known, unknown              backend.Scope // with old log-probabilities, without
	}{
		{"ppo", "none", "token-mean", rows, rows},
		{"ppo", "icepop", "token-mean", rows, rows},
		{"cispo", "tis", "token-mean", rows, rows},
		{"ppo", "none", "seq-mean-token-mean", rows, rows},
		{"ppo", "none", "group-token-mean", rows, rows},
		{"erc", "icepop", "token-mean", rows, rows},
		{"ppo", "tis(level=sequence)", "token-mean", sequences, sequences},
		{"ppo", "icepop(veto=0.0001)", "token-mean", sequences, sequences},
		{"ppo", "icepop(veto=0.0001)", "group-token-mean", sequences, sequences},
		{"gspo", "none", "token-mean", sequences, sequences},
		{"gspo", "none", "seq-mean-token-mean", sequences, sequences},
		{"erc(base=gspo)", "none", "token-mean", sequences, sequences},
		{"erc(base=erc(base=gspo))", "none", "token-mean", sequences, sequences},
		// What is rejected leaves the denominators.
		{"ppo", "none(reject=token_ratio:0.5_5)", "token-mean", rows, batch},
		{"ppo", "none(reject=token_ratio:0.5_5)", "token-sum", rows, rows},
		{"ppo", "none(reject=seq_max_k2:42.4)", "token-mean", sequences, batch},
		{"ppo", "none(reject=seq_max_k2:42.4)", "token-sum-norm", sequences, sequences},
		{"ppo", "icepop(veto=0.0001,veto_mask=true)", "token-mean", sequences, batch},
		{"ppo", "tis(normalize=true)", "token-mean", batch, batch},
	} {
		cfg := Default()
		cfg.Surrogate, cfg.Correction, cfg.Aggregation = c.surrogate, c.correction, c.mode
		p, err := cfg.parse()
		if err != nil {
			t.Errorf("%+v: %v", c, err)
			continue
		}
		b, _, _ := objectiveBatch()
		if got := newPolicyLoss(p.loss, b, nil).Needs(); got != c.known {
			t.Errorf("%+v: scope %d", c, got)
		}
		b.LogPOld = nil
		if got := newPolicyLoss(p.loss, b, nil).Needs(); got != c.unknown {
			t.Errorf("%+v: scope %d without old log-probabilities", c, got)
		}
	}
	p, err := Default().parse()
	if err != nil {
		t.Fatal(err)
	}
	b, _, _ := objectiveBatch()
	if got := newPolicyLoss(p.loss, b, nil).Needs(); got != sequences {
		t.Errorf("the recipe has scope %d; its veto looks at whole sequences", got)
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
		got := derivatives(t, newPolicyLoss(p.loss, b, own), logp, entropy, 6)
		b.LogPRollout = want
		if want := derivatives(t, newPolicyLoss(p.loss, b, nil), logp, entropy, 20); !slices.EqualFunc(got, want, func(x, y float64) bool { return math.Abs(x-y) < 1e-15 }) {
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
				o := newPolicyLoss(p.loss, b, nil)
				lo, hi := 0, 0
				for lo, hi = range o.Needs().Pieces(rowsOf(&b), 0, 20, cut) {
					if row < hi {
						break
					}
				}
				err := o.Derivatives(lo, hi, logp[lo:hi], entropy[lo:hi], make([]float64, hi-lo), make([]float64, hi-lo))
				var at *loss.TokenError
				if !errors.As(err, &at) || at.Sequence != sequence || at.Token != row-b.Start[sequence] || at.Field != "logp_rollout" {
					t.Errorf("%s, row %d in pieces of %d: %v, want sequence %d, token %d", correction, row, cut, err, sequence, row-b.Start[sequence])
				}
			}
		}
	}
}
