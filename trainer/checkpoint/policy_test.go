package checkpoint

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/model"
	"github.com/golongrl/golongrl/trainer/random"
	"github.com/golongrl/golongrl/trainer/safetensors"
)

// memory is a policy that only holds its tensors.
type memory struct {
	config  model.Config
	tensors map[backend.State][][]float32
	fail    error
}

var tiny = model.Config{Vocab: 23, Hidden: 8, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 6, MLP: 12, RopeTheta: 1e6, NormEps: 1e-6, MaxLen: 128}

// newMemory fills a policy with any bits, NaN among them; all zeros for seed 0.
func newMemory(c model.Config, seed uint64) *memory {
	m := &memory{config: c, tensors: map[backend.State][][]float32{}}
	for _, kind := range []backend.State{backend.Weights, backend.Moment1, backend.Moment2} {
		for i, t := range c.Tensors() {
			x := make([]float32, t.Len())
			key := random.NewKey(seed, uint64(kind), uint64(i))
			for k := range x {
				if seed != 0 {
					x[k] = math.Float32frombits(uint32(key.Uint64(uint64(k))))
				}
			}
			m.tensors[kind] = append(m.tensors[kind], x)
		}
	}
	return m
}

func (m *memory) Info() backend.Info                                            { return backend.Info{} }
func (m *memory) Config() model.Config                                          { return m.config }
func (m *memory) LogProbs(context.Context, *backend.Batch, *backend.Rows) error { panic("not here") }
func (m *memory) Update(backend.Update) (backend.Updated, error)                { panic("not here") }
func (m *memory) Close() error                                                  { return nil }
func (m *memory) Accumulate(context.Context, *backend.Batch, backend.Objective, *backend.Rows) error {
	panic("not here")
}
func (m *memory) Generate(context.Context, []backend.Prompt, backend.Sampling, func(int, int, backend.Generated)) error {
	panic("not here")
}

func (m *memory) Read(kind backend.State, i int, dst []float32) error {
	if n := copy(dst, m.tensors[kind][i]); n != len(dst) || n != len(m.tensors[kind][i]) {
		panic("wrong length")
	}
	return m.fail
}

func (m *memory) Write(kind backend.State, i int, src []float32) error {
	if n := copy(m.tensors[kind][i], src); n != len(src) || n != len(m.tensors[kind][i]) {
		panic("wrong length")
	}
	return m.fail
}

// bits is all that a policy holds.
func (m *memory) bits() string {
	var b []byte
	for _, kind := range []backend.State{backend.Weights, backend.Moment1, backend.Moment2} {
		for _, x := range m.tensors[kind] {
			for _, v := range x {
				b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
			}
		}
	}
	return string(b)
}

func TestPolicyRoundTrip(t *testing.T) {
	tied := tiny
	tied.Tied = true
	for _, c := range []model.Config{tiny, tied} {
		for _, shard := range []int64{0, 1000} {
			p := newMemory(c, 7)
			dir, err := Save(t.TempDir(), 1, 1, func(w *Writer) error { return SavePolicy(w, p, PolicyFiles{ShardBytes: shard}) })
			if err != nil {
				t.Fatal(err)
			}
			k, err := Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			if (len(k.Files()) > 3) != (shard > 0) {
				t.Errorf("files %q", k.Files())
			}
			q := newMemory(c, 0)
			if err := LoadPolicy(k, q); err != nil {
				t.Fatal(err)
			}
			if p.bits() != q.bits() {
				t.Error("the policy that is loaded is another one")
			}
		}
	}
}

// TestPolicyFiles keeps what came with the model.
func TestPolicyFiles(t *testing.T) {
	src := t.TempDir()
	os.WriteFile(filepath.Join(src, "tokenizer.json"), []byte("{}"), 0o666)
	text := `{"model_type":"qwen3","vocab_size":23,"hidden_size":8,"num_hidden_layers":2,"num_attention_heads":4,"num_key_value_heads":2,"head_dim":6,` +
		`"intermediate_size":12,"rope_theta":1e6,"max_position_embeddings":128,"eos_token_id":[3,4],"torch_dtype":"bfloat16"}`
	f, err := model.ReadConfig(strings.NewReader(text))
	if err != nil || f.Config != tiny {
		t.Fatal(err, f)
	}
	p := newMemory(tiny, 1)
	dir, err := Save(t.TempDir(), 1, 1, func(w *Writer) error {
		return SavePolicy(w, p, PolicyFiles{Config: f, Copy: model.Companions(src)})
	})
	if err != nil {
		t.Fatal(err)
	}
	g, err := model.OpenConfig(filepath.Join(dir, "policy"))
	if err != nil || g.Config != tiny || strings.Join(strings.Fields(string(g.Fields["eos_token_id"])), "") != "[3,4]" || string(g.Fields["torch_dtype"]) != `"float32"` {
		t.Errorf("%v, %v", g, err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "policy", "tokenizer.json")); string(b) != "{}" {
		t.Error(err)
	}
}

