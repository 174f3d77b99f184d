package kerneltest

import (
	"errors"
	"os"
	"testing"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/internal/shim"
)

// TestKernels runs all cases on the CPU.
func TestKernels(t *testing.T) {
	_ = open(t, shim.Options{}).Close() // skips all at once where there is no compiler
	t.Run("forward", func(t *testing.T) {
		runAll(t, shim.Options{}, func(_ int, c Case) bool { return !testing.Short() || !c.Slow })
	})
	t.Run("reverse", func(t *testing.T) {
		runAll(t, shim.Options{Fast: true, Order: shim.Reverse}, func(i int, c Case) bool { return !testing.Short() || !c.Slow && i%4 == 0 })
	})
}

// TestRaces looks for races between threads of a block. It compiles all kernels once
// more and takes minutes, so it runs only when asked to.
func TestRaces(t *testing.T) {
	if os.Getenv("GOLONGRL_RACES") != "1" {
		t.Skip("set GOLONGRL_RACES=1 to look for races in kernels")
	}
	_ = open(t, shim.Options{Races: true}).Close()
	// ThreadSanitizer remembers the last few accesses of a place; another order leaves
	// others.
	for name, o := range map[string]shim.Options{
		"forward":  {Races: true},
		"shuffled": {Races: true, Order: shim.Shuffled, Seed: 1},
	} {
		t.Run(name, func(t *testing.T) {
			runAll(t, o, func(_ int, c Case) bool { return !testing.Short() || !c.Slow })
		})
	}
}

// runAll runs the cases that are wanted in one process, and in a new one behind each
// that fails.
func runAll(t *testing.T, o shim.Options, wanted func(i int, c Case) bool) {
	var d *shim.Device
	for i, c := range Cases() {
		if !wanted(i, c) {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			if d == nil {
				d = open(t, o)
			}
			worst, err := run(d, c)
			if err != nil {
				t.Errorf("%.3g of what is permitted: %v", worst, err)
				_ = d.Close()
				d = nil
			}
		})
	}
	if d != nil {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
}

func open(t *testing.T, o shim.Options) *shim.Device {
	d, err := shim.Open(o)
	if err != nil {
		if errors.Is(err, shim.ErrNoCompiler) || errors.Is(err, shim.ErrNoRaces) {
			t.Skip(err)
		}
		t.Fatal(err)
	}
	return d
}

func run(d gpu.Device, c Case) (float64, error) {
	leave, err := d.Enter()
	if err != nil {
		return 0, err
	}
	defer leave()
	worst, err := c.Run(d)
	if err != nil {
		return worst, err
	}
	return worst, d.Sync()
}
