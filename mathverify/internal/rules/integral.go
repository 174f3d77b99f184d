package rules

import (
	"math/big"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// integral: antiderivatives of the elementary forms, with the constant C, and
// definite integrals by the fundamental theorem where the integrand has no
// singularity between the limits
func integral(n *tree.Node, b *budget.Budget) *tree.Node {
	if n.Op != tree.Integral || n.Args[1].Op != tree.Symbol {
		return nil
	}
	f, x := fold(n.Args[0]), n.Args[1].Name
	if unknownFunction(f, x) && tree.Any(f, func(m *tree.Node) bool { return m.Op == tree.Symbol }) || indexed(f, x) {
		return nil
	}
	if len(n.Args) == 2 {
		F := antiderivative(f, x, b, 0)
		if F == nil {
			return nil
		}
		return add(F, tree.Sym("C"))
	}
	if len(n.Args) != 4 {
		return nil
	}
	from, to := fold(n.Args[2]), fold(n.Args[3])
	if depends(from, x) || depends(to, x) {
		return nil
	}
	if v := gaussian(f, x, from, to, b); v != nil {
		return v
	}
	if !regular(f, x, from, to, b) {
		return nil
	}
	F := antiderivative(f, x, b, 0)
	if F == nil {
		return nil
	}
	hi, lo := limitOf(F, x, to, b, 0), limitOf(F, x, from, b, 0)
	if hi == nil || lo == nil || infinite(hi) || infinite(lo) {
		return nil
	}
	return Reduce(sub(hi, lo), b)
}

// maxParts bounds integration by parts.
const maxParts = 8

// antiderivative returns F with F' = f, nil when no form fits.
func antiderivative(f *tree.Node, x string, b *budget.Budget, depth int) *tree.Node {
	b.Use(64)
	if !depends(f, x) {
		return mul(f, tree.Sym(x))
	}
	if depth > maxParts {
		return nil
	}
	if p, ok := polynomial(f, x, b); ok {
		terms := make([]*tree.Node, len(p))
		for i, c := range p {
			terms[i] = mul(div(c, tree.Int(int64(i+1))), powOf(x, i+1))
		}
		return add(terms...)
	}
	switch f.Op {
	case tree.Neg:
		if F := antiderivative(f.Args[0], x, b, depth+1); F != nil {
			return neg(F)
		}
		return nil
	case tree.Add:
		terms := make([]*tree.Node, len(f.Args))
		for i, a := range f.Args {
			if terms[i] = antiderivative(a, x, b, depth+1); terms[i] == nil {
				return nil
			}
		}
		return add(terms...)
	}
	c, g := constantFactor(f, x)
	if g == nil {
		return nil
	}
	if !c.IsInt(1) {
		if F := antiderivative(g, x, b, depth+1); F != nil {
			return mul(c, F)
		}
		return nil
	}
	for _, form := range [...]func(*tree.Node, string, *budget.Budget, int) *tree.Node{
		ofLinear, ofPower, ofRational, ofArc, ofParts, ofProduct,
	} {
		if F := form(f, x, b, depth); F != nil {
			return F
		}
	}
	return nil
}

// constantFactor splits f into a factor without x and the rest.
func constantFactor(f *tree.Node, x string) (c, g *tree.Node) {
	p, q := overAndUnder(f)
	split := func(n *tree.Node) (free, rest *tree.Node) {
		free, rest = one, one
		list := []*tree.Node{n}
		if n.Op == tree.Mul {
			list = n.Args
		}
		for _, a := range list {
			if depends(a, x) {
				rest = mul(rest, a)
			} else {
				free = mul(free, a)
			}
		}
		return free, rest
	}
	pc, pr := split(p)
	qc, qr := split(q)
	if isZero(qc) {
		return nil, nil
	}
	return div(pc, qc), div(pr, qr)
}

// ofLinear integrates a function of a·x + c by its table entry over a.
func ofLinear(f *tree.Node, x string, b *budget.Budget, _ int) *tree.Node {
	var u, F *tree.Node
	switch f.Op {
	case tree.Pow:
		base, e := f.Args[0], f.Args[1]
		switch {
		case !depends(base, x):
			u = e
			if base == tree.E {
				F = f
			} else if number(base) && base.Rat().Sign() > 0 && !base.IsInt(1) {
				F = div(f, tree.Fn("ln", base))
			}
		case base.Op == tree.Func && len(base.Args) == 1:
			u = base.Args[0]
			s, c := tree.Fn("sin", u), tree.Fn("cos", u)
			switch {
			case base.Name == "sin" && e.IsInt(2):
				F = sub(div(u, two), div(mul(s, c), two))
			case base.Name == "cos" && e.IsInt(2):
				F = add(div(u, two), div(mul(s, c), two))
			case base.Name == "cos" && e.IsInt(-2), base.Name == "sec" && e.IsInt(2):
				F = tree.Fn("tan", u)
			case base.Name == "sin" && e.IsInt(-2), base.Name == "csc" && e.IsInt(2):
				F = neg(div(c, s))
			case base.Name == "tan" && e.IsInt(2):
				F = sub(tree.Fn("tan", u), u)
			case base.Name == "sin" && e.IsInt(3):
				F = sub(div(pow(c, tree.Int(3)), tree.Int(3)), c)
			case base.Name == "cos" && e.IsInt(3):
				F = sub(s, div(pow(s, tree.Int(3)), tree.Int(3)))
			case base.Name == "ln" && e.IsInt(2):
				l := tree.Fn("ln", u)
				F = mul(u, add(pow(l, two), mul(tree.Int(-2), l), two))
			}
		}
	case tree.Func:
		u = f.Args[0]
		fn := func(name string) *tree.Node { return tree.Fn(name, u) }
		abs := func(n *tree.Node) *tree.Node { return tree.Fn("ln", tree.Fn("abs", n)) }
		switch f.Name {
		case "sin":
			F = neg(fn("cos"))
		case "cos":
			F = fn("sin")
		case "tan":
			F = neg(abs(fn("cos")))
		case "cot":
			F = abs(fn("sin"))
		case "sinh":
			F = fn("cosh")
		case "cosh":
			F = fn("sinh")
		case "exp":
			F = f
		case "ln":
			F = sub(mul(u, fn("ln")), u)
		case "arctan":
			F = sub(mul(u, f), div(tree.Fn("ln", add(one, pow(u, two))), two))
		}
	case tree.Div:
		if f.Args[0].IsInt(1) && f.Args[1].Op == tree.Pow && f.Args[1].Args[0].Op == tree.Func && f.Args[1].Args[1].IsInt(2) {
			u = f.Args[1].Args[0].Args[0]
			switch f.Args[1].Args[0].Name {
			case "cos":
				F = tree.Fn("tan", u)
			case "sin":
				F = neg(div(tree.Fn("cos", u), tree.Fn("sin", u)))
			}
		}
	}
	if F == nil {
		return nil
	}
	a, _, ok := linear(u, x, b)
	if !ok {
		return nil
	}
	return div(F, a)
}

// ofPower integrates (a·x+c)^p for a rational p, roots included.
func ofPower(f *tree.Node, x string, b *budget.Budget, _ int) *tree.Node {
	u, p, ok := powerOf(f, b)
	if !ok {
		return nil
	}
	a, _, ok := linear(u, x, b)
	if !ok {
		return nil
	}
	if p.Cmp(big.NewRat(-1, 1)) == 0 {
		return div(tree.Fn("ln", tree.Fn("abs", u)), a)
	}
	p = new(big.Rat).Add(p, big.NewRat(1, 1))
	e := tree.Rat(p)
	return div(pow(u, e), mul(a, e))
}

// powerOf writes f as u^p, through roots, fractions and products of one base.
func powerOf(f *tree.Node, b *budget.Budget) (u *tree.Node, p *big.Rat, ok bool) {
	b.Use(4)
	switch f.Op {
	case tree.Root:
		k, ok := rational(f.Args[1], b)
		if !ok || k.Sign() <= 0 {
			return nil, nil, false
		}
		u, p, ok = powerOf(f.Args[0], b)
		if !ok {
			return nil, nil, false
		}
		return u, new(big.Rat).Quo(p, k), true
	case tree.Pow:
		e, ok := rational(f.Args[1], b)
		if !ok {
			return f, big.NewRat(1, 1), true
		}
		u, p, ok = powerOf(f.Args[0], b)
		if !ok {
			return nil, nil, false
		}
		return u, new(big.Rat).Mul(p, e), true
	case tree.Div:
		if f.Args[0].IsInt(1) {
			u, p, ok = powerOf(f.Args[1], b)
			if !ok {
				return nil, nil, false
			}
			return u, new(big.Rat).Neg(p), true
		}
		return common(f.Args[0], f.Args[1], -1, b)
	case tree.Mul:
		if len(f.Args) == 2 {
			return common(f.Args[0], f.Args[1], 1, b)
		}
	}
	return f, big.NewRat(1, 1), true
}

func common(f, g *tree.Node, sign int64, b *budget.Budget) (*tree.Node, *big.Rat, bool) {
	u, p, ok1 := powerOf(f, b)
	v, q, ok2 := powerOf(g, b)
	if !ok1 || !ok2 || !tree.Same(u, v) {
		return nil, nil, false
	}
	return u, new(big.Rat).Add(p, new(big.Rat).Mul(q, big.NewRat(sign, 1))), true
}

// ofRational integrates p/q where q is linear or has distinct rational roots,
// or is a positive quadratic.
func ofRational(f *tree.Node, x string, b *budget.Budget, depth int) *tree.Node {
	p, q, ok := quotient(f, x, b)
	if !ok || len(q) < 2 || !rationals(p) || !rationals(q) {
		return nil
	}
	var whole []*tree.Node
	for len(p) >= len(q) {
		c := div(p[len(p)-1], q[len(q)-1])
		shift := make([]*tree.Node, len(p)-len(q)+1)
		for i := range shift {
			shift[i] = zero
		}
		shift[len(shift)-1] = c
		whole = addPoly(orZero(whole), shift)
		t, ok := mulPoly(shift, q, b)
		if !ok {
			return nil
		}
		p = addPoly(p, scalePoly(tree.Int(-1), t))
		if len(p) == 1 && isZero(p[0]) {
			break
		}
	}
	out := zero
	if whole != nil {
		out = antiderivative(unpoly(whole, x), x, b, depth+1)
	}
	if len(p) == 1 && isZero(p[0]) {
		return out
	}
	sym := tree.Sym(x)
	if roots, ok := rationalRoots(q, b); ok && len(roots) == len(q)-1 {
		lead := q[len(q)-1].Rat()
		for i, r := range roots {
			d := new(big.Rat).Set(lead)
			for j, o := range roots {
				if j != i {
					d.Mul(d, new(big.Rat).Sub(r, o))
				}
			}
			if d.Sign() == 0 {
				return nil // a double root
			}
			res := div(evalPoly(p, tree.Rat(r)), tree.Rat(d))
			out = add(out, mul(res, tree.Fn("ln", tree.Fn("abs", sub(sym, tree.Rat(r))))))
		}
		return out
	}
	if len(q) != 3 {
		return nil
	}
	// (m·x + k)/(a·x² + c·x + d) with 4ad > c²
	a, c, d := q[2].Rat(), q[1].Rat(), q[0].Rat()
	disc := new(big.Rat).Mul(big.NewRat(4, 1), new(big.Rat).Mul(a, d))
	disc.Sub(disc, new(big.Rat).Mul(c, c))
	if disc.Sign() <= 0 {
		return nil
	}
	m, k := new(big.Rat), p[0].Rat()
	if len(p) == 2 {
		m = p[1].Rat()
	}
	s := foldOne(tree.New(tree.Root, tree.Rat(disc), two))
	logPart := mul(tree.Rat(new(big.Rat).Quo(m, new(big.Rat).Mul(big.NewRat(2, 1), a))), tree.Fn("ln", tree.Fn("abs", unpoly(q, x))))
	rest := new(big.Rat).Sub(k, new(big.Rat).Quo(new(big.Rat).Mul(m, c), new(big.Rat).Mul(big.NewRat(2, 1), a)))
	arg := div(add(mul(tree.Rat(new(big.Rat).Mul(big.NewRat(2, 1), a)), sym), tree.Rat(c)), s)
	arc := mul(tree.Rat(new(big.Rat).Mul(big.NewRat(2, 1), rest)), div(tree.Fn("arctan", arg), s))
	return add(out, logPart, arc)
}

func orZero(p []*tree.Node) []*tree.Node {
	if p == nil {
		return []*tree.Node{zero}
	}
	return p
}

// ofArc integrates 1/sqrt(a - c·x²), and sqrt(a - c·x²), for positive a and c.
func ofArc(f *tree.Node, x string, b *budget.Budget, _ int) *tree.Node {
	u, e, ok := powerOf(f, b)
	if !ok || e.Denom().Int64() != 2 {
		return nil
	}
	p, ok := polynomial(u, x, b)
	if !ok || len(p) != 3 || !isZero(p[1]) || !rationals(p) || p[0].Rat().Sign() <= 0 || p[2].Rat().Sign() >= 0 {
		return nil
	}
	c := foldOne(tree.New(tree.Root, tree.NegRat(p[2]), two))
	a := foldOne(tree.New(tree.Root, p[0], two))
	sym := tree.Sym(x)
	arc := div(tree.Fn("arcsin", div(mul(c, sym), a)), c)
	switch {
	case e.Cmp(big.NewRat(-1, 2)) == 0:
		return arc
	case e.Cmp(big.NewRat(1, 2)) == 0:
		return div(add(mul(sym, tree.New(tree.Root, u, two)), mul(p[0], arc)), two)
	}
	return nil
}

// ofParts integrates a polynomial times an exponential, sine, cosine or
// logarithm, by parts.
func ofParts(f *tree.Node, x string, b *budget.Budget, depth int) *tree.Node {
	if f.Op != tree.Mul {
		return nil
	}
	poly, other := one, one
	for _, a := range f.Args {
		if _, ok := polynomial(a, x, b); ok {
			poly = mul(poly, a)
		} else {
			other = mul(other, a)
		}
	}
	if poly == one || other.Op == tree.Mul {
		return nil
	}
	if other.Op == tree.Func && (other.Name == "ln" || other.Name == "arctan") {
		P := antiderivative(poly, x, b, depth+1)
		d := diff(other, x, b)
		if P == nil || d == nil {
			return nil
		}
		rest := antiderivative(fold(mul(P, d)), x, b, depth+1)
		if rest == nil {
			// One fraction, so that powers of x cancel.
			p, q, ok := quotient(mul(P, d), x, b)
			if !ok {
				return nil
			}
			if rest = ofRational(div(unpoly(p, x), unpoly(q, x)), x, b, depth+1); rest == nil {
				return nil
			}
		}
		return sub(mul(P, other), rest)
	}
	G := ofLinear(other, x, b, depth+1)
	d := diff(poly, x, b)
	if G == nil || d == nil {
		return nil
	}
	if isZero(d) {
		return mul(poly, G)
	}
	p, ok := polynomial(d, x, b)
	if !ok {
		return nil
	}
	rest := antiderivative(mul(unpoly(p, x), G), x, b, depth+1)
	if rest == nil {
		return nil
	}
	return sub(mul(poly, G), rest)
}
