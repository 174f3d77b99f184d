package rouge

import "errors"

// Score holds the three ROUGE figures of one pair of texts, each in [0, 1].
type Score struct {
	Precision float64 // matched share of the hypothesis
	Recall    float64 // matched share of the reference
	F1        float64 // harmonic mean of both, as the function's own text defines it
}

var (
	// ErrEmpty reports that a side holds no sentence, where the reference
	// package raises ValueError.
	ErrEmpty = errors.New("rouge: no sentence")

	// ErrRecursion reports a back-trace that nests deeper than
	// UnionOptions.Recursion, where the reference package raises
	// RecursionError.
	ErrRecursion = errors.New("rouge: back-trace exceeds the recursion limit")

	// ErrBudget reports that the step budget was spent before the score was
	// known.
	ErrBudget = errors.New("rouge: step budget exhausted")
)

// DefaultBudget is the step budget that a zero budget stands for. One step
// updates or reads one machine word, which is up to 64 cells of the
// longest-common-subsequence table; the default is a few seconds of one core.
const DefaultBudget int64 = 1 << 31

// budget counts steps down. It is spent once it is negative.
type budget int64

func newBudget(n int64) budget {
	if n < 0 {
		panic("rouge: negative budget")
	}
	if n == 0 {
		n = DefaultBudget
	}
	return budget(n)
}

// spend takes n steps and reports whether the budget covered them.
func (b *budget) spend(n int) bool {
	*b -= budget(n)
	return *b >= 0
}

// ratioScore is the score of matched items out of sizes hyp and ref:
//
//	P = matched/hyp   R = matched/ref   F1 = 2·P·R/(P+R)
//
// A side of size zero, and no match at all, give zeros.
func ratioScore(matched, ref, hyp int) Score {
	if matched == 0 {
		return Score{}
	}
	p := float64(matched) / float64(hyp)
	r := float64(matched) / float64(ref)
	return Score{Precision: p, Recall: r, F1: float64(2*p*r) / (p + r)}
}
