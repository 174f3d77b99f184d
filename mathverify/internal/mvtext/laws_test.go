package mvtext

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"
)

const lawSeed = 20250713

// genText makes texts of the hostile pieces.
func genText() gopter.Gen {
	pieces := make([]any, len(hostile))
	for i, p := range hostile {
		pieces[i] = p
	}
	return gen.SliceOf(gen.OneConstOf(pieces...)).Map(func(v []string) string { return strings.Join(v, "") })
}

func allTargets() Config {
	c := Default()
	c.Targets = [3]Target{LatexTarget, ExprTarget, StringTarget}
	return c
}

func newScanner(text string, c *Config) *scanner {
	x := &scanner{s: text, c: c}
	x.findAnchors()
	x.setKeys(strings.Split(c.String.Strings, "\n"))
	return x
}

// sameAsFresh reports whether a scanner that has been asked much finds what a
// new one does, from any place, in any order.
func sameAsFresh(text string) bool {
	c := allTargets()
	used := newScanner(text, &c)
	for p := texHope; p <= strPlain; p++ {
		for from := len(text); from >= 0; from -= 1 + len(text)/40 {
			if from < len(text) && !utf8.RuneStart(text[from]) {
				continue
			}
			got, ok := used.find(p, from)
			want, wantOK := newScanner(text, &c).find(p, from)
			if ok != wantOK || ok && got != want {
				return false
			}
			if _, ok := used.find(p, 0); ok && len(used.all(p)) == 0 {
				return false
			}
		}
	}
	return true
}

// inOrder reports whether candidates come in their order, inside the text, and
// say the same when drawn again.
func inOrder(text string, c Config) bool {
	var last Candidate
	for m := range Candidates(text, c) {
		if m.Start < 0 || m.End <= m.Start || m.End > len(text) || len(m.Parts) == 0 || m.Kind == 0 {
			return false
		}
		if len(m.Parts) > 1 && m.Kind != Latex || m.Fallback(false) != m.Raw {
			return false
		}
		if last.Kind != 0 && (m.Priority < last.Priority || m.Priority == last.Priority &&
			(m.End > last.End || m.End == last.End && m.Start < last.Start)) {
			return false
		}
		last = m
	}
	return reflect.DeepEqual(slices.Collect(Candidates(text, c)), slices.Collect(Candidates(text, c)))
}

// wellNormalised reports what holds of any result of the normalisation.
func wellNormalised(text string) bool {
	got := NormalizeLatex(text, DefaultNormalization())
	return got == trimSpace(got) && !strings.ContainsAny(got, "$\n\t") &&
		NormalizeLatex(text, Normalization{Boxed: BoxNone}) == trimSpace(text)
}

func TestLaws(t *testing.T) {
	parameters := gopter.DefaultTestParametersWithSeed(lawSeed)
	t.Log("seed", lawSeed)
	laws := gopter.NewProperties(parameters)
	laws.Property("what was asked before does not matter", prop.ForAll(sameAsFresh, genText()))
	laws.Property("candidates are in order", prop.ForAll(func(s string) bool { return inOrder(s, allTargets()) }, genText()))
	laws.Property("normalised LaTeX has no dollar signs, lines, outer space", prop.ForAll(wellNormalised, genText()))
	laws.Property("a text without boxes is its own content", prop.ForAll(func(s string) bool {
		s = strings.ReplaceAll(s, "box", "")
		return BoxedContent(s, BoxAll) == s && BoxedContent(s, BoxLast) == s
	}, genText()))
	laws.TestingRun(t)
}
