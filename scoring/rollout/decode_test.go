package rollout_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/scoring/rollout"
)

func decode(line string, opts *rollout.Options) []rollout.Row {
	return rollout.Decode(nil, rollout.Line{N: 9, Data: []byte(line)}, opts)
}

func TestDecodeRow(t *testing.T) {
	for _, c := range []struct {
		name, line                     string
		id, group, key                 string
		task, metric, lang, text, gold string
	}{
		{
			"simple", `{"id":1,"task":"em","response":"r","reference":"g"}`,
			"1", "1", "EM", "em", "", "", "r", "g",
		}, {
			"all simple fields", `{"id":"a","group":"b","task":"T9","metric":"rouge1","lang":"zh","length":7,"response":"r","reference":["g","h"]}`,
			`"a"`, `"b"`, "Summary", "T9", "rouge1", "zh", "r", "g\nh",
		}, {
			"metric only", `{"metric":"ndcg@5","response":"r","reference":"g"}`,
			"9", "9", "NDCG", "", "ndcg@5", "", "r", "g",
		}, {
			"null is absent", `{"id":null,"group":null,"task":null,"metric":"em","lang":null,"length":null,"response":"r","responses":null,"reference":"g","reward_model":null,"ground_truth":null,"extra_info":null}`,
			"9", "9", "EM", "", "em", "", "r", "g",
		}, {
			"big integers stay", `{"id":123456789012345678901234567890,"group":-0,"metric":"em","response":"r","reference":"g"}`,
			"123456789012345678901234567890", "-0", "EM", "", "em", "", "r", "g",
		}, {
			"lone surrogates stay", `{"id":"\ud800","group":"\udfff\ud83d\ude00","metric":"em","response":"\udc00r","reference":"\ud801"}`,
			`"\ud800"`, `"\udfff\ud83d\ude00"`, "EM", "", "em", "", "\xed\xb0\x80r", "\xed\xa0\x81",
		}, {
			"the last of repeated keys counts", `{"id":1,"response":"a","reference":"x","id":2,"response":"b","metric":"f1","metric":"em","reference":"g"}`,
			"2", "2", "EM", "", "em", "", "b", "g",
		}, {
			"index of extra_info", `{"extra_info":{"index":17},"metric":"em","response":"r","reference":"g"}`,
			"17", "17", "EM", "", "em", "", "r", "g",
		}, {
			"index of extra_info in JSON text", `{"extra_info":"{\"index\":\"x\"}","metric":"em","response":"r","reference":"g"}`,
			`"x"`, `"x"`, "EM", "", "em", "", "r", "g",
		}, {
			"unreadable names fall through", `{"id":[1],"extra_info":{"index":NaN},"uid":"u","metric":"em","response":"r","reference":"g"}`,
			"9", `"u"`, "EM", "", "em", "", "r", "g",
		}, {
			"group before uid", `{"id":1,"uid":"u","group":false,"metric":"em","response":"r","reference":"g"}`,
			"1", "false", "EM", "", "em", "", "r", "g",
		}, {
			"verl", `{"data_source":"EM","prompt":[{"role":"user","content":"q"}],"ability":"x","reward_model":{"style":"rule","ground_truth":{"golden_label":"g","doc_ids":null}},"extra_info":{"reward_mode":"EM","index":3},"response":"r"}`,
			"3", "3", "EM", "em", "", "", "r", "g",
		}, {
			"verl as JSON text", `{"data_source":"selection","reward_model":"{\"ground_truth\":\"{\\\"golden_label\\\":\\\"B\\\"}\"}","extra_info":"{}","response":"r"}`,
			"9", "9", "selection", "choice", "", "", "r", "B",
		}, {
			"verl with ground_truth on top", `{"data_source":"EM","ground_truth":{"golden_label":"g"},"response":"r"}`,
			"9", "9", "EM", "em", "", "", "r", "g",
		}, {
			"longbench_pro in Chinese", `{"data_source":"longbench_pro","reward_model":{"ground_truth":{"doc_ids":["g"],"summary":"Chinese"}},"extra_info":{"reward_mode":"T4.1 Global-Coverage Constrained Summary"},"response":"r"}`,
			"9", "9", "Summary", "rouge_l", "", "zh", "r", "g",
		}, {
			"reward_mode of the row goes first", `{"data_source":"EM","reward_mode":"NDCG","reward_model":{"ground_truth":{"golden_label":"g"}},"extra_info":{"reward_mode":"SubEM"},"response":"r"}`,
			"9", "9", "NDCG", "em", "", "", "r", "g",
		}, {
			"task of a verl row is its metric", `{"data_source":"EM","task":"f1","reward_model":{"ground_truth":{"golden_label":"g"}},"lang":"zh","response":"r"}`,
			"9", "9", "EM", "em", "f1", "zh", "r", "g",
		}, {
			"unknown data_source with a metric", `{"data_source":"mine","metric":"em","ground_truth":"g","response":"r"}`,
			"9", "9", "mine", "", "em", "", "r", "g",
		}, {
			"format needs no reference", `{"metric":"format(gate=required)","response":"r"}`,
			"9", "9", "format(gate=required)", "", "format(gate=required)", "", "r", "",
		}, {
			"reference besides data_source is simple", `{"data_source":"x","reference":"g","metric":"em","response":"r"}`,
			"9", "9", "EM", "", "em", "", "r", "g",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows := decode(c.line, nil)
			if len(rows) != 1 || rows[0].Err != nil {
				t.Fatalf("got %+v", rows)
			}
			r := rows[0]
			got := []string{r.ID, r.Group, r.TaskKey, r.Record.Task, r.Record.Metric, r.Record.Lang, r.Record.Response, r.Record.Gold.String()}
			want := []string{c.id, c.group, c.key, c.task, c.metric, c.lang, c.text, c.gold}
			for i, what := range []string{"id", "group", "key", "task", "metric", "lang", "response", "gold"} {
				if got[i] != want[i] {
					t.Errorf("%s is %q, want %q", what, got[i], want[i])
				}
			}
			if r.Line != 9 || r.Sample != 0 {
				t.Errorf("line %d, sample %d", r.Line, r.Sample)
			}
		})
	}
}

