package service_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/golongrl/golongrl/internal/py"
	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/scoring/rollout"
	"github.com/golongrl/golongrl/serve/service"
	"github.com/golongrl/golongrl/serve/wire"
)

// judged is what golongrl-score says of a row.
func judged(s *scoring.Scorer, row *rollout.Row) answer {
	r := rollout.Judge(context.Background(), s, row)
	a := answer{score: math.Float64bits(r.Value), status: r.Status, metric: r.Metric, task: r.Task}
	if r.Err != nil {
		a.err = rollout.ErrorText(r.Err)
	}
	return a
}

// TestSameAsCommand: rows give what golongrl-score gives, bit for bit, whether
// they come as JSON or as fields, alone or together, for any number of workers.
func TestSameAsCommand(t *testing.T) {
	rows := 60
	if testing.Short() {
		rows = 10
	}
	for _, profile := range []scoring.Profile{scoring.Strict, scoring.Reference} {
		scorer, err := scoring.New(scoring.WithProfile(profile))
		if err != nil {
			t.Fatal(err)
		}
		opts := &rollout.Options{NeedsReference: rollout.NeedsReference(scorer)}
		s := newService(t, service.Config{Workers: 3})
		var want, wantFields []answer
		var asRow, asFields [][]field
		for _, line := range lines(t, rows) {
			rows := rollout.Decode(nil, rollout.Line{N: 1, Data: []byte(line)}, opts)
			if len(rows) != 1 {
				t.Fatalf("%d rows: %.300s", len(rows), line)
			}
			rec := &rows[0].Record
			want = append(want, judged(scorer, &rows[0]))
			response := responseOf(t, line)
			asRow = append(asRow, []field{{wire.TagRow, line}, {wire.TagResponse, response}})

			// Fields know nothing of a released source that does not exist, nor of
			// what the released code sees in the reference and we do not.
			if rows[0].Err != nil || rec.TaskErr != nil || !rec.Gold.Exists() || profile == scoring.Reference {
				continue
			}
			gold, err := rec.Gold.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			wantFields = append(wantFields, want[len(want)-1])
			asFields = append(asFields, []field{
				{wire.TagTask, rec.Task}, {wire.TagItem, rec.Metric}, {wire.TagLang, rec.Lang}, {wire.TagJSON, string(gold)}, {wire.TagResponse, rec.Response},
			})
		}
		options := []field{{wire.TagProfile, profile.String()}}
		for name, c := range map[string]struct {
			items [][]field
			want  []answer
		}{"rows": {asRow, want}, "fields": {asFields, wantFields}} {
			if len(c.items) < 90 && profile == scoring.Strict {
				t.Fatalf("only %d %s", len(c.items), name)
			}
			for i, got := range score(t, s, scoreMessage(1, options, c.items...)) {
				w := c.want[i]
				if got != w {
					t.Errorf("%v, %s %d: %+v, want %+v", profile, name, i, got, w)
				}
				if i%10 == 0 {
					if alone := score(t, s, scoreMessage(1, options, c.items[i])); alone[0] != got {
						t.Errorf("%v, %s %d: %+v alone", profile, name, i, alone[0])
					}
				}
			}
		}
	}
}

