package scalar

import (
	"slices"

	"github.com/golongrl/golongrl/mathverify/internal/approx"
	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// simplify computes what intervals settle: the floor, ceiling and sign of a
// constant that is certainly no integer, or not 0. It puts the arguments of
// gcd and lcm in order.
func simplify(n *tree.Node, bud *budget.Budget) *tree.Node {
	if !tree.Any(n, simplifies) {
		return n
	}
	return tree.Map(n, func(m *tree.Node) *tree.Node {
		bud.Use(4)
		if !simplifies(m) {
			return m
		}
		if m.Name == "gcd" || m.Name == "lcm" {
			if slices.IsSortedFunc(m.Args, tree.Compare) {
				return m
			}
			return m.With(slices.SortedStableFunc(slices.Values(m.Args), tree.Compare))
		}
		if v := rounded(m, bud); v != nil {
			return v
		}
		return m
	})
}

// rounded returns the value of floor, ceil or sgn, or nil.
func rounded(n *tree.Node, bud *budget.Budget) *tree.Node {
	x, ok := approx.EvalFast(n.Args[0], nil, bud)
	if !ok || !x.IsReal() {
		return nil
	}
	var v float64
	switch n.Name {
	case "floor":
		v, ok = x.Floor()
	case "ceil":
		v, ok = x.Neg().Floor()
		v = -v
	default:
		var s int
		s, ok = x.Sign()
		v = float64(s)
	}
	const most = 1 << 50
	if !ok || v > most || v < -most {
		return nil
	}
	return tree.Int(int64(v))
}

func simplifies(n *tree.Node) bool {
	if n.Op != tree.Func {
		return false
	}
	switch n.Name {
	case "gcd", "lcm":
		return len(n.Args) > 1
	case "floor", "ceil", "sgn":
		return n.Args[0].Op != tree.Number
	}
	return false
}
