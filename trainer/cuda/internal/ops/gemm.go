package ops

import "github.com/golongrl/golongrl/trainer/cuda/internal/gpu"

// Gemm computes a matrix product: with the device's library if it has one that
// takes it and OwnKernels is not set, else with kernels of ours. Ours compute an
// element of C in an order of sums that does not depend on M and N, so that a row
// has the same bits in any batch.
func (q *Queue) Gemm(p gpu.Product) { panic("ops: to be written") }
