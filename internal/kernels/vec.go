package kernels

import (
	"math"
	"unsafe"
)

// wide reports that elements are float32 and the assembly may run.
func wide[T Float]() bool {
	var z T
	return hasAVX2 && unsafe.Sizeof(z) == 4
}

// addr returns the address of the elements, for the assembly. T is float32.
func addr[T Float](x []T) *float32 {
	return (*float32)(unsafe.Pointer(unsafe.SliceData(x)))
}

// piece is the number of elements that are worth waking a worker for: some
// microseconds.
const piece = 1 << 13

// Add adds x to dst. It panics if x is shorter than dst.
func Add[T Float](p *Pool, dst, x []T) {
	x = x[:len(dst)]
	p.For(len(dst), piece, func(lo, hi int) {
		d, s := dst[lo:hi], x[lo:hi]
		if wide[T]() {
			addAVX2(addr(d), addr(s), len(d))
			return
		}
		for i, v := range s {
			d[i] += v
		}
	})
}

// Dot returns the sum of x_i y_i, 0 if there are none. Its order depends on the
// length alone. It panics if y is shorter than x.
func Dot[T Float](x, y []T) T {
	y = y[:len(x)]
	if wide[T]() {
		return T(dotAVX2(addr(x), addr(y), len(x)))
	}
	return dotPortable(x, y)
}

func dotPortable[T Float](x, y []T) T {
	var s T
	for i, v := range x {
		s += v * y[i]
	}
	return s
}

// SumSquares returns the sum of x_i², in float64, over blocks of fixed size
// whose sums are added in order. NaN and Inf come through.
func SumSquares[T Float](p *Pool, x []T) float64 {
	const block = 1 << 14
	part := make([]float64, (len(x)+block-1)/block)
	p.For(len(part), 1, func(lo, hi int) {
		for b := lo; b < hi; b++ {
			v := x[b*block : min((b+1)*block, len(x))]
			if wide[T]() {
				part[b] = sumSquaresAVX2(addr(v), len(v))
			} else {
				part[b] = sumSquaresPortable(v)
			}
		}
	})
	var s float64
	for _, v := range part {
		s += v
	}
	return s
}

func sumSquaresPortable[T Float](x []T) float64 {
	var s float64
	for _, v := range x {
		s += float64(v) * float64(v)
	}
	return s
}

// MaxOf returns the largest element of x: -Inf if x is empty, NaN if it holds
// one.
func MaxOf[T Float](x []T) T {
	if wide[T]() {
		return T(maxAVX2(addr(x), len(x)))
	}
	return maxPortable(x)
}

func maxPortable[T Float](x []T) T {
	m := T(math.Inf(-1))
	for _, v := range x {
		m = max(m, v)
	}
	return m
}
