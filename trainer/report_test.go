package trainer

import (
	"errors"
	"math"
	"strconv"
	"testing"

	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/trainer/rollouts"
	"github.com/golongrl/golongrl/trainer/watch"
)

// reported returns the metrics of one update in which samples are edited. Texts are
// rewards.
func reported(t *testing.T, c Config, prompts int, edit func(*rollouts.Prompt, *rollouts.Sample)) func(name string) float64 {
	t.Helper()
	k := &keeper{}
	tr := edited(t, c, edit, func(o *Options) {
		o.Scorer, o.Observers, o.Train, o.Eval = goldenScorer(t), []watch.Observer{k}, toyPrompts(1)[:prompts], nil
		for _, p := range o.Train {
			p.Record = scoring.Record{}
		}
	})
	if err := tr.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	return func(name string) float64 {
		v, ok := watch.Value(k.steps[0].Metrics, name)
		if !ok {
			return math.NaN()
		}
		return v
	}
}

func wantMetrics(t *testing.T, what string, get func(string) float64, want map[string]float64) {
	t.Helper()
	for name, v := range want {
		if got := get(name); !(math.Abs(got-v) < 1e-12) && !(math.IsNaN(v) && math.IsNaN(got)) {
			t.Errorf("%s: %s is %v, want %v", what, name, got, v)
		}
	}
}

// TestOnePrompt: a prompt that comes several times in a batch is several prompts.
func TestOnePrompt(t *testing.T) {
	equal := func(_ *rollouts.Prompt, s *rollouts.Sample) { s.Text = "0.5" }
	mixed := func(_ *rollouts.Prompt, s *rollouts.Sample) {
		if s.Text = "0"; s.Prompt < 6 && s.Index < 4 {
			s.Text = "1"
		}
	}
	cfg := toyConfig() // 8 prompts, 16 samples
	wantMetrics(t, "all equal", reported(t, cfg, 1, equal), map[string]float64{
		"train/filtered_fraction": 1, "task_metrics/task0/filtered_fraction": 1, "critic/score/mean": 0.5, "difficulty/mean_pass_rate": math.NaN(),
		"critic/rewards/mean": math.NaN(), "actor/entropy": math.NaN(), "actor/grad_norm": math.NaN(), "task_metrics/task0/sqrt_mean_var": math.NaN(),
	})
	wantMetrics(t, "two of eight equal", reported(t, cfg, 1, mixed), map[string]float64{
		"train/filtered_fraction": 0.25, "task_metrics/task0/filtered_fraction": 0.25, "task_metrics/task0/num_queries": 6,
		"task_metrics/task0/num_rollouts": 96, "difficulty/mean_pass_rate": 0.25,
	})
	cfg.Filter = Keep
	wantMetrics(t, "kept", reported(t, cfg, 1, mixed), map[string]float64{
		"train/filtered_fraction": 0, "task_metrics/task0/filtered_fraction": 0, "task_metrics/task0/num_queries": 8,
	})
	cfg.Filter, cfg.GenBatch, cfg.TrainBatch = Resample, 4, 5
	wantMetrics(t, "resampled", reported(t, cfg, 1, func(p *rollouts.Prompt, s *rollouts.Sample) {
		if mixed(p, s); s.Prompt == 3 {
			s.Text = "1"
		}
	}), map[string]float64{
		"train/num_gen_batches": 2, "train/filtered_fraction": 0.25, "task_metrics/task0/filtered_fraction": 0.25, "task_metrics/task0/num_queries": 5,
	})
	cfg.GenBatch, cfg.TrainBatch = 1, 3
	at := 0
	wantMetrics(t, "one by one", reported(t, cfg, 1, func(_ *rollouts.Prompt, s *rollouts.Sample) {
		if s.Text = "0"; at/cfg.Samples != 1 && at%cfg.Samples < 4 {
			s.Text = "1"
		}
		at++
	}), map[string]float64{
		"train/num_gen_batches": 4, "train/filtered_fraction": 0.25, "task_metrics/task0/filtered_fraction": 0.25, "task_metrics/task0/num_queries": 3,
	})
}

