package trainer

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/advantage/loss"
	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/trainer/rollouts"
	"github.com/golongrl/golongrl/trainer/watch"
)

// editedSource edits samples of another source. Prompts that come more than once
// are told apart by their place in the request, s.Prompt.
type editedSource struct {
	rollouts.Source
	edit  func(p *rollouts.Prompt, s *rollouts.Sample)
	asked int
}

func (e *editedSource) Generate(ctx context.Context, req *rollouts.Request, done func(rollouts.Sample)) error {
	return e.Source.Generate(ctx, req, func(s rollouts.Sample) {
		e.asked++
		e.edit(req.Prompts[s.Prompt], &s)
		done(s)
	})
}

func edited(t testing.TB, c Config, edit func(*rollouts.Prompt, *rollouts.Sample), change func(*Options)) *Trainer {
	return newToy(t, c, func(o *Options) {
		o.Source = &editedSource{Source: o.Source, edit: edit}
		if change != nil {
			change(o)
		}
	})
}

// lose is a source without two samples and without a whole prompt, with a response
// of no tokens and one without log-probabilities.
func lose(_ *rollouts.Prompt, s *rollouts.Sample) {
	switch {
	case s.Prompt == 1 && (s.Index == 0 || s.Index == 7), s.Prompt == 4:
		*s = rollouts.Sample{Prompt: s.Prompt, Index: s.Index, Err: errors.New("timeout")}
	case s.Prompt == 2 && s.Index == 5:
		s.Tokens, s.LogP, s.Text = []int32{}, []float32{}, ""
	case s.Prompt == 3 && s.Index == 1:
		s.LogP = nil
	}
}

// TestResumeLost: a run whose source had lost samples goes on from its recording as
// if it had never been killed: what was lost stays lost.
func TestResumeLost(t *testing.T) {
	dir := t.TempDir()
	cfg := resumeConfig()
	cfg.EvalEvery, cfg.Filter = 0, Keep
	open := func() (*Trainer, *keeper, *editedSource) {
		k := &keeper{}
		var source *editedSource
		tr := edited(t, cfg, lose, func(o *Options) {
			source = o.Source.(*editedSource)
			o.Dir, o.SaveRollouts, o.Unrepeatable, o.Observers = dir, true, true, []watch.Observer{k}
			o.Scorer = goldenScorer(t) // of a metric that needs no reference
			for _, p := range o.Train {
				p.Record = scoring.Record{}
			}
			source.edit = func(p *rollouts.Prompt, s *rollouts.Sample) {
				s.Text = fmt.Sprint(s.Index * s.Index % 5)
				lose(p, s)
				if s.Err == nil && len(s.Tokens) == 0 {
					s.Text = "0"
				}
			}
			o.Note = func(text string) {
				if strings.Contains(text, "cannot be used") {
					t.Error(text)
				}
			}
		})
		return tr, k, source
	}
	a, want, _ := open()
	if err := a.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	recorded := files(t, dir)
	if n := strings.Count(recorded["rollouts/step-000001.jsonl"], `"prompt_tokens"`); n != 7 {
		t.Errorf("the tokens of 7 prompts are written %d times", n)
	}

	b, got, source := open() // killed before its first checkpoint
	if ok, err := b.Resume(); ok || err != nil {
		t.Fatal(ok, err)
	}
	if err := b.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	if source.asked != 0 {
		t.Errorf("%d samples were asked for again", source.asked)
	}
	x, y := want.steps[0], got.steps[0]
	if !reflect.DeepEqual(x.Metrics, y.Metrics) {
		t.Errorf("metrics %v, uninterrupted %v", y.Metrics, x.Metrics)
	}
	if v, _ := watch.Value(y.Metrics, "train/failed"); v != 18 {
		t.Errorf("%v samples failed, want 18", v)
	}
	for i, s := range y.Samples {
		w := x.Samples[i]
		if s.ID != w.ID || s.Index != w.Index || s.Response != w.Response || s.Advantage != w.Advantage || (s.Result.Err == nil) != (w.Result.Err == nil) {
			t.Errorf("sample %d of prompt %s: %+v, uninterrupted %+v", w.Index, w.ID, s, w)
		}
	}
	if !reflect.DeepEqual(a.State(), b.State()) || !slices.Equal(weights(t, a.o.Policy), weights(t, b.o.Policy)) {
		t.Error("the recorded rollouts teach something else")
	}
	sameFiles(t, files(t, dir), recorded)
	if err := b.Step(t.Context()); err != nil || source.asked != 128 {
		t.Errorf("the update behind it: %v, %d samples asked for", err, source.asked)
	}
}

