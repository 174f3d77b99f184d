package service_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/advantage"
	"github.com/golongrl/golongrl/mathverify"
	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/serve/service"
	"github.com/golongrl/golongrl/serve/wire"
)

func verifyMessage(options string, pairs ...service.Pair) []byte {
	b := wire.AppendHeader(nil, wire.OpVerify, 3)
	if options != "" {
		b = wire.AppendField(b, wire.TagOptions, options)
	}
	b = wire.AppendU32(append(b, 0), uint32(len(pairs)))
	for _, p := range pairs {
		b = wire.AppendText(wire.AppendText(b, p.Gold), p.Response)
	}
	return b
}

// verdict is what a reply says of a pair.
type verdict struct {
	verdict uint8
	fields  string
}

func verdicts(t *testing.T, s *service.Service, message []byte) (list []verdict) {
	t.Helper()
	r, e := call(t, s, message)
	if e != nil {
		t.Fatal(e)
	}
	for range r.Count(2) {
		v := verdict{verdict: r.U8()}
		for tag, text := r.Field(); tag != 0; tag, text = r.Field() {
			v.fields += string(tag) + "=" + text + ";"
		}
		list = append(list, v)
	}
	if r.End(); r.Err() != nil {
		t.Fatal(r.Err())
	}
	return list
}

func TestVerify(t *testing.T) {
	s := newService(t, service.Config{Workers: 2})
	pairs := []service.Pair{
		{Gold: "1/2", Response: "so the answer is 0.5"}, {Gold: "1/2", Response: "so it is $\\frac{1}{3}$"}, {Gold: "2", Response: ""}, {Gold: "x+1", Response: "$1+x$"},
	}
	want := []verdict{{wire.Equal, "g=1/2;a=0.5;"}, {wire.Different, "g=1/2;"}, {wire.Different, "r=no answer;g=2;n=no_answer;"}, {wire.Equal, "g=x+1;"}}
	for i, got := range verdicts(t, s, verifyMessage("", pairs...)) {
		rest := got.fields
		for f := range strings.SplitAfterSeq(want[i].fields, ";") {
			if !strings.Contains(rest, f) {
				t.Errorf("pair %d: no %s in %s", i, f, rest)
			}
		}
		if got.verdict != want[i].verdict || !strings.HasPrefix(rest, "r=") {
			t.Errorf("pair %d: %d %s", i, got.verdict, rest)
		}
	}

	// More than a block of them, in order.
	many := make([]service.Pair, 1500)
	for i := range many {
		many[i] = service.Pair{Gold: fmt.Sprint(i), Response: fmt.Sprint("[Answer] ", i-i%3/2)}
	}
	got := verdicts(t, s, verifyMessage("{}", many...))
	if len(got) != len(many) {
		t.Fatalf("%d verdicts", len(got))
	}
	for i, v := range got {
		if (v.verdict == wire.Equal) != (i%3 != 2) {
			t.Fatalf("pair %d: %+v", i, v)
		}
	}
	many[1400].Gold = ""
	if _, e := call(t, s, verifyMessage("", many...)); e == nil || e.Item != 1400 {
		t.Errorf("%+v", e)
	}
}

