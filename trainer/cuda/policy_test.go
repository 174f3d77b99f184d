//go:build cuda && cgo

package cuda

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/backend/backendtest"
	"github.com/golongrl/golongrl/trainer/cuda/internal/kerneltest"
	"github.com/golongrl/golongrl/trainer/model"
)

// TestKernels holds every kernel to plain Go: what was launched is what was compiled
// to PTX, or on the driver of package shim the same source.
func TestKernels(t *testing.T) {
	d := opened(t)
	for i, c := range kerneltest.Cases() {
		// Package kerneltest runs all on the CPU.
		if fakeCUDA() && (c.Slow || i%5 != 0) {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			// Each test has a goroutine of its own.
			leave, err := d.Enter()
			check(t, err)
			defer leave()
			if worst, err := c.Run(d); err != nil {
				t.Errorf("%.3g of what is permitted: %v", worst, err)
			}
			check(t, d.Sync())
		})
	}
}

// Callers can tell too little memory from other errors.
func TestRoomError(t *testing.T) {
	_, err := New(backendtest.Configs()[0], Options{Engine: Engine{MemoryBytes: 1}})
	var room *RoomError
	if !errors.As(err, &room) || !strings.Contains(err.Error(), "raise MemoryBytes") {
		t.Error(err)
	}
}

// testPolicy runs the tests of backends, with batches and logits in pieces.
func testPolicy(t *testing.T, o Engine, tol backendtest.Tolerance) {
	o.MemoryBytes = 256 << 20
	o.MicroTokens, o.ChunkRows = 16, 4
	backendtest.Run(t, func(cfg model.Config) (backend.Policy, error) { return New(cfg, Options{Engine: o}) }, tol)
}

func TestPolicy(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds on a CPU")
	}
	testPolicy(t, Engine{OwnKernels: true}, backendtest.Float32)
}

// TestPolicyWithLibrary has products computed by a library, of both types.
func TestPolicyWithLibrary(t *testing.T) {
	withFakeLibrary(t)
	if d := opened(t); d.lt == nil {
		t.Fatalf("no library: %q", d.Info().Notes)
	} else if l := d.Info().Libraries; len(l) == 0 || !strings.HasPrefix(l[0], "cuBLASLt ") || strings.Contains(l[0], "/") {
		t.Errorf("libraries %q", l)
	} else if !slices.Contains(d.Notes(), d.Info().Notes[0]) {
		t.Errorf("notes %q lack those of libraries", d.Notes())
	}
	t.Run("f32", func(t *testing.T) { testPolicy(t, Engine{}, backendtest.Float32) })
	if testing.Short() {
		return
	}
	// As package engine says of bf16.
	t.Run("bf16", func(t *testing.T) {
		testPolicy(t, Engine{Precision: BF16}, backendtest.Tolerance{LogP: 0.05, Gradient: 0.04, Weights: 0.4, Sampled: 0.05})
	})
}
