package kernels

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// A Pool runs pieces of work on a fixed number of goroutines. A nil Pool runs
// everything on the calling one. A Pool is meant for one caller at a time: a call
// that finds it busy, from inside a piece of work or from another goroutine, runs
// alone on the goroutine that made it.
type Pool struct{ t *team }

// NewPool returns a pool of n workers, of which the caller of [Pool.For] is one.
// It panics if n is not positive. The goroutines end with [Pool.Close], or once
// nothing refers to the pool any more.
func NewPool(n int) *Pool {
	if n <= 0 {
		panic("kernels: a pool needs a worker")
	}
	p := &Pool{&team{workers: n, wake: make(chan struct{}, n), quit: make(chan struct{}), idle: make(chan struct{}, 1)}}
	for range n - 1 {
		go p.t.help()
	}
	if n > 1 {
		runtime.AddCleanup(p, (*team).stop, p.t)
	}
	return p
}

// Close ends the goroutines of the pool. A closed pool still works, on the
// calling goroutine alone. A nil pool and a second call are fine.
func (p *Pool) Close() {
	if p != nil {
		p.t.stop()
	}
}

// Workers returns the number of workers, 1 for a nil pool.
func (p *Pool) Workers() int {
	if p == nil {
		return 1
	}
	return p.t.workers
}

// For cuts 0 to n into ranges that begin at multiples of grain and calls f once
// for each, in any order and at the same time. It returns when all are done. How
// many ranges there are depends on n, grain and the number of workers; there are
// a few for each worker, so that one that is held up does not keep the others
// waiting.
//
// If f panics, For panics as well, after the other workers have stopped: with the
// same value, or with a [*WorkerPanic] if it was not the caller's goroutine. It
// panics if grain is not positive. f must not call runtime.Goexit.
func (p *Pool) For(n, grain int, f func(lo, hi int)) {
	if grain <= 0 {
		panic("kernels: grain must be positive")
	}
	if n <= 0 {
		return
	}
	pieces := (n-1)/grain + 1
	if p == nil || p.t.workers == 1 || pieces == 1 || !p.t.busy.CompareAndSwap(false, true) {
		f(0, n)
		return
	}
	const each = 4 // ranges for a worker
	if limit := each * p.t.workers; pieces > limit {
		grain *= (pieces-1)/limit + 1
		pieces = (n-1)/grain + 1
	}
	p.t.run(n, grain, pieces, f)
	runtime.KeepAlive(p)
}

// A WorkerPanic is what [Pool.For] panics with when f panicked on another
// goroutine.
type WorkerPanic struct {
	Value any    // what f panicked with
	Stack []byte // where
}

// Error shows the value and the stack.
func (e *WorkerPanic) Error() string { return fmt.Sprintf("%v\n\n%s", e.Value, e.Stack) }

// Unwrap returns Value if it is an error.
func (e *WorkerPanic) Unwrap() error { err, _ := e.Value.(error); return err }

// A team is the part of a pool that its goroutines know, so that the pool itself
// can be collected while they sleep.
//
// The fields of the job may be read only by a helper that entered it: state
// counts those inside and has the bit open as long as more may enter.
type team struct {
	workers    int
	wake, quit chan struct{}
	idle       chan struct{} // the last helper left a closed job
	stopOnce   sync.Once
	busy       atomic.Bool
	state      atomic.Uint32
	job        atomic.Uint32 // counts jobs, so that nobody joins one twice

	f        func(lo, hi int)
	n, grain int
	pieces   int64
	next     atomic.Int64
	failed   atomic.Pointer[WorkerPanic]
}

const open = 1 << 31

// spins is how often a goroutine looks for what it waits for before it sleeps: a
// few microseconds, about what it costs to be woken.
const spins = 2000

func (t *team) run(n, grain, pieces int, f func(lo, hi int)) {
	t.f, t.n, t.grain, t.pieces = f, n, grain, int64(pieces)
	t.next.Store(0)
	t.job.Add(1)
	t.state.Store(open)
	for range min(pieces, t.workers) - 1 {
		select {
		case t.wake <- struct{}{}:
		default:
		}
	}
	defer t.finish()
	t.work()
}

// finish waits for the helpers and frees the team, also if the caller's own work
// panicked.
func (t *team) finish() {
	t.next.Store(t.pieces)
	if t.state.And(^uint32(open)) != open {
		for i := 0; i < spins && t.state.Load() != 0; i++ {
		}
		<-t.idle
	}
	failed := t.failed.Swap(nil)
	t.f = nil
	t.busy.Store(false)
	if failed != nil {
		panic(failed)
	}
}

// work takes ranges until there are none.
func (t *team) work() {
	for {
		i := t.next.Add(1) - 1
		if i >= t.pieces {
			return
		}
		lo := int(i) * t.grain
		t.f(lo, min(lo+t.grain, t.n))
	}
}

func (t *team) help() {
	last := uint32(0)
	for {
		for i := 0; i < spins && (t.job.Load() == last || t.state.Load()&open == 0); i++ {
		}
		if now := t.job.Load(); now != last && t.enter() {
			last = now
			t.assist()
			continue
		}
		select {
		case <-t.wake:
		case <-t.quit:
			return
		}
	}
}

// enter joins a job that is open.
func (t *team) enter() bool {
	for {
		s := t.state.Load()
		if s&open == 0 {
			return false
		}
		if t.state.CompareAndSwap(s, s+1) {
			return true
		}
	}
}

func (t *team) assist() {
	defer func() {
		if r := recover(); r != nil {
			t.failed.CompareAndSwap(nil, &WorkerPanic{r, debug.Stack()})
			t.next.Store(t.pieces) // the others need not go on
		}
		if t.state.Add(^uint32(0)) == 0 {
			t.idle <- struct{}{}
		}
	}()
	t.work()
}

func (t *team) stop() { t.stopOnce.Do(func() { close(t.quit) }) }
