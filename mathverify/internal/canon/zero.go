package canon

import "math"

func (f *field) equal(a, b frac) bool {
	if len(a.den) == 0 && len(b.den) == 0 {
		if a.num.equal(b.num) {
			return true
		}
		if _, ok := a.num.rational(); ok {
			if _, ok := b.num.rational(); ok {
				return false
			}
		}
	}
	return f.isZero(f.subFrac(a, b))
}

// isZero proves a = 0: true is a proof, false may be ignorance.
func (f *field) isZero(a frac) bool {
	if len(a.num) == 0 {
		return true
	}
	if len(a.num) == 1 {
		return false // a product of things that are not 0
	}
	p := f.reduce(a.num)
	return len(p) == 0 || f.linearZero(p)
}

// reduce applies every relation. What it returns is 0 only if p is; it may
// differ from p by a factor that is not 0.
func (f *field) reduce(p poly) poly {
	for g := len(f.gens) - 1; g >= 0; g-- {
		if r := f.gens[g].rel; r.f != nil {
			p = f.substitute(p, g, r)
		}
	}
	return f.reduceUnity(p)
}

// substitute replaces g^n by num/den and multiplies by what makes the result
// a polynomial.
func (f *field) substitute(p poly, g int, r relation) poly {
	low, high := 0, 0
	for _, t := range p {
		low, high = min(low, t.m.exp(g)), max(high, t.m.exp(g))
	}
	if low == 0 && high < r.n {
		return p
	}
	f.enter()
	defer f.leave()
	if low < 0 {
		// Multiples of n keep the classes of exponents apart.
		low = (low - r.n + 1) / r.n * r.n
	}
	top := (high - low) / r.n
	if top > maxPower {
		f.giveUp()
	}
	parts := make([]poly, top+1)
	for _, t := range p {
		e := t.m.exp(g) - low
		t.m.set(g, e%r.n)
		parts[e/r.n] = append(parts[e/r.n], t)
	}
	den := constant(one)
	for _, d := range r.f.den {
		den = f.mul(den, f.pow(d.p, d.k))
	}
	// Horner's rule in num, with one more den for every step down.
	var z poly
	scale := constant(one)
	for k := top; k >= 0; k-- {
		z = f.mul(z, r.f.num)
		if part := f.collect(parts[k]); len(part) > 0 {
			z = f.add(z, f.mul(part, scale))
		}
		if k > 0 {
			scale = f.mul(scale, den)
		}
	}
	return z
}

// linearZero proves that sums Σ c·ln u or Σ c·arctan u + c'π with rational c
// are 0, for each common factor by itself: the product of the powers u^c is 1,
// or the angles add up to a multiple of 2π that is too small to be one.
func (f *field) linearZero(p poly) bool {
	var lin uint32
	for g := range f.gens {
		if k := f.gens[g].kind; (k == kLn || k == kAtan || k == kAsin) && f.gens[g].deps&f.vars == 0 {
			lin |= 1 << g
		}
	}
	if lin == 0 || len(p) > 64 {
		return false
	}
	f.enter()
	defer f.leave()
	// Every term is c·rest·g.
	type group struct {
		rest   mono
		angles bool
		terms  poly
	}
	var groups []group
	pi := -1
	for g := range f.gens {
		if f.gens[g].kind == kPi {
			pi = g
		}
	}
	for _, t := range p {
		g := -1
		for k := range f.gens {
			if t.m.exp(k) != 0 && lin&(1<<k) != 0 {
				if g >= 0 || t.m.exp(k) != 1 {
					return false
				}
				g = k
			}
		}
		angles := g < 0 || f.gens[g].kind != kLn
		if g < 0 {
			if pi < 0 || t.m.exp(pi) < 1 {
				return false
			}
			g = pi
		}
		rest := t.m
		rest.set(g, rest.exp(g)-1)
		t.m = unit(g, 1)
		found := false
		for i := range groups {
			if groups[i].rest == rest && groups[i].angles == angles {
				groups[i].terms, found = append(groups[i].terms, t), true
			}
		}
		if !found {
			groups = append(groups, group{rest, angles, poly{t}})
		}
	}
	for _, x := range groups {
		if x.angles && !f.anglesZero(x.terms) || !x.angles && !f.logsZero(x.terms) {
			return false
		}
	}
	return true
}

// integers scales rational coefficients to small integers.
func integers(p poly) (poly, bool) {
	d := int64(1)
	for _, t := range p {
		if t.c.r != nil || t.c.d > 1<<10 || d > 1<<20 {
			return nil, false
		}
		d = lcm64(d, t.c.d)
	}
	p = p.scale(intNum(d))
	for _, t := range p {
		if t.c.r != nil || t.c.n > 64 || t.c.n < -64 {
			return nil, false
		}
	}
	return p, true
}

func (f *field) logsZero(p poly) bool {
	p, ok := integers(p)
	if !ok || len(p) < 2 {
		return false
	}
	// Both sides get positive powers only, which keeps them polynomials.
	left, right := intFrac(1), intFrac(1)
	for _, t := range p {
		g, _, _ := t.m.gen()
		u := f.gens[g].args[0]
		if f.sign(u) <= 0 {
			return false
		}
		if t.c.n > 0 {
			left = f.mulFrac(left, f.powFrac(u, int(t.c.n)))
		} else {
			right = f.mulFrac(right, f.powFrac(u, int(-t.c.n)))
		}
	}
	return f.equal(left, right)
}

func (f *field) anglesZero(p poly) bool {
	p, ok := integers(p)
	if !ok {
		return false
	}
	sum := 0.0
	z := intFrac(1)
	for _, t := range p {
		g, _, _ := t.m.gen()
		x := f.gens[g]
		if !x.known || math.Abs(imag(x.val)) > 1e-9 {
			return false
		}
		sum += float64(t.c.n) * real(x.val)
		if x.kind == kPi {
			z = f.mulFrac(z, f.unityPow(t.c))
			continue
		}
		if u := f.gens[g].args[0]; !f.isReal(u) {
			return false
		}
		z = f.mulFrac(z, f.powFrac(f.unitVector(x, t.c.n < 0), int(abs(int(t.c.n)))))
	}
	return math.Abs(sum) < 1 && f.equal(z, intFrac(1))
}