func TestDecodeError(t *testing.T) {
	const rest = `"metric":"em","response":"r","reference":"g"`
	const verl = `"response":"r","data_source":"EM","reward_model":{"ground_truth":{"golden_label":"g"}}`
	for _, c := range []struct{ name, line, id, field, msg string }{
		{"text", `hello`, "9", "", "not JSON: Expecting value at byte offset 0: correct"},
		{"cut off", `{"id":1,"response":"r`, "9", "", "not JSON: Unterminated string starting at byte offset 19"},
		{"two objects", `{} {}`, "9", "", "Extra data at byte offset 3"},
		{"list", `[1]`, "9", "", "the line is a list: write one JSON object per line"},
		{"NUL", "{\"id\":\"a\x00b\"}", "9", "", "NUL byte at byte offset 8: "},
		{"NUL alone", "\x00\x00", "9", "", "NUL byte at byte offset 0: "},
		{"invalid UTF-8", "{\"id\":4,\"response\":\"a\xffb\"}", "4", "response", "invalid UTF-8 at byte offset 21 of the line: convert"},
		{"surrogate bytes", "{\"id\":4,\"reward_model\":{\"ground_truth\":\"\xed\xa0\x80\"},\"group\":2}", "4", "reward_model.ground_truth", "invalid UTF-8 at byte offset 40"},
		{"invalid UTF-8 in the id", "{\"id\":\"\xff\"}", "9", "id", "invalid UTF-8"},
		{"invalid UTF-8 in a key", "{\"\xff\":1,\"id\":6}", "6", "", "invalid UTF-8 at byte offset 2"},
		{"invalid UTF-8 outside of JSON", "\xff", "9", "", "invalid UTF-8 at byte offset 0"},
		{"deep", strings.Repeat("[", 5000), "9", "", "maximum recursion depth exceeded"},
		{"long int", `{"id":` + strings.Repeat("1", 5000) + `}`, "9", "", "integer of more than 4300 digits"},
		{"no response", `{"id":1,"metric":"em","reference":"g"}`, "1", "response", "missing: give the text"},
		{"null response", `{"id":1,"response":null}`, "1", "response", "missing"},
		{"response is a number", `{"id":"x","response":1}`, `"x"`, "response", "a number: give a string, or"},
		{"response is a list", `{"response":["a"]}`, "9", "response", "a list: give a string, or a list of strings in responses"},
		{"both", `{"response":"a","responses":["b"]}`, "9", "responses", "given besides response"},
		{"responses is a string", `{"responses":"a"}`, "9", "responses", "a string: give a list"},
		{"responses is empty", `{"responses":[]}`, "9", "responses", "an empty list"},
		{"no reference", `{"id":1,"metric":"em","response":"r"}`, "1", "reference", "missing: give the reference answer"},
		{"null reference", `{"metric":"em","response":"r","reference":null}`, "9", "reference", "missing"},
		{"no reference, no metric", `{"response":"r"}`, "9", "reference", "missing"},
		{"task", `{"task":1,` + rest + `}`, "9", "task", "a number: give a string"},
		{"metric", `{"response":"r","reference":"g","metric":{}}`, "9", "metric", "an object: give a string"},
		{"lang", `{"lang":true,` + rest + `}`, "9", "lang", "a bool: give a string"},
		{"length", `{"length":"7",` + rest + `}`, "9", "length", "a string: give the length in tokens as a number"},
		{"length is NaN", `{"length":NaN,` + rest + `}`, "9", "length", "not finite"},
		{"group is a list", `{"id":1,"group":[1],` + rest + `}`, "1", "group", "a list: give a string"},
		{"group is Infinity", `{"id":1,"group":Infinity,` + rest + `}`, "1", "group", "not a finite number: give a string or a finite number"},
		{"no data_source", `{"response":"r","ground_truth":"g"}`, "9", "data_source", "missing: name the released reward, or"},
		{"data_source", `{"response":"r","data_source":3,"ground_truth":"g"}`, "9", "data_source", "a number: give a string"},
		{"no ground_truth", `{"response":"r","data_source":"EM"}`, "9", "reward_model.ground_truth", "missing"},
		{"reward_model", `{"response":"r","data_source":"EM","reward_model":7}`, "9", "reward_model", "a number: give an object"},
		{"reward_model is text", `{"response":"r","data_source":"EM","reward_model":"{"}`, "9", "reward_model", "a string that is not JSON"},
		{"extra_info", `{"extra_info":[],` + verl + `}`, "9", "extra_info", "a list: give an object"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows := decode(c.line, nil)
			if len(rows) != 1 {
				t.Fatalf("got %d rows", len(rows))
			}
			r := rows[0]
			var e *rollout.FieldError
			if !errors.As(r.Err, &e) {
				t.Fatalf("error is %v", r.Err)
			}
			if e.Line != 9 || e.Field != c.field || !strings.Contains(e.Msg, c.msg) {
				t.Errorf("got line %d, field %q, %q; want field %q, %q", e.Line, e.Field, e.Msg, c.field, c.msg)
			}
			if r.ID != c.id {
				t.Errorf("id is %s, want %s", r.ID, c.id)
			}
			if r.Record.Response != "" || r.Record.Gold.Exists() {
				t.Errorf("an error row has data: %+v", r)
			}
			if text := "line 9: "; !strings.HasPrefix(r.Err.Error(), text) {
				t.Errorf("%q does not begin with %q", r.Err, text)
			}
		})
	}
}

