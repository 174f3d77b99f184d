package ball

import (
	"math"
	"math/big"
	"math/bits"
)

const (
	// MinPrec and MaxPrec bound the precision, in bits, of every operation; a
	// precision outside is moved to the nearer bound.
	MinPrec = 24
	MaxPrec = 1 << 15

	// expLimit bounds the binary exponents of midpoints. What exceeds it is
	// unbounded, what falls below its negative is a ball around zero.
	expLimit = 1 << 28

	// slack is how many bits beyond the precision a midpoint may keep, which
	// saves a rounding in most sums.
	slack = 24
)

// Real is the set of all real numbers x with
//
//	|x - mid| <= rad
//
// Reals are immutable values and may be copied freely. The zero value is the
// exact number 0.
type Real struct {
	man big.Int // mid = man * 2^exp; never changed once the Real is built
	exp int
	rad mag
}

func clampPrec(prec uint) int {
	return int(min(max(prec, MinPrec), MaxPrec))
}

func unbounded() Real { return Real{rad: infMag} }

// Unbounded returns the whole real line.
func Unbounded() Real { return unbounded() }

// FromInt64 returns x exactly.
func FromInt64(x int64) Real {
	var z Real
	z.man.SetInt64(x)
	return z
}

// FromInt returns a ball that contains x. It is exact if x fits in prec bits.
func FromInt(x *big.Int, prec uint) Real {
	z := Real{man: *x}
	if x.BitLen() <= clampPrec(prec)+slack {
		z.man = *new(big.Int).Set(x) // the caller may change x later
		return z
	}
	return z.round(clampPrec(prec), false)
}

// FromRat returns a ball that contains x. It is exact if x is a dyadic fraction
// that fits in prec bits.
func FromRat(x *big.Rat, prec uint) Real {
	if x.IsInt() {
		return FromInt(x.Num(), prec)
	}
	// Rounding first bounds the cost of the division for huge operands.
	z, _ := Div(FromInt(x.Num(), prec+16), FromInt(x.Denom(), prec+16), prec)
	return z
}

// FromFloat64 returns x exactly. An infinity or NaN gives the unbounded ball.
func FromFloat64(x float64) Real {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return unbounded()
	}
	if x == 0 {
		return Real{}
	}
	f, e := math.Frexp(x)
	var z Real
	m := int64(f * (1 << 53))
	t := bits.TrailingZeros64(uint64(m))
	z.man.SetInt64(m >> t)
	z.exp = e - 53 + t
	return z
}

// Exact2 returns m*2^e exactly, the unbounded ball if e is far out of range.
func Exact2(m int64, e int) Real {
	z := FromInt64(m)
	if m != 0 {
		z.exp = min(max(e, -4*expLimit), 4*expLimit)
	}
	return z.limit()
}

// Hull returns a ball that contains a and b.
func Hull(a, b Real, prec uint) Real {
	if a.IsUnbounded() || b.IsUnbounded() {
		return unbounded()
	}
	a0, a1 := a.bounds()
	b0, b1 := b.bounds()
	if cmpExact(b0, a0) < 0 {
		a0 = b0
	}
	if cmpExact(b1, a1) > 0 {
		a1 = b1
	}
	return between(a0, a1, clampPrec(prec))
}

// between returns a ball that contains the exact numbers lo and hi.
func between(lo, hi Real, prec int) Real {
	m := scale2(addReal(lo, hi, prec), -1)
	if m.IsUnbounded() {
		return m
	}
	m.rad = mag{}
	r, l := addReal(hi, m.Neg(), MinPrec), addReal(m, lo.Neg(), MinPrec)
	m.rad = r.maxAbs()
	if l := l.maxAbs(); l.cmp(m.rad) > 0 {
		m.rad = l
	}
	return m.round(prec, false)
}

// mid returns the midpoint as an exact Real.
func (a Real) mid() Real {
	a.rad = mag{}
	return a
}

// bounds returns the exact end points of a bounded ball, or points outside them
// when midpoint and radius are too far apart to add at small cost.
func (a Real) bounds() (lo, hi Real) {
	if a.rad.isZero() {
		return a, a
	}
	r := a.rad.real()
	m := a.mid()
	switch {
	case m.man.Sign() == 0:
		return r.Neg(), r
	case m.top() < r.exp-MaxPrec: // |m| < r
		r.exp++
		return r.Neg(), r
	case r.top() < m.top()-MaxPrec:
		r = Exact2(1, m.top()-MaxPrec)
	}
	return addExact(m, r.Neg()), addExact(m, r)
}

// top returns the e with 2^(e-1) <= |mid| < 2^e. The midpoint is not zero.
func (a *Real) top() int { return a.exp + a.man.BitLen() }

// lead returns the leading 32 bits h and exponent e of a non-zero midpoint, with
//
//	h*2^e <= |mid| < (h+1)*2^e
//
// and whether the left side is an equality.
func (a *Real) lead() (h uint64, e int, exact bool) {
	w := a.man.Bits()
	n := len(w)
	t := uint64(w[n-1])
	l := bits.Len64(t)
	e = a.exp + (n-1)*bits.UintSize
	if l > 32 {
		return t >> (l - 32), e + l - 32, n == 1 && t<<(96-l) == 0
	}
	if l < 32 && n > 1 {
		s := 32 - l
		return t<<s | uint64(w[n-2])>>(bits.UintSize-s), e - s, false
	}
	return t, e, n == 1
}

