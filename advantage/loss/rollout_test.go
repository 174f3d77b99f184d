package loss_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/advantage/loss"
)

// mismatched is a batch of sequences with the given ratios. A negative ratio is a
// masked token, whose log-probabilities are NaN.
func mismatched(sequences ...[]float64) *loss.Batch {
	b := &loss.Batch{Start: []int{0}}
	for _, s := range sequences {
		for _, ratio := range s {
			old, rollout := math.Log(ratio), 0.0
			if ratio < 0 {
				old, rollout = math.NaN(), math.NaN()
			}
			b.LogP = append(b.LogP, 0)
			b.LogPOld = append(b.LogPOld, old)
			b.LogPRollout = append(b.LogPRollout, rollout)
			b.Mask = append(b.Mask, ratio >= 0)
		}
		b.Start = append(b.Start, len(b.LogP))
	}
	return b
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-12*(1+math.Abs(b)) }

func TestWeights(t *testing.T) {
	e20 := 485165195.40979028 // exp(20)
	for _, c := range []struct {
		spelling string
		ratios   [][]float64
		want     []float64
		out      []int // tokens that leave the loss
	}{
		{"none", [][]float64{{0.1, 9}, {-1}}, []float64{1, 1, 0}, nil},
		{"is", [][]float64{{0.1, 9, -1}}, []float64{0.1, 9, 0}, nil},
		{"is", [][]float64{{1e12, 1e-12}}, []float64{e20, 1 / e20}, nil},
		{"is(unclamped=true)", [][]float64{{1e12, 1e-12}}, []float64{1e12, 1e-12}, nil},
		{"is(level=sequence)", [][]float64{{2, 3, -1}, {0.5}}, []float64{6, 6, 0, 0.5}, nil},
		{"is(level=geometric)", [][]float64{{2, 8, -1}, {0.5}}, []float64{4, 4, 0, 0.5}, nil},
		{"is(level=geometric,eps=2)", [][]float64{{2, 8}}, []float64{2, 2}, nil},
		{"tis", [][]float64{{0.1, 2, 3}}, []float64{0.1, 2, 2}, nil},
		{"tis(lower=0.5)", [][]float64{{0.1, 2, 3}}, []float64{0.5, 2, 2}, nil},
		{"tis(upper=0)", [][]float64{{0.1, 2, 3}}, []float64{0.1, 2, 3}, nil},
		{"tis(level=sequence)", [][]float64{{0.1, 3}, {2, 3}}, []float64{0.3, 0.3, 2, 2}, nil},
		// The ends belong to the interval; their neighbours outside do not.
		{"icepop", [][]float64{{0.5, 5, 1, 0.4999999, 5.0000001}}, []float64{0.5, 5, 1, 0, 0}, nil},
		{"icepop(lower=0)", [][]float64{{1e-9, 6}}, []float64{1 / e20, 0}, nil},
		{"icepop(level=sequence)", [][]float64{{2, 3}, {10, 0.1}}, []float64{0, 0, 1, 1}, nil},
		{"icepop(level=geometric)", [][]float64{{2, 8}, {5, 6}}, []float64{4, 4, 0, 0}, nil},
		// The veto looks at every token, and comes behind the bounds: 1e-5 is far
		// outside, and its neighbour falls with it.
		{"icepop(veto=0.0001)", [][]float64{{1, 1e-5}, {1, 1e-4}, {-1, 2}}, []float64{0, 0, 1, 0, 0, 2}, nil},
		{"tis(veto=0.0001)", [][]float64{{1, 1e-5}, {1, 3}}, []float64{0, 0, 1, 2}, nil},
		{"none(veto=0.5)", [][]float64{{1, 0.4}, {0.5}}, []float64{0, 0, 1}, nil},
		{"is(veto=0.5,veto_mask=true)", [][]float64{{1, 0.4}, {0.5}}, []float64{0, 0, 0.5}, []int{0, 1}},
		// The veto is about tokens where weights are about sequences.
		{"icepop(level=sequence,veto=0.1)", [][]float64{{20, 0.05}}, []float64{0, 0}, nil},
		{"seq_mask_tis", [][]float64{{2, 20}, {9, 1}}, []float64{0, 0, 9, 1}, nil},
		{"seq_mask_tis(level=sequence)", [][]float64{{2, 1}, {9, 1}}, []float64{2, 1, 0, 0}, nil},
		{"seq_mask_tis(level=token)", [][]float64{{2, 20}}, []float64{2, 0}, nil},
		{"is(reject=token_ratio:0.5_5)", [][]float64{{0.5, 5, 6, 0.4}}, []float64{0.5, 5, 0, 0}, []int{2, 3}},
		{"is(reject=token_ratio:5)", [][]float64{{0.2, 5, 6, 0.1}}, []float64{0.2, 5, 0, 0}, []int{2, 3}},
		{"is(reject=sequence_ratio:0.5_5)", [][]float64{{10, 0.1}, {2, 3}}, []float64{10, 0.1, 0, 0}, []int{2, 3}},
		{"is(reject=geometric_ratio:0.5_5)", [][]float64{{2, 8}, {10, 8, -1}}, []float64{2, 8, 0, 0, 0}, []int{2, 3}},
		{"none(reject=all_ratios:0.2_3)", [][]float64{{1, 4}, {1, 3, -1}}, []float64{0, 0, 1, 1, 0}, []int{0, 1}},
		// The trap: k1 is minus the log-ratio, so 0.2_2 keeps ratios of 0.5 to 5.
		{"none(reject=token_k1:0.2_2)", [][]float64{{0.5, 5, 0.4, 6}}, []float64{1, 1, 0, 0}, []int{2, 3}},
		{"none(reject=token_k1:1_1)", [][]float64{{1, 1.1}}, []float64{1, 0}, []int{1}},
		// ln(2)²/2 = 0.2402, 1/2 - 1 + ln 2 = 0.1931, 2 - 1 - ln 2 = 0.3069
		{"none(reject=token_k2:0.25)", [][]float64{{2, 0.5, 3}}, []float64{1, 1, 0}, []int{2}},
		{"none(reject=token_k3:0.2)", [][]float64{{2, 0.5}}, []float64{0, 1}, []int{0}},
		{"none(reject=seq_sum_k1:0.2_2)", [][]float64{{0.4, 3}, {2, 3}}, []float64{1, 1, 0, 0}, []int{2, 3}},
		{"none(reject=seq_sum_k2:0.3)", [][]float64{{2, 2}, {2}}, []float64{0, 0, 1}, []int{0, 1}},
		{"none(reject=seq_mean_k2:0.3)", [][]float64{{2, 2}, {3, -1}}, []float64{1, 1, 0, 0}, []int{2}},
		{"none(reject=seq_max_k2:42.4)", [][]float64{{1, 9e-5}, {1, 1.1e-4}, {12000}}, []float64{0, 0, 1, 1, 0}, []int{0, 1, 4}},
		{"none(reject=seq_max_k3:0.2+token_k2:0.001)", [][]float64{{1, 2}, {1, 0.5}}, []float64{0, 0, 1, 0}, []int{0, 1, 3}},
		{"is(normalize=true)", [][]float64{{1, 3}, {-1, 8}}, []float64{0.25, 0.75, 0, 2}, nil},
		{"is(level=sequence,normalize=true)", [][]float64{{1, 2}, {-1, 6}}, []float64{0.5, 0.5, 0, 1.5}, nil},
		{"icepop(normalize=true)", [][]float64{{9, 2}}, []float64{0, 2}, nil},
		{"is(normalize=true,reject=token_ratio:0.5_5)", [][]float64{{1, 3, 8}}, []float64{0.25, 0.75, 0}, []int{2}},
		{"icepop(normalize=true)", [][]float64{{9}}, []float64{0}, nil}, // nothing to divide by
		{"is(unclamped=true,normalize=true)", [][]float64{{1e-9}}, []float64{1e-9}, nil},
		{"icepop(veto=0.1,reject=seq_max_k2:1)", [][]float64{{-1}, {}}, []float64{0}, nil},
	} {
		b := mismatched(c.ratios...)
		correction := loss.MustParseCorrection(c.spelling)
		dst, keep := make([]float64, b.Tokens()), make([]bool, b.Tokens())
		st, err := correction.Weights(dst, keep, b)
		if err != nil {
			t.Errorf("%s: %v", c.spelling, err)
			continue
		}
		out := map[int]bool{}
		for _, i := range c.out {
			out[i] = true
		}
		for i, w := range c.want {
			if !near(dst[i], w) || keep[i] != (b.Mask[i] && !out[i]) {
				t.Errorf("%s %v: weights %v, keep %v, want %v without %v", c.spelling, c.ratios, dst, keep, c.want, c.out)
				break
			}
		}
		if want := float64(len(c.out)); math.Abs(st.Rejected*float64(st.Tokens)-want) > 1e-9 {
			t.Errorf("%s: %v of %d tokens rejected, want %v", c.spelling, st.Rejected, st.Tokens, want)
		}
		again := make([]float64, len(dst))
		if _, err := correction.Weights(again, nil, b); err != nil || !equalBits(dst, again) {
			t.Errorf("%s: without keep %v (%v), with it %v", c.spelling, again, err, dst)
		}
	}
}

