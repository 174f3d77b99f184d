package rollouts_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/rollouts"
)

func TestServer(t *testing.T) {
	for _, d := range []rollouts.Dialect{rollouts.VLLM, rollouts.SGLang} {
		t.Run(string(d), func(t *testing.T) {
			f := newFake(t)
			s := start(t, f, func(o *rollouts.ServerOptions) { o.Dialect, o.URL = d, f.URL+"/v1/" }, nil)
			req := request(4, 3)
			req.Sampling.TopP = 0.9
			got, err := collect(t, s, req)
			if err != nil {
				t.Fatal(err)
			}
			stopped := 0
			for i, x := range got {
				p := i / 3
				seed := req.Key(p, i%3).Uint64(0) >> 1
				if d == rollouts.SGLang {
					seed >>= 32
				} else {
					seed = uint64(float64(seed)) // the fake reads JSON numbers so
				}
				want := canned(req.Prompts[p].Tokens, seed, req.Sampling)
				if !reflect.DeepEqual(x.Tokens, want.Tokens) || !reflect.DeepEqual(x.LogP, want.LogP) || x.Stopped != want.Stopped || x.Text != (letters{}).Decode(want.Tokens) || x.Version != 2 || x.Err != nil {
					t.Errorf("%d: %+v, want %+v", i, x, want)
				}
				if x.Stopped {
					stopped++
				}
			}
			if stopped == 0 || stopped == len(got) {
				t.Errorf("%d of %d stopped", stopped, len(got))
			}
			if s.String() != f.URL+"/v1" || s.Dialect() != d || s.Model() != "m" {
				t.Error(s, s.Dialect(), s.Model())
			}
			q := f.requests[f.probes]
			if p, ok := q["sampling_params"].(map[string]any); ok {
				q = p
			}
			// All that a server would otherwise take from the model's files.
			for name, want := range map[string]any{"temperature": 1.0, "top_p": 0.9, "top_k": -1.0, "min_p": 0.0, "repetition_penalty": 1.0} {
				if q[name] != want {
					t.Errorf("%s is %v, want %v", name, q[name], want)
				}
			}
			if _, ok := q["ignore_eos"]; ok != (d == rollouts.VLLM) {
				t.Errorf("ignore_eos: %v", q)
			}
		})
	}
}

// TestTokenNames: older servers have ids in logprobs.tokens alone.
func TestTokenNames(t *testing.T) {
	f := newFake(t)
	f.change = func(_ http.ResponseWriter, _ int, _, reply map[string]any) bool {
		delete(choice(reply), "token_ids")
		delete(choice(reply), "prompt_token_ids")
		delete(reply, "usage")
		return true
	}
	s := start(t, f, nil, f.change)
	got, err := collect(t, s, request(1, 1))
	if err != nil || len(got[0].Tokens) == 0 {
		t.Error(got, err)
	}
}

