// Package kerneltest holds a test of every kernel against plain Go in float64. It
// runs on any device: on a CPU in this repository's tests, on a GPU where there is
// one.
package kerneltest

import "github.com/golongrl/golongrl/trainer/cuda/internal/gpu"

// A Case tries one operation at one shape.
type Case struct {
	Name string // "rmsnorm/bf16/17x24"
	Slow bool   // takes more than a tenth of a second on a CPU
	// Run computes on the device and compares. It returns the largest error that it
	// saw, relative to what is permitted, and what is wrong. It frees what it takes.
	Run func(d gpu.Device) (worst float64, err error)
}

// Cases returns all cases.
func Cases() []Case {
	var all []Case
	for _, f := range []func() []Case{
		rowsCases, ropeCases, elementwiseCases, optimCases, headCases, sampleCases, cacheCases, attentionCases,
		gemmCases,
	} {
		all = append(all, f()...)
	}
	return all
}
