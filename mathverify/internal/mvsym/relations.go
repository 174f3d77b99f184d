package mvsym

import (
	"math/big"
	"slices"
	"strings"
)

func minusOf(a, b *Value) *Value {
	if b.isRational() {
		if b.Rat.Sign() == 0 {
			return a
		}
		if a.isRational() {
			return rat(new(big.Rat).Sub(a.Rat, b.Rat))
		}
		return join(Add, a, negate(b))
	}
	return join(Add, a, join(Mul, num(-1), b))
}

var mirrored = map[Class]Class{Lt: Gt, Gt: Lt, Le: Ge, Ge: Le, Eq: Eq}

// relations is sympy_compare_relational.
func (v *verifier) relations(gold, answer *Value) bool {
	if gold.Class == And && answer.Class == And {
		if len(gold.Args) != len(answer.Args) {
			// The reference notices the length behind the last common pair.
			for i := range min(len(gold.Args), len(answer.Args)) {
				if !v.relations(gold.Args[i], answer.Args[i]) {
					return false
				}
			}
			raise()
		}
		for i := range gold.Args {
			if !v.relations(gold.Args[i], answer.Args[i]) {
				return false
			}
		}
		return true
	}
	if gold.Class == And || answer.Class == And {
		return false
	}
	if gold.Class == answer.Class && v.sameSides(gold.Args[0], gold.Args[1], answer.Args[0], answer.Args[1]) {
		return true
	}
	other, ok := mirrored[gold.Class]
	if !ok {
		raise()
	}
	if other == answer.Class && v.sameSides(gold.Args[0], gold.Args[1], answer.Args[1], answer.Args[0]) {
		return true
	}
	return gold.Class == Eq && answer.Class == Eq && attempt(func() bool { return v.sameSolutions(gold, answer) })
}

// sameSides compares a - b with c - d.
func (v *verifier) sameSides(a, b, c, d *Value) bool {
	return attempt(func() bool {
		needExpr(a, b, c, d)
		if a.isMatrix() || b.isMatrix() || c.isMatrix() || d.isMatrix() {
			return false
		}
		return v.equal(canonical(minusOf(a, b), v.b), canonical(minusOf(c, d), v.b), false)
	})
}

// sameSolutions compares what solving for the first symbol gives. With one
// symbol the reference gets plain values where it expects pairs, and fails.
func (v *verifier) sameSolutions(gold, answer *Value) bool {
	needExpr(gold.Args[0], gold.Args[1], answer.Args[0], answer.Args[1])
	g, a := freeSymbols(nil, gold), freeSymbols(nil, answer)
	if len(g) < 2 || len(a) < 2 {
		// Two empty lists of solutions are equal.
		return v.unsolved(gold, g) && v.unsolved(answer, a)
	}
	byName := func(x, y *Value) int { return strings.Compare(x.Name, y.Name) }
	slices.SortFunc(g, byName)
	slices.SortFunc(a, byName)
	p, q := minusOf(gold.Args[0], gold.Args[1]), minusOf(answer.Args[0], answer.Args[1])
	if !same(g[0], a[0]) {
		return false
	}
	c, ok := v.leading(p, g[0])
	if !ok {
		return false
	}
	d, ok := v.leading(q, g[0])
	if !ok {
		return false
	}
	return identical(mk(Mul, p, d), mk(Mul, q, c), v.b)
}

// unsolved reports an equation with at most one symbol for which solve finds
// nothing: without symbols, or without real solutions.
func (v *verifier) unsolved(eq *Value, symbols []*Value) bool {
	switch len(symbols) {
	case 0:
		return true
	case 1:
		s, ok := v.solve(eq, symbols[0])
		return ok && len(s) == 0 && symbols[0].Real
	}
	return false
}

// leading returns the leading coefficient of a polynomial in a symbol of degree
// one or two, up to a factor that is the same for equal degrees.
func (v *verifier) leading(p, by *Value) (*Value, bool) {
	at := func(x int64) *Value { return substitute(p, by, num(x)) }
	minus := func(a, b *Value) *Value { return mk(Add, a, mk(Mul, num(-1), b)) }
	p0, p1, p2, p3 := at(0), at(1), at(2), at(3)
	linear := mk(Add, p2, mk(Mul, num(-2), p1), p0)
	if identical(linear, num(0), v.b) {
		return minus(p1, p0), true
	}
	cubic := mk(Add, p3, mk(Mul, num(-3), p2), mk(Mul, num(3), p1), mk(Mul, num(-1), p0))
	if identical(cubic, num(0), v.b) {
		return linear, true
	}
	return nil, false
}
