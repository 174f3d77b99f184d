package canon

import (
	"testing"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

const testSteps = 2_000_000

func parse(t testing.TB, s string) *tree.Node {
	t.Helper()
	r := &reader{s}
	n := r.sum()
	if r.s != "" {
		t.Fatalf("%s: left over: %s", s, r.s)
	}
	return n
}

func equalTest(t testing.TB, x, y string, o Options) (r Result) {
	t.Helper()
	a, b := parse(t, x), parse(t, y)
	bud := budget.Of(testSteps)
	if err := bud.Run(func() { r = Equal(a, b, o, bud) }); err != nil {
		t.Logf("%s = %s: %v", x, y, err)
	}
	return r
}

type pair struct {
	x, y string
	want Result
}

func checkPairs(t *testing.T, o Options, pairs []pair) {
	t.Helper()
	for _, p := range pairs {
		if got := equalTest(t, p.x, p.y, o); got != p.want {
			t.Errorf("%s = %s: %v, want %v", p.x, p.y, got, p.want)
		}
		if got := equalTest(t, p.y, p.x, o); got != p.want {
			t.Errorf("%s = %s (swapped): %v, want %v", p.y, p.x, got, p.want)
		}
	}
}
