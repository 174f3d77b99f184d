package engine

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/internal/ops"
	"github.com/golongrl/golongrl/trainer/random"
)

// Generate implements backend.Policy. Token i of a response is drawn with number i
// of its key's stream, by inversion of the cumulated distribution in the order of
// tokens, as [ops.Queue.Sample] says.
//
// Samples are computed at the same time as long as their keys and values fit into
// Options.CacheBytes; the others wait. Where there is too little for those that
// have begun, the last of them begins again later, and draws the same tokens. done
// must not use the policy.
//
// A policy that computes NaN is an error that names the prompt; samples that were
// complete before have been delivered. A prompt and its response are together at
// most the policy's MaxLen tokens, as [backend.Sampling.Validate] says.
func (p *Policy) Generate(ctx context.Context, prompts []backend.Prompt, s backend.Sampling, done func(prompt, sample int, r backend.Generated)) error {
	if err := s.Validate(p.cfg, prompts); err != nil {
		return err
	}
	return p.do(func() error {
		g := newGeneration(p, prompts, s)
		if len(g.waiting) == 0 {
			return nil
		}
		if err := g.reserve(); err != nil {
			return err
		}
		return g.run(ctx, done)
	})
}

// A sample is a response in the making.
type sample struct {
	prompt, index int // of the request
	key           random.Key
	limit         int // of tokens
	tokens        []int32
	logp          []float32

	pages []int32 // behind those of its prompt
}

// A prompt is one of the request.
type prompt struct {
	tokens []int32
	live   int // samples of it in work
	// pages are those that the prompt fills but for its last token. They are there
	// as long as samples are in work.
	pages []int32
}

// whole returns how many pages a prompt fills but for its last token, which is the
// first that every sample computes by itself.
func (p *prompt) whole() int { return (len(p.tokens) - 1) / ops.PageTokens }

// pagesOf returns how many pages the first n positions take.
func pagesOf(n int) int { return (n + ops.PageTokens - 1) / ops.PageTokens }

// A generation is a call of Generate.
type generation struct {
	p       *Policy
	by      backend.Sampling
	prompts []prompt

	// In the order of the request, waiting from its end: all of live come before all
	// of waiting.
	live, waiting []*sample

	rows  int // that are in work at a time, at most
	cache cache
	bufs  decodeBuffers
	words []int32 // what is uploaded
	drawn []byte  // what is downloaded
}

func newGeneration(p *Policy, prompts []backend.Prompt, s backend.Sampling) *generation {
	g := &generation{p: p, by: s, prompts: make([]prompt, len(prompts))}
	for i, x := range prompts {
		g.prompts[i].tokens = x.Tokens
		for j, key := range x.Keys {
			g.waiting = append(g.waiting, &sample{
				prompt: i, index: j, key: key, limit: min(s.MaxTokens, p.cfg.MaxLen-len(x.Tokens)),
			})
		}
	}
	slices.Reverse(g.waiting)
	g.rows = min(len(g.waiting), p.opts.MicroTokens, mostSamples)
	return g
}

// mostSamples bounds the samples of a step: with more, products are no faster per
// row, and logits take memory.
const mostSamples = 2048

// run samples.
func (g *generation) run(ctx context.Context, done func(prompt, sample int, r backend.Generated)) error {
	for len(g.live) > 0 || len(g.waiting) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := g.admit(ctx); err != nil {
			return err
		}
		g.makeRoom()
		if err := g.step(); err != nil {
			return err
		}
		if err := g.deliver(done); err != nil {
			return err
		}
	}
	return nil
}

// step computes the next token of every sample in work.
func (g *generation) step() error {
	p, n := g.p, len(g.live)
	m := &p.micro
	m.reset()
	for i, s := range g.live {
		token := g.prompts[s.prompt].tokens
		if len(s.tokens) > 0 {
			token = s.tokens
		}
		m.tokens = append(m.tokens, token[len(token)-1])
		m.pos = append(m.pos, int32(g.position(s)))
		m.rows = append(m.rows, int32(i))
	}
	f := g.pass(n, n)
	p.upload(f.ints, bytesOf(m.pack()))
	d, u, slots := g.place()
	p.forward(f, func(l int, a acts) {
		at := p.attention(a, &ops.Sequences{})
		pages := g.cache.layer(l)
		p.q.StoreKV(pages, at.K, at.V, 0, slots, n, at.Heads)
		p.q.DecodeAttention(at.Out, at.Q, pages, d, at.Heads)
	})

	scale := 1.0
	if g.by.Temperature != 0 {
		scale = 1 / g.by.Temperature
	}
	by := ops.Sampling{Temperature: g.by.Temperature, TopP: g.by.TopP, TopK: g.by.TopK}
	b := &g.bufs
	p.chunks(f, 0, f.rows, func(lo, hi int) {
		token := b.drawn + gpu.Ptr(8*n+4*lo)
		p.q.Sample(token, f.head.logits, u+gpu.Ptr(8*lo), hi-lo, p.cfg.Vocab, by)
		p.q.LogSoftmax(b.lse, b.drawn+gpu.Ptr(8*lo), 0, f.head.logits, token, hi-lo, p.cfg.Vocab, scale)
	})
	g.drawn = fit(g.drawn, 12*n)
	p.download(g.drawn, b.drawn)
	return p.q.Err()
}

// deliver takes what step drew, and hands over the samples that are complete.
func (g *generation) deliver(done func(prompt, sample int, r backend.Generated)) error {
	n := len(g.live)
	for i, s := range g.live {
		if math.IsNaN(g.logp(i)) {
			return fmt.Errorf("cuda: the policy computes NaN for prompt %d (token %d of sample %d): its weights are not finite, or too large", s.prompt, len(s.tokens), s.index)
		}
	}
	left := g.live[:0]
	for i, s := range g.live {
		token := g.token(i, n)
		s.tokens = append(s.tokens, token)
		s.logp = append(s.logp, float32(g.logp(i)))
		stopped := slices.Contains(g.by.Stop, token)
		if !stopped && len(s.tokens) < s.limit {
			left = append(left, s)
			continue
		}
		g.release(s)
		done(s.prompt, s.index, backend.Generated{Tokens: s.tokens, LogP: s.logp, Stopped: stopped})
	}
	clear(g.live[len(left):])
	g.live = left
	return nil
}

// position returns that of the token that goes into the next step.
func (g *generation) position(s *sample) int {
	return len(g.prompts[s.prompt].tokens) - 1 + len(s.tokens)
}
