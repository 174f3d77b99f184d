package ops

import (
	"fmt"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// Rope is the tables of rotation: cos and sin are f32, [positions, D/2]; pos is
// i32, [tokens].
type Rope struct{ Cos, Sin, Pos gpu.Ptr }

// NormRope normalises every head of the queries and keys in rows of qkv,
// [n, (Q+2 KV) D], with weights wq and wk, [D], and rotates it: element i of a
// head is paired with element i + D/2. The result is qk, [n, (Q+KV) D]; rstd is
// f32, [n, Q+KV], or 0 if nobody wants it. It moves 2 n (Q+KV) D elements.
//
// D is even and at most 256, here and in NormRopeGrad; others are an error.
func (q *Queue) NormRope(qk, qkv, wq, wk, rstd gpu.Ptr, r Rope, n int, s gpu.Heads, eps float64) {
	lanes := q.lanes(s)
	if n == 0 || lanes == 0 {
		return
	}
	heads := s.Q + s.KV
	share := max(1, 768/(heads*lanes)) // of tokens, for a block
	q.run("norm_rope_"+q.Type.String(), gpu.Dim{ceil(n, share)}, gpu.Dim{256}, 0,
		uint64(qk), uint64(qkv), uint64(wq), uint64(wk), uint64(rstd), uint64(r.Cos), uint64(r.Sin), uint64(r.Pos),
		gpu.Int(n), gpu.Int(s.Q), gpu.Int(s.KV), gpu.Int(s.D), gpu.Float(eps), gpu.Int(lanes), gpu.Int(share))
}

// NormRopeGrad is the gradient of NormRope. On entry dqkv, [n, (Q+2 KV) D], holds
// the derivatives with respect to qk and the values; those of the first (Q+KV) D
// columns are replaced by the derivatives with respect to qkv. dwq and dwk, f32, are
// added to with accumulate, else stored. It moves 3 n (Q+KV) D elements.
func (q *Queue) NormRopeGrad(dqkv, qkv, wq, wk, rstd gpu.Ptr, r Rope, dwq, dwk gpu.Ptr, accumulate bool, n int, s gpu.Heads) {
	lanes := q.lanes(s)
	if n == 0 || lanes == 0 {
		return
	}
	// A group of lanes has about four heads at least, and blocks are not so many
	// that their sums are a burden.
	blocks := min(ceil(n*s.Q*lanes, 1024), n, 528)
	part := q.temp(2 * int64(blocks) * int64(s.D) * 4)
	q.run("norm_rope_grad_"+q.Type.String(), gpu.Dim{blocks, 2}, gpu.Dim{256}, 0,
		uint64(dqkv), uint64(part), uint64(qkv), uint64(wq), uint64(wk), uint64(rstd),
		uint64(r.Cos), uint64(r.Sin), uint64(r.Pos),
		gpu.Int(n), gpu.Int(s.Q), gpu.Int(s.KV), gpu.Int(s.D), gpu.Int(lanes))
	q.addColumns(dwq, dwk, accumulate, part, blocks, s.D)
}

// lanes returns how many threads have a head, a power of two that is at most 32,
// or 0 and makes the queue fail.
func (q *Queue) lanes(s gpu.Heads) int {
	if s.D < 2 || s.D%2 != 0 || s.D > 256 || s.Q < 1 || s.KV < 1 {
		q.Fail(fmt.Errorf("cuda: rotation of %d query heads and %d of keys of %d elements; there are kernels for even numbers of elements up to 256", s.Q, s.KV, s.D))
		return 0
	}
	lanes := 1
	for lanes*vector(q.Type) < s.D/2 {
		lanes *= 2
	}
	return lanes
}

// vector returns the number of elements in 16 bytes.
func vector(t gpu.Type) int { return 16 / t.Size() }
