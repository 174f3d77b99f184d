// Package golongrl is the front page of a library of rewards for reinforcement
// learning of long-context language models; the code is in its subpackages.
//
//	scoring          the nine rewards, composite rewards, scorers
//	scoring/rollout  reads rollouts from JSON lines
//	scoring/parquet  reads rollouts from Parquet
//	mathverify       verification of mathematical answers
//	rouge ndcg iou   the metrics themselves, as plain functions
//
// The command golongrl-score does the same for files.
package golongrl
