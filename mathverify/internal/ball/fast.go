package ball

import (
	"math"
	"math/big"
)

// Fast is a disc in the complex plane, or an interval of the real line, in
// float64: all z with
//
//	|z - (re + im i)| <= rad
//
// It is the cheap first look at an inequality: a result of true is as rigorous
// as one from Real, and every function that cannot vouch for its result, by
// overflow, a branch cut or a pole, returns false.
//
// The error bounds take the four operations and the square root to be correctly
// rounded, as IEEE 754 has it, fused or not, and the functions of package math
// to be within 2^-46: relative to the result for Exp, Log and Hypot, absolute
// for Sin, Cos and Atan. The tests measure how much room that leaves.
type Fast struct {
	re, im, rad float64
	real        bool // all members are real; im is 0
}

const (
	fastOp   = 0x1p-52   // error of one operation, with room for its bound
	fastFunc = 0x1p-46   // error of a function of package math
	fastTiny = 0x1p-1000 // more than anything lost to underflow
	fastMax  = 0x1p1000  // anything above is an overflow
	fastTrig = 0x1p20    // the largest argument of Sin and Cos
)

// fast checks a result; every radius passes here, so here its own rounding is
// made up for.
func fast(re, im, rad float64, real bool) (Fast, bool) {
	// A NaN fails the comparison as well.
	if !(math.Abs(re)+math.Abs(im)+rad < fastMax) {
		return Fast{}, false
	}
	return Fast{re, im, rad*(1+0x1p-40) + fastTiny, real}, true
}

// FastFloat64 returns the real number x with the given radius.
func FastFloat64(x, rad float64) (Fast, bool) {
	if rad == 0 && math.Abs(x) < fastMax {
		return Fast{x, 0, 0, true}, true
	}
	return fast(x, 0, rad, true)
}

// FastInt64 returns a disc around x.
func FastInt64(x int64) Fast {
	f := float64(x)
	if x >= -1<<53 && x <= 1<<53 {
		return Fast{f, 0, 0, true}
	}
	return Fast{f, 0, math.Abs(f) * fastOp, true}
}

// FastRat returns a disc around x.
func FastRat(x *big.Rat) (Fast, bool) {
	f, exact := x.Float64()
	if exact {
		return FastFloat64(f, 0)
	}
	return fast(f, 0, math.Abs(f)*fastOp, true)
}

// FastPi returns a disc around π.
func FastPi() Fast { return Fast{math.Pi, 0, 4 * fastOp, true} }

// FastE returns a disc around e.
func FastE() Fast { return Fast{math.E, 0, 4 * fastOp, true} }

// FastI returns the imaginary unit.
func FastI() Fast { return Fast{0, 1, 0, false} }

// Fast returns a disc that contains a.
func (a Complex) Fast() (Fast, bool) {
	re, r1, ok1 := a.Re.fast()
	im, r2, ok2 := a.Im.fast()
	if !ok1 || !ok2 {
		return Fast{}, false
	}
	if r1+r2 == 0 {
		return Fast{re, im, 0, a.IsReal()}, true
	}
	return fast(re, im, r1+r2, a.IsReal())
}

func (a Real) fast() (x, rad float64, ok bool) {
	x = a.Float64()
	if a.rad.isInf() || a.rad.exp() > 1000 && !a.rad.isZero() {
		return 0, 0, false
	}
	rad = math.Ldexp(float64(a.rad.m), max(int(a.rad.e), -2000))
	if a.man.BitLen() > 53 || math.Abs(x) < 0x1p-900 && x != 0 {
		rad += math.Abs(x) * fastOp
	}
	if a.man.Sign() != 0 && math.Abs(x) < 0x1p-900 || a.rad.m != 0 && rad < 0x1p-900 {
		rad += fastTiny
	}
	return x, rad, math.Abs(x) < fastMax
}

// Parts returns the centre and the radius.
func (a Fast) Parts() (re, im, rad float64) { return a.re, a.im, a.rad }

// IsReal reports whether all members of a are real.
func (a Fast) IsReal() bool { return a.real }

// size returns an upper bound of the centre's absolute value.
func (a Fast) size() float64 { return math.Abs(a.re) + math.Abs(a.im) }

// low returns a lower bound of |z| over the disc, zero if it may contain 0.
func (a Fast) low() float64 {
	h := math.Abs(a.re)
	if a.im != 0 {
		h = math.Hypot(a.re, a.im) * (1 - 2*fastFunc)
	}
	return max(h*(1-4*fastOp)-a.rad*(1+4*fastOp)-fastTiny, 0)
}

