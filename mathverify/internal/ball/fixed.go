package ball

import (
	"math"
	"math/big"
	"math/bits"
)

// The kernels of this file work on fixed-point numbers: an integer x stands for
// x/2^p. A bound "within n" means n units of 2^-p. Errors are bounded in the
// comments once, for all precisions; the callers add them to the radius.

// toFixed returns the midpoint times 2^p, rounded down: within 1.
func (a *Real) toFixed(p int) *big.Int {
	z := new(big.Int)
	if s := a.exp + p; s >= 0 {
		return z.Lsh(&a.man, uint(s))
	} else {
		return z.Rsh(&a.man, uint(-s))
	}
}

// fromFixed returns the ball around z/2^p that covers errors within err.
func fromFixed(z *big.Int, p int, err uint64, extra mag, prec int) Real {
	return Real{man: *z, exp: -p, rad: magUp(err, -p).add(extra)}.round(prec, true)
}

// columns returns into how many powers to split a series of n terms.
func columns(n int) int { return max(int(math.Sqrt(float64(n))), 1) }

// halvings returns how often to halve the argument of a Taylor series before it
// is summed at p bits. With the sum in about 2 sqrt(p/q) multiplications and one
// or two more per halving, the best q grows as the cube root of p.
func halvings(p int) int {
	q := 4
	for q*q*q < 2*p {
		q++
	}
	return q
}

// powers returns x^0 to x^m at w bits, m >= 1. For 0 <= x <= 1/16 within 2 every
// power is within 2.
func powers(x *big.Int, m, w int) []big.Int {
	t := make([]big.Int, m+1)
	t[0].Lsh(big.NewInt(1), uint(w))
	t[1].Set(x)
	for i := 2; i <= m; i++ {
		if i&1 == 0 {
			t[i].Mul(&t[i/2], &t[i/2])
		} else {
			t[i].Mul(&t[i-1], x)
		}
		t[i].Rsh(&t[i], uint(w))
	}
	return t
}

// smith sums the first n terms of the series
//
//	1 + s x/d(0) + s^2 x^2/(d(0) d(1)) + ...    with s = -1 if alternate, else 1
//
// from the powers 0 to m of x, in n divisions by small integers and n/m
// multiplications. The work sits between z and t, which are scratch and result.
//
// Error: at most 10 if every power is within 2, 0 <= x <= 1/16 and d(k) >= 2 for
// k >= 1. In the recurrence u(k) = x^(k mod m) + s u(k+1) [x^m] / d(k) the power
// brings 2, the division 1, the product |u|*2+1 and 1/16 of the error of u(k+1);
// |u| <= 2, so the error stays below 2 + 1 + (6 + E/16)/d, that is 10.
//
// Source: D. M. Smith, Efficient multiple-precision evaluation of elementary
// functions, Math. Comp. 52 (1989); Brent and Zimmermann, Modern Computer
// Arithmetic, 4.4.3.
func smith(z *big.Int, pow []big.Int, n, w int, alternate bool, d func(k int) uint64) {
	m := len(pow) - 1
	var t, den, rem big.Int
	z.Set(&pow[(n-1)%m])
	for k := n - 2; k >= 0; k-- {
		if (k+1)%m == 0 {
			t.Mul(z, &pow[m])
			z.Rsh(&t, uint(w))
		}
		if c := d(k); c != 1 {
			den.SetUint64(c)
			t.QuoRem(z, &den, &rem)
		} else {
			t.Set(z)
		}
		if alternate {
			z.Sub(&pow[k%m], &t)
		} else {
			z.Add(&pow[k%m], &t)
		}
	}
}

// expFixed returns exp(x/2^p) for 0 <= x < 2^p, within 2.
func expFixed(x *big.Int, p int) *big.Int {
	// exp(x) = exp(t)^(2^q) with t = x/2^q.
	q := halvings(p)
	w := p + q + 10
	n := 2
	for b := q; b <= w; n++ {
		b += q + bits.Len(uint(n)) - 1 // x^n/n! < 2^-b
	}
	t := new(big.Int)
	t.Lsh(x, uint(w-p))
	t.Rsh(t, uint(q)) // within 1
	y := new(big.Int)
	smith(y, powers(t, columns(n), w), n, w, false, func(k int) uint64 { return uint64(k) + 1 })
	// Here y is within 10 + 2 for the rest of the series + 2 for t, below 16. A
	// squaring doubles the relative error and adds 1: after all of them it is
	// below (16+1) 2^q e < 2^(q+6), which is 2^-4 at p bits.
	for range q {
		t.Mul(y, y)
		y.Rsh(t, uint(w))
	}
	return y.Rsh(y, uint(w-p))
}

