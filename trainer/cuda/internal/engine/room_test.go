package engine

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/model"
)

// tiny is a model of which scratch memory is most of the plan.
var tiny = model.Config{
	Vocab: 9, Hidden: 4, Layers: 1, Heads: 1, KVHeads: 1, HeadDim: 2, MLP: 3,
	RopeTheta: 1e4, NormEps: 1e-6, Tied: true, MaxLen: 64,
}

// Errors name what there is too little for and what, in Go and in a configuration,
// would help; nothing that would not.
func TestRoomErrorOfPlan(t *testing.T) {
	const micro, longer, dtype = "MicroTokens (backend.micro_tokens)", "MaxTokens (train.max_prompt_length plus train.max_response_length)", "Precision to BF16 (backend.cuda.precision: bf16)"
	const free, device, smaller, memory, level, chunk = "free memory", "device with more", "smaller model", "raise MemoryBytes (backend.memory_gb) to ", "Recompute", "ChunkRows"
	all := []string{micro, longer, dtype, free, device, smaller, memory, level, chunk}
	for name, x := range map[string]struct {
		cfg  model.Config
		opts Options
		free int64
		why  string
		ways []string
	}{
		"state": {
			qwen8, Options{Precision: gpu.BF16, MaxTokens: 4096}, 78 << 30,
			"weights, gradient, moments alone take 137.3 GiB of 70.2 GiB, which is 90% of what was free", []string{free, smaller, device},
		},
		"state, bounded": {
			qwen06, Options{Precision: gpu.BF16, MemoryBytes: 1 << 30}, 78 << 30,
			"weights, gradient, moments alone take 10.0 GiB of the 1.0 GiB that MemoryBytes (backend.memory_gb) permits", []string{memory, smaller},
		},
		"more than is free": {
			qwen06, Options{Precision: gpu.BF16, MemoryBytes: 9 << 30}, 8 << 30,
			"of the 8.0 GiB that were free", []string{free, smaller, device},
		},
		"scratch, bounded": {
			tiny, Options{MemoryBytes: 1e7}, 78 << 30,
			"of the 9.5 MiB that MemoryBytes (backend.memory_gb) permits, which leaves nothing", []string{memory},
		},
		"long": {
			qwen06, Options{Precision: gpu.BF16, MaxTokens: 1 << 18}, 40 << 30,
			"the plan needs ", []string{free, longer, device},
		},
		"long, bounded, without recomputation": {
			qwen06, Options{Precision: gpu.BF16, MaxTokens: 1 << 16, Recompute: KeepAll, MemoryBytes: 40 << 30}, 0,
			"of the 40.0 GiB that MemoryBytes", []string{memory, longer, level},
		},
		"wide": {
			qwen06, Options{MicroTokens: 1 << 18, MemoryBytes: 40 << 30}, 0,
			"the plan needs ", []string{memory, micro, dtype},
		},
		"logits": {
			qwen06, Options{Precision: gpu.BF16, MicroTokens: 1 << 16, ChunkRows: 1 << 16, MemoryBytes: 40 << 30}, 0,
			"the plan needs ", []string{memory, micro, chunk},
		},
	} {
		_, err := NewPlan(x.cfg, x.opts, x.free, 0)
		var room *RoomError
		if !errors.As(err, &room) || !strings.Contains(err.Error(), x.why) {
			t.Errorf("%s: want %q: %v", name, x.why, err)
			continue
		}
		_, advice, _ := strings.Cut(err.Error(), "To make it fit: ")
		for _, way := range all {
			want := false
			for _, w := range x.ways {
				want = want || w == way
			}
			if strings.Contains(advice, way) != want {
				t.Errorf("%s: %q is %v in %q", name, way, !want, advice)
			}
		}
	}
}

