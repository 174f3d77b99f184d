package loss

import (
	"fmt"
	"math"

	"github.com/golongrl/golongrl/internal/spelling"
)

// GPPO has the loss of [PPO] and keeps a gradient where PPO clips:
//
//	loss_t = max(-A r, -A clip(r, (1-ClipLow) r/sg(r), (1+ClipHigh) r/sg(r)))
//
// and the dual clip of PPO. Where the second term decides, the gradient is that
// of the bound: -A (1-ClipLow) or -A (1+ClipHigh).
//
// Spelling: gppo(clip_c=3,clip_high=0.28,clip_low=0.2).
//
// Source: Su et al., Klear-Reasoner, arXiv 2508.07629; released code at 5d2d0b8,
// compute_gppo_loss. That code does not bound log-ratios; here they are within
// ±20 as everywhere, and beyond that the gradient of the ratio is 0. With both
// bounds 0, the code loses the gradient of the lower one.
type GPPO struct {
	ClipLow, ClipHigh float64
	ClipC             float64 // above 1; 0 is no dual clip
}

func (p *GPPO) options() []spelling.Option { return (*PPO)(p).options() }

func (p GPPO) String() string { return spell("gppo", p) }

// Check implements [Surrogate].
func (p GPPO) Check(*Batch) error { return checkClip("gppo", p.ClipLow, p.ClipHigh, p.ClipC) }

// Sequence implements [Surrogate].
func (p GPPO) Sequence(loss, grad []float64, b *Batch, s int) (n Tally) {
	q := b.sequence(s)
	low, high := 1-p.ClipLow, 1+p.ClipHigh
	for i := range loss {
		if !q.valid(i) {
			continue
		}
		a := q.adv[i]
		r, dr := q.ratio(i)
		n.Ratio += r
		l, _, cut := clipped(a, r, low, high)
		if cut {
			n.Clipped++
		}
		g := l // both terms are proportional to r
		if dr == 0 {
			g = 0
		}
		l, g, over := dual(a, p.ClipC, l, g)
		if over {
			n.Lower++
		}
		loss[i], grad[i] = l, g
	}
	return n
}

// CEGPPO is [GPPO] with weights for the tokens outside the interval, which steer
// the entropy of the policy:
//
//	loss = -Beta1 (1-ClipLow)  r/sg(r) A    if A < 0 and r < 1-ClipLow
//	loss = -Beta2 (1+ClipHigh) r/sg(r) A    if A > 0 and r > 1+ClipHigh
//	loss = -r A                             otherwise
//
// and the dual clip of [PPO]. The gradient of the first two is their value. A
// token is Clipped in the first two cases.
//
// Spelling: ce_gppo(beta1=0.25,beta2=1,clip_c=3,clip_high=0.28,clip_low=0.2).
//
// Source: Su et al., arXiv 2509.20712; released code at 10558fe,
// compute_gppo_loss_general_beta, which does not bound log-ratios (see [GPPO]).
// Its runs use beta1 0.25, 0.5 and 0.75, a clip_high of 0.2 or 0.28 and, in
// some, a clip_c of 10.
type CEGPPO struct {
	Beta1, Beta2      float64
	ClipLow, ClipHigh float64
	ClipC             float64 // above 1; 0 is no dual clip
}

func (p *CEGPPO) options() []spelling.Option {
	return append(clipOptions(&p.ClipLow, &p.ClipHigh, recipe.ClipLow, recipe.ClipHigh),
		dualOption("clip_c", &p.ClipC, recipe.ClipC, dualHelp),
		spelling.Float("beta1", &p.Beta1, 0.25, 0, math.MaxFloat64, "weight of tokens below the interval with a negative advantage"),
		spelling.Float("beta2", &p.Beta2, 1, 0, math.MaxFloat64, "weight of tokens above the interval with a positive advantage"))
}

func (p CEGPPO) String() string { return spell("ce_gppo", p) }

// Check implements [Surrogate].
func (p CEGPPO) Check(*Batch) error {
	for _, v := range [...]float64{p.Beta1, p.Beta2} {
		if !(v >= 0 && v <= math.MaxFloat64) {
			return fmt.Errorf("loss: ce_gppo: beta1 %v and beta2 %v must be finite and not below 0", p.Beta1, p.Beta2)
		}
	}
	return checkClip("ce_gppo", p.ClipLow, p.ClipHigh, p.ClipC)
}

// Sequence implements [Surrogate].
func (p CEGPPO) Sequence(loss, grad []float64, b *Batch, s int) (n Tally) {
	q := b.sequence(s)
	low, high := 1-p.ClipLow, 1+p.ClipHigh
	for i := range loss {
		if !q.valid(i) {
			continue
		}
		a := q.adv[i]
		r, dr := q.ratio(i)
		n.Ratio += r
		k := r
		switch {
		case a < 0 && r < low:
			k = float64(p.Beta1 * low)
			n.Clipped++
		case a > 0 && r > high:
			k = float64(p.Beta2 * high)
			n.Clipped++
		}
		l := float64(-a * k)
		g := l // all cases are proportional to r
		if dr == 0 {
			g = 0
		}
		l, g, over := dual(a, p.ClipC, l, g)
		if over {
			n.Lower++
		}
		loss[i], grad[i] = l, g
	}
	return n
}