func TestDecodeResponses(t *testing.T) {
	rows := decode(`{"id":"q","group":5,"task":"em","reference":"g","responses":["a",2,"\ud800",null]}`, nil)
	if len(rows) != 4 {
		t.Fatalf("got %d rows", len(rows))
	}
	for i, want := range []struct{ text, err string }{
		{"a", ""}, {"", "line 9: responses[1]: a number: give a string"}, {"\xed\xa0\x80", ""}, {"", "line 9: responses[3]: null: give a string"},
	} {
		r := rows[i]
		if r.Sample != i || r.ID != `"q"` || r.Group != "5" || r.Record.Response != want.text {
			t.Errorf("row %d: got %+v", i, r)
		}
		if (r.Err == nil) != (want.err == "") || r.Err != nil && r.Err.Error() != want.err {
			t.Errorf("row %d: error is %v, want %q", i, r.Err, want.err)
		}
	}
	// A defect of the whole line is one of every response.
	rows = decode(`{"id":1,"metric":"em","responses":["a","b"]}`, nil)
	if len(rows) != 2 || rows[0].Err == nil || rows[1].Err == nil || rows[1].Sample != 1 {
		t.Errorf("got %+v", rows)
	}
}

func TestUnresolvedTask(t *testing.T) {
	for _, line := range []string{
		`{"data_source":"mine","ground_truth":"g","response":"g"}`,
		`{"data_source":"codeforces","ground_truth":"g","response":"g"}`,
		`{"data_source":"longbench_pro","ground_truth":{"doc_ids":["g"]},"response":"g"}`,
	} {
		r := decode(line, nil)[0]
		if r.Err != nil || r.Record.TaskErr == nil {
			t.Errorf("%s: error %v, task error %v", line, r.Err, r.Record.TaskErr)
		}
		s, err := scoring.New(scoring.WithMetric("em"))
		if err != nil {
			t.Fatal(err)
		}
		if res := s.Score(context.Background(), &r.Record); res.Scored() || res.Err == nil {
			t.Errorf("%s: scored %v without a known task", line, res.Value)
		}
	}
	// With a forced metric the reference answer is the ground truth itself.
	s, err := scoring.New(scoring.WithMetric("em"), scoring.WithForce())
	if err != nil {
		t.Fatal(err)
	}
	r := decode(`{"data_source":"mine","ground_truth":"g","response":"g"}`, nil)[0]
	if res := s.Score(context.Background(), &r.Record); res.Value != 1 {
		t.Errorf("forced em gave %v, %v", res.Value, res.Err)
	}
}

