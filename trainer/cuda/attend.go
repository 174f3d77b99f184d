//go:build cuda && cgo

package cuda

import (
	"slices"

	"github.com/golongrl/golongrl/trainer/cuda/internal/cudnn"
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"gorgonia.org/cu"
)

var (
	_ gpu.Attender  = (*device)(nil)
	_ gpu.Scratcher = (*device)(nil)
)

// openAttention looks for cuDNN; cuBLASLt has been looked for before.
func (d *device) openAttention() {
	var notes []string
	d.dnn, notes = cudnn.Open(cudnn.Config{Device: d, Stream: streamHandle(d.stream), CUDA: cu.Version() / 1000})
	d.info.Notes = append(d.info.Notes, notes...)
	if d.dnn != nil {
		d.info.Libraries = append(d.info.Libraries, d.dnn.String())
	}
}

// Scratch returns what cuDNN takes for attention.
func (d *device) Scratch(a gpu.Attend, tokens int) int64 {
	if d.dnn == nil {
		return 0
	}
	return d.dnn.Scratch(a, tokens)
}

// Attention has cuDNN compute attention.
func (d *device) Attention(a gpu.Attend) (taken bool, err error) {
	if d.dnn == nil {
		return false, nil
	}
	taken, err = d.dnn.Attention(a)
	return taken, d.attended("attention of cuDNN", taken, err)
}

// AttentionGrad has cuDNN compute the gradient.
func (d *device) AttentionGrad(a gpu.Attend) (taken bool, err error) {
	if d.dnn == nil {
		return false, nil
	}
	taken, err = d.dnn.AttentionGrad(a)
	return taken, d.attended("gradient of attention of cuDNN", taken, err)
}

// attended does what Launch does behind a kernel.
func (d *device) attended(what string, taken bool, err error) error {
	if !taken || err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.last = what
	if syncEach() {
		return d.sync("run " + what)
	}
	return nil
}

// Notes returns what was found of libraries, and why attention was not left to cuDNN
// where it was not.
func (d *device) Notes() []string {
	if d.dnn == nil {
		return d.info.Notes
	}
	return slices.Concat(d.info.Notes, d.dnn.Notes())
}
