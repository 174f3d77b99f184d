package ball

import "math/big"

// trigLimit bounds the binary exponent of an argument that Sin, Cos and Tan
// reduce: a larger one needs as many bits of π, and its sine is only known to
// lie in [-1, 1].
const trigLimit = 1 << 13

// Sin returns a ball that contains the sine of every number in a. Its radius is
// about 2^-prec, and relative to the result only where |a| < 1. It is [-1, 1]
// for |a| >= 2^8192.
func Sin(a Real, prec uint) Real {
	s, _ := sincosReal(a, clampPrec(prec))
	return s
}

// Cos returns a ball that contains the cosine of every number in a. Its radius
// is about 2^-prec. It is [-1, 1] for |a| >= 2^8192.
func Cos(a Real, prec uint) Real {
	_, c := sincosReal(a, clampPrec(prec))
	return c
}

// SinCos returns both at little more than the price of one.
func SinCos(a Real, prec uint) (sin, cos Real) {
	return sincosReal(a, clampPrec(prec))
}

// Tan returns a ball that contains the tangent of every number in a, and false
// if a may contain a pole.
func Tan(a Real, prec uint) (Real, bool) {
	p := clampPrec(prec)
	s, c := sincosReal(a, p+4)
	return divReal(s, c, p)
}

func sincosReal(a Real, prec int) (sin, cos Real) {
	switch {
	case a.IsZero():
		return a, FromInt64(1)
	case a.rad.isInf() || a.rad.cmp(one) >= 0:
		return Real{rad: one}, Real{rad: one}
	case a.man.Sign() == 0:
		// |sin x| <= |x|, 1 - cos x <= x^2/2
		return a, Real{man: *big.NewInt(1), rad: a.rad.mul(a.rad).scale(-1)}
	}
	top := a.top()
	r := a.rad
	if top > trigLimit {
		return Real{rad: one}, Real{rad: one}
	}
	if 2*top < -prec-2 {
		// |sin x - x| <= |x|^3/6 and 1 - cos x <= x^2/2
		m := a.midUp()
		m2 := m.mul(m)
		sin = a
		sin.rad = r.add(m2.mul(m).scale(-2))
		cos = Real{man: *big.NewInt(1), rad: m2.scale(-1).add(r.mul(m.add(r)))}
		return sin.round(prec, false), cos
	}
	prec = useful(r, min(top, 0), prec)
	p := prec + max(-top, 0) + 6
	g := max(top, 0) + 2
	x := a.toFixed(p + g)
	neg := x.Sign() < 0
	if neg {
		x.Neg(x)
	}
	// |x| = k π/2 + f with 0 <= f < π/2; f is within (k+2) 2^-g + 1 <= 3.
	half := piConst.fixed(p + g - 1)
	quadrant := uint(0)
	if x.Cmp(half) >= 0 {
		var k big.Int
		k.QuoRem(x, half, x)
		quadrant = k.Bit(0) | k.Bit(1)<<1
	}
	x.Rsh(x, uint(g))
	s, c := sincosFixed(x, p)
	switch quadrant {
	case 1:
		s, c = c, s.Neg(s)
	case 2:
		s, c = s.Neg(s), c.Neg(c)
	case 3:
		s, c = c.Neg(c), s
	}
	if neg {
		s.Neg(s)
	}
	// 2 for the kernel and 3 for its argument.
	return fromFixed(s, p, 6, r, prec), fromFixed(c, p, 6, r, prec)
}

// Atan returns a ball that contains the arc tangent of every number in a.
func Atan(a Real, prec uint) Real { return atanReal(a, clampPrec(prec)) }

func atanReal(a Real, prec int) Real {
	switch {
	case a.IsZero():
		return a
	case a.rad.isInf():
		return Real{rad: magUp(7, -2)} // 7/4 > π/2
	case a.man.Sign() == 0:
		return a
	}
	// The slope is at most 1/(1+low^2).
	low := a.minAbs()
	r := a.rad
	if low.cmp(one) > 0 {
		r = r.quo(low).quo(low)
	}
	top := a.top()
	if top < -prec/2 {
		// |atan x - x| <= |x|^3/3
		m := a.midUp()
		a.rad = r.add(m.mul(m).mul(m).scale(-1))
		return a.round(prec, false)
	}
	prec = useful(r, min(top, 0), prec)
	p := prec + max(-top, 0) + 8
	neg := a.man.Sign() < 0
	if neg {
		a = a.Neg()
	}
	var y *big.Int
	switch cmpExact(a, FromInt64(1)) {
	case 0:
		y = new(big.Int).Set(piConst.fixed(p - 2))
	case -1:
		y = atanFixed(a.toFixed(p), p)
	default:
		// π/2 - atan(1/x)
		y = new(big.Int)
		if top <= p+2 {
			// The rounded x is within 2^-p-g of x, the slope below 1.
			g := top + 2
			x := a.toFixed(p + g)
			y.Lsh(big.NewInt(1), uint(2*p+g))
			y = atanFixed(y.Quo(y, x), p)
		}
		y.Sub(piConst.fixed(p-1), y)
	}
	if neg {
		y.Neg(y)
	}
	return fromFixed(y, p, 8, r, prec)
}

