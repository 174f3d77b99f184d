package engine

import (
	"fmt"
	"math"
	"strings"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/cuda/internal/ops"
	"github.com/golongrl/golongrl/trainer/model"
)

// A Plan says where the memory of a device goes, in bytes.
type Plan struct {
	Precision   gpu.Type
	MicroTokens int // see Options
	ChunkRows   int
	Tokens      int // that are in work at a time, of the largest part that the numbers are for; all count
	Level       Recompute

	Memory int64 // that may be taken in all

	State   int64 // weights, gradient, moments
	Tables  int64 // of rotation
	Scratch int64 // of operations and libraries, at most

	Kept   int64 // activations that live from the forward to the backward pass
	Work   int64 // buffers of a layer at a time
	Logits int64 // of ChunkRows rows, in the place of Work

	// Cache bounds the keys and values of samples, which live in the place of
	// activations.
	Cache int64

	positions int // of Tables

	asked   Options
	library func(n int) int64 // see newPlan
	least   int64             // State, and what is taken beside it whatever the number of tokens
}

// Activations returns the bytes of Kept, Work and Logits.
func (p Plan) Activations() int64 { return p.Kept + max(p.Work, p.Logits) }

// Total returns the bytes of all.
func (p Plan) Total() int64 { return p.State + p.Tables + p.Scratch + p.Activations() }

// budget returns what activations may become.
func (p Plan) budget() int64 { return p.Memory - p.State - p.Tables - p.Scratch }

// Sizes that are taken where options do not say any.
const (
	mostMicro, leastMicro = 16384, 2048
	mostChunk, leastChunk = 4096, 256
)

// NewPlan plans the memory of a policy on a device where free bytes are free; 0: no
// limit but Options.MemoryBytes. tokens is how many will be in work at a time; 0:
// what opts say.
//
// It chooses what opts leave open, and the fastest level that fits. If nothing
// fits, the error is a *RoomError. It knows nothing of what libraries of the device
// take, as New does.
func NewPlan(cfg model.Config, opts Options, free int64, tokens int) (Plan, error) {
	return newPlan(cfg, opts, free, tokens, nil)
}

// newPlan is NewPlan on a device whose libraries take library(n) bytes for n tokens,
// unless that is nil.
func newPlan(cfg model.Config, opts Options, free int64, tokens int, library func(n int) int64) (Plan, error) {
	if err := cfg.Validate(); err != nil {
		return Plan{}, err
	}
	if err := opts.validate(); err != nil {
		return Plan{}, err
	}
	if cfg.HeadDim > ops.MaxHead {
		return Plan{}, fmt.Errorf("cuda: head_dim %d; kernels take heads of up to %d", cfg.HeadDim, ops.MaxHead)
	}
	s := shape{cfg, opts.Precision}
	var l layout
	s.placeState(&l, opts.Frozen)
	p := Plan{
		Precision: opts.Precision, Memory: math.MaxInt64, State: int64(l.end), MicroTokens: opts.MicroTokens, ChunkRows: opts.ChunkRows,
		asked: opts, library: library,
	}
	p.least = p.State + p.scratch(s, 1)
	if free > 0 {
		p.Memory = free
		if opts.MemoryBytes == 0 {
			p.Memory = free / 10 * 9
		}
	}
	if opts.MemoryBytes > 0 {
		p.Memory = min(p.Memory, opts.MemoryBytes)
	}
	if p.ChunkRows == 0 {
		row := int64(cfg.Vocab) * 4
		if s.t != gpu.F32 {
			row += int64(cfg.Vocab) * int64(s.t.Size())
		}
		p.ChunkRows = mostChunk
		for p.ChunkRows > leastChunk && int64(p.ChunkRows)*row > (p.Memory-p.State)/8 {
			p.ChunkRows /= 2
		}
	}
	if p.MicroTokens == 0 {
		most := KeepProducts // all is worth less than longer parts are
		if opts.Frozen {
			most = keepNothing
		}
		p.MicroTokens = mostMicro
		for p.MicroTokens > leastMicro && !p.at(s, p.MicroTokens, most).fits() {
			p.MicroTokens /= 2
		}
	}
	if tokens == 0 {
		tokens = min(max(p.MicroTokens, opts.MaxTokens), max(p.MicroTokens, cfg.MaxLen))
	}
	for _, level := range opts.levels() {
		p = p.at(s, tokens, level)
		if p.fits() {
			break
		}
	}
	p.Cache = opts.CacheBytes
	if p.Cache == 0 {
		p.Cache = max(0, p.budget())
	}
	if !p.fits() {
		return Plan{}, &RoomError{Plan: p, What: fmt.Sprintf("the policy with %d tokens at a time", tokens), tokens: tokens}
	}
	return p, nil
}

// at returns p for n tokens, all of which count.
func (p Plan) at(s shape, n int, level Recompute) Plan {
	// The rows of a part are fewer than its tokens in general; where they are
	// not all, buffers for the last layer's rows come on top.
	var l, some layout
	all := s.place(&l, n, n, min(n, p.ChunkRows), level)
	p.Tokens, p.Level = n, level
	p.Kept, p.Work, p.Logits = all.kept, all.working, all.heading
	if n > 1 {
		few := s.place(&some, n, n-1, min(n-1, p.ChunkRows), level)
		p.Kept, p.Work, p.Logits = max(p.Kept, few.kept), max(p.Work, few.working), max(p.Logits, few.heading)
	}
	p.positions = min(n, s.MaxLen)
	p.Tables = 2 * tableBytes(p.positions, s.HeadDim/2)
	p.Scratch = p.scratch(s, n)
	return p
}

// scratch bounds what operations and libraries take for themselves with n tokens.
func (p Plan) scratch(s shape, n int) int64 {
	bytes := 9*int64(n)*int64(s.Heads) + 64<<20
	if p.library != nil {
		bytes += p.library(n)
	}
	return bytes
}

func (p Plan) fits() bool { return p.Total() <= p.Memory }

// String returns a table for a person.
func (p Plan) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "memory for %d tokens at a time in %s, %s, logits of %d rows:\n", p.Tokens, p.Precision, p.Level, p.ChunkRows)
	line := func(what string, bytes int64, more string) {
		fmt.Fprintf(&b, "  %-34s %9s%s\n", what, gib(bytes), more)
	}
	line(p.holds(), p.State, "")
	line("activations that are kept", p.Kept, "")
	line("work, a layer at a time", p.Work, "")
	line("logits", p.Logits, " in the place of work")
	line("tables and scratch", p.Tables+p.Scratch, "")
	limit := ""
	if p.Memory < math.MaxInt64 {
		limit = " of " + gib(p.Memory)
	}
	line("in all", p.Total(), limit)
	if p.Memory < math.MaxInt64 {
		line("keys and values in sampling", p.Cache, " at most, in the place of activations")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// holds names what State is.
func (p Plan) holds() string {
	if p.asked.Frozen {
		return "weights"
	}
	return "weights, gradient, moments"
}

// gib writes a number of bytes for a person.
func gib(bytes int64) string {
	switch x := float64(bytes); {
	case bytes < 1<<10:
		return fmt.Sprintf("%d B", bytes)
	case x >= 1<<30:
		return fmt.Sprintf("%.1f GiB", x/(1<<30))
	case x >= 1<<20:
		return fmt.Sprintf("%.1f MiB", x/(1<<20))
	default:
		return fmt.Sprintf("%.1f KiB", x/(1<<10))
	}
}
