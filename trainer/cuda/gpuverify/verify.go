package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/internal/kerneltest"
)

// A verifier runs the pieces of stages and keeps what they find.
type verifier struct {
	ctx      context.Context
	dev      gpu.Device
	sizes    sizes
	report   *Report
	file     string // of the report
	log      io.Writer
	budget   time.Duration // of the stage
	deadline time.Time     // of the stage
	stuck    bool          // a piece was left behind, and has the device

	python, script string // of the PyTorch side
	refs           map[string]*reference
}

// sizes says how large the work of the stages is.
type sizes struct {
	cases   []kerneltest.Case
	step    []stepShape
	demo    demoSize
	bench   benchSize
	workers int // of the CPU policy that is compared with

	// grace is how long a piece has to end once it is asked to, or has used up the
	// time of its stage. Then it is left behind: a kernel that hangs cannot be ended.
	grace time.Duration
}

// A work is a piece to do.
type work struct {
	name string
	// takes is a guess of the time. A piece that would not end in time is left to
	// the next run.
	takes time.Duration
	do    func(*Piece) error
}

// The ways a stage ends early.
var (
	errBudget  = errors.New("the time of the stage is used up; run it again to go on")
	errBroken  = errors.New("the device no longer works after this; run again to go on with the next piece")
	errMissing = errors.New("absent")
)

// absent is an error of a piece that this machine cannot do.
func absent(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errMissing, fmt.Sprintf(format, args...))
}

// run does the pieces of a stage that are not done. A piece that fails keeps none
// of the others from running.
func (v *verifier) run(stage string, all []work) error {
	for _, w := range all {
		p := v.report.piece(stage, w.name)
		if p != nil && p.State != Running {
			continue
		}
		if p != nil && p.Tries > 1 {
			p.State = Failed
			p.fail("%d processes ended while this ran", p.Tries)
			if err := v.save(p); err != nil {
				return err
			}
			continue
		}
		if err := v.ctx.Err(); err != nil {
			return err
		}
		if time.Until(v.deadline) < w.takes {
			return errBudget
		}
		tries := 1
		if p != nil { // a process ended in it: by the piece's fault, or killed
			tries += p.Tries
			v.report.drop(p)
		}
		if err := v.one(stage, w, tries); err != nil {
			return err
		}
	}
	return nil
}

func (v *verifier) one(stage string, w work, tries int) error {
	begun := &Piece{Stage: stage, Name: w.name, State: Running, Tries: tries}
	v.report.Pieces = append(v.report.Pieces, begun)
	if err := v.report.write(v.file); err != nil {
		return err
	}
	start := time.Now()
	_, err := within(v.ctx, time.Until(v.deadline), v.sizes.grace, func() (struct{}, error) { return struct{}{}, try(w.do, begun) })
	took := time.Since(start)
	p := begun
	if v.stuck = errors.Is(err, errStuck); v.stuck { // begun is not ours any more
		v.report.drop(begun)
		p = &Piece{Stage: stage, Name: w.name, Tries: tries}
		v.report.Pieces = append(v.report.Pieces, p)
	}
	p.Seconds = took.Seconds()
	// Nothing is known of a piece that was stopped, or that the stage had less than
	// half of its time left for.
	ended := v.ctx.Err()
	if ended == nil && err != nil && time.Now().After(v.deadline) && took < v.budget/2 {
		ended = errBudget
	}
	if ended != nil {
		v.report.drop(p)
		return errors.Join(ended, v.report.write(v.file))
	}
	if p.Tries == 1 {
		p.Tries = 0
	} else {
		p.note("try %d: a process ended while this ran", p.Tries)
	}
	switch {
	case v.stuck:
		p.State = Failed
		p.fail("it had not ended after %v, and was left behind", took.Round(time.Second))
	case errors.Is(err, errMissing):
		p.State = Absent
		p.note("%v", err)
	case err != nil || len(p.Problem) > 0:
		p.State = Failed
		if err != nil {
			p.fail("%v", err)
		}
	default:
		p.State = Passed
	}
	if err := v.save(p); err != nil {
		return err
	}
	if v.stuck || p.State == Failed && v.broken() {
		return errBroken
	}
	return nil
}

// crashed makes failures of the pieces in which a process ended with a status, by
// its own fault.
func crashed(log io.Writer, file string, status int) error {
	r, err := read(file)
	if err != nil || r == nil {
		return err
	}
	for _, p := range r.Pieces {
		if p.State == Running {
			p.State = Failed
			p.fail("the process ended with status %d while this ran", status)
			fmt.Fprintln(log, line(p))
		}
	}
	r.count()
	return r.write(file)
}

// try turns a panic, which would lose the pieces behind it, into an error.
func try(do func(*Piece) error, p *Piece) (err error) {
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("panic: %v\n%s", x, debug.Stack())
		}
	}()
	return do(p)
}

// broken reports whether the device still fails.
func (v *verifier) broken() bool {
	leave, err := v.dev.Enter()
	if err != nil {
		return true
	}
	defer leave()
	return v.dev.Sync() != nil
}

func (v *verifier) save(p *Piece) error {
	fmt.Fprintln(v.log, line(p))
	v.report.count()
	return v.report.write(v.file)
}

// entered does f tied to the device.
func (v *verifier) entered(f func() error) error {
	leave, err := v.dev.Enter()
	if err != nil {
		return err
	}
	defer leave()
	return f()
}
