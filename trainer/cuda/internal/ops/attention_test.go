package ops

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// An attentionDevice is a device that keeps what it is given.
type attentionDevice struct {
	gpu.Device // nil: other calls are not expected
	shared     int
	uploads    map[gpu.Ptr][]byte
	launches   []gpu.Launch
}

func (d *attentionDevice) Info() gpu.Info               { return gpu.Info{Shared: d.shared} }
func (d *attentionDevice) Alloc(int64) (gpu.Ptr, error) { return 1 << 20, nil }
func (d *attentionDevice) Free(gpu.Ptr) error           { return nil }
func (d *attentionDevice) Launch(l gpu.Launch) error    { d.launches = append(d.launches, l); return nil }
func (d *attentionDevice) Upload(p gpu.Ptr, b []byte) error {
	if d.uploads == nil {
		d.uploads = map[gpu.Ptr][]byte{}
	}
	d.uploads[p] = slices.Clone(b)
	return nil
}

// names returns the kernels that were launched since the last call.
func (d *attentionDevice) names() []string {
	var names []string
	for _, l := range d.launches {
		names = append(names, l.Kernel)
	}
	d.launches = nil
	return names
}

// An attentionLibrary is one with attention of its own.
type attentionLibrary struct {
	attentionDevice
	takes bool
	err   error
	got   []gpu.Attend
}

func (l *attentionLibrary) Attention(a gpu.Attend) (bool, error) {
	l.got = append(l.got, a)
	return l.takes, l.err
}

func (l *attentionLibrary) AttentionGrad(a gpu.Attend) (bool, error) { return l.Attention(a) }

func attend(t gpu.Type, q, kv, d int) gpu.Attend {
	row := func(p gpu.Ptr) gpu.Rows { return gpu.Rows{Ptr: p, LD: (q + 2*kv) * d} }
	return gpu.Attend{
		Heads: gpu.Heads{Q: q, KV: kv, D: d, Scale: 1}, Type: t,
		Q: row(4096), K: row(4096), V: row(8192), Out: row(1 << 14), LSE: 1 << 15,
		DOut: row(1 << 16), DQ: row(1 << 17), DK: row(1 << 17), DV: row(1 << 17),
	}
}

func TestPlaceSequences(t *testing.T) {
	for _, start := range [][]int{nil, {7}, {0, 1}, {2, 2, 35, 300, 428}, {0, 128, 128, 257}} {
		d := &attentionDevice{}
		q := NewQueue(d, gpu.F32)
		s := q.PlaceSequences(start, 1024)
		size := SequencesBytes(start)
		if got := int64(len(d.uploads[1024])); got != size {
			t.Errorf("%v: %d bytes uploaded, SequencesBytes is %d", start, got, size)
		}
		tokens, n := 0, max(len(start)-1, 0)
		if n > 0 {
			tokens = start[n] - start[0]
		}
		if most := MaxSequencesBytes(tokens, n); size > most {
			t.Errorf("%v: SequencesBytes is %d, MaxSequencesBytes %d", start, size, most)
		}
		for _, tiles := range []tiling{s.small, s.large} {
			for i, p := range []gpu.Ptr{tiles.queries, tiles.keys} {
				checkTiles(t, start, tiles, d.uploads[1024][p-1024:], i == 0)
			}
		}
	}
}

// checkTiles wants every token in one tile of its sequence, and the longest work
// first.
func checkTiles(t *testing.T, start []int, tiles tiling, table []byte, queries bool) {
	t.Helper()
	seen := map[int]int{} // token: where its sequence begins
	last := 1 << 30
	for i := range tiles.count {
		var x [4]int
		for j := range x {
			x[j] = int(binary.LittleEndian.Uint32(table[16*i+4*j:]))
		}
		begin, end, from, to := x[0], x[1], x[2], x[3]
		if (from-begin)%tiles.size != 0 || to != min(from+tiles.size, end) || from >= to {
			t.Errorf("%v: tile %v", start, x)
		}
		for token := from; token < to; token++ {
			if _, twice := seen[token]; twice {
				t.Errorf("%v: token %d is in two tiles", start, token)
			}
			seen[token] = begin
		}
		work := end - from
		if queries {
			work = to - begin
		}
		if work > last {
			t.Errorf("%v: tile %v has more work than the one before it", start, x)
		}
		last = work
	}
	for s := 1; s < len(start); s++ {
		for token := start[s-1]; token < start[s]; token++ {
			if begin, ok := seen[token]; !ok || begin != start[s-1] {
				t.Errorf("%v: token %d is in no tile of its sequence", start, token)
			}
			delete(seen, token)
		}
	}
	if len(seen) > 0 {
		t.Errorf("%v: tiles hold tokens %v", start, seen)
	}
}

