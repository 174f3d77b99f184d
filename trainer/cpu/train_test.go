package cpu

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/golongrl/golongrl/internal/kernels"
	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/model"
	"github.com/golongrl/golongrl/trainer/random"
)

// tiny has more than one query head per key head and a head_dim that is not
// Hidden/Heads.
func tiny(tied bool) model.Config {
	return model.Config{
		Vocab: 11, Hidden: 10, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 6, MLP: 14,
		RopeTheta: 1e4, NormEps: 1e-6, Tied: tied, MaxLen: 64,
	}
}

// scatterWeights gives every parameter a value large enough to matter: norms
// around 1, matrices with deviation std.
func scatterWeights[T kernels.Float](c *core[T], std float64) {
	for i, t := range c.tensors {
		key := random.NewKey(7, uint64(i))
		for j := range t.Len() {
			x := std * key.Normal(uint64(j))
			if t.Norm {
				x = 1 + x
			}
			c.w[t.Offset+j] = T(x)
		}
	}
}

// packed is four sequences: one with rows everywhere, one with rows behind a
// prompt, one without rows and one with a hole between rows.
func packed(vocab int) *backend.Batch {
	b := &backend.Batch{Start: []int{0, 5, 14, 17, 24}, Rows: []int{1, 2, 3, 4, 10, 11, 12, 18, 20, 21}, Temperature: 0.7}
	key := random.NewKey(3)
	for i := range 24 {
		b.Tokens = append(b.Tokens, int32(key.IntN(uint64(i), vocab)))
	}
	return b
}

// quadratic is the loss sum over rows of a logp + c logp²/2 + e entropy.
type quadratic struct {
	scope backend.Scope
	calls []int // ends of the pieces
}

func (q *quadratic) coef(r int) (a, c, e float64) {
	key := random.NewKey(5, uint64(r))
	return key.Normal(0), key.Normal(1) / 4, key.Normal(2)
}

func (q *quadratic) Needs() backend.Scope { return q.scope }

func (q *quadratic) Derivatives(lo, hi int, logp, entropy, dlogp, dentropy []float64) error {
	q.calls = append(q.calls, hi)
	for i := range logp {
		if dentropy[i] != 0 {
			return errors.New("dentropy is not zero")
		}
		a, c, e := q.coef(lo + i)
		dlogp[i], dentropy[i] = a+c*logp[i], e
	}
	return nil
}

func (q *quadratic) loss(out *backend.Rows) float64 {
	var s float64
	for r, lp := range out.LogP {
		a, c, e := q.coef(r)
		s += a*lp + c*lp*lp/2 + e*out.Entropy[r]
	}
	return s
}

func newRows(b *backend.Batch) *backend.Rows {
	return &backend.Rows{LogP: make([]float64, len(b.Rows)), Entropy: make([]float64, len(b.Rows))}
}

func TestGradientByFiniteDifferences(t *testing.T) {
	for _, tied := range []bool{false, true} {
		cfg := tiny(tied)
		c := newCore[float64](cfg, nil, Options{})
		scatterWeights(c, 0.3)
		b, obj := packed(cfg.Vocab), &quadratic{}
		out := newRows(b)
		if err := c.accumulate(context.Background(), b, obj, out); err != nil {
			t.Fatal(err)
		}
		loss := func() float64 {
			c.logProbs(context.Background(), b, out)
			return obj.loss(out)
		}
		for _, ten := range c.tensors {
			key := random.NewKey(11, uint64(ten.Offset))
			var worst, size float64
			for j := range min(ten.Len(), 5) {
				i := ten.Offset + key.IntN(uint64(j), ten.Len())
				const step = 1e-5
				w := c.w[i]
				c.w[i] = w + step
				up := loss()
				c.w[i] = w - step
				down := loss()
				c.w[i] = w
				worst = max(worst, math.Abs((up-down)/(2*step)-c.g[i]))
				size = max(size, math.Abs(c.g[i]))
			}
			if size < 1e-4 {
				t.Errorf("tied %v %s: gradient at most %g; the test proves nothing", tied, ten.Name, size)
			}
			if worst > 1e-8*max(1, size) {
				t.Errorf("tied %v %s: error %g of %g", tied, ten.Name, worst, size)
			}
		}
	}
}

