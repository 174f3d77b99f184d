package ops

import "github.com/golongrl/golongrl/trainer/cuda/internal/gpu"

// AdamWStep is one step of AdamW.
type AdamWStep struct {
	LR, Beta1, Beta2, Eps, Decay float64
	Step                         int     // from 1
	Scale                        float64 // multiplies the gradient first
}

// AdamW takes a step with n elements of the float32 weights w, moments m and v and
// gradient g, as torch.optim.AdamW does, and sets g to zero. If low is not 0, it
// gets the new weights in bf16.
func (q *Queue) AdamW(w, low, m, v, g gpu.Ptr, n int, s AdamWStep) { panic("ops: to be written") }

// SumSquares waits and returns the sum of the squares of n float32 elements, taken
// in float64.
func (q *Queue) SumSquares(g gpu.Ptr, n int) float64 { panic("ops: to be written") }
