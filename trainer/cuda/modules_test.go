//go:build cuda && cgo

package cuda

import (
	"strings"
	"testing"
	"time"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/internal/ops"
)

// TestModulesAreCompiledWhenWanted launches a kernel of one module, and then has all
// others compiled.
func TestModulesAreCompiledWhenWanted(t *testing.T) {
	d := opened(t)
	q := ops.NewQueue(d, gpu.F32)
	p, err := d.Alloc(64)
	check(t, err)
	defer func() { check(t, d.Free(p)) }()
	compiled := func() (names []string) {
		for _, c := range d.modules {
			if c.handle != nil {
				names = append(names, c.Name)
			}
		}
		return names
	}
	if names := compiled(); names != nil || len(d.functions) > 0 {
		t.Errorf("%q are compiled before any launch", names)
	}
	q.Add(p, p+32, 4)
	check(t, q.Err())
	first := compiled()
	if len(first) != 1 || len(d.functions) != len(d.home["add_f32"].Kernels) || first[0] != d.home["add_f32"].Name {
		t.Fatalf("%q are compiled for one kernel, with %d kernels", first, len(d.functions))
	}
	handle := d.home["add_f32"].handle
	var more []string
	load := func() error {
		return d.LoadAll(func(module string, took time.Duration) {
			if took <= 0 {
				t.Errorf("%s took %v", module, took)
			}
			more = append(more, module)
		})
	}
	check(t, load())
	if len(more) != len(d.modules)-1 || len(d.functions) != len(d.home) || d.home["add_f32"].handle != handle {
		t.Errorf("%q behind %q are compiled, of %d modules; %d of %d kernels", more, first, len(d.modules), len(d.functions), len(d.home))
	}
	more = nil
	if check(t, load()); more != nil {
		t.Errorf("%q are compiled again", more)
	}
	check(t, d.Sync())
}

// TestModuleErrors has modules that cannot be compiled, and one without a kernel
// that it should have.
func TestModuleErrors(t *testing.T) {
	d := opened(t)
	launch := func(name string) error { return d.Launch(gpu.Launch{Kernel: name}) }
	bad, poor := d.home["add_f32"], d.home["sample"]
	text, names := bad.PTX, poor.Kernels
	bad.PTX = []byte("this is no PTX")
	poor.Kernels = append([]string{"absent_f32"}, names...)
	for range 2 { // what failed is tried again, and says the same
		if err := launch("add_f32"); err == nil || !strings.Contains(err.Error(), "module "+bad.Name+" (sm_80)") {
			t.Errorf("no PTX: %v", err)
		}
		if err := launch("sample"); err == nil || !strings.Contains(err.Error(), "module "+poor.Name) || !strings.Contains(err.Error(), "absent_f32") {
			t.Errorf("no such kernel: %v", err)
		}
	}
	n := 0
	err := d.LoadAll(func(string, time.Duration) { n++ })
	if err == nil || !strings.Contains(err.Error(), bad.Name) || !strings.Contains(err.Error(), poor.Name) || n != len(d.modules)-2 {
		t.Errorf("%d of %d modules are compiled: %v", n, len(d.modules), err)
	}
	bad.PTX, poor.Kernels = text, names
	check(t, d.LoadAll(func(string, time.Duration) { n++ }))
	if n != len(d.modules) || len(d.functions) != len(d.home) {
		t.Errorf("%d of %d modules are compiled, with %d of %d kernels", n, len(d.modules), len(d.functions), len(d.home))
	}
}
