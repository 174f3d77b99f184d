package loss_test

import (
	"fmt"

	"github.com/golongrl/golongrl/advantage/loss"
)

// batch is two responses of two and three tokens, the last of which is padding.
func batch() *loss.Batch {
	return &loss.Batch{
		Start:       []int{0, 2, 5},
		LogP:        []float64{-0.5, -1.0, -2.0, -0.1, 0},
		LogPOld:     []float64{-0.6, -1.5, -0.2, -0.1, 0},
		LogPRollout: []float64{-0.6, -0.5, -0.3, -0.1, 0},
		Advantages:  []float64{1, 1, -1, -1, 0},
		Mask:        []bool{true, true, true, true, false},
	}
}

func ExampleConfig_Eval() {
	b := batch()
	c := loss.Config{Rollout: loss.MustParseCorrection("icepop(veto=0.0001)")}
	grad := make([]float64, b.Tokens())
	r, err := c.Eval(grad, nil, b)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("loss %.4f over %d tokens, %.0f%% clipped\n", r.Loss, r.Tokens, 100*r.Clipped)
	fmt.Printf("%.4f\n", grad)
	// Output:
	// loss 0.1947 over 4 tokens, 50% clipped
	// [-0.2763 0.0000 0.0000 0.2500 0.0000]
}

// A micro-batch that is part of a batch of 1000 tokens.
func ExampleConfig() {
	c := loss.Config{
		Surrogate:   loss.GSPO{ClipLow: 3e-4, ClipHigh: 4e-4},
		Aggregation: loss.Aggregation{Mode: loss.TokenMean, Total: 1000},
	}
	r, err := c.Eval(nil, nil, batch())
	fmt.Printf("%.6f %v\n", r.Loss, err)
	// Output: -0.000001 <nil>
}

func ExampleParseSurrogate() {
	s, err := loss.ParseSurrogate("ppo(clip_high=0.3)")
	fmt.Println(s, err)
	_, err = loss.ParseSurrogate("ppo(clip_hihg=0.3)")
	fmt.Println(err)
	// Output:
	// ppo(clip_high=0.3) <nil>
	// ppo has no option clip_hihg, did you mean clip_high?; it has clip_c clip_high clip_low
	//  | ppo(clip_hihg=0.3)
	//  | ....^
}

func ExampleMustParseSurrogate() {
	fmt.Printf("%+v\n", loss.MustParseSurrogate("gspo").(loss.GSPO).ClipHigh)
	// Output: 0.0004
}

func ExampleSurrogates() {
	fmt.Println(loss.Surrogates())
	// Output: [ppo reinforce gspo cispo gppo ce_gppo aspo sapo erc]
}

func ExampleDescribeSurrogate() {
	info, _ := loss.DescribeSurrogate("ppo")
	fmt.Println(info.Formula)
	for _, o := range info.Options {
		fmt.Printf("%s=%s: %s\n", o.Name, o.Default, o.Help)
	}
	// Output:
	// max(-A r, -A clip(r)), at most -A c if A < 0
	// clip_c=3: ratios count at most clip_c where the advantage is negative; 0 is none
	// clip_high=0.28: ratios are clipped above 1+clip_high
	// clip_low=0.2: ratios are clipped below 1-clip_low
}

func ExampleParseAggregation() {
	a, err := loss.ParseAggregation("seq-mean-token-sum-norm(length=8192)")
	fmt.Println(a.Mode, a.Length, err)
	// Output: seq-mean-token-sum-norm 8192 <nil>
}

func ExampleModes() {
	for _, m := range loss.Modes() {
		fmt.Println(m)
	}
	// Output:
	// token-mean
	// token-sum
	// seq-mean-token-mean
	// seq-mean-token-sum
	// seq-mean-token-sum-norm
	// token-sum-norm
	// group-token-mean
}

// The gradient of an entropy bonus with respect to the entropies.
func ExampleAggregation_Coefficients() {
	b := batch()
	c := make([]float64, b.Tokens())
	if err := (loss.Aggregation{Mode: loss.SequenceMeanTokenMean}).Coefficients(c, b); err != nil {
		fmt.Println(err)
	}
	fmt.Println(c)
	// Output: [0.25 0.25 0.25 0.25 0]
}

func ExampleKLKind_Token() {
	value, grad := loss.K3.Token(-1, -1.5)
	fmt.Printf("%.4f %.4f\n", value, grad)
	value, grad = loss.K3Plus.Token(-1, -1.5)
	fmt.Printf("%.4f %.4f\n", value, grad)
	// Output:
	// 0.1065 0.3935
	// 0.1065 0.5000
}

func ExampleParseKLKind() {
	k, err := loss.ParseKLKind("low_var_kl+")
	fmt.Println(k, err)
	// Output: k3+ <nil>
}

func ExamplePPO() {
	show(loss.PPO{ClipLow: 0.2, ClipHigh: 0.28, ClipC: 3})
	// Output: -0.1463
}

func ExampleREINFORCE() {
	show(loss.REINFORCE{})
	// Output: -0.1500
}

func ExampleGSPO() {
	show(loss.GSPO{ClipLow: 0.2, ClipHigh: 0.28})
	// Output: -0.2400
}

func ExampleCISPO() {
	show(loss.CISPO{ClipLow: 0.2, ClipHigh: 0.28})
	// Output: 0.0331
}

func ExampleGPPO() {
	show(loss.GPPO{ClipLow: 0.2, ClipHigh: 0.28})
	// Output: -0.1463
}

func ExampleCEGPPO() {
	show(loss.CEGPPO{Beta1: 0.5, Beta2: 1, ClipLow: 0.2, ClipHigh: 0.28})
	// Output: -0.2463
}

func ExampleASPO() {
	show(loss.ASPO{ClipLow: 0.2, ClipHigh: 0.2})
	// Output: 0.0155
}

func ExampleSAPO() {
	show(loss.SAPO{TauPos: 1, TauNeg: 1.05})
	// Output: -0.4269
}

// show prints the loss of the batch of the examples.
func show(s loss.Surrogate) {
	r, err := loss.Config{Surrogate: s}.Eval(nil, nil, batch())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.4f\n", r.Loss)
}

func ExampleERC() {
	b := batch()
	b.EntropyOld = []float64{1, 1, 1, 1, 1}
	b.Entropy = []float64{1.2, 1, 1, 0.99, 1}
	grad := make([]float64, b.Tokens())
	r, err := loss.Config{Surrogate: loss.ERC{Lower: 0.95, Upper: 1.05}}.Eval(grad, nil, b)
	fmt.Printf("%.4f %v %.2f\n", grad, err, r.Dropped)
	// Output: [0.0000 0.0000 0.0000 0.2500 0.0000] <nil> 0.25
}
