package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/cuda/internal/engine"
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/model"
	"github.com/golongrl/golongrl/trainer/random"
)

// benchUpdates times whole updates of one sequence each: ours, PyTorch's, and ours
// again, so that a clock that falls while the device warms shows.
func (v *verifier) benchUpdates() []work {
	b := v.sizes.bench
	var all []work
	for _, n := range b.update {
		takes := 20*time.Second + time.Duration(8*floor(b.cfg, n)*float64(time.Second))
		ours := func(how string, o engine.Options) work {
			return work{updateName(n, how), takes, func(p *Piece) error { return v.update(p, n, o) }}
		}
		fast := engine.Options{Unordered: true} // as PyTorch is
		compiled := "compiled"
		if n > b.wholeCompile {
			compiled = "compiled-blocks"
		}
		all = append(all, ours("golongrl", fast))
		for _, way := range []torchWay{
			{"eager", "full", "auto"}, {"eager", "chunked", "flash"}, {"eager", "chunked", "cudnn"},
			{compiled, "full", "auto"}, {compiled, "chunked", "flash"}, {compiled, "chunked", "cudnn"},
		} {
			// The limit is generous, and what is planned with a guess.
			limit := takes + 2*time.Minute
			if way.mode == "compiled" {
				limit += 2 * time.Minute
			}
			all = append(all, work{updateName(n, way.String()), takes + limit/4, func(p *Piece) error { return v.torchUpdate(p, n, way, limit) }})
		}
		all = append(all, ours("golongrl again", fast), ours("golongrl, reproducible", engine.Options{}))
		if n <= b.ownUpdate {
			all = append(all, ours("golongrl, own kernels", engine.Options{OwnKernels: true}))
		}
	}
	return all
}

func updateName(tokens int, how string) string { return fmt.Sprintf("update %d, %s", tokens, how) }

// A torchWay is a way of PyTorch to do an update; see qwen3_gpu.py.
type torchWay struct{ mode, head, attention string }

func (w torchWay) String() string {
	return fmt.Sprintf("PyTorch %s, %s head, %s attention", w.mode, w.head, w.attention)
}

// work of an update of one sequence, in floating-point operations: linear layers and
// head, and causal attention with a gradient of two times or, with recomputed
// scores, of two and a half times the forward pass. The convention of model FLOPs
// counts two.
func flops(c model.Config, n int, gradient float64) float64 {
	layers := float64(c.Layers)
	linear := layers*float64(c.Hidden)*float64(2*c.QDim()+2*c.KVDim()+3*c.MLP) + float64(c.Vocab)*float64(c.Hidden)
	t := float64(n)
	return 6*linear*t + (1+gradient)*2*layers*float64(c.QDim())*t*t
}

// floor is about what an update takes at half of the rate of an H100, to plan with.
func floor(c model.Config, n int) float64 { return flops(c, n, 2.5) / 300e12 }

// peaks are the dense bf16 rates of devices, from NVIDIA's data sheets.
var peaks = []struct {
	name string
	rate float64
}{
	{"GH200", 989e12}, {"H200", 989e12}, {"H100 PCIe", 756e12}, {"H100 NVL", 835e12}, {"H100", 989e12}, {"H800", 989e12},
	{"A100", 312e12}, {"A800", 312e12}, {"L40S", 362e12}, {"L4", 121e12}, {"RTX 4090", 165e12}, {"A10", 125e12},
}

