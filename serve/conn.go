package serve

import (
	"net"
	"sync"
	"time"
)

// A conn is a connection that is counted.
type conn struct {
	net.Conn
	sv   *serving
	unix bool
	kind string // new, http or frames
	head []byte // read already

	silent bool // nothing of a message has been read; guarded by sv.mu
	closed sync.Once
}

func (c *conn) Read(p []byte) (int, error) {
	if len(c.head) > 0 {
		n := copy(p, c.head)
		c.head = c.head[n:]
		return n, nil
	}
	return c.Conn.Read(p)
}

// Close closes the connection and forgets it.
func (c *conn) Close() error {
	err := c.Conn.Close()
	c.closed.Do(func() {
		c.sv.mu.Lock()
		delete(c.sv.conns, c)
		kind := c.kind
		c.sv.mu.Unlock()
		if kind != "new" {
			c.sv.metrics.connection(kind, -1)
		}
		c.sv.used()
	})
	return err
}

// spoke says that a message has begun. It reports false if it comes too late to
// be answered.
func (c *conn) spoke() bool {
	c.sv.mu.Lock()
	defer c.sv.mu.Unlock()
	c.silent = false
	if !c.sv.draining.Load() {
		return true
	}
	c.Conn.SetReadDeadline(time.Time{})
	return time.Now().Before(c.sv.late)
}

// quiet says that the next message has not begun. It may be waited for as long as
// the client likes, unless it is new and a stranger, or the server stops.
func (c *conn) quiet(stranger bool) {
	c.sv.mu.Lock()
	defer c.sv.mu.Unlock()
	c.silent = true
	switch {
	case c.sv.draining.Load():
		c.Conn.SetReadDeadline(time.Now().Add(c.sv.pace.linger))
	case stranger:
		c.Conn.SetReadDeadline(time.Now().Add(c.sv.pace.grace))
	}
}

func (c *conn) become(kind string) {
	c.sv.mu.Lock()
	c.kind = kind
	c.sv.mu.Unlock()
	c.sv.metrics.connection(kind, 1)
}

// handoff is the listener of the HTTP server.
type handoff struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

// give hands c over. It reports false if nobody takes it any more.
func (h *handoff) give(c net.Conn) bool {
	select {
	case h.conns <- c:
		return true
	case <-h.done:
		return false
	}
}

func (h *handoff) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.done:
		return nil, net.ErrClosed
	}
}

func (h *handoff) Close() error {
	h.once.Do(func() { close(h.done) })
	return nil
}

func (h *handoff) Addr() net.Addr { return &net.TCPAddr{} }
