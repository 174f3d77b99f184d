//go:build !race

package cpu

import (
	"context"
	"math"
	"runtime"
	"testing"

	"github.com/golongrl/golongrl/trainer/backend"
)

// A step allocates closures, but no matrices. The race detector
// empties pools at random.
func TestStepReusesMemory(t *testing.T) {
	p, err := New(demo, Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := backend.Init(p, 1, 0.02); err != nil {
		t.Fatal(err)
	}
	b := sequences(demo.Vocab, 6, 40, 1)
	out := newRows(b)
	step := func() {
		if err := p.LogProbs(context.Background(), b, out); err != nil {
			t.Fatal(err)
		}
		if err := p.Accumulate(context.Background(), b, likelihood(len(b.Rows)), out); err != nil {
			t.Fatal(err)
		}
	}
	least := int64(math.MaxInt64) // pools may be emptied by a collection
	for range 4 {
		var m0, m1 runtime.MemStats
		runtime.ReadMemStats(&m0)
		step()
		runtime.ReadMemStats(&m1)
		least = min(least, int64(m1.TotalAlloc-m0.TotalAlloc))
	}
	if limit := p.activationBytes(len(b.Tokens), KeepAll) / 20; least > limit {
		t.Errorf("a step allocates %d bytes, limit %d", least, limit)
	}
}
