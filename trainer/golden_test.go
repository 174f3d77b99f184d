package trainer

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/cpu"
	"github.com/golongrl/golongrl/trainer/model"
	"github.com/golongrl/golongrl/trainer/random"
	"github.com/golongrl/golongrl/trainer/rollouts"
	"github.com/golongrl/golongrl/trainer/watch"
)

// What benchmarks/reference/update_goldens.py writes.
type golden struct {
	Shape struct {
		Vocab   int     `json:"vocab_size"`
		Hidden  int     `json:"hidden_size"`
		Layers  int     `json:"num_hidden_layers"`
		Heads   int     `json:"num_attention_heads"`
		KVHeads int     `json:"num_key_value_heads"`
		HeadDim int     `json:"head_dim"`
		MLP     int     `json:"intermediate_size"`
		Theta   float64 `json:"rope_theta"`
	}
	Cases []*goldenCase
}

type goldenCase struct {
	Name    string
	Seed    uint64
	Tied    bool
	Config  json.RawMessage
	Updates []struct {
		Groups  []goldenGroup
		Metrics map[string]float64
	}
	Names  []string
	Change [][]byte
	Err32  []float64
}

type goldenGroup struct {
	Task    string
	Prompt  []int32
	Samples []*struct {
		Tokens    []int32
		LogProbs  []float32
		Reward    float64
		Advantage float64
	}
}

func readGolden(t *testing.T) (g golden) {
	t.Helper()
	f, err := os.Open("testdata/golden/update.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.NewDecoder(z).Decode(&g); err != nil {
		t.Fatal(err)
	}
	return g
}

// goldenSource returns what is recorded. Texts are rewards.
type goldenSource []goldenGroup

func (s goldenSource) Generate(_ context.Context, req *rollouts.Request, done func(rollouts.Sample)) error {
	for p, prompt := range req.Prompts {
		for i, x := range s[prompt.Index].Samples {
			if x == nil {
				done(rollouts.Sample{Prompt: p, Index: i, Err: errors.New("lost")})
				continue
			}
			done(rollouts.Sample{Prompt: p, Index: i, Tokens: x.Tokens, LogP: x.LogProbs, Text: strconv.FormatFloat(x.Reward, 'g', -1, 64), Stopped: true, Version: req.Version})
		}
	}
	return nil
}

func (goldenSource) Publish(context.Context, int, func(string) error) error { return nil }
func (goldenSource) String() string                                         { return "golden" }

