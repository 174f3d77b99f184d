//go:build cuda && cgo

package cuda

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/kernels"
	"gorgonia.org/cu"
)

// A code is a module that is compiled when one of its kernels is first launched:
// the driver takes seconds for the largest, and a run uses half of them. The driver
// keeps what it compiled for the next process, where it can write to the home folder.
type code struct {
	kernels.Module
	handle module // nil: not compiled yet
}

// codeRoom is what modules take of the device's memory at most, together: a piece of
// 2 MiB each, in which each has much less than that.
const codeRoom = 32 << 20

// A kernel is a function and what a launch must respect.
type kernel struct {
	function function
	params   int
	static   int  // bytes of shared memory of its own
	opted    bool // blocks are permitted all the shared memory that there is
}

// know takes down what kernels there are.
func (d *device) know(modules []kernels.Module) {
	for _, m := range modules {
		c := &code{Module: m}
		d.modules = append(d.modules, c)
		for _, name := range m.Kernels {
			d.home[name] = c
		}
	}
}

// find returns a kernel, whose module it compiles if that has not been done.
func (d *device) find(name string) (*kernel, error) {
	if k := d.functions[name]; k != nil {
		return k, nil
	}
	c := d.home[name]
	if c == nil {
		return nil, fmt.Errorf("cuda: there is no kernel %q; go generate ./trainer/cuda/kernels compiles new ones", name)
	}
	if err := d.load(c); err != nil {
		return nil, err
	}
	return d.functions[name], nil
}

// load compiles a module and finds its kernels. If it cannot, all is as before.
func (d *device) load(c *code) error {
	ptx := c.PTX
	if len(ptx) == 0 || ptx[len(ptx)-1] != 0 {
		ptx = append(slices.Clip(ptx), 0)
	}
	what := fmt.Sprintf("module %s (%s)", c.Name, c.Arch)
	handle, log, err := loadModule(ptx)
	var e *Error
	if errors.As(err, &e) && e.Code == outOfMemory {
		free, total, _ := cu.MemInfo()
		return &gpu.MemoryError{Free: free, Text: fmt.Sprintf("cuda: %s: no GPU memory for its code: %.2f of %.2f GiB free", what, gib(free), gib(total))}
	}
	if err = d.blame(err, what); err != nil && log != "" {
		return fmt.Errorf("%w\n%s", err, log)
	} else if err != nil {
		return err
	}
	params := parameters(string(c.PTX))
	found := map[string]*kernel{}
	for _, name := range c.Kernels {
		k := &kernel{params: params[name]}
		if k.function, err = lookUp(handle, name); err == nil {
			k.static, err = staticShared(k.function)
		}
		if err != nil {
			return errors.Join(d.blame(err, what+", kernel "+name), unloadModule(handle))
		}
		found[name] = k
	}
	c.handle = handle
	for name, k := range found {
		d.functions[name] = k
	}
	return nil
}

// LoadAll compiles the modules that no launch has wanted yet, calls done for each,
// and returns the errors of all that cannot be compiled.
func (d *device) LoadAll(done func(module string, took time.Duration)) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var errs []error
	for _, c := range d.modules {
		if c.handle != nil {
			continue
		}
		start := time.Now()
		if err := d.load(c); err != nil {
			errs = append(errs, err)
			continue
		}
		done(c.Name, time.Since(start))
	}
	return errors.Join(errs...)
}

var entry = regexp.MustCompile(`\.entry\s+(\w+)\s*\(([^)]*)\)`)

// parameters counts the parameters of each kernel of a PTX text: the driver reads as
// many arguments, whether they were passed or not.
func parameters(ptx string) map[string]int {
	n := map[string]int{}
	for _, m := range entry.FindAllStringSubmatch(ptx, -1) {
		n[m[1]] = strings.Count(m[2], ".param")
	}
	return n
}
