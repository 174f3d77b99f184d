package loss

import (
	"math"

	"github.com/golongrl/golongrl/internal/portable"
)

// Ratios are compared with the bounds that users write, 0.5 or 3, and log-ratios
// with their logarithms. Where one lies on the other the last bit decides over a
// token, so both functions here are exact but for rounding, with the same bits on
// every machine.

// logOf is the natural logarithm of x >= 0 with an error of little more than half
// a unit in the last place. logOf(0) is -Inf.
func logOf(x float64) float64 {
	if x == 0 {
		return math.Inf(-1)
	}
	hi, lo := logParts(x)
	return hi + lo
}

// logParts is the logarithm of a positive x as a sum, with an error of about a
// hundredth of a unit in the last place of hi.
func logParts(x float64) (hi, lo float64) {
	m, exp := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m *= 2
		exp--
	}
	// log m = 2 (s + s³/3 + s⁵/5 + …) with s = (m-1)/(m+1), |s| < 0.172. The first
	// term is needed to twice the precision, the others are small beside it.
	num, den := m-1, m+1 // num is exact
	denLo := m - (den - 1)
	s := num / den
	sLo := (math.FMA(-s, den, num) - float64(s*denLo)) / den
	q := float64(s * s)
	p := 0.0
	for k := 23; k >= 3; k -= 2 {
		p = float64(p*q) + 1/float64(k)
	}
	small := 2 * (float64(float64(q*s)*p) + sLo)
	const ln2Hi, ln2Lo = 6.93147180369123816490e-01, 1.90821492927058770002e-10 // ln2Hi has 32 bits: its multiples here are exact
	k := float64(exp)
	a, b := float64(k*ln2Hi), 2*s
	hi = a + b
	if exp != 0 { // |a| > |b|
		lo = b - (hi - a)
	}
	return hi, lo + (float64(k*ln2Lo) + small)
}

// expNear is exp(x) with an error of little more than half a unit in the last
// place where the result lies next to a bound, and of one unit elsewhere.
func expNear(x float64, b Bounds) float64 { return refine(portable.Exp(x), x, b) }

// refine is expNear(x, b) for w = portable.Exp(x).
func refine(w, x float64, b Bounds) float64 {
	if w > math.MaxFloat64 || w == 0 || math.Abs(w-b.Lower) > 0x1p-51*w && math.Abs(w-b.Upper) > 0x1p-51*w {
		return w
	}
	// exp(x) = w exp(x - log w), and x - log w is tiny.
	hi, lo := logParts(w)
	return w + float64(w*((x-hi)-lo))
}
