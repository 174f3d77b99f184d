package mathverify

import (
	"math/big"
	"strconv"
	"strings"
)

// number is an exact rational in a form that == compares:
//
//	± digits · 10^exp / den
//
// digits has no zeros at either end ("0" alone is zero, without sign, exp 0),
// den is coprime to 10 and to digits. The form is unique: den is what remains
// of the reduced denominator without its factors 2 and 5. A decimal of any
// length therefore needs no big-integer arithmetic; only fractions do.
type number struct {
	neg    bool
	digits string
	exp    int64
	den    string
}

const (
	// maxExponent is the largest power of ten that is read as a number.
	maxExponent = 10_000
	// maxFractionDigits bounds the parts of a fraction, whose reduction
	// takes quadratic time.
	maxFractionDigits = 1_000
	// maxFactorial is the largest n whose factorial is evaluated, and
	// maxPowerDigits bounds the digits of a power.
	maxFactorial   = 400
	maxPowerDigits = 1_000
)

// decimal returns whole.frac · 10^exp.
func decimal(whole, frac string, exp int64) number {
	if f := strings.TrimRight(frac, "0"); f != "" {
		frac = f
	} else {
		frac = ""
		w := strings.TrimRight(whole, "0")
		exp += int64(len(whole) - len(w))
		whole = w
	}
	exp -= int64(len(frac))
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		frac = strings.TrimLeft(frac, "0")
	}
	if whole == "" && frac == "" {
		return number{digits: "0", den: "1"}
	}
	return number{digits: whole + frac, exp: exp, den: "1"}
}

func (x number) isZero() bool { return x.digits == "0" }

// negate returns -x.
func (x number) negate() number {
	if !x.isZero() {
		x.neg = !x.neg
	}
	return x
}

// abs returns |x|.
func (x number) abs() number { x.neg = false; return x }

// scale returns x·10^n.
func (x number) scale(n int64) number {
	if !x.isZero() {
		x.exp += n
	}
	return x
}

// over returns x/y; ok is false when y is zero or a part is too long.
func (x number) over(y number) (q number, ok bool) {
	if y.isZero() || x.den != "1" || y.den != "1" ||
		len(x.digits) > maxFractionDigits || len(y.digits) > maxFractionDigits {
		return number{}, false
	}
	if x.isZero() {
		return x, true
	}
	return ratio(bigInt(x.digits), bigInt(y.digits), x.exp-y.exp, x.neg != y.neg), true
}

// small reports whether x can be written as a fraction of integers within
// twice the limit.
func (x number) small() bool {
	return len(x.digits) <= maxFractionDigits && len(x.den) <= maxFractionDigits &&
		x.exp <= maxFractionDigits && x.exp >= -maxFractionDigits
}

// fraction returns |x| as integers n/d; x must be small.
func (x number) fraction() (n, d *big.Int) {
	n, d = bigInt(x.digits), bigInt(x.den)
	if x.exp >= 0 {
		return n.Mul(n, pow(10, x.exp)), d
	}
	return n, d.Mul(d, pow(10, -x.exp))
}

// proper reports whether 0 < |x| < 1 for a small x.
func (x number) proper() bool {
	n, d := x.fraction()
	return n.Sign() > 0 && n.Cmp(d) < 0
}

// plus returns |x|+|y| for small x and y.
func (x number) plus(y number) number {
	a, b := x.fraction()
	c, d := y.fraction()
	n := new(big.Int).Mul(a, d)
	n.Add(n, c.Mul(c, b))
	return ratio(n, b.Mul(b, d), 0, false)
}

// power returns x^n for n != 0 or x != 0; ok is false when it is too long.
func (x number) power(n int64) (number, bool) {
	m := max(n, -n)
	if x.den != "1" || m > maxPowerDigits || int64(len(x.digits))*m > maxPowerDigits ||
		max(x.exp, -x.exp)*m > maxExponent {
		return number{}, false
	}
	y := decimal(new(big.Int).Exp(bigInt(x.digits), big.NewInt(m), nil).String(), "", x.exp*m)
	if n < 0 {
		return decimal("1", "", 0).over(y)
	}
	return y, true
}

// factorial returns x! for a whole x; ok is false when it is too long.
func (x number) factorial() (number, bool) {
	if x.exp < 0 || x.exp > 2 || len(x.digits) > 3 {
		return number{}, false
	}
	n := bigInt(x.digits + "00"[:x.exp]).Int64()
	if n > maxFactorial {
		return number{}, false
	}
	return decimal(new(big.Int).MulRange(1, n).String(), "", 0), true
}

// ratio puts ±n·10^exp/d, n and d positive, into the unique form.
func ratio(n, d *big.Int, exp int64, neg bool) number {
	g := new(big.Int).GCD(nil, nil, n, d)
	n, d = new(big.Int).Quo(n, g), new(big.Int).Quo(d, g)
	twos, d := strip(d, 2)
	fives, d := strip(d, 5)
	m := max(twos, fives)
	n.Mul(n, pow(2, m-twos))
	n.Mul(n, pow(5, m-fives))
	out := decimal(n.String(), "", exp-m)
	out.neg = neg
	out.den = d.String()
	return out
}

// strip divides the factor p out of d and returns how often it went.
func strip(d *big.Int, p int64) (int64, *big.Int) {
	if p == 2 {
		n := d.TrailingZeroBits()
		return int64(n), new(big.Int).Rsh(d, n)
	}
	count, div, rem := int64(0), big.NewInt(p), new(big.Int)
	for {
		q, r := new(big.Int).QuoRem(d, div, rem)
		if r.Sign() != 0 {
			return count, d
		}
		count, d = count+1, q
	}
}

func pow(b, n int64) *big.Int {
	return new(big.Int).Exp(big.NewInt(b), big.NewInt(n), nil)
}

// bigInt reads ASCII digits.
func bigInt(digits string) *big.Int {
	n, ok := new(big.Int).SetString(digits, 10)
	if !ok {
		panic("mathverify: not a digit string")
	}
	return n
}

// key returns a string that is equal for equal numbers.
func (x number) key() string {
	sign := "+"
	if x.neg {
		sign = "-"
	}
	return sign + x.digits + "e" + strconv.FormatInt(x.exp, 10) + "/" + x.den
}
