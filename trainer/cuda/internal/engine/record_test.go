package engine

import (
	"context"
	"testing"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/backend/backendtest"
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/random"
)

// A tally is how often a GPU would be asked for what. Downloads and waits make it
// idle; each launch is time of the host.
type tally [8]int

const launches, library, uploads, downloads, waits, fills, copies, allocs = 0, 1, 2, 3, 4, 5, 6, 7

// minus returns what a has beyond b, divided by n.
func (a tally) minus(b tally, n int) tally {
	for i := range a {
		a[i] = (a[i] - b[i]) / n
	}
	return a
}

// A recorder is a ledger that counts calls.
type recorder struct {
	*ledger
	tally
}

func (d *recorder) count(kind int) *ledger {
	d.tally[kind]++
	return d.ledger
}

func (d *recorder) Launch(l gpu.Launch) error            { return d.count(launches).Launch(l) }
func (d *recorder) Upload(dst gpu.Ptr, src []byte) error { return d.count(uploads).Upload(dst, src) }
func (d *recorder) Download(dst []byte, src gpu.Ptr) error {
	return d.count(downloads).Download(dst, src)
}
func (d *recorder) Sync() error                             { return d.count(waits).Sync() }
func (d *recorder) Fill(dst gpu.Ptr, x byte, n int64) error { return d.count(fills).Fill(dst, x, n) }
func (d *recorder) Copy(dst, src gpu.Ptr, bytes int64) error {
	return d.count(copies).Copy(dst, src, bytes)
}
func (d *recorder) Alloc(bytes int64) (gpu.Ptr, error) { return d.count(allocs).Alloc(bytes) }

// An equipped recorder has libraries that take all work.
type equipped struct{ *recorder }

func (d equipped) take() (bool, error)                    { d.tally[library]++; return true, nil }
func (d equipped) Multiply(gpu.Product) (bool, error)     { return d.take() }
func (d equipped) Attention(gpu.Attend) (bool, error)     { return d.take() }
func (d equipped) AttentionGrad(gpu.Attend) (bool, error) { return d.take() }

// during returns what a policy of 3 layers, else like Qwen3-0.6B, asks for when work
// is done the second time, and how much of it a layer more adds.
func during(t *testing.T, o Options, libraries bool, work func(*Policy) error) (all, layer tally) {
	t.Helper()
	o.Precision = gpu.BF16
	if o.MicroTokens == 0 {
		o.MicroTokens = 1024
	}
	for _, n := range []int{4, 3} {
		cfg := qwen06
		cfg.Layers = n
		d := &recorder{ledger: newLedger(t)}
		var dev gpu.Device = d
		if libraries {
			dev = equipped{d}
		}
		p, err := New(dev, cfg, o)
		for i := 0; err == nil && i < 2; i++ {
			d.tally = tally{}
			err = work(p)
		}
		if err != nil {
			t.Fatal(err)
		}
		all, layer = d.tally, all.minus(d.tally, 1)
	}
	return all, layer
}