func TestAttentionKernels(t *testing.T) {
	for _, x := range []struct {
		change  func(*gpu.Attend)
		t       gpu.Type
		d       int
		forward string
		keys    string
		queries string
	}{
		{nil, gpu.F32, 64, "attention_64_f32", "attention_keys_64_f32", "attention_queries_64_f32"},
		{nil, gpu.F32, 65, "attention_128_f32", "attention_keys_128_f32", "attention_queries_128_f32"},
		{nil, gpu.F32, 256, "attention_256_f32", "attention_keys_256_f32", "attention_queries_256_f32"},
		{nil, gpu.BF16, 80, "attention_mma_80_bf16", "attention_mma_keys_80x64_bf16", "attention_mma_queries_80_bf16"},
		{nil, gpu.BF16, 128, "attention_mma_128_bf16", "attention_mma_keys_128x64_bf16", "attention_mma_queries_128_bf16"},
		{nil, gpu.BF16, 48, "attention_64_bf16", "attention_keys_64_bf16", "attention_queries_64_bf16"},
		{func(a *gpu.Attend) { a.V.Ptr += 8 }, gpu.BF16, 128, "attention_128_bf16", "attention_keys_128_bf16", "attention_queries_128_bf16"},
		{func(a *gpu.Attend) { a.Q.LD += 4 }, gpu.BF16, 128, "attention_128_bf16", "attention_keys_128_bf16", "attention_queries_128_bf16"},
		{func(a *gpu.Attend) { a.DK.Ptr += 2 }, gpu.BF16, 128, "attention_mma_128_bf16", "attention_keys_128_bf16", "attention_mma_queries_128_bf16"},
		{func(a *gpu.Attend) { a.DQ.Ptr += 2 }, gpu.BF16, 128, "attention_mma_128_bf16", "attention_mma_keys_128x64_bf16", "attention_queries_128_bf16"},
	} {
		d := &attentionDevice{shared: 163 << 10} // of compute capability 8.0
		q := NewQueue(d, x.t)
		s := q.PlaceSequences([]int{0, 129}, 1024)
		a := attend(x.t, 4, 2, x.d)
		if x.change != nil {
			x.change(&a)
		}
		q.Attention(a, s)
		q.AttentionGrad(a, s)
		got := d.launches
		names := []string{x.forward, "attention_stats_" + x.t.String(), x.keys, x.queries}
		if have := d.names(); q.Err() != nil || !slices.Equal(have, names) {
			t.Errorf("%v %d: kernels %v, want %v; %v", x.t, x.d, have, names, q.Err())
			continue
		}
		tiles := func(kernel string) int {
			if strings.Contains(kernel, "mma") {
				return 2
			}
			return 5
		}
		if got[2].Grid[0] != 2*tiles(x.keys) || got[3].Grid[0] != 4*tiles(x.queries) {
			t.Errorf("%s: grids %v and %v", x.keys, got[2].Grid, got[3].Grid)
		}
		if noted := len(q.Notes()) > 0; noted != (x.t == gpu.BF16 && tiles(x.keys)+tiles(x.queries) > 4) {
			t.Errorf("%v %d: notes %q", x.t, x.d, q.Notes())
		}
	}

	d := &attentionDevice{shared: 99 << 10}
	q := NewQueue(d, gpu.F32)
	q.Attention(attend(gpu.F32, 1, 1, 256), q.PlaceSequences([]int{0, 1}, 1024))
	if err := q.Err(); err == nil || !strings.Contains(err.Error(), "too large") {
		t.Errorf("with too little shared memory: %v", err)
	}
	for _, x := range []struct {
		d, shared     int
		keys, queries string
	}{
		{64, 99 << 10, "attention_mma_keys_64x64_bf16", "attention_mma_queries_64_bf16"},
		{96, 99 << 10, "attention_mma_keys_96x64_bf16", "attention_mma_queries_96_bf16"},
		{128, 99 << 10, "attention_mma_keys_128x32_bf16", "attention_mma_queries_128_bf16"},
		{128, 96 << 10, "attention_keys_128_bf16", "attention_mma_queries_128_bf16"},
		{128, 95 << 10, "attention_keys_128_bf16", "attention_queries_128_bf16"},
	} {
		d.shared = x.shared
		q = NewQueue(d, gpu.BF16)
		s := q.PlaceSequences([]int{0, 1}, 1024)
		q.AttentionGrad(attend(gpu.BF16, 1, 1, x.d), s)
		for _, l := range d.launches {
			if l.Shared > x.shared {
				t.Errorf("%d bytes of shared memory: %s takes %d", x.shared, l.Kernel, l.Shared)
			}
		}
		want := []string{"attention_stats_bf16", x.keys, x.queries}
		if got := d.names(); q.Err() != nil || !slices.Equal(got, want) {
			t.Errorf("%d bytes of shared memory: kernels %v, want %v; %v", x.shared, got, want, q.Err())
		}
	}
	q = NewQueue(d, gpu.F32)
	s := q.PlaceSequences([]int{3, 3}, 1024)
	q.Attention(attend(gpu.F32, 1, 1, 8), s)
	q.AttentionGrad(attend(gpu.F32, 1, 1, 8), s)
	if q.Err() != nil || len(d.launches) > 0 {
		t.Errorf("no tokens: %v, kernels %v", q.Err(), d.names())
	}
}

