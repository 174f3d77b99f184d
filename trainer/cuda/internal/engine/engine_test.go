package engine

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/backend/backendtest"
	"github.com/golongrl/golongrl/trainer/cpu"
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/internal/shim"
	"github.com/golongrl/golongrl/trainer/model"
)

// small has cuts such that the batch of backendtest is two parts; in the first there
// are a sequence of two chunks and two that share one.
func small(t gpu.Type) Options { return Options{Precision: t, MicroTokens: 45, ChunkRows: 10} }

func TestBackend(t *testing.T) {
	d := shim.Test(t, shim.Options{Fast: true})
	backendtest.Run(t, func(cfg model.Config) (backend.Policy, error) {
		return newForgetful(d, cfg, small(gpu.F32))
	}, backendtest.Float32)
}

// Every product and the residual stream are rounded to 8 bits, an error of 2^-9/√3
// each: twenty in a row make 0.5%, and a hundredth of logits of size 1.2, of which
// the largest of 40 is three times that. A gradient that is off by 0.04 of its norm
// has a cosine above 0.999. The first steps of AdamW are of one size for all
// elements: where gradients are below their error of 2% of the usual size, which
// are 1.6% of them, they may go the wrong way, √(4·0.016) of the norm; more in
// vectors of 10.
var bf16 = backendtest.Tolerance{LogP: 0.05, Gradient: 0.04, Weights: 0.4, Sampled: 0.05}

func TestBackendBF16(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	d := shim.Test(t, shim.Options{Fast: true})
	backendtest.Run(t, func(cfg model.Config) (backend.Policy, error) {
		return newForgetful(d, cfg, small(gpu.BF16))
	}, bf16)
}

// The weights that are multiplied are those that are read, rounded.
func TestUpdateRoundsWeights(t *testing.T) {
	c := backendtest.Cases(t)[1]
	d := shim.Test(t, shim.Options{Fast: true})
	p, fresh := written(t, d, c, small(gpu.BF16)), written(t, d, c, small(gpu.BF16))
	b := c.Batch()
	before, after, again := newRows(b), newRows(b), newRows(b)
	ctx := context.Background()
	if err := p.Accumulate(ctx, b, backendtest.Objective{}, before); err != nil {
		t.Fatal(err)
	}
	step := c.Step(0)
	step.LR = 0.1
	if _, err := p.Update(step); err != nil {
		t.Fatal(err)
	}
	if err := p.LogProbs(ctx, b, after); err != nil {
		t.Fatal(err)
	}
	w := all(t, p, backend.Weights)
	for i, x := range p.tensors {
		if err := fresh.Write(backend.Weights, i, w[x.Offset:][:x.Len()]); err != nil {
			t.Fatal(err)
		}
	}
	if err := fresh.LogProbs(ctx, b, again); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(after.LogP, again.LogP) || slices.Equal(after.LogP, before.LogP) {
		t.Errorf("%v behind the update, %v with the same weights, %v before", after.LogP, again.LogP, before.LogP)
	}
}

// written returns a policy with the weights of c.
func written(t *testing.T, d gpu.Device, c *backendtest.Case, o Options) *Policy {
	t.Helper()
	p, err := New(d, c.Config, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := write(p, c); err != nil {
		t.Fatal(err)
	}
	return p
}

func write(p backend.Policy, c *backendtest.Case) error {
	for i, x := range c.Config.Tensors() {
		v := make([]float32, x.Len())
		for j := range v {
			v[j] = c.Weight(i, j, x.Norm)
		}
		if err := p.Write(backend.Weights, i, v); err != nil {
			return err
		}
	}
	return nil
}

func newRows(b *backend.Batch) *backend.Rows {
	return &backend.Rows{LogP: make([]float64, len(b.Rows)), Entropy: make([]float64, len(b.Rows))}
}

// all returns all numbers of a kind.
func all(t *testing.T, p *Policy, kind backend.State) []float32 {
	t.Helper()
	v := make([]float32, p.cfg.Size())
	for i, x := range p.tensors {
		if err := p.Read(kind, i, v[x.Offset:][:x.Len()]); err != nil {
			t.Fatal(err)
		}
	}
	return v
}

func relative(got, want []float32) float64 {
	var d, n float64
	for i, w := range want {
		x := float64(got[i]) - float64(w)
		d += x * x
		n += float64(w) * float64(w)
	}
	return math.Sqrt(d / n)
}

func gradient(t *testing.T, p *Policy, b *backend.Batch, o backend.Objective) []float32 {
	t.Helper()
	if err := p.Accumulate(context.Background(), b, o, newRows(b)); err != nil {
		t.Fatal(err)
	}
	return all(t, p, backend.Gradient)
}

// What is kept and in what order blocks run changes no bit; nor does an objective
// that asks for the whole batch, where that is one part.
func TestRecomputationChangesNothing(t *testing.T) {
	devices := [2]gpu.Device{shim.Test(t, shim.Options{Fast: true}), shim.Test(t, shim.Options{Fast: true, Order: shim.Reverse})}
	for i, c := range backendtest.Cases(t) {
		typ := []gpu.Type{gpu.F32, gpu.BF16}[i]
		var want []float32
		for j, level := range []Recompute{KeepAll, KeepProducts, KeepAttention, KeepInputs} {
			o := Options{Precision: typ, MicroTokens: 100, ChunkRows: 20, Recompute: level}
			p := written(t, devices[j%2], c, o)
			got := gradient(t, p, c.Batch(), backendtest.Objective{Scope: []backend.Scope{backend.WholeBatch, backend.AnyRows}[j%2]})
			if want == nil {
				want = got
			} else if !slices.Equal(got, want) {
				t.Errorf("%v, %v: the gradient is off by %g", typ, level, relative(got, want))
			}
		}
	}
}

// Sizes for which kernels read 16 bytes at a time and use tensor cores, in the
// shape of attention that most models have.
func TestAlignedSizes(t *testing.T) {
	c := &backendtest.Case{Config: model.Config{
		Vocab: 64, Hidden: 64, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 16, MLP: 96,
		RopeTheta: 1e6, NormEps: 1e-6, Tied: true, MaxLen: 48,
	}}
	reference, err := cpu.New(c.Config, cpu.Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer reference.Close()
	if err := write(reference, c); err != nil {
		t.Fatal(err)
	}
	b := c.Batch()
	want := newRows(b)
	if err := reference.Accumulate(context.Background(), b, backendtest.Objective{}, want); err != nil {
		t.Fatal(err)
	}
	p := written(t, shim.Test(t, shim.Options{Fast: true}), c, Options{Precision: gpu.BF16})
	out := newRows(b)
	if err := p.Accumulate(context.Background(), b, backendtest.Objective{}, out); err != nil {
		t.Fatal(err)
	}
	for r, x := range want.LogP {
		if !(math.Abs(out.LogP[r]-x) < 2*bf16.LogP) { // logits are √(64/24) times as large as in the record
			t.Errorf("log-probability %d is %v, want %v", r, out.LogP[r], x)
		}
	}
	got := all(t, p, backend.Gradient)
	for i, x := range p.tensors {
		g := make([]float32, x.Len())
		if err := reference.Read(backend.Gradient, i, g); err != nil {
			t.Fatal(err)
		}
		if e := relative(got[x.Offset:][:x.Len()], g); !(e < bf16.Gradient) {
			t.Errorf("gradient of %s is off by %.2g of its norm", x.Name, e)
		}
	}
}
