package backendtest

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/random"
)

func (s *suite) prompts() []backend.Prompt {
	var ps []backend.Prompt
	for i, n := range []int{3, 1, 11} {
		var p backend.Prompt
		key := random.NewKey(4, uint64(i))
		for j := range n {
			p.Tokens = append(p.Tokens, int32(key.IntN(uint64(j), s.c.Config.Vocab)))
		}
		for j := range 3 - i%2 {
			p.Keys = append(p.Keys, random.NewKey(6, uint64(i), uint64(j)))
		}
		ps = append(ps, p)
	}
	return ps
}

// generate returns the samples by prompt and index.
func generate(t *testing.T, p backend.Policy, prompts []backend.Prompt, by backend.Sampling) [][]backend.Generated {
	t.Helper()
	out := make([][]backend.Generated, len(prompts))
	for i, x := range prompts {
		out[i] = make([]backend.Generated, len(x.Keys))
	}
	err := p.Generate(context.Background(), prompts, by, func(i, j int, g backend.Generated) {
		if out[i][j].Tokens != nil {
			t.Errorf("sample %d of prompt %d comes twice", j, i)
		}
		out[i][j] = backend.Generated{Tokens: slices.Clone(g.Tokens), LogP: slices.Clone(g.LogP), Stopped: g.Stopped}
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func equal(a, b backend.Generated) bool {
	return slices.Equal(a.Tokens, b.Tokens) && slices.Equal(a.LogP, b.LogP) && a.Stopped == b.Stopped
}

// Samples have the shape that was asked for, the log-probabilities that LogProbs
// computes, and depend on nothing but their prompt and key.
func (s *suite) samples(t *testing.T) {
	p, prompts := s.policy(t), s.prompts()
	by := backend.Sampling{Temperature: 0.8, MaxTokens: 9, Stop: []int32{3, 5, 7, 11, 13}}
	got := generate(t, p, prompts, by)
	stopped := 0
	for i, samples := range got {
		for j, g := range samples {
			n := len(g.Tokens)
			if n == 0 || n > by.MaxTokens || len(g.LogP) != n {
				t.Fatalf("prompt %d, sample %d: %d tokens, %d log-probabilities", i, j, n, len(g.LogP))
			}
			for k, tok := range g.Tokens {
				if tok < 0 || int(tok) >= s.c.Config.Vocab {
					t.Fatalf("prompt %d, sample %d: token %d", i, j, tok)
				}
				if stop := slices.Contains(by.Stop, tok); stop && k < n-1 || k == n-1 && stop != g.Stopped {
					t.Errorf("prompt %d, sample %d: %v, stopped %v", i, j, g.Tokens, g.Stopped)
				}
			}
			if !g.Stopped && n != by.MaxTokens {
				t.Errorf("prompt %d, sample %d ends behind %d tokens", i, j, n)
			}
			if g.Stopped {
				stopped++
			}
			s.sameLogP(t, p, prompts[i].Tokens, g, by.Temperature)
		}
	}
	if stopped == 0 || stopped == 8 {
		t.Errorf("%d samples of 8 end by themselves; the test proves nothing", stopped)
	}
	if equal(got[0][0], got[0][1]) && equal(got[0][0], got[0][2]) {
		t.Error("keys change nothing")
	}
	for i, again := range generate(t, p, prompts, by) {
		for j, g := range again {
			if !equal(g, got[i][j]) {
				t.Errorf("prompt %d, sample %d differs when it is drawn again", i, j)
			}
		}
	}
	alone := generate(t, p, []backend.Prompt{{Tokens: prompts[2].Tokens, Keys: prompts[2].Keys[1:2]}}, by)
	if !equal(alone[0][0], got[2][1]) {
		t.Error("a sample depends on the other prompts")
	}
}

func (s *suite) sameLogP(t *testing.T, p backend.Policy, prompt []int32, g backend.Generated, temperature float64) {
	t.Helper()
	b := &backend.Batch{Tokens: slices.Concat(prompt, g.Tokens), Temperature: temperature}
	b.Start = []int{0, len(b.Tokens)}
	for i := range g.Tokens {
		b.Rows = append(b.Rows, len(prompt)+i)
	}
	out := newRows(b)
	if err := p.LogProbs(context.Background(), b, out); err != nil {
		t.Fatal(err)
	}
	for i, lp := range g.LogP {
		if !(math.Abs(float64(lp)-out.LogP[i]) <= s.tol.Sampled) {
			t.Errorf("log-probability %v of sampled token %d; LogProbs says %v", lp, i, out.LogP[i])
		}
	}
}

// Greedy sampling takes the most likely token; so do the narrowest top-k and
// top-p. Log-probabilities are those of the whole distribution all the same.
func (s *suite) sampling(t *testing.T) {
	p, prompts := s.policy(t), s.prompts()
	greedy := generate(t, p, prompts, backend.Sampling{MaxTokens: 4})
	for i, samples := range greedy {
		g := samples[0]
		s.sameLogP(t, p, prompts[i].Tokens, g, 1)
		b := &backend.Batch{Start: []int{0}}
		for v := range s.c.Config.Vocab { // every token in the place of the last
			b.Tokens = slices.Concat(b.Tokens, prompts[i].Tokens, g.Tokens[:len(g.Tokens)-1], []int32{int32(v)})
			b.Start = append(b.Start, len(b.Tokens))
			b.Rows = append(b.Rows, len(b.Tokens)-1)
		}
		out := newRows(b)
		if err := p.LogProbs(context.Background(), b, out); err != nil {
			t.Fatal(err)
		}
		if last := g.Tokens[len(g.Tokens)-1]; out.LogP[last] < slices.Max(out.LogP)-s.tol.LogP {
			t.Errorf("prompt %d: greedy token %d has log-probability %v, the best %v", i, last, out.LogP[last], slices.Max(out.LogP))
		}
	}
	for _, by := range []backend.Sampling{
		{Temperature: 1, TopK: 1, MaxTokens: 4},
		{Temperature: 1, TopP: 1e-9, MaxTokens: 4},
	} {
		for i, samples := range generate(t, p, prompts, by) {
			for j, g := range samples {
				if !equal(g, greedy[i][j]) {
					t.Errorf("%+v: prompt %d, sample %d is %v, greedy is %v", by, i, j, g, greedy[i][j])
				}
			}
		}
	}

	good := backend.Sampling{Temperature: 1, MaxTokens: 2}
	if err := p.Generate(context.Background(), nil, good, nil); err != nil {
		t.Errorf("no prompts: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := p.Generate(ctx, prompts, good, func(int, int, backend.Generated) {}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	keys := prompts[0].Keys
	for _, bad := range []struct {
		name   string
		prompt []int32
		by     backend.Sampling
	}{
		{"empty prompt", nil, good},
		{"unknown token", []int32{1, int32(s.c.Config.Vocab)}, good},
		{"negative token", []int32{-1}, good},
		{"no tokens", []int32{1}, backend.Sampling{Temperature: 1}},
		{"temperature", []int32{1}, backend.Sampling{Temperature: -1, MaxTokens: 2}},
		{"NaN", []int32{1}, backend.Sampling{Temperature: math.NaN(), MaxTokens: 2}},
		{"top-p", []int32{1}, backend.Sampling{Temperature: 1, TopP: 1.5, MaxTokens: 2}},
		{"top-k", []int32{1}, backend.Sampling{Temperature: 1, TopK: -1, MaxTokens: 2}},
		{"prompt too long", make([]int32, s.c.Config.MaxLen), good},
	} {
		err := p.Generate(context.Background(), []backend.Prompt{{Tokens: bad.prompt, Keys: keys}}, bad.by, func(int, int, backend.Generated) {
			t.Errorf("%s: a sample", bad.name)
		})
		if err == nil {
			t.Errorf("%s: no error", bad.name)
		}
	}
}