// midUp returns an upper bound of |mid|.
func (a *Real) midUp() mag {
	if a.man.Sign() == 0 {
		return mag{}
	}
	h, e, exact := a.lead()
	if !exact {
		h++
	}
	return magUp(h, e)
}

// midDown returns a lower bound of |mid|.
func (a *Real) midDown() mag {
	if a.man.Sign() == 0 {
		return mag{}
	}
	h, e, _ := a.lead()
	return magDown(h, e)
}

// maxAbs returns an upper bound of |x| over the ball.
func (a *Real) maxAbs() mag { return a.midUp().add(a.rad) }

// minAbs returns a lower bound of |x| over the ball, zero if it contains zero.
func (a *Real) minAbs() mag { return a.midDown().subDown(a.rad) }

// round returns a rounded to about prec bits, with the rounding error in the
// radius. If own is set, a's mantissa belongs to nobody else.
func (a Real) round(prec int, own bool) Real {
	a.settle(prec, own)
	return a
}

// settle is round in place.
func (z *Real) settle(prec int, own bool) {
	bl := z.man.BitLen()
	if bl == 0 {
		z.exp = 0
		return
	}
	if z.rad.isInf() {
		*z = unbounded()
		return
	}
	d := 0
	if bl > prec+slack {
		d = bl - prec
	}
	// Bits far below the radius say nothing.
	if !z.rad.isZero() && int(z.rad.e)-z.exp > 64 {
		d = max(d, int(z.rad.e)-z.exp)
	}
	if d > 0 {
		exact := int(z.man.TrailingZeroBits()) >= d
		if own {
			z.man.Rsh(&z.man, uint(d))
		} else {
			var m big.Int
			m.Rsh(&z.man, uint(d))
			z.man = m
		}
		z.exp += d
		if !exact {
			z.rad = z.rad.add(magPow2(z.exp))
		}
		if z.man.Sign() == 0 {
			z.exp = 0
			return
		}
		bl = max(bl-d, 1) // one too small at most where -1 is what is left
	}
	if t := z.exp + bl; t >= expLimit || t <= -expLimit {
		*z = z.limit()
	}
}

// limit keeps the exponent in range.
func (a Real) limit() Real {
	if a.man.Sign() == 0 {
		return a
	}
	switch t := a.top(); {
	case t > expLimit:
		return unbounded()
	case t < -expLimit:
		return Real{rad: a.rad.add(magPow2(-expLimit))}
	}
	return a
}

// scale2 returns a*2^k exactly.
func scale2(a Real, k int) Real {
	if a.man.Sign() != 0 {
		a.exp += k
	}
	a.rad = a.rad.scale(k)
	return a.limit()
}

// IsExact reports whether the ball is a single number.
func (a Real) IsExact() bool { return a.rad.isZero() }

// IsZero reports whether the ball is the exact number 0.
func (a Real) IsZero() bool { return a.rad.isZero() && a.man.Sign() == 0 }

// IsUnbounded reports whether the ball is the whole line.
func (a Real) IsUnbounded() bool { return a.rad.isInf() }

// Neg returns -a exactly.
func (a Real) Neg() Real {
	// The words are shared; only the sign of the copy changes.
	a.man.Neg(&a.man)
	return a
}

// Abs returns a ball that contains |x| for all x in a and nothing negative.
func (a Real) Abs() Real {
	s := a.man.Sign()
	if a.minAbs().isZero() && !a.rad.isZero() {
		if a.rad.isInf() {
			return a
		}
		hi := a.maxAbs()
		z := hi.real()
		z.exp--
		z.rad = z.midUp()
		return z.limit()
	}
	if s < 0 {
		return a.Neg()
	}
	return a
}

// Sign returns the sign of the numbers in a and whether all have it. If it is
// not certain the value is the sign of the midpoint.
func (a Real) Sign() (s int, certain bool) {
	s = a.man.Sign()
	return s, a.rad.isZero() || !a.minAbs().isZero()
}

// ContainsZero reports whether 0 may lie in a. It is exact but for balls whose
// radius is within one part in 2^29 of the midpoint, where it may say true.
func (a Real) ContainsZero() bool {
	if a.rad.isZero() {
		return a.man.Sign() == 0
	}
	return a.minAbs().isZero()
}

// Overlaps reports whether a and b may have a number in common. False is a
// proof that the numbers they stand for differ.
func (a Real) Overlaps(b Real) bool {
	c, certain := a.Cmp(b)
	return c == 0 || !certain
}

// Cmp returns -1, 0 or +1 as a is less than, equal to or greater than b, and
// whether this holds for all their members. Equality is certain only between
// exact balls.
func (a Real) Cmp(b Real) (c int, certain bool) {
	if a.rad.isZero() && b.rad.isZero() {
		return cmpExact(a, b), true
	}
	d := addReal(a, b.Neg(), 64)
	return d.Sign()
}

