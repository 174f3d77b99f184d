package engine

import (
	"cmp"
	"math/bits"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/internal/ops"
	"github.com/golongrl/golongrl/trainer/model"
)

// A layout hands out memory behind an address, which may be 0 to count only.
// Pieces begin at multiples of 256 bytes.
type layout struct {
	next gpu.Ptr
	end  gpu.Ptr // the highest that next was
}

// huge is where counting ends, so that sizes that no device has do not overflow.
const huge = 1 << 61

func (l *layout) take(bytes int64) gpu.Ptr {
	p := l.next
	l.next = min((p+gpu.Ptr(bytes)+255)&^255, huge)
	l.end = max(l.end, l.next)
	return p
}

// area returns the bytes of a matrix, at most huge.
func area(rows, cols int, size int64) int64 {
	over, n := bits.Mul64(uint64(rows), uint64(cols)*uint64(size))
	if over > 0 || n > huge {
		return huge
	}
	return int64(n)
}

// A shape is a model with an element type, all that sizes of buffers follow from.
type shape struct {
	model.Config
	t gpu.Type
}

// ld is the width of qkv: queries, keys and values of a token.
func (s shape) ld() int { return s.QDim() + 2*s.KVDim() }

func (s shape) heads() gpu.Heads {
	return gpu.Heads{Q: s.Heads, KV: s.KVHeads, D: s.HeadDim, Scale: scoreScale(s.HeadDim)}
}

// acts are the activations of a layer for n tokens. Behind the attention of the
// last layer there are only the rows that count.
type acts struct {
	x       gpu.Ptr // [n, Hidden]: the residual stream before the layer
	norm    gpu.Ptr // [n, Hidden]: x after the norm
	inv     gpu.Ptr // f32, [n]: rstd of the norm
	qkv     gpu.Ptr // [n, QDim + 2 KVDim], before norm and rotation
	qk      gpu.Ptr // [n, QDim + KVDim]: rotated heads
	invHead gpu.Ptr // f32, [n, Heads + KVHeads]: rstd of their norms
	attn    gpu.Ptr // [n, QDim]
	lse     gpu.Ptr // f32, [n, Heads]
	x2      gpu.Ptr // [n, Hidden]: the residual stream behind the attention
	norm2   gpu.Ptr // [n, Hidden]: x2 after the norm
	inv2    gpu.Ptr // f32, [n]: rstd of the norm
	gu      gpu.Ptr // [n, 2 MLP]: gates and ups; in the backward pass their gradients
	act     gpu.Ptr // [n, MLP]: silu(gate) up
}

// or returns a with what it lacks from b.
func (a acts) or(b acts) acts {
	return acts{
		x: a.x, norm: cmp.Or(a.norm, b.norm), inv: cmp.Or(a.inv, b.inv),
		qkv: cmp.Or(a.qkv, b.qkv), qk: cmp.Or(a.qk, b.qk), invHead: cmp.Or(a.invHead, b.invHead),
		attn: a.attn, lse: a.lse,
		x2: cmp.Or(a.x2, b.x2), norm2: cmp.Or(a.norm2, b.norm2), inv2: cmp.Or(a.inv2, b.inv2),
		gu: cmp.Or(a.gu, b.gu), act: cmp.Or(a.act, b.act),
	}
}

// A pass is where n tokens, of which rows count, have their buffers. Those of the
// forward pass, the head and the backward pass are in the same place.
type pass struct {
	n, rows int
	level   Recompute

	ints     gpu.Ptr // i32: see micro
	seqs     gpu.Ptr // for ops.Queue.PlaceSequences
	stats    gpu.Ptr // f64, [5 rows]: see Policy.stats
	layers   []acts
	final    gpu.Ptr // [rows, Hidden]: the residual stream behind the last layer
	finalH   gpu.Ptr // [rows, Hidden]: after the norm; in the backward pass the gradient
	finalInv gpu.Ptr // f32, [rows]: rstd of the norm

	fore struct {
		acts             // what is not kept; norms have the same place, and qk and act; no rstd
		sum      gpu.Ptr // [n, Hidden]: what is added to the residual stream
		attnRows gpu.Ptr // [rows, QDim]
	}
	head struct {
		logits  gpu.Ptr // f32, [chunk, Vocab]
		dlogits gpu.Ptr // [chunk, Vocab]; the logits if that is their type
	}
	back struct {
		acts              // what is not kept; norms have the same place
		dx        gpu.Ptr // [n, Hidden]
		dxRows    gpu.Ptr // [rows, Hidden]
		dnorm     gpu.Ptr // [n, Hidden]
		dact      gpu.Ptr // [n, MLP]; act itself if that is not kept
		attnRows  gpu.Ptr // [rows, QDim], if there are fewer than n
		dattn     gpu.Ptr // [n, QDim]
		dattnRows gpu.Ptr // [rows, QDim], if there are fewer than n
		dqkv      gpu.Ptr // [n, QDim + 2 KVDim]
	}

	kept    int64 // bytes behind the layout's begin that live from the forward to the backward pass
	working int64 // of the forward or the backward pass
	heading int64 // of the head
}

