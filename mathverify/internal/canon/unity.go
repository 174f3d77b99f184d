package canon

import (
	"math"
	"math/cmplx"
)

// Roots of unity. While only those of order 24 occur, they are written with
// i, √2 and √3, as people write them. Any other order moves the whole question
// into the cyclotomic field Q(ζ), where each is a power of one generator and
// the square roots of the primes that ramify are sums of such powers.

// imag returns the imaginary unit.
func (f *field) imag() frac {
	if f.unity > 0 {
		return f.genFrac(f.zeta(), f.unity/4)
	}
	for g := range f.gens {
		if f.gens[g].kind == kI {
			return f.genFrac(g, 1)
		}
	}
	return f.genFrac(f.newGen(gen{kind: kI, rel: relation{n: 2, c: intNum(-1)}, val: 1i, known: true, complex: true}), 1)
}

// zeta returns the generator exp(2πi/f.unity).
func (f *field) zeta() int {
	for g := range f.gens {
		if f.gens[g].kind == kZeta {
			return g
		}
	}
	v := cmplx.Exp(complex(0, 2*math.Pi/float64(f.unity)))
	return f.newGen(gen{kind: kZeta, n: f.unity, rel: relation{n: f.unity / 2, c: intNum(-1)}, val: v, known: true, complex: true})
}

// unityPow returns exp(iπr) for rational r.
func (f *field) unityPow(r num) frac {
	if r.r != nil {
		f.giveUp()
	}
	d := r.d
	n := r.n % (2 * d)
	if n < 0 {
		n += 2 * d
	}
	switch {
	case n == 0:
		return intFrac(1)
	case n == d:
		return intFrac(-1)
	case 2*n == d:
		return f.imag()
	case 2*n == 3*d:
		return f.neg(f.imag())
	case f.unity == 0 && 12%d == 0:
		k := int(n * (12 / d))
		return f.addFrac(f.cos15(k), f.mulFrac(f.imag(), f.cos15(k+18)))
	}
	order := 2 * d / gcd64(n, 2*d)
	if d > maxUnity {
		f.giveUp()
	}
	if f.unity == 0 || int64(f.unity)%order != 0 {
		next := lcm64(lcm64(int64(max(f.unity, 4)), order), 4)
		if next > maxUnity {
			f.giveUp()
		}
		panic(restart{int(next)})
	}
	return f.genFrac(f.zeta(), int(n*int64(f.unity)/(2*d)))
}

// cos15 returns cos(k·15°).
func (f *field) cos15(k int) frac {
	k %= 24
	if k > 12 {
		k = 24 - k
	}
	if k > 6 {
		return f.neg(f.cos15(12 - k))
	}
	surd := func(n int64, c num) frac { return f.scaleFrac(f.numPow(intNum(n), 1, 2), c) }
	quarter := num{n: 1, d: 4}
	switch k {
	case 0:
		return intFrac(1)
	case 1:
		return f.addFrac(surd(6, quarter), surd(2, quarter))
	case 2:
		return surd(3, half)
	case 3:
		return surd(2, half)
	case 4:
		return constFrac(half)
	case 5:
		return f.subFrac(surd(6, quarter), surd(2, quarter))
	}
	return frac{}
}

// rootInUnity returns √p as an element of the cyclotomic field, if it is in it:
//
//	√2 = ζ₈ + ζ₈⁻¹,  Σ (a/p) ζₚᵃ = √p for p ≡ 1 and i√p for p ≡ 3 (mod 4)
//
// Source: Gauss, Summatio quarumdam serierum singularium, 1811.
func (f *field) rootInUnity(p num) (frac, bool) {
	q, ok := p.small()
	if !ok || f.unity == 0 || f.unity%q != 0 || q == 2 && f.unity%8 != 0 || !isPrime(q) {
		return frac{}, false
	}
	z, step := f.zeta(), f.unity/q
	if q == 2 {
		return f.addFrac(f.genFrac(z, f.unity/8), f.genFrac(z, -f.unity/8)), true
	}
	square := make([]bool, q)
	for a := 1; a < q; a++ {
		square[a*a%q] = true
	}
	sum := make(poly, 0, q)
	for a := 1; a < q; a++ {
		c := intNum(-1)
		if square[a] {
			c = one
		}
		sum = append(sum, f.product(term{unit(z, a*step), c}, term{c: one}))
	}
	s := frac{num: f.collect(sum)}
	if q%4 == 3 {
		s = f.neg(f.mulFrac(s, f.imag()))
	}
	return s, true
}

func isPrime(n int) bool {
	for p := 2; p*p <= n; p++ {
		if n%p == 0 {
			return false
		}
	}
	return n > 1
}

// reduceUnity writes p in a basis over the powers of ζ.
//
// With N = Πpᵏ, exponents are vectors of residues mod pᵏ. For each p the sum
// of ζ^(e+jN/p) over j < p is 0, which removes the exponents whose residue has
// the top digit p-1; what is left has φ(N) elements, as many as the field has
// dimensions.
func (f *field) reduceUnity(p poly) poly {
	if f.unity == 0 {
		return p
	}
	z := -1
	for g := range f.gens {
		if f.gens[g].kind == kZeta {
			z = g
		}
	}
	if z < 0 {
		return p
	}
	n := f.unity
	for rest, q := n, 2; rest > 1; q++ {
		if rest%q != 0 {
			continue
		}
		pk := 1
		for rest%q == 0 {
			rest, pk = rest/q, pk*q
		}
		// e ≡ x·(n/pk) + ... : the residue of e that changes with steps of n/q.
		inv := inverseMod(n/pk, pk)
		out := make(poly, 0, len(p)*q)
		for _, t := range p {
			e := t.m.exp(z)
			if e < 0 {
				e += n
			}
			if x := e % pk * inv % pk; x/(pk/q) != q-1 {
				out = append(out, t)
				continue
			}
			f.work(8 * q)
			for j := 1; j < q; j++ {
				s := t
				s.m.set(z, (e+j*(n/q))%n)
				s.c = t.c.neg()
				out = append(out, s)
			}
		}
		p = f.collect(out)
	}
	return p
}

// inverseMod returns 1/a mod m, 0 for m = 1.
func inverseMod(a, m int) int {
	for x := 1; x < m; x++ {
		if a%m*x%m == 1 {
			return x
		}
	}
	return 0
}
