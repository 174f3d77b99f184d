// Package cublaslt calls cuBLASLt, NVIDIA's library of matrix products, opened when
// a program runs. What it needs of the library's interface is declared here: it is
// the same in the major versions 11, 12 and 13.
//
// Without the tag cuda and cgo the package is empty.
package cublaslt
