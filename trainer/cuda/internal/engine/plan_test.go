package engine

import (
	"errors"
	"math"
	"testing"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/model"
)

var (
	qwen06 = model.Config{
		Vocab: 151936, Hidden: 1024, Layers: 28, Heads: 16, KVHeads: 8, HeadDim: 128, MLP: 3072,
		RopeTheta: 1e6, NormEps: 1e-6, Tied: true, MaxLen: 1 << 18,
	}
	qwen8 = model.Config{
		Vocab: 151936, Hidden: 4096, Layers: 36, Heads: 32, KVHeads: 8, HeadDim: 128, MLP: 12288,
		RopeTheta: 1e6, NormEps: 1e-6, MaxLen: 1 << 18,
	}
)

func TestPlanOfLongContexts(t *testing.T) {
	for _, x := range []struct {
		tokens int
		level  Recompute
	}{{4096, KeepAll}, {64 << 10, KeepProducts}, {128 << 10, KeepAttention}, {160 << 10, KeepInputs}} {
		p, err := NewPlan(qwen06, Options{Precision: gpu.BF16, MaxTokens: x.tokens, MemoryBytes: 78 << 30}, 79<<30, 0)
		if err != nil {
			t.Fatal(err)
		}
		if tokens := max(x.tokens, 16384); p.Level != x.level || p.Tokens != tokens || p.ChunkRows != 4096 || p.MicroTokens != 16384 {
			t.Errorf("%d tokens: %v", x.tokens, p)
		}
		if p.Total() > 78<<30 {
			t.Errorf("%d tokens: %d bytes", x.tokens, p.Total())
		}
	}
}

// The numbers by hand, in elements of 2 bytes unless said.
func TestPlanByHand(t *testing.T) {
	const n = 1 << 16
	p, err := NewPlan(qwen06, Options{Precision: gpu.BF16, ChunkRows: 4096}, 0, n)
	if err != nil {
		t.Fatal(err)
	}
	// Float32 weights, gradient and two moments, and weights in bf16; where 28 x 3 + 1
	// ranges of norms are.
	if want := int64(596049920)*18 + (85*16+255)/256*256; p.State != want {
		t.Errorf("state %d, want %d", p.State, want)
	}
	if p.Level != KeepAll {
		t.Errorf("without a limit: %v", p.Level)
	}
	// Per token and layer: input 1024, two norms of 1024, qkv 4096, rotated heads 3072,
	// attention 2048, 1024 behind it, gates and ups 6144, act 3072; in float32 16 sums
	// of attention, 24 of rotated heads and 2 of norms; 2 times 1024 behind the last.
	want := int64(n) * (28*((1024+2*1024+4096+3072+2048+1024+6144+3072)*2+(16+24+2)*4) + 2*1024*2)
	if p.Kept < want || p.Kept > want+want/200 {
		t.Errorf("kept %d, want %d and some tables", p.Kept, want)
	}
	// Backward: 3 times 1024 (of which one for rows), gradients of attention 2048, for
	// rows once more, and of qkv 4096.
	want = int64(n) * (3*1024 + 2*2048 + 4096) * 2
	if p.Work < want-(1<<20) || p.Work > want+(1<<20) {
		t.Errorf("work %d, want %d", p.Work, want)
	}

	p, err = NewPlan(qwen06, Options{Precision: gpu.BF16, ChunkRows: 4096, Recompute: KeepProducts}, 0, n)
	if err != nil {
		t.Fatal(err)
	}
	// Per token and layer: input 1024, qkv 4096, attention 2048, its 16 sums in
	// float32, 1024 behind it, gates and ups 6144; 2 times 1024 behind the last.
	want = int64(n) * (28*((1024+4096+2048+1024+6144)*2+16*4) + 2*1024*2)
	if p.Kept < want || p.Kept > want+want/200 {
		t.Errorf("kept %d, want %d and some tables", p.Kept, want)
	}
	// Backward: 4 times 1024 (of which one for rows), 24 sums in float32, rotated
	// heads 3072, gradients of attention 2048 and of qkv 4096.
	want = int64(n) * ((4*1024+3072+2048+4096)*2 + 24*4 + 4)
	if p.Work < want-(1<<20) || p.Work > want+(1<<20) {
		t.Errorf("work %d, want %d", p.Work, want)
	}
	if want := int64(4096) * 151936 * 6; p.Logits != want {
		t.Errorf("logits %d, want %d", p.Logits, want)
	}
}

