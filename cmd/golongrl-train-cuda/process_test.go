//go:build cuda && cgo && linux

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A bench is both programs in a folder, a model without weights, and rows. Its
// processes run on the driver of package shim.
type bench struct {
	*testing.T
	dir string
}

func newBench(t *testing.T) bench {
	t.Helper()
	if os.Getenv("GOLONGRL_FAKE_CUDA") == "" {
		t.Skip("only on the driver of package shim, see scripts/cuda-test-fake")
	}
	b := bench{t, t.TempDir()}
	out, err := exec.Command("go", "build", "-tags", "cuda", "-ldflags=-s -w", "-o", b.dir, ".", "../golongrl-train").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	b.write("model/config.json", `{"model_type": "qwen3", "vocab_size": 14, "hidden_size": 16, "num_hidden_layers": 2,
"num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 8, "intermediate_size": 32, "rope_theta": 10000,
"rms_norm_eps": 1e-6, "max_position_embeddings": 96, "tie_word_embeddings": false, "hidden_act": "silu", "eos_token_id": 12}`)
	b.write("model/tokenizer.json", tokenizer(t))
	b.write("train.jsonl", `{"id":1,"task":"sub_em","prompt":"a=?","reference":"a"}
{"id":2,"task":"f1","prompt":"c d","reference":["c","d"]}
`)
	return b
}