// sincosFixed returns the sine and cosine of x/2^p for 0 <= x < 2*2^p, both
// within 2.
func sincosFixed(x *big.Int, p int) (sin, cos *big.Int) {
	q := halvings(p) - 1
	w := p + 2*q + 8
	n := 2
	for b := 2 * (q - 1); b <= w; n++ {
		b += 2*(q-1) + bits.Len(uint(2*n*(2*n-1))) - 1 // t^(2n)/(2n)! < 2^-b
	}
	t := new(big.Int)
	t.Lsh(x, uint(w-p))
	t.Rsh(t, uint(q)) // t = x/2^q <= 2^(1-q) <= 1/4, within 1
	x2 := new(big.Int)
	x2.Mul(t, t)
	x2.Rsh(x2, uint(w)) // within 2
	pow := powers(x2, columns(n), w)
	s, v, u := new(big.Int), new(big.Int), new(big.Int)
	// sin t = t (1 - t^2/(2*3) (1 - t^2/(4*5) (...)))
	smith(u, pow, n, w, true, func(k int) uint64 { return uint64(2*k+2) * uint64(2*k+3) })
	s.Mul(u, t)
	s.Rsh(s, uint(w))
	// v = 1 - cos t = t^2/2 (1 - t^2/(3*4) (1 - t^2/(5*6) (...)))
	smith(u, pow, n, w, true, func(k int) uint64 { return uint64(2*k+3) * uint64(2*k+4) })
	v.Mul(u, x2)
	v.Rsh(v, uint(w+1))
	// Both are within 8. With sin 2t = 2s - 2sv and 1 - cos 2t = 2 s^2 the
	// larger of the two errors grows by at most 4E + 3 in a step, so in the end
	// it is below 9*4^q, which is 9/256 at p bits.
	for range q {
		u.Mul(s, v)
		u.Rsh(u, uint(w))
		v.Mul(s, s)
		v.Rsh(v, uint(w-1))
		s.Sub(s, u)
		s.Lsh(s, 1)
	}
	u.Lsh(big.NewInt(1), uint(w))
	u.Sub(u, v)
	return s.Rsh(s, uint(w-p)), u.Rsh(u, uint(w-p))
}

// oddSeries returns
//
//	z + z^3/3 + z^5/5 + ...     the inverse hyperbolic tangent, or
//	z - z^3/3 + z^5/5 - ...     the inverse tangent, if alternate
//
// for |z| <= 1/2 at w bits, within 2n + 6 if n terms count. It is meant for a z
// so small that these are few.
func oddSeries(z *big.Int, w int, alternate bool) *big.Int {
	var zz, term, t, den, rem big.Int
	neg := z.Sign() < 0
	term.Abs(z)
	sum := new(big.Int).Set(&term)
	zz.Mul(&term, &term)
	zz.Rsh(&zz, uint(w))
	n := uint64(1)
	for ; ; n++ {
		t.Mul(&term, &zz)
		term.Rsh(&t, uint(w))
		if term.Sign() == 0 {
			break
		}
		den.SetUint64(2*n + 1)
		t.QuoRem(&term, &den, &rem)
		if alternate && n&1 == 1 {
			sum.Sub(sum, &t)
		} else {
			sum.Add(sum, &t)
		}
	}
	// A term is within e' <= e/4 + 1 + 1 < 3 before and 2 after its division;
	// the terms left out add up to less than twice the first, which is below 3.
	if neg {
		sum.Neg(sum)
	}
	return sum
}

// seedBits is the precision up to which logarithm and arc tangent start from a
// float64; above it they start from themselves at a fifth of the precision.
const seedBits = 600

