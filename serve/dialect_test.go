package serve

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/internal/py"
	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/scoring/rollout"
	"github.com/golongrl/golongrl/serve/service"
)

// server makes a server, with a default metric unless that is "".
func server(t testing.TB, metric string) *Server {
	t.Helper()
	s, err := New(Config{Service: service.Config{Metric: metric}, Unscored: -0.25})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func post(s *Server, path, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, path, strings.NewReader(body)))
	return w
}

// js is v as JSON.
func js(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

type array = []any
type object = map[string]any

// TestGetReward sends what OpenRLHF sends for a chat model: the prompt of the chat
// template, and behind it a response with its end token.
func TestGetReward(t *testing.T) {
	const prompt = "<|im_start|>user\nWhat is 1/2 + 1/2?<|im_end|>\n<|im_start|>assistant\n"
	w := post(server(t, "em"), "/get_reward", js(t, object{
		"query": array{
			prompt + "<think>Halves.</think>\\boxed{1}<|im_end|>",
			prompt + "<think>Halves.</think>\\boxed{2}<|im_end|>\n",
			prompt + "<think>Halves.</think>[Answer]\nParis<|im_end|><|endoftext|>",
			prompt + "<think>Paris<|im_end|>",
			prompt,
		},
		"prompts": array{prompt, prompt, prompt, prompt, prompt},
		"labels": array{
			`{"metric":"math_verify","reference":"1"}`,
			object{"metric": "0 - 2*math_verify + 3", "reference": "2"}, // an object, of another client
			"Paris",                                  // plain gold
			`{"task":"format","reference":"unused"}`, // a thought without end
			`{"data_source":"EM","reward_model":{"ground_truth":"Paris"}}`,
		},
	}))
	if w.Code != 200 || w.Header().Get("Content-Type") != "application/json" {
		t.Fatal(w.Code, w.Header(), w.Body)
	}
	// Every number has a point: torch makes integer tensors of others.
	want := `{"rewards":[1.0,1.0,1.0,0.0,0.0],"scores":[1.0,1.0,1.0,0.0,0.0],"extra_logs":{` +
		`"scored":[1.0,1.0,1.0,1.0,1.0],"judged":[1.0,1.0,1.0,0.0,0.0],"no_answer":[0.0,0.0,0.0,0.0,1.0],"bad_answer":[0.0,0.0,0.0,0.0,0.0],` +
		`"bad_format":[0.0,0.0,0.0,1.0,0.0],"bad_gold":[0.0,0.0,0.0,0.0,0.0],"over_budget":[0.0,0.0,0.0,0.0,0.0],"undecided":[0.0,0.0,0.0,0.0,0.0]}}`
	if got := w.Body.String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestGetRewardScores checks that scores are what dynamic filtering needs and
// rewards are what the metric gave.
func TestGetRewardScores(t *testing.T) {
	w := post(server(t, "3*em - 1"), "/get_reward", `{"query":["<think>.</think>a","<think>.</think>b"],"prompts":["",""],"labels":["a","a"]}`)
	if got := w.Body.String(); !strings.HasPrefix(got, `{"rewards":[2.0,-1.0],"scores":[1.0,0.0],`) {
		t.Errorf("got %d %s", w.Code, got)
	}
}

// TestGetRewardEmpty: with several servers OpenRLHF sends all but one of them
// nothing and reads the lists of the answer.
func TestGetRewardEmpty(t *testing.T) {
	for _, body := range []string{`{"query":[],"prompts":[],"labels":[]}`, `{"query":[]}`} {
		w := post(server(t, ""), "/get_reward", body)
		want := `{"rewards":[],"scores":[],"extra_logs":{"scored":[],"judged":[],"no_answer":[],"bad_answer":[],"bad_format":[],"bad_gold":[],"over_budget":[],"undecided":[]}}`
		if w.Code != 200 || w.Body.String() != want {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
		}
	}
}

func TestRefusals(t *testing.T) {
	const whole = -1
	for _, c := range []struct {
		metric, path, body string
		code, item         int
		want               string // in the message
	}{
		{"em", "/get_reward", `{"prompts":["a"],"labels":["b"]}`, 422, whole, "query: missing"},
		{"em", "/get_reward", `{"query":"a","prompts":["a"],"labels":["b"]}`, 422, whole, "query: give a list"},
		{"em", "/get_reward", `{"query":["a"],"labels":["b"]}`, 422, whole, "prompts: missing"},
		{"em", "/get_reward", `{"query":["a","b"],"prompts":["a"]}`, 422, whole, "prompts: 1 elements for 2"},
		{"em", "/get_reward", `{"query":["a"],"prompts":["a"],"labels":[]}`, 422, whole, "labels: 0 elements for 1"},
		{"em", "/get_reward", `{"query":["a",5],"prompts":["a","b"],"labels":["x","y"]}`, 422, 1, "query: a number"},
		{"em", "/get_reward", `{"query":["a","b"],"prompts":["a",null],"labels":["x","y"]}`, 422, 1, "prompts: null"},
		{"em", "/get_reward", `{"query":["a","b"],"prompts":["a","c"],"labels":["x","y"]}`, 422, 1, "does not begin with the prompt"},
		{"em", "/get_reward", `{"query":["a"],"prompts":["a"],"labels":[tru]}`, 400, 0, "labels: "},
		{"em", "/get_reward", `{"query":["a"],"prompts":["a"]}`, 422, 0, "reference"}, // em needs one
		{"em", "/get_reward", `{"query":["a"],"prompts":["a"],"labels":[""]}`, 422, 0, "reference"},
		{"em", "/get_reward", `{"query":["a"],"prompts":["a"],"labels":[null]}`, 422, 0, "reference"},
		{"", "/get_reward", `{"query":["a"],"prompts":["a"],"labels":["x"]}`, 422, 0, "--metric"},
		{"", "/get_reward", `{"query":["a","a"],"prompts":["a","a"],"labels":["{\"metric\":\"em\",\"reference\":\"x\"}","{\"metric\":\"emm\",\"reference\":\"x\"}"]}`, 422, 1, `unknown metric "emm"; did you mean em?`},
		{"", "/get_reward", `{"query":["a"],"prompts":["a"],"labels":["{\"metric\":\"em\"}"]}`, 422, 0, "reference: missing"},
		{"", "/get_reward", `{"query":["a"],"prompts":["a"],"labels":["{\"reference\":\"x\"}"]}`, 422, 0, "--metric"},
		{"", "/get_reward", `{"query":["a"],"prompts":["a"],"labels":["{\"metric\":5,\"reference\":\"x\"}"]}`, 422, 0, "metric: a number"},
		{"", "/get_reward", `{"query":["a"],"prompts":["a"],"labels":["{\"data_source\":\"nowhere\",\"ground_truth\":\"x\"}"]}`, 422, 0, "data_source"},
		{"em", "/get_reward", `{"query":["a"],"prompts":["a"],"labels":["{\"metric\":\"em\",\"refe"]}`, 422, 0, "json.dumps"},
		{"em", "/get_reward", `{"query":["a"],"prompts":["a"],"labels":["{'metric': 'em', 'reference': 'x'}"]}`, 422, 0, "json.dumps"},
		{"iou", "/get_reward", `{"query":["a<think>.</think>x"],"prompts":["a"],"labels":["no table"]}`, 422, 0, "reference"},
		{"", "/slime", `{"prompt":"p","response":"r","label":"x"}`, 422, 0, "--metric"},
		{"em", "/slime", `{"prompt":"p","label":"x"}`, 422, whole, "response: missing"},
		{"em", "/slime", `{"prompt":"p","response":["r"],"label":"x"}`, 422, whole, "response: a list"},
		{"em", "/slime", `["r"]`, 422, whole, "response"},
		{"em", "/slime", `{"response":"r","label":"x"`, 400, whole, "the body"},
		{"em", "/slime?reply=some", `{"response":"r","label":"x"}`, 422, whole, "use number or full"},
	} {
		w := post(server(t, c.metric), c.path, c.body)
		var e struct {
			Error string
			Item  *int
		}
		if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil {
			t.Errorf("%s: %d %s: %v", c.body, w.Code, w.Body, err)
			continue
		}
		item := whole
		if e.Item != nil {
			item = *e.Item
		}
		if w.Code != c.code || item != c.item || !strings.Contains(e.Error, c.want) {
			t.Errorf("%s %s\ngot  %d %s\nwant %d, item %d, %q", c.path, c.body, w.Code, w.Body, c.code, c.item, c.want)
		}
	}
}

func TestSlime(t *testing.T) {
	for _, c := range []struct{ metric, path, body, want string }{
		{"", "/slime", `{"prompt":[{"role":"user","content":"?"}],"response":"<think>.</think>\\boxed{0.5}<|im_end|>","label":"{\"metric\":\"math_verify\",\"reference\":\"\\\\frac12\"}"}`, "1.0"},
		{"em", "/slime?reply=number", `{"response":"<think>.</think>Rome","label":"Paris"}`, "0.0"},
		{"em", "/slime?reply=full", `{"response":"<think>.</think>Paris","label":"Paris","other":1}`, `{"score":1.0,"scored":true,"status":"judged","metric":"em","task":"em"}`},
		{"em", "/slime", `{"response":"<think>.</think>7</s>","label":7}`, "1.0"},               // a number as gold
		{"em", "/slime", `{"response":"<think>.</think>Rome","label":["Paris","Rome"]}`, "1.0"}, // alternatives
		{"format", "/slime", `{"response":"<think>.</think>Rome"}`, "1.0"},                      // needs no label
		{"format", "/slime", `{"response":"<think>.</think>Rome","label":null}`, "1.0"},
		{"", "/slime", `{"response":"<think>.</think>Rome","label":{"metric":"0.5*format"}}`, "0.5"},
		// The reference of iou is an object that is no row, as JSON and as its text.
		{"iou", "/slime", `{"response":"<think>.</think><answer>{\"columns\":[\"a\"],\"data\":[[\"x\"]]}</answer>","label":{"columns":["a"],"data":[["x"]]}}`, "1.0"},
		{"iou", "/slime", `{"response":"<think>.</think><answer>{\"columns\":[\"a\"],\"data\":[[\"x\"]]}</answer>","label":"{\"columns\":[\"a\"],\"data\":[[\"x\"]]}"}`, "1.0"},
		// LaTeX that begins with a brace is an answer.
		{"math_verify", "/slime", `{"response":"<think>.</think>\\boxed{3}","label":"{3}"}`, "1.0"},
	} {
		w := post(server(t, c.metric), c.path, c.body)
		if w.Code != 200 || w.Body.String() != c.want {
			t.Errorf("%s: %d %s, want %s", c.body, w.Code, w.Body, c.want)
		}
	}
}

// TestUnscored: what has no score and never will has the number of the Config, and
// says so.
func TestUnscored(t *testing.T) {
	reg := scoring.Builtin()
	for name, result := range map[string]scoring.Result{
		"open":  {Value: math.NaN(), Status: scoring.Undecided, Err: errors.New("not decided: leave it out")},
		"spent": {Value: math.NaN(), Status: scoring.OverBudget, Err: errors.New("the budget is spent")},
	} {
		var err error
		if reg, err = reg.With(name, func(*scoring.Options) (scoring.Metric, error) {
			return scoring.Func(name, func(context.Context, *scoring.Record) (scoring.Result, error) { return result, nil }), nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	s, err := New(Config{Service: service.Config{Registry: reg}, Unscored: -0.25})
	if err != nil {
		t.Fatal(err)
	}
	w := post(s, "/get_reward", `{"query":["a","a","<think>.</think>x"],"prompts":["a","a",""],"labels":[{"metric":"open","reference":"x"},{"metric":"spent","reference":"x"},{"metric":"em","reference":"x"}]}`)
	var got struct {
		Rewards, Scores []float64
		Logs            map[string][]float64 `json:"extra_logs"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 200 {
		t.Fatal(w.Code, w.Body, err)
	}
	for _, c := range []struct{ got, want []float64 }{
		{got.Rewards, []float64{-0.25, -0.25, 1}},
		{got.Scores, []float64{0, 0, 1}},
		{got.Logs["scored"], []float64{0, 0, 1}},
		{got.Logs["undecided"], []float64{1, 0, 0}},
		{got.Logs["over_budget"], []float64{0, 1, 0}},
		{got.Logs["judged"], []float64{0, 0, 1}},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("got %v, want %v in %s", c.got, c.want, w.Body)
		}
	}
	w = post(s, "/slime?reply=full", `{"response":"a","label":{"metric":"open","reference":"x"}}`)
	if got, want := w.Body.String(), `{"score":-0.25,"scored":false,"status":"undecided","metric":"open","task":"open","error":"not decided: leave it out"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestInternalFailure: a defect is never a reward. The answer says that another
// try may help.
func TestInternalFailure(t *testing.T) {
	reg, err := scoring.Builtin().With("broken", func(*scoring.Options) (scoring.Metric, error) {
		return scoring.Func("broken", func(context.Context, *scoring.Record) (scoring.Result, error) { panic("secret response") }), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Config{Service: service.Config{Registry: reg, Metric: "broken"}})
	if err != nil {
		t.Fatal(err)
	}
	for path, body := range map[string]string{
		"/get_reward": `{"query":["a"],"prompts":["a"],"labels":["x"]}`,
		"/slime":      `{"response":"a","label":"x"}`,
	} {
		w := post(s, path, body)
		if w.Code != 503 || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), `"item":0`) {
			t.Errorf("%s: %d %v %s", path, w.Code, w.Header(), w.Body)
		}
	}
}

func TestSplit(t *testing.T) {
	long := strings.Repeat("A document with many words. ", 20) + "Question: how many? <|assistant|>\n"
	tail := long[len(long)-maxTail:]
	for _, c := range []struct{ name, query, prompt, want string }{
		{"prefix", "What?Yes.", "What?", "Yes."},
		{"empty prompt", "Yes.", "", "Yes."},
		{"empty response", "What?", "What?", ""},
		{"cut at the left", long[100:] + "Five.", long, "Five."},
		{"a token before it", "<s>" + long + "Five.", long, "Five."},
		{"normalised", strings.Replace(long, "words", "wörds", 1) + "Five.", strings.Replace(long, "words", "wo\u0308rds", 1), "Five."},
		// The prompt is the beginning: that the response repeats it changes nothing.
		{"repeated", long + "Five. " + long + "Six.", long, "Five. " + long + "Six."},
	} {
		if got, err := split(c.query, c.prompt); err != nil || got != c.want {
			t.Errorf("%s: %q, %v, want %q", c.name, got, err, c.want)
		}
	}
	for name, c := range map[string]struct{ query, prompt string }{
		"another prompt":            {"Who?Yes.", "What?"},
		"too short to look for":     {"<s>What?Yes.", "What?"},
		"altered at its end":        {strings.Replace(long, "many?", "many ?", 1) + "Five.", long},
		"tail in the response too":  {"<s>" + long + "Five." + tail + "Six.", long},
		"tails that overlap":        {"x" + strings.Repeat("ab", 200), strings.Repeat("ab", 100)},
		"cut to less than its tail": {long[len(long)-maxTail+1:] + "Five.", long},
	} {
		if got, err := split(c.query, c.prompt); err == nil {
			t.Errorf("%s: %q and no error", name, got)
		}
	}
}

func TestWithoutEnd(t *testing.T) {
	for response, want := range map[string]string{
		"":                                     "",
		"Paris":                                "Paris",
		"Paris \n":                             "Paris \n", // not ours to trim
		"Paris<|im_end|>":                      "Paris",
		"Paris<|im_end|>\n<|endoftext|>\n":     "Paris",
		"Paris<｜end▁of▁sentence｜>":             "Paris",
		"<|im_end|>":                           "",
		"Say <|im_end|> and go":                "Say <|im_end|> and go",
		"Paris<|im_end|> or Rome<|im_end|>":    "Paris<|im_end|> or Rome",
		"<think>\n</think>x</s></s></s></s>":   "<think>\n</think>x",
		"Paris<|im_end|>" + "\u00a0":           "Paris<|im_end|>\u00a0",
		strings.Repeat("<|endoftext|>", 1e5):   "",
		"A<eos><end_of_turn><|eot_id|><|end|>": "A",
	} {
		if got := withoutEnd(response); got != want {
			t.Errorf("%.40q: %.40q, want %q", response, got, want)
		}
	}
}

// TestEndTokensDoNotSpoil judges by every metric for which a token behind the
// answer would matter.
func TestEndTokensDoNotSpoil(t *testing.T) {
	s := server(t, "")
	for metric, response := range map[string]string{
		"em":          "<think>.</think>Paris",
		"choice":      "<think>.</think>The correct answer is (A)",
		"f1":          "<think>.</think>[Answer]\nParis",
		"sub_em":      "<think>.</think>[Answer]\nParis",
		"math_verify": "<think>.</think>\\boxed{5}",
		"rouge_l":     "<think>.</think>[Answer]\nParis",
		"token_f1":    "<think>.</think>Paris",
	} {
		gold := "Paris"
		switch metric {
		case "choice":
			gold = "A"
		case "math_verify":
			gold = "5"
		}
		for _, token := range endTokens {
			w := post(s, "/slime", js(t, object{"response": response + token, "label": object{"metric": metric, "reference": gold}}))
			if w.Body.String() != "1.0" {
				t.Errorf("%s%s: %d %s", metric, token, w.Code, w.Body)
			}
		}
	}
}

// TestLabelsAreRows: a label judges as the same row does in golongrl-score.
func TestLabelsAreRows(t *testing.T) {
	const row = `{"data_source":"longbench_pro","reward_model":{"ground_truth":"{\"answer\":[\"a\"]}"},"metric":"0.5*em+length","length":3,"reference":"x","lang":"zh"}`
	v, err := py.Parse(row)
	if err != nil {
		t.Fatal(err)
	}
	var asText, asObject rollout.Row
	options := &rollout.Options{Prompts: true}
	if err := labelRow(&asText, 4, py.NewString(row), options); err != nil {
		t.Fatal(err)
	}
	if err := labelRow(&asObject, 4, v, options); err != nil {
		t.Fatal(err)
	}
	want := rollout.Decode(nil, rollout.Line{N: 5, Data: []byte(row)}, options)[0]
	for _, got := range []rollout.Row{asText, asObject} {
		if got.Record.Metric != want.Record.Metric || got.Record.Task != want.Record.Task || got.Record.Length != 3 || got.ID != "5" || got.Record.Gold.String() != want.Record.Gold.String() {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}
