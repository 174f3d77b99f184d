package train

import (
	"fmt"
	"strings"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/cpu"
	"github.com/golongrl/golongrl/trainer/model"
)

// A Policy is what a run trains.
type Policy interface {
	backend.Policy
	Plan() string // how it uses memory, in words
}

// Options are what a run asks of a backend.
type Options struct {
	Workers     int
	MicroTokens int   // tokens in work at a time; 0: the backend's choice
	MemoryBytes int64 // for activations; 0: the backend's choice
	CacheBytes  int64 // for keys and values while sampling; 0: the backend's choice
	MaxTokens   int   // of the longest sequence
	Frozen      bool  // it is only asked for log-probabilities: what is for training may be left out

	// Of a GPU.
	Device     int
	Float32    bool
	OwnKernels bool
	Unordered  bool // sums in any order where that is faster
}

// Open makes a policy whose weights are zero.
type Open func(cfg model.Config, o Options) (Policy, error)

// A Backend is a kind of device.
type Backend struct {
	Name string
	Open Open
}

func openCPU(cfg model.Config, o Options) (Policy, error) {
	if o.MicroTokens == 0 {
		o.MicroTokens = 4096
	}
	return cpu.New(cfg, cpu.Options{Workers: o.Workers, MicroTokens: o.MicroTokens, MemoryBytes: o.MemoryBytes, CacheBytes: o.CacheBytes})
}

// workers are the backends that a program of their own has.
var workers = []string{"cuda"}

// backend returns how policies of a backend are opened. It is nil if a worker has
// to do it. where is where the user names it.
func (p *program) backend(where, name string) (Open, error) {
	if name == "cpu" {
		return openCPU, nil
	}
	for _, b := range p.backends {
		if b.Name == name {
			return b.Open, nil
		}
	}
	for _, w := range workers {
		if w != name {
			continue
		}
		if p.worker {
			return nil, fmt.Errorf("this program, which was started to compute on a GPU, was built without: it is no %s", workerName)
		}
		return nil, nil
	}
	return nil, usage("%s is %q, but must be cpu or %s", where, name, strings.Join(workers, " or "))
}

// home is the backend where none is named.
func (p *program) home() string {
	if len(p.backends) > 0 {
		return p.backends[0].Name
	}
	return "cpu"
}

// options are those of a configuration.
func (c *fileConfig) options() Options {
	b := &c.Backend
	return Options{
		Workers: b.Workers, MicroTokens: b.MicroTokens, MemoryBytes: int64(b.MemoryGB * 1e9), CacheBytes: int64(b.CacheGB * 1e9),
		MaxTokens: c.Train.MaxPrompt + c.Train.MaxResponse,
		Device:    b.CUDA.Device, Float32: b.CUDA.Precision == "float32", OwnKernels: b.CUDA.OwnKernels, Unordered: !b.CUDA.Reproducible,
	}
}

// opener opens policies of a demo, which asks for float32 so that one seed learns
// alike on every device.
func (f *demoFlags) opener(open Open, notes *noter) func(model.Config) (backend.Policy, error) {
	return func(cfg model.Config) (backend.Policy, error) {
		p, err := open(cfg, Options{Workers: f.workers, MaxTokens: cfg.MaxLen, Float32: true})
		if err != nil {
			return nil, fmt.Errorf("the policy: %w", err)
		}
		if notes != nil {
			notes.of(p)
		}
		return p, nil
	}
}
