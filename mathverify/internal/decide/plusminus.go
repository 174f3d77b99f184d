package decide

import (
	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// maxSigns bounds the ± in one expression whose signs are taken one by one.
const maxSigns = 4

func hasPlusMinus(n *tree.Node) bool {
	return n.Op != tree.Number && n.Op != tree.Symbol && tree.Any(n, isPlusMinus)
}

func isPlusMinus(n *tree.Node) bool { return n.Op == tree.PlusMinus || n.Op == tree.MinusPlus }

// bothSigns returns the two readings of an expression with ±: all upper signs,
// then all lower signs. Those of one expression go together: x ± y ∓ z is two
// values, not four.
func bothSigns(n *tree.Node) []*tree.Node {
	return []*tree.Node{withSign(n, tree.PlusMinus), withSign(n, tree.MinusPlus)}
}

// withSign drops the signs of op and negates the others.
func withSign(n *tree.Node, op tree.Op) *tree.Node {
	return tree.Map(n, func(m *tree.Node) *tree.Node {
		switch {
		case m.Op == op:
			return m.Args[0]
		case isPlusMinus(m):
			return negate(m.Args[0])
		}
		return m
	})
}

// allSigns returns every choice of signs, or nil when there are too many.
func allSigns(n *tree.Node) []*tree.Node {
	signs := 0
	tree.Any(n, func(m *tree.Node) bool {
		if isPlusMinus(m) {
			signs++
		}
		return false
	})
	if signs > maxSigns {
		return nil
	}
	out := make([]*tree.Node, 1<<signs)
	for mask := range out {
		i := 0
		out[mask] = tree.Map(n, func(m *tree.Node) *tree.Node {
			if !isPlusMinus(m) {
				return m
			}
			i++
			if mask>>(i-1)&1 == 0 {
				return m.Args[0]
			}
			return negate(m.Args[0])
		})
	}
	return out
}

// plusMinus compares two values of which at least one has ±, as sets of both
// readings. Where several ± stand in one expression, their signs may also be
// meant independently: that reading counts against values written out.
func (c *comparer) plusMinus(a, b *tree.Node) (tri.Verdict, string) {
	v := c.cover(spread([]*tree.Node{a}, bothSigns), spread([]*tree.Node{b}, bothSigns))
	if v == tri.Equal {
		return v, rulePlusMinus
	}
	x, y := spread([]*tree.Node{a}, allSigns), spread([]*tree.Node{b}, allSigns)
	if len(x) == 0 || len(y) == 0 {
		return tri.Undecided, rulePlusMinus
	}
	if len(x) <= 2 && len(y) <= 2 {
		return v, rulePlusMinus
	}
	w := c.cover(x, y)
	if w == tri.Equal && hasPlusMinus(a) && hasPlusMinus(b) {
		return tri.Undecided, rulePlusMinus // 1 ± a ± b and 1 ± a ∓ b
	}
	return tri.Or(v, w), rulePlusMinus
}

// spread replaces every element with ± by its readings.
func spread(elements []*tree.Node, readings func(*tree.Node) []*tree.Node) []*tree.Node {
	any := false
	for _, e := range elements {
		any = any || hasPlusMinus(e)
	}
	if !any {
		return elements
	}
	var out []*tree.Node
	for _, e := range elements {
		if hasPlusMinus(e) {
			out = append(out, readings(e)...)
		} else {
			out = append(out, e)
		}
	}
	return out
}

// negate returns -n without piling up signs.
func negate(n *tree.Node) *tree.Node {
	switch n.Op {
	case tree.Number:
		return tree.NegRat(n)
	case tree.Neg:
		return n.Args[0]
	}
	return tree.New(tree.Neg, n)
}

// signsDiffer reports two answers of several parts whose signs ± and ∓ go
// together in different ways: (±1, ±1) and (±1, ∓1).
func signsDiffer(a, b *tree.Node) bool {
	if a.Op != b.Op || a.Op != tree.Tuple && a.Op != tree.And && a.Op != tree.List || len(a.Args) != len(b.Args) {
		return false
	}
	x, y := signOps(nil, a), signOps(nil, b)
	if len(x) < 2 || len(x) != len(y) {
		return false
	}
	same, flipped := true, true
	for i := range x {
		same = same && x[i] == y[i]
		flipped = flipped && x[i] != y[i]
	}
	return !same && !flipped
}

// signOps lists the signs ± and ∓ of a tree in order.
func signOps(out []tree.Op, n *tree.Node) []tree.Op {
	if isPlusMinus(n) {
		out = append(out, n.Op)
	}
	for _, a := range n.Args {
		out = signOps(out, a)
	}
	return out
}
