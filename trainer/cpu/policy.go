package cpu

import (
	"context"
	"fmt"
	"runtime"

	"github.com/golongrl/golongrl/internal/kernels"
	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/model"
)

// A Policy is a backend.Policy on the CPU, in float32.
type Policy struct {
	*core[float32]
}

// New returns a policy whose tensors are all zero: write weights to it, or call
// [backend.Init].
func New(cfg model.Config, opts Options) (*Policy, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if opts.Workers < 0 || opts.MicroTokens < 0 || opts.ChunkBytes < 0 || opts.MemoryBytes < 0 || opts.CacheBytes < 0 || opts.Recompute > KeepInputs {
		return nil, fmt.Errorf("cpu: impossible options %+v", opts)
	}
	if opts.Workers == 0 {
		opts.Workers = runtime.GOMAXPROCS(0)
	}
	return &Policy{newCore[float32](cfg, kernels.NewPool(opts.Workers), opts)}, nil
}

// Config returns the shape of the model.
func (p *Policy) Config() model.Config { return p.cfg }

// Info describes the policy.
func (p *Policy) Info() backend.Info {
	o := p.work.opts
	device := fmt.Sprintf("%s, %d workers", kernels.Features(), p.pool.Workers())
	if p.pool.Workers() == 1 {
		device = kernels.Features() + ", 1 worker"
	}
	return backend.Info{
		Backend: "cpu",
		Device:  device,
		Workers: p.pool.Workers(),
		// The number of workers, the memory and what is kept change no bit.
		Signature: fmt.Sprintf("cpu %s %s micro=%d chunk=%d", runtime.GOARCH, kernels.Features(), o.MicroTokens, p.chunkRows()),
	}
}

// Plan says in words how training uses memory: what is kept of MicroTokens
// tokens, and how much that is.
func (p *Policy) Plan() string {
	o := p.work.opts
	level := p.level(o.MicroTokens)
	return fmt.Sprintf("%s: %.1f MB of activations for %d tokens, logits of %d rows at a time; weights, gradient and moments %.1f MB",
		level, float64(p.activationBytes(o.MicroTokens, level))/1e6, o.MicroTokens, p.chunkRows(), float64(len(p.w))*16/1e6)
}

// state returns the vector of a kind.
func (p *Policy) state(kind backend.State) ([]float32, error) {
	switch kind {
	case backend.Weights:
		return p.w, nil
	case backend.Gradient:
		return p.g, nil
	case backend.Moment1:
		return p.m1, nil
	case backend.Moment2:
		return p.m2, nil
	}
	return nil, fmt.Errorf("cpu: no tensors of kind %d", kind)
}

// tensor returns tensor i of a kind, which other has as many elements as.
func (p *Policy) tensor(kind backend.State, i int, other []float32) ([]float32, error) {
	v, err := p.state(kind)
	if err != nil {
		return nil, err
	}
	if i < 0 || i >= len(p.tensors) {
		return nil, fmt.Errorf("cpu: tensor %d of %d", i, len(p.tensors))
	}
	t := p.tensors[i]
	if len(other) != t.Len() {
		return nil, fmt.Errorf("cpu: %d elements for %s, which has %d", len(other), t.Name, t.Len())
	}
	return v[t.Offset:][:t.Len()], nil
}

// Read implements backend.Policy.
func (p *Policy) Read(kind backend.State, i int, dst []float32) error {
	src, err := p.tensor(kind, i, dst)
	if err == nil {
		copy(dst, src)
	}
	return err
}

// Write implements backend.Policy.
func (p *Policy) Write(kind backend.State, i int, src []float32) error {
	dst, err := p.tensor(kind, i, src)
	if err == nil {
		copy(dst, src)
	}
	return err
}

// LogProbs implements backend.Policy. NaN in the weights or overflow gives NaN.
func (p *Policy) LogProbs(ctx context.Context, b *backend.Batch, out *backend.Rows) error {
	if err := b.Validate(p.cfg, out); err != nil {
		return err
	}
	return p.logProbs(ctx, b, out)
}

// Accumulate implements backend.Policy. An error of obj or of ctx is returned as it
// is and clears the gradient, that of earlier batches too.
func (p *Policy) Accumulate(ctx context.Context, b *backend.Batch, obj backend.Objective, out *backend.Rows) error {
	if err := b.Validate(p.cfg, out); err != nil {
		return err
	}
	return p.accumulate(ctx, b, obj, out)
}

// Update implements backend.Policy.
func (p *Policy) Update(u backend.Update) (backend.Updated, error) { return p.update(u) }

// Close frees what the policy holds. It must not be used any more, but for
// Close.
func (p *Policy) Close() error {
	if p.core != nil {
		p.pool.Close()
		p.core = nil
	}
	return nil
}
