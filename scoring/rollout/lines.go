package rollout

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"
)

// A Line is one line of input.
type Line struct {
	N    int    // counted from 1, blank lines included
	Data []byte // without the newline; nil if Err is set
	Err  error  // a *FieldError: why there is no Data

	buf *[]byte
}

// NewLine returns line n with empty Data to append to, which has the memory of a
// released line if there is one. It is for readers of other formats.
func NewLine(n int) Line {
	buf := lineBuffers.Get().(*[]byte)
	return Line{N: n, Data: (*buf)[:0], buf: buf}
}

// Release gives the memory of Data back, to be used for a later line. It is
// optional. Neither Data nor rows decoded from it may be used afterwards.
func (l Line) Release() {
	const keep = 1 << 20 // larger ones are left to the garbage collector
	if l.buf != nil && cap(l.Data) <= keep {
		*l.buf = l.Data[:0]
		lineBuffers.Put(l.buf)
	}
}

var lineBuffers = sync.Pool{New: func() any { return new([]byte) }}

// Lines yields the lines of r. Memory is bounded by max: a line of more bytes
// is not kept, its Line has an error, and reading goes on behind it. Lines of
// nothing but white space are counted and left out, a UTF-8 byte order mark at
// the start is dropped, and the last line needs no newline. If reading fails,
// the last Line has the error, whatever had been read of it.
//
// The caller owns Data; see [Line.Release]. Lines panics if max is less than 1.
func Lines(r io.Reader, max int) iter.Seq[Line] {
	if max < 1 {
		panic("rollout: Lines needs a limit of at least one byte")
	}
	return func(yield func(Line) bool) {
		s := lineScanner{r: r, max: max, chunk: make([]byte, 256<<10)}
		for {
			line, ok := s.next()
			if !ok || !yield(line) {
				return
			}
		}
	}
}

type lineScanner struct {
	r     io.Reader
	max   int
	chunk []byte
	rest  []byte // what is left of the chunk
	err   error  // of the last Read
	n     int
}

// next returns the next line that is not blank, or false.
func (s *lineScanner) next() (Line, bool) {
	for {
		line, found := s.scan()
		switch {
		case !found:
			line.Release()
			return Line{}, false
		case line.Err == nil && isBlank(line.Data):
			line.Release()
		default:
			return line, true
		}
	}
}

// scan reads up to a newline or the end. found is false if there is nothing.
func (s *lineScanner) scan() (line Line, found bool) {
	s.n++
	line = NewLine(s.n)
	long, size := false, int64(0)
	for ended := false; !ended; {
		if len(s.rest) == 0 && !s.read() {
			break
		}
		part := s.rest
		if i := bytes.IndexByte(part, '\n'); i >= 0 {
			part, s.rest, ended, found = part[:i], s.rest[i+1:], true, true
		} else {
			s.rest = nil
		}
		size += int64(len(part))
		switch {
		case long:
		case len(part) > s.max-len(line.Data):
			long = true
			line.Data = nil
		default:
			line.Data = append(line.Data, part...)
		}
	}
	if s.n == 1 {
		line.Data = bytes.TrimPrefix(line.Data, []byte("\ufeff"))
	}
	failed := !found && s.err != io.EOF
	switch {
	case failed:
		line.Release()
		err := readError(s.n, size, s.err)
		s.err = io.EOF
		return Line{N: s.n, Err: err}, true
	case long:
		msg := fmt.Sprintf("longer than %d bytes: raise the limit (--max-line)", s.max)
		return Line{N: s.n, Err: &FieldError{Line: s.n, Msg: msg}}, true
	}
	return line, found || size > 0
}

// read fills the chunk. It reports false at the end and after an error.
func (s *lineScanner) read() bool {
	for range 100 {
		if s.err != nil {
			return false
		}
		var n int
		n, s.err = s.r.Read(s.chunk)
		if s.rest = s.chunk[:n]; n > 0 {
			return true
		}
	}
	if s.err == nil {
		s.err = io.ErrNoProgress
	}
	return false
}

func readError(line int, size int64, err error) *FieldError {
	what := "reading failed"
	if size > 0 {
		what = fmt.Sprintf("reading failed %d bytes into the line", size)
	}
	todo := "check the file"
	if errors.Is(err, io.ErrUnexpectedEOF) {
		todo = "the file is cut off: restore or compress it anew"
	}
	return &FieldError{Line: line, Msg: fmt.Sprintf("%s: %v: %s", what, err, todo), Err: err}
}

func isBlank(b []byte) bool {
	for _, c := range b {
		if c != ' ' && c != '\t' && c != '\r' {
			return false
		}
	}
	return true
}
