//go:build !race

package kernels

import "testing"

// Packing buffers are kept from call to call. The race detector drops them now
// and then, on purpose.
func TestGemmAllocatesNothing(t *testing.T) {
	if !hasAVX2 {
		t.Skip("the plain product makes a closure per call")
	}
	p := NewPool(2)
	defer p.Close()
	const n = 400
	a, b, c := make([]float32, n*n), make([]float32, n*n), make([]float32, n*n)
	for name, f := range map[string]func(){
		"small":     func() { Gemm(nil, false, true, 8, 8, 8, a, 8, b, 8, false, c, 8) },
		"parallel":  func() { Gemm(p, false, true, n, n, n, a, n, b, n, false, c, n) },
		"transpose": func() { Gemm(p, true, false, 48, 48, n, a, 48, b, 48, true, c, 48) },
	} {
		// A collection during the runs empties the buffers once.
		if got := testing.AllocsPerRun(20, f); got >= 1 {
			t.Errorf("%s: %g allocations", name, got)
		}
	}
}
