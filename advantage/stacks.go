package advantage

// Where the sources of the conventions lie.
const (
	atGoLongRL     = "github.com/xiaoxuanNLP/GoLongRL@c34dba310 Train/verl/"
	atVerl         = "github.com/verl-project/verl@1dda039b9 "
	atTRL          = "github.com/huggingface/trl@f2cd57710 trl/trainer/"
	atOpenRLHF     = "github.com/OpenRLHF/OpenRLHF@3c3be6234 openrlhf/trainer/ppo_utils/experience_maker.py compute_advantages_and_returns"
	atSlime        = "github.com/THUDM/slime@624b824a8 slime/"
	atNeMoRL       = "github.com/NVIDIA-NeMo/RL@7ea279abf nemo_rl/algorithms/advantage_estimator.py "
	atAReaL        = "github.com/inclusionAI/AReaL@4aef98d8d areal/utils/data.py Normalization"
	atSkyRL        = "github.com/NovaSky-AI/SkyRL@a9564572e skyrl/backends/skyrl_train/utils/ppo_utils.py "
	atPrimeRL      = "github.com/PrimeIntellect-ai/prime-rl@559b44772 src/prime_rl/orchestrator/algo/"
	atOpenInstruct = "github.com/allenai/open-instruct@e6c3044aa open_instruct/data_loader.py DataPreparationActor"
	atEasyR1       = "github.com/hiyouga/EasyR1@b44b311b6 verl/trainer/core_algos.py "
	atSwift        = "github.com/modelscope/ms-swift@3602360a5 swift/rl_core/advantage.py compute_advantages"

	core = "verl/trainer/ppo/core_algos.py "
)

const (
	singleRaises  = "A group of one raises there; here it gives 0."
	singleReward  = "A group of one keeps its reward."
	equalGroups   = "Groups have equal sizes there."
	oneValue      = "The whitening clamps the variance at 1e-8 instead of adding to it: equal to this as long as the variance is above 1e-8."
	slimeWhitens  = "Needs --normalize-advantages. Its variance is E[x²]-E[x]² in float32. " + equalGroups
	withoutTokens = "Over rows and not over tokens: leave Batch.Lengths nil. " + equalGroups
)

