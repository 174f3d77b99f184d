package main

import (
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"time"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/cpu"
	"github.com/golongrl/golongrl/trainer/cuda/internal/engine"
	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
	"github.com/golongrl/golongrl/trainer/model"
	"github.com/golongrl/golongrl/trainer/random"
)

// A stepShape is a random policy and a batch for it.
type stepShape struct {
	name    string
	cfg     model.Config
	lengths []int
	prompt  int     // tokens of each sequence without rows, where it is that long
	std     float64 // of the weights
	micro   int     // tokens in work at a time
	chunk   int     // rows of logits at a time
	takes   time.Duration
}

// A reference is what the CPU computes for a shape: in float32, from weights that
// are exact in bf16, so that both precisions start alike.
type reference struct {
	batch   *backend.Batch
	out     *backend.Rows
	grads   [][]float32
	weights [][]float32 // before the update
	changes [][]float32 // by it
	norm    float64
}

// tolerances of a precision.
type tolerances struct {
	logp     float64 // of log-probabilities and entropies, absolute
	gradient float64 // of a tensor's gradient, relative to its norm
	cosine   float64 // 1 - that of a tensor's gradient with the reference
	norm     float64 // of the norm of the whole gradient, relative
	change   float64 // of the change of all weights by an update, relative to its norm; 0: not compared
	sampled  float64 // of log-probabilities of samples from those that LogProbs computes
}

var permitted = map[gpu.Type]tolerances{
	gpu.F32:  {logp: 1e-4, gradient: 1e-4, cosine: 1e-6, norm: 1e-4, change: 1e-2, sampled: 1e-4},
	gpu.BF16: {logp: 1e-2, gradient: 5e-2, cosine: 1e-3, norm: 1e-2, sampled: 2e-2},
}

// A variant is one way to compute.
type variant struct {
	precision gpu.Type
	own       bool
	keep      engine.Recompute
}

func (x variant) String() string {
	by := "libraries"
	if x.own {
		by = "own kernels"
	}
	return fmt.Sprintf("%v, %s, %v", x.precision, by, x.keep)
}

// step is the stage of a whole update against the CPU.
func (v *verifier) step() []work {
	var all []work
	for _, s := range v.sizes.step {
		for _, precision := range []gpu.Type{gpu.F32, gpu.BF16} {
			for _, own := range []bool{true, false} {
				for _, keep := range []engine.Recompute{engine.KeepAll, engine.KeepProducts, engine.KeepAttention, engine.KeepInputs} {
					x := variant{precision, own, keep}
					all = append(all, work{fmt.Sprintf("%s, %v", s.name, x), s.takes, func(p *Piece) error { return v.compare(p, &s, x) }})
				}
			}
			all = append(all, work{fmt.Sprintf("%s, %v, samples", s.name, precision), s.takes, func(p *Piece) error { return v.samples(p, &s, precision) }})
		}
		all = append(all, work{s.name + ", PyTorch", 2 * s.takes, func(p *Piece) error { return v.against(p, &s) }})
	}
	return all
}

func (s *stepShape) options(x variant) engine.Options {
	return engine.Options{Precision: x.precision, OwnKernels: x.own, Recompute: x.keep, MaxTokens: s.cfg.MaxLen, MicroTokens: s.micro, ChunkRows: s.chunk}
}

func (s *stepShape) batch() *backend.Batch {
	b := &backend.Batch{Start: []int{0}, Temperature: 0.9}
	key := random.NewKey(2)
	for _, n := range s.lengths {
		begin := len(b.Tokens)
		for i := range n {
			b.Tokens = append(b.Tokens, int32(key.IntN(uint64(begin+i), s.cfg.Vocab)))
			if i > 0 && i >= min(s.prompt, n-1) {
				b.Rows = append(b.Rows, begin+i)
			}
		}
		b.Start = append(b.Start, begin+n)
	}
	return b
}

