package decide

import (
	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// A branch is the value of a piecewise expression on a set of reals.
type branch struct {
	on    []piece
	value *tree.Node
}

// piecewise compares a piecewise value with another or with an expression, on
// every interval between the points at which a condition changes. Absolute
// values resolve there into one of their branches.
func (c *comparer) piecewise(a, b *tree.Node) (tri.Verdict, string) {
	x := caseVariable(a, b)
	if x == nil {
		return c.sameCases(a, b)
	}
	f, ok := c.branches(a, x)
	g, ok2 := c.branches(b, x)
	if !ok || !ok2 {
		return c.sameCases(a, b)
	}
	// Both must be given on the same set, up to single points. An expression may
	// have no value where the other is not given.
	all := c.sameDomain(f, g)
	if all != tri.Equal {
		if a.Op == tree.Cases && b.Op == tree.Cases {
			return all, rulePiecewise
		}
		all = tri.Undecided
	}
	for _, p := range f {
		for _, q := range g {
			common, ok := c.meet(p.on, q.on)
			if !ok {
				return tri.Undecided, rulePiecewise
			}
			for _, r := range common {
				if all = tri.And(all, c.agree(p.value, q.value, x, r)); all == tri.Different {
					return all, rulePiecewise
				}
			}
		}
	}
	return all, rulePiecewise
}

// caseVariable returns the only variable of the conditions.
func caseVariable(a, b *tree.Node) *tree.Node {
	var x string
	for _, n := range [...]*tree.Node{a, b} {
		if n.Op != tree.Cases {
			continue
		}
		for i := 1; i < len(n.Args); i += 2 {
			if n.Args[i].Op == tree.Text {
				continue
			}
			free := tree.Free(n.Args[i])
			if len(free) != 1 || x != "" && x != free[0] {
				return nil
			}
			x = free[0]
		}
	}
	if x == "" {
		return nil
	}
	return tree.Sym(x)
}

// branches returns the values of a piecewise expression with their domains,
// each without those above it.
func (c *comparer) branches(n, x *tree.Node) ([]branch, bool) {
	left := []piece{reals}
	if n.Op != tree.Cases {
		return []branch{{left, n}}, true
	}
	var out []branch
	for i := 0; i+1 < len(n.Args); i += 2 {
		on := left
		if cond := n.Args[i+1]; cond.Op != tree.Text {
			if cond.Op == tree.List {
				cond = tree.New(tree.And, cond.Args...)
			}
			s := c.solve(cond, x)
			if s == nil {
				return nil, false
			}
			p, ok := c.pieces(s)
			if !ok {
				return nil, false
			}
			if on, ok = c.meet(left, p); !ok {
				return nil, false
			}
		} else if meaning := fold(cond.Name); meaning != "otherwise" && meaning != "else" {
			return nil, false
		}
		out = append(out, branch{on, n.Args[i]})
		var ok bool
		if left, ok = c.meet(left, complement(on)); !ok {
			return nil, false
		}
	}
	return out, true
}

// sameDomain compares where two piecewise expressions have values, leaving
// single points aside.
func (c *comparer) sameDomain(f, g []branch) tri.Verdict {
	domain := func(all []branch) ([]piece, bool) {
		var on []piece
		for _, b := range all {
			on = append(on, b.on...)
		}
		closed := make([]piece, len(on))
		for i, p := range on {
			closed[i] = piece{p.lo, p.hi, false, false}
		}
		return c.join(closed)
	}
	x, ok := domain(f)
	y, ok2 := domain(g)
	if !ok || !ok2 {
		return tri.Undecided
	}
	return c.samePieces(x, y)
}

// agree compares two expressions on an interval.
func (c *comparer) agree(a, b, x *tree.Node, on piece) tri.Verdict {
	if on.lo == on.hi || !isInf(on.lo) && !isInf(on.hi) && c.sameEnd(on.lo, on.hi) == tri.Equal {
		v, _ := c.compare(tree.Replace(a, x.Name, on.lo), tree.Replace(b, x.Name, on.lo))
		return v
	}
	p, ok := c.withoutAbs(a, x, on)
	q, ok2 := c.withoutAbs(b, x, on)
	if !ok || !ok2 {
		return tri.Undecided
	}
	v, _ := c.compare(p, q)
	return v
}

// withoutAbs resolves absolute values and signs whose argument has one sign on
// the interval.
func (c *comparer) withoutAbs(n, x *tree.Node, on piece) (*tree.Node, bool) {
	ok := true
	out := tree.Map(n, func(m *tree.Node) *tree.Node {
		u := m
		switch {
		case m.Op == tree.Func && (m.Name == "abs" || m.Name == "sgn"):
			u = m.Args[0]
		case m.Op == tree.Root && m.Args[1].IsInt(2) && m.Args[0].Op == tree.Pow && m.Args[0].Args[1].IsInt(2):
			u = m.Args[0].Args[0] // √u²
		default:
			return m
		}
		if !depends(u, x.Name) {
			return m
		}
		sign := int64(0)
		for _, s := range [...]int64{1, -1} {
			r := tree.Ge
			if s < 0 {
				r = tree.Le
			}
			set := c.solveRelation(u, r, tree.Int(0), x)
			if set == nil {
				break
			}
			if p, fine := c.pieces(set); fine {
				if common, fine := c.meet([]piece{on}, p); fine && len(common) == 1 && c.samePieces(common, []piece{on}) == tri.Equal {
					sign = s
				}
			}
		}
		switch {
		case sign == 0:
			ok = false
			return m
		case m.Op == tree.Func && m.Name == "sgn":
			return tree.Int(sign)
		case sign < 0:
			return negate(u)
		}
		return u
	})
	return out, ok
}

// sameCases compares piecewise values whose conditions no rule can solve:
// branch by branch, in any order.
func (c *comparer) sameCases(a, b *tree.Node) (tri.Verdict, string) {
	if a.Op != tree.Cases || b.Op != tree.Cases || len(a.Args) != len(b.Args) {
		return tri.Undecided, rulePiecewise
	}
	bundle := func(n *tree.Node) []*tree.Node {
		var out []*tree.Node
		for i := 0; i+1 < len(n.Args); i += 2 {
			out = append(out, tree.Named(tree.Tuple, "(", n.Args[i], n.Args[i+1]))
		}
		return out
	}
	if c.match(bundle(a), bundle(b)) == tri.Equal {
		return tri.Equal, rulePiecewise
	}
	return tri.Undecided, rulePiecewise
}
