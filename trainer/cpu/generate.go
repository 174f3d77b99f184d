package cpu

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/golongrl/golongrl/internal/kernels"
	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/random"
)

// Generate implements backend.Policy. Token i of a response is drawn with number i
// of its key's stream, by inversion of the cumulated distribution in the order of
// tokens. A sample is a function of the weights, its prompt, its key and s, and its
// LogP are those of LogProbs, rounded to float32, bit for bit.
//
// Samples are computed at the same time as long as their keys and values fit into
// Options.CacheBytes, then the next ones. done must not use the policy.
//
// A policy that computes NaN is an error that names the prompt; samples that were
// complete before have been delivered. A prompt and its response are together at
// most the policy's MaxLen tokens, as [backend.Sampling.Validate] says.
func (p *Policy) Generate(ctx context.Context, prompts []backend.Prompt, s backend.Sampling, done func(prompt, sample int, r backend.Generated)) error {
	if err := s.Validate(p.cfg, prompts); err != nil {
		return err
	}
	return p.generate(ctx, prompts, s, done)
}

// A generator is what sampling keeps from call to call.
type generator[T kernels.Float] struct {
	cache     cache[T]
	micro     micro
	next      []int32
	logp, lse []float64
}

// A sample is a response in the making.
type sample struct {
	prompt, index int // of the request
	key           random.Key
	shared, own   region // of the cache
	row           int    // of the pass in work, that its next token is drawn from
	position      int    // of the last token in the sequence
	limit         int    // of tokens
	next          int32
	tokens        []int32
	logp          []float32
}

// An order is a prompt with some of its samples.
type order struct {
	prompt  int
	samples []*sample
}

func (c *core[T]) generate(ctx context.Context, prompts []backend.Prompt, s backend.Sampling, done func(prompt, sample int, r backend.Generated)) error {
	c.gen.cache.attn, c.gen.cache.groups = newAttn[T](c.cfg), c.cfg.KVHeads
	for prompt, index := 0, 0; prompt < len(prompts); {
		orders, size, err := c.plan(prompts, s, &prompt, &index)
		if err != nil {
			return err
		}
		c.gen.cache.data = fit(&c.gen.cache.data, size)
		if err := c.wave(ctx, prompts, orders, s, done); err != nil {
			return err
		}
	}
	return nil
}

// plan lays out the cache for as many samples as fit, at least one, beginning
// with one of prompt, and moves prompt and index to the first that is left.
func (c *core[T]) plan(prompts []backend.Prompt, s backend.Sampling, prompt, index *int) (orders []order, size int, err error) {
	perPosition := int64(2 * c.cfg.Layers * c.cfg.KVDim())
	budget, used := c.work.opts.CacheBytes/int64(sizeOf[T]()), int64(0)
	for ; *prompt < len(prompts); *prompt, *index = *prompt+1, 0 {
		n, keys := len(prompts[*prompt].Tokens), prompts[*prompt].Keys
		limit := min(s.MaxTokens, c.cfg.MaxLen-n)
		from := blockStart(n)
		to := from
		if limit > 1 { // nobody looks at the last token of a response
			to = blockStart(n + limit - 2)
			to += keyBlock(to)
		}
		shared := region{int(used), 0, from}
		need := int64(from) * perPosition
		for first := *index; *index < len(keys); *index++ {
			need += int64(to-from) * perPosition
			if used > 0 && used+need > budget {
				return orders, int(used), nil
			}
			if used+need > math.MaxInt/int64(sizeOf[T]()) {
				return nil, 0, fmt.Errorf("cpu: keys and values of prompt %d with a response of %d tokens do not fit into memory", *prompt, limit)
			}
			if *index == first {
				orders = append(orders, order{prompt: *prompt})
			}
			o := &orders[len(orders)-1]
			used += need
			need = 0
			room := min(limit, 64)
			o.samples = append(o.samples, &sample{
				tokens: make([]int32, 0, room), logp: make([]float32, 0, room),
				prompt: *prompt, index: *index, key: keys[*index], limit: limit, position: n - 1,
				shared: shared, own: region{int(used) - (to-from)*int(perPosition), from, to},
			})
		}
	}
	return orders, int(used), nil
}

// wave samples what plan laid out.
func (c *core[T]) wave(ctx context.Context, prompts []backend.Prompt, orders []order, s backend.Sampling, done func(prompt, sample int, r backend.Generated)) error {
	var live []*sample
	for len(orders) > 0 {
		n, tokens := 0, 0
		for n < len(orders) && (n == 0 || tokens+len(prompts[orders[n].prompt].Tokens) <= c.work.opts.MicroTokens) {
			tokens += len(prompts[orders[n].prompt].Tokens)
			n++
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		c.prefill(prompts, orders[:n])
		var begun []*sample
		for _, o := range orders[:n] {
			begun = append(begun, o.samples...)
		}
		begun, err := c.draw(begun, s, done)
		if err != nil {
			return err
		}
		live = append(live, begun...)
		orders = orders[n:]
	}
	for len(live) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		c.decode(live)
		var err error
		if live, err = c.draw(live, s, done); err != nil {
			return err
		}
	}
	return nil
}

