//go:build !amd64

package kernels

func gemmAVX2(p *Pool, ta, tb bool, m, n, k int, a []float32, lda int, b []float32, ldb int, add bool, c []float32, ldc int) {
	panic("kernels: no assembly for this processor")
}
