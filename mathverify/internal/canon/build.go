package canon

import (
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// build turns a tree into a rational function of generators.
func (f *field) build(n *tree.Node) frac {
	f.enter()
	defer f.leave()
	switch n.Op {
	case tree.Number:
		return constFrac(numberOf(n))
	case tree.Symbol:
		return f.genFrac(f.symbol(n.Name), 1)
	case tree.Const:
		return f.constOf(n)
	case tree.Add:
		return f.buildSum(n.Args)
	case tree.Neg:
		return f.neg(f.build(n.Args[0]))
	case tree.Mul:
		z := f.build(n.Args[0])
		for _, a := range n.Args[1:] {
			z = f.mulFrac(z, f.build(a))
		}
		return z
	case tree.Div:
		return f.divFrac(f.build(n.Args[0]), f.build(n.Args[1]))
	case tree.Pow:
		return f.buildPow(n.Args[0], n.Args[1])
	case tree.Root:
		return f.buildPow(n.Args[0], tree.New(tree.Div, tree.Int(1), n.Args[1]))
	case tree.Percent:
		return f.scaleFrac(f.build(n.Args[0]), num{n: 1, d: 100})
	case tree.Degree:
		return f.mulFrac(f.build(n.Args[0]), f.termFrac(num{n: 1, d: 180}, unit(f.pi(), 1)))
	case tree.Factorial:
		return f.factorial(f.build(n.Args[0]))
	case tree.DoubleFactorial:
		return f.doubleFactorial(f.build(n.Args[0]))
	case tree.Func:
		return f.buildFunc(n)
	case tree.Call:
		return f.opaque(n.Name+"(", n.Args)
	case tree.Sum, tree.Product, tree.Integral, tree.Limit, tree.Derivative, tree.Evaluate:
		return f.written(n)
	case tree.Matrix:
		if n.Name == "v" {
			return f.written(n)
		}
	}
	f.giveUp()
	return frac{}
}

// numberOf returns the value of a Number.
func numberOf(n *tree.Node) num {
	if a, d, ok := n.Small(); ok {
		return num{n: a, d: d}
	}
	return num{r: n.Rat()}
}

func (f *field) constOf(n *tree.Node) frac {
	switch n.Name {
	case "pi":
		return f.genFrac(f.pi(), 1)
	case "i":
		return f.imag()
	case "e":
		return f.exp(intFrac(1))
	}
	f.giveUp()
	return frac{}
}

// buildSum adds all terms at once: one sort instead of many merges.
func (f *field) buildSum(args []*tree.Node) frac {
	parts := make([]frac, len(args))
	total, plain := 0, true
	for i, a := range args {
		parts[i] = f.build(a)
		total += len(parts[i].num)
		plain = plain && len(parts[i].den) == 0
	}
	if plain {
		p := make(poly, 0, total)
		for _, x := range parts {
			p = append(p, x.num...)
		}
		return frac{num: f.collect(p)}
	}
	z := parts[0]
	for _, x := range parts[1:] {
		z = f.addFrac(z, x)
	}
	return z
}

func (f *field) buildPow(base, exponent *tree.Node) frac {
	if base.Op == tree.Const && base.Name == "e" {
		return f.exp(f.build(exponent))
	}
	b := f.build(base)
	if k, ok := exponent.Int64(); ok {
		return f.power(b, k, 1)
	}
	x := f.build(exponent)
	if c, ok := x.rational(); ok {
		if c.r != nil {
			f.giveUp()
		}
		return f.power(b, c.n, c.d)
	}
	if c, ok := b.rational(); ok {
		switch {
		case c.isOne():
			return b
		case c.isZero():
			f.giveUp()
		}
	}
	return f.exp(f.mulFrac(x, f.ln(b, f.isInteger(x))))
}

// isInteger reports a polynomial with integer coefficients in symbols that
// stand for integers.
func (f *field) isInteger(x frac) bool {
	if len(x.den) > 0 {
		return false
	}
	for _, t := range x.num {
		if !t.c.isInt() {
			return false
		}
		for g := range f.gens {
			e := t.m.exp(g)
			if e < 0 || e > 0 && (f.gens[g].kind != kSymbol || !f.isIntSymbol(f.gens[g].name)) {
				return false
			}
		}
	}
	return true
}

// power returns b^(a/q).
func (f *field) power(b frac, a, q int64) frac {
	g := gcd64(a, q)
	if g > 1 {
		a, q = a/g, q/g
	}
	if a > maxNumer || a < -maxNumer || q > maxIndex {
		f.giveUp()
	}
	if c, ok := b.rational(); ok && q == 1 {
		switch s := c.sign(); {
		case s > 0:
			return f.numPow(c, int(a), 1)
		case s < 0:
			return f.signed(f.numPow(c.neg(), int(a), 1), int(a))
		case a <= 0:
			f.giveUp()
		}
		return frac{}
	}
	if q > 1 {
		return f.root(b, int(a), int(q))
	}
	return f.powFrac(b, int(a))
}

func (f *field) buildFunc(n *tree.Node) frac {
	if len(n.Args) == 0 {
		f.giveUp()
	}
	arg := func(i int) frac { return f.build(n.Args[i]) }
	switch n.Name {
	case "sin", "cos", "tan", "cot", "sec", "csc":
		cos, sin := f.cosSin(arg(0))
		return f.ratio(n.Name, cos, sin)
	case "sinh", "cosh", "tanh", "coth", "sech", "csch":
		cosh, sinh := f.coshSinh(arg(0))
		return f.ratio(n.Name[:3], cosh, sinh)
	case "arctan":
		return f.arctan(arg(0))
	case "arcsin":
		return f.arcsin(arg(0))
	case "arccos":
		return f.arccos(arg(0))
	case "arcsec":
		return f.arccos(f.inv(arg(0)))
	case "arccsc":
		return f.arcsin(f.inv(arg(0)))
	case "arccot":
		// Its value for negative arguments is a convention.
		if b := arg(0); f.sign(b) > 0 {
			return f.subFrac(f.scaleFrac(f.genFrac(f.pi(), 1), half), f.arctan(b))
		}
	case "arsinh":
		return f.arsinh(arg(0))
	case "arcosh":
		return f.arcosh(arg(0))
	case "artanh":
		return f.artanh(arg(0))
	case "exp":
		return f.exp(arg(0))
	case "ln":
		return f.ln(arg(0), false)
	case "log":
		if len(n.Args) == 2 {
			return f.divFrac(f.ln(arg(0), false), f.ln(arg(1), false))
		}
		switch f.opt.Log {
		case LogE:
			return f.ln(arg(0), false)
		case LogTen:
			return f.divFrac(f.ln(arg(0), false), f.lnNum(intNum(10)))
		}
	case "abs":
		return f.absTree(n.Args[0])
	case "binom":
		return f.binomial(arg(0), arg(1))
	case "perm":
		return f.arrangements(arg(0), arg(1))
	case "gamma":
		return f.factorial(f.addFrac(arg(0), intFrac(-1)))
	case "conj", "re", "im":
		if b := arg(0); f.isConst(b) {
			return f.complexPart(n.Name, b)
		}
	}
	return f.opaque(n.Name, n.Args)
}

// absTree takes absolute values of the factors before they are multiplied out.
func (f *field) absTree(n *tree.Node) frac {
	f.enter()
	defer f.leave()
	switch n.Op {
	case tree.Neg:
		return f.absTree(n.Args[0])
	case tree.Mul:
		z := f.absTree(n.Args[0])
		for _, a := range n.Args[1:] {
			z = f.mulFrac(z, f.absTree(a))
		}
		return z
	case tree.Div:
		return f.divFrac(f.absTree(n.Args[0]), f.absTree(n.Args[1]))
	case tree.Pow:
		if k, ok := n.Args[1].Int64(); ok {
			return f.power(f.absTree(n.Args[0]), k, 1)
		}
	}
	return f.abs(f.build(n))
}

// ratio returns a trigonometric function from cosine and sine; the first three
// letters of the hyperbolic names are all that is looked at.
func (f *field) ratio(name string, cos, sin frac) frac {
	switch name {
	case "sin":
		return sin
	case "cos":
		return cos
	case "tan":
		return f.divFrac(sin, cos)
	case "cot":
		return f.divFrac(cos, sin)
	case "sec":
		return f.inv(cos)
	}
	return f.inv(sin)
}

func (f *field) complexPart(name string, b frac) frac {
	c, ok := f.conj(b)
	if !ok {
		f.giveUp()
	}
	switch name {
	case "re":
		return f.scaleFrac(f.addFrac(b, c), half)
	case "im":
		return f.divFrac(f.scaleFrac(f.subFrac(b, c), half), f.imag())
	}
	return c
}

// opaque returns a generator known by its name and arguments only.
func (f *field) opaque(name string, nodes []*tree.Node) frac {
	args := make([]frac, len(nodes))
	isComplex := false
	for i, a := range nodes {
		args[i] = f.build(a)
		isComplex = isComplex || !f.realValued(args[i])
	}
next:
	for g := range f.gens {
		x := &f.gens[g]
		if x.kind != kOpaque || x.name != name || len(x.args) != len(args) {
			continue
		}
		for i := range args {
			if !f.equal(x.args[i], args[i]) {
				continue next
			}
		}
		return f.genFrac(g, 1)
	}
	g := f.newGen(gen{kind: kOpaque, name: name, args: args, complex: isComplex})
	f.vars |= 1 << g
	return f.genFrac(g, 1)
}

// written returns a generator known by its tree only.
func (f *field) written(n *tree.Node) frac {
	size := tree.Size(n, maxTreeSize)
	f.bud.Use(int64(size))
	if size >= maxTreeSize || tree.Any(n, ambiguous) {
		f.giveUp()
	}
	for g := range f.gens {
		if f.gens[g].kind == kTree && tree.Same(f.gens[g].node, n) {
			return f.genFrac(g, 1)
		}
	}
	g := f.newGen(gen{kind: kTree, node: n})
	f.vars |= 1 << g
	return f.genFrac(g, 1)
}

// ambiguous reports what has no single value.
func ambiguous(n *tree.Node) bool {
	return n.Op == tree.PlusMinus || n.Op == tree.MinusPlus || n.Op == tree.Text
}
