package rollout_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/golongrl/golongrl/internal/py"
	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/scoring/rollout"
)

// TestAppendNumber holds scores to the shortest text that reads back, as
// encoding/json has it.
func TestAppendNumber(t *testing.T) {
	const seed = 20260213
	t.Log("seed", seed)
	p := gopter.NewProperties(gopter.DefaultTestParametersWithSeed(seed))
	p.Property("a score reads back, and is no longer than JSON", prop.ForAll(
		func(v float64) bool {
			text := string(rollout.AppendNumber(nil, v))
			back, err := strconv.ParseFloat(text, 64)
			std, _ := json.Marshal(v)
			return err == nil && back == v && json.Valid([]byte(text)) && len(text) <= len(std)+1 // e-07 for e-7
		}, gen.OneGenOf(gen.Float64(), gen.Float64Range(0, 1)),
	))
	p.TestingRun(t)
	for v, want := range map[float64]string{
		0: "0", 1: "1", 1.0 / 3: "0.3333333333333333", 1e-7: "1e-07", 1e21: "1e+21", 123456789: "123456789",
		math.Inf(1): "null", math.Copysign(0, -1): "-0",
	} {
		if got := string(rollout.AppendNumber(nil, v)); got != want {
			t.Errorf("%v: got %s", v, got)
		}
	}
	if got := string(rollout.AppendNumber(nil, math.NaN())); got != "null" {
		t.Errorf("NaN: got %s", got)
	}
}

// TestAppendResultIsJSON checks that every row is JSON, whatever is in it.
func TestAppendResultIsJSON(t *testing.T) {
	const seed = 20260214
	t.Log("seed", seed)
	texts := gen.OneGenOf(gen.AnyString(), gen.SliceOf(gen.UInt8()).Map(func(b []byte) string { return string(b) }))
	p := gopter.NewProperties(gopter.DefaultTestParametersWithSeed(seed))
	p.Property("a row is one line of JSON", prop.ForAll(
		func(place, task, metric, answer, rule, note, msg string, score float64) bool {
			row := &rollout.Row{Line: 5, ID: "1", Group: `"g"`}
			line := rollout.AppendResult(nil, place, row, &scoring.Result{
				Value: score, Task: task, Metric: metric, Answer: answer, Err: errors.New(msg), Why: []scoring.Step{{Rule: rule, Note: note}},
				Parts: []scoring.Part{{Name: note, Result: scoring.Result{Value: math.NaN()}}},
			}, true)
			v, err := py.Parse(string(line))
			got, _ := v.Get("error")
			return err == nil && json.Valid(line) && !bytes.Contains(line, []byte("\n")) && v.Kind() == py.Dict &&
				(!utf8.ValidString(place+msg) || got.Str() == place+msg)
		}, texts, texts, texts, texts, texts, texts, texts, gen.Float64(),
	))
	p.TestingRun(t)
}

