package ball

import "math/big"

// Sinh returns a ball that contains the hyperbolic sine of every number in a.
func Sinh(a Real, prec uint) Real {
	s, _ := sinhCosh(a, clampPrec(prec))
	return s
}

// Cosh returns a ball that contains the hyperbolic cosine of every number in a.
func Cosh(a Real, prec uint) Real {
	_, c := sinhCosh(a, clampPrec(prec))
	return c
}

// Tanh returns a ball that contains the hyperbolic tangent of every number in a.
func Tanh(a Real, prec uint) Real {
	p := clampPrec(prec)
	if a.IsZero() {
		return a
	}
	if a.rad.isInf() || a.rad.cmp(one) >= 0 || a.man.Sign() != 0 && a.top() > 24 && a.top() > exponentBits(p)+1 {
		// Saturated or wide: tanh is within 2 e^(-2|x|) of the sign, and in any
		// case in [-1, 1].
		s, certain := a.Sign()
		if !certain || a.rad.isInf() {
			return Real{rad: one}
		}
		tail := one
		if e := expReal(scale2(a.minAbs().real(), 1).Neg(), 64); e.maxAbs().cmp(one) < 0 {
			tail = e.maxAbs().scale(1)
		}
		return Real{man: *big.NewInt(int64(s)), rad: tail}
	}
	s, c := sinhCosh(a.mid(), p+4)
	t, ok := divReal(s, c, p+4)
	if !ok {
		return Real{rad: one}
	}
	t.rad = t.rad.add(a.rad) // the slope is at most 1
	return t.round(p, true)
}

func sinhCosh(a Real, prec int) (s, c Real) {
	if a.IsZero() {
		return a, FromInt64(1)
	}
	if a.rad.isInf() {
		return unbounded(), unbounded()
	}
	if a.man.Sign() != 0 && a.top() < -prec/2 && a.rad.cmp(one) < 0 {
		// |sinh x - x| <= |x|^3/5 and |cosh x - 1| <= x^2 for |x| <= 1
		m := a.maxAbs()
		if m.cmp(one) < 0 {
			s, c = a, FromInt64(1)
			s.rad = s.rad.add(m.mul(m).mul(m).scale(-2))
			c.rad = m.mul(m)
			return s.round(prec, false), c
		}
	}
	extra := 4
	if a.man.Sign() != 0 {
		extra += min(max(-a.top(), 0), prec) // what the difference of the exponentials cancels
	}
	e := expReal(a, prec+extra)
	f := expReal(a.Neg(), prec+extra)
	return scale2(addReal(e, f.Neg(), prec), -1), scale2(addReal(e, f, prec), -1)
}

// Asinh returns a ball that contains the inverse hyperbolic sine of every
// number in a.
//
//	asinh x = sign(x) log(|x| + sqrt(x^2 + 1))
func Asinh(a Real, prec uint) Real {
	p := clampPrec(prec)
	if a.IsZero() || a.IsUnbounded() {
		return a
	}
	r := a.rad // the slope is at most 1
	x := a.mid()
	neg := x.man.Sign() < 0
	if neg {
		x = x.Neg()
	}
	var z Real
	if x.man.Sign() != 0 {
		switch top := x.top(); {
		case top < -p/2:
			// |asinh x - x| <= |x|^3/6
			m := x.midUp()
			z = x
			z.rad = m.mul(m).mul(m).scale(-2)
		default:
			q := p + 8 + max(-top, 0)
			s, _ := sqrtReal(addReal(mulReal(x, x, 2*q), FromInt64(1), 2*q), q)
			z, _ = logReal(addReal(x, s, q), p)
		}
	}
	z.rad = z.rad.add(r)
	if neg {
		z = z.Neg()
	}
	return z.round(p, false)
}

// Acosh returns a ball that contains the inverse hyperbolic cosine of every
// number in a, and false if a may contain a number below 1.
func Acosh(a Real, prec uint) (Real, bool) {
	p := clampPrec(prec)
	one := FromInt64(1)
	s, ok := sqrtReal(mulReal(addReal(a, one, p+8), addReal(a, one.Neg(), p+8), p+8), p+8)
	if !ok {
		return unbounded(), false
	}
	return logReal(addReal(a, s, p+8), p)
}

// Atanh returns a ball that contains the inverse hyperbolic tangent of every
// number in a, and false if a may contain a number outside (-1, 1).
func Atanh(a Real, prec uint) (Real, bool) {
	p := clampPrec(prec)
	one := FromInt64(1)
	// log((1+x)/(1-x))/2; the quotient keeps the bits below a small x.
	q := p + 8
	if a.man.Sign() != 0 && !a.IsUnbounded() {
		top := a.top()
		if top < -p/2 && (a.rad.isZero() || a.rad.exp() < -p/2) {
			// |atanh x - x| <= |x|^3/2 for |x| <= 1/2
			m := a.maxAbs()
			a.rad = a.rad.add(m.mul(m).mul(m).scale(-1))
			return a.round(p, false), true
		}
		q += min(max(-top, 0), p)
	}
	u, ok := divReal(addReal(one, a, q), addReal(one, a.Neg(), q), q)
	if !ok {
		return unbounded(), false
	}
	z, ok := logReal(u, p)
	return scale2(z, -1), ok
}
