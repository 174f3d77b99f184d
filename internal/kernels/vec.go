package kernels

import "math"

// Add adds x to dst.
func Add[T Float](p *Pool, dst, x []T) {
	p.For(len(dst), 4096, func(lo, hi int) {
		d, s := dst[lo:hi], x[lo:hi]
		for i, v := range s {
			d[i] += v
		}
	})
}

// Exp writes exp(x_i) to dst_i; dst may be x. Arguments whose exponential is
// below the smallest normal float32 give 0, -Inf gives 0, +Inf and overflow +Inf,
// NaN NaN. The float32 error is at most 2 units in the last place.
func Exp[T Float](dst, x []T) {
	for i, v := range x {
		dst[i] = T(math.Exp(float64(v)))
	}
}

// Dot returns the sum of x_i y_i.
func Dot[T Float](x, y []T) T {
	var s T
	for i, v := range x {
		s += v * y[i]
	}
	return s
}

// Axpy adds a x to dst.
func Axpy[T Float](dst []T, a T, x []T) {
	for i, v := range x {
		dst[i] += a * v
	}
}

// SumSquares returns the sum of x_i², in float64, over blocks of fixed size
// whose sums are added in order. NaN and Inf come through.
func SumSquares[T Float](p *Pool, x []T) float64 {
	const block = 1 << 14
	part := make([]float64, (len(x)+block-1)/block)
	p.For(len(part), 1, func(lo, hi int) {
		for b := lo; b < hi; b++ {
			var s float64
			for _, v := range x[b*block : min((b+1)*block, len(x))] {
				s += float64(v) * float64(v)
			}
			part[b] = s
		}
	})
	var s float64
	for _, v := range part {
		s += v
	}
	return s
}

// AdamWStep is what one step of AdamW needs beside the tensors.
type AdamWStep struct {
	LR, Beta1, Beta2, Eps, Decay float64
	Step                         int     // from 1, for the bias correction
	Scale                        float64 // the gradient is multiplied by it first: clipping
}

// AdamW updates weights w and moments m and v by the gradient g:
//
//	g = Scale g
//	w = w - LR Decay w
//	m = Beta1 m + (1-Beta1) g
//	v = Beta2 v + (1-Beta2) g²
//	w = w - LR/(1-Beta1^Step) m / (sqrt(v)/sqrt(1-Beta2^Step) + Eps)
//
// in the order and with the roundings of torch.optim.AdamW.
//
// Source: Loshchilov and Hutter, arXiv 1711.05101, algorithm 2.
func AdamW[T Float](p *Pool, w, m, v, g []T, s AdamWStep) {
	c1 := 1 - math.Pow(s.Beta1, float64(s.Step))
	c2 := math.Sqrt(1 - math.Pow(s.Beta2, float64(s.Step)))
	b1, b2, n1, n2 := T(s.Beta1), T(s.Beta2), T(1-s.Beta1), T(1-s.Beta2)
	keep, step, eps, scale, root := T(1-s.LR*s.Decay), T(s.LR/c1), T(s.Eps), T(s.Scale), T(c2)
	p.For(len(w), 4096, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			x := g[i] * scale
			m[i] = b1*m[i] + n1*x
			v[i] = b2*v[i] + n2*x*x
			w[i] = w[i]*keep - step*m[i]/(T(math.Sqrt(float64(v[i])))/root+eps)
		}
	})
}