// tokenizer is a byte-level BPE of twelve characters without merges.
func tokenizer(t *testing.T) string {
	level := map[string]any{"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}
	vocab := map[string]int{}
	for i, c := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "?", "=", "\u010a", "\u0120"} {
		vocab[c] = i
	}
	var added []any
	for i, text := range []string{"<|im_end|>", "<|im_start|>"} {
		added = append(added, map[string]any{
			"id": len(vocab) + i, "content": text, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true,
		})
	}
	text, err := json.Marshal(map[string]any{
		"version": "1.0", "added_tokens": added, "pre_tokenizer": level, "decoder": level,
		"model": map[string]any{"type": "BPE", "vocab": vocab, "merges": []string{}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func (b bench) path(name string) string { return filepath.Join(b.dir, name) }

func (b bench) write(name, text string) (path string) {
	b.Helper()
	path = b.path(name)
	err := os.MkdirAll(filepath.Dir(path), 0o777)
	if err = errors.Join(err, os.WriteFile(path, []byte(text), 0o666)); err != nil {
		b.Fatal(err)
	}
	return path
}

const updates = 10

// config writes a configuration that trains into the folder out. The term of the
// entropy has a gradient whatever the rewards are.
func (b bench) config(out string) string {
	return b.write(out+".yaml", fmt.Sprintf(`out: %q
model: {path: %q, weights: random}
data: {train: %q, template: none}
backend: {name: cuda, micro_tokens: 32}
watch: {tensorboard: false}
train:
  seed: 7
  steps: %d
  train_batch_size: 2
  n: 4
  filter_groups: keep
  max_prompt_length: 16
  max_response_length: 4
  lr: 1.0e-3
  entropy_coeff: 0.1
  test_freq: 0
  save_freq: 1
`, b.path(out), b.path("model"), b.path("train.jsonl"), updates))
}

// A process is golongrl-train, which starts the worker beside it.
type process struct {
	*exec.Cmd
	stdout, stderr bytes.Buffer // to be read when it has ended
	ended          chan struct{}
}

// start starts golongrl-train run with env, such as "NAME=value", beside what the
// test has.
func (b bench) start(env []string, args ...string) *process {
	b.Helper()
	p := &process{Cmd: exec.Command(b.path("golongrl-train"), append([]string{"run"}, args...)...), ended: make(chan struct{})}
	p.Env = append(os.Environ(), env...)
	p.Stdout, p.Stderr = &p.stdout, &p.stderr
	if err := p.Start(); err != nil {
		b.Fatal(err)
	}
	go func() {
		p.Wait()
		close(p.ended)
	}()
	timer := time.AfterFunc(time.Minute, func() { p.Process.Kill() })
	b.Cleanup(func() {
		timer.Stop()
		p.Process.Kill()
		<-p.ended
	})
	return p
}

// ends waits for the end and asks for a status and for words on stderr.
func (p *process) ends(b bench, status int, words ...string) {
	b.Helper()
	<-p.ended
	if got := p.ProcessState.ExitCode(); got != status {
		b.Errorf("status %d, not %d:\n%s", got, status, &p.stderr)
	}
	for _, w := range words {
		if !strings.Contains(p.stderr.String(), w) {
			b.Errorf("stderr lacks %q:\n%s", w, &p.stderr)
		}
	}
}

// lines counts those of a file that may not be there yet.
func (b bench) lines(name string) int {
	b.Helper()
	text, err := os.ReadFile(b.path(name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		b.Fatal(err)
	}
	return bytes.Count(text, []byte("\n"))
}

// same compares what two runs have come to, byte for byte.
func (b bench) same(one, other string) {
	b.Helper()
	last := fmt.Sprintf("checkpoints/step-%06d", updates)
	for _, name := range []string{"metrics.jsonl", last + "/policy/model.safetensors", last + "/optimizer.safetensors"} {
		x, err := os.ReadFile(b.path(one + "/" + name))
		y, failed := os.ReadFile(b.path(other + "/" + name))
		if err = errors.Join(err, failed); err != nil {
			b.Error(err)
		} else if !bytes.Equal(x, y) {
			b.Errorf("%s of %s and of %s are not the same", name, one, other)
		}
	}
}

// TestProcesses trains by both programs: what the worker meets comes out as it
// should, and a run that was stopped goes on as if it had not been.
func TestProcesses(t *testing.T) {
	b := newBench(t)
	b.start(nil, "--config", b.config("whole")).ends(b, 0, "note: ", "updates, ")
	if n := b.lines("whole/metrics.jsonl"); n != updates {
		t.Fatalf("metrics of %d updates", n)
	}

	t.Run("interrupt", func(t *testing.T) {
		b := bench{t, b.dir}
		config := b.config("stopped")
		p := b.start(nil, "--config", config)
		for b.lines("stopped/metrics.jsonl") < 2 {
			select {
			case <-p.ended:
				t.Fatalf("it ended by itself:\n%s", &p.stderr)
			case <-time.After(time.Millisecond):
			}
		}
		p.Process.Signal(os.Interrupt)
		p.ends(b, 128+int(syscall.SIGINT), "golongrl-train: interrupt: update ", "--resume goes on from there")
		if n := b.lines("stopped/metrics.jsonl"); n == updates {
			t.Error("it was not stopped")
		}
		b.start(nil, "--config", config, "--resume").ends(b, 0, "going on behind update ")
		b.same("stopped", "whole")
	})

	t.Run("fault", func(t *testing.T) {
		b := bench{t, b.dir}
		config := b.config("failed")
		b.start([]string{"GOLONGRL_FAKE_CUDA_FAULT=1500"}, "--config", config).ends(b, 1,
			"CUDA_ERROR_ILLEGAL_ADDRESS (700)", "the last kernel launched was ", "the last checkpoint is ", "--resume goes on from there")
		b.start(nil, "--config", config, "--resume").ends(b, 0, "going on behind update ")
		b.same("failed", "whole")
	})

	t.Run("memory", func(t *testing.T) {
		b := bench{t, b.dir}
		b.start([]string{"GOLONGRL_FAKE_CUDA_MEMORY=1000000"}, "--config", b.config("large")).ends(b, 1,
			"too little memory for the policy", "weights, gradient, moments", "in all")
	})

	// Memory for two policies, and too little for the second of them.
	t.Run("reference", func(t *testing.T) {
		b := bench{t, b.dir}
		text, err := os.ReadFile(b.config("reference"))
		if err != nil {
			t.Fatal(err)
		}
		config := func(name, gb string) string {
			return b.write(name+".yaml", strings.NewReplacer(
				b.path("reference"), b.path(name), "micro_tokens: 32", "micro_tokens: 32, memory_gb: "+gb,
				fmt.Sprintf("steps: %d", updates), "steps: 1\n  kl_loss_coef: 0.1",
			).Replace(string(text)))
		}
		b.start(nil, "--config", config("both", "0.2")).ends(b, 0, "reference policy: memory for ", "keep nothing", "keep all", " of 190.7 MiB", " of 126.")
		b.start(nil, "--config", config("one", "0.1")).ends(b, 1,
			"that MemoryBytes (backend.memory_gb) permits", "A reference policy takes 0.067")
	})

	t.Run("no device", func(t *testing.T) {
		b := bench{t, b.dir}
		b.start([]string{"GOLONGRL_FAKE_CUDA=none"}, "--config", b.config("none")).ends(b, 1,
			"golongrl: no CUDA: the driver does not start: no CUDA-capable device is detected (CUDA error 100)\n",
			"nvidia-smi", "golongrl-train: there is no GPU that can be used, see above; --backend cpu needs none\n")
	})

	// Here golongrl-train starts, and the worker either finds no driver or, on
	// machines that have one for building, no device.
	t.Run("no driver", func(t *testing.T) {
		b := bench{t, b.dir}
		p := b.start([]string{"LD_LIBRARY_PATH=", "CUDA_VISIBLE_DEVICES="}, "--config", b.config("no driver"))
		p.ends(b, 1, "golongrl-train: ", "--backend cpu needs none\n")
		if p.stdout.Len() > 0 {
			t.Errorf("stdout %q", &p.stdout)
		}
	})
}
