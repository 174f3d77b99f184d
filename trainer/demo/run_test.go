package demo

import (
	"context"
	"slices"
	"testing"

	"github.com/golongrl/golongrl/trainer/watch"
)

// follow keeps the metrics of a run.
type follow struct{ metrics []watch.Metric }

func (f *follow) Step(s *watch.Step) error {
	f.metrics = append(f.metrics, s.Metrics...)
	return nil
}

func (*follow) Close() error { return nil }

// TestRun holds that a run is a function of settings and seed, whatever the
// number of workers, and that the warm-up lowers the loss. That training lifts
// the rewards takes minutes; docs/trainer.md has the table.
func TestRun(t *testing.T) {
	s := Default()
	s.WarmupSteps, s.WarmupBatch, s.WarmupRampSteps, s.HeldOut, s.Pool = 6, 36, 1, 2, 8
	s.Train.Steps = 2
	run := func(seed uint64, workers int) []watch.Metric {
		t.Helper()
		f := &follow{}
		if _, err := Run(context.Background(), s, Options{Seed: seed, Workers: workers, Observers: []watch.Observer{f}}); err != nil {
			t.Fatal(err)
		}
		return f.metrics
	}
	one, two, other := run(1, 1), run(1, 2), run(2, 2)
	if !slices.Equal(one, two) {
		t.Error("workers change numbers")
	}
	if slices.Equal(two, other) {
		t.Error("the seed changes nothing")
	}
	var loss []float64
	for _, m := range one {
		if m.Name == watch.SupervisedLoss {
			loss = append(loss, m.Value)
		}
	}
	if len(loss) != s.WarmupSteps || !(loss[len(loss)-1] < loss[0]) {
		t.Errorf("supervised losses %v", loss)
	}
}
