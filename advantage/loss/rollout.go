package loss

import (
	"errors"
	"fmt"
	"math"
)

// A Form says what becomes of the importance weights of a [Correction].
type Form uint8

const (
	// FormNone is no weighting: every weight is 1.
	FormNone Form = iota
	// FormIS leaves the weights as they are.
	FormIS
	// FormTIS is truncated importance sampling: weights above Upper become
	// Upper, weights below Lower become Lower.
	FormTIS
	// FormIcePop sets weights outside [Lower, Upper] to 0 and leaves the others
	// as they are.
	FormIcePop
	// FormSequenceMask weighs every token by its own ratio, and sets the weights
	// of a sequence to 0 if the ratio of its Level lies outside [Lower, Upper].
	FormSequenceMask
)

// A Level says what an importance weight is the ratio of.
type Level uint8

const (
	LevelToken     Level = iota // the token
	LevelSequence               // the sequence: the product of the ratios of its tokens
	LevelGeometric              // the geometric mean of the ratios of its tokens
)

// A Correction makes up for the difference between the policy that the trainer
// computes and the one that the inference engine sampled from. With l_t the
// log-ratio of token t,
//
//	l_t = logp_old(t) - logp_rollout(t)
//	w_t = exp(clamp(l_t, -20, 20))                         LevelToken
//	w_t = exp(clamp(sum of l over the sequence, -20, 20))  LevelSequence
//	w_t = exp(clamp(mean of l over the sequence, -20, 20)) LevelGeometric
//
// and the Form says what becomes of w. The weights are constants for the
// gradient. They are multiplied into the loss of the token, and the denominator
// of the loss stays what it is: a weight of 0 silences a token but still counts
// it. Veto and Reject look at the same ratios and judge whole sequences or take
// tokens out of the loss, denominator included.
//
// The zero value corrects nothing. Corrections are comparable and have a
// spelling ([ParseCorrection]); [Corrections] lists those of the training stacks.
// Bounds belong to the interval.
//
// Source: Ling Team, arXiv 2510.18855 (IcePop); Yao et al., "Your Efficient RL
// Framework Secretly Brings You Off-Policy RL Training" (TIS); Liu et al., "When
// Speed Kills Stability" (levels, masks and veto); verl, rollout_corr_helper.py
// and, before it, mismatch_helper.py.
type Correction struct {
	Form  Form
	Level Level

	// Lower and Upper bound the weights. 0 is no bound.
	Lower, Upper float64

	// Veto is the ratio below which a token spoils its sequence, however large
	// the other ratios are: l_t < log(Veto), before any clamping. The weights of
	// the sequence become 0, or, with VetoMask, its tokens leave the loss. 0 is
	// no veto.
	Veto     float64
	VetoMask bool

	// Reject takes tokens and sequences out of the loss.
	Reject Rejections

	// Normalize divides the weights by their mean: over tokens, or, for
	// LevelSequence and LevelGeometric, over sequences. It comes behind bounds and
	// veto and before Reject and VetoMask. Means up to 1e-8 are left alone.
	Normalize bool

	// Unclamped leaves log-ratios beyond 20 alone, as TRL, OpenRLHF and NeMo-RL
	// do.
	Unclamped bool

	// Eps is added to the number of tokens where a mean is taken: over a sequence
	// for LevelGeometric and seq_mean_k1 to k3, and for Normalize. verl and
	// NeMo-RL have 1e-8.
	Eps float64
}

// ErrNoRollout is returned by corrections for a batch without the
// log-probabilities of the inference engine.
var ErrNoRollout = errors.New("loss: the correction needs the log-probabilities of the inference engine, and the batch has none")

// maxLogRatio bounds log-ratios before they are exponentiated. exp(20) is 4.85e8.
const maxLogRatio = 20

// idle reports whether c leaves every batch alone.
func (c *Correction) idle() bool {
	return c.Form == FormNone && c.Veto == 0 && c.Reject == (Rejections{})
}

