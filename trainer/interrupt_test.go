package trainer

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/golongrl/golongrl/trainer/checkpoint"
	"github.com/golongrl/golongrl/trainer/rollouts"
	"github.com/golongrl/golongrl/trainer/watch"
)

// cutSource ends a context in a call of Generate, and publishes with an error if
// it is asked to.
type cutSource struct {
	rollouts.Source
	calls, at int // of Generate; 0: never
	cancel    func()
	publish   func(version int) error
}

func (s *cutSource) Generate(ctx context.Context, req *rollouts.Request, done func(rollouts.Sample)) error {
	if s.calls++; s.calls == s.at {
		s.cancel()
	}
	return s.Source.Generate(ctx, req, done)
}

func (s *cutSource) Publish(_ context.Context, version int, _ func(string) error) error {
	if s.publish == nil {
		return nil
	}
	return s.publish(version)
}

// cutRun runs in a folder as toyRun does, from a source that ends it.
func cutRun(t *testing.T, dir string, cut func(*cutSource)) (*Trainer, error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	o := toyOptions(t, toyPolicy(t, 1, 2))
	source := &cutSource{Source: o.Source, cancel: cancel}
	o.Dir, o.SaveRollouts, o.Source, o.Export = dir, true, source, func(string) error { return nil }
	if cut != nil {
		cut(source)
	}
	cfg := resumeConfig()
	cfg.Steps = 8
	tr, err := New(cfg, o)
	if err != nil {
		t.Fatal(err)
	}
	step := -1
	if begun, err := tr.Resume(); err != nil {
		t.Fatal(err)
	} else if begun {
		step = tr.State().Step
	}
	m, err := watch.NewMetrics(filepath.Join(dir, "metrics.jsonl"), step)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	tr.Observe(m)
	return tr, tr.Run(ctx)
}

// TestInterruptAnywhere interrupts in every kind of request, in evaluations too:
// the run saves where it is and, when it goes on, ends as one that was never
// interrupted.
func TestInterruptAnywhere(t *testing.T) {
	whole := t.TempDir()
	if _, err := cutRun(t, whole, nil); err != nil {
		t.Fatal(err)
	}
	want := files(t, whole)
	// Calls 1, 6 and 11 are evaluations.
	for _, at := range []int{1, 2, 6, 7, 11} {
		dir := t.TempDir()
		tr, err := cutRun(t, dir, func(s *cutSource) { s.at = at })
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("call %d: %v", at, err)
		}
		steps, err := checkpoint.Steps(filepath.Join(dir, "checkpoints"))
		if s := tr.State(); s.Step == 0 && s.Evaluated == 0 { // nothing to keep
			if err != nil || len(steps) != 0 {
				t.Errorf("call %d: checkpoints %v, %v", at, steps, err)
			}
		} else if err != nil || len(steps) == 0 || steps[0] != s.Step {
			t.Errorf("call %d: checkpoints %v, %v; the run was at %d", at, steps, err, tr.State().Step)
		}
		if _, err := cutRun(t, dir, nil); err != nil {
			t.Fatalf("call %d, resumed: %v", at, err)
		}
		sameFiles(t, files(t, dir), want)
	}
}

// TestPublishFails: an update whose weights do not get to the source is kept.
func TestPublishFails(t *testing.T) {
	dir := t.TempDir()
	broken := errors.New("the server is gone")
	tr, err := cutRun(t, dir, func(s *cutSource) {
		s.publish = func(version int) error {
			if version == 5 {
				return broken
			}
			return nil
		}
	})
	steps, _ := checkpoint.Steps(filepath.Join(dir, "checkpoints"))
	if !errors.Is(err, broken) || tr.State().Step != 5 || len(steps) == 0 || steps[0] != 5 {
		t.Fatalf("%v at %d, checkpoints %v", err, tr.State().Step, steps)
	}
	past, err := watch.ReadSteps(filepath.Join(dir, "metrics.jsonl"))
	if err != nil || past[len(past)-1].Step != 5 {
		t.Errorf("metrics end before update 5: %v", err)
	}
}

// TestLeftovers: what a killed process leaves of a file is taken away.
func TestLeftovers(t *testing.T) {
	dir := t.TempDir()
	left := filepath.Join(dir, "rollouts", ".step-000001.jsonl.77.0.tmp")
	other := filepath.Join(dir, "rollouts", "notes.tmp")
	if err := os.Mkdir(filepath.Dir(left), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{left, other} {
		if err := os.WriteFile(name, []byte("{"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	tr := newToy(t, resumeConfig(), func(o *Options) { o.Dir = dir })
	if _, err := tr.Resume(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there", left)
	}
	if _, err := os.Stat(other); err != nil {
		t.Errorf("a file of somebody else: %v", err)
	}
}