// TestSingleSamples: a prompt with one response that could be judged has no
// deviation, and counts neither in the pass rate nor in the scale, as the
// estimators have it.
func TestSingleSamples(t *testing.T) {
	cfg := toyConfig()
	cfg.TrainBatch, cfg.GenBatch, cfg.Samples, cfg.Filter = 2, 2, 4, Keep
	for _, estimator := range []string{"tmn_reweight", "grpo"} {
		cfg.Estimator = estimator
		wantMetrics(t, estimator, reported(t, cfg, 2, func(_ *rollouts.Prompt, s *rollouts.Sample) {
			if s.Text = "0"; s.Index == 0 {
				s.Text = "1"
			} else if s.Prompt == 1 {
				*s = rollouts.Sample{Prompt: s.Prompt, Index: s.Index, Err: errors.New("lost")}
			}
		}), map[string]float64{
			"train/failed": 3, "difficulty/mean_pass_rate": 0.25, "task_metrics/task0/sqrt_mean_var": 0.5, "task_metrics/task0/num_queries": 2,
			"task_metrics/task0/num_rollouts": 5, "critic/advantages/min": map[string]float64{"tmn_reweight": -0.5 / (1 + 2e-6) / math.Exp(0.25), "grpo": -0.5 / (1 + 2e-6)}[estimator],
		})
	}
	// Nothing but single samples.
	wantMetrics(t, "singles", reported(t, cfg, 2, func(_ *rollouts.Prompt, s *rollouts.Sample) {
		if s.Text = "1"; s.Index > 0 {
			*s = rollouts.Sample{Prompt: s.Prompt, Index: s.Index, Err: errors.New("lost")}
		}
	}), map[string]float64{"difficulty/mean_pass_rate": math.NaN(), "task_metrics/task0/sqrt_mean_var": math.NaN(), "critic/advantages/max": 0})
}

// TestPassRateRounding: a reward that equals the mean but for rounding does not
// pass, in whatever order the samples come.
func TestPassRateRounding(t *testing.T) {
	rewards := []float64{0.1, 0.2, 0.3}
	for _, order := range [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		for _, estimator := range []string{"grpo", "tmn_reweight", "tmn_reweight(alpha=0.3)"} {
			cfg := toyConfig()
			cfg.TrainBatch, cfg.GenBatch, cfg.Samples, cfg.Estimator = 2, 2, 3, estimator
			wantMetrics(t, estimator, reported(t, cfg, 2, func(_ *rollouts.Prompt, s *rollouts.Sample) {
				s.Text = strconv.FormatFloat(rewards[order[s.Index]], 'g', -1, 64)
			}), map[string]float64{"difficulty/mean_pass_rate": 1.0 / 3})
		}
	}
}

// TestClipRatio: a response of the greatest length counts as cut off even if its
// last token ended it, as verl has it; one that was lost has no length.
func TestClipRatio(t *testing.T) {
	cfg := toyConfig()
	cfg.TrainBatch, cfg.GenBatch, cfg.Samples, cfg.MaxResponse = 2, 2, 4, 2
	wantMetrics(t, "lengths", reported(t, cfg, 2, func(_ *rollouts.Prompt, s *rollouts.Sample) {
		s.Text, s.Tokens, s.LogP, s.Stopped = strconv.Itoa(s.Index%2), []int32{2, 0}, []float32{-1, -1}, s.Prompt == 0
		switch {
		case s.Index == 1:
			s.Tokens, s.LogP = []int32{0}, []float32{-1}
		case s.Prompt == 1 && s.Index == 2:
			*s = rollouts.Sample{Prompt: s.Prompt, Index: s.Index, Err: errors.New("lost")}
		}
	}), map[string]float64{
		"response_length/clip_ratio": 5.0 / 7, "response_length/mean": 12.0 / 7, "response_length/max": 2, "response_length/min": 1, "prompt_length/mean": 2,
	})
}
