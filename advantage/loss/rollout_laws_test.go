package loss_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/golongrl/golongrl/advantage/loss"
)

const rolloutSeed = 20260519

// rolloutLaw runs check on seeds until it says what is wrong.
func rolloutLaw(t *testing.T, name string, check func(rng *rand.Rand) string) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		t.Logf("seed %d", rolloutSeed)
		p := gopter.DefaultTestParametersWithSeed(rolloutSeed)
		p.MinSuccessfulTests = 300
		ps := gopter.NewProperties(p)
		ps.Property(name, prop.ForAll(func(seed uint64) string { return check(rand.New(rand.NewPCG(seed, rolloutSeed))) }, gen.UInt64()))
		ps.TestingRun(t)
	})
}

// drawMismatch is a random batch with masked tokens and empty sequences.
func drawMismatch(rng *rand.Rand) *loss.Batch {
	b := &loss.Batch{Start: []int{0}}
	for range 1 + rng.IntN(5) {
		spread := []float64{0.01, 0.5, 3, 20}[rng.IntN(4)]
		for range rng.IntN(9) {
			rollout := -4 * rng.Float64()
			b.LogPRollout = append(b.LogPRollout, rollout)
			b.LogPOld = append(b.LogPOld, rollout+spread*rng.NormFloat64())
			b.LogP = append(b.LogP, rollout+rng.NormFloat64())
			b.Mask = append(b.Mask, rng.IntN(5) > 0)
		}
		b.Start = append(b.Start, len(b.LogP))
	}
	return b
}

func drawCorrection(rng *rand.Rand) loss.Correction {
	c := loss.Correction{Form: loss.Form(rng.IntN(5)), Level: loss.Level(rng.IntN(3))}
	c.Lower, c.Upper = rng.Float64(), 1+4*rng.Float64()
	if rng.IntN(3) == 0 {
		c.Lower = 0
	}
	if rng.IntN(2) == 0 {
		c.Veto, c.VetoMask = []float64{1e-4, 0.1, 0.5}[rng.IntN(3)], rng.IntN(2) == 0
	}
	for range rng.IntN(3) {
		s := loss.Statistic(rng.IntN(len(c.Reject)))
		c.Reject[s] = loss.Bounds{Lower: 0.5, Upper: 2}
		if k := s.String(); k[len(k)-1] == '2' || k[len(k)-1] == '3' {
			c.Reject[s] = loss.Bounds{Upper: 0.5}
		}
	}
	c.Normalize = rng.IntN(4) == 0
	return c
}

type corrected struct {
	w    []float64
	keep []bool
	st   loss.CorrectionStats
}

func correct(c loss.Correction, b *loss.Batch) (corrected, error) {
	r := corrected{w: make([]float64, b.Tokens()), keep: make([]bool, b.Tokens())}
	var err error
	r.st, err = c.Weights(r.w, r.keep, b)
	return r, err
}

