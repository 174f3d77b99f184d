package ball

import (
	"math"
	"math/big"
	"math/bits"
)

// Add returns a ball that contains x+y for all x in a and y in b. The sum of
// exact balls is exact if it fits in prec bits.
func Add(a, b Real, prec uint) Real { return addReal(a, b, clampPrec(prec)) }

// Sub returns a ball that contains x-y for all x in a and y in b. The
// difference of an exact ball and itself is the exact number 0.
func Sub(a, b Real, prec uint) Real { return addReal(a, b.Neg(), clampPrec(prec)) }

// Mul returns a ball that contains x*y for all x in a and y in b. An exact zero
// factor gives the exact number 0.
func Mul(a, b Real, prec uint) Real { return mulReal(a, b, clampPrec(prec)) }

// Div returns a ball that contains x/y for all x in a and y in b, and false if
// b may contain 0.
func Div(a, b Real, prec uint) (Real, bool) { return divReal(a, b, clampPrec(prec)) }

// Scale2 returns a*2^k exactly. The result is unbounded if that is out of range.
func Scale2(a Real, k int) Real {
	return scale2(a, min(max(k, -4*expLimit), 4*expLimit))
}

func addReal(a, b Real, prec int) Real {
	switch {
	case a.rad.isInf() || b.rad.isInf():
		return unbounded()
	case a.man.Sign() == 0:
		b.rad = b.rad.add(a.rad)
		return b.round(prec, false)
	case b.man.Sign() == 0:
		a.rad = a.rad.add(b.rad)
		return a.round(prec, false)
	}
	if a.exp < b.exp {
		a, b = b, a
	}
	// An operand far below the other is an error bound, not a number to align.
	at, bt := a.top(), b.top()
	if far := prec + slack + 2; bt+far < at {
		a.rad = a.rad.add(b.maxAbs())
		return a.round(prec, false)
	} else if at+far < bt {
		b.rad = b.rad.add(a.maxAbs())
		return b.round(prec, false)
	}
	z := Real{exp: b.exp, rad: a.rad.add(b.rad)}
	if d := a.exp - b.exp; d == 0 {
		z.man.Add(&a.man, &b.man)
	} else {
		z.man.Lsh(&a.man, uint(d))
		z.man.Add(&z.man, &b.man)
	}
	z.settle(prec, true)
	return z
}

// addExact returns the exact sum of two exact numbers. The caller sees to it
// that they are not far apart.
func addExact(a, b Real) Real {
	if a.exp < b.exp {
		a, b = b, a
	}
	z := Real{exp: b.exp}
	z.man.Lsh(&a.man, uint(a.exp-b.exp))
	z.man.Add(&z.man, &b.man)
	if z.man.Sign() == 0 {
		z.exp = 0
	}
	return z
}

// trim rounds an operand that is much longer than the precision asks for.
func (a Real) trim(prec int) Real {
	if a.man.BitLen() > 2*(prec+slack)+64 {
		return a.round(prec+slack, false)
	}
	return a
}

func mulReal(a, b Real, prec int) Real {
	if a.IsZero() || b.IsZero() {
		return Real{}
	}
	if a.rad.isInf() || b.rad.isInf() {
		return unbounded()
	}
	if n := 2*(prec+slack) + 64; a.man.BitLen() > n || b.man.BitLen() > n {
		a, b = a.trim(prec), b.trim(prec)
	}
	var z Real
	// |xy - ab| <= |a| rb + |b| ra + ra rb
	if !a.rad.isZero() {
		z.rad = a.rad.mul(b.maxAbs())
	}
	if !b.rad.isZero() {
		z.rad = z.rad.add(b.rad.mul(a.midUp()))
	}
	z.man.Mul(&a.man, &b.man)
	z.exp = a.exp + b.exp
	z.settle(prec, true)
	return z
}

// mulInt returns a*n.
func mulInt(a Real, n int64, prec int) Real { return mulReal(a, FromInt64(n), prec) }

func divReal(a, b Real, prec int) (Real, bool) {
	low := b.minAbs()
	if low.isZero() && !(b.rad.isZero() && b.man.Sign() != 0) {
		return unbounded(), false
	}
	if a.IsZero() {
		return Real{}, true
	}
	if a.rad.isInf() || b.rad.isInf() {
		return unbounded(), true
	}
	if n := 2*(prec+slack) + 64; a.man.BitLen() > n || b.man.BitLen() > n {
		a, b = a.trim(prec), b.trim(prec)
	}
	var z Real
	// |x/y - a/b| <= (ra + |a/b| rb) / (|b| - rb)
	z.rad = a.rad
	if !b.rad.isZero() {
		z.rad = z.rad.add(a.midUp().quo(b.midDown()).mul(b.rad))
	}
	z.rad = z.rad.quo(low)
	if a.man.Sign() == 0 {
		return z, true
	}
	s := max(prec+2-a.man.BitLen()+b.man.BitLen(), 0)
	var rem big.Int
	z.man.Lsh(&a.man, uint(s))
	z.man.QuoRem(&z.man, &b.man, &rem)
	z.exp = a.exp - b.exp - s
	if rem.Sign() != 0 {
		z.rad = z.rad.add(magPow2(z.exp))
	}
	z.settle(prec, true)
	return z, true
}

// Sqr returns a ball that contains x*x for all x in a and nothing negative.
func Sqr(a Real, prec uint) Real {
	z := mulReal(a, a, clampPrec(prec))
	if a.rad.isZero() || !a.minAbs().isZero() || a.rad.isInf() {
		return z
	}
	m := a.maxAbs()
	return Real{rad: m.mul(m)}.Abs()
}

