package ops

import "github.com/golongrl/golongrl/trainer/cuda/internal/gpu"

// A Sequences is how tokens are packed, on the host and on the device.
type Sequences struct {
	Start []int // sequence s is tokens Start[s] to Start[s+1]
	// What the kernels want to know, as H4 needs it.
}

// Attention computes causal attention with grouped queries over packed sequences:
// for query i of head h, whose group of Q/KV heads shares keys and values,
//
//	out_i = sum_{j<=i} p_ij v_j     p_ij = exp(scale q_i·k_j - lse_i)
//
// with j over the positions of i's own sequence. LSE is written. It uses the
// device's library if it has one, as Gemm does.
func (q *Queue) Attention(a gpu.Attend, s *Sequences) { panic("ops: to be written") }

// AttentionGrad computes DQ, DK and DV from DOut, Out, LSE, Q, K and V. It
// overwrites them. DQ, DK, DV share no memory with what is read.
func (q *Queue) AttentionGrad(a gpu.Attend, s *Sequences) { panic("ops: to be written") }