// TestRefused: what a server lacks is said by name.
func TestRefused(t *testing.T) {
	for _, c := range []struct {
		name string
		set  func(f *fake, o *rollouts.ServerOptions)
		want []string
	}{
		{"text only", func(f *fake, o *rollouts.ServerOptions) {
			f.owner, f.sglang = "somebody", false
			f.change = func(_ http.ResponseWriter, _ int, _, reply map[string]any) bool {
				delete(choice(reply), "token_ids")
				choice(reply)["logprobs"].(map[string]any)["tokens"] = []string{"Hello"}
				return true
			}
		}, []string{"this server (of somebody) at ", "cannot be trained from", "as vllm: the reply has text but no token ids", "as sglang: ", "404", "return_token_ids"}},
		{"unknown fields", func(f *fake, o *rollouts.ServerOptions) {
			f.models, f.sglang, o.Model = nil, false, "m"
			f.reload = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(405) }
			f.change = func(w http.ResponseWriter, _ int, _, _ map[string]any) bool {
				http.Error(w, `{"detail":"Unexpected fields in the request: {'return_token_ids'}"}`, http.StatusUnprocessableEntity)
				return false
			}
		}, []string{"as vllm: ", "422 Unprocessable Entity: Unexpected fields in the request: {'return_token_ids'}", "as sglang: ", "405", "cannot be trained from"}},
		{"no log-probabilities", func(f *fake, o *rollouts.ServerOptions) {
			o.Dialect = rollouts.VLLM
			f.change = func(_ http.ResponseWriter, _ int, _, reply map[string]any) bool {
				choice(reply)["logprobs"] = nil
				return true
			}
		}, []string{"as vllm: the reply has no log-probabilities"}},
		{"no log-probabilities of SGLang", func(f *fake, o *rollouts.ServerOptions) {
			f.owner = "sglang"
			f.change = func(_ http.ResponseWriter, _ int, _, reply map[string]any) bool {
				delete(reply["meta_info"].(map[string]any), "output_token_logprobs")
				return true
			}
		}, []string{"as sglang: the reply has no token ids with log-probabilities"}},
		{"neither route", func(f *fake, o *rollouts.ServerOptions) { f.vllm, f.sglang = false, false }, []string{"as vllm: ", "as sglang: ", "404"}},
		{"no list of models", func(f *fake, o *rollouts.ServerOptions) { f.models, o.Model = nil, "" }, []string{"500 Internal Server Error"}},
		{"no such model", func(f *fake, o *rollouts.ServerOptions) { o.Model = "x" }, []string{`does not serve "x": name one of m`}},
		{"which model", func(f *fake, o *rollouts.ServerOptions) { f.models = []string{"a", "b"} }, []string{"lists 2 models: name one of a, b"}},
		{"a key is wanted", func(f *fake, o *rollouts.ServerOptions) { f.key = "secret" }, []string{"401", "the server wants a key"}},
		{"the key is empty", func(f *fake, o *rollouts.ServerOptions) { o.KeyEnv = "GOLONGRL_TEST_NONE" }, []string{"GOLONGRL_TEST_NONE is empty"}},
		{"the key is wrong", func(f *fake, o *rollouts.ServerOptions) { f.key, o.KeyEnv = "secret", "GOLONGRL_TEST_KEY" }, []string{"refuses the key in GOLONGRL_TEST_KEY"}},
		{"another model's vocabulary", func(f *fake, o *rollouts.ServerOptions) { o.Vocab = 2 }, []string{"vocabulary ends at 1: it serves another model"}},
		{"dialect", func(f *fake, o *rollouts.ServerOptions) { o.Dialect = "tgi" }, []string{`dialect "tgi" is not known`}},
		{"logprobs", func(f *fake, o *rollouts.ServerOptions) { o.LogProbs = "cooked" }, []string{`"cooked" are not known`}},
		{"no address", func(f *fake, o *rollouts.ServerOptions) { o.URL = "localhost:8000" }, []string{"must begin with http://"}},
		{"file", func(f *fake, o *rollouts.ServerOptions) { o.URL = "file:///etc/passwd" }, []string{"must begin with http://"}},
		{"password", func(f *fake, o *rollouts.ServerOptions) { o.URL = "http://u:hunter2@h/v1" }, []string{"holds a password"}},
		{"bad address with a password", func(f *fake, o *rollouts.ServerOptions) { o.URL = "http://u:hunter2@h:port" }, []string{"the address of the server"}},
		{"query", func(f *fake, o *rollouts.ServerOptions) { o.URL = "http://h/v1?key=hunter2" }, []string{"leave out what follows ?"}},
		{"nobody there", func(f *fake, o *rollouts.ServerOptions) { f.Close() }, []string{"refused", "after 5 attempts"}},
		{"publishing", func(f *fake, o *rollouts.ServerOptions) { o.Publish = &rollouts.Publishing{} }, []string{"publishing needs a folder"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("GOLONGRL_TEST_KEY", "hunter2")
			f := newFake(t)
			o := options(f)
			c.set(f, &o)
			s, err := rollouts.NewServer(context.Background(), o)
			if err == nil {
				t.Fatal("no error from", s)
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%v, want %s", err, w)
				}
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error holds the password: %v", err)
			}
		})
	}
}

