package ops

import (
	"math"
	"math/bits"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// A Sampling says how a token is drawn, as backend.Sampling does.
type Sampling struct {
	Temperature float64 // 0: the first of the greatest logits
	TopP        float64 // 0 or 1: off
	TopK        int     // 0: off
}

// Sample draws a token from each of rows of logits, f32, [rows, vocab]: with
//
//	p_j = exp((z_j - max z) / Temperature)
//
// of the TopK tokens of the greatest logits (of equal ones the lower tokens), and
// of these of the fewest, greatest first, that have TopP of their sum, it takes the
// first token, in the order of tokens, whose cumulated p is above u times the sum
// of all. u is f64, [rows], in [0,1); token is i32, [rows].
//
// A p is rounded down to a multiple of 2^-44 (more from vocabularies of 2^18 on,
// so that sums are below 2^63); sums are exact. NaN logits are never drawn unless
// there is nothing else, or the greatest is infinite: then the token is any.
func (q *Queue) Sample(token, logits, u gpu.Ptr, rows, vocab int, s Sampling) {
	if rows == 0 {
		return
	}
	scale := 0.0
	if s.Temperature != 0 {
		scale = 1 / s.Temperature
	}
	one := math.Ldexp(1, min(44, 62-bits.Len(uint(vocab))))
	q.run("sample", gpu.Dim{rows}, gpu.Dim{rowThreads(vocab)}, 0,
		uint64(token), uint64(logits), uint64(u), gpu.Int(vocab), gpu.Float(scale),
		gpu.Int(s.TopK), gpu.Float(s.TopP), gpu.Float(one))
}
