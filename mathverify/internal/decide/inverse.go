package decide

import (
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// solveInverse solves f(u) R k for a constant k and an increasing f:
//
//	b^u R k    u R ln k / ln b      k > 0, b > 1
//	ln u R k   u R e^k, u > 0
//	log_b u    u R b^k, u > 0       b > 1
//	√u R k     u R k^2, u ≥ 0       k ≥ 0
//
// A logarithm without a base has none that is certain.
func (c *comparer) solveInverse(l *tree.Node, r tree.Rel, k, x *tree.Node) *tree.Node {
	if !depends(l, x.Name) {
		l, k, r = k, l, mirror(r)
	}
	if depends(k, x.Name) || !depends(l, x.Name) || !constant(k) || hasPlusMinus(k) {
		return nil
	}
	l, r, k = c.unwrapped(l, r, k, x)
	zero := tree.Int(0)
	var u, at, least *tree.Node
	above := tree.Gt
	switch {
	case l.Op == tree.Pow && !depends(l.Args[0], x.Name):
		if d, ok := c.order(l.Args[0], tree.Int(1)); !ok || d <= 0 {
			return nil
		}
		if d, ok := c.order(k, zero); !ok || d <= 0 {
			return nil
		}
		u = l.Args[1]
		at = over(tree.Fn("ln", k), tree.Fn("ln", l.Args[0]))
	case l.Op == tree.Func && l.Name == "exp":
		if d, ok := c.order(k, zero); !ok || d <= 0 {
			return nil
		}
		u, at = l.Args[0], tree.Fn("ln", k)
	case l.Op == tree.Func && l.Name == "ln":
		u, at, least = l.Args[0], tree.New(tree.Pow, tree.E, k), zero
	case l.Op == tree.Func && l.Name == "log" && len(l.Args) == 2 && !depends(l.Args[1], x.Name):
		if d, ok := c.order(l.Args[1], tree.Int(1)); !ok || d <= 0 {
			return nil
		}
		u, at, least = l.Args[0], tree.New(tree.Pow, l.Args[1], k), zero
	case l.Op == tree.Root && l.Args[1].IsInt(2):
		if d, ok := c.order(k, zero); !ok || d < 0 {
			return nil
		}
		u, at, least, above = l.Args[0], times(k, k), zero, tree.Ge
	default:
		return nil
	}
	s := c.solveRelation(u, r, at, x)
	if s == nil || least == nil {
		return s
	}
	if r == tree.Eq {
		return s // u = at is positive already
	}
	domain := c.solveRelation(u, above, least, x)
	if domain == nil {
		return nil
	}
	return tree.New(tree.Intersect, s, domain)
}

// unwrapped moves constant terms and factors of l to the other side.
func (c *comparer) unwrapped(l *tree.Node, r tree.Rel, k, x *tree.Node) (*tree.Node, tree.Rel, *tree.Node) {
	for range 8 {
		var inner *tree.Node
		rest := tree.Int(0)
		switch l.Op {
		case tree.Neg:
			l, k, r = l.Args[0], negate(k), mirror(r)
			continue
		case tree.Add:
			for _, a := range l.Args {
				switch {
				case !depends(a, x.Name):
					rest = plus(rest, a)
				case inner != nil:
					return l, r, k
				default:
					inner = a
				}
			}
			l, k = inner, minus(k, rest)
		case tree.Mul:
			rest = tree.Int(1)
			for _, a := range l.Args {
				switch {
				case !depends(a, x.Name):
					rest = times(rest, a)
				case inner != nil:
					return l, r, k
				default:
					inner = a
				}
			}
			d, ok := c.order(rest, tree.Int(0))
			if !ok || d == 0 {
				return l, r, k
			}
			if d < 0 {
				r = mirror(r)
			}
			l, k = inner, over(k, rest)
		default:
			return l, r, k
		}
	}
	return l, r, k
}
