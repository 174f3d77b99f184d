package serve

import (
	"container/list"
	"context"
	"errors"
	"sync"
)

// errBusy is that the queue is full.
var errBusy = errors.New("busy")

// A gate lets so much in at a time, in the order of arrival: requests, or bytes
// of them. A large one that waits is not overtaken by small ones, or it would
// wait for ever.
type gate struct {
	mu      sync.Mutex
	size    int64
	free    int64
	queue   int // how many may wait
	waiting list.List
}

type waiter struct {
	n     int64
	ready chan struct{} // closed when n is taken
}

func newGate(size int64, queue int) *gate { return &gate{size: size, free: size, queue: queue} }

// enter takes n, at most the size of the gate, and returns what leave must be
// called with. Its error is errBusy or that of ctx.
func (g *gate) enter(ctx context.Context, n int64) (int64, error) {
	n = min(n, g.size)
	g.mu.Lock()
	if g.waiting.Len() == 0 && n <= g.free {
		g.free -= n
		g.mu.Unlock()
		return n, nil
	}
	if g.waiting.Len() >= g.queue {
		g.mu.Unlock()
		return 0, errBusy
	}
	w := &waiter{n, make(chan struct{})}
	at := g.waiting.PushBack(w)
	g.mu.Unlock()
	select {
	case <-w.ready:
		return n, nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case <-w.ready:
		g.free += n // it was let in at this moment
	default:
		g.waiting.Remove(at)
	}
	g.next()
	return 0, context.Cause(ctx)
}

// leave gives n back.
func (g *gate) leave(n int64) {
	g.mu.Lock()
	g.free += n
	g.next()
	g.mu.Unlock()
}

// next lets in whom there is room for.
func (g *gate) next() {
	for at := g.waiting.Front(); at != nil; at = g.waiting.Front() {
		w := at.Value.(*waiter)
		if w.n > g.free {
			return
		}
		g.free -= w.n
		g.waiting.Remove(at)
		close(w.ready)
	}
}

// load returns what is taken and how many wait.
func (g *gate) load() (taken int64, waiting int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.size - g.free, g.waiting.Len()
}
