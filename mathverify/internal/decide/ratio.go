package decide

import (
	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// ratios compares a:b:c with d:e:f up to a factor,
//
//	a·e = b·d, a·f = c·d, b·f = c·e
//
// which for terms other than zero follows from the products with the first.
func (c *comparer) ratios(a, b *tree.Node) (tri.Verdict, string) {
	if len(a.Args) != len(b.Args) {
		return tri.Different, ruleRatio
	}
	v := tri.Equal
	for i := range a.Args {
		for j := range i {
			w, _ := c.equal(times(a.Args[i], b.Args[j]), times(a.Args[j], b.Args[i]))
			if v = tri.And(v, w); v == tri.Different {
				return v, ruleRatio
			}
		}
	}
	// 0:0 is proportional to anything.
	for _, r := range [...]*tree.Node{a, b} {
		if zero, known := c.zero(r.Args[len(r.Args)-1]); zero || !known {
			return c.inOrder(a.Args, b.Args), ruleRatio
		}
	}
	return v, ruleRatio
}

// ratioValue compares a ratio of two terms with a value: 2:3 is 2/3.
func (c *comparer) ratioValue(v, r *tree.Node) (tri.Verdict, string) {
	if len(r.Args) != 2 {
		return tri.Different, ruleRatio
	}
	w, _ := c.compare(over(r.Args[0], r.Args[1]), v)
	return w, ruleRatio
}

func times(a, b *tree.Node) *tree.Node {
	switch {
	case a.Op == tree.Number && b.Op == tree.Number && small(a) && small(b):
		return tree.MulRat(a, b)
	case a.IsInt(1):
		return b
	case b.IsInt(1):
		return a
	case a.IsInt(0) || b.IsInt(0):
		return tree.Int(0)
	case a.IsInt(-1):
		return negate(b)
	case b.IsInt(-1):
		return negate(a)
	}
	return tree.New(tree.Mul, a, b)
}

func over(a, b *tree.Node) *tree.Node {
	if b.IsInt(1) {
		return a
	}
	if a.Op == tree.Number && b.Op == tree.Number && small(a) && small(b) && !b.IsInt(0) {
		return tree.Rat(newRat().Quo(a.Rat(), b.Rat()))
	}
	return tree.New(tree.Div, a, b)
}

func plus(a, b *tree.Node) *tree.Node {
	switch {
	case a.Op == tree.Number && b.Op == tree.Number && small(a) && small(b):
		return tree.AddRat(a, b)
	case a.IsInt(0):
		return b
	case b.IsInt(0):
		return a
	}
	return tree.New(tree.Add, a, b)
}

func minus(a, b *tree.Node) *tree.Node { return plus(a, negate(b)) }
