package decide

import (
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// clocks compares times of day. 3:30 may be a.m. or p.m.; 3:30 p.m. is 15:30.
func (c *comparer) clocks(a, b *tree.Node) (tri.Verdict, string) {
	x, xok := seconds(a)
	y, yok := seconds(b)
	switch {
	case !xok || !yok:
		return tri.Undecided, ruleClock
	case x == y && (a.Name == "") == (b.Name == ""):
		return tri.Equal, ruleClock
	case x == y && x >= 13*3600:
		return tri.Equal, ruleClock // 15:30 needs no p.m.
	case (a.Name == "") != (b.Name == "") && x%(12*3600) == y%(12*3600):
		return tri.Undecided, ruleClock
	}
	return tri.Different, ruleClock
}

func asRatio(t *tree.Node) *tree.Node { return tree.New(tree.Ratio, t.Args...) }

// seconds returns the second of the day.
func seconds(n *tree.Node) (int64, bool) {
	var s int64
	for i, limit := range []int64{24, 59, 59} {
		var v int64
		if i < len(n.Args) {
			var ok bool
			if v, ok = n.Args[i].Int64(); !ok || v < 0 || v > limit {
				return 0, false
			}
		}
		if i == 0 && n.Name != "" {
			if v == 0 || v > 12 {
				return 0, false
			}
			v %= 12
			if n.Name == "pm" {
				v += 12
			}
		}
		s = s*60 + v
	}
	return s, true
}

// textClock compares words with a time: words with digits may be one.
func (c *comparer) textClock(t, _ *tree.Node) (tri.Verdict, string) {
	if strings.ContainsAny(t.Name, "0123456789") {
		return tri.Undecided, ruleClock
	}
	return tri.Different, ruleKinds
}

// clockValue compares a time with an answer that is none: 20:12 beside 5:3 was
// meant as a ratio, and so was 9:10 beside 9/10; but 15:30 is not certain to be
// 1/2.
func (c *comparer) clockValue(v, t *tree.Node) (tri.Verdict, string) {
	if t.Name != "" || kindOf(v) == quantity {
		return tri.Different, ruleClock
	}
	if v.Op == tree.Ratio {
		return c.ratios(v, asRatio(t))
	}
	if v.Op == tree.Div && len(t.Args) == 2 && c.inOrder(v.Args, t.Args) == tri.Equal {
		return tri.Equal, ruleRatio
	}
	w, rule := c.ratioValue(v, asRatio(t))
	if w == tri.Equal {
		w = tri.Undecided
	}
	return w, rule
}
