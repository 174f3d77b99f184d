package safetensors

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// A File is an open safetensors file. Its methods may be called from several
// goroutines, but for Close.
type File struct {
	name  string
	r     io.ReaderAt
	close func() error
	data  int64 // where the tensors begin
	*header
	byName map[string]int
}

// Open opens a file and checks its header against its size. No tensor is read.
func Open(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	s, err := f.Stat()
	if err == nil && !s.Mode().IsRegular() {
		err = &FormatError{File: path, Reason: "not a regular file"}
	}
	var file *File
	if err == nil {
		file, err = New(f, s.Size(), path)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	file.close = f.Close
	return file, nil
}

// New reads the header of size bytes of r. The name is for errors.
func New(r io.ReaderAt, size int64, name string) (*File, error) {
	fail := func(format string, args ...any) (*File, error) {
		return nil, &FormatError{File: name, Reason: fmt.Sprintf(format, args...)}
	}
	if size < 8 {
		return fail("%d bytes are too few for a safetensors file", size)
	}
	var first [8]byte
	if _, err := readFull(r, first[:], 0); err != nil {
		return nil, fmt.Errorf("safetensors: %s: %w", name, err)
	}
	n := binary.LittleEndian.Uint64(first[:])
	if n > maxHeader {
		return fail("it begins with %q, which would be a header of %d bytes; this is no safetensors file (a Git LFS pointer, a pickle, an error page?)", first[:], n)
	}
	if n > uint64(size-8) {
		return fail("the file is truncated: %d bytes, and the header alone has %d; fetch or save it again", size, n)
	}
	b := make([]byte, n)
	if _, err := readFull(r, b, 8); err != nil {
		return nil, fmt.Errorf("safetensors: %s: %w", name, err)
	}
	h, err := parseHeader(b, size-8-int64(n))
	if err != nil {
		return fail("%v", err)
	}
	f := &File{name: name, r: r, data: 8 + int64(n), header: h, byName: make(map[string]int, len(h.tensors))}
	for i, t := range h.tensors {
		f.byName[t.Name] = i
	}
	return f, nil
}

// readFull fills b. A file that shrinks meanwhile is io.ErrUnexpectedEOF.
func readFull(r io.ReaderAt, b []byte, off int64) (int, error) {
	n, err := r.ReadAt(b, off)
	if n == len(b) {
		return n, nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// Name returns the path that the file was opened with.
func (f *File) Name() string { return f.name }

// Tensors lists the tensors in the order in which they lie in the file. The
// caller does not change them.
func (f *File) Tensors() []Tensor { return f.tensors }

// Metadata returns the table of strings that the header may hold, or nil.
func (f *File) Metadata() map[string]string { return f.meta }

// Lookup finds a tensor.
func (f *File) Lookup(name string) (Tensor, bool) {
	i, ok := f.byName[name]
	if !ok {
		return Tensor{}, false
	}
	return f.tensors[i], true
}

// chunk is how much is read, converted or written at a time.
const chunk = 1 << 18

// ReadFloat32 fills dst with a tensor. BF16 and F16 are widened, which is exact.
// Other types, F64 among them, are an error, as a conversion would round. So is
// a length other than that of dst.
func (f *File) ReadFloat32(name string, dst []float32) error {
	fail := func(format string, args ...any) error {
		return &FormatError{File: f.name, Tensor: name, Reason: fmt.Sprintf(format, args...)}
	}
	t, ok := f.Lookup(name)
	switch {
	case !ok:
		return fail("it is not in the file")
	case t.DType != F32 && t.DType != F16 && t.DType != BF16:
		return fail("dtype %s is not supported; convert the model to F32, BF16 or F16", t.DType)
	case t.Len() != len(dst):
		return fail("it has %d elements, and %d are wanted", t.Len(), len(dst))
	}
	size := t.DType.Size()
	buf := make([]byte, min(chunk, len(dst)*size))
	off := f.data + t.Start
	for len(dst) > 0 {
		n := min(len(dst), len(buf)/size)
		if _, err := readFull(f.r, buf[:n*size], off); err != nil {
			return fmt.Errorf("safetensors: %s: tensor %q: %w", f.name, name, err)
		}
		decode(dst[:n], buf, t.DType)
		dst, off = dst[n:], off+int64(n*size)
	}
	return nil
}

// Close closes the file.
func (f *File) Close() error {
	if f.close == nil {
		return nil
	}
	return f.close()
}
