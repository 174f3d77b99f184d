package kernels

import (
	"fmt"
	"unsafe"
)

// Gemm computes
//
//	C = op(A) op(B)      or, with add,      C = C + op(A) op(B)
//
// where op(A) is m by k and op(B) is k by n. With ta, a holds the transpose of
// op(A), k by m; with tb, b holds the transpose of op(B), n by k. lda, ldb and
// ldc are the leading dimensions of what a, b and c hold. Elements of c between
// the rows stay as they are, and so do a and b, which must not overlap c.
//
// Element (i, j) of C is the sum over k in a fixed order: k is cut into pieces of
// 256, every piece is summed from its beginning to its end, and the sums of the
// pieces are added in order, to 0 or, with add, to what C held. It depends on row
// i of op(A), column j of op(B), that value of C and nothing else: neither on m,
// n, i, j, transposition and leading dimensions nor on the number of workers. A
// policy therefore computes the same log-probabilities for a token in every
// batch. Products and sums are fused into one rounding where [Features] is
// "AVX2+FMA" and T is float32, and are rounded separately elsewhere.
//
// With k = 0 a C without add becomes 0; with m or n = 0 nothing happens. Infinite
// values and NaN come through as in a plain loop: no factor is skipped for being 0.
// Gemm panics if a dimension is negative, a leading dimension is too small or a
// slice is too short.
func Gemm[T Float](p *Pool, ta, tb bool, m, n, k int, a []T, lda int, b []T, ldb int, add bool, c []T, ldc int) {
	if m < 0 || n < 0 || k < 0 {
		panic(fmt.Sprintf("kernels: product of %d by %d by %d", m, k, n))
	}
	if m == 0 || n == 0 {
		return
	}
	checkMatrix("C", m, n, len(c), ldc)
	if k == 0 {
		if !add {
			for i := range m {
				clear(c[i*ldc:][:n])
			}
		}
		return
	}
	if ta {
		checkMatrix("A", k, m, len(a), lda)
	} else {
		checkMatrix("A", m, k, len(a), lda)
	}
	if tb {
		checkMatrix("B", n, k, len(b), ldb)
	} else {
		checkMatrix("B", k, n, len(b), ldb)
	}
	if hasAVX2 && unsafe.Sizeof(c[0]) == 4 {
		gemmAVX2(p, ta, tb, m, n, k, singles(a), lda, singles(b), ldb, add, singles(c), ldc)
		return
	}
	gemmPortable(p, ta, tb, m, n, k, a, lda, b, ldb, add, c, ldc)
}

// pieceK is the length of the pieces of k of [Gemm]: a panel of B that long fills
// half of a 32 KB first-level cache, and the rounding errors of a long sum stay
// near those of a sum of 256.
const pieceK = 256

// singles returns x, whose type is []float32.
func singles[T Float](x []T) []float32 {
	return unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(x))), len(x))
}

func checkMatrix(name string, rows, cols, length, ld int) {
	if ld < cols || length < cols || (length-cols)/ld < rows-1 {
		panic(fmt.Sprintf("kernels: %s of %d by %d does not fit into %d elements with leading dimension %d", name, rows, cols, length, ld))
	}
}
