// Package scoring computes the rewards of GoLongRL: nine metrics for
// long-context tasks, composite rewards made of them, and the records they
// judge.
//
//	T1  em           exact match                      package scoring
//	T2  choice       multiple choice                  package scoring
//	T3  f1           F1 over sets of lines            package scoring
//	T4  math_verify  mathematical answers             package mathverify
//	T5  iou          IoU of table rows                package iou
//	T6  sub_em       share of reference lines         package scoring
//	T7  ndcg         NDCG@k of ranked lines           package ndcg
//	T8  pairwise     share of ordered pairs           package scoring
//	T9  rouge_l      ROUGE-L                          package rouge
//
// Each has two profiles. strict, which a bare name means, is the paper's intent
// with the reward-hacking holes of the released code closed. reference is the
// value of the released training code, bugs included. docs/metrics.md shows
// both side by side for every hole.
//
// A [Registry] reads spellings such as "ndcg@10", "rouge_l(lang=zh)" or
// "0.9*math_verify + 0.1*format" and gives a [Metric]; a [Scorer] applies
// metrics to records, one at a time, in batches or as a stream. Both are
// immutable and safe for concurrent use.
//
// Results depend on nothing but the record. Work is bounded by step budgets and
// never by the clock, so a verdict is the same on any machine, in any goroutine
// and at any load. A wrong, empty or malformed answer is a low score with a
// [Status]; a reference that cannot be read is no score at all, never a silent
// 0; no input makes a metric panic.
//
// Source: GoLongRL, arXiv 2605.19577; code xiaoxuanNLP/GoLongRL at c34dba3.
package scoring
