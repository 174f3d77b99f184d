package trainer

import (
	"errors"
	"fmt"
	"math"

	"github.com/golongrl/golongrl/advantage"
	"github.com/golongrl/golongrl/advantage/loss"
	"github.com/golongrl/golongrl/trainer/backend"
)

// A Config is everything that decides what a trainer computes, beside the policy
// and the data. Checkpoints hold it, and a run goes on only under the one that it
// began with.
//
// The values of [Default] are those of the paper's Table 12.
type Config struct {
	Seed uint64 `yaml:"seed" json:"seed"`

	// Steps is the number of updates; 0 is as many as Epochs passes over the data
	// have prompts for.
	Steps  int `yaml:"steps" json:"steps"`
	Epochs int `yaml:"epochs" json:"epochs"`

	// Order is "proportional": prompts come in a random order, so that tasks have
	// their share of the data; or "balanced": tasks take turns.
	Order string `yaml:"order" json:"order"`

	TrainBatch    int     `yaml:"train_batch_size" json:"train_batch_size"`       // prompts per update
	GenBatch      int     `yaml:"gen_batch_size" json:"gen_batch_size"`           // prompts per generation batch
	MaxGenBatches int     `yaml:"max_num_gen_batches" json:"max_num_gen_batches"` // per update, for Filter resample; 0: no limit
	Filter        Filter  `yaml:"filter_groups" json:"filter_groups"`             // of prompts whose rewards are all equal
	Samples       int     `yaml:"n" json:"n"`                                     // responses per prompt
	MaxPrompt     int     `yaml:"max_prompt_length" json:"max_prompt_length"`     // tokens; New refuses longer ones, package dataset leaves them out
	MaxResponse   int     `yaml:"max_response_length" json:"max_response_length"` // tokens
	Sampling      Draw    `yaml:"sampling" json:"sampling"`                       // of training rollouts
	Estimator     string  `yaml:"estimator" json:"estimator"`                     // of advantages, as [advantage.Parse] reads it
	Surrogate     string  `yaml:"surrogate" json:"surrogate"`                     // as [loss.ParseSurrogate] reads it
	Correction    string  `yaml:"rollout_correction" json:"rollout_correction"`   // as [loss.ParseCorrection] reads it
	Aggregation   string  `yaml:"loss_agg_mode" json:"loss_agg_mode"`             // as [loss.ParseAggregation] reads it
	HADWWindow    int     `yaml:"ha_dw_window" json:"ha_dw_window"`               // batches that ha_dw remembers; 0: the batch alone
	HADWEta       float64 `yaml:"ha_dw_eta" json:"ha_dw_eta"`
	KLKind        string  `yaml:"kl_loss_type" json:"kl_loss_type"` // as [loss.ParseKLKind] reads it
	KLCoef        float64 `yaml:"kl_loss_coef" json:"kl_loss_coef"` // 0: no penalty and no reference policy
	EntropyCoef   float64 `yaml:"entropy_coeff" json:"entropy_coeff"`
	MiniBatches   int     `yaml:"mini_batches" json:"mini_batches"` // updates per batch of rollouts; 1 is strictly on-policy
	PPOEpochs     int     `yaml:"ppo_epochs" json:"ppo_epochs"`     // passes over a batch of rollouts

	LR       float64 `yaml:"lr" json:"lr"`
	Warmup   int     `yaml:"lr_warmup_steps" json:"lr_warmup_steps"` // update i has LR min(1, i/Warmup)
	Beta1    float64 `yaml:"beta1" json:"beta1"`
	Beta2    float64 `yaml:"beta2" json:"beta2"`
	AdamEps  float64 `yaml:"adam_eps" json:"adam_eps"`
	Decay    float64 `yaml:"weight_decay" json:"weight_decay"`
	GradClip float64 `yaml:"grad_clip" json:"grad_clip"` // norm of the whole gradient; 0: none

	// Undecided says what a response is worth that its metric could not judge
	// within its rules or its budget (status undecided or over_budget): "mask"
	// leaves it out of the update, "zero" gives it 0, so that writing what nobody
	// can judge does not pay. Rows whose reference answer or metric is at fault are
	// always left out.
	Undecided string `yaml:"undecided" json:"undecided"`

	// Permute deals rewards out at random inside every group: a control run, whose
	// policy learns nothing but what training by itself does to it.
	Permute bool `yaml:"permute_rewards" json:"permute_rewards"`

	EvalEvery    int  `yaml:"test_freq" json:"test_freq"` // updates; 0: never
	EvalSamples  int  `yaml:"val_n" json:"val_n"`
	EvalSampling Draw `yaml:"val_sampling" json:"val_sampling"`

	SaveEvery int `yaml:"save_freq" json:"save_freq"` // updates; 0: at the end only
}