func equalBits(a, b []float64) bool {
	for i := range a {
		if math.Float64bits(a[i]) != math.Float64bits(b[i]) {
			return false
		}
	}
	return len(a) == len(b)
}

// TestStats: ratios 1, 2, 8 and 1e-5, 4 under icepop(veto): the second sequence is
// vetoed, 8 is zeroed.
func TestStats(t *testing.T) {
	b := mismatched([]float64{1, 2, 8}, []float64{1e-5, -1, 4}, []float64{-1})
	st, err := loss.MustParseCorrection("icepop(veto=0.0001)").Weights(make([]float64, 7), nil, b)
	if err != nil {
		t.Fatal(err)
	}
	if st.Tokens != 5 || st.Sequences != 2 {
		t.Errorf("%d tokens in %d sequences", st.Tokens, st.Sequences)
	}
	for _, c := range []struct {
		name       string
		have, want float64
	}{
		{"mean", st.Mean, 0.6}, {"min", st.Min, 0}, {"max", st.Max, 2}, {"std", st.Std, math.Sqrt(5.0/5 - 0.36)}, {"size", st.EffectiveSize, 9.0 / 5},
		{"high", st.High, 0.2}, {"low", st.Low, 0.2}, {"zeroed", st.Zeroed, 0.6}, {"truncated", st.Truncated, 0}, {"vetoed", st.Vetoed, 0.5}, {"catastrophic", st.Catastrophic, 0.2},
		{"rejected", st.Rejected, 0}, {"norm", st.Norm, 1},
		{"kl", st.Mismatch.KL, -math.Log(64e-5) / 5},
		{"k3", st.Mismatch.K3, (15.00001 - 5 - math.Log(64e-5)) / 5},
		{"ppl", st.Mismatch.PPL, (math.Pow(16, -1.0/3) + math.Pow(4e-5, -0.5)) / 2},
		{"log ppl", st.Mismatch.LogPPL, -(math.Log(16)/3 + math.Log(4e-5)/2) / 2},
		{"rollout ppl", st.Mismatch.RolloutPPL, 1}, {"rollout log ppl", st.Mismatch.RolloutLogPPL, 0},
		{"diff", st.Mismatch.LogPPLDiff, -(math.Log(16)/3 + math.Log(4e-5)/2) / 2},
		{"abs diff", st.Mismatch.LogPPLAbsDiff, (math.Log(16)/3 - math.Log(4e-5)/2) / 2},
		{"diff min", st.Mismatch.LogPPLDiffMin, -math.Log(16) / 3}, {"diff max", st.Mismatch.LogPPLDiffMax, -math.Log(4e-5) / 2},
		{"ppl ratio", st.Mismatch.PPLRatio, (math.Pow(16, -1.0/3) + math.Pow(4e-5, -0.5)) / 2},
		{"chi2", st.Mismatch.Chi2Token, (1+4+64+16+1e-10)/5 - 1}, {"chi2 seq", st.Mismatch.Chi2Sequence, (256+16e-10)/2 - 1},
	} {
		if !near(c.have, c.want) {
			t.Errorf("%s is %v, want %v", c.name, c.have, c.want)
		}
	}
	alone, err := b.Mismatch()
	if err != nil || alone != st.Mismatch {
		t.Errorf("Mismatch gives %+v, %v, and Weights %+v", alone, err, st.Mismatch)
	}
	st, err = loss.MustParseCorrection("tis").Weights(make([]float64, 7), nil, b)
	if err != nil || !near(st.Truncated, 0.4) || st.Zeroed != 0 {
		t.Errorf("tis truncates %v, zeroes %v (%v)", st.Truncated, st.Zeroed, err)
	}
	st, err = loss.MustParseCorrection("is(normalize=true,reject=token_ratio:0_7)").Weights(make([]float64, 7), nil, b)
	if err != nil || !near(st.Norm, 15.00001/5) || !near(st.Mean, st.Norm) || st.Rejected != 0.2 || st.RejectedSequences != 0.5 {
		t.Errorf("norm %v, mean %v, rejected %v of tokens, %v of sequences (%v)", st.Norm, st.Mean, st.Rejected, st.RejectedSequences, err)
	}
}

