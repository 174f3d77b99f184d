package loss

import (
	"fmt"
	"math"
)

// A Batch is the tokens of the sequences of a micro-batch, one sequence behind
// the other. Start and LogP are required, Advantages for the policy loss; the
// other slices may be nil. All that are not nil have one element per token.
//
// What belongs to masked tokens is never read: padding may hold anything.
type Batch struct {
	Start []int // sequence s is tokens Start[s] to Start[s+1]; one more element than sequences

	// Log-probabilities of the sampled tokens.
	LogP        []float64 // under the policy that is trained
	LogPOld     []float64 // under the policy before the update; nil: as LogP, so that every ratio is 1
	LogPRollout []float64 // as the inference engine computed them; nil: no rollout correction
	LogPRef     []float64 // under the reference model, for the KL penalty

	// Entropies of the full next-token distributions, in nats.
	Entropy    []float64 // of the policy that is trained
	EntropyOld []float64 // of the policy before the update

	Advantages []float64
	Mask       []bool // tokens of the response; nil: all

	// Coef are the factors with which tokens enter the loss, in place of those of the
	// aggregation; nil: those of the aggregation. A part of a larger batch has the
	// factors that [Aggregation.Coefficients] gives for the whole, and the losses
	// and gradients of parts add up to those of the whole, also where parts cut
	// sequences and groups. What a correction takes out of the loss must have been
	// masked when the whole was counted.
	Coef []float64

	// Groups are the numbers of sequences of every prompt, in order, for the
	// aggregation [GroupTokenMean].
	Groups []int
}

// Sequences is the number of sequences of b.
func (b *Batch) Sequences() int { return max(len(b.Start)-1, 0) }

// Tokens is the number of tokens of b, masked or not.
func (b *Batch) Tokens() int { return len(b.LogP) }

// A TokenError is a token that cannot be used. Both numbers count from 0; Token
// counts within the sequence.
type TokenError struct {
	Sequence, Token int
	Field           string // logp, logp_old, logp_rollout, logp_ref, entropy, entropy_old, advantages, coef, loss
	Msg             string // what is wrong, to be read behind the name of the field
}

func (e *TokenError) Error() string {
	return fmt.Sprintf("loss: sequence %d, token %d: %s %s", e.Sequence, e.Token, e.Field, e.Msg)
}

// check panics where slices do not fit together, which only a mistake in the
// program can cause.
func (b *Batch) check() {
	n := len(b.LogP)
	if len(b.Start) == 0 {
		if n != 0 {
			panic(fmt.Sprintf("loss: %d tokens without the starts of sequences", n))
		}
	} else if b.Start[0] != 0 || b.Start[len(b.Start)-1] != n {
		panic(fmt.Sprintf("loss: sequences from %d to %d, but %d tokens", b.Start[0], b.Start[len(b.Start)-1], n))
	}
	for s := 1; s < len(b.Start); s++ {
		if b.Start[s] < b.Start[s-1] {
			panic(fmt.Sprintf("loss: sequence %d ends before it starts", s-1))
		}
	}
	b.fits("logp_old", b.LogPOld)
	b.fits("logp_rollout", b.LogPRollout)
	b.fits("logp_ref", b.LogPRef)
	b.fits("entropy", b.Entropy)
	b.fits("entropy_old", b.EntropyOld)
	b.fits("advantages", b.Advantages)
	b.fits("coef", b.Coef)
	if b.Mask != nil && len(b.Mask) != n {
		panic(fmt.Sprintf("loss: %d tokens, but a mask of %d", n, len(b.Mask)))
	}
	if b.Groups != nil {
		sequences := 0
		for g, size := range b.Groups {
			if size < 1 {
				panic(fmt.Sprintf("loss: group %d has %d sequences", g, size))
			}
			sequences += size
		}
		if sequences != b.Sequences() {
			panic(fmt.Sprintf("loss: %d sequences, but groups of %d", b.Sequences(), sequences))
		}
	}
}

func (b *Batch) fits(name string, x []float64) {
	if x != nil && len(x) != len(b.LogP) {
		panic(fmt.Sprintf("loss: %d tokens, but %d of %s", len(b.LogP), len(x), name))
	}
}

// valid reports whether token t counts.
func (b *Batch) valid(t int) bool { return b.Mask == nil || b.Mask[t] }

// finite is an error for the first valid token whose value is NaN or infinite.
func (b *Batch) finite(field string, x []float64) error {
	for t, v := range x {
		if v-v != 0 && b.valid(t) {
			return b.tokenError(t, field, notFinite(v))
		}
	}
	return nil
}

func notFinite(v float64) string {
	if math.IsNaN(v) {
		return "is NaN"
	}
	return fmt.Sprintf("is %v; mask tokens without a finite value", v)
}

// tokenError is an error about the token at index t of the batch.
func (b *Batch) tokenError(t int, field, msg string) error {
	s := 0
	for s+1 < b.Sequences() && b.Start[s+1] <= t {
		s++
	}
	return &TokenError{s, t - b.Start[s], field, msg}
}
