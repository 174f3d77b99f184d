package engine

import (
	"fmt"
	"math"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/internal/ops"
)

// Update implements backend.Policy. Clipping is that of
// torch.nn.utils.clip_grad_norm_: the gradient is multiplied by
// min(1, MaxNorm/(norm + 1e-6)).
//
// It waits for the device, so that an error of the step comes back from it. Behind
// such an error weights may be half updated, and the policy refuses all further
// work.
func (p *Policy) Update(u backend.Update) (done backend.Updated, err error) {
	err = p.do(func() error {
		done, err = p.update(u)
		return err
	})
	return done, err
}

func (p *Policy) update(u backend.Update) (backend.Updated, error) {
	if u.Step < 1 {
		return backend.Updated{}, fmt.Errorf("cuda: update %d; steps count from 1", u.Step)
	}
	norm := math.Sqrt(p.q.SumSquares(p.state.g.Ptr, p.shape.Size()))
	if err := p.q.Err(); err != nil {
		return backend.Updated{}, err
	}
	done := backend.Updated{GradNorm: norm}
	if math.IsNaN(norm) || math.IsInf(norm, 0) {
		p.clearGradient()
		return done, &backend.NotFiniteError{GradNorm: norm}
	}
	s := ops.AdamWStep{LR: u.LR, Beta1: u.Beta1, Beta2: u.Beta2, Eps: u.Eps, Step: u.Step, Scale: 1}
	if u.MaxNorm > 0 {
		s.Scale = min(1, u.MaxNorm/(norm+1e-6))
	}
	// Neighbours that are treated alike are updated as one.
	for i := 0; i < len(p.tensors); {
		lo, decay := p.tensors[i].Offset, p.tensors[i].Decay
		hi := lo
		for ; i < len(p.tensors) && p.tensors[i].Decay == decay; i++ {
			hi += p.tensors[i].Len()
		}
		s.Decay = 0
		if decay {
			s.Decay = u.Decay
		}
		at := func(v vector) gpu.Ptr { return v.At(lo, v.t) }
		var low gpu.Ptr
		if p.state.low.t != gpu.F32 {
			low = at(p.state.low)
		}
		p.q.AdamW(at(p.state.w), low, at(p.state.m), at(p.state.v), at(p.state.g), hi-lo, s)
	}
	p.q.Fail(p.dev.Sync())
	if err := p.q.Reset(); err != nil {
		return done, p.fail(err)
	}
	return done, nil
}

// clearGradient sets the gradient to zero.
func (p *Policy) clearGradient() { p.fill(p.state.g.Ptr, 0, 4*int64(p.shape.Size())) }
