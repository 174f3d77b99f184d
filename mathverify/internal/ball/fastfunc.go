package ball

import "math"

// Sin returns a disc that contains the sine of every number in a.
func (a Fast) Sin() (Fast, bool) { return a.sincos(false) }

// Cos returns a disc that contains the cosine of every number in a.
func (a Fast) Cos() (Fast, bool) { return a.sincos(true) }

func (a Fast) sincos(cos bool) (Fast, bool) {
	if !(math.Abs(a.re) <= fastTrig && math.Abs(a.im) < 300 && a.rad < 300) {
		return Fast{}, false
	}
	s, c := math.Sincos(a.re)
	if a.real {
		if cos {
			s = c
		}
		return fast(s, 0, a.rad+fastFunc, true)
	}
	// Both derivatives are at most cosh(|im|+rad). The hyperbolic sine is
	// within the same absolute error as the cosine.
	e, f := math.Exp(a.im), math.Exp(-a.im)
	sh, ch := (e-f)/2, (e+f)/2
	rad := a.rad*math.Exp(math.Abs(a.im)+a.rad)*(1+4*fastFunc) + 4*ch*fastFunc
	if cos {
		return fast(c*ch, -s*sh, rad, false)
	}
	return fast(s*ch, c*sh, rad, false)
}

// Tan returns a disc that contains the tangent of every number in a.
func (a Fast) Tan() (Fast, bool) {
	s, ok1 := a.Sin()
	c, ok2 := a.Cos()
	if !ok1 || !ok2 {
		return Fast{}, false
	}
	return s.Div(c)
}

// mulI returns i a, divI returns a/i; both are exact.
func (a Fast) mulI() Fast { return Fast{-a.im, a.re, a.rad, false} }
func (a Fast) divI() Fast { return Fast{a.im, -a.re, a.rad, false} }

// asReal says of a disc that its members are known to be real.
func (a Fast) asReal(known bool) Fast {
	if known {
		a.im, a.real = 0, true
	}
	return a
}

// Sinh returns a disc that contains the hyperbolic sine of every number in a.
func (a Fast) Sinh() (Fast, bool) {
	z, ok := a.mulI().Sin()
	return z.divI().asReal(a.real), ok
}

// Cosh returns a disc that contains the hyperbolic cosine of every number in a.
func (a Fast) Cosh() (Fast, bool) {
	z, ok := a.mulI().Cos()
	return z.asReal(a.real), ok
}

// Tanh returns a disc that contains the hyperbolic tangent of every number in a.
func (a Fast) Tanh() (Fast, bool) {
	z, ok := a.mulI().Tan()
	return z.divI().asReal(a.real), ok
}

// Atan returns a disc that contains the arc tangent of every number of a real a.
func (a Fast) Atan() (Fast, bool) {
	if !a.real {
		return Fast{}, false
	}
	return fast(math.Atan(a.re), 0, a.rad+2*fastFunc, true)
}

// Asin returns a disc that contains the arc sine of every number of a real a
// inside (-1, 1).
func (a Fast) Asin() (Fast, bool) {
	if !a.real {
		return Fast{}, false
	}
	if a.rad == 0 && math.Abs(a.re) == 1 {
		return fast(math.Copysign(math.Pi/2, a.re), 0, 4*fastOp, true)
	}
	// The slope is 1/sqrt((1-|x|)(1+|x|)) <= 1/sqrt(1-|x|).
	d := (1-math.Abs(a.re))*(1-fastOp) - a.rad*(1+fastOp) - fastTiny
	if !(d > 0) {
		return Fast{}, false
	}
	y := math.Sqrt((1 - a.re) * (1 + a.re))
	return fast(math.Atan2(a.re, y), 0, a.rad/math.Sqrt(d)*(1+8*fastOp)+8*fastFunc, true)
}

// Acos returns a disc that contains the arc cosine of every number of a real a
// inside (-1, 1).
func (a Fast) Acos() (Fast, bool) {
	z, ok := a.Asin()
	if !ok {
		return z, false
	}
	return fast(math.Pi/2-z.re, 0, z.rad+8*fastOp, true)
}

// Atan2 returns a disc that contains the argument in (-π, π] of x + iy for all
// x and y in two real discs.
func (y Fast) Atan2(x Fast) (Fast, bool) {
	if !x.real || !y.real {
		return Fast{}, false
	}
	l, ok := Fast{x.re, y.re, x.rad + y.rad, y.rad == 0 && y.re == 0}.Log()
	return l.Im(), ok
}

// Arg returns a disc that contains the argument in (-π, π] of every number in a.
func (a Fast) Arg() (Fast, bool) {
	l, ok := a.Log()
	return l.Im(), ok
}

// Root returns a disc that contains the principal n-th root of every number in
// a, or, if real is set, the real root of a real a: for odd n also of a negative
// one.
func (a Fast) Root(n int, real bool) (Fast, bool) {
	if n <= 0 || real && !a.real {
		return Fast{}, false
	}
	if real {
		s, ok := a.Sign()
		switch {
		case !ok || s < 0 && n%2 == 0:
			return Fast{}, false
		case s < 0:
			z, ok := a.Neg().Root(n, true)
			return z.Neg(), ok
		}
	}
	if a.real && a.rad == 0 && a.re == 0 {
		return a, true
	}
	if n == 2 {
		return a.Sqrt()
	}
	l, ok := a.Log()
	if !ok {
		return l, false
	}
	if l, ok = l.Div(FastInt64(int64(n))); !ok {
		return l, false
	}
	return l.Exp()
}
