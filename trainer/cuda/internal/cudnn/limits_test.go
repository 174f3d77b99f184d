package cudnn

import (
	"strings"
	"testing"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

func TestRefusal(t *testing.T) {
	for _, c := range []struct {
		name  string
		major int
		grad  bool
		set   func(*gpu.Attend)
		want  string // a part of the reason; "" if there is none
	}{
		{"plain", 9, true, func(*gpu.Attend) {}, ""},
		{"float32", 9, true, func(a *gpu.Attend) { a.Type = gpu.F32 }, "f32"},
		{"A100", 8, true, func(*gpu.Attend) {}, "8.0"},
		{"consumer Blackwell", 12, true, func(*gpu.Attend) {}, "12.0"},
		{"B200", 10, true, func(*gpu.Attend) {}, ""},
		{"B200, few heads", 10, true, func(a *gpu.Attend) { a.KV = 4 }, "4 heads"},
		{"H100, few heads", 9, true, func(a *gpu.Attend) { a.KV = 4 }, ""},
		{"odd heads", 9, true, func(a *gpu.Attend) { a.D = 100 }, "100"},
		{"wide heads", 9, true, func(a *gpu.Attend) { a.D = 256 }, ""},
		{"wide heads on B200", 10, true, func(a *gpu.Attend) { a.D = 256 }, "up to 128"},
		{"unaligned queries", 9, true, func(a *gpu.Attend) { a.Q.Ptr += 8 }, "16 bytes"},
		{"unaligned rows", 9, true, func(a *gpu.Attend) { a.V.LD += 4 }, "16 bytes"},
		{"unaligned log-sum-exp", 9, true, func(a *gpu.Attend) { a.LSE += 4 }, "16 bytes"},
		{"unaligned gradient", 9, true, func(a *gpu.Attend) { a.DQ.Ptr += 2 }, "16 bytes"},
		{"unaligned gradient forward", 9, false, func(a *gpu.Attend) { a.DQ.Ptr += 2 }, ""},
		{"as many as can be counted", 9, true, func(a *gpu.Attend) { a.Start = []int{0, 524287} }, ""},
		{"more", 9, true, func(a *gpu.Attend) { a.Start = []int{0, 524288} }, "elements"},
	} {
		rows := gpu.Rows{Ptr: 1 << 20, LD: 4096}
		a := gpu.Attend{Heads: gpu.Heads{Q: 16, KV: 8, D: 128, Scale: 1}, Type: gpu.BF16, Start: []int{0, 4096},
			Q: rows, K: rows, V: rows, Out: rows, LSE: 256, DOut: rows, DQ: rows, DK: rows, DV: rows}
		c.set(&a)
		if got := refusal(gpu.Info{Major: c.major}, a, c.grad); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
