package ball

import (
	"math"
	"math/bits"
)

// A mag is a magnitude m*2^e, zero or with 2^31 <= m < 2^32. Radii are mags
// rounded up; lower bounds of absolute values are mags rounded down. Thirty-two
// bits keep the radius itself from being a visible loss.
type mag struct {
	m uint32
	e int32
}

const (
	magMaxExp = 1 << 29
	magMinExp = -1 << 29
)

// infMag is the radius of an unbounded ball.
var infMag = mag{1 << 31, math.MaxInt32}

func (a mag) isInf() bool  { return a.e == math.MaxInt32 }
func (a mag) isZero() bool { return a.m == 0 }

// magUp returns the least mag that is at least m*2^e.
func magUp(m uint64, e int) mag {
	if m == 0 {
		return mag{}
	}
	n := bits.Len64(m)
	if n > 32 {
		d := n - 32
		up := m >> d
		if up<<d != m {
			up++
		}
		m, e = up, e+d
		if m>>32 != 0 {
			m, e = m>>1, e+1
		}
	} else {
		m, e = m<<(32-n), e-(32-n)
	}
	switch {
	case e > magMaxExp:
		return infMag
	case e < magMinExp:
		return mag{1 << 31, magMinExp}
	}
	return mag{uint32(m), int32(e)}
}

// magDown returns the greatest mag that is at most m*2^e.
func magDown(m uint64, e int) mag {
	if m == 0 {
		return mag{}
	}
	n := bits.Len64(m)
	if n > 32 {
		m >>= n - 32
	} else {
		m <<= 32 - n
	}
	e += n - 32
	switch {
	case e > magMaxExp:
		return mag{1 << 31, magMaxExp}
	case e < magMinExp:
		return mag{}
	}
	return mag{uint32(m), int32(e)}
}

// magPow2 returns 2^e, or an upper bound when e is out of range.
func magPow2(e int) mag { return magUp(1, e) }

// exp returns the e with 2^(e-1) <= a < 2^e for a non-zero finite a.
func (a mag) exp() int { return int(a.e) + 32 }

func (a mag) cmp(b mag) int {
	switch {
	case a.m == 0 || b.m == 0:
		return int(min(a.m, 1)) - int(min(b.m, 1))
	case a.e != b.e:
		if a.e < b.e {
			return -1
		}
		return 1
	case a.m != b.m:
		if a.m < b.m {
			return -1
		}
		return 1
	}
	return 0
}

// add returns an upper bound of a+b.
func (a mag) add(b mag) mag {
	if b.m == 0 {
		return a
	}
	if a.m == 0 {
		return b
	}
	if a.e < b.e {
		a, b = b, a
	}
	if a.isInf() {
		return infMag
	}
	d := uint(int(a.e) - int(b.e))
	s := uint64(b.m) >> d
	if s<<d != uint64(b.m) || d >= 64 {
		s++
	}
	return magUp(uint64(a.m)+s, int(a.e))
}

// mul returns an upper bound of a*b. Zero times infinity is zero: an exact
// zero factor makes any product zero.
func (a mag) mul(b mag) mag {
	if a.m == 0 || b.m == 0 {
		return mag{}
	}
	if a.isInf() || b.isInf() {
		return infMag
	}
	return magUp(uint64(a.m)*uint64(b.m), int(a.e)+int(b.e))
}

// quo returns an upper bound of a/b; b is a lower bound of the divisor.
func (a mag) quo(b mag) mag {
	switch {
	case a.m == 0:
		return mag{}
	case b.m == 0 || a.isInf():
		return infMag
	}
	return magUp(uint64(a.m)<<32/uint64(b.m)+1, int(a.e)-int(b.e)-32)
}

// scale returns an upper bound of a*2^k.
func (a mag) scale(k int) mag {
	if a.m == 0 || a.isInf() {
		return a
	}
	return magUp(uint64(a.m), int(a.e)+k)
}

// sqrtUp returns an upper bound of the square root of a.
func (a mag) sqrtUp() mag {
	if a.m == 0 || a.isInf() {
		return a
	}
	v, e := uint64(a.m)<<30, int(a.e)-30
	if e&1 != 0 {
		v, e = v<<1, e-1
	}
	return magUp(uint64(math.Sqrt(float64(v)))+2, e/2)
}

// sqrtDown returns a lower bound of the square root of a.
func (a mag) sqrtDown() mag {
	if a.m == 0 {
		return a
	}
	v, e := uint64(a.m)<<30, int(a.e)-30
	if e&1 != 0 {
		v, e = v<<1, e-1
	}
	return magDown(uint64(math.Sqrt(float64(v)))-2, e/2)
}

// subDown returns a lower bound of a-b, zero if that is negative. Here a is a
// lower and b an upper bound.
func (a mag) subDown(b mag) mag {
	if b.m == 0 || a.m == 0 {
		return a
	}
	if b.isInf() || a.e < b.e { // both are normalised, so a < b
		return mag{}
	}
	// Thirty extra bits for a; b is aligned to them, rounded up.
	d := int(a.e) - int(b.e)
	x := uint64(a.m) << 30
	var y uint64
	if d <= 30 {
		y = uint64(b.m) << (30 - d)
	} else {
		y = uint64(b.m)>>(d-30) + 1
	}
	if x <= y {
		return mag{}
	}
	return magDown(x-y, int(a.e)-30)
}

// real returns the exact value of a finite mag.
func (a mag) real() Real {
	if a.isInf() {
		return unbounded()
	}
	var z Real
	z.man.SetUint64(uint64(a.m))
	if a.m != 0 {
		z.exp = int(a.e)
	}
	return z
}