// TestAppendResult holds rows to their text, written by hand.
func TestAppendResult(t *testing.T) {
	row := &rollout.Row{Line: 3, Sample: 2, ID: `"a"`, Group: "7", TaskKey: "EM"}
	fieldErr := &rollout.FieldError{Line: 3, Field: "reference", Msg: "missing: give it"}
	for _, c := range []struct {
		name, place, want string
		r                 scoring.Result
		explain           bool
	}{
		{"score", "f:3: ", `{"id":"a","sample":2,"group":7,"task":"f1","metric":"f1","score":0.5,"status":"judged"}`,
			scoring.Result{Value: 0.5, Task: "f1", Metric: "f1", Answer: "x"}, false},
		{"no answer", "", `{"id":"a","sample":2,"group":7,"task":null,"metric":"em","score":0,"status":"no_answer"}`,
			scoring.Result{Status: scoring.NoAnswer, Metric: "em"}, false},
		{"no score", "", `{"id":"a","sample":2,"group":7,"task":null,"metric":null,"score":null,"status":"error","error":"reference: missing: give it"}`,
			scoring.Result{Value: math.NaN(), Status: scoring.Error, Err: fieldErr}, false},
		{"no score, with its place", "f:3: ", `{"id":"a","sample":2,"group":7,"task":null,"metric":null,"score":null,"status":"bad_gold","error":"f:3: \"so\""}`,
			scoring.Result{Value: math.NaN(), Status: scoring.BadGold, Err: errors.New(`"so"`)}, false},
		{"out of range", "", `{"id":"a","sample":2,"group":7,"task":"em","metric":"2*em","score":2,"status":"judged","out_of_range":true}`,
			scoring.Result{Value: 2, Task: "em", Metric: "2*em"}, false},
		{"explained", "", `{"id":"a","sample":2,"group":7,"task":"em","metric":"em","score":1,"status":"judged","answer":"\ud800","why":[{"rule":"r","note":"n"},{"rule":"s","note":""}],"parts":[{"name":"p","score":null,"status":"error"},{"name":"q","score":1,"status":"judged"}]}`,
			scoring.Result{Value: 1, Task: "em", Metric: "em", Answer: "\xed\xa0\x80", Why: []scoring.Step{{Rule: "r", Note: "n"}, {Rule: "s"}},
				Parts: []scoring.Part{{Name: "p", Result: scoring.Result{Value: math.NaN(), Status: scoring.Error}}, {Name: "q", Result: scoring.Result{Value: 1}}}}, true},
		{"explained with nothing", "", `{"id":"a","sample":2,"group":7,"task":"em","metric":"em","score":1,"status":"judged","answer":"","why":[],"parts":[]}`,
			scoring.Result{Value: 1, Task: "em", Metric: "em"}, true},
	} {
		if got := string(rollout.AppendResult([]byte("x"), c.place, row, &c.r, c.explain)); got != "x"+c.want {
			t.Errorf("%s:\ngot  %s\nwant x%s", c.name, got, c.want)
		}
	}
}

// TestMetricNeedsReference: of all metrics format and verdict alone need none.
func TestMetricNeedsReference(t *testing.T) {
	s, err := scoring.New()
	if err != nil {
		t.Fatal(err)
	}
	needs := rollout.NeedsReference(s)
	for name := range scoring.Builtin().Names() {
		for _, profile := range []string{"strict", "reference"} {
			rec := &scoring.Record{Metric: name + "(profile=" + profile + ")"}
			if got := needs(rec); got != (name != "format" && name != "verdict") {
				t.Errorf("%s: needs a reference: %v", rec.Metric, got)
			}
		}
	}
	for metric, want := range map[string]bool{
		"format - 0.001*length": false, "words/100": false, "format + em": true, "task": true, "1 - format*em": true, "no such": false,
	} {
		if got := needs(&scoring.Record{Metric: metric, Task: "em"}); got != want {
			t.Errorf("%s: needs a reference: %v", metric, got)
		}
	}
}

// judgeLine judges the only row of a line.
func judgeLine(t *testing.T, line string, options ...scoring.Option) scoring.Result {
	t.Helper()
	s, err := scoring.New(options...)
	if err != nil {
		t.Fatal(err)
	}
	rows := rollout.Decode(nil, rollout.Line{N: 9, Data: []byte(line)}, nil)
	if len(rows) != 1 {
		t.Fatalf("%d rows", len(rows))
	}
	return rollout.Judge(context.Background(), s, &rows[0])
}

