package cpu

import (
	"math"

	"github.com/golongrl/golongrl/internal/kernels"
	"github.com/golongrl/golongrl/trainer/model"
)

// A core is the policy for one element type.
type core[T kernels.Float] struct {
	cfg     model.Config
	tensors []model.Tensor
	pool    *kernels.Pool

	// w are the parameters in the order of tensors, g their gradient, m1 and m2 the
	// moments of AdamW.
	w, g, m1, m2 []T

	cos, sin []T // see rope

	work workspace[T]
	gen  generator[T]
}

func newCore[T kernels.Float](cfg model.Config, pool *kernels.Pool, opts Options) *core[T] {
	n := cfg.Size()
	return &core[T]{
		cfg: cfg, tensors: cfg.Tensors(), pool: pool,
		w: make([]T, n), g: make([]T, n), m1: make([]T, n), m2: make([]T, n),
		work: workspace[T]{opts: opts.withDefaults()},
	}
}

// layerWeights are the tensors of a layer, matrices as [out, in].
type layerWeights[T kernels.Float] struct {
	attnNorm []T // [Hidden]
	qkv      []T // [QDim + 2 KVDim, Hidden]
	qNorm    []T // [HeadDim]
	kNorm    []T // [HeadDim]
	o        []T // [Hidden, QDim]
	mlpNorm  []T // [Hidden]
	gateUp   []T // [2 MLP, Hidden]
	down     []T // [Hidden, MLP]
}

// layerTensors is the number of tensors of a layer in model.Config.Tensors.
const layerTensors = 11

// layerOf returns the views of layer l of a vector with the layout of w.
func (c *core[T]) layerOf(v []T, l int) layerWeights[T] {
	ts := c.tensors[1+l*layerTensors:][:layerTensors]
	view := func(first, last int) []T {
		return v[ts[first].Offset : ts[last].Offset+ts[last].Len()]
	}
	return layerWeights[T]{
		attnNorm: view(0, 0),
		qkv:      view(1, 3),
		qNorm:    view(4, 4),
		kNorm:    view(5, 5),
		o:        view(6, 6),
		mlpNorm:  view(7, 7),
		gateUp:   view(8, 9),
		down:     view(10, 10),
	}
}

// layer returns the weights of layer l.
func (c *core[T]) layer(l int) layerWeights[T] { return c.layerOf(c.w, l) }

func (c *core[T]) embedOf(v []T) []T { return v[:c.cfg.Vocab*c.cfg.Hidden] }

func (c *core[T]) finalNormOf(v []T) []T {
	t := c.tensors[1+c.cfg.Layers*layerTensors]
	return v[t.Offset:][:c.cfg.Hidden]
}

func (c *core[T]) headOf(v []T) []T {
	if c.cfg.Tied {
		return c.embedOf(v)
	}
	return v[len(v)-c.cfg.Vocab*c.cfg.Hidden:]
}

// embed returns the embedding, [Vocab, Hidden].
func (c *core[T]) embed() []T { return c.embedOf(c.w) }

// finalNorm returns the weight of the norm before the head, [Hidden].
func (c *core[T]) finalNorm() []T { return c.finalNormOf(c.w) }

// head returns the head, [Vocab, Hidden]; it is the embedding if they are tied.
func (c *core[T]) head() []T { return c.headOf(c.w) }

// rope returns tables for kernels.Rope of at least n positions.
//
// Frequencies and angles are rounded to float32 as in transformers, vLLM and
// SGLang, in every instantiation: at position 100,000 that moves angles by
// thousandths, and weights were trained with it.
func (c *core[T]) rope(n int) (cos, sin []T) {
	half := c.cfg.HeadDim / 2
	have := len(c.cos) / half
	if n <= have {
		return c.cos, c.sin
	}
	// In proportion, since decoding asks for one more at a time.
	n = max(n, have+have/2, min(c.cfg.MaxLen, 256))
	cos, sin = make([]T, n*half), make([]T, n*half)
	copy(cos, c.cos)
	copy(sin, c.sin)
	inv := make([]float32, half)
	for i := range inv {
		x := float32(2*i) / float32(c.cfg.HeadDim)
		inv[i] = 1 / float32(math.Pow(c.cfg.RopeTheta, float64(x)))
	}
	for t := have; t < n; t++ {
		for i, f := range inv {
			s, co := math.Sincos(float64(float32(t) * f))
			cos[t*half+i], sin[t*half+i] = T(float32(co)), T(float32(s))
		}
	}
	c.cos, c.sin = cos, sin
	return cos, sin
}
