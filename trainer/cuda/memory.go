//go:build cuda && cgo

package cuda

import (
	"fmt"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"gorgonia.org/cu"
)

// Alloc returns memory of the device.
func (d *device) Alloc(bytes int64) (gpu.Ptr, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if bytes < 0 {
		return 0, fmt.Errorf("cuda: %d bytes of memory", bytes)
	}
	p, err := cu.MemAlloc(max(bytes, 1)) // the driver has no empty pieces
	if err == cu.OutOfMemory {
		free, total, _ := cu.MemInfo()
		return 0, &gpu.MemoryError{Bytes: bytes, Free: free, Text: fmt.Sprintf(
			"cuda: %.2f GiB of GPU memory wanted, %.2f of %.2f GiB free", gib(bytes), gib(free), gib(total))}
	}
	if err != nil {
		return 0, d.blame(err, fmt.Sprintf("get %d bytes of GPU memory", bytes))
	}
	d.memory[gpu.Ptr(p)] = bytes
	return gpu.Ptr(p), nil
}

func gib(bytes int64) float64 { return float64(bytes) / (1 << 30) }

// Free gives memory back.
func (d *device) Free(p gpu.Ptr) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if p == 0 {
		return nil
	}
	if _, ok := d.memory[p]; !ok {
		return fmt.Errorf("cuda: %#x is not what Alloc returned", uint64(p))
	}
	delete(d.memory, p)
	err := d.sync("free GPU memory")
	if freed := d.blame(cu.MemFree(cu.DevicePtr(p)), "free GPU memory"); err == nil {
		err = freed
	}
	return err
}

// Copy copies within the device.
func (d *device) Copy(dst, src gpu.Ptr, bytes int64) error {
	if bytes == 0 {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.blame(cu.MemcpyDtoDAsync(cu.DevicePtr(dst), cu.DevicePtr(src), bytes, d.stream), fmt.Sprintf("copy %d bytes", bytes))
}

// Fill sets bytes.
func (d *device) Fill(dst gpu.Ptr, value byte, bytes int64) error {
	if bytes == 0 {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.blame(cu.MemsetD8Async(cu.DevicePtr(dst), value, bytes, d.stream), fmt.Sprintf("fill %d bytes", bytes))
}

// Upload copies src to the ring and from there to the device.
func (d *device) Upload(dst gpu.Ptr, src []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for len(src) > 0 {
		piece, err := d.up.next(len(src), d.stream)
		if err != nil {
			return d.blame(err, "upload")
		}
		n := copy(piece, src)
		if err := cu.MemcpyHtoDAsync(cu.DevicePtr(dst), pointer(piece), int64(n), d.stream); err != nil {
			return d.blame(err, fmt.Sprintf("upload %d bytes", n))
		}
		src, dst = src[n:], dst+gpu.Ptr(n)
	}
	return nil
}

// Download waits for what was asked for before, and copies.
func (d *device) Download(dst []byte, src gpu.Ptr) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.blame(d.down.fetch(dst, src, d.stream), fmt.Sprintf("download %d bytes", len(dst)))
}