// A Draw says how tokens are drawn.
type Draw struct {
	Temperature float64 `yaml:"temperature" json:"temperature"` // 0: greedy
	TopP        float64 `yaml:"top_p" json:"top_p"`             // 1: off
	TopK        int     `yaml:"top_k" json:"top_k"`             // 0 or -1: off
}

// A Filter says what becomes of prompts whose rewards are all equal, which have
// nothing to teach.
type Filter string

// The filters.
const (
	// Resample leaves them out and generates until TrainBatch prompts are left;
	// MaxGenBatches without them are an error. This is the recipe's filter_groups.
	Resample Filter = "resample"
	// Skip leaves them out; an update has what is left, and is none if nothing is.
	Skip Filter = "skip"
	// Keep keeps them; they count in the statistics of their task.
	Keep Filter = "keep"
)

// Default returns the configuration of the paper.
//
// Source: Table 12 and, for what it does not list (batches, filter, order,
// sampling, alpha), the released qwen3-4B-tmn-reweight.sh and sections 5.1 and
// 5.3. The released scheduler has learning rate 0 in the first update; here it
// has LR/Warmup.
func Default() Config {
	return Config{
		Epochs: 10, Order: "proportional",
		TrainBatch: 128, GenBatch: 512, MaxGenBatches: 32, Filter: Resample, Samples: 16,
		MaxPrompt: 160 << 10, MaxResponse: 16 << 10, Sampling: Draw{1, 1, 0},
		Estimator: "tmn_reweight", Surrogate: "ppo", Correction: "icepop(veto=0.0001)", Aggregation: "token-mean", KLKind: "k3",
		MiniBatches: 1, PPOEpochs: 1,
		LR: 2e-6, Warmup: 5, Beta1: 0.9, Beta2: 0.999, AdamEps: 1e-8, Decay: 0.1, GradClip: 1,
		EvalEvery: 10, EvalSamples: 1, EvalSampling: Draw{0.6, 0.95, 0},
		SaveEvery: 5, Undecided: "mask",
	}
}

// Limits beyond which a setting is a slip of the pen. With them no product or sum
// of settings overflows.
const (
	maxCount  = 1 << 30
	maxBatch  = 1 << 20
	maxTokens = 1 << 28
)

// parsed is a Config as the trainer uses it.
type parsed struct {
	estimator advantage.Estimator
	loss      loss.Config
}

// Check reports everything that is wrong with c.
func (c Config) Check() error {
	_, err := c.parse()
	return err
}