// ContainsZero reports whether 0 may lie in a. False is a proof.
func (a Fast) ContainsZero() bool { return a.low() == 0 && (a.rad != 0 || a.size() == 0) }

// Different reports whether no number lies in both a and b. True is a proof,
// false says nothing.
func (a Fast) Different(b Fast) bool {
	d, ok := a.Sub(b)
	return ok && d.low() > 0
}

// Sign returns the sign of a real disc and whether all members have it.
func (a Fast) Sign() (int, bool) {
	switch {
	case !a.real:
		return 0, false
	case a.rad == 0 && a.re == 0:
		return 0, true
	case math.Abs(a.re) <= a.rad:
		return 0, false
	case a.re < 0:
		return -1, true
	}
	return 1, true
}

// Floor returns the floor of a real disc if all its members have the same and
// it is below 2^52.
func (a Fast) Floor() (float64, bool) {
	if !a.real || math.Abs(a.re)+a.rad > 1<<52 {
		return 0, false
	}
	f := math.Floor(a.re)
	if a.rad == 0 {
		return f, true
	}
	// The subtraction is exact or errs by far less than the slack.
	d := a.re - f
	r := a.rad*(1+4*fastOp) + fastOp
	return f, d-r >= 0 && d+r < 1
}

// Neg returns -a.
func (a Fast) Neg() Fast { return Fast{-a.re, -a.im, a.rad, a.real} }

// Abs returns a disc that contains |z| for all z in a.
func (a Fast) Abs() (Fast, bool) {
	if a.real {
		return Fast{math.Abs(a.re), 0, a.rad, true}, true
	}
	h := math.Hypot(a.re, a.im)
	return fast(h, 0, a.rad+2*h*fastFunc, true)
}

// Re and Im return discs that contain the parts of a.
func (a Fast) Re() Fast { return Fast{a.re, 0, a.rad, true} }

// Im returns a disc that contains the imaginary parts of a.
func (a Fast) Im() Fast {
	if a.real {
		return Fast{real: true}
	}
	return Fast{a.im, 0, a.rad, true}
}

// Conj returns the complex conjugates.
func (a Fast) Conj() Fast { return Fast{a.re, -a.im, a.rad, a.real} }

// Add returns a disc that contains x+y for all x in a and y in b.
func (a Fast) Add(b Fast) (Fast, bool) {
	re, im := a.re+b.re, a.im+b.im
	return fast(re, im, a.rad+b.rad+(math.Abs(re)+math.Abs(im))*fastOp, a.real && b.real)
}

// Sub returns a disc that contains x-y for all x in a and y in b.
func (a Fast) Sub(b Fast) (Fast, bool) { return a.Add(b.Neg()) }

// Mul returns a disc that contains x*y for all x in a and y in b.
func (a Fast) Mul(b Fast) (Fast, bool) {
	s, t := a.size(), b.size()
	rad := a.rad*t + b.rad*s + a.rad*b.rad + 4*s*t*fastOp
	if a.real && b.real {
		return fast(a.re*b.re, 0, rad, true)
	}
	return fast(a.re*b.re-a.im*b.im, a.re*b.im+a.im*b.re, rad, false)
}

// Div returns a disc that contains x/y for all x in a and y in b, and false if
// b may contain 0.
func (a Fast) Div(b Fast) (Fast, bool) {
	low := b.low()
	if !(low > 0x1p-400 && b.size() < 0x1p400) {
		return Fast{}, false
	}
	// |x/y - a/b| <= (ra + |a/b| rb) / (|b| - rb)
	if a.real && b.real {
		q := a.re / b.re
		s := math.Abs(q)
		return fast(q, 0, (a.rad+s*b.rad*(1+fastOp))/low+s*fastOp, true)
	}
	d := b.re*b.re + b.im*b.im
	re, im := (a.re*b.re+a.im*b.im)/d, (a.im*b.re-a.re*b.im)/d
	s := a.size() * b.size() / d // at least |a/b|
	return fast(re, im, (a.rad+s*b.rad*(1+8*fastOp))/low+8*s*fastOp, false)
}

// offCut reports whether the disc keeps away from the negative real axis and
// 0, and a lower bound of its distance from 0.
func (a Fast) offCut() (low float64, ok bool) {
	low = a.low()
	if a.real {
		return low, low > 0 && a.re > 0
	}
	return low, low > 0 && (a.re > 0 || math.Abs(a.im) > a.rad*(1+4*fastOp))
}