func TestAttentionLibrary(t *testing.T) {
	broken := errors.New("broken")
	for _, x := range []struct {
		own, takes bool
		err        error
		asked      int
		launches   int
		notes      int
	}{
		{takes: true, asked: 2},
		{takes: false, asked: 2, launches: 4, notes: 2},
		{own: true, takes: true, launches: 4},
		{err: broken, asked: 1},
	} {
		d := &attentionLibrary{takes: x.takes, err: x.err}
		d.shared = 163 << 10
		q := NewQueue(d, gpu.BF16)
		q.OwnKernels = x.own
		s := q.PlaceSequences([]int{0, 5}, 1024)
		q.Attention(attend(gpu.BF16, 2, 1, 64), s)
		q.AttentionGrad(attend(gpu.BF16, 2, 1, 64), s)
		if len(d.got) != x.asked || len(d.launches) != x.launches || len(q.Notes()) != x.notes || !errors.Is(q.Err(), x.err) {
			t.Errorf("%+v: asked %d times, %d launches, notes %q, %v", x, len(d.got), len(d.launches), q.Notes(), q.Err())
		}
		for _, a := range d.got {
			if !slices.Equal(a.Start, s.Start) {
				t.Errorf("%+v: the library was told of sequences %v", x, a.Start)
			}
		}
	}
}

func TestAttentionPanics(t *testing.T) {
	q := NewQueue(&attentionDevice{}, gpu.F32)
	s := q.PlaceSequences([]int{0, 1}, 1024)
	zero := attend(gpu.F32, 1, 1, 8)
	zero.Scale = 0
	for name, f := range map[string]func(){
		"groups":     func() { q.Attention(attend(gpu.F32, 3, 2, 8), s) },
		"head":       func() { q.Attention(attend(gpu.F32, 1, 1, MaxHead+1), s) },
		"scale":      func() { q.AttentionGrad(zero, s) },
		"type":       func() { q.Attention(attend(gpu.BF16, 1, 1, 8), s) },
		"descending": func() { q.PlaceSequences([]int{3, 2}, 1024) },
		"negative":   func() { q.PlaceSequences([]int{-1, 2}, 1024) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f()
		})
	}
}
