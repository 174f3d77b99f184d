package ops

import "github.com/golongrl/golongrl/trainer/cuda/internal/gpu"

// RMSNorm computes, for each of rows of d elements,
//
//	y = x rstd w     rstd = 1/sqrt(mean(x²) + eps)
//
// rstd is f32, [rows], or 0 if nobody wants it.
func (q *Queue) RMSNorm(y, x, w, rstd gpu.Ptr, rows, d int, eps float64) { panic("ops: to be written") }

// AddRMSNorm computes sum = a + b and then y as RMSNorm does of sum, as it is
// rounded to the queue's type. sum may be a or b.
func (q *Queue) AddRMSNorm(sum, y, a, b, w, rstd gpu.Ptr, rows, d int, eps float64) {
	panic("ops: to be written")
}

// RMSNormGrad computes the derivatives of RMSNorm: dx, to which it is added with
// accumulate, and dw, f32, [d], to which it is added. rstd is read.
func (q *Queue) RMSNormGrad(dx gpu.Ptr, accumulate bool, dw, dy, x, w, rstd gpu.Ptr, rows, d int) {
	panic("ops: to be written")
}

// Rope is the tables of rotation: cos and sin are f32, [positions, D/2]; pos is
// i32, [tokens].
type Rope struct{ Cos, Sin, Pos gpu.Ptr }

// NormRope normalises every head of the queries and keys in rows of qkv,
// [n, (Q+2 KV) D], with weights wq and wk, [D], and rotates it: element i of a
// head is paired with element i + D/2. The result is qk, [n, (Q+KV) D]; rstd is
// f32, [n, Q+KV].
func (q *Queue) NormRope(qk, qkv, wq, wk, rstd gpu.Ptr, r Rope, n int, s gpu.Heads, eps float64) {
	panic("ops: to be written")
}

// NormRopeGrad is the gradient of NormRope. On entry dqkv, [n, (Q+2 KV) D], holds
// the derivatives with respect to qk and the values; those of the first (Q+KV) D
// columns are replaced by the derivatives with respect to qkv. dwq and dwk, f32,
// are added to.
func (q *Queue) NormRopeGrad(dqkv, qkv, wq, wk, rstd gpu.Ptr, r Rope, dwq, dwk gpu.Ptr, n int, s gpu.Heads) {
	panic("ops: to be written")
}

// SwiGLU computes act = silu(gate) up of gu, [rows, 2f], gates first in each row.
// act is [rows, f].
func (q *Queue) SwiGLU(act, gu gpu.Ptr, rows, f int) { panic("ops: to be written") }

// SwiGLUGrad computes the derivative with respect to gu from that with respect to
// act, and act again. dgu may be gu, and dact may be act: each is overwritten
// where it was read.
func (q *Queue) SwiGLUGrad(dgu, act, dact, gu gpu.Ptr, rows, f int) { panic("ops: to be written") }

// Embed writes rows tokens (i32, [n]) of table to x, [n, h].
func (q *Queue) Embed(x, table, tokens gpu.Ptr, n, h int) { panic("ops: to be written") }

// EmbedGrad adds rows of dx to rows of dtable, f32: those numbered
// order[first[i]] to order[first[i+1]-1], in that order, to row ids[i], for i below
// distinct. order, first and ids are i32. No row of dtable appears twice in ids.
func (q *Queue) EmbedGrad(dtable, dx, order, first, ids gpu.Ptr, distinct, h int) {
	panic("ops: to be written")
}

// Gather writes rows index (i32, [rows]) of src, of d elements, one behind the
// other to dst.
func (q *Queue) Gather(dst, src, index gpu.Ptr, rows, d int) { panic("ops: to be written") }

// Scatter writes the rows of src to rows index of dst, which are distinct.
func (q *Queue) Scatter(dst, src, index gpu.Ptr, rows, d int) { panic("ops: to be written") }

// Add adds n elements of src to dst.
func (q *Queue) Add(dst, src gpu.Ptr, n int) { panic("ops: to be written") }

// Cast converts n elements, to the nearest, ties to even.
func (q *Queue) Cast(dst gpu.Ptr, to gpu.Type, src gpu.Ptr, from gpu.Type, n int) {
	panic("ops: to be written")
}
