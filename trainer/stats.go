package trainer

import "math"

// mean is 0 for no numbers.
func mean(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	var s float64
	for _, v := range x {
		s += v
	}
	return s / float64(len(x))
}

// deviation is the standard deviation with n-ddof in the denominator; 0 where
// that is not positive.
func deviation(x []float64, ddof int) float64 {
	if len(x) <= ddof {
		return 0
	}
	m, s := mean(x), 0.0
	for _, v := range x {
		s += float64((v - m) * (v - m))
	}
	return math.Sqrt(s / float64(len(x)-ddof))
}

// extreme is the largest or smallest number, 0 for none.
func extreme(x []float64, f func(a, b float64) float64) float64 {
	if len(x) == 0 {
		return 0
	}
	e := x[0]
	for _, v := range x[1:] {
		e = f(e, v)
	}
	return e
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
