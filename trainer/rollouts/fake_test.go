package rollouts_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/model"
	"github.com/golongrl/golongrl/trainer/random"
	"github.com/golongrl/golongrl/trainer/rollouts"
)

const (
	vocab = 32
	stop  = int32(1)
)

// letters decodes tokens from 2 on as letters.
type letters struct{}

func (letters) Decode(tokens []int32) string {
	var b strings.Builder
	for _, t := range tokens {
		if t >= 2 {
			b.WriteByte(byte('a' + t - 2))
		}
	}
	return b.String()
}

func (letters) Encode(text string) []int32 {
	var out []int32
	for _, c := range []byte(text) {
		out = append(out, int32(c)-'a'+2)
	}
	return out
}

// canned is a response that is a function of the key and of the prompt.
func canned(prompt []int32, key uint64, s backend.Sampling) backend.Generated {
	var g backend.Generated
	k := random.NewKey(key, uint64(len(prompt)), uint64(prompt[0]))
	for i := range uint64(s.MaxTokens) {
		t := int32(2 + k.IntN(i, 20))
		if len(s.Stop) > 0 && k.IntN(i+1000, 4) == 0 {
			t = s.Stop[0]
		}
		g.Tokens = append(g.Tokens, t)
		g.LogP = append(g.LogP, -float32(k.Float64(i))*5)
		if len(s.Stop) > 0 && t == s.Stop[0] {
			g.Stopped = true
			break
		}
	}
	return g
}

// fakePolicy samples canned responses.
type fakePolicy struct{ backend.Policy }

func (fakePolicy) Config() model.Config { return model.Config{Vocab: vocab} }

func (fakePolicy) Generate(ctx context.Context, prompts []backend.Prompt, s backend.Sampling, done func(int, int, backend.Generated)) error {
	for i, p := range prompts {
		for j, k := range p.Keys {
			done(i, j, canned(p.Tokens, uint64(k), s))
		}
	}
	return ctx.Err()
}

// fake is a model server that speaks both dialects, with faults.
type fake struct {
	*httptest.Server
	mu       sync.Mutex
	requests []map[string]any // bodies of requests for samples
	calls    []string         // all others
	active   int
	most     int // requests at the same time
	probes   int

	owner  string // of the model
	models []string
	vllm   bool // the route of vLLM is there
	sglang bool
	key    string // that requests must carry

	// change edits a reply, or answers itself and returns false.
	change func(w http.ResponseWriter, n int, request, reply map[string]any) bool

	reload http.HandlerFunc // of other paths
}

func newFake(t testing.TB) *fake {
	f := &fake{owner: "vllm", models: []string{"m"}, vllm: true, sglang: true}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(f.Close)
	return f
}

func (f *fake) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.requests)
}

func (f *fake) serve(w http.ResponseWriter, r *http.Request) {
	if f.key != "" && r.Header.Get("Authorization") != "Bearer "+f.key {
		http.Error(w, `{"error":"wrong key `+r.Header.Get("Authorization")+`"}`, http.StatusUnauthorized)
		return
	}
	f.mu.Lock()
	f.active++
	f.most = max(f.most, f.active)
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		f.active--
		f.mu.Unlock()
	}()
	switch {
	case r.URL.Path == "/v1/models" && f.models == nil:
		w.WriteHeader(http.StatusInternalServerError)
	case r.URL.Path == "/v1/models":
		list := []map[string]string{}
		for _, m := range f.models {
			list = append(list, map[string]string{"id": m, "owned_by": f.owner})
		}
		json.NewEncoder(w).Encode(map[string]any{"data": list})
	case r.URL.Path == "/v1/completions" && f.vllm, r.URL.Path == "/generate" && f.sglang:
		f.sample(w, r)
	default:
		f.mu.Lock()
		f.calls = append(f.calls, r.Method+" "+r.URL.Path)
		f.mu.Unlock()
		if f.reload != nil {
			f.reload(w, r)
			return
		}
		http.NotFound(w, r)
	}
}