// The memory that an error asks for is enough.
func TestRoomErrorSaysHowMuch(t *testing.T) {
	_, err := NewPlan(tiny, Options{MemoryBytes: 1e7, MicroTokens: 32, ChunkRows: 8}, 0, 0)
	var room *RoomError
	if !errors.As(err, &room) {
		t.Fatal(err)
	}
	enough := room.Plan.Total()
	if want := fmt.Sprintf("to %d (0.068) at least", enough); !strings.Contains(err.Error(), want) {
		t.Errorf("want %s: %v", want, err)
	}
	o := room.Plan.asked
	for _, o.MemoryBytes = range []int64{enough - 1, enough} {
		if _, err := NewPlan(tiny, o, 0, 0); (err == nil) != (o.MemoryBytes == enough) {
			t.Errorf("%d of %d bytes: %v", o.MemoryBytes, enough, err)
		}
	}
}

// Of a policy that is there, it depends on who had too little: the plan or the device.
func TestRoomErrorOfPolicy(t *testing.T) {
	p := Plan{Memory: 100 << 20, State: 10 << 20, Scratch: 64 << 20, MicroTokens: 2048}
	bounded := p
	bounded.asked.MemoryBytes = p.Memory
	less, more := &gpu.MemoryError{Bytes: 1 << 20, Text: "no more"}, &gpu.MemoryError{Bytes: 50 << 20, Text: "too much"}
	for _, x := range []struct {
		e    RoomError
		want string
	}{
		{
			RoomError{Plan: p, What: "8 tokens", Err: less, tokens: 8},
			"free memory that other programs hold on the device; lower MicroTokens (backend.micro_tokens), the tokens in work at a time, which is 2048; shorten prompts and responses (train.max_prompt_length, train.max_response_length); take a device with more memory.",
		},
		{
			RoomError{Plan: bounded, What: "4096 tokens", Err: more, tokens: 4096},
			"raise MemoryBytes (backend.memory_gb), which is 104857600; shorten prompts and responses (train.max_prompt_length, train.max_response_length).",
		},
		{
			RoomError{Plan: bounded, What: "scratch", Err: less, need: needScratch},
			"free memory that other programs hold on the device; lower MemoryBytes (backend.memory_gb), which leaves more of it beside the plan; lower MicroTokens (backend.micro_tokens), the tokens in work at a time, which is 2048; shorten prompts and responses (train.max_prompt_length, train.max_response_length).",
		},
		{
			RoomError{Plan: bounded, What: "keys", Err: more, need: needCache, tokens: 4096},
			"raise MemoryBytes (backend.memory_gb), which is 104857600; lower MicroTokens (backend.micro_tokens), the tokens in work at a time, which is 2048; shorten prompts and responses (train.max_prompt_length, train.max_response_length); set Precision to BF16 (backend.cuda.precision: bf16).",
		},
		{
			RoomError{Plan: p, What: "state", Err: less, need: needState},
			"free memory that other programs hold on the device; take a device with more memory.",
		},
	} {
		text := x.e.Error()
		if _, advice, _ := strings.Cut(text, "To make it fit: "); advice != x.want || !strings.Contains(text, x.e.What+": "+x.e.Err.Error()+"\n") {
			t.Errorf("%s\nwant %s", text, x.want)
		}
		if !errors.Is(&x.e, x.e.Err) {
			t.Errorf("%s: no %v in it", x.e.What, x.e.Err)
		}
	}
}

// Sizes that no device has are refused, not computed modulo 2^64.
func TestPlanOfHugeSizes(t *testing.T) {
	cfg := tiny
	cfg.Hidden, cfg.MLP, cfg.Layers, cfg.MaxLen = 1, 1<<30, 100, 1<<30
	_, err := NewPlan(cfg, Options{MicroTokens: mostTokens, ChunkRows: mostTokens, Recompute: KeepAll}, 78<<30, 0)
	var room *RoomError
	if !errors.As(err, &room) {
		t.Fatal(err)
	}
	if p := room.Plan; p.Kept < huge/2 || p.Total() < p.Kept || p.Total() > math.MaxInt64/2 {
		t.Errorf("%+v of %d bytes", p, p.Total())
	}
	if n := area(math.MaxInt32, math.MaxInt32, 4); n != huge {
		t.Errorf("a matrix of %d bytes", n)
	}
	if n := area(1<<20, 3, 4); n != 3<<22 {
		t.Errorf("a matrix of %d bytes", n)
	}
}
