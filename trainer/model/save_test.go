package model_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/trainer/model"
	"github.com/golongrl/golongrl/trainer/safetensors"
)

// golden is what benchmarks/reference/qwen3_files.py knows of the models in
// testdata: by folder and tensor, the SHA-256 of the values as float32.
func golden(t testing.TB) map[string]map[string]string {
	t.Helper()
	var g struct {
		Versions map[string]string            `json:"versions"`
		Models   map[string]map[string]string `json:"models"`
	}
	b, err := os.ReadFile(filepath.Join("testdata", "golden.json"))
	if err == nil {
		err = json.Unmarshal(b, &g)
	}
	if err != nil || g.Versions["transformers"] == "" || len(g.Models) != 3 {
		t.Fatal("golden.json:", err, g.Versions)
	}
	return g.Models
}

func open(t testing.TB, dir string) *model.ConfigFile {
	t.Helper()
	f, err := model.OpenConfig(dir)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// load returns the tensors of a folder.
func load(t testing.TB, dir string, c model.Config) [][]float32 {
	t.Helper()
	var out [][]float32
	err := model.Load(dir, c, func(i int, data []float32) error {
		if i != len(out) {
			t.Errorf("tensor %d after %d", i, len(out)-1)
		}
		out = append(out, slices.Clone(data))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func reader(tensors [][]float32) func(int, []float32) error {
	return func(i int, dst []float32) error { copy(dst, tensors[i]); return nil }
}

func digest(data []float32) string {
	h := sha256.New()
	for _, x := range data {
		h.Write(binary.LittleEndian.AppendUint32(nil, math.Float32bits(x)))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// TestLoadGolden reads models as transformers saved them.
func TestLoadGolden(t *testing.T) {
	want := model.Config{Vocab: 23, Hidden: 8, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 6, MLP: 12, RopeTheta: 1e6, NormEps: 1e-6, MaxLen: 128}
	for name, tensors := range golden(t) {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join("testdata", name)
			c := open(t, dir).Config
			want := want
			want.Tied = strings.HasSuffix(name, "tied")
			if c != want {
				t.Errorf("config %+v, want %+v", c, want)
			}
			got := load(t, dir, c)
			if len(got) != len(tensors) || len(got) != len(c.Tensors()) {
				t.Fatalf("%d tensors, want %d", len(got), len(tensors))
			}
			for i, spec := range c.Tensors() {
				if digest(got[i]) != tensors[spec.Name] {
					t.Errorf("%s differs", spec.Name)
				}
			}
			if stop, err := model.StopTokens(dir); err != nil || !slices.Equal(stop, []int32{3, 4}) {
				t.Errorf("stop tokens %v, %v", stop, err)
			}
		})
	}
}

// TestSaveForTransformers saves the models of testdata to the folder that
// GOLONGRL_SAVE names, for the check of benchmarks/reference/qwen3_files.py.
func TestSaveForTransformers(t *testing.T) {
	out := os.Getenv("GOLONGRL_SAVE")
	if out == "" {
		t.Skip("GOLONGRL_SAVE is not set")
	}
	for name := range golden(t) {
		dir := filepath.Join("testdata", name)
		f := open(t, dir)
		tensors := load(t, dir, f.Config)
		for _, kind := range []struct {
			name  string
			dtype safetensors.DType
			shard int64
			fresh bool
		}{{"f32", safetensors.F32, 0, false}, {"bf16", safetensors.BF16, 0, false}, {"shards", safetensors.F32, 3000, true}} {
			g := f
			if kind.fresh { // as from weights that never had a config.json
				g = &model.ConfigFile{Config: f.Config, Fields: map[string]json.RawMessage{"eos_token_id": json.RawMessage("[3,4]")}}
			}
			if err := model.Save(filepath.Join(out, name+"_"+kind.name), g, kind.dtype, kind.shard, reader(tensors)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestSaveRoundTrip(t *testing.T) {
	for name := range golden(t) {
		src := filepath.Join("testdata", name)
		f := open(t, src)
		want := load(t, src, f.Config)
		for _, shard := range []int64{0, 1, 3000, 1 << 40} {
			dir := filepath.Join(t.TempDir(), "new", "model")
			if err := model.Save(dir, f, safetensors.F32, shard, reader(want)); err != nil {
				t.Fatal(err)
			}
			g := open(t, dir)
			if g.Config != f.Config {
				t.Errorf("config %+v, want %+v", g.Config, f.Config)
			}
			for _, k := range []string{"eos_token_id", "pad_token_id", "initializer_range", "transformers_version"} {
				if compact(g.Fields[k]) != compact(f.Fields[k]) {
					t.Errorf("%s: %s, want %s", k, g.Fields[k], f.Fields[k])
				}
			}
			if string(g.Fields["dtype"]) != `"float32"` || string(g.Fields["torch_dtype"]) != `"float32"` {
				t.Errorf("dtype %s, torch_dtype %s", g.Fields["dtype"], g.Fields["torch_dtype"])
			}
			for i, got := range load(t, dir, g.Config) {
				if digest(got) != digest(want[i]) {
					t.Errorf("%s, shards of %d: tensor %d differs", name, shard, i)
				}
			}
			shards, _ := filepath.Glob(filepath.Join(dir, "model-*-of-*.safetensors"))
			if big := shard == 0 || shard > 1<<20; big != (len(shards) == 0) || shard == 1 && len(shards) != len(want) {
				t.Errorf("shards of at most %d bytes: %v", shard, shards)
			}
			if err := model.Save(dir, f, safetensors.F32, shard, reader(want)); err == nil || !strings.Contains(err.Error(), "another model") {
				t.Errorf("saving over a model: %v", err)
			}
		}
	}
}

func compact(b []byte) string { return strings.Join(strings.Fields(string(b)), "") }

// TestLoadTied has every way in which a tied head may be stored.
func TestLoadTied(t *testing.T) {
	src := filepath.Join("testdata", "f16_tied")
	f := open(t, src)
	tensors := load(t, src, f.Config)
	other := slices.Clone(tensors[0])
	other[5]++
	for _, test := range []struct {
		name        string
		embed, head []float32
		headShape   []int
		want        string
	}{
		{"embedding", tensors[0], nil, []int{23, 8}, ""},
		{"both", tensors[0], tensors[0], []int{23, 8}, ""},
		{"head", nil, tensors[0], []int{23, 8}, ""},
		{"other head", tensors[0], other, []int{23, 8}, "lm_head.weight\" differs from the embedding"},
		{"short head", tensors[0], other[:8], []int{1, 8}, "lm_head.weight\" has shape [1 8]"},
		{"none", nil, nil, nil, "embed_tokens.weight\" is missing"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var specs []safetensors.Spec
			var data [][]float32
			for i, s := range model.Specs(f.Config, "") {
				if i > 0 || test.embed != nil {
					specs, data = append(specs, s), append(data, tensors[i])
				}
			}
			if test.head != nil {
				specs, data = append(specs, safetensors.Spec{Name: "lm_head.weight", Shape: test.headShape}), append(data, test.head)
			}
			dir := write(t, specs, data)
			var got []float32
			err := model.Load(dir, f.Config, func(i int, x []float32) error {
				if i == 0 {
					got = slices.Clone(x)
				}
				return nil
			})
			if test.want == "" && (err != nil || digest(got) != digest(tensors[0])) || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Error(err)
			}
		})
	}
}

// write makes a folder with the given tensors.
func write(t *testing.T, specs []safetensors.Spec, data [][]float32) string {
	t.Helper()
	dir := t.TempDir()
	w, err := os.Create(filepath.Join(dir, "model.safetensors"))
	if err == nil {
		err = errors.Join(safetensors.Write(w, safetensors.F32, specs, reader(data)), w.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestLoadErrors(t *testing.T) {
	src := filepath.Join("testdata", "f32")
	f := open(t, src)
	tensors := load(t, src, f.Config)
	specs := model.Specs(f.Config, "")
	last := len(specs) - 1
	edit := func(fn func(s *[]safetensors.Spec, d *[][]float32)) string {
		s, d := slices.Clone(specs), slices.Clone(tensors)
		fn(&s, &d)
		return write(t, s, d)
	}
	for _, test := range []struct {
		name string
		dir  string
		want []string
	}{
		{"missing", edit(func(s *[]safetensors.Spec, d *[][]float32) { *s, *d = (*s)[1:], (*d)[1:] }), []string{`"model.embed_tokens.weight" is missing`}},
		{"no head", edit(func(s *[]safetensors.Spec, d *[][]float32) { *s = (*s)[:last] }), []string{"lm_head.weight", "tie_word_embeddings true"}},
		{"shape", edit(func(s *[]safetensors.Spec, d *[][]float32) { (*s)[1].Shape, (*d)[1] = []int{4}, (*d)[1][:4] }), []string{"model.safetensors", "input_layernorm.weight", "[4]", "[8]"}},
		{"turned", edit(func(s *[]safetensors.Spec, d *[][]float32) { (*s)[2].Shape = []int{8, 24} }), []string{"q_proj", "[8 24]", "[24 8]"}},
		{"bias", edit(func(s *[]safetensors.Spec, d *[][]float32) {
			*s, *d = append(*s, safetensors.Spec{Name: "model.layers.0.self_attn.q_proj.bias", Shape: []int{1}}), append(*d, []float32{0})
		}), []string{"q_proj.bias", "belongs to no Qwen3"}},
		{"bare", edit(func(s *[]safetensors.Spec, d *[][]float32) {
			for i := range *s {
				(*s)[i].Name = strings.TrimPrefix((*s)[i].Name, "model.")
			}
		}), []string{"bare Qwen3Model"}},
		{"empty", t.TempDir(), []string{"neither model.safetensors nor"}},
		{"no folder", filepath.Join(t.TempDir(), "x"), []string{"neither model.safetensors nor"}},
	} {
		err := model.Load(test.dir, f.Config, func(int, []float32) error { t.Errorf("%s: something was read", test.name); return errors.New("stop") })
		for _, want := range test.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v lacks %q", test.name, err, want)
			}
		}
	}
	extra := edit(func(s *[]safetensors.Spec, d *[][]float32) {
		*s, *d = append(*s, safetensors.Spec{Name: "model.layers.0.self_attn.rotary_emb.inv_freq", Shape: []int{3}}), append(*d, make([]float32, 3))
	})
	load(t, extra, f.Config)
	stop := errors.New("device is gone")
	if err := model.Load(src, f.Config, func(int, []float32) error { return stop }); !errors.Is(err, stop) {
		t.Error(err)
	}
	if err := model.Load(src, model.Config{}, nil); err == nil {
		t.Error("a config of zeros loads")
	}
	if err := model.Load(t.TempDir(), f.Config, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestLoadHints(t *testing.T) {
	f := open(t, filepath.Join("testdata", "f32"))
	for file, want := range map[string]string{
		"pytorch_model.bin": "save_pretrained", "pytorch_model-00001-of-00002.bin": "save_pretrained", "adapter_model.safetensors": "LoRA",
		"m.gguf": "GGUF", "model-00001-of-00002.safetensors": "without their index",
	} {
		dir := t.TempDir()
		os.WriteFile(filepath.Join(dir, file), nil, 0o666)
		if err := model.Load(dir, f.Config, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestSaveErrors(t *testing.T) {
	f := open(t, filepath.Join("testdata", "f32"))
	stop := errors.New("stop")
	fail := func(int, []float32) error { return stop }
	dir := t.TempDir()
	if err := model.Save(dir, f, safetensors.F32, 0, fail); !errors.Is(err, stop) || !strings.Contains(err.Error(), "model.embed_tokens.weight") {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "config.json")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a folder that was not finished has a config.json")
	}
	if err := model.Save(t.TempDir(), f, safetensors.F16, 0, fail); err == nil || errors.Is(err, stop) {
		t.Error(err)
	}
	if err := model.Save(t.TempDir(), &model.ConfigFile{}, safetensors.F32, 0, fail); err == nil || errors.Is(err, stop) {
		t.Error(err)
	}
	file := filepath.Join(dir, "model.safetensors")
	if err := model.Save(file, f, safetensors.F32, 0, fail); err == nil || errors.Is(err, stop) {
		t.Error(err)
	}
	err := model.WriteFiles(func(string) (io.WriteCloser, error) { return nil, stop }, f, safetensors.F32, 0, fail)
	if !errors.Is(err, stop) {
		t.Error(err)
	}
}

func TestCompanions(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"tokenizer.json", "config.json", "model.safetensors", "chat_template.jinja"} {
		os.WriteFile(filepath.Join(dir, name), nil, 0o666)
	}
	os.Mkdir(filepath.Join(dir, "vocab.json"), 0o777)
	want := []string{filepath.Join(dir, "chat_template.jinja"), filepath.Join(dir, "tokenizer.json")}
	if got := model.Companions(dir); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	if got := model.Companions(filepath.Join(dir, "x")); got != nil {
		t.Errorf("%v", got)
	}
}
