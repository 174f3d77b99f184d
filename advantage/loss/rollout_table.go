package loss

// A CorrectionInfo is the correction of a training stack under a name.
type CorrectionInfo struct {
	Name     string
	Spelling string // what [ParseCorrection] reads
	Settings string // what selects it in the stack
	Source   string
	Note     string // where the stack differs from the spelling, or what to know of it
}

// Corrections lists the corrections of training stacks with their default bounds,
// beginning with that of the GoLongRL recipe, whose six settings no released verl
// reads together: the versions after each other that could, or say the same
// otherwise, follow. The result may be changed.
func Corrections() []CorrectionInfo {
	const (
		mismatch = "verl, mismatch_helper.py, "
		helper   = "verl 1dda039, rollout_corr_helper.py, "
		presets  = "verl 1dda039, algorithm.py, RolloutCorrectionConfig."
		sixFlags = "rollout_is=true rollout_is_level=token rollout_is_mode=clip rollout_is_threshold=5.0 rollout_is_threshold_lower=0.5 rollout_is_veto_threshold=1e-4"
		trl      = "TRL f2cd577, grpo_trainer.py"
		openrlhf = "OpenRLHF 3c3be62, loss.py, PolicyLoss"
		nemo     = "NeMo-RL 7ea279a, loss_functions.py, ClippedPGLossFn"
		swift    = "ms-swift 3602360, grpo_trainer.py, _apply_rollout_importance_sampling"
		areal    = "AReaL 4aef98d, functional.py, apply_rejection_sampling"
		skyrl    = "SkyRL a956457, off_policy_correction_utils.py"
		slime    = "slime 624b824, loss.py"
		mis      = "slime 624b824, examples/train_infer_mismatch_helper/mis.py"
		open     = "open-instruct e6c3044, grpo_utils.py, compute_rho_correction"
	)
	return []CorrectionInfo{
		{"golongrl", "icepop(veto=0.0001)", sixFlags, "GoLongRL, table 12 and qwen3-4B-tmn-reweight.sh; " + mismatch + "#3694 (21271aa)",
			"mode clip existed on one day; the denominator of the loss stays"},
		{"verl_3750", "icepop(veto=0.0001)", "as golongrl with rollout_is_mode=mask", mismatch + "#3750 (5d378b5)", "mode clip under its new name"},
		{"verl_3694_truncate", "tis(veto=0.0001)", "rollout_is=true rollout_is_mode=truncate rollout_is_threshold=2.0", mismatch + "#3694 (21271aa)", "the veto is on unless it is null"},
		{"verl_3915", "is(reject=token_ratio:0.5_5,veto=0.0001,veto_mask=true)", "as verl_3750", mismatch + "#3915 (4424616)", "the same settings now shrink the denominator"},
		{"verl_3984", "tis(reject=token_ratio:0.5_5,upper=5,veto=0.0001,veto_mask=true)",
			"rollout_is=token rollout_is_threshold=5.0 rollout_rs=token rollout_rs_threshold=5.0 rollout_rs_threshold_lower=0.5 rollout_token_veto_threshold=1e-4",
			"verl, rollout_corr_helper.py, #3984 (418f964)", "as verl_3915 under new names: rollout_is truncates what rollout_rs rejects anyway"},
		{"verl_icepop", "icepop", "rollout_is=token rollout_is_threshold=0.5_5.0", helper + "#5722 (d2916f5)", "golongrl without the veto, which #4544 (97eac90) removed"},
		{"verl_icepop_veto", "icepop(reject=seq_max_k2:42.4)", "rollout_is=token rollout_is_threshold=0.5_5.0 rollout_rs=seq_max_k2 rollout_rs_threshold=42.4", helper + "compute_rollout_rejection_mask",
			"nearest to golongrl: 42.4 is log(1e-4)²/2, but the veto is two-sided and shrinks the denominator"},
		{"verl_token_k1", "none(reject=token_k1:0.2_2)", "rollout_rs=token_k1 rollout_rs_threshold=0.2_2.0", helper + "compute_rollout_rejection_mask", "keeps ratios from 0.5 to 5: k1 is minus the log-ratio"},
		{"verl_token_is", "tis", "rollout_is=token rollout_is_threshold=2.0", presets + "decoupled_token_is", ""},
		{"verl_seq_is", "tis(level=sequence)", "rollout_is=sequence rollout_is_threshold=2.0", presets + "decoupled_seq_is", ""},
		{"verl_seq_is_rs", "tis(level=sequence,reject=seq_sum_k1:0.5_2)", "rollout_is=sequence rollout_is_threshold=2.0 rollout_rs=seq_sum_k1 rollout_rs_threshold=0.5_2.0", presets + "decoupled_seq_is_rs", ""},
		{"verl_geo_rs", "none(eps=1e-08,reject=seq_mean_k1:0.999_1.001)", "rollout_rs=seq_mean_k1 rollout_rs_threshold=0.999_1.001", presets + "decoupled_geo_rs", ""},
		{"verl_geo_rs_seq_tis", "tis(eps=1e-08,level=sequence,reject=seq_mean_k1:0.999_1.001)", "rollout_is=sequence rollout_is_threshold=2.0 rollout_rs=seq_mean_k1 rollout_rs_threshold=0.999_1.001", presets + "decoupled_geo_rs_seq_tis", ""},
		{"verl_geo_rs_token_tis", "tis(eps=1e-08,reject=seq_mean_k1:0.999_1.001)", "rollout_is=token rollout_is_threshold=2.0 rollout_rs=seq_mean_k1 rollout_rs_threshold=0.999_1.001", presets + "decoupled_geo_rs_token_tis", ""},
		{"verl_k3_rs", "none(eps=1e-08,reject=seq_mean_k3:0.01)", "rollout_rs=seq_mean_k3 rollout_rs_threshold=0.01", presets + "decoupled_k3_rs", ""},
		{"verl_k3_rs_seq_tis", "tis(eps=1e-08,level=sequence,reject=seq_mean_k3:0.01)", "rollout_is=sequence rollout_is_threshold=2.0 rollout_rs=seq_mean_k3 rollout_rs_threshold=0.01", presets + "decoupled_k3_rs_seq_tis", ""},
		{"verl_k3_rs_token_tis", "tis(eps=1e-08,reject=seq_mean_k3:0.01)", "rollout_is=token rollout_is_threshold=2.0 rollout_rs=seq_mean_k3 rollout_rs_threshold=0.01", presets + "decoupled_k3_rs_token_tis", ""},
		{"trl", "icepop(level=sequence,lower=0,unclamped=true,upper=3)", "vllm_importance_sampling_mode=sequence_mask", trl, "TRL's default"},
		{"trl_sequence_truncate", "tis(level=sequence,unclamped=true,upper=3)", "vllm_importance_sampling_mode=sequence_truncate", trl, ""},
		{"trl_token_mask", "icepop(lower=0,unclamped=true,upper=3)", "vllm_importance_sampling_mode=token_mask", trl, ""},
		{"trl_token_truncate", "tis(unclamped=true,upper=3)", "vllm_importance_sampling_mode=token_truncate", trl, ""},
		{"openrlhf_tis", "tis(lower=0.5,unclamped=true,upper=5)", "is_correction_type=tis", openrlhf, "small weights are raised to the lower bound"},
		{"openrlhf_icepop", "icepop(unclamped=true)", "is_correction_type=icepop", openrlhf, ""},
		{"openrlhf_seq_mask_tis", "seq_mask_tis(unclamped=true)", "is_correction_type=seq-mask-tis", openrlhf, "the weights of tokens have no bound, despite the name"},
		{"nemo_rl_icepop", "icepop(unclamped=true)", "truncated_importance_sampling_type=icepop truncated_importance_sampling_ratio=5 truncated_importance_sampling_ratio_min=0.5", nemo, "ratios beyond float64 become 0"},
		{"nemo_rl_seq_mask_tis", "seq_mask_tis(eps=1e-08,lower=0.999,unclamped=true,upper=1.002)", "truncated_importance_sampling_type=seq-mask-tis truncated_importance_sampling_ratio=1.002 truncated_importance_sampling_ratio_min=0.999", nemo,
			"the weights of tokens have no bound, despite the name"},
		{"slime", "tis(unclamped=true)", "--use-tis", slime + ", vanilla_tis_function", ""},
		{"slime_icepop", "icepop(lower=0,unclamped=true,upper=2)", "--use-tis --custom-tis-function-path slime.backends.megatron_utils.loss.icepop_function", slime + ", icepop_function", "--tis-clip-low is 0 unless set"},
		{"slime_mis", "tis(normalize=true,reject=token_ratio:0.5_2,veto=0.0001,veto_mask=true)", "mis.yaml", mis, ""},
		{"areal", "is(reject=token_ratio:0_5,unclamped=true)", "rejection_sampling: {}", areal, ""},
		{"areal_clamp", "tis(unclamped=true,upper=5)", "rejection_sampling: {action: clamp}", areal, ""},
		{"areal_sequence", "is(level=geometric,reject=geometric_ratio:0_5,unclamped=true)", "rejection_sampling: {level: sequence}", areal, ""},
		{"skyrl_token", "tis", "tis_ratio_type=token", skyrl, "the ratio is computed in float32"},
		{"skyrl_sequence", "tis(level=sequence,upper=5)", "tis_ratio_type=sequence", skyrl, "the sum runs over what other masks leave"},
		{"skyrl_geometric", "none(reject=geometric_ratio:0.99_1.01)", "sequence_mask_metric=geometric", skyrl, ""},
		{"skyrl_product", "none(reject=sequence_ratio:0.5_2)", "sequence_mask_metric=product", skyrl, ""},
		{"ms_swift_token_truncate", "tis", "rollout_importance_sampling_mode=token_truncate", swift, ""},
		{"ms_swift_token_mask", "icepop(lower=0,upper=2)", "rollout_importance_sampling_mode=token_mask", swift, ""},
		{"ms_swift_sequence_truncate", "tis(level=geometric)", "rollout_importance_sampling_mode=sequence_truncate", swift, "log-ratios are clamped before their mean"},
		{"ms_swift_sequence_mask", "seq_mask_tis(lower=0,upper=2)", "rollout_importance_sampling_mode=sequence_mask", swift, "log-ratios are clamped before their mean"},
		{"open_instruct", "tis", "use_rho_correction=True", open, "log-ratios are clamped to ±10"},
	}
}
