package canon

import (
	"math/big"
	"math/bits"
)

// A num is an exact rational: n/d in lowest terms with d > 0 while both fit an
// int64, r otherwise. Most coefficients of answers are small, and the small
// form needs no allocation. A num is immutable.
type num struct {
	n, d int64
	r    *big.Rat
}

var (
	zero = num{d: 1}
	one  = num{n: 1, d: 1}
	half = num{n: 1, d: 2}
)

func intNum(n int64) num { return num{n: n, d: 1} }

// ratNum returns the value of x, which must not be changed afterwards.
func ratNum(x *big.Rat) num {
	if x.Num().IsInt64() && x.Denom().IsInt64() {
		return num{n: x.Num().Int64(), d: x.Denom().Int64()}
	}
	return num{r: x}
}

func bigNum(x *big.Int) num {
	if x.IsInt64() {
		return intNum(x.Int64())
	}
	return num{r: new(big.Rat).SetInt(x)}
}

// fraction returns n/d for d ≠ 0.
func fraction(n, d int64) num {
	const least = -1 << 63
	if n == least || d == least {
		return ratNum(new(big.Rat).SetFrac(big.NewInt(n), big.NewInt(d)))
	}
	if d < 0 {
		n, d = -n, -d
	}
	if g := gcd64(n, d); g > 1 {
		n, d = n/g, d/g
	}
	return num{n: n, d: d}
}

