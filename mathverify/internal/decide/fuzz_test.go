package decide

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// FuzzCompare looks for pairs of answers whose verdict depends on their order,
// that change on repetition, or that are not equal to themselves.
func FuzzCompare(f *testing.F) {
	files, _ := filepath.Glob("testdata/cases/*.txt")
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		all, err := readCases(name, string(text))
		if err != nil {
			f.Fatal(err)
		}
		for _, c := range all {
			f.Add(c.gold, c.answer)
		}
	}
	f.Fuzz(func(t *testing.T, s, u string) {
		if len(s) > 300 || len(u) > 300 {
			return
		}
		a, err := parse(s)
		if err != nil {
			return
		}
		b, err := parse(u)
		if err != nil {
			return
		}
		const few = steps / 10
		v, rule := Compare(a, b, Options{}, budget.Of(few))
		again, rule2 := Compare(a, b, Options{}, budget.Of(few))
		if v != again || rule != rule2 {
			t.Errorf("%q, %q: %v by %s, then %v by %s", s, u, v, rule, again, rule2)
		}
		w, rule2 := Compare(b, a, Options{}, budget.Of(few))
		// Where the steps run out may depend on the order.
		if v != w && v != tri.Undecided && w != tri.Undecided {
			t.Errorf("%q, %q: %v by %s, swapped %v by %s", s, u, v, rule, w, rule2)
		}
		copied, err := parse(s)
		if err != nil {
			t.Fatal(err)
		}
		if v, rule := Compare(a, copied, Options{}, budget.Of(few)); v != tri.Equal {
			t.Errorf("%q and itself: %v by %s", s, v, rule)
		}
	})
}
