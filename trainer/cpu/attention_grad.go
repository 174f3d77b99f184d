package cpu

import (
	"github.com/golongrl/golongrl/internal/kernels"
	"github.com/golongrl/golongrl/trainer/model"
)

// attentionGrad is the derivative of [attention]: dqkv, laid out as qkv, is
// overwritten by the derivative with respect to qkv of a function whose derivative
// with respect to out is dout. out and lse are what attention wrote; the weights p
// are computed again from lse:
//
//	dv_j  = sum_i p_ij dout_i
//	ds_ij = p_ij (dout_i·v_j - dout_i·out_i) / sqrt(HeadDim)
//	dq_i  = sum_j ds_ij k_j
//	dk_j  = sum_i ds_ij q_i
//
// Sums over queries run over the heads of a group within blocks of queries and
// then over the blocks, in order.
//
// Source: Dao, arXiv 2307.08691, algorithm 2, with the loops the other way round.
func attentionGrad[T kernels.Float](p *kernels.Pool, dqkv, dout, out, lse, qkv []T, start []int, cfg model.Config) {
	a := newAttn[T](cfg)
	each(p, (len(start)-1)*cfg.KVHeads, func(task int, w *attnWork[T]) {
		s, g := task/cfg.KVHeads, task%cfg.KVHeads
		for t := start[s]; t < start[s+1]; t++ {
			clear(dqkv[t*a.ldQKV+a.keyAt+g*a.d:][:a.d])
			clear(dqkv[t*a.ldQKV+a.valueAt+g*a.d:][:a.d])
		}
		for from := start[s]; from < start[s+1]; from += a.queries {
			a.backward(w, dqkv, dout, out, lse, qkv, start[s], from, min(from+a.queries, start[s+1]), g)
		}
	})
}

// backward adds what queries from to to of group g in the sequence that begins at
// first give to the keys and values, and writes what they get.
func (a *attn[T]) backward(w *attnWork[T], dqkv, dout, out, lse, qkv []T, first, from, to, g int) {
	d, ratio := a.d, a.ratio
	rows := (to - from) * ratio
	w.q, w.dout, w.o = fit(&w.q, rows*d), fit(&w.dout, rows*d), fit(&w.o, rows*d)
	w.s, w.dp = fit(&w.s, rows*largeBlock), fit(&w.dp, rows*largeBlock)
	w.sum, w.max = fit(&w.sum, rows), fit(&w.max, rows)
	q, do, dq := w.q, w.dout, w.o
	sum, shift := w.sum, w.max // dout·out and lse of each row
	a.gather(q, qkv, a.ldQKV, from, to, g)
	a.gather(do, dout, a.ldOut, from, to, g)
	for i := range to - from {
		for r := range ratio {
			row, h := i*ratio+r, g*ratio+r
			sum[row] = kernels.Dot(do[row*d:][:d], out[(from+i)*a.ldOut+h*d:][:d])
			shift[row] = lse[(from+i)*a.heads+h]
		}
	}
	for at := 0; first+at < to; at += keyBlock(at) {
		keys := min(keyBlock(at), to-first-at)
		r0 := max(0, first+at-from) * ratio
		m := rows - r0
		k := (first+at)*a.ldQKV + a.keyAt + g*d
		v := (first+at)*a.ldQKV + a.valueAt + g*d
		kernels.Gemm(nil, false, true, m, keys, d, q[r0*d:], d, qkv[k:], a.ldQKV, false, w.s, keys)
		kernels.Gemm(nil, false, true, m, keys, d, do[r0*d:], d, qkv[v:], a.ldQKV, false, w.dp, keys)
		for r := range m {
			pr, ds := w.s[r*keys:][:keys], w.dp[r*keys:][:keys]
			n := min(keys, from+(r0+r)/ratio-first-at+1)
			kernels.ExpShift(pr[:n], pr[:n], a.scale, shift[r0+r])
			clear(pr[n:])
			clear(ds[n:])
			mean := sum[r0+r]
			for j, x := range pr[:n] {
				ds[j] = x * (ds[j] - mean) * a.scale
			}
		}
		kernels.Gemm(nil, true, false, keys, d, m, w.s, keys, do[r0*d:], d, true, dqkv[v:], a.ldQKV)
		kernels.Gemm(nil, true, false, keys, d, m, w.dp, keys, q[r0*d:], d, true, dqkv[k:], a.ldQKV)
		kernels.Gemm(nil, false, false, m, d, keys, w.dp, keys, qkv[k:], a.ldQKV, at > 0, dq[r0*d:], d)
	}
	n := ratio * d
	for i := range to - from {
		copy(dqkv[(from+i)*a.ldQKV+g*n:][:n], dq[i*n:][:n])
	}
}
