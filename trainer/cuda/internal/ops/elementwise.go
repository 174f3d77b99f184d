package ops

import (
	"fmt"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// SwiGLU computes act = silu(gate) up of gu, [rows, 2f], gates first in each row.
// act is [rows, f]. It moves 3 rows f elements.
func (q *Queue) SwiGLU(act, gu gpu.Ptr, rows, f int) {
	q.byRows("swiglu_", rows, f, uint64(act), uint64(gu), gpu.Int(f))
}

// SwiGLUGrad computes the derivative with respect to gu from that with respect to
// act, and act again unless act is 0. dgu may be gu, and dact may be act: each is
// overwritten where it was read. It moves 6 rows f elements, without act 5.
func (q *Queue) SwiGLUGrad(dgu, act, dact, gu gpu.Ptr, rows, f int) {
	q.byRows("swiglu_grad_", rows, f, uint64(dgu), uint64(act), uint64(dact), uint64(gu), gpu.Int(f))
}

// byRows launches a kernel whose blocks of 128 threads have 16 bytes a thread of a
// row of d elements.
func (q *Queue) byRows(kernel string, rows, d int, args ...uint64) {
	if rows == 0 || d == 0 {
		return
	}
	grid := gpu.Dim{rows, min(ceil(d, 128*vector(q.Type)), maxY)}
	q.run(kernel+q.Type.String(), grid, gpu.Dim{128}, 0, args...)
}

const maxY = 65535 // of blocks in the second dimension of a grid

// Add adds n elements of src to dst. It moves 3n elements.
func (q *Queue) Add(dst, src gpu.Ptr, n int) {
	q.flat("add_"+q.Type.String(), n, vector(q.Type), uint64(dst), uint64(src), gpu.Int(n))
}

// flat launches a kernel whose threads step over n elements by the whole grid,
// each elements at a time, in blocks of 256. There are so many blocks at most that
// it does not matter how many a device runs at once.
func (q *Queue) flat(kernel string, n, each int, args ...uint64) {
	if n == 0 {
		return
	}
	q.run(kernel, gpu.Dim{min(ceil(n, 256*each), 1<<16)}, gpu.Dim{256}, 0, args...)
}

// Cast converts n elements, to the nearest, ties to even. It moves 6 bytes an
// element.
func (q *Queue) Cast(dst gpu.Ptr, to gpu.Type, src gpu.Ptr, from gpu.Type, n int) {
	switch {
	case n == 0:
	case to == from:
		if q.err == nil {
			if err := q.Dev.Copy(dst, src, int64(n)*int64(to.Size())); err != nil {
				q.Fail(fmt.Errorf("cuda: copy of %d elements: %w", n, err))
			}
		}
	case to == gpu.BF16:
		q.flat("narrow", n, 8, uint64(dst), uint64(src), gpu.Int(n))
	default:
		q.flat("widen", n, 8, uint64(dst), uint64(src), gpu.Int(n))
	}
}
