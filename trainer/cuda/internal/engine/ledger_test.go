package engine

import (
	"errors"
	"fmt"
	"testing"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// A ledger is a device that computes nothing and books what it is asked for. What
// it is asked to read is zero.
type ledger struct {
	t       *testing.T
	free    int64 // 0: no limit
	calls   int
	failAt  int // the call that fails; 0: none
	with    error
	live    map[gpu.Ptr]int64
	next    gpu.Ptr
	bytes   int64
	entered int
	largest []int64 // sizes that Alloc was asked for
	kernels map[string]int
}

func newLedger(t *testing.T) *ledger {
	return &ledger{t: t, live: map[gpu.Ptr]int64{}, next: 1 << 20, kernels: map[string]int{}}
}

func (d *ledger) Info() gpu.Info {
	return gpu.Info{Name: "ledger", Major: 8, SMs: 4, Shared: 163 << 10, Free: d.free}
}

func (d *ledger) Enter() (func(), error) {
	if err := d.call(); err != nil {
		return nil, err
	}
	d.entered++
	return func() { d.entered-- }, nil
}

func (d *ledger) call() error {
	d.calls++
	if d.calls == d.failAt {
		return d.with
	}
	return nil
}

// inside is call for what is made between Enter and leave.
func (d *ledger) inside() error {
	if d.entered == 0 {
		d.t.Helper()
		d.t.Error("a call outside of Enter")
	}
	return d.call()
}

func (d *ledger) Alloc(bytes int64) (gpu.Ptr, error) {
	if err := d.inside(); err != nil {
		return 0, err
	}
	if d.free > 0 && d.bytes+bytes > d.free {
		return 0, &gpu.MemoryError{Bytes: bytes, Text: "no more"}
	}
	p := d.next
	d.next += (gpu.Ptr(bytes) + 511) &^ 255
	d.live[p] = bytes
	d.bytes += bytes
	d.largest = append(d.largest, bytes)
	return p, nil
}

func (d *ledger) Free(p gpu.Ptr) error {
	if p == 0 {
		return nil
	}
	if _, ok := d.live[p]; !ok {
		d.t.Errorf("Free of %#x, which is nothing", uint64(p))
	}
	d.bytes -= d.live[p]
	delete(d.live, p)
	return d.inside()
}

func (d *ledger) touch(p gpu.Ptr, bytes int64) error {
	for at, size := range d.live {
		if p >= at && p+gpu.Ptr(bytes) <= at+gpu.Ptr(size) {
			return d.inside()
		}
	}
	if bytes > 0 {
		d.t.Helper()
		d.t.Errorf("%d bytes at %#x, which is nobody's", bytes, uint64(p))
	}
	return d.inside()
}

func (d *ledger) Upload(dst gpu.Ptr, src []byte) error { return d.touch(dst, int64(len(src))) }

func (d *ledger) Download(dst []byte, src gpu.Ptr) error {
	clear(dst)
	return d.touch(src, int64(len(dst)))
}

func (d *ledger) Copy(dst, src gpu.Ptr, bytes int64) error {
	return errors.Join(d.touch(dst, bytes), d.touch(src, bytes))
}

func (d *ledger) Fill(dst gpu.Ptr, _ byte, bytes int64) error { return d.touch(dst, bytes) }

func (d *ledger) Launch(l gpu.Launch) error {
	d.kernels[l.Kernel]++
	if l.Grid[0] <= 0 || l.Grid[1] > 65535 || l.Grid[2] > 65535 || max(l.Block[0], 1)*max(l.Block[1], 1)*max(l.Block[2], 1) > 1024 {
		return fmt.Errorf("%s: a grid of %v blocks of %v", l.Kernel, l.Grid, l.Block)
	}
	return d.inside()
}

func (d *ledger) Sync() error { return d.inside() }

func (d *ledger) Close() error { return nil }
