package canon

import (
	"math"
	"slices"
)

// root returns b^(a/q) for q > 1 in lowest terms: the real value for odd q,
// the principal one otherwise.
func (f *field) root(b frac, a, q int) frac {
	f.enter()
	defer f.leave()
	if q > maxIndex {
		f.giveUp()
	}
	if c, ok := b.rational(); ok {
		switch s := c.sign(); {
		case s > 0:
			return f.numPow(c, a, q)
		case s < 0 && q%2 == 1:
			return f.signed(f.numPow(c.neg(), a, q), a)
		case s < 0:
			return f.mulFrac(f.unityPow(fraction(int64(a), int64(q))), f.numPow(c.neg(), a, q))
		case a > 0:
			return frac{}
		}
		f.giveUp()
	}
	if f.isConst(b) {
		switch f.sign(b) {
		case 0:
			return f.opaqueRoot(b, a, q)
		case -1:
			if q%2 == 1 {
				return f.signed(f.root(f.neg(b), a, q), a)
			}
			return f.mulFrac(f.unityPow(fraction(int64(a), int64(q))), f.root(f.neg(b), a, q))
		}
	}
	if !f.realValued(b) {
		return f.opaqueRoot(b, a, q)
	}
	if t, ok := b.single(); ok {
		if !f.isReal(b) {
			return f.opaqueRoot(b, a, q) // (-1)^n
		}
		return f.rootTerm(t, a, q)
	}
	return f.rootSum(b, a, q)
}

// signed returns (-1)^a·z.
func (f *field) signed(z frac, a int) frac {
	if a%2 != 0 {
		return f.neg(z)
	}
	return z
}

// rootTerm takes the root of a single term factor by factor as far as that is
// allowed: positive factors always, real ones for odd q, even powers as powers
// of absolute values.
func (f *field) rootTerm(t term, a, q int) frac {
	z := f.numPow(t.c.abs(), a, q)
	left := term{c: one}
	if t.c.sign() < 0 {
		if q%2 == 1 {
			z = f.signed(z, a)
		} else {
			left.c = intNum(-1)
		}
	}
	// √(x³) needs no absolute value, for x itself cannot be negative.
	_, _, alone := t.m.gen()
	alone = alone && t.c.sign() > 0
	for g := range f.gens {
		e := t.m.exp(g)
		if e == 0 {
			continue
		}
		x := &f.gens[g]
		switch {
		case x.positive || q%2 == 1 && !x.complex:
			if !x.positive {
				f.real = true
			}
			z = f.mulFrac(z, f.genRoot(g, e*a, q))
		case !x.complex && e%2 == 0:
			f.real = true
			z = f.mulFrac(z, f.genRoot(f.absGen(f.genFrac(g, 1)), e*a, q))
		case !x.complex && abs(e) > 1 && !alone:
			// An odd power: √(x³y) is |x|√(xy).
			sign := 1
			if e < 0 {
				sign = -1
			}
			f.real = true
			z = f.mulFrac(z, f.genRoot(f.absGen(f.genFrac(g, 1)), (e-sign)*a, q))
			left.m.set(g, sign)
		default:
			left.m.set(g, e)
		}
	}
	if left.m.isOne() {
		if left.c.sign() < 0 {
			z = f.mulFrac(z, f.unityPow(fraction(int64(a), int64(q))))
		}
		return z
	}
	if g, e, ok := left.m.gen(); ok && left.c.isOne() {
		f.real = f.real || abs(e) > 1
		return f.mulFrac(z, f.genRoot(g, e*a, q))
	}
	return f.mulFrac(z, f.radicand(frac{num: poly{left}}, a, q))
}

// genRoot returns the generator g to the power a/q, not in lowest terms.
func (f *field) genRoot(g, a, q int) frac {
	d := int(gcd64(int64(a), int64(q)))
	a, q = a/d, q/d
	x := f.gens[g]
	switch {
	case q == 1:
		return f.genFrac(g, a)
	case x.kind == kRoot && x.base < 0:
		return f.numPow(x.p, a, q*x.n)
	case x.kind == kRoot:
		return f.genPow(x.base, a, q*x.n)
	case x.kind == kExp:
		return f.exp(f.scaleFrac(x.args[0], fraction(int64(a), int64(q))))
	}
	return f.genPow(g, a, q)
}

