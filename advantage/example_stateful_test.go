package advantage_test

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/golongrl/golongrl/advantage"
)

// twoPrompts is a batch of a hard and an easy prompt.
func twoPrompts() *advantage.Batch {
	ix, err := advantage.NewIndexSizes([]int{4, 4}, nil)
	if err != nil {
		panic(err)
	}
	return &advantage.Batch{Index: ix, Rewards: []float64{1, 0, 0, 0, 1, 1, 1, 0}}
}

func show(e advantage.Estimator, b *advantage.Batch) {
	a := make([]float64, len(b.Rewards))
	if err := e.Advantages(a, b); err != nil {
		panic(err)
	}
	fmt.Printf("%.3f\n", a)
}

// The easy prompt, solved three times of four, weighs a third of the hard one.
func ExampleFGRPO() {
	show(advantage.MustParse("f_grpo(base=dr_grpo)"), twoPrompts())
	// Output:
	// [0.562 -0.188 -0.188 -0.188 0.062 0.062 0.062 -0.188]
}

// For a reward with partial credit, success can be a threshold.
func ExampleSuccessRule() {
	e := advantage.FGRPO{Base: advantage.MustParse("dr_grpo"), Gamma: 1, Success: advantage.SuccessThreshold, Threshold: 0.75}
	fmt.Println(e)
	// Output:
	// f_grpo(base=dr_grpo,correct=0,success=threshold,threshold=0.75)
}

// Rare outcomes, the success on the hard prompt and the failure on the easy one,
// gain weight.
func ExampleHADW() {
	show(advantage.MustParse("ha_dw(lambda=1)"), twoPrompts())
	// Output:
	// [1.926 -0.389 -0.389 -0.389 0.389 0.389 0.389 -1.926]
}

func ExampleHADWForm() {
	for _, form := range []advantage.HADWForm{advantage.HADWPaper, advantage.HADWCode} {
		fmt.Println(advantage.HADW{Form: form, Lambda: 1.3, Scale: true, DDoF: 1, Eps: 1e-6})
	}
	// Output:
	// ha_dw(lambda=1.3)
	// ha_dw(form=code,lambda=1.3)
}

func ExampleHADWHistory() {
	h := advantage.HADWHistory{Estimator: advantage.MustParse("ha_dw").(advantage.HADW), Window: 2, Eta: 2}
	for _, rewards := range [][]float64{{0, 1}, {0.4, 1}, {0.3, 0.3}, {1, 1}} {
		e, err := h.Step(rewards)
		if err != nil {
			panic(err)
		}
		fmt.Printf("anchor %.3g\n", e.Anchor)
	}
	// Output:
	// anchor 0.5
	// anchor 0.5
	// anchor 0.6
	// anchor 0.57
}

// The state survives a restart.
func ExampleHADWState() {
	h := advantage.HADWHistory{Estimator: advantage.MustParse("ha_dw(form=code)").(advantage.HADW), Window: 10}
	if _, err := h.Step([]float64{1, 0, 0, 1}); err != nil {
		panic(err)
	}
	saved, err := json.Marshal(h.State)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(saved))

	h.State = advantage.HADWState{}
	if err := json.Unmarshal(saved, &h.State); err != nil {
		panic(err)
	}
	e, err := h.Step([]float64{1, 1, 1, 1})
	fmt.Println(e, err)
	// Output:
	// {"Batches":1,"Recent":[0.5]}
	// ha_dw(anchor=0.75,form=code) <nil>
}

func ExampleAEPO() {
	b := twoPrompts()
	show(advantage.MustParse("aepo(base=dr_grpo,entropy=0.18,high=0.2,low=0.1)"), b)
	show(advantage.MustParse("aepo(base=dr_grpo,entropy=0.25,high=0.2,low=0.1)"), b)
	// Output:
	// [0.750 -0.250 -0.250 -0.250 0.250 0.250 0.250 -0.750]
	// [0.750 0.000 0.000 0.000 0.250 0.250 0.250 0.000]
}

func ExampleAEPOFilter() {
	f := advantage.AEPOFilter{High: 0.2, Low: 0.15}
	for _, entropy := range []float64{0.18, 0.21, 0.18, 0.14, 0.18} {
		if err := f.Update(entropy); err != nil {
			panic(err)
		}
		a := []float64{0.5, -0.5}
		f.Apply(a)
		fmt.Println(entropy, a)
	}
	// Output:
	// 0.18 [0.5 -0.5]
	// 0.21 [0.5 0]
	// 0.18 [0.5 0]
	// 0.14 [0.5 -0.5]
	// 0.18 [0.5 -0.5]
}

// A response of three tokens and one of one token count the same.
func ExampleBatchEntropy() {
	fmt.Println(advantage.BatchEntropy([]float64{0.25, 0.5, 0.75, 1}, []int{3, 1}))
	// Output:
	// 0.75 <nil>
}

func ExampleClipNegatives() {
	a := []float64{-1, -1, 1}
	n, err := advantage.ClipNegatives(a, []float64{0.1, 0.4, 0.4}, 0.3)
	fmt.Println(a, n, err)
	// Output:
	// [-1 0 1] 1 <nil>
}

func ExampleDynamicSample() {
	ix, err := advantage.NewIndex(strings.Split("abcabc", ""), nil)
	if err != nil {
		panic(err)
	}
	keep := make([]bool, 6)
	prompts, err := advantage.DynamicSample(keep, &advantage.Batch{Index: ix, Rewards: []float64{1, 0, 0, 0, 0, 1}})
	fmt.Println(keep, prompts, err)
	// Output:
	// [true false true true false true] 2 <nil>
}

func ExampleDynamicSampling() {
	s := advantage.DynamicSampling{Prompts: 3, MaxBatches: 32}
	for full := false; !full; {
		b := twoPrompts() // generated and scored
		keep := make([]bool, len(b.Rewards))
		var err error
		if full, err = s.Add(keep, b); err != nil {
			panic(err)
		}
		fmt.Println(keep)
	}
	fmt.Println(s.Batches, "batches,", s.Surplus, "prompt too many")
	// Output:
	// [true true true true true true true true]
	// [true true true true false false false false]
	// 2 batches, 1 prompt too many
}

func ExampleSamplingError() {
	s := advantage.DynamicSampling{Prompts: 3, MaxBatches: 1}
	_, err := s.Add(make([]bool, 8), twoPrompts())
	fmt.Println(err)
	// Output:
	// advantage: 1 batches gave 2 prompts with different rewards, and 3 are needed; the data may be too hard or too easy
}

// The paper stops at -1; verl goes on.
func ExampleSoftOverlong() {
	lengths := []int{80, 90, 100, 110}
	a, b := make([]float64, 4), make([]float64, 4)
	advantage.SoftOverlong(a, lengths, 100, 20)
	advantage.OverlongPenalty(b, lengths, 100, 20, 1)
	fmt.Println(a, b)
	// Output:
	// [0 -0.5 -1 -1] [0 -0.5 -1 -1.5]
}

func ExampleOverlongPenalty() {
	penalty := make([]float64, 2)
	advantage.OverlongPenalty(penalty, []int{16384, 18432}, 20480, 4096, 0.5)
	fmt.Println(penalty)
	// Output:
	// [0 -0.25]
}
