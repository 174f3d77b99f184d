package decide

import (
	"github.com/golongrl/golongrl/mathverify/internal/approx"
	"github.com/golongrl/golongrl/mathverify/internal/ball"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// A sketch encloses a constant in a small ball. Two constants whose balls are
// apart differ, which spares most of the comparisons within large sets.
type sketch struct {
	at ball.Fast
	ok bool
}

// sketches encloses the elements that have only one reading. It returns nil
// where that would not pay, or where numbers that differ may still be equal.
func (c *comparer) sketches(all []*tree.Node) []sketch {
	if len(all) < 2 || c.o.Scalar.RelTol != 0 || c.o.IgnorePercent {
		return nil
	}
	out := make([]sketch, len(all))
	for i, n := range all {
		if kindOf(n) != value || tree.Any(n, ambiguous) {
			continue
		}
		out[i].at, out[i].ok = approx.EvalFast(n, nil, c.b)
	}
	return out
}

// ambiguous reports what may be read in two ways, and symbols.
func ambiguous(n *tree.Node) bool {
	return n.Op == tree.Symbol || n.Op == tree.Degree || isPlusMinus(n) || n.Op == tree.Func && n.Name == "log"
}

// apart reports whether the elements i and j certainly differ.
func apart(a, b []sketch, i, j int) bool {
	return a != nil && b != nil && a[i].ok && b[j].ok && a[i].at.Different(b[j].at)
}
