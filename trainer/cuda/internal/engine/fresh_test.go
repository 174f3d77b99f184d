package engine

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/backend/backendtest"
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/internal/shim"
	"github.com/golongrl/golongrl/trainer/model"
)

// A forgetful device fills the gradient with NaNs when a step has used it.
type forgetful struct{ gpu.Device }

func (d forgetful) Launch(l gpu.Launch) error {
	err := d.Device.Launch(l)
	if l.Kernel == "adamw" && err == nil {
		err = d.Fill(gpu.Ptr(l.Args[4]), 0xFF, int64(4*l.Args[5]))
	}
	return err
}

// newForgetful returns a policy whose gradient memory begins as NaNs, and becomes
// that again behind each step.
func newForgetful(d gpu.Device, cfg model.Config, o Options) (*Policy, error) {
	p, err := New(forgetful{d}, cfg, o)
	if err != nil {
		return nil, err
	}
	p.poison()
	return p, nil
}

// poison fills the memory of a gradient that is zero with NaNs.
func (p *Policy) poison() {
	_ = p.do(func() error {
		if p.fresh {
			p.fill(p.state.g.Ptr, 0xFF, 4*int64(p.shape.Size()))
		}
		return nil
	})
}

// Nothing that was in the memory of a fresh gradient comes out, whatever a policy is
// asked for first: the bits are those of one whose zeros are there.
func TestFreshGradient(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	d := shim.Test(t, shim.Options{})
	ctx, stop := context.Background(), errors.New("stopped by the test")
	b := &backend.Batch{Start: []int{0, 7, 18}} // two parts, of two and three chunks
	for i := range 18 {
		b.Tokens = append(b.Tokens, int32(i*i%11))
		if i != 0 && i != 7 {
			b.Rows = append(b.Rows, i)
		}
	}
	accumulate := func(p *Policy) error { return p.Accumulate(ctx, b, backendtest.Objective{}, newRows(b)) }
	write := func(p *Policy, i int, x float32) error {
		return p.Write(backend.Gradient, i, slices.Repeat([]float32{x}, p.tensors[i].Len()))
	}
	for i, c := range backendtest.Cases(t) { // the second has a head of its own
		typ := []gpu.Type{gpu.BF16, gpu.F32}[i]
		o := Options{Precision: typ, MicroTokens: 8, ChunkRows: 4}
		want, got := written(t, d, c, o), written(t, d, c, o)
		for _, x := range []struct {
			name string
			zero bool
			do   func(*Policy) error
		}{
			{"two batches", false, func(p *Policy) error { return errors.Join(accumulate(p), accumulate(p)) }},
			{"no rows", true, func(p *Policy) error {
				return p.Accumulate(ctx, &backend.Batch{Start: []int{0, 2}, Tokens: b.Tokens[:2]}, backendtest.Objective{}, &backend.Rows{})
			}},
			{"a tensor", false, func(p *Policy) error { return write(p, 1, 1e-3) }},
			{"a tensor and a batch", false, func(p *Policy) error { return errors.Join(write(p, 0, 1e-3), accumulate(p)) }},
			{"an error in the second part", true, func(p *Policy) error {
				if err := p.Accumulate(ctx, b, failing{stop, new(int)}, newRows(b)); err != stop {
					return errors.Join(errors.New("no error"), err)
				}
				return nil
			}},
			{"not finite", true, func(p *Policy) error {
				var e *backend.NotFiniteError
				if err := write(p, 0, float32(math.Inf(1))); err != nil {
					return err
				}
				if _, err := p.Update(c.Step(0)); !errors.As(err, &e) {
					return errors.Join(errors.New("no error"), err)
				}
				return nil
			}},
			{"a batch", false, accumulate},
		} {
			for _, p := range []*Policy{want, got} {
				zero := func() {
					if p == got {
						p.poison()
					} else if err := p.do(func() error { p.settle(); return nil }); err != nil {
						t.Fatal(err)
					}
				}
				zero()
				if err := x.do(p); err != nil {
					t.Fatalf("%s: %v", x.name, err)
				}
				zero()
			}
			g := all(t, got, backend.Gradient)
			if !slices.Equal(g, all(t, want, backend.Gradient)) {
				t.Errorf("%v, %s: another gradient", typ, x.name)
			}
			if zero := !slices.ContainsFunc(g, func(x float32) bool { return x != 0 }); zero != x.zero {
				t.Errorf("%v, %s: the gradient is zero: %v", typ, x.name, zero)
			}
			for _, p := range []*Policy{want, got} {
				if _, err := p.Update(c.Step(0)); err != nil {
					t.Fatalf("%s: %v", x.name, err)
				}
			}
			if !slices.Equal(all(t, got, backend.Weights), all(t, want, backend.Weights)) {
				t.Errorf("%v, %s: other weights behind a step", typ, x.name)
			}
		}
	}
}

// failing is an objective that fails in the fourth piece.
type failing struct {
	err   error
	calls *int
}

func (failing) Needs() backend.Scope { return backend.AnyRows }

func (f failing) Derivatives(_, _ int, _, _, _, _ []float64) error {
	if *f.calls++; *f.calls == 4 {
		return f.err
	}
	return nil
}

// Every parameter is in a range without decay or its tensor decays.
func TestNoDecay(t *testing.T) {
	for _, cfg := range []model.Config{qwen06, backendtest.Cases(t)[0].Config, backendtest.Cases(t)[1].Config} {
		r, last := noDecay(cfg.Tensors()), int64(-1)
		if len(r) != 2*(3*cfg.Layers+1) { // norms of heads are neighbours
			t.Errorf("%d ranges in %d layers", len(r)/2, cfg.Layers)
		}
		for i := 0; i < len(r); i += 2 {
			if r[i] <= last || r[i+1] <= r[i] {
				t.Errorf("range %d: %v behind %d", i/2, r[i:i+2], last)
			}
			last = r[i+1]
		}
		for _, x := range cfg.Tensors() {
			for _, at := range []int{x.Offset, x.Offset + x.Len() - 1} {
				spared := false
				for i := 0; i < len(r); i += 2 {
					spared = spared || r[i] <= int64(at) && int64(at) < r[i+1]
				}
				if spared == x.Decay {
					t.Errorf("%s, parameter %d: spared %v", x.Name, at, spared)
				}
			}
		}
	}
}

// A starter books what is uploaded before the first kernel.
type starter struct {
	*ledger
	bytes, before int
}

func (d *starter) Upload(dst gpu.Ptr, src []byte) error {
	d.bytes += len(src)
	return d.ledger.Upload(dst, src)
}

func (d *starter) Launch(l gpu.Launch) error {
	if d.before < 0 {
		d.before = d.bytes
	}
	return d.ledger.Launch(l)
}

// What only the backward pass reads does not hold up the first kernel.
func TestBackwardListsComeLater(t *testing.T) {
	c := backendtest.Cases(t)[0]
	d := &starter{ledger: newLedger(t)}
	p, err := New(d, c.Config, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	d.bytes, d.before = 0, -1
	b := c.Batch()
	if err := p.Accumulate(context.Background(), b, backendtest.Objective{}, newRows(b)); err != nil {
		t.Fatal(err)
	}
	m := &p.micro
	tables := 4 * len(m.pack())
	if least := tables + 4*len(m.packGroups()); d.before < tables || d.before >= tables+1024 || d.bytes < least {
		t.Errorf("%d bytes before the first kernel, %d in all; the lists are %d and %d", d.before, d.bytes, tables, least)
	}
}
