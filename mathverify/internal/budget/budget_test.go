package budget

import (
	"context"
	"errors"
	"testing"
)

func TestRunEnds(t *testing.T) {
	b := Of(100)
	n := 0
	err := b.Run(func() {
		for {
			b.Use(7)
			n++
		}
	})
	if !errors.Is(err, ErrSteps) || n != 14 {
		t.Errorf("err %v after %d rounds, want ErrSteps after 14", err, n)
	}
	if err := Of(100).Run(func() {}); err != nil {
		t.Error(err)
	}
}

func TestWithinGivesBackTheRest(t *testing.T) {
	b := Of(1000)
	if err := b.Within(100, func() { b.Use(40) }); err != nil || b.Left() != 960 {
		t.Errorf("err %v, left %d, want 960", err, b.Left())
	}
	if err := b.Within(100, func() { b.Use(500) }); err != ErrSteps || b.Left() != 860 {
		t.Errorf("err %v, left %d, want ErrSteps and 860", err, b.Left())
	}
	// The inner limit is never more than the outer one has left.
	err := b.Within(50, func() {
		if err := b.Within(1<<40, func() { b.Use(51) }); err != ErrSteps {
			t.Errorf("inner err %v", err)
		}
		b.Use(1)
	})
	if err != ErrSteps || b.Left() != 810 {
		t.Errorf("err %v, left %d, want ErrSteps and 810", err, b.Left())
	}
}

func TestContextUnwindsWithin(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	b := New(ctx, 1<<40)
	after := false
	err := b.Run(func() {
		b.Within(1<<39, func() {
			cancel()
			b.Use(interval)
			b.Use(interval)
		})
		after = true
	})
	if !errors.Is(err, context.Canceled) || after {
		t.Errorf("err %v, went on %v", err, after)
	}
}

func TestForeignPanicPasses(t *testing.T) {
	defer func() {
		if recover() != "bug" {
			t.Error("a foreign panic was swallowed")
		}
	}()
	Of(1).Run(func() { panic("bug") })
}
