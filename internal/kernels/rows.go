package kernels

import (
	"math"
	"sync"
)

// RMSNorm normalises heads vectors of d elements in every one of rows rows:
//
//	rstd = 1/sqrt(mean(x²) + eps)
//	y_i  = x_i rstd w_i
//
// Vector h of row t is x[t*ldx+h*d:][:d] and goes to y[t*ldy+h*d:][:d]; its rstd
// goes to rstd[t*heads+h] unless rstd is nil. y may be x. Squares are summed in T.
// A vector with NaN in it gives NaNs; one of zeros with eps 0, too.
func RMSNorm[T Float](p *Pool, y []T, ldy int, x []T, ldx int, w, rstd []T, rows, heads, d int, eps float64) {
	w = w[:d]
	p.For(rows, grain(heads*d), func(lo, hi int) {
		if !wide[T]() {
			rmsNormPortable(y, ldy, x, ldx, w, rstd, lo, hi, heads, d, eps)
			return
		}
		if heads == 1 { // one call for all rows
			var r *float32
			if rstd != nil {
				r = addr(rstd[lo:hi])
			}
			rmsNormAVX2(addr(strip(y, ldy, lo, hi, d)), addr(strip(x, ldx, lo, hi, d)), addr(w), r, hi-lo, d, ldy, ldx, eps)
			return
		}
		for t := lo; t < hi; t++ {
			var r *float32
			if rstd != nil {
				r = addr(rstd[t*heads:][:heads])
			}
			rmsNormAVX2(addr(y[t*ldy:][:heads*d]), addr(x[t*ldx:][:heads*d]), addr(w), r, heads, d, d, d, eps)
		}
	})
}

// grain returns how many rows of width elements are worth waking a worker for.
func grain(width int) int { return max(1, piece/max(width, 1)) }

// strip returns rows lo to hi, hi excluded, of width elements each.
func strip[T Float](x []T, ld, lo, hi, width int) []T {
	return x[lo*ld : (hi-1)*ld+width]
}

func rmsNormPortable[T Float](y []T, ldy int, x []T, ldx int, w, rstd []T, lo, hi, heads, d int, eps float64) {
	for t := lo; t < hi; t++ {
		for h := range heads {
			xs, ys := x[t*ldx+h*d:][:d], y[t*ldy+h*d:][:d]
			var s T
			for _, v := range xs {
				s += v * v
			}
			r := T(1 / math.Sqrt(float64(s)/float64(d)+eps))
			for i, v := range xs {
				ys[i] = v * r * w[i]
			}
			if rstd != nil {
				rstd[t*heads+h] = r
			}
		}
	}
}

// RMSNormGrad is the derivative of [RMSNorm]. It adds to dx, laid out as x, if
// addX is set and overwrites it otherwise, and adds to dw:
//
//	dx_i  = rstd (w_i dy_i - x_i rstd² mean(w x dy))
//	dw_i += sum over vectors of dy_i x_i rstd
//
// dx may be dy if addX is not set. rstd is what RMSNorm wrote.
func RMSNormGrad[T Float](p *Pool, dx []T, lddx int, addX bool, dw []T, dy []T, lddy int, x []T, ldx int, w, rstd []T, rows, heads, d int) {
	// Sums over rows are taken per block of rows and then over blocks in order.
	const block = 64
	w, dw = w[:d], dw[:d]
	blocks := (rows + block - 1) / block
	part := borrow[T](blocks * d)
	sums := *part
	p.For(blocks, grain(block*heads*d), func(lo, hi int) {
		for b := lo; b < hi; b++ {
			from, to, sum := b*block, min((b+1)*block, rows), sums[b*d:][:d]
			if wide[T]() {
				rmsNormGradWide(dx, lddx, addX, sum, dy, lddy, x, ldx, w, rstd, from, to, heads, d)
			} else {
				rmsNormGradPortable(dx, lddx, addX, sum, dy, lddy, x, ldx, w, rstd, from, to, heads, d)
			}
		}
	})
	for b := range blocks {
		for i, v := range sums[b*d:][:d] {
			dw[i] += v
		}
	}
	giveBack(part)
}