func gcd64(a, b int64) int64 {
	if a < 0 {
		a = -a
	}
	if b < 0 {
		b = -b
	}
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func lcm64(a, b int64) int64 { return a / gcd64(a, b) * b }

// rat returns the value as a big.Rat, which must not be changed.
func (x num) rat() *big.Rat {
	if x.r != nil {
		return x.r
	}
	return big.NewRat(x.n, x.d)
}

func (x num) isZero() bool { return x.r == nil && x.n == 0 }
func (x num) isOne() bool  { return x.r == nil && x.n == 1 && x.d == 1 }

func (x num) isInt() bool {
	if x.r != nil {
		return x.r.IsInt()
	}
	return x.d == 1
}

// small returns an integer that fits an int.
func (x num) small() (int, bool) { return int(x.n), x.r == nil && x.d == 1 && int64(int(x.n)) == x.n }

func (x num) sign() int {
	switch {
	case x.r != nil:
		return x.r.Sign()
	case x.n < 0:
		return -1
	case x.n > 0:
		return 1
	}
	return 0
}

func (x num) equal(y num) bool {
	if x.r != nil || y.r != nil {
		return x.r != nil && y.r != nil && x.r.Cmp(y.r) == 0
	}
	return x.n == y.n && x.d == y.d
}

func (x num) float() float64 {
	if x.r != nil {
		f, _ := x.r.Float64()
		return f
	}
	return float64(x.n) / float64(x.d)
}

// words measures a num in machine words, for the budget and the size limits.
func (x num) words() int {
	if x.r == nil {
		return 1
	}
	return 2 + len(x.r.Num().Bits()) + len(x.r.Denom().Bits())
}

func (x num) neg() num {
	if x.r == nil && x.n != -1<<63 {
		return num{n: -x.n, d: x.d}
	}
	return ratNum(new(big.Rat).Neg(x.rat()))
}

func (x num) inv() num {
	if x.r == nil {
		return fraction(x.d, x.n)
	}
	return ratNum(new(big.Rat).Inv(x.r))
}

func (x num) abs() num {
	if x.sign() < 0 {
		return x.neg()
	}
	return x
}

func (x num) add(y num) num {
	if x.r == nil && y.r == nil {
		if x.d == y.d {
			if s, ok := add64(x.n, y.n); ok {
				if x.d == 1 {
					return num{n: s, d: 1}
				}
				return fraction(s, x.d)
			}
		}
		a, ok1 := mul64(x.n, y.d)
		b, ok2 := mul64(y.n, x.d)
		d, ok3 := mul64(x.d, y.d)
		if ok1 && ok2 && ok3 {
			if s, ok := add64(a, b); ok {
				return fraction(s, d)
			}
		}
	}
	return ratNum(new(big.Rat).Add(x.rat(), y.rat()))
}

func (x num) sub(y num) num { return x.add(y.neg()) }

func (x num) mul(y num) num {
	if x.r == nil && y.r == nil {
		n, ok1 := mul64(x.n, y.n)
		if ok1 && x.d == 1 && y.d == 1 {
			return num{n: n, d: 1}
		}
		d, ok2 := mul64(x.d, y.d)
		if ok1 && ok2 {
			return fraction(n, d)
		}
	}
	return ratNum(new(big.Rat).Mul(x.rat(), y.rat()))
}

// pow returns x^k; the caller has bounded the size. x ≠ 0 where k < 0.
func (x num) pow(k int) num {
	if k < 0 {
		return x.inv().pow(-k)
	}
	z := one
	for ; k > 0; k >>= 1 {
		if k&1 != 0 {
			z = z.mul(x)
		}
		if k > 1 {
			x = x.mul(x)
		}
	}
	return z
}

// bits bounds the length of numerator and denominator.
func (x num) bits() int {
	if x.r != nil {
		return max(x.r.Num().BitLen(), x.r.Denom().BitLen())
	}
	return max(bits.Len64(uint64(x.abs().n)), bits.Len64(uint64(x.d)))
}

func add64(a, b int64) (int64, bool) {
	s := a + b
	return s, (a^s)&(b^s) >= 0
}

func mul64(a, b int64) (int64, bool) {
	if int64(int32(a)) == a && int64(int32(b)) == b {
		return a * b, true
	}
	if a == 0 || b == 0 {
		return 0, true
	}
	if a == -1<<63 || b == -1<<63 {
		return 0, false
	}
	p := a * b
	return p, p != -1<<63 && p/b == a
}

// root returns the positive x^(1/k) of a positive rational if that is rational.
func (x num) root(k int) (num, bool) {
	a, ok := intRoot(x.rat().Num(), k)
	if !ok {
		return num{}, false
	}
	b, ok := intRoot(x.rat().Denom(), k)
	if !ok {
		return num{}, false
	}
	return ratNum(new(big.Rat).SetFrac(a, b)), true
}

// intRoot returns the exact k-th root of a non-negative integer.
func intRoot(a *big.Int, k int) (*big.Int, bool) {
	if k == 2 {
		r := new(big.Int).Sqrt(a)
		return r, new(big.Int).Mul(r, r).Cmp(a) == 0
	}
	if a.Sign() == 0 {
		return new(big.Int), true
	}
	if a.BitLen() <= k { // 1 ≤ a < 2^k
		return big.NewInt(1), a.IsInt64() && a.Int64() == 1
	}
	lo, hi := big.NewInt(1), new(big.Int).Lsh(big.NewInt(1), uint(a.BitLen()/k+1))
	e := big.NewInt(int64(k))
	for {
		mid := new(big.Int).Add(lo, hi)
		mid.Rsh(mid, 1)
		switch c := new(big.Int).Exp(mid, e, nil).Cmp(a); {
		case c == 0:
			return mid, true
		case mid.Cmp(lo) == 0:
			return nil, false
		case c < 0:
			lo = mid
		default:
			hi = mid
		}
	}
}

// gcdNum returns the largest positive rational of which both are multiples.
func gcdNum(a, b num) num {
	if a.r == nil && b.r == nil && a.d == 1 && b.d == 1 && a.n != -1<<63 && b.n != -1<<63 {
		return intNum(gcd64(a.n, b.n))
	}
	x, y := a.rat(), b.rat()
	n := new(big.Int).GCD(nil, nil, new(big.Int).Abs(x.Num()), new(big.Int).Abs(y.Num()))
	d := new(big.Int).GCD(nil, nil, x.Denom(), y.Denom())
	d.Quo(x.Denom(), d)
	d.Mul(d, y.Denom())
	return ratNum(new(big.Rat).SetFrac(n, d))
}