// rootSum takes the root of a sum: its content is taken out, perfect squares
// and the denesting √(a+√b) = √x + √y are found, the rest is a new generator.
func (f *field) rootSum(b frac, a, q int) frac {
	if q%2 == 0 {
		if s, ok := f.fracSqrt(b); ok {
			f.real = f.real || !f.isConst(b)
			return f.power(f.abs(s), int64(a), int64(q/2))
		}
	}
	c, m, rest := f.content(b.num, f.realFree())
	if q%2 == 1 && rest[len(rest)-1].c.sign() < 0 {
		c, rest = c.neg(), rest.scale(intNum(-1))
	}
	var z frac
	out := frac{num: rest, den: b.den}
	if c.sign() < 0 || !m.isOne() {
		// Only what is certainly ≥ 0 may leave an even root.
		t := term{m: mono{}, c: c}
		for g := range f.gens {
			e := m.exp(g)
			x := &f.gens[g]
			if e == 0 {
				continue
			}
			if x.positive || q%2 == 1 && !x.complex || !x.complex && e%2 == 0 {
				t.m.set(g, e)
			} else if s := e - e%2; s != 0 && !x.complex {
				t.m.set(g, s)
				out.num = f.shift(out.num, unit(g, e-s))
			} else {
				out.num = f.shift(out.num, unit(g, e))
			}
		}
		z = f.rootTerm(t, a, q)
	} else {
		z = f.numPow(c, a, q)
	}
	if q%2 == 0 {
		if s, ok := f.denest(out); ok {
			return f.mulFrac(z, f.power(s, int64(2*a), int64(q)))
		}
	}
	if q%3 == 0 {
		if s, ok := f.denestCube(out); ok {
			return f.mulFrac(z, f.power(s, int64(3*a), int64(q)))
		}
	}
	return f.mulFrac(z, f.radicand(out, a, q))
}

// radicand returns b^(a/q) with b as an opaque base.
func (f *field) radicand(b frac, a, q int) frac {
	for g := range f.gens {
		if f.gens[g].kind != kRadicand {
			continue
		}
		if f.equal(f.gens[g].args[0], b) {
			return f.genPow(g, a, q)
		}
		if f.equal(f.mulFrac(f.gens[g].args[0], b), intFrac(1)) {
			return f.genPow(g, -a, q)
		}
	}
	v, known := f.constValue(b)
	g := f.newGen(gen{
		kind: kRadicand, args: []frac{b}, rel: relation{n: 1, f: &b},
		val: v, known: known, complex: !f.realValued(b),
		positive: f.isConst(b) && f.sign(b) > 0,
	})
	f.setVars(g)
	return f.genPow(g, a, q)
}

// opaqueRoot returns b^(a/q) for a constant that is not real, or not known to
// be: the relation g^q = b is all that is used.
func (f *field) opaqueRoot(b frac, a, q int) frac {
	if q > maxPower {
		f.giveUp()
	}
	if f.isZero(b) {
		if a < 0 {
			f.giveUp()
		}
		return frac{}
	}
	if c, _, _ := f.content(b.num, nil); !c.isOne() {
		return f.mulFrac(f.numPow(c, a, q), f.opaqueRoot(f.scaleFrac(b, c.inv()), a, q))
	}
	for g := range f.gens {
		if x := &f.gens[g]; x.kind == kOpaque && x.name == "root" && x.n == q && f.equal(x.args[0], b) {
			return f.genFrac(g, a)
		}
	}
	g := f.newGen(gen{kind: kOpaque, name: "root", n: q, args: []frac{b}, rel: relation{n: q, f: &b}, complex: true})
	if v, known := f.constValue(b); known && (f.sign(b) != 0 || imag(v) != 0 && math.Abs(imag(v)) > 1e-9) {
		f.gens[g].val, f.gens[g].known = realRoot(v, q), true
	}
	f.setVars(g)
	return f.genFrac(g, a)
}

// constValue returns the value of a constant if it is known.
func (f *field) constValue(b frac) (complex128, bool) {
	if !f.isConst(b) {
		return 0, false
	}
	v, ok := f.value(b, 1e-3)
	if ok && f.realValued(b) {
		v = complex(real(v), 0)
	}
	return v, ok
}

// setVars marks a generator that depends on a variable or is unknown.
func (f *field) setVars(g int) {
	if f.gens[g].deps&f.vars != 0 {
		f.vars |= 1 << g
	}
}

// realFree returns the generators without a relation that are real.
func (f *field) realFree() []int {
	return slices.DeleteFunc(f.free(), func(g int) bool { return f.gens[g].complex })
}