// One more launch in each layer, or one more wait, does not creep in. Fewer than
// the budget are welcome.
func TestBudget(t *testing.T) {
	b := &backend.Batch{Start: []int{0, 500, 900}}
	few := &backend.Batch{Start: b.Start} // behind prompts of 100 tokens
	for i := range 900 {
		b.Tokens = append(b.Tokens, int32(i%9))
		if i%500 > 0 {
			b.Rows = append(b.Rows, i)
		}
		if i%500 > 100 {
			few.Rows = append(few.Rows, i)
		}
	}
	few.Tokens = b.Tokens
	accumulate := func(b *backend.Batch, scope backend.Scope) func(*Policy) error {
		return func(p *Policy) error {
			return p.Accumulate(context.Background(), b, backendtest.Objective{Scope: scope}, newRows(b))
		}
	}
	first := func(p *Policy) error {
		p.fresh = true
		return accumulate(b, backend.AnyRows)(p)
	}
	update := func(p *Policy) error {
		p.fresh = false // there is a gradient
		_, err := p.Update(backend.Update{LR: 1e-6, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Decay: 0.1, Step: 1, MaxNorm: 1})
		return err
	}
	within := func(what string, got, budget tally) {
		for i := range got {
			if got[i] > budget[i] {
				t.Fatalf("%s: launches, library, uploads, downloads, waits, fills, copies, allocs: %v; the budget is %v", what, got, budget)
			}
		}
	}
	chunks := Options{ChunkRows: 300} // three
	for _, x := range []struct {
		what       string
		opts       Options
		libraries  bool
		work       func(*Policy) error
		all, layer tally
	}{
		// A layer forward 9 and backward 18. Around the layers 5, and for a chunk of
		// rows 5. Three uploads of tables, and one of derivatives for a chunk.
		{"gradient", Options{}, false, accumulate(b, backend.AnyRows), tally{launches: 81 + 10, uploads: 4, downloads: 1}, tally{launches: 27}},
		{"first gradient", Options{}, false, first, tally{launches: 81 + 10, uploads: 4, downloads: 1}, tally{launches: 27}},
		{"gradient in chunks", chunks, false, accumulate(b, backend.AnyRows), tally{launches: 81 + 20, uploads: 6, downloads: 3}, tally{launches: 27}},
		{"of a whole batch", chunks, false, accumulate(b, backend.WholeBatch), tally{launches: 81 + 23, uploads: 6, downloads: 1}, tally{launches: 27}},
		// 499 and 399 rows: nothing is computed twice, in one part or in two; with too
		// little room for a sequence, all but its last logits are.
		{"of sequences", Options{ChunkRows: 500}, false, accumulate(b, backend.WholeSequences), tally{launches: 81 + 15, uploads: 5, downloads: 2}, tally{launches: 27}},
		{"of sequences in parts", Options{MicroTokens: 500}, false, accumulate(b, backend.WholeSequences), tally{launches: 162 + 20, uploads: 8, downloads: 2}, tally{launches: 54}},
		{"of sequences in chunks", chunks, false, accumulate(b, backend.WholeSequences), tally{launches: 81 + 27, uploads: 7, downloads: 2}, tally{launches: 27}},
		{"of few rows", Options{}, false, accumulate(few, backend.AnyRows), tally{launches: 81 + 15, uploads: 4, downloads: 1, fills: 2}, tally{launches: 27}},
		{"by libraries", Options{}, true, accumulate(b, backend.AnyRows), tally{launches: 33 + 7, library: 42 + 3, uploads: 4, downloads: 1}, tally{launches: 11, library: 14}},
		{"keep products", Options{Recompute: KeepProducts}, false, accumulate(b, backend.AnyRows), tally{launches: 90 + 10, uploads: 4, downloads: 1}, tally{launches: 30}},
		{"keep inputs", Options{Recompute: KeepInputs}, false, accumulate(b, backend.AnyRows), tally{launches: 99 + 10, uploads: 4, downloads: 1}, tally{launches: 33}},
		{"update", Options{}, false, update, tally{launches: 2, downloads: 1, waits: 1}, tally{}},
	} {
		all, layer := during(t, x.opts, x.libraries, x.work)
		within(x.what, all, x.all)
		within(x.what+", a layer", layer, x.layer)
	}

	// Two samples of a prompt of 300, so that attention combines two chunks of keys.
	generate := func(n int) func(*Policy) error {
		return func(p *Policy) error {
			prompts := []backend.Prompt{{Tokens: b.Tokens[:300], Keys: []random.Key{1, 2}}}
			return p.Generate(context.Background(), prompts, backend.Sampling{Temperature: 1, MaxTokens: n}, func(int, int, backend.Generated) {})
		}
	}
	long, longer := during(t, Options{}, false, generate(30))
	short, shorter := during(t, Options{}, false, generate(20))
	within("a step of sampling", long.minus(short, 10), tally{launches: 33 + 5, uploads: 2, downloads: 1})
	within("a step of sampling, a layer", longer.minus(shorter, 10), tally{launches: 11})
}
