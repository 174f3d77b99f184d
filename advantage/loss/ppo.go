package loss

import "github.com/golongrl/golongrl/internal/spelling"

// PPO is the clipped surrogate with an asymmetric interval and a dual clip. With
// r = exp(clamp(logp - logp_old, -20, 20)),
//
//	L1   = -A r
//	L2   = -A clip(r, 1-ClipLow, 1+ClipHigh)
//	M    = max(L1, L2)
//	loss = M               if A >= 0
//	loss = min(M, -A c)    if A < 0
//
// so that where A < 0, no ratio counts more than c. A token is Clipped if
// L2 > L1, and Lower if A < 0 and M > -A c.
//
// The gradient is -A r where L1 decides and 0 elsewhere. At kinks it is torch's:
// at r = 1-ClipLow and r = 1+ClipHigh, and at log-ratios of ±20, that of the
// inside; half of -A r where M = -A c.
//
// Special cases: without LogPOld r is 1 and the gradient -A.
//
// Spelling: ppo(clip_c=3,clip_high=0.28,clip_low=0.2).
//
// Source: Schulman et al., arXiv 1707.06347, equation (7); Ye et al., arXiv
// 1912.09729, for c; Yu et al., DAPO, arXiv 2503.14476, section 3.1, for two
// bounds; GoLongRL, arXiv 2605.19577, table 12, for the values; verl,
// compute_policy_loss_vanilla.
type PPO struct {
	ClipLow, ClipHigh float64
	ClipC             float64 // above 1; 0 is no dual clip
}

// recipe is PPO with the bounds of the released recipe: 0.2, 0.28 and c = 3.
var recipe = PPO{ClipLow: 0.2, ClipHigh: 0.28, ClipC: 3}

// defaultSurrogate stands for a surrogate that is nil.
var defaultSurrogate Surrogate = recipe

const dualHelp = "ratios count at most clip_c where the advantage is negative"

func (p *PPO) options() []spelling.Option {
	return append(clipOptions(&p.ClipLow, &p.ClipHigh, recipe.ClipLow, recipe.ClipHigh), dualOption("clip_c", &p.ClipC, recipe.ClipC, dualHelp))
}

func (p PPO) String() string { return spell("ppo", p) }

// Check implements [Surrogate].
func (p PPO) Check(*Batch) error { return checkClip("ppo", p.ClipLow, p.ClipHigh, p.ClipC) }

// Sequence implements [Surrogate].
func (p PPO) Sequence(loss, grad []float64, b *Batch, s int) (n Tally) {
	q := b.sequence(s)
	low, high := 1-p.ClipLow, 1+p.ClipHigh
	for i := range loss {
		if !q.valid(i) {
			continue
		}
		a := q.adv[i]
		r, dr := q.ratio(i)
		n.Ratio += r
		l, slope, cut := clipped(a, r, low, high)
		if cut {
			n.Clipped++
		}
		l, g, over := dual(a, p.ClipC, l, float64(slope*dr))
		if over {
			n.Lower++
		}
		loss[i], grad[i] = l, g
	}
	return n
}

// dual is min(l, -a c) with its gradient where a < 0, and whether -a c decides.
func dual(a, c, l, g float64) (loss, grad float64, over bool) {
	if a < 0 && c != 0 {
		switch bound := float64(-a * c); {
		case l > bound:
			return bound, 0, true
		case l == bound:
			return l, g / 2, false
		}
	}
	return l, g, false
}

// REINFORCE is the plain policy gradient, without a ratio:
//
//	loss = -A logp
//
// with the gradient -A. It has no options.
//
// Source: Williams, 1992; verl, compute_policy_loss_gpg and
// compute_policy_loss_reinforce.
type REINFORCE struct{}

func (REINFORCE) String() string { return "reinforce" }

func (*REINFORCE) options() []spelling.Option { return nil }

// Check implements [Surrogate].
func (REINFORCE) Check(*Batch) error { return nil }

// Sequence implements [Surrogate].
func (REINFORCE) Sequence(loss, grad []float64, b *Batch, s int) (n Tally) {
	q := b.sequence(s)
	for i := range loss {
		if q.valid(i) {
			r, _ := q.ratio(i)
			n.Ratio += r
			loss[i], grad[i] = float64(-q.adv[i]*q.logp[i]), -q.adv[i]
		}
	}
	return n
}
