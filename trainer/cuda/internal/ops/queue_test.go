package ops

import (
	"testing"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// Of no rows there is nothing to launch; sizes that a grid lacks are 1.
func TestEmptyGrid(t *testing.T) {
	d := &attentionDevice{}
	q := NewQueue(d, gpu.F32)
	q.run("none", gpu.Dim{0, 3}, gpu.Dim{32}, 0)
	q.run("some", gpu.Dim{2}, gpu.Dim{32}, 0)
	if got := d.names(); q.Err() != nil || len(got) != 1 || got[0] != "some" {
		t.Errorf("launches %v, %v", got, q.Err())
	}
}
