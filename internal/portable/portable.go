// Package portable holds elementary functions that give the same bits on every
// machine. Those of package math are assembly on some platforms, and the
// compiler may fuse their multiplications and additions on others.
package portable

import "math"

const (
	ln2Hi = 6.93147180369123816490e-01 // the upper 32 bits of ln 2: k ln2Hi is exact
	ln2Lo = 1.90821492927058770002e-10
)

// Exp is e to the power of x with an error below one unit in the last place.
//
// Special cases: Exp(NaN) is NaN, Exp(+Inf) is +Inf, Exp(-Inf) is 0; results
// beyond the range of float64 are +Inf and 0.
func Exp(x float64) float64 {
	switch {
	case x != x || x > 709.782712893384:
		return x + math.Inf(1)
	case x < -745.1332191019412:
		return 0
	}
	k := math.Floor(float64(x*math.Log2E) + 0.5)
	hi, lo := x-float64(k*ln2Hi), float64(k*ln2Lo)
	r := hi - lo
	// |r| <= ln2/2. The series of (exp(r)-1-r)/r² to r^12: what is left out is
	// below 2^-60 of the sum.
	// Pairs, then pairs of pairs: a chain of thirteen steps would keep the
	// processor waiting.
	r2 := float64(r * r)
	r4 := float64(r2 * r2)
	p := float64(pair(12, r)*r4) + (float64(pair(10, r)*r2) + pair(8, r))
	p = float64(p*r4) + (float64(pair(6, r)*r2) + pair(4, r))
	p = float64(p*r4) + (float64(pair(2, r)*r2) + pair(0, r))
	// 1 + (r + (r² p - error of r)), added from the small end.
	tail := (hi - r) - lo
	y := 1 + (r + (float64(r2*p) + tail))
	if k < -1000 {
		return y * math.Float64frombits(uint64(int64(k)+1000+1023)<<52) * 0x1p-1000
	}
	if k > 1000 {
		return y * math.Float64frombits(uint64(int64(k)-1000+1023)<<52) * 0x1p+1000
	}
	return y * math.Float64frombits(uint64(int64(k)+1023)<<52)
}

// pair is the terms k and k+1 of the series, 1/(k+2)! + r/(k+3)!.
func pair(k int, r float64) float64 { return float64(series[k+1]*r) + series[k] }

// series is 1/2!, 1/3!, …; what ends it is 0 for a pair of its own.
var series = [...]float64{
	1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5040, 1.0 / 40320, 1.0 / 362880,
	1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800, 1.0 / 87178291200, 0,
}
