package engine

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// A RoomError says that memory is too little, and what to change. A policy that was
// there before goes on behind it.
type RoomError struct {
	Plan Plan
	What string // what there is too little memory for
	Err  error  // a *gpu.MemoryError, or nil if it is the plan that does not fit

	need   need
	tokens int // of need
}

// A need is what there is too little memory for.
type need uint8

const (
	needTokens  need = iota // activations of a number of tokens
	needState               // weights, gradient and moments, or weights alone
	needScratch             // what operations take for themselves
	needCache               // keys and values of a sample of a number of tokens
)

// Error gives the reason, the plan, and what makes it fit.
func (e *RoomError) Error() string {
	return fmt.Sprintf("cuda: too little memory for %s: %s\n%v\nTo make it fit: %s.", e.What, e.why(), e.Plan, strings.Join(e.ways(), "; "))
}

// Unwrap returns Err.
func (e *RoomError) Unwrap() error { return e.Err }

func (e *RoomError) why() string {
	p := e.Plan
	fixed := p.State + p.Tables + p.Scratch
	switch {
	case e.Err != nil:
		return e.Err.Error()
	case p.State > p.Memory:
		return fmt.Sprintf("%s alone take %s of %s", p.holds(), gib(p.State), p.bound())
	case fixed > p.Memory:
		return fmt.Sprintf("%s, tables and scratch take %s of %s, which leaves nothing for activations", p.holds(), gib(fixed), p.bound())
	}
	return fmt.Sprintf("the plan needs %s of %s", gib(p.Total()), p.bound())
}

// limited reports whether an option bounds the memory, and not the device.
func (p Plan) limited() bool { return p.asked.MemoryBytes > 0 && p.Memory == p.asked.MemoryBytes }

// bound says what memory there is, and why no more.
func (p Plan) bound() string {
	switch {
	case p.limited():
		return fmt.Sprintf("the %s that MemoryBytes (backend.memory_gb) permits", gib(p.Memory))
	case p.asked.MemoryBytes == 0:
		return fmt.Sprintf("%s, which is 90%% of what was free", gib(p.Memory))
	}
	return fmt.Sprintf("the %s that were free", gib(p.Memory))
}

// short reports whether it is the plan's memory that was too little; otherwise the
// device had less than that.
func (e *RoomError) short() bool {
	var m *gpu.MemoryError
	return !errors.As(e.Err, &m) || m.Bytes > e.Plan.budget()
}

// ways says what to change: the names of options, and in parentheses the keys of
// golongrl-train's configuration.
func (e *RoomError) ways() []string {
	p := e.Plan
	alone := e.need == needState || e.Err == nil && p.least > p.Memory // at any number of tokens
	var ways []string
	add := func(format string, args ...any) { ways = append(ways, fmt.Sprintf(format, args...)) }
	switch {
	case !e.short():
		add("free memory that other programs hold on the device")
		if e.need == needScratch {
			add("lower MemoryBytes (backend.memory_gb), which leaves more of it beside the plan")
		}
	case p.limited() && e.Err != nil:
		add("raise MemoryBytes (backend.memory_gb), which is %d", p.Memory)
	case p.limited():
		add("raise MemoryBytes (backend.memory_gb) to %d (%g) at least", p.Total(), math.Ceil(float64(p.Total())/1e6)/1e3)
	}
	if !alone {
		ways = append(ways, e.fewer()...)
	}
	if e.short() && !p.limited() {
		add("free memory that other programs hold on the device")
	}
	if alone && p.State > p.Memory {
		add("train a smaller model")
	}
	if !p.limited() {
		add("take a device with more memory")
	}
	return ways
}

// fewer says what makes activations, scratch, keys and values smaller.
func (e *RoomError) fewer() (ways []string) {
	p := e.Plan
	if p.MicroTokens > 1 && (e.need != needTokens || e.tokens <= p.MicroTokens) {
		ways = append(ways, fmt.Sprintf("lower MicroTokens (backend.micro_tokens), the tokens in work at a time, which is %d", p.MicroTokens))
	}
	switch {
	case e.Err != nil:
		ways = append(ways, "shorten prompts and responses (train.max_prompt_length, train.max_response_length)")
	case p.asked.MaxTokens > 0:
		ways = append(ways, "lower MaxTokens (train.max_prompt_length plus train.max_response_length)")
	}
	if r := p.asked.Recompute; r != Auto && r != KeepInputs && e.need == needTokens {
		ways = append(ways, "leave Recompute to the plan, or keep inputs only")
	}
	if p.asked.ChunkRows > 1 && p.Logits > p.Work && e.need == needTokens {
		ways = append(ways, fmt.Sprintf("lower ChunkRows, the rows of logits at a time, which is %d", p.asked.ChunkRows))
	}
	// Weights in bf16 are there beside those in float32.
	if p.Precision == gpu.F32 && (e.need == needCache || p.Activations()/2 > p.State/8) {
		ways = append(ways, "set Precision to BF16 (backend.cuda.precision: bf16)")
	}
	return ways
}
