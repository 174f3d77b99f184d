// Package safetensors reads and writes the files that Hugging Face keeps model
// weights in: one file, or shards with an index.
//
// A file is
//
//	8 bytes   length n of the header, little-endian
//	n bytes   JSON: {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, ...}
//	the rest  the tensors, row-major and little-endian, without gaps
//
// Nothing in a header is trusted: lengths, shapes and offsets are checked before
// anything is read, and only as much as a caller asks for is in memory. What the
// reference implementation refuses is refused here, too.
//
// Source: https://github.com/huggingface/safetensors, README "Format" and the
// checks of version 0.8.0.
package safetensors

import "fmt"

// A DType is the type of a tensor's elements, spelt as in the files.
type DType string

// The types that are converted to and from float32. F16 is only read.
const (
	F32  DType = "F32"
	F16  DType = "F16"
	BF16 DType = "BF16"
)

// Size returns the number of bytes of an element, and 0 for a type that it does
// not know. It knows all types of the format with whole bytes.
func (d DType) Size() int {
	switch d {
	case "BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ":
		return 1
	case "U16", "I16", F16, BF16:
		return 2
	case "U32", "I32", F32:
		return 4
	case "U64", "I64", "F64", "C64":
		return 8
	}
	return 0
}

// A Tensor is an entry of a header.
type Tensor struct {
	Name       string
	DType      DType
	Shape      []int
	Start, End int64 // of its bytes, from the end of the header
}

// Len returns the number of elements.
func (t Tensor) Len() int {
	if t.DType.Size() == 0 {
		return 0
	}
	return int((t.End - t.Start) / int64(t.DType.Size()))
}

// A FormatError is a file that is not what the format or a caller wants.
type FormatError struct {
	File   string
	Tensor string // "" if it is not about one
	Reason string
}

func (e *FormatError) Error() string {
	if e.Tensor != "" {
		return fmt.Sprintf("safetensors: %s: tensor %q: %s", e.File, e.Tensor, e.Reason)
	}
	return fmt.Sprintf("safetensors: %s: %s", e.File, e.Reason)
}
