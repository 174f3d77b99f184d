package kernels

import "math"

// RMSNorm normalises heads vectors of d elements in every one of rows rows:
//
//	rstd = 1/sqrt(mean(x²) + eps)
//	y_i  = x_i rstd w_i
//
// Vector h of row t is x[t*ldx+h*d:][:d] and goes to y[t*ldy+h*d:][:d]; its rstd
// goes to rstd[t*heads+h] unless rstd is nil. y may be x.
func RMSNorm[T Float](p *Pool, y []T, ldy int, x []T, ldx int, w, rstd []T, rows, heads, d int, eps float64) {
	p.For(rows, 16, func(lo, hi int) {
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
	})
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
	blocks := (rows + block - 1) / block
	part := make([]T, blocks*d)
	p.For(blocks, 1, func(lo, hi int) {
		for b := lo; b < hi; b++ {
			sum := part[b*d:][:d]
			for t := b * block; t < min((b+1)*block, rows); t++ {
				for h := range heads {
					xs, dys, dxs := x[t*ldx+h*d:][:d], dy[t*lddy+h*d:][:d], dx[t*lddx+h*d:][:d]
					r := rstd[t*heads+h]
					var s T
					for i, g := range dys {
						s += g * w[i] * xs[i]
						sum[i] += g * xs[i] * r
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
	})
	for b := range blocks {
		for i, v := range part[b*d:][:d] {
			dw[i] += v
		}
	}
}

// Rope rotates heads vectors of d elements in every row in place, by the angles
// of the row's position: with c = cos[pos*(d/2)+i] and s alike,
//
//	x_i, x_{i+d/2} = x_i c - x_{i+d/2} s,  x_{i+d/2} c + x_i s      for i < d/2
//
// which is the layout of Llama and Qwen. With inverse it rotates backward, which
// is also the derivative.
func Rope[T Float](p *Pool, x []T, ld int, cos, sin []T, pos []int32, rows, heads, d int, inverse bool) {
	half := d / 2
	p.For(rows, 16, func(lo, hi int) {
		for t := lo; t < hi; t++ {
			cs, ss := cos[int(pos[t])*half:][:half], sin[int(pos[t])*half:][:half]
			for h := range heads {
				u, v := x[t*ld+h*d:][:half], x[t*ld+h*d+half:][:half]
				for i := range half {
					a, b, s := u[i], v[i], ss[i]
					if inverse {
						s = -s
					}
					u[i], v[i] = a*cs[i]-b*s, b*cs[i]+a*s
				}
			}
		}
	})
}

// SwiGLU computes y = silu(gate) up from gu, whose rows are f gates and then f
// ups; silu(x) = x/(1 + exp(-x)). y has leading dimension f.
func SwiGLU[T Float](p *Pool, y, gu []T, rows, f int) {
	p.For(rows, 4, func(lo, hi int) {
		for t := lo; t < hi; t++ {
			g, u, ys := gu[t*2*f:][:f], gu[t*2*f+f:][:f], y[t*f:][:f]
			for i, x := range g {
				ys[i] = x / (1 + T(math.Exp(-float64(x)))) * u[i]
			}
		}
	})
}

// SwiGLUGrad is the derivative of [SwiGLU]; it overwrites dgu, which may be gu.
// If y is not nil it receives silu(gate) up once more, for callers that did not
// keep it.
func SwiGLUGrad[T Float](p *Pool, dgu, y, dy, gu []T, rows, f int) {
	p.For(rows, 4, func(lo, hi int) {
		for t := lo; t < hi; t++ {
			g, u, dys := gu[t*2*f:][:f], gu[t*2*f+f:][:f], dy[t*f:][:f]
			dg, du := dgu[t*2*f:][:f], dgu[t*2*f+f:][:f]
			for i, x := range g {
				s := 1 / (1 + T(math.Exp(-float64(x))))
				silu, up, d := x*s, u[i], dys[i]
				if y != nil {
					y[t*f+i] = silu * up
				}
				du[i] = d * silu
				dg[i] = d * up * (s + silu*(1-s))
			}
		}
	})
}

// LogSoftmax reads rows rows of n logits, multiplied by scale (the inverse of
// the temperature), and writes per row
//
//	lse     = log sum_j exp(scale logit_j)
//	logp    = scale logit_target - lse
//	entropy = lse - sum_j p_j scale logit_j         in nats
//
// The logits stay as they are. entropy may be nil.
func LogSoftmax[T Float](p *Pool, logits []T, ld, rows, n int, scale float64, target []int32, lse, logp, entropy []float64) {
	p.For(rows, 4, func(lo, hi int) {
		for t := lo; t < hi; t++ {
			row := logits[t*ld:][:n]
			m := row[0]
			for _, v := range row {
				m = max(m, v)
			}
			var sum, dot float64
			for _, v := range row {
				z := scale * float64(v-m)
				e := math.Exp(z)
				sum += e
				dot += e * z
			}
			l := math.Log(sum)
			lse[t] = scale*float64(m) + l
			logp[t] = scale*float64(row[target[t]]-m) - l
			if entropy != nil {
				entropy[t] = l - dot/sum
			}
		}
	})
}

// LogSoftmaxGrad overwrites the logits of every row by the derivative with
// respect to them of a function of logp and entropy of that row, whose
// derivatives are dlogp and dentropy (nil: 0):
//
//	scale (dlogp (1[j = target] - p_j) - dentropy p_j (log p_j + entropy))
//
// lse and entropy are what [LogSoftmax] wrote.
func LogSoftmaxGrad[T Float](p *Pool, logits []T, ld, rows, n int, scale float64, target []int32, lse, entropy, dlogp, dentropy []float64) {
	p.For(rows, 4, func(lo, hi int) {
		for t := lo; t < hi; t++ {
			row := logits[t*ld:][:n]
			for j, v := range row {
				lp := scale*float64(v) - lse[t]
				g := -dlogp[t]
				if dentropy != nil && dentropy[t] != 0 {
					g -= dentropy[t] * (lp + entropy[t])
				}
				row[j] = T(scale * g * math.Exp(lp))
			}
			row[target[t]] += T(scale * dlogp[t])
		}
	})
}