// What a token gets does not depend on packing, on tokens behind it, on other
// rows or on the cut into parts.
func TestLogProbsOfOneSequence(t *testing.T) {
	cfg := tiny(false)
	c := newCore[float32](cfg, nil, Options{MicroTokens: 10, ChunkBytes: 3 * 4 * cfg.Vocab})
	scatterWeights(c, 0.3)
	b := packed(cfg.Vocab)
	want := newRows(b)
	c.logProbs(context.Background(), b, want)
	for s := range len(b.Start) - 1 {
		for r, at := range b.Rows {
			if at < b.Start[s] || at >= b.Start[s+1] {
				continue
			}
			n := at + 1 - b.Start[s]
			one := &backend.Batch{Tokens: b.Tokens[b.Start[s] : at+1], Start: []int{0, n}, Rows: []int{n - 1}, Temperature: b.Temperature}
			got := newRows(one)
			c.logProbs(context.Background(), one, got)
			if got.LogP[0] != want.LogP[r] || got.Entropy[0] != want.Entropy[r] {
				t.Errorf("row %d: %v alone, %v packed", r, got.LogP[0], want.LogP[r])
			}
		}
	}
}

func TestRecomputationAndWorkersChangeNothing(t *testing.T) {
	cfg := tiny(false)
	b := packed(cfg.Vocab)
	var want []float32
	for _, level := range []Recompute{KeepAll, KeepAttention, KeepInputs} {
		for _, workers := range []int{1, 3} {
			c := newCore[float32](cfg, kernels.NewPool(workers), Options{Recompute: level})
			scatterWeights(c, 0.3)
			if err := c.accumulate(context.Background(), b, &quadratic{}, newRows(b)); err != nil {
				t.Fatal(err)
			}
			if want == nil {
				want = c.g
			} else if !slices.Equal(c.g, want) {
				t.Errorf("%v, %d workers: another gradient", level, workers)
			}
		}
	}
}

func TestPartsAddUp(t *testing.T) {
	cfg := tiny(true)
	b := packed(cfg.Vocab)
	run := func(scope backend.Scope, micro, chunkRows int) (*core[float64], *backend.Rows, *quadratic) {
		c := newCore[float64](cfg, nil, Options{MicroTokens: micro, ChunkBytes: chunkRows * 8 * cfg.Vocab})
		scatterWeights(c, 0.3)
		out, obj := newRows(b), &quadratic{scope: scope}
		if err := c.accumulate(context.Background(), b, obj, out); err != nil {
			t.Fatal(err)
		}
		return c, out, obj
	}
	want, rows, _ := run(backend.AnyRows, 4096, 100)
	for _, test := range []struct {
		scope        backend.Scope
		micro, chunk int
		calls        []int
	}{
		{backend.AnyRows, 4096, 100, []int{10}},
		{backend.AnyRows, 4096, 4, []int{4, 8, 10}},
		{backend.AnyRows, 10, 3, []int{3, 4, 7, 10}}, // 4 and 7 tokens are above 10; so are 7 and 4
		{backend.WholeSequences, 4096, 100, []int{10}},
		{backend.WholeSequences, 4096, 7, []int{7, 10}}, // sequences have 4, 3, 0 and 3 rows
		{backend.WholeSequences, 4096, 6, []int{4, 10}},
		{backend.WholeSequences, 4096, 3, []int{4, 7, 10}},
		{backend.WholeSequences, 4096, 1, []int{4, 7, 10}},
		{backend.WholeSequences, 1, 100, []int{4, 7, 10}},
		{backend.WholeBatch, 4096, 100, []int{10}},
		{backend.WholeBatch, 4096, 4, []int{10}},
		{backend.WholeBatch, 1, 3, []int{10}},
	} {
		c, out, obj := run(test.scope, test.micro, test.chunk)
		name := fmt.Sprintf("%+v", test)
		if !slices.Equal(obj.calls, test.calls) {
			t.Errorf("%s: pieces end at %v", name, obj.calls)
		}
		if !slices.Equal(out.LogP, rows.LogP) || !slices.Equal(out.Entropy, rows.Entropy) {
			t.Errorf("%s: other log-probabilities", name)
		}
		for i, g := range c.g {
			if math.Abs(g-want.g[i]) > 1e-12*max(1, math.Abs(g)) {
				t.Fatalf("%s: gradient %d is %v, want %v", name, i, g, want.g[i])
			}
		}
	}
}
