// Package rollouts is where responses come from: the policy itself, a model
// server, or a recording.
package rollouts

import (
	"context"

	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/random"
)

// A Prompt is a row of the training or evaluation data.
type Prompt struct {
	Index  int     // of the row in its data set, from 0
	ID     string  // JSON text of a string or number, for people and files
	Tokens []int32 // what the policy sees, chat template applied

	// Text is Tokens as text, for reports and model servers' logs.
	Text string

	// Task is the key under which estimators and reports gather prompts.
	Task string

	// Record is what judges a response: all of it but the response.
	Record scoring.Record

	// Fields is a JSON object with the row's own fields that say how it is judged,
	// for files of rollouts. If it is empty they are made of Record, which cannot
	// tell what the profile reference sees of a released row.
	Fields string
}

// A Request asks for N samples of every prompt.
type Request struct {
	Step    int // the update that the samples are for
	Batch   int // of the generation batches of the step, from 0
	Version int // of the policy: the number of updates behind it

	Eval bool // of an evaluation: log-probabilities are not used

	Prompts  []*Prompt
	N        int
	Sampling backend.Sampling

	// Key names the random stream of a sample, so that samples are a function of
	// seed, step, prompt and sample.
	Key func(prompt, sample int) random.Key
}

// A Sample is one response.
type Sample struct {
	Prompt, Index int // of the request's Prompts, and of the prompt's N samples

	Tokens  []int32   // as they were sampled, never text encoded again
	LogP    []float32 // by the engine that sampled them, at the request's temperature; nil: not known
	Text    string    // decoded, without special tokens
	Stopped bool      // ended by itself and not by MaxTokens
	Version int       // of the policy that sampled it

	// Err says why there is no response; the other fields are then not set.
	Err error
}

// A Source generates. Its methods are called by one goroutine at a time.
type Source interface {
	// Generate calls done once for every sample of the request, in any order,
	// from one goroutine at a time, as soon as the sample is there. An error is
	// one of the whole request; that of a sample is in Sample.Err.
	Generate(ctx context.Context, req *Request, done func(Sample)) error

	// Publish makes version the policy that samples. save writes a folder that
	// Hugging Face, vLLM and SGLang load; sources that hold the policy themselves
	// do not call it.
	Publish(ctx context.Context, version int, save func(dir string) error) error

	// String names the source for logs: "policy", "http://127.0.0.1:8000/v1",
	// "replay of FILE".
	String() string
}

// A Decoder turns tokens into text without special tokens.
type Decoder interface{ Decode(tokens []int32) string }
