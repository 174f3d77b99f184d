package serve

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
)

// TestGateOrder lets requests in by their arrival: a large one that waits is not
// overtaken by small ones for which there is room.
func TestGateOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(10, 3)
		ctx := t.Context()
		if n, err := g.enter(ctx, 6); n != 6 || err != nil {
			t.Fatal(n, err)
		}
		var mu sync.Mutex
		var order []int64
		in := func(n int64) {
			if got, err := g.enter(ctx, n); err != nil || got != min(n, 10) {
				t.Errorf("enter(%d) = %d, %v", n, got, err)
			}
			mu.Lock()
			order = append(order, n)
			mu.Unlock()
		}
		for _, n := range []int64{99, 1, 2} { // 99 is taken for 10
			go in(n)
			synctest.Wait()
		}
		if _, err := g.enter(ctx, 1); !errors.Is(err, errBusy) {
			t.Errorf("the fourth that waits: %v", err)
		}
		if taken, waiting := g.load(); taken != 6 || waiting != 3 {
			t.Errorf("%d taken, %d wait", taken, waiting)
		}
		if len(order) != 0 {
			t.Errorf("%v overtook", order)
		}
		g.leave(6)
		synctest.Wait()
		if len(order) != 1 || order[0] != 99 {
			t.Errorf("%v are in, want 99 alone", order)
		}
		g.leave(10)
		synctest.Wait()
		if len(order) != 3 {
			t.Errorf("%v are in, want all", order)
		}
		g.leave(3)
		if taken, waiting := g.load(); taken != 0 || waiting != 0 {
			t.Errorf("in the end %d taken, %d wait", taken, waiting)
		}
	})
}

// TestGateGone is about those who do not wait to the end: they take nothing, and
// whom they kept waiting is let in.
func TestGateGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(10, 8)
		g.enter(t.Context(), 6)
		ctx, cancel := context.WithCancelCause(t.Context())
		var first, second error = errBusy, errBusy
		go func() { _, first = g.enter(ctx, 10) }()
		synctest.Wait()
		go func() { _, second = g.enter(t.Context(), 4) }()
		synctest.Wait()
		if second != errBusy {
			t.Fatal("the small one overtook")
		}
		cancel(errStopped)
		synctest.Wait()
		if first != errStopped || second != nil {
			t.Errorf("first %v, second %v", first, second)
		}
		if taken, waiting := g.load(); taken != 10 || waiting != 0 {
			t.Errorf("%d taken, %d wait", taken, waiting)
		}
	})
}
