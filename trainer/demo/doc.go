// Package demo is a training run that fits into two minutes on two processor
// cores: nine miniature long-context tasks, one per reward of package scoring,
// and a policy of 0.2M parameters that learns them from random weights.
//
// A prompt is a page of notes, words with marks, and a question about them:
//
//	Notes:
//	- fig
//	* gum
//	- elm
//	Which word is starred?
//
// Answers are texts that the unmodified metrics score. Tasks ask for marks,
// order, copying and small tables, which two layers of attention can do; none
// asks to recall what stood behind an arbitrary key.
//
// A supervised warm-up imitates a teacher who follows, from answer to answer,
// one of three rules per task: the right one or a plausible wrong one
// ([Task.Rules]). All can be computed from the prompt, so that the policy learns
// to do each of them and is as undecided between them as its teacher;
// reinforcement learning is then left to find out which one is rewarded. No
// noise is added to rewards or answers.
package demo