// update times whole updates with the policy of options o.
func (v *verifier) update(p *Piece, n int, o engine.Options) (err error) {
	b := v.sizes.bench
	dev, used := metered(v.dev)
	o.Precision, o.MaxTokens, o.MicroTokens, o.ChunkRows = gpu.BF16, n, n, b.chunk
	policy, err := engine.New(dev, b.cfg, o)
	if err != nil {
		return err
	}
	defer closing(policy, &err)
	if err := initialise(policy); err != nil {
		return err
	}
	batch := &backend.Batch{Start: []int{0, n}}
	for i := range n {
		batch.Tokens = append(batch.Tokens, int32(random.Key(2).IntN(uint64(i), b.cfg.Vocab)))
		if i > 0 {
			batch.Rows = append(batch.Rows, i)
		}
	}
	obj, out := newCoefficients(len(batch.Rows), false), &backend.Rows{LogP: make([]float64, n-1)}
	var all []float64
	for i := range b.rounds + 2 { // two warm up
		start := time.Now()
		if err := policy.Accumulate(v.ctx, batch, obj, out); err != nil {
			return err
		}
		if _, err := policy.Update(backend.Update{LR: 1e-6, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Decay: 0.01, Step: i + 1, MaxNorm: 1}); err != nil {
			return err
		}
		if i >= 2 {
			all = append(all, time.Since(start).Seconds())
		}
	}
	p.speed(median(all), v, n)
	p.add("peak memory", float64(used.peak)/(1<<30), "GiB")
	p.Notes = append(p.Notes, policy.Notes()...)
	p.note("%s", policy.Plan())
	return nil
}

// speed keeps the time of an update and what follows from it.
func (p *Piece) speed(seconds float64, v *verifier, n int) {
	p.add("ms", seconds*1e3, "ms")
	p.add("tokens/s", float64(n)/seconds, "")
	name := v.dev.Info().Name
	for _, x := range peaks {
		if strings.Contains(name, x.name) {
			p.add("MFU", 100*flops(v.sizes.bench.cfg, n, 2)/seconds/x.rate, "%")
			return
		}
	}
}

// initialise writes repeated random weights: hundreds of millions of numbers of
// their own would take longer than the timing, which does not depend on them.
func initialise(p backend.Policy) error {
	const period = 1 << 20
	some := make([]float32, period)
	for i := range some {
		some[i] = float32(0.02 * random.Key(1).Normal(uint64(i)))
	}
	for i, t := range p.Config().Tensors() {
		w := make([]float32, t.Len())
		for j := range w {
			w[j] = some[(j+i*12345)%period]
			if t.Norm {
				w[j] = 1
			}
		}
		if err := p.Write(backend.Weights, i, w); err != nil {
			return err
		}
	}
	return nil
}

// torchUpdate times one way of PyTorch in a process of its own, which gives back
// the memory.
func (v *verifier) torchUpdate(p *Piece, n int, way torchWay, limit time.Duration) error {
	b := v.sizes.bench
	if v.dev.Info().Emulated && b.torch != "tiny" {
		return absent("an emulated device is not compared")
	}
	lines, err := v.torch(limit, "time", "--config", b.torch, "--tokens", fmt.Sprint(n), "--modes", way.mode, "--heads", way.head, "--attention", way.attention,
		"--chunk", fmt.Sprint(b.chunk), "--steps", fmt.Sprint(b.rounds))
	if err != nil {
		return err
	}
	if len(lines) != 1 {
		return fmt.Errorf("PyTorch says %d lines, not 1", len(lines))
	}
	var r struct {
		Error, Attention, GQA, Torch, Device string
		Seconds, First, Peak                 float64
		Recompute                            bool
	}
	if err := json.Unmarshal(lines[0], &r); err != nil {
		return err
	}
	switch {
	case strings.HasPrefix(r.Error, "out of memory"):
		return absent("%s", r.Error)
	case r.Error != "":
		return fmt.Errorf("PyTorch: %s", r.Error)
	}
	p.speed(r.Seconds, v, n)
	if r.Peak > 0 {
		p.add("peak memory", r.Peak/(1<<30), "GiB")
	}
	p.add("first", r.First, "s")
	p.note("torch %s on %s, attention %s, %s heads", r.Torch, r.Device, r.Attention, r.GQA)
	if r.Recompute {
		p.note("activations are recomputed by layer: without that the memory does not suffice")
	}
	return nil
}
