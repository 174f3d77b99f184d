package engine

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/internal/ops"
)

// A cache is pages of keys and values. A page holds those of all layers, so that it
// is copied in one piece: for every layer keys, [KV, PageTokens, D], and values.
type cache struct {
	base  gpu.Ptr
	shape shape
	free  []int32
}

// pageElements returns the elements of a page.
func (s shape) pageElements() int { return 2 * s.Layers * s.KVDim() * ops.PageTokens }

func (s shape) pageBytes() int64 { return int64(s.pageElements()) * int64(s.t.Size()) }

// layer returns the pages of a layer.
func (c *cache) layer(l int) ops.Pages {
	half := c.shape.KVDim() * ops.PageTokens
	k := c.base.At(2*l*half, c.shape.t)
	return ops.Pages{K: k, V: k.At(half, c.shape.t), Stride: c.shape.pageElements()}
}

// page returns where a page is.
func (c *cache) page(i int32) gpu.Ptr { return c.base + gpu.Ptr(int64(i)*c.shape.pageBytes()) }

// take removes n free pages, which are there, and appends them to pages.
func (c *cache) take(pages []int32, n int) []int32 {
	from := len(c.free) - n
	pages = append(pages, c.free[from:]...)
	c.free = c.free[:from]
	return pages
}

// reserve lays out the arena for the request: buffers of the largest step, then as
// many pages as there is use and room for, and as one sample needs at least.
func (g *generation) reserve() error {
	p := g.p
	tokens, prefill := 0, 0
	var least, most int64
	var lengths []int32
	for _, s := range g.waiting {
		x := &g.prompts[s.prompt]
		n := len(x.tokens) + s.limit - 1 // nobody looks at the last token of a response
		lengths = append(lengths, int32(n))
		all := int64(pagesOf(n))
		least = max(least, all)
		if s.index > 0 {
			all -= int64(x.whole())
		} else {
			tokens += len(x.tokens) - 1
			prefill = max(prefill, len(x.tokens)-1)
		}
		most += all
	}
	prefill = min(tokens, max(prefill, p.opts.MicroTokens))
	slices.SortFunc(lengths, func(a, b int32) int { return int(b - a) })
	longest := int(lengths[0])
	p.rope(longest)

	// Fewer rows where their buffers would leave too little for pages: parts of
	// attention count once for each sample where the pages of a prompt do not.
	size := p.shape.pageBytes()
	work, step := g.layOut(prefill, lengths)
	for g.rows > 1 && (work+least*size > p.arena.budget || step > p.arena.budget/8) {
		g.rows = (g.rows + 1) / 2
		work, step = g.layOut(prefill, lengths)
	}

	budget := p.arena.budget - work
	if p.opts.CacheBytes > 0 {
		budget = min(budget, p.opts.CacheBytes)
	}
	pages := max(least, min(most, int64(g.rows)*least, math.MaxInt32/ops.PageTokens, budget/size))
	err := p.reserve(work + pages*size)
	for ; err != nil && survived(err) && pages > least; err = p.reserve(work + pages*size) {
		pages = max(least, pages/2)
	}
	if err != nil {
		if !survived(err) {
			return err
		}
		return &RoomError{Plan: p.plan, What: fmt.Sprintf("the keys and values of a sample of %d tokens", longest), Err: err, need: needCache, tokens: longest}
	}
	g.bufs.move(p.arena.base)
	g.cache = cache{base: p.arena.base + gpu.Ptr(work), shape: p.shape}
	for i := pages - 1; i >= 0; i-- {
		g.cache.free = append(g.cache.free, int32(i))
	}
	return nil
}

// layOut places the buffers of g.rows samples, of lengths from the longest on, and
// of prompts of prefill tokens in all. It returns the bytes of all buffers, and of
// those that a step takes beside a pass.
func (g *generation) layOut(prefill int, lengths []int32) (all, step int64) {
	s, chunk := g.p.shape, g.p.opts.ChunkRows
	var l layout
	s.place(&l, g.rows, g.rows, min(g.rows, chunk), keepNothing)
	if prefill > 0 {
		l.next = 0
		s.place(&l, prefill, 1, 1, keepNothing)
	}
	l.next = l.end
	item, _ := ops.DecodeItems(lengths[:g.rows])
	g.bufs = placeDecode(&l, max(g.rows, prefill), g.rows, pagesOf(int(lengths[0])), len(item), s.heads())
	return int64(l.next), int64(l.next - g.bufs.words)
}

