package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// stopped is why a context ended: by a signal, which is no result of what ran.
type stopped struct{ signal syscall.Signal }

func (s stopped) Error() string {
	return fmt.Sprintf("stopped (%v); run it again to go on", s.signal)
}

// errStuck is of what was left behind.
var errStuck = errors.New("it did not end")

// stoppable returns a context that the signals of an end cancel, and that cancel
// ends as they do.
func stoppable() (ctx context.Context, cancel context.CancelCauseFunc) {
	ctx, cancel = context.WithCancelCause(context.Background())
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM} // also where a shell's & ignores the first
	if !signal.Ignored(syscall.SIGHUP) {                  // nohup
		signals = append(signals, syscall.SIGHUP)
	}
	got := make(chan os.Signal, 1)
	signal.Notify(got, signals...)
	go func() { cancel(stopped{(<-got).(syscall.Signal)}) }()
	// Whoever reads the output may end: that is an error of a write below, and not
	// the end of the process in the middle of a piece. Ignoring the signal would make
	// PyTorch's process ignore it too.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	return ctx, cancel
}

// An output is a writer whose failure stops the program.
type output struct {
	io.Writer
	cancel context.CancelCauseFunc
}

func (o output) Write(b []byte) (int, error) {
	n, err := o.Writer.Write(b)
	if err != nil {
		o.cancel(stopped{syscall.SIGPIPE})
	}
	return n, err
}

// stopStatus is the exit status of a shell's command that a signal ended.
func stopStatus(ctx context.Context) int {
	var s stopped
	if errors.As(context.Cause(ctx), &s) {
		return 128 + int(s.signal)
	}
	return 128 + int(syscall.SIGINT)
}

// within returns what f does, in another goroutine. Where ctx ends or the limit
// passes, and f does not end in the grace that follows, it is left behind: errStuck.
func within[T any](ctx context.Context, limit, grace time.Duration, f func() (T, error)) (T, error) {
	type result struct {
		x   T
		err error
	}
	done := make(chan result, 1)
	go func() {
		x, err := f()
		done <- result{x, err}
	}()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case r := <-done:
		return r.x, r.err
	case <-ctx.Done():
	case <-timer.C:
	}
	timer.Reset(grace)
	select {
	case r := <-done:
		return r.x, r.err
	case <-timer.C:
		var none T
		return none, errStuck
	}
}