// TestRolloutLaws states what every correction does, whatever its settings.
func TestRolloutLaws(t *testing.T) {
	rolloutLaw(t, "weights are 1 where rollout and trainer agree", func(rng *rand.Rand) string {
		b, c := drawMismatch(rng), drawCorrection(rng)
		b.LogPRollout = b.LogPOld
		r, err := correct(c, b)
		if err != nil {
			return err.Error()
		}
		for t, w := range r.w {
			if want := map[bool]float64{true: 1}[b.Mask[t]]; math.Abs(w-want) > 1e-15 || r.keep[t] != b.Mask[t] {
				return fmt.Sprintf("%+v: token %d has weight %v, keep %v", c, t, w, r.keep[t])
			}
		}
		return ""
	})
	rolloutLaw(t, "IcePop keeps weights inside as they are and zeroes the others", func(rng *rand.Rand) string {
		b, c := drawMismatch(rng), drawCorrection(rng)
		c = loss.Correction{Form: loss.FormIS, Level: c.Level}
		plain, err := correct(c, b)
		if err != nil {
			return err.Error()
		}
		c.Form, c.Lower, c.Upper = loss.FormIcePop, 0.5, 5
		pop, err := correct(c, b)
		if err != nil {
			return err.Error()
		}
		for t, w := range pop.w {
			if inside := plain.w[t] >= 0.5 && plain.w[t] <= 5; inside && w != plain.w[t] || !inside && w != 0 || pop.keep[t] != b.Mask[t] {
				return fmt.Sprintf("%+v: token %d: %v becomes %v", c, t, plain.w[t], w)
			}
		}
		return ""
	})
	rolloutLaw(t, "a veto only ever zeroes, and whole sequences", func(rng *rand.Rand) string {
		b, c := drawMismatch(rng), drawCorrection(rng)
		c.Veto, c.VetoMask, c.Normalize = 0, false, false
		without, err := correct(c, b)
		if err != nil {
			return err.Error()
		}
		c.Veto = 0.5
		with, err := correct(c, b)
		if err != nil {
			return err.Error()
		}
		for s := range b.Sequences() {
			hit := false
			for t := b.Start[s]; t < b.Start[s+1]; t++ {
				hit = hit || b.Mask[t] && b.LogPOld[t]-b.LogPRollout[t] < math.Log(0.5)
			}
			for t := b.Start[s]; t < b.Start[s+1]; t++ {
				if want := without.w[t]; hit && with.w[t] != 0 || !hit && with.w[t] != want || with.keep[t] != without.keep[t] {
					return fmt.Sprintf("%+v: token %d of sequence %d: %v becomes %v", c, t, s, want, with.w[t])
				}
			}
		}
		return ""
	})
	rolloutLaw(t, "truncation from above never increases, and is idempotent in its bound", func(rng *rand.Rand) string {
		b, c := drawMismatch(rng), drawCorrection(rng)
		c = loss.Correction{Form: loss.FormIS, Level: c.Level, Upper: c.Upper}
		plain, err := correct(c, b)
		if err != nil {
			return err.Error()
		}
		c.Form = loss.FormTIS
		cut, err := correct(c, b)
		if err != nil {
			return err.Error()
		}
		for t, w := range cut.w {
			if w != min(plain.w[t], c.Upper) {
				return fmt.Sprintf("%+v: token %d: %v becomes %v", c, t, plain.w[t], w)
			}
		}
		return ""
	})
	rolloutLaw(t, "what is masked does not matter", func(rng *rand.Rand) string {
		b, c := drawMismatch(rng), drawCorrection(rng)
		before, err := correct(c, b)
		if err != nil {
			return err.Error()
		}
		for t, m := range b.Mask {
			if !m {
				b.LogPOld[t], b.LogPRollout[t], b.LogP[t] = math.NaN(), math.Inf(1), math.NaN()
			}
		}
		if after, err := correct(c, b); err != nil || !same(before, after) {
			return fmt.Sprintf("%+v: %+v became %+v, %v", c, before, after, err)
		}
		// Masked tokens can be left out.
		short := &loss.Batch{Start: []int{0}}
		var w []float64
		for s := range b.Sequences() {
			for t := b.Start[s]; t < b.Start[s+1]; t++ {
				if b.Mask[t] {
					short.LogP, short.LogPOld, short.LogPRollout = append(short.LogP, 0), append(short.LogPOld, b.LogPOld[t]), append(short.LogPRollout, b.LogPRollout[t])
					w = append(w, before.w[t])
				}
			}
			short.Start = append(short.Start, len(short.LogP))
		}
		if after, err := correct(c, short); err != nil || !equalBits(after.w, w) || after.st != before.st {
			return fmt.Sprintf("%+v: without masked tokens %v, %v, not %v", c, after.w, err, w)
		}
		return ""
	})
	rolloutLaw(t, "sequences are independent", func(rng *rand.Rand) string {
		b, c := drawMismatch(rng), drawCorrection(rng)
		c.Normalize = false
		whole, err := correct(c, b)
		if err != nil {
			return err.Error()
		}
		for s := range b.Sequences() {
			lo, hi := b.Start[s], b.Start[s+1]
			one := &loss.Batch{Start: []int{0, hi - lo}, LogP: b.LogP[lo:hi], LogPOld: b.LogPOld[lo:hi], LogPRollout: b.LogPRollout[lo:hi], Mask: b.Mask[lo:hi]}
			if alone, err := correct(c, one); err != nil || !equalBits(alone.w, whole.w[lo:hi]) || !slices.Equal(alone.keep, whole.keep[lo:hi]) {
				return fmt.Sprintf("%+v: sequence %d alone: %v, %v", c, s, alone, err)
			}
		}
		return ""
	})
	rolloutLaw(t, "normalised weights have mean 1", func(rng *rand.Rand) string {
		b, c := drawMismatch(rng), drawCorrection(rng)
		c.Form, c.Level, c.Normalize = loss.FormTIS, loss.LevelToken, true
		c.Reject, c.VetoMask = loss.Rejections{}, false
		r, err := correct(c, b)
		if err != nil {
			return err.Error()
		}
		sum := 0.0
		for _, w := range r.w {
			sum += w
		}
		if r.st.Mean > 1e-8 && math.Abs(sum/float64(r.st.Tokens)-1) > 1e-12 {
			return fmt.Sprintf("%+v: mean %v", c, sum/float64(r.st.Tokens))
		}
		return ""
	})
	rolloutLaw(t, "statistics and marks agree with the weights", func(rng *rand.Rand) string {
		b, c := drawMismatch(rng), drawCorrection(rng)
		r, err := correct(c, b)
		if err != nil {
			return err.Error()
		}
		tokens, zero, kept := 0, 0, 0
		for t, m := range b.Mask {
			if m {
				tokens++
			}
			if r.keep[t] {
				kept++
				if r.w[t] == 0 {
					zero++
				}
			} else if r.w[t] != 0 {
				return fmt.Sprintf("%+v: token %d is out with weight %v", c, t, r.w[t])
			}
			if r.keep[t] && !m {
				return fmt.Sprintf("%+v: masked token %d stays", c, t)
			}
		}
		st := r.st
		switch {
		case st.Tokens != tokens, tokens > 0 && math.Abs(st.Rejected*float64(tokens)-float64(tokens-kept)) > 1e-6:
			return fmt.Sprintf("%+v: %d of %d tokens are left: %+v", c, kept, tokens, st)
		case float64(zero) > st.Zeroed*float64(tokens)+1e-6:
			return fmt.Sprintf("%+v: %d tokens have weight 0: %+v", c, zero, st)
		case tokens > 0 && !(st.Min <= st.Mean*(1+1e-12) && st.Mean <= st.Max*(1+1e-12)), st.EffectiveSize > float64(tokens)*(1+1e-12):
			return fmt.Sprintf("%+v: moments %+v", c, st)
		}
		return ""
	})
}

func same(a, b corrected) bool {
	return equalBits(a.w, b.w) && slices.Equal(a.keep, b.keep) && a.st == b.st
}
