package kernels

import (
	"math"
	"unsafe"
)

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
//	m = m + (1-Beta1) (g - m)
//	v = Beta2 v + (1-Beta2) g²
//	w = w - LR/(1-Beta1^Step) m / (sqrt(v)/sqrt(1-Beta2^Step) + Eps)
//
// in the order and with the roundings of torch.optim.AdamW on a CPU, one tensor at
// a time (foreach=False): the last product of m and that of v are fused with their
// sums. The moments are equal to torch's to the last bit, in float32 and float64.
// Weights may differ in that bit, because torch's square root is not always the
// nearest number; this one is.
//
// float32 in plain Go fuses by way of float64, which rounds differently from the
// assembly once in about 2^29 times.
//
// It panics if Step is not positive or the slices differ in length.
//
// Source: Loshchilov and Hutter, arXiv 1711.05101, algorithm 2; torch 2.7.1,
// optim/adam.py, _single_tensor_adam.
func AdamW[T Float](p *Pool, w, m, v, g []T, s AdamWStep) {
	if s.Step <= 0 {
		panic("kernels: steps of AdamW are counted from 1")
	}
	if len(m) != len(w) || len(v) != len(w) || len(g) != len(w) {
		panic("kernels: AdamW of slices of different lengths")
	}
	c := newAdamW[T](s)
	p.For(len(w), piece, func(lo, hi int) {
		w, m, v, g := w[lo:hi], m[lo:hi], v[lo:hi], g[lo:hi]
		if wide[T]() && c.n1 < 0.5 {
			adamwAVX2(addr(w), addr(m), addr(v), addr(g), len(w), (*[8]float32)(unsafe.Pointer(&c)))
			return
		}
		c.step(w, m, v, g)
	})
}

// adamw holds the constants of a step, in the order of the assembly.
type adamw[T Float] struct{ scale, keep, n1, b2, n2, root, eps, move T }

func newAdamW[T Float](s AdamWStep) adamw[T] {
	return adamw[T]{
		scale: T(s.Scale),
		keep:  T(1 - s.LR*s.Decay),
		n1:    T(1 - s.Beta1),
		b2:    T(s.Beta2),
		n2:    T(1 - s.Beta2),
		root:  T(math.Sqrt(1 - math.Pow(s.Beta2, float64(s.Step)))),
		eps:   T(s.Eps),
		move:  T(-s.LR / (1 - math.Pow(s.Beta1, float64(s.Step)))),
	}
}

// Products that are not to be fused with a sum are converted, which rounds them.
func (c *adamw[T]) step(w, m, v, g []T) {
	for i, x := range g {
		x = T(x * c.scale)
		d := x - m[i]
		if c.n1 < 0.5 {
			m[i] = fma(c.n1, d, m[i])
		} else { // torch's lerp goes from the nearer end
			m[i] = fma(c.n1-1, d, x)
		}
		v[i] = fma(T(c.n2*x), x, T(c.b2*v[i]))
		root := T(math.Sqrt(float64(v[i])))
		w[i] = T(w[i]*c.keep) + T(c.move*m[i])/(root/c.root+c.eps)
	}
}

// fma returns x y + z, rounded once for float64.
func fma[T Float](x, y, z T) T {
	if unsafe.Sizeof(x) == 4 {
		return T(float64(x)*float64(y) + float64(z))
	}
	return T(math.FMA(float64(x), float64(y), float64(z)))
}
