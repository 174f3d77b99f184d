package engine

import (
	"fmt"
	"math"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/internal/ops"
	"github.com/golongrl/golongrl/trainer/model"
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
	if p.opts.Frozen {
		return backend.Updated{}, errFrozen
	}
	if u.Step < 1 {
		return backend.Updated{}, fmt.Errorf("cuda: update %d; steps count from 1", u.Step)
	}
	p.settle()
	norm := math.Sqrt(p.q.SumSquares(p.state.g.Ptr, p.shape.Size()))
	if err := p.q.Err(); err != nil {
		return backend.Updated{}, err
	}
	done := backend.Updated{GradNorm: norm}
	if math.IsNaN(norm) || math.IsInf(norm, 0) {
		p.fresh = true
		return done, &backend.NotFiniteError{GradNorm: norm}
	}
	s := ops.AdamWStep{LR: u.LR, Beta1: u.Beta1, Beta2: u.Beta2, Eps: u.Eps, Decay: u.Decay, Step: u.Step, Scale: 1, NoDecay: p.state.noDecay}
	if u.MaxNorm > 0 {
		s.Scale = min(1, u.MaxNorm/(norm+1e-6))
	}
	st := &p.state
	var low gpu.Ptr
	if st.low.t != gpu.F32 {
		low = st.low.Ptr
	}
	p.q.AdamW(st.w.Ptr, low, st.m.Ptr, st.v.Ptr, st.g.Ptr, p.shape.Size(), s)
	p.q.Fail(p.dev.Sync())
	if err := p.q.Reset(); err != nil {
		return done, p.fail(err)
	}
	p.fresh = true
	return done, nil
}

// noDecay returns where parameters begin and end that do not decay, each range as
// two numbers.
func noDecay(tensors []model.Tensor) []int64 {
	var r []int64
	for _, t := range tensors {
		lo, hi := int64(t.Offset), int64(t.Offset+t.Len())
		switch n := len(r); {
		case t.Decay:
		case n > 0 && r[n-1] == lo:
			r[n-1] = hi
		default:
			r = append(r, lo, hi)
		}
	}
	return r
}

// settle writes the zeros of a fresh gradient.
func (p *Policy) settle() {
	if p.fresh {
		p.fill(p.state.g.Ptr, 0, 4*int64(p.shape.Size()))
		p.fresh = false
	}
}
