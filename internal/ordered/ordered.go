// Package ordered applies a function to a sequence on several goroutines and
// yields the results in input order.
package ordered

import (
	"context"
	"fmt"
	"iter"
	"runtime/debug"
	"sync"
)

// Map yields f(v) for every v of in, in order. Up to workers calls of f run at
// a time; with one worker everything runs on the caller's goroutine.
//
// No more than 4·workers values are under way at a time, the one that is being
// yielded included, and a value waits while those under way weigh more than
// limit; weight may be nil, and one value is always let through. When the
// consumer stops or ctx ends, Map stops reading, waits for the calls of f in
// flight and leaves no goroutine behind; it cannot interrupt in, so it also
// waits until in has produced its next value. After ctx has ended nothing more
// is yielded. A panic of f or in is raised on the consumer's goroutine, with
// several workers as a *Panic and after the values before it.
func Map[T, U any](ctx context.Context, workers int, limit int64, weight func(T) int64, in iter.Seq[T], f func(T) U) iter.Seq[U] {
	if workers < 1 {
		panic("ordered: Map needs at least one worker")
	}
	if workers == 1 {
		return func(yield func(U) bool) {
			for v := range in {
				if ctx.Err() != nil {
					return
				}
				u := f(v)
				if ctx.Err() != nil || !yield(u) {
					return
				}
			}
		}
	}
	return func(yield func(U) bool) {
		type job struct {
			v    T
			w    int64
			done chan outcome[U]
		}
		ctx, cancel := context.WithCancel(ctx)
		jobs := make(chan job)
		// Besides those in the queue, one value is with the reader and one with
		// the consumer.
		queue := make(chan job, 4*workers-2)

		var mu sync.Mutex
		room := sync.NewCond(&mu)
		var load int64
		wake := func() { mu.Lock(); room.Broadcast(); mu.Unlock() }
		stop := context.AfterFunc(ctx, wake)

		var wg sync.WaitGroup
		defer func() {
			cancel()
			stop()
			wake() // stop may have come before the AfterFunc ran
			wg.Wait()
		}()

		for range workers {
			wg.Go(func() {
				for j := range jobs {
					j.done <- attempt(f, j.v)
				}
			})
		}
		wg.Go(func() {
			defer close(queue)
			defer close(jobs)
			// What in panics with ends the queue as a value would.
			defer func() {
				if p := recover(); p != nil {
					j := job{done: make(chan outcome[U], 1)}
					j.done <- outcome[U]{panicked: &Panic{p, debug.Stack()}}
					select {
					case queue <- j:
					case <-ctx.Done():
					}
				}
			}()
			for v := range in {
				j := job{v: v, done: make(chan outcome[U], 1)}
				if weight != nil {
					j.w = weight(v)
					mu.Lock()
					for load > 0 && load+j.w > limit && ctx.Err() == nil {
						room.Wait()
					}
					load += j.w
					mu.Unlock()
				}
				select {
				case queue <- j:
				case <-ctx.Done():
					return
				}
				select {
				case jobs <- j:
				case <-ctx.Done():
					return
				}
			}
		})
		for j := range queue {
			var o outcome[U]
			select {
			case o = <-j.done:
			case <-ctx.Done():
				return
			}
			if o.panicked != nil {
				panic(o.panicked)
			}
			if ctx.Err() != nil || !yield(o.u) {
				return
			}
			if weight != nil {
				mu.Lock()
				load -= j.w
				room.Signal()
				mu.Unlock()
			}
		}
	}
}

// outcome is what a call of f comes to.
type outcome[U any] struct {
	u        U
	panicked *Panic
}

// Panic carries a panic from another goroutine to the consumer's, where it can
// be recovered.
type Panic struct {
	Value any
	Stack []byte // of the goroutine that panicked
}

func (p *Panic) String() string { return fmt.Sprintf("%v\n\n%s", p.Value, p.Stack) }

// Error makes an uncaught Panic print its value and stack.
func (p *Panic) Error() string { return p.String() }

func attempt[T, U any](f func(T) U, v T) (o outcome[U]) {
	defer func() {
		if p := recover(); p != nil {
			o.panicked = &Panic{p, debug.Stack()}
		}
	}()
	return outcome[U]{u: f(v)}
}
