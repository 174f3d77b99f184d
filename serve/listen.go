package serve

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/golongrl/golongrl/serve/wire"
)

// Serve answers on all listeners until ctx ends, then drains: it accepts nothing
// more, answers what it has accepted, and returns nil. A connection that begins
// with wire.Preface speaks frames, any other HTTP. It closes the listeners. What
// is not answered within ten seconds is cut off.
//
// The error is that of a listener that failed. Serve is to be called once.
func (s *Server) Serve(ctx context.Context, listeners ...net.Listener) error {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	work, cut := context.WithCancelCause(context.Background())
	defer cut(nil)
	sv := &serving{Server: s, ctx: work, end: end, conns: map[*conn]struct{}{}}
	sv.web = &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: s.pace.grace,
		IdleTimeout:       s.pace.idle,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return work },
	}
	sv.toWeb = &handoff{conns: make(chan net.Conn), done: make(chan struct{})}
	webDone := make(chan struct{})
	go func() {
		defer close(webDone)
		sv.web.Serve(sv.toWeb)
	}()
	sv.used()
	var accepting sync.WaitGroup
	for _, l := range listeners {
		s.log.Info("listening", "network", l.Addr().Network(), "address", l.Addr().String())
		accepting.Go(func() {
			if err := sv.accept(ctx, l); err != nil {
				end(err)
			}
		})
	}
	<-ctx.Done()
	err := context.Cause(ctx)
	s.log.Info("stopping", "reason", reason(err))
	sv.drain(listeners, &accepting, cut)
	<-webDone
	s.log.Info("stopped")
	if errors.Is(err, errListener) {
		return err
	}
	return nil
}

// serving is one call of Serve.
type serving struct {
	*Server
	ctx   context.Context // of the work
	end   context.CancelCauseFunc
	web   *http.Server
	toWeb *handoff
	group sync.WaitGroup // connections that are not HTTP's

	mu     sync.Mutex
	conns  map[*conn]struct{}
	unused *time.Timer
	late   time.Time // from when on, in a drain, frames are refused
}

// accept takes connections until the listener is closed.
func (sv *serving) accept(ctx context.Context, l net.Listener) error {
	unix := l.Addr().Network() == "unix"
	for wait := time.Duration(0); ; {
		nc, err := l.Accept()
		switch {
		case err == nil:
			wait = 0
		case ctx.Err() != nil || errors.Is(err, net.ErrClosed):
			if ctx.Err() != nil {
				sv.last(l, unix)
				return nil
			}
			return errors.Join(errListener, err)
		default:
			// Too many open files, mostly: some will be closed.
			wait = min(max(2*wait, 5*time.Millisecond), time.Second)
			sv.log.Error("cannot accept a connection", "error", err.Error())
			select {
			case <-time.After(wait):
			case <-ctx.Done():
			}
			continue
		}
		sv.take(nc, unix)
	}
}

func (sv *serving) take(nc net.Conn, unix bool) {
	c := &conn{Conn: nc, sv: sv, silent: true, unix: unix, kind: "new"}
	sv.mu.Lock()
	sv.conns[c] = struct{}{}
	sv.mu.Unlock()
	sv.used()
	sv.group.Go(func() { sv.welcome(c) })
}

// last closes l at a moment when nobody stands in its queue, if there is one soon:
// who does is reset, and who comes later is refused.
func (sv *serving) last(l net.Listener, unix bool) {
	defer l.Close()
	d, ok := l.(interface{ SetDeadline(time.Time) error })
	for end := time.Now().Add(sv.pace.linger); ok && time.Now().Before(end); {
		d.SetDeadline(time.Now().Add(time.Millisecond))
		nc, err := l.Accept()
		if err != nil {
			return
		}
		sv.take(nc, unix)
	}
}

// used starts the clock of a server without connections, or stops it.
func (sv *serving) used() {
	if sv.config.Unused == 0 {
		return
	}
	sv.mu.Lock()
	defer sv.mu.Unlock()
	wait := sv.config.Unused
	if sv.unused == nil {
		wait = sv.pace.first
	}
	if sv.unused != nil {
		sv.unused.Stop()
	}
	if len(sv.conns) == 0 {
		sv.unused = time.AfterFunc(wait, func() {
			sv.mu.Lock()
			none := len(sv.conns) == 0
			sv.mu.Unlock()
			if none {
				sv.end(errUnused)
			}
		})
	}
}

// welcome finds out what a connection speaks.
func (sv *serving) welcome(c *conn) {
	defer func() {
		if v := recover(); v != nil {
			sv.panicked("connection", v)
			c.Close()
		}
	}()
	if sv.config.TLS != nil && !c.unix {
		secure := tls.Server(c.Conn, sv.config.TLS)
		hello, stop := context.WithTimeout(sv.ctx, sv.pace.grace)
		err := secure.HandshakeContext(hello)
		stop()
		if err != nil {
			sv.log.Debug("no TLS", "error", err.Error())
			c.Close()
			return
		}
		sv.mu.Lock()
		c.Conn = secure
		sv.mu.Unlock()
	}
	c.quiet(!c.unix)
	for len(c.head) < len(wire.Preface) && strings.HasPrefix(wire.Preface, string(c.head)) {
		var b [len(wire.Preface)]byte
		n, err := c.Conn.Read(b[:len(wire.Preface)-len(c.head)])
		if n > 0 && len(c.head) == 0 {
			c.spoke()
			c.SetReadDeadline(time.Now().Add(sv.pace.grace))
		}
		if c.head = append(c.head, b[:n]...); err != nil {
			c.Close()
			return
		}
	}
	c.SetReadDeadline(time.Time{})
	if string(c.head) != wire.Preface {
		c.become("http")
		if !sv.toWeb.give(c) {
			c.Close()
		}
		return
	}
	c.head = nil
	c.become("frames")
	sv.frames(c)
}
