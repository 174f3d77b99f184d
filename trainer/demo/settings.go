package demo

import (
	"math"

	"github.com/golongrl/golongrl/trainer"
	"github.com/golongrl/golongrl/trainer/model"
	"github.com/golongrl/golongrl/trainer/random"
	"github.com/golongrl/golongrl/trainer/rollouts"
)

// Settings are the sizes and hyperparameters of the demo.
type Settings struct {
	Model   model.Config
	InitStd float64 // of the initial weights: about 1/sqrt(Hidden); at the usual 0.02 a policy this narrow starts slowly

	// The supervised warm-up.
	WarmupSteps, WarmupBatch           int
	WarmupLR, WarmupBeta2, WarmupDecay float64
	WarmupRampSteps                    int // with a rising learning rate, which then falls as a cosine to a tenth

	Pool                    int // training prompts per task
	HeldOut, HeldOutSamples int // evaluation prompts per task, and samples of each
	LookEvery               int // updates between evaluations, for the curve; 0: none

	Train trainer.Config
}

// Default returns the settings of the command.
func Default() Settings {
	s := Settings{
		Model: model.Config{
			Vocab: vocabulary.Len(), Hidden: 96, Layers: 2, Heads: 6, KVHeads: 3, HeadDim: 16, MLP: 256,
			RopeTheta: 1e4, NormEps: 1e-6, Tied: true, MaxLen: 128,
		},
		InitStd:     0.1,
		WarmupSteps: 400, WarmupBatch: 252, WarmupLR: 3e-3, WarmupBeta2: 0.99, WarmupDecay: 0.1, WarmupRampSteps: 20,
		Pool: 512, HeldOut: 32, HeldOutSamples: 4, LookEvery: 20,
		Train: trainer.Default(),
	}
	t := &s.Train
	t.Steps, t.Order, t.Filter, t.Undecided = 120, "balanced", trainer.Skip, "zero"
	t.TrainBatch, t.GenBatch, t.Samples = 36, 36, 8
	t.MaxPrompt, t.MaxResponse = 64, 16
	t.Correction = "icepop"
	t.LR, t.Warmup, t.Beta2 = 1e-3, 5, 0.99
	t.EvalEvery, t.SaveEvery = 0, 0
	return s
}

// warmupRate is the learning rate of a step of the warm-up, from 0.
func (s *Settings) warmupRate(step int) float64 {
	ramp := math.Min(1, float64(step+1)/float64(s.WarmupRampSteps))
	return s.WarmupLR * ramp * (0.1 + 0.45*(1+math.Cos(math.Pi*float64(step)/float64(s.WarmupSteps))))
}

// Data returns n training prompts of every task, and heldOut prompts of every task
// that are none of them.
func Data(key random.Key, n, heldOut int) (train, eval []*rollouts.Prompt) {
	for i, task := range Tasks() {
		for _, p := range task.Prompts(random.NewKey(uint64(key), uint64(i), 0), n, false) {
			p.Index = len(train)
			train = append(train, &p)
		}
		for _, p := range task.Prompts(random.NewKey(uint64(key), uint64(i), 1), heldOut, true) {
			p.Index = len(eval)
			eval = append(eval, &p)
		}
	}
	return train, eval
}