func TestKey(t *testing.T) {
	t.Setenv("GOLONGRL_TEST_KEY", "hunter2\n")
	f := newFake(t)
	f.key = "hunter2"
	s := start(t, f, func(o *rollouts.ServerOptions) { o.KeyEnv, o.Attempts = "GOLONGRL_TEST_KEY", 1 }, func(w http.ResponseWriter, _ int, _, _ map[string]any) bool {
		http.Error(w, "I was given hunter2", http.StatusInternalServerError)
		return false
	})
	_, err := collect(t, s, request(1, 1))
	if err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "I was given ***") {
		t.Error(err)
	}
}

// TestAnswersAs: a reply names the model that was asked, or another of its names.
func TestAnswersAs(t *testing.T) {
	for _, c := range []struct {
		name, says string
		root       any // of the second model
		want       string
	}{
		{"the name", "m", nil, ""},
		{"no name", "", nil, ""},
		{"another name", "n", "/w", ""},
		{"another model", "n", "/v", `the server answered as model "n" where "m" was asked`},
		{"not listed", "x\x1b[2J", "/w", `as model "x\\x1b[2J" where "m"`},
	} {
		f := newFake(t)
		f.vllm = true
		mux := http.NewServeMux()
		mux.HandleFunc("/v1/models", func(w http.ResponseWriter, _ *http.Request) {
			json.NewEncoder(w).Encode(map[string]any{"data": []any{map[string]any{"id": "m", "root": "/w"}, map[string]any{"id": "n", "root": c.root}}})
		})
		mux.HandleFunc("/", f.serve)
		f.Config.Handler = mux
		s := start(t, f, func(o *rollouts.ServerOptions) { o.Model, o.Attempts = "m", 1 }, func(_ http.ResponseWriter, _ int, _, reply map[string]any) bool {
			if c.says != "" {
				reply["model"] = c.says
			}
			return true
		})
		_, err := collect(t, s, request(1, 1))
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// TestFaults: some samples fail, the rest is there.
func TestFaults(t *testing.T) {
	fail := func(status int, times int) func(http.ResponseWriter, int, map[string]any, map[string]any) bool {
		seen := map[any]int{}
		return func(w http.ResponseWriter, _ int, q, _ map[string]any) bool {
			if seen[q["seed"]]++; seen[q["seed"]] > times {
				return true
			}
			w.WriteHeader(status)
			io.WriteString(w, `{"error":{"message":"out of\n luck"}}`)
			return false
		}
	}
	edit := func(f func(c map[string]any)) func(http.ResponseWriter, int, map[string]any, map[string]any) bool {
		return func(_ http.ResponseWriter, n int, _, reply map[string]any) bool {
			if n == 3 {
				f(choice(reply))
			}
			return true
		}
	}
	for _, c := range []struct {
		name   string
		change func(http.ResponseWriter, int, map[string]any, map[string]any) bool
		want   string // of the one error; "": all samples are there
		tries  int    // requests
	}{
		{"healthy", nil, "", 8},
		{"500 twice", fail(500, 2), "", 24},
		{"429 once", fail(429, 1), "", 16},
		{"one 400", func(w http.ResponseWriter, n int, _, _ map[string]any) bool {
			if n == 3 {
				w.WriteHeader(400)
				io.WriteString(w, `{"message":"maximum context length is 12"}`)
			}
			return n != 3
		}, "400 Bad Request: maximum context length is 12", 8},
		{"redirect", func(w http.ResponseWriter, n int, _, _ map[string]any) bool {
			if n == 3 {
				w.Header().Set("Location", "http://elsewhere/")
				w.WriteHeader(307)
			}
			return n != 3
		}, "307 Temporary Redirect to http://elsewhere/: give the address", 8},
		{"cut", func(w http.ResponseWriter, n int, _, _ map[string]any) bool {
			if n == 3 {
				w.Header().Set("Content-Length", "1000")
				io.WriteString(w, `{"choices":[`)
			}
			return n != 3
		}, "", 9},
		{"no JSON", func(w http.ResponseWriter, n int, _, _ map[string]any) bool {
			if n == 3 {
				io.WriteString(w, `<html>bad gateway</html>`)
			}
			return n != 3
		}, "", 9},
		{"too few log-probabilities", edit(func(c map[string]any) { c["logprobs"].(map[string]any)["token_logprobs"] = []float64{} }), "token ids and 0 log-probabilities", 8},
		{"missing log-probability", edit(func(c map[string]any) { c["logprobs"].(map[string]any)["token_logprobs"] = []any{nil} }), "no log-probability for token 0", 8},
		{"positive log-probability", edit(func(c map[string]any) {
			lp := c["logprobs"].(map[string]any)["token_logprobs"].([]float32)
			lp[0] = 0.5
		}), "log-probability 0.5 for token 0", 8},
		{"wrong ids", edit(func(c map[string]any) { c["token_ids"].([]int32)[0]++ }), "contradicts itself", 8},
		{"ids outside", edit(func(c map[string]any) {
			c["token_ids"] = []int{vocab}
			c["logprobs"] = map[string]any{"tokens": []string{"x"}, "token_logprobs": []float64{-1}}
		}), "token 32, but the vocabulary ends at 31", 8},
		{"too many tokens", edit(func(c map[string]any) {
			c["token_ids"] = make([]int, 7)
			c["logprobs"] = map[string]any{"tokens": []string{}, "token_logprobs": make([]float64, 7)}
		}), "7 tokens where at most 6", 8},
		{"no tokens", edit(func(c map[string]any) {
			c["token_ids"] = []int{}
			c["logprobs"] = map[string]any{"tokens": []string{}, "token_logprobs": []float64{}}
		}), "returned no tokens", 8},
		{"another prompt", edit(func(c map[string]any) { c["prompt_token_ids"] = []int{5} }), "prompt_token_ids differ", 8},
		{"aborted once", edit(func(c map[string]any) { c["finish_reason"] = "abort" }), "", 9},
		{"two choices", func(_ http.ResponseWriter, n int, _, reply map[string]any) bool {
			if n == 3 {
				reply["choices"] = append(reply["choices"].([]any), choice(reply))
			}
			return true
		}, "2 choices for one", 8},
		{"prompt cut", func(_ http.ResponseWriter, n int, _, reply map[string]any) bool {
			if n == 3 {
				reply["usage"] = map[string]any{"prompt_tokens": 1}
			}
			return true
		}, "read 1 prompt tokens where 2 were sent", 8},
		{"large", func(w http.ResponseWriter, n int, _, reply map[string]any) bool {
			if n == 3 {
				w.Write(bytes.Repeat([]byte(" "), 1<<16))
			}
			return true
		}, "more than 65536 bytes", 8},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t)
			var change func(http.ResponseWriter, int, map[string]any, map[string]any) bool
			if c.change != nil {
				change = c.change
			}
			s := start(t, f, func(o *rollouts.ServerOptions) { o.Dialect, o.Concurrency, o.MaxReply = rollouts.VLLM, 1, 1<<16 }, change)
			got, err := collect(t, s, request(4, 2))
			if err != nil {
				t.Fatal(err)
			}
			var errs []error
			for i, x := range got {
				if x.Err != nil {
					errs = append(errs, x.Err)
					if i != 3 || x.Tokens != nil || !strings.HasPrefix(x.Err.Error(), "prompt 1, sample 1: ") {
						t.Errorf("%d: %v", i, x.Err)
					}
				}
			}
			switch {
			case c.want == "" && len(errs) > 0:
				t.Error(errs)
			case c.want != "" && (len(errs) != 1 || !strings.Contains(errs[0].Error(), c.want)):
				t.Errorf("%v, want %s", errs, c.want)
			}
			if n := f.count() - f.probes; n != c.tries {
				t.Errorf("%d requests, want %d", n, c.tries)
			}
		})
	}
}