func (f *fake) sample(w http.ResponseWriter, r *http.Request) {
	var q map[string]any
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	ids := func(v any) (out []int32) {
		list, _ := v.([]any)
		for _, x := range list {
			out = append(out, int32(x.(float64)))
		}
		return out
	}
	var reply map[string]any
	if r.URL.Path == "/generate" {
		p := q["sampling_params"].(map[string]any)
		prompt := ids(q["input_ids"])
		g := canned(prompt, uint64(p["sampling_seed"].(float64)), backend.Sampling{MaxTokens: int(p["max_new_tokens"].(float64)), Stop: ids(p["stop_token_ids"])})
		finish, tokens := map[string]any{"type": "length"}, []any{}
		if g.Stopped {
			finish = map[string]any{"type": "stop", "matched": stop}
		}
		for i, t := range g.Tokens {
			tokens = append(tokens, []any{g.LogP[i], t, nil})
		}
		reply = map[string]any{"text": "never read", "meta_info": map[string]any{
			"finish_reason": finish, "prompt_tokens": len(prompt), "completion_tokens": len(g.Tokens), "output_token_logprobs": tokens,
		}}
	} else {
		prompt := ids(q["prompt"])
		g := canned(prompt, uint64(q["seed"].(float64)), backend.Sampling{MaxTokens: int(q["max_tokens"].(float64)), Stop: ids(q["stop_token_ids"])})
		finish, names := "length", []any{}
		if g.Stopped {
			finish = "stop"
		}
		for _, t := range g.Tokens {
			names = append(names, fmt.Sprintf("token_id:%d", t))
		}
		reply = map[string]any{
			"choices": []any{map[string]any{
				"text": "never read", "finish_reason": finish, "token_ids": g.Tokens, "prompt_token_ids": prompt,
				"logprobs": map[string]any{"tokens": names, "token_logprobs": g.LogP},
			}},
			"usage": map[string]any{"prompt_tokens": len(prompt)},
		}
	}
	f.mu.Lock()
	n := len(f.requests) - f.probes // probes are numbered below 0
	f.requests = append(f.requests, q)
	f.mu.Unlock()
	if f.change != nil && !f.change(w, n, q, reply) {
		return
	}
	json.NewEncoder(w).Encode(reply)
}

// choice returns the only choice of a vLLM reply.
func choice(reply map[string]any) map[string]any {
	return reply["choices"].([]any)[0].(map[string]any)
}

func options(f *fake) rollouts.ServerOptions {
	return rollouts.ServerOptions{URL: f.URL, Vocab: vocab, Decoder: letters{}, Backoff: time.Millisecond, Timeout: 5 * time.Second}
}

// start makes a source of a healthy server and then sets its fault.
func start(t testing.TB, f *fake, edit func(*rollouts.ServerOptions), change func(w http.ResponseWriter, n int, request, reply map[string]any) bool) *rollouts.Server {
	t.Helper()
	o := options(f)
	if edit != nil {
		edit(&o)
	}
	s, err := rollouts.NewServer(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	f.probes = f.count()
	f.change = change
	return s
}

func request(prompts, n int) *rollouts.Request {
	req := &rollouts.Request{
		Step: 3, Batch: 1, Version: 2, N: n, Sampling: backend.Sampling{Temperature: 1, MaxTokens: 6, Stop: []int32{stop}},
		Key: func(p, s int) random.Key { return random.NewKey(uint64(p), uint64(s)) },
	}
	for i := range prompts {
		req.Prompts = append(req.Prompts, &rollouts.Prompt{Index: i, ID: fmt.Sprint(i), Tokens: []int32{int32(2 + i%20), 7}, Task: "EM"})
	}
	return req
}

// collect returns samples by prompt and number.
func collect(t testing.TB, s rollouts.Source, req *rollouts.Request) ([]rollouts.Sample, error) {
	t.Helper()
	out := make([]rollouts.Sample, len(req.Prompts)*req.N)
	seen := make([]bool, len(out))
	err := s.Generate(context.Background(), req, func(x rollouts.Sample) {
		i := x.Prompt*req.N + x.Index
		if seen[i] {
			t.Errorf("sample %d of prompt %d came twice", x.Index, x.Prompt)
		}
		seen[i], out[i] = true, x
	})
	if err == nil {
		for i, ok := range seen {
			if !ok {
				t.Errorf("sample %d never came", i)
			}
		}
	}
	return out, err
}
