package train

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/cpu"
	"github.com/golongrl/golongrl/trainer/model"
	"github.com/golongrl/golongrl/trainer/random"
)

// A vllm is as much of vLLM as training needs: it samples from a policy on the
// CPU, and loads a folder when it is told to.
type vllm struct {
	*httptest.Server
	mu      sync.Mutex
	policy  *cpu.Policy
	loaded  []string // names of folders
	samples []int    // asked for before the first load, behind it, behind the second, and so on
	clears  int      // of the prefix cache
	onLoad  func(dir string)
}

func newVLLM(t *testing.T, dir string) *vllm {
	t.Helper()
	file, err := model.OpenConfig(dir)
	if err != nil {
		t.Fatal(err)
	}
	p, err := cpu.New(file.Config, cpu.Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	v := &vllm{policy: p, samples: []int{0}}
	v.load(dir)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/models", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"data":[{"id":"tiny","owned_by":"vllm"}]}`)
	})
	mux.HandleFunc("POST /v1/completions", v.complete)
	mux.HandleFunc("POST /collective_rpc", v.reload)
	mux.HandleFunc("POST /reset_prefix_cache", func(http.ResponseWriter, *http.Request) {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.clears++
	})
	v.Server = httptest.NewServer(mux)
	t.Cleanup(func() {
		v.Close()
		p.Close()
	})
	return v
}

// set sets what is called with every load, and begins to count anew.
func (v *vllm) set(onLoad func(dir string)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.onLoad, v.loaded, v.samples = onLoad, nil, []int{0}
}

func (v *vllm) load(dir string) error {
	return model.Load(dir, v.policy.Config(), func(i int, data []float32) error { return v.policy.Write(backend.Weights, i, data) })
}

func (v *vllm) reload(w http.ResponseWriter, r *http.Request) {
	var q struct {
		Method string
		Kwargs struct {
			Path string `json:"weights_path"`
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil || q.Method != "reload_weights" {
		http.Error(w, fmt.Sprintf("%v, method %q", err, q.Method), http.StatusBadRequest)
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if err := v.load(q.Kwargs.Path); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	v.loaded, v.samples = append(v.loaded, filepath.Base(q.Kwargs.Path)), append(v.samples, 0)
	if v.onLoad != nil {
		v.onLoad(filepath.Base(q.Kwargs.Path))
	}
}

func (v *vllm) complete(w http.ResponseWriter, r *http.Request) {
	var q struct {
		Prompt       []int32
		MaxTokens    int     `json:"max_tokens"`
		Temperature  float64 `json:"temperature"`
		Seed         uint64
		StopTokenIDs []int32 `json:"stop_token_ids"`
	}
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.samples[len(v.samples)-1]++
	s := backend.Sampling{Temperature: q.Temperature, TopP: 1, MaxTokens: q.MaxTokens, Stop: q.StopTokenIDs}
	prompts := []backend.Prompt{{Tokens: q.Prompt, Keys: []random.Key{random.NewKey(q.Seed)}}}
	err := v.policy.Generate(r.Context(), prompts, s, func(_, _ int, g backend.Generated) {
		finish := "length"
		if g.Stopped {
			finish = "stop"
		}
		names := []string{}
		for _, t := range g.Tokens {
			names = append(names, fmt.Sprintf("token_id:%d", t))
		}
		json.NewEncoder(w).Encode(map[string]any{"choices": []any{map[string]any{
			"text": "never read", "finish_reason": finish, "token_ids": g.Tokens, "prompt_token_ids": q.Prompt,
			"logprobs": map[string]any{"tokens": names, "token_logprobs": g.LogP},
		}}})
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// knobs for a run with rollouts from the server.
func (v *vllm) knobs(b *bench, steps int) knobs {
	return knobs{
		steps: steps,
		data:  fmt.Sprintf("  train: %q\n  template: none\n", b.path("train.jsonl")),
		rollouts: fmt.Sprintf("  source: server\n  server:\n    url: %q\n    concurrency: 2\n    attempts: 1\n    publish:\n      dir: %q\n      reload: vllm\n",
			v.URL, b.path("published")),
	}
}

// TestServer trains by rollouts of a server that is given every new policy.
func TestServer(t *testing.T) {
	b := newBench(t)
	v := newVLLM(t, b.path("model"))
	mustCall(t, "run", "--config", b.config("out", v.knobs(b, 3)))
	if got := strings.Join(v.loaded, " "); got != "policy-0 policy-1 policy-2 policy-3" || v.clears != 4 {
		t.Errorf("loaded %s, %d caches cleared", got, v.clears)
	}
	if got := fmt.Sprint(v.samples); got != "[1 24 24 24 0]" { // the first asks what the server can
		t.Errorf("samples between loads: %s", got)
	}
	// In bfloat16, and only the latest.
	entries, err := os.ReadDir(b.path("published"))
	if err != nil || len(entries) != 2 || entries[1].Name() != "policy-3" {
		t.Errorf("published are %v, %v", entries, err)
	}
	contains(t, "the published config.json", read(t, b.path("published/policy-3/config.json")), `"dtype": "bfloat16"`)
	for step := 1; step <= 3; step++ {
		name := fmt.Sprintf("%s/step-%06d.jsonl", b.path("out/rollouts"), step)
		sameRewards(t, name, 24)
		if n := strings.Count(read(t, name), fmt.Sprintf(`"version":%d,`, step-1)); n != 24 {
			t.Errorf("%d of 24 rollouts of update %d are of version %d", n, step, step-1)
		}
	}
	// Rounding to bfloat16 is a mismatch, and a small one.
	contains(t, "the metrics", read(t, b.path("out/metrics.jsonl")), `"rollout_corr/kl":`, `"train/stale":0`)
}
