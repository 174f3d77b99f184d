package engine

import (
	"context"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/model"
)

// wideHeads has so many query heads to a head of keys that parts of attention are
// larger than pages.
var wideHeads = model.Config{
	Vocab: 5, Hidden: 4, Layers: 1, Heads: 64, KVHeads: 1, HeadDim: 2, MLP: 4,
	RopeTheta: 1e4, NormEps: 1e-6, MaxLen: 5000,
}

// aside is a ledger that keeps where attention in sampling puts its parts.
type aside struct {
	*ledger
	allocs    int // at the end of the first step
	parts     int // launches with parts
	low, high gpu.Ptr
}

func (d *aside) Launch(l gpu.Launch) error {
	switch {
	case l.Kernel == "sample" && d.allocs == 0:
		d.allocs = len(d.largest)
	case strings.HasPrefix(l.Kernel, "decode_attention_") && l.Args[13] != 0:
		if d.parts == 0 {
			d.low = gpu.Ptr(l.Args[13])
		}
		d.parts++
		items, heads, size := l.Grid[0], l.Args[14], l.Args[16]
		d.low = min(d.low, gpu.Ptr(l.Args[13]))
		d.high = max(d.high, gpu.Ptr(l.Args[12]+uint64(items)*heads*size*4))
	}
	return d.ledger.Launch(l)
}

// What attention works in is part of the arena, for the longest samples too, and
// nothing is taken while samples grow.
func TestGenerateTakesNothingOnTheWay(t *testing.T) {
	for _, x := range []struct {
		name    string
		prompts []backend.Prompt
		memory  func(Plan) int64
		rows    int
	}{
		{"room for all", append(ask(5, 3, 240, 200), ask(5, 2, 500)...), func(Plan) int64 { return 1 << 30 }, 8},
		// A row of 4039 positions has 16 items of 64 heads, which take 16 KiB: 50 are
		// less than an eighth of 12 MiB, and 100 are not.
		{"room for few", ask(5, 200, 4000), func(p Plan) int64 { return p.Total() - p.Activations() + 12<<20 }, 50},
	} {
		o := Options{MicroTokens: 200, ChunkRows: 8}
		plan, err := NewPlan(wideHeads, o, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		o.MemoryBytes = x.memory(plan)
		d := &aside{ledger: newLedger(t)}
		p, err := New(d, wideHeads, o)
		if err != nil {
			t.Fatal(err)
		}
		err = p.do(func() error {
			g := newGeneration(p, x.prompts, backend.Sampling{MaxTokens: 40})
			samples, done := len(g.waiting), 0
			if err := g.reserve(); err != nil {
				return err
			}
			if g.rows != x.rows {
				t.Errorf("%s: %d samples at a time, want %d", x.name, g.rows, x.rows)
			}
			err := g.run(context.Background(), func(int, int, backend.Generated) { done++ })
			if done != samples {
				t.Errorf("%s: %d of %d samples", x.name, done, samples)
			}
			if d.parts == 0 || d.low < p.arena.base || d.high > g.cache.base {
				t.Errorf("%s: %d launches with parts in %#x to %#x; the arena begins at %#x, pages at %#x", x.name, d.parts, d.low, d.high, p.arena.base, g.cache.base)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		if n := len(d.largest) - d.allocs; d.allocs == 0 || n != 0 {
			t.Errorf("%s: %d allocations behind the first step", x.name, n)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
}
