package serve

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"
)

// Handler returns the HTTP routes.
func (s *Server) Handler() http.Handler {
	paths := map[string][]*route{}
	for i := range s.routes {
		r := &s.routes[i]
		paths[r.path] = append(paths[r.path], r)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		rec := &recorder{ResponseWriter: w, pace: &s.pace}
		if r.ContentLength != 0 {
			// Also a body that nobody wants must come to an end.
			http.NewResponseController(w).SetReadDeadline(start.Add(s.pace.grace))
		}
		if s.draining.Load() {
			w.Header().Set("Connection", "close")
		}
		rt := find(paths, r)
		name := "other"
		if rt != nil {
			name = rt.path
		}
		s.answer(rec, r, rt, len(paths[r.URL.Path]) > 0)
		took := time.Since(start)
		s.metrics.request(name, rec.code, took.Seconds(), rec.bytes)
		method := r.Method
		if rt == nil && !slices.ContainsFunc(s.routes, func(rt route) bool { return rt.method == method }) {
			method = "other" // a client may write what it likes
		}
		s.logRequest(r.Context(), name, method, rec.code, took, rec.bytes)
	})
}

func find(paths map[string][]*route, r *http.Request) *route {
	for _, rt := range paths[r.URL.Path] {
		if rt.method == r.Method || rt.method == http.MethodGet && r.Method == http.MethodHead {
			return rt
		}
	}
	return nil
}

// logRequest writes a line for a request that failed, and for the others if asked
// for. It says nothing of what was in it: messages may quote responses.
func (s *Server) logRequest(ctx context.Context, route, method string, code int, took time.Duration, bytes int) {
	level := slog.LevelDebug
	switch {
	case code >= 500:
		level = slog.LevelError
	case code >= 400:
		level = slog.LevelWarn
	}
	if s.log.Enabled(ctx, level) {
		s.log.LogAttrs(ctx, level, "request", slog.String("route", route), slog.String("method", method), slog.Int("code", code),
			slog.Float64("seconds", took.Seconds()), slog.Int("reply_bytes", bytes))
	}
}

// answer does what the route does, or says why not.
func (s *Server) answer(w *recorder, r *http.Request, rt *route, known bool) {
	defer func() {
		if v := recover(); v != nil {
			s.panicked("/", v)
			if w.code == 0 {
				writeError(w, http.StatusInternalServerError, -1, "internal error: please report it")
			}
		}
	}()
	switch {
	case rt == nil && known:
		var allow []string
		for _, rt := range s.routes {
			if rt.path == r.URL.Path {
				allow = append(allow, rt.method)
			}
		}
		w.Header().Set("Allow", strings.Join(allow, ", "))
		writeError(w, http.StatusMethodNotAllowed, -1, fmt.Sprintf("%s is not answered here: use %s", r.Method, strings.Join(allow, " or ")))
	case rt == nil:
		writeError(w, http.StatusNotFound, -1, "there is no such route: GET /openapi.json lists them")
	case !rt.free && !s.authorized(r):
		s.refuse(w, r, &statusError{http.StatusUnauthorized, "send the server's token as Authorization: Bearer TOKEN", "token"})
	case rt.work:
		s.work(w, r, rt)
	default:
		rt.handler(w, r)
	}
}

// work reads the body, waits for the request's turn and answers it.
func (s *Server) work(w *recorder, r *http.Request, rt *route) {
	buf := getBuffer()
	defer putBuffer(buf)
	held, e := s.readBody(w, r, buf)
	if e != nil {
		s.refuse(w, r, e)
		return
	}
	defer s.memory.leave(held)
	n, e := s.enter(r.Context())
	if e != nil {
		s.refuse(w, r, e)
		return
	}
	// A client that takes its time to read the answer keeps nobody waiting.
	w.replying = sync.OnceFunc(func() { s.slots.leave(n) })
	defer w.replying()
	r.Body = &body{*buf, *buf}
	rt.handler(w, r)
}

func (s *Server) authorized(r *http.Request) bool {
	if s.config.Token == "" {
		return true
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return s.knows(strings.TrimSpace(token)) && strings.EqualFold(scheme, "Bearer")
}

// knows reports whether token is the server's, in a time that says nothing of it.
func (s *Server) knows(token string) bool {
	sum := sha256.Sum256([]byte(token))
	return subtle.ConstantTimeCompare(sum[:], s.token[:]) == 1
}

// panicked reports a defect without its value, which may quote a response.
func (s *Server) panicked(where string, v any) {
	s.log.Error("internal error", "where", where, "type", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
}

// A recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	pace        *pace
	code, bytes int
	replying    func()    // called before the answer, if it is set
	until       time.Time // how long the body may take beside the answer
}

func (r *recorder) WriteHeader(code int) {
	if r.code == 0 {
		r.code = code
		if r.replying != nil {
			r.replying()
		}
		// What is left of the body is read first. The recorders of tests know no
		// deadlines.
		r.until = time.Now().Add(r.pace.grace)
		http.NewResponseController(r.ResponseWriter).SetWriteDeadline(r.until.Add(r.pace.allow(0)))
	}
	r.ResponseWriter.WriteHeader(code)
}

// Write gives the client more time as it reads, so that one that does not read
// holds a large answer no longer than a small one.
func (r *recorder) Write(b []byte) (n int, err error) {
	if r.code == 0 {
		r.WriteHeader(http.StatusOK)
	}
	for more := true; more && err == nil; more = n < len(b) {
		if n > 0 {
			http.NewResponseController(r.ResponseWriter).SetWriteDeadline(r.until.Add(r.pace.allow(int64(r.bytes))))
		}
		var m int
		m, err = r.ResponseWriter.Write(b[n:min(len(b), n+keep)])
		n += m
		r.bytes += m
	}
	return n, err
}

func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
