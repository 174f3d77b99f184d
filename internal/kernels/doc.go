// Package kernels holds the numerical inner loops of training on a CPU: the
// matrix product, row-wise normalisation, activation, softmax statistics and
// the optimizer.
//
// Matrices are row-major slices with a leading dimension, the distance between
// the beginnings of two rows. Every function exists for float32, where it may be
// assembly, and for float64, which is plain Go and the yardstick.
//
// Results do not depend on the number of workers: work is cut into pieces at
// places that only the sizes decide, and sums over pieces are taken in order.
package kernels

// Float is an element type.
type Float interface{ float32 | float64 }