// TestStatsOfExtremes: squares of weights may be beyond float64, their moments are
// not.
func TestStatsOfExtremes(t *testing.T) {
	for _, scale := range []float64{1e300, 1e-200, 1e-306} {
		b := mismatched([]float64{scale, 3 * scale})
		w := make([]float64, 2)
		st, err := loss.MustParseCorrection("is(normalize=true,unclamped=true)").Weights(w, nil, b)
		is := func(have, want float64) bool { return math.Abs(have-want) <= 1e-11*want }
		if err != nil || !is(st.Mean/scale, 2) || !is(st.Std/scale, 1) || !is(st.EffectiveSize, 1.6) {
			t.Errorf("%v: %+v, %v", scale, st, err)
		}
		if scale > 1 && (!is(w[0], 0.5) || !is(w[1], 1.5)) || scale < 1 && !is(w[1]/scale, 3) {
			t.Errorf("%v: weights %v", scale, w)
		}
	}
}

// TestNothingValid: no token, no statistics.
func TestNothingValid(t *testing.T) {
	for _, b := range []*loss.Batch{{}, {Start: []int{0}}, mismatched([]float64{-1, -1}, nil)} {
		for _, info := range loss.Corrections() {
			dst := make([]float64, b.Tokens())
			st, err := loss.MustParseCorrection(info.Spelling).Weights(dst, nil, b)
			if err != nil || st != (loss.CorrectionStats{Norm: 1}) {
				t.Errorf("%s: %+v, %v", info.Spelling, st, err)
			}
			for _, w := range dst {
				if w != 0 {
					t.Errorf("%s: weights %v", info.Spelling, dst)
				}
			}
		}
	}
}

