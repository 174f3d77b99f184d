// Package cuda is the policy on an NVIDIA GPU: a [backend.Policy] with kernels of
// ours and, where they are found when it starts, NVIDIA's libraries for matrix
// products.
//
// It is built with the tag cuda and with cgo; without them New returns an error that
// says how to get it, so that programs compile either way:
//
//	scripts/cuda-setup                 # headers and the library to link with
//	go build -tags cuda ./...
//
// A binary with the tag does not start on a machine without the driver's library,
// libcuda.so.1, and ends with status 3 and a message where there is no GPU, before
// main; see package cuinit. Programs that should start everywhere run a worker
// instead, as golongrl-train does.
//
// The driver is called through gorgonia.org/cu, which only this package imports, and
// through a little C of its own for what that lacks. The licence of gorgonia.org/cu
// is Apache 2.0; its README adds that one of its files is copied and two are copied
// in part from a project without a licence, and advises to assume one like the GPL
// for them. It is a dependency of builds with the tag alone, and no copy of it is in
// this repository.
//
// Environment variables:
//
//	GOLONGRL_CUDA_LIBS   folders, separated by colons, where NVIDIA's libraries are
//	                     looked for first
//	GOLONGRL_CUDA_SYNC   1: wait for each kernel, so that an error names the one that
//	                     caused it
package cuda
