package approx

import (
	"math/big"
	"math/bits"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
)

// maxBits is the most bits that a numerator or denominator may grow to.
const maxBits = 1 << 17

// A Q is an exact rational number: num/den in lowest terms with den > 0 while
// both fit an int64, a big.Rat beyond that. The zero Q is no number.
type Q struct {
	num, den int64
	big      *big.Rat
}

// QInt returns the integer x.
func QInt(x int64) Q { return Q{num: x, den: 1} }

// QRat returns x, which must not be changed afterwards.
func QRat(x *big.Rat) Q {
	if x.Num().IsInt64() && x.Denom().IsInt64() && x.Num().Int64() != minInt64 {
		return Q{num: x.Num().Int64(), den: x.Denom().Int64()}
	}
	return Q{big: x}
}

// qBig returns the integer x, which must not be changed afterwards.
func qBig(x *big.Int) Q {
	if x.IsInt64() && x.Int64() != minInt64 {
		return Q{num: x.Int64(), den: 1}
	}
	return Q{big: new(big.Rat).SetInt(x)}
}

const minInt64 = -1 << 63

// Rat returns the value, which the caller must not change.
func (q Q) Rat() *big.Rat {
	if q.big != nil {
		return q.big
	}
	return big.NewRat(q.num, q.den)
}

// Sign returns -1, 0 or 1.
func (q Q) Sign() int {
	switch {
	case q.big != nil:
		return q.big.Sign()
	case q.num < 0:
		return -1
	case q.num > 0:
		return 1
	}
	return 0
}

// IsInt reports whether q is an integer.
func (q Q) IsInt() bool { return q.big == nil && q.den == 1 || q.big != nil && q.big.IsInt() }

// Int64 returns an integer that fits an int64.
func (q Q) Int64() (int64, bool) { return q.num, q.big == nil && q.den == 1 }

// numer and denom return the parts, which the caller must not change.
func (q Q) numer() *big.Int {
	if q.big != nil {
		return q.big.Num()
	}
	return big.NewInt(q.num)
}

func (q Q) denom() *big.Int {
	if q.big != nil {
		return q.big.Denom()
	}
	return big.NewInt(q.den)
}

// size is the number of bits of numerator and denominator together.
func (q Q) size() int {
	if q.big == nil {
		return bits.Len64(absU(q.num)) + bits.Len64(uint64(q.den))
	}
	return q.big.Num().BitLen() + q.big.Denom().BitLen()
}

// Equal reports q = r.
func (q Q) Equal(r Q) bool {
	if q.big == nil || r.big == nil {
		// Both are in their only form: a big one is never equal to a small one.
		return q.big == r.big && q.num == r.num && q.den == r.den
	}
	return q.big.Cmp(r.big) == 0
}

// Cmp returns -1, 0 or 1.
func (q Q) Cmp(r Q) int {
	if q.big != nil || r.big != nil {
		return q.Rat().Cmp(r.Rat())
	}
	if q.den == r.den {
		return cmpInt(q.num, r.num)
	}
	if s, t := q.Sign(), r.Sign(); s != t || s == 0 {
		return cmpInt(int64(s), int64(t))
	}
	ah, al := bits.Mul64(absU(q.num), uint64(r.den))
	bh, bl := bits.Mul64(absU(r.num), uint64(q.den))
	c := 0
	switch {
	case ah != bh && ah < bh, ah == bh && al < bl:
		c = -1
	case ah != bh || al != bl:
		c = 1
	}
	return c * q.Sign()
}