// Sqrt returns a ball that contains the square root of every number in a, and
// false if a may contain a negative number.
func Sqrt(a Real, prec uint) (Real, bool) { return sqrtReal(a, clampPrec(prec)) }

func sqrtReal(a Real, prec int) (Real, bool) {
	if a.IsZero() {
		return a, true
	}
	if a.rad.isInf() || a.man.Sign() <= 0 {
		return unbounded(), false
	}
	low := a.minAbs()
	if low.isZero() {
		if lo, _ := a.bounds(); lo.man.Sign() < 0 {
			return unbounded(), false
		}
		z := Real{rad: a.maxAbs().sqrtUp()}
		return z.Abs(), true
	}
	a = a.trim(prec)
	s := max(2*(prec+1)-a.man.BitLen(), 0)
	if (a.exp-s)&1 != 0 {
		s++
	}
	var t big.Int
	t.Lsh(&a.man, uint(s))
	r, exact := isqrt(&t)
	// |sqrt(x) - sqrt(a)| <= r / (sqrt(a) + sqrt(low)) <= r / (2 sqrt(low))
	z := Real{man: *r, exp: (a.exp - s) / 2, rad: a.rad.quo(low.sqrtDown()).scale(-1)}
	if !exact {
		z.rad = z.rad.add(magPow2(z.exp))
	}
	return z.round(prec, true), true
}

// isqrt returns the floor of the square root of a positive n, and whether it is
// the root. It doubles the precision in every step, where big.Int.Sqrt works at
// full length from the start.
//
// With d bits of c = floor(log4 n) done, (a-1)^2 < n/4^(c-d) < (a+1)^2.
//
// Source: M. Dickinson, the algorithm of Python's math.isqrt.
func isqrt(n *big.Int) (root *big.Int, exact bool) {
	c := (n.BitLen() - 1) / 2
	s := max(bits.Len(uint(c))-5, 0)
	d := c >> s
	a, t := new(big.Int), new(big.Int)
	v := t.Rsh(n, uint(2*(c-d))).Uint64() // d < 32, so v has at most 64 bits
	r := uint64(math.Sqrt(float64(v)))
	for r > math.MaxUint32 || r*r > v {
		r--
	}
	for r < math.MaxUint32 && (r+1)*(r+1) <= v {
		r++
	}
	a.SetUint64(r)
	var rem big.Int
	for s--; s >= 0; s-- {
		e := d
		d = c >> s
		t.Rsh(n, uint(2*c-e-d+1))
		t.QuoRem(t, a, &rem)
		a.Lsh(a, uint(d-e-1))
		a.Add(a, t)
	}
	t.Mul(a, a)
	order := t.Cmp(n)
	if order > 0 {
		a.Sub(a, big.NewInt(1))
		t.Mul(a, a)
		order = t.Cmp(n)
	}
	return a, order == 0
}

// maxExactRoot is the largest index for which Root looks for an exact result.
const maxExactRoot = 16

// Root returns a ball that contains the real n-th root of every number in a:
// for odd n also of negative ones. It returns false for n = 0, and for even n
// if a may contain a negative number.
func Root(a Real, n uint, prec uint) (Real, bool) {
	p := clampPrec(prec)
	switch {
	case n == 0:
		return unbounded(), false
	case n == 1:
		return a.round(p, false), true
	case n == 2:
		return sqrtReal(a, p)
	case a.IsZero():
		return a, true
	case a.rad.isInf():
		return a, n&1 == 1
	}
	if a.rad.isZero() || !a.minAbs().isZero() {
		if a.man.Sign() < 0 {
			if n&1 == 0 {
				return unbounded(), false
			}
			z, ok := Root(a.Neg(), n, prec)
			return z.Neg(), ok
		}
		if z, ok := exactRoot(a, n); ok {
			return z, true
		}
		// The quotient is small next to what log loses, so no bits are added.
		l, ok := logReal(a, p+8+exponentBits(a.top()))
		if !ok {
			return unbounded(), false
		}
		l, _ = divReal(l, Real{man: *new(big.Int).SetUint64(uint64(n))}, p+8)
		return expReal(l, p), true
	}
	// a contains 0: the root is monotone, so the end points' roots bound it.
	lo, hi := a.bounds()
	if n&1 == 0 && lo.man.Sign() < 0 {
		return unbounded(), false
	}
	l, _ := Root(lo, n, prec)
	h, _ := Root(hi, n, prec)
	return Hull(l, h, prec), true
}

// exactRoot returns the n-th root of a positive exact number if it is a dyadic
// fraction too.
func exactRoot(a Real, n uint) (Real, bool) {
	if !a.rad.isZero() || n > maxExactRoot || a.man.BitLen() > 4096 {
		return Real{}, false
	}
	var m big.Int
	t := a.man.TrailingZeroBits()
	m.Rsh(&a.man, t)
	e := a.exp + int(t)
	if e%int(n) != 0 {
		return Real{}, false
	}
	r, exact := intRoot(&m, n)
	return Real{man: *r, exp: e / int(n)}, exact
}

// intRoot returns the floor of the n-th root of a positive integer, and whether
// it is the root.
func intRoot(m *big.Int, n uint) (*big.Int, bool) {
	// Newton's iteration from above decreases until it reaches the floor.
	x := new(big.Int).Lsh(big.NewInt(1), uint(m.BitLen())/n+1)
	var y, p big.Int
	k, k1 := big.NewInt(int64(n)), big.NewInt(int64(n-1))
	for {
		p.Exp(x, k1, nil)
		y.Quo(m, &p)
		p.Mul(x, k1)
		y.Add(&y, &p)
		y.Quo(&y, k)
		if y.Cmp(x) >= 0 {
			break
		}
		x.Set(&y)
	}
	return x, p.Exp(x, k, nil).Cmp(m) == 0
}