// place lays out a pass. At keepNothing there is no backward pass, and layers have
// the same place.
func (s shape) place(l *layout, n, rows, chunk int, level Recompute) *pass {
	p := &pass{n: n, rows: rows, level: level, layers: make([]acts, s.Layers)}
	size := int64(s.t.Size())
	matrix := func(rows, cols int) gpu.Ptr { return l.take(area(rows, cols, size)) }
	floats := func(rows, cols int) gpu.Ptr { return l.take(area(rows, cols, 4)) }
	h, q, kv, f, heads := s.Hidden, s.QDim(), s.KVDim(), s.MLP, s.Heads+s.KVHeads
	begin := l.next

	p.ints = l.take(4 * int64(listAt(lists, n, rows)))
	p.seqs = l.take(ops.MaxSequencesBytes(n, n))
	p.stats = l.take(8 * 5 * int64(rows))
	for i := range p.layers {
		a := &p.layers[i]
		if level == keepNothing && i > 0 {
			*a = p.layers[0]
			continue
		}
		k := n
		if i == s.Layers-1 {
			k = rows
		}
		a.x, a.attn, a.lse = matrix(n, h), matrix(n, q), floats(n, s.Heads)
		if level <= KeepAttention {
			a.qkv, a.x2 = matrix(n, s.ld()), matrix(k, h)
		}
		if level <= KeepProducts {
			a.gu = matrix(k, 2*f)
		}
		if level == KeepAll {
			a.norm, a.inv, a.norm2, a.inv2 = matrix(n, h), floats(n, 1), matrix(k, h), floats(k, 1)
			a.qk, a.invHead, a.act = matrix(n, q+kv), floats(n, heads), matrix(k, f)
		}
	}
	p.final, p.finalH, p.finalInv = matrix(rows, h), matrix(rows, h), floats(rows, 1)
	p.kept = int64(l.next - begin)

	most := n // rows of what layers share
	if s.Layers == 1 {
		most = rows
	}
	shared := l.next
	if level >= KeepInputs {
		p.fore.qkv, p.fore.x2 = matrix(n, s.ld()), matrix(most, h)
	}
	if level > KeepProducts {
		p.fore.gu = matrix(most, 2*f)
	}
	p.fore.sum = matrix(n, h)
	if level > KeepAll {
		p.fore.norm, p.fore.qk = matrix(n, h), matrix(n, max(q+kv, f))
		p.fore.norm2, p.fore.act = p.fore.norm, p.fore.qk
	}
	if rows != n {
		p.fore.attnRows = matrix(rows, q)
	}
	p.working = int64(l.next - shared)

	l.next = shared
	p.head.logits = floats(chunk, s.Vocab)
	p.head.dlogits = p.head.logits
	if s.t != gpu.F32 && level != keepNothing {
		p.head.dlogits = matrix(chunk, s.Vocab)
	}
	p.heading = int64(l.next - shared)
	if level == keepNothing {
		l.next = l.end
		return p
	}

	l.next = shared
	b := &p.back
	b.dx, b.dnorm = matrix(n, h), matrix(n, h)
	if level > KeepAll {
		b.norm, b.inv = matrix(n, h), floats(n, 1)
		b.norm2, b.inv2 = b.norm, b.inv
	}
	b.dxRows = b.dx
	if rows != n {
		b.dxRows = matrix(rows, h)
	}
	half := l.next // either half of a layer, behind one another
	b.dact = matrix(most, f)
	b.act = b.dact
	if level == KeepInputs {
		b.x2 = matrix(most, h)
		if rows != n {
			b.attnRows = matrix(rows, q)
		}
	}
	if level > KeepProducts {
		b.gu = matrix(most, 2*f)
	}
	p.working = max(p.working, int64(l.next-shared))
	l.next = half
	b.dattn, b.dqkv = matrix(n, q), matrix(n, s.ld())
	if level > KeepAll {
		b.qk, b.invHead = matrix(n, q+kv), floats(n, heads)
		b.dattnRows = b.qk // not in use yet
	} else if rows != n {
		b.dattnRows = matrix(rows, q)
	}
	if level == KeepInputs {
		b.qkv = matrix(n, s.ld())
	}
	p.working = max(p.working, int64(l.next-shared))
	l.next = l.end
	return p
}
