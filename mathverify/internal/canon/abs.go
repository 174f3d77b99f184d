package canon

import "math"

// abs returns |b|: multiplicatively over the factors of a single term, with
// its sign where b is a constant, as √(b·b̄) where it is not real.
func (f *field) abs(b frac) frac {
	f.enter()
	defer f.leave()
	if c, ok := b.rational(); ok {
		return constFrac(c.abs())
	}
	if !f.isReal(b) {
		c, ok := f.conj(b)
		if !ok {
			f.giveUp()
		}
		sq := f.mulFrac(b, c)
		if _, ok := sq.rational(); ok || !f.equal(b, c) {
			return f.power(sq, 1, 2)
		}
	}
	if f.isConst(b) {
		if s := f.sign(b); s != 0 {
			return f.scaleFrac(b, intNum(int64(s)))
		}
		if f.isZero(b) {
			return frac{}
		}
	}
	if !f.isReal(b) {
		return f.genFrac(f.absGen(b), 1)
	}
	z := f.absPoly(b.num)
	for _, d := range b.den {
		z = f.divFrac(z, f.powFrac(f.absPoly(d.p), d.k))
	}
	return z
}

func (f *field) absPoly(p poly) frac {
	var c num
	var m mono
	var rest poly
	if len(p) > 1 {
		c, m, rest = f.content(p, f.free())
		if rest[len(rest)-1].c.sign() < 0 {
			rest = rest.scale(intNum(-1))
		}
	} else {
		c, m, rest = p[0].c.abs(), p[0].m, nil
	}
	z := constFrac(c)
	for g := range f.gens {
		e := m.exp(g)
		switch {
		case e == 0:
		case f.gens[g].positive:
			z = f.mulFrac(z, f.genFrac(g, e))
		default:
			z = f.mulFrac(z, f.genFrac(f.absGen(f.genFrac(g, 1)), e))
		}
	}
	if len(rest) == 0 {
		return z
	}
	if s, ok := f.polySqrt(rest); ok && f.isReal(frac{num: s}) {
		f.real = true
		return f.mulFrac(z, frac{num: rest})
	}
	if f.isPositive(rest) {
		f.real = true
		return f.mulFrac(z, frac{num: rest})
	}
	for _, p := range f.linearFactors(rest) {
		z = f.mulFrac(z, f.absPoly(p))
		rest, _ = f.divide(rest, p)
		if c, ok := rest.rational(); ok {
			return f.scaleFrac(z, c.abs())
		}
	}
	return f.mulFrac(z, f.genFrac(f.absGen(frac{num: rest}), 1))
}

// linearFactors returns factors a·x + b of a polynomial in one symbol.
func (f *field) linearFactors(p poly) (out []poly) {
	set := f.polyDeps(p)
	g := -1
	for k := range f.gens {
		if set == 1<<k && f.gens[k].kind == kSymbol {
			g = k
		}
	}
	if g < 0 {
		return nil
	}
	top := 0
	for _, t := range p {
		top = max(top, t.m.exp(g))
		if t.m.exp(g) < 0 {
			return nil
		}
	}
	if top < 2 || top > 12 {
		return nil
	}
	c := make([]num, top+1)
	for i := range c {
		c[i] = zero
	}
	for _, t := range p {
		c[t.m.exp(g)] = t.c
	}
	for _, r := range f.rationalRoots(f.squareFree(c)) {
		x := f.add(f.genFrac(g, 1).num, constant(r.neg()))
		_, _, x = f.content(x, nil)
		// As often as it is a factor.
		for rest := p; ; {
			q, ok := f.divide(rest, x)
			if !ok {
				break
			}
			out, rest = append(out, x), q
		}
	}
	return out
}

// isPositive reports a sum of positive terms: x²+1, e^x+2.
func (f *field) isPositive(p poly) bool {
	for _, t := range p {
		if t.c.sign() < 0 {
			return false
		}
		for g := range f.gens {
			if e := t.m.exp(g); e != 0 && !f.gens[g].positive && (f.gens[g].complex || e%2 != 0) {
				return false
			}
		}
	}
	return true
}

// absGen returns the generator |b|, with |b|² = b² for real b.
func (f *field) absGen(b frac) int {
	for g := range f.gens {
		if f.gens[g].kind == kAbs && (f.equal(f.gens[g].args[0], b) || f.equal(f.gens[g].args[0], f.neg(b))) {
			return g
		}
	}
	f.real = true
	x := gen{kind: kAbs, args: []frac{b}, positive: true}
	if v, ok := f.constValue(b); ok {
		x.val, x.known = complex(math.Hypot(real(v), imag(v)), 0), true
	}
	if f.realValued(b) {
		if t, ok := b.single(); ok {
			sq := f.termPow(t, 2)
			x.rel = relation{n: 2, c: sq.c, m: sq.m}
		} else {
			sq := f.powFrac(b, 2)
			x.rel = relation{n: 2, f: &sq}
		}
	}
	g := f.newGen(x)
	f.setVars(g)
	return g
}

// realValued reports that b is real for real variables, as sin x is, though it
// is written with i.
func (f *field) realValued(b frac) bool {
	if f.isReal(b) {
		return true
	}
	c, ok := f.conj(b)
	return ok && f.equal(b, c)
}

// conj returns the complex conjugate for real variables, if it is known.
func (f *field) conj(b frac) (frac, bool) {
	if f.isReal(b) {
		return b, true
	}
	z, ok := f.conjPoly(b.num)
	for _, d := range b.den {
		if !ok {
			break
		}
		var c frac
		c, ok = f.conjPoly(d.p)
		z = f.divFrac(z, f.powFrac(c, d.k))
	}
	return z, ok
}

func (f *field) conjPoly(p poly) (frac, bool) {
	z := frac{}
	f.work(4 * len(p) * len(f.gens))
	for _, t := range p {
		x := constFrac(t.c)
		for g := range f.gens {
			e := t.m.exp(g)
			if e == 0 {
				continue
			}
			y := f.genFrac(g, e)
			switch u := f.gens[g]; {
			case !u.complex:
			case u.kind == kI || u.kind == kZeta:
				y = f.genFrac(g, -e)
			case u.kind == kExp || u.kind == kRoot && u.base >= 0 && f.gens[u.base].kind == kExp:
				q := int64(1)
				if u.kind == kRoot {
					q, u = int64(u.n), f.gens[u.base]
				}
				c, ok := f.conj(u.args[0])
				if !ok {
					return z, false
				}
				y = f.exp(f.scaleFrac(c, fraction(int64(e), q)))
			default:
				return z, false
			}
			x = f.mulFrac(x, y)
		}
		z = f.addFrac(z, x)
	}
	return z, true
}
