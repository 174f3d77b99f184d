package ball

import (
	"math/big"
	"math/bits"
)

// one is the radius from which on a function is bounded by its end points
// instead of its slope.
var one = mag{1 << 31, -31}

// exponentBits returns how many bits the exponent e has.
func exponentBits(e int) int { return bits.Len(uint(max(e, -e))) }

// useful returns the precision, at most prec, that makes sense for a result
// whose error cannot be below 2^(e-32) and whose size is about 2^top.
func useful(r mag, top, prec int) int {
	if r.isZero() || r.isInf() {
		return prec
	}
	return max(min(prec, top-r.exp()+32), MinPrec)
}

// Exp returns a ball that contains e^x for all x in a. It is unbounded if that
// exceeds 2^(2^28).
func Exp(a Real, prec uint) Real { return expReal(a, clampPrec(prec)) }

func expReal(a Real, prec int) Real {
	switch {
	case a.rad.isInf():
		return unbounded()
	case a.IsZero():
		return FromInt64(1)
	case a.rad.cmp(one) >= 0:
		lo, hi := a.bounds()
		return Hull(expReal(lo, 64), expReal(hi, 64), 64)
	}
	// e^r - 1 <= r + r^2 for r <= 1
	r := a.rad.add(a.rad.mul(a.rad))
	if a.man.Sign() == 0 {
		return Real{man: *big.NewInt(1), rad: r}
	}
	top := a.top()
	switch {
	case top > 28 && a.man.Sign() > 0:
		return unbounded()
	case top > 29: // x < -2^29+1
		return Real{rad: magPow2(-expLimit)}
	case top < -prec-2:
		// |e^x - 1| <= 2|x|
		m := a.maxAbs().scale(1)
		return Real{man: *big.NewInt(1), rad: m}
	}
	prec = useful(a.rad, 0, prec)
	// x = k log 2 + f with 0 <= f < log 2
	p := prec + 8
	g := max(top, 0) + 2
	x := a.toFixed(p + g)
	var k big.Int
	k.DivMod(x, ln2Const.fixed(p+g), x)
	x.Rsh(x, uint(g)) // within (2k+1) 2^-g + 1 <= 3
	y := expFixed(x, p)
	// 2 for the kernel and 3*2 for its argument.
	z := Real{exp: int(k.Int64()) - p, rad: magUp(8, int(k.Int64())-p)}
	z.man = *y
	z.rad = z.rad.add(z.maxAbs().mul(r))
	return z.round(prec, true)
}

// Log returns a ball that contains the natural logarithm of every number in a,
// and false if a may contain a number that is not positive. The logarithm of
// the exact number 1 is the exact number 0.
func Log(a Real, prec uint) (Real, bool) { return logReal(a, clampPrec(prec)) }

func logReal(a Real, prec int) (Real, bool) {
	low := a.minAbs()
	if a.man.Sign() <= 0 || a.rad.isInf() || low.isZero() && !a.rad.isZero() {
		return unbounded(), false
	}
	// |log x - log a| <= r/(a-r)
	r := a.rad.quo(low)
	// x = m 2^k with 3/4 <= m < 3/2
	k := a.top()
	if n := a.man.BitLen(); n == 1 || a.man.Bit(n-2) == 0 {
		k--
	}
	m := a.mid()
	m.exp -= k
	if k != 0 {
		prec = useful(r, exponentBits(k), prec)
		kb := exponentBits(k)
		p := prec + 8
		y := new(big.Int).Mul(ln2Const.fixed(p+kb), big.NewInt(int64(k)))
		y.Rsh(y, uint(kb)) // within 2+1
		y.Add(y, logFixed(m, p))
		return fromFixed(y, p, 8, r, prec), true
	}
	// Near 1 the logarithm is small: its first bit is that of m - 1.
	d := addExact(m, FromInt64(-1))
	if d.man.Sign() == 0 {
		return Real{rad: r}, true
	}
	j := -d.top()
	if j > prec {
		// |log(1+d) - d| <= d^2 for |d| <= 1/2
		t := d.midUp()
		d.rad = r.add(t.mul(t))
		return d.round(prec, true), true
	}
	prec = useful(r, -j, prec)
	p := prec + max(j, 0) + 8
	return fromFixed(logFixed(m, p), p, 8, r, prec), true
}

// logFixed returns the logarithm of an exact m in [3/4, 3/2], within 5.
func logFixed(m Real, p int) *big.Int {
	d := addExact(m, FromInt64(-1))
	if d.man.Sign() == 0 {
		return new(big.Int)
	}
	if j := -d.top(); j < 20 || j < p/16 {
		// The argument is within 1, the slope at most 4/3.
		return log1Fixed(m.toFixed(p), p)
	}
	// log m = 2 artanh((m-1)/(m+1)) has at most 20 terms.
	w := p + 8
	z := d.toFixed(w)
	den := new(big.Int).Lsh(big.NewInt(2), uint(w))
	den.Add(den, z)
	z.Lsh(z, uint(w))
	z.Quo(z, den)
	s := oddSeries(z, w, false)
	return s.Rsh(s, uint(w-p-1))
}
