package engine

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/cpu"
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/internal/ops"
	"github.com/golongrl/golongrl/trainer/cuda/internal/shim"
	"github.com/golongrl/golongrl/trainer/model"
	"github.com/golongrl/golongrl/trainer/random"
)

var talker = model.Config{
	Vocab: 11, Hidden: 10, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 6, MLP: 14,
	RopeTheta: 1e4, NormEps: 1e-6, Tied: true, MaxLen: 330,
}

// scatter gives every weight a value large enough to matter.
func scatter(t *testing.T, p backend.Policy) {
	t.Helper()
	for i, x := range p.Config().Tensors() {
		key, v := random.NewKey(7, uint64(i)), make([]float32, x.Len())
		for j := range v {
			v[j] = float32(0.3 * key.Normal(uint64(j)))
			if x.Norm {
				v[j]++
			}
		}
		if err := p.Write(backend.Weights, i, v); err != nil {
			t.Fatal(err)
		}
	}
}

func newTalker(t *testing.T, d gpu.Device, cfg model.Config, o Options) *Policy {
	t.Helper()
	p, err := New(d, cfg, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	scatter(t, p)
	return p
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

type response struct {
	prompt, sample int
	backend.Generated
}

func equalResponse(a, b response) bool {
	return a.prompt == b.prompt && a.sample == b.sample && slices.Equal(a.Tokens, b.Tokens) && slices.Equal(a.LogP, b.LogP) && a.Stopped == b.Stopped
}

func responses(t *testing.T, p backend.Policy, prompts []backend.Prompt, s backend.Sampling) []response {
	t.Helper()
	var all []response
	err := p.Generate(context.Background(), prompts, s, func(prompt, sample int, r backend.Generated) {
		all = append(all, response{prompt, sample, r})
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func ordered(rs []response) []response {
	slices.SortFunc(rs, func(a, b response) int { return (a.prompt-b.prompt)*1000 + a.sample - b.sample })
	return rs
}

// Lengths at which pages and chunks of them begin and end.
var pageEdges = []int{1, 2, 64, 65, 250}

// The samples are those of the CPU policy: the same tokens with nearly the same
// log-probabilities.
func TestGenerateIsThatOfCPU(t *testing.T) {
	d := shim.Test(t, shim.Options{Fast: true})
	for i, s := range []backend.Sampling{
		{Temperature: 0.8, MaxTokens: 8, Stop: []int32{3}},
		{MaxTokens: 3},
		{Temperature: 1.5, MaxTokens: 3, TopK: 4, TopP: 0.8},
	} {
		cfg := talker
		cfg.Tied = i > 0
		p := newTalker(t, d, cfg, Options{MicroTokens: 100, ChunkRows: 5})
		reference, err := cpu.New(cfg, cpu.Options{Workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		defer reference.Close()
		scatter(t, reference)
		prompts := ask(cfg.Vocab, 2, pageEdges...)
		got, want := ordered(responses(t, p, prompts, s)), ordered(responses(t, reference, prompts, s))
		if len(got) != len(want) {
			t.Fatalf("%+v: %d samples, want %d", s, len(got), len(want))
		}
		for i, w := range want {
			g := got[i]
			if !slices.Equal(g.Tokens, w.Tokens) || g.Stopped != w.Stopped {
				t.Errorf("%+v: sample %d/%d is %v, want %v", s, w.prompt, w.sample, g.Tokens, w.Tokens)
				continue
			}
			for j, lp := range w.LogP {
				if e := math.Abs(float64(g.LogP[j] - lp)); !(e < 1e-5) {
					t.Errorf("%+v: sample %d/%d, token %d: log-probability %v, want %v", s, w.prompt, w.sample, j, g.LogP[j], lp)
				}
			}
		}
	}
}

// Neither what else is in work nor the memory for it changes a bit.
func TestGenerateDependsOnNothingElse(t *testing.T) {
	d := shim.Test(t, shim.Options{Fast: true})
	page := shape{talker, gpu.F32}.pageBytes()
	prompts := ask(talker.Vocab, 2, 1, 60, 64, 65, 130)
	prompts[2].Keys = nil
	prompts[3].Keys = append(prompts[3].Keys, 5)
	s := backend.Sampling{Temperature: 1, MaxTokens: 7}
	p := newTalker(t, d, talker, Options{MicroTokens: 500})
	want := ordered(responses(t, p, prompts, s))
	if len(want) != 9 {
		t.Fatalf("%d samples", len(want))
	}
	same := func(name string, got, want []response) {
		t.Helper()
		if !slices.EqualFunc(ordered(got), want, equalResponse) {
			t.Errorf("%s: other samples", name)
		}
	}
	same("once more", responses(t, p, prompts, s), want)
	for _, o := range []Options{{CacheBytes: 1, MicroTokens: 500}, {CacheBytes: 6 * page, MicroTokens: 6, ChunkRows: 3}} {
		same(fmt.Sprintf("%+v", o), responses(t, newTalker(t, d, talker, o), prompts, s), want)
	}
	alone := responses(t, p, []backend.Prompt{{Tokens: prompts[4].Tokens, Keys: prompts[4].Keys[1:]}}, s)
	alone[0].prompt, alone[0].sample = 4, 1
	same("alone", alone, want[8:])
}

// drawing counts what is drawn.
type drawing struct {
	gpu.Device
	drawn int
}

func (d *drawing) Launch(l gpu.Launch) error {
	if l.Kernel == "sample" {
		d.drawn += l.Grid[0]
	}
	return d.Device.Launch(l)
}

// Samples that find no page begin again, and draw the same tokens.
func TestGenerateBeginsAgain(t *testing.T) {
	d := &drawing{Device: shim.Test(t, shim.Options{Fast: true})}
	cfg := model.Config{Vocab: 5, Hidden: 4, Layers: 1, Heads: 1, KVHeads: 1, HeadDim: 4, MLP: 4, RopeTheta: 1e4, NormEps: 1e-6, MaxLen: 200}
	prompts := append(ask(cfg.Vocab, 1, 60), ask(cfg.Vocab, 2, 63)...)
	s := backend.Sampling{Temperature: 1, MaxTokens: 72}
	want := responses(t, newTalker(t, d, cfg, Options{}), prompts, s)
	if d.drawn != 3*72 {
		t.Fatalf("%d tokens were drawn for 3 samples of 72", d.drawn)
	}
	// Each grows from one page to three; two cannot at the same time.
	d.drawn = 0
	few := newTalker(t, d, cfg, Options{CacheBytes: 4 * shape{cfg, gpu.F32}.pageBytes()})
	if got := responses(t, few, prompts, s); !slices.EqualFunc(got, want, equalResponse) {
		t.Errorf("other samples:\n%v\n%v", got, want)
	}
	if d.drawn <= 3*72 {
		t.Errorf("%d tokens were drawn; no sample began again", d.drawn)
	}
}

// Samples come as soon as they are complete, in the order of the request.
func TestGenerateEndsAndOrder(t *testing.T) {
	d := shim.Test(t, shim.Options{Fast: true})
	cfg := talker
	cfg.MaxLen = 12
	p := newTalker(t, d, cfg, Options{})
	prompts := ask(cfg.Vocab, 4, 3, 11, 8)
	s := backend.Sampling{Temperature: 1, MaxTokens: 6, Stop: []int32{0, 1, 2}}
	got := responses(t, p, prompts, s)
	lastLen, last, stops := 0, -1, 0
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
}

func TestGenerateIsCancelled(t *testing.T) {
	d := shim.Test(t, shim.Options{Fast: true})
	p := newTalker(t, d, talker, Options{})
	ctx, cancel := context.WithCancel(context.Background())
	calls := 0
	prompts := ask(talker.Vocab, 1, 328, 5)
	err := p.Generate(ctx, prompts, backend.Sampling{Temperature: 1, MaxTokens: 300}, func(int, int, backend.Generated) {
		calls++
		cancel()
	})
	if !errors.Is(err, context.Canceled) || calls != 1 {
		t.Errorf("error %v after %d samples", err, calls)
	}
	if got := responses(t, p, prompts[1:], backend.Sampling{MaxTokens: 2}); len(got) != 1 {
		t.Errorf("behind it %v", got)
	}
}

func TestGenerateReportsNaN(t *testing.T) {
	d := shim.Test(t, shim.Options{Fast: true})
	p := newTalker(t, d, talker, Options{})
	embed := make([]float32, talker.Vocab*talker.Hidden)
	if err := p.Read(backend.Weights, 0, embed); err != nil {
		t.Fatal(err)
	}
	embed[3*talker.Hidden] = float32(math.NaN())
	if err := p.Write(backend.Weights, 0, embed); err != nil {
		t.Fatal(err)
	}
	prompts := []backend.Prompt{{Tokens: []int32{3}}, {Tokens: []int32{3, 3}, Keys: make([]random.Key, 1)}}
	for _, s := range []backend.Sampling{{MaxTokens: 1}, {Temperature: 1, MaxTokens: 2}, {Temperature: 1, MaxTokens: 1, TopK: 2, TopP: 0.5}} {
		err := p.Generate(context.Background(), prompts, s, func(int, int, backend.Generated) { t.Error("a sample") })
		if err == nil || !strings.Contains(err.Error(), "NaN for prompt 1 (token 0 of sample 0)") {
			t.Errorf("error %v", err)
		}
	}
}

// Memory that is too little for one sample is an error that says so, and the policy
// goes on behind it.
func TestGenerateNeedsRoom(t *testing.T) {
	d := shim.Test(t, shim.Options{Fast: true})
	probe, err := NewPlan(talker, Options{MicroTokens: 8, ChunkRows: 8}, 0, 8)
	if err != nil {
		t.Fatal(err)
	}
	p := newTalker(t, d, talker, Options{MicroTokens: 8, ChunkRows: 8, MaxTokens: 8, MemoryBytes: probe.Total() + 2*shape{talker, gpu.F32}.pageBytes()})
	none := func(int, int, backend.Generated) { t.Error("a sample") }
	err = p.Generate(context.Background(), ask(talker.Vocab, 1, 3), backend.Sampling{MaxTokens: 300}, none)
	var room *RoomError
	if !errors.As(err, &room) || !strings.Contains(err.Error(), "302 tokens") {
		t.Errorf("error %v", err)
	}
	if got := responses(t, p, ask(talker.Vocab, 1, 3), backend.Sampling{MaxTokens: 3}); len(got) != 1 || len(got[0].Tokens) != 3 {
		t.Errorf("a short sample is %v", got)
	}
}

// The pages of a request are as many as it can use, within the bounds of options.
func TestGeneratePages(t *testing.T) {
	size := shape{talker, gpu.F32}.pageBytes()
	for _, x := range []struct {
		cache int64
		want  int
	}{
		// Of 70 tokens and 60 there are 129 positions to keep, in three pages of which
		// two samples share the first; of 5 and 60 there are 64, in one page each.
		{0, 1 + 2*2 + 3}, {4 * size, 4}, {1, 3}, {100 * size, 8},
	} {
		l := newLedger(t)
		p, err := New(l, talker, Options{MemoryBytes: 1 << 30, CacheBytes: x.cache, MicroTokens: 50})
		if err != nil {
			t.Fatal(err)
		}
		prompts := append(ask(talker.Vocab, 2, 70), ask(talker.Vocab, 3, 5)...)
		err = p.do(func() error {
			g := newGeneration(p, prompts, backend.Sampling{MaxTokens: 60})
			if err := g.reserve(); err != nil {
				return err
			}
			if n := len(g.cache.free); n != x.want {
				t.Errorf("CacheBytes %d: %d pages, want %d", x.cache, n, x.want)
			}
			if end := int64(g.cache.base-p.arena.base) + int64(len(g.cache.free))*size; end > p.arena.size {
				t.Errorf("CacheBytes %d: pages end at %d of %d bytes", x.cache, end, p.arena.size)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
	if got := pagesOf(ops.PageTokens) + pagesOf(ops.PageTokens+1); got != 3 {
		t.Errorf("%d pages", got)
	}
}
