package serve

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// goodBodies are requests that are answered with 200, in one line each.
var goodBodies = map[string]string{
	"/v1/score":     `{"items":[{"task":"em","reference":"Paris","response":"<think>.</think>Paris","id":1}],"profile":"strict","explain":true}`,
	"/v1/verify":    `{"items":[{"gold":"1","response":"\\boxed{1}"}],"options":{"preset":"strict"}}`,
	"/v1/advantage": `{"estimator":"tmn","rewards":[1,0],"groups":["a","a"],"tasks":["x","x"]}`,
	"/get_reward":   `{"query":["?<think>.</think>Paris"],"prompts":["?"],"labels":["Paris"]}`,
	"/slime":        `{"prompt":"?","response":"<think>.</think>Paris","label":"Paris"}`,
}

// answers fails unless the server still gives the right answer.
func answers(t *testing.T, s *Server) {
	t.Helper()
	if w := post(s, "/slime", goodBodies["/slime"]); w.Code != 200 || w.Body.String() != "1.0" {
		t.Errorf("the server does not answer any more: %d %s", w.Code, w.Body)
	}
}

// refusal fails unless w is one of codes with {"error":…}.
func refusal(t *testing.T, name string, w *httptest.ResponseRecorder, codes ...int) {
	t.Helper()
	var e struct{ Error string }
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || e.Error == "" || !slices.Contains(codes, w.Code) {
		t.Errorf("%s: %d %.300s, want an error with one of %v", name, w.Code, w.Body, codes)
	}
}

// score1 returns the only result of a request to /v1/score.
func score1(t *testing.T, s *Server, body string) (status, message string, score any) {
	t.Helper()
	w := post(s, "/v1/score", body)
	var r struct {
		Status, Error string
		Score         any
	}
	if err := json.Unmarshal(w.Body.Bytes(), &r); err != nil || w.Code != 200 {
		t.Errorf("%.100s: %d %.300s %v", body, w.Code, w.Body, err)
	}
	return r.Status, r.Error, r.Score
}

func TestDeepJSON(t *testing.T) {
	s := server(t, "em")
	const n = 100_000
	deep := strings.Repeat("[", n) + strings.Repeat("]", n)
	deepObject := strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n)
	for path := range goodBodies {
		for _, body := range []string{deep, strings.Repeat("[", n), strings.Repeat(`{"a":`, n)} {
			refusal(t, path, post(s, path, body), 400, 422)
		}
	}
	for _, d := range []string{deep, deepObject} {
		row := `{"task":"em","response":"x","reference":` + d + `}`
		refusal(t, "row", post(s, "/v1/score", row), 400)
		w := post(s, "/v1/score", `{"items":[`+row+`,{"task":"em","response":"<think>.</think>x","reference":"x"}]}`)
		var r struct {
			Results []struct {
				Status, Error string
				Score         any
			}
		}
		if err := json.Unmarshal(w.Body.Bytes(), &r); err != nil || len(r.Results) != 2 {
			t.Errorf("%d %.300s %v", w.Code, w.Body, err)
		} else if bad := r.Results[0]; bad.Status != "error" || bad.Score != nil || !strings.Contains(bad.Error, "shorten") || r.Results[1].Score != 1.0 {
			t.Errorf("a deep reference: %.300s", w.Body)
		}
		refusal(t, "gold", post(s, "/v1/verify", `{"response":"x","gold":`+d+`}`), 400)
		refusal(t, "option", post(s, "/v1/verify", `{"response":"x","gold":"1","preset":`+d+`}`), 400, 422)
		refusal(t, "rewards", post(s, "/v1/advantage", `{"groups":[1],"rewards":[`+d+`]}`), 400)
		refusal(t, "label", post(s, "/get_reward", `{"query":["a"],"prompts":["a"],"labels":[`+d+`]}`), 400)
		refusal(t, "label", post(s, "/slime", `{"response":"a","label":`+d+`}`), 400)
		refusal(t, "label as a text", post(s, "/slime", js(t, object{"response": "a", "label": `{"metric":"em","reference":` + d + `}`})), 422)
	}
	answers(t, s)
}

