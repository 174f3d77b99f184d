package canon

import (
	"math/big"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// Normal, for the tests, returns n as one fraction of sums in ascending powers, with every
// known relation applied. Trees of the same value mostly get the same normal
// form, but only Equal proves anything. It reports false when n is beyond the
// limits or has no single value.
func Normal(n *tree.Node, o Options, b *budget.Budget) (z *tree.Node, ok bool) {
	ok = attempt(o, b, integerSymbols(b, n), func(f *field) {
		z = f.fracTree(f.normal(f.build(n)))
	})
	return z, ok
}

func (f *field) fracTree(a frac) *tree.Node {
	z := f.polyTree(a.num)
	if len(a.den) == 0 {
		return z
	}
	var den []*tree.Node
	for _, d := range a.den {
		p := f.polyTree(d.p)
		if d.k > 1 {
			p = tree.New(tree.Pow, p, tree.Int(int64(d.k)))
		}
		den = append(den, p)
	}
	return tree.New(tree.Div, z, product(den))
}

func product(factors []*tree.Node) *tree.Node {
	switch len(factors) {
	case 0:
		return tree.Int(1)
	case 1:
		return factors[0]
	}
	return tree.New(tree.Mul, factors...)
}

func (f *field) polyTree(p poly) *tree.Node {
	terms := make([]*tree.Node, len(p))
	for i, t := range p {
		terms[i] = f.termTree(t)
	}
	switch len(terms) {
	case 0:
		return tree.Int(0)
	case 1:
		return terms[0]
	}
	return tree.New(tree.Add, terms...)
}

// termTree returns c·m as sign, then a fraction of products.
func (f *field) termTree(t term) *tree.Node {
	f.bud.Use(int64(10 + t.c.words()))
	c := t.c.abs().rat()
	var up, down []*tree.Node
	if c.Num().Cmp(big.NewInt(1)) != 0 || t.m.isOne() {
		up = append(up, tree.BigInt(c.Num()))
	}
	if !c.IsInt() {
		down = append(down, tree.BigInt(c.Denom()))
	}
	for g := range f.gens {
		e := t.m.exp(g)
		if e == 0 {
			continue
		}
		x := f.genTree(g, abs(e))
		if e > 0 {
			up = append(up, x)
		} else {
			down = append(down, x)
		}
	}
	z := product(up)
	if len(down) > 0 {
		z = tree.New(tree.Div, z, product(down))
	}
	if t.c.sign() < 0 {
		z = tree.New(tree.Neg, z)
	}
	return z
}

// genTree returns the e-th power of a generator.
func (f *field) genTree(g, e int) *tree.Node {
	f.enter()
	defer f.leave()
	x := &f.gens[g]
	pow := func(base *tree.Node, e int) *tree.Node {
		if e == 1 {
			return base
		}
		return tree.New(tree.Pow, base, tree.Int(int64(e)))
	}
	arg := func(i int) *tree.Node { return f.fracTree(x.args[i]) }
	switch x.kind {
	case kSymbol:
		return pow(tree.Sym(x.name), e)
	case kPi:
		return pow(tree.Pi, e)
	case kI:
		return pow(tree.I, e)
	case kZeta:
		angle := tree.New(tree.Div, tree.New(tree.Mul, tree.Int(2*int64(e)), tree.Pi, tree.I), tree.Int(int64(x.n)))
		return tree.New(tree.Pow, tree.E, angle)
	case kRoot:
		if x.base >= 0 && f.gens[x.base].kind == kExp {
			arg := f.gens[x.base].args[0]
			return tree.New(tree.Pow, tree.E, f.fracTree(f.scaleFrac(arg, fraction(int64(e), int64(x.n)))))
		}
		var base *tree.Node
		if x.base < 0 {
			base = tree.Rat(x.p.rat())
		} else {
			base = f.genTree(x.base, 1)
		}
		return pow(tree.New(tree.Root, base, tree.Int(int64(x.n))), e)
	case kRadicand:
		return pow(arg(0), e)
	case kAbs:
		return pow(tree.Fn("abs", arg(0)), e)
	case kExp:
		return tree.New(tree.Pow, tree.E, f.fracTree(f.scaleFrac(x.args[0], intNum(int64(e)))))
	case kLn:
		return pow(tree.Fn("ln", arg(0)), e)
	case kAtan:
		return pow(tree.Fn("arctan", arg(0)), e)
	case kAsin:
		return pow(tree.Fn("arcsin", arg(0)), e)
	case kFact:
		return pow(tree.New(tree.Factorial, arg(0)), e)
	case kPower:
		return tree.New(tree.Pow, tree.Rat(x.p.rat()), tree.Int(int64(e)<<16))
	case kTree:
		return pow(x.node, e)
	}
	args := make([]*tree.Node, len(x.args))
	for i := range args {
		args[i] = arg(i)
	}
	switch {
	case x.name == "root":
		return pow(tree.New(tree.Root, args[0], tree.Int(int64(x.n))), e)
	case x.name[len(x.name)-1] == '(':
		return pow(tree.Named(tree.Call, x.name[:len(x.name)-1], args...), e)
	}
	return pow(tree.Fn(x.name, args...), e)
}
