package trainer

import (
	"strings"
	"testing"

	"github.com/golongrl/golongrl/advantage"
	"github.com/golongrl/golongrl/advantage/loss"
)

// TestDefault holds the defaults to the paper's Table 12.
func TestDefault(t *testing.T) {
	c := Default()
	p, err := c.parse()
	if err != nil {
		t.Fatal(err)
	}
	if c.Samples != 16 || c.TrainBatch != 128 || c.GenBatch != 512 || c.MaxGenBatches != 32 || c.LR != 2e-6 || c.Warmup != 5 || c.Decay != 0.1 ||
		c.GradClip != 1 || c.MaxPrompt != 163840 || c.MaxResponse != 16384 || c.Epochs != 10 || c.PPOEpochs != 1 || c.MiniBatches != 1 {
		t.Errorf("not Table 12: %+v", c)
	}
	if want := (loss.PPO{ClipLow: 0.2, ClipHigh: 0.28, ClipC: 3}); p.loss.Surrogate != want {
		t.Errorf("surrogate %v, want %v", p.loss.Surrogate, want)
	}
	r := p.loss.Rollout
	if r.Level != loss.LevelToken || r.Lower != 0.5 || r.Upper != 5 || r.Veto != 1e-4 || r.Form != loss.FormIcePop {
		t.Errorf("rollout correction %+v", r)
	}
	if p.loss.Aggregation.Mode != loss.TokenMean || p.loss.KL.Coef != 0 || p.loss.EntropyCoef != 0 {
		t.Errorf("loss %+v", p.loss)
	}
	if e, ok := p.estimator.(advantage.TMNReweight); !ok || e.Alpha != 0.8 || e.Gamma != 1 || !e.Reweight {
		t.Errorf("estimator %v", p.estimator)
	}
}

// TestLength: the modes with a constant length have that of the longest response
// that can be, unless they say otherwise.
func TestLength(t *testing.T) {
	for mode, want := range map[string]int{
		"token-sum-norm": 9, "seq-mean-token-sum-norm": 9, "token_sum_norm(length=5)": 5, "seq-mean-token-sum-norm(length=20)": 20, "token-mean": 0, "token-sum": 0,
	} {
		c := Default()
		c.MaxResponse, c.Aggregation = 9, mode
		if p, err := c.parse(); err != nil || p.loss.Aggregation.Length != want {
			t.Errorf("%s: length %d, want %d: %v", mode, p.loss.Aggregation.Length, want, err)
		}
	}
}

func TestConfigErrors(t *testing.T) {
	for _, c := range []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) { c.Samples = 0 }, "n is 0, but must be at least 1"},
		{func(c *Config) { c.Epochs = 0 }, "epochs is 0"},
		{func(c *Config) { c.LR = -1 }, "lr is -1, but must be from 0 to 10"},
		{func(c *Config) { c.Beta2 = 1 }, "beta2 is 1, but must be at least 0 and below 1"},
		{func(c *Config) { c.Sampling.Temperature = 0 }, "greedy rollouts are all alike"},
		{func(c *Config) { c.Sampling.Temperature = 5e-324 }, "from 1e-06 to 100"},
		{func(c *Config) { c.EvalSampling.Temperature = 1e-7 }, "0, which is greedy, or from 1e-06 to 100"},
		{func(c *Config) { c.Filter = "drop" }, `filter_groups is "drop", but must be resample, skip or keep`},
		{func(c *Config) { c.Undecided = "0" }, "mask or zero"},
		{func(c *Config) { c.Order = "random" }, "proportional or balanced"},
		{func(c *Config) { c.Estimator = "tmn(" }, "estimator: "},
		{func(c *Config) { c.Estimator = "remax" }, "greedy baselines"},
		{func(c *Config) { c.Surrogate = "pp0" }, "surrogate: "},
		{func(c *Config) { c.Correction = "icepop(x=1)" }, "rollout_correction: "},
		{func(c *Config) { c.Aggregation = "mean" }, "loss_agg_mode: "},
		{func(c *Config) { c.Aggregation = "token-mean(total=7)" }, "without total, which is counted"},
		{func(c *Config) { c.KLKind = "k9" }, "kl_loss_type: "},
		{func(c *Config) { c.MiniBatches = 129 }, "at most train_batch_size, which is 128"},
		{func(c *Config) { c.EvalSamples = 0 }, "val_n is 0"},
		{func(c *Config) { c.Decay = -0.1 }, "finite and not negative"},
	} {
		cfg := Default()
		c.change(&cfg)
		if err := cfg.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("want %q, got %v", c.want, err)
		}
	}
	cfg := Default()
	cfg.Sampling.Temperature, cfg.EvalSampling.Temperature = 1e-6, 0
	if err := cfg.Check(); err != nil {
		t.Error(err)
	}
	cfg.Samples, cfg.Filter = 0, ""
	if err := cfg.Check(); err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("two mistakes are reported as %v", err)
	}
}

// TestLimits: settings whose products overflow are refused, and the largest that
// are taken do not.
func TestLimits(t *testing.T) {
	c := Default()
	c.TrainBatch, c.GenBatch, c.Samples = 1<<20, 1<<20, 1<<10
	c.MaxPrompt, c.MaxResponse, c.Steps, c.Epochs = 1<<28, 1<<28, 1<<30, 1<<20
	if err := c.Check(); err != nil {
		t.Error(err)
	}
	c.Samples++
	if err := c.Check(); err == nil || !strings.Contains(err.Error(), "train_batch_size 1048576 and n 1025 make 1074790400 responses, but there may be at most 1073741824") {
		t.Error(err)
	}
	c.MaxPrompt++
	if err := c.Check(); err == nil || !strings.Contains(err.Error(), "max_prompt_length is 268435457, but must be at most 268435456") {
		t.Error(err)
	}
}
