// Package ndcg computes normalised discounted cumulative gain at a cutoff, as
// trec_eval's ndcg_cut measure defines it, in the order of floating-point
// operations trec_eval uses.
//
// The gain is linear and rank r (from 1) is discounted by log2(r+1):
//
//	DCG@k  = Σ gain(r) / log2(r+1),   r = 1 .. k
//	NDCG@k = DCG@k of the run / DCG@k of the best possible run
//
// [At] works on gains. [Ranked] works on ranked ids and treats duplicates and
// NUL bytes as the released GoLongRL reward does. [Distinct] is the strict form
// for ids: of duplicates the first counts.
//
// Every function is pure, safe for concurrent use, and gives the same bits on
// every platform: the logarithms are correctly rounded (see discount.go), and
// no sum is open to fused multiply-add.
//
// Source: K. Järvelin and J. Kekäläinen, "Cumulated gain-based evaluation of IR
// techniques", ACM TOIS 20(4), 2002; trec_eval's m_ndcg_cut as compiled in
// pytrec-eval-terrier 0.5.11.
package ndcg
