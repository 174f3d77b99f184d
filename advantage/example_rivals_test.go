package advantage_test

import (
	"fmt"

	"github.com/golongrl/golongrl/advantage"
)

// The success on the hard prompt beats all others of its group, the three of the
// easy prompt share theirs.
func ExampleRLOO() {
	show(advantage.MustParse("rloo"), twoPrompts())
	// Output:
	// [1.000 -0.333 -0.333 -0.333 0.333 0.333 0.333 -1.000]
}

// Every token has the return of its response: long responses pull the mean of the
// batch.
func ExampleReinforcePP() {
	b := twoPrompts()
	show(advantage.MustParse("reinforce_pp"), b)
	b.Lengths = []int{10, 90, 90, 90, 10, 10, 10, 90}
	show(advantage.MustParse("reinforce_pp"), b)
	// Output:
	// [0.935 -0.935 -0.935 -0.935 0.935 0.935 0.935 -0.935]
	// [2.996 -0.333 -0.333 -0.333 2.996 2.996 2.996 -0.333]
}

func ExampleReinforcePPBaseline() {
	show(advantage.MustParse("reinforce_pp_baseline"), twoPrompts())
	// Output:
	// [1.620 -0.540 -0.540 -0.540 0.540 0.540 0.540 -1.620]
}

// The baseline is the reward of the greedy response, whatever the group.
func ExampleReMax() {
	b := twoPrompts()
	b.Baselines = []float64{0, 0, 0, 0, 1, 1, 1, 1}
	show(advantage.MustParse("remax"), b)
	// Output:
	// [1.000 0.000 0.000 0.000 0.000 0.000 0.000 -1.000]
}

// Half of the rewards are 0, which doubles all advantages.
func ExampleGPG() {
	show(advantage.MustParse("gpg"), twoPrompts())
	// Output:
	// [1.500 -0.500 -0.500 -0.500 0.500 0.500 0.500 -1.500]
}

// A long failure drags the baseline down to it.
func ExampleOPO() {
	b := twoPrompts()
	b.Lengths = []int{10, 10, 10, 70, 10, 10, 10, 70}
	show(advantage.MustParse("opo"), b)
	// Output:
	// [0.900 -0.100 -0.100 -0.100 0.700 0.700 0.700 -0.300]
}

// Only a success that no other rollout repeats is worth anything.
func ExamplePassK() {
	show(advantage.MustParse("passk"), twoPrompts())
	show(advantage.MustParse("passk(std=false)"), twoPrompts())
	// Output:
	// [2.000 0.000 0.000 0.000 0.000 0.000 0.000 0.000]
	// [1.000 0.000 0.000 0.000 0.000 0.000 0.000 0.000]
}

// The format, which all rollouts of the first prompt but one get right, counts as
// much as the accuracy, or as much as its weight says.
func ExampleGDPO() {
	b := twoPrompts()
	b.Names = []string{"accuracy", "format"}
	b.Components = [][]float64{{1, 0, 0, 0, 1, 1, 1, 0}, {1, 1, 1, 0, 1, 1, 1, 1}}
	show(advantage.MustParse("gdpo"), b)
	show(advantage.MustParse("gdpo(weights=accuracy:1+format:0.25)"), b)
	// Output:
	// [1.595 0.000 0.000 -1.595 0.399 0.399 0.399 -1.197]
	// [1.663 -0.384 -0.384 -0.895 0.512 0.512 0.512 -1.535]
}

// Stacks whiten the same sum over tokens, over rows, or not at all.
func ExampleWhiten() {
	for _, w := range []advantage.Whiten{advantage.WhitenVerl, advantage.WhitenTRL, advantage.WhitenNeMo, advantage.WhitenNone} {
		e := advantage.MustParse("gdpo").(advantage.GDPO)
		e.Whiten = w
		fmt.Println(e)
	}
	// Output:
	// gdpo
	// gdpo(whiten=trl)
	// gdpo(whiten=nemo)
	// gdpo(whiten=none)
}

// A success of a prompt solved once in four is worth 4 - 1, a failure always -1.
func ExampleMaxRL() {
	show(advantage.MustParse("maxrl"), twoPrompts())
	// Output:
	// [3.000 -1.000 -1.000 -1.000 0.333 0.333 0.333 -1.000]
}

func ExampleBatchStd() {
	show(advantage.MustParse("batch_std"), twoPrompts())
	// Output:
	// [1.403 -0.468 -0.468 -0.468 0.468 0.468 0.468 -1.403]
}

// The paper centres on the prompt, the release on the task.
func ExampleQwenLong() {
	ix, err := advantage.NewIndexSizes([]int{4, 4}, []string{"qa", "qa"})
	if err != nil {
		panic(err)
	}
	b := &advantage.Batch{Index: ix, Rewards: twoPrompts().Rewards}
	show(advantage.MustParse("qwenlong"), b)
	show(advantage.MustParse("qwenlong(center=task)"), b)
	// Output:
	// [1.403 -0.468 -0.468 -0.468 0.468 0.468 0.468 -1.403]
	// [0.935 -0.935 -0.935 -0.935 0.935 0.935 0.935 -0.935]
}

func ExampleCenter() {
	fmt.Println(advantage.QwenLong{Center: advantage.CenterTask, DDoF: 1, Eps: 1e-6})
	// Output:
	// qwenlong(center=task)
}
