package decide

import (
	"math/big"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// relation compares two relations of two terms each.
func (c *comparer) relation(a, b *tree.Node) (tri.Verdict, string) {
	r, s := a.Rels[0], b.Rels[0]
	al, ar, bl, br := a.Args[0], a.Args[1], b.Args[0], b.Args[1]
	al, r, ar = upward(al, r, ar)
	bl, s, br = upward(bl, s, br)
	comparable := func(r tree.Rel) bool { return r <= tree.Le }
	if r != s {
		if comparable(r) && comparable(s) {
			return tri.Different, ruleInequality
		}
		return tri.Undecided, ruleInequality
	}
	left, _ := c.compare(al, bl)
	right, _ := c.compare(ar, br)
	same := tri.And(left, right)
	if same == tri.Equal {
		return same, ruleEquation
	}
	switch r {
	case tree.Eq, tree.Ne, tree.Identical, tree.Similar, tree.Parallel, tree.Perp, tree.Approx, tree.Iff:
		left, _ = c.compare(al, br)
		right, _ = c.compare(ar, bl)
		if tri.And(left, right) == tri.Equal {
			return tri.Equal, ruleEquation
		}
	case tree.In, tree.NotIn:
		if left == tri.Equal {
			return right, ruleSet
		}
	}
	for _, side := range [...]*tree.Node{al, ar, bl, br} {
		if kindOf(side) != value {
			return tri.Undecided, ruleEquation
		}
	}
	f, g := minus(al, ar), minus(bl, br)
	switch {
	case r == tree.Eq && (hasPlusMinus(f) || hasPlusMinus(g)):
		// y = ±x is (y - x)(y + x) = 0.
		return c.equations(bothFactors(f), bothFactors(g))
	case r == tree.Eq || r == tree.Identical || r == tree.Ne:
		return c.equations(f, g)
	case r == tree.Lt || r == tree.Le:
		return c.inequalities(f, g)
	}
	return tri.Undecided, ruleEquation
}

// upward turns a relation to the one of <, ≤, ⊂ and ⊆ that it is the mirror of,
// and an equation ln u = v into u = e^v.
func upward(l *tree.Node, r tree.Rel, right *tree.Node) (*tree.Node, tree.Rel, *tree.Node) {
	switch r {
	case tree.Gt, tree.Ge:
		return right, mirror(r), l
	case tree.Superset:
		return right, tree.Subset, l
	case tree.SupersetEq:
		return right, tree.SubsetEq, l
	case tree.Eq:
		if right.Op == tree.Func && right.Name == "ln" {
			l, right = right, l
		}
		if l.Op == tree.Func && l.Name == "ln" && !(right.Op == tree.Func && right.Name == "ln") {
			return l.Args[0], r, tree.New(tree.Pow, tree.E, right)
		}
	}
	return l, r, right
}

// bothFactors returns the product of both readings of an expression with ±.
func bothFactors(f *tree.Node) *tree.Node {
	if !hasPlusMinus(f) {
		return f
	}
	return tree.New(tree.Mul, bothSigns(f)...)
}

// equations compares f = 0 with g = 0. They are equal when one is a constant
// multiple of the other once denominators are cleared; they differ when one
// has a solution, found by solving for a variable in which it is linear or
// quadratic, that the other has not.
func (c *comparer) equations(f, g *tree.Node) (tri.Verdict, string) {
	f, below := cleared(f)
	g, under := cleared(g)
	if v, _ := c.equal(f, g); v == tri.Equal {
		return v, ruleEquation
	}
	if v, _ := c.equal(f, negate(g)); v == tri.Equal {
		return v, ruleEquation
	}
	if k := c.factor(f, g); k != nil {
		if v, _ := c.equal(f, times(k, g)); v == tri.Equal {
			return v, ruleEquation
		}
	}
	if c.misses(f, below, g) || c.misses(g, under, f) {
		return tri.Different, ruleWitness
	}
	return tri.Undecided, ruleEquation
}

// cleared returns n as a quotient; the denominator is 1 unless a variable is
// divided by.
func cleared(n *tree.Node) (num, den *tree.Node) {
	one := tree.Int(1)
	switch n.Op {
	case tree.Neg:
		num, den = cleared(n.Args[0])
		return negate(num), den
	case tree.Add:
		num, den = tree.Int(0), one
		for _, a := range n.Args {
			p, q := cleared(a)
			if tree.Same(q, den) {
				num = plus(num, p)
				continue
			}
			num, den = plus(times(num, q), times(p, den)), times(den, q)
		}
		return num, den
	case tree.Mul:
		num, den = one, one
		for _, a := range n.Args {
			p, q := cleared(a)
			num, den = times(num, p), times(den, q)
		}
		return num, den
	case tree.Div:
		if constant(n.Args[1]) {
			p, q := cleared(n.Args[0])
			return over(p, n.Args[1]), q
		}
		p, q := cleared(n.Args[0])
		r, s := cleared(n.Args[1])
		return times(p, s), times(q, r)
	case tree.Pow:
		if k, ok := n.Args[1].Int64(); ok && k < 0 && k > -maxDegree && !constant(n.Args[0]) {
			p, q := cleared(n.Args[0])
			e := tree.Int(-k)
			return tree.New(tree.Pow, q, e), tree.New(tree.Pow, p, e)
		}
	}
	return n, one
}

// samples are the values given to variables, in turn.
var samples = [...]*tree.Node{
	ratio64(2, 3), ratio64(7, 5), ratio64(-3, 4), ratio64(11, 7), ratio64(5, 13), ratio64(-17, 6), ratio64(19, 8), ratio64(1, 11),
}

func ratio64(a, b int64) *tree.Node { return tree.Rat(big.NewRat(a, b)) }

// at gives every variable but one a sample value: fractions at first, then
// small integers.
func at(n *tree.Node, names []string, but string, round int) *tree.Node {
	for i, x := range names {
		if x == but {
			continue
		}
		v := samples[(i*3+round*5)%len(samples)]
		if round >= fractions {
			k := int64(round-fractions+1) / 2
			if round%2 == 0 {
				k = -k
			}
			v = tree.Int(k)
		}
		n = tree.Replace(n, x, v)
	}
	return n
}

// Rounds of samples: with fractions, and in all.
const fractions, allRounds = 3, 24

// allFree returns the variables of both.
func allFree(f, g *tree.Node) []string { return tree.Free(tree.New(tree.Add, f, g)) }

// factor returns the constant k with f = k·g if there is one, from their
// values at a point; nil when g is 0 there.
func (c *comparer) factor(f, g *tree.Node) *tree.Node {
	names := allFree(f, g)
	for round := range 2 {
		p, q := at(f, names, "", round), at(g, names, "", round)
		p, q = c.folded(p), c.folded(q)
		if !constant(p) || !constant(q) {
			return nil // f(0) is no constant
		}
		zp, kp := c.zero(p)
		zq, kq := c.zero(q)
		if !kp || !kq {
			return nil
		}
		if zp || zq {
			continue
		}
		return over(p, q)
	}
	return nil
}

// misses reports whether f/below = 0 has a real solution at which g is not 0.
func (c *comparer) misses(f, below, g *tree.Node) bool {
	names := allFree(f, g)
	if len(names) > 6 {
		return false
	}
	for _, x := range tree.Free(f) {
		for round := range allRounds {
			if round == fractions && len(names) > 2 {
				break
			}
			p, q, ok := c.rational(at(f, names, x, round), x)
			if !ok || len(q) != 1 || len(p) < 2 || len(p) > 5 {
				break
			}
			if p, ok = c.trim(p); !ok || len(p) < 2 {
				continue
			}
			rs, ok := c.roots(p)
			if !ok {
				continue
			}
			for _, r := range rs {
				if !r.real {
					continue
				}
				w := tree.Replace(at(g, names, x, round), x, r.at)
				if d, _ := c.equal(tree.Replace(at(below, names, x, round), x, r.at), tree.Int(0)); d != tri.Different {
					continue
				}
				if v, _ := c.equal(w, tree.Int(0)); v == tri.Different {
					return true
				}
			}
		}
	}
	return false
}

// inequalities compares f < 0 with g < 0, or both with ≤. They are equal when
// one is a positive multiple of the other, and differ when one holds strictly
// and the other fails at a sample point.
func (c *comparer) inequalities(f, g *tree.Node) (tri.Verdict, string) {
	if v, _ := c.equal(f, g); v == tri.Equal {
		return v, ruleInequality
	}
	if k := c.factor(f, g); k != nil {
		if d, ok := c.order(k, tree.Int(0)); ok && d > 0 {
			if v, _ := c.equal(f, times(k, g)); v == tri.Equal {
				return v, ruleInequality
			}
		}
	}
	names := allFree(f, g)
	for round := range allRounds {
		p, ok := c.order(at(f, names, "", round), tree.Int(0))
		q, ok2 := c.order(at(g, names, "", round), tree.Int(0))
		if ok && ok2 && p*q < 0 {
			return tri.Different, ruleWitness
		}
	}
	return tri.Undecided, ruleInequality
}
