package serve

import (
	"context"
	"errors"
	"maps"
	"net"
	"slices"
	"sync"
	"time"
)

var (
	errListener = errors.New("serve: cannot accept connections")
	errUnused   = errors.New("unused")
)

func reason(err error) string {
	switch {
	case errors.Is(err, errListener):
		return err.Error()
	case errors.Is(err, errUnused):
		return "no client is left"
	}
	return "asked to"
}

// drain ends the server. The listeners take what stands in their queue, silent
// connections have a moment to say something, and all else is finished.
func (sv *serving) drain(listeners []net.Listener, accepting *sync.WaitGroup, cut context.CancelCauseFunc) {
	hard := time.AfterFunc(sv.pace.stop, func() { sv.cutOff(cut) })
	defer hard.Stop()
	sv.mu.Lock()
	sv.late = time.Now().Add(sv.pace.linger)
	sv.draining.Store(true)
	for c := range sv.conns {
		if c.silent {
			c.Conn.SetReadDeadline(sv.late)
		}
	}
	sv.mu.Unlock()
	for _, l := range listeners {
		if d, ok := l.(interface{ SetDeadline(time.Time) error }); !ok || d.SetDeadline(time.Now().Add(sv.pace.linger/2)) != nil {
			l.Close()
		}
	}
	accepting.Wait()
	for _, l := range listeners {
		l.Close()
	}
	time.Sleep(sv.pace.linger) // HTTP clients that ask now are told that it is the last time
	sv.web.Shutdown(sv.ctx)
	done := make(chan struct{})
	go func() {
		sv.group.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-sv.ctx.Done():
		// A single item may take longer than there is; its client is gone.
		select {
		case <-done:
		case <-time.After(sv.pace.linger):
		}
	}
}

// cutOff ends what has not come to an end in time.
func (sv *serving) cutOff(cut context.CancelCauseFunc) {
	sv.mu.Lock()
	all := slices.Collect(maps.Keys(sv.conns))
	sv.mu.Unlock()
	sv.log.Error("cut off", "connections", len(all))
	cut(errStopped)
	time.Sleep(sv.pace.linger / 2) // to say so to those who can be told
	for _, c := range all {
		c.Close()
	}
	sv.web.Close()
}
