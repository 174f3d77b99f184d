package cpu

import "github.com/golongrl/golongrl/internal/kernels"

// A cache holds keys and values of all layers for sampling, in one piece of
// memory. Blocks of keys that the prompt fills are kept once for all its samples;
// the rest of the prompt is copied to every sample, whose response goes on in the
// same block.
//
// The keys of a block are transposed, so that the scores of a query with them are
// a product with a row-major matrix. The values of a block are zero where nothing
// was stored yet.
type cache[T kernels.Float] struct {
	attn   attn[T]
	groups int // heads of keys
	data   []T
}

// A region is where the cache keeps positions from to to, which begin blocks,
// of a prompt or a sample.
type region struct{ at, from, to int }

// stride returns the elements that n positions take, of keys or values of a head.
func (c *cache[T]) stride(n int) int { return n * c.attn.d }

// keys and values return those of head g of layer l, beginning at block at.
func (c *cache[T]) keys(r region, l, g, at int) []T {
	n := c.stride(r.to - r.from)
	return c.data[r.at+(l*c.groups+g)*2*n:][:n][c.stride(at-r.from):]
}

func (c *cache[T]) values(r region, l, g, at int) []T {
	n := c.stride(r.to - r.from)
	return c.data[r.at+((l*c.groups+g)*2+1)*n:][:n][c.stride(at-r.from):]
}

// store keeps head g of layer l at a position, from a row of attention's input.
// Positions of a block are stored in order.
func (c *cache[T]) store(r region, l, g, position int, qkv []T) {
	d, at := c.attn.d, blockStart(position)
	size, i := keyBlock(at), position-at
	keys, values := c.keys(r, l, g, at), c.values(r, l, g, at)[:size*d]
	for j, x := range qkv[c.attn.keyAt+g*d:][:d] {
		keys[j*size+i] = x
	}
	copy(values[i*d:], qkv[c.attn.valueAt+g*d:][:d])
	if i == 0 {
		clear(values[d:])
	}
}

// storePrompt keeps layer l of a prompt whose rows of attention's input are qkv:
// whole blocks in shared, the rest in the samples.
func (c *cache[T]) storePrompt(shared region, samples []*sample, l, g, n int, qkv []T) {
	ld := c.attn.ldQKV
	for t := range shared.to {
		c.store(shared, l, g, t, qkv[t*ld:][:ld])
	}
	for _, s := range samples {
		for t := shared.to; t < n && s.own.to > t; t++ {
			c.store(s.own, l, g, t, qkv[t*ld:][:ld])
		}
	}
}

// attend is attention for one query per sample, row by row, over all that the
// sample's cache holds and the query's own key and value, which it stores. The
// samples belong to one prompt.
func (c *cache[T]) attend(w *attnWork[T], out, qkv []T, row0 int, samples []*sample, l, g int) {
	a := &c.attn
	d, ratio := a.d, a.ratio
	w.q = fit(&w.q, len(samples)*ratio*d)
	a.gather(w.q, qkv, a.ldQKV, row0, row0+len(samples), g)
	w.begin(len(samples)*ratio, d)
	shared := samples[0].shared
	for at := 0; at < shared.to; at += keyBlock(at) {
		c.block(w, shared, l, g, at, keyBlock(at), 0, len(samples)*ratio)
	}
	for i, s := range samples {
		c.store(s.own, l, g, s.position, qkv[(row0+i)*a.ldQKV:][:a.ldQKV])
		for at := s.own.from; at <= s.position; at += keyBlock(at) {
			c.block(w, s.own, l, g, at, min(keyBlock(at), s.position+1-at), i*ratio, ratio)
		}
		for r := range ratio {
			w.finish(out[(row0+i)*a.ldOut+(g*ratio+r)*d:][:d], i*ratio+r)
		}
	}
}

// block adds the first n keys of a block to the softmax of m rows.
func (c *cache[T]) block(w *attnWork[T], r region, l, g, at, n, row0, m int) {
	d, size := c.attn.d, keyBlock(at)
	kernels.Gemm(nil, false, false, m, n, d, w.q[row0*d:], d, c.keys(r, l, g, at), size, false, w.s, size)
	for i := range m {
		scores := w.s[i*size:][:size]
		mask(scores, n)
		w.softmax(row0+i, scores, c.attn.scale)
	}
	w.accumulate(row0, m, size, c.values(r, l, g, at), d, at == 0)
}
