package ops

import (
	"strings"
	"testing"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// Heads that no kernel is for are an error of the queue, before anything reaches
// the device.
func TestNormRopeHeads(t *testing.T) {
	for _, s := range []gpu.Heads{{Q: 2, KV: 1, D: 7}, {Q: 2, KV: 1, D: 258}, {Q: 2, KV: 1}, {Q: 2, D: 8}} {
		for name, run := range map[string]func(q *Queue){
			"forward": func(q *Queue) { q.NormRope(0, 0, 0, 0, 0, Rope{}, 3, s, 1e-6) },
			"grad":    func(q *Queue) { q.NormRopeGrad(0, 0, 0, 0, 0, Rope{}, 0, 0, false, 3, s) },
		} {
			q := NewQueue(nil, gpu.BF16)
			run(q)
			if err := q.Err(); err == nil || !strings.Contains(err.Error(), "up to 256") {
				t.Errorf("%s, %+v: %v", name, s, err)
			}
		}
	}
}

// Lanes are a power of two that covers half of a head with 16 bytes each.
func TestLanes(t *testing.T) {
	for _, c := range []struct {
		t       gpu.Type
		d, want int
	}{
		{gpu.F32, 2, 1}, {gpu.F32, 8, 1}, {gpu.F32, 10, 2}, {gpu.F32, 128, 16}, {gpu.F32, 256, 32},
		{gpu.BF16, 10, 1}, {gpu.BF16, 80, 8}, {gpu.BF16, 128, 8}, {gpu.BF16, 256, 16},
	} {
		if got := NewQueue(nil, c.t).lanes(gpu.Heads{Q: 1, KV: 1, D: c.d}); got != c.want {
			t.Errorf("%v, %d elements: %d lanes, not %d", c.t, c.d, got, c.want)
		}
	}
}

// Without elements nothing is launched: a nil device would panic.
func TestNothing(t *testing.T) {
	q := NewQueue(nil, gpu.F32)
	h := gpu.Heads{Q: 1, KV: 1, D: 8}
	q.RMSNorm(0, 0, 0, 0, 0, 8, 1e-6)
	q.RMSNormGrad(0, false, 0, false, 0, 0, 0, 0, 0, 8)
	q.NormRope(0, 0, 0, 0, 0, Rope{}, 0, h, 1e-6)
	q.NormRopeGrad(0, 0, 0, 0, 0, Rope{}, 0, 0, false, 0, h)
	q.SwiGLU(0, 0, 0, 8)
	q.Gather(0, 0, 0, 0, 8)
	q.EmbedGrad(0, 0, 0, 0, 0, 0, 8)
	q.Add(0, 0, 0)
	q.Cast(0, gpu.BF16, 0, gpu.F32, 0)
	q.AdamW(0, 0, 0, 0, 0, 0, AdamWStep{Step: 1})
	if s := q.SumSquares(0, 0); s != 0 || q.Err() != nil {
		t.Errorf("sum %g, %v", s, q.Err())
	}
}

func TestAdamWStepZero(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("step 0 did not panic")
		}
	}()
	NewQueue(nil, gpu.F32).AdamW(0, 0, 0, 0, 0, 1, AdamWStep{})
}
