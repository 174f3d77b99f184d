// Package gpu is what kernels and the policy above them ask of a device: memory,
// copies and launches on one stream. It knows no driver, so that the same code
// runs on a GPU through package cuda and on a CPU through package shim.
package gpu

import "math"

// A Ptr is an address in device memory; 0 is none.
type Ptr uint64

// At returns the address of element i of p, of type t.
func (p Ptr) At(i int, t Type) Ptr { return p + Ptr(i)*Ptr(t.Size()) }

// A Type is an element type of device memory.
type Type uint8

// The types of activations and weights. Other buffers are float32, float64 (what
// the host reads or writes per row) or int32 (indices) by their meaning.
const (
	F32  Type = iota
	BF16      // the upper half of a float32
)

// Size returns the bytes of an element.
func (t Type) Size() int {
	if t == BF16 {
		return 2
	}
	return 4
}

// String returns the suffix of the names of kernels for t.
func (t Type) String() string {
	if t == BF16 {
		return "bf16"
	}
	return "f32"
}

// A Device runs what it is given in order, as one CUDA stream does. Errors of
// earlier launches may come back from any later call.
//
// Calls are made between Enter and the function that it returns, by the goroutine
// that called Enter.
type Device interface {
	Info() Info

	// Enter ties the calling goroutine to the device; the function that it returns
	// unties it. Calls may nest.
	Enter() (leave func(), err error)

	Alloc(bytes int64) (Ptr, error) // aligned to 256 bytes, contents arbitrary; *MemoryError if there is none left
	Free(Ptr) error                 // of what Alloc returned, or 0; waits

	// Upload copies src to the device; src may be used again when it returns.
	Upload(dst Ptr, src []byte) error
	// Download waits for all before it and copies to dst.
	Download(dst []byte, src Ptr) error
	Copy(dst, src Ptr, bytes int64) error
	Fill(dst Ptr, value byte, bytes int64) error

	Launch(l Launch) error
	Sync() error // waits for all before it

	Close() error // frees all that the device holds
}

// Info describes a device.
type Info struct {
	Name         string   // "NVIDIA H100 80GB HBM3"
	Major, Minor int      // compute capability
	SMs          int      // multiprocessors
	Shared       int      // bytes of shared memory that a block may have
	Memory       int64    // bytes in all
	Free         int64    // bytes free when the device was opened
	Driver       string   // "12.4", what the driver supports
	Libraries    []string // that are in use, with their versions: "cuBLASLt 12.9.3"
	Notes        []string // where they were found, and what was found in vain
	Emulated     bool     // a CPU that runs the kernels' source
}

// A Launch is a kernel and its arguments. Every parameter of a kernel is 8 bytes
// wide: a pointer, a long long (Int) or a double (Float).
type Launch struct {
	Kernel string
	Grid   Dim
	Block  Dim
	Shared int // bytes of dynamic shared memory
	Args   []uint64
}

// A Dim is a size in up to three dimensions, x first; 0 counts as 1.
type Dim [3]int

// Int is an argument for a parameter of type long long.
func Int(x int) uint64 { return uint64(int64(x)) }

// Float is an argument for a parameter of type double.
func Float(x float64) uint64 { return math.Float64bits(x) }

// Bool is an argument for a parameter of type long long that is 0 or 1.
func Bool(x bool) uint64 {
	if x {
		return 1
	}
	return 0
}

// MemoryError is what Alloc returns when the device has too little memory.
type MemoryError struct {
	Bytes int64  // asked for
	Free  int64  // of the device at that time, if known
	Text  string // what the device says
}

func (e *MemoryError) Error() string { return e.Text }

// A Product is a matrix product of row-major matrices,
//
//	C[M,N] = A B          or, with Accumulate,  C[M,N] += A B
//
// where A is stored as [M,K], or with TransA as [K,M]; B as [K,N], or with TransB
// as [N,K]. LDx is the distance of rows in elements. A and B are of type In.
// Sums are taken in float32. C is of type Out; Accumulate wants F32.
type Product struct {
	TransA, TransB bool
	M, N, K        int
	A, B, C        Ptr
	LDA, LDB, LDC  int
	In, Out        Type
	Accumulate     bool
}

// A Multiplier is a device with a library of matrix products, such as cuBLASLt.
type Multiplier interface {
	// Multiply reports whether it took the product; if not, nothing happened and
	// the caller has kernels of its own.
	Multiply(p Product) (taken bool, err error)
}

// A Heads is the shape of attention.
type Heads struct {
	Q, KV, D int     // query heads, heads of keys and values, elements of a head
	Scale    float64 // of scores, 1/sqrt(D)
}

// A Rows is a matrix of which row t belongs to token t; LD is the distance of
// rows in elements.
type Rows struct {
	Ptr
	LD int
}

// Attend is attention over packed sequences, see ops.Queue.Attention.
type Attend struct {
	Heads
	Type    Type
	Start   []int // on the host; sequence s is tokens Start[s] to Start[s+1]
	Q, K, V Rows
	Out     Rows
	LSE     Ptr // float32, [tokens, Heads.Q], natural logarithms

	// Of the gradient.
	DOut       Rows
	DQ, DK, DV Rows

	// Unordered lets sums be taken in any order: results, above all DQ, may differ in
	// their last bits from call to call.
	Unordered bool
}

// An Attender is a device with a library of attention, such as cuDNN.
type Attender interface {
	// Attention and AttentionGrad report whether they took the work; if not, nothing
	// happened and the caller has kernels of its own, which read the LSE of
	// either.
	Attention(a Attend) (taken bool, err error)
	AttentionGrad(a Attend) (taken bool, err error)
}

// A Scratcher is an Attender that says how much memory of the device it takes.
type Scratcher interface {
	// Scratch bounds the bytes that it takes for Attention and AttentionGrad of
	// sequences of so many tokens in all, of the heads, type and order of a, whose
	// pointers and sequences do not matter.
	Scratch(a Attend, tokens int) int64
}
