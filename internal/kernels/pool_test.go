package kernels

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestForCoversEverythingOnce(t *testing.T) {
	p := NewPool(4)
	defer p.Close()
	for i := range 3000 {
		n, grain := i%97, 1+i%13
		seen := make([]int32, n)
		p.For(n, grain, func(lo, hi int) {
			if lo%grain != 0 || lo >= hi || hi > n || hi%grain != 0 && hi != n {
				t.Errorf("range %d to %d of %d with grain %d", lo, hi, n, grain)
			}
			for j := lo; j < hi; j++ {
				atomic.AddInt32(&seen[j], 1)
			}
		})
		for j, c := range seen {
			if c != 1 {
				t.Fatalf("n %d, grain %d: %d was done %d times", n, grain, j, c)
			}
		}
	}
}

// Two ranges wait for each other: they end only if two goroutines run them.
func TestForIsParallel(t *testing.T) {
	p := NewPool(2)
	defer p.Close()
	for range 20 {
		var both sync.WaitGroup
		both.Add(2)
		p.For(2, 1, func(lo, hi int) {
			both.Done()
			both.Wait()
		})
		time.Sleep(100 * time.Microsecond) // the helper falls asleep now and then
	}
}

func TestForNestedAndShared(t *testing.T) {
	p := NewPool(3)
	defer p.Close()
	var sum atomic.Int64
	var callers sync.WaitGroup
	for range 4 {
		callers.Go(func() {
			for range 50 {
				p.For(7, 1, func(lo, hi int) {
					p.For(hi-lo, 1, func(lo, hi int) { sum.Add(int64(hi - lo)) })
				})
			}
		})
	}
	callers.Wait()
	if got := sum.Load(); got != 4*50*7 {
		t.Errorf("%d pieces were done, want %d", got, 4*50*7)
	}
}

func TestForPanics(t *testing.T) {
	p := NewPool(2)
	defer p.Close()
	try := func(f func(lo, hi int)) (r any) {
		defer func() { r = recover() }()
		p.For(2, 1, f)
		return nil
	}
	// Both ranges meet, so that one is on each goroutine, and one of them fails.
	sawCaller, sawHelper := false, false
	for i := 0; i < 10000 && !(sawCaller && sawHelper); i++ {
		var both sync.WaitGroup
		both.Add(2)
		r := try(func(lo, hi int) {
			both.Done()
			both.Wait()
			if lo == i%2 {
				panic(io.ErrUnexpectedEOF)
			}
		})
		w, helper := r.(*WorkerPanic)
		switch {
		case helper:
			sawHelper = true
			if !errors.Is(w, io.ErrUnexpectedEOF) || len(w.Stack) == 0 || w.Error() == "" {
				t.Fatalf("panic of a worker: %v", w)
			}
		case r == any(io.ErrUnexpectedEOF):
			sawCaller = true
		default:
			t.Fatalf("For ended with %v", r)
		}
		if r := try(func(lo, hi int) {}); r != nil {
			t.Fatalf("the call after a panic: %v", r)
		}
	}
	if !sawCaller || !sawHelper {
		t.Errorf("10000 calls: panic on the caller's goroutine %v, on another %v", sawCaller, sawHelper)
	}
	if (&WorkerPanic{Value: "text"}).Unwrap() != nil {
		t.Error("a value that is no error was unwrapped")
	}
}

func TestPoolProgrammerErrors(t *testing.T) {
	for name, f := range map[string]func(){
		"no worker": func() { NewPool(0) },
		"grain 0":   func() { (*Pool)(nil).For(1, 0, func(lo, hi int) {}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}

func TestNilAndClosedPool(t *testing.T) {
	var none *Pool
	none.Close()
	closed := NewPool(3)
	closed.Close()
	closed.Close()
	if none.Workers() != 1 || closed.Workers() != 3 {
		t.Errorf("workers %d and %d", none.Workers(), closed.Workers())
	}
	for _, p := range []*Pool{none, closed} {
		var sum atomic.Int64
		p.For(10, 1, func(lo, hi int) { sum.Add(int64(hi - lo)) })
		p.For(0, 1, func(lo, hi int) { t.Error("called for nothing") })
		p.For(-1, 1, func(lo, hi int) { t.Error("called for nothing") })
		if sum.Load() != 10 {
			t.Errorf("%d of 10 were done", sum.Load())
		}
	}
}

// Goroutines end with Close, and also when a pool is forgotten.
func TestPoolLeaksNothing(t *testing.T) {
	before := runtime.NumGoroutine()
	for i := range 5 {
		p := NewPool(4)
		p.For(100, 1, func(lo, hi int) {})
		if i%2 == 0 {
			p.Close()
		}
	}
	for range 2000 {
		runtime.GC()
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

func BenchmarkFor(b *testing.B) {
	for _, workers := range []int{1, 2, 4} {
		b.Run(fmt.Sprint(workers), func(b *testing.B) {
			p := NewPool(workers)
			defer p.Close()
			f := func(lo, hi int) {}
			for b.Loop() {
				p.For(64, 1, f)
			}
		})
	}
}
