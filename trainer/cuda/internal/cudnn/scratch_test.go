package cudnn

import (
	"testing"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// The plans that cuDNN 9.17.1 made for an H100 took 1.1 GiB for 64K tokens and
// 2.7 GiB for 160K, of 16 heads of 128, unordered; ordered, 0.5 GiB more at 4K.
func TestScratch(t *testing.T) {
	a := gpu.Attend{Heads: gpu.Heads{Q: 16, KV: 8, D: 128}, Type: gpu.BF16, Unordered: true}
	for _, c := range []struct {
		tokens      int
		ordered     bool
		least, most float64 // GiB
	}{
		{64 << 10, false, 1.0, 1.1},
		{160 << 10, false, 2.5, 2.8},
		{4 << 10, false, 0.06, 0.3},
		{4 << 10, true, 0.56, 2.3},
		{64 << 10, true, 3, 3.1},
		{1, true, 0, 0.1},
	} {
		a.Unordered = !c.ordered
		if got := float64(scratchFor(a, c.tokens)) / (1 << 30); got < c.least || got > c.most {
			t.Errorf("%d tokens, ordered %v: %.2f GiB", c.tokens, c.ordered, got)
		}
	}
}
