package engine

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/backend/backendtest"
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/random"
)

// work is all that a policy can be asked for, in an order that can fail anywhere.
func work(p *Policy, c *backendtest.Case) []func() error {
	b := c.Batch()
	out := newRows(b)
	ctx := context.Background()
	return []func() error{
		func() error { return write(p, c) },
		func() error { return p.LogProbs(ctx, b, out) },
		func() error { return p.Accumulate(ctx, b, backendtest.Objective{}, out) },
		func() error { return p.Accumulate(ctx, b, backendtest.Objective{Scope: backend.WholeBatch}, out) },
		func() error { return p.Accumulate(ctx, b, backendtest.Objective{Scope: backend.WholeSequences}, out) },
		func() error { _, err := p.Update(c.Step(0)); return err },
		func() error {
			prompts := []backend.Prompt{{Tokens: []int32{1, 2}, Keys: []random.Key{1, 2}}, {Tokens: []int32{3}, Keys: []random.Key{3}}}
			return p.Generate(ctx, prompts, backend.Sampling{Temperature: 1, MaxTokens: 2}, func(int, int, backend.Generated) {})
		},
		func() error {
			return p.Read(backend.Weights, 0, make([]float32, c.Config.Tensors()[0].Len()))
		},
	}
}

// Whatever call of the device fails, the policy says so, from then on always, and
// frees all that it holds.
func TestDeviceErrors(t *testing.T) {
	c := backendtest.Cases(t)[0]
	stop := errors.New("broken by the test")
	for n, whole := 1, false; !whole; n++ {
		d := newLedger(t)
		d.failAt, d.with = n, stop
		p, err := New(d, c.Config, small(gpu.BF16))
		failed, unclosed := err != nil, false
		if failed && !errors.Is(err, stop) {
			t.Fatalf("call %d: New: %v", n, err)
		}
		if err == nil {
			for i, f := range work(p, c) {
				err := f()
				if failed && err == nil {
					t.Fatalf("call %d: job %d works on a broken device", n, i)
				}
				if err != nil && !errors.Is(err, stop) {
					t.Fatalf("call %d: job %d: %v", n, i, err)
				}
				failed = failed || err != nil
			}
			err := p.Close()
			whole, unclosed = !failed && err == nil, !failed && err != nil
			if !failed && err != nil && !errors.Is(err, stop) {
				t.Fatalf("call %d: Close: %v", n, err)
			}
			if p.Close() != nil {
				t.Fatalf("call %d: the second Close fails", n)
			}
			if p.Read(backend.Weights, 0, nil) == nil {
				t.Fatalf("call %d: a closed policy reads", n)
			}
		}
		if d.entered != 0 {
			t.Fatalf("call %d: Enter without leave", n)
		}
		// Where Enter fails in Close, nothing can be freed.
		if len(d.live) != 0 && !unclosed {
			t.Fatalf("call %d: %d pieces of memory are left", n, len(d.live))
		}
		if n > 20000 {
			t.Fatal("the work does not end")
		}
		if testing.Short() && n > 50 {
			n += 6
		}
	}
}

