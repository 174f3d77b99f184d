package canon

import "math/cmplx"

// ln returns the natural logarithm of b: sums over prime factors and over the
// positive factors of a single term. formal says that it is only the exponent
// of an integer power, where any branch of the logarithm will do and every
// product may be split.
func (f *field) ln(b frac, formal bool) frac {
	f.enter()
	defer f.leave()
	if len(b.num) == 0 {
		f.giveUp()
	}
	if t, ok := b.single(); ok {
		return f.lnTerm(t, formal)
	}
	if formal && len(b.den) > 0 {
		z := f.ln(frac{num: b.num}, true)
		for _, d := range b.den {
			z = f.subFrac(z, f.scaleFrac(f.ln(frac{num: d.p}, true), intNum(int64(d.k))))
		}
		return z
	}
	if f.isConst(b) && f.sign(b) < 0 {
		return f.addFrac(f.lnMinusOne(), f.ln(f.neg(b), formal))
	}
	if s, ok := f.fracSqrt(b); ok {
		return f.scaleFrac(f.ln(f.abs(s), formal), intNum(2))
	}
	gens := []int(nil)
	if formal {
		gens = f.free()
	}
	c, m, rest := f.content(b.num, gens)
	z := f.lnTerm(term{m, c}, formal)
	return f.addFrac(z, f.lnGen(frac{rest, b.den}))
}

func (f *field) lnMinusOne() frac {
	return f.mulFrac(f.imag(), f.genFrac(f.pi(), 1))
}

func (f *field) lnNum(c num) frac {
	z := frac{}
	f.factors(c, func(p num, k int) {
		z = f.addFrac(z, f.scaleFrac(f.lnGen(constFrac(p)), intNum(int64(k))))
	})
	return z
}

func (f *field) lnTerm(t term, formal bool) frac {
	z := f.lnNum(t.c.abs())
	left := term{c: one}
	if t.c.sign() < 0 {
		left.c = intNum(-1)
	}
	odd := 0
	for g := range f.gens {
		e := t.m.exp(g)
		x := &f.gens[g]
		switch {
		case e == 0:
		case x.positive || formal:
			z = f.addFrac(z, f.scaleFrac(f.lnOf(g, formal), intNum(int64(e))))
		case !x.complex && e%2 == 0:
			f.real = true
			z = f.addFrac(z, f.scaleFrac(f.lnOf(f.absGen(f.genFrac(g, 1)), false), intNum(int64(e))))
		default:
			left.m.set(g, e)
			odd++
		}
	}
	if left.m.isOne() {
		if left.c.sign() < 0 {
			z = f.addFrac(z, f.lnMinusOne())
		}
		return z
	}
	if g, e, ok := left.m.gen(); ok {
		switch x := &f.gens[g]; {
		case x.kind == kI:
			// e is 1 by its relation: ±i.
			quarter := f.scaleFrac(f.lnMinusOne(), half)
			return f.addFrac(z, f.scaleFrac(quarter, left.c))
		case left.c.sign() > 0 && !x.complex:
			// ln(x³) is 3 ln x, both for x > 0.
			f.real = f.real || e != 1
			return f.addFrac(z, f.scaleFrac(f.lnOf(g, false), intNum(int64(e))))
		case formal:
			return f.addFrac(f.addFrac(z, f.lnMinusOne()), f.scaleFrac(f.lnOf(g, true), intNum(int64(e))))
		}
	}
	return f.addFrac(z, f.lnGen(frac{num: poly{left}}))
}

// lnOf returns the logarithm of a generator.
func (f *field) lnOf(g int, formal bool) frac {
	switch x := f.gens[g]; {
	case x.kind == kExp:
		return x.args[0]
	case x.kind == kRoot && x.base < 0:
		return f.scaleFrac(f.lnNum(x.p), fraction(1, int64(x.n)))
	case x.kind == kRoot && (f.gens[x.base].positive || x.n%2 == 0 || formal):
		return f.scaleFrac(f.lnOf(x.base, formal), fraction(1, int64(x.n)))
	case x.kind == kPower:
		return f.scaleFrac(f.lnNum(x.p), intNum(1<<16))
	case x.kind == kRadicand:
		return f.ln(x.args[0], formal)
	}
	return f.lnGen(f.genFrac(g, 1))
}

// lnGen returns ln b with b as an opaque argument; b or 1/b may be known.
func (f *field) lnGen(b frac) frac {
	if len(b.den) == 0 && len(b.num) == 1 && b.num[0].m.isOne() && b.num[0].c.isOne() {
		return frac{}
	}
	if f.isConst(b) && f.equal(b, intFrac(1)) {
		return frac{}
	}
	for g := range f.gens {
		if f.gens[g].kind != kLn {
			continue
		}
		a := f.gens[g].args[0]
		switch {
		case f.equal(a, b):
			f.domain |= 1 << g
			return f.genFrac(g, 1)
		case f.equal(f.mulFrac(a, b), intFrac(1)):
			f.domain |= 1 << g
			return f.neg(f.genFrac(g, 1))
		}
	}
	x := gen{kind: kLn, args: []frac{b}, complex: !f.realValued(b)}
	if v, ok := f.constValue(b); ok {
		l := cmplx.Log(v)
		x.val, x.known = l, cmplx.Abs(l) > 1e-3
	}
	g := f.newGen(x)
	f.setVars(g)
	f.domain |= 1 << g
	return f.genFrac(g, 1)
}
