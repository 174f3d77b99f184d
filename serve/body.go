package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

// keep is the size of buffers beyond which they are left to the garbage collector.
const keep = 1 << 20

var buffers = sync.Pool{New: func() any { return new([]byte) }}

func getBuffer() *[]byte { return buffers.Get().(*[]byte) }

func putBuffer(b *[]byte) {
	if cap(*b) <= keep {
		*b = (*b)[:0]
		buffers.Put(b)
	}
}

// A body is that of a request, read already.
type body struct {
	data []byte
	rest []byte
}

// Read lets handlers that know nothing of this type read it too.
func (b *body) Read(p []byte) (int, error) {
	if len(b.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, b.rest)
	b.rest = b.rest[n:]
	return n, nil
}

func (b *body) Close() error { return nil }

// bodyOf is the body of a request, which lasts as long as its handler runs.
func bodyOf(r *http.Request) []byte {
	if b, ok := r.Body.(*body); ok {
		return b.data
	}
	return nil
}

// A statusError is an answer to a request that is not worked on.
type statusError struct {
	code int
	msg  string // for the client
	why  string // for logs and metrics: one of few words
}

func (e *statusError) Error() string { return e.msg }

func (s *Server) tooLarge() *statusError {
	return &statusError{http.StatusRequestEntityTooLarge, fmt.Sprintf("the body has more than %d bytes: send fewer items in a request, or raise the limit (--max-body)", s.config.Limits.Body), "large"}
}

func (s *Server) busy() *statusError {
	return &statusError{http.StatusTooManyRequests, fmt.Sprintf("%d requests wait already: ask again in a second", s.config.Limits.Queue), "busy"}
}

// admitted turns the error of a gate into an answer.
func (s *Server) admitted(err error) *statusError {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errBusy):
		return s.busy()
	case errors.Is(err, errStopped):
		return &statusError{http.StatusServiceUnavailable, "the server stopped before the answer was ready: ask again", "stopped"}
	}
	return errGone
}

// errGone is the answer to a client that has gone; nobody reads it.
var errGone = &statusError{499, "the client has gone", "gone"}

// free is how long a body may be without counting against the memory for bodies,
// so that small requests never wait for those that promise large ones and are
// slow to send them.
const free = 64 << 10

// readBody reads the body of r into buf, beyond free only when there is memory for
// it. What it returns must be given back to s.memory when the body is not needed
// any more.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request, buf *[]byte) (held int64, _ *statusError) {
	if e := r.Header.Get("Content-Encoding"); e != "" && e != "identity" {
		return 0, &statusError{http.StatusUnsupportedMediaType, "Content-Encoding: send the body as it is, not compressed", "encoding"}
	}
	limit := s.config.Limits.Body
	size := r.ContentLength
	switch {
	case size > limit:
		s.discard(r)
		return 0, s.tooLarge()
	case size < 0:
		size = limit
	}
	if all, e := s.receive(w, r, buf, min(free, limit)); all || e != nil {
		return 0, e
	}
	held, err := s.memory.enter(r.Context(), size)
	if err != nil {
		s.discard(r)
		return 0, s.admitted(err)
	}
	if _, e := s.receive(w, r, buf, limit); e != nil {
		s.memory.leave(held)
		return 0, e
	}
	return held, nil
}

// receive reads on behind what is in buf. It reports false if there are more than
// upto bytes.
func (s *Server) receive(w http.ResponseWriter, r *http.Request, buf *[]byte, upto int64) (all bool, _ *statusError) {
	b := *buf
	defer func() { *buf = b }()
	rc := http.NewResponseController(w)
	start := time.Now()
	rc.SetReadDeadline(start.Add(s.pace.grace))
	if n := r.ContentLength; n > int64(cap(b)) && len(b) == 0 {
		// A length is a promise; memory grows with what comes of it.
		b = make([]byte, 0, min(n+1, free))
	}
	for paid := int64(len(b)); ; {
		if len(b) == cap(b) {
			grown := make([]byte, len(b), grow(cap(b), r.ContentLength))
			copy(grown, b)
			b = grown
		}
		n, err := r.Body.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		switch {
		case int64(len(b)) > s.config.Limits.Body:
			s.discard(r)
			return false, s.tooLarge()
		case err == io.EOF:
			// From now on the server reads to see whether the client is there. If
			// the body has not ended, the deadline stays: there is no next request.
			rc.SetReadDeadline(time.Time{})
			return true, nil
		case int64(len(b)) > upto:
			return false, nil
		case errors.Is(err, os.ErrDeadlineExceeded):
			return false, &statusError{http.StatusRequestTimeout, "the body comes too slowly: send it at once", "slow"}
		case err != nil && r.Context().Err() != nil, isNet(err), errors.Is(err, io.ErrUnexpectedEOF):
			return false, errGone
		case err != nil:
			return false, &statusError{http.StatusBadRequest, "the body cannot be read: check its length and its chunks", "unreadable"}
		}
		if got := int64(len(b)); got-paid >= keep {
			paid = got
			rc.SetReadDeadline(start.Add(s.pace.allow(got)))
		}
	}
}

// discard reads what a client sends that is not wanted, so that it comes to read
// the answer, unless the client asked first.
func (s *Server) discard(r *http.Request) {
	if r.Header.Get("Expect") == "" {
		io.CopyN(io.Discard, r.Body, 4*s.config.Limits.Body)
	}
}

// grow is the capacity after c: at least double, and no more than what comes.
func grow(c int, size int64) int {
	c = max(2*c, 4<<10)
	if size > 0 && int64(c) > size {
		return int(size) + 1 // the byte behind it is where the end is seen
	}
	return c
}

func isNet(err error) bool {
	var e net.Error
	return errors.As(err, &e)
}

// enter waits for the request's turn to be worked on.
func (s *Server) enter(ctx context.Context) (int64, *statusError) {
	n, err := s.slots.enter(ctx, 1)
	return n, s.admitted(err)
}