func (c Config) parse() (parsed, error) {
	var p parsed
	var errs []error
	bad := func(key string, value any, want string) {
		errs = append(errs, fmt.Errorf("%s is %v, but must be %s", key, value, want))
	}
	for _, f := range []struct {
		key    string
		v, min int
	}{
		{"steps", c.Steps, 0}, {"train_batch_size", c.TrainBatch, 1}, {"gen_batch_size", c.GenBatch, 1}, {"max_num_gen_batches", c.MaxGenBatches, 0},
		{"n", c.Samples, 1}, {"max_prompt_length", c.MaxPrompt, 1}, {"max_response_length", c.MaxResponse, 1}, {"mini_batches", c.MiniBatches, 1},
		{"ppo_epochs", c.PPOEpochs, 1}, {"lr_warmup_steps", c.Warmup, 0}, {"test_freq", c.EvalEvery, 0}, {"save_freq", c.SaveEvery, 0}, {"ha_dw_window", c.HADWWindow, 0},
	} {
		if f.v < f.min {
			bad(f.key, f.v, fmt.Sprintf("at least %d", f.min))
		}
	}
	for _, f := range []struct {
		key    string
		v, max int
	}{
		{"steps", c.Steps, maxCount}, {"epochs", c.Epochs, maxBatch}, {"train_batch_size", c.TrainBatch, maxBatch}, {"gen_batch_size", c.GenBatch, maxBatch},
		{"max_num_gen_batches", c.MaxGenBatches, maxBatch}, {"n", c.Samples, maxBatch}, {"max_prompt_length", c.MaxPrompt, maxTokens}, {"max_response_length", c.MaxResponse, maxTokens},
		{"ppo_epochs", c.PPOEpochs, maxBatch}, {"lr_warmup_steps", c.Warmup, maxCount}, {"val_n", c.EvalSamples, maxBatch}, {"ha_dw_window", c.HADWWindow, maxBatch},
	} {
		if f.v > f.max {
			bad(f.key, f.v, fmt.Sprintf("at most %d", f.max))
		}
	}
	for _, f := range []struct {
		key string
		v   int
	}{{"train_batch_size", c.TrainBatch}, {"gen_batch_size", c.GenBatch}} {
		if f.v <= maxBatch && c.Samples <= maxBatch && int64(f.v)*int64(c.Samples) > maxCount {
			errs = append(errs, fmt.Errorf("%s %d and n %d make %d responses, but there may be at most %d", f.key, f.v, c.Samples, int64(f.v)*int64(c.Samples), maxCount))
		}
	}
	if c.Steps == 0 && c.Epochs < 1 {
		bad("epochs", c.Epochs, "at least 1 where steps is 0")
	}
	if c.EvalEvery > 0 && c.EvalSamples < 1 {
		bad("val_n", c.EvalSamples, "at least 1 where test_freq is set")
	}
	if c.MiniBatches > c.TrainBatch {
		bad("mini_batches", c.MiniBatches, fmt.Sprintf("at most train_batch_size, which is %d", c.TrainBatch))
	}
	for _, f := range []struct {
		key         string
		v, low, top float64
		open        bool // top does not belong
	}{
		{"lr", c.LR, 0, 10, false}, {"beta1", c.Beta1, 0, 1, true}, {"beta2", c.Beta2, 0, 1, true}, {"adam_eps", c.AdamEps, 0, 1, false},
		{"weight_decay", c.Decay, 0, math.MaxFloat64, false}, {"grad_clip", c.GradClip, 0, math.MaxFloat64, false},
		{"ha_dw_eta", c.HADWEta, 0, math.MaxFloat64, false}, {"kl_loss_coef", c.KLCoef, 0, math.MaxFloat64, false}, {"entropy_coeff", c.EntropyCoef, -math.MaxFloat64, math.MaxFloat64, false},
		{"sampling.temperature", c.Sampling.Temperature, backend.MinTemperature, 100, false}, {"sampling.top_p", c.Sampling.TopP, 0, 1, false},
		{"val_sampling.temperature", c.EvalSampling.Temperature, backend.MinTemperature, 100, false}, {"val_sampling.top_p", c.EvalSampling.TopP, 0, 1, false},
	} {
		if !(f.v >= f.low && f.v <= f.top) || f.open && f.v == f.top {
			switch {
			case f.key == "sampling.temperature":
				bad(f.key, f.v, fmt.Sprintf("from %g to 100: greedy rollouts are all alike", backend.MinTemperature))
			case f.key == "val_sampling.temperature" && f.v == 0: // greedy
			case f.key == "val_sampling.temperature":
				bad(f.key, f.v, fmt.Sprintf("0, which is greedy, or from %g to 100", backend.MinTemperature))
			case f.open:
				bad(f.key, f.v, fmt.Sprintf("at least %v and below %v", f.low, f.top))
			case f.top == math.MaxFloat64 && f.low < 0:
				bad(f.key, f.v, "finite")
			case f.top == math.MaxFloat64:
				bad(f.key, f.v, "finite and not negative")
			default:
				bad(f.key, f.v, fmt.Sprintf("from %v to %v", f.low, f.top))
			}
		}
	}
	switch c.Filter {
	case Resample, Skip, Keep:
	default:
		bad("filter_groups", fmt.Sprintf("%q", c.Filter), "resample, skip or keep")
	}
	if c.Undecided != "mask" && c.Undecided != "zero" {
		bad("undecided", fmt.Sprintf("%q", c.Undecided), "mask or zero")
	}
	if c.Order != "proportional" && c.Order != "balanced" {
		bad("order", fmt.Sprintf("%q", c.Order), "proportional or balanced")
	}
	try := func(key string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", key, err))
		}
	}
	var err error
	p.estimator, err = advantage.Parse(c.Estimator)
	try("estimator", err)
	if err == nil && p.estimator.Needs()&advantage.Baselines != 0 {
		bad("estimator", c.Estimator, "one without greedy baselines, which are not generated; rloo has its baseline from the group")
	}
	p.loss.Surrogate, err = loss.ParseSurrogate(c.Surrogate)
	try("surrogate", err)
	p.loss.Rollout, err = loss.ParseCorrection(c.Correction)
	try("rollout_correction", err)
	p.loss.Aggregation, err = loss.ParseAggregation(c.Aggregation)
	try("loss_agg_mode", err)
	if a := &p.loss.Aggregation; a.Total != 0 {
		bad("loss_agg_mode", c.Aggregation, "without total, which is counted")
	} else if a.Length == 0 && (a.Mode == loss.SequenceMeanTokenSumNorm || a.Mode == loss.TokenSumNorm) {
		a.Length = c.MaxResponse // a constant, as Dr. GRPO has it, and not the longest of a batch
	}
	p.loss.KL.Kind, err = loss.ParseKLKind(c.KLKind)
	try("kl_loss_type", err)
	p.loss.KL.Coef, p.loss.EntropyCoef = c.KLCoef, c.EntropyCoef
	return p, errors.Join(errs...)
}
