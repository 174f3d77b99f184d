package loss

import (
	"errors"
	"fmt"
	"math"

	"github.com/golongrl/golongrl/internal/spelling"
)

// ErrNoEntropy is returned by [ERC] for a batch without entropies.
var ErrNoEntropy = errors.New("loss: erc needs the entropies of the policy before and after the update, and the batch does not have both")

// ERC is entropy ratio clipping: the loss of Base, without gradient for tokens
// where the entropy of the whole next-token distribution changed too much:
//
//	H  = (Entropy + 1e-8) / (EntropyOld + 1e-8)
//	kept if Lower < H < Upper
//
// The loss of a token that is not kept remains part of the loss, as in the released
// code, and the token is Dropped.
//
// Special cases: H = Lower and H = Upper are not kept. A nil Base is [PPO]
// with the bounds of the recipe.
//
// Spelling: erc(base=ppo,lower=0.95,upper=1.05).
//
// Source: Su et al., arXiv 2512.05591; released code Kwai-Klear/ERC at f1885c5,
// compute_policy_loss_grpo_erc and compute_policy_loss_gppo_erc. Its runs use
// 0.95 and 1.05 with clip_c=10, its configuration 0.8 and 1.2.
type ERC struct {
	Base         Surrogate
	Lower, Upper float64
}

func (p *ERC) options() []spelling.Option {
	return []spelling.Option{
		{Name: "base", Default: "ppo", Help: "the surrogate whose gradient is masked",
			Get: func() string { return p.base().String() },
			Set: func(s string) (err error) {
				p.Base, err = parseSurrogate(s)
				return err
			}},
		spelling.Float("lower", &p.Lower, 0.95, 0, math.MaxFloat64, "ratios of entropies up to it lose their gradient"),
		spelling.Float("upper", &p.Upper, 1.05, 0, math.MaxFloat64, "ratios of entropies from it on lose their gradient"),
	}
}

func (p ERC) String() string { return spell("erc", p) }

func (p *ERC) base() Surrogate {
	if p.Base == nil {
		return defaultSurrogate
	}
	return p.Base
}

// Check implements [Surrogate].
func (p ERC) Check(b *Batch) error {
	if !(p.Lower <= p.Upper) {
		return fmt.Errorf("loss: erc: the lower bound %v is above the upper bound %v", p.Lower, p.Upper)
	}
	if b.Tokens() > 0 && (b.Entropy == nil || b.EntropyOld == nil) {
		return ErrNoEntropy
	}
	if err := b.finite("entropy", b.Entropy); err != nil {
		return err
	}
	if err := b.finite("entropy_old", b.EntropyOld); err != nil {
		return err
	}
	return p.base().Check(b)
}

// Sequence implements [Surrogate].
func (p ERC) Sequence(loss, grad []float64, b *Batch, s int) Tally {
	n := p.base().Sequence(loss, grad, b, s)
	const tiny = 1e-8
	for i := range grad {
		t := b.Start[s] + i
		if !b.valid(t) {
			continue
		}
		if h := (b.Entropy[t] + tiny) / (b.EntropyOld[t] + tiny); !(p.Lower < h && h < p.Upper) {
			grad[i] = 0
			n.Dropped++
		}
	}
	return n
}
