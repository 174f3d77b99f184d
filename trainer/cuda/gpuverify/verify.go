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
	deadline time.Time

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
		if p != nil { // an earlier process ended in it
			p.State = Failed
			p.fail("the process ended while this ran")
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
		if err := v.one(stage, w); err != nil {
			return err
		}
	}
	return nil
}

func (v *verifier) one(stage string, w work) error {
	p := &Piece{Stage: stage, Name: w.name, State: Running}
	v.report.Pieces = append(v.report.Pieces, p)
	if err := v.report.write(v.file); err != nil {
		return err
	}
	start := time.Now()
	err := try(w.do, p)
	p.Seconds = time.Since(start).Seconds()
	if ctx := v.ctx.Err(); ctx != nil { // nothing is known
		v.report.Pieces = v.report.Pieces[:len(v.report.Pieces)-1]
		return errors.Join(ctx, v.report.write(v.file))
	}
	switch {
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
	if p.State == Failed && v.broken() {
		return errBroken
	}
	return nil
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
