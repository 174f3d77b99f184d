// Package cpu is the policy on the CPU: the reference that other backends are
// compared with, and what trains small models on a machine without a GPU.
//
// The backward passes are derived by hand. Everything is generic over the element
// type: the policy computes in float32, and its tests take finite differences of
// the same code in float64.
//
// Numbers do not depend on the number of workers.
package cpu
