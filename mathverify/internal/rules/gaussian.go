package rules

import (
	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// gaussian: ∫ exp(-a·x²) over the line or half of it, for a > 0
func gaussian(f *tree.Node, x string, from, to *tree.Node, b *budget.Budget) *tree.Node {
	c, g := constantFactor(f, x)
	if g == nil || g.Op != tree.Pow && (g.Op != tree.Func || g.Name != "exp") || to != tree.Inf {
		return nil
	}
	e := g.Args[0]
	if g.Op == tree.Pow {
		if g.Args[0] != tree.E {
			return nil
		}
		e = g.Args[1]
	}
	p, ok := polynomial(e, x, b)
	if !ok || len(p) != 3 || !rationals(p) || !isZero(p[0]) || !isZero(p[1]) || p[2].Rat().Sign() >= 0 {
		return nil
	}
	v := mul(c, tree.New(tree.Root, div(tree.Pi, tree.NegRat(p[2])), two))
	switch {
	case isZero(from):
		return div(v, two)
	case from.Op == tree.Neg && infinite(from):
		return v
	}
	return nil
}