// cmpExact compares midpoints.
func cmpExact(a, b Real) int {
	sa, sb := a.man.Sign(), b.man.Sign()
	switch {
	case sa != sb:
		if sa < sb {
			return -1
		}
		return 1
	case sa == 0:
		return 0
	}
	if ta, tb := a.top(), b.top(); ta != tb {
		if ta < tb {
			return -sa
		}
		return sa
	}
	// The same leading exponent: aligning costs no more than the longer one.
	var t big.Int
	if a.exp >= b.exp {
		t.Lsh(&a.man, uint(a.exp-b.exp))
		return t.Cmp(&b.man)
	}
	t.Lsh(&b.man, uint(b.exp-a.exp))
	return a.man.Cmp(&t)
}

// Float64 returns the midpoint rounded to a float64; ±Inf beyond its range.
func (a Real) Float64() float64 {
	if a.man.Sign() == 0 {
		return 0
	}
	h := new(big.Int).Abs(&a.man)
	e := a.exp
	if d := h.BitLen() - 64; d > 0 {
		h.Rsh(h, uint(d))
		e += d
	}
	f := math.Ldexp(float64(h.Uint64()), max(min(e, 4096), -4096))
	if a.man.Sign() < 0 {
		return -f
	}
	return f
}

// Mid returns the midpoint exactly. Its exponent may be as large as 2^28, so it
// must not be printed in decimal unseen.
func (a Real) Mid() *big.Float {
	f := new(big.Float).SetPrec(uint(max(a.man.BitLen(), 1))).SetInt(&a.man)
	return f.SetMantExp(f, a.exp)
}

// RadExp returns the smallest e known with radius < 2^e: math.MinInt32 for an
// exact ball and math.MaxInt32 for an unbounded one.
func (a Real) RadExp() int {
	switch {
	case a.rad.isZero():
		return math.MinInt32
	case a.rad.isInf():
		return math.MaxInt32
	}
	return a.rad.exp()
}

// AccuracyBits returns about how many leading bits of the midpoint are known:
// the binary exponent of the midpoint less that of the radius. It is
// math.MaxInt32 for an exact ball, and zero or less for one that contains 0.
func (a Real) AccuracyBits() int {
	switch {
	case a.rad.isZero():
		return math.MaxInt32
	case a.rad.isInf():
		return math.MinInt32
	case a.man.Sign() == 0:
		return min(-a.rad.exp(), 0)
	}
	return a.top() - a.rad.exp()
}

// MaxAbsLog2 returns an e with |x| < 2^e for all x in a: math.MinInt32 if a is
// the exact number 0 and math.MaxInt32 if a is unbounded.
func (a Real) MaxAbsLog2() int {
	m := a.maxAbs()
	switch {
	case m.isZero():
		return math.MinInt32
	case m.isInf():
		return math.MaxInt32
	}
	return m.exp()
}

// MinAbsLog2 returns an e with |x| >= 2^e for all x in a, and false if a may
// contain 0.
func (a Real) MinAbsLog2() (int, bool) {
	m := a.minAbs()
	if m.isZero() {
		return 0, false
	}
	return m.exp() - 1, true
}

// ContainsRat reports whether the exact number x lies in a.
func (a Real) ContainsRat(x *big.Rat) bool {
	if a.rad.isInf() {
		return true
	}
	if a.top() > MaxPrec || a.exp < -4*MaxPrec || int(a.rad.e) < -4*MaxPrec || int(a.rad.e) > MaxPrec {
		// Too far out to write as a fraction; err on the side of containing.
		return a.Overlaps(FromRat(x, 128))
	}
	d := new(big.Rat).Sub(x, a.rat())
	r := a.rad.real()
	return d.Abs(d).Cmp(r.rat()) <= 0
}

// rat returns the midpoint as a fraction.
func (a *Real) rat() *big.Rat {
	if a.exp >= 0 {
		return new(big.Rat).SetInt(new(big.Int).Lsh(&a.man, uint(a.exp)))
	}
	return new(big.Rat).SetFrac(&a.man, new(big.Int).Lsh(big.NewInt(1), uint(-a.exp)))
}

// Floor returns the greatest integer that is at most the midpoint, and whether
// it is the floor of every number in a. It returns nil and false if the integer
// would have more than MaxPrec bits.
func Floor(a Real) (*big.Int, bool) {
	if a.rad.isInf() || a.man.Sign() != 0 && a.top() > MaxPrec || !a.rad.isZero() && a.rad.exp() > MaxPrec {
		return nil, false
	}
	f := floorExact(a)
	if a.rad.isZero() {
		return f, true
	}
	lo, hi := a.bounds()
	return f, floorExact(lo).Cmp(floorExact(hi)) == 0
}

func floorExact(a Real) *big.Int {
	if a.exp >= 0 {
		return new(big.Int).Lsh(&a.man, uint(a.exp))
	}
	return new(big.Int).Rsh(&a.man, uint(-a.exp))
}
