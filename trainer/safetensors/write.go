package safetensors

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
)

// A Spec is a tensor to be written.
type Spec struct {
	Name  string
	Shape []int
}

// len returns the number of elements, and panics if there is none such.
func (s Spec) len() int {
	n := uint64(1)
	for _, d := range s.Shape {
		if d < 0 {
			panic("safetensors: negative size in the shape of " + s.Name)
		}
		hi, lo := bits.Mul64(n, uint64(d))
		if hi != 0 || lo > math.MaxInt {
			panic("safetensors: the shape of " + s.Name + " is too large")
		}
		n = lo
	}
	return int(n)
}

// Write writes a file. It calls read once for every tensor, in order, to fill
// dst with its elements; the largest tensor is in memory once. BF16 is rounded
// to nearest, halves to even.
//
// It panics if dtype is neither F32 nor BF16, and if a name is there twice.
func Write(w io.Writer, dtype DType, specs []Spec, read func(i int, dst []float32) error) error {
	return write(w, dtype, specs, new([]float32), read)
}

func write(w io.Writer, dtype DType, specs []Spec, tensor *[]float32, read func(i int, dst []float32) error) error {
	if _, err := w.Write(encodeHeader(dtype, specs)); err != nil {
		return err
	}
	size := dtype.Size()
	buf := make([]byte, chunk)
	for i, s := range specs {
		n := s.len()
		if cap(*tensor) < n {
			*tensor = make([]float32, n)
		}
		src := (*tensor)[:n]
		if err := read(i, src); err != nil {
			return fmt.Errorf("safetensors: reading tensor %q: %w", s.Name, err)
		}
		for len(src) > 0 {
			k := min(len(src), chunk/size)
			encode(buf, src[:k], dtype)
			if _, err := w.Write(buf[:k*size]); err != nil {
				return err
			}
			src = src[k:]
		}
	}
	return nil
}

// encodeHeader returns the length and the JSON, padded with spaces so that the
// tensors begin at a multiple of 8.
func encodeHeader(dtype DType, specs []Spec) []byte {
	if dtype != F32 && dtype != BF16 {
		panic("safetensors: cannot write dtype " + string(dtype))
	}
	// The table says in which framework's layout the tensors are; transformers
	// before version 5 refuses a file that does not.
	b := append(make([]byte, 8), `{"__metadata__":{"format":"pt"}`...)
	seen := map[string]bool{"__metadata__": true}
	start := int64(0)
	for _, s := range specs {
		if seen[s.Name] {
			panic("safetensors: two tensors " + s.Name)
		}
		seen[s.Name] = true
		end := start + int64(s.len())*int64(dtype.Size())
		shape := s.Shape
		if shape == nil {
			shape = []int{} // a scalar, and not null
		}
		entry, err := json.Marshal(struct {
			DType   DType    `json:"dtype"`
			Shape   []int    `json:"shape"`
			Offsets [2]int64 `json:"data_offsets"`
		}{dtype, shape, [2]int64{start, end}})
		name, err2 := json.Marshal(s.Name)
		if err := errors.Join(err, err2); err != nil {
			panic(err)
		}
		b = append(append(append(append(b, ','), name...), ':'), entry...)
		start = end
	}
	b = append(b, '}')
	for len(b)%8 != 0 {
		b = append(b, ' ')
	}
	binary.LittleEndian.PutUint64(b, uint64(len(b)-8))
	return b
}

// Bytes returns the size of the tensors in the given type.
func Bytes(dtype DType, specs []Spec) int64 {
	n := int64(0)
	for _, s := range specs {
		n += int64(s.len()) * int64(dtype.Size())
	}
	return n
}