// TestVerifyOptions: every name of JSON is an option of mathverify, and what it
// changes is changed here.
func TestVerifyOptions(t *testing.T) {
	for text, want := range map[string]mathverify.Options{
		``: {}, ` {} `: {}, `null`: {},
		`{"rel_tol":0.01,"log_base":"10"}`:                 {RelTol: 0.01, LogBase: mathverify.Base10},
		`{"log_base":"e","decimal_comma":true}`:            {LogBase: mathverify.BaseE, DecimalComma: true},
		`{"ignore_units":true,"ignore_percent":true}`:      {IgnoreUnits: true, IgnorePercent: true},
		`{"fold_case":true,"ordered_lists":true}`:          {FoldCase: true, OrderedLists: true},
		`{"tuple_as_set":true,"any_value":true}`:           {TupleAsSet: true, AnyValue: true},
		`{"preset":"` + mathverify.Presets()[1] + `"}`:     {Preset: preset(t, mathverify.Presets()[1])},
		`{"preset":"","log_base":"any","fold_case":false}`: {},
	} {
		o, err := service.ParseVerifyOptions(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got, err := o.Rules(); err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		`[]`: "options: ", `{"rel_tol":`: "options: ", `{"x":1}`: `unknown field "x"`, `{}x`: "behind the object",
		`{"preset":"none"}`: "use one of strict, ", `{"log_base":"2"}`: "use any, e or 10", `{"rel_tol":-1}`: "RelTol",
	} {
		o, err := service.ParseVerifyOptions(text)
		if err == nil {
			_, err = o.Rules()
		}
		e, ok := err.(*wire.Error)
		if !ok || e.Code != wire.CodeBadItem || e.Item != -1 || !strings.Contains(e.Msg, want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	s := newService(t, service.Config{})
	pair := service.Pair{Gold: "100", Response: "[Answer] 100.4"}
	if got := verdicts(t, s, verifyMessage("", pair)); got[0].verdict != wire.Different {
		t.Errorf("%+v", got)
	}
	if got := verdicts(t, s, verifyMessage(`{"rel_tol":0.01}`, pair)); got[0].verdict != wire.Equal {
		t.Errorf("%+v", got)
	}
}

func preset(t *testing.T, name string) mathverify.Preset {
	p, err := mathverify.ParsePreset(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// batchMessage asks for advantages. Nil lists are left out.
func batchMessage(a *service.Advantages) []byte {
	b := wire.AppendHeader(nil, wire.OpAdvantage, 8)
	if a.Estimator != "" {
		b = wire.AppendField(b, wire.TagEstimator, a.Estimator)
	}
	b = wire.AppendF64s(b, wire.TagRewards, a.Rewards)
	b = wire.AppendU32s(b, wire.TagGroups, a.Groups)
	if a.Tasks != nil {
		var names, numbers = []string(nil), []uint32(nil)
		for _, task := range a.Tasks {
			i := slices.Index(names, task)
			if i < 0 {
				i, names = len(names), append(names, task)
			}
			numbers = append(numbers, uint32(i))
		}
		var texts []byte
		for _, name := range names {
			texts = wire.AppendText(texts, name)
		}
		b = wire.AppendU32s(b, wire.TagTasks, numbers)
		b = wire.AppendField(b, wire.TagNames, string(texts))
	}
	if a.Lengths != nil {
		var v []uint32
		for _, n := range a.Lengths {
			v = append(v, uint32(n))
		}
		b = wire.AppendU32s(b, wire.TagLengths, v)
	}
	if a.Baselines != nil {
		b = wire.AppendF64s(b, wire.TagBaselines, a.Baselines)
	}
	for i, c := range a.Components {
		body := wire.AppendText(nil, a.Names[i])
		for _, v := range c {
			body = wire.AppendF64(body, v)
		}
		b = wire.AppendField(b, wire.TagComponent, string(body))
	}
	return append(b, 0)
}

func callAdvantage(t *testing.T, s *service.Service, message []byte) (values []float64, name string, e *wire.Error) {
	t.Helper()
	r, e := call(t, s, message)
	if e != nil {
		return nil, "", e
	}
	var err error
	for tag, text := r.Field(); tag != 0; tag, text = r.Field() {
		switch tag {
		case wire.TagEstimator:
			name = text
		case wire.TagValues:
			values, err = wire.F64s(text)
		default:
			t.Errorf("field %q", tag)
		}
	}
	if r.End(); r.Err() != nil || err != nil {
		t.Fatal(r.Err(), err)
	}
	return values, name, nil
}

var nan = math.NaN()

// TestAdvantage holds the service to package advantage on the rows that have a
// reward, for every estimator.
func TestAdvantage(t *testing.T) {
	s := newService(t, service.Config{})
	rows := []int{0, 1, 3, 4, 6, 7, 8} // those with a reward
	a := &service.Advantages{
		Rewards:    []float64{1, 0, nan, 0.5, 0.25, nan, 1, 0, 0.75},
		Groups:     []uint32{4, 4, 4, 9, 9, 9, 1, 1, 4},
		Tasks:      []string{"a", "a", "x", "b", "b", "b", "a", "a", "a"},
		Lengths:    []int{10, 20, 0, 5, 6, 0, 7, 8, 9},
		Baselines:  []float64{0.5, 0.5, nan, 0, 0.125, nan, 1, 1, 0.25},
		Components: [][]float64{{1, 0, nan, 1, 0, nan, 1, 0, 1}, {0, 0.5, nan, 0, 0.5, nan, 1, 0, 0.5}}, Names: []string{"p", "q"},
	}
	pickF := func(x []float64) (y []float64) {
		for _, i := range rows {
			y = append(y, x[i])
		}
		return y
	}
	names := append(slices.Collect(slices.Values(advantage.Names())), "tmn_reweight(alpha=0.5)", "")
	for _, name := range names {
		a.Estimator = name
		spelling := name
		if name == "" {
			spelling = "tmn_reweight"
		}
		est, err := advantage.Parse(spelling)
		if err != nil {
			t.Fatal(err)
		}
		var groups []uint32
		var tasks []string
		var lengths []int
		for _, i := range rows {
			groups, tasks, lengths = append(groups, a.Groups[i]), append(tasks, a.Tasks[i]), append(lengths, a.Lengths[i])
		}
		ix, err := advantage.NewIndex(groups, tasks)
		if err != nil {
			t.Fatal(err)
		}
		batch := &advantage.Batch{
			Index: ix, Rewards: pickF(a.Rewards), Lengths: lengths, Baselines: pickF(a.Baselines),
			Components: [][]float64{pickF(a.Components[0]), pickF(a.Components[1])}, Names: a.Names,
		}
		want := make([]float64, len(rows))
		if err := est.Advantages(want, batch); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		values, canonical, e := callAdvantage(t, s, batchMessage(a))
		if e != nil || canonical != est.String() || len(values) != len(a.Rewards) {
			t.Errorf("%s: %v, %q, %d values", name, e, canonical, len(values))
			continue
		}
		for k, i := range rows {
			if math.Float64bits(values[i]) != math.Float64bits(want[k]+0) {
				t.Errorf("%s: row %d is %v, want %v", name, i, values[i], want[k])
			}
		}
		if !math.IsNaN(values[2]) || !math.IsNaN(values[5]) {
			t.Errorf("%s: rows without a reward have %v and %v", name, values[2], values[5])
		}
		direct, again, err := s.Advantage(context.Background(), a)
		if err != nil || again != canonical || fmt.Sprint(direct) != fmt.Sprint(values) {
			t.Errorf("%s: %v, %q, %v", name, err, again, direct)
		}
	}

	// By hand: the released GRPO divides by the unbiased deviation plus 1e-6.
	values, name, e := callAdvantage(t, s, batchMessage(&service.Advantages{Estimator: "grpo", Rewards: []float64{1, nan, 0}, Groups: []uint32{0, 0, 0}}))
	want := 0.5 / (math.Sqrt(0.5) + 1e-6)
	if e != nil || name != "grpo" || math.Abs(values[0]-want) > 1e-12 || math.Abs(values[2]+want) > 1e-12 || !math.IsNaN(values[1]) {
		t.Errorf("%v, %q, %v", values, name, e)
	}
	for _, rewards := range [][]float64{nil, {nan}, {nan, nan}} {
		values, _, e := callAdvantage(t, s, batchMessage(&service.Advantages{Rewards: rewards, Groups: make([]uint32, len(rewards)), Tasks: make([]string, len(rewards))}))
		if e != nil || len(values) != len(rewards) || slices.ContainsFunc(values, func(v float64) bool { return !math.IsNaN(v) }) {
			t.Errorf("%v: %v, %v", rewards, values, e)
		}
	}
}

func TestAdvantageErrors(t *testing.T) {
	s := newService(t, service.Config{})
	three := func(change func(*service.Advantages)) []byte {
		a := &service.Advantages{Estimator: "grpo", Rewards: []float64{nan, 1, 0}, Groups: []uint32{0, 0, 0}}
		change(a)
		return batchMessage(a)
	}
	for _, c := range []struct {
		name    string
		message []byte
		code    int
		item    int
		msg     string
	}{
		{"estimator", three(func(a *service.Advantages) { a.Estimator = "grpos" }), 422, -1, "estimator: "},
		{"groups", three(func(a *service.Advantages) { a.Groups = a.Groups[:2] }), 422, -1, "groups: 2 elements for 3 rewards"},
		{"tasks", three(func(a *service.Advantages) { a.Tasks = []string{} }), 422, -1, "tasks: 0 elements for 3 rewards"},
		{"no tasks", three(func(a *service.Advantages) { a.Estimator = "tmn" }), 422, -1, "tasks"},
		{"task without a name", wire.AppendU32s(nil, wire.TagTasks, []uint32{0, 7, 0}), 422, 0, "task: number 0 of 0 names"},
		{"two tasks in a group", three(func(a *service.Advantages) { a.Estimator, a.Tasks = "tmn", []string{"x", "x", "y"} }), 422, 2, "task"},
		{"infinite", three(func(a *service.Advantages) { a.Rewards[2] = math.Inf(1) }), 422, 2, "reward: is +Inf"},
		{"length", three(func(a *service.Advantages) { a.Estimator, a.Lengths = "opo", []int{0, 1, 0} }), 422, 2, "length: is 0"},
		{"baseline", three(func(a *service.Advantages) { a.Estimator, a.Baselines = "remax", []float64{nan, nan, 0} }), 422, 1, "baseline: is NaN"},
		{"no baselines", three(func(a *service.Advantages) { a.Estimator = "remax" }), 422, -1, "baselines"},
		{"component", three(func(a *service.Advantages) {
			a.Estimator, a.Components, a.Names = "gdpo", [][]float64{{nan, 1, 0}, {nan, 0, nan}}, []string{"p", "q"}
		}), 422, 2, "q: is NaN"},
		{"short component", three(func(a *service.Advantages) { a.Components, a.Names = [][]float64{{1}}, []string{"p"} }), 422, -1, "component p: 1 elements for 3 rewards"},
		{"half a number", append(wire.AppendField(nil, wire.TagRewards, "1234567"), 0), 400, -1, "field 'r': 7 bytes"},
		{"half a name", append(wire.AppendField(nil, wire.TagNames, "\x05\x00\x00\x00ab"), 0), 400, -1, "field 'T': "},
		{"half a component", append(wire.AppendField(nil, wire.TagComponent, "\x05"), 0), 400, -1, "field 'c': "},
		{"unknown field", append(wire.AppendField(nil, 'z', ""), 0), 400, -1, "field 'z' is unknown here"},
	} {
		m := c.message
		if c.name == "task without a name" {
			m = append(m, 0)
		}
		if m[0] != byte(wire.OpAdvantage) || len(m) > 4 && m[1] != 8 {
			m = append(wire.AppendHeader(nil, wire.OpAdvantage, 8), m...)
		}
		_, _, e := callAdvantage(t, s, m)
		if e == nil || e.Code != c.code || e.Item != c.item || !strings.Contains(e.Msg, c.msg) {
			t.Errorf("%s: %+v; want %d, item %d, %q", c.name, e, c.code, c.item, c.msg)
		}
	}
	for _, a := range []*service.Advantages{
		{Rewards: []float64{1}, Groups: []uint32{0}, Lengths: []int{}}, {Rewards: []float64{1}, Groups: []uint32{0}, Baselines: []float64{1, 2}},
		{Rewards: []float64{1}, Groups: []uint32{0}, Components: [][]float64{{1}}},
	} {
		if _, _, err := s.Advantage(context.Background(), a); err == nil {
			t.Errorf("%+v is accepted", a)
		}
	}
}

func TestHello(t *testing.T) {
	s := newService(t, service.Config{})
	for _, m := range [][]byte{wire.AppendHeader(nil, wire.OpHello, 2), wire.AppendText(wire.AppendHeader(nil, wire.OpHello, 2), "token")} {
		r, e := call(t, s, m)
		if e != nil {
			t.Fatal(e)
		}
		var hello struct {
			Version string
			PID     int
		}
		if err := json.Unmarshal(rest(r), &hello); err != nil || hello.Version == "" || hello.PID != os.Getpid() {
			t.Errorf("%+v, %v", hello, err)
		}
	}
}

func rest(r *wire.Reader) (b []byte) {
	for r.Len() > 0 {
		b = append(b, r.U8())
	}
	return b
}

func TestRegistry(t *testing.T) {
	reg, err := scoring.Builtin().With("mine", func(*scoring.Options) (scoring.Metric, error) { return nil, nil })
	if err != nil {
		t.Fatal(err)
	}
	s := newService(t, service.Config{Registry: reg})
	r, e := call(t, s, wire.AppendHeader(nil, wire.OpRegistry, 2))
	if e != nil {
		t.Fatal(e)
	}
	var got service.Registry
	if err := json.Unmarshal(rest(r), &got); err != nil {
		t.Fatal(err)
	}
	last := got.Metrics[len(got.Metrics)-1]
	if len(got.Metrics) != len(scoring.Infos())+1 || last.Name != "mine" || last.Aliases == nil || last.Options == nil || got.Metrics[0].Name != "em" || got.Metrics[0].Summary == "" {
		t.Errorf("metrics: %+v", got.Metrics)
	}
	if len(got.Statuses) != 8 || got.Statuses[0] != (service.StatusInfo{Name: "judged", Scored: true}) || got.Statuses[4] != (service.StatusInfo{Name: "bad_gold"}) {
		t.Errorf("statuses: %+v", got.Statuses)
	}
	for i, st := range scoring.Statuses() {
		if got.Statuses[i].Name != st.String() || int(st) != i {
			t.Errorf("status %d is %s", i, got.Statuses[i].Name)
		}
	}
	for name, want := range map[string]string{"T1.1 Global Cohesive Retrieval": "NDCG", "em": "EM", "T9": "Summary", "Accuracy": "Accuracy", "mine": "mine"} {
		if got.TaskKeys[name] != want {
			t.Errorf("task key of %s: %q, want %q", name, got.TaskKeys[name], want)
		}
	}
	if !slices.Equal(got.Profiles, []string{"strict", "reference"}) || !slices.Equal(got.Presets, mathverify.Presets()) || got.Version == "" {
		t.Errorf("%v, %v, %q", got.Profiles, got.Presets, got.Version)
	}
	var names []string
	for _, e := range got.Estimators {
		names = append(names, e.Name)
		if e.Formula == "" || e.Options == nil {
			t.Errorf("%+v", e)
		}
	}
	if !slices.Equal(names, advantage.Names()) {
		t.Errorf("estimators: %v", names)
	}
}