func TestSGLangFaults(t *testing.T) {
	for _, c := range []struct {
		edit func(m map[string]any)
		want string // "" after another attempt
	}{
		{func(m map[string]any) { m["finish_reason"] = map[string]any{"type": "abort", "message": "paused"} }, ""},
		{func(m map[string]any) { m["completion_tokens"] = 99 }, "of 99 tokens"},
		{func(m map[string]any) { m["prompt_tokens"] = 9 }, "read 9 prompt tokens where 2"},
		{func(m map[string]any) { m["output_token_logprobs"] = []any{[]any{-1.0}} }, "no log-probability and id for token 0"},
		{func(m map[string]any) { m["output_token_logprobs"] = []any{[]any{nil, 3}} }, "no log-probability and id for token 0"},
		{func(m map[string]any) { m["output_token_logprobs"] = []any{7} }, "no log-probability and id for token 0"},
		{func(m map[string]any) { m["finish_reason"] = nil }, "this is not /generate of SGLang"},
	} {
		f := newFake(t)
		s := start(t, f, func(o *rollouts.ServerOptions) { o.Dialect, o.Concurrency = rollouts.SGLang, 1 }, func(_ http.ResponseWriter, n int, _, reply map[string]any) bool {
			if n == 0 {
				c.edit(reply["meta_info"].(map[string]any))
			}
			return true
		})
		got, err := collect(t, s, request(2, 1))
		if err != nil {
			t.Fatal(err)
		}
		if got[1].Err != nil || (c.want == "") != (got[0].Err == nil) || c.want != "" && !strings.Contains(got[0].Err.Error(), c.want) {
			t.Errorf("%v and %v, want %s", got[0].Err, got[1].Err, c.want)
		}
	}
}

