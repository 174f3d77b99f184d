package main

import (
	"errors"
	"io"
	"sync"
)

// sink writes rows, only ever whole ones. It gathers them while input flows,
// and writes at once what it has when the input makes us wait.
type sink struct {
	mu      sync.Mutex
	w       io.Writer
	buf     []byte
	waiting bool // for input
	stopped bool
	rows    int64 // taken
	err     error // of the first write that failed

	failed chan error // gets err too, for nobody may call again; may be nil
}

var errStopped = errors.New("stopped")

// write takes whole rows.
func (s *sink) write(p []byte, rows int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return errStopped
	}
	s.buf = append(s.buf, p...)
	s.rows += int64(rows)
	if s.waiting || len(s.buf) >= 1<<16 {
		s.flush()
	}
	return s.err
}

func (s *sink) flush() {
	const keep = 1 << 20
	if len(s.buf) > 0 && s.err == nil {
		if _, s.err = s.w.Write(s.buf); s.err != nil && s.failed != nil {
			s.failed <- s.err // there is room: it happens once
		}
	}
	if s.buf = s.buf[:0]; cap(s.buf) > keep {
		s.buf = nil
	}
}

// wait says whether a read from the input is under way.
func (s *sink) wait(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting = on; on && !s.stopped {
		s.flush()
	}
}

// stop writes what is left and takes no more.
func (s *sink) stop() (rows int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.stopped {
		s.flush()
		s.stopped = true
	}
	return s.rows, s.err
}

// tied is an input that tells the sink when it waits, and the progress bar how
// far it is.
type tied struct {
	r    io.Reader
	sink *sink
	bar  *progress
}

func (t *tied) Read(p []byte) (int, error) {
	t.sink.wait(true)
	n, err := t.r.Read(p)
	t.sink.wait(false)
	t.bar.add(n)
	return n, err
}
