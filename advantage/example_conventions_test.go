package advantage_test

import (
	"fmt"

	"github.com/golongrl/golongrl/advantage"
)

// The same rewards in four stacks, by the name that each stack has for them.
func ExampleForStack() {
	ix, err := advantage.NewIndexSizes([]int{4}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	batch := &advantage.Batch{Index: ix, Rewards: []float64{1, 0, 0, 0}}
	for _, c := range []struct{ stack, name string }{
		{"verl", "grpo"},
		{"trl", "group"},
		{"open_instruct", "standard"},
		{"nemo_rl", "grpo"},
	} {
		est, err := advantage.ForStack(c.stack, c.name)
		if err != nil {
			fmt.Println(err)
			return
		}
		a := make([]float64, 4)
		if err := est.Advantages(a, batch); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%-14s%-24s%.4f\n", c.stack, est, a[:2])
	}
	// Output:
	// verl          grpo(single=reference)  [1.5000 -0.5000]
	// trl           grpo(eps=0.0001)        [1.4997 -0.4999]
	// open_instruct grpo(ddof=0,eps=1e-08)  [1.7321 -0.5774]
	// nemo_rl       grpo(baseline=loo)      [1.0000 -0.5773]
}

func ExampleConventions() {
	for _, c := range advantage.Conventions() {
		if c.Stack == "open_instruct" {
			fmt.Println(c.Name, "is", c.Estimator)
		}
	}
	// Output:
	// centered is dr_grpo
	// standard is grpo(ddof=0,eps=1e-08)
}

// A convention is reached by the option stack, too. What is written counts more.
func ExampleConvention() {
	fmt.Println(advantage.MustParse("grpo(stack=trl)"))
	fmt.Println(advantage.MustParse("grpo(stack=trl,single=reference)"))
	// Output:
	// grpo(eps=0.0001)
	// grpo(eps=0.0001,single=reference)
}

func ExampleStacks() {
	for _, stack := range advantage.Stacks() {
		if est, err := advantage.ForStack(stack, "grpo"); err == nil {
			fmt.Println(stack, est)
		}
	}
	// Output:
	// golongrl grpo(single=reference)
	// paper grpo
	// verl grpo(single=reference)
	// trl grpo(eps=0.0001)
	// openrlhf grpo(eps=1e-09)
	// slime grpo
	// nemo_rl grpo(baseline=loo)
	// areal grpo(eps=1e-05)
	// skyrl grpo(single=reference)
	// prime_rl dr_grpo
	// open_instruct grpo(ddof=0,eps=1e-08)
	// easyr1 grpo
	// ms_swift grpo(eps=0.0001)
}

// Every rollout against the others: the only success keeps its whole reward.
func ExampleBaseline() {
	ix, err := advantage.NewIndexSizes([]int{4}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	est := advantage.GRPO{Baseline: advantage.BaselineOthers, DDoF: 1, Eps: 1e-6}
	a := make([]float64, 4)
	if err := est.Advantages(a, &advantage.Batch{Index: ix, Rewards: []float64{0, 0, 1, 0}}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.3f\n", a)
	// Output: [-0.577 -0.577 1.000 -0.577]
}
