package engine

import (
	"encoding/binary"
	"math"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/internal/ops"
)

// decodeBuffers are what a step takes beside a pass.
type decodeBuffers struct {
	words gpu.Ptr // what is uploaded, see generation.place
	drawn gpu.Ptr // f64, log-probabilities, then i32, tokens, one behind the other
	lse   gpu.Ptr // f64
	parts gpu.Ptr // see ops.Decoding
}

// placeDecode lays out buffers for rows samples of at most width pages and items
// items of attention in all; slots is for how many positions are stored at a time.
func placeDecode(l *layout, slots, rows, width, items int, s gpu.Heads) decodeBuffers {
	r := int64(rows)
	words := 2*r + // numbers to draw with
		int64(slots) + r + r + 1 + // slots, lengths, first items
		int64(items) + r*int64(width) // tables
	return decodeBuffers{
		words: l.take(4 * words), drawn: l.take(12 * r), lse: l.take(8 * r),
		parts: l.take(ops.DecodeBytes(rows, items, s)),
	}
}

// move adds an address to offsets.
func (b *decodeBuffers) move(base gpu.Ptr) {
	b.words += base
	b.drawn += base
	b.lse += base
	b.parts += base
}

// pass returns where the next n tokens have their buffers.
func (g *generation) pass(n, rows int) *pass {
	l := layout{next: g.p.arena.base}
	return g.p.shape.place(&l, n, rows, min(rows, g.p.opts.ChunkRows), keepNothing)
}

// place uploads what a step wants to know of its samples: where their pages are,
// the numbers u to draw with, and the slots of the step's keys and values.
func (g *generation) place() (d ops.Decoding, u, slots gpu.Ptr) {
	n := len(g.live)
	d.Rows = n
	length := make([]int32, n)
	for i, s := range g.live {
		length[i] = int32(g.position(s) + 1)
		d.Width = max(d.Width, pagesOf(int(length[i])))
	}
	item, first := ops.DecodeItems(length)
	d.Items = len(item)
	d.Parts = g.bufs.parts

	w := g.words[:0]
	for _, s := range g.live { // 8 bytes each, so in front
		bits := math.Float64bits(s.key.Float64(uint64(len(s.tokens))))
		w = append(w, int32(uint32(bits)), int32(uint32(bits>>32)))
	}
	at := func() gpu.Ptr { return g.bufs.words.At(len(w), gpu.F32) }
	slots = at()
	for _, s := range g.live {
		w = append(w, g.slot(s, g.position(s)))
	}
	d.Length = at()
	w = append(w, length...)
	d.Item = at()
	w = append(w, item...)
	d.First = at()
	w = append(w, first...)
	d.Table = at()
	for i, s := range g.live {
		for page := range d.Width {
			if page < pagesOf(int(length[i])) {
				w = append(w, g.pageAt(s, page))
			} else {
				w = append(w, 0)
			}
		}
	}
	g.words = w
	g.p.upload(g.bufs.words, bytesOf(w))
	return d, g.bufs.words, slots
}

// logp returns what step found for sample i.
func (g *generation) logp(i int) float64 {
	return math.Float64frombits(binary.LittleEndian.Uint64(g.drawn[8*i:]))
}

// token returns what step drew for sample i of n.
func (g *generation) token(i, n int) int32 {
	return int32(binary.LittleEndian.Uint32(g.drawn[8*n+4*i:]))
}
