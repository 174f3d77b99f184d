// Package cudnn has NVIDIA's cuDNN 9 compute attention and its gradient. The
// library is opened when a program runs; its backend interface is declared here, so
// that no header of it is needed.
//
// Attention is given to cuDNN as a graph of small operations, which it recognises
// and computes in one kernel. Forward and Backward build the graphs, free of
// the library: tests compute them on the host. A library turns a graph into a
// plan for one batch size and one longest length; both are rounded up, see groups,
// so that few plans are made.
package cudnn
