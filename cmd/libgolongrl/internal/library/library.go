// Package library is what the C library does that needs no C: the service, the
// scorers and the replies that are kept by number, and the bound on processors.
package library

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/golongrl/golongrl/serve/service"
	"github.com/golongrl/golongrl/serve/wire"
)

// The codes that are no code of package wire with a minus, as in golongrl.h.
const (
	OK         = 0
	BadRequest = -wire.CodeBadRequest
	NotFound   = -404
	Internal   = -wire.CodeInternal
)

// MaxText is the length of the longest text.
const MaxText = 1<<32 - 1

// A Library answers calls. Any number of goroutines may use it.
type Library struct {
	service  atomic.Pointer[service.Service]
	workers  sync.Mutex // held while the bound changes
	fallback int        // workers that hold from the start

	mu      sync.Mutex
	number  uint64            // the last that was given
	scorers map[uint64]string // options, as package wire writes them
	replies map[uint64][]byte
	order   []uint64 // the numbers of replies, oldest first
	bytes   int      // of all replies
}

// Replies that wait to be taken are at most maxKept and, but for the newest, of
// at most maxBytes together.
const (
	maxKept  = 64
	maxBytes = 1 << 30
)

// New makes a library that uses what Hint says.
func New(hint int) *Library {
	l := &Library{scorers: map[uint64]string{}, replies: map[uint64][]byte{}, fallback: runtime.GOMAXPROCS(0)}
	if hint > 0 {
		l.fallback = min(l.fallback, hint)
	}
	l.SetWorkers(0)
	return l
}

// Hint returns the processors that the environment wishes to be used, or 0.
func Hint(getenv func(string) string) int {
	for _, name := range []string{"GOLONGRL_WORKERS", "OMP_NUM_THREADS"} {
		// OMP_NUM_THREADS may be a list: one number per level of nesting.
		first, _, _ := strings.Cut(getenv(name), ",")
		if n, err := strconv.Atoi(strings.TrimSpace(first)); err == nil && n > 0 {
			return n
		}
	}
	return 0
}

// TuneMemory lets garbage grow to a few times what is in use, as golongrl-score
// does, unless the environment says otherwise.
func TuneMemory() {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(400)
		debug.SetMemoryLimit(2 << 30)
	}
}

// maxWorkers is the highest bound. With one that has no sense the runtime of Go
// ends the process.
const maxWorkers = 1024

// SetWorkers bounds the processors that all calls together use; 0 sets the bound
// that holds from the start, and more than maxWorkers is maxWorkers. It returns
// the bound.
func (l *Library) SetWorkers(n int) int {
	l.workers.Lock()
	defer l.workers.Unlock()
	if n <= 0 {
		n = l.fallback
	}
	n = min(n, maxWorkers)
	if n != runtime.GOMAXPROCS(0) {
		runtime.GOMAXPROCS(n)
	}
	s, err := service.New(service.Config{Workers: n})
	if err != nil {
		panic(err) // the zero configuration but for workers
	}
	l.service.Store(s)
	return n
}

// Call answers a message and appends the answer. Nothing of the message is kept.
func (l *Library) Call(dst, message []byte) []byte {
	return l.service.Load().Call(context.Background(), dst, message)
}

// Keep keeps a reply until Take, or until newer ones need its place.
func (l *Library) Keep(reply []byte) uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.number++
	l.replies[l.number] = reply
	l.order = append(l.order, l.number)
	l.bytes += len(reply)
	for len(l.order) > maxKept || len(l.order) > 1 && l.bytes > maxBytes {
		l.forget(0)
	}
	return l.number
}

// forget drops the i-th oldest reply.
func (l *Library) forget(i int) {
	l.bytes -= len(l.replies[l.order[i]])
	delete(l.replies, l.order[i])
	l.order = slices.Delete(l.order, i, i+1)
}

// Take copies a kept reply to dst and forgets it, if there is room. It returns
// the reply's length, or NotFound.
func (l *Library) Take(number uint64, dst []byte) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	reply, ok := l.replies[number]
	if !ok {
		return NotFound
	}
	if len(reply) <= len(dst) {
		copy(dst, reply)
		l.forget(slices.Index(l.order, number))
	}
	return len(reply)
}

// NewScorer keeps the options of a message of wire.OpScore, without the byte
// that ends them, after it has tried them.
func (l *Library) NewScorer(options string) (uint64, error) {
	m := wire.AppendHeader(nil, wire.OpScore, 0)
	m = append(append(m, options...), 0)
	if _, err := Body(l.Call(nil, wire.AppendU32(m, 0))); err != nil {
		return 0, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.number++
	l.scorers[l.number] = options
	return l.number, nil
}

// Scorer returns the options of a scorer. Number 0 has none.
func (l *Library) Scorer(number uint64) (options string, ok bool) {
	if number == 0 {
		return "", true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	options, ok = l.scorers[number]
	return options, ok
}

// FreeScorer forgets a scorer and reports whether there was one.
func (l *Library) FreeScorer(number uint64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, ok := l.scorers[number]
	delete(l.scorers, number)
	return ok
}

// Body returns a reader of the body of a reply, or the error that the reply is:
// a *wire.Error.
func Body(reply []byte) (*wire.Reader, error) {
	r := wire.NewReader(reply)
	if op, _ := r.Header(); op == wire.OpError {
		e := &wire.Error{Code: int(r.U16()), Item: int(int32(r.U32())), Msg: strings.Clone(r.Text())}
		if r.Err() != nil {
			return nil, r.Err()
		}
		return nil, e
	}
	return r, r.Err()
}

// Guard calls f and hands a panic over as an error. A panic that leaves an
// exported function ends the process.
func Guard(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &wire.Error{Code: wire.CodeInternal, Item: -1, Msg: fmt.Sprintf("internal error: %v: please report it", v)}
		}
	}()
	return f()
}
