package canon

import "math/big"

// independent proves that d, which did not reduce to 0, is not 0: the
// generators in it are algebraically independent, or form a basis.
//
//   - Symbols are independent, and so are their radicals.
//   - Square and higher roots of distinct primes have products that are
//     linearly independent over Q (Besicovitch, 1940), and over Q(i), for they
//     are real.
//   - π is transcendental, and so is e; both together are not known to be
//     independent.
//   - exp(m) for monomials m in symbols that are linearly independent over Q
//     are independent of each other and of the symbols.
//   - √p is not in Q(ζ_N) if p does not divide N (for p = 2: if 8 does not).
func (f *field) independent(d frac) bool {
	p := f.reduce(d.num)
	var used uint32
	for _, t := range p {
		for g := range f.gens {
			if t.m.exp(g) != 0 {
				used |= 1 << g
			}
		}
	}
	if len(f.ints) > 0 && used&f.vars != 0 {
		return false
	}
	transcendental, zeta, deep := 0, false, false
	for g := range f.gens {
		if used&(1<<g) == 0 {
			continue
		}
		x := &f.gens[g]
		switch x.kind {
		case kSymbol, kI:
		case kZeta:
			zeta = true
		case kPi:
			transcendental++
		case kRoot:
			switch {
			case x.base < 0:
				if !f.newFactor(g, used) {
					return false
				}
				deep = deep || x.n > 2
			case f.gens[x.base].kind != kSymbol:
				return false
			}
		case kAbs:
			t, ok := x.args[0].single()
			if !ok || f.restricted()&x.deps&f.vars&^(1<<g) != 0 {
				return false
			}
			if k, e, ok := t.m.gen(); !ok || e != 1 || f.gens[k].kind != kSymbol {
				return false
			}
		case kExp:
			if x.deps&f.vars == 0 {
				if t, ok := x.args[0].single(); !ok || !t.m.isOne() {
					return false
				}
				transcendental++
			} else if !f.plainExponent(x) {
				return false
			}
		default:
			return false
		}
	}
	return transcendental < 2 && !(zeta && deep)
}

// plainExponent reports an exponent that is a monomial in symbols, times an
// algebraic constant, times π or the logarithm of a prime or neither. Such
// constants are linearly independent over Q.
//
// Source: Baker, Mathematika 13, 1966.
func (f *field) plainExponent(x *gen) bool {
	t, ok := x.args[0].single()
	if !ok || !t.c.isOne() {
		return false
	}
	logs := 0
	for g := range f.gens {
		e := t.m.exp(g)
		if e == 0 {
			continue
		}
		switch y := &f.gens[g]; y.kind {
		case kSymbol, kI, kZeta:
		case kRoot:
			if y.base >= 0 || y.p.r != nil || y.p.n >= 1<<23 {
				return false
			}
		case kPi:
			logs += abs(e)
		case kLn:
			c, ok := y.args[0].rational()
			if !ok || c.r != nil || c.n >= 1<<23 {
				return false
			}
			logs += abs(e)
		default:
			return false
		}
	}
	return logs < 2
}

// restricted returns what the generators are made of whose domain is not
// everything: there an absolute value may have one sign only.
func (f *field) restricted() (set uint32) {
	for g := range f.gens {
		if f.domain&(1<<g) != 0 {
			set |= f.gens[g].deps
		}
	}
	return set
}

// newFactor reports that the number under radical g has no factor in common
// with those under the other radicals, and is no perfect power itself. Numbers
// below 2^23 are primes, for they have no factor up to 2^12.
func (f *field) newFactor(g int, used uint32) bool {
	x := &f.gens[g]
	if x.p.r == nil && x.p.n < 1<<23 {
		return true
	}
	f.bud.Use(int64(x.p.words() * x.p.words()))
	a := x.p.rat().Num()
	for k := range g {
		y := &f.gens[k]
		if used&(1<<k) == 0 || y.kind != kRoot || y.base >= 0 || y.p.equal(x.p) {
			continue
		}
		if new(big.Int).GCD(nil, nil, a, y.p.rat().Num()).BitLen() > 1 {
			return false
		}
	}
	least := 2
	for x.n%least != 0 {
		least++
	}
	_, perfect := intRoot(a, least)
	return !perfect && a.BitLen() <= 4096
}
