package canon

import (
	"math"
	"math/big"
	"math/cmplx"
)

// A primePower is p^k of an index of a radical.
type primePower struct{ p, k int }

// split writes a/q as an integer plus fractions with prime power denominators,
// so that x^(1/6) becomes x^(1/2)·x^(-1/3): radicals of one base then have one
// spelling, and no radical has to be replaced when one of another index comes.
func split(a, q int) (whole int, parts []primePower, nums []int) {
	rest := a
	left := q
	for p := 2; left > 1; p++ {
		if p*p > left {
			p = left
		}
		k, pk := 0, 1
		for left%p == 0 {
			left, k, pk = left/p, k+1, pk*p
		}
		if k == 0 {
			continue
		}
		// c/pk is the part: c·(q/pk) ≡ a mod pk.
		c := int(new(big.Int).ModInverse(big.NewInt(int64(q/pk%pk)), big.NewInt(int64(pk))).Int64())
		c = c * (((a % pk) + pk) % pk) % pk
		parts, nums = append(parts, primePower{p, k}), append(nums, c)
		rest -= c * (q / pk)
	}
	return rest / q, parts, nums
}

// index returns p^k.
func (p primePower) index() int {
	n := 1
	for range p.k {
		n *= p.p
	}
	return n
}

// rootGen returns a generator and the power of it that is base^(1/i). The base
// is a generator, or the number p when base < 0.
func (f *field) rootGen(base int, p num, i primePower) (g, e int) {
	best, bestIndex := -1, 0
	for g := range f.gens {
		x := &f.gens[g]
		if x.kind != kRoot || x.base != base || x.n%i.p != 0 || base < 0 && !x.p.equal(p) {
			continue
		}
		// x.n is the whole index, a power of a prime.
		if x.n%i.index() == 0 {
			return g, x.n / i.index()
		}
		if x.n > bestIndex {
			best, bestIndex = g, x.n
		}
	}
	n := i.index()
	if n > maxExp {
		f.giveUp()
	}
	r := gen{kind: kRoot, base: base, p: p, n: n}
	switch {
	case best >= 0:
		r.rel = relation{n: n / bestIndex, c: one, m: unit(best, 1)}
	case base >= 0:
		r.rel = relation{n: n, c: one, m: unit(base, 1)}
	default:
		r.rel = relation{n: n, c: p}
	}
	if base < 0 {
		r.val, r.known, r.positive = complex(math.Pow(p.float(), 1/float64(n)), 0), true, true
		if p.bits() > 1000 {
			r.known = false
		}
	} else {
		b := &f.gens[base]
		r.deps = b.deps
		r.complex = b.complex
		r.positive = i.p == 2 && !b.complex || b.positive
		if r.known = b.known; r.known {
			r.val = realRoot(b.val, n)
			if b.kind == kExp {
				// e^(m/n) need not be the principal root of e^m.
				v, ok := f.value(b.args[0], 1e-3)
				r.val, r.known = cmplx.Exp(v/complex(float64(n), 0)), ok
			}
		}
	}
	g = f.newGen(r)
	f.setVars(g)
	return g, 1
}

// realRoot is the real n-th root where there is one, else the principal one.
func realRoot(x complex128, n int) complex128 {
	if imag(x) == 0 && (real(x) >= 0 || n%2 == 1) {
		r := math.Pow(math.Abs(real(x)), 1/float64(n))
		return complex(math.Copysign(r, real(x)), 0)
	}
	return cmplx.Pow(x, complex(1/float64(n), 0))
}

// genPow returns the generator g to the power a/q.
func (f *field) genPow(g, a, q int) frac {
	if q > maxIndex || abs(a) > maxNumer {
		f.giveUp()
	}
	f.bud.Use(20)
	whole, parts, nums := split(a, q)
	z := f.genFrac(g, whole)
	for k, i := range parts {
		if nums[k] != 0 {
			r, e := f.rootGen(g, num{}, i)
			z = f.mulFrac(z, f.genFrac(r, e*nums[k]))
			switch x := &f.gens[g]; {
			case x.positive || x.kind == kExp:
			case i.p == 2:
				f.domain |= 1 << r
			case x.deps&f.vars != 0:
				f.real = true
			}
		}
	}
	return z
}

