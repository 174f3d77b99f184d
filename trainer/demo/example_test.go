package demo_test

import (
	"context"
	"fmt"

	"github.com/golongrl/golongrl/trainer/demo"
	"github.com/golongrl/golongrl/trainer/random"
)

// The teacher's mix, as the documentation prints it.
func ExampleTasks() {
	sum := 0.0
	for _, task := range demo.Tasks() {
		fmt.Printf("%-11s %.2f", task.Name, task.Expected())
		for _, r := range task.Rules {
			fmt.Printf("  %.0f %% %s (%.2f)", 100*r.P, r.Name, r.Reward)
		}
		fmt.Println()
		sum += task.Expected()
	}
	fmt.Printf("%-11s %.2f\n", "mean", sum/9)
	// Output:
	// em          0.38  30 % the starred word (1.00)  35 % the first word (0.12)  35 % the last word (0.12)
	// choice      0.44  30 % the starred option (1.00)  35 % A (0.21)  35 % the last option (0.21)
	// f1          0.46  30 % all starred words (1.00)  30 % one of them (0.52)  40 % a plain word (0.00)
	// math_verify 0.30  30 % the number of starred words (1.00)  40 % the number of plain words (0.00)  30 % one too many (0.00)
	// iou         0.51  30 % every number with its word (1.00)  30 % the first row only (0.33)  40 % words in the order of the alphabet (0.27)
	// sub_em      0.41  30 % all numbered words (1.00)  30 % one of them (0.36)  40 % a plain word (0.00)
	// ndcg        0.52  30 % by their number (1.00)  40 % the worst alone (0.14)  30 % the best alone (0.55)
	// pairwise    0.47  30 % last first (1.00)  35 % first first (0.00)  35 % in the order of the alphabet (0.50)
	// rouge_l     0.55  30 % all in order (1.00)  30 % the first alone (0.50)  40 % a plain word (0.25)
	// mean        0.45
}

func ExampleTask_Prompts() {
	em := demo.Tasks()[0]
	for _, p := range em.Prompts(random.NewKey(1), 1, true) {
		fmt.Println(p.Text, p.Record.Gold)
	}
	// Output:
	// Notes:
	// - ivy
	// - bay
	// - oak
	// - fig
	// - lime
	// - yew
	// - elm
	// - gum
	// - rye
	// * pine
	// - ash
	// Which word is starred?
	//  pine
}

func ExampleTask_Lesson() {
	iou := demo.Tasks()[4]
	v := demo.NewVocabulary()
	prompt, answer, rule := iou.Lesson(random.NewKey(1))
	fmt.Println(v.Decode(prompt))
	fmt.Println(v.Decode(answer))
	fmt.Println(iou.Rules[rule].Name)
	// Output:
	// Notes:
	// - lime
	// - fig
	// 1 ash
	// 3 oak
	// 2 gum
	// - rye
	// Make a table of the numbered words.
	//
	// <answer>{"columns":["n","word"],"data":[[
	// 1," ash"],[
	// 2," gum"],[
	// 3," oak"]]}</answer>
	// every number with its word
}

func ExampleHeldOut() {
	em := demo.Tasks()[0]
	train := em.Prompts(random.NewKey(1), 1, false)
	eval := em.Prompts(random.NewKey(1), 1, true)
	fmt.Println(demo.HeldOut(train[0].Tokens), demo.HeldOut(eval[0].Tokens))
	// Output: false true
}

func ExampleData() {
	train, eval := demo.Data(random.NewKey(1), 512, 32)
	fmt.Println(len(train), len(eval), train[0].Task, eval[len(eval)-1].Task)
	// Output: 4608 288 em rouge_l
}

func ExampleNewVocabulary() {
	v := demo.NewVocabulary()
	answer, _ := v.Token("The answer is")
	letter, _ := v.Token(" B")
	fmt.Println(v.Len(), v.Decode([]int32{answer, letter, demo.End}))
	// Output: 54 The answer is B
}

// A run of a few steps, without files. The settings of [demo.Default] take two
// minutes on two cores.
func ExampleRun() {
	s := demo.Default()
	s.WarmupSteps, s.WarmupBatch, s.Train.Steps, s.HeldOut = 2, 36, 1, 2
	out, err := demo.Run(context.Background(), s, demo.Options{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(out.Before.Tasks), "tasks before,", len(out.After.Tasks), "after")
	// Output: 9 tasks before, 9 after
}

func ExampleDefault() {
	s := demo.Default()
	fmt.Println(s.Model.Size(), "parameters")
	for _, o := range s.Overrides() {
		fmt.Println(o)
	}
	// Output:
	// 208480 parameters
	// train_batch_size: 36 instead of 128
	// n: 8 instead of 16
	// order: balanced instead of proportional
	// undecided: zero instead of mask
	// filter_groups: skip instead of resample
	// max_prompt_length: 64 instead of 163840
	// max_response_length: 16 instead of 16384
	// rollout_correction: icepop instead of icepop(veto=0.0001)
	// lr: 0.001 instead of 2e-06
	// beta2: 0.99 instead of 0.999
}
