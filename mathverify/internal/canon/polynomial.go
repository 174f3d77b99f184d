package canon

import (
	"math/big"
	"slices"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// A Poly is a polynomial in some variables: its terms in descending order of
// their exponents, compared from the first variable on, each once. No term
// means 0.
type Poly struct {
	Vars  []string
	Terms []PolyTerm
}

// A PolyTerm is Coef·Π Vars[i]^Exp[i]. None of the variables is in Coef, and
// Coef is not known to be 0.
type PolyTerm struct {
	Exp  []int
	Coef *tree.Node
}

// Polynomial returns n as a polynomial in the variables. It reports false when
// n is none, or is not seen to be one: a variable is left in a denominator, a
// radical or a function.
func Polynomial(n *tree.Node, vars []string, o Options, b *budget.Budget) (p Poly, ok bool) {
	num, den, ok := Fraction(n, vars, o, b)
	if !ok || len(den.Terms) != 1 || slices.Max(append(den.Terms[0].Exp, 0)) > 0 {
		return Poly{}, false
	}
	if d := den.Terms[0].Coef; !d.IsInt(1) {
		for i, t := range num.Terms {
			num.Terms[i].Coef = tree.New(tree.Div, t.Coef, d)
		}
	}
	return num, true
}

// Fraction returns n as a quotient of polynomials in the variables, which may
// have a common factor. It reports false when a variable is in a radical or a
// function.
func Fraction(n *tree.Node, vars []string, o Options, b *budget.Budget) (num, den Poly, ok bool) {
	attempt(o, b, integerSymbols(b, n), func(f *field) {
		gens := make([]int, len(vars))
		var set uint32
		for i, v := range vars {
			gens[i] = f.symbol(v)
			set |= 1 << gens[i]
		}
		a := f.cancel(f.build(n))
		d := constant(one)
		for _, x := range a.den {
			d = f.mul(d, f.pow(x.p, x.k))
		}
		// Negative powers of the variables go below.
		var low mono
		for _, g := range gens {
			e := 0
			for _, t := range a.num {
				e = min(e, t.m.exp(g))
			}
			low.set(g, -e)
		}
		if !f.plain(a.num, set) || !f.plain(d, set) {
			return
		}
		num = f.exported(f.shift(a.num, low), vars, gens)
		den = f.exported(f.shift(d, low), vars, gens)
		ok = true
	})
	return num, den, ok
}

// plain reports that the variables are in no generator but themselves.
func (f *field) plain(p poly, set uint32) bool {
	for g := range f.gens {
		if set&(1<<g) != 0 || f.gens[g].deps&set == 0 {
			continue
		}
		for _, t := range p {
			if t.m.exp(g) != 0 {
				return false
			}
		}
	}
	return true
}

// exported groups the terms of p by their powers of the variables.
func (f *field) exported(p poly, vars []string, gens []int) Poly {
	type part struct {
		exp  []int
		coef poly
	}
	var parts []part
	at := map[mono]int{}
	for _, t := range p {
		var key mono
		for _, g := range gens {
			key.set(g, t.m.exp(g))
			t.m.set(g, 0)
		}
		i, seen := at[key]
		if !seen {
			i = len(parts)
			at[key] = i
			exp := make([]int, len(gens))
			for j, g := range gens {
				exp[j] = key.exp(g)
			}
			parts = append(parts, part{exp: exp})
		}
		parts[i].coef = append(parts[i].coef, t)
	}
	slices.SortFunc(parts, func(a, b part) int { return slices.Compare(b.exp, a.exp) })
	z := Poly{Vars: vars}
	for _, x := range parts {
		c := f.collect(x.coef)
		if f.isZero(frac{num: c}) {
			continue
		}
		z.Terms = append(z.Terms, PolyTerm{x.exp, f.fracTree(f.normal(frac{num: c}))})
	}
	return z
}

// Degree returns the degree in the variable with index i, -1 for 0.
func (p Poly) Degree(i int) int {
	d := -1
	for _, t := range p.Terms {
		d = max(d, t.Exp[i])
	}
	return d
}

// Coefficients returns the coefficients of a polynomial in one variable in
// ascending order, the last one not 0, if all are rational numbers. It panics
// for any other number of variables. A degree above 1000 is reported as false.
func (p Poly) Coefficients() ([]*big.Rat, bool) {
	if len(p.Vars) != 1 {
		panic("canon: coefficients of a polynomial that has not one variable")
	}
	d := p.Degree(0)
	if d > 1000 {
		return nil, false
	}
	c := make([]*big.Rat, d+1)
	for i := range c {
		c[i] = new(big.Rat)
	}
	for _, t := range p.Terms {
		x, ok := signedNumber(t.Coef)
		if !ok {
			return nil, false
		}
		c[t.Exp[0]] = x
	}
	return c, true
}

// signedNumber reads a normal form that is a rational number.
func signedNumber(n *tree.Node) (*big.Rat, bool) {
	switch n.Op {
	case tree.Number:
		return n.Rat(), true
	case tree.Neg:
		x, ok := signedNumber(n.Args[0])
		if !ok {
			return nil, false
		}
		return new(big.Rat).Neg(x), true
	case tree.Div:
		x, ok := signedNumber(n.Args[0])
		y, good := signedNumber(n.Args[1])
		if !ok || !good || y.Sign() == 0 {
			return nil, false
		}
		return new(big.Rat).Quo(x, y), true
	}
	return nil, false
}
