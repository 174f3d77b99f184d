package loss

import (
	"errors"
	"math"

	"github.com/golongrl/golongrl/internal/portable"
	"github.com/golongrl/golongrl/internal/spelling"
)

// ASPO turns the ratio of tokens with positive advantages around, so that
// unlikely tokens gain more than likely ones:
//
//	A >= 0:  q = min(r, 1+ClipHigh)
//	         loss = -A r / sg(q)²             if 1/q <= ClipCPos
//	         loss = -A ClipCPos logp          otherwise
//	A <  0:  q = max(r, 1-ClipLow)
//	         loss = -A q                      if q <= ClipC
//	         loss = -A ClipC logp             otherwise
//
// In the first line r stands for its clipped value, so that the loss is -A/q with
// the gradient -A/q, and 0 where r exceeds 1+ClipHigh. Where a weight is capped,
// the token keeps the gradient -A ClipC or -A ClipCPos. Bounds belong to the
// inside. A token is Clipped if q differs from r and Lower if its weight is
// capped.
//
// Spelling: aspo(clip_c=3,clip_c_pos=3,clip_high=0.2,clip_low=0.2). A cap of 0 is
// none.
//
// Source: Wang et al., arXiv 2510.06062; released code Archer2.0 at
// b08d963, compute_policy_loss_archer. That code has two pairs of bounds, 0.2 for
// the four fifths of the tokens of a sequence with the lowest entropy and 0.4 for
// the others, under names that say the opposite; here is one pair.
type ASPO struct {
	ClipLow, ClipHigh float64
	ClipC, ClipCPos   float64 // caps of the weights of negative and of positive advantages; 0 is none
}

func (p *ASPO) options() []spelling.Option {
	return append(clipOptions(&p.ClipLow, &p.ClipHigh, 0.2, 0.2),
		dualOption("clip_c", &p.ClipC, 3, "cap of the weight r where the advantage is negative"),
		dualOption("clip_c_pos", &p.ClipCPos, 3, "cap of the weight 1/r where it is not"))
}

func (p ASPO) String() string { return spell("aspo", p) }

// Check implements [Surrogate].
func (p ASPO) Check(*Batch) error {
	return checkClip("aspo", p.ClipLow, p.ClipHigh, p.ClipC, p.ClipCPos)
}

// Sequence implements [Surrogate].
func (p ASPO) Sequence(loss, grad []float64, b *Batch, s int) (n Tally) {
	q := b.sequence(s)
	low, high := 1-p.ClipLow, 1+p.ClipHigh
	for i := range loss {
		if !q.valid(i) {
			continue
		}
		a := q.adv[i]
		r, dr := q.ratio(i)
		n.Ratio += r
		var weight, limit float64
		var cut bool
		if a < 0 {
			cut, limit = r < low, p.ClipC
			weight = max(r, low)
		} else {
			cut, limit = r > high, p.ClipCPos
			weight = 1 / min(r, high)
		}
		if cut {
			n.Clipped++
		}
		if limit != 0 && weight > limit {
			n.Lower++
			grad[i] = float64(-a * limit)
			loss[i] = float64(grad[i] * q.logp[i])
			continue
		}
		loss[i] = float64(-a * weight)
		if grad[i] = loss[i]; cut || dr == 0 {
			grad[i] = 0
		}
	}
	return n
}

// SAPO replaces the hard clip by a soft gate:
//
//	loss = -A sigmoid(tau (r - 1)) 4/tau
//
// with tau = TauPos if A > 0 and TauNeg otherwise; r is that of [PPO]. The
// gradient is -4 A r g (1-g), with g the sigmoid: -A at r = 1, and less the
// farther r is from it. Nothing is Clipped.
//
// Its authors average over the tokens of a sequence and then over sequences:
// [SequenceMeanTokenMean].
//
// Spelling: sapo(tau_neg=1.05,tau_pos=1).
//
// Source: Gao et al., arXiv 2511.20347; verl, compute_policy_loss_sapo.
type SAPO struct{ TauPos, TauNeg float64 }

func (p *SAPO) options() []spelling.Option {
	return []spelling.Option{
		spelling.Float("tau_pos", &p.TauPos, 1, minTau, math.MaxFloat64, "steepness of the gate for positive advantages"),
		spelling.Float("tau_neg", &p.TauNeg, 1.05, minTau, math.MaxFloat64, "steepness of the gate for the others"),
	}
}

// minTau keeps 4/tau in the range of float64.
const minTau = 1e-300

func (p SAPO) String() string { return spell("sapo", p) }

// Check implements [Surrogate].
func (p SAPO) Check(*Batch) error {
	for _, v := range [...]float64{p.TauPos, p.TauNeg} {
		if !(v >= minTau && v <= math.MaxFloat64) {
			return errors.New("loss: sapo: tau_pos and tau_neg must be above 0 and finite")
		}
	}
	return nil
}

// Sequence implements [Surrogate].
func (p SAPO) Sequence(loss, grad []float64, b *Batch, s int) (n Tally) {
	q := b.sequence(s)
	for i := range loss {
		if !q.valid(i) {
			continue
		}
		a := q.adv[i]
		r, dr := q.ratio(i)
		n.Ratio += r
		tau := p.TauNeg
		if a > 0 {
			tau = p.TauPos
		}
		x := float64(tau * (r - 1))
		gate, rest := 1/(1+portable.Exp(-x)), 1/(1+portable.Exp(x)) // rest is 1-gate
		loss[i] = float64(-a * float64(gate*(4/tau)))
		grad[i] = float64(-a * float64(4*float64(float64(gate*rest)*dr)))
	}
	return n
}