func TestLength(t *testing.T) {
	r := decode(`{"length":12.5,"metric":"em","response":"r","reference":"g"}`, nil)[0]
	if !r.Record.HasLength || r.Record.Length != 12.5 {
		t.Errorf("length is %v, %v", r.Record.Length, r.Record.HasLength)
	}
	r = decode(`{"length":0,"data_source":"EM","ground_truth":{"golden_label":"g"},"response":"r"}`, nil)[0]
	if !r.Record.HasLength || r.Record.Length != 0 {
		t.Errorf("length is %v, %v", r.Record.Length, r.Record.HasLength)
	}
}

// TestMRCR: rows with the random string may have their reference in answer.
func TestMRCR(t *testing.T) {
	for _, c := range []struct{ line, prefix, gold, err string }{
		{`{"metric":"mrcr","response":"r","answer":"g","random_string_to_prepend":"ab"}`, "ab", "g", ""},
		{`{"metric":"mrcr","response":"r","answer":"g","random_string_to_prepend":""}`, "", "g", ""},
		{`{"metric":"mrcr","response":"r","answer":"g","reference":"h","random_string_to_prepend":"ab"}`, "ab", "h", ""},
		{`{"metric":"mrcr","response":"r","answer":"g"}`, "", "", "random_string_to_prepend"},
		{`{"metric":"mrcr","response":"r","random_string_to_prepend":"ab"}`, "", "", "reference: missing"},
		{`{"metric":"mrcr","response":"r","answer":"g","random_string_to_prepend":5}`, "", "", "random_string_to_prepend: a number: give a string"},
		{`{"metric":"em","response":"r","answer":"g"}`, "", "", "reference: missing"},
		{`{"metric":"em","response":"r","reference":"g","answer":"x","random_string_to_prepend":null}`, "", "g", ""},
	} {
		r := decode(c.line, nil)[0]
		if c.err != "" {
			if r.Err == nil || !strings.Contains(r.Err.Error(), c.err) {
				t.Errorf("%s: %v, want %s", c.line, r.Err, c.err)
			}
			continue
		}
		if rec := r.Record; r.Err != nil || rec.Prefix != c.prefix || rec.Gold.String() != c.gold || rec.HasPrefix != strings.Contains(c.line, `"mrcr"`) {
			t.Errorf("%s: %+v, %v", c.line, rec, r.Err)
		}
	}
	if r := decode(`{"metric":"verdict","response":"[[YES]]"}`, nil)[0]; r.Err != nil {
		t.Error(r.Err)
	}
	r := decode(`{"metric":"mrcr","responses":["a","b"],"answer":"g","random_string_to_prepend":"ab"}`, nil)
	if len(r) != 2 || r[1].Record.Prefix != "ab" || !r[1].Record.HasPrefix {
		t.Errorf("%+v", r)
	}
}