// TestNothingWorks: then the request fails, and soon.
func TestNothingWorks(t *testing.T) {
	f := newFake(t)
	s := start(t, f, func(o *rollouts.ServerOptions) { o.Attempts, o.Concurrency = 1, 4 }, func(w http.ResponseWriter, _ int, _, _ map[string]any) bool {
		http.Error(w, "dead", http.StatusInternalServerError)
		return false
	})
	_, err := collect(t, s, request(20, 20))
	if err == nil || !strings.Contains(err.Error(), "none of 16 samples succeeded") || !strings.Contains(err.Error(), "500 Internal Server Error: dead") {
		t.Error(err)
	}
	if n := f.count() - f.probes; n > 16+4 {
		t.Errorf("%d requests", n)
	}
}

func TestRetryAfter(t *testing.T) {
	f := newFake(t)
	var first time.Time
	var waited time.Duration
	s := start(t, f, nil, func(w http.ResponseWriter, n int, _, _ map[string]any) bool {
		if n == 0 {
			first = time.Now()
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
			return false
		}
		waited = time.Since(first)
		return true
	})
	if _, err := collect(t, s, request(1, 1)); err != nil || waited < time.Second {
		t.Error(waited, err)
	}
}

func TestSlow(t *testing.T) {
	f := newFake(t)
	release := make(chan struct{})
	defer close(release)
	s := start(t, f, func(o *rollouts.ServerOptions) { o.Timeout = 50 * time.Millisecond }, func(_ http.ResponseWriter, n int, _, _ map[string]any) bool {
		if n == 0 {
			<-release
		}
		return true
	})
	if got, err := collect(t, s, request(1, 1)); err != nil || got[0].Err != nil {
		t.Error(got, err)
	}
	s = start(t, newFake(t), func(o *rollouts.ServerOptions) { o.Timeout, o.Attempts = 20*time.Millisecond, 2 }, func(http.ResponseWriter, int, map[string]any, map[string]any) bool {
		<-release
		return true
	})
	if _, err := collect(t, s, request(1, 1)); err == nil || !strings.Contains(err.Error(), "no reply within 20ms (after 2 attempts)") {
		t.Error(err)
	}
}

