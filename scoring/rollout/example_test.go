package rollout_test

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/scoring/rollout"
)

const file = `{"id": "a", "task": "em", "reference": "4", "responses": ["[Answer] 4", "[Answer] 5"]}
{"id": "b", "task": "em", "reference": "4"}
{"data_source": "selection", "reward_model": {"ground_truth": {"golden_label": "B"}}, "response": "The answer is B"}
`

func ExampleDecode() {
	s, err := scoring.New()
	if err != nil {
		panic(err)
	}
	var rows []rollout.Row
	for line := range rollout.Lines(strings.NewReader(file), 64<<20) {
		rows = rollout.Decode(rows[:0], line, nil)
		for i := range rows {
			if err := rows[i].Err; err != nil {
				fmt.Println(err)
				continue
			}
			r := s.Score(context.Background(), &rows[i].Record)
			fmt.Println(rows[i].ID, rows[i].Sample, r.Metric, r.Value)
		}
		line.Release() // only when the rows are no longer needed
	}
	// Output:
	// "a" 0 em 1
	// "a" 1 em 0
	// line 2: response: missing: give the text of the model as a string, or name its path (--response-path)
	// 3 0 choice 1
}

func ExampleLines() {
	for line := range rollout.Lines(strings.NewReader("first\n\nthis one is too long\nlast"), 10) {
		if line.Err != nil {
			fmt.Println(line.Err)
			continue
		}
		fmt.Println(line.N, string(line.Data))
	}
	// Output:
	// 1 first
	// line 3: longer than 10 bytes: raise the limit (--max-line)
	// 4 last
}

func ExampleNewLine() {
	line := rollout.NewLine(7)
	line.Data = append(line.Data, `{"metric": "em", "reference": "x"}`...)
	for _, row := range rollout.Decode(nil, line, nil) {
		fmt.Println(row.Err.(*rollout.FieldError).Field)
	}
	// Output: response
}

func ExampleLayout() {
	opts := &rollout.Options{Layout: rollout.Layout{
		Response:  "choices.#.message.content",
		Reference: "gold",
	}}
	line := rollout.Line{N: 1, Data: []byte(`{"metric": "em", "gold": 4, "choices": [{"message": {"content": "4"}}]}`)}
	for _, row := range rollout.Decode(nil, line, opts) {
		fmt.Println(row.Record.Response, row.Record.Gold)
	}
	// Output: 4 4
}

func ExampleOptions_Fields() {
	o := rollout.Options{Layout: rollout.Layout{Response: "output.text"}}
	f := o.Fields()
	fmt.Println(f[len(f)-1])
	// Output: output
}

func ExampleJudge() {
	s, err := scoring.New()
	if err != nil {
		panic(err)
	}
	opts := &rollout.Options{NeedsReference: rollout.NeedsReference(s)}
	for line := range rollout.Lines(strings.NewReader(file), 64<<20) {
		for _, row := range rollout.Decode(nil, line, opts) {
			r := rollout.Judge(context.Background(), s, &row)
			fmt.Println(string(rollout.AppendResult(nil, "", &row, &r, false)))
		}
	}
	// Output:
	// {"id":"a","sample":0,"group":"a","task":"em","metric":"em","score":1,"status":"judged"}
	// {"id":"a","sample":1,"group":"a","task":"em","metric":"em","score":0,"status":"judged"}
	// {"id":"b","sample":0,"group":"b","task":"em","metric":"em","score":null,"status":"error","error":"response: missing: give the text of the model as a string, or name its path (--response-path)"}
	// {"id":3,"sample":0,"group":3,"task":"choice","metric":"choice","score":1,"status":"judged"}
}

func ExampleAppendDetail() {
	s, err := scoring.New(scoring.WithExplain())
	if err != nil {
		panic(err)
	}
	r := s.Score(context.Background(), &scoring.Record{Metric: "em", Response: "[Answer] 5", Gold: scoring.Text("4")})
	fmt.Printf("{%s}\n", rollout.AppendDetail(nil, &r))
	// Output: {"answer":"5","why":[{"rule":"different","note":"[-4-]{+5+}"}],"parts":[]}
}

func ExampleAppendNumber() {
	for _, v := range []float64{1, 1.0 / 3, 1e-7, math.NaN()} {
		fmt.Println(string(rollout.AppendNumber(nil, v)))
	}
	// Output:
	// 1
	// 0.3333333333333333
	// 1e-07
	// null
}

func ExampleErrorText() {
	err := &rollout.FieldError{Line: 3, Field: "reference", Msg: "missing: give the reference answer"}
	fmt.Println(err)
	fmt.Println(rollout.ErrorText(err))
	// Output:
	// line 3: reference: missing: give the reference answer
	// reference: missing: give the reference answer
}
