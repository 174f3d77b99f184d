package ordered_test

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/golongrl/golongrl/internal/ordered"
)

func upTo(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

// spin makes calls of different length, so that they finish out of order.
func spin(i int) int {
	for range i * 7919 % 13 {
		runtime.Gosched()
	}
	return i * i
}

// within fails the test if f has not returned after a time that no correct run
// needs: the only way to see a deadlock.
func within(t *testing.T, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); f() }()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		buf := make([]byte, 1<<16)
		t.Fatalf("deadlock:\n%s", buf[:runtime.Stack(buf, true)])
	}
}

func TestOrder(t *testing.T) {
	const seed = 20260211
	t.Log("seed", seed)
	p := gopter.NewProperties(gopter.DefaultTestParametersWithSeed(seed))
	p.Property("Map yields f of every value in order, whatever workers and limit", prop.ForAll(
		func(workers, n int, limit int64) bool {
			var want []int
			for i := range n {
				want = append(want, i*i)
			}
			weight := func(i int) int64 { return int64(i % 5) }
			got := slices.Collect(ordered.Map(context.Background(), workers, limit, weight, upTo(n), spin))
			return slices.Equal(got, want)
		},
		gen.IntRange(1, 9), gen.IntRange(0, 100), gen.Int64Range(0, 20),
	))
	p.TestingRun(t)
}

func TestNilWeight(t *testing.T) {
	got := slices.Collect(ordered.Map(context.Background(), 3, 0, nil, upTo(50), spin))
	if len(got) != 50 || got[49] != 49*49 {
		t.Fatalf("got %v", got)
	}
}

// TestEarlyStop stops a consumer at every place, also while the reader waits
// for room.
func TestEarlyStop(t *testing.T) {
	for _, workers := range []int{1, 2, 4} {
		for _, limit := range []int64{0, 1, 3, 1 << 40} {
			for stop := range 20 {
				within(t, func() {
					before := runtime.NumGoroutine()
					n := 0
					for range ordered.Map(context.Background(), workers, limit, func(int) int64 { return 1 }, upTo(1000), spin) {
						if n++; n > stop {
							break
						}
					}
					settle(t, before)
				})
			}
		}
	}
}

// settle waits until no goroutine of the test is left.
func settle(t *testing.T, before int) {
	t.Helper()
	for range 10000 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(100 * time.Microsecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}

func TestCancel(t *testing.T) {
	for _, workers := range []int{1, 2, 8} {
		for stop := range 10 {
			within(t, func() {
				ctx, cancel := context.WithCancel(context.Background())
				n := 0
				for range ordered.Map(ctx, workers, 4, func(int) int64 { return 3 }, upTo(1000), spin) {
					if n++; n == stop+1 {
						cancel()
					} else if n > stop+1 {
						t.Errorf("%d workers: a value was yielded after the context had ended", workers)
					}
				}
				cancel()
			})
		}
	}
}

func TestCancelInside(t *testing.T) {
	for _, workers := range []int{1, 4} {
		within(t, func() {
			ctx, cancel := context.WithCancel(context.Background())
			f := func(i int) int {
				if i == 7 {
					cancel()
				}
				return i
			}
			for v := range ordered.Map(ctx, workers, 0, nil, upTo(1000), f) {
				if v >= 7 {
					t.Errorf("%d workers: %d was yielded after the context had ended", workers, v)
				}
			}
		})
	}
}

// TestBounds counts the values and the weight under way and the calls at a
// time.
func TestBounds(t *testing.T) {
	const workers, limit = 3, 10
	var mu sync.Mutex
	values, load, maxValues, maxLoad := 0, 0, 0, 0
	add := func(n, w int) {
		mu.Lock()
		defer mu.Unlock()
		values, load = values+n, load+w
		maxValues, maxLoad = max(maxValues, values), max(maxLoad, load)
	}
	weight := func(i int) int64 { return int64(i % 4) }
	in := func(yield func(int) bool) {
		for i := range 2000 {
			add(1, 0)
			if !yield(i) {
				return
			}
		}
	}
	var calls, maxCalls atomic.Int32
	f := func(i int) int {
		add(0, i%4)
		if n := calls.Add(1); n > maxCalls.Load() {
			maxCalls.Store(n)
		}
		spin(i)
		calls.Add(-1)
		return i
	}
	for i := range ordered.Map(context.Background(), workers, limit, weight, in, f) {
		add(-1, -(i % 4))
	}
	if maxValues > 4*workers {
		t.Errorf("%d values were under way, more than %d", maxValues, 4*workers)
	}
	if maxLoad > limit {
		t.Errorf("values of weight %d were under way, more than %d", maxLoad, limit)
	}
	if maxCalls.Load() > workers {
		t.Errorf("%d calls at a time with %d workers", maxCalls.Load(), workers)
	}
}

// TestHeavy lets a value through that weighs more than the limit alone.
func TestHeavy(t *testing.T) {
	within(t, func() {
		got := slices.Collect(ordered.Map(context.Background(), 2, 1, func(int) int64 { return 1 << 50 }, upTo(20), spin))
		if len(got) != 20 {
			t.Errorf("got %d of 20 values", len(got))
		}
	})
}

func TestNoWorkers(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	ordered.Map(context.Background(), 0, 0, nil, upTo(1), spin)
}

func ExampleMap() {
	words := slices.Values([]string{"a", "bb", "ccc"})
	for n := range ordered.Map(context.Background(), 2, 0, nil, words, func(s string) int { return len(s) }) {
		fmt.Println(n)
	}
	// Output:
	// 1
	// 2
	// 3
}

func BenchmarkMap(b *testing.B) {
	b.ReportAllocs()
	for range ordered.Map(context.Background(), 2, 1<<20, func(int) int64 { return 1 }, upTo(b.N), func(i int) int { return i }) {
	}
}
