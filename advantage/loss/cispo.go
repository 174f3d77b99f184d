package loss

import "github.com/golongrl/golongrl/internal/spelling"

// CISPO weighs the policy gradient with a clipped ratio and lets no token go
// without gradient. With r as in [PPO],
//
//	loss = -sg(clip(r, 1-ClipLow, 1+ClipHigh)) A logp
//
// whose gradient is -clip(r) A. A token is Clipped if clip(r) differs from r.
//
// Spelling: cispo(clip_high=0.28,clip_low=0.2). A clip_low of 1 is no lower
// bound.
//
// Source: MiniMax-M1, arXiv 2506.13585, section 3.1; verl,
// compute_policy_loss_cispo.
type CISPO struct{ ClipLow, ClipHigh float64 }

func (p *CISPO) options() []spelling.Option {
	return clipOptions(&p.ClipLow, &p.ClipHigh, recipe.ClipLow, recipe.ClipHigh)
}

func (p CISPO) String() string { return spell("cispo", p) }

// Check implements [Surrogate].
func (p CISPO) Check(*Batch) error { return checkClip("cispo", p.ClipLow, p.ClipHigh) }

// Sequence implements [Surrogate].
func (p CISPO) Sequence(loss, grad []float64, b *Batch, s int) (n Tally) {
	q := b.sequence(s)
	low, high := 1-p.ClipLow, 1+p.ClipHigh
	for i := range loss {
		if !q.valid(i) {
			continue
		}
		r, _ := q.ratio(i)
		n.Ratio += r
		w := min(max(r, low), high)
		if w != r {
			n.Clipped++
		}
		grad[i] = float64(-w * q.adv[i])
		loss[i] = float64(grad[i] * q.logp[i])
	}
	return n
}
