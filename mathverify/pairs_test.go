package mathverify_test

import (
	"context"
	"testing"

	"github.com/golongrl/golongrl/internal/mathpairs"
	"github.com/golongrl/golongrl/mathverify"
)

// TestGeneratedPairs judges pairs that are labelled by construction. No wrong
// answer may be accepted; right ones may be missed now and then.
func TestGeneratedPairs(t *testing.T) {
	const seed, n = 20261123, 6000
	t.Logf("seed %d", seed)
	type count struct{ equal, missed, accepted, undecided int }
	counts := map[string]*count{}
	source := mathpairs.New(seed)
	total := count{}
	for range n {
		p := source.Next()
		c := counts[p.Class]
		if c == nil {
			c = &count{}
			counts[p.Class] = c
		}
		r, err := mathverify.Options{}.Check(context.Background(), p.Gold, p.Response)
		if err != nil {
			t.Fatal(err)
		}
		if r.Verdict == mathverify.Undecided {
			c.undecided++
			total.undecided++
		}
		switch got := r.Verdict == mathverify.Equal; {
		case got && !p.Equal:
			c.accepted++
			total.accepted++
			t.Errorf("%s: accepts %q for %q (%s)", p.Class, p.Response, p.Gold, r.Rule)
		case p.Equal:
			c.equal++
			total.equal++
			if !got {
				c.missed++
				total.missed++
				t.Logf("%s: %v (%s): %q for %q", p.Class, r.Verdict, r.Rule, p.Response, p.Gold)
			}
		}
	}
	for _, class := range mathpairs.Classes() {
		if c := counts[class]; c != nil && (c.missed > 0 || c.accepted > 0) {
			t.Logf("%-20s %3d equal, %3d of them missed, %d wrongly accepted, %d undecided", class, c.equal, c.missed, c.accepted, c.undecided)
		}
	}
	t.Logf("%d pairs: %d of %d right answers missed, %d wrong ones accepted, %d undecided", n, total.missed, total.equal, total.accepted, total.undecided)
	if 50*total.missed > total.equal {
		t.Errorf("%d of %d right answers missed: more than 2 %%", total.missed, total.equal)
	}
}
