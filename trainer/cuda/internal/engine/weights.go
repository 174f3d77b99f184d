package engine

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/internal/ops"
	"github.com/golongrl/golongrl/trainer/model"
)

// A vector is all parameters, or one number for each, in the order of
// model.Config.Tensors.
type vector struct {
	gpu.Ptr
	t gpu.Type
}

// state is what the policy holds between calls, in one piece of memory.
type state struct {
	base       gpu.Ptr
	w, g, m, v vector // float32
	low        vector // the weights in the type of products; w itself if that is float32
	noDecay    ops.Ranges
	cos, sin   gpu.Ptr
	positions  int // of cos and sin
}

// placeState lays out the vectors, of a frozen policy the weights.
func (s shape) placeState(l *layout, frozen bool) state {
	n := int64(s.Size())
	st := state{base: l.next}
	all := []*vector{&st.w, &st.g, &st.m, &st.v}
	if frozen {
		all = all[:1]
	}
	for _, v := range all {
		*v = vector{l.take(4 * n), gpu.F32}
	}
	st.low = st.w
	if s.t != gpu.F32 {
		st.low = vector{l.take(int64(s.t.Size()) * n), s.t}
	}
	if !frozen {
		bounds := len(noDecay(s.Tensors()))
		st.noDecay = ops.Ranges{Ptr: l.take(8 * int64(bounds)), N: bounds / 2}
	}
	return st
}

// layerWeights are the tensors of a layer, matrices as [out, in].
type layerWeights struct {
	attnNorm gpu.Ptr // [Hidden]
	qkv      gpu.Ptr // [QDim + 2 KVDim, Hidden]
	qNorm    gpu.Ptr // [HeadDim]
	kNorm    gpu.Ptr // [HeadDim]
	o        gpu.Ptr // [Hidden, QDim]
	mlpNorm  gpu.Ptr // [Hidden]
	gateUp   gpu.Ptr // [2 MLP, Hidden]
	down     gpu.Ptr // [Hidden, MLP]
}

// layerTensors is the number of tensors of a layer in model.Config.Tensors.
const layerTensors = 11

// layer returns the views of layer l of v.
func (p *Policy) layer(v vector, l int) layerWeights {
	ts := p.tensors[1+l*layerTensors:][:layerTensors]
	at := func(i int) gpu.Ptr { return v.At(ts[i].Offset, v.t) }
	return layerWeights{
		attnNorm: at(0), qkv: at(1), qNorm: at(4), kNorm: at(5), o: at(6),
		mlpNorm: at(7), gateUp: at(8), down: at(10),
	}
}

// finalNorm returns the view of the norm before the head, [Hidden].
func (p *Policy) finalNorm(v vector) gpu.Ptr {
	return v.At(p.tensors[1+p.cfg.Layers*layerTensors].Offset, v.t)
}

// head returns the view of the head, [Vocab, Hidden]: the embedding, which begins
// the vector, if they are tied.
func (p *Policy) head(v vector) gpu.Ptr {
	if p.cfg.Tied {
		return v.Ptr
	}
	return v.At(p.tensors[len(p.tensors)-1].Offset, v.t)
}

// vector returns that of a kind.
func (p *Policy) vector(kind backend.State) (vector, error) {
	switch kind {
	case backend.Weights:
		return p.state.w, nil
	case backend.Gradient:
		return p.state.g, nil
	case backend.Moment1:
		return p.state.m, nil
	case backend.Moment2:
		return p.state.v, nil
	}
	return vector{}, fmt.Errorf("cuda: no tensors of kind %d", kind)
}

// tensor returns tensor i, its vector and its place; it has n elements.
func (p *Policy) tensor(kind backend.State, i, n int) (model.Tensor, gpu.Ptr, error) {
	v, err := p.vector(kind)
	if err != nil {
		return model.Tensor{}, 0, err
	}
	if i < 0 || i >= len(p.tensors) {
		return model.Tensor{}, 0, fmt.Errorf("cuda: tensor %d of %d", i, len(p.tensors))
	}
	t := p.tensors[i]
	if n != t.Len() {
		return model.Tensor{}, 0, fmt.Errorf("cuda: %d elements for %s, which has %d", n, t.Name, t.Len())
	}
	return t, v.At(t.Offset, v.t), nil
}

// errFrozen is what a policy without gradient and moments says.
var errFrozen = errors.New("cuda: the policy is frozen: it has no gradient and no moments, see Options.Frozen")

// lacks reports whether a frozen policy has no tensors of kind; they are zero.
func (p *Policy) lacks(kind backend.State) bool { return p.opts.Frozen && kind != backend.Weights }

// Read implements backend.Policy.
func (p *Policy) Read(kind backend.State, i int, dst []float32) error {
	return p.do(func() error {
		_, src, err := p.tensor(kind, i, len(dst))
		switch {
		case err != nil:
		case p.lacks(kind), kind == backend.Gradient && p.fresh:
			clear(dst)
		default:
			p.download(bytesOf(dst), src)
		}
		return err
	})
}

// Write implements backend.Policy. A frozen policy takes no gradient and no moments
// but zero.
func (p *Policy) Write(kind backend.State, i int, src []float32) error {
	return p.do(func() error {
		t, dst, err := p.tensor(kind, i, len(src))
		if err != nil {
			return err
		}
		if p.lacks(kind) {
			if slices.ContainsFunc(src, func(x float32) bool { return x != 0 }) {
				return errFrozen
			}
			return nil
		}
		if kind == backend.Gradient {
			p.settle()
		}
		p.upload(dst, bytesOf(src))
		if low := p.state.low; kind == backend.Weights && low.t != gpu.F32 {
			p.q.Cast(low.At(t.Offset, low.t), low.t, dst, gpu.F32, t.Len())
		}
		return nil
	})
}

// rope makes the tables of rotation reach n positions.
//
// Frequencies and angles are rounded to float32 as in transformers, vLLM and
// SGLang: at position 100,000 that moves angles by thousandths, and weights were
// trained with it.
func (p *Policy) rope(n int) {
	if n <= p.state.positions || p.q.Err() != nil {
		return
	}
	n = min(max(n, p.state.positions*3/2), max(n, p.cfg.MaxLen))
	half := p.cfg.HeadDim / 2
	bytes := tableBytes(n, half)
	p.q.Fail(p.dev.Free(p.state.cos))
	p.state.cos, p.state.sin, p.state.positions = 0, 0, 0
	base, err := p.dev.Alloc(2 * bytes)
	if err != nil {
		p.q.Fail(err)
		return
	}
	p.state.cos, p.state.sin, p.state.positions = base, base+gpu.Ptr(bytes), n
	cos, sin := make([]float32, n*half), make([]float32, n*half)
	inv := make([]float32, half)
	for i := range inv {
		x := float32(2*i) / float32(p.cfg.HeadDim)
		inv[i] = 1 / float32(math.Pow(p.cfg.RopeTheta, float64(x)))
	}
	for t := range n {
		for i, f := range inv {
			s, c := math.Sincos(float64(float32(t) * f))
			cos[t*half+i], sin[t*half+i] = float32(c), float32(s)
		}
	}
	p.upload(p.state.cos, bytesOf(cos))
	p.upload(p.state.sin, bytesOf(sin))
}

// tableBytes returns the size of a table of rotation.
func tableBytes(positions, half int) int64 { return (int64(positions)*int64(half)*4 + 255) &^ 255 }

// scoreScale is what products of queries and keys are multiplied with.
func scoreScale(d int) float64 { return 1 / math.Sqrt(float64(d)) }
