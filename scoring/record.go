package scoring

import (
	"fmt"

	"github.com/golongrl/golongrl/internal/py"
)

// A Record is one response to judge, with the reference answer to judge it by.
// Metrics neither modify nor keep it.
type Record struct {
	// ID names the record in errors and in output; it does not change scores.
	ID string

	// Response is the decoded text of the model, thinking included.
	Response string

	// Gold is the reference answer.
	Gold Gold

	// Metric is the spelling of the metric that judges this record, such as
	// "ndcg@10". Empty means Task, and if that is empty too the scorer's
	// default.
	Metric string

	// Task is the record's own task: a metric name or spelling, T1 to T9, or
	// a released data_source or reward_mode. Composite rewards see the value
	// of its metric as the variable "task".
	Task string

	// Lang is the language of response and reference. Chinese ("zh", "zh-CN",
	// "Chinese", in any case) is segmented into words by metrics that count
	// words; all else is taken as written with spaces between words.
	Lang string

	// Length is the variable "length" of composite rewards, usually the
	// response length in tokens. HasLength says that it is set.
	Length    float64
	HasLength bool

	// Prefix is the random string with which an answer of MRCR must begin.
	// HasPrefix says that it is set; "" is a string that every answer begins with.
	Prefix    string
	HasPrefix bool

	// TaskErr says why the record's own task could not be resolved, for readers
	// of records. It is reported instead of a score, unless Metric is set or
	// the scorer's metric is forced.
	TaskErr error

	// explain asks metrics to fill Result.Why. Only a Scorer sets it.
	explain bool
}

// Explaining reports whether the scorer wants Result.Why to be filled, so that
// metrics made by [Func] can skip the work otherwise.
func (r *Record) Explaining() bool { return r.explain }

// Gold is a reference answer: a text, a list of texts, or any JSON value. The
// zero Gold is no answer at all; metrics judge it [BadGold].
//
// What each metric reads:
//
//	em, choice, math_verify        text, number or bool; a list = accepted alternatives
//	f1, sub_em, ndcg, pairwise     list of lines, or one text split at newlines
//	rouge_l, rouge1 …, token_f1    text, or a list of which the best match counts
//	iou                            object {"columns", "data"}, or its JSON text
//	docmath                        number or bool
//	mrcr                           text
//	lbv2, mmlu_pro, gpqa           a letter, or a list = accepted ones
//	frames_cem, lbv1_f1, aime,     text or number, or a list = accepted alternatives
//	bfcl_memory
//	verdict, format                nothing
type Gold struct {
	v py.Value // as the strict profile reads it

	// ref is what the released code gets to see where that differs from v.
	ref    py.Value
	hasRef bool

	// raises is the exception with which the released code refuses this
	// reference answer, after its gate has let the response pass.
	raises string
}

// Text returns the reference answer s.
func Text(s string) Gold { return Gold{v: py.NewString(s)} }

// Lines returns a reference answer of several items: lines for the line
// metrics, alternatives for the others.
func Lines(items ...string) Gold {
	vs := make([]py.Value, len(items))
	for i, s := range items {
		vs[i] = py.NewString(s)
	}
	return Gold{v: py.NewList(vs...)}
}

// JSON returns the reference answer written as JSON, read with the semantics
// of Python's json module: of duplicate keys the last counts, NaN and Infinity
// are numbers, integers have any size.
func JSON(src string) (Gold, error) {
	v, err := py.Parse(src)
	if err != nil {
		return Gold{}, fmt.Errorf("scoring: reference is not JSON: %w", err)
	}
	return Gold{v: v}, nil
}

// GoldValue wraps a parsed value; for readers of records inside this module.
func GoldValue(v py.Value) Gold { return Gold{v: v} }

// Exists reports whether there is a reference answer at all. JSON null is none.
func (g Gold) Exists() bool { return g.v.Exists() && g.v.Kind() != py.Null }

// MarshalJSON returns the reference answer as the strict profile reads it, null
// if there is none. [JSON] reads it back. NaN and Infinity stay as they are.
func (g Gold) MarshalJSON() ([]byte, error) {
	if !g.v.Exists() {
		return []byte("null"), nil
	}
	return py.AppendDumps(nil, g.v), nil
}

// released returns the reference answer as the released code sees it.
func (g Gold) released() py.Value {
	if g.hasRef {
		return g.ref
	}
	return g.v
}

// String renders the reference answer for people: texts as they are, all else
// as JSON-like text.
func (g Gold) String() string {
	if !g.v.Exists() {
		return ""
	}
	if g.v.Kind() == py.List {
		var b []byte
		for i, it := range g.v.Items() {
			if i > 0 {
				b = append(b, '\n')
			}
			b = py.AppendStr(b, it)
		}
		return string(b)
	}
	return string(py.AppendStr(nil, g.v))
}
