package mvtext

import (
	"testing"
	"unicode/utf8"
)

func seeds(f *testing.F) {
	for _, p := range hostile {
		f.Add(p)
		f.Add("answer: final answer is " + p + p)
	}
	f.Add(fill(prose, 400))
	f.Add(`The final answer is $\boxed{\frac12}$, \[ 2\% \] and \(3\) percent. I hope it is correct.`)
}

func FuzzCandidates(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		if !inOrder(text, allTargets()) {
			t.Error("order")
		}
		if len(text) <= 120 && utf8.ValidString(text) && !sameAsFresh(text) {
			t.Error("memory")
		}
	})
}

func FuzzNormalizeLatex(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		if !wellNormalised(text) {
			t.Errorf("got %q", NormalizeLatex(text, DefaultNormalization()))
		}
		for flags := range 32 {
			on := func(i int) bool { return flags>>i&1 != 0 }
			NormalizeLatex(text, Normalization{on(0), on(1), on(2), on(3), on(4), BoxMode(flags % 3)})
		}
	})
}