// TestSamples reads the simple schema in all ways.
func TestSamples(t *testing.T) {
	scorer, err := scoring.New(scoring.WithMetric("format"))
	if err != nil {
		t.Fatal(err)
	}
	opts := &rollout.Options{NeedsReference: rollout.NeedsReference(scorer)}
	s := newService(t, service.Config{})
	const surrogate = "\xed\xa0\x80"
	for _, c := range []struct {
		line   string
		fields []field
	}{
		{`{"metric":"em","reference":"4","response":"[Answer] 4"}`, em},
		{`{"metric":"em","reference":4,"response":"[Answer] 4"}`, []field{{wire.TagItem, "em"}, {wire.TagJSON, "4"}, {wire.TagResponse, "[Answer] 4"}}},
		{`{"task":"T3","reference":["a","b"],"response":"[Answer]\na"}`, []field{{wire.TagTask, "T3"}, {wire.TagJSON, `["a","b"]`}, {wire.TagResponse, "[Answer]\na"}}},
		{`{"metric":"em","task":"T9","reference":"g","response":"g"}`, []field{{wire.TagItem, "em"}, {wire.TagTask, "T9"}, {wire.TagReference, "g"}, {wire.TagResponse, "g"}}},
		{`{"metric":"words + 0.001*length","length":500,"response":"one two"}`, []field{{wire.TagItem, "words + 0.001*length"}, {wire.TagLength, f64(500)}, {wire.TagResponse, "one two"}}},
		{`{"metric":"length","response":"x"}`, []field{{wire.TagItem, "length"}, {wire.TagResponse, "x"}}},
		{`{"response":"[Answer] x"}`, []field{{wire.TagResponse, "[Answer] x"}}}, // format needs no reference
		{`{"metric":"mrcr","random_string_to_prepend":"ab","reference":"abc","response":"abc"}`, []field{{wire.TagItem, "mrcr"}, {wire.TagPrefix, "ab"}, {wire.TagReference, "abc"}, {wire.TagResponse, "abc"}}},
		{`{"metric":"rouge_l","lang":"zh","reference":"今天天气很好","response":"今天天气"}`, []field{{wire.TagItem, "rouge_l"}, {wire.TagLang, "zh"}, {wire.TagReference, "今天天气很好"}, {wire.TagResponse, "今天天气"}}},
		{`{"metric":"em","reference":"\ud800","response":"[Answer] \ud800"}`, []field{{wire.TagItem, "em"}, {wire.TagReference, surrogate}, {wire.TagResponse, "[Answer] " + surrogate}}},
		{`{"metric":"token_f1","reference":"","response":""}`, []field{{wire.TagItem, "token_f1"}, {wire.TagReference, ""}, {wire.TagResponse, ""}}},
		{`{"metric":"no such","response":"r"}`, []field{{wire.TagItem, "no such"}, {wire.TagResponse, "r"}}},
	} {
		rows := rollout.Decode(nil, rollout.Line{N: 1, Data: []byte(c.line)}, opts)
		want := judged(scorer, &rows[0])
		response := ""
		for _, f := range c.fields {
			if f.tag == wire.TagResponse {
				response = f.text
			}
		}
		message := scoreMessage(1, []field{{wire.TagMetric, "format"}}, c.fields, []field{{wire.TagRow, c.line}, {wire.TagResponse, response}})
		for i, got := range score(t, s, message) {
			if got != want {
				t.Errorf("%s, %d: %+v, want %+v", c.line, i, got, want)
			}
		}
	}
}

func f64(v float64) string { return string(wire.AppendF64(nil, v)) }

// TestBadItems: what is wrong with one item is its error, with what to do.
func TestBadItems(t *testing.T) {
	s := newService(t, service.Config{})
	with := func(more ...field) []field { return append(more, em...) }
	for _, c := range []struct {
		item []field
		err  string
	}{
		{with(field{wire.TagReference, "\xff"}), "reference: not UTF-8: encode"},
		{with(field{wire.TagJSON, "{"}), "reference: not JSON: "},
		{with(field{wire.TagTask, "a\xffb"}), "task: not UTF-8"},
		{with(field{wire.TagLang, "\xc3"}), "lang: not UTF-8"},
		{with(field{wire.TagPrefix, "\xed\xa0"}), "random_string_to_prepend: not UTF-8"},
		{with(field{wire.TagLength, f64(math.Inf(1))}), "length: not finite: give"},
		{with(field{wire.TagLength, f64(math.NaN())}), "length: not finite: give"},
		{with(field{wire.TagLength, "7"}), "length: not finite: give"},
		{[]field{{wire.TagItem, "em"}, {wire.TagReference, "4"}, {wire.TagResponse, "\xed\xb0\x80\xed\xed"}}, "response: not UTF-8"},
		{[]field{{wire.TagItem, "em"}, {wire.TagResponse, "4"}}, "reference: missing: give the reference answer"},
		{[]field{{wire.TagItem, "em"}, {wire.TagJSON, "null"}, {wire.TagResponse, "4"}}, "reference: missing: give the reference answer"},
		{[]field{{wire.TagReference, "4"}, {wire.TagResponse, "4"}}, "the record names no metric"},
		{[]field{{wire.TagRow, "{"}, {wire.TagResponse, "4"}}, "not JSON: "},
		{[]field{{wire.TagRow, `{"metric":5,"reference":"4"}`}, {wire.TagResponse, "4"}}, "metric: a number: give a string"},
		{[]field{{wire.TagRow, `{"metric":"em","reference":"` + "\xff" + `"}`}, {wire.TagResponse, "4"}}, "reference: invalid UTF-8"},
	} {
		got := score(t, s, scoreMessage(1, nil, em, c.item, em))
		if len(got) != 3 || got[0] != got[2] || got[0].value() != 1 {
			t.Fatalf("%+v: the items beside it: %+v", c.item, got)
		}
		if a := got[1]; !math.IsNaN(a.value()) || a.status != scoring.Error || !strings.Contains(a.err, c.err) {
			t.Errorf("%q: %v %v %q, want %q", c.item, a.value(), a.status, a.err, c.err)
		}
	}
}

