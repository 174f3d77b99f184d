package demo

import (
	"fmt"

	"github.com/golongrl/golongrl/trainer"
)

// Overrides lists the settings in which the demo leaves the paper's Table 12, as
// "key: value instead of value".
func (s *Settings) Overrides() []string {
	d := trainer.Default()
	var out []string
	add := func(key string, value, paper any) {
		if value != paper {
			out = append(out, fmt.Sprintf("%s: %v instead of %v", key, value, paper))
		}
	}
	t := &s.Train
	add("train_batch_size", t.TrainBatch, d.TrainBatch)
	add("n", t.Samples, d.Samples)
	add("order", t.Order, d.Order)
	add("undecided", t.Undecided, d.Undecided)
	add("filter_groups", t.Filter, d.Filter)
	add("max_prompt_length", t.MaxPrompt, d.MaxPrompt)
	add("max_response_length", t.MaxResponse, d.MaxResponse)
	add("rollout_correction", t.Correction, d.Correction)
	add("lr", t.LR, d.LR)
	add("lr_warmup_steps", t.Warmup, d.Warmup)
	add("beta2", t.Beta2, d.Beta2)
	add("weight_decay", t.Decay, d.Decay)
	add("estimator", t.Estimator, d.Estimator)
	add("entropy_coeff", t.EntropyCoef, d.EntropyCoef)
	return out
}
