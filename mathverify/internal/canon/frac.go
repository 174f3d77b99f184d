package canon

// A factor is a power of a polynomial in a denominator.
type factor struct {
	p poly
	k int
}

// A frac is num over the product of den. Monomials are never in the
// denominator; its factors are primitive with a positive last coefficient, so
// that equal ones are mostly seen to be equal.
type frac struct {
	num poly
	den []factor
}

func constFrac(c num) frac { return frac{num: constant(c)} }

func intFrac(n int64) frac { return constFrac(intNum(n)) }

// genFrac returns the e-th power of a generator.
func (f *field) genFrac(g, e int) frac {
	if abs(e) > maxExp {
		f.giveUp()
	}
	return f.termFrac(one, unit(g, e))
}

// termFrac returns c·m with the relations applied.
func (f *field) termFrac(c num, m mono) frac {
	if c.isZero() {
		return frac{}
	}
	return frac{num: poly{f.product(term{m, c}, term{c: one})}}
}

func (a frac) rational() (num, bool) {
	if len(a.den) > 0 {
		return num{}, false
	}
	return a.num.rational()
}

// single returns a frac that is one term.
func (a frac) single() (term, bool) {
	if len(a.den) == 0 && len(a.num) == 1 {
		return a.num[0], true
	}
	return term{}, false
}

func (f *field) neg(a frac) frac { return frac{a.num.scale(intNum(-1)), a.den} }

func (f *field) scaleFrac(a frac, c num) frac {
	if c.isZero() {
		return frac{}
	}
	return frac{f.scaled(a.num, c), a.den}
}

// common returns the factors that make both denominators the same.
func (f *field) common(a, b []factor) (den []factor, forA, forB poly) {
	forA, forB = constant(one), constant(one)
	den = append(den, a...)
	for _, y := range b {
		found := false
		for i, x := range den[:len(a)] {
			if !x.p.equal(y.p) {
				continue
			}
			found = true
			if d := y.k - x.k; d > 0 {
				forA = f.mul(forA, f.pow(y.p, d))
				den[i].k = y.k
			} else if d < 0 {
				forB = f.mul(forB, f.pow(y.p, -d))
			}
			break
		}
		if !found {
			forA = f.mul(forA, f.pow(y.p, y.k))
			den = append(den, y)
		}
	}
	for _, x := range a {
		if !hasFactor(b, x.p) {
			forB = f.mul(forB, f.pow(x.p, x.k))
		}
	}
	return den, forA, forB
}

func hasFactor(den []factor, p poly) bool {
	for _, d := range den {
		if d.p.equal(p) {
			return true
		}
	}
	return false
}

func (f *field) addFrac(a, b frac) frac {
	switch {
	case len(a.num) == 0:
		return b
	case len(b.num) == 0:
		return a
	case len(a.den) == 0 && len(b.den) == 0:
		return frac{num: f.add(a.num, b.num)}
	}
	den, x, y := f.common(a.den, b.den)
	z := frac{f.add(f.mul(a.num, x), f.mul(b.num, y)), den}
	if len(z.num) == 0 {
		z.den = nil
	}
	return z
}

func (f *field) subFrac(a, b frac) frac { return f.addFrac(a, f.neg(b)) }

func (f *field) mulFrac(a, b frac) frac {
	if len(a.num) == 0 || len(b.num) == 0 {
		return frac{}
	}
	z := frac{num: f.mul(a.num, b.num)}
	if len(a.den)+len(b.den) == 0 {
		return z
	}
	if len(z.num) == 0 {
		return frac{}
	}
	z.den = append(z.den, a.den...)
	for _, y := range b.den {
		found := false
		for i, x := range z.den[:len(a.den)] {
			if x.p.equal(y.p) {
				z.den[i].k += y.k
				found = true
				break
			}
		}
		if !found {
			z.den = append(z.den, y)
		}
	}
	return z
}

