package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golongrl/golongrl/trainer/cuda/internal/engine"
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/internal/kerneltest"
	"github.com/golongrl/golongrl/trainer/cuda/internal/shim"
	"github.com/golongrl/golongrl/trainer/demo"
	"github.com/golongrl/golongrl/trainer/model"
)

// tinyShape is small enough for a CPU that runs kernels thread by thread.
var tinyShape = stepShape{
	name: "tiny", std: 0.2, micro: 20, chunk: 4, prompt: 2,
	cfg: model.Config{
		Vocab: 37, Hidden: 24, Layers: 1, Heads: 4, KVHeads: 2, HeadDim: 8, MLP: 20,
		RopeTheta: 1e4, NormEps: 1e-6, Tied: true, MaxLen: 48,
	},
	lengths: []int{9, 1, 14},
}

func tinySize() sizes {
	c := tinyShape.cfg
	return sizes{
		cases: []kerneltest.Case{
			{Name: "one/a", Run: func(gpu.Device) (float64, error) { return 0.25, nil }},
			{Name: "one/b", Run: func(gpu.Device) (float64, error) { return 0.5, nil }},
		},
		step: []stepShape{tinyShape},
		demo: demoSize{rise: -1, near: 2, set: func(s *demo.Settings) {
			s.Model.Hidden, s.Model.Layers, s.Model.Heads, s.Model.KVHeads, s.Model.MLP = 16, 1, 2, 1, 16
			s.WarmupSteps, s.WarmupBatch, s.Pool, s.HeldOut, s.HeldOutSamples, s.LookEvery = 1, 2, 4, 1, 1, 0
			s.Train.Steps, s.Train.TrainBatch, s.Train.GenBatch, s.Train.Samples, s.Train.MaxResponse, s.Train.Warmup = 1, 1, 1, 2, 2, 0
		}},
		bench: benchSize{
			cfg: c, rounds: 1, tokens: 12, attention: []int{16}, update: []int{16}, ownUpdate: 16, wholeCompile: 16, torch: "tiny", chunk: 5,
		},
		workers: 1,
	}
}

// again makes one device serve several runs.
type again struct{ *shim.Device }

func (again) Close() error { return nil }

func program(t *testing.T, d gpu.Device, size sizes, args ...string) (status int, out, said string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	open := func(int) (gpu.Device, error) { return d, nil }
	status = run(t.Context(), append([]string{"-python", ""}, args...), &stdout, &stderr, open, size)
	return status, stdout.String(), stderr.String()
}