// TestBadCalls: what is wrong with a message is the error of the call.
func TestBadCalls(t *testing.T) {
	s := newService(t, service.Config{})
	header := func(op wire.Op) []byte { return wire.AppendHeader(nil, op, 6) }
	for _, c := range []struct {
		name    string
		message []byte
		code    int
		item    int
		msg     string
	}{
		{"nothing", nil, 400, -1, "byte 0: a byte needs 1 bytes and 0 are left"},
		{"unknown operation", header(77), 400, -1, "operation 77 is unknown: the client is newer"},
		{"error as operation", header(wire.OpError), 400, -1, "operation 255"},
		{"unknown option", scoreMessage(6, []field{{'z', ""}}), 400, -1, "field 'z' is unknown here"},
		{"option with a text", scoreMessage(6, []field{{wire.TagForce, "no"}}), 400, -1, "field 'f' is a flag"},
		{"unknown field", scoreMessage(6, nil, em, append([]field{{'z', ""}}, em...)), 400, 1, "field 'z' is unknown here"},
		{"no response", scoreMessage(6, nil, em, em[:1], em), 400, 1, "no response"},
		{"row and fields", scoreMessage(6, nil, append([]field{{wire.TagRow, "{}"}}, em...)), 400, 0, "fields beside it"},
		{"too many items", append(appendFields(header(wire.OpScore), nil), "\xff\xff\xff\xff123456"...), 400, -1, "4294967295 items"},
		{"too few bytes for the items", append(appendFields(header(wire.OpScore), nil), "\x02\x00\x00\x00r\x00\x00\x00\x00\x00r\x00\x00\x00\x00"...), 400, -1, "2 items where 11 bytes"},
		{"text behind", append(scoreMessage(6, nil, em), 'x'), 400, -1, "1 bytes too many"},
		{"unknown metric", scoreMessage(6, []field{{wire.TagMetric, "ems"}}, em), 422, -1, "did you mean em?"},
		{"metric that is no text", scoreMessage(6, []field{{wire.TagMetric, "\xff"}}, em), 422, -1, "not UTF-8"},
		{"unknown profile", scoreMessage(6, []field{{wire.TagProfile, "lax"}}, em), 422, -1, "profile: "},
		{"force without a metric", scoreMessage(6, []field{{wire.TagForce, ""}}, em), 422, -1, "force needs a metric"},
		{"hello with more", append(wire.AppendText(header(wire.OpHello), "token"), 1), 400, -1, "1 bytes too many"},
		{"registry with more", append(header(wire.OpRegistry), 1), 400, -1, "1 bytes too many"},
		{"unknown field of verify", append(wire.AppendField(header(wire.OpVerify), 'p', ""), 0, 0, 0, 0, 0), 400, -1, "field 'p' is unknown here"},
		{"unknown option of verify", verifyMessage(`{"units":true}`), 422, -1, `options: unknown field "units"`},
		{"option of verify that is none", verifyMessage(`{"rel_tol":7}`), 422, -1, "RelTol"},
		{"option of another kind", verifyMessage(`{"rel_tol":"x"}`), 422, -1, "options: "},
		{"options with a tail", verifyMessage(`{} {}`), 422, -1, "behind the object"},
		{"blank gold", verifyMessage("", service.Pair{Gold: "1", Response: "1"}, service.Pair{Gold: " ", Response: "1"}), 422, 1, "gold is blank"},
		{"gold that is no text", verifyMessage("", service.Pair{Gold: "\xff", Response: "1"}), 422, 0, "gold: not UTF-8"},
		{"response that is no text", verifyMessage("", service.Pair{Gold: "1", Response: "\xff"}), 422, 0, "response: not UTF-8"},
	} {
		r, e := call(t, s, c.message)
		if r != nil {
			t.Errorf("%s: no error", c.name)
		} else if e.Code != c.code || e.Item != c.item || !strings.Contains(e.Msg, c.msg) {
			t.Errorf("%s: %d, item %d, %q; want %d, item %d, %q", c.name, e.Code, e.Item, e.Msg, c.code, c.item, c.msg)
		}
	}
}

