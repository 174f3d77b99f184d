package train

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/cpu"
	"github.com/golongrl/golongrl/trainer/model"
	"github.com/golongrl/golongrl/trainer/random"
	"github.com/golongrl/golongrl/trainer/safetensors"
)

// letters are the tokens of the tests' model, one for each byte, behind which
// there are two special ones.
const (
	letters  = "abcdefgh?=\n "
	stopText = "<|im_end|>"
	stopID   = len(letters)
	tinySize = len(letters) + 2
)

// writeModel writes the folder of a model with random weights. change edits the
// shape, if it is set.
func writeModel(dir string, change func(*model.Config)) error {
	c := model.Config{Vocab: tinySize, Hidden: 16, Layers: 1, Heads: 2, KVHeads: 1, HeadDim: 8, MLP: 32, RopeTheta: 1e4, NormEps: 1e-6, MaxLen: 96}
	if change != nil {
		change(&c)
	}
	p, err := cpu.New(c, cpu.Options{Workers: 1})
	if err != nil {
		return err
	}
	defer p.Close()
	if err := backend.Init(p, random.NewKey(5), 0.1); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	file := &model.ConfigFile{Config: c, Fields: map[string]json.RawMessage{"eos_token_id": json.RawMessage(fmt.Sprint(stopID))}}
	err = model.Save(dir, file, safetensors.F32, 1<<30, func(i int, dst []float32) error { return p.Read(backend.Weights, i, dst) })
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "tokenizer.json"), tokenizerJSON(), 0o666)
}

// tokenizerJSON is a byte-level BPE without merges.
func tokenizerJSON() []byte {
	vocab := map[string]int{}
	for i, c := range letters {
		vocab[strings.NewReplacer(" ", "\u0120", "\n", "\u010a").Replace(string(c))] = i
	}
	var added []any
	for i, text := range []string{stopText, "<|im_start|>"} {
		added = append(added, map[string]any{
			"id": len(letters) + i, "content": text, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true,
		})
	}
	level := map[string]any{"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}
	b, err := json.Marshal(map[string]any{
		"version": "1.0", "added_tokens": added, "pre_tokenizer": level, "decoder": level,
		"model": map[string]any{"type": "BPE", "vocab": vocab, "merges": []string{}},
	})
	if err != nil {
		panic(err)
	}
	return b
}

// A bench is a folder with a model, data and a configuration.
type bench struct {
	t   *testing.T
	dir string
}

const tinyRows = `{"id":1,"task":"sub_em","prompt":"a=?","reference":"a"}
{"id":"two","task":"sub_em","prompt":"b=?","reference":"b"}
{"id":3,"task":"f1","prompt":"c d","reference":["c","d"]}
{"id":4,"task":"f1","prompt":"e","reference":["e","a b"]}
`

// releasedRows have the GoLongRL schema.
const releasedRows = `{"data_source":"EM","prompt":[{"role":"user","content":"a b?"}],"ability":"x","reward_model":{"ground_truth":{"golden_label":"a"}},"extra_info":{"index":11,"reward_mode":"EM"}}
{"data_source":"longbench_pro","prompt":[{"role":"user","content":"c d?"}],"ability":"x","reward_model":{"ground_truth":{"doc_ids":["c","d"],"summary":"English"}},"extra_info":{"index":12,"reward_mode":"T1.2 Key-Snippet Retrieval"}}
`

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t, t.TempDir()}
	if err := writeModel(b.path("model"), nil); err != nil {
		t.Fatal(err)
	}
	write(t, b.path("train.jsonl"), tinyRows)
	write(t, b.path("eval.jsonl"), `{"id":"e1","task":"sub_em","prompt":"d=?","reference":"d"}`+"\n"+`{"id":"e2","task":"f1","prompt":"g h","reference":["g"]}`+"\n")
	return b
}

func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }

// Knobs are what tests change of the configuration: lines below a key.
type knobs struct {
	steps             int
	save              int    // save_freq; 0: 2
	rollouts, data    string // instead of the usual
	model, train, top string // beside the usual
}

// config writes a configuration that runs into the folder out, and returns its
// name.
func (b *bench) config(out string, k knobs) string {
	b.t.Helper()
	if k.data == "" {
		k.data = fmt.Sprintf("  train: %q\n  eval: %q\n  template: none\n", b.path("train.jsonl"), b.path("eval.jsonl"))
	}
	if k.rollouts == "" {
		k.rollouts = "  source: policy\n"
	}
	text := fmt.Sprintf(`out: %q
model:
  path: %q
%sdata:
%srollouts:
%sbackend:
  micro_tokens: 64
train:
  seed: 7
  steps: %d
  train_batch_size: 4
  n: 6
  filter_groups: keep
  max_prompt_length: 64
  max_response_length: 12
  lr: 1.0e-3
  test_freq: 2
  val_n: 2
  save_freq: %d
%s%s`, b.path(out), b.path("model"), k.model, k.data, k.rollouts, k.steps, cmp.Or(k.save, 2), k.train, k.top)
	return write(b.t, b.path(out+".yaml"), text)
}
