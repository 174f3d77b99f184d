// Package ops has one method per operation of the policy: it chooses the kernel,
// the grid and the scratch memory, and launches. The kernels are in
// trainer/cuda/kernels/*.cu.
//
// Matrices are row-major. Unless a method says otherwise, pointers are to elements
// of the queue's type; "f32", "f64" and "i32" in comments of parameters are other
// types. Results are the same for the same arguments: sums are taken in an order
// that depends on sizes alone.
package ops

import (
	"fmt"
	"slices"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// A Queue issues operations on a device. The first error sticks and makes all
// that follows do nothing; Err returns it.
type Queue struct {
	Dev  gpu.Device
	Type gpu.Type // of activations, and of weights in products

	// OwnKernels keeps the queue from using libraries of the device.
	OwnKernels bool

	// Unordered lets libraries take sums in any order where that is faster, so that
	// results may differ in their last bits from call to call.
	Unordered bool

	err     error
	scratch gpu.Ptr
	size    int64
	notes   []string
}

// NewQueue returns a queue of operations on elements of type t.
func NewQueue(d gpu.Device, t gpu.Type) *Queue { return &Queue{Dev: d, Type: t} }

// Err returns the first error.
func (q *Queue) Err() error { return q.err }

// Fail makes err the queue's error unless there is one or err is nil.
func (q *Queue) Fail(err error) {
	if q.err == nil {
		q.err = err
	}
}

// Reset forgets the error, for a caller that goes on behind one.
func (q *Queue) Reset() error {
	err := q.err
	q.err = nil
	return err
}

// note keeps a remark for the log, once: what fell back to another way, and why.
func (q *Queue) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	for _, n := range q.notes {
		if n == text {
			return
		}
	}
	q.notes = append(q.notes, text)
}

// Notes returns what a user should know of how operations were done, by the queue
// and by the device.
func (q *Queue) Notes() []string {
	if d, ok := q.Dev.(interface{ Notes() []string }); ok && !q.OwnKernels {
		return slices.Concat(q.notes, d.Notes())
	}
	return q.notes
}

// run launches a kernel. A grid of no blocks in x, which callers always give, is no
// launch; in y and z 0 counts as 1.
func (q *Queue) run(kernel string, grid, block gpu.Dim, shared int, args ...uint64) {
	if q.err != nil || grid[0] == 0 {
		return
	}
	if err := q.Dev.Launch(gpu.Launch{Kernel: kernel, Grid: grid, Block: block, Shared: shared, Args: args}); err != nil {
		q.err = fmt.Errorf("cuda: kernel %s: %w", kernel, err)
	}
}

// temp returns scratch memory that is the caller's until its next call of temp.
func (q *Queue) temp(bytes int64) gpu.Ptr {
	if q.err != nil {
		return 0
	}
	if bytes > q.size {
		q.Fail(q.Dev.Free(q.scratch))
		q.scratch, q.size = 0, 0
		size := (bytes + bytes/8 + 1<<20) &^ (1<<20 - 1)
		p, err := q.Dev.Alloc(size)
		if err != nil {
			q.Fail(err)
			return 0
		}
		q.scratch, q.size = p, size
	}
	return q.scratch
}

// Close frees the scratch memory.
func (q *Queue) Close() error {
	err := q.Dev.Free(q.scratch)
	q.scratch, q.size = 0, 0
	return err
}

// ceil returns the number of blocks of size b that cover n.
func ceil(n, b int) int { return (n + b - 1) / b }
