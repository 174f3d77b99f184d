// Package cuinit starts the CUDA driver, before gorgonia.org/cu does.
//
// gorgonia.org/cu calls cuInit when it is initialised; where that fails it prints to
// standard output and ends the process with status 1. This package does the same
// first and says on standard error what is wrong and what to do, with status
// [ExitStatus], which a program that started this one can tell from other ends.
//
// It comes first because packages are initialised in the order of their import
// paths once what they import is initialised, and this one imports nothing that
// gorgonia.org/cu does not import too. A test holds it to that.
//
// A process in which libcuda.so.1 itself is missing ends in the loader, before any
// package is initialised, with status 127.
package cuinit

// ExitStatus is the exit status of a process that finds no usable GPU.
const ExitStatus = 3