// fracSqrt returns a real rational function whose square is b, if there is one
// with rational coefficients: sin²x, which is -(E-1/E)²/4, has one as well.
func (f *field) fracSqrt(b frac) (frac, bool) {
	for _, d := range b.den {
		if d.k%2 != 0 {
			return frac{}, false
		}
	}
	if len(b.num) < 3 || len(b.num) > 64 {
		return frac{}, false
	}
	c, m, rest := f.content(b.num, f.free())
	negative := rest[len(rest)-1].c.sign() < 0
	if negative {
		rest = rest.scale(intNum(-1))
	}
	first, ok := f.termSqrt(term{m, c})
	if !ok {
		return frac{}, false
	}
	s, ok := f.polySqrt(rest)
	if !ok {
		return frac{}, false
	}
	z := f.mulFrac(frac{num: s}, frac{num: poly{first}})
	if negative {
		z = f.mulFrac(z, f.imag())
	}
	for _, d := range b.den {
		z.den = append(z.den, factor{d.p, d.k / 2})
	}
	return z, f.realValued(z)
}

// polySqrt returns a polynomial whose square is p. Its terms follow from the
// top: the next one is that of the rest over twice the first.
func (f *field) polySqrt(p poly) (poly, bool) {
	if len(p) < 3 || len(p) > 64 {
		return nil, false
	}
	first, ok := f.termSqrt(p[len(p)-1])
	if !ok {
		return nil, false
	}
	if _, ok := f.termSqrt(p[0]); !ok {
		return nil, false
	}
	s := poly{first}
	lead := f.termPow(term{first.m, first.c.mul(intNum(2))}, -1)
	for range len(p) {
		rest := f.sub(p, f.mul(s, s))
		if len(rest) == 0 {
			return s, true
		}
		t := f.product(rest[len(rest)-1], lead)
		for g := range f.gens {
			if t.m.exp(g) < 0 {
				return nil, false
			}
		}
		s = f.add(s, poly{t})
	}
	return nil, false
}

func (f *field) termSqrt(t term) (term, bool) {
	if t.c.sign() <= 0 {
		return term{}, false
	}
	c, ok := t.c.root(2)
	if !ok {
		return term{}, false
	}
	z := term{c: c}
	for g := range f.gens {
		e := t.m.exp(g)
		if e%2 != 0 {
			return term{}, false
		}
		z.m.set(g, e/2)
	}
	return z, true
}

// surd splits a + b with rational a and b² of a positive b's term.
func (f *field) surd(x frac) (a num, b term, sq num, ok bool) {
	if len(x.den) > 0 || len(x.num) != 2 {
		return
	}
	i := 0
	if !x.num[0].m.isOne() {
		i = 1
	}
	if !x.num[i].m.isOne() {
		return
	}
	a, b = x.num[i].c, x.num[1-i]
	s := f.termPow(b, 2)
	return a, b, s.c, s.m.isOne() && s.c.sign() > 0
}

// denest returns √(a+b) as √x + √y where a and b² are rational:
//
//	√(a ± √c) = √((a+s)/2) ± √((a-s)/2) with s = √(a²-c) rational
func (f *field) denest(x frac) (frac, bool) {
	a, b, c, ok := f.surd(x)
	if !ok || a.sign() <= 0 {
		return frac{}, false
	}
	n := a.mul(a).sub(c)
	if n.sign() < 0 {
		return frac{}, false
	}
	s, ok := n.root(2)
	if !ok {
		return frac{}, false
	}
	p := f.numPow(a.add(s).mul(half), 1, 2)
	low := a.sub(s).mul(half)
	if low.sign() <= 0 {
		return frac{}, false
	}
	r := f.numPow(low, 1, 2)
	if f.sign(frac{num: poly{b}}) < 0 {
		r = f.neg(r)
	}
	return f.addFrac(p, r), true
}

// denestCube returns the real cube root u + v of a + b, where a and b² are
// rational and v is a rational multiple of b:
//
//	n = ∛(a²-b²), 4u³ - 3nu - a = 0, v² = u² - n
func (f *field) denestCube(x frac) (frac, bool) {
	a, b, c, ok := f.surd(x)
	if !ok {
		return frac{}, false
	}
	n := a.mul(a).sub(c)
	s, ok := n.abs().root(3)
	if !ok {
		return frac{}, false
	}
	if n.sign() < 0 {
		s = s.neg()
	}
	for _, u := range f.rationalRoots([]num{a.neg(), s.mul(intNum(-3)), zero, intNum(4)}) {
		// a + b = (u+v)³ = u³+3uv² + (3u²+v²)v
		d := u.mul(u).mul(intNum(4)).sub(s)
		if d.isZero() {
			continue
		}
		root := frac{num: f.add(constant(u), poly{{b.m, b.c.mul(d.inv())}})}
		if f.powFrac(root, 3).num.equal(x.num) {
			return root, true
		}
	}
	return frac{}, false
}