func TestJudge(t *testing.T) {
	for _, c := range []struct {
		line   string
		score  float64
		status scoring.Status
		metric string
		task   string
		err    string
	}{
		{`{"metric":"em","response":"[Answer] 4","reference":"4"}`, 1, scoring.Judged, "em", "em", ""},
		{`{"metric":"em","task":"T3","response":"[Answer] 4","reference":"4"}`, 1, scoring.Judged, "em", "f1", ""},
		{`{"metric":"em","response":"<think>","reference":"4"}`, 0, scoring.BadFormat, "em", "em", ""},
		{`{"metric":"em","response":"[Answer] 4"}`, math.NaN(), scoring.Error, "em", "em", "line 9: reference: missing"},
		{`{"metric":"no such","response":"r","reference":"4"}`, math.NaN(), scoring.Error, "", "", "line 9: metric: "},
		{`{"task":"no_such","response":"r","reference":"4"}`, math.NaN(), scoring.Error, "", "", "line 9: task: "},
		{`{"data_source":"mine","ground_truth":"g","response":"r"}`, math.NaN(), scoring.Error, "", "", "line 9: data_source: "},
		{`{"metric":"em/words","response":"","reference":"4"}`, math.NaN(), scoring.Error, "em / words", "", "em / words is NaN"},
		{`{"metric":"-1/words","response":"","reference":"4"}`, math.NaN(), scoring.Error, "-1 / words", "", "-1 / words is -Inf"},
		{`{"metric":"math_verify","response":"[Answer] 4","reference":""}`, math.NaN(), scoring.BadGold, "math_verify", "math_verify", "reference"},
	} {
		r := judgeLine(t, c.line)
		same := r.Value == c.score || math.IsNaN(r.Value) && math.IsNaN(c.score)
		if !same || r.Status != c.status || r.Metric != c.metric || c.task != "" && r.Task != c.task {
			t.Errorf("%s: %v %v, metric %q, task %q, %v", c.line, r.Value, r.Status, r.Metric, r.Task, r.Err)
		}
		if (r.Err != nil) != (c.err != "") || r.Err != nil && !strings.Contains(r.Err.Error(), c.err) {
			t.Errorf("%s: error is %v, want %q", c.line, r.Err, c.err)
		}
	}
	if got := rollout.ErrorText(judgeLine(t, `{"metric":"em","response":"4"}`).Err); !strings.HasPrefix(got, "reference: missing: ") {
		t.Errorf("got %q", got)
	}
	if got := rollout.ErrorText(fmt.Errorf("more: %w", errors.New("cause"))); got != "more: cause" {
		t.Errorf("got %q", got)
	}
}

// nasty panics where it is told to.
type nasty string

func (n nasty) String() string {
	if n == "name" {
		panic("in String")
	}
	return "nasty"
}

func (n nasty) Score(context.Context, *scoring.Record) (scoring.Result, error) {
	switch n {
	case "nothing":
		return scoring.Result{Value: math.NaN()}, nil
	case "infinite":
		return scoring.Result{Value: math.Inf(-1)}, nil
	}
	panic("in Score")
}

// TestJudgePanics: a metric of the caller's own cannot take others down.
func TestJudgePanics(t *testing.T) {
	for place, want := range map[string]string{
		"score": "internal error: in Score: please report it with this row", "name": "internal error: in String: please report it with this row",
		"nothing": "the metric gave no score and no reason", "infinite": "the score is infinite: guard the division or the power",
	} {
		reg, err := scoring.Builtin().With("nasty", func(*scoring.Options) (scoring.Metric, error) { return nasty(place), nil })
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range []string{`{"metric":"nasty","response":"r","reference":"g"}`, `{"metric":"nasty","response":"r"}`} {
			r := judgeLine(t, line, scoring.WithRegistry(reg))
			bad := strings.Contains(line, "reference")
			if r.Scored() || r.Err == nil || bad && r.Err.Error() != want {
				t.Errorf("%s: %v, %v", place, r.Value, r.Err)
			}
			if bad && place != "nothing" && r.Status != scoring.Error {
				t.Errorf("%s: status %v", place, r.Status)
			}
		}
		s, err := scoring.New(scoring.WithRegistry(reg))
		if err != nil {
			t.Fatal(err)
		}
		if (place == "score" || place == "name") && rollout.NeedsReference(s)(&scoring.Record{Metric: "nasty"}) {
			t.Errorf("%s: a metric that panics needs a reference", place)
		}
	}
}
