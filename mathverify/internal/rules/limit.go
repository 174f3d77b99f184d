package rules

import (
	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// maxLimit bounds how deep limits are taken within limits, and how often
// numerator and denominator are differentiated.
const maxLimit = 6

// limit: by substitution where the function is continuous, by degrees for
// rational functions at infinity, by de l'Hôpital's rule, and 1^∞ by exp
func limit(n *tree.Node, b *budget.Budget) *tree.Node {
	if n.Op != tree.Limit || len(n.Args) != 3 || n.Args[1].Op != tree.Symbol {
		return nil
	}
	if indexed(n.Args[0], n.Args[1].Name) {
		return nil
	}
	return limitOf(fold(n.Args[0]), n.Args[1].Name, fold(n.Args[2]), b, 0)
}

// limitOf returns the finite limit of f, or an infinity, nil when no rule
// applies.
func limitOf(f *tree.Node, x string, to *tree.Node, b *budget.Budget, depth int) *tree.Node {
	b.Use(64)
	if !depends(f, x) {
		return f
	}
	if depth > maxLimit || tree.Size(f, 2000) >= 2000 {
		return nil
	}
	if infinite(to) {
		return limitAtInfinity(f, x, to, b, depth)
	}
	if v := fold(tree.Replace(f, x, to)); !singular(v) && continuous(f) {
		return v
	}
	switch f.Op {
	case tree.Neg:
		if v := limitOf(f.Args[0], x, to, b, depth+1); v != nil {
			return negInf(v)
		}
		return nil
	case tree.Add:
		if v := limitOfSum(f, x, to, b, depth); v != nil {
			return v
		}
		// Differences of unbounded parts may have a limit over one denominator.
		if p, q, ok := quotient(f, x, b); ok {
			return ratioLimit(unpoly(p, x), unpoly(q, x), x, to, b, depth)
		}
		return nil
	case tree.Pow:
		if v := powerLimit(f, x, to, b, depth); v != nil {
			return v
		}
	}
	p, q := overAndUnder(f)
	if q == one {
		return nil
	}
	return ratioLimit(p, q, x, to, b, depth)
}

func negInf(v *tree.Node) *tree.Node {
	switch {
	case v == tree.Inf:
		return tree.NegInf
	case v == tree.NegInf:
		return tree.Inf
	}
	return neg(v)
}

// continuous reports a tree of functions that are continuous wherever they are
// defined.
func continuous(f *tree.Node) bool {
	return !tree.Any(f, func(n *tree.Node) bool {
		switch n.Op {
		case tree.Func:
			switch n.Name {
			case "floor", "ceil", "sgn", "frac", "mod", "gcd", "lcm", "arg", "arccot", "phi", "card":
				return true
			}
		case tree.Number, tree.Symbol, tree.Const, tree.Add, tree.Neg, tree.Mul, tree.Div, tree.Pow, tree.Root, tree.Percent:
		default:
			return true
		}
		return false
	})
}

func limitOfSum(f *tree.Node, x string, to *tree.Node, b *budget.Budget, depth int) *tree.Node {
	terms := make([]*tree.Node, len(f.Args))
	for i, a := range f.Args {
		terms[i] = limitOf(a, x, to, b, depth+1)
		if terms[i] == nil || infinite(terms[i]) {
			return nil
		}
	}
	return add(terms...)
}

// overAndUnder writes a product as one numerator over one denominator.
func overAndUnder(f *tree.Node) (p, q *tree.Node) {
	switch f.Op {
	case tree.Div:
		p1, q1 := overAndUnder(f.Args[0])
		p2, q2 := overAndUnder(f.Args[1])
		return mul(p1, q2), mul(q1, p2)
	case tree.Neg:
		p, q = overAndUnder(f.Args[0])
		return neg(p), q
	case tree.Mul:
		p, q = one, one
		for _, a := range f.Args {
			fp, fq := overAndUnder(a)
			p, q = mul(p, fp), mul(q, fq)
		}
		return p, q
	case tree.Pow:
		if e := f.Args[1]; number(e) && e.Rat().Sign() < 0 {
			return one, pow(f.Args[0], tree.NegRat(e))
		}
	case tree.Func:
		switch f.Name {
		case "cot":
			return tree.Fn("cos", f.Args[0]), tree.Fn("sin", f.Args[0])
		case "csc":
			return one, tree.Fn("sin", f.Args[0])
		}
	}
	return f, one
}

// ratioLimit applies de l'Hôpital's rule while both parts vanish.
func ratioLimit(p, q *tree.Node, x string, to *tree.Node, b *budget.Budget, depth int) *tree.Node {
	for ; depth <= maxLimit; depth++ {
		b.Use(64)
		if !continuous(p) || !continuous(q) {
			return nil
		}
		vp, vq := fold(tree.Replace(p, x, to)), fold(tree.Replace(q, x, to))
		if singular(vp) || singular(vq) {
			return nil
		}
		switch {
		case !isZero(vq):
			if !number(vq) && !positive(vq) {
				return nil // it may be a zero that folding does not see
			}
			return div(vp, vq)
		case !isZero(vp):
			return nil // a pole
		}
		p, q = diff(p, x, b), diff(q, x, b)
		if p == nil || q == nil || tree.Size(p, 2000) >= 2000 || tree.Size(q, 2000) >= 2000 {
			return nil
		}
	}
	return nil
}

// positive reports what is not zero by its form: symbols, constants, roots of
// positive numbers, and their products and powers.
func positive(n *tree.Node) bool {
	switch n.Op {
	case tree.Number:
		return n.Rat().Sign() != 0
	case tree.Symbol:
		return true
	case tree.Const:
		return n.Name != "inf"
	case tree.Mul, tree.Div:
		for _, a := range n.Args {
			if !positive(a) {
				return false
			}
		}
		return true
	case tree.Neg, tree.Pow, tree.Root:
		return positive(n.Args[0])
	case tree.Func:
		if n.Name == "ln" && number(n.Args[0]) {
			return !n.Args[0].IsInt(1)
		}
		return n.Name == "cosh" || n.Name == "exp"
	}
	return false
}

// powerLimit takes the limit of u^v where u tends to 1: exp(lim (u-1)·v).
func powerLimit(f *tree.Node, x string, to *tree.Node, b *budget.Budget, depth int) *tree.Node {
	u, v := f.Args[0], f.Args[1]
	if !depends(v, x) {
		base := limitOf(u, x, to, b, depth+1)
		if base == nil || infinite(base) || isZero(base) {
			return nil
		}
		return pow(base, v)
	}
	base := limitOf(u, x, to, b, depth+1)
	if base == tree.Inf && to == tree.Inf {
		// A power of x grows slower than any exponential: u^v tends to 1 when
		// v is a rational function that tends to 0.
		_, _, rational := quotient(u, x, b)
		p, q, small := quotient(v, x, b)
		if rational && small && len(trim(p)) < len(trim(q)) {
			return one
		}
	}
	if base == nil || infinite(base) {
		return nil
	}
	if base.IsInt(1) {
		e := limitOf(fold(mul(sub(u, one), v)), x, to, b, depth+1)
		if e == nil || infinite(e) {
			return nil
		}
		return pow(tree.E, e)
	}
	e := limitOf(v, x, to, b, depth+1)
	if e == nil || isZero(base) {
		return nil
	}
	if infinite(e) {
		if c, ok := rational(base, b); ok && c.Sign() > 0 {
			small := c.Num().Cmp(c.Denom()) < 0
			if small == (e == tree.Inf) {
				return zero
			}
			return tree.Inf
		}
		if (base == tree.E || base == tree.Pi) && e == tree.NegInf {
			return zero
		}
		return nil
	}
	return pow(base, e)
}

// limitAtInfinity compares degrees, or takes the limits of the parts.
func limitAtInfinity(f *tree.Node, x string, to *tree.Node, b *budget.Budget, depth int) *tree.Node {
	if p, q, ok := quotient(f, x, b); ok {
		p, q = trim(p), trim(q)
		switch {
		case len(p) < len(q):
			return zero
		case len(p) == len(q):
			return div(p[len(p)-1], q[len(q)-1])
		}
		lead := div(p[len(p)-1], q[len(q)-1])
		if !number(lead) {
			return nil
		}
		negative := lead.Rat().Sign() < 0
		if to.Op == tree.Neg && (len(p)-len(q))%2 == 1 {
			negative = !negative
		}
		if negative {
			return tree.NegInf
		}
		return tree.Inf
	}
	switch f.Op {
	case tree.Neg:
		if v := limitOf(f.Args[0], x, to, b, depth+1); v != nil {
			return negInf(v)
		}
	case tree.Add:
		return limitOfSum(f, x, to, b, depth)
	case tree.Mul:
		v := one
		for _, a := range f.Args {
			l := limitOf(a, x, to, b, depth+1)
			if l == nil || infinite(l) {
				return substitute(f, x, to, b, depth)
			}
			v = mul(v, l)
		}
		return v
	case tree.Div:
		p := limitOf(f.Args[0], x, to, b, depth+1)
		q := limitOf(f.Args[1], x, to, b, depth+1)
		if p == nil || q == nil {
			return nil
		}
		switch {
		case infinite(p) && infinite(q):
			return rootRatio(f, x, to, b)
		case infinite(p):
			return nil
		case infinite(q):
			return zero
		case isZero(q) || !positive(q):
			return nil
		}
		return div(p, q)
	case tree.Pow:
		return powerLimit(f, x, to, b, depth)
	case tree.Root:
		if depends(f.Args[1], x) {
			return powerLimit(tree.New(tree.Pow, f.Args[0], div(one, f.Args[1])), x, to, b, depth)
		}
		v := limitOf(f.Args[0], x, to, b, depth+1)
		if v == tree.Inf {
			return v
		}
		if v != nil && !infinite(v) {
			return foldOne(f.With([]*tree.Node{v, f.Args[1]}))
		}
	case tree.Func:
		v := limitOf(f.Args[0], x, to, b, depth+1)
		if v == nil || len(f.Args) != 1 || !continuous(f) {
			return nil
		}
		if infinite(v) {
			switch {
			case f.Name == "arctan":
				half := div(tree.Pi, two)
				if v == tree.NegInf {
					return neg(half)
				}
				return half
			case f.Name == "ln" && v == tree.Inf:
				return v
			}
			return nil
		}
		if r := foldOne(f.With([]*tree.Node{v})); !singular(r) {
			return r
		}
	}
	return nil
}

// substitute takes a limit at infinity as one at 0 of the reciprocal.
func substitute(f *tree.Node, x string, to *tree.Node, b *budget.Budget, depth int) *tree.Node {
	if to.Op != tree.Const || depth > 1 {
		return nil
	}
	inner := fold(tree.Replace(f, x, tree.New(tree.Div, one, tree.Sym(x))))
	inner = tree.Map(inner, func(n *tree.Node) *tree.Node {
		if p, q, ok := quotient(n, x, b); ok && n.Op == tree.Div {
			return div(unpoly(p, x), unpoly(q, x))
		}
		return foldOne(n)
	})
	return limitOf(inner, x, zero, b, depth+2)
}

// rootRatio takes the limit of a polynomial over the square root of one, or
// the other way round, at positive infinity: the ratio of the leading terms.
func rootRatio(f *tree.Node, x string, to *tree.Node, b *budget.Budget) *tree.Node {
	if to.Op != tree.Const {
		return nil
	}
	lead := func(n *tree.Node) (c *tree.Node, twice int, ok bool) {
		root := n.Op == tree.Root && n.Args[1].IsInt(2)
		if root {
			n = n.Args[0]
		}
		p, ok := polynomial(n, x, b)
		if !ok || len(p) < 2 || !number(p[len(p)-1]) || p[len(p)-1].Rat().Sign() <= 0 {
			return nil, 0, false
		}
		c, twice = p[len(p)-1], 2*(len(p)-1)
		if root {
			c, twice = foldOne(tree.New(tree.Root, c, two)), twice/2
		}
		return c, twice, true
	}
	c, n, ok1 := lead(f.Args[0])
	d, m, ok2 := lead(f.Args[1])
	switch {
	case !ok1 || !ok2:
		return nil
	case n < m:
		return zero
	case n > m:
		return tree.Inf
	}
	return div(c, d)
}

// unpoly returns the polynomial with the given coefficients as a tree.
func unpoly(p []*tree.Node, x string) *tree.Node {
	terms := make([]*tree.Node, 0, len(p))
	for i, c := range p {
		terms = append(terms, mul(c, powOf(x, i)))
	}
	return add(terms...)
}

func powOf(x string, n int) *tree.Node {
	switch n {
	case 0:
		return one
	case 1:
		return tree.Sym(x)
	}
	return tree.New(tree.Pow, tree.Sym(x), tree.Int(int64(n)))
}
