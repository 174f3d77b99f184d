package canon

import "math/big"

const (
	maxFactorial = 2000 // largest n for which n! is written out
	maxShift     = 64   // largest k for which (n+k)!/n! is written out
)

// factorial returns b!, which is Γ(b+1). Factorials of arguments that differ
// by an integer are multiples of one generator.
func (f *field) factorial(b frac) frac {
	f.enter()
	defer f.leave()
	if c, ok := b.rational(); ok {
		if n, ok := c.small(); ok && n <= maxFactorial {
			if n < 0 {
				f.giveUp() // a pole
			}
			f.bud.Use(int64(n) * int64(n) / 64)
			return constFrac(bigNum(new(big.Int).MulRange(1, int64(n))))
		}
		if c.r == nil && c.d == 2 && c.n > -2*maxShift && c.n < 2*maxShift {
			return f.halfFactorial(c)
		}
		if c.sign() < 0 && c.isInt() {
			f.giveUp()
		}
	}
	for g := range f.gens {
		if f.gens[g].kind != kFact {
			continue
		}
		a := f.gens[g].args[0]
		d := f.subFrac(b, a)
		c, ok := d.rational()
		k, whole := c.small()
		if !ok || !whole || abs(k) > maxShift {
			continue
		}
		z := f.genFrac(g, 1)
		for ; k > 0; k-- {
			z = f.mulFrac(z, f.addFrac(a, intFrac(int64(k))))
		}
		for ; k < 0; k++ {
			z = f.divFrac(z, f.addFrac(a, intFrac(int64(k+1))))
		}
		return z
	}
	g := f.newGen(gen{kind: kFact, args: []frac{b}, complex: !f.realValued(b)})
	f.vars |= 1 << g
	return f.genFrac(g, 1)
}

// halfFactorial returns (n/2)! for odd n from (-1/2)! = √π.
func (f *field) halfFactorial(c num) frac {
	z := one
	x := num{n: -1, d: 2}
	for x.n < c.n {
		x = x.add(one)
		z = z.mul(x)
	}
	for x.n > c.n {
		z = z.mul(x.inv())
		x = x.sub(one)
	}
	return f.scaleFrac(f.genPow(f.pi(), 1, 2), z)
}

// doubleFactorial returns b!!: (2m)!! = 2^m·m! and (2m-1)!! = (2m)!/(2^m·m!).
func (f *field) doubleFactorial(b frac) frac {
	if c, ok := b.rational(); ok {
		n, ok := c.small()
		if !ok || n < -1 || n > maxFactorial {
			f.giveUp()
		}
		f.bud.Use(int64(n+1) * int64(n+1) / 64)
		z := one
		for ; n > 1; n -= 2 {
			z = z.mul(intNum(int64(n)))
		}
		return constFrac(z)
	}
	if len(b.den) > 0 {
		f.giveUp()
	}
	odd := false
	for _, t := range b.num {
		if t.c.r != nil || t.c.d != 1 || t.c.n%2 != 0 && !t.m.isOne() {
			f.giveUp() // neither even nor odd for all values
		}
		if t.m.isOne() {
			odd = t.c.n%2 != 0
		}
	}
	if odd {
		b = f.addFrac(b, intFrac(1))
	}
	m := f.scaleFrac(b, half)
	z := f.mulFrac(f.exp(f.mulFrac(f.lnNum(intNum(2)), m)), f.factorial(m))
	if odd {
		z = f.divFrac(f.factorial(b), z)
	}
	return z
}

// binomial returns n over k.
func (f *field) binomial(n, k frac) frac {
	if c, ok := k.rational(); ok {
		if j, ok := c.small(); ok {
			if j < 0 {
				return frac{}
			}
			if c, ok := n.rational(); ok {
				if i, ok := c.small(); ok && i >= 0 && i <= maxFactorial {
					if j > i {
						return frac{}
					}
					f.bud.Use(int64(i) * int64(min(j, i-j)) / 64)
					return constFrac(bigNum(new(big.Int).Binomial(int64(i), int64(j))))
				}
			}
			if j <= maxShift {
				return f.falling(n, j, true)
			}
		}
	}
	rest := f.subFrac(n, k)
	if c, ok := rest.rational(); ok {
		if j, ok := c.small(); ok && j >= 0 && j <= maxShift {
			return f.falling(n, j, true)
		}
	}
	return f.divFrac(f.factorial(n), f.mulFrac(f.factorial(k), f.factorial(rest)))
}

// falling returns n(n-1)…(n-k+1), over k! for a binomial.
func (f *field) falling(n frac, k int, over bool) frac {
	z := intFrac(1)
	for j := range k {
		z = f.mulFrac(z, f.subFrac(n, intFrac(int64(j))))
		if over {
			z = f.scaleFrac(z, fraction(1, int64(j+1)))
		}
	}
	return z
}

// arrangements returns n!/(n-k)!.
func (f *field) arrangements(n, k frac) frac {
	if c, ok := k.rational(); ok {
		if j, ok := c.small(); ok && j >= 0 && j <= maxShift {
			return f.falling(n, j, false)
		}
	}
	return f.divFrac(f.factorial(n), f.factorial(f.subFrac(n, k)))
}
