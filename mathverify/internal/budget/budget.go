// Package budget bounds work by steps instead of time, so that an answer gets
// the same verdict on every machine and at every load.
package budget

import (
	"context"
	"errors"
)

// ErrSteps is the error of work that has used up its steps.
var ErrSteps = errors.New("the step budget is used up")

// interval is how many steps may pass between two looks at the context; a step
// is about 20 ns.
const interval = 1 << 13

// A Budget counts the steps of one verdict. It belongs to one goroutine.
type Budget struct {
	left int64 // of the innermost limit
	look int64 // value of left at which to look at the context next
	ctx  context.Context
}

// Of returns a budget of n steps.
func Of(n int64) *Budget { return New(context.Background(), n) }

// New returns a budget of n steps that also ends with the context.
func New(ctx context.Context, n int64) *Budget {
	return &Budget{left: n, look: n, ctx: ctx}
}

// stop unwinds work whose budget has ended. Only Run and Within see it.
type stop struct {
	b   *Budget
	err error
}

// Use takes n steps, about 20 ns each. When they are not there, or the context
// has ended, it unwinds to the innermost Within or Run.
func (b *Budget) Use(n int64) {
	b.left -= n
	if b.left > b.look {
		return
	}
	b.check()
}

func (b *Budget) check() {
	if err := b.ctx.Err(); err != nil {
		panic(stop{b, err})
	}
	if b.left < 0 {
		panic(stop{b, ErrSteps})
	}
	b.look = max(b.left-interval, 0)
}

// Left returns how many steps the innermost limit has.
func (b *Budget) Left() int64 { return max(b.left, 0) }

// Run calls f and returns nil, or ErrSteps or the context's error when f was
// cut short.
func (b *Budget) Run(f func()) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case stop:
			if r.b != b {
				panic(r)
			}
			err = r.err
		default:
			panic(r)
		}
	}()
	f()
	return nil
}

// Within calls f with at most n of the steps that are left. When f uses them
// up, Within returns ErrSteps and the caller goes on with the rest; when the
// context ends, it unwinds further.
func (b *Budget) Within(n int64, f func()) error {
	n = max(min(n, b.left), 0)
	outside := b.left - n
	b.left = n
	b.look = n
	err := b.Run(f)
	b.left = max(b.left, 0) + outside
	b.look = b.left
	if err != nil && err != ErrSteps {
		panic(stop{b, err})
	}
	return err
}