func TestLoadPolicyErrors(t *testing.T) {
	root := t.TempDir()
	dir, err := Save(root, 1, 0, func(w *Writer) error { return SavePolicy(w, newMemory(tiny, 1), PolicyFiles{}) })
	if err != nil {
		t.Fatal(err)
	}
	k, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	other := tiny
	other.Hidden, other.RopeTheta = 16, 1e4
	q := newMemory(other, 2)
	before := q.bits()
	var m *MismatchError
	if err := LoadPolicy(k, q); !errors.As(err, &m) || !slices.Equal(m.Fields, []Difference{{"Hidden", "8", "16"}, {"RopeTheta", "1000000", "10000"}}) {
		t.Error(err)
	}
	if q.bits() != before {
		t.Error("a policy of another shape was changed")
	}
	stop := errors.New("device is gone")
	q = newMemory(tiny, 2)
	q.fail = stop
	if err := LoadPolicy(k, q); !errors.Is(err, stop) {
		t.Error(err)
	}
	if _, err := Save(root, 2, 0, func(w *Writer) error { return SavePolicy(w, q, PolicyFiles{}) }); !errors.Is(err, stop) {
		t.Error(err)
	}
	q.fail = nil
	before = q.bits()
	moments := filepath.Join(dir, "optimizer.safetensors")
	for want, specs := range map[string][]safetensors.Spec{
		"exp_avg.model.embed_tokens.weight is missing": nil,
		"should be F32 [23 8]":                         {{Name: "exp_avg.model.embed_tokens.weight", Shape: []int{8, 23}}},
	} {
		w, _ := os.Create(moments)
		safetensors.Write(w, safetensors.F32, specs, func(int, []float32) error { return nil })
		w.Close()
		if err := LoadPolicy(k, q); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	os.Remove(moments)
	if err := LoadPolicy(k, q); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	if q.bits() != before {
		t.Error("a policy was changed by half a checkpoint")
	}
	os.RemoveAll(k.Path("policy"))
	if err := LoadPolicy(k, q); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func TestCompare(t *testing.T) {
	type inner struct {
		LR float64 `json:"lr"`
		K  []int
	}
	type config struct {
		Seed  int
		Opt   inner `json:"opt"`
		Empty map[string]int
	}
	a := config{1, inner{1e-6, []int{1, 2}}, map[string]int{}}
	if err := Compare("it", a, a); err != nil {
		t.Error(err)
	}
	b := config{2, inner{2e-6, []int{1, 3}}, map[string]int{"x": 1}}
	var m *MismatchError
	if err := Compare("it", a, b); !errors.As(err, &m) {
		t.Fatal(err)
	}
	want := []Difference{{"Empty", "{}", ""}, {"Empty.x", "", "1"}, {"Seed", "1", "2"}, {"opt.K", "[1,2]", "[1,3]"}, {"opt.lr", "0.000001", "0.000002"}}
	if !slices.Equal(m.Fields, want) {
		t.Errorf("%q", m.Fields)
	}
	if s := m.Error(); !strings.Contains(s, "Empty.x is absent and should be 1") {
		t.Error(s)
	}
	if err := Compare("it", a, b, "opt", "Seed", "Empty"); err != nil {
		t.Error(err)
	}
	if err := Compare("it", map[string]any{"optimal": 1}, map[string]any{"optimal": 2}, "opt"); err == nil {
		t.Error("a field is ignored whose name only begins so")
	}
	if err := Compare("it", uint64(1<<63), uint64(1<<63+1)); err == nil {
		t.Error("integers of 64 bits are rounded")
	}
}

func benchmarkPolicy(b *testing.B) (*memory, int64) {
	c := model.Config{Vocab: 4096, Hidden: 512, Layers: 4, Heads: 8, KVHeads: 4, HeadDim: 64, MLP: 1536, RopeTheta: 1e6, NormEps: 1e-6, MaxLen: 128}
	if testing.Short() {
		c = tiny
	}
	return newMemory(c, 1), int64(c.Size()) * 12
}

func BenchmarkSave(b *testing.B) {
	p, n := benchmarkPolicy(b)
	root := b.TempDir()
	b.SetBytes(n)
	for step := 0; b.Loop(); step++ {
		if _, err := Save(root, step, 1, func(w *Writer) error { return SavePolicy(w, p, PolicyFiles{}) }); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpenAndLoad(b *testing.B) {
	p, n := benchmarkPolicy(b)
	root := b.TempDir()
	if _, err := Save(root, 1, 1, func(w *Writer) error { return SavePolicy(w, p, PolicyFiles{}) }); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(n)
	for b.Loop() {
		c, err := Open(root)
		if err == nil {
			err = LoadPolicy(c, p)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}
