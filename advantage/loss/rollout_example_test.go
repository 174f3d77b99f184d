package loss_test

import (
	"fmt"
	"math"

	"github.com/golongrl/golongrl/advantage/loss"
)

// The correction of the GoLongRL recipe: ratios outside [0.5, 5] get weight 0, and
// a ratio below 1e-4 silences its whole sequence.
func ExampleCorrection() {
	c := loss.MustParseCorrection("icepop(lower=0.5,upper=5,veto=0.0001)")
	b := &loss.Batch{
		Start:       []int{0, 3, 5},
		LogP:        []float64{0, 0, 0, 0, 0},
		LogPOld:     []float64{math.Log(0.5), math.Log(0.9), math.Log(0.06), math.Log(0.8), math.Log(1e-6)},
		LogPRollout: []float64{math.Log(0.25), math.Log(0.9), math.Log(0.6), math.Log(0.8), math.Log(0.5)},
	}
	weights, keep := make([]float64, 5), make([]bool, 5)
	st, err := c.Weights(weights, keep, b)
	fmt.Printf("%.3g %v %v\n", weights, keep, err)
	fmt.Printf("zeroed %.2f of the tokens, vetoed %.2f of the sequences, rejected %.2f\n", st.Zeroed, st.Vetoed, st.Rejected)
	// Output:
	// [2 1 0 0 0] [true true true true true] <nil>
	// zeroed 0.60 of the tokens, vetoed 0.50 of the sequences, rejected 0.00
}

func ExampleParseCorrection() {
	c, err := loss.ParseCorrection("tis(level=sequence,upper=2,reject=token_k1:0.2_2+seq_max_k2:42.4)")
	fmt.Println(c, err)
	fmt.Println(c.Reject[loss.TokenK1], c.Reject[loss.SeqMaxK2].Upper)
	_, err = loss.ParseCorrection("icepop(uper=5)")
	fmt.Println(err)
	// Output:
	// tis(level=sequence,reject=token_k1:0.2_2+seq_max_k2:42.4) <nil>
	// {0.2 2} 42.4
	// icepop has no option uper, did you mean upper?; it has eps level lower normalize reject unclamped upper veto veto_mask
	//  | icepop(uper=5)
	//  | .......^
}

func ExampleMustParseCorrection() {
	fmt.Println(loss.MustParseCorrection("icepop") == loss.Correction{Form: loss.FormIcePop, Lower: 0.5, Upper: 5})
	// Output: true
}

// Who has the script of the release finds its six settings and what they became.
func ExampleCorrections() {
	for _, info := range loss.Corrections()[:2] {
		fmt.Printf("%s: %s\n  %s\n", info.Name, info.Spelling, info.Settings)
	}
	// Output:
	// golongrl: icepop(veto=0.0001)
	//   rollout_is=true rollout_is_level=token rollout_is_mode=clip rollout_is_threshold=5.0 rollout_is_threshold_lower=0.5 rollout_is_veto_threshold=1e-4
	// verl_3750: icepop(veto=0.0001)
	//   as golongrl with rollout_is_mode=mask
}

// The bounds of k1 are those of the inverse ratio.
func ExampleRejections() {
	b := &loss.Batch{Start: []int{0, 4}, LogP: []float64{math.Log(0.3), math.Log(0.6), math.Log(4), math.Log(6)}, LogPRollout: make([]float64, 4)}
	keep := make([]bool, 4)
	for _, bounds := range []loss.Rejections{
		{loss.TokenK1: {Lower: 0.2, Upper: 2}},
		{loss.TokenRatio: {Lower: 0.5, Upper: 5}},
	} {
		loss.Correction{Reject: bounds}.Weights(make([]float64, 4), keep, b)
		fmt.Println(bounds, keep)
	}
	// Output:
	// token_k1:0.2_2 [false true true false]
	// token_ratio:0.5_5 [false true true false]
}

func ExampleStatistic() {
	fmt.Println(loss.SeqMeanK3)
	// Output: seq_mean_k3
}

func ExampleBatch_Mismatch() {
	b := &loss.Batch{Start: []int{0, 2}, LogP: []float64{-1, -2}, LogPRollout: []float64{-1.1, -1.8}}
	m, err := b.Mismatch()
	fmt.Printf("KL %.3f, K3 %.5f, perplexity %.4f against %.4f, %v\n", m.KL, m.K3, m.PPL, m.RolloutPPL, err)
	// Output: KL 0.050, K3 0.01195, perplexity 4.4817 against 4.2631, <nil>
}
