package kernels

import (
	"math"
	"unsafe"
)

// ExpShift writes
//
//	dst_i = exp(scale src_i - shift)
//
// and returns the sum of dst: the step of a softmax with the maximum shift. dst
// may be src. The sum is 0 if src is empty, and its order depends on the length
// alone. A src_i of -Inf gives 0 if scale is positive and shift finite; NaN gives
// NaN. In float32 the error is at most 2 units in the last place of the exponential
// of the rounded argument, results below the smallest normal number are 0, and
// overflow is +Inf. It panics if dst is shorter than src.
func ExpShift[T Float](dst, src []T, scale, shift T) T {
	dst = dst[:len(src)]
	if wide[T]() {
		return T(expAVX2(addr(dst), addr(src), len(src), float32(scale), float32(shift)))
	}
	return expShiftPortable(dst, src, scale, shift)
}

func expShiftPortable[T Float](dst, src []T, scale, shift T) T {
	var sum T
	for i, v := range src {
		e := math.Exp(float64(fma(scale, v, -shift)))
		if unsafe.Sizeof(v) == 4 && e < 0x1p-126 {
			e = 0
		}
		dst[i] = T(e)
		sum += dst[i]
	}
	return sum
}

// LogSoftmax reads rows rows of n logits, multiplied by scale (the inverse of
// the temperature), and writes per row
//
//	lse     = log sum_j exp(scale logit_j)
//	logp    = scale logit_target - lse
//	entropy = lse - sum_j p_j scale logit_j         in nats
//
// The logits stay as they are. entropy may be nil.
//
// Sums are float64; exponentials have the precision of T, and in float32 those
// below 2^-126 of the largest count as 0. A logit of -Inf has probability 0 and
// adds nothing to the entropy. NaN and +Inf among the logits, or -Inf only, make
// the row's results NaN. It panics if scale is not positive and finite.
func LogSoftmax[T Float](p *Pool, logits []T, ld, rows, n int, scale float64, target []int32, lse, logp, entropy []float64) {
	checkScale(scale)
	p.For(rows, grain(n), func(lo, hi int) {
		for t := lo; t < hi; t++ {
			row := logits[t*ld:][:n]
			m := MaxOf(row)
			var sum, dot float64
			if wide[T]() {
				sum, dot = softmaxWide(row, float32(m), scale)
			} else {
				sum, dot = softmaxPortable(row, float64(m), scale)
			}
			l := math.Log(sum)
			lse[t] = scale*float64(m) + l
			logp[t] = scale*(float64(row[target[t]])-float64(m)) - l
			if entropy != nil {
				entropy[t] = l - dot/sum
			}
		}
	})
}

func checkScale(scale float64) {
	if !(scale > 0) || math.IsInf(scale, 1) {
		panic("kernels: the scale of logits is not positive and finite")
	}
}

// softmaxPortable returns the sums of e = exp(z) and of e z, z = scale (x_i - m).
func softmaxPortable[T Float](x []T, m, scale float64) (sum, dot float64) {
	for _, v := range x {
		z := scale * (float64(v) - m)
		e := math.Exp(z)
		if e == 0 {
			continue // z may be -Inf
		}
		sum += e
		dot += e * z
	}
	return sum, dot
}

func softmaxWide[T Float](x []T, m float32, scale float64) (sum, dot float64) {
	// What is so far below the maximum has probability 0; the bound keeps it finite.
	const far = 120
	low := -min(far/scale, math.MaxFloat32)
	hi := float32(scale)
	c := [4]float32{m, float32(low), hi, float32(scale - float64(hi))}
	return softmaxAVX2(addr(x), len(x), &c)
}

// LogSoftmaxGrad overwrites the logits of every row by the derivative with
// respect to them of a function of logp and entropy of that row, whose
// derivatives are dlogp and dentropy (nil: 0):
//
//	scale (dlogp (1[j = target] - p_j) - dentropy p_j (log p_j + entropy))
//
// lse and entropy are what [LogSoftmax] wrote; entropy is not read where dentropy
// is 0. A logit of -Inf has derivative 0. Rows whose results were NaN become NaN.
// It panics if scale is not positive and finite.
func LogSoftmaxGrad[T Float](p *Pool, logits []T, ld, rows, n int, scale float64, target []int32, lse, entropy, dlogp, dentropy []float64) {
	checkScale(scale)
	p.For(rows, grain(n), func(lo, hi int) {
		for t := lo; t < hi; t++ {
			row, at := logits[t*ld:][:n], target[t]
			g := rowGrad{scale: scale, lse: lse[t], dlogp: dlogp[t]}
			if dentropy != nil && dentropy[t] != 0 {
				g.dentropy, g.entropy = dentropy[t], entropy[t]
			}
			own := T(g.target(scale*float64(row[at]) - g.lse))
			if wide[T]() {
				softmaxGradWide(row, g)
			} else {
				softmaxGradPortable(row, g)
			}
			row[at] = own
		}
	})
}

// A rowGrad is what the derivatives of a row depend on.
type rowGrad struct{ scale, lse, dlogp, dentropy, entropy float64 }

// target returns the derivative with respect to the target, whose log-probability
// is lp. 1-p does not cancel.
func (g rowGrad) target(lp float64) float64 {
	p := math.Exp(lp)
	rest := 1 - p
	if p > 0.5 {
		rest = -math.Expm1(lp)
	}
	d := g.dlogp * rest
	if p != 0 {
		d -= g.dentropy * p * (lp + g.entropy)
	}
	return g.scale * d
}

// softmaxGradPortable writes the derivatives of elements other than the target.
func softmaxGradPortable[T Float](x []T, g rowGrad) {
	for j, v := range x {
		lp := g.scale*float64(v) - g.lse
		p := math.Exp(lp)
		if p == 0 { // lp may be -Inf
			x[j] = 0
			continue
		}
		x[j] = T(-g.scale * p * (g.dlogp + g.dentropy*(lp+g.entropy)))
	}
}

func softmaxGradWide[T Float](x []T, g rowGrad) {
	scale, lse := float32(g.scale), float32(g.lse)
	c := [7]float32{
		scale, float32(g.scale - float64(scale)),
		lse, float32(g.lse - float64(lse)),
		float32(-g.scale * g.dlogp), float32(-g.scale * g.dentropy), float32(g.entropy),
	}
	softmaxGradAVX2(addr(x), len(x), &c)
}
