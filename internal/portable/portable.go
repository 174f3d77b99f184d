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
	p := 1.0 / 87178291200
	for _, c := range series {
		p = float64(p*r) + c
	}
	// 1 + (r + (r² p - error of r)), added from the small end.
	tail := (hi - r) - lo
	y := 1 + (r + (float64(float64(r*r)*p) + tail))
	if k < -1000 {
		return y * math.Float64frombits(uint64(int64(k)+1000+1023)<<52) * 0x1p-1000
	}
	if k > 1000 {
		return y * math.Float64frombits(uint64(int64(k)-1000+1023)<<52) * 0x1p+1000
	}
	return y * math.Float64frombits(uint64(int64(k)+1023)<<52)
}

// series is 1/13!, 1/12!, …, 1/2!.
var series = [...]float64{
	1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320,
	1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 1.0 / 2,
}