// write writes the shape's weights, rounded to bf16.
func (s *stepShape) write(p backend.Policy) ([][]float32, error) {
	var all [][]float32
	for i, t := range s.cfg.Tensors() {
		key, w := random.NewKey(1, uint64(i)), make([]float32, t.Len())
		for j := range w {
			x := s.std * key.Normal(uint64(j))
			if t.Norm {
				x++
			}
			w[j] = roundBF16(float32(x))
		}
		if err := p.Write(backend.Weights, i, w); err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	return all, nil
}

// roundBF16 rounds to the nearest bf16, ties to even.
func roundBF16(x float32) float32 {
	u := math.Float32bits(x)
	return math.Float32frombits((u + 0x7fff + u>>16&1) &^ 0xffff)
}

// coefficients is a loss that is coefficient times log-probability, per row, and
// perhaps so much of the entropy.
type coefficients struct{ logp, entropy []float64 }

// Needs implements backend.Objective.
func (coefficients) Needs() backend.Scope { return backend.AnyRows }

// Derivatives implements backend.Objective.
func (c coefficients) Derivatives(lo, hi int, _, _, dlogp, dentropy []float64) error {
	copy(dlogp, c.logp[lo:hi])
	if c.entropy != nil {
		copy(dentropy, c.entropy[lo:hi])
	}
	return nil
}

// newCoefficients returns random ones, of which the first kind are about 1/rows.
func newCoefficients(rows int, entropy bool) coefficients {
	c := coefficients{logp: make([]float64, rows)}
	for i := range c.logp {
		c.logp[i] = random.NewKey(3).Normal(uint64(i)) / float64(rows)
	}
	if entropy {
		c.entropy = make([]float64, rows)
		for i := range c.entropy {
			c.entropy[i] = 0.1 * random.NewKey(4).Normal(uint64(i)) / float64(rows)
		}
	}
	return c
}

// update is the step of AdamW that is compared. Its eps is large, so that elements
// whose gradient is rounding alone do not decide.
func update(step int) backend.Update {
	return backend.Update{LR: 1e-3, Beta1: 0.9, Beta2: 0.95, Eps: 1e-6, Decay: 0.1, Step: step, MaxNorm: 1}
}

func newRows(b *backend.Batch) *backend.Rows {
	return &backend.Rows{LogP: make([]float64, len(b.Rows)), Entropy: make([]float64, len(b.Rows))}
}

// reference computes on the CPU, once.
func (v *verifier) reference(s *stepShape) (*reference, error) {
	if r := v.refs[s.name]; r != nil {
		return r, nil
	}
	p, err := cpu.New(s.cfg, cpu.Options{Workers: v.sizes.workers})
	if err != nil {
		return nil, err
	}
	defer p.Close()
	r := &reference{batch: s.batch()}
	r.out = newRows(r.batch)
	if r.weights, err = s.write(p); err != nil {
		return nil, err
	}
	if err := p.Accumulate(v.ctx, r.batch, newCoefficients(len(r.batch.Rows), true), r.out); err != nil {
		return nil, err
	}
	if r.grads, err = tensors(p, backend.Gradient); err != nil {
		return nil, err
	}
	did, err := p.Update(update(1))
	if err != nil {
		return nil, err
	}
	r.norm = did.GradNorm
	if r.changes, err = changes(p, r.weights); err != nil {
		return nil, err
	}
	v.refs[s.name] = r
	return r, nil
}

// tensors reads all tensors of a kind.
func tensors(p backend.Policy, kind backend.State) ([][]float32, error) {
	var all [][]float32
	for i, t := range p.Config().Tensors() {
		x := make([]float32, t.Len())
		if err := p.Read(kind, i, x); err != nil {
			return nil, err
		}
		all = append(all, x)
	}
	return all, nil
}

func changes(p backend.Policy, before [][]float32) ([][]float32, error) {
	all, err := tensors(p, backend.Weights)
	for i := range all {
		for j := range all[i] {
			all[i][j] -= before[i][j]
		}
	}
	return all, err
}

// compare computes a step in one variant and compares it with the CPU's.
func (v *verifier) compare(p *Piece, s *stepShape, x variant) (err error) {
	want, err := v.reference(s)
	if err != nil {
		return err
	}
	policy, err := engine.New(v.dev, s.cfg, s.options(x))
	if err != nil {
		return err
	}
	defer closing(policy, &err)
	if _, err := s.write(policy); err != nil {
		return err
	}
	obj := newCoefficients(len(want.batch.Rows), true)
	out := newRows(want.batch)
	if err := policy.Accumulate(v.ctx, want.batch, obj, out); err != nil {
		return err
	}
	grads, err := tensors(policy, backend.Gradient)
	if err != nil {
		return err
	}
	did, err := policy.Update(update(1))
	if err != nil {
		return err
	}
	changed, err := changes(policy, want.weights)
	if err != nil {
		return err
	}
	may := permitted[x.precision]
	p.check("log-probability", farthest(out.LogP, want.out.LogP), may.logp)
	p.check("entropy", farthest(out.Entropy, want.out.Entropy), may.logp)
	compareGradients(p, s.cfg, grads, want.grads, may)
	p.check("norm", math.Abs(did.GradNorm/want.norm-1), may.norm)
	e, _ := apart(slices.Concat(changed...), slices.Concat(want.changes...))
	if may.change > 0 {
		p.check("update", e, may.change)
	} else {
		p.add("update", e, "")
	}
	p.Bits = bits(out, grads)
	return v.sameBits(p, s, x)
}

func compareGradients(p *Piece, cfg model.Config, got, want [][]float32, may tolerances) {
	worst, far := 0.0, 0.0
	where, at := "", ""
	for i, t := range cfg.Tensors() {
		e, c := apart(got[i], want[i])
		if !(e <= worst) {
			worst, where = e, t.Name
		}
		if !(c <= far) {
			far, at = c, t.Name
		}
	}
	p.check("gradient", worst, may.gradient)
	p.check("1-cosine", far, may.cosine)
	if len(p.Problem) > 0 {
		p.note("the gradient of %s is farthest by norm, of %s by direction", where, at)
	}
}

// sameBits holds the levels of recomputation to the same bits.
func (v *verifier) sameBits(p *Piece, s *stepShape, x variant) error {
	x.keep = engine.KeepAll
	first := v.report.piece(stageStep, fmt.Sprintf("%s, %v", s.name, x))
	if first == nil || first == p || first.Bits == "" || first.Bits == p.Bits {
		return nil
	}
	if !x.own { // a library may choose by what is free
		p.note("other bits than with all kept")
		return nil
	}
	return fmt.Errorf("the bits are others than with all kept: the results are not reproducible")
}

// bits hashes results.
func bits(out *backend.Rows, grads [][]float32) string {
	h := fnv.New64a()
	var b [8]byte
	put := func(u uint64) {
		for i := range b {
			b[i] = byte(u >> (8 * i))
		}
		h.Write(b[:])
	}
	for _, xs := range [][]float64{out.LogP, out.Entropy} {
		for _, x := range xs {
			put(math.Float64bits(x))
		}
	}
	for _, g := range grads {
		for _, x := range g {
			put(uint64(math.Float32bits(x)))
		}
	}
	return fmt.Sprintf("%016x", h.Sum64())
}

// farthest returns the largest difference, NaN if there is one.
func farthest(got, want []float64) (far float64) {
	for i, w := range want {
		if d := math.Abs(got[i] - w); !(d <= far) {
			far = d
		}
	}
	return far
}

// apart returns the norm of got - want relative to that of want, and 1 minus their
// cosine.
func apart(got, want []float32) (relative, direction float64) {
	var d, g, w, dot float64
	for i, y := range want {
		a, b := float64(got[i]), float64(y)
		d += (a - b) * (a - b)
		g += a * a
		w += b * b
		dot += a * b
	}
	if g == 0 && w == 0 {
		return 0, 0
	}
	return math.Sqrt(d / w), 1 - dot/math.Sqrt(g*w)
}

// samples samples on the device and compares the log-probabilities that come with
// the samples with those of LogProbs there and on the CPU.
func (v *verifier) samples(p *Piece, s *stepShape, precision gpu.Type) (err error) {
	policy, err := engine.New(v.dev, s.cfg, s.options(variant{precision: precision, own: true}))
	if err != nil {
		return err
	}
	defer closing(policy, &err)
	if _, err := s.write(policy); err != nil {
		return err
	}
	want := s.batch()
	var prompts []backend.Prompt
	for i := range min(3, len(s.lengths)) {
		n := min(s.lengths[i], s.cfg.MaxLen/2, 1+7*i)
		prompts = append(prompts, backend.Prompt{Tokens: want.Tokens[want.Start[i]:][:n], Keys: []random.Key{random.NewKey(8, uint64(i)), random.NewKey(9, uint64(i))}})
	}
	b := &backend.Batch{Start: []int{0}, Temperature: 0.8}
	var sampled []float64
	by := backend.Sampling{Temperature: b.Temperature, MaxTokens: 12}
	err = policy.Generate(v.ctx, prompts, by, func(i, _ int, g backend.Generated) {
		b.Tokens = append(b.Tokens, prompts[i].Tokens...)
		for j, t := range g.Tokens {
			b.Rows = append(b.Rows, len(b.Tokens))
			b.Tokens = append(b.Tokens, t)
			sampled = append(sampled, float64(g.LogP[j]))
		}
		b.Start = append(b.Start, len(b.Tokens))
	})
	if err != nil {
		return err
	}
	here, there := newRows(b), newRows(b)
	if err := policy.LogProbs(v.ctx, b, here); err != nil {
		return err
	}
	c, err := cpu.New(s.cfg, cpu.Options{Workers: v.sizes.workers})
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := s.write(c); err != nil {
		return err
	}
	if err := c.LogProbs(v.ctx, b, there); err != nil {
		return err
	}
	may := permitted[precision]
	p.add("tokens", float64(len(sampled)), "")
	p.check("from LogProbs", farthest(sampled, here.LogP), may.sampled)
	p.check("from the CPU", farthest(sampled, there.LogP), may.logp+may.sampled)
	return nil
}

// closing closes a policy and keeps its error if there is no other.
func closing(p interface{ Close() error }, err *error) {
	if e := p.Close(); *err == nil {
		*err = e
	}
}
