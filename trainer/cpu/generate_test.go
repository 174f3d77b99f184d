package cpu

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/model"
	"github.com/golongrl/golongrl/trainer/random"
)

func sampler(t testing.TB, cfg model.Config, opts Options) *Policy {
	p, err := New(cfg, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	scatterWeights(p.core, 0.3)
	return p
}

func longer(tied bool) model.Config {
	cfg := tiny(tied)
	cfg.MaxLen = 400
	return cfg
}

// ask makes prompts of the given lengths with a number of samples each.
func ask(vocab, samples int, lengths ...int) []backend.Prompt {
	var ps []backend.Prompt
	for i, n := range lengths {
		p := backend.Prompt{}
		key := random.NewKey(21, uint64(i))
		for j := range n {
			p.Tokens = append(p.Tokens, int32(key.IntN(uint64(j), vocab)))
		}
		for j := range samples {
			p.Keys = append(p.Keys, random.NewKey(22, uint64(i), uint64(j)))
		}
		ps = append(ps, p)
	}
	return ps
}

type result struct {
	prompt, sample int
	backend.Generated
}

func collect(t testing.TB, p *Policy, prompts []backend.Prompt, s backend.Sampling) []result {
	var all []result
	err := p.Generate(context.Background(), prompts, s, func(prompt, sample int, r backend.Generated) {
		all = append(all, result{prompt, sample, r})
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func bySample(rs []result) []result {
	slices.SortFunc(rs, func(a, b result) int { return (a.prompt-b.prompt)*1000 + a.sample - b.sample })
	return rs
}

// Of 9 tokens behind a prompt of 25, the last one that is looked at begins a block.
var edges = []int{1, 5, 25, 31, 32, 33, 60, 63, 64, 97, 126, 127, 128, 129, 200}

func TestGenerateLogPIsLogProbs(t *testing.T) {
	for i, s := range []backend.Sampling{
		{Temperature: 0.8, MaxTokens: 40, Stop: []int32{3}},
		{MaxTokens: 9},
		{Temperature: 1.5, MaxTokens: 7, TopK: 4, TopP: 0.8},
	} {
		p := sampler(t, longer(i == 0), Options{Workers: 2})
		prompts := ask(p.cfg.Vocab, 2, edges...)
		b := &backend.Batch{Start: []int{0}, Temperature: s.Temperature}
		var got []float32
		for _, r := range collect(t, p, prompts, s) {
			b.Tokens = append(b.Tokens, prompts[r.prompt].Tokens...)
			for i, tok := range r.Tokens {
				b.Rows = append(b.Rows, len(b.Tokens))
				b.Tokens = append(b.Tokens, tok)
				got = append(got, r.LogP[i])
			}
			b.Start = append(b.Start, len(b.Tokens))
		}
		out := newRows(b)
		if err := p.LogProbs(context.Background(), b, out); err != nil {
			t.Fatal(err)
		}
		for r, lp := range out.LogP {
			if float32(lp) != got[r] {
				t.Fatalf("%+v: row %d: %v, LogProbs %v", s, r, got[r], lp)
			}
		}
	}
}

func TestGenerateDependsOnNothingElse(t *testing.T) {
	cfg := longer(false)
	prompts := ask(cfg.Vocab, 3, edges...)
	prompts[4].Keys = prompts[4].Keys[:1]
	prompts[6].Keys = nil
	for i := range 40 {
		prompts[1].Keys = append(prompts[1].Keys, random.NewKey(uint64(i)))
	}
	s := backend.Sampling{Temperature: 1, MaxTokens: 25, Stop: []int32{3}}
	base := sampler(t, cfg, Options{Workers: 1})
	want := bySample(collect(t, base, prompts, s))
	if n := 3*len(prompts) + 35; len(want) != n {
		t.Fatalf("%d samples, want %d", len(want), n)
	}
	same := func(name string, got []result) {
		t.Helper()
		if !slices.EqualFunc(bySample(got), want, func(a, b result) bool {
			return a.prompt == b.prompt && a.sample == b.sample && slices.Equal(a.Tokens, b.Tokens) && slices.Equal(a.LogP, b.LogP) && a.Stopped == b.Stopped
		}) {
			t.Errorf("%s: other samples", name)
		}
	}
	for i := range base.gen.cache.data {
		base.gen.cache.data[i] = float32(math.NaN()) // as a policy that diverged leaves it
	}
	same("once more", collect(t, base, prompts, s))
	same("three workers", collect(t, sampler(t, cfg, Options{Workers: 3}), prompts, s))
	same("a sample at a time", collect(t, sampler(t, cfg, Options{CacheBytes: 1}), prompts, s))
	const budget = 150_000
	few := sampler(t, cfg, Options{CacheBytes: budget, MicroTokens: 70, ChunkBytes: 100})
	same("a few at a time", collect(t, few, prompts, s))
	if n := 4 * cap(few.gen.cache.data); n < budget/2 || n > budget+budget/16 {
		t.Errorf("a cache of %d bytes, the budget is %d", n, budget)
	}
	var alone []result
	for i := len(prompts) - 1; i >= 0; i-- {
		for j := len(prompts[i].Keys) - 1; j >= 0; j-- {
			for _, r := range collect(t, base, []backend.Prompt{{Tokens: prompts[i].Tokens, Keys: prompts[i].Keys[j : j+1]}}, s) {
				r.prompt, r.sample = i, j
				alone = append(alone, r)
			}
		}
	}
	same("alone", alone)
}

// Greedy decoding takes the token that LogProbs finds the most likely of all.
func TestGenerateGreedy(t *testing.T) {
	p := sampler(t, longer(false), Options{})
	prompts := ask(p.cfg.Vocab, 1, 1, 6, 32, 50)
	for _, r := range collect(t, p, prompts, backend.Sampling{MaxTokens: 6}) {
		at := prompts[r.prompt].Tokens
		for i, tok := range r.Tokens {
			b := &backend.Batch{Start: []int{0}}
			for v := range p.cfg.Vocab {
				b.Tokens = append(append(b.Tokens, at...), int32(v))
				b.Rows = append(b.Rows, len(b.Tokens)-1)
				b.Start = append(b.Start, len(b.Tokens))
			}
			out := newRows(b)
			if err := p.LogProbs(context.Background(), b, out); err != nil {
				t.Fatal(err)
			}
			if best := slices.Index(out.LogP, slices.Max(out.LogP)); int(tok) != best {
				t.Errorf("prompt %d, token %d: %d, the most likely is %d", r.prompt, i, tok, best)
			}
			at = append(slices.Clone(at), tok)
		}
	}
}

func TestGenerateEndsAndOrder(t *testing.T) {
	cfg := longer(false)
	cfg.MaxLen = 12
	p := sampler(t, cfg, Options{})
	prompts := ask(cfg.Vocab, 4, 3, 11, 8)
	s := backend.Sampling{Temperature: 1, MaxTokens: 6, Stop: []int32{0, 1, 2}}
	got := collect(t, p, prompts, s)
	lastLen, last := 0, -1
	stops := 0
	for _, r := range got {
		n := len(r.Tokens)
		end := r.Tokens[n-1]
		if stop := end <= 2; stop != r.Stopped {
			t.Errorf("sample %d/%d ends with %d, stopped %v", r.prompt, r.sample, end, r.Stopped)
		}
		if i := slices.IndexFunc(r.Tokens[:n-1], func(x int32) bool { return x <= 2 }); i >= 0 {
			t.Errorf("sample %d/%d goes on behind stop token %d", r.prompt, r.sample, i)
		}
		if limit := min(6, 12-len(prompts[r.prompt].Tokens)); n > limit || n < limit && !r.Stopped {
			t.Errorf("sample %d/%d has %d tokens of %d", r.prompt, r.sample, n, limit)
		}
		if r.Stopped {
			stops++
		}
		at := r.prompt*4 + r.sample
		if n < lastLen || n == lastLen && at <= last {
			t.Errorf("sample %d/%d is delivered too late", r.prompt, r.sample)
		}
		lastLen, last = n, at
	}
	if len(got) != 12 || stops == 0 || stops == 12 {
		t.Errorf("%d samples, %d stopped; the test proves nothing", len(got), stops)
	}
	if got := collect(t, p, nil, s); got != nil {
		t.Errorf("samples of nothing: %v", got)
	}
}

func TestGenerateRefuses(t *testing.T) {
	p := sampler(t, tiny(false), Options{})
	s := backend.Sampling{Temperature: 1, MaxTokens: 4}
	err := p.Generate(context.Background(), ask(11, 1, 63, 64), s, func(int, int, backend.Generated) { t.Error("a sample of a bad request") })
	if err == nil || !strings.Contains(err.Error(), "prompt 1 has 64 tokens") {
		t.Error(err)
	}
	if got := collect(t, p, ask(11, 2, 63), s); len(got) != 2 || len(got[0].Tokens) != 1 {
		t.Errorf("a prompt of all tokens but one gave %v", got)
	}
}

func TestGenerateIsCancelled(t *testing.T) {
	p := sampler(t, longer(false), Options{})
	ctx, cancel := context.WithCancel(context.Background())
	calls := 0
	prompts := ask(p.cfg.Vocab, 1, 395, 5)
	err := p.Generate(ctx, prompts, backend.Sampling{Temperature: 1, MaxTokens: 300}, func(int, int, backend.Generated) {
		calls++
		cancel()
	})
	if !errors.Is(err, context.Canceled) || calls != 1 {
		t.Errorf("error %v after %d samples", err, calls)
	}
	if err := p.Generate(ctx, prompts, backend.Sampling{MaxTokens: 1}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestGenerateReportsNaN(t *testing.T) {
	p := sampler(t, tiny(false), Options{})
	p.embed()[3*p.cfg.Hidden] = float32(math.NaN())
	prompts := []backend.Prompt{{Tokens: []int32{1}, Keys: make([]random.Key, 1)}, {Tokens: []int32{3}, Keys: make([]random.Key, 1)}}
	for _, s := range []backend.Sampling{{MaxTokens: 1}, {Temperature: 1, MaxTokens: 1}, {Temperature: 1, MaxTokens: 1, TopK: 2, TopP: 0.5}} {
		err := p.Generate(context.Background(), prompts, s, func(int, int, backend.Generated) {})
		if err == nil || !strings.Contains(err.Error(), "NaN for prompt 1 (token 0 of sample 0)") {
			t.Errorf("error %v", err)
		}
	}
}

// The sampled frequencies are those of the softmax, by the chi-square statistic
// of fixed keys.
func TestGenerateFrequencies(t *testing.T) {
	p := sampler(t, tiny(false), Options{})
	v := p.cfg.Vocab
	prompt := []int32{4, 2, 7}
	const n = 20000
	keys := make([]random.Key, n)
	for i := range keys {
		keys[i] = random.NewKey(1, 2, uint64(i))
	}
	for _, s := range []backend.Sampling{
		{Temperature: 1}, {Temperature: 0.4}, {Temperature: 1, TopK: 3}, {Temperature: 1, TopP: 0.7}, {Temperature: 2, TopK: 6, TopP: 0.8},
	} {
		s.MaxTokens = 1
		probs := exact(t, p, prompt, s)
		counts := make([]int, v)
		for _, r := range collect(t, p, []backend.Prompt{{Tokens: prompt, Keys: keys}}, s) {
			counts[r.Tokens[0]]++
		}
		var chi float64
		free := -1
		for tok, c := range counts {
			if probs[tok] == 0 {
				if c > 0 {
					t.Errorf("%+v: token %d was cut off, and sampled", s, tok)
				}
				continue
			}
			free++
			d := float64(c) - n*probs[tok]
			chi += d * d / (n * probs[tok])
		}
		// Mean and deviation of the statistic are free and sqrt(2 free).
		if free < 1 || chi > float64(free)+4*math.Sqrt(2*float64(free)) {
			t.Errorf("%+v: chi-square %.1f of %d degrees of freedom", s, chi, free)
		}
	}
}

// exact computes the distribution behind a prompt by its definition.
func exact(t *testing.T, p *Policy, prompt []int32, s backend.Sampling) []float64 {
	b := &backend.Batch{Start: []int{0}, Temperature: s.Temperature}
	for v := range p.cfg.Vocab {
		b.Tokens = append(append(b.Tokens, prompt...), int32(v))
		b.Rows = append(b.Rows, len(b.Tokens)-1)
		b.Start = append(b.Start, len(b.Tokens))
	}
	out := newRows(b)
	if err := p.LogProbs(context.Background(), b, out); err != nil {
		t.Fatal(err)
	}
	probs := make([]float64, p.cfg.Vocab)
	ids := make([]int, len(probs))
	for i, lp := range out.LogP {
		probs[i], ids[i] = math.Exp(lp), i
	}
	slices.SortStableFunc(ids, func(a, b int) int {
		switch {
		case probs[a] > probs[b]:
			return -1
		case probs[a] < probs[b]:
			return 1
		}
		return 0
	})
	normalise := func() {
		var sum float64
		for _, x := range probs {
			sum += x
		}
		for i := range probs {
			probs[i] /= sum
		}
	}
	if s.TopK > 0 {
		for _, i := range ids[s.TopK:] {
			probs[i] = 0
		}
		normalise()
	}
	if s.TopP > 0 {
		var sum float64
		for _, i := range ids {
			if sum >= s.TopP {
				probs[i] = 0
			}
			sum += probs[i]
		}
		normalise()
	}
	return probs
}

func TestPick(t *testing.T) {
	inf := math.Inf(-1)
	ln2, ln3 := math.Log(2), math.Log(3)
	for _, x := range []struct {
		logits []float64
		s      backend.Sampling
		u      float64
		want   int32
	}{
		{[]float64{1, 3, 3, 2}, backend.Sampling{}, 0.9, 1},
		{[]float64{5}, backend.Sampling{Temperature: 1}, 0.999, 0},
		{[]float64{0, 0, 0, 0}, backend.Sampling{Temperature: 1}, 0, 0},
		{[]float64{0, 0, 0, 0}, backend.Sampling{Temperature: 1}, 0.2499, 0},
		{[]float64{0, 0, 0, 0}, backend.Sampling{Temperature: 1}, 0.25, 1},
		{[]float64{0, 0, 0, 0}, backend.Sampling{Temperature: 1}, 1 - 1.0/(1<<53), 3},
		{[]float64{inf, 0, inf, 0, inf}, backend.Sampling{Temperature: 1}, 0, 1},
		{[]float64{inf, 0, inf, 0, inf}, backend.Sampling{Temperature: 1}, 1 - 1.0/(1<<53), 3},
		{[]float64{-1e6, 0, -1e6}, backend.Sampling{Temperature: backend.MinTemperature}, 0.5, 1},
		// 1/6, 3/6, 2/6; at half the temperature 1/14, 9/14, 4/14.
		{[]float64{0, ln3, ln2}, backend.Sampling{Temperature: 1}, 0.16, 0},
		{[]float64{0, ln3, ln2}, backend.Sampling{Temperature: 1}, 0.17, 1},
		{[]float64{0, ln3, ln2}, backend.Sampling{Temperature: 1}, 0.66, 1},
		{[]float64{0, ln3, ln2}, backend.Sampling{Temperature: 1}, 0.67, 2},
		{[]float64{0, ln3, ln2}, backend.Sampling{Temperature: 0.5}, 0.072, 1},
		{[]float64{0, ln3, ln2}, backend.Sampling{Temperature: 0.5}, 0.71, 1},
		{[]float64{0, ln3, ln2}, backend.Sampling{Temperature: 0.5}, 0.72, 2},
		// Of the best two, 3/5 and 2/5.
		{[]float64{0, ln3, ln2}, backend.Sampling{Temperature: 1, TopK: 2}, 0, 1},
		{[]float64{0, ln3, ln2}, backend.Sampling{Temperature: 1, TopK: 2}, 0.59, 1},
		{[]float64{0, ln3, ln2}, backend.Sampling{Temperature: 1, TopK: 2}, 0.61, 2},
		{[]float64{0, ln3, ln2}, backend.Sampling{Temperature: 1, TopK: 2, TopP: 0.59}, 0.99, 1},
		{[]float64{0, ln3, ln2}, backend.Sampling{Temperature: 1, TopK: 3, TopP: 0.6}, 0.99, 2},
		{[]float64{0, ln3, ln2}, backend.Sampling{Temperature: 1, TopP: 0.01}, 0.99, 1},
		// Ties: the lower token first. A share that is reached exactly is enough.
		{[]float64{0, 0, 0, 0}, backend.Sampling{Temperature: 1, TopK: 2}, 0.99, 1},
		{[]float64{0, 0, 0, 0}, backend.Sampling{Temperature: 1, TopP: 0.5}, 0.99, 1},
		{[]float64{0, 0, 0, 0}, backend.Sampling{Temperature: 1, TopP: 0.51}, 0.99, 2},
		{[]float64{0, 0, 0, 0}, backend.Sampling{Temperature: 1, TopP: 1, TopK: 9}, 0.99, 3},
	} {
		var w attnWork[float64]
		if got := pick(&w, x.logits, x.s, x.u); got != x.want {
			t.Errorf("%v %+v u=%v: token %d, want %d", x.logits, x.s, x.u, got, x.want)
		}
		w32, l32 := attnWork[float32]{}, make([]float32, len(x.logits))
		for i, l := range x.logits {
			l32[i] = float32(l)
		}
		if got := pick(&w32, l32, x.s, x.u); got != x.want {
			t.Errorf("float32 %v %+v u=%v: token %d, want %d", x.logits, x.s, x.u, got, x.want)
		}
	}
}

// The size of a generation of the demo.
func BenchmarkGenerate(b *testing.B) {
	cfg := model.Config{Vocab: 64, Hidden: 96, Layers: 2, Heads: 6, KVHeads: 3, HeadDim: 16, MLP: 256, RopeTheta: 1e4, NormEps: 1e-6, Tied: true, MaxLen: 128}
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("demo/workers=%d", workers), func(b *testing.B) {
			p := sampler(b, cfg, Options{Workers: workers})
			prompts := ask(cfg.Vocab, 8, slices.Repeat([]int{60}, 36)...)
			tokens := 0
			b.ReportAllocs()
			for b.Loop() {
				for _, r := range collect(b, p, prompts, backend.Sampling{Temperature: 1, MaxTokens: 16}) {
					tokens += len(r.Tokens)
				}
			}
			b.ReportMetric(float64(tokens)/b.Elapsed().Seconds(), "tokens/s")
		})
	}
}
