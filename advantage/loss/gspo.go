package loss

import (
	"github.com/golongrl/golongrl/internal/portable"
	"github.com/golongrl/golongrl/internal/spelling"
)

// GSPO clips one ratio per sequence of n valid tokens:
//
//	log s  = min(10, (1/n) sum over t of (logp_t - logp_old_t))
//	loss_t = max(-A_t s, -A_t clip(s, 1-ClipLow, 1+ClipHigh))
//
// The gradient goes through every token as if s were sg(s) r_t / sg(r_t): it is
// -A_t s where the first term decides, and 0 elsewhere and for log s beyond 10.
// Where all advantages and weights of a sequence are equal, that is the
// derivative of the sequence's loss; its sum over the sequence always is the
// derivative for a shift of all log-probabilities. At the bounds the gradient is
// that of the inside.
//
// Its authors average over the tokens of a sequence and then over sequences:
// [SequenceMeanTokenMean].
//
// Spelling: gspo(clip_high=0.0004,clip_low=0.0003).
//
// Source: Zheng et al., arXiv 2507.18071, equation (5), section 4.3 for the
// gradient and section 5.1 for the defaults; verl, compute_policy_loss_gspo.
type GSPO struct{ ClipLow, ClipHigh float64 }

func (p *GSPO) options() []spelling.Option {
	return clipOptions(&p.ClipLow, &p.ClipHigh, 3e-4, 4e-4)
}

func (p GSPO) String() string { return spell("gspo", p) }

// Check implements [Surrogate].
func (p GSPO) Check(*Batch) error { return checkClip("gspo", p.ClipLow, p.ClipHigh) }

// maxLogSequenceRatio bounds log s.
const maxLogSequenceRatio = 10

// Sequence implements [Surrogate].
func (p GSPO) Sequence(loss, grad []float64, b *Batch, s int) (n Tally) {
	q := b.sequence(s)
	var sum compensated
	count := 0
	for i := range loss {
		if q.valid(i) {
			sum.add(saturate(q.logp[i] - q.old[i]))
			count++
		}
	}
	if count == 0 {
		return n
	}
	mean := sum.sum() / float64(count)
	r := portable.Exp(min(mean, maxLogSequenceRatio))
	dr := r
	if mean > maxLogSequenceRatio {
		dr = 0
	}
	low, high := 1-p.ClipLow, 1+p.ClipHigh
	n.Ratio = float64(float64(count) * r)
	for i := range loss {
		if q.valid(i) {
			l, slope, cut := clipped(q.adv[i], r, low, high)
			if cut {
				n.Clipped++
			}
			loss[i], grad[i] = l, float64(slope*dr)
		}
	}
	return n
}
