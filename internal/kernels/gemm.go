package kernels

// Gemm computes
//
//	C = op(A) op(B)      or, with add,      C = C + op(A) op(B)
//
// where op(A) is m by k and op(B) is k by n. With ta, a holds the transpose of
// op(A), k by m; with tb, b holds the transpose of op(B), n by k.
//
// Element (i, j) of C is the sum over k in a fixed order: it depends on row i of
// op(A), column j of op(B), k and nothing else. A policy therefore computes the
// same log-probabilities for a token in every batch.
func Gemm[T Float](p *Pool, ta, tb bool, m, n, k int, a []T, lda int, b []T, ldb int, add bool, c []T, ldc int) {
	gemmPortable(p, ta, tb, m, n, k, a, lda, b, ldb, add, c, ldc)
}

func gemmPortable[T Float](p *Pool, ta, tb bool, m, n, k int, a []T, lda int, b []T, ldb int, add bool, c []T, ldc int) {
	p.For(m, 1, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			for j := range n {
				var s T
				for l := range k {
					var x, y T
					if ta {
						x = a[l*lda+i]
					} else {
						x = a[i*lda+l]
					}
					if tb {
						y = b[j*ldb+l]
					} else {
						y = b[l*ldb+j]
					}
					s += x * y
				}
				if add {
					s += c[i*ldc+j]
				}
				c[i*ldc+j] = s
			}
		}
	})
}
