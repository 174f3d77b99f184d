package ops

import (
	"fmt"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// MaxHead is the largest size of a head that Attention computes.
const MaxHead = 256

// Attention computes causal attention with grouped queries over packed sequences:
// for query i of head h, whose group of Q/KV heads shares keys and values,
//
//	out_i = sum_{j<=i} p_ij v_j     p_ij = exp(scale q_i·k_j - lse_i)
//
// with j over the positions of i's own sequence. LSE is written. It uses the
// device's library if it has one that takes the work and OwnKernels is not set,
// else kernels of ours. With ours, the bits of a sequence do not depend on the
// others, nor on where it is packed. Heads have up to MaxHead elements; the scale
// is positive.
//
// Source: Dao, arXiv 2307.08691, algorithm 1.
func (q *Queue) Attention(a gpu.Attend, s *Sequences) {
	q.checkAttend(&a, s)
	if q.err != nil || s.small.count == 0 {
		return
	}
	if lib, ok := q.Dev.(gpu.Attender); ok && !q.OwnKernels {
		a.Unordered = q.Unordered
		taken, err := lib.Attention(a)
		q.Fail(err)
		if taken || err != nil {
			return
		}
		q.noteAttend(a, "attention")
	}
	args := attendArgs(a, a.Q, a.K, a.V, a.Out)
	// The queries, and a tile of keys and one of values.
	shared := (largeTile + 2*forwardKeys) * a.D * 2
	if d := tensorHead(a, a.Q, a.K, a.V, a.Out); d > 0 && q.fits(shared) {
		q.runTiles(fmt.Sprintf("attention_mma_%d_bf16", d), s.large, s.large.queries, a.Heads.Q, 128, shared, append(args, uint64(a.LSE)))
		return
	}
	q.noteGeneral(a)
	d, ld := generalHead(a.D)
	shared = 4 * (3*smallTile*ld + smallTile*generalScores + smallTile)
	q.runTiles(fmt.Sprintf("attention_%d_%s", d, a.Type), s.small, s.small.queries, a.Heads.Q, 128, shared, append(args, uint64(a.LSE)))
}

// AttentionGrad computes DQ, DK and DV from DOut, Out, LSE, Q, K and V. It
// overwrites them. DQ, DK, DV share no memory with what is read.
//
// The scores are computed twice, once where keys and values sum over their queries
// and once where queries sum over their keys: 7 products instead of the 5 of a
// single pass, which would need atomic additions or as much memory for partial sums
// as the scores themselves.
//
// Source: Dao, arXiv 2307.08691, algorithm 2, in two passes.
func (q *Queue) AttentionGrad(a gpu.Attend, s *Sequences) {
	q.checkAttend(&a, s)
	if q.err != nil || s.small.count == 0 {
		return
	}
	if lib, ok := q.Dev.(gpu.Attender); ok && !q.OwnKernels {
		a.Unordered = q.Unordered
		taken, err := lib.AttentionGrad(a)
		q.Fail(err)
		if taken || err != nil {
			return
		}
		q.noteAttend(a, "gradient of attention")
	}
	// A pair of numbers per head and token: lse in units of log 2, and dout·out.
	first, n := s.Start[0], s.Start[len(s.Start)-1]
	stats := q.temp(8 * int64(n) * int64(a.Heads.Q))
	if q.err != nil {
		return
	}
	q.run("attention_stats_"+a.Type.String(), gpu.Dim{ceil((n-first)*a.Heads.Q, 4)}, gpu.Dim{128}, 0,
		uint64(stats), gpu.Int(n), uint64(a.DOut.Ptr), gpu.Int(a.DOut.LD), uint64(a.Out.Ptr), gpu.Int(a.Out.LD),
		uint64(a.LSE), gpu.Int(first), gpu.Int(n-first), gpu.Int(a.Heads.Q), gpu.Int(a.D))

	args := append(attendArgs(a, a.Q, a.K, a.V, a.DOut), uint64(stats), gpu.Int(n))
	keys := append(args[:len(args):len(args)], uint64(a.DK.Ptr), gpu.Int(a.DK.LD), uint64(a.DV.Ptr), gpu.Int(a.DV.LD))
	queries := append(args[:len(args):len(args)], uint64(a.DQ.Ptr), gpu.Int(a.DQ.LD))
	size, ld := generalHead(a.D)
	d := tensorHead(a, a.Q, a.K, a.V, a.DOut, a.DK, a.DV)
	if step, shared := q.gradQueries(d); step > 0 {
		q.runTiles(fmt.Sprintf("attention_mma_keys_%dx%d_bf16", d, step), s.large, s.large.keys, a.KV, 256, shared, keys)
	} else {
		q.noteGeneral(a)
		shared = 4 * (4*smallTile*ld + 2*smallTile*generalScores)
		q.runTiles(fmt.Sprintf("attention_keys_%d_%s", size, a.Type), s.small, s.small.keys, a.KV, 128, shared, keys)
	}
	// Queries and their dout, and two stages of keys and values.
	shared := (2*largeTile + 4*gradKeys) * a.D * 2
	if d = tensorHead(a, a.Q, a.K, a.V, a.DOut, a.DQ); d > 0 && q.fits(shared) {
		q.runTiles(fmt.Sprintf("attention_mma_queries_%d_bf16", d), s.large, s.large.queries, a.Heads.Q, 128, shared, queries)
	} else {
		q.noteGeneral(a)
		shared = 4 * (4*smallTile*ld + smallTile*generalScores)
		q.runTiles(fmt.Sprintf("attention_queries_%d_%s", size, a.Type), s.small, s.small.queries, a.Heads.Q, 128, shared, queries)
	}
}

// Tokens that kernels for tensor cores read at a time; their .cu files say the same.
const (
	forwardKeys = 64 // attention_fwd.cu
	gradKeys    = 32 // attention_bwd_queries.cu
)

// gradQueries returns how many queries attention_bwd_keys.cu reads at a time with
// heads of d elements, and its shared memory: the most queries that there is a
// kernel for and memory; 0 if there are none, as for d = 0.
func (q *Queue) gradQueries(d int) (step, shared int) {
	if d == 0 {
		return 0, 0
	}
	for _, step := range []int{64, 32} {
		// Keys and values, and two stages of queries, their dout and their stats.
		shared := (2*largeTile+4*step)*d*2 + 2*8*step
		if (step == 64 || d == 128) && q.fits(shared) {
			return step, shared
		}
	}
	return 0, 0
}

// generalScores is the distance of rows of scores in attention_general.cuh.
const generalScores = 36

// runTiles launches a kernel with a block for each tile and head, tiles first in
// the order of the table.
func (q *Queue) runTiles(kernel string, t tiling, table gpu.Ptr, heads, threads, shared int, args []uint64) {
	if !q.fits(shared) {
		q.Fail(fmt.Errorf("cuda: kernel %s wants %d bytes of shared memory and the device has %d: the model's heads are too large for it", kernel, shared, q.Dev.Info().Shared))
		return
	}
	q.run(kernel, gpu.Dim{t.count * heads}, gpu.Dim{threads}, shared, append([]uint64{uint64(table), gpu.Int(heads)}, args...)...)
}

// fits reports whether a block may have so much shared memory, as far as the device
// says how much that is.
func (q *Queue) fits(shared int) bool {
	have := q.Dev.Info().Shared
	return have == 0 || shared <= have
}

// attendArgs returns what all kernels of attention are given behind the tiles and
// the number of heads; x is Out or DOut.
func attendArgs(a gpu.Attend, q, k, v, x gpu.Rows) []uint64 {
	args := []uint64{gpu.Int(a.Heads.Q / a.KV), gpu.Int(a.D), gpu.Float(a.Scale)}
	for _, r := range []gpu.Rows{q, k, v, x} {
		args = append(args, uint64(r.Ptr), gpu.Int(r.LD))
	}
	return args
}

// tensorHead returns the size of heads of the kernels for tensor cores, or 0 if
// there is none for a: its type is another, its heads are of another size, or not
// all rows begin at multiples of 16 bytes.
func tensorHead(a gpu.Attend, rows ...gpu.Rows) int {
	if a.Type != gpu.BF16 {
		return 0
	}
	for _, r := range rows {
		if r.Ptr%16 != 0 || r.LD%8 != 0 {
			return 0
		}
	}
	switch a.D {
	case 16, 32, 64, 80, 96, 128:
		return a.D
	}
	return 0
}

// generalHead returns the size of the smallest general kernel for heads of d
// elements, and the distance of rows in its shared memory: odd, so that a column
// lies in all banks.
func generalHead(d int) (size, ld int) {
	size = 64
	for size < d {
		size *= 2
	}
	return size, d | 1
}

// checkAttend panics on what cannot be attention, and ties a to s.
func (q *Queue) checkAttend(a *gpu.Attend, s *Sequences) {
	h := a.Heads
	if h.Q < 1 || h.KV < 1 || h.Q%h.KV != 0 || h.D < 1 || h.D > MaxHead || !(h.Scale > 0) {
		panic(fmt.Sprintf("ops: attention of %d query heads and %d key heads of %d elements, scale %v", h.Q, h.KV, h.D, h.Scale))
	}
	if a.Type != q.Type {
		panic(fmt.Sprintf("ops: attention of type %v on a queue of type %v", a.Type, q.Type))
	}
	a.Start = s.Start
}

// noteAttend remarks that the device's library did not take work.
func (q *Queue) noteAttend(a gpu.Attend, what string) {
	q.note("%s: the device's library does not take %d query heads and %d key heads of %d elements in %v; own kernels are used", what, a.Heads.Q, a.KV, a.D, a.Type)
}

// noteGeneral remarks that bf16 goes without tensor cores.
func (q *Queue) noteGeneral(a gpu.Attend) {
	if a.Type == gpu.BF16 {
		q.note("attention: no tensor-core kernel for heads of %d elements in rows laid out like these on this device; the slower general one is used", a.D)
	}
}