// numPow returns r^(a/q) for rational r > 0.
func (f *field) numPow(r num, a, q int) frac {
	if q == 1 {
		if r.bits()*abs(a) > maxBits && !r.isOne() {
			return f.longPow(r, a)
		}
		return constFrac(f.checked(r.pow(a)))
	}
	if q > maxIndex || abs(a) > 1<<30 {
		f.giveUp()
	}
	z := intFrac(1)
	f.factors(r, func(p num, k int) {
		g := int(gcd64(int64(a*k), int64(q)))
		a, q := a*k/g, q/g
		whole, parts, nums := split(a, q)
		if abs(whole)*p.bits() > maxBits {
			f.giveUp()
		}
		z = f.scaleFrac(z, p.pow(whole))
		for k, i := range parts {
			if nums[k] == 0 {
				continue
			}
			if i.p == 2 && i.k == 1 {
				if s, ok := f.rootInUnity(p); ok {
					z = f.mulFrac(z, s)
					continue
				}
			}
			r, e := f.rootGen(-1, p, i)
			z = f.mulFrac(z, f.genFrac(r, e*nums[k]))
		}
	})
	return z
}

// factors calls use for the prime powers of r > 0, in ascending order of the
// primes. A part without small factors is passed on whole: to the equalities
// that are proven it is as good as a prime.
func (f *field) factors(r num, use func(p num, k int)) {
	if r.isOne() {
		return
	}
	if r.r == nil {
		n, d := r.n, r.d
		f.bud.Use(50)
		for p := int64(2); n > 1 || d > 1; p += 1 + p&1 {
			if p > 1<<12 || p*p > max(n, d) {
				break
			}
			k := 0
			for n%p == 0 {
				n, k = n/p, k+1
			}
			for d%p == 0 {
				d, k = d/p, k-1
			}
			if k != 0 {
				use(intNum(p), k)
			}
			if p&255 == 1 {
				f.bud.Use(50)
			}
		}
		f.bigFactor(big.NewInt(n), 1, use)
		f.bigFactor(big.NewInt(d), -1, use)
		return
	}
	n, d := new(big.Int).Set(r.r.Num()), new(big.Int).Set(r.r.Denom())
	var p, m big.Int
	for q := int64(2); q < 1<<10; q += 1 + q&1 {
		f.bud.Use(int64(2 + r.words()))
		p.SetInt64(q)
		k := 0
		for _, x := range []struct {
			v *big.Int
			s int
		}{{n, 1}, {d, -1}} {
			for {
				f.bud.Use(int64(2 + len(x.v.Bits())))
				quo, rem := new(big.Int).QuoRem(x.v, &p, &m)
				if rem.Sign() != 0 {
					break
				}
				x.v.Set(quo)
				k += x.s
			}
		}
		if k != 0 {
			use(intNum(q), k)
		}
	}
	f.bigFactor(n, 1, use)
	f.bigFactor(d, -1, use)
}

// bigFactor passes on what is left of a number: as a power of a smaller one if
// it is a perfect power.
func (f *field) bigFactor(n *big.Int, sign int, use func(num, int)) {
	if n.BitLen() <= 1 {
		return
	}
	f.bud.Use(int64(20 + 4*len(n.Bits())*len(n.Bits())))
	for _, k := range []int{2, 3, 5, 7} {
		if n.BitLen() <= 12*k || n.BitLen() > 4096 {
			break // no factor is below 2^10
		}
		if r, ok := intRoot(n, k); ok {
			f.bigFactor(r, sign*k, use)
			return
		}
	}
	use(bigNum(n), sign)
}

// longPow returns r^k with too many digits to be written out, as a product of
// powers of generators p^65536.
func (f *field) longPow(r num, k int) frac {
	const step = 1 << 16
	z := intFrac(1)
	f.factors(r, func(p num, e int) {
		if !p.isInt() || p.bits() > 64 || abs(k) > maxNumer || abs(e) > math.MaxInt/(abs(k)+1) {
			f.giveUp()
		}
		n := e * k
		q, rest := n/step, n%step
		if rest < 0 {
			q, rest = q-1, rest+step
		}
		if p.bits()*rest > maxBits*8 || abs(q) > maxExp {
			f.giveUp()
		}
		f.bud.Use(int64(p.bits() * rest / 16))
		z = f.scaleFrac(z, p.pow(rest))
		if q == 0 {
			return
		}
		for g := range f.gens {
			if f.gens[g].kind == kPower && f.gens[g].p.equal(p) {
				z = f.mulFrac(z, f.genFrac(g, q))
				return
			}
		}
		z = f.mulFrac(z, f.genFrac(f.newGen(gen{kind: kPower, p: p, base: -1, positive: true}), q))
	})
	return z
}
