package watch

import "strings"

// Metrics of a step that observers look for. [Names] lists all.
const (
	RewardMean       = "critic/rewards/mean"
	PolicyLoss       = "actor/pg_loss"
	Entropy          = "actor/entropy"
	GradNorm         = "actor/grad_norm"
	LearningRate     = "actor/lr"
	ResponseLength   = "response_length/mean"
	ResponseClipped  = "response_length/clip_ratio"
	PassRate         = "difficulty/mean_pass_rate"
	GlobalStep       = "training/global_step"
	Throughput       = "perf/throughput"
	TimePerStep      = "perf/time_per_step"
	SupervisedLoss   = "sft/loss"
	EvalReward       = "val/reward/mean"
	EvalGreedy       = "val/greedy/mean"
	TaskReward       = "mean_reward"             // of [TaskMetric]
	TaskRollouts     = "num_rollouts"            // of [TaskMetric]
	TaskAbsAdvantage = "mean_abs_advantage"      // of [TaskMetric]: the bars of Figure 5
	AdvantageCV      = "task_balance/adv_abs_cv" // the number beside the bars of Figure 5
)

// TaskMetric returns the name of a number of one task's rollouts:
//
//	task_metrics/<task>/<name>
//
// with spaces of the task written "_" and full stops "-", as the released code
// does. Tasks that differ in nothing else share their metrics.
//
// Source: GoLongRL, verl/trainer/ppo/metric_utils.py, compute_task_grouped_metrics.
func TaskMetric(task, name string) string {
	return taskPrefix + taskNames.Replace(task) + "/" + name
}

// EvalMetric returns the name of the mean reward of a task's held-out prompts
// with n samples each: val-core/<task>/reward/mean@n. For greedy decoding see
// [GreedyMetric].
//
// Source: verl/trainer/ppo/ray_trainer.py, _val_metrics_update.
func EvalMetric(task string, n int) string {
	return evalPrefix + taskNames.Replace(task) + "/reward/mean@" + itoa(n)
}

// EvalErrorMetric returns the name of the standard error of [EvalMetric].
func EvalErrorMetric(task string, n int) string {
	return "val-aux/" + taskNames.Replace(task) + "/reward/se@" + itoa(n)
}

// GreedyMetric returns the name of the mean reward of a task's held-out prompts,
// decoded greedily: val-aux/<task>/greedy/mean@1. verl has no such name; val-aux
// is its section for what is not the main score.
func GreedyMetric(task string) string {
	return "val-aux/" + taskNames.Replace(task) + "/greedy/mean@1"
}

const (
	taskPrefix = "task_metrics/"
	evalPrefix = "val-core/"
)

var taskNames = strings.NewReplacer(" ", "_", ".", "-")

// taskOf takes a name of TaskMetric apart.
func taskOf(name string) (task, metric string, ok bool) {
	name, ok = strings.CutPrefix(name, taskPrefix)
	i := strings.LastIndexByte(name, '/')
	if !ok || i < 0 {
		return "", "", false
	}
	return name[:i], name[i+1:], true
}

// ofEvaluation reports whether a step with these metrics is an evaluation.
func ofEvaluation(metrics []Metric) bool {
	for _, m := range metrics {
		if strings.HasPrefix(m.Name, "val-") || strings.HasPrefix(m.Name, "val/") {
			return true
		}
	}
	return false
}

// Value returns the value of the metric of that name, and whether there is one.
func Value(metrics []Metric, name string) (float64, bool) {
	for _, m := range metrics {
		if m.Name == name {
			return m.Value, true
		}
	}
	return 0, false
}

// A Name is what is known about a metric's name.
type Name struct {
	Name    string // with <task>, <stage> and <n> for what varies
	Meaning string
	Origin  string // the reference's file that writes it; empty if the name is ours
	Timing  bool   // belongs to Step.Timings
}

