package scalar

import (
	"github.com/golongrl/golongrl/mathverify/internal/approx"
	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// compareInfinite compares expressions of which one contains ∞. Only those that
// clearly are ∞ or -∞ are decided: 2·∞ and ∞+1 are, ∞-∞ is not.
func compareInfinite(a, b *tree.Node, bud *budget.Budget) (tri.Verdict, string) {
	x, y := infinite(a, bud), infinite(b, bud)
	switch {
	case x == 2 || y == 2:
		return tri.Undecided, RuleInfinity
	case x != 0 && y != 0:
		return verdict(x == y), RuleInfinity
	case x != 0 && finite(b, bud) || y != 0 && finite(a, bud):
		return tri.Different, RuleInfinity
	}
	return tri.Undecided, RuleInfinity
}

// infinite returns 1 or -1 for ±∞, 0 for a tree without ∞ and 2 for others.
func infinite(n *tree.Node, bud *budget.Budget) int {
	bud.Use(1)
	if look(n)&unbounded == 0 {
		return 0
	}
	switch n.Op {
	case tree.Const:
		return 1
	case tree.Neg:
		if s := infinite(n.Args[0], bud); s != 2 {
			return -s
		}
	case tree.Add:
		sum := 0
		for _, a := range n.Args {
			s := infinite(a, bud)
			if s == 2 || s*sum < 0 || s == 0 && !finite(a, bud) {
				return 2
			}
			if s != 0 {
				sum = s
			}
		}
		return sum
	case tree.Mul:
		product := 1
		for _, a := range n.Args {
			s := infinite(a, bud)
			if s == 0 {
				q, err := approx.Rational(a, bud)
				if err != nil || q.Sign() == 0 {
					return 2
				}
				s = q.Sign()
			}
			if s == 2 {
				return 2
			}
			product *= s
		}
		return product
	}
	return 2
}

// finite reports an expression that has a finite value somewhere.
func finite(n *tree.Node, bud *budget.Budget) bool {
	s := approx.SymbolsOf(n, n)
	for k := range 4 {
		v, err := approx.Eval(n, s.Point(k, 1), 64, bud)
		if err == nil && !v.IsUnbounded() {
			return true
		}
	}
	return false
}
