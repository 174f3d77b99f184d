package engine

import (
	"testing"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// named is a device that says what it is.
type named struct {
	*ledger
	info gpu.Info
}

func (d named) Info() gpu.Info { return d.info }

// The line of the device is short, and the signature has all that changes bits and
// nothing else: not where a library was found.
func TestInfo(t *testing.T) {
	gpuOf := func(change func(*gpu.Info)) gpu.Info {
		i := gpu.Info{Name: "NVIDIA H100", Major: 9, Driver: "12.4", Libraries: []string{"cuBLASLt 12.9.3", "cuDNN 9.17.1"}, Notes: []string{"cuBLASLt 12.9.3, /usr/lib/x"}}
		if change != nil {
			change(&i)
		}
		return i
	}
	opts := func(change func(*Options)) Options {
		o := Options{Precision: gpu.BF16, MicroTokens: 32, ChunkRows: 8}
		if change != nil {
			change(&o)
		}
		return o
	}
	info := func(i gpu.Info, o Options) backend.Info {
		p, err := New(named{newLedger(t), i}, tiny, o)
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		return p.Info()
	}
	all := info(gpuOf(nil), opts(nil))
	if want := "NVIDIA H100, bf16, cuBLASLt 12.9.3, cuDNN 9.17.1"; all.Device != want {
		t.Errorf("device %q, want %q", all.Device, want)
	}
	if want := "cuda NVIDIA H100 sm_90 driver 12.4, cuBLASLt 12.9.3, cuDNN 9.17.1, bf16 micro=32 chunk=8"; all.Signature != want {
		t.Errorf("signature %q, want %q", all.Signature, want)
	}
	if own := info(gpuOf(nil), opts(func(o *Options) { o.OwnKernels = true })); own.Device != "NVIDIA H100, bf16, own kernels" {
		t.Errorf("device %q", own.Device)
	}
	for name, x := range map[string]struct {
		i     gpu.Info
		o     Options
		equal bool
	}{
		"notes":      {gpuOf(func(i *gpu.Info) { i.Notes = nil }), opts(nil), true},
		"memory":     {gpuOf(func(i *gpu.Info) { i.Free = 1 << 40 }), opts(func(o *Options) { o.MemoryBytes, o.MaxTokens = 1<<30, 64 }), true},
		"recompute":  {gpuOf(nil), opts(func(o *Options) { o.Recompute = KeepInputs }), true},
		"gpu":        {gpuOf(func(i *gpu.Info) { i.Name = "NVIDIA H200" }), opts(nil), false},
		"capability": {gpuOf(func(i *gpu.Info) { i.Major = 10 }), opts(nil), false},
		"driver":     {gpuOf(func(i *gpu.Info) { i.Driver = "13.0" }), opts(nil), false},
		"library":    {gpuOf(func(i *gpu.Info) { i.Libraries[1] = "cuDNN 9.18.0" }), opts(nil), false},
		"precision":  {gpuOf(nil), opts(func(o *Options) { o.Precision = gpu.F32 }), false},
		"micro":      {gpuOf(nil), opts(func(o *Options) { o.MicroTokens = 33 }), false},
		"chunk":      {gpuOf(nil), opts(func(o *Options) { o.ChunkRows = 9 }), false},
		"unordered":  {gpuOf(nil), opts(func(o *Options) { o.Unordered = true }), false},
		"own":        {gpuOf(nil), opts(func(o *Options) { o.OwnKernels = true }), false},
	} {
		if got := info(x.i, x.o).Signature; (got == all.Signature) != x.equal {
			t.Errorf("%s: %q, and %q without", name, got, all.Signature)
		}
	}
}
