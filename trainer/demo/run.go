package demo

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

// Options are what a run of the demo works with, beside its settings.
type Options struct {
	Seed    uint64
	Workers int    // of the CPU policy; 0: all processors
	Dir     string // for checkpoints and rollouts; "" keeps nothing

	// Open makes the policy, with weights of zero; nil: one on the CPU. Run closes it
	// unless it returns it.
	Open func(model.Config) (backend.Policy, error)

	Observers []watch.Observer
}

// An Outcome is what a run has come to.
type Outcome struct {
	// Before is the policy at the end of the warm-up, After at the end of training:
	// at temperature 1 and greedy, on prompts that it was never trained on.
	Before, After             *trainer.Evaluation
	GreedyBefore, GreedyAfter *trainer.Evaluation
	Trainer                   *trainer.Trainer
	Policy                    backend.Policy
}

// Run trains a policy from random weights: a supervised warm-up that imitates a
// teacher ([Task.Lesson]), and then reinforcement learning. What comes out is a function of
// settings and seed.
func Run(ctx context.Context, s Settings, o Options) (_ *Outcome, err error) {
	open := o.Open
	if open == nil {
		open = func(cfg model.Config) (backend.Policy, error) { return cpu.New(cfg, cpu.Options{Workers: o.Workers}) }
	}
	policy, err := open(s.Model)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			policy.Close()
		}
	}()
	if err := backend.Init(policy, random.NewKey(o.Seed, streamInit), s.InitStd); err != nil {
		return nil, err
	}
	observer := watch.Multi(o.Observers...)
	if err := warmUp(ctx, policy, s, o.Seed, observer.Step); err != nil {
		return nil, err
	}
	scorer, err := scoring.New()
	if err != nil {
		return nil, err
	}
	train, heldOut := Data(random.NewKey(o.Seed, streamData), s.Pool, s.HeldOut)
	cfg := s.Train
	cfg.Seed = o.Seed
	t, err := trainer.New(cfg, trainer.Options{
		Policy: policy, Source: rollouts.NewPolicy(policy, vocabulary), Train: train, Eval: heldOut, Scorer: scorer,
		Stop: []int32{End}, Observers: []watch.Observer{shifted{observer, s.WarmupSteps}}, Dir: o.Dir, SaveRollouts: o.Dir != "",
	})
	if err != nil {
		return nil, err
	}
	out := &Outcome{Trainer: t, Policy: policy}
	look := func(sampled, greedy **trainer.Evaluation) (err error) {
		if *sampled, err = t.Evaluate(ctx, s.HeldOutSamples, trainer.Draw{Temperature: 1, TopP: 1}); err != nil {
			return err
		}
		if *greedy, err = t.Evaluate(ctx, 1, trainer.Draw{}); err != nil {
			return err
		}
		step := &watch.Step{Step: t.State().Step, Metrics: (*sampled).Metrics(s.HeldOutSamples), Samples: (*sampled).Samples}
		step.Metrics = append(step.Metrics, watch.Metric{Name: "val/greedy/mean", Value: (*greedy).Mean})
		for _, g := range (*greedy).Tasks {
			step.Metrics = append(step.Metrics, watch.Metric{Name: watch.GreedyMetric(g.Task), Value: g.Mean})
		}
		return shifted{observer, s.WarmupSteps}.Step(step)
	}
	if err := look(&out.Before, &out.GreedyBefore); err != nil {
		return nil, err
	}
	for i := range cfg.Steps {
		if err := t.Step(ctx); err != nil {
			return nil, err
		}
		if n := i + 1; s.LookEvery > 0 && n < cfg.Steps && n%s.LookEvery == 0 {
			e, err := t.Evaluate(ctx, s.HeldOutSamples, trainer.Draw{Temperature: 1, TopP: 1})
			if err != nil {
				return nil, err
			}
			step := &watch.Step{Step: t.State().Step, Metrics: e.Metrics(s.HeldOutSamples), Samples: e.Samples}
			if err := (shifted{observer, s.WarmupSteps}).Step(step); err != nil {
				return nil, err
			}
		}
	}
	if err := look(&out.After, &out.GreedyAfter); err != nil {
		return nil, err
	}
	return out, t.Save()
}

// shifted tells of steps under numbers that count on from those of the warm-up.
type shifted struct {
	watch.Observer
	by int
}

func (o shifted) Step(s *watch.Step) error {
	c := *s
	c.Step += o.by
	return o.Observer.Step(&c)
}

// The random streams of a run, beside those of the trainer.
const (
	streamInit = iota + 1000
	streamData
	streamLessons
)

// warmUp teaches the policy to imitate the teacher.
func warmUp(ctx context.Context, p backend.Policy, s Settings, seed uint64, tell func(*watch.Step) error) error {
	tasks := Tasks()
	for step := range s.WarmupSteps {
		if err := ctx.Err(); err != nil {
			return err
		}
		b := &backend.Batch{Start: []int{0}}
		for i := range s.WarmupBatch {
			n := uint64(step*s.WarmupBatch + i)
			prompt, answer, _ := tasks[i%len(tasks)].Lesson(random.NewKey(seed, streamLessons, n))
			b.Tokens = append(b.Tokens, prompt...)
			for _, token := range answer {
				b.Rows = append(b.Rows, len(b.Tokens))
				b.Tokens = append(b.Tokens, token)
			}
			b.Start = append(b.Start, len(b.Tokens))
		}
		out := &backend.Rows{LogP: make([]float64, len(b.Rows))}
		if err := p.Accumulate(ctx, b, trainer.Likelihood{Rows: len(b.Rows)}, out); err != nil {
			return fmt.Errorf("demo: warm-up step %d: %w", step+1, err)
		}
		rate := s.warmupRate(step)
		did, err := p.Update(backend.Update{LR: rate, Beta1: 0.9, Beta2: s.WarmupBeta2, Eps: 1e-8, Decay: s.WarmupDecay, Step: step + 1, MaxNorm: 1})
		if err != nil {
			return fmt.Errorf("demo: warm-up step %d: %w", step+1, err)
		}
		loss := 0.0
		for _, l := range out.LogP {
			loss -= l
		}
		err = tell(&watch.Step{Step: step + 1, Metrics: []watch.Metric{
			{Name: watch.SupervisedLoss, Value: loss / float64(len(b.Rows))}, {Name: watch.GradNorm, Value: did.GradNorm}, {Name: watch.LearningRate, Value: rate},
		}})
		if err != nil {
			return err
		}
	}
	return backend.ResetMoments(p)
}
