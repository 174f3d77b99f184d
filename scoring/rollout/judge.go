package rollout

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/golongrl/golongrl/internal/py"
	"github.com/golongrl/golongrl/scoring"
)

// ErrInternal is what the error of a result wraps if a metric panicked.
var ErrInternal = errors.New("internal error")

// Judge scores a row as golongrl-score and its server do. It never panics, and
// the result is fit for JSON:
//
//   - a row that could not be read has status error and the row's own error;
//   - a metric that does not exist is an error that names the row's field;
//   - an infinite score, which a composite reward can give, is an error;
//   - a panic of a metric, which is a defect of the metric, is an error of this
//     row alone.
//
// Result.Task and Result.Metric are set as well as possible where there is no
// score, so that the row counts among its task.
func Judge(ctx context.Context, s *scoring.Scorer, row *Row) (r scoring.Result) {
	defer func() { // a metric may panic in its String too
		if v := recover(); v != nil {
			r = broken(v)
		}
	}()
	if row.Err != nil {
		r = scoring.Result{Status: scoring.Error, Value: math.NaN(), Err: row.Err}
		name(s, row, &r)
		return r
	}
	r = score(ctx, s, row)
	nameField(row, &r)
	if math.IsInf(r.Value, 0) {
		r.Value, r.Status = math.NaN(), scoring.Error
		r.Err = errors.New("the score is infinite: guard the division or the power")
	}
	if !r.Scored() && r.Err == nil {
		r.Err = errors.New("the metric gave no score and no reason")
	}
	return r
}

func score(ctx context.Context, s *scoring.Scorer, row *Row) (r scoring.Result) {
	defer func() {
		if v := recover(); v != nil {
			r = broken(v)
			name(s, row, &r)
		}
	}()
	return s.Score(ctx, &row.Record)
}

// broken is the result of a row whose metric panicked with v.
func broken(v any) scoring.Result {
	return scoring.Result{
		Status: scoring.Error, Value: math.NaN(),
		Err: fmt.Errorf("%w: %v: please report it with this row", ErrInternal, v),
	}
}

// name gives a result without judgement the task and the metric of its row, if
// they can be told.
func name(s *scoring.Scorer, row *Row, r *scoring.Result) {
	if rec := &row.Record; rec.Metric != "" || rec.Task != "" {
		if m, task, err := s.Metric(rec); err == nil {
			r.Task, r.Metric = task, m.String()
		}
	}
}

// nameField says in which field the row names a metric that there is not.
func nameField(row *Row, r *scoring.Result) {
	rec := &row.Record
	if r.Metric != "" || r.Err == nil {
		return
	}
	field := "task"
	switch {
	case rec.Metric != "":
		field = "metric"
	case rec.TaskErr != nil:
		field = "data_source"
	}
	msg := strings.TrimPrefix(r.Err.Error(), field+" ")
	r.Err = &FieldError{Line: row.Line, Field: field, Msg: msg, Err: r.Err}
}

// AppendResult appends a row's result as the JSON object that golongrl-score
// writes, without a newline:
//
//	{"id":7,"sample":0,"group":7,"task":"f1","metric":"f1","score":0.5,"status":"judged"}
//
// A score that is missing is null and has an "error", which begins with place
// unless that is empty. A score outside [0, 1] has "out_of_range":true. With
// explain there are "answer", "why" and "parts" too.
func AppendResult(dst []byte, place string, row *Row, r *scoring.Result, explain bool) []byte {
	dst = append(dst, `{"id":`...)
	dst = append(dst, row.ID...)
	dst = append(dst, `,"sample":`...)
	dst = strconv.AppendInt(dst, int64(row.Sample), 10)
	dst = append(dst, `,"group":`...)
	dst = append(dst, row.Group...)
	dst = append(dst, `,"task":`...)
	dst = appendName(dst, r.Task)
	dst = append(dst, `,"metric":`...)
	dst = appendName(dst, r.Metric)
	dst = append(dst, `,"score":`...)
	dst = AppendNumber(dst, r.Value)
	dst = append(dst, `,"status":"`...)
	dst = append(dst, r.Status.String()...)
	dst = append(dst, '"')
	if r.Err != nil {
		dst = append(dst, `,"error":`...)
		dst = py.AppendJSONString(dst, place+ErrorText(r.Err))
	}
	if r.OutOfRange() && r.Scored() {
		dst = append(dst, `,"out_of_range":true`...)
	}
	if explain {
		dst = append(dst, ',')
		dst = AppendDetail(dst, r)
	}
	return append(dst, '}')
}

// AppendDetail appends the members "answer", "why" and "parts" of a result as
// JSON, without braces.
func AppendDetail(dst []byte, r *scoring.Result) []byte {
	dst = append(dst, `"answer":`...)
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
		dst = AppendNumber(dst, p.Result.Value)
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

// AppendNumber appends the shortest number that reads back as v, in the form
// that encoding/json and JavaScript give it, or null if v is NaN or infinite.
func AppendNumber(dst []byte, v float64) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(dst, "null"...)
	}
	if abs := math.Abs(v); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		return strconv.AppendFloat(dst, v, 'e', -1, 64)
	}
	return strconv.AppendFloat(dst, v, 'f', -1, 64)
}

// ErrorText is the message of err, without the line if it is a [*FieldError].
func ErrorText(err error) string {
	var e *FieldError
	if errors.As(err, &e) {
		return e.Text()
	}
	return err.Error()
}
