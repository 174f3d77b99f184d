package decide

import (
	"math/big"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// parts of a chain of equalities: the exact terms and the approximations
// behind ≈, which may be decimals only.
type equalities struct {
	exact, approx []*tree.Node
}

func split(s *tree.Node) equalities {
	if s.Op != tree.Chain {
		return equalities{exact: []*tree.Node{s}}
	}
	e := equalities{exact: s.Args[:1:1]}
	rough := false
	for i, r := range s.Rels {
		rough = rough || r == tree.Approx
		if rough {
			e.approx = append(e.approx, s.Args[i+1])
		} else {
			e.exact = append(e.exact, s.Args[i+1])
		}
	}
	return e
}

// values drops the formulas from the terms behind a name where there are values
// too: of A = πr^2 = 25π, 25π is the value.
func (e equalities) values() equalities {
	var kept []*tree.Node
	for _, t := range e.exact {
		if constant(t) {
			kept = append(kept, t)
		}
	}
	if len(kept) > 0 {
		e.exact = kept
	}
	return e
}

// holds tells whether the terms of a chain agree: the exact ones are equal and
// the approximations within a unit of their last digit.
func (c *comparer) holds(e equalities) (tri.Verdict, string) {
	if len(e.exact)+len(e.approx) > maxTerms {
		return tri.Undecided, ruleSize
	}
	v := tri.Equal
	for _, t := range e.exact[1:] {
		w, _ := c.compare(e.exact[0], t)
		if v = tri.And(v, w); v == tri.Different {
			break
		}
	}
	if v != tri.Equal {
		return v, ruleChain
	}
	for _, t := range e.approx {
		if v = tri.And(v, c.near(e.exact[0], t)); v == tri.Different {
			return v, ruleApprox
		}
	}
	return v, ruleChain
}

// near tells whether t is an approximation of x: x rounded or cut off at the
// last digit of t. A whole number may be rounded to more than ones.
func (c *comparer) near(x, t *tree.Node) tri.Verdict {
	if x.Op == tree.Quantity {
		x = x.Args[0]
	}
	if t.Op == tree.Quantity {
		t = t.Args[0]
	}
	d := t
	if d.Op == tree.Neg {
		d = d.Args[0]
	}
	if d.Op != tree.Number || !constant(x) || kindOf(x) != value {
		return tri.Undecided
	}
	unit := tree.Int(1)
	if d.Digits > 0 && d.Digits <= 1000 {
		unit = tree.Rat(newRat().SetFrac(big.NewInt(1), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(d.Digits)), nil)))
	}
	sign, ok := c.order(x, tree.Int(0))
	if !ok {
		return tri.Undecided
	}
	off := minus(x, t)
	if sign < 0 {
		off = negate(off)
	}
	cut, ok := c.order(off, unit)
	up, ok2 := c.order(off, over(negate(unit), tree.Int(2)))
	switch {
	case !ok || !ok2:
		return tri.Undecided
	case cut < 0 && up >= 0:
		return tri.Equal
	case d.Digits <= 0 && d.IsInteger() && endsInZero(d):
		return tri.Undecided // 16,386 ≈ 16,400
	}
	return tri.Different
}

func endsInZero(n *tree.Node) bool {
	return n.Rat().Sign() != 0 && new(big.Int).Rem(n.Rat().Num(), big.NewInt(10)).Sign() == 0
}

// against compares a value with the terms behind the name in a chain of
// equalities, which must agree with each other.
func (c *comparer) against(v *tree.Node, e equalities) (tri.Verdict, string) {
	w, rule := c.compare(v, e.exact[0])
	if len(e.exact) == 1 && len(e.approx) == 0 {
		return w, rule
	}
	if h, r := c.holds(e); h != tri.Equal {
		return h, r
	}
	if w == tri.Equal {
		return w, ruleChain
	}
	for _, t := range e.approx {
		if u, _ := c.compare(v, t); u == tri.Equal {
			if !figuresOf(t) {
				u = tri.Undecided
			}
			return u, ruleApprox
		}
	}
	return w, ruleChain
}

// figuresOf reports an approximation with three figures or more, which is an
// answer of its own: 3.14 is π rounded, but 5.5 ≈ 5 says both 5.5 and 5.
func figuresOf(t *tree.Node) bool {
	if t.Op == tree.Quantity {
		t = t.Args[0]
	}
	if t.Op == tree.Neg {
		t = t.Args[0]
	}
	if t.Op != tree.Number || t.Digits < 1 || t.Digits > 1000 {
		return false
	}
	hundred := newRat().SetFrac(big.NewInt(100), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(t.Digits)), nil))
	return newRat().Abs(t.Rat()).Cmp(hundred) >= 0
}