// check reports what is wrong with the settings of c.
func (c *Correction) check() error {
	bad := func(v float64) bool { return !(v >= 0) || math.IsInf(v, 0) }
	switch {
	case c.Form > FormSequenceMask || c.Level > LevelGeometric:
		return fmt.Errorf("loss: correction: there is no form %d with level %d", c.Form, c.Level)
	case bad(c.Lower) || bad(c.Upper) || bad(c.Veto) || bad(c.Eps):
		return fmt.Errorf("loss: correction: lower %v, upper %v, veto %v and eps %v must be finite and not below 0", c.Lower, c.Upper, c.Veto, c.Eps)
	case c.Upper > 0 && c.Lower > c.Upper:
		return fmt.Errorf("loss: correction: the lower bound %v is above the upper bound %v", c.Lower, c.Upper)
	}
	return c.Reject.check()
}

// Weights writes the weight of every token of b to dst: 0 for tokens that are
// masked, vetoed, rejected or zeroed by the form. If keep is not nil it gets
// what is left of the mask: false for masked tokens and for those that Reject and
// VetoMask take out, which the loss must not count. dst must not share memory with
// b; keep may be b.Mask, which then changes.
//
// Without LogPOld the ratios are those of LogP. A sequence without valid tokens
// counts nowhere. The zero value does not read LogPRollout and gives 1 to every
// valid token; other corrections return [ErrNoRollout] for a batch without it. A
// log-probability that is NaN or infinite and a weight beyond the range of
// float64 are errors of type [*TokenError]. On error the contents of dst and keep
// are undefined.
//
// Weights panics if the lengths of the slices do not fit. It does not allocate.
func (c Correction) Weights(dst []float64, keep []bool, b *Batch) (CorrectionStats, error) {
	b.check()
	if len(dst) != b.Tokens() || keep != nil && len(keep) != b.Tokens() {
		panic(fmt.Sprintf("loss: %d tokens, but places for %d weights and %d marks", b.Tokens(), len(dst), len(keep)))
	}
	if err := c.check(); err != nil {
		return CorrectionStats{}, err
	}
	if c.idle() {
		return unweighted(dst, keep, b), nil
	}
	r, err := ratiosOf(b)
	if err != nil {
		return CorrectionStats{}, err
	}
	st := CorrectionStats{Norm: 1, Mismatch: r.mismatch(dst)}
	if err := c.weigh(dst, r, &st); err != nil {
		return CorrectionStats{}, err
	}
	st.summarize(dst, b)
	c.normalize(dst, r, &st)
	c.reject(dst, keep, r, &st)
	return st, nil
}

// unweighted gives weight 1 to every valid token.
func unweighted(dst []float64, keep []bool, b *Batch) CorrectionStats {
	st := CorrectionStats{Norm: 1}
	for s := range b.Sequences() {
		n := 0
		for t := b.Start[s]; t < b.Start[s+1]; t++ {
			valid := b.valid(t)
			dst[t] = 0
			if valid {
				dst[t] = 1
				n++
			}
			if keep != nil {
				keep[t] = valid
			}
		}
		if n > 0 {
			st.Sequences++
			st.Tokens += n
		}
	}
	if st.Tokens > 0 {
		st.Mean, st.Min, st.Max, st.EffectiveSize = 1, 1, 1, float64(st.Tokens)
	}
	return st
}

// weight is exp of a log-ratio, which is clamped unless the correction says
// otherwise.
func (c *Correction) weight(l float64) float64 { return c.near(l, Bounds{c.Lower, c.Upper}) }

// near is weight for a comparison with other bounds.
func (c *Correction) near(l float64, b Bounds) float64 { return expNear(c.clamp(l), b) }

func (c *Correction) clamp(l float64) float64 {
	if c.Unclamped {
		return l
	}
	return within(l, maxLogRatio)
}

// inside reports whether a ratio lies in [Lower, Upper].
func (c *Correction) inside(w float64) bool {
	return w >= c.Lower && (c.Upper == 0 || w <= c.Upper)
}

// bound is what the form makes of the weight w of its level.
func (c *Correction) bound(w float64) float64 {
	switch {
	case c.Form == FormNone:
		return 1
	case c.Form == FormIS || c.inside(w):
		return w
	case c.Form != FormTIS:
		return 0
	case w < c.Lower:
		return c.Lower
	}
	return c.Upper
}