func goldenScorer(t *testing.T) *scoring.Scorer {
	t.Helper()
	number := scoring.Func("number", func(_ context.Context, rec *scoring.Record) (scoring.Result, error) {
		v, err := strconv.ParseFloat(rec.Response, 64)
		return scoring.Result{Value: v}, err
	})
	reg, err := scoring.Builtin().With("number", func(*scoring.Options) (scoring.Metric, error) { return number, nil })
	if err != nil {
		t.Fatal(err)
	}
	s, err := scoring.New(scoring.WithRegistry(reg), scoring.WithMetric("number"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// policy has the weights of a stream: 1 the policy, 2 the reference.
func (c *goldenCase) policy(t *testing.T, g *golden, stream uint64, o cpu.Options) *cpu.Policy {
	t.Helper()
	s := g.Shape
	p, err := cpu.New(model.Config{
		Vocab: s.Vocab, Hidden: s.Hidden, Layers: s.Layers, Heads: s.Heads, KVHeads: s.KVHeads, HeadDim: s.HeadDim,
		MLP: s.MLP, RopeTheta: s.Theta, NormEps: 1e-6, Tied: c.Tied, MaxLen: 32,
	}, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	tensors := p.Config().Tensors()
	if len(tensors) != len(c.Names) {
		t.Fatalf("%d tensors, transformers has %d", len(tensors), len(c.Names))
	}
	for i, name := range c.Names {
		j := slices.IndexFunc(tensors, func(x model.Tensor) bool { return x.Name == name })
		if j < 0 {
			t.Fatalf("no tensor %s", name)
		}
		v, k := make([]float32, tensors[j].Len()), random.NewKey(c.Seed, stream, uint64(i))
		for e := range v {
			x := 2*k.Float64(uint64(e)) - 1
			switch {
			case tensors[j].Norm:
				x = 1 + float64(0.3*x)
			case strings.HasPrefix(name, "model.layers."):
				x *= 0.3
			default:
				x *= 1.5
			}
			v[e] = float32(x)
		}
		if err := p.Write(backend.Weights, j, v); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// TestUpdatesOfTorch: whole updates, from recorded rollouts to weights, are those
// of transformers and torch in float64, however the batch is cut.
func TestUpdatesOfTorch(t *testing.T) {
	g := readGolden(t)
	for _, c := range g.Cases {
		for _, o := range []cpu.Options{{Workers: 1}, {Workers: 2, MicroTokens: 24, ChunkBytes: 4 * 5 * g.Shape.Vocab}} {
			t.Run(fmt.Sprintf("%s/%d", c.Name, o.MicroTokens), func(t *testing.T) { c.run(t, &g, o) })
		}
	}
}

func (c *goldenCase) run(t *testing.T, g *golden, o cpu.Options) {
	cfg := Default()
	if err := json.Unmarshal(c.Config, &cfg); err != nil {
		t.Fatal(err)
	}
	k := &keeper{}
	var source goldenSource
	var prompts []*rollouts.Prompt
	for _, u := range c.Updates {
		for _, group := range u.Groups {
			prompts = append(prompts, &rollouts.Prompt{Index: len(prompts), ID: strconv.Itoa(len(prompts)), Tokens: group.Prompt, Task: group.Task})
			source = append(source, group)
		}
	}
	p := c.policy(t, g, 1, o)
	tr, err := New(cfg, Options{
		Policy: p, Reference: c.policy(t, g, 2, o), Source: source, Train: prompts, Scorer: goldenScorer(t), Observers: []watch.Observer{k},
	})
	if err != nil {
		t.Fatal(err)
	}
	tr.order.perms[0] = make([]int, len(prompts)) // the order of the file
	for i := range prompts {
		tr.order.perms[0][i] = i
	}
	before := weights(t, p)
	for i := range c.Updates {
		if err := tr.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.compareUpdate(t, i, &k.steps[i])
	}
	c.compareWeights(t, p, before, weights(t, p))
}

func (c *goldenCase) compareUpdate(t *testing.T, i int, s *watch.Step) {
	at := 0
	for _, group := range c.Updates[i].Groups {
		for _, x := range group.Samples {
			got := s.Samples[at]
			at++
			if x == nil {
				if got.Result.Err == nil || !math.IsNaN(got.Reward) {
					t.Errorf("update %d: a lost sample has reward %v", i+1, got.Reward)
				}
				continue
			}
			if got.Reward != x.Reward || !(math.Abs(got.Advantage-x.Advantage) < 1e-9) {
				t.Errorf("update %d, prompt %s, sample %d: reward %v and advantage %v, want %v and %v", i+1, got.ID, got.Index, got.Reward, got.Advantage, x.Reward, x.Advantage)
			}
		}
	}
	if at != len(s.Samples) {
		t.Errorf("update %d: %d samples, want %d", i+1, len(s.Samples), at)
	}
	for name, want := range c.Updates[i].Metrics {
		got, ok := watch.Value(s.Metrics, name)
		if !ok || !(math.Abs(got-want) <= 1e-4*max(0.05, math.Abs(want))) { // advantages are near 1
			t.Errorf("update %d: %s is %v, want %v", i+1, name, got, want)
		}
	}
}

// Rounding errors of gradients that are next to nothing become whole steps under
// AdamW; the errors of torch in float32 say how much of that there is.
func (c *goldenCase) compareWeights(t *testing.T, p *cpu.Policy, before, after []float32) {
	tensors := p.Config().Tensors()
	var all, allOf, torch float64
	for i, name := range c.Names {
		ten := tensors[slices.IndexFunc(tensors, func(x model.Tensor) bool { return x.Name == name })]
		want := make([]float32, ten.Len())
		if err := binary.Read(bytes.NewReader(c.Change[i]), binary.LittleEndian, want); err != nil {
			t.Fatal(err)
		}
		var off, of float64
		for e, w := range want {
			d := float64(after[ten.Offset+e]) - float64(before[ten.Offset+e]) - float64(w)
			off += d * d
			of += float64(w) * float64(w)
		}
		if !(off <= 1e-6*of) {
			t.Errorf("the change of %s is off by %.1e of its norm, torch's in float32 by %.1e", name, math.Sqrt(off/of), c.Err32[i]/math.Sqrt(of))
		}
		all, allOf, torch = all+off, allOf+of, torch+c.Err32[i]*c.Err32[i]
	}
	t.Logf("the change is off by %.1e of its norm, torch's in float32 by %.1e", math.Sqrt(all/allOf), math.Sqrt(torch/allOf))
	if !(all <= 4e-8*allOf) {
		t.Errorf("the change of all weights is off by %.1e of its norm", math.Sqrt(all/allOf))
	}
}