// TestExtremes: finite log-probabilities never give NaN, however far apart.
func TestExtremes(t *testing.T) {
	values := []float64{-math.MaxFloat64, -1e300, -800, -1, 0, 5e-324, 800, math.MaxFloat64}
	b := &loss.Batch{Start: []int{0}}
	for _, old := range values {
		for _, rollout := range values {
			b.LogPOld, b.LogPRollout = append(b.LogPOld, old), append(b.LogPRollout, rollout)
		}
		b.Start = append(b.Start, len(b.LogPOld))
	}
	b.LogP = b.LogPOld
	dst := make([]float64, b.Tokens())
	for _, info := range loss.Corrections() {
		c := loss.MustParseCorrection(info.Spelling)
		for _, c.Unclamped = range []bool{false, true} {
			st, err := c.Weights(dst, nil, b)
			var te *loss.TokenError
			if errors.As(err, &te) && c.Unclamped && c.Form != loss.FormTIS && c.Form != loss.FormIcePop {
				continue // the weight is beyond float64, and the error names the token
			}
			if err != nil {
				t.Errorf("%s: %v", c, err)
			}
			m := st.Mismatch
			for _, v := range append(dst[:len(dst):len(dst)], st.Mean, st.Std, st.EffectiveSize, st.Norm, m.KL, m.K3, m.LogPPL, m.PPL, m.RolloutPPL, m.LogPPLDiff, m.LogPPLAbsDiff, m.PPLRatio, m.Chi2Token, m.Chi2Sequence) {
				if math.IsNaN(v) {
					t.Fatalf("%s: NaN in %v, %+v", c, dst, st)
				}
			}
		}
	}
}

