package trainer

import (
	"fmt"
	"math"
	"time"

	"github.com/golongrl/golongrl/advantage"
	"github.com/golongrl/golongrl/trainer/watch"
)

// put adds a metric.
type put func(name string, v float64)

// four reports what verl reports of numbers.
func (p put) four(name string, x []float64) {
	if len(x) == 0 {
		return // there is no such number, and 0 would be one
	}
	p(name+"/mean", mean(x))
	p(name+"/max", extreme(x, math.Max))
	p(name+"/min", extreme(x, math.Min))
	p(name+"/std", deviation(x, 1))
}

// report gathers the metrics of an update. [watch.Names] says what they are.
func (t *Trainer) report(b *batch, u *updated) *watch.Step {
	s := &watch.Step{Step: t.state.Step}
	put := put(func(name string, v float64) { s.Metrics = append(s.Metrics, watch.Metric{Name: name, Value: v}) })

	put(watch.GlobalStep, float64(t.state.Step))
	put("training/epoch", t.order.epoch(b.cursor))
	put("train/num_gen_batches", float64(b.batches))
	put("train/filtered_fraction", ratio(len(b.dropped), b.prompts))
	put("train/failed", float64(b.failed))
	put("train/unscored", float64(b.unscored))
	put("train/stale", float64(t.state.Step-1-b.oldest(t.state.Step-1)))

	var scores, rewards, adv, response, prompt []float64
	cut, long := 0, 0
	for _, r := range b.seen {
		if reward, ok := r.reward(); ok {
			scores = append(scores, reward)
		}
		if r.Err == nil {
			response = append(response, float64(len(r.Tokens)))
			if len(r.Tokens) >= t.cfg.MaxResponse {
				cut++
			}
		}
		prompt = append(prompt, float64(len(r.prompt.Tokens)))
		if len(r.prompt.Tokens) >= t.cfg.MaxPrompt {
			long++
		}
	}
	for _, r := range b.rows {
		reward, _ := r.reward()
		rewards = append(rewards, reward)
		adv = append(adv, r.advantage)
	}
	put.four("critic/score", scores)
	put.four("critic/rewards", rewards)
	put.four("critic/advantages", adv)
	put.lengths("response_length", response, cut)
	put.lengths("prompt_length", prompt, long)
	if u.steps > 0 {
		t.ofUpdate(u, put)
	}
	t.perTask(b, put)
	put("perf/total_num_tokens", float64(u.tokens))
	s.Samples = t.samples(b.seen, false)
	return s
}

// ofUpdate reports what the steps of AdamW did.
func (t *Trainer) ofUpdate(u *updated, put put) {
	put(watch.PolicyLoss, u.Policy)
	put(watch.Entropy, u.Entropy)
	put("actor/pg_clipfrac", u.Clipped)
	put("actor/pg_clipfrac_lower", u.ClippedLower)
	put("actor/ppo_kl", u.PPOKL)
	if t.cfg.KLCoef != 0 {
		put("actor/kl_loss", u.KL)
		put("actor/kl_coef", t.cfg.KLCoef)
	}
	put(watch.GradNorm, u.gradNorm)
	put(watch.LearningRate, u.rate)
	if r := &u.Rollout; r.Tokens > 0 {
		put("rollout_corr/rollout_is_mean", r.Mean)
		put("rollout_corr/rollout_is_std", r.Std)
		put("rollout_corr/rollout_is_max", r.Max)
		put("rollout_corr/rollout_is_min", r.Min)
		put("rollout_corr/rollout_is_eff_sample_size", u.effective)
		put("rollout_corr/rollout_is_ratio_fraction_high", r.High)
		put("rollout_corr/rollout_is_ratio_fraction_low", r.Low)
		put("rollout_corr/rollout_is_veto_fraction", r.Vetoed)
		put("rollout_corr/rollout_is_catastrophic_token_fraction", r.Catastrophic)
		m := &r.Mismatch
		put("rollout_corr/kl", m.KL)
		put("rollout_corr/k3_kl", m.K3)
		put("rollout_corr/training_ppl", m.PPL)
		put("rollout_corr/rollout_ppl", m.RolloutPPL)
		put("rollout_corr/ppl_ratio", m.PPLRatio)
		put("rollout_corr/log_ppl_abs_diff", m.LogPPLAbsDiff)
		put("rollout_corr/chi2_token", m.Chi2Token)
		put("rollout_corr/chi2_seq", m.Chi2Sequence)
	}
}

func (p put) lengths(name string, x []float64, cut int) {
	if len(x) == 0 {
		return
	}
	p(name+"/mean", mean(x))
	p(name+"/max", extreme(x, math.Max))
	p(name+"/min", extreme(x, math.Min))
	p(name+"/clip_ratio", ratio(cut, len(x)))
}

// oldest returns the version of the policy that sampled the oldest rollout, at
// most newest.
func (b *batch) oldest(newest int) int {
	v := newest
	for _, r := range b.seen {
		if r.Err == nil {
			v = min(v, r.Version)
		}
	}
	return v
}

// taskStats is what an update says about a task.
type taskStats struct {
	generated, constant int // prompts
	prompts             int // that train
	several             int // of these, prompts of more than one rollout
	rewards             []float64
	means               float64 // sum over those of the mean reward
	stds                float64 // sum over prompts of the deviation, n
	variances           float64 // sum over prompts of several rollouts, n-1
	adv                 float64 // sum of |A|
}

