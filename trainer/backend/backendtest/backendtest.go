// Package backendtest holds the tests that every backend.Policy passes.
//
// Numbers are compared with testdata that the CPU policy wrote in float64, which
// its own tests hold to finite differences and to transformers.
package backendtest

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/model"
	"github.com/golongrl/golongrl/trainer/random"
)

// Tolerance says how far a policy may be off.
type Tolerance struct {
	LogP     float64 // of a log-probability or an entropy
	Gradient float64 // norm of the error of a tensor, relative to the tensor's norm
	Weights  float64 // norm of the error of a tensor's change in three updates, relative to the norm of the change
	Sampled  float64 // of a log-probability that Generate returns from that of LogProbs
}

// Float32 is the tolerance for policies that compute in float32.
var Float32 = Tolerance{LogP: 1e-5, Gradient: 1e-5, Weights: 1e-3, Sampled: 1e-5}

// Run runs the tests. open returns a new policy of the shape, whose weights are
// zero; Run closes it.
func Run(t *testing.T, open func(model.Config) (backend.Policy, error), tol Tolerance) {
	for _, c := range Cases(t) {
		name := "separate head"
		if c.Config.Tied {
			name = "tied head"
		}
		s := &suite{c, func(t *testing.T) backend.Policy {
			t.Helper()
			p, err := open(c.Config)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := p.Close(); err != nil {
					t.Error(err)
				}
			})
			return p
		}, tol}
		t.Run(name, func(t *testing.T) {
			t.Run("tensors", s.tensors)
			t.Run("log-probabilities", s.logProbs)
			t.Run("gradients", s.gradients)
			t.Run("updates", s.updates)
			t.Run("not finite", s.notFinite)
			t.Run("bad batches", s.badBatches)
			t.Run("samples", s.samples)
			t.Run("sampling", s.sampling)
		})
	}
}

type suite struct {
	c    *Case
	open func(*testing.T) backend.Policy
	tol  Tolerance
}

// A Case is a shape and what a policy of it computes for [Case.Batch] and
// [Case.Objective]. Tensors are in the order of model.Config.Tensors.
type Case struct {
	Config  model.Config
	LogP    []float64
	Entropy []float64
	Grads   [][]float32
	Changes [][]float32 // of the weights, by three updates
	Norms   []float64   // of the gradient before each
}

//go:embed testdata/cases.json.gz
var cases []byte

// Cases returns the recorded numbers.
func Cases(t *testing.T) []*Case {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(cases))
	if err != nil {
		t.Fatal(err)
	}
	var out []*Case
	if err := json.NewDecoder(z).Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

// Configs are the shapes that are tried.
func Configs() []model.Config {
	c := model.Config{
		Vocab: 37, Hidden: 24, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 8, MLP: 20,
		RopeTheta: 1e6, NormEps: 1e-6, MaxLen: 48,
	}
	d := c
	d.Tied, d.Layers, d.Heads, d.KVHeads, d.HeadDim = true, 1, 3, 1, 10
	return []model.Config{c, d}
}

// Weight returns element j of tensor i of the policies.
func (c *Case) Weight(i, j int, norm bool) float32 {
	x := 0.25 * random.NewKey(1, uint64(i)).Normal(uint64(j))
	if norm {
		x = 1 + x
	}
	return float32(x)
}

// Batch returns the batch: sequences of 1 to 29 tokens, with rows behind prompts
// of different lengths, and one without rows.
func (c *Case) Batch() *backend.Batch {
	b := &backend.Batch{Start: []int{0}, Temperature: 0.9}
	key := random.NewKey(2)
	for s, n := range []int{17, 2, 29, 1, 5, 8} {
		begin := b.Start[s]
		for i := range n {
			b.Tokens = append(b.Tokens, int32(key.IntN(uint64(begin+i), c.Config.Vocab)))
			if prompt := []int{1, 1, 20, 1, 5, 3}[s]; i >= prompt {
				b.Rows = append(b.Rows, begin+i)
			}
		}
		b.Start = append(b.Start, len(b.Tokens))
	}
	return b
}

// Objective is the loss: the sum over rows of a logp + logp²/50 + e entropy with
// coefficients a and e of the row. Scope is what Needs returns.
type Objective struct{ Scope backend.Scope }

// Needs implements backend.Objective.
func (o Objective) Needs() backend.Scope { return o.Scope }

// Derivatives implements backend.Objective.
func (o Objective) Derivatives(lo, hi int, logp, _, dlogp, dentropy []float64) error {
	for i, lp := range logp {
		if dentropy[i] != 0 {
			return fmt.Errorf("dentropy of row %d starts as %v", lo+i, dentropy[i])
		}
		key := random.NewKey(3, uint64(lo+i))
		dlogp[i] = key.Float64(0) - 0.8 + lp/25
		dentropy[i] = key.Float64(1) - 0.5
	}
	return nil
}

// Step returns update i, from 0.
func (c *Case) Step(i int) backend.Update {
	return backend.Update{LR: 1e-3, Beta1: 0.9, Beta2: 0.95, Eps: 1e-6, Decay: 0.1, Step: i + 1, MaxNorm: []float64{1, 0, 2}[i]}
}

func (s *suite) policy(t *testing.T) backend.Policy {
	t.Helper()
	p := s.open(t)
	for i, x := range s.c.Config.Tensors() {
		v := make([]float32, x.Len())
		for j := range v {
			v[j] = s.c.Weight(i, j, x.Norm)
		}
		if err := p.Write(backend.Weights, i, v); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func newRows(b *backend.Batch) *backend.Rows {
	return &backend.Rows{LogP: make([]float64, len(b.Rows)), Entropy: make([]float64, len(b.Rows))}
}

func near(t *testing.T, what string, got, want []float64, tol float64) {
	t.Helper()
	for i, w := range want {
		if !(math.Abs(got[i]-w) <= tol) {
			t.Errorf("%s %d is %v, want %v", what, i, got[i], w)
		}
	}
}

// relative returns the norm of got - want relative to that of want.
func relative(got, want []float32) float64 {
	var d, n float64
	for i, w := range want {
		x := float64(got[i]) - float64(w)
		d += x * x
		n += float64(w) * float64(w)
	}
	return math.Sqrt(d / n)
}
