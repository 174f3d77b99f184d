package serve

import (
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/golongrl/golongrl/serve/service"
)

// Config says how a server works. Its zero value serves the built-in registry
// without a token.
type Config struct {
	Service service.Config
	Token   string       // bearer token that every request but those for health must bring; "": none
	Limits  Limits       // zero fields have the defaults
	Log     *slog.Logger // nil: none
	TLS     *tls.Config  // of the listeners that are no unix sockets; nil: they are plain

	// Unscored is what the routes of OpenRLHF and slime answer for an item that
	// has no score and never will: a verdict that is undecided or beyond its
	// budget. Their clients know no null.
	Unscored float64

	// Unused ends Serve, as if its context had ended, when the last connection
	// has been closed for so long, or when none came within the first minute.
	// 0: never.
	Unused time.Duration
}

// Limits bound what clients may ask for.
type Limits struct {
	Body       int64 // bytes of a request; 0: 64 MiB
	Concurrent int   // requests that are answered at a time; 0: twice GOMAXPROCS
	Queue      int   // requests that wait beyond; then there is 429; 0: 1024
}

// bodies is how many bodies of the largest size may be in memory at a time. What
// is beyond waits before it is read.
const bodies = 8

func (l Limits) withDefaults() (Limits, error) {
	if l.Body < 0 || l.Concurrent < 0 || l.Queue < 0 || l.Body > math.MaxUint32 {
		return l, errors.New("serve: a limit is negative, or that of bodies is over 4 GiB")
	}
	if l.Body == 0 {
		l.Body = 64 << 20
	}
	if l.Concurrent == 0 {
		l.Concurrent = 2 * runtime.GOMAXPROCS(0)
	}
	if l.Queue == 0 {
		l.Queue = 1024
	}
	return l, nil
}

// A Server answers calls over HTTP and over frames.
type Server struct {
	config  Config
	service *service.Service
	log     *slog.Logger
	token   [sha256.Size]byte
	routes  []route
	metrics *metrics
	pace    pace

	slots   *gate // requests that are worked on
	memory  *gate // bytes of requests
	replies *gate // bytes of large replies that are not read yet

	draining atomic.Bool
}

// New makes a server. It fails if the default metric cannot be understood or a
// limit is impossible.
func New(c Config) (*Server, error) {
	s, err := service.New(c.Service)
	if err != nil {
		return nil, err
	}
	if c.Limits, err = c.Limits.withDefaults(); err != nil {
		return nil, err
	}
	if math.IsNaN(c.Unscored) || math.IsInf(c.Unscored, 0) {
		return nil, fmt.Errorf("serve: Unscored is %v: clients need a finite number", c.Unscored)
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	srv := &Server{
		config: c, service: s, log: c.Log, token: sha256.Sum256([]byte(c.Token)), metrics: newMetrics(), pace: usualPace,
		slots:   newGate(int64(c.Limits.Concurrent), c.Limits.Queue),
		memory:  newGate(bodies*c.Limits.Body, c.Limits.Queue),
		replies: newGate(2*maxReply, 0),
	}
	srv.metrics.watch(srv.slots, srv.memory)
	srv.routes = srv.table()
	return srv, nil
}

// A route is one thing to ask for over HTTP.
type route struct {
	method, path string
	handler      http.HandlerFunc
	free         bool // needs no token
	work         bool // has a body, and is worked on when its turn comes
}

// table lists all routes. The OpenAPI document describes the same ones.
func (s *Server) table() []route {
	return []route{
		{method: http.MethodPost, path: "/v1/score", handler: s.score, work: true},
		{method: http.MethodPost, path: "/v1/verify", handler: s.verify, work: true},
		{method: http.MethodPost, path: "/v1/advantage", handler: s.advantage, work: true},
		{method: http.MethodGet, path: "/v1/registry", handler: s.registry},
		{method: http.MethodPost, path: "/get_reward", handler: s.getReward, work: true},
		{method: http.MethodPost, path: "/slime", handler: s.slime, work: true},
		{method: http.MethodGet, path: "/healthz", handler: s.healthz, free: true},
		{method: http.MethodGet, path: "/readyz", handler: s.readyz, free: true},
		{method: http.MethodGet, path: "/metrics", handler: s.metrics.handler().ServeHTTP},
		{method: http.MethodGet, path: "/openapi.json", handler: s.openAPI},
	}
}

func (s *Server) registry(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, s.service.RegistryJSON())
}

func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, []byte(`{"status":"ok"}`))
}

func (s *Server) readyz(w http.ResponseWriter, _ *http.Request) {
	if s.draining.Load() {
		writeError(w, http.StatusServiceUnavailable, -1, "the server is stopping: use another one")
		return
	}
	writeJSON(w, http.StatusOK, []byte(`{"status":"ready"}`))
}

// errStopped is the cause of the end of what the end of the server cuts off.
var errStopped = errors.New("the server stopped")