func TestCancel(t *testing.T) {
	f := newFake(t)
	ctx, cancel := context.WithCancel(context.Background())
	s := start(t, f, func(o *rollouts.ServerOptions) { o.Concurrency = 2 }, func(_ http.ResponseWriter, n int, _, _ map[string]any) bool {
		if n == 5 {
			cancel()
		}
		return true
	})
	err := s.Generate(ctx, request(50, 50), func(rollouts.Sample) {})
	if !errors.Is(err, context.Canceled) || f.count() > 20 {
		t.Error(err, f.count())
	}
	if _, err := rollouts.NewServer(ctx, options(f)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestConcurrency(t *testing.T) {
	f := newFake(t)
	s := start(t, f, func(o *rollouts.ServerOptions) { o.Concurrency = 3 }, func(http.ResponseWriter, int, map[string]any, map[string]any) bool {
		time.Sleep(time.Millisecond)
		return true
	})
	var inside atomic.Int32
	err := s.Generate(context.Background(), request(10, 4), func(rollouts.Sample) {
		if inside.Add(1) != 1 {
			t.Error("done is called from two goroutines at a time")
		}
		inside.Add(-1)
	})
	if err != nil || f.most > 3 {
		t.Error(err, f.most)
	}
}

// TestTemperature: log-probabilities must be those of the temperature.
func TestTemperature(t *testing.T) {
	for _, c := range []struct {
		dialect  rollouts.Dialect
		logprobs rollouts.LogProbs
		t        float64
		want     string
	}{
		{rollouts.VLLM, "", 1, ""},
		{rollouts.VLLM, "", 0, ""},
		{rollouts.VLLM, "", 0.6, "--logprobs-mode processed_logprobs"},
		{rollouts.VLLM, rollouts.Processed, 0.6, ""},
		{rollouts.SGLang, "", 0.6, ""},
		{rollouts.SGLang, rollouts.Raw, 0.6, "without SGLANG_RETURN_ORIGINAL_LOGPROB"},
	} {
		f := newFake(t)
		s := start(t, f, func(o *rollouts.ServerOptions) { o.Dialect, o.LogProbs = c.dialect, c.logprobs }, nil)
		req := request(1, 1)
		req.Sampling = backend.Sampling{Temperature: c.t, MaxTokens: 2}
		_, err := collect(t, s, req)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %s %v: %v, want %q", c.dialect, c.logprobs, c.t, err, c.want)
		}
		// An evaluation has no use for them, and does not get wrong ones.
		req.Eval = true
		if got, err := collect(t, s, req); err != nil || got[0].Err != nil || len(got[0].Tokens) == 0 || (got[0].LogP == nil) != (c.want != "") {
			t.Errorf("evaluation by %s %s at %v: %v, %v", c.dialect, c.logprobs, c.t, got, err)
		}
	}
}

func TestAutoDialect(t *testing.T) {
	for _, c := range []struct {
		owner        string
		vllm, sglang bool
		want         rollouts.Dialect
	}{
		{"vllm", true, false, rollouts.VLLM}, {"sglang", true, true, rollouts.SGLang}, {"organization-owner", false, true, rollouts.SGLang}, {"", true, true, rollouts.VLLM},
	} {
		f := newFake(t)
		f.owner, f.vllm, f.sglang = c.owner, c.vllm, c.sglang
		s, err := rollouts.NewServer(context.Background(), options(f))
		if err != nil || s.Dialect() != c.want {
			t.Errorf("%+v: %v, %v", c, s, err)
		}
	}
}

func TestServerPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	rollouts.NewServer(context.Background(), rollouts.ServerOptions{})
}

func ExampleNewServer() {
	_, err := rollouts.NewServer(context.Background(), rollouts.ServerOptions{URL: "localhost:8000", Vocab: 151936, Decoder: letters{}})
	fmt.Println(err)
	// Output: rollouts: the address of the server must begin with http:// or https:// and a host
}
