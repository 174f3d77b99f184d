package serve

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/golongrl/golongrl/internal/py"
	"github.com/golongrl/golongrl/serve/wire"
)

var jsonType = []string{"application/json"}

// writeJSON answers with JSON.
func writeJSON(w http.ResponseWriter, code int, data []byte) {
	h := w.Header()
	h["Content-Type"] = jsonType
	h["Content-Length"] = []string{strconv.Itoa(len(data))}
	w.WriteHeader(code)
	w.Write(data) // if the client has gone, nobody needs to know
}

// writeError answers {"error":msg,"item":item}; item -1 is none.
func writeError(w http.ResponseWriter, code, item int, msg string) {
	b := py.AppendJSONString([]byte(`{"error":`), msg)
	if item >= 0 {
		b = strconv.AppendInt(append(b, `,"item":`...), int64(item), 10)
	}
	switch code {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "1")
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	writeJSON(w, code, append(b, '}'))
}

// reply answers with JSON and 200.
func (s *Server) reply(w http.ResponseWriter, data []byte) {
	held, err := s.unread(len(data))
	if err != nil {
		s.metrics.refused(err.why)
		writeError(w, err.code, -1, err.msg)
		return
	}
	defer s.replies.leave(held)
	writeJSON(w, http.StatusOK, data)
}

// unread takes memory for a reply of n bytes until its client has read it, which
// must be given back to s.replies. Small ones need none.
func (s *Server) unread(n int) (int64, *statusError) {
	if n <= keep {
		return 0, nil
	}
	held, err := s.replies.enter(context.Background(), int64(n)) // its queue is none, so it does not wait
	if err != nil {
		return 0, &statusError{http.StatusTooManyRequests, "large answers that clients are slow to read fill the memory for them: ask again in a second, or for less", "unread"}
	}
	return held, nil
}

// refuse answers with an error: that of a *wire.Error or *statusError, or else of
// the context or of a defect.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var e *wire.Error
	var status *statusError
	switch {
	case errors.As(err, &e):
		writeError(w, e.Code, e.Item, e.Msg)
	case errors.As(err, &status):
		s.metrics.refused(status.why)
		writeError(w, status.code, -1, status.msg)
	case errors.Is(context.Cause(r.Context()), errStopped):
		s.refuse(w, r, s.admitted(errStopped))
	case r.Context().Err() != nil:
		s.refuse(w, r, errGone)
	default:
		writeError(w, http.StatusInternalServerError, -1, "internal error: please report it")
	}
}
