package main

import "math"

// scale is a value axis with round numbers at its ends and between.
type scale struct {
	min, max float64
	ticks    int
}

// scaleFor covers the values from lo to hi. It reports false if no axis can show
// them.
func scaleFor(lo, hi float64) (scale, bool) {
	if lo == hi { // one value: put it between two others
		pad := math.Abs(lo) / 2
		if pad == 0 {
			pad = 1
		}
		lo, hi = lo-pad, hi+pad
	}
	const parts = 6
	rough := (hi - lo) / parts
	if !(rough > 1e-300) || rough > 1e300 || rough < 1e-12*math.Max(math.Abs(lo), math.Abs(hi)) {
		return scale{}, false
	}
	power := math.Pow(10, math.Floor(math.Log10(rough)))
	step := 10 * power
	for _, m := range []float64{1, 2, 2.5, 5} {
		if m*power >= rough {
			step = m * power
			break
		}
	}
	from, to := math.Floor(lo/step+1e-9), math.Ceil(hi/step-1e-9)
	return scale{from * step, to * step, int(to-from) + 1}, true
}