// TestOptions: the options of a call, and those of the service below them.
func TestOptions(t *testing.T) {
	s := newService(t, service.Config{Metric: "f1", Profile: scoring.Reference})
	bare := []field{{wire.TagResponse, "</think>\n[Answer]\nx"}, {wire.TagReference, "x"}}
	own := append([]field{{wire.TagItem, "em"}}, bare...)
	for _, c := range []struct {
		options   []field
		bare, own string
	}{
		{nil, "f1(profile=reference)", "em(profile=reference)"},
		{[]field{{wire.TagProfile, "strict"}}, "f1", "em"},
		{[]field{{wire.TagMetric, "sub_em"}}, "sub_em(profile=reference)", "em(profile=reference)"},
		{[]field{{wire.TagMetric, "sub_em"}, {wire.TagForce, ""}, {wire.TagProfile, "strict"}}, "sub_em", "sub_em"},
		{[]field{{wire.TagForce, ""}}, "f1(profile=reference)", "f1(profile=reference)"},
	} {
		got := score(t, s, scoreMessage(1, c.options, bare, own))
		if got[0].metric != c.bare || got[1].metric != c.own {
			t.Errorf("%q: judged by %q and %q", c.options, got[0].metric, got[1].metric)
		}
		if got[0].explained != "" {
			t.Error("an explanation that nobody asked for")
		}
	}
	got := score(t, s, scoreMessage(1, []field{{wire.TagExplain, ""}}, own))
	var detail struct {
		Answer string
		Why    []struct{ Rule, Note string }
		Parts  []any
	}
	if err := json.Unmarshal([]byte(got[0].explained), &detail); err != nil || len(detail.Why) == 0 || detail.Parts == nil {
		t.Errorf("%v: %s", err, got[0].explained)
	}
	for _, c := range []service.Config{{Metric: "no such"}, {Workers: -1}} {
		if _, err := service.New(c); err == nil {
			t.Errorf("%+v is accepted", c)
		}
	}
}

// TestManyItems has more items than are judged at a time.
func TestManyItems(t *testing.T) {
	s := newService(t, service.Config{Workers: 2})
	var items [][]field
	for i := range 2500 {
		items = append(items, []field{{wire.TagItem, "em"}, {wire.TagReference, fmt.Sprint(i % 7)}, {wire.TagResponse, fmt.Sprintf("[Answer] %d", i%5)}})
	}
	items[2100] = []field{{wire.TagItem, "em"}, {wire.TagResponse, ""}}
	got := score(t, s, scoreMessage(1, nil, items...))
	if len(got) != len(items) {
		t.Fatalf("%d results", len(got))
	}
	for i, a := range got {
		want := 0.0
		if i%7 == i%5 {
			want = 1
		}
		if i == 2100 && a.status == scoring.Error {
			continue
		}
		if a.value() != want {
			t.Fatalf("item %d: %v, want %v", i, a.value(), want)
		}
	}
}

// TestNothingIsKept spoils the memory of each message after its call. Answers
// that change show something that was kept.
func TestNothingIsKept(t *testing.T) {
	s := newService(t, service.Config{})
	ask := func(i int) []answer {
		// Spellings are new to the caches.
		m := scoreMessage(1, []field{{wire.TagMetric, fmt.Sprintf("ndcg@%d", i+1)}, {wire.TagProfile, "strict"}},
			[]field{{wire.TagReference, "a\nb"}, {wire.TagResponse, "[Answer]\na"}},
			[]field{{wire.TagItem, fmt.Sprintf("0.5*em + 0.%d*f1", i+1)}, {wire.TagTask, "T7"}, {wire.TagReference, "a"}, {wire.TagResponse, "[Answer]\na"}},
			[]field{{wire.TagRow, fmt.Sprintf(`{"metric":"rouge_l(lang=zh) * %d","reference":"今天","lang":"zh"}`, i+1)}, {wire.TagResponse, "今天"}},
		)
		got := score(t, s, m)
		for i := range m {
			m[i] = 0xAA
		}
		return got
	}
	var want [][]answer
	for i := range 20 {
		want = append(want, ask(i))
	}
	for i := range 20 {
		for k, got := range ask(i) {
			if got != want[i][k] {
				t.Errorf("round %d, item %d: %+v, before %+v", i, k, got, want[i][k])
			}
			if !math.IsNaN(got.value()) && got.metric == "" || strings.Contains(got.metric, "\xaa") {
				t.Errorf("round %d, item %d: the metric is %q", i, k, got.metric)
			}
		}
	}
}

