//go:build cuda && cgo

package cuda

import (
	"fmt"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// plainShared is the shared memory of a block that needs no permission.
const plainShared = 48 << 10

// Launch starts a kernel. The first launch of a kernel of a module compiles it.
func (d *device) Launch(l gpu.Launch) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	k, err := d.find(l.Kernel)
	switch {
	case err != nil:
		return err
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