// log1Fixed returns log(m/2^p) for 1/2 <= m/2^p <= 2, within 2.
func log1Fixed(m *big.Int, p int) *big.Int {
	// log m = y + log(m/e) with e = exp(y) for any y near log m, and
	// log(m/e) = 2 artanh((m-e)/(m+e)).
	w := p + 14
	var y *big.Int
	if p <= seedBits {
		y = seed(logSeed(fixedFloat(m, p)), w)
	} else {
		p0 := p/5 + 16
		y = log1Fixed(new(big.Int).Rsh(m, uint(p-p0)), p0)
		y.Lsh(y, uint(w-p0))
	}
	mw := new(big.Int).Lsh(m, uint(w-p))
	e := expSigned(y, w) // within 6
	num, den := new(big.Int).Sub(mw, e), mw.Add(mw, e)
	num.Lsh(num, uint(w))
	num.Quo(num, den)
	// The quotient's derivative by e is 2m/(m+e)^2 <= 2: within 13. Its odd
	// series has a handful of terms, and 2(13*1.01 + 2n + 6) is below 2^14.
	s := oddSeries(num, w, false)
	y.Add(y, s.Lsh(s, 1))
	return y.Rsh(y, uint(w-p))
}

// expSigned is expFixed for |x| < 2^p, within 6.
func expSigned(x *big.Int, p int) *big.Int {
	if x.Sign() >= 0 {
		return expFixed(x, p)
	}
	e := expFixed(new(big.Int).Neg(x), p)
	one := new(big.Int).Lsh(big.NewInt(1), uint(2*p))
	return one.Quo(one, e)
}

// atan1Fixed returns atan(x/2^p) for 0 <= x <= 2^p, within 2.
func atan1Fixed(x *big.Int, p int) *big.Int {
	// atan x = y + atan((x cos y - sin y) / (cos y + x sin y)) for any y near it.
	w := p + 14
	var y *big.Int
	if p <= seedBits {
		y = seed(atanSeed(fixedFloat(x, p)), w)
	} else {
		p0 := p/5 + 16
		y = atan1Fixed(new(big.Int).Rsh(x, uint(p-p0)), p0)
		y.Lsh(y, uint(w-p0))
	}
	if y.Sign() < 0 {
		y.SetInt64(0)
	}
	xw := new(big.Int).Lsh(x, uint(w-p))
	s, c := sincosFixed(y, w)
	num := new(big.Int).Mul(xw, c)
	num.Sub(num, new(big.Int).Lsh(s, uint(w))) // numerator times 2^w, within 4
	den := xw.Mul(xw, s)
	den.Rsh(den, uint(w))
	den.Add(den, c) // at least 0.7, within 5
	num.Quo(num, den)
	y.Add(y, oddSeries(num, w, true)) // the quotient is within (4+5)/0.7 + 1
	return y.Rsh(y, uint(w-p))
}

// fixedFloat returns x/2^p to about 52 bits.
func fixedFloat(x *big.Int, p int) float64 {
	if d := p - 53; d > 0 {
		var t big.Int
		return math.Ldexp(float64(t.Rsh(x, uint(d)).Int64()), -53)
	}
	return math.Ldexp(float64(x.Int64()), -p)
}

// seed returns a float64 as a fixed-point number with w bits.
func seed(f float64, w int) *big.Int {
	y := big.NewInt(int64(math.Round(math.Ldexp(f, 56))))
	if w >= 56 {
		return y.Lsh(y, uint(w-56))
	}
	return y.Rsh(y, uint(56-w))
}

// logSeed returns log m to about 45 bits for m in [1/2, 2]. Square roots and the
// explicit conversions, which forbid fused operations, make it the same on
// every machine.
func logSeed(m float64) float64 {
	s := math.Sqrt(math.Sqrt(math.Sqrt(m)))
	z := (s - 1) / (s + 1)
	return float64(z*odd(float64(z*z))) * 16
}

// atanSeed returns atan x to about 45 bits for x in [0, 1].
func atanSeed(x float64) float64 {
	for range 3 {
		x /= 1 + math.Sqrt(1+float64(x*x))
	}
	return float64(x*odd(-float64(x*x))) * 8
}

// odd returns 1 + u/3 + u^2/5 + ... for |u| < 0.01.
func odd(u float64) float64 {
	s := 0.0
	for k := 17.0; k > 0; k -= 2 {
		s = float64(s*u) + 1/k
	}
	return s
}
