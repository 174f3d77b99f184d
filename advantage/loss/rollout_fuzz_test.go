package loss_test

import (
	"errors"
	"math"
	"testing"

	"github.com/golongrl/golongrl/advantage/loss"
)

// FuzzParseCorrection: no text makes ParseCorrection panic, an error is a
// SpellingError with a place in the text, and what String writes is the same value.
func FuzzParseCorrection(f *testing.F) {
	for _, info := range loss.Corrections() {
		f.Add(info.Spelling)
	}
	for _, s := range []string{"", "icepop(", "icepop()", "icepop(lower=)", "icepop(lower=1e999)", "tis(upper=-0)", "none(reject=+)", "none(reject=token_k1:1_2_3)", "none(reject=token_k2:1e+3+token_k1:2)", "is(eps=0x1)",
		"none(reject=token_k2:1,reject=token_k2:1)", "IS", "is\x00", "é(", "none(reject=none+none)", "none(reject=all_ratios:-0_1)", "none(reject=token_ratio:1e-320)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := loss.ParseCorrection(text)
		if err != nil {
			var se *loss.SpellingError
			if !errors.As(err, &se) || se.Offset < 0 || se.Offset > len(text) || se.Text != text || se.Error() == "" {
				t.Fatalf("%q: %#v", text, err)
			}
			return
		}
		written := c.String()
		if again, err := loss.ParseCorrection(written); err != nil || again != c {
			t.Fatalf("%q is written as %q and that is %+v, %v", text, written, again, err)
		}
		if _, err := c.Weights(nil, nil, &loss.Batch{}); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
	})
}

// FuzzWeights: finite log-probabilities give finite weights within the bounds or
// an error that names a token; never NaN.
func FuzzWeights(f *testing.F) {
	for i, info := range loss.Corrections() {
		f.Add(info.Spelling, float64(i)/7, -1.5, 30.0, uint16(i*977))
	}
	f.Fuzz(func(t *testing.T, spelling string, x, y, z float64, mask uint16) {
		c, err := loss.ParseCorrection(spelling)
		if err != nil || x-x != 0 || y-y != 0 || z-z != 0 {
			return
		}
		b := &loss.Batch{Start: []int{0, 3, 3, 8}, LogP: make([]float64, 8), LogPOld: []float64{x, y, z, -x, -y, -z, x / 2, 0}, LogPRollout: []float64{0, x, y, z, 1, -1, z / 3, y}, Mask: make([]bool, 8)}
		for t := range b.Mask {
			b.Mask[t] = mask>>t&1 != 0
		}
		dst, keep := make([]float64, 8), make([]bool, 8)
		st, err := c.Weights(dst, keep, b)
		if err != nil {
			var te *loss.TokenError
			if !errors.As(err, &te) || !c.Unclamped {
				t.Fatalf("%s: %v", c, err)
			}
			return
		}
		for i, w := range dst {
			if w-w != 0 || w < 0 || w != 0 && !keep[i] || keep[i] && !b.Mask[i] {
				t.Fatalf("%s: weights %v, keep %v", c, dst, keep)
			}
			if !c.Normalize && c.Upper > 0 && (c.Form == loss.FormTIS || c.Form == loss.FormIcePop) && w > c.Upper {
				t.Fatalf("%s: weight %v", c, w)
			}
		}
		for _, v := range []float64{st.Mean, st.Std, st.EffectiveSize, st.Norm, st.Rejected, st.Mismatch.KL, st.Mismatch.K3, st.Mismatch.PPL, st.Mismatch.PPLRatio, st.Mismatch.Chi2Token} {
			if math.IsNaN(v) {
				t.Fatalf("%s: %+v", c, st)
			}
		}
	})
}
