package ops

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// AdamWStep is one step of AdamW.
type AdamWStep struct {
	LR, Beta1, Beta2, Eps, Decay float64
	Step                         int     // from 1
	Scale                        float64 // multiplies the gradient first

	NoDecay Ranges // elements whose Decay is 0
}

// Ranges are N ranges of elements on the device, i64, [N, 2]: the first element and
// the one behind the last. They ascend and do not overlap.
type Ranges struct {
	gpu.Ptr
	N int
}

// AdamW takes a step with n elements of the float32 weights w, moments m and v and
// gradient g,
//
//	g = Scale g
//	w = w - LR Decay w
//	m = m + (1-Beta1) (g - m)
//	v = Beta2 v + (1-Beta2) g²
//	w = w - LR/(1-Beta1^Step) m / (sqrt(v)/sqrt(1-Beta2^Step) + Eps)
//
// as torch.optim.AdamW does. If low is not 0, it gets the new weights in bf16. It
// moves 28 bytes an element, or 30 with low, and panics if Step is not positive.
//
// Source: Loshchilov and Hutter, arXiv 1711.05101, algorithm 2.
func (q *Queue) AdamW(w, low, m, v, g gpu.Ptr, n int, s AdamWStep) {
	if s.Step <= 0 {
		panic("ops: steps of AdamW are counted from 1")
	}
	bias1, bias2 := 1-math.Pow(s.Beta1, float64(s.Step)), 1-math.Pow(s.Beta2, float64(s.Step))
	q.flat("adamw", n, 4,
		uint64(w), uint64(low), uint64(m), uint64(v), uint64(g), gpu.Int(n),
		gpu.Float(s.Scale), gpu.Float(1-s.LR*s.Decay), gpu.Float(1-s.Beta1),
		gpu.Float(s.Beta2), gpu.Float(1-s.Beta2), gpu.Float(math.Sqrt(bias2)), gpu.Float(s.Eps),
		gpu.Float(-s.LR/bias1), uint64(s.NoDecay.Ptr), gpu.Int(s.NoDecay.N))
}

// SumSquares waits and returns the sum of the squares of n float32 elements, taken
// in float64. It is NaN behind an error.
func (q *Queue) SumSquares(g gpu.Ptr, n int) float64 {
	if n == 0 {
		return 0
	}
	blocks := min(ceil(n, 256*16), 4224)
	part := q.temp(int64(blocks) * 8)
	q.run("sum_squares", gpu.Dim{blocks}, gpu.Dim{256}, 0, uint64(part), uint64(g), gpu.Int(n))
	if q.err != nil {
		return math.NaN()
	}
	raw := make([]byte, 8*blocks)
	if err := q.Dev.Download(raw, part); err != nil {
		q.Fail(fmt.Errorf("cuda: sum of squares: %w", err))
		return math.NaN()
	}
	sum := 0.0
	for i := range blocks {
		sum += math.Float64frombits(binary.LittleEndian.Uint64(raw[8*i:]))
	}
	return sum
}
