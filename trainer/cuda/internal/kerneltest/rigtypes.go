package kerneltest

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// doubles returns a vector of float64 on the device.
func (r *rig) doubles(x []float64) gpu.Ptr {
	var b []byte
	for _, v := range x {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return r.upload(b, 8)
}

// getDoubles returns n elements of type float64.
func (r *rig) getDoubles(p gpu.Ptr, n int) []float64 {
	x := make([]float64, n)
	b := make([]byte, 8*n)
	r.q.Fail(r.d.Sync())
	if r.q.Err() == nil {
		r.q.Fail(r.d.Download(b, p))
	}
	for i := range x {
		x[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
	}
	return x
}

// getInts returns n elements of type int32.
func (r *rig) getInts(p gpu.Ptr, n int) []int32 {
	x := make([]int32, n)
	b := make([]byte, 4*n)
	r.q.Fail(r.d.Sync())
	if r.q.Err() == nil {
		r.q.Fail(r.d.Download(b, p))
	}
	for i := range x {
		x[i] = int32(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return x
}

// check fails the case unless ok.
func (r *rig) check(ok bool, format string, args ...any) {
	if !ok && r.q.Err() == nil {
		r.worst = math.Inf(1)
		r.wrong = append(r.wrong, fmt.Errorf(format, args...))
	}
}
