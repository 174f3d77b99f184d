package trainer

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/checkpoint"
	"github.com/golongrl/golongrl/trainer/rollouts"
	"github.com/golongrl/golongrl/trainer/watch"
)

// TestPromptsRefused: prompts that files and metrics could not tell apart.
func TestPromptsRefused(t *testing.T) {
	for want, change := range map[string]func(p []*rollouts.Prompt){
		`"a b" and "a_b" would share the metrics task_metrics/a_b/`: func(p []*rollouts.Prompt) { p[0].Task, p[1].Task = "a b", "a_b" },
		`characters that cannot be printed`:                         func(p []*rollouts.Prompt) { p[0].Task = "a\x1b[2J" },
		`the ID "abc" of prompt 2 is no JSON`:                       func(p []*rollouts.Prompt) { p[2].ID = "abc" },
		`prompt 3 has 9 tokens, but must have 1 to 8`:               func(p []*rollouts.Prompt) { p[3].Tokens = make([]int32, 9) },
		`prompt 3 has 0 tokens`:                                     func(p []*rollouts.Prompt) { p[3].Tokens = nil },
	} {
		o := toyOptions(t, toyPolicy(t, 1, 1))
		change(o.Train)
		if _, err := New(toyConfig(), o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

// TestSamplesRefused: what a source delivers is checked before anything uses it.
func TestSamplesRefused(t *testing.T) {
	for want, spoil := range map[string]func(s *rollouts.Sample){
		"2 tokens and 1 log-probabilities":             func(s *rollouts.Sample) { s.Tokens, s.LogP = []int32{1, 2}, []float32{-1} },
		"3 tokens, and max_response_length is 2":       func(s *rollouts.Sample) { s.Tokens, s.LogP = []int32{1, 2, 3}, nil },
		"token 1 is 10, and the vocabulary has 10":     func(s *rollouts.Sample) { s.Tokens, s.LogP = []int32{1, 10}, nil },
		"token 0 is -1, and the vocabulary has 10":     func(s *rollouts.Sample) { s.Tokens, s.LogP = []int32{-1}, nil },
		"prompt 5, sample 3: 0 tokens and 1 log-proba": func(s *rollouts.Sample) { s.Tokens, s.LogP = nil, []float32{-1} },
	} {
		tr := newToy(t, toyConfig(), func(o *Options) {
			o.Source = &brokenSource{Source: o.Source, spoil: func(_ int, s *rollouts.Sample) bool {
				if s.Index == 3 {
					spoil(s)
				}
				return true
			}}
		})
		if err := tr.Step(context.Background()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

// TestNotFiniteReward: a metric that gives no finite number leaves its rows out and
// says so, and one that panics names the prompt.
func TestNotFiniteReward(t *testing.T) {
	of := func(value func(*scoring.Record) float64) (*Trainer, *keeper, *string) {
		metric := scoring.Func("own", func(_ context.Context, r *scoring.Record) (scoring.Result, error) {
			return scoring.Result{Value: value(r)}, nil
		})
		registry, err := scoring.Builtin().With("own", func(*scoring.Options) (scoring.Metric, error) { return metric, nil })
		if err != nil {
			t.Fatal(err)
		}
		scorer, err := scoring.New(scoring.WithRegistry(registry), scoring.WithMetric("own"), scoring.WithForce())
		if err != nil {
			t.Fatal(err)
		}
		k, notes := &keeper{}, new(string)
		cfg := toyConfig()
		cfg.Filter = Keep
		return newToy(t, cfg, func(o *Options) {
			o.Scorer, o.Observers, o.Note = scorer, []watch.Observer{k}, func(s string) { *notes += s }
		}), k, notes
	}
	tr, k, notes := of(func(r *scoring.Record) float64 {
		if r.Gold.String() == "c" {
			return math.Inf(1)
		}
		return 1
	})
	if err := tr.Step(context.Background()); err != nil {
		t.Fatal(err)
	}
	if n, _ := watch.Value(k.steps[0].Metrics, "train/unscored"); n != 16 {
		t.Errorf("%v rows left out, want 16", n)
	}
	if !strings.Contains(*notes, "16 could not be judged") || !strings.Contains(*notes, "+Inf") {
		t.Errorf("the note %q", *notes)
	}
}

// TestInterruptInUpdate: an interrupt between the parts of a batch drops the update
// and keeps the run.
func TestInterruptInUpdate(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	cfg := toyConfig()
	cfg.Filter = Keep
	p := &cancelling{Policy: toyPolicy(t, 1, 1), at: 3, cancel: cancel}
	tr := newToy(t, cfg, func(o *Options) { o.Policy, o.Source, o.Dir = p, rollouts.NewPolicy(p, toyDecoder{}), dir })
	if err := tr.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if steps, err := checkpoint.Steps(filepath.Join(dir, "checkpoints")); err != nil || len(steps) != 1 || steps[0] != 2 || tr.State().Step != 2 {
		t.Errorf("checkpoints %v, %v, the run is at %d", steps, err, tr.State().Step)
	}
}

// cancelling cancels in its third gradient.
type cancelling struct {
	backend.Policy
	calls, at int
	cancel    func()
}

func (c *cancelling) Accumulate(ctx context.Context, b *backend.Batch, obj backend.Objective, out *backend.Rows) error {
	if c.calls++; c.calls == c.at {
		c.cancel()
	}
	return c.Policy.Accumulate(ctx, b, obj, out)
}

// TestSourceFails: what was learnt before a source gave up is kept.
func TestSourceFails(t *testing.T) {
	dir := t.TempDir()
	gone := errors.New("the server is gone")
	tr := newToy(t, toyConfig(), func(o *Options) {
		o.Dir, o.Source = dir, &failing{Source: o.Source, at: 4, err: gone}
	})
	if err := tr.Run(context.Background()); !errors.Is(err, gone) {
		t.Fatal(err)
	}
	if steps, err := checkpoint.Steps(filepath.Join(dir, "checkpoints")); err != nil || len(steps) != 1 || steps[0] != 3 {
		t.Errorf("checkpoints %v, %v", steps, err)
	}
}

type failing struct {
	rollouts.Source
	calls, at int
	err       error
}

func (f *failing) Generate(ctx context.Context, req *rollouts.Request, done func(rollouts.Sample)) error {
	if f.calls++; f.calls == f.at {
		return f.err
	}
	return f.Source.Generate(ctx, req, done)
}
