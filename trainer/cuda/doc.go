// Package cuda is the policy on an NVIDIA GPU.
//
// It is built with the tags cuda and cgo; without them New says how to get it. Only
// this package imports gorgonia.org/cu, whose initialisation ends a process that
// finds no GPU: programs that should start everywhere run a worker instead, see
// cmd/golongrl-train-cuda.
package cuda
