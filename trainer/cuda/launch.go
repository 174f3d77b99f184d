//go:build cuda && cgo

package cuda

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/kernels"
)

// A kernel is a function and what a launch must respect.
type kernel struct {
	function function
	params   int
	static   int  // bytes of shared memory of its own
	opted    bool // blocks are permitted all the shared memory that there is
}

// plainShared is the shared memory of a block that needs no permission.
const plainShared = 48 << 10

// load compiles a module and finds its kernels.
func (d *device) load(m kernels.Module) error {
	ptx := m.PTX
	if len(ptx) == 0 || ptx[len(ptx)-1] != 0 {
		ptx = append(slices.Clip(ptx), 0)
	}
	mod, log, err := loadModule(ptx)
	if err != nil {
		if log != "" {
			return fmt.Errorf("cuda: module %s (%s): %w\n%s", m.Name, m.Arch, err, log)
		}
		return fmt.Errorf("cuda: module %s (%s): %w", m.Name, m.Arch, err)
	}
	d.modules = append(d.modules, mod)
	params := parameters(string(m.PTX))
	for _, name := range m.Kernels {
		k := &kernel{params: params[name]}
		if k.function, err = lookUp(mod, name); err == nil {
			k.static, err = staticShared(k.function)
		}
		if err != nil {
			return fmt.Errorf("cuda: module %s (%s), kernel %s: %w", m.Name, m.Arch, name, err)
		}
		d.functions[name] = k
	}
	return nil
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

// Launch starts a kernel.
func (d *device) Launch(l gpu.Launch) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	k := d.functions[l.Kernel]
	switch {
	case k == nil:
		return fmt.Errorf("cuda: there is no kernel %q; go generate ./trainer/cuda/kernels compiles new ones", l.Kernel)
	case len(l.Args) != k.params || len(l.Args) > maxArgs:
		return fmt.Errorf("cuda: kernel %s with %d arguments, not %d", l.Kernel, len(l.Args), k.params)
	}
	grid, block := l.Grid, l.Block
	for i := range 3 {
		grid[i], block[i] = max(grid[i], 1), max(block[i], 1)
	}
	if grid[0] > 1<<31-1 || grid[1] > 65535 || grid[2] > 65535 || block[0]*block[1]*block[2] > 1024 || block[2] > 64 {
		return fmt.Errorf("cuda: kernel %s with a grid of %v and blocks of %v: no GPU has as many", l.Kernel, grid, block)
	}
	if most := d.info.Shared - k.static; l.Shared > most {
		return fmt.Errorf("cuda: kernel %s with %d bytes of shared memory; this GPU has %d for it", l.Kernel, l.Shared, most)
	} else if l.Shared+k.static > plainShared && !k.opted {
		if err := allowShared(k.function, most); err != nil {
			return err
		}
		k.opted = true
	}
	d.last = l.Kernel
	if err := d.blame(launchFunction(k.function, grid, block, l.Shared, d.stream, l.Args), "launch "+l.Kernel); err != nil {
		return err
	}
	if syncEach() {
		return d.sync("run " + l.Kernel)
	}
	return nil
}
