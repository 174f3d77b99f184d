package cuda

import (
	"errors"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/cuda/internal/engine"
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/model"
)

var _ backend.Policy = (*Policy)(nil)

// A Policy is a backend.Policy on a GPU. What its Plan says is worth showing before
// a run: how the GPU's memory is used.
type Policy struct {
	*engine.Policy
	device gpu.Device
}

// New opens a GPU and returns a policy on it whose tensors are all zero: write
// weights to it, or call [backend.Init].
//
// In a program that was built without the tag cuda, or without cgo, the error says
// how to build it. Too little memory is a *RoomError.
func New(cfg model.Config, opts Options) (*Policy, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	device, err := OpenDevice(opts.Device)
	if err != nil {
		return nil, err
	}
	p, err := engine.New(device, cfg, opts.Engine)
	if err != nil {
		return nil, errors.Join(err, device.Close())
	}
	return &Policy{p, device}, nil
}

// Close frees what the policy holds and leaves the GPU. It must not be used any
// more, but for Close.
func (p *Policy) Close() error {
	if p.Policy == nil {
		return nil
	}
	err := errors.Join(p.Policy.Close(), p.device.Close())
	p.Policy = nil
	return err
}
