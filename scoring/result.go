package scoring

import (
	"fmt"
	"math"
)

// Status says what kind of judgement a [Result] is.
type Status uint8

// The statuses. Judged, NoAnswer, BadAnswer and BadFormat carry a score: the
// last three are the model's fault and score 0. The others carry none: the
// record should be left out of training, not rewarded 0.
const (
	Judged     Status = iota // a full comparison was made
	NoAnswer                 // the response holds no answer
	BadAnswer                // the answer could not be read
	BadFormat                // thinking or answer tags are malformed
	BadGold                  // the reference answer could not be read
	OverBudget               // the step budget ran out first
	Undecided                // the comparison has no certain outcome
	Error                    // no judgement was made; see Result.Err
)

var statusNames = [...]string{"judged", "no_answer", "bad_answer", "bad_format", "bad_gold", "over_budget", "undecided", "error"}

// Statuses lists all statuses in their fixed order.
func Statuses() []Status {
	return []Status{Judged, NoAnswer, BadAnswer, BadFormat, BadGold, OverBudget, Undecided, Error}
}

// String returns the name used in output, such as "no_answer".
func (s Status) String() string {
	if int(s) < len(statusNames) {
		return statusNames[s]
	}
	return fmt.Sprintf("Status(%d)", uint8(s))
}

// A Result is the judgement of one record by one metric.
type Result struct {
	// Value is the score. It is NaN where there is none, so that a missing
	// score can never pass for a low one; see [Result.Scored].
	//
	// Under the strict profile there is none for BadGold, OverBudget,
	// Undecided and Error, and it is 0 for NoAnswer, BadAnswer and BadFormat.
	// Under the reference profile it is the released code's number whenever
	// that code returns one, whatever the status says about it.
	Value float64

	Status Status

	// Metric is the canonical spelling of the metric, and Task the canonical
	// name of the record's own task. A Scorer fills both.
	Metric, Task string

	// Answer is the text that was judged. It may share memory with the
	// response.
	Answer string

	// Parts are the components of a composite reward, in order of first use.
	Parts []Part

	// Why explains the judgement. Filled only under [WithExplain].
	Why []Step

	// Err says what was wrong and what to do, for every status without a
	// score and for reference answers that the released code silently
	// scores 0.
	Err error
}

// A Part is one component of a composite reward.
type Part struct {
	Name   string // canonical spelling, or the name of a variable
	Result Result
}

// A Step is one line of an explanation.
type Step struct{ Rule, Note string }

// Scored reports whether r carries a score.
func (r Result) Scored() bool { return !math.IsNaN(r.Value) }

// OutOfRange reports whether the score lies outside [0, 1], as a composite
// reward's may.
func (r Result) OutOfRange() bool { return r.Value < 0 || r.Value > 1 }

func (r *Result) why(rule, format string, args ...any) {
	r.Why = append(r.Why, Step{rule, fmt.Sprintf(format, args...)})
}

// judged is a full comparison of answer with value v.
func judged(v float64, answer string) Result { return Result{Value: v, Answer: answer} }

// zero is a score of 0 for a reason other than a comparison.
func zero(s Status, format string, args ...any) Result {
	return Result{Status: s, Why: []Step{{s.String(), sprintf(format, args)}}}
}

// null is a result without a score.
func null(s Status, format string, args ...any) Result {
	return Result{Value: math.NaN(), Status: s, Err: fmt.Errorf(format, args...)}
}

// sprintf keeps constant messages free of allocation.
func sprintf(format string, args []any) string {
	if len(args) == 0 {
		return format
	}
	return fmt.Sprintf(format, args...)
}
