package ndcg

import (
	"math"
	"slices"
)

// At returns NDCG at cutoff k of a run.
//
// run[i] is the gain of the item at rank i+1, 0 for an item nobody judged. gold
// holds the gains of all judged items, in any order.
//
//	At = Σ_{i<k} run[i]/log2(i+2)  /  Σ_{i<k} g[i]/log2(i+2)
//
// where g is gold sorted from the largest gain down.
//
// A gain that is zero, negative, NaN or infinite contributes 0 and still takes
// its rank. The result is 0 when the ideal sum is 0 (nothing judged relevant)
// or when k <= 0. It lies in [0, 1] when the positive gains of run are a
// sub-multiset of gold's; a run that holds other gains can exceed 1, and that
// is the caller's to prevent. At does not allocate once its scratch is warm.
//
// Source: trec_eval, m_ndcg_cut.c.
func At(k int, run, gold []float64) float64 {
	if k <= 0 {
		return 0
	}
	s := getScratch()
	defer s.release()
	sorted := true
	for _, g := range gold {
		if !counts(g) {
			continue
		}
		if n := len(s.ideal); n > 0 && s.ideal[n-1] < g {
			sorted = false
		}
		s.ideal = append(s.ideal, g)
	}
	if !sorted {
		slices.Sort(s.ideal)
		slices.Reverse(s.ideal)
	}
	return ratio(k, run, s.ideal)
}

// counts reports whether a gain can contribute to a sum.
func counts(g float64) bool { return g > 0 && g <= math.MaxFloat64 }

// ratio divides the DCG of run by the DCG of ideal, both cut at k.
func ratio(k int, run, ideal []float64) float64 {
	run, ideal = run[:min(k, len(run))], ideal[:min(k, len(ideal))]
	log := discounts(max(len(run), len(ideal)))
	best := dcg(ideal, log, 1)
	if best == 0 {
		return 0
	}
	sum := dcg(run, log, 1)
	if math.IsInf(best, 1) || math.IsInf(sum, 1) {
		// Gains near the top of the float64 range: a power of two scales
		// both sums exactly, and no slice is long enough to overflow again.
		const tiny = 0x1p-64
		best, sum = dcg(ideal, log, tiny), dcg(run, log, tiny)
	}
	return sum / best
}

// dcg adds up from the best rank down, one division per positive gain: the
// order decides the last bit, so it is trec_eval's.
func dcg(gains, log []float64, scale float64) float64 {
	sum := 0.0
	for i, g := range gains {
		if counts(g) {
			sum += float64(g*scale) / log[i]
		}
	}
	return sum
}