// TestConcurrent: many calls at a time have the answers that each has alone.
func TestConcurrent(t *testing.T) {
	s := newService(t, service.Config{Workers: 4})
	var messages [][]byte
	var want [][]byte
	for i := range 6 {
		var items [][]field
		for k := range 40 {
			text := strings.Repeat(fmt.Sprintf("the quick %d fox ", k), 35)
			items = append(items, []field{{wire.TagItem, []string{"token_f1", "rouge_l", "math_verify", "em"}[k%4]}, {wire.TagReference, fmt.Sprint("quick fox ", i)}, {wire.TagResponse, text}})
		}
		messages = append(messages, scoreMessage(uint32(i), []field{{wire.TagMetric, fmt.Sprintf("ndcg@%d", i+1)}, {wire.TagExplain, ""}}, items...))
		want = append(want, newService(t, service.Config{Workers: 1}).Call(context.Background(), nil, messages[i]))
	}
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range messages {
				k := (i + 3*w) % len(messages)
				if got := s.Call(context.Background(), nil, messages[k]); string(got) != string(want[k]) {
					t.Errorf("call %d differs from itself alone", k)
				}
			}
		})
	}
	wg.Wait()
}

// TestStopped: a call whose context has ended is an error, never a row of zeros.
func TestStopped(t *testing.T) {
	s := newService(t, service.Config{})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	m := scoreMessage(4, nil, em, em)
	if _, e := opened(t, s.Call(ctx, nil, m), m); e == nil || e.Code != wire.CodeClosing || !strings.Contains(e.Msg, "ask again") {
		t.Errorf("score: %+v", e)
	}
	v := verifyMessage("", service.Pair{Gold: "1", Response: "1"})
	if _, e := opened(t, s.Call(ctx, nil, v), v); e == nil || e.Code != wire.CodeClosing {
		t.Errorf("verify: %+v", e)
	}
	if _, err := s.Score(ctx, service.ScoreOptions{Metric: "em"}, make([]rollout.Row, 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("Score: %v", err)
	}
}

// panicking panics in its name, which nothing catches but the call.
type panicking struct{ scoring.Metric }

func (panicking) String() string { panic("in String") }

// TestPanic: a defect is an error of the row, or of the call.
func TestPanic(t *testing.T) {
	reg, err := scoring.Builtin().With("mine", func(*scoring.Options) (scoring.Metric, error) { return panicking{}, nil })
	if err != nil {
		t.Fatal(err)
	}
	s := newService(t, service.Config{Registry: reg})
	got := score(t, s, scoreMessage(1, nil, em, []field{{wire.TagItem, "mine"}, {wire.TagReference, "x"}, {wire.TagResponse, "x"}}))
	if got[0].value() != 1 || got[1].status != scoring.Error || !strings.Contains(got[1].err, "internal error: ") {
		t.Errorf("%+v", got)
	}
}

// TestRowOptions reads rows as golongrl-score does: a metric of the call that
// needs no reference is heeded.
func TestRowOptions(t *testing.T) {
	s := newService(t, service.Config{})
	o := service.ScoreOptions{Metric: "format"}
	opts, err := s.RowOptions(o)
	if err != nil {
		t.Fatal(err)
	}
	rows := rollout.Decode(nil, rollout.Line{N: 2, Data: []byte(`{"id":"x","responses":["<think>a</think>b","c"]}`)}, opts)
	results, err := s.Score(context.Background(), o, rows)
	if err != nil || len(results) != 2 {
		t.Fatalf("%v, %d results", err, len(results))
	}
	for i := range results {
		line := rollout.AppendResult(nil, "", &rows[i], &results[i], false)
		v, err := py.Parse(string(line))
		sample, _ := v.Get("sample")
		if got, _ := v.Get("score"); err != nil || sample.Raw() != fmt.Sprint(i) || got.Kind() == py.Null {
			t.Errorf("%s, %v", line, err)
		}
	}
	if _, err := s.RowOptions(service.ScoreOptions{Profile: "lax"}); err == nil {
		t.Error("there is no profile lax")
	}
}

// responseOf is the response in a line of JSON.
func responseOf(t *testing.T, line string) string {
	v, err := py.Parse(line)
	if err != nil {
		t.Fatal(err)
	}
	r, _ := v.Get("response")
	return r.Str()
}