// atanFixed returns atan(x/2^p) for 0 <= x <= 2^p, within 3.
func atanFixed(x *big.Int, p int) *big.Int {
	if j := p - x.BitLen(); j < 20 || j < p/16 {
		return atan1Fixed(x, p)
	}
	w := p + 8
	s := oddSeries(new(big.Int).Lsh(x, 8), w, true)
	return s.Rsh(s, 8)
}

// Asin returns a ball that contains the arc sine of every number in a, and
// false if a may contain a number outside [-1, 1].
func Asin(a Real, prec uint) (Real, bool) {
	p := clampPrec(prec)
	return arcOfPair(a, p, func(x, y Real) (Real, bool) { return atan2Real(x, y, p) })
}

// Acos returns a ball that contains the arc cosine of every number in a, and
// false if a may contain a number outside [-1, 1].
func Acos(a Real, prec uint) (Real, bool) {
	p := clampPrec(prec)
	return arcOfPair(a, p, func(x, y Real) (Real, bool) { return atan2Real(y, x, p) })
}

// arcOfPair calls arc with the midpoint x of a and sqrt(1 - x^2), and widens the
// result by what the radius can do.
func arcOfPair(a Real, prec int, arc func(x, y Real) (Real, bool)) (Real, bool) {
	if a.rad.isInf() {
		return unbounded(), false
	}
	lo, hi := a.bounds()
	u, v := FromInt64(1), FromInt64(1)
	l, h := addReal(u, lo, prec), addReal(v, hi.Neg(), prec)
	if l.man.Sign() < 0 || h.man.Sign() < 0 {
		return unbounded(), false
	}
	at := func(x Real) (Real, bool) {
		// (1-x)(1+x) keeps the relative precision near the end points.
		y2 := mulReal(addReal(u, x, prec+8), addReal(v, x.Neg(), prec+8), prec+8)
		y, ok := sqrtReal(y2, prec+8)
		if !ok {
			return unbounded(), false
		}
		return arc(x, y)
	}
	if a.rad.isZero() {
		return at(a)
	}
	// The slope is 1/sqrt((1-|x|)(1+|x|)) at its worst end.
	if l.minAbs().cmp(h.minAbs()) > 0 {
		l = h
	}
	if m := l.minAbs(); !m.isZero() && a.rad.cmp(m) < 0 {
		z, ok := at(a.mid())
		z.rad = z.rad.add(a.rad.quo(m.sqrtDown())) // 1+|x| >= 1
		return z.round(prec, true), ok
	}
	// An end point is within the radius of ±1: both arcs are monotone.
	z0, ok0 := at(lo)
	z1, ok1 := at(hi)
	return Hull(z0, z1, uint(prec)), ok0 && ok1
}

// Atan2 returns a ball that contains the argument in (-π, π] of every point
// (x, y), and false if that may include the origin or both sides of the
// negative x axis. On the axis itself, with y the exact number 0, it is π.
func Atan2(y, x Real, prec uint) (Real, bool) { return atan2Real(y, x, clampPrec(prec)) }

func atan2Real(y, x Real, prec int) (Real, bool) {
	if y.rad.isInf() || x.rad.isInf() {
		return unbounded(), false
	}
	if y.IsZero() {
		sx, ok := x.Sign()
		switch {
		case !ok || sx == 0:
			return unbounded(), false
		case sx > 0:
			return Real{}, true
		}
		return constReal(&piConst, prec), true
	}
	xNonZero, yNonZero := !x.ContainsZero(), !y.ContainsZero()
	sx, sy := x.man.Sign(), y.man.Sign()
	half := scale2(constReal(&piConst, prec+4), -1)
	switch {
	case xNonZero && sx > 0 && (!yNonZero || y.top() <= x.top()):
		q, _ := divReal(y, x, prec+4)
		return atanReal(q, prec), true
	case yNonZero:
		q, _ := divReal(x, y, prec+4)
		if sy < 0 {
			half = half.Neg()
		}
		return addReal(half, atanReal(q, prec+4).Neg(), prec), true
	case xNonZero: // x < 0 and y touches the axis
		if lo, _ := y.bounds(); lo.man.Sign() < 0 {
			return unbounded(), false
		}
		q, _ := divReal(y, x, prec+4)
		return addReal(scale2(half, 1), atanReal(q, prec+4), prec), true
	}
	return unbounded(), false
}
