package advantage_test

import (
	"fmt"

	"github.com/golongrl/golongrl/advantage"
)

// Two binary prompts, one of them always solved, and two graded ones: under
// GRPO the graded task pulls twice as hard per rollout.
func ExampleDiagnose() {
	ix, err := advantage.NewIndexSizes([]int{4, 4, 4, 4}, []string{"em", "em", "rouge_l", "rouge_l"})
	if err != nil {
		fmt.Println(err)
		return
	}
	batch := &advantage.Batch{Index: ix, Rewards: []float64{
		1, 0, 0, 0,
		1, 1, 1, 1,
		0.31, 0.35, 0.29, 0.33,
		0.42, 0.40, 0.38, 0.44,
	}}
	report, err := advantage.Diagnose(batch,
		advantage.MustParse("dr_grpo"), advantage.MustParse("grpo"), advantage.MustParse("tmn"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, task := range report.Tasks {
		fmt.Printf("%-8s %d prompts, %d without variance, sigma_T %.3f\n", task.Name, task.Prompts, task.ZeroVariance, task.Std)
	}
	for _, e := range report.Estimators {
		fmt.Printf("%-8s %.2f CV %.2f\n", e.Spelling, e.Relative, e.CV)
	}
	// Output:
	// em       2 prompts, 1 without variance, sigma_T 0.354
	// rouge_l  2 prompts, 0 without variance, sigma_T 0.026
	// dr_grpo  [1.81 0.19] CV 0.81
	// grpo     [0.65 1.35] CV 0.35
	// tmn      [0.81 1.19] CV 0.19
}

// What is likely to be a mistake in a batch.
func ExampleReport() {
	ix, err := advantage.NewIndexSizes([]int{2, 2, 2, 1}, []string{"em", "em", "EM", "em"})
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := advantage.Diagnose(&advantage.Batch{Index: ix, Rewards: []float64{1, 0, 0, 1, 7, 0, 1}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, w := range report.Warnings {
		fmt.Printf("%s: %s\n", w.Kind, w.Message)
	}
	// Output:
	// single_rollouts: 1 of 4 prompts have a single rollout, which says nothing about the prompt: advantage 0 unless single=reference
	// unequal_groups: prompts have from 1 to 2 rollouts; 1 of 4 fewer than the most
	// alike_tasks: tasks "em" and "EM" differ only in case or white space, and are two tasks
	// one_prompt_task: task "EM" has one prompt; tmn can only scale it as grpo does
	// reward_range: rewards of task "EM" lie outside [0, 1] in 1 row: from 0 to 7
}
