package kernels

import "math"

// SwiGLU computes y = silu(gate) up from gu, whose rows are f gates and then f
// ups; silu(x) = x/(1 + exp(-x)). y has leading dimension f. A gate of -1e4 gives
// 0; one of -Inf gives NaN, as it does in torch.
//
// Source: Shazeer, arXiv 2002.05202, section 2.
func SwiGLU[T Float](p *Pool, y, gu []T, rows, f int) {
	p.For(rows, grain(f), func(lo, hi int) {
		for t := lo; t < hi; t++ {
			g, u, ys := gu[t*2*f:][:f], gu[t*2*f+f:][:f], y[t*f:][:f]
			if wide[T]() {
				swigluAVX2(addr(ys), addr(g), addr(u), f)
			} else {
				swigluPortable(ys, g, u)
			}
		}
	})
}

func swigluPortable[T Float](y, gate, up []T) {
	for i, x := range gate {
		y[i] = x * sigmoid(x) * up[i]
	}
}

func sigmoid[T Float](x T) T { return T(1 / (1 + math.Exp(-float64(x)))) }

// SwiGLUGrad is the derivative of [SwiGLU]; it overwrites dgu, which may be gu:
//
//	dup   = dy silu(gate)
//	dgate = dy up s (1 + gate (1-s))      with s = 1/(1 + exp(-gate))
//
// If y is not nil it receives silu(gate) up once more, to the bit, for callers
// that did not keep it.
func SwiGLUGrad[T Float](p *Pool, dgu, y, dy, gu []T, rows, f int) {
	p.For(rows, grain(f), func(lo, hi int) {
		for t := lo; t < hi; t++ {
			g, u, d := gu[t*2*f:][:f], gu[t*2*f+f:][:f], dy[t*f:][:f]
			dg, du := dgu[t*2*f:][:f], dgu[t*2*f+f:][:f]
			var ys []T
			if y != nil {
				ys = y[t*f:][:f]
			}
			if wide[T]() {
				swigluGradAVX2(addr(dg), addr(du), addr(ys), addr(d), addr(g), addr(u), f)
			} else {
				swigluGradPortable(dg, du, ys, d, g, u)
			}
		}
	})
}

func swigluGradPortable[T Float](dgate, dup, y, dy, gate, up []T) {
	for i, x := range gate {
		s := sigmoid(x)
		silu, u, d := x*s, up[i], dy[i]
		if y != nil {
			y[i] = silu * u
		}
		dup[i] = d * silu
		dgate[i] = d * u * (s + silu*(1-s))
	}
}
