package main

import (
	"errors"
	"math"
	"strconv"

	"github.com/golongrl/golongrl/internal/py"
	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/scoring/rollout"
)

// outcome is a row with its judgement.
type outcome struct {
	row   *rollout.Row
	file  string
	task  string // "" if unknown
	r     scoring.Result
	score float64 // NaN if there is none
}

// scored reports whether there is a score. An infinite one is none, since JSON
// could not hold it.
func (o *outcome) scored() bool { return !math.IsNaN(o.score) }

// message appends what went wrong, with its place: "file:line: field: …".
func (o *outcome) message(dst []byte, err error) []byte {
	dst = append(dst, o.file...)
	dst = append(dst, ':')
	dst = strconv.AppendInt(dst, int64(o.row.Line), 10)
	dst = append(dst, ": "...)
	var e *rollout.FieldError
	if errors.As(err, &e) {
		return append(dst, e.Text()...)
	}
	return append(dst, err.Error()...)
}

// appendRow appends o as one line of JSON.
func appendRow(dst []byte, o *outcome, explain bool) []byte {
	dst = append(dst, `{"id":`...)
	dst = append(dst, o.row.ID...)
	dst = append(dst, `,"sample":`...)
	dst = strconv.AppendInt(dst, int64(o.row.Sample), 10)
	dst = append(dst, `,"group":`...)
	dst = append(dst, o.row.Group...)
	dst = append(dst, `,"task":`...)
	dst = appendName(dst, o.task)
	dst = append(dst, `,"metric":`...)
	dst = appendName(dst, o.r.Metric)
	dst = append(dst, `,"score":`...)
	dst = appendScore(dst, o.score)
	dst = append(dst, `,"status":"`...)
	dst = append(dst, o.r.Status.String()...)
	dst = append(dst, '"')
	if o.r.Err != nil {
		dst = append(dst, `,"error":`...)
		dst = py.AppendJSONString(dst, string(o.message(nil, o.r.Err)))
	}
	if o.r.OutOfRange() && o.scored() {
		dst = append(dst, `,"out_of_range":true`...)
	}
	if explain {
		dst = appendExplained(dst, &o.r)
	}
	return append(dst, "}\n"...)
}

func appendExplained(dst []byte, r *scoring.Result) []byte {
	dst = append(dst, `,"answer":`...)
	dst = py.AppendJSONString(dst, r.Answer)
	dst = append(dst, `,"why":[`...)
	for i, s := range r.Why {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"rule":`...)
		dst = py.AppendJSONString(dst, s.Rule)
		dst = append(dst, `,"note":`...)
		dst = py.AppendJSONString(dst, s.Note)
		dst = append(dst, '}')
	}
	dst = append(dst, `],"parts":[`...)
	for i := range r.Parts {
		if i > 0 {
			dst = append(dst, ',')
		}
		p := &r.Parts[i]
		dst = append(dst, `{"name":`...)
		dst = py.AppendJSONString(dst, p.Name)
		dst = append(dst, `,"score":`...)
		dst = appendScore(dst, p.Result.Value)
		dst = append(dst, `,"status":"`...)
		dst = append(dst, p.Result.Status.String()...)
		dst = append(dst, `"}`...)
	}
	return append(dst, ']')
}

func appendName(dst []byte, name string) []byte {
	if name == "" {
		return append(dst, "null"...)
	}
	return py.AppendJSONString(dst, name)
}

// appendScore appends the shortest number that reads back as v, in the form
// that encoding/json and JavaScript give it, or null.
func appendScore(dst []byte, v float64) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(dst, "null"...)
	}
	if abs := math.Abs(v); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		return strconv.AppendFloat(dst, v, 'e', -1, 64)
	}
	return strconv.AppendFloat(dst, v, 'f', -1, 64)
}
