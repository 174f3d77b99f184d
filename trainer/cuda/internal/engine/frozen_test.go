package engine

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/backend/backendtest"
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/internal/shim"
	"github.com/golongrl/golongrl/trainer/random"
)

// A frozen policy computes and samples the bits of another.
func TestFrozen(t *testing.T) {
	d := shim.Test(t, shim.Options{})
	c := backendtest.Cases(t)[0]
	o := small(gpu.BF16)
	whole := written(t, d, c, o)
	o.Frozen = true
	frozen := written(t, d, c, o)
	b, ctx := c.Batch(), context.Background()
	want, got := newRows(b), newRows(b)
	if err := whole.LogProbs(ctx, b, want); err != nil {
		t.Fatal(err)
	}
	if err := frozen.LogProbs(ctx, b, got); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.LogP, want.LogP) || !slices.Equal(got.Entropy, want.Entropy) {
		t.Errorf("got %v, want %v", got, want)
	}
	sampled := func(p *Policy) (all []backend.Generated) {
		prompts := []backend.Prompt{{Tokens: []int32{1, 2}, Keys: []random.Key{1, 2}}}
		err := p.Generate(ctx, prompts, backend.Sampling{Temperature: 1, MaxTokens: 4}, func(_, _ int, r backend.Generated) { all = append(all, r) })
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	if got, want := sampled(frozen), sampled(whole); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if w := all(t, frozen, backend.Weights); !slices.Equal(w, all(t, whole, backend.Weights)) {
		t.Error("other weights come back")
	}
	if got, want := frozen.Info().Signature, whole.Info().Signature; got != want {
		t.Errorf("signature %q, want %q", got, want)
	}
}

// It says that it cannot be trained, and takes no memory for it.
func TestFrozenRefuses(t *testing.T) {
	c := backendtest.Cases(t)[0]
	b := c.Batch()
	for _, typ := range []gpu.Type{gpu.F32, gpu.BF16} {
		o := small(typ)
		o.Frozen = true
		d := newLedger(t)
		p, err := New(d, c.Config, o)
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		perParameter := int64(4)
		if typ == gpu.BF16 {
			perParameter = 6
		}
		n := int64(c.Config.Size())
		if s := p.plan.State; s < perParameter*n || s > perParameter*n+512 {
			t.Errorf("%v: state of %d bytes for %d parameters", typ, s, n)
		}
		if d.bytes != p.plan.State+p.plan.Tables+p.plan.Activations() {
			t.Errorf("%v: %d bytes are taken, the plan is %+v", typ, d.bytes, p.plan)
		}
		text := p.Plan()
		if !strings.Contains(text, "keep nothing") || !strings.Contains(text, "\n  weights  ") || strings.Contains(text, "gradient") {
			t.Errorf("plan\n%s", text)
		}
		// Zeros are what there is.
		if err := backend.Init(p, random.NewKey(1), 0.02); err != nil {
			t.Error(err)
		}
		x := make([]float32, c.Config.Tensors()[0].Len())
		for _, kind := range []backend.State{backend.Gradient, backend.Moment1, backend.Moment2} {
			x[0] = 1
			if err := p.Read(kind, 0, x); err != nil || slices.Max(x) != 0 || slices.Min(x) != 0 {
				t.Errorf("Read %d: %v, %v", kind, x[0], err)
			}
			if err := p.Read(kind, 0, x[1:]); err == nil {
				t.Errorf("Read %d of a wrong size: no error", kind)
			}
			x[len(x)-1] = 1
			if err := p.Write(kind, 0, x); err != errFrozen {
				t.Errorf("Write %d: %v", kind, err)
			}
		}
		if err := p.Accumulate(context.Background(), b, backendtest.Objective{}, newRows(b)); err != errFrozen {
			t.Errorf("Accumulate: %v", err)
		}
		if _, err := p.Update(c.Step(0)); err != errFrozen {
			t.Errorf("Update: %v", err)
		}
		if err := p.LogProbs(context.Background(), b, newRows(b)); err != nil {
			t.Errorf("LogProbs behind errors: %v", err)
		}
	}
}

// A reference of the size of 4B and the policy fit on a device of 141 GB.
func TestPlanOfReference(t *testing.T) {
	cfg := qwen8
	cfg.Hidden, cfg.MLP, cfg.Tied = 2560, 9728, true
	const free = 139 << 30
	o := Options{Precision: gpu.BF16, MaxTokens: 16384, Frozen: true}
	reference, err := NewPlan(cfg, o, free, 0)
	if err != nil {
		t.Fatal(err)
	}
	if gib := reference.Total() >> 30; gib < 22 || gib > 30 {
		t.Errorf("the reference takes %d GiB: %v", gib, reference)
	}
	o.Frozen = false
	p, err := NewPlan(cfg, o, free-reference.Total(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if p.State < 3*reference.State-4096 || p.State > 3*reference.State+4096 {
		t.Errorf("states of %d and %d bytes", p.State, reference.State)
	}
}