func rmsNormGradWide[T Float](dx []T, lddx int, addX bool, dw []T, dy []T, lddy int, x []T, ldx int, w, rstd []T, lo, hi, heads, d int) {
	add := 0
	if addX {
		add = 1
	}
	if heads == 1 {
		rmsNormGradAVX2(addr(strip(dx, lddx, lo, hi, d)), addr(dw), addr(strip(dy, lddy, lo, hi, d)), addr(strip(x, ldx, lo, hi, d)),
			addr(w), addr(rstd[lo:hi]), hi-lo, d, lddx, lddy, ldx, add)
		return
	}
	n := heads * d
	for t := lo; t < hi; t++ {
		rmsNormGradAVX2(addr(dx[t*lddx:][:n]), addr(dw), addr(dy[t*lddy:][:n]), addr(x[t*ldx:][:n]),
			addr(w), addr(rstd[t*heads:][:heads]), heads, d, d, d, d, add)
	}
}

func rmsNormGradPortable[T Float](dx []T, lddx int, addX bool, dw []T, dy []T, lddy int, x []T, ldx int, w, rstd []T, lo, hi, heads, d int) {
	for t := lo; t < hi; t++ {
		for h := range heads {
			xs, dys, dxs := x[t*ldx+h*d:][:d], dy[t*lddy+h*d:][:d], dx[t*lddx+h*d:][:d]
			r := rstd[t*heads+h]
			var s T
			for i, g := range dys {
				s += g * xs[i] * w[i]
				dw[i] += g * xs[i] * r
			}
			s *= r * r / T(d)
			for i, g := range dys {
				v := r * (g*w[i] - xs[i]*s)
				if addX {
					v += dxs[i]
				}
				dxs[i] = v
			}
		}
	}
}

// Partial sums, kept between calls.
var parts32, parts64 sync.Pool

func partsOf[T Float]() *sync.Pool {
	var z T
	if _, ok := any(z).(float32); ok {
		return &parts32
	}
	return &parts64
}

// borrow returns n zeros.
func borrow[T Float](n int) *[]T {
	s, _ := partsOf[T]().Get().(*[]T)
	if s == nil {
		s = new([]T)
	}
	if cap(*s) < n {
		*s = make([]T, n)
	}
	*s = (*s)[:n]
	clear(*s)
	return s
}

func giveBack[T Float](s *[]T) { partsOf[T]().Put(s) }

// Rope rotates heads vectors of d elements in every row in place, by the angles
// of the row's position: with c = cos[pos*(d/2)+i] and s alike,
//
//	x_i, x_{i+d/2} = x_i c - x_{i+d/2} s,  x_{i+d/2} c + x_i s      for i < d/2
//
// which is the layout of Llama and Qwen. With inverse it rotates backward, which
// is also the derivative.
//
// Source: Su et al., arXiv 2104.09864, section 3.4.2.
func Rope[T Float](p *Pool, x []T, ld int, cos, sin []T, pos []int32, rows, heads, d int, inverse bool) {
	half := d / 2
	var flip uint32
	if inverse {
		flip = 1 << 31
	}
	p.For(rows, grain(heads*d), func(lo, hi int) {
		for t := lo; t < hi; t++ {
			v, c, s := x[t*ld:][:heads*d], cos[int(pos[t])*half:][:half], sin[int(pos[t])*half:][:half]
			if wide[T]() {
				ropeAVX2(addr(v), addr(c), addr(s), heads, d, half, flip)
			} else {
				ropePortable(v, c, s, heads, d, inverse)
			}
		}
	})
}

func ropePortable[T Float](x, cos, sin []T, heads, d int, inverse bool) {
	half := d / 2
	for h := range heads {
		u, v := x[h*d:][:half], x[h*d+half:][:half]
		for i, a := range u {
			b, c, s := v[i], cos[i], sin[i]
			if inverse {
				s = -s
			}
			u[i], v[i] = a*c-b*s, b*c+a*s
		}
	}
}
