package ball

import (
	"math/big"
	"sync"
)

// gammaPrec is the largest precision at which Gamma and LogGamma work: beyond it
// the Bernoulli numbers would cost more than all the rest.
const gammaPrec = 1024

// Gamma returns a ball that contains Γ(x) for all x in a, and false if a may
// contain a pole, that is 0 or a negative integer. Precisions above 1024 are
// taken as 1024.
//
//	Γ(x) = π / (sin(πx) Γ(1-x))    for negative x
func Gamma(a Real, prec uint) (Real, bool) {
	p := min(clampPrec(prec), gammaPrec)
	if a.IsUnbounded() {
		return unbounded(), false
	}
	if n, ok := a.int64(); ok && n <= 0 {
		return unbounded(), false
	}
	if s, certain := a.Sign(); certain && s > 0 {
		extra := 4
		if t := a.maxAbs().exp(); t > 0 {
			if t > 26 {
				return unbounded(), true
			}
			extra += t + 5 // log Γ(2^t) is about 2^t t, and exp loses its size
		}
		l, ok := logGamma(a, p+extra)
		return expReal(l, p), ok
	}
	if !a.rad.isZero() && a.rad.exp() > 0 || a.man.Sign() != 0 && a.top() > 26 {
		return unbounded(), false
	}
	b := addReal(FromInt64(1), a.Neg(), p+64)
	if s, certain := b.Sign(); !certain || s < 0 {
		return unbounded(), false
	}
	g, ok1 := Gamma(b, uint(p+8))
	// sin(πx) is small near an integer: the distance d to it is exact.
	n := floorExact(addReal(a.mid(), Exact2(1, -1), 64))
	d := addReal(a, Real{man: *n}.Neg(), p+64)
	q := p + 8
	if e, ok := d.MinAbsLog2(); ok {
		q += min(max(-e, 0), p)
	}
	s := Sin(mulReal(d, constReal(&piConst, q), q), uint(p+8))
	if n.Bit(0) == 1 {
		s = s.Neg()
	}
	z, ok2 := divReal(constReal(&piConst, p+8), mulReal(s, g, p+8), p)
	return z, ok1 && ok2
}

// LogGamma returns a ball that contains log Γ(x) for all x in a, and false if a
// may contain a number that is not positive. Its radius is about 2^-prec, or
// that relative to a large result; precisions above 1024 are taken as 1024.
func LogGamma(a Real, prec uint) (Real, bool) {
	return logGamma(a, min(clampPrec(prec), gammaPrec))
}

// logGamma sums Stirling's series at z = x + r, with r such that it converges
// fast enough, and takes x(x+1)...(x+r-1) off:
//
//	log Γ(z) = (z-1/2) log z - z + log(2π)/2 + Σ B(2k) / (2k (2k-1) z^(2k-1))
//
// For positive z the error is below the first term left out.
//
// Source: Brent and Zimmermann, Modern Computer Arithmetic, 4.7.1; NIST Digital
// Library of Mathematical Functions, 5.11(ii).
func logGamma(a Real, prec int) (Real, bool) {
	if s, certain := a.Sign(); !certain || s <= 0 || a.IsUnbounded() {
		return unbounded(), false
	}
	m := a.mid()
	wp := prec + 16
	if m.top() > 0 {
		wp += min(m.top(), 64) / 8 // (z-1/2) log z - z cancels a little
	}
	shift := 0
	z := m.round(wp+64, false)
	if least := wp/4 + 4; m.top() <= 20 {
		shift = max(least-int(m.Float64()), 0)
	}
	prod := FromInt64(1)
	for range shift {
		prod = mulReal(prod, z, wp)
		z = addReal(z, FromInt64(1), wp+64)
	}
	l, ok := logReal(z, wp+8)
	if !ok {
		return l, false
	}
	half := Exact2(1, -1)
	y := mulReal(addReal(z, half.Neg(), wp+64), l, wp+8)
	y = addReal(y, z.Neg(), wp)
	ln2pi, _ := logReal(scale2(constReal(&piConst, wp), 1), wp)
	y = addReal(y, scale2(ln2pi, -1), wp)

	inv, _ := divReal(FromInt64(1), z, wp)
	inv2 := mulReal(inv, inv, wp)
	c := stirling()
	n, rest := 0, inv.maxAbs()
	for step := inv2.maxAbs(); ; n++ {
		t := c[n].maxAbs().mul(rest)
		if n == len(c)-1 || t.exp() < -wp {
			rest = t
			break
		}
		rest = rest.mul(step)
	}
	var s Real
	for k := n - 1; k >= 0; k-- {
		s = addReal(mulReal(s, inv2, wp), c[k], wp)
	}
	y = addReal(y, mulReal(s, inv, wp), wp)
	y.rad = y.rad.add(rest)
	if shift > 0 {
		lp, ok := logReal(prod, wp)
		if !ok {
			return lp, false
		}
		y = addReal(y, lp.Neg(), wp)
	}
	if !a.rad.isZero() {
		// log x - 1/x < ψ(x) < log x, so |ψ| <= |log lo| + |log hi| + 1/lo.
		low := a.minAbs()
		l1, _ := logReal(low.real(), 64)
		l2, _ := logReal(a.maxAbs().real(), 64)
		slope := l1.maxAbs().add(l2.maxAbs()).add(one.quo(low))
		y.rad = y.rad.add(a.rad.mul(slope))
	}
	return y.round(prec, true), true
}

// stirling returns B(2k) / (2k (2k-1)) for k = 1, 2, ... to the precision that
// logGamma can ask for.
var stirling = sync.OnceValue(func() []Real {
	const n = 192
	// Tangent numbers T(k) by their triangle; B(2k) = ±2k T(k) / (4^k (4^k - 1)).
	// Source: Brent and Harvey, Fast computation of Bernoulli, tangent and secant
	// numbers (2011), algorithm TangentNumbers.
	t := make([]big.Int, n+1)
	t[1].SetInt64(1)
	var u big.Int
	for k := 2; k <= n; k++ {
		t[k].Mul(&t[k-1], big.NewInt(int64(k-1)))
	}
	for k := 2; k <= n; k++ {
		for j := k; j <= n; j++ {
			u.Mul(&t[j-1], big.NewInt(int64(j-k)))
			t[j].Mul(&t[j], big.NewInt(int64(j-k+2)))
			t[j].Add(&t[j], &u)
		}
	}
	c := make([]Real, n)
	for k := 1; k <= n; k++ {
		q := new(big.Int).Lsh(big.NewInt(1), uint(2*k))
		q.Mul(q, u.Sub(q, big.NewInt(1)))
		q.Mul(q, big.NewInt(int64(2*k-1)))
		num := new(big.Int).Set(&t[k])
		if k%2 == 0 {
			num.Neg(num)
		}
		// gammaPrec and what Gamma and logGamma add to it.
		c[k-1], _ = divReal(Real{man: *num}, Real{man: *q}, gammaPrec+128)
	}
	return c
})