// A batch without room is refused, with the plan; the next one that fits is
// computed.
func TestTooLittleMemory(t *testing.T) {
	c := backendtest.Cases(t)[0]
	full := newLedger(t)
	p, err := New(full, c.Config, small(gpu.BF16))
	if err != nil {
		t.Fatal(err)
	}
	jobs := work(p, c)
	for _, f := range jobs {
		if err := f(); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	for n := range full.largest {
		d := newLedger(t)
		allocs := 0
		short := &shortOf{ledger: d, at: n, allocs: &allocs}
		p, err := New(short, c.Config, small(gpu.BF16))
		var room *RoomError
		var memory *gpu.MemoryError
		check := func(err error) {
			t.Helper()
			if !errors.As(err, &room) || !errors.As(err, &memory) || !strings.Contains(err.Error(), "To make it fit") {
				t.Errorf("allocation %d: %v", n, err)
			}
		}
		if err != nil {
			check(err)
		} else {
			for i, f := range work(p, c) {
				if err := f(); err != nil {
					check(err)
					if err := f(); err != nil {
						t.Errorf("allocation %d: job %d does not recover: %v", n, i, err)
					}
				}
			}
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		}
		if len(d.live) != 0 {
			t.Errorf("allocation %d: %d pieces of memory are left", n, len(d.live))
		}
	}
}

// shortOf has no memory for one allocation.
type shortOf struct {
	*ledger
	at     int
	allocs *int
}

func (d *shortOf) Alloc(bytes int64) (gpu.Ptr, error) {
	*d.allocs++
	if *d.allocs == d.at+1 {
		return 0, &gpu.MemoryError{Bytes: bytes, Text: "no more memory"}
	}
	return d.ledger.Alloc(bytes)
}

// What is allocated is what the plan says, and nothing in the loop.
func TestPlanIsTrue(t *testing.T) {
	c := backendtest.Cases(t)[0]
	for _, typ := range []gpu.Type{gpu.F32, gpu.BF16} {
		d := newLedger(t)
		o := small(typ)
		o.MaxTokens, o.MicroTokens = 48, 48
		p, err := New(d, c.Config, o)
		if err != nil {
			t.Fatal(err)
		}
		plan := p.plan
		if d.bytes != plan.State+plan.Tables+plan.Activations() {
			t.Errorf("%v: %d bytes are taken, the plan is %+v", typ, d.bytes, plan)
		}
		first := d.bytes
		for range 2 {
			for _, f := range work(p, c)[:6] {
				if err := f(); err != nil {
					t.Fatal(err)
				}
			}
			if scratch := d.bytes - first; scratch > plan.Scratch || scratch < 0 {
				t.Errorf("%v: %d bytes of scratch, planned %d", typ, scratch, plan.Scratch)
			}
		}
		allocs := len(d.largest)
		for _, f := range work(p, c)[:6] {
			if err := f(); err != nil {
				t.Fatal(err)
			}
		}
		if len(d.largest) != allocs {
			t.Errorf("%v: %d allocations in the third round", typ, len(d.largest)-allocs)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		if len(d.live) != 0 || d.bytes != 0 {
			t.Errorf("%v: %d pieces of memory are left", typ, len(d.live))
		}
	}
}

// A part that needs more memory keeps less.
func TestLevelsFollowMemory(t *testing.T) {
	c := backendtest.Cases(t)[0]
	o := Options{Precision: gpu.BF16, MicroTokens: 20, ChunkRows: 7}
	need := func(n int, level Recompute) int64 {
		var l layout
		shape{c.Config, o.Precision}.place(&l, n, n, min(n, o.ChunkRows), level)
		return int64(l.end)
	}
	plan, err := NewPlan(c.Config, o, 0, 40)
	if err != nil {
		t.Fatal(err)
	}
	o.MaxTokens = 40
	o.MemoryBytes = plan.Total() - plan.Activations() + need(44, KeepInputs)
	p, err := New(newLedger(t), c.Config, o)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if p.plan.Level != KeepInputs {
		t.Fatalf("40 tokens: %v", p.plan)
	}
	leave, err := p.dev.Enter()
	if err != nil {
		t.Fatal(err)
	}
	defer leave()
	levels := map[Recompute]bool{}
	for n := 1; n <= 40; n++ {
		f, err := p.room(n, n, p.opts.levels()...)
		if err != nil {
			t.Fatal(err)
		}
		if fits := need(n, KeepAll) <= p.arena.budget; fits != (f.level == KeepAll) {
			t.Errorf("%d tokens: %v", n, f.level)
		}
		levels[f.level] = true
	}
	if len(levels) != 4 {
		t.Errorf("levels %v; the test proves nothing", levels)
	}
	_, err = p.room(48, 48, p.opts.levels()...)
	var room *RoomError
	if !errors.As(err, &room) || !strings.Contains(err.Error(), "48 tokens at a time") {
		t.Errorf("48 tokens: %v", err)
	}
}

// A cancelled context ends the work and leaves the policy whole.
func TestCancel(t *testing.T) {
	c := backendtest.Cases(t)[0]
	p, err := New(newLedger(t), c.Config, small(gpu.F32))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	ctx, cancel := context.WithCancel(context.Background())
	b := c.Batch()
	o := cancelling{cancel}
	if err := p.Accumulate(ctx, b, o, newRows(b)); err != context.Canceled {
		t.Errorf("Accumulate: %v", err)
	}
	if err := p.LogProbs(ctx, b, newRows(b)); err != context.Canceled {
		t.Errorf("LogProbs: %v", err)
	}
	if err := p.LogProbs(context.Background(), b, newRows(b)); err != nil {
		t.Error(err)
	}
}

// cancelling is an objective that cancels the work it is asked in.
type cancelling struct{ cancel func() }

func (cancelling) Needs() backend.Scope { return backend.AnyRows }

func (c cancelling) Derivatives(_, _ int, _, _, _, _ []float64) error {
	c.cancel()
	return nil
}