// admit takes samples into work while there is room for them, and for another page
// of each that will want one, and computes the keys and values of their prompts.
func (g *generation) admit(ctx context.Context) error {
	c := &g.cache
	begin, wanted := len(g.live), 0
	for _, s := range g.live {
		wanted += min(1, g.left(s))
	}
	for len(g.waiting) > 0 && len(g.live) < g.rows {
		s := g.waiting[len(g.waiting)-1]
		x := &g.prompts[s.prompt]
		shared := 0
		if x.live == 0 {
			shared = x.whole()
		}
		if len(g.live) > 0 && len(c.free) < shared+1+wanted {
			break
		}
		x.pages = c.take(x.pages, shared)
		s.pages = c.take(s.pages, 1)
		x.live++
		wanted += min(1, g.left(s))
		g.live = append(g.live, s)
		g.waiting = g.waiting[:len(g.waiting)-1]
	}
	if err := g.prefill(ctx, g.live[begin:], begin); err != nil {
		return err
	}
	// The rest of a prompt is in the first page of each of its samples. What the one
	// that it is copied from has behind the prompt is overwritten before it is read.
	first := 0
	for i, s := range g.live {
		if s.prompt != g.live[first].prompt {
			first = i
		}
		if i >= begin && i > first && (len(g.prompts[s.prompt].tokens)-1)%ops.PageTokens > 0 {
			g.p.copy(c.page(s.pages[0]), c.page(g.live[first].pages[0]), c.shape.pageBytes())
		}
	}
	return g.p.q.Err()
}

// prefill computes the keys and values of prompts of new samples, unless another
// sample of the prompt has them: all but those of the last token.
func (g *generation) prefill(ctx context.Context, fresh []*sample, begin int) error {
	p := g.p
	m := &p.micro
	m.reset()
	var slots []int32
	flush := func() error {
		if len(m.tokens) == 0 {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		n := len(m.tokens)
		m.rows = append(m.rows, int32(n-1)) // there has to be one
		f := g.pass(n, 1)
		seqs := p.begin(m, f)
		p.upload(g.bufs.words, bytesOf(slots))
		p.forward(f, func(l int, a acts) {
			at := p.attention(a, seqs)
			p.q.StoreKV(g.cache.layer(l), at.K, at.V, 0, g.bufs.words, n, at.Heads)
			if l < p.cfg.Layers-1 {
				p.q.Attention(at, seqs)
			}
		})
		m.reset()
		slots = slots[:0]
		return p.q.Err()
	}
	for i, s := range fresh {
		x := &g.prompts[s.prompt]
		n := len(x.tokens) - 1
		if n == 0 || i > 0 && fresh[i-1].prompt == s.prompt || i == 0 && begin > 0 && g.live[begin-1].prompt == s.prompt {
			continue
		}
		if len(m.tokens)+n > p.opts.MicroTokens {
			if err := flush(); err != nil {
				return err
			}
		}
		m.add(x.tokens[:n])
		for t := range n {
			slots = append(slots, g.slot(s, t))
		}
	}
	return flush()
}

// left returns how many pages a sample lacks if it does not end before its limit.
func (g *generation) left(s *sample) int {
	x := &g.prompts[s.prompt]
	return pagesOf(len(x.tokens)+s.limit-1) - len(x.pages) - len(s.pages)
}

// slot returns where position t of a sample is in the cache.
func (g *generation) slot(s *sample, t int) int32 {
	return g.pageAt(s, t/ops.PageTokens)*ops.PageTokens + int32(t%ops.PageTokens)
}

// pageAt returns page i of a sample.
func (g *generation) pageAt(s *sample, i int) int32 {
	shared := g.prompts[s.prompt].pages
	if i < len(shared) {
		return shared[i]
	}
	return s.pages[i-len(shared)]
}

// makeRoom gives every sample the page of its next token. If there are too few, the
// last samples wait again.
func (g *generation) makeRoom() {
	for i := 0; i < len(g.live); i++ {
		s := g.live[i]
		for len(g.prompts[s.prompt].pages)+len(s.pages) <= g.position(s)/ops.PageTokens {
			if len(g.cache.free) > 0 {
				s.pages = g.cache.take(s.pages, 1)
				continue
			}
			last := g.live[len(g.live)-1]
			g.live = g.live[:len(g.live)-1]
			g.release(last)
			last.tokens, last.logp = last.tokens[:0], last.logp[:0]
			g.waiting = append(g.waiting, last)
			if last == s {
				break
			}
		}
	}
}

// release gives back the pages of a sample, and with the last one those of its
// prompt.
func (g *generation) release(s *sample) {
	c, x := &g.cache, &g.prompts[s.prompt]
	c.free = append(c.free, s.pages...)
	s.pages = s.pages[:0]
	if x.live--; x.live == 0 {
		c.free = append(c.free, x.pages...)
		x.pages = x.pages[:0]
	}
}

// copy copies memory on the device.
func (p *Policy) copy(dst, src gpu.Ptr, bytes int64) {
	if p.q.Err() == nil {
		p.q.Fail(p.dev.Copy(dst, src, bytes))
	}
}
