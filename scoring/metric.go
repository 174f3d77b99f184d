package scoring

import "context"

// A Metric judges records. Equal records give equal results, on any thread and
// at any load. Metrics are immutable and safe for concurrent use.
type Metric interface {
	// String returns the canonical spelling, such as "ndcg@10" or
	// "rouge_l(lang=zh)". [Registry.Parse] reads it back, and two metrics of
	// equal spelling give equal scores.
	String() string

	// Score judges rec. A wrong, empty or unreadable answer is a Result and
	// not an error: an error means that ctx ended or that the metric itself
	// failed, and that no judgement was made.
	Score(ctx context.Context, rec *Record) (Result, error)
}

// Func makes a Metric of a function; name is its canonical spelling. It panics
// if name is not an identifier or f is nil.
func Func(name string, f func(context.Context, *Record) (Result, error)) Metric {
	if !isIdent(name) || f == nil {
		panic("scoring: Func needs an identifier and a function")
	}
	return funcMetric{name, f}
}

type funcMetric struct {
	name string
	f    func(context.Context, *Record) (Result, error)
}

func (m funcMetric) String() string { return m.name }
func (m funcMetric) Score(ctx context.Context, rec *Record) (Result, error) {
	return m.f(ctx, rec)
}

// builtin is a metric that needs no context: its work is bounded by steps.
type builtin struct {
	spelling string
	judge    func(*Record) Result
}

func (m *builtin) String() string { return m.spelling }
func (m *builtin) Score(ctx context.Context, rec *Record) (Result, error) {
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	return m.judge(rec), nil
}

// Profile selects between the two readings of each metric.
type Profile uint8

const (
	// Strict is the paper's intent with the reward-hacking holes of the
	// released code closed. It is what a bare metric name means.
	Strict Profile = iota

	// Reference is the value of the released training code, bugs included.
	Reference
)

// String returns "strict" or "reference".
func (p Profile) String() string {
	if p == Reference {
		return "reference"
	}
	return "strict"
}

// ParseProfile reads "strict" or "reference".
func ParseProfile(s string) (Profile, error) {
	switch s {
	case "strict":
		return Strict, nil
	case "reference":
		return Reference, nil
	}
	return Strict, &SpellingError{Text: s, Offset: 0, Msg: "unknown profile; use strict or reference"}
}
