package main

import (
	"fmt"
	"time"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/cuda/internal/engine"
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/demo"
	"github.com/golongrl/golongrl/trainer/model"
)

// demoSize is how long the demo trains.
type demoSize struct {
	set   func(*demo.Settings) // changes the default settings
	rise  float64              // of the mean reward that shows learning
	near  float64              // how far the reward at the end may be from the CPU's
	takes time.Duration
}

// demo is the stage of the training demo: nine small tasks learned from random
// weights, on the CPU and on the device from the same seed. Samples are drawn from
// log-probabilities that differ in the last digits, so that the runs part sooner or
// later; what they learn is the same within the noise of training.
func (v *verifier) demo() []work {
	onDevice := func(precision gpu.Type) func(model.Config) (backend.Policy, error) {
		return func(cfg model.Config) (backend.Policy, error) {
			p, err := engine.New(v.dev, cfg, engine.Options{Precision: precision, MaxTokens: cfg.MaxLen})
			if err != nil {
				return nil, err
			}
			return p, nil
		}
	}
	takes := v.sizes.demo.takes
	return []work{
		{"CPU", takes, func(p *Piece) error { return v.learn(p, nil) }},
		{"f32", takes, func(p *Piece) error { return v.learn(p, onDevice(gpu.F32)) }},
		{"bf16", takes, func(p *Piece) error { return v.learn(p, onDevice(gpu.BF16)) }},
	}
}

func (v *verifier) learn(p *Piece, open func(model.Config) (backend.Policy, error)) (err error) {
	size := v.sizes.demo
	s := demo.Default()
	size.set(&s)
	out, err := demo.Run(v.ctx, s, demo.Options{Seed: 1, Workers: v.sizes.workers, Open: open})
	if err != nil {
		return err
	}
	defer closing(out.Policy, &err)
	p.add("before", out.Before.Mean, "")
	p.add("after", out.After.Mean, "")
	p.add("greedy before", out.GreedyBefore.Mean, "")
	p.add("greedy after", out.GreedyAfter.Mean, "")
	if rise := out.After.Mean - out.Before.Mean; !(rise >= size.rise) {
		p.fail("the mean reward rises by %.3f, less than %.3f", rise, size.rise)
	}
	if cpu, ok := v.report.piece(stageDemo, "CPU").value("after"); ok && open != nil {
		if d := out.After.Mean - cpu; !(d >= -size.near) {
			p.fail("the mean reward ends %.3f below the CPU's, more than %.3f", -d, size.near)
		}
	}
	if err := v.ctx.Err(); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return nil
}