// prefill runs prompts through the layers and stores their keys and values.
func (c *core[T]) prefill(prompts []backend.Prompt, orders []order) {
	g, m := &c.gen, &c.gen.micro
	*m = micro{tokens: m.tokens[:0], start: append(m.start[:0], 0), pos: m.pos[:0], rows: m.rows[:0]}
	for i, o := range orders {
		for t, token := range prompts[o.prompt].Tokens {
			m.tokens = append(m.tokens, token)
			m.pos = append(m.pos, int32(t))
		}
		m.start = append(m.start, len(m.tokens))
		m.rows = append(m.rows, len(m.tokens)-1)
		for _, s := range o.samples {
			s.row = i
		}
	}
	c.forwardWith(m, keepNothing, func(l int, a *layerActs[T]) {
		attention(c.pool, a.attn, a.lse, a.qkv, m.start, c.cfg)
		each(c.pool, len(orders)*g.cache.groups, func(task int, _ *attnWork[T]) {
			i, head := task/g.cache.groups, task%g.cache.groups
			o := orders[i]
			g.cache.storePrompt(o.samples[0].shared, o.samples, l, head, m.start[i+1]-m.start[i], a.qkv[m.start[i]*g.cache.attn.ldQKV:])
		})
	})
}

// decode runs the last token of every sample through the layers.
func (c *core[T]) decode(live []*sample) {
	g, m := &c.gen, &c.gen.micro
	*m = micro{tokens: m.tokens[:0], pos: m.pos[:0], rows: m.rows[:0]}
	var groups []int // where samples of another prompt begin, or enough of them for a task
	for i, s := range live {
		s.row = i
		m.tokens = append(m.tokens, s.next)
		m.pos = append(m.pos, int32(s.position))
		m.rows = append(m.rows, i)
		if i == 0 || s.prompt != live[i-1].prompt || i-groups[len(groups)-1] == 16 {
			groups = append(groups, i)
		}
	}
	groups = append(groups, len(live))
	c.forwardWith(m, keepNothing, func(l int, a *layerActs[T]) {
		each(c.pool, (len(groups)-1)*g.cache.groups, func(task int, w *attnWork[T]) {
			i, head := task/g.cache.groups, task%g.cache.groups
			g.cache.attend(w, a.attn, a.qkv, groups[i], live[groups[i]:groups[i+1]], l, head)
		})
	})
}

// draw draws the next token of every sample, delivers the complete ones and
// returns the others. Samples ascend by row.
func (c *core[T]) draw(live []*sample, s backend.Sampling, done func(prompt, sample int, r backend.Generated)) ([]*sample, error) {
	g, v, scale := &c.gen, c.cfg.Vocab, 1.0
	if s.Temperature != 0 {
		scale = 1 / s.Temperature
	}
	g.next = fit(&g.next, len(live))
	g.logp, g.lse = fit(&g.logp, len(live)), fit(&g.lse, len(live))
	first := 0
	c.chunks(0, len(g.micro.rows), func(lo, hi int, logits []T) {
		n := 0
		for first+n < len(live) && live[first+n].row < hi {
			n++
		}
		each(c.pool, n, func(task int, w *attnWork[T]) {
			i := first + task
			x, row := live[i], logits[(live[i].row-lo)*v:][:v]
			g.next[i] = pick(w, row, s, x.key.Float64(uint64(len(x.tokens))))
			kernels.LogSoftmax(nil, row, v, 1, v, scale, g.next[i:i+1], g.lse[i:i+1], g.logp[i:i+1], nil)
		})
		first += n
	})
	for i, x := range live {
		if math.IsNaN(g.logp[i]) {
			return nil, fmt.Errorf("cpu: the policy computes NaN for prompt %d (token %d of sample %d): its weights are not finite, or too large", x.prompt, len(x.tokens), x.index)
		}
	}
	left := live[:0]
	for i, x := range live {
		x.next = g.next[i]
		x.tokens = append(x.tokens, x.next)
		x.logp = append(x.logp, float32(g.logp[i]))
		x.position++
		stopped := slices.Contains(s.Stop, x.next)
		if !stopped && len(x.tokens) < x.limit {
			left = append(left, x)
			continue
		}
		done(x.prompt, x.index, backend.Generated{Tokens: x.tokens, LogP: x.logp, Stopped: stopped})
	}
	return left, nil
}