func TestNeedsReference(t *testing.T) {
	opts := &rollout.Options{NeedsReference: func(rec *scoring.Record) bool { return rec.Metric != "mine" }}
	if r := decode(`{"metric":"mine","response":"r"}`, opts)[0]; r.Err != nil {
		t.Error(r.Err)
	}
	if r := decode(`{"metric":"format","response":"r"}`, opts)[0]; r.Err == nil {
		t.Error("no error")
	}
}

// TestPrompts: rows to be answered need no response, and theirs does not count.
func TestPrompts(t *testing.T) {
	opts := &rollout.Options{Prompts: true, Layout: rollout.Layout{Response: "none"}}
	for _, line := range []string{
		`{"id":1,"metric":"em","reference":"g"}`, `{"id":1,"metric":"em","reference":"g","response":"r","responses":7}`,
		`{"id":1,"metric":"em","reference":"g","responses":["a","b"]}`,
	} {
		r := decode(line, opts)
		if len(r) != 1 || r[0].Err != nil || r[0].Record.Response != "" || r[0].ID != "1" || r[0].Record.Gold.String() != "g" {
			t.Errorf("%s: %+v", line, r)
		}
	}
	if r := decode(`{"id":1,"metric":"em"}`, opts); len(r) != 1 || r[0].Err == nil || !strings.Contains(r[0].Err.Error(), "reference: missing") {
		t.Errorf("%+v", r)
	}
}

func TestLineError(t *testing.T) {
	want := &rollout.FieldError{Line: 9, Msg: "m"}
	rows := rollout.Decode(nil, rollout.Line{N: 9, Err: want}, nil)
	if len(rows) != 1 || rows[0].Err != want || rows[0].ID != "9" || rows[0].Group != "9" {
		t.Errorf("got %+v", rows)
	}
}

func TestDecodeAppends(t *testing.T) {
	rows := rollout.Decode(nil, rollout.Line{N: 1, Data: []byte(`x`)}, nil)
	rows = rollout.Decode(rows, rollout.Line{N: 2, Data: []byte(`{"metric":"em","response":"r","reference":"g"}`)}, nil)
	if len(rows) != 2 || rows[0].Line != 1 || rows[1].Line != 2 || rows[1].Err != nil {
		t.Errorf("got %+v", rows)
	}
}