// Names lists the names of metrics in the order in which a trainer gives them.
// Origins are files of verl in the released fork (GoLongRL c34dba3, Train/verl)
// unless they name another commit.
func Names() []Name {
	const (
		utils = "verl/trainer/ppo/metric_utils.py"
		ray   = "verl/trainer/ppo/ray_trainer.py"
		algos = "verl/trainer/ppo/core_algos.py"
		actor = "verl/workers/actor/dp_actor.py"
		fsdp  = "verl/workers/fsdp_workers.py"
		corr  = "verl/trainer/ppo/rollout_corr_helper.py"
		veto  = "verl 418f964, verl/trainer/ppo/rollout_corr_helper.py"
		dapo  = "recipe/dapo/dapo_ray_trainer.py"
	)
	return []Name{
		{Name: GlobalStep, Meaning: "number of the update, from 1", Origin: ray},
		{Name: "training/epoch", Meaning: "passes over the data begun before this one", Origin: ray},
		{Name: "train/num_gen_batches", Meaning: "generation batches that the update took", Origin: dapo},
		{Name: "train/filtered_fraction", Meaning: "share of generated prompts left out because all their rewards are equal"},
		{Name: "train/failed", Meaning: "rollouts without a response, left out"},
		{Name: "train/unscored", Meaning: "rollouts without a score, left out and not rewarded 0"},
		{Name: "train/stale", Meaning: "updates between the policy that sampled the oldest rollout and the one that learns from it"},
		{Name: SupervisedLoss, Meaning: "mean cross-entropy per token of a supervised warm-up step, nats"},

		{Name: "critic/score/mean", Meaning: "mean score of a rollout, before penalties", Origin: utils},
		{Name: "critic/score/max", Meaning: "largest score", Origin: utils},
		{Name: "critic/score/min", Meaning: "smallest score", Origin: utils},
		{Name: "critic/score/std", Meaning: "standard deviation of scores, n-1", Origin: utils},
		{Name: RewardMean, Meaning: "mean reward of a rollout", Origin: utils},
		{Name: "critic/rewards/max", Meaning: "largest reward", Origin: utils},
		{Name: "critic/rewards/min", Meaning: "smallest reward", Origin: utils},
		{Name: "critic/rewards/std", Meaning: "standard deviation of rewards, n-1", Origin: utils},
		{Name: "critic/advantages/mean", Meaning: "mean advantage of a rollout; verl has that of response tokens", Origin: utils},
		{Name: "critic/advantages/max", Meaning: "largest advantage", Origin: utils},
		{Name: "critic/advantages/min", Meaning: "smallest advantage", Origin: utils},
		{Name: "critic/advantages/std", Meaning: "standard deviation of advantages of rollouts, n-1; verl has that of response tokens", Origin: utils},

		{Name: ResponseLength, Meaning: "mean tokens of a response", Origin: utils},
		{Name: "response_length/max", Meaning: "longest response", Origin: utils},
		{Name: "response_length/min", Meaning: "shortest response", Origin: utils},
		{Name: ResponseClipped, Meaning: "share of responses of the full permitted length; verl compares with the longest of the batch", Origin: utils},
		{Name: "prompt_length/mean", Meaning: "mean tokens of a prompt", Origin: utils},
		{Name: "prompt_length/max", Meaning: "longest prompt", Origin: utils},
		{Name: "prompt_length/min", Meaning: "shortest prompt", Origin: utils},
		{Name: "prompt_length/clip_ratio", Meaning: "share of prompts of the full permitted length", Origin: utils},

		{Name: PolicyLoss, Meaning: "policy loss", Origin: actor},
		{Name: Entropy, Meaning: "mean entropy of the next token under the policy that sampled, nats", Origin: ray},
		{Name: "actor/pg_clipfrac", Meaning: "share of tokens whose ratio the upper clip changed", Origin: algos},
		{Name: "actor/pg_clipfrac_lower", Meaning: "share of tokens that the dual clip changed", Origin: algos},
		{Name: "actor/ppo_kl", Meaning: "mean of old less new log-probability", Origin: algos},
		{Name: "actor/kl_loss", Meaning: "divergence from the reference policy, where the loss has one", Origin: actor},
		{Name: "actor/kl_coef", Meaning: "its coefficient", Origin: actor},
		{Name: GradNorm, Meaning: "norm of the gradient before it is clipped", Origin: actor},
		{Name: LearningRate, Meaning: "learning rate of the update", Origin: fsdp},

		{Name: "rollout_corr/rollout_is_mean", Meaning: "mean importance weight between trainer and sampler", Origin: corr},
		{Name: "rollout_corr/rollout_is_std", Meaning: "standard deviation of the weights", Origin: corr},
		{Name: "rollout_corr/rollout_is_max", Meaning: "largest weight", Origin: corr},
		{Name: "rollout_corr/rollout_is_min", Meaning: "smallest weight", Origin: corr},
		{Name: "rollout_corr/rollout_is_eff_sample_size", Meaning: "effective sample size as a share of the tokens", Origin: corr},
		{Name: "rollout_corr/rollout_is_ratio_fraction_high", Meaning: "share of tokens above the upper threshold", Origin: corr},
		{Name: "rollout_corr/rollout_is_ratio_fraction_low", Meaning: "share of tokens below the lower threshold", Origin: corr},
		{Name: "rollout_corr/rollout_is_veto_fraction", Meaning: "share of responses with a weight of 0 because of one token", Origin: veto},
		{Name: "rollout_corr/rollout_is_catastrophic_token_fraction", Meaning: "share of tokens below the veto threshold", Origin: veto},
		{Name: "rollout_corr/kl", Meaning: "mean of sampler's less trainer's log-probability", Origin: corr},
		{Name: "rollout_corr/k3_kl", Meaning: "the same divergence by the k3 estimator", Origin: corr},
		{Name: "rollout_corr/training_ppl", Meaning: "perplexity of the responses under the trainer", Origin: corr},
		{Name: "rollout_corr/rollout_ppl", Meaning: "perplexity of the responses under the sampler", Origin: corr},
		{Name: "rollout_corr/ppl_ratio", Meaning: "trainer's perplexity over the sampler's", Origin: corr},
		{Name: "rollout_corr/log_ppl_abs_diff", Meaning: "mean absolute difference of log-perplexities", Origin: corr},
		{Name: "rollout_corr/chi2_token", Meaning: "chi-squared divergence over tokens", Origin: corr},
		{Name: "rollout_corr/chi2_seq", Meaning: "chi-squared divergence over responses", Origin: corr},

		{Name: PassRate, Meaning: "mean pass rate of a prompt as TMN-Reweight counts it", Origin: algos},

		{Name: TaskMetric("<task>", TaskReward), Meaning: "mean reward of the task's rollouts", Origin: utils},
		{Name: TaskMetric("<task>", "std_reward"), Meaning: "standard deviation of the task's rewards, n", Origin: utils},
		{Name: TaskMetric("<task>", "mean_std_reward"), Meaning: "mean over its prompts of the standard deviation of rewards, n", Origin: utils},
		{Name: TaskMetric("<task>", "rate_adv"), Meaning: "the task's share of the sum over prompts of that standard deviation", Origin: utils},
		{Name: TaskMetric("<task>", "rate_num"), Meaning: "the task's share of the prompts", Origin: utils},
		{Name: TaskMetric("<task>", "num_queries"), Meaning: "prompts of the task", Origin: utils},
		{Name: TaskMetric("<task>", TaskRollouts), Meaning: "rollouts of the task", Origin: utils},
		{Name: TaskMetric("<task>", TaskAbsAdvantage), Meaning: "mean absolute advantage of the task's rollouts: a bar of the paper's Figure 5 before it is divided"},
		{Name: TaskMetric("<task>", "filtered_fraction"), Meaning: "share of the task's generated prompts left out because all their rewards are equal"},
		{Name: TaskMetric("<task>", "sqrt_mean_var"), Meaning: "root of the mean over prompts of the variance of rewards, n-1: the scale of TMN; the fork has it as reward_mode/<task>/sqrt_mean_var"},
		{Name: AdvantageCV, Meaning: "coefficient of variation over tasks of the mean absolute advantage, see Balance"},

		{Name: EvalReward, Meaning: "mean over tasks of the mean sampled reward on held-out prompts"},
		{Name: "val/reward/se", Meaning: "standard error of val/reward/mean"},
		{Name: "val/unscored", Meaning: "held-out rollouts without a score, left out"},
		{Name: EvalGreedy, Meaning: "mean over tasks of the mean greedy reward on held-out prompts"},
		{Name: "val-core/<task>/reward/mean@<n>", Meaning: "mean reward on held-out prompts of the task, n samples each", Origin: ray},
		{Name: "val-aux/<task>/reward/se@<n>", Meaning: "standard error of mean@n, prompts as units"},
		{Name: "val-aux/<task>/greedy/mean@1", Meaning: "mean greedy reward on held-out prompts of the task"},

		{Name: "perf/total_num_tokens", Meaning: "prompt and response tokens of the update", Origin: utils},
		{Name: TimePerStep, Meaning: "seconds of the step", Origin: utils, Timing: true},
		{Name: Throughput, Meaning: "tokens of the update per second", Origin: utils, Timing: true},
		{Name: "timing_s/<stage>", Meaning: "seconds of a stage: gen, reward (what scoring took behind the end of the generation), adv, update_actor, update_weights, step", Origin: utils, Timing: true},
	}
}
