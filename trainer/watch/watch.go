// Package watch shows what a trainer does: metrics as JSON lines and as
// TensorBoard events, a live page, and a report that is one HTML file.
//
// A trainer tells an [Observer] of every step. There are five:
//
//	Metrics      metrics.jsonl and timings.jsonl
//	TensorBoard  event files
//	Live         a page on 127.0.0.1
//	Recorder     what WriteReport needs
//	Terminal     progress on stderr
//
// and [Multi] makes one of several. Numbers of steps never fall, so a supervised
// warm-up and the updates behind it count on from each other. [Names] lists the
// metrics; charts and tables look for some of them and leave out what is not there.
//
// A resumed run opens Metrics and TensorBoard with the step of its checkpoint, and
// hands the steps before it, from [ReadSteps], to Recorder and Live. What those hold
// of samples is not in any file; a run that was resumed shows the samples since.
package watch

import "github.com/golongrl/golongrl/scoring"

// A Metric is a number of a step.
type Metric struct {
	Name  string // as in verl where verl has it: "critic/rewards/mean"
	Value float64
}

// A Step is what is known about an update, or about an evaluation.
type Step struct {
	Step    int
	Metrics []Metric // in a fixed order, names distinct
	Timings []Metric // seconds and tokens per second: what a resumed run need not repeat
	Samples []Sample // some or all rollouts of the step
}

// A Sample is a rollout as people look at it.
type Sample struct {
	ID, Task  string
	Index     int // of the prompt's samples
	Prompt    string
	Response  string
	Reference string // as text
	Result    scoring.Result
	Reward    float64
	Advantage float64
	Tokens    int
	Stopped   bool
	Version   int
	Eval      bool // of an evaluation
}

// An Observer is told of every step, in order, from one goroutine.
type Observer interface {
	Step(*Step) error
	Close() error
}
