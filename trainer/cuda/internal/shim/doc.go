// Package shim is a CUDA device made of a CPU: a process that runs the kernels in
// trainer/cuda/kernels/*.cu, compiled by g++ with src/shim.h. Each thread of a
// block is a fiber. It finds what tests of kernels look for: wrong indices,
// accesses out of bounds or unaligned (by AddressSanitizer and UBSan), barriers
// that not all threads reach, reads of shared memory before it is written, reads
// of asynchronous copies before they are waited for; and, if asked to look for them,
// races between threads of a block (by ThreadSanitizer). It does not see how a GPU
// orders what blocks write, and says nothing about speed.
//
// BuildDriver makes of the same core a libcuda.so.1, for tests of the code that
// calls NVIDIA's driver.
package shim