// conventions are grouped by stack. Among the settings of one name, and among the
// rows of one of our names, the first is what the option stack means.
var conventions = []Convention{
	{"golongrl", "grpo", "", "grpo(single=reference)",
		atGoLongRL + core + "compute_grpo_outcome_advantage",
		singleReward + " The difficulty_reweight of this function is never switched on by its caller."},
	{"golongrl", "grpo", "norm_adv_by_std_in_grpo=False", "dr_grpo(single=reference)",
		atGoLongRL + core + "compute_grpo_outcome_advantage", singleReward},
	{"golongrl", "grpo_vectorized", "", "grpo(single=reference)",
		atGoLongRL + core + "compute_grpo_vectorized_outcome_advantage",
		"Its variance is at least 1e-6 and comes from E[x²]-E[x]² in float32: groups with a deviation below 0.001 come out smaller there."},
	{"golongrl", "tmn_grpo", "", "tmn(single=reference)",
		atGoLongRL + core + "compute_tmn_grpo_outcome_advantage",
		"The configuration leaves difficulty_reweight off. A group of one has mean 0, and its variance 1 enters the scale of its task."},
	{"golongrl", "tmn_grpo", "difficulty_reweight=True difficulty_smooth_alpha=0.8", "tmn_reweight(single=reference)",
		atGoLongRL + core + "compute_tmn_grpo_outcome_advantage",
		"As the script qwen3-4B-tmn-reweight.sh sets it, without its filter: see recipe."},
	{"golongrl", "tmn_grpo", "difficulty_reweight=True", "tmn_reweight(alpha=0.5,single=reference)",
		atGoLongRL + core + "compute_tmn_grpo_outcome_advantage", "alpha is 0.5 where the configuration does not set it."},
	{"golongrl", "recipe", "", "tmn_reweight(drop_constant=true,single=reference)",
		atGoLongRL + "examples/GoLongRL/qwen3-4B-tmn-reweight.sh; recipe/dapo/dapo_ray_trainer.py fit",
		"The whole script: filter_groups takes constant groups away before the estimator sees them. Here they are given with advantage 0. " +
			"The filter asks whether a float64 deviation is above 0 and can let a constant group through; here the rewards are compared."},
	{"golongrl", "qwenlong_grpo", "", "qwenlong(center=task)",
		atGoLongRL + core + "compute_qwenlong_task_advantage",
		"Centres by the mean of the task, where equation (7) of the QwenLong-L1.5 paper has the mean of the group: see stack paper."},
	{"golongrl", "grpo_passk", "", "passk", atGoLongRL + core + "compute_grpo_passk_outcome_advantage", singleRaises},
	{"golongrl", "reinforce_plus_plus", "", "reinforce_pp", atGoLongRL + core + "compute_reinforce_plus_plus_outcome_advantage",
		"With gamma 1. A batch of one token raises there."},
	{"golongrl", "reinforce_plus_plus_baseline", "", "reinforce_pp_baseline(single=reference)",
		atGoLongRL + core + "compute_reinforce_plus_plus_baseline_outcome_advantage", singleReward + " It is whitened with the others."},
	{"golongrl", "rloo", "", "rloo(single=reference)", atGoLongRL + core + "compute_rloo_outcome_advantage", singleReward},
	{"golongrl", "rloo_vectorized", "", "rloo", atGoLongRL + core + "compute_rloo_vectorized_outcome_advantage", ""},
	{"golongrl", "opo", "", "opo(single=reference)", atGoLongRL + core + "compute_opo_outcome_advantage", singleReward},
	{"golongrl", "remax", "", "remax", atGoLongRL + core + "compute_remax_outcome_advantage", ""},
	{"golongrl", "gpg", "", "gpg(single=reference)", atGoLongRL + core + "compute_gpg_outcome_advantage", singleReward},

	{"paper", "grpo", "equation (1)", "grpo", "arXiv 2605.19577, section 4.1",
		"delta has no value in the paper. A group of one is undefined."},
	{"paper", "dr_grpo", "equation (3)", "dr_grpo", "arXiv 2605.19577, section 4.1", ""},
	{"paper", "tmn", "equation (5)", "tmn", "arXiv 2605.19577, section 4.2", "Constant groups count in the scale of the task."},
	{"paper", "tmn", "equation (16)", "tmn(eps_inside=true)", "arXiv 2605.19577, appendix A",
		"The appendix adds delta to the variance; the release follows equation (5)."},
	{"paper", "tmn_reweight", "equations (5) to (8)", "tmn_reweight", "arXiv 2605.19577, section 4.3",
		"alpha is 0.8 in section 5.3; there is no gamma, which is gamma 1."},
	{"paper", "qwenlong", "equation (7)", "qwenlong", "arXiv 2512.12967", "As cited: the mean is that of the group."},

	{"verl", "grpo", "", "grpo(single=reference)", atVerl + core + "compute_grpo_outcome_advantage", singleReward},
	{"verl", "grpo", "norm_adv_by_std_in_grpo=False", "dr_grpo(single=reference)", atVerl + core + "compute_grpo_outcome_advantage", singleReward},
	{"verl", "grpo_vectorized", "", "grpo(single=reference)", atVerl + core + "compute_grpo_vectorized_outcome_advantage",
		singleReward + " Its statistics are in float32."},
	{"verl", "grpo_passk", "", "passk", atVerl + core + "compute_grpo_passk_outcome_advantage", singleRaises},
	{"verl", "grpo_passk", "norm_adv_by_std_in_grpo=False", "passk(std=false)", atVerl + core + "compute_grpo_passk_outcome_advantage", singleRaises},
	{"verl", "reinforce_plus_plus", "", "reinforce_pp", atVerl + core + "compute_reinforce_plus_plus_outcome_advantage",
		"With gamma 1. A batch of one token raises there."},
	{"verl", "reinforce_plus_plus_baseline", "", "reinforce_pp_baseline(single=reference)",
		atVerl + core + "compute_reinforce_plus_plus_baseline_outcome_advantage", singleReward + " It is whitened with the others."},
	{"verl", "rloo", "", "rloo(single=reference)", atVerl + core + "compute_rloo_outcome_advantage", singleReward},
	{"verl", "rloo_vectorized", "", "rloo", atVerl + core + "compute_rloo_vectorized_outcome_advantage", ""},
	{"verl", "opo", "", "opo(single=reference)", atVerl + core + "compute_opo_outcome_advantage", singleReward},
	{"verl", "remax", "", "remax", atVerl + core + "compute_remax_outcome_advantage", ""},
	{"verl", "gpg", "", "gpg(single=reference)", atVerl + core + "compute_gpg_outcome_advantage", singleReward},
	{"verl", "gdpo", "", "gdpo(single=reference)", atVerl + core + "compute_gdpo_outcome_advantage",
		"The components are float32 there. gdpo_reward_weights are the option weights."},

	{"trl", "group", "", "grpo(eps=0.0001)", atTRL + "grpo_trainer.py _generate_and_score_completions",
		"The name is that of scale_rewards. Rows that no reward function scored are to be left out of the batch; TRL gives them 0."},
	{"trl", "batch", "", "batch_std(eps=0.0001)", atTRL + "grpo_trainer.py _generate_and_score_completions",
		"A row that is the only scored one of its group is part of the deviation of the batch there, and not here. Its advantage is 0 in both."},
	{"trl", "none", "", "dr_grpo", atTRL + "grpo_trainer.py _generate_and_score_completions", ""},
	{"trl", "normalize_then_sum", "", "gdpo(eps=0.0001,whiten=trl)", atTRL + "grpo_trainer.py _generate_and_score_completions",
		"The name is that of multi_objective_aggregation; reward_weights are the option weights. " +
			"A row that is the only scored one of its group enters the whitening as 0 there, and not here."},
	{"trl", "rloo", "", "rloo", atTRL + "rloo_trainer.py _generate_and_score_completions",
		"The RLOO trainer without reward clipping, KL in the reward and normalize_advantages, which are not reproduced."},

	{"openrlhf", "group_norm", "", "grpo(eps=1e-09)", atOpenRLHF,
		equalGroups + " The result is clamped to reward.clip_range, ±10 by default. The deviation of a constant group is rounding noise where the mean is inexact, " +
			"which an eps of 1e-9 cannot hide: eight times 0.806 gives 0.93 in float32, where here it gives 0."},
	{"openrlhf", "reinforce_baseline", "", "reinforce_pp_baseline(ddof=0,eps=0)", atOpenRLHF,
		equalGroups + " " + oneValue + " Rewards are clamped to reward.clip_range after centring. no_std_norm is not reproduced."},
	{"openrlhf", "dr_grpo", "", "dr_grpo", atOpenRLHF, equalGroups + " The result is clamped to reward.clip_range."},
	{"openrlhf", "rloo", "", "rloo", atOpenRLHF, equalGroups + " The result is clamped to reward.clip_range."},
	{"openrlhf", "reinforce", "", "reinforce_pp(ddof=0,eps=0)", atOpenRLHF, oneValue + " With gamma 1 and without KL in the reward."},

	{"slime", "grpo", "", "grpo", atSlime + "ray/rollout.py _post_process_rewards",
		"Also gspo and cispo. Groups of one give 0. Where the number of samples is not that of equal groups, " +
			"the whole batch is taken for one group there; this is not reproduced."},
	{"slime", "grpo", "--disable-grpo-std-normalization", "dr_grpo", atSlime + "ray/rollout.py _post_process_rewards", equalGroups},
	{"slime", "reinforce_plus_plus", "", "reinforce_pp", atSlime + "utils/ppo_utils.py get_reinforce_plus_plus_returns; utils/distributed_utils.py distributed_masked_whiten", slimeWhitens},
	{"slime", "reinforce_plus_plus_baseline", "", "reinforce_pp_baseline",
		atSlime + "utils/ppo_utils.py get_reinforce_plus_plus_baseline_advantages; utils/distributed_utils.py distributed_masked_whiten", slimeWhitens},

	{"nemo_rl", "grpo", "", "grpo(baseline=loo)", atNeMoRL + "GRPOAdvantageEstimator",
		"Mean and deviation of the other rollouts; not divided where the others are equal, and in groups of two. " +
			"Its variance is E[x²]-E[x]² in float32, so that rounding noise decides whether equal others are equal: beside a 1, " +
			"others of k/100 are taken to differ in 76 of 495 cases, and the 1 gets an advantage of up to 160,000. Here the rewards are compared."},
	{"nemo_rl", "grpo", "use_leave_one_out_baseline=false", "grpo", atNeMoRL + "GRPOAdvantageEstimator", ""},
	{"nemo_rl", "grpo", "normalize_rewards=false", "rloo", atNeMoRL + "GRPOAdvantageEstimator", "Groups of one give 0."},
	{"nemo_rl", "grpo", "normalize_rewards=false use_leave_one_out_baseline=false", "dr_grpo", atNeMoRL + "GRPOAdvantageEstimator", ""},
	{"nemo_rl", "gdpo", "use_leave_one_out_baseline=false", "gdpo(whiten=nemo)", atNeMoRL + "GDPOAdvantageEstimator",
		"Its default compares every component with the other rollouts, which is not reproduced. Groups of one enter the whitening as 0 there, and not here."},
	{"nemo_rl", "reinforce_plus_plus", "", "reinforce_pp_baseline(ddof=0,eps=0)", atNeMoRL + "ReinforcePlusPlusAdvantageEstimator",
		oneValue + " Groups of one enter the whitening as 0 there, and not here. Without KL in the reward."},
	{"nemo_rl", "reinforce_plus_plus", "minus_baseline=false", "reinforce_pp(ddof=0,eps=0)", atNeMoRL + "ReinforcePlusPlusAdvantageEstimator", oneValue},

	{"areal", "reward_norm", "mean_level=group std_level=group", "grpo(eps=1e-05)", atAReaL,
		equalGroups + " adv_norm, which whitens the result again over all tokens and ranks, and a mean of the group with the deviation of the batch are not reproduced."},
	{"areal", "reward_norm", "mean_level=group std_level=null", "dr_grpo", atAReaL, equalGroups},
	{"areal", "reward_norm", "mean_level=group mean_leave1out=true std_level=null", "rloo(single=reference)", atAReaL, equalGroups + " " + singleReward},
	{"areal", "reward_norm", "mean_level=batch std_level=batch", "reinforce_pp(eps=1e-05,eps_inside=false)", atAReaL,
		"On one rank; the batch is that of all ranks. " + withoutTokens},

	{"skyrl", "grpo", "", "grpo(single=reference)", atSkyRL + "compute_grpo_outcome_advantage",
		singleReward + " advantage_batch_normalize, which whitens the result, is not reproduced."},
	{"skyrl", "grpo", "grpo_norm_by_std=false", "dr_grpo(single=reference)", atSkyRL + "compute_grpo_outcome_advantage", singleReward},
	{"skyrl", "rloo", "", "rloo", atSkyRL + "compute_rloo_outcome_advantage", ""},
	{"skyrl", "reinforce++", "", "reinforce_pp", atSkyRL + "compute_reinforce_plus_plus_outcome_advantage", "With gamma 1. A batch of one token raises there."},
	{"skyrl", "maxrl", "", "maxrl(eps=1e-06,single=reference)", atSkyRL + "compute_maxrl_advantage", singleReward},

	{"prime_rl", "grpo", "", "dr_grpo", atPrimeRL + "grpo.py GRPOAlgorithm", "Without length_penalty."},
	{"prime_rl", "max_rl", "", "maxrl", atPrimeRL + "max_rl.py MaxRLAlgorithm", ""},

	{"open_instruct", "centered", "", "dr_grpo", atOpenInstruct, "The name is that of advantage_normalization_type. " + equalGroups},
	{"open_instruct", "standard", "", "grpo(ddof=0,eps=1e-08)", atOpenInstruct, "The deviation divides by n. " + equalGroups},

	{"easyr1", "grpo", "", "grpo", atEasyR1 + "compute_grpo_outcome_advantage", singleRaises},
	{"easyr1", "grpo_passk", "", "passk", atEasyR1 + "compute_grpo_passk_outcome_advantage", singleRaises},
	{"easyr1", "rloo", "", "rloo", atEasyR1 + "compute_rloo_outcome_advantage", singleRaises},
	{"easyr1", "reinforce_plus_plus", "", "reinforce_pp", atEasyR1 + "compute_reinforce_plus_plus_outcome_advantage", "With gamma 1."},
	{"easyr1", "remax", "", "remax", atEasyR1 + "compute_remax_outcome_advantage",
		"One row at a time: for more it multiplies rewards of shape (rows) with a mask of shape (rows, tokens), which raises unless the numbers agree."},

	{"ms_swift", "grpo", "", "grpo(eps=0.0001)", atSwift, equalGroups},
	{"ms_swift", "grpo", "scale_rewards=batch", "batch_std(eps=0.0001)", atSwift, equalGroups},
	{"ms_swift", "grpo", "scale_rewards=none", "dr_grpo", atSwift, equalGroups},
	{"ms_swift", "grpo", "scale_rewards=gdpo", "gdpo(eps=1e-08,whiten=trl)", atSwift, equalGroups + " reward_weights are the option weights."},
	{"ms_swift", "rloo", "", "rloo", atSwift, equalGroups},
	{"ms_swift", "reinforce_plus_plus", "", "reinforce_pp_baseline(eps=0.0001,eps_inside=false)", atSwift, withoutTokens},
	{"ms_swift", "reinforce_plus_plus", "scale_rewards=group", "grpo(eps=0.0001)", atSwift, equalGroups},
}