// All stages run on the CPU, and a second run has nothing to do.
func TestStages(t *testing.T) {
	if testing.Short() {
		t.Skip("the stages compute for seconds")
	}
	d := again{shim.Test(t, shim.Options{Fast: true})}
	file := filepath.Join(t.TempDir(), "results.json")
	status, out, said := program(t, d, tinySize(), "-o", file)
	if status != 0 {
		t.Fatalf("status %d\n%s\n%s", status, out, said)
	}
	for _, want := range []string{
		"| kernels | one | ok |", "cases 2, worst 0.5", "| step | tiny, bf16, own kernels, keep inputs | ok |", "| demo | f32 | ok |",
		"| bench | update 16, golongrl again | ok |", "absent  bench/update 16, PyTorch eager, full head, auto attention", " 0 failed, ",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	before, err := read(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range before.Pieces {
		if p.State != Passed && !strings.Contains(p.Name, "PyTorch") {
			t.Errorf("%s", line(p))
		}
	}
	start := time.Now()
	if status, out, _ = program(t, d, tinySize(), "-o", file); status != 0 || strings.Contains(out, "ok      ") || time.Since(start) > time.Second {
		t.Errorf("the second run, status %d:\n%s", status, out)
	}
	if status, out, _ = program(t, d, tinySize(), "-o", file, "-table"); status != 0 || !strings.Contains(out, "| step |") {
		t.Errorf("the table, status %d:\n%s", status, out)
	}
}

// A fake device does nothing, or fails.
type fake struct {
	gpu.Device
	name string
	err  error
}

func (f *fake) Info() gpu.Info               { return gpu.Info{Name: f.name, Major: 8, Emulated: true} }
func (f *fake) Enter() (func(), error)       { return func() {}, nil }
func (f *fake) Sync() error                  { return f.err }
func (f *fake) Close() error                 { return nil }
func (f *fake) Alloc(int64) (gpu.Ptr, error) { return 0, errors.New("no memory") }

func cases(f ...func() (float64, error)) sizes {
	var s sizes
	for i, f := range f {
		s.cases = append(s.cases, kerneltest.Case{Name: fmt.Sprintf("op/%d", i), Run: func(gpu.Device) (float64, error) { return f() }})
	}
	return s
}

// A piece that fails, panics or breaks the device is told of, and the others run.
func TestFailures(t *testing.T) {
	file := filepath.Join(t.TempDir(), "results.json")
	d := &fake{name: "fake"}
	ran := 0
	fine := func() (float64, error) { ran++; return 0, nil }
	size := cases(fine,
		func() (float64, error) { return 3, errors.New("wrong") },
		func() (float64, error) { panic("oh") },
		func() (float64, error) { return math.NaN(), nil },
		func() (float64, error) { d.err = errors.New("lost"); return 0, nil },
		fine)
	args := []string{"-stage", "kernels", "-o", file}
	status, out, said := program(t, d, size, args...)
	if status != exitMore || ran != 1 || !strings.Contains(said, "device") {
		t.Errorf("status %d, %d ran\n%s\n%s", status, ran, out, said)
	}
	d.err = nil
	status, out, _ = program(t, d, size, args...)
	if status != exitFailed || ran != 2 {
		t.Errorf("status %d, %d ran\n%s", status, ran, out)
	}
	for _, want := range []string{"op/1: wrong", "op/2: panic: oh", "op/3: worst is NaN", "op/4: lost", "| kernels | op | failed |", "2 ok, 4 failed"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

func TestBudget(t *testing.T) {
	file := filepath.Join(t.TempDir(), "results.json")
	size := sizes{demo: demoSize{takes: time.Hour}, workers: 1}
	status, _, said := program(t, &fake{name: "fake"}, size, "-stage", "demo", "-o", file)
	if status != exitMore || !strings.Contains(said, "run it again") {
		t.Errorf("status %d\n%s", status, said)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var none bytes.Buffer
	open := func(int) (gpu.Device, error) { return &fake{name: "fake"}, nil }
	if status := run(ctx, []string{"-stage", "demo", "-o", file}, &none, &none, open, sizes{}); status != 130 {
		t.Errorf("interrupted: status %d", status)
	}
}

func TestUsage(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.json")
	if err := os.WriteFile(bad, []byte("{"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ args, want string }{
		{"-stage nothing", "usage"}, {"word", "usage"}, {"-o " + bad, "no report"}, {"-crashed 2 -o " + bad, "no report"},
		{"-table -o " + filepath.Join(dir, "none"), "there is no"},
	} {
		status, _, said := program(t, &fake{name: "fake"}, sizes{}, strings.Fields(c.args)...)
		if status != exitUsage || !strings.Contains(said, c.want) {
			t.Errorf("%s: status %d: %s", c.args, status, said)
		}
	}
	var out bytes.Buffer
	open := func(int) (gpu.Device, error) { return nil, errors.New("no driver") }
	if status := run(t.Context(), []string{"-o", filepath.Join(dir, "r.json")}, &out, &out, open, sizes{}); status != exitNoGPU {
		t.Errorf("no GPU: status %d", status)
	}
}

// The comparison with the CPU notices wrong log-probabilities and gradients, and
// bits that differ between levels.
func TestCompareCanFail(t *testing.T) {
	if testing.Short() {
		t.Skip("computes for seconds")
	}
	v := &verifier{ctx: t.Context(), dev: shim.Test(t, shim.Options{Fast: true}), sizes: tinySize(), report: &Report{}, refs: map[string]*reference{}}
	s := &tinyShape
	x := variant{gpu.BF16, true, engine.KeepAll}
	r, err := v.reference(s)
	if err != nil {
		t.Fatal(err)
	}
	r.out.LogP[3] += 0.02
	g := r.grads[2]
	for i := range g {
		g[i] += 0.1 * float32(math.Sin(float64(i)))
	}
	p := new(Piece)
	if err := v.compare(p, s, x); err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(p.Problem, "\n"); !strings.Contains(text, "log-probability is") || !strings.Contains(text, "1-cosine is") || strings.Contains(text, "entropy") {
		t.Errorf("problems: %s", text)
	}
	p.Stage, p.Name, p.Bits = stageStep, fmt.Sprintf("%s, %v", s.name, x), "0"
	v.report.Pieces = append(v.report.Pieces, p)
	x.keep = engine.KeepInputs
	if err := v.compare(new(Piece), s, x); err == nil || !strings.Contains(err.Error(), "bits") {
		t.Errorf("other bits: %v", err)
	}
}

// The floating-point operations of an update are those of the floors: linear layers
// at 700 TFLOP/s, attention at 600 forward and 500 backward, in ms.
func TestFlops(t *testing.T) {
	for _, c := range []struct {
		tokens            int
		linear, attention float64
	}{{4096, 21, 13}, {16384, 84, 205}, {65536, 335, 3284}} {
		linear := flops(qwen3, c.tokens, -1)
		forward := flops(qwen3, c.tokens, 0) - linear
		if got := linear / 700e12 * 1e3; math.Abs(got-c.linear) > 0.6 {
			t.Errorf("%d tokens: linear layers take %.1f ms, want %v", c.tokens, got, c.linear)
		}
		if got := (forward/600e12 + 2.5*forward/500e12) * 1e3; math.Abs(got/c.attention-1) > 0.03 {
			t.Errorf("%d tokens: attention takes %.1f ms, want %v", c.tokens, got, c.attention)
		}
	}
}

func TestRatios(t *testing.T) {
	r := &Report{}
	for _, x := range []struct {
		name     string
		ms, peak float64
	}{
		{"golongrl", 100, 10}, {"PyTorch eager, full head, auto attention", 165, 25}, {"golongrl again", 120, 10},
	} {
		p := &Piece{Stage: stageBench, Name: updateName(4096, x.name), State: Passed}
		p.add("ms", x.ms, "ms")
		p.add("peak memory", x.peak, "GiB")
		r.Pieces = append(r.Pieces, p)
	}
	var b strings.Builder
	table(&b, r)
	if want := "| 4096 | PyTorch eager, full head, auto attention | 1.50 | 2.50 |"; !strings.Contains(b.String(), want) {
		t.Errorf("no %q in\n%s", want, b.String())
	}
}

// PyTorch computes what the policy computes. Name an interpreter with torch.
func TestPyTorch(t *testing.T) {
	const name = "GOLONGRL_TORCH_PYTHON"
	python := os.Getenv(name)
	if python == "" {
		t.Skip("the environment has no " + name)
	}
	script, err := filepath.Abs("../../../benchmarks/reference/qwen3_gpu.py")
	if err != nil {
		t.Fatal(err)
	}
	v := &verifier{ctx: t.Context(), dev: shim.Test(t, shim.Options{Fast: true}), sizes: tinySize(), report: &Report{}, python: python, script: script, refs: map[string]*reference{}}
	p := new(Piece)
	if err := v.against(p, &tinyShape); err != nil {
		t.Fatal(err)
	}
	t.Log(line(p))
	if err := v.torchUpdate(p, 16, torchWay{"eager", "chunked", "auto"}, time.Minute); err != nil {
		t.Error(err)
	}
	if ms, ok := p.value("ms"); !ok || !(ms > 0) {
		t.Errorf("PyTorch's update: %s", line(p))
	}
	if err := v.torchUpdate(p, 16, torchWay{"eager", "chunked", "none"}, time.Minute); err == nil {
		t.Error("an attention that is none: no error")
	}
	for _, x := range p.Problem {
		t.Error(x)
	}
}
