//go:build cuda && cgo

package cuda

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"

	// First, so that its message comes where there is no GPU.
	_ "github.com/golongrl/golongrl/trainer/cuda/cuinit"

	"github.com/golongrl/golongrl/trainer/cuda/internal/cublaslt"
	"github.com/golongrl/golongrl/trainer/cuda/internal/cudnn"
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/kernels"
	"gorgonia.org/cu"
)

// A device is a gpu.Device on a GPU. It is on the primary context, which libraries
// of NVIDIA share, and does all on one stream.
type device struct {
	mu      sync.Mutex
	dev     cu.Device
	context cu.CUContext
	stream  cu.Stream
	info    gpu.Info
	closed  atomic.Bool

	modules   []*code
	home      map[string]*code   // of a kernel
	functions map[string]*kernel // of modules that are compiled
	last      string             // the kernel launched last

	memory map[gpu.Ptr]int64
	up     *ring
	down   *halves

	lt  *cublaslt.Library // nil: none found
	dnn *cudnn.Library    // nil: none found, or none wanted
}

// syncEach reports whether each launch is waited for.
var syncEach = sync.OnceValue(func() bool { return os.Getenv("GOLONGRL_CUDA_SYNC") == "1" })

var _ gpu.Multiplier = (*device)(nil)

// OpenDevice opens a GPU by its number, for the tools of this module.
func OpenDevice(ordinal int) (gpu.Device, error) {
	d, err := open(ordinal)
	if err != nil {
		return nil, err // and not a nil *device in an interface
	}
	return d, nil
}

func open(ordinal int) (*device, error) {
	n, err := cu.NumDevices()
	if err != nil {
		return nil, failed(err, "count GPUs")
	}
	if ordinal < 0 || ordinal >= n {
		return nil, fmt.Errorf("cuda: there is no GPU %d; the driver lists %d, numbered from 0 (CUDA_VISIBLE_DEVICES hides others)", ordinal, n)
	}
	dev, err := cu.GetDevice(ordinal)
	if err != nil {
		return nil, failed(err, fmt.Sprintf("open GPU %d", ordinal))
	}
	context, err := dev.RetainPrimaryCtx()
	if err != nil {
		return nil, failed(err, fmt.Sprintf("open GPU %d", ordinal))
	}
	d := &device{dev: dev, context: context, home: map[string]*code{}, functions: map[string]*kernel{}, memory: map[gpu.Ptr]int64{}}
	leave, err := d.Enter()
	if err == nil {
		defer leave()
		err = d.start()
	}
	if err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

func (d *device) start() (err error) {
	if err := d.describe(); err != nil {
		return err
	}
	modules, err := kernels.For(d.info.Major, d.info.Minor)
	if err != nil {
		return err
	}
	if d.stream, err = cu.MakeStream(cu.NonBlocking); err != nil {
		return failed(err, "make a stream")
	}
	d.know(modules)
	if d.up, err = newRing(); err != nil {
		return err
	}
	if d.down, err = newHalves(); err != nil {
		return err
	}
	d.info.Notes = []string{fmt.Sprintf("headers of CUDA %d.%d, when this program was built", headers/1000, headers%1000/10)}
	var notes []string
	d.lt, notes = cublaslt.Open(cu.Version()/1000, streamHandle(d.stream), d.Alloc)
	d.info.Notes = append(d.info.Notes, notes...)
	if d.lt != nil {
		d.info.Libraries = append(d.info.Libraries, d.lt.String())
	}
	d.openAttention()
	// Behind what libraries took, and less what modules will take.
	if d.info.Free, d.info.Memory, err = cu.MemInfo(); err != nil {
		return failed(err, "ask for free memory")
	}
	d.info.Free = max(d.info.Free-codeRoom, 1) // 0 is "not known"
	return nil
}

func (d *device) describe() (err error) {
	ask := func(a cu.DeviceAttribute) (n int) {
		if err == nil {
			n, err = d.dev.Attribute(a)
		}
		return n
	}
	d.info.Major = ask(cu.ComputeCapabilityMajor)
	d.info.Minor = ask(cu.ComputeCapabilityMinor)
	d.info.SMs = ask(cu.MultiprocessorCount)
	if err != nil {
		return failed(err, "describe the GPU")
	}
	if d.info.Shared, err = maxShared(d.dev); err != nil {
		return err
	}
	if d.info.Name, err = d.dev.Name(); err != nil {
		return failed(err, "ask for the GPU's name")
	}
	v := cu.Version()
	d.info.Driver = fmt.Sprintf("%d.%d", v/1000, v%1000/10)
	return nil
}

// Info describes the GPU.
func (d *device) Info() gpu.Info { return d.info }

// Enter ties the goroutine to a thread of which the device's context is current.
// Setting it anew each time costs less than knowing whether it is.
func (d *device) Enter() (leave func(), err error) {
	if d.closed.Load() {
		return nil, errors.New("cuda: the device was closed")
	}
	return d.enter()
}

func (d *device) enter() (leave func(), err error) {
	runtime.LockOSThread()
	if err := cu.SetCurrentContext(d.context); err != nil {
		runtime.UnlockOSThread()
		return nil, failed(err, "make the context current")
	}
	return runtime.UnlockOSThread, nil
}

// Multiply has cuBLASLt compute a product.
func (d *device) Multiply(p gpu.Product) (taken bool, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lt == nil {
		return false, nil
	}
	return d.lt.Multiply(p)
}

// Sync waits.
func (d *device) Sync() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.sync("wait")
}

func (d *device) sync(what string) error { return d.blame(d.stream.Synchronize(), what) }

// blame is failed, and names the kernel launched last.
func (d *device) blame(err error, what string) error {
	err = failed(err, what)
	var e *Error
	if errors.As(err, &e) && e.late() {
		e.Kernel = d.last
	}
	return err
}

// Close frees what the device holds. It may be called again.
func (d *device) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed.Swap(true) {
		return nil
	}
	leave, err := d.enter()
	if err != nil {
		return err
	}
	defer leave()

	// A device that has failed gives the same error for everything.
	try := func(next error) {
		if err == nil {
			err = next
		}
	}
	if d.stream != (cu.Stream{}) {
		try(d.sync("close"))
	}
	if d.dnn != nil {
		try(d.dnn.Close())
	}
	if d.lt != nil {
		try(d.lt.Close())
	}
	for p := range d.memory {
		try(failed(cu.MemFree(cu.DevicePtr(p)), "free memory"))
	}
	if d.up != nil {
		try(d.up.free())
	}
	if d.down != nil {
		try(d.down.free())
	}
	for _, c := range d.modules {
		if c.handle != nil {
			try(unloadModule(c.handle))
		}
	}
	if d.stream != (cu.Stream{}) {
		try(failed(d.stream.Destroy(), "close the stream"))
	}
	try(failed(d.dev.ReleasePrimaryCtx(), "leave the GPU"))
	clear(d.memory)
	clear(d.home)
	clear(d.functions)
	d.modules = nil
	return err
}