// TestBadText sends what is no text, and what only looks as if it were none.
func TestBadText(t *testing.T) {
	s := server(t, "em")
	for _, bytes := range []string{"\xff", "\xc3", "\xed\xa0\x80", "\x00", "\xf8\x88\x80\x80\x80", "\n"} {
		for path, good := range goodBodies {
			for _, old := range []string{"Paris", "1", "a"} {
				body := strings.Replace(good, `"`+old, `"`+bytes+old, 1)
				if body == good {
					continue
				}
				w := post(s, path, body)
				if path == "/v1/score" && w.Code == 200 && strings.Contains(w.Body.String(), `"status":"error"`) && strings.Contains(w.Body.String(), `"score":null`) {
					continue // the error of one item
				}
				refusal(t, fmt.Sprintf("%s with %q", path, bytes), w, 400, 422)
			}
		}
	}
	// A byte order mark is none of JSON.
	refusal(t, "byte order mark", post(s, "/slime", "\ufeff"+goodBodies["/slime"]), 400)

	for _, escape := range []string{`\ud800`, `\udfff`, `\u0000`, `\ud83d\ude00`, `\uFFFF`} {
		for path, good := range goodBodies {
			body := strings.Replace(good, `"<think>.</think>Paris"`, `"<think>.</think>Paris`+escape+`"`, 1)
			body = strings.Replace(body, `"?<think>.</think>Paris"`, `"?<think>.</think>Paris`+escape+`"`, 1)
			w := post(s, path, body)
			if w.Code != 200 || !json.Valid(w.Body.Bytes()) {
				t.Errorf("%s with %s: %d %s", path, escape, w.Code, w.Body)
			}
		}
		if w := post(s, "/slime", `{"response":"<think>.</think>Paris`+escape+`","label":"Paris"}`); w.Body.String() != "0.0" {
			t.Errorf("%s is part of the answer: %s", escape, w.Body)
		}
	}
	answers(t, s)
}

func TestHugeNumbers(t *testing.T) {
	s := server(t, "em")
	long := strings.Repeat("9", 5000) // Python reads 4300 digits
	for _, n := range []string{"1e999", "-1e999", long, "NaN", "Infinity"} {
		row := `{"metric":"0.5*em","response":"x","reference":"x","length":` + n + `}`
		if n == long {
			refusal(t, "length", post(s, "/v1/score", row), 400)
		} else if status, message, _ := score1(t, s, row); status != "error" || message == "" {
			t.Errorf("length %s: %s %q", n, status, message)
		}
		if n == "NaN" {
			continue // as null: no reward
		}
		refusal(t, "reward "+n[:3], post(s, "/v1/advantage", `{"rewards":[`+n+`,1],"groups":[1,1]}`), 400, 422)
		refusal(t, "tolerance "+n[:3], post(s, "/v1/verify", `{"gold":"1","response":"1","rel_tol":`+n+`}`), 400, 422)
	}
	refusal(t, "lengths", post(s, "/v1/advantage", `{"rewards":[1,0],"groups":[1,1],"lengths":[1e300,1]}`), 422)
	answers(t, s)
}

// TestDuplicateKeys: the last one counts, as in Python.
func TestDuplicateKeys(t *testing.T) {
	s := server(t, "em")
	if w := post(s, "/slime", `{"response":"x","response":"<think>.</think>Paris","label":"x","label":"Paris"}`); w.Body.String() != "1.0" {
		t.Errorf("/slime: %d %s", w.Code, w.Body)
	}
	if _, _, score := score1(t, s, `{"task":"f1","task":"em","response":"<think>.</think>Paris","reference":"x","reference":"Paris"}`); score != 1.0 {
		t.Errorf("/v1/score: %v", score)
	}
	w := post(s, "/get_reward", `{"query":[],"query":["<think>.</think>Paris"],"prompts":[],"prompts":[""],"labels":["x","y"],"labels":["Paris"]}`)
	if !strings.HasPrefix(w.Body.String(), `{"rewards":[1.0]`) {
		t.Errorf("/get_reward: %d %s", w.Code, w.Body)
	}
	w = post(s, "/v1/advantage", `{"estimator":"grpo","estimator":"dr_grpo","rewards":[5],"rewards":[1,0],"groups":[1,1]}`)
	if want := `{"estimator":"dr_grpo","advantages":[0.5,-0.5]}`; w.Body.String() != want {
		t.Errorf("/v1/advantage: %d %s", w.Code, w.Body)
	}
}

// TestCutBodies cuts every good body at every place, and cuts out every byte.
func TestCutBodies(t *testing.T) {
	s := server(t, "em")
	for path, body := range goodBodies {
		if w := post(s, path, body); w.Code != 200 {
			t.Fatalf("%s: %d %s", path, w.Code, w.Body)
		}
		for i := range body {
			refusal(t, path+" "+body[:i], post(s, path, body[:i]), 400)
			switch w := post(s, path, body[:i]+body[i+1:]); w.Code {
			case 200:
				if !json.Valid(w.Body.Bytes()) {
					t.Errorf("%s without byte %d: %s", path, i, w.Body)
				}
			default:
				refusal(t, fmt.Sprintf("%s without byte %d", path, i), w, 400, 422)
			}
		}
	}
	answers(t, s)
}

// TestWrongTypes puts values of all kinds in the place of every value.
func TestWrongTypes(t *testing.T) {
	s := server(t, "em")
	values := array{nil, true, 5, -1, 0.5, "", "x", "\\", array{}, array{nil}, array{array{}}, array{5, "x"}, object{}, object{"a": nil}, object{"items": array{}}}
	sent := 0
	for path, body := range goodBodies {
		var doc any
		if err := json.Unmarshal([]byte(body), &doc); err != nil {
			t.Fatal(err)
		}
		everywhere(doc, values, func() {
			sent++
			changed := js(t, doc)
			w := post(s, path, changed)
			if w.Code != 200 {
				refusal(t, path+" "+changed, w, 400, 422)
			} else if !json.Valid(w.Body.Bytes()) {
				t.Errorf("%s %s: %s", path, changed, w.Body)
			}
		})
	}
	if sent < 300 {
		t.Errorf("only %d bodies sent", sent)
	}
	answers(t, s)
}

