package ball

import (
	"math"
	"math/bits"
)

// PowInt returns a ball that contains z^n for all z in a, and false if n is
// negative and Div cannot invert a. The power 0 is 1 whatever a is. It takes at
// most 128 multiplications.
func (a Complex) PowInt(n int64, prec uint) (Complex, bool) {
	one := FromReal(FromInt64(1))
	if n == 0 {
		return one, true
	}
	m := uint64(n)
	if n < 0 {
		m = -m
		if a.ContainsZero() {
			return undefined()
		}
	}
	p := clampPrec(prec) + 4
	wp := p
	if !a.powFits(m, p) {
		wp += 2 * bits.Len64(m) // a squaring may double the relative error
	}
	z := a
	for i := bits.Len64(m) - 2; i >= 0; i-- {
		z = z.sqr(wp)
		if m>>i&1 != 0 {
			z = z.Mul(a, uint(wp))
		}
		if z.IsUnbounded() {
			break
		}
	}
	if n < 0 {
		if r, ok := one.Div(z, prec); ok && !z.IsUnbounded() {
			return r, true
		}
		// The power of a wide rectangle may contain 0, or be unbounded, where
		// that of its inverse says something.
		r, ok := one.Div(a, uint(wp))
		switch {
		case !ok || n == -1:
			return r, ok
		case n == math.MinInt64:
			return undefined()
		}
		return r.PowInt(-n, prec)
	}
	p = clampPrec(prec)
	return Complex{z.Re.round(p, false), z.Im.round(p, false)}, true
}

// powFits reports whether the m-th power of a surely is exact at p bits.
func (a Complex) powFits(m uint64, p int) bool {
	if !a.IsReal() || !a.Re.IsExact() {
		return false
	}
	return m <= uint64(p) && uint64(a.Re.man.BitLen())*m <= uint64(p)
}

// Pow returns a ball that contains the principal value e^(w log z) for all z in
// a and w in b. An exact integer exponent below 2^62 means repeated
// multiplication and is defined for negative bases, and an exact exponent 0
// gives 1. It returns false where the logarithm of a is not determined, and for
// a base 0 unless the exponent's real part is positive.
func (a Complex) Pow(b Complex, prec uint) (Complex, bool) {
	p := clampPrec(prec)
	if b.IsReal() && b.Re.IsExact() {
		if n, ok := b.Re.int64(); ok {
			return a.PowInt(n, prec)
		}
		if e := scale2(b.Re, 1); !e.IsUnbounded() {
			if n, ok := e.int64(); ok && n > -1<<16 && n < 1<<16 {
				r, ok := a.Sqrt(prec + 8)
				if !ok {
					return r, false
				}
				return r.PowInt(n, prec)
			}
		}
	}
	if a.IsZero() {
		s, certain := b.Re.Sign()
		return Complex{}, certain && s > 0
	}
	// The exponential loses as many bits as its argument has before the point;
	// eight are usually enough.
	l, ok := a.Log(uint(p + 16))
	if e := absUp(l).mul(absUp(b)); ok && !e.isInf() && e.exp() > 8 {
		p += min(e.exp(), 64)
		l, ok = a.Log(uint(p + 16))
	}
	if !ok {
		return undefined()
	}
	z := l.Mul(b, uint(p+8)).Exp(uint(p + 8))
	q := clampPrec(prec)
	return Complex{z.Re.round(q, false), z.Im.round(q, false)}, true
}

// int64 returns an exact integer below 2^62 in size.
func (a Real) int64() (int64, bool) {
	if a.man.Sign() == 0 {
		return 0, a.rad.isZero()
	}
	if !a.rad.isZero() || a.top() > 62 {
		return 0, false
	}
	if a.exp < 0 && int(a.man.TrailingZeroBits()) < -a.exp {
		return 0, false
	}
	return floorExact(a).Int64(), true
}

// Root returns a ball that contains the principal n-th root of every number in
// a: the one whose argument is that of the number divided by n. For a negative
// number and odd n that is not the real root; see the function Root for that.
// It returns false for n = 0, and where the branch is not determined.
func (a Complex) Root(n uint, prec uint) (Complex, bool) {
	switch {
	case n == 0:
		return undefined()
	case n == 1 || a.IsZero():
		return a, true
	case n == 2:
		return a.Sqrt(prec)
	}
	if s, certain := a.Re.Sign(); a.IsReal() && (certain && s > 0 || !a.Re.hasNegative()) {
		re, ok := Root(a.Re, n, prec)
		return Complex{Re: re}, ok
	}
	l, ok := a.Log(prec + 8)
	if !ok {
		return undefined()
	}
	d, _ := FromRatio(1, int64(n), prec+8)
	return l.Mul(FromReal(d), prec+8).Exp(prec), true
}

// hasNegative reports whether a may contain a negative number.
func (a Real) hasNegative() bool {
	if a.rad.isInf() {
		return true
	}
	lo, _ := a.bounds()
	return lo.man.Sign() < 0
}

// FromRatio returns a ball that contains n/d, and false if d is 0.
func FromRatio(n, d int64, prec uint) (Real, bool) {
	return Div(FromInt64(n), FromInt64(d), prec)
}
