package serve

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"

	"github.com/golongrl/golongrl/serve/service"
)

// Config says how a server works. Its zero value serves the built-in registry
// without a token.
type Config struct {
	Service service.Config
	Token   string       // bearer token that every request but those for health must bring; "": none
	Limits  Limits       // zero fields have the defaults
	Log     *slog.Logger // nil: none

	// Unscored is what the routes of OpenRLHF and slime answer for an item that
	// has no score and never will: a verdict that is undecided or beyond its
	// budget. Their clients know no null.
	Unscored float64
}

// Limits bound what clients may ask for.
type Limits struct {
	Body       int64 // bytes of a request; 0: 64 MiB
	Concurrent int   // requests that are answered at a time; 0: twice GOMAXPROCS
	Queue      int   // requests that wait beyond; then there is 429; 0: 1024
}

// A Server answers calls over HTTP and over frames.
type Server struct {
	config  Config
	service *service.Service
}

// New makes a server.
func New(c Config) (*Server, error) {
	s, err := service.New(c.Service)
	if err != nil {
		return nil, err
	}
	return &Server{c, s}, nil
}

// Handler returns the HTTP routes.
func (s *Server) Handler() http.Handler { panic("to be written") }

// Serve answers on all listeners until ctx ends, then drains: it accepts nothing
// more, answers what it has accepted, and returns nil. A connection that begins
// with wire.Preface speaks frames, any other HTTP.
func (s *Server) Serve(ctx context.Context, listeners ...net.Listener) error {
	return errors.New("to be written")
}
