package cpu

import (
	"fmt"
	"math"

	"github.com/golongrl/golongrl/internal/kernels"
	"github.com/golongrl/golongrl/trainer/backend"
)

// update is backend.Policy.Update. Clipping is that of
// torch.nn.utils.clip_grad_norm_: the gradient is multiplied by
// min(1, MaxNorm/(norm + 1e-6)).
func (c *core[T]) update(u backend.Update) (backend.Updated, error) {
	if u.Step < 1 {
		return backend.Updated{}, fmt.Errorf("cpu: update %d; steps count from 1", u.Step)
	}
	norm := math.Sqrt(kernels.SumSquares(c.pool, c.g))
	done := backend.Updated{GradNorm: norm}
	if math.IsNaN(norm) || math.IsInf(norm, 0) {
		clear(c.g)
		return done, &backend.NotFiniteError{GradNorm: norm}
	}
	s := kernels.AdamWStep{LR: u.LR, Beta1: u.Beta1, Beta2: u.Beta2, Eps: u.Eps, Step: u.Step, Scale: 1}
	if u.MaxNorm > 0 {
		s.Scale = min(1, u.MaxNorm/(norm+1e-6))
	}
	// Neighbours that are treated alike are updated as one.
	for i := 0; i < len(c.tensors); {
		lo, decay := c.tensors[i].Offset, c.tensors[i].Decay
		hi := lo
		for ; i < len(c.tensors) && c.tensors[i].Decay == decay; i++ {
			hi += c.tensors[i].Len()
		}
		s.Decay = 0
		if decay {
			s.Decay = u.Decay
		}
		kernels.AdamW(c.pool, c.w[lo:hi], c.m1[lo:hi], c.m2[lo:hi], c.g[lo:hi], s)
	}
	clear(c.g)
	return done, nil
}
