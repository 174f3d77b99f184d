package cpu

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"encoding/json"
	"io"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/golongrl/golongrl/internal/kernels"
	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/model"
	"github.com/golongrl/golongrl/trainer/random"
)

// What benchmarks/reference/qwen3_tiny.py writes.
type golden struct {
	Optimizer struct {
		LR      float64 `json:"lr"`
		Beta1   float64
		Beta2   float64
		Eps     float64
		Decay   float64
		MaxNorm float64 `json:"max_norm"`
	}
	Cases []*goldenCase
}

type goldenCase struct {
	Shape struct {
		Vocab   int     `json:"vocab_size"`
		Hidden  int     `json:"hidden_size"`
		Layers  int     `json:"num_hidden_layers"`
		Heads   int     `json:"num_attention_heads"`
		KVHeads int     `json:"num_key_value_heads"`
		HeadDim int     `json:"head_dim"`
		MLP     int     `json:"intermediate_size"`
		Theta   float64 `json:"rope_theta"`
		Tied    bool    `json:"tie_word_embeddings"`
	}
	InvFreq        []float64 `json:"inv_freq"`
	Batches        []*goldenBatch
	Names          []string
	Logits         []byte
	LogP, Entropy  []float64
	Loss           float64
	Grads, Weights [][]byte
	Norms, Losses  []float64
	Err32          [][2]float64
	optimizer      backend.Update
	logits         []float64
	grads, weights [][]float64
	index          []int // of Names in model.Config.Tensors
	cfg            model.Config
	initial        []float32
}

type goldenBatch struct {
	Temperature float64
	Tokens      []int32
	Start, Rows []int
	A, E        []float64
}

func (b *goldenBatch) batch() *backend.Batch {
	return &backend.Batch{Tokens: b.Tokens, Start: b.Start, Rows: b.Rows, Temperature: b.Temperature}
}

// The loss is the mean of -a logp + e entropy.
func (b *goldenBatch) Needs() backend.Scope { return backend.AnyRows }

func (b *goldenBatch) Derivatives(lo, hi int, _, _, dlogp, dentropy []float64) error {
	n := float64(len(b.A))
	for r := lo; r < hi; r++ {
		dlogp[r-lo], dentropy[r-lo] = -b.A[r]/n, b.E[r]/n
	}
	return nil
}

func (b *goldenBatch) loss(out *backend.Rows) float64 {
	var s float64
	for r, lp := range out.LogP {
		s += -b.A[r]*lp + b.E[r]*out.Entropy[r]
	}
	return s / float64(len(b.A))
}

func readGolden(t *testing.T) []*goldenCase {
	t.Helper()
	f, err := os.Open("testdata/qwen3_tiny.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	o := g.Optimizer
	for _, c := range g.Cases {
		s := c.Shape
		c.cfg = model.Config{
			Vocab: s.Vocab, Hidden: s.Hidden, Layers: s.Layers, Heads: s.Heads, KVHeads: s.KVHeads, HeadDim: s.HeadDim,
			MLP: s.MLP, RopeTheta: s.Theta, NormEps: 1e-6, Tied: s.Tied, MaxLen: 64,
		}
		c.optimizer = backend.Update{LR: o.LR, Beta1: o.Beta1, Beta2: o.Beta2, Eps: o.Eps, Decay: o.Decay, MaxNorm: o.MaxNorm}
		c.decode(t)
	}
	return g.Cases
}

func (c *goldenCase) decode(t *testing.T) {
	c.logits = floats[float32](t, c.Logits)
	tensors := c.cfg.Tensors()
	if len(tensors) != len(c.Names) {
		t.Fatalf("%d tensors, transformers has %d", len(tensors), len(c.Names))
	}
	c.initial = make([]float32, c.cfg.Size())
	for i, name := range c.Names {
		j := slices.IndexFunc(tensors, func(x model.Tensor) bool { return x.Name == name })
		if j < 0 {
			t.Fatalf("no tensor %s", name)
		}
		c.index = append(c.index, j)
		c.grads = append(c.grads, floats[float32](t, c.Grads[i]))
		c.weights = append(c.weights, floats[float64](t, c.Weights[i]))
		ten, key := tensors[j], random.NewKey(1, uint64(i))
		if len(c.grads[i]) != ten.Len() || len(c.weights[i]) != ten.Len() {
			t.Fatalf("%s has %d elements, in transformers %d", name, ten.Len(), len(c.grads[i]))
		}
		for k := range ten.Len() {
			x := 0.6 * (key.Float64(uint64(k)) - 0.5)
			if ten.Norm {
				x = 1 + x
			}
			c.initial[ten.Offset+k] = float32(x)
		}
	}
}

func floats[F float32 | float64](t *testing.T, raw []byte) []float64 {
	v := make([]F, len(raw)/binary.Size(F(0)))
	if err := binary.Read(bytes.NewReader(raw), binary.LittleEndian, v); err != nil {
		t.Fatal(err)
	}
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = float64(x)
	}
	return out
}

func goldenCore[T kernels.Float](c *goldenCase) *core[T] {
	p := newCore[T](c.cfg, nil, Options{})
	for i, x := range c.initial {
		p.w[i] = T(x)
	}
	return p
}

// distance returns the norm and the largest of the differences, and of want.
func distance[T kernels.Float](got []T, want []float64) (norm, most, ofNorm, ofMost float64) {
	for i, w := range want {
		d := math.Abs(float64(got[i]) - w)
		norm += d * d
		ofNorm += w * w
		most, ofMost = max(most, d), max(ofMost, math.Abs(w))
	}
	return math.Sqrt(norm), most, math.Sqrt(ofNorm), ofMost
}

