package safetensors

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxHeader is the bound of the reference implementation.
const maxHeader = 100_000_000

// A header is what the first bytes of a file say.
type header struct {
	tensors []Tensor // by Start
	meta    map[string]string
}

// parseHeader reads the JSON of a header with size bytes of tensors behind it.
func parseHeader(b []byte, size int64) (*header, error) {
	if !utf8.Valid(b) {
		return nil, errors.New("the header is not UTF-8")
	}
	if len(b) == 0 || b[0] != '{' {
		return nil, errors.New("the header does not begin with {")
	}
	if !json.Valid(b) {
		return nil, errors.New("the header is not JSON")
	}
	h := &header{}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	seen := map[string]bool{}
	err := object(dec, func(name string) error {
		if seen[name] {
			return fmt.Errorf("tensor %q is there twice", name)
		}
		seen[name] = true
		if strings.ContainsRune(name, utf8.RuneError) { // an escaped half of a surrogate pair
			return fmt.Errorf("the name %q is not UTF-8", name)
		}
		if name == "__metadata__" {
			return parseMeta(dec, h)
		}
		t, err := parseTensor(dec, name)
		if err != nil {
			return fmt.Errorf("tensor %q: %w", name, err)
		}
		h.tensors = append(h.tensors, t)
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(h.tensors, func(a, b Tensor) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	end := int64(0)
	for _, t := range h.tensors {
		if t.Start != end {
			return nil, fmt.Errorf("tensor %q begins at byte %d, but what is before it ends at %d: tensors must neither overlap nor leave gaps", t.Name, t.Start, end)
		}
		end = t.End
	}
	switch {
	case end > size:
		return nil, fmt.Errorf("the file is truncated: %d bytes of tensors, and the header speaks of %d; fetch or save it again", size, end)
	case end < size:
		return nil, fmt.Errorf("%d bytes lie behind the last tensor", size-end)
	}
	return h, nil
}

func parseMeta(dec *json.Decoder, h *header) error {
	var meta map[string]*string
	if err := dec.Decode(&meta); err != nil {
		return errors.New("__metadata__ is not a table of strings")
	}
	h.meta = make(map[string]string, len(meta))
	for k, v := range meta {
		if v == nil {
			return errors.New("__metadata__ is not a table of strings")
		}
		h.meta[k] = *v
	}
	return nil
}

// object walks over an object whose braces have not been read.
func object(dec *json.Decoder, field func(name string) error) error {
	if tok, err := dec.Token(); err != nil || tok != json.Delim('{') {
		return errors.New("not an object")
	}
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return err
		}
		if err := field(tok.(string)); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

func parseTensor(dec *json.Decoder, name string) (Tensor, error) {
	t := Tensor{Name: name}
	var shape, offsets []uint64
	seen := map[string]bool{}
	err := object(dec, func(field string) error {
		if seen[field] {
			return fmt.Errorf("%s is there twice", field)
		}
		seen[field] = true
		var err error
		switch field {
		case "dtype":
			var s *string
			if err := dec.Decode(&s); err != nil || s == nil {
				return errors.New("dtype is not a string")
			}
			t.DType = DType(*s)
		case "shape":
			shape, err = naturals(dec, field)
		case "data_offsets":
			offsets, err = naturals(dec, field)
		default:
			var skip json.RawMessage
			err = dec.Decode(&skip)
		}
		return err
	})
	if err != nil {
		return t, err
	}
	for _, field := range []string{"dtype", "shape", "data_offsets"} {
		if !seen[field] {
			return t, fmt.Errorf("%s is missing", field)
		}
	}
	size := t.DType.Size()
	if size == 0 {
		return t, fmt.Errorf("dtype %q is not known", t.DType)
	}
	if len(offsets) != 2 || offsets[0] > offsets[1] || offsets[1] > math.MaxInt64 {
		return t, fmt.Errorf("data_offsets are %v, and must be a begin and an end", offsets)
	}
	t.Start, t.End = int64(offsets[0]), int64(offsets[1])
	n := uint64(1)
	for _, s := range shape {
		hi, lo := bits.Mul64(n, s)
		if hi != 0 || s > math.MaxInt || lo > math.MaxInt {
			return t, fmt.Errorf("shape %v is too large for this machine", shape)
		}
		n = lo
		t.Shape = append(t.Shape, int(s))
	}
	if hi, lo := bits.Mul64(n, uint64(size)); hi != 0 || lo != offsets[1]-offsets[0] {
		return t, fmt.Errorf("shape %v of %s is not what its %d bytes hold", shape, t.DType, offsets[1]-offsets[0])
	}
	return t, nil
}

// naturals reads an array of numbers that are not negative.
func naturals(dec *json.Decoder, field string) ([]uint64, error) {
	if tok, err := dec.Token(); err != nil || tok != json.Delim('[') {
		return nil, fmt.Errorf("%s is not an array", field)
	}
	us := []uint64{}
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return nil, err
		}
		n, ok := tok.(json.Number) // and not a string with digits
		u, err := strconv.ParseUint(string(n), 10, 64)
		if !ok || err != nil {
			return nil, fmt.Errorf("%s has %.40q in it, which is no natural number of 64 bits", field, fmt.Sprint(tok))
		}
		us = append(us, u)
	}
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	return us, nil
}