// perTask reports tasks in the order of their names.
func (t *Trainer) perTask(b *batch, put put) {
	tasks := map[string]*taskStats{}
	for _, name := range t.tasks {
		tasks[name] = &taskStats{}
	}
	for i, r := range b.seen {
		if i == 0 || r.batch != b.seen[i-1].batch || r.Sample.Prompt != b.seen[i-1].Sample.Prompt {
			tasks[r.prompt.Task].generated++
		}
	}
	for _, p := range b.dropped {
		tasks[p.Task].constant++
	}
	total, i := 0.0, 0
	for _, n := range b.sizes {
		k := tasks[b.rows[i].prompt.Task]
		group := b.rewards.Rewards[i : i+n]
		v := deviation(group, 1)
		k.prompts++
		k.rewards = append(k.rewards, group...)
		if n > 1 { // as the estimators count
			k.several++
			k.means += mean(group)
			k.variances += float64(v * v)
		}
		k.stds += deviation(group, 0)
		total += deviation(group, 0)
		for _, r := range b.rows[i : i+n] {
			k.adv += math.Abs(r.advantage)
		}
		i += n
	}
	if rate, ok := t.passRate(b, tasks); ok {
		put(watch.PassRate, rate)
	}
	var bars []float64
	for _, name := range t.tasks {
		k := tasks[name]
		if k.generated == 0 {
			continue
		}
		put(watch.TaskMetric(name, "filtered_fraction"), ratio(k.constant, k.generated))
		if k.prompts == 0 {
			continue
		}
		put(watch.TaskMetric(name, watch.TaskReward), mean(k.rewards))
		put(watch.TaskMetric(name, "std_reward"), deviation(k.rewards, 0))
		put(watch.TaskMetric(name, "mean_std_reward"), k.stds/float64(k.prompts))
		if total > 0 {
			put(watch.TaskMetric(name, "rate_adv"), k.stds/total)
		}
		put(watch.TaskMetric(name, "rate_num"), ratio(k.prompts, len(b.sizes)))
		put(watch.TaskMetric(name, "num_queries"), float64(k.prompts))
		put(watch.TaskMetric(name, watch.TaskRollouts), float64(len(k.rewards)))
		put(watch.TaskMetric(name, watch.TaskAbsAdvantage), k.adv/float64(len(k.rewards)))
		if k.several > 0 {
			put(watch.TaskMetric(name, "sqrt_mean_var"), math.Sqrt(k.variances/float64(k.several)))
		}
		bars = append(bars, k.adv/float64(len(k.rewards)))
	}
	if m := mean(bars); m > 0 {
		put(watch.AdvantageCV, deviation(bars, 0)/m)
	}
}

// passRate is the mean over prompts of several rollouts of the share of rewards
// above the threshold of tmn_reweight, or above the prompt's mean under other
// estimators. A reward within rounding errors of the threshold is not above it.
func (t *Trainer) passRate(b *batch, tasks map[string]*taskStats) (rate float64, ok bool) {
	alpha := 1.0
	if e, ok := t.p.estimator.(advantage.TMNReweight); ok {
		alpha = e.Alpha
	}
	pass, i, prompts := 0.0, 0, 0
	for _, n := range b.sizes {
		k := tasks[b.rows[i].prompt.Task]
		group := b.rewards.Rewards[i : i+n]
		i += n
		if n == 1 {
			continue
		}
		prompts++
		own, ofTask := float64(alpha*mean(group)), float64((1-alpha)*k.means/float64(k.several))
		above := 0
		for _, r := range group {
			if r-(own+ofTask) > 0x1p-50*max(math.Abs(r), math.Abs(own)+math.Abs(ofTask)) {
				above++
			}
		}
		pass += ratio(above, n)
	}
	return pass / float64(max(1, prompts)), prompts > 0
}

func (t *Trainer) samples(rows []*rollout, eval bool) []watch.Sample {
	out := make([]watch.Sample, len(rows))
	for i, r := range rows {
		out[i] = watch.Sample{
			ID: r.prompt.ID, Task: r.prompt.Task, Index: r.Index, Prompt: r.prompt.Text, Response: r.Text, Reference: r.prompt.Record.Gold.String(),
			Result: r.result, Advantage: r.advantage, Tokens: len(r.Tokens), Stopped: r.Stopped, Version: r.Version, Eval: eval,
		}
		if reward, ok := r.reward(); ok {
			out[i].Reward = reward
		} else {
			out[i].Reward = math.NaN()
			if r.Err != nil {
				out[i].Result.Err = fmt.Errorf("no response: %w", r.Err)
			}
		}
	}
	return out
}

// clock is when the parts of an update ended.
type clock struct{ begin, collected, advantages, updated, end time.Time }

func (c clock) timings(b *batch, u *updated) []watch.Metric {
	step := c.end.Sub(c.begin).Seconds()
	return []watch.Metric{
		{Name: "timing_s/gen", Value: b.generating.Seconds()},
		{Name: "timing_s/reward", Value: b.scoring.Seconds()},
		{Name: "timing_s/adv", Value: c.advantages.Sub(c.collected).Seconds()},
		{Name: "timing_s/update_actor", Value: c.updated.Sub(c.advantages).Seconds()},
		{Name: "timing_s/update_weights", Value: c.end.Sub(c.updated).Seconds()},
		{Name: "timing_s/step", Value: step},
		{Name: watch.TimePerStep, Value: step},
		{Name: watch.Throughput, Value: float64(u.tokens) / step},
	}
}
