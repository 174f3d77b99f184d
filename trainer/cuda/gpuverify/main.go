// Gpuverify tries the policy on a GPU: that it loads, that every kernel and a whole
// update compute what the CPU computes, that it learns, and how fast it is beside
// PyTorch. scripts/gpu-verify makes a folder of it that needs no Go; docs/gpu.md
// says how to read what it prints.
//
//	gpuverify [-stage load,kernels,step,demo,bench] [-o results.json]
//
// Each piece of a stage is written to the results when it is done, and is not done
// again: a run that was stopped, or whose time was used up, goes on when it is started
// once more. A signal (INT, TERM, HUP) stops it within seconds, and what was under way
// is done again. What was under way when the process was killed is tried once more;
// -crashed says that it was no one from outside, and makes it a failure. Results of
// another build of this program, or with another GPU, driver or libraries, are kept
// under another name, and all begins anew.
//
// Exit status: 0, all is well; 1, a piece failed; 3, there is no usable driver or GPU;
// 4, there is more to do: run again; 64, usage, or the results cannot be written; 128
// and the number of the signal that stopped it, 13 where nobody reads what it prints.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/golongrl/golongrl/internal/filelock"
	"github.com/golongrl/golongrl/trainer/cuda"
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// The stages, in their order.
const (
	stageLoad    = "load"
	stageKernels = "kernels"
	stageStep    = "step"
	stageDemo    = "demo"
	stageBench   = "bench"
)

var stages = []string{stageLoad, stageKernels, stageStep, stageDemo, stageBench}

// Exit statuses.
const (
	exitFailed = 1
	exitUsage  = 64 // 2 is that of a Go program that crashes
	exitNoGPU  = 3
	exitMore   = 4
)

func main() {
	ctx, cancel := stoppable()
	os.Exit(run(ctx, os.Args[1:], output{os.Stdout, cancel}, output{os.Stderr, cancel}, cuda.OpenDevice, fullSize()))
}

// options are the flags.
type options struct {
	stages []string
	file   string
	budget time.Duration
	device int
	python string

	brief, table bool
	crashed      int
}

// parse reads the flags. Its error has been told of.
func parse(args []string, stderr io.Writer) (o options, err error) {
	f := flag.NewFlagSet("gpuverify", flag.ContinueOnError)
	f.SetOutput(stderr)
	wanted := f.String("stage", strings.Join(stages, ","), "stages to run")
	f.StringVar(&o.file, "o", "results.json", "file of the results, which are gone on with if it is there")
	f.DurationVar(&o.budget, "budget", 7*time.Minute+30*time.Second, "time for each stage")
	f.IntVar(&o.device, "device", 0, "number of the GPU")
	f.StringVar(&o.python, "python", "python3", "interpreter with torch, to compare with; empty: none")
	f.BoolVar(&o.brief, "brief", false, "print no table at the end")
	f.BoolVar(&o.table, "table", false, "print the table of the results and do nothing")
	f.IntVar(&o.crashed, "crashed", 0, "note that the last process ended with this status in the middle of a piece, and do nothing")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	o.stages = strings.Split(*wanted, ",")
	for _, s := range o.stages {
		if !slices.Contains(stages, s) || f.NArg() > 0 {
			err := fmt.Errorf("usage: gpuverify [-stage %s] [-o FILE]; see -help", strings.Join(stages, ","))
			fmt.Fprintf(stderr, "gpuverify: %v\n", err)
			return o, err
		}
	}
	return o, nil
}

// run is the program; open opens the device, and size says how much work is done.
func run(ctx context.Context, args []string, stdout, stderr io.Writer, open func(ordinal int) (gpu.Device, error), size sizes) int {
	o, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		return exitUsage
	}
	say := func(format string, args ...any) { fmt.Fprintf(stderr, "gpuverify: "+format+"\n", args...) }
	usage := func(err error) int {
		say("%v", err)
		return exitUsage
	}
	if o.table {
		r, err := read(o.file)
		if err == nil && r == nil {
			err = fmt.Errorf("there is no %s", o.file)
		}
		if err != nil {
			return usage(err)
		}
		table(stdout, r)
		return status(r)
	}
	unlock, err := filelock.Dir(filepath.Dir(o.file))
	if err != nil {
		return usage(err)
	}
	defer unlock()
	if o.crashed != 0 {
		if err := crashed(stdout, o.file, o.crashed); err != nil {
			return usage(err)
		}
		return 0
	}
	build, err := buildHash()
	if err != nil {
		return usage(err)
	}
	r, note, err := resume(o.file, build)
	if err != nil {
		return usage(err)
	}
	if note != "" {
		say("%s", note)
	}
	start := time.Now()
	dev, err := within(ctx, o.budget, size.grace, func() (gpu.Device, error) { return open(o.device) })
	opening := time.Since(start)
	if ctx.Err() != nil {
		say("%v", context.Cause(ctx))
		return stopStatus(ctx)
	}
	if errors.Is(err, errStuck) {
		err = fmt.Errorf("the GPU was not opened within %v", o.budget)
	}
	if err != nil {
		say("%v", err)
		return exitNoGPU
	}
	v := &verifier{
		ctx: ctx, dev: dev, sizes: size, file: o.file, log: stdout,
		python: o.python, script: script(), refs: map[string]*reference{},
	}
	defer func() {
		if !v.stuck { // it would wait for what was left behind
			dev.Close()
		}
	}()
	if v.report, note, err = r.onDevice(o.file, dev.Info()); err != nil {
		return usage(err)
	}
	if note != "" {
		say("%s", note)
	}
	for _, s := range stages {
		if !slices.Contains(o.stages, s) {
			continue
		}
		fmt.Fprintf(stdout, "== %s\n", s)
		v.budget, v.deadline = o.budget, time.Now().Add(o.budget)
		err := v.run(s, v.pieces(s, opening))
		switch {
		case ctx.Err() != nil:
			say("stage %s: %v", s, context.Cause(ctx))
			return stopStatus(ctx)
		case errors.Is(err, errBudget) || errors.Is(err, errBroken):
			say("stage %s: %v", s, err)
			return exitMore
		case err != nil:
			say("stage %s: %v", s, err)
			return exitUsage
		}
	}
	if !o.brief {
		table(stdout, v.report)
	}
	return status(v.report)
}

// pieces returns those of a stage.
func (v *verifier) pieces(stage string, opening time.Duration) []work {
	switch stage {
	case stageLoad:
		return v.load(opening)
	case stageKernels:
		return v.kernels()
	case stageStep:
		return v.step()
	case stageDemo:
		return v.demo()
	}
	return v.bench()
}

func status(r *Report) int {
	if r.count().Failed > 0 {
		return exitFailed
	}
	return 0
}

// host describes this machine's CPU side.
func host() string {
	return fmt.Sprintf("%s/%s, %d processors, %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
}

// script returns where the PyTorch side is: beside this program.
func script() string {
	exe, err := os.Executable()
	if err != nil {
		return "qwen3_gpu.py"
	}
	return filepath.Join(filepath.Dir(exe), "qwen3_gpu.py")
}
