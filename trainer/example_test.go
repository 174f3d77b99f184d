package trainer_test

import (
	"context"
	"fmt"

	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/trainer"
	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/cpu"
	"github.com/golongrl/golongrl/trainer/model"
	"github.com/golongrl/golongrl/trainer/random"
	"github.com/golongrl/golongrl/trainer/rollouts"
	"github.com/golongrl/golongrl/trainer/watch"
)

// letters decodes tokens 1, 2 and 3 as a, b and c.
type letters struct{}

func (letters) Decode(tokens []int32) (s string) {
	for _, t := range tokens {
		if t > 0 {
			s += string(rune('a' + t - 1))
		}
	}
	return s
}

// rewards prints the mean reward of some steps.
type rewards struct{}

func (rewards) Step(s *watch.Step) error {
	if r, ok := watch.Value(s.Metrics, "critic/score/mean"); ok && s.Step == 60 {
		fmt.Printf("update %d: reward above 0.9: %t\n", s.Step, r > 0.9)
	}
	return nil
}

func (rewards) Close() error { return nil }

// A policy with random weights learns to say b.
func ExampleNew() {
	shape := model.Config{Vocab: 4, Hidden: 8, Layers: 1, Heads: 1, KVHeads: 1, HeadDim: 8, MLP: 16, RopeTheta: 1e4, NormEps: 1e-6, Tied: true, MaxLen: 8}
	policy, err := cpu.New(shape, cpu.Options{Workers: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer policy.Close()
	if err := backend.Init(policy, random.NewKey(1), 0.1); err != nil {
		fmt.Println(err)
		return
	}
	scorer, err := scoring.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	cfg := trainer.Default() // the paper's, of which the sizes do not fit here
	cfg.Steps, cfg.TrainBatch, cfg.Samples, cfg.Filter = 60, 1, 16, trainer.Skip
	cfg.MaxPrompt, cfg.MaxResponse, cfg.LR, cfg.EvalEvery = 4, 2, 0.05, 0
	t, err := trainer.New(cfg, trainer.Options{
		Policy: policy,
		Source: rollouts.NewPolicy(policy, letters{}),
		Train:  []*rollouts.Prompt{{ID: "1", Tokens: []int32{1}, Text: "a", Task: "T1", Record: scoring.Record{Gold: scoring.Text("b"), Metric: "em"}}},
		Scorer: scorer,
		Stop:   []int32{0},

		Observers: []watch.Observer{rewards{}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := t.Run(context.Background()); err != nil {
		fmt.Println(err)
	}
	// Output: update 60: reward above 0.9: true
}

// Default is the paper's Table 12.
func ExampleDefault() {
	c := trainer.Default()
	fmt.Println(c.TrainBatch, c.Samples, c.Estimator, c.Correction, c.LR)
	// Output: 128 16 tmn_reweight icepop(veto=0.0001) 2e-06
}