// A scratcher is a ledger with a library that takes 1000 bytes for a token.
type scratcher struct {
	*ledger
	asked gpu.Attend
}

func (d *scratcher) Attention(gpu.Attend) (bool, error)     { return false, nil }
func (d *scratcher) AttentionGrad(gpu.Attend) (bool, error) { return false, nil }

func (d *scratcher) Scratch(a gpu.Attend, tokens int) int64 {
	d.asked = a
	return 1000 * int64(tokens)
}

// What libraries take for themselves is beside activations.
func TestPlanOfLibraries(t *testing.T) {
	cfg := qwen06
	cfg.Layers = 2
	for _, own := range []bool{false, true} {
		o := Options{Precision: gpu.BF16, MicroTokens: 4096, ChunkRows: 64, MemoryBytes: 16 << 30, OwnKernels: own, Unordered: true}
		plain, err := NewPlan(cfg, o, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		d := &scratcher{ledger: newLedger(t)}
		p, err := New(d, cfg, o)
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		want := plain.Scratch
		if !own {
			want += 4096 * 1000
			if !d.asked.Unordered || d.asked.KV != 8 || d.asked.Type != gpu.BF16 {
				t.Errorf("asked for %+v", d.asked)
			}
		}
		if p.plan.Scratch != want || p.arena.budget != plain.budget()-(want-plain.Scratch) {
			t.Errorf("own kernels %v: %d bytes of scratch, want %d; %d for activations", own, p.plan.Scratch, want, p.arena.budget)
		}
	}
}

func TestPlanThatDoesNotFit(t *testing.T) {
	var room *RoomError
	wide := qwen06
	wide.HeadDim = 512
	for name, f := range map[string]func() (Plan, error){
		"no model":  func() (Plan, error) { return NewPlan(model.Config{}, Options{}, 0, 0) },
		"options":   func() (Plan, error) { return NewPlan(qwen06, Options{ChunkRows: -1}, 0, 0) },
		"rows":      func() (Plan, error) { return NewPlan(qwen06, Options{ChunkRows: math.MaxInt}, 0, 0) },
		"tokens":    func() (Plan, error) { return NewPlan(qwen06, Options{MicroTokens: math.MaxInt}, 0, 0) },
		"longest":   func() (Plan, error) { return NewPlan(qwen06, Options{MaxTokens: mostTokens + 1}, 0, 0) },
		"head size": func() (Plan, error) { return NewPlan(wide, Options{}, 0, 0) },
	} {
		if _, err := f(); err == nil || errors.As(err, &room) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A small device gets fewer tokens and rows at a time before it gets slower levels.
func TestPlanOfSmallDevice(t *testing.T) {
	p, err := NewPlan(qwen06, Options{Precision: gpu.BF16, MaxTokens: 2048}, 24<<30, 0)
	if err != nil {
		t.Fatal(err)
	}
	if p.MicroTokens != 8192 || p.ChunkRows != 1024 || p.Level != KeepAll {
		t.Errorf("24 GiB: %v", p)
	}
	if p, err = NewPlan(qwen06, Options{Precision: gpu.BF16, MaxTokens: 8192}, 16<<30, 0); err != nil {
		t.Fatal(err)
	}
	if p.MicroTokens != 4096 || p.Tokens != 8192 || p.Level == KeepAll {
		t.Errorf("16 GiB: %v", p)
	}
}

func TestPlanString(t *testing.T) {
	p, err := NewPlan(qwen06, Options{Precision: gpu.BF16, MaxTokens: 64 << 10, MemoryBytes: 78 << 30}, 79<<30, 0)
	if err != nil {
		t.Fatal(err)
	}
	const want = `memory for 65536 tokens at a time in bf16, keep products, logits of 4096 rows:
  weights, gradient, moments          10.0 GiB
  activations that are kept           49.4 GiB
  work, a layer at a time              1.6 GiB
  logits                               3.5 GiB in the place of work
  tables and scratch                 105.0 MiB
  in all                              62.9 GiB of 78.0 GiB
  keys and values in sampling         67.9 GiB at most, in the place of activations`
	if got := p.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestSpans(t *testing.T) {
	b := &backend.Batch{Start: []int{0, 5, 14, 17, 24, 30}, Rows: []int{1, 2, 3, 4, 10, 11, 12, 18, 20, 21, 25}}
	for i := range 30 {
		b.Tokens = append(b.Tokens, int32(i%7))
	}
	// Sequences reach 4, 7, 0, 4 and 1 tokens until their last row.
	for _, x := range []struct {
		limit int
		want  []backend.Part
	}{
		{100, []backend.Part{{SeqLo: 0, SeqHi: 5, RowLo: 0, RowHi: 11}}},
		{12, []backend.Part{{SeqLo: 0, SeqHi: 3, RowLo: 0, RowHi: 7}, {SeqLo: 3, SeqHi: 5, RowLo: 7, RowHi: 11}}},
		{10, []backend.Part{{SeqLo: 0, SeqHi: 1, RowLo: 0, RowHi: 4}, {SeqLo: 1, SeqHi: 3, RowLo: 4, RowHi: 7}, {SeqLo: 3, SeqHi: 5, RowLo: 7, RowHi: 11}}},
		{1, []backend.Part{{SeqLo: 0, SeqHi: 1, RowLo: 0, RowHi: 4}, {SeqLo: 1, SeqHi: 3, RowLo: 4, RowHi: 7}, {SeqLo: 3, SeqHi: 4, RowLo: 7, RowHi: 10}, {SeqLo: 4, SeqHi: 5, RowLo: 10, RowHi: 11}}},
	} {
		got := b.Parts(x.limit)
		if len(got) != len(x.want) {
			t.Errorf("limit %d: %v", x.limit, got)
			continue
		}
		for i := range got {
			if got[i] != x.want[i] {
				t.Errorf("limit %d, part %d: %v, want %v", x.limit, i, got[i], x.want[i])
			}
		}
	}
	var m micro
	m.take(b, backend.Part{SeqLo: 1, SeqHi: 5, RowLo: 4, RowHi: 11})
	m.group()
	for _, x := range []struct {
		name      string
		got, want []int32
	}{
		{"tokens", m.tokens, []int32{5, 6, 0, 1, 2, 3, 4, 3, 4, 5, 6, 3}},
		{"positions", m.pos, []int32{0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 0}},
		{"rows", m.rows, []int32{4, 5, 6, 7, 9, 10, 11}},
		{"targets", m.target, []int32{3, 4, 5, 4, 6, 0, 4}},
		{"tokens that occur", m.ids, []int32{0, 1, 2, 3, 4, 5, 6}},
		{"where they begin", m.begin, []int32{0, 1, 2, 3, 6, 8, 10, 12}},
		{"their positions", m.order, []int32{2, 3, 4, 5, 7, 11, 6, 8, 0, 9, 1, 10}},
	} {
		if len(x.got) != len(x.want) {
			t.Errorf("%s: %v, want %v", x.name, x.got, x.want)
			continue
		}
		for i := range x.got {
			if x.got[i] != x.want[i] {
				t.Errorf("%s: %v, want %v", x.name, x.got, x.want)
				break
			}
		}
	}
	if m.first != 4 || m.last != 6 {
		t.Errorf("first row %d, last position %d", m.first, m.last)
	}
}
