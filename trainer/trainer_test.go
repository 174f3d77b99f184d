package trainer

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/advantage"
	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/rollouts"
	"github.com/golongrl/golongrl/trainer/watch"
)

// TestLearns: from random weights every kind of loss learns the toy task, and with
// permuted rewards nothing is learnt.
func TestLearns(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Config)
		learns bool
	}{
		{"grpo", func(c *Config) { c.Estimator = "grpo" }, true},
		{"tmn_reweight", func(c *Config) {}, true},
		{"minibatches", func(c *Config) { c.MiniBatches, c.PPOEpochs, c.LR = 2, 2, 5e-3 }, true},
		{"gspo", func(c *Config) {
			c.Surrogate, c.Aggregation, c.MiniBatches = "gspo(clip_high=0.2,clip_low=0.2)", "seq-mean-token-mean", 2
		}, true},
		{"resample", func(c *Config) { c.Filter, c.GenBatch, c.TrainBatch, c.Steps = Resample, 8, 4, 30 }, true},
		{"ha_dw", func(c *Config) { c.Estimator, c.HADWWindow, c.HADWEta = "ha_dw", 4, 1 }, true},
		{"aepo", func(c *Config) { c.Estimator = "aepo(high=3,low=2)" }, true},
		{"balanced", func(c *Config) { c.Order = "balanced" }, true},
		{"entropy", func(c *Config) { c.EntropyCoef = 1e-3 }, true},
		{"permuted", func(c *Config) { c.Permute = true }, false},
	} {
		if testing.Short() && c.name != "minibatches" && c.name != "permuted" {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			cfg := toyConfig()
			cfg.Steps = 60
			c.change(&cfg)
			tr := newToy(t, cfg, nil)
			before := greedyReward(t, tr)
			err := tr.Run(context.Background())
			var few *advantage.SamplingError
			if err != nil && !(cfg.Filter == Resample && errors.As(err, &few)) { // learnt so well that nothing differs
				t.Fatal(err)
			}
			after := greedyReward(t, tr)
			t.Logf("%.3f to %.3f in %d updates", before, after, tr.State().Step)
			if c.learns && after < before+0.5 {
				t.Errorf("greedy reward went from %.3f to %.3f", before, after)
			}
			if !c.learns && after > before+0.25 {
				t.Errorf("greedy reward went from %.3f to %.3f without rewards", before, after)
			}
		})
	}
}

// TestKL: a large penalty keeps the policy near the reference.
func TestKL(t *testing.T) {
	kl := func(coef float64) float64 {
		cfg := toyConfig()
		cfg.Steps, cfg.MiniBatches, cfg.KLCoef = 12, 2, coef
		k := &keeper{}
		tr := newToy(t, cfg, func(o *Options) { o.Reference, o.Observers = toyPolicy(t, 1, 1), []watch.Observer{k} })
		if err := tr.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		v, ok := watch.Value(k.steps[len(k.steps)-1].Metrics, "actor/kl_loss")
		if !ok {
			t.Fatal("no actor/kl_loss")
		}
		return v
	}
	if free, held := kl(1e-9), kl(10); !(held < free/4) {
		t.Errorf("KL %g with a penalty, %g without", held, free)
	}
	cfg := toyConfig()
	cfg.KLCoef = 1
	if _, err := New(cfg, toyOptions(t, toyPolicy(t, 1, 1))); err == nil || !strings.Contains(err.Error(), "no reference policy") {
		t.Errorf("a penalty without reference: %v", err)
	}
}

// TestEntropyBonus: the bonus keeps the policy random, and its opposite does not.
func TestEntropyBonus(t *testing.T) {
	entropy := func(coef float64) float64 {
		cfg := toyConfig()
		cfg.Steps, cfg.EntropyCoef = 20, coef
		k := &keeper{}
		if err := newToy(t, cfg, func(o *Options) { o.Observers = []watch.Observer{k} }).Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		v, _ := watch.Value(k.steps[len(k.steps)-1].Metrics, watch.Entropy)
		return v
	}
	if low, none, high := entropy(-0.3), entropy(0), entropy(0.3); !(low < none && none < high) {
		t.Errorf("entropy %v, %v, %v with coefficients -0.3, 0, 0.3", low, none, high)
	}
}