func TestWeightsErrors(t *testing.T) {
	icepop := loss.MustParseCorrection("icepop")
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name       string
		correction loss.Correction
		b          *loss.Batch
		want       string
	}{
		{"no rollout", icepop, &loss.Batch{Start: []int{0, 1}, LogP: []float64{1}}, "needs the log-probabilities of the inference engine"},
		{"NaN", icepop, &loss.Batch{Start: []int{0, 1, 3}, LogP: []float64{0, 0, 0}, LogPRollout: []float64{0, 0, nan}}, "loss: sequence 1, token 1: logp_rollout is NaN"},
		{"Inf", icepop, &loss.Batch{Start: []int{0, 1}, LogP: []float64{0}, LogPOld: []float64{-inf}, LogPRollout: []float64{0}}, "loss: sequence 0, token 0: logp_old is -Inf"},
		{"LogP", icepop, &loss.Batch{Start: []int{0, 1}, LogP: []float64{nan}, LogPRollout: []float64{0}}, "loss: sequence 0, token 0: logp is NaN"},
		{"beyond", loss.MustParseCorrection("is(unclamped=true)"), &loss.Batch{Start: []int{0, 2}, LogP: []float64{0, 800}, LogPRollout: []float64{0, 0}}, "sequence 0, token 1: logp_rollout gives a weight beyond the range"},
		{"bounds", loss.Correction{Form: loss.FormIcePop, Lower: 5, Upper: 0.5}, &loss.Batch{}, "the lower bound 5 is above the upper bound 0.5"},
		{"negative", loss.Correction{Form: loss.FormIcePop, Lower: -1}, &loss.Batch{}, "must be finite and not below 0"},
		{"NaN bound", loss.Correction{Form: loss.FormTIS, Upper: nan}, &loss.Batch{}, "must be finite and not below 0"},
		{"form", loss.Correction{Form: 9}, &loss.Batch{}, "there is no form 9"},
		{"reject", loss.Correction{Reject: loss.Rejections{loss.TokenK1: {Upper: 2}}}, &loss.Batch{}, "lower bound of token_k1 is a ratio"},
		{"reject k2", loss.Correction{Reject: loss.Rejections{loss.SeqMaxK2: {Lower: 1, Upper: 2}}}, &loss.Batch{}, "seq_max_k2 has an upper bound only"},
		{"reject NaN", loss.Correction{Reject: loss.Rejections{loss.TokenRatio: {Lower: nan, Upper: 2}}}, &loss.Batch{}, "must be finite"},
	} {
		_, err := c.correction.Weights(make([]float64, c.b.Tokens()), nil, c.b)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	// Without a correction nobody looks at the inference engine.
	dst := make([]float64, 1)
	if _, err := (loss.Correction{}).Weights(dst, nil, &loss.Batch{Start: []int{0, 1}, LogP: []float64{0}, LogPRollout: []float64{nan}}); err != nil || dst[0] != 1 {
		t.Errorf("the zero value gives %v, %v", dst, err)
	}
	defer func() {
		if r := recover(); r == nil || !strings.HasPrefix(r.(string), "loss: ") {
			t.Errorf("panic %v", r)
		}
	}()
	icepop.Weights(nil, nil, &loss.Batch{Start: []int{0, 1}, LogP: []float64{0}})
}