// TestNoLogProbabilities: where a source does not say how probable its tokens were,
// nothing is corrected, and a person is told once.
func TestNoLogProbabilities(t *testing.T) {
	const told = "have no log-probabilities"
	run := func(minis int, correction string, edit func(*rollouts.Prompt, *rollouts.Sample)) ([]float32, []string) {
		cfg := toyConfig()
		cfg.Steps, cfg.MiniBatches, cfg.Correction = 3, minis, correction
		var notes []string
		tr := edited(t, cfg, edit, func(o *Options) { o.Note = func(s string) { notes = append(notes, s) } })
		if err := tr.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		return weights(t, tr.o.Policy), notes
	}
	off := func(s *rollouts.Sample) {
		for i := range s.LogP {
			s.LogP[i] -= 3 // a ratio that icepop drops
		}
	}
	none := func(_ *rollouts.Prompt, s *rollouts.Sample) { s.LogP = nil }
	some := func(_ *rollouts.Prompt, s *rollouts.Sample) {
		if off(s); s.Prompt < 5 {
			s.LogP = nil
		}
	}
	all := func(_ *rollouts.Prompt, s *rollouts.Sample) { off(s) }
	for _, minis := range []int{1, 2} {
		correction := Default().Correction
		plain, notes := run(minis, "none", func(*rollouts.Prompt, *rollouts.Sample) {})
		if len(notes) != 0 {
			t.Errorf("notes %q", notes)
		}
		got, notes := run(minis, correction, none)
		if !slices.Equal(got, plain) {
			t.Errorf("%d minibatches: without log-probabilities something is corrected", minis)
		}
		if len(notes) != 1 || !strings.Contains(notes[0], told) {
			t.Errorf("notes %q, want one", notes)
		}
		dropped, notes := run(minis, correction, all)
		if len(notes) != 1 || !strings.Contains(notes[0], "takes 100 % of the tokens") {
			t.Errorf("notes %q, want one", notes)
		}
		part, notes := run(minis, correction, some)
		// The policy samples here, so that its log-probabilities are those of the
		// engine but for rounding.
		given, _ := run(minis, correction, func(_ *rollouts.Prompt, s *rollouts.Sample) {
			if s.Prompt >= 5 {
				off(s)
			}
		})
		for what, other := range map[string][]float32{"all": plain, "none": dropped} {
			if near, far := apart(part, given), apart(part, other); !(near < far/100) {
				t.Errorf("%d minibatches: without some log-probabilities %g from the policy's own, %g from %s missing", minis, near, far, what)
			}
		}
		if strings.Count(strings.Join(notes, ""), told) != 1 {
			t.Errorf("notes %q, want one that says so", notes)
		}
	}
}

// apart is the norm of the difference.
func apart(a, b []float32) float64 {
	var s float64
	for i, x := range a {
		d := float64(x) - float64(b[i])
		s += d * d
	}
	return math.Sqrt(s)
}

// TestTokenErrorNames: a token that cannot be used is named as a person finds it in
// the rollouts, whatever was left out before it.
func TestTokenErrorNames(t *testing.T) {
	for _, correction := range []string{"icepop", "icepop(veto=0.0001)"} {
		cfg := toyConfig()
		cfg.MiniBatches, cfg.Correction = 2, correction
		var prompt *rollouts.Prompt
		tr := edited(t, cfg, func(p *rollouts.Prompt, s *rollouts.Sample) {
			s.Tokens, s.LogP, s.Text = []int32{2, 0}, []float32{-1, -1}, p.Record.Gold.String()
			switch {
			case s.Prompt == 0: // all equal, and skipped
			case s.Index%2 == 0:
				s.Text = "zzz"
			case s.Prompt == 6 && s.Index == 1:
				*s = rollouts.Sample{Prompt: s.Prompt, Index: s.Index, Err: errors.New("lost")}
			case s.Prompt == 6 && s.Index == 3:
				prompt, s.LogP[1] = p, float32(math.Inf(-1))
			}
		}, nil)
		err := tr.Step(t.Context())
		var at *loss.TokenError
		if !errors.As(err, &at) || !strings.Contains(err.Error(), "prompt "+prompt.ID+", sample 3, token 1: ") {
			t.Errorf("%s: %v, want prompt %s, sample 3, token 1", correction, err, prompt.ID)
		}
	}
}

// TestEmptyResponse: a response without tokens teaches nothing and breaks nothing.
func TestEmptyResponse(t *testing.T) {
	for _, mode := range loss.Modes() {
		cfg := toyConfig()
		cfg.Steps, cfg.MiniBatches, cfg.Aggregation = 3, 3, mode
		k := &keeper{}
		tr := edited(t, cfg, func(_ *rollouts.Prompt, s *rollouts.Sample) {
			if s.Prompt%2 == 0 && s.Index%4 == 3 || s.Prompt == 5 {
				s.Tokens, s.LogP, s.Text = nil, nil, ""
			}
		}, func(o *Options) { o.Observers = []watch.Observer{k} })
		if err := tr.Run(t.Context()); err != nil {
			t.Errorf("%s: %v", mode, err)
			continue
		}
		if v, ok := watch.Value(k.steps[2].Metrics, "response_length/min"); !ok || v != 0 {
			t.Errorf("%s: shortest response %v", mode, v)
		}
	}
}

// TestPostMortemOfRollouts: a batch with numbers that JSON does not have is kept.
func TestPostMortemOfRollouts(t *testing.T) {
	dir := t.TempDir()
	cfg := toyConfig()
	cfg.Filter = Keep
	tr := edited(t, cfg, func(_ *rollouts.Prompt, s *rollouts.Sample) {
		if s.Prompt == 3 {
			s.LogP[0] = float32(math.NaN())
		}
	}, func(o *Options) { o.Dir = dir })
	err := tr.Step(t.Context())
	if err == nil || !strings.Contains(err.Error(), "logp_rollout is NaN") || !strings.Contains(err.Error(), "failed-step-000001.jsonl") {
		t.Fatal(err)
	}
	text := files(t, dir)["failed-step-000001.jsonl"]
	if lines, with := strings.Count(text, "\n"), strings.Count(text, `"logprobs"`); lines != 128 || with != 112 {
		t.Errorf("%d rollouts, %d with log-probabilities", lines, with)
	}
}