func TestGradientsOfTransformers(t *testing.T) {
	for _, c := range readGolden(t) {
		goldenGradients[float64](t, c, 1e-6)
		goldenGradients[float32](t, c, 1e-5)
	}
}

// tol is below the 1e-4 that backends are held to.
func goldenGradients[T kernels.Float](t *testing.T, c *goldenCase, tol float64) {
	p, b := goldenCore[T](c), c.Batches[0]
	near := func(what string, got []T, want []float64) {
		t.Helper()
		norm, most, ofNorm, ofMost := distance(got, want)
		if !(norm <= tol*ofNorm) || !(most <= tol*ofMost) {
			t.Errorf("%T tied %v: %s is off by %.2g of its norm, %.2g of its largest element", got[0], c.cfg.Tied, what, norm/ofNorm, most/ofMost)
		}
	}
	batch := b.batch()
	p.work.micro.take(batch, batch.Parts(4096)[0])
	p.forward(&p.work.micro, keepNothing)
	p.chunks(0, len(p.work.micro.rows), func(lo, hi int, logits []T) { near("logits", logits, c.logits) })

	out := newRows(batch)
	if err := p.accumulate(context.Background(), batch, b, out); err != nil {
		t.Fatal(err)
	}
	for r := range out.LogP {
		if d := math.Abs(out.LogP[r] - c.LogP[r]); !(d < tol) {
			t.Errorf("log-probability of row %d is %v, want %v", r, out.LogP[r], c.LogP[r])
		}
		if d := math.Abs(out.Entropy[r] - c.Entropy[r]); !(d < tol) {
			t.Errorf("entropy of row %d is %v, want %v", r, out.Entropy[r], c.Entropy[r])
		}
	}
	if l := b.loss(out); !(math.Abs(l-c.Loss) < tol) {
		t.Errorf("loss %v, want %v", l, c.Loss)
	}
	for i, name := range c.Names {
		ten := p.tensors[c.index[i]]
		near(name, p.g[ten.Offset:][:ten.Len()], c.grads[i])
	}
}

// The weights are held as a whole to three times the error of torch in float32.
// Single tensors get some more room: where a gradient is next to nothing, AdamW
// turns its rounding error into a step, so that single errors are luck.
func TestTwentyStepsOfTransformers(t *testing.T) {
	for _, c := range readGolden(t) {
		exact, single := goldenSteps[float64](t, c, 1e-6), goldenSteps[float32](t, c, 1e-4)
		var ours, torch float64
		for i, name := range c.Names {
			ten := exact.tensors[c.index[i]]
			norm, _, _, _ := distance(single.w[ten.Offset:][:ten.Len()], c.weights[i])
			ours += norm * norm
			torch += c.Err32[i][0] * c.Err32[i][0]
			if !(norm <= 6*c.Err32[i][0]) {
				t.Errorf("tied %v: float32 %s is off by %.2g, torch by %.2g", c.cfg.Tied, name, norm, c.Err32[i][0])
			}
			norm, _, ofNorm, _ := distance(exact.w[ten.Offset:][:ten.Len()], c.weights[i])
			if !(norm <= 1e-7*ofNorm) {
				t.Errorf("tied %v: float64 %s is off by %.2g of its norm", c.cfg.Tied, name, norm/ofNorm)
			}
		}
		t.Logf("tied %v: float32 weights are off by %.3g, torch by %.3g", c.cfg.Tied, math.Sqrt(ours), math.Sqrt(torch))
		if !(ours <= 9*torch) {
			t.Errorf("tied %v: float32 weights are off by %.3g, torch by %.3g", c.cfg.Tied, math.Sqrt(ours), math.Sqrt(torch))
		}
	}
}

func goldenSteps[T kernels.Float](t *testing.T, c *goldenCase, tol float64) *core[T] {
	p := goldenCore[T](c)
	for step, norm := range c.Norms {
		b := c.Batches[step%len(c.Batches)]
		batch := b.batch()
		out := newRows(batch)
		if err := p.accumulate(context.Background(), batch, b, out); err != nil {
			t.Fatal(err)
		}
		if l := b.loss(out); !(math.Abs(l-c.Losses[step]) < tol) {
			t.Errorf("step %d: loss %v, want %v", step+1, l, c.Losses[step])
		}
		u := c.optimizer
		u.Step = step + 1
		done, err := p.update(u)
		if err != nil {
			t.Fatal(err)
		}
		if !(math.Abs(done.GradNorm-norm) < tol*norm) {
			t.Errorf("step %d: norm %v, want %v", step+1, done.GradNorm, norm)
		}
	}
	return p
}

func TestRopeTableOfTransformers(t *testing.T) {
	for _, c := range readGolden(t) {
		p := goldenCore[float64](c)
		half := len(c.InvFreq)
		cos, sin := p.rope(40)
		for pos := range 40 {
			for i, f := range c.InvFreq {
				s, co := math.Sincos(float64(float32(pos) * float32(f)))
				if math.Abs(cos[pos*half+i]-co) > 1e-7 || math.Abs(sin[pos*half+i]-s) > 1e-7 {
					t.Errorf("head_dim %d, position %d, pair %d: %v, %v, want %v, %v", 2*half, pos, i, cos[pos*half+i], sin[pos*half+i], co, s)
				}
			}
		}
	}
}
