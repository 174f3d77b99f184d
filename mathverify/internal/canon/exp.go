package canon

import (
	"math"
	"math/cmplx"
)

// exp returns e^b. The exponent is cut into its terms q·m with rational q:
// logarithms become powers, rational multiples of iπ roots of unity, and every
// other m a generator e^m, to the power q.
func (f *field) exp(b frac) frac {
	f.enter()
	defer f.leave()
	b = f.normal(b)
	if len(b.den) > 0 {
		return f.expWhole(b)
	}
	z := intFrac(1)
	for _, t := range b.num {
		z = f.mulFrac(z, f.expTerm(t))
	}
	return z
}

// imagPart takes a factor i out of a monomial.
func (f *field) imagPart(m mono) (rest mono, ok bool) {
	for g := range f.gens {
		switch e := m.exp(g); {
		case f.gens[g].kind == kI && e == 1,
			f.gens[g].kind == kZeta && e == f.unity/4:
			m.set(g, 0)
			return m, true
		}
	}
	return m, false
}

func (f *field) expTerm(t term) frac {
	m, isImag := f.imagPart(t.m)
	if t.c.r != nil || t.c.n > maxNumer || t.c.n < -maxNumer || t.c.d > maxIndex || abs(int(t.c.n/t.c.d)) >= maxExp {
		return f.expLong(frac{num: poly{t}})
	}
	a, q := int(t.c.n), int(t.c.d)
	integer := false
	if g, e, ok := m.gen(); ok && e == 1 {
		switch x := f.gens[g]; {
		case x.kind == kPi && isImag:
			return f.unityPow(t.c)
		case x.kind == kLn && !isImag:
			return f.power(x.args[0], int64(a), int64(q))
		case (x.kind == kAtan || x.kind == kAsin) && isImag && q <= 2:
			return f.power(f.unitVector(x, a < 0), int64(abs(a)), int64(q))
		}
	}
	if isImag {
		integer = f.isIntTimesPi(m)
	}
	id := -1
	for g := range f.gens {
		if x := &f.gens[g]; x.kind == kExp && len(x.args[0].den) == 0 && x.args[0].num[0].m == t.m && x.args[0].num[0].c.isOne() {
			id = g
		}
	}
	if id < 0 {
		x := gen{kind: kExp, args: []frac{{num: poly{{t.m, one}}}}}
		x.complex = !f.isReal(x.args[0])
		x.positive = !x.complex
		if v, ok := f.constValue(x.args[0]); ok {
			x.val, x.known = cmplx.Exp(v), cmplx.Abs(v) < 200
		} else if t.m.isOne() {
			x.val, x.known = math.E, true
		}
		if integer {
			// e^{iπn} is ±1 for integers n.
			x.rel = relation{n: 2, c: one}
		}
		id = f.newGen(x)
		f.setVars(id)
	}
	return f.genPow(id, a, q)
}

// isIntTimesPi reports π times a product of symbols that stand for integers.
func (f *field) isIntTimesPi(m mono) bool {
	n := 0
	for g := range f.gens {
		switch e := m.exp(g); {
		case e == 0:
		case f.gens[g].kind == kPi && e == 1:
			n++
		case f.gens[g].kind == kSymbol && e > 0 && f.isIntSymbol(f.gens[g].name):
		default:
			return false
		}
	}
	return n == 1
}

// expWhole is e^b for an exponent with a denominator: one generator for all
// its rational multiples.
func (f *field) expWhole(b frac) frac {
	lead := b.num[len(b.num)-1].c
	if lead.r != nil || lead.n > maxExp || lead.n < -maxExp || lead.d > maxIndex {
		return f.expLong(b)
	}
	b = f.scaleFrac(b, lead.inv())
	for g := range f.gens {
		if x := &f.gens[g]; x.kind == kExp && f.equal(x.args[0], b) {
			return f.genPow(g, int(lead.n), int(lead.d))
		}
	}
	x := gen{kind: kExp, args: []frac{b}}
	x.complex = !f.isReal(b)
	x.positive = !x.complex
	if v, ok := f.constValue(b); ok {
		x.val, x.known = cmplx.Exp(v), cmplx.Abs(v) < 200
	}
	g := f.newGen(x)
	f.setVars(g)
	return f.genPow(g, int(lead.n), int(lead.d))
}

// expLong is e^b for a coefficient that is too long for an exponent: it is
// known only by b.
func (f *field) expLong(b frac) frac {
	for g := range f.gens {
		x := &f.gens[g]
		if x.kind != kExp {
			continue
		}
		switch {
		case f.equal(x.args[0], b):
			return f.genFrac(g, 1)
		case f.equal(x.args[0], f.neg(b)):
			return f.genFrac(g, -1)
		}
	}
	x := gen{kind: kExp, args: []frac{b}, complex: !f.isReal(b)}
	x.positive = !x.complex
	g := f.newGen(x)
	f.setVars(g)
	f.vars |= 1 << g // nothing but its sign is known
	return f.genFrac(g, 1)
}

// unitVector returns exp(±iθ) for θ = arctan u or arcsin u.
func (f *field) unitVector(x gen, negative bool) frac {
	u := x.args[0]
	iu := f.mulFrac(f.imag(), u)
	if negative {
		iu = f.neg(iu)
	}
	sq := f.powFrac(u, 2)
	if x.kind == kAtan {
		return f.divFrac(f.addFrac(intFrac(1), iu), f.root(f.addFrac(intFrac(1), sq), 1, 2))
	}
	return f.addFrac(f.root(f.subFrac(intFrac(1), sq), 1, 2), iu)
}

// cosSin returns cos b and sin b from exp(±ib).
func (f *field) cosSin(b frac) (cos, sin frac) {
	if len(b.num) == 0 {
		return intFrac(1), frac{}
	}
	if c, ok := f.piMultiple(b); ok && f.unity == 0 && c.r == nil && 12%c.d == 0 {
		k := int(c.n % (2 * c.d) * (12 / c.d))
		if k < 0 {
			k += 24
		}
		return f.cos15(k), f.cos15(k + 18)
	}
	ib := f.mulFrac(f.imag(), b)
	p, m := f.exp(ib), f.exp(f.neg(ib))
	cos = f.scaleFrac(f.addFrac(p, m), half)
	sin = f.mulFrac(f.scaleFrac(f.subFrac(p, m), num{n: -1, d: 2}), f.imag())
	return cos, sin
}

// piMultiple returns c for b = cπ.
func (f *field) piMultiple(b frac) (num, bool) {
	t, ok := b.single()
	if !ok {
		return num{}, false
	}
	g, e, ok := t.m.gen()
	return t.c, ok && e == 1 && f.gens[g].kind == kPi
}

// coshSinh returns cosh b and sinh b.
func (f *field) coshSinh(b frac) (cosh, sinh frac) {
	p, m := f.exp(b), f.exp(f.neg(b))
	return f.scaleFrac(f.addFrac(p, m), half), f.scaleFrac(f.subFrac(p, m), half)
}