// Sqrt returns a disc that contains the principal square root of every number
// in a.
func (a Fast) Sqrt() (Fast, bool) {
	if a.real && a.rad == 0 && a.re == 0 {
		return a, true
	}
	low, ok := a.offCut()
	switch {
	case low == 0:
		// Both branches lie in the disc around 0.
		return fast(0, 0, math.Sqrt((a.size()+a.rad)*(1+4*fastOp))*(1+4*fastOp), false)
	case a.real:
		s := math.Sqrt(math.Abs(a.re))
		rad := a.rad/s + 2*s*fastOp
		if a.re < 0 {
			return fast(0, s, rad, false)
		}
		return fast(s, 0, rad, true)
	case !ok:
		return Fast{}, false
	}
	h := math.Hypot(a.re, a.im)
	t := math.Sqrt((h + math.Abs(a.re)) / 2)
	u := a.im / (2 * t)
	// The roots of two points of the disc differ in argument by less than a
	// right angle, so |sqrt x - sqrt m| <= |x - m| / |sqrt m|.
	rad := a.rad/math.Sqrt(h)*(1+fastFunc) + 4*t*fastFunc
	if a.re >= 0 {
		return fast(t, u, rad, false)
	}
	return fast(math.Abs(u), math.Copysign(t, a.im), rad, false)
}

// Exp returns a disc that contains e^z for all z in a.
func (a Fast) Exp() (Fast, bool) {
	if !(a.rad <= 1 && math.Abs(a.im) <= fastTrig && a.re < 700) {
		return Fast{}, false
	}
	e := math.Exp(a.re)
	// |e^(z+d) - e^z| <= |e^z| (|d| + |d|^2) for |d| <= 1
	rad := e * ((a.rad+a.rad*a.rad)*(1+2*fastFunc) + 4*fastFunc)
	if a.real {
		return fast(e, 0, rad, true)
	}
	s, c := math.Sincos(a.im)
	return fast(e*c, e*s, rad, false)
}

// Log returns a disc that contains the principal logarithm of every number in
// a.
func (a Fast) Log() (Fast, bool) {
	low, ok := a.offCut()
	if low == 0 || !ok && !a.real {
		return Fast{}, false
	}
	rad := a.rad / low
	if a.real {
		l := math.Log(math.Abs(a.re))
		rad += math.Abs(l) * fastFunc
		if a.re < 0 {
			return fast(l, math.Pi, rad+4*fastOp, false)
		}
		return fast(l, 0, rad, true)
	}
	l := math.Log(math.Hypot(a.re, a.im))
	return fast(l, math.Atan2(a.im, a.re), rad+(math.Abs(l)+8)*2*fastFunc, false)
}

// PowInt returns a disc that contains z^n for all z in a, and false for |n| > 64
// unless logarithms serve.
func (a Fast) PowInt(n int) (Fast, bool) {
	if n < -1<<30 {
		return Fast{}, false
	}
	if n < 0 {
		z, ok := a.PowInt(-n)
		if !ok {
			return z, false
		}
		return FastInt64(1).Div(z)
	}
	if n > 64 {
		return a.powLog(FastInt64(int64(n)))
	}
	z, ok := FastInt64(1), true
	for b := a; ok && n > 0; n >>= 1 {
		if n&1 != 0 {
			if z, ok = z.Mul(b); !ok {
				break
			}
		}
		if n > 1 {
			b, ok = b.Mul(b)
		}
	}
	return z, ok
}

// Pow returns a disc that contains the principal value of z^w for all z in a and
// w in b.
func (a Fast) Pow(b Fast) (Fast, bool) {
	if b.real && b.rad == 0 && b.re == math.Trunc(b.re) && math.Abs(b.re) <= 64 {
		return a.PowInt(int(b.re))
	}
	return a.powLog(b)
}

func (a Fast) powLog(b Fast) (Fast, bool) {
	l, ok := a.Log()
	if !ok {
		return l, false
	}
	l, ok = l.Mul(b)
	if !ok {
		return l, false
	}
	z, ok := l.Exp()
	if a.real && a.re < 0 && b.real && b.rad == 0 && b.re == math.Trunc(b.re) {
		z.im, z.real = 0, true // an integer power of a real number is real
	}
	return z, ok
}