// TestSameBits: equal seeds give equal metrics whatever the number of workers, and
// other seeds others.
func TestSameBits(t *testing.T) {
	run := func(workers, scorers int, seed uint64) []watch.Step {
		cfg := toyConfig()
		cfg.Steps, cfg.Seed, cfg.EvalEvery = 6, seed, 3
		k := &keeper{}
		o := toyOptions(t, toyPolicy(t, 1, workers))
		o.Observers, o.Scorers = []watch.Observer{k}, scorers
		tr, err := New(cfg, o)
		if err != nil {
			t.Fatal(err)
		}
		if err := tr.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		for i := range k.steps {
			k.steps[i].Timings, k.steps[i].Samples = nil, nil
		}
		return k.steps
	}
	a := run(1, 1, 1)
	if len(a) != 6+3 {
		t.Fatalf("%d steps reported", len(a))
	}
	if b := run(3, 4, 1); !reflect.DeepEqual(a, b) {
		t.Errorf("workers change numbers:\n%v\n%v", a[5], b[5])
	}
	if b := run(1, 1, 2); reflect.DeepEqual(a, b) {
		t.Error("the seed changes nothing")
	}
}

// TestMetrics: every metric has a name that is documented, once, and the values of
// one update are those of its rollouts.
func TestMetrics(t *testing.T) {
	var known []*regexp.Regexp
	for _, n := range watch.Names() {
		known = append(known, regexp.MustCompile("^"+regexp.MustCompile(`<[a-z]+>`).ReplaceAllString(regexp.QuoteMeta(n.Name), `[^/]+`)+"$"))
	}
	cfg := toyConfig()
	cfg.Steps, cfg.EvalEvery, cfg.EvalSamples, cfg.MiniBatches, cfg.KLCoef = 2, 1, 2, 2, 0.1
	k := &keeper{}
	tr := newToy(t, cfg, func(o *Options) { o.Observers, o.Reference = []watch.Observer{k}, toyPolicy(t, 1, 1) })
	if err := tr.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	everywhere := map[int]bool{}
	for _, s := range k.steps {
		seen := map[string]bool{}
		for _, m := range slices.Concat(s.Metrics, s.Timings) {
			if seen[m.Name] {
				t.Errorf("%s twice", m.Name)
			}
			seen[m.Name] = true
			i := slices.IndexFunc(known, func(r *regexp.Regexp) bool { return r.MatchString(m.Name) })
			if i < 0 {
				t.Errorf("%s is not in watch.Names", m.Name)
			}
			everywhere[i] = true
			if math.IsNaN(m.Value) || math.IsInf(m.Value, 0) {
				t.Errorf("%s is %v", m.Name, m.Value)
			}
		}
	}
	for i, n := range watch.Names() {
		demo := n.Name == watch.SupervisedLoss || strings.Contains(n.Name, "greedy")
		if everywhere[i] == demo {
			t.Errorf("%s is in watch.Names and never written, or is the demo's alone and written", n.Name)
		}
	}
	update := k.steps[1]
	var rewards, lengths, adv []float64
	for _, s := range update.Samples {
		rewards, lengths, adv = append(rewards, s.Reward), append(lengths, float64(s.Tokens)), append(adv, s.Advantage)
	}
	for name, want := range map[string]float64{
		"critic/score/mean": mean(rewards), "response_length/mean": mean(lengths), "prompt_length/max": 2, "training/global_step": 1,
		"actor/lr": cfg.LR / float64(cfg.Warmup), "training/epoch": 1, "train/num_gen_batches": 1,
	} {
		if got, ok := watch.Value(update.Metrics, name); !ok || math.Abs(got-want) > 1e-12 {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	if len(rewards) != 128 || extreme(adv, math.Max) <= 0 {
		t.Errorf("%d samples, advantages up to %v", len(rewards), extreme(adv, math.Max))
	}
	share := 0.0
	for _, task := range []string{"task0", "task1"} {
		v, _ := watch.Value(update.Metrics, watch.TaskMetric(task, "rate_adv"))
		share += v
	}
	if math.Abs(share-1) > 1e-12 {
		t.Errorf("the tasks' shares add up to %v", share)
	}
}

// brokenSource spoils samples of another source.
type brokenSource struct {
	rollouts.Source
	spoil func(call int, s *rollouts.Sample) bool // false: it never comes
	calls int
}

func (b *brokenSource) Generate(ctx context.Context, req *rollouts.Request, done func(rollouts.Sample)) error {
	b.calls++
	return b.Source.Generate(ctx, req, func(s rollouts.Sample) {
		if b.spoil(b.calls, &s) {
			done(s)
		}
	})
}

// TestUnscored: samples without a response or a score are counted and left out,
// and are no 0.
func TestUnscored(t *testing.T) {
	cfg := toyConfig()
	cfg.Steps, cfg.Filter = 1, Keep
	k := &keeper{}
	tr := newToy(t, cfg, func(o *Options) {
		o.Observers = []watch.Observer{k}
		o.Train[2].Record.Gold = scoring.Gold{} // bad gold
		o.Source = &brokenSource{Source: o.Source, spoil: func(_ int, s *rollouts.Sample) bool {
			if s.Prompt == 0 && s.Index < 3 {
				*s = rollouts.Sample{Prompt: 0, Index: s.Index, Err: errors.New("connection reset")}
			}
			return true
		}}
	})
	if err := tr.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	m := k.steps[0].Metrics
	for name, want := range map[string]float64{"train/failed": 3, "train/unscored": 16, "task_metrics/task0/num_rollouts": 0} {
		got, _ := watch.Value(m, name)
		if name == "task_metrics/task0/num_rollouts" {
			other, _ := watch.Value(m, "task_metrics/task1/num_rollouts")
			if got+other != 128-19 {
				t.Errorf("%v rollouts trained, want 109", got+other)
			}
		} else if got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	nan := 0
	for _, s := range k.steps[0].Samples {
		if math.IsNaN(s.Reward) {
			nan++
			if s.Result.Err == nil {
				t.Error("a sample without a score does not say why")
			}
		}
	}
	if nan != 19 {
		t.Errorf("%d samples without a reward, want 19", nan)
	}
}

// TestErrors: what goes wrong says what and where, and leaves the policy alone.
func TestErrors(t *testing.T) {
	for _, c := range []struct {
		name   string
		cfg    func(*Config)
		change func(*Options)
		want   string
	}{
		{"nothing can be judged", nil, func(o *Options) {
			for _, p := range o.Train {
				p.Record.Gold = scoring.Gold{}
			}
		}, "none of 128 responses could be judged; the first: prompt "},
		{"a sample is missing", nil, func(o *Options) {
			o.Source = &brokenSource{Source: o.Source, spoil: func(_ int, s *rollouts.Sample) bool { return s.Prompt != 1 || s.Index != 5 }}
		}, "sample 5 of prompt 1 never came"},
		{"a sample nobody asked for", nil, func(o *Options) {
			o.Source = &brokenSource{Source: o.Source, spoil: func(_ int, s *rollouts.Sample) bool { s.Index += 7; return true }}
		}, "that nobody asked for"},
		{"a sample comes twice", nil, func(o *Options) {
			o.Source = &brokenSource{Source: o.Source, spoil: func(_ int, s *rollouts.Sample) bool { s.Index = 0; return true }}
		}, "came twice"},
		{"a log-probability too few", nil, func(o *Options) {
			o.Source = &brokenSource{Source: o.Source, spoil: func(_ int, s *rollouts.Sample) bool { s.LogP = s.LogP[1:]; return true }}
		}, "tokens and "},
		{"no differences", func(c *Config) { c.Filter, c.MaxGenBatches = Resample, 3 }, func(o *Options) {
			for _, p := range o.Train {
				p.Record.Gold = scoring.Text("never")
			}
		}, "3 batches gave 0 prompts with different rewards"},
		{"log-probabilities that are no numbers", nil, func(o *Options) {
			o.Source = &brokenSource{Source: o.Source, spoil: func(_ int, s *rollouts.Sample) bool { s.LogP[0] = float32(math.NaN()); return true }}
		}, "logp_rollout"},
		{"an empty task list", func(c *Config) { c.EvalEvery = 1 }, func(o *Options) { o.Eval = nil }, "no prompts to evaluate on"},
		{"no data", nil, func(o *Options) { o.Train = nil }, "no prompts to train on"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := toyConfig()
			cfg.Steps = 1
			if c.cfg != nil {
				c.cfg(&cfg)
			}
			p := toyPolicy(t, 1, 1)
			o := toyOptions(t, p)
			c.change(&o)
			before := weights(t, p)
			tr, err := New(cfg, o)
			if err == nil {
				err = tr.Run(context.Background())
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("want %q, got %v", c.want, err)
			}
			if !slices.Equal(before, weights(t, p)) {
				t.Error("the policy has changed")
			}
		})
	}
}

func weights(t testing.TB, p backend.Policy) (all []float32) {
	t.Helper()
	for i, x := range p.Config().Tensors() {
		v := make([]float32, x.Len())
		if err := p.Read(backend.Weights, i, v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v...)
	}
	return all
}

// nanPolicy has a gradient that is no number.
type nanPolicy struct{ backend.Policy }

func (nanPolicy) Update(backend.Update) (backend.Updated, error) {
	return backend.Updated{}, &backend.NotFiniteError{GradNorm: math.NaN()}
}

// TestPostMortem: a gradient that is no number stops the run with its batch saved.
func TestPostMortem(t *testing.T) {
	dir := t.TempDir()
	tr := newToy(t, toyConfig(), func(o *Options) { o.Policy, o.Dir = nanPolicy{o.Policy}, dir })
	err := tr.Run(context.Background())
	var nan *backend.NotFiniteError
	if !errors.As(err, &nan) || !strings.Contains(err.Error(), "failed-step-000001.jsonl") {
		t.Fatalf("%v", err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "failed-step-000001.jsonl"))
	if err != nil || strings.Count(string(text), "\n") != 128 {
		t.Errorf("%v, %d lines", err, strings.Count(string(text), "\n"))
	}
}

// TestUndecided: what a metric could not judge is left out or worth 0, as
// configured.
func TestUndecided(t *testing.T) {
	for rule, want := range map[string]float64{"mask": 0, "zero": 128} {
		cfg := toyConfig()
		cfg.Steps, cfg.Filter, cfg.Undecided = 1, Keep, rule
		k := &keeper{}
		tr := newToy(t, cfg, func(o *Options) {
			o.Observers = []watch.Observer{k}
			o.Source = &brokenSource{Source: o.Source, spoil: func(_ int, s *rollouts.Sample) bool { s.Text = `\boxed{5 ivy5}`; return true }}
			for _, p := range o.Train {
				p.Record.Gold, p.Record.Metric = scoring.Text("4"), "math_verify"
			}
		})
		err := tr.Run(context.Background())
		if rule == "mask" {
			if err == nil || !strings.Contains(err.Error(), "undecided") {
				t.Errorf("mask: %v", err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		a, _ := watch.Value(k.steps[0].Metrics, "task_metrics/task0/num_rollouts")
		b, _ := watch.Value(k.steps[0].Metrics, "task_metrics/task1/num_rollouts")
		if a+b != want {
			t.Errorf("%s: %v rollouts train, want %v", rule, a+b, want)
		}
	}
}

// TestEpochs: without a number of steps a run ends before it would begin a pass
// over the data that it was not given.
func TestEpochs(t *testing.T) {
	for _, c := range []struct{ epochs, batch, want int }{{1, 8, 1}, {2, 4, 4}, {2, 3, 5}, {1, 9, 1}, {1 << 20, 1 << 20, 8}} {
		cfg := toyConfig()
		cfg.Steps, cfg.Epochs, cfg.TrainBatch, cfg.Filter = 0, c.epochs, c.batch, Keep
		tr := newToy(t, cfg, nil)
		if got := tr.Steps(); got != c.want {
			t.Errorf("%+v: %d steps", c, got)
		}
		if c.batch > 9 {
			continue
		}
		if err := tr.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		if got := tr.State().Step; got != c.want {
			t.Errorf("%+v: %d updates", c, got)
		}
	}
}
