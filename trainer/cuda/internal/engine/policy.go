// Package engine is the policy on a gpu.Device: where its buffers are, and in what
// order operations work on them. It mirrors package trainer/cpu, which is the
// reference.
package engine

import (
	"errors"
	"fmt"
	"strings"
	"unsafe"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/internal/ops"
	"github.com/golongrl/golongrl/trainer/model"
)

// A Policy is a backend.Policy on a device.
//
// An error of the device ends it: every later call returns that error, so that
// nothing is saved or sampled from a state that nobody knows. Too little memory for
// a batch is no such error.
type Policy struct {
	dev     gpu.Device
	q       *ops.Queue
	cfg     model.Config
	shape   shape
	opts    Options // with the plan's numbers
	tensors []model.Tensor
	plan    Plan

	state state
	arena struct { // of passes, and of keys and values in sampling
		base   gpu.Ptr
		size   int64
		budget int64 // what size may become
	}

	// fresh says that the gradient is zero, whatever is in its memory. Each tensor's
	// first gradient is stored there, and only the next ones are added.
	fresh bool

	micro  micro
	res    results
	broken error
}

// New returns a policy whose tensors are all zero: write weights to it, or call
// backend.Init. It takes the memory that [NewPlan] says; if there is too little, the
// error says how much is missing and what to change. dev stays the caller's, who
// closes it behind the policy.
func New(dev gpu.Device, cfg model.Config, opts Options) (*Policy, error) {
	plan, err := newPlan(cfg, opts, dev.Info().Free, 0, libraryScratch(dev, cfg, opts))
	if err != nil {
		return nil, err
	}
	opts.MicroTokens, opts.ChunkRows = plan.MicroTokens, plan.ChunkRows
	p := &Policy{
		dev: dev, q: ops.NewQueue(dev, opts.Precision), cfg: cfg, shape: shape{cfg, opts.Precision},
		opts: opts, tensors: cfg.Tensors(), plan: plan,
	}
	p.q.OwnKernels, p.q.Unordered = opts.OwnKernels, opts.Unordered
	p.arena.budget = plan.budget()
	if err := p.do(p.allocate); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// libraryScratch returns what libraries of dev take for a number of tokens, or nil if
// they take nothing.
func libraryScratch(dev gpu.Device, cfg model.Config, opts Options) func(n int) int64 {
	d, ok := dev.(gpu.Scratcher)
	if !ok || opts.OwnKernels {
		return nil
	}
	a := gpu.Attend{Heads: shape{cfg, opts.Precision}.heads(), Type: opts.Precision, Unordered: opts.Unordered}
	return func(n int) int64 { return d.Scratch(a, n) }
}

// allocate takes the memory of the plan.
func (p *Policy) allocate() error {
	var l layout
	p.shape.placeState(&l, p.opts.Frozen)
	size := int64(l.end)
	base, err := p.dev.Alloc(size)
	if survived(err) && err != nil {
		return &RoomError{Plan: p.plan, What: p.plan.holds(), Err: err, need: needState}
	}
	if err != nil {
		p.q.Fail(err)
		return nil
	}
	l = layout{next: base}
	p.state = p.shape.placeState(&l, p.opts.Frozen)
	p.fill(base, 0, size)
	if !p.opts.Frozen {
		p.upload(p.state.noDecay.Ptr, bytesOf(noDecay(p.tensors)))
		p.fresh = true
	}
	p.rope(p.plan.positions)
	if err := p.reserve(p.plan.Activations()); err != nil {
		return &RoomError{Plan: p.plan, What: fmt.Sprintf("activations of %d tokens", p.plan.Tokens), Err: err, tokens: p.plan.Tokens}
	}
	return nil
}

// Close frees what the policy holds. It must not be used any more, but for Close.
func (p *Policy) Close() error {
	if p.dev == nil {
		return nil
	}
	leave, err := p.dev.Enter()
	if err == nil {
		defer leave()
		err = errors.Join(p.dev.Free(p.arena.base), p.dev.Free(p.state.cos), p.dev.Free(p.state.base), p.q.Close())
	}
	if p.broken != nil {
		err = nil // said before
	}
	p.dev = nil
	return err
}

// Config returns the shape of the model.
func (p *Policy) Config() model.Config { return p.cfg }

// Plan says in words how memory is used.
func (p *Policy) Plan() string { return p.plan.String() }

// PlannedBytes returns the memory of the plan in all.
func (p *Policy) PlannedBytes() int64 { return p.plan.Total() }

// Notes returns what a user should know of how the device does its work, such as
// what fell back to slower kernels.
func (p *Policy) Notes() []string { return p.q.Notes() }

// Info describes the policy.
func (p *Policy) Info() backend.Info {
	d := p.dev.Info()
	how := "own kernels"
	if !p.opts.OwnKernels && len(d.Libraries) > 0 {
		how = strings.Join(d.Libraries, ", ")
	}
	order := ""
	if !p.opts.OwnKernels && p.opts.Unordered {
		order = " unordered"
	}
	return backend.Info{
		Backend: "cuda",
		Device:  fmt.Sprintf("%s, %s, %s", d.Name, p.shape.t, how),
		Workers: 1,
		// The memory and what is kept change no bit; a library may choose otherwise on
		// another device, and so may kernels on another architecture.
		Signature: fmt.Sprintf("cuda %s sm_%d%d driver %s, %s, %s micro=%d chunk=%d%s",
			d.Name, d.Major, d.Minor, d.Driver, how, p.shape.t, p.opts.MicroTokens, p.opts.ChunkRows, order),
	}
}

// do runs f between Enter and leave. An error of the device, which f leaves with
// the queue, comes before what f returns.
func (p *Policy) do(f func() error) error {
	if p.dev == nil {
		return errors.New("cuda: the policy is closed")
	}
	if p.broken != nil {
		return p.broken
	}
	leave, err := p.dev.Enter()
	if err != nil {
		return p.fail(err)
	}
	defer leave()
	err = f()
	if cause := p.q.Reset(); cause != nil {
		if survived(cause) {
			return &RoomError{Plan: p.plan, What: "scratch memory", Err: cause, need: needScratch}
		}
		return p.fail(cause)
	}
	return err
}

// survived reports whether the device works on behind err.
func survived(err error) bool {
	var short *gpu.MemoryError
	return err == nil || errors.As(err, &short)
}

// fail makes err the last word of the policy.
func (p *Policy) fail(err error) error {
	p.broken = fmt.Errorf("cuda: the device failed, and the policy on it can do no more: %w", err)
	return p.broken
}

// room returns a pass in the arena, at the first of the levels that fits.
func (p *Policy) room(n, rows int, levels ...Recompute) (*pass, error) {
	chunk := min(rows, p.opts.ChunkRows)
	var err error
	for _, level := range levels {
		var l layout
		p.shape.place(&l, n, rows, chunk, level)
		err = p.reserve(int64(l.end))
		if err == nil {
			l = layout{next: p.arena.base}
			return p.shape.place(&l, n, rows, chunk, level), nil
		}
		if !survived(err) {
			return nil, err
		}
	}
	return nil, &RoomError{Plan: p.plan, What: fmt.Sprintf("%d tokens at a time", n), Err: err, tokens: n}
}

// reserve makes the arena at least as large as bytes. If it has to grow, its
// contents are lost. The error is a *gpu.MemoryError if there is too little memory.
func (p *Policy) reserve(bytes int64) error {
	a := &p.arena
	switch {
	case bytes <= a.size:
		return nil
	case bytes > a.budget:
		return &gpu.MemoryError{Bytes: bytes, Free: a.budget, Text: fmt.Sprintf("%s are wanted where %s may be taken", gib(bytes), gib(a.budget))}
	}
	size := bytes
	if a.size > 0 { // lengths grow little by little
		size = min(bytes+bytes/16, a.budget)
	}
	err := p.dev.Free(a.base)
	a.base, a.size = 0, 0
	if err == nil {
		a.base, err = p.dev.Alloc(size)
	}
	if err != nil {
		if !survived(err) {
			p.q.Fail(err)
		}
		return err
	}
	a.size = size
	return nil
}

// The device's calls that stop behind the first error, as those of the queue do.

func (p *Policy) upload(dst gpu.Ptr, src []byte) {
	if p.q.Err() == nil {
		p.q.Fail(p.dev.Upload(dst, src))
	}
}

func (p *Policy) download(dst []byte, src gpu.Ptr) {
	if p.q.Err() == nil {
		p.q.Fail(p.dev.Download(dst, src))
	}
}

func (p *Policy) fill(dst gpu.Ptr, value byte, bytes int64) {
	if p.q.Err() == nil {
		p.q.Fail(p.dev.Fill(dst, value, bytes))
	}
}

// bytesOf returns the memory of s. Hosts of GPUs are little endian, as GPUs are.
func bytesOf[E int32 | int64 | float32 | float64](s []E) []byte {
	if len(s) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&s[0])), len(s)*int(unsafe.Sizeof(s[0])))
}
