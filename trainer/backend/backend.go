// Package backend is what a trainer asks of a device: a policy that computes
// log-probabilities, takes gradients, is updated and samples.
//
// A call is a batch or a step, never an operator, so that nothing virtual stands
// in the hot loop and a device may order its work as it likes.
package backend

import (
	"context"

	"github.com/golongrl/golongrl/trainer/model"
	"github.com/golongrl/golongrl/trainer/random"
)

// A Policy is a model on a device, with its gradient and the moments of AdamW.
// It is used by one goroutine at a time.
//
// The CPU policy of package cpu is the reference: the tests of backendtest hold
// every other to its numbers.
type Policy interface {
	Info() Info
	Config() model.Config

	// Read copies tensor i of [model.Config.Tensors] from the device, Write to it.
	// dst and src have the tensor's length. Tensors of one kind are zero until they
	// are written.
	Read(kind State, i int, dst []float32) error
	Write(kind State, i int, src []float32) error

	// LogProbs fills out, one element per row of b, without touching gradients.
	// It ends with the error of ctx between parts of the batch.
	LogProbs(ctx context.Context, b *Batch, out *Rows) error

	// Accumulate computes out as LogProbs does, asks obj for the derivatives and
	// adds the gradient of the loss to that of the batches before. An error of obj is
	// returned as it is and clears the gradient, which would be that of a part.
	Accumulate(ctx context.Context, b *Batch, obj Objective, out *Rows) error

	// Update clips the gradient to a global norm, takes a step of AdamW and clears
	// the gradient. A gradient that is not finite changes nothing but is cleared,
	// and is reported as *NotFiniteError.
	Update(step Update) (Updated, error)

	// Generate samples. It calls done once per sample, in an order that depends on
	// nothing but the request, as soon as the sample is complete, from the calling
	// goroutine. What is sampled for a prompt and key does not depend on the other
	// prompts of the request. An error of ctx ends it between tokens.
	Generate(ctx context.Context, prompts []Prompt, s Sampling, done func(prompt, sample int, r Generated)) error

	Close() error
}

// Info describes a device and how it was set up, for logs and reports.
type Info struct {
	Backend string // "cpu", "cuda"
	Device  string // "AVX2+FMA, 2 workers"
	Workers int
	// Signature is equal for two policies that compute the same bits.
	Signature string
}

// State is a kind of tensor that a policy holds.
type State uint8

// The kinds.
const (
	Weights State = iota
	Gradient
	Moment1 // of AdamW: the mean of the gradient
	Moment2 // the mean of its square
)

// A Batch is sequences packed behind one another, without padding.
type Batch struct {
	Tokens []int32
	Start  []int // sequence s is Tokens[Start[s]:Start[s+1]]; one more element than sequences

	// Rows are the positions in Tokens whose log-probability counts, ascending:
	// row r is the token Tokens[Rows[r]] given those of its sequence before it, so
	// never the first of a sequence. Prompts need no rows, and cost no head.
	Rows []int

	// Temperature divides the logits; 0 is 1. Others are at least [MinTemperature].
	Temperature float64
}

// Rows are results with one element per row of a batch. A caller sets the
// slices' lengths; Entropy may be nil if nobody wants it.
type Rows struct {
	LogP    []float64 // log-probabilities
	Entropy []float64 // of the whole distribution, in nats
}

// An Objective is a loss to minimise, as a function of log-probabilities and
// entropies of rows.
type Objective interface {
	// Derivatives writes the derivatives of the loss with respect to LogP and
	// Entropy of rows lo to hi of the batch; the slices have hi-lo elements.
	// dentropy starts as zeros.
	//
	// Rows come in order, in pieces that are what Needs says; logp and entropy are
	// those of the rows of the piece alone.
	Derivatives(lo, hi int, logp, entropy, dlogp, dentropy []float64) error

	// Needs says which rows a piece must have together. It does not change.
	Needs() Scope
}

// Update is one step of AdamW behind gradient clipping.
type Update struct {
	LR, Beta1, Beta2, Eps, Decay float64
	Step                         int     // from 1
	MaxNorm                      float64 // of the whole gradient; 0: no clipping
}

// Updated reports a step.
type Updated struct {
	GradNorm float64 // before clipping
}

// NotFiniteError is a gradient with NaN or Inf in it.
type NotFiniteError struct{ GradNorm float64 }

func (e *NotFiniteError) Error() string {
	return "backend: the gradient is not finite; the step was not taken"
}

// A Prompt asks for one sample per key.
type Prompt struct {
	Tokens []int32 // at least one
	Keys   []random.Key
}

// Sampling says how to sample.
type Sampling struct {
	Temperature float64 // 0: greedy, the first of equal logits
	TopP        float64 // 1 or 0: off; the smallest set of most likely tokens whose probability is at least TopP
	TopK        int     // 0: off
	MaxTokens   int     // per response, at least 1; fewer where prompt and response would exceed the model's MaxLen
	Stop        []int32 // ends a response, and is its last token
}

// Generated is one response.
type Generated struct {
	Tokens []int32
	// LogP are the log-probabilities at Temperature (1 if greedy) of the whole
	// distribution, before TopP and TopK: what LogProbs computes for the tokens.
	LogP    []float32
	Stopped bool // ended by a stop token, and not by MaxTokens
}