// everywhere calls try with each value in the place of each part of v.
func everywhere(v any, values array, try func()) {
	put := func(old any, set func(any)) {
		for _, value := range values {
			set(value)
			try()
		}
		set(old)
		everywhere(old, values, try)
	}
	switch v := v.(type) {
	case object:
		for name, old := range v {
			put(old, func(x any) { v[name] = x })
		}
	case array:
		for i, old := range v {
			put(old, func(x any) { v[i] = x })
		}
	}
}

// repeat is n bytes of a text, over and over. The text should be long.
type repeat struct {
	text string
	n    int
}

func (r *repeat) Read(p []byte) (int, error) {
	if r.n <= 0 {
		return 0, io.EOF
	}
	n := 0
	for n < min(len(p), r.n) {
		n += copy(p[n:min(len(p), r.n)], r.text)
	}
	r.n -= n
	return n, nil
}

// TestLargeBodies sends 100 MB to a server that takes 4 MiB.
func TestLargeBodies(t *testing.T) {
	s, err := New(Config{Limits: Limits{Body: 4 << 20}})
	if err != nil {
		t.Fatal(err)
	}
	ts := httptest.NewServer(s.Handler())
	defer ts.Close()
	const size = 100 << 20
	for _, chunked := range []bool{false, true} {
		for _, text := range []string{"[", `"`} {
			before := heap()
			req, err := http.NewRequest(http.MethodPost, ts.URL+"/v1/score", &repeat{strings.Repeat(text, 64<<10), size})
			if err != nil {
				t.Fatal(err)
			}
			if !chunked {
				req.ContentLength = size
			}
			resp, err := ts.Client().Do(req)
			if err != nil {
				// The server closes before all has come; then the client may see no answer.
				if !strings.Contains(err.Error(), "reset") && !strings.Contains(err.Error(), "broken pipe") {
					t.Error(err)
				}
			} else {
				if resp.StatusCode != http.StatusRequestEntityTooLarge {
					t.Errorf("chunked %t, %s: %s", chunked, text, resp.Status)
				}
				resp.Body.Close()
			}
			if after := heap(); after > before+64<<20 {
				t.Errorf("chunked %t, %s: the heap grew from %d to %d MiB", chunked, text, before>>20, after>>20)
			}
		}
	}
	// What fits is read without a length too, whatever type it says it has.
	resp, err := ts.Client().Post(ts.URL+"/v1/score", "text/csv", io.MultiReader(strings.NewReader(goodBodies["/v1/score"])))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 200 {
		t.Error(resp.Status)
	}
	for _, encoding := range []string{"gzip", "br", "x"} {
		req := httptest.NewRequest(http.MethodPost, "/slime", strings.NewReader(goodBodies["/slime"]))
		req.Header.Set("Content-Encoding", encoding)
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, req)
		refusal(t, encoding, w, http.StatusUnsupportedMediaType)
	}
}

// heap is the most that the heap has been, roughly.
func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapSys
}

// TestManyItems sends items of a few bytes, as many as time allows: memory must
// follow the text of requests and answers.
func TestManyItems(t *testing.T) {
	n := 100_000
	if testing.Short() { // as under the race detector
		n = 20_000
	}
	s := server(t, "em")
	many := func(one string) string { return "[" + strings.Repeat(one+",", n-1) + one + "]" }
	before := heap()
	for _, c := range []struct {
		path, body string
		code       int
	}{
		{"/get_reward", `{"query":` + many(`""`) + `,"prompts":` + many(`""`) + `,"labels":` + many("1") + `}`, 200},
		{"/get_reward", `{"query":` + many(`1`) + `,"prompts":` + many(`""`) + `}`, 422},
		{"/v1/score", `{"items":` + many("1") + `}`, 200},
		{"/v1/verify", `{"items":` + many("1") + `}`, 422},
		{"/v1/advantage", `{"estimator":"dr_grpo","rewards":` + many("1") + `,"groups":` + many("1") + `}`, 200},
	} {
		w := post(s, c.path, c.body)
		if w.Code != c.code {
			t.Errorf("%s %.40s: %d %.300s, want %d", c.path, c.body, w.Code, w.Body, c.code)
		}
		if got := strings.Count(w.Body.String(), `"status":"error"`); c.path == "/v1/score" && got != n {
			t.Errorf("%d results that are errors, want %d", got, n)
		}
	}
	if after := heap(); after > before+300<<20 {
		t.Errorf("the heap grew from %d to %d MiB", before>>20, after>>20)
	}
	answers(t, s)
}