// inv returns 1/a. It gives up when a is zero, for then nothing is defined.
func (f *field) inv(a frac) frac {
	if t, ok := a.single(); ok {
		return frac{num: poly{f.termPow(t, -1)}}
	}
	if f.isZero(a) {
		f.giveUp()
	}
	z := frac{num: constant(one)}
	for _, d := range a.den {
		z.num = f.mul(z.num, f.pow(d.p, d.k))
	}
	if len(a.num) == 1 {
		z.num = f.mul(z.num, poly{f.termPow(a.num[0], -1)})
		return z
	}
	c, m, rest := f.content(a.num, f.free())
	if rest[len(rest)-1].c.sign() < 0 {
		c, rest = c.neg(), rest.scale(intNum(-1))
	}
	z.num = f.mul(z.num, poly{f.termPow(term{m, c}, -1)})
	if up, down, ok := f.rationalize(rest); ok {
		return f.scaleFrac(f.mulFrac(z, frac{num: up}), down.inv())
	}
	z.den = []factor{{rest, 1}}
	return f.cancel(z)
}

// rationalize returns up and a rational down with up·p = down for a p that is
// made of square roots and i: p times its conjugates in each of them.
func (f *field) rationalize(p poly) (up poly, down num, ok bool) {
	var roots []int
	for g := range f.gens {
		for _, t := range p {
			if t.m.exp(g) == 0 {
				continue
			}
			x := &f.gens[g]
			if x.rel.n != 2 || x.rel.f != nil || !x.rel.m.isOne() || x.kind != kRoot && x.kind != kI {
				return nil, zero, false
			}
			roots = append(roots, g)
			break
		}
	}
	if len(roots) > 3 {
		return nil, zero, false
	}
	up = constant(one)
	for _, g := range roots {
		q := make(poly, len(p))
		for i, t := range p {
			if t.m.exp(g) != 0 {
				t.c = t.c.neg()
			}
			q[i] = t
		}
		up, p = f.mul(up, q), f.mul(p, q)
	}
	down, ok = p.rational()
	return up, down, ok && !down.isZero()
}

func (f *field) divFrac(a, b frac) frac {
	if len(a.num) == 0 {
		if f.isZero(b) {
			f.giveUp()
		}
		return frac{}
	}
	z := f.mulFrac(a, f.inv(b))
	if len(z.den) > 0 && len(a.num) > 1 && len(z.num) > 1 {
		z = f.cancel(z)
	}
	return z
}

// powFrac returns a^k for any integer k.
func (f *field) powFrac(a frac, k int) frac {
	if k == 0 {
		return intFrac(1)
	}
	if t, ok := a.single(); ok {
		return frac{num: poly{f.termPow(t, k)}}
	}
	if k < 0 {
		a, k = f.inv(a), -k
	}
	z := frac{num: f.pow(a.num, k)}
	for _, d := range a.den {
		if d.k*k > maxExp {
			f.giveUp()
		}
		z.den = append(z.den, factor{d.p, d.k * k})
	}
	return z
}

// free returns the generators without a relation.
func (f *field) free() []int {
	var out []int
	for g := range f.gens {
		if f.gens[g].rel.n == 0 {
			out = append(out, g)
		}
	}
	return out
}

// cancel divides the numerator by the factors of the denominator that divide
// it exactly.
func (f *field) cancel(a frac) frac {
	var den []factor
	for _, d := range a.den {
		for d.k > 0 {
			q, ok := f.divide(a.num, d.p)
			if !ok {
				break
			}
			a.num = q
			d.k--
		}
		if d.k > 0 {
			den = append(den, d)
		}
	}
	return frac{a.num, den}
}

// divide returns p/q if q divides p with a polynomial quotient.
//
// The order of terms is lexicographic, and so good for long division, while no
// exponent is negative.
func (f *field) divide(p, q poly) (poly, bool) {
	if len(q) > len(p) && len(p) > 1 || len(p) == 1 || len(p) > 256 {
		return nil, false
	}
	f.work(8 * len(p) * len(q))
	lead := f.termPow(q[len(q)-1], -1)
	var quo poly
	for range 4*len(p) + 16 {
		if len(p) == 0 {
			return f.collect(quo), true
		}
		t := f.product(p[len(p)-1], lead)
		for g := range f.gens {
			if t.m.exp(g) < 0 {
				return nil, false
			}
		}
		quo = append(quo, t)
		last := p[len(p)-1].m
		p = f.sub(p, f.mul(poly{t}, q))
		if len(p) > 0 && p[len(p)-1].m.compare(&last) >= 0 {
			return nil, false
		}
	}
	return nil, false
}
