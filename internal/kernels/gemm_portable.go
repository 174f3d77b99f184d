package kernels

import (
	"sync"
	"unsafe"
)

// The plain product works on squares of C, which are also what the workers share.
// Both operands of a square are packed, into panels of 2 rows and of 4 columns:
// the compiler keeps no more than their 8 sums in registers.
const (
	square = 64
	plainM = 2
	plainN = 4
)

// A scratchPlain is what one worker needs for a square.
type scratchPlain[T Float] struct {
	a [square * pieceK]T // panels of 2 rows
	b [plainN * pieceK]T // one panel of 4 columns
}

var (
	plain32 = sync.Pool{New: func() any { return new(scratchPlain[float32]) }}
	plain64 = sync.Pool{New: func() any { return new(scratchPlain[float64]) }}
)

func gemmPortable[T Float](p *Pool, ta, tb bool, m, n, k int, a []T, lda int, b []T, ldb int, add bool, c []T, ldc int) {
	pool := &plain64
	if unsafe.Sizeof(c[0]) == 4 {
		pool = &plain32
	}
	across := (n + square - 1) / square
	p.For((m+square-1)/square*across, 1, func(lo, hi int) {
		s := pool.Get().(*scratchPlain[T])
		for u := lo; u < hi; u++ {
			i0, j0 := u/across*square, u%across*square
			i1, j1 := min(i0+square, m), min(j0+square, n)
			for l := 0; l < k; l += pieceK {
				kk := min(pieceK, k-l)
				for i := i0; i < i1; i += plainM {
					packPlain(s.a[(i-i0)*kk:][:plainM*kk], a, lda, ta, i, min(plainM, i1-i), plainM, l, kk)
				}
				for j := j0; j < j1; j += plainN {
					packPlain(s.b[:plainN*kk], b, ldb, !tb, j, min(plainN, j1-j), plainN, l, kk)
					for i := i0; i < i1; i += plainM {
						tile := tilePlain(s.a[(i-i0)*kk:][:plainM*kk], s.b[:plainN*kk])
						for r := range min(plainM, i1-i) {
							row := c[(i+r)*ldc+j:][:min(plainN, j1-j)]
							for x, sum := range tile[r][:len(row)] {
								if add || l > 0 {
									sum += row[x]
								}
								row[x] = sum
							}
						}
					}
				}
			}
		}
		pool.Put(s)
	})
}

// packPlain packs n vectors, first to first+n, from element l to l+k, one element
// of each after the other; vectors from n up to width become 0. A vector is a
// column of src if columns is set and a row otherwise.
func packPlain[T Float](dst, src []T, ld int, columns bool, first, n, width, l, k int) {
	if n < width {
		clear(dst)
	}
	for x := range n {
		at, step := (first+x)*ld+l, 1
		if columns {
			at, step = l*ld+first+x, ld
		}
		for y := x; y < len(dst); y += width {
			dst[y] = src[at]
			at += step
		}
	}
}

// tilePlain multiplies two packed panels. The conversions keep compilers from
// fusing a product and a sum, which some do where the processor can.
func tilePlain[T Float](a, b []T) [plainM][plainN]T {
	var c00, c01, c02, c03, c10, c11, c12, c13 T
	for i, j := 0, 0; i+plainM <= len(a) && j+plainN <= len(b); i, j = i+plainM, j+plainN {
		x, y := a[i], a[i+1]
		v := (*[plainN]T)(b[j : j+plainN])
		b0, b1, b2, b3 := v[0], v[1], v[2], v[3]
		c00 += T(x * b0)
		c01 += T(x * b1)
		c02 += T(x * b2)
		c03 += T(x * b3)
		c10 += T(y * b0)
		c11 += T(y * b1)
		c12 += T(y * b2)
		c13 += T(y * b3)
	}
	return [plainM][plainN]T{{c00, c01, c02, c03}, {c10, c11, c12, c13}}
}