func TestParseCorrection(t *testing.T) {
	for _, c := range []struct {
		text string
		want loss.Correction
	}{
		{"none", loss.Correction{}},
		{" icepop ( lower = 0.5 , upper=5,veto=1e-4)", loss.Correction{Form: loss.FormIcePop, Lower: 0.5, Upper: 5, Veto: 1e-4}},
		{"icepop", loss.Correction{Form: loss.FormIcePop, Lower: 0.5, Upper: 5}},
		{"tis()", loss.Correction{Form: loss.FormTIS, Upper: 2}},
		{"seq_mask_tis", loss.Correction{Form: loss.FormSequenceMask, Level: loss.LevelGeometric, Lower: 0.5, Upper: 5}},
		{"is(level=sequence,normalize=true,unclamped=true,eps=1e-8)", loss.Correction{Form: loss.FormIS, Level: loss.LevelSequence, Normalize: true, Unclamped: true, Eps: 1e-8}},
		{"none(reject=token_k1:2+seq_max_k3:1e+06)", loss.Correction{Reject: loss.Rejections{loss.TokenK1: {Lower: 0.5, Upper: 2}, loss.SeqMaxK3: {Upper: 1e6}}}},
	} {
		got, err := loss.ParseCorrection(c.text)
		if err != nil || got != c.want {
			t.Errorf("%q is %+v, %v; want %+v", c.text, got, err, c.want)
		}
		if again, err := loss.ParseCorrection(got.String()); err != nil || again != got {
			t.Errorf("%q is written as %q, which is %+v, %v", c.text, got, again, err)
		}
	}
	for text, want := range map[string]string{
		"":                                   "unknown correction",
		"icepopp":                            "did you mean icepop?",
		"icepop(lower=6)":                    "the lower bound 6 is above the upper bound 5",
		"icepop(level=word)":                 "expected token or sequence or geometric",
		"none(lower=1)":                      "none has no option lower",
		"icepop(veto=-1)":                    "veto: expected a number",
		"icepop)":                            "nothing may follow the correction",
		"none(reject=token_k9:2)":            "expected none or statistic:bounds",
		"none(reject=token_k1)":              "expected none or statistic:bounds",
		"none(reject=token_k1:0_2)":          "token_k1: expected a lower bound",
		"none(reject=token_k1:0.5)":          "the reciprocal of the upper",
		"none(reject=token_k2:0.1_2)":        "token_k2 has an upper bound only",
		"none(reject=token_k2:0)":            "expected an upper bound above 0",
		"none(reject=token_k2:1+)":           "expected an upper bound above 0",
		"none(reject=token_k2:1+token_k2:2)": "token_k2 is given twice",
		"none(reject=token_ratio:nan)":       "expected an upper bound above 0",
	} {
		_, err := loss.ParseCorrection(text)
		var se *loss.SpellingError
		if !errors.As(err, &se) || !strings.Contains(se.Msg, want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// TestCorrections: every entry of the table is canonical and says where it is from.
func TestCorrections(t *testing.T) {
	seen := map[string]bool{}
	for i, info := range loss.Corrections() {
		c, err := loss.ParseCorrection(info.Spelling)
		if err != nil || c.String() != info.Spelling {
			t.Errorf("%s: %q is written as %q, %v", info.Name, info.Spelling, c, err)
		}
		if info.Name == "" || seen[info.Name] || info.Settings == "" || info.Source == "" {
			t.Errorf("entry %d: %+v", i, info)
		}
		seen[info.Name] = true
	}
	recipe := loss.MustParseCorrection(loss.Corrections()[0].Spelling)
	if want := (loss.Correction{Form: loss.FormIcePop, Lower: 0.5, Upper: 5, Veto: 1e-4}); recipe != want {
		t.Errorf("the recipe is %+v", recipe)
	}
}