func cmpInt(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func absU(x int64) uint64 {
	if x < 0 {
		return -uint64(x)
	}
	return uint64(x)
}

func gcdU(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// charge takes the steps of an operation on numbers of n bits together: products
// for integers, greatest common divisors for fractions, which are quadratic.
func charge(n int, whole bool, b *budget.Budget) error {
	if n > 4*maxBits {
		return ErrTooBig
	}
	w := int64(n >> 6)
	if whole {
		b.Use(4 + w + w*w/150)
	} else {
		b.Use(10 + 10*w + w*w/4)
	}
	return nil
}

func (q Q) neg() Q {
	if q.big == nil {
		return Q{num: -q.num, den: q.den}
	}
	return Q{big: new(big.Rat).Neg(q.big)}
}

func (q Q) abs() Q {
	if q.Sign() < 0 {
		return q.neg()
	}
	return q
}

func (q Q) add(r Q, b *budget.Budget) (Q, error) {
	if q.big == nil && r.big == nil {
		if q.den == 1 && r.den == 1 {
			if s := q.num + r.num; (q.num^s)&(r.num^s) >= 0 && s != minInt64 {
				return Q{num: s, den: 1}, nil
			}
		} else if s, ok := addSmall(q, r); ok {
			return s, nil
		}
	}
	if err := charge(q.size()+r.size(), q.IsInt() && r.IsInt(), b); err != nil {
		return Q{}, err
	}
	return fit(QRat(new(big.Rat).Add(q.Rat(), r.Rat())))
}

func addSmall(q, r Q) (Q, bool) {
	g := gcdU(uint64(q.den), uint64(r.den))
	x, ok1 := mulInt(q.num, r.den/int64(g))
	y, ok2 := mulInt(r.num, q.den/int64(g))
	d, ok3 := mulInt(q.den, r.den/int64(g))
	s := x + y
	if !ok1 || !ok2 || !ok3 || (x^s)&(y^s) < 0 || s == minInt64 {
		return Q{}, false
	}
	if s == 0 {
		return QInt(0), true
	}
	h := int64(gcdU(absU(s), uint64(d)))
	return Q{num: s / h, den: d / h}, true
}

func mulInt(a, b int64) (int64, bool) {
	hi, lo := bits.Mul64(absU(a), absU(b))
	if hi != 0 || lo > 1<<63-1 {
		return 0, false
	}
	if (a < 0) != (b < 0) {
		return -int64(lo), true
	}
	return int64(lo), true
}

func (q Q) mul(r Q, b *budget.Budget) (Q, error) {
	if q.big == nil && r.big == nil {
		if q.num == 0 || r.num == 0 {
			return QInt(0), nil
		}
		g := int64(gcdU(absU(q.num), uint64(r.den)))
		h := int64(gcdU(absU(r.num), uint64(q.den)))
		n, ok1 := mulInt(q.num/g, r.num/h)
		d, ok2 := mulInt(q.den/h, r.den/g)
		if ok1 && ok2 {
			return Q{num: n, den: d}, nil
		}
	}
	if err := charge(q.size()+r.size(), q.IsInt() && r.IsInt(), b); err != nil {
		return Q{}, err
	}
	return fit(QRat(new(big.Rat).Mul(q.Rat(), r.Rat())))
}

// inv returns 1/q for q other than 0.
func (q Q) inv() Q {
	switch {
	case q.big != nil:
		return QRat(new(big.Rat).Inv(q.big))
	case q.num < 0:
		return Q{num: -q.den, den: -q.num}
	}
	return Q{num: q.den, den: q.num}
}

// pow returns q^k; q must not be 0 when k < 0.
func (q Q) pow(k int64, b *budget.Budget) (Q, error) {
	if k < 0 {
		if k == minInt64 {
			return Q{}, ErrTooBig
		}
		q, k = q.inv(), -k
	}
	if q.big == nil && q.den == 1 && (q.num == 0 || q.num == 1 || q.num == -1) {
		if k == 0 || q.num == -1 && k%2 == 0 {
			return QInt(1), nil
		}
		return q, nil
	}
	size := q.size()
	if k > 2*maxBits || int64(size)*k > 2*maxBits+128 {
		return Q{}, ErrTooBig
	}
	if q.big == nil && int64(size)*k <= 62 {
		n, d := int64(1), int64(1)
		for range k {
			n, d = n*q.num, d*q.den
		}
		return Q{num: n, den: d}, nil
	}
	if err := charge(size*int(k), q.IsInt() || q.numer().BitLen() == 1, b); err != nil {
		return Q{}, err
	}
	e := big.NewInt(k)
	n := new(big.Int).Exp(q.numer(), e, nil)
	if q.IsInt() {
		return fit(qBig(n))
	}
	return fit(QRat(new(big.Rat).SetFrac(n, new(big.Int).Exp(q.denom(), e, nil))))
}

func fit(q Q) (Q, error) {
	if q.big != nil && (q.big.Num().BitLen() > maxBits || q.big.Denom().BitLen() > maxBits) {
		return Q{}, ErrTooBig
	}
	return q, nil
}

// root returns the real k-th root of q when it is rational; k > 0 and odd for
// negative q.
func (q Q) root(k int64, b *budget.Budget) (Q, bool) {
	switch {
	case k == 1 || q.Sign() == 0:
		return q, true
	case q.Sign() < 0 && k%2 == 0:
		return Q{}, false
	case q.Equal(QInt(1)) || q.Equal(QInt(-1)):
		return q, true
	case k > int64(q.size()):
		return Q{}, false
	}
	n, ok := rootInt(q.numer(), k, b)
	if !ok {
		return Q{}, false
	}
	d, ok := rootInt(q.denom(), k, b)
	if !ok {
		return Q{}, false
	}
	return QRat(new(big.Rat).SetFrac(n, d)), true
}

// rootInt returns the exact k-th root of an integer, if there is one.
func rootInt(x *big.Int, k int64, b *budget.Budget) (*big.Int, bool) {
	if x.Sign() < 0 {
		r, ok := rootInt(new(big.Int).Neg(x), k, b)
		if !ok {
			return nil, false
		}
		return r.Neg(r), true
	}
	if x.BitLen() <= 1 {
		return x, true
	}
	w := int64(x.BitLen() >> 6)
	b.Use(20 + w*w/8)
	if k == 2 {
		r := new(big.Int).Sqrt(x)
		return r, new(big.Int).Mul(r, r).Cmp(x) == 0
	}
	// Newton's iteration from above stops at the floor of the root.
	e, e1, kk := big.NewInt(k), big.NewInt(k-1), big.NewInt(k)
	r := new(big.Int).Lsh(big.NewInt(1), uint((x.BitLen()+int(k)-1)/int(k)))
	for {
		b.Use(20 + w*w/8)
		t := new(big.Int).Exp(r, e1, nil)
		t.Quo(x, t)
		t.Add(t, new(big.Int).Mul(r, e1))
		t.Quo(t, kk)
		if t.Cmp(r) >= 0 {
			break
		}
		r = t
	}
	return r, new(big.Int).Exp(r, e, nil).Cmp(x) == 0
}

// floor returns the greatest integer not above q.
func (q Q) floor() Q {
	if q.IsInt() {
		return q
	}
	if q.big == nil {
		f := q.num / q.den
		if q.num < 0 {
			f--
		}
		return QInt(f)
	}
	return qBig(new(big.Int).Div(q.big.Num(), q.big.Denom()))
}
