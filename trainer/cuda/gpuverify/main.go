// Gpuverify tries the policy on a GPU: that it loads, that every kernel and a whole
// update compute what the CPU computes, that it learns, and how fast it is beside
// PyTorch. scripts/gpu-verify makes a folder of it that needs no Go; docs/gpu.md
// says how to read what it prints.
//
//	gpuverify [-stage load,kernels,step,demo,bench] [-o results.json]
//
// Each piece of a stage is written to the results when it is done, and is not done
// again: a run that was ended, or whose time was used up, goes on when it is started
// once more.
//
// Exit status: 0, all is well; 1, a piece failed; 3, there is no usable driver or GPU;
// 4, there is more to do: run again; 64, usage, or the results cannot be written.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/golongrl/golongrl/trainer/cuda"
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/kernels"
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
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr, cuda.OpenDevice, fullSize()))
}

// run is the program; open opens the device, and size says how much work is done.
func run(ctx context.Context, args []string, stdout, stderr io.Writer, open func(ordinal int) (gpu.Device, error), size sizes) int {
	f := flag.NewFlagSet("gpuverify", flag.ContinueOnError)
	f.SetOutput(stderr)
	wanted := f.String("stage", strings.Join(stages, ","), "stages to run")
	file := f.String("o", "results.json", "file of the results, which are gone on with if it is there")
	budget := f.Duration("budget", 7*time.Minute+30*time.Second, "time for each stage")
	ordinal := f.Int("device", 0, "number of the GPU")
	python := f.String("python", "python3", "interpreter with torch, to compare with; empty: none")
	only := f.Bool("table", false, "print the table of the results and do nothing")
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return exitUsage
	}
	say := func(format string, args ...any) { fmt.Fprintf(stderr, "gpuverify: "+format+"\n", args...) }
	names := strings.Split(*wanted, ",")
	for _, s := range names {
		if !slices.Contains(stages, s) || f.NArg() > 0 {
			say("usage: gpuverify [-stage %s] [-o FILE]; see -help", strings.Join(stages, ","))
			return exitUsage
		}
	}
	build := buildHash()
	r, err := read(*file)
	if err != nil {
		say("%v", err)
		return exitUsage
	}
	if *only {
		if r == nil {
			say("there is no %s", *file)
			return exitUsage
		}
		table(stdout, r)
		return status(r)
	}
	if r != nil && r.Build != build {
		say("%s is of another build (%.12s, this is %.12s); remove it, or name another with -o", *file, r.Build, build)
		return exitUsage
	}
	if r == nil {
		r = &Report{Build: build, Begun: time.Now().UTC().Truncate(time.Second), Host: host()}
	}
	start := time.Now()
	dev, err := open(*ordinal)
	opening := time.Since(start)
	if err != nil {
		say("%v", err)
		return exitNoGPU
	}
	defer dev.Close()
	info := dev.Info()
	if r.Device.Name != "" && r.Device.Name != info.Name {
		say("%s is of another device (%s, this is %s); remove it, or name another with -o", *file, r.Device.Name, info.Name)
		return exitUsage
	}
	r.Device = info
	v := &verifier{
		ctx: ctx, dev: dev, sizes: size, report: r, file: *file, log: stdout,
		python: *python, script: script(), refs: map[string]*reference{},
	}
	for _, s := range stages {
		if !slices.Contains(names, s) {
			continue
		}
		fmt.Fprintf(stdout, "== %s\n", s)
		v.deadline = time.Now().Add(*budget)
		err := v.run(s, v.pieces(s, opening))
		switch {
		case errors.Is(err, errBudget) || errors.Is(err, errBroken):
			say("stage %s: %v", s, err)
			return exitMore
		case err != nil:
			say("stage %s: %v", s, err)
			return exitUsage
		}
	}
	table(stdout, r)
	return status(r)
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

// buildHash tells builds with other kernels apart.
func buildHash() string {
	h := sha256.New()
	for _, m := range kernels.Modules() {
		h.Write(m.PTX)
	}
	return hex.EncodeToString(h.Sum(nil))
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
