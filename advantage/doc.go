// Package advantage turns the rewards of sampled groups into advantages: GRPO,
// TMN-Reweight and their rivals, each as a named value with the conventions of
// the stack it comes from.
//
// A batch is a slice of rewards, one per rollout, and an [Index] that says which
// rollouts answer the same prompt and which task a prompt belongs to. Rows may
// come in any order. An [Estimator] is an immutable value, safe for concurrent
// use, that has a canonical spelling:
//
//	est, err := advantage.Parse("tmn_reweight(alpha=0.8)")
//	ix, err := advantage.NewIndex(prompts, tasks)
//	err = est.Advantages(dst, &advantage.Batch{Index: ix, Rewards: rewards})
//
// Notation of the doc comments: r_i is the reward of row i, n the number of
// rollouts of its prompt, mu the mean and sigma the standard deviation of the
// prompt's rewards; T is the prompt's task; delta is the option eps.
//
// # Rules that all estimators share
//
// A group whose rewards are all equal has advantage exactly 0, whatever the
// rounding of its mean. It stays in the statistics of its task and of the batch
// unless drop_constant is set ([Rules]). A prompt with a single rollout has
// advantage 0 and counts nowhere; single=reference gives it what the released
// code gives it.
//
// reinforce_pp, remax and qwenlong(center=task) know no groups, and where lengths
// differ the whitening of reinforce_pp_baseline and gdpo moves all rows by a
// constant: for these the doc comments say what equal and single rewards give.
//
// Statistics are computed in float64 in two passes around the mean, with the
// rounding error of the mean carried along, and rescaled where squares would
// leave the range of float64: rewards of 1e-200 or 1e200, or 1e6 plus a little,
// lose no relative precision. Finite rewards never give NaN; where an advantage
// is too large for float64 there is an error.
//
// Advantages does not allocate once its scratch memory is warm.
package advantage
