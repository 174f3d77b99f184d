package kerneltest

import (
	"testing"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/internal/shim"
)

// TestKernels runs all cases on the CPU, in one process unless it crashes.
func TestKernels(t *testing.T) {
	for _, kind := range []struct {
		name string
		o    shim.Options
	}{
		{"forward", shim.Options{}},
		{"reverse", shim.Options{Order: shim.Reverse}},
	} {
		t.Run(kind.name, func(t *testing.T) {
			var d *shim.Device
			for i, c := range Cases() {
				if testing.Short() && (c.Slow || kind.o.Order != shim.Forward && i%4 != 0) {
					continue
				}
				t.Run(c.Name, func(t *testing.T) {
					if d == nil {
						d = open(t, kind.o)
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
		})
	}
}

func open(t *testing.T, o shim.Options) *shim.Device {
	d, err := shim.Open(o)
	if err != nil {
		if err == shim.ErrNoCompiler {
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
