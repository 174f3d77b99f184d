package backendtest

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/golongrl/golongrl/trainer/backend"
	"github.com/golongrl/golongrl/trainer/random"
)

func read(t *testing.T, p backend.Policy, kind backend.State, i int) []float32 {
	t.Helper()
	v := make([]float32, p.Config().Tensors()[i].Len())
	if err := p.Read(kind, i, v); err != nil {
		t.Fatal(err)
	}
	return v
}

func (s *suite) tensors(t *testing.T) {
	p := s.open(t)
	if p.Config() != s.c.Config {
		t.Fatalf("config %+v, want %+v", p.Config(), s.c.Config)
	}
	if info := p.Info(); info.Backend == "" || info.Signature == "" {
		t.Errorf("info %+v", info)
	}
	kinds := []backend.State{backend.Weights, backend.Gradient, backend.Moment1, backend.Moment2}
	ts := s.c.Config.Tensors()
	value := func(kind backend.State, i int) []float32 {
		v := make([]float32, ts[i].Len())
		for j := range v {
			v[j] = float32(random.NewKey(uint64(kind), uint64(i)).Normal(uint64(j)))
		}
		return v
	}
	for _, kind := range kinds {
		for i, x := range ts {
			if v := read(t, p, kind, i); slices.ContainsFunc(v, func(x float32) bool { return x != 0 }) {
				t.Fatalf("%s of kind %d is not zero at first", x.Name, kind)
			}
			if err := p.Write(kind, i, value(kind, i)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, kind := range kinds {
		for i, x := range ts {
			if !slices.Equal(read(t, p, kind, i), value(kind, i)) {
				t.Errorf("%s of kind %d is not what was written", x.Name, kind)
			}
		}
	}
	n := ts[0].Len()
	for _, bad := range []struct {
		kind backend.State
		i, n int
	}{{backend.Weights, -1, n}, {backend.Weights, len(ts), n}, {backend.Weights, 0, n - 1}, {backend.Weights, 0, n + 1}, {99, 0, n}} {
		if p.Read(bad.kind, bad.i, make([]float32, bad.n)) == nil || p.Write(bad.kind, bad.i, make([]float32, bad.n)) == nil {
			t.Errorf("%d elements of tensor %d of kind %d: no error", bad.n, bad.i, bad.kind)
		}
	}
	if err := backend.Init(p, random.NewKey(5), 0.02); err != nil {
		t.Fatal(err)
	}
	first := read(t, p, backend.Weights, 0)
	var sum, squares float64
	for _, x := range first {
		sum += float64(x)
		squares += float64(x) * float64(x)
	}
	sum /= float64(n)
	if dev := math.Sqrt(squares / float64(n)); math.Abs(sum) > 0.002 || math.Abs(dev-0.02) > 0.002 {
		t.Errorf("initial embedding has mean %v, deviation %v", sum, dev)
	}
	if v := read(t, p, backend.Weights, 1); v[0] != 1 || slices.Max(v) != 1 || slices.Min(v) != 1 {
		t.Errorf("initial %s is %v", ts[1].Name, v)
	}
	if v := read(t, p, backend.Moment2, 0); slices.Max(v) != 0 || slices.Min(v) != 0 {
		t.Error("Init leaves moments")
	}
}

func (s *suite) logProbs(t *testing.T) {
	p, b := s.policy(t), s.c.Batch()
	out := newRows(b)
	for range 2 {
		clear(out.LogP)
		if err := p.LogProbs(context.Background(), b, out); err != nil {
			t.Fatal(err)
		}
		near(t, "log-probability", out.LogP, s.c.LogP, s.tol.LogP)
		near(t, "entropy", out.Entropy, s.c.Entropy, s.tol.LogP)
	}
	bare := &backend.Rows{LogP: make([]float64, len(b.Rows))}
	if err := p.LogProbs(context.Background(), b, bare); err != nil || !slices.Equal(bare.LogP, out.LogP) {
		t.Errorf("without entropies: %v, other numbers", err)
	}
	if err := p.LogProbs(context.Background(), &backend.Batch{}, &backend.Rows{}); err != nil {
		t.Errorf("empty batch: %v", err)
	}
	// Temperature 0 is 1.
	b.Temperature = 1
	if err := p.LogProbs(context.Background(), b, out); err != nil {
		t.Fatal(err)
	}
	b.Temperature = 0
	if err := p.LogProbs(context.Background(), b, bare); err != nil || !slices.Equal(bare.LogP, out.LogP) {
		t.Errorf("temperature 0: %v, other numbers than at 1", err)
	}
}

func (s *suite) gradients(t *testing.T) {
	b := s.c.Batch()
	for _, scope := range []backend.Scope{backend.AnyRows, backend.WholeSequences, backend.WholeBatch} {
		p := s.policy(t)
		out := newRows(b)
		for pass := 1; pass <= 2; pass++ { // the second adds to the first
			obj := &promised{Objective{scope}, s, t, b, 0}
			if err := p.Accumulate(context.Background(), b, obj, out); err != nil {
				t.Fatal(err)
			}
			if obj.next != len(b.Rows) {
				t.Errorf("scope %d: the objective is asked for %d rows of %d", scope, obj.next, len(b.Rows))
			}
			near(t, "log-probability", out.LogP, s.c.LogP, s.tol.LogP)
			near(t, "entropy", out.Entropy, s.c.Entropy, s.tol.LogP)
			for i, x := range s.c.Config.Tensors() {
				got := read(t, p, backend.Gradient, i)
				for j := range got {
					got[j] /= float32(pass)
				}
				if e := relative(got, s.c.Grads[i]); !(e <= s.tol.Gradient) {
					t.Errorf("scope %d, pass %d: gradient of %s is off by %.2g of its norm", scope, pass, x.Name, e)
				}
			}
		}
	}
	p := s.policy(t)
	stop := errors.New("stop")
	if err := p.Accumulate(context.Background(), b, Objective{}, newRows(b)); err != nil {
		t.Fatal(err)
	}
	if err := p.Accumulate(context.Background(), b, failing{stop}, newRows(b)); !errors.Is(err, stop) {
		t.Errorf("error of the objective: %v", err)
	}
	if v := read(t, p, backend.Gradient, 0); slices.Max(v) != 0 || slices.Min(v) != 0 {
		t.Error("a failing objective leaves a gradient")
	}
}

// promised is an Objective that holds the pieces to what its scope promises, and
// the numbers that come with them to the recorded ones.
type promised struct {
	Objective
	*suite
	t    *testing.T
	b    *backend.Batch
	next int
}

func (o *promised) Derivatives(lo, hi int, logp, entropy, dlogp, dentropy []float64) error {
	o.t.Helper()
	n := len(o.b.Rows)
	if lo != o.next || hi <= lo || hi > n {
		o.t.Fatalf("scope %d: rows %d to %d of %d behind row %d", o.Scope, lo, hi, n, o.next)
	}
	o.next = hi
	for _, k := range []int{len(logp), len(entropy), len(dlogp), len(dentropy)} {
		if k != hi-lo {
			o.t.Fatalf("%d numbers of rows %d to %d", k, lo, hi)
		}
	}
	if o.Scope == backend.WholeBatch && hi-lo < n || o.Scope == backend.WholeSequences && (o.inside(lo) || o.inside(hi)) {
		o.t.Errorf("scope %d: a piece is rows %d to %d", o.Scope, lo, hi)
	}
	near(o.t, "log-probability of a piece", logp, o.c.LogP[lo:hi], o.tol.LogP)
	near(o.t, "entropy of a piece", entropy, o.c.Entropy[lo:hi], o.tol.LogP)
	return o.Objective.Derivatives(lo, hi, logp, entropy, dlogp, dentropy)
}

// inside reports whether a cut before a row is between rows of a sequence.
func (o *promised) inside(row int) bool {
	if row == 0 || row == len(o.b.Rows) {
		return false
	}
	for _, start := range o.b.Start {
		if o.b.Rows[row-1] < start && start <= o.b.Rows[row] {
			return false
		}
	}
	return true
}

type failing struct{ err error }

func (failing) Needs() backend.Scope { return backend.AnyRows }

func (f failing) Derivatives(_, _ int, _, _, _, _ []float64) error { return f.err }

func (s *suite) updates(t *testing.T) {
	p, b := s.policy(t), s.c.Batch()
	ts := s.c.Config.Tensors()
	for i, norm := range s.c.Norms {
		if err := p.Accumulate(context.Background(), b, Objective{}, newRows(b)); err != nil {
			t.Fatal(err)
		}
		done, err := p.Update(s.c.Step(i))
		if err != nil {
			t.Fatal(err)
		}
		if !(math.Abs(done.GradNorm-norm) <= s.tol.Weights*norm) {
			t.Errorf("update %d: norm %v, want %v", i+1, done.GradNorm, norm)
		}
		if v := read(t, p, backend.Gradient, 0); slices.Max(v) != 0 || slices.Min(v) != 0 {
			t.Fatal("an update leaves a gradient")
		}
	}
	for i, x := range ts {
		got := read(t, p, backend.Weights, i)
		for j := range got {
			got[j] -= s.c.Weight(i, j, x.Norm)
		}
		if e := relative(got, s.c.Changes[i]); !(e <= s.tol.Weights) {
			t.Errorf("change of %s is off by %.2g of its norm", x.Name, e)
		}
	}
	if _, err := p.Update(backend.Update{}); err == nil {
		t.Error("update 0: no error")
	}
}

func (s *suite) notFinite(t *testing.T) {
	for _, bad := range []float32{float32(math.NaN()), float32(math.Inf(1))} {
		p := s.policy(t)
		g := read(t, p, backend.Gradient, 1)
		g[len(g)-1] = bad
		if err := p.Write(backend.Gradient, 1, g); err != nil {
			t.Fatal(err)
		}
		before := read(t, p, backend.Weights, 1)
		_, err := p.Update(s.c.Step(0))
		var nf *backend.NotFiniteError
		if !errors.As(err, &nf) || !(math.IsNaN(nf.GradNorm) || math.IsInf(nf.GradNorm, 0)) {
			t.Errorf("%v in the gradient: %v", bad, err)
		}
		if !slices.Equal(read(t, p, backend.Weights, 1), before) {
			t.Errorf("%v in the gradient changes weights", bad)
		}
		if v := read(t, p, backend.Gradient, 1); slices.ContainsFunc(v, func(x float32) bool { return x != 0 }) {
			t.Errorf("%v stays in the gradient", bad)
		}
		if v := read(t, p, backend.Moment1, 1); slices.ContainsFunc(v, func(x float32) bool { return x != 0 }) {
			t.Errorf("%v in the gradient changes moments", bad)
		}
	}
}

func (s *suite) badBatches(t *testing.T) {
	p := s.policy(t)
	good := func() *backend.Batch {
		return &backend.Batch{Tokens: []int32{1, 2, 3, 4, 5}, Start: []int{0, 2, 5}, Rows: []int{1, 3, 4}}
	}
	for _, test := range []struct {
		name  string
		spoil func(*backend.Batch)
	}{
		{"token too large", func(b *backend.Batch) { b.Tokens[3] = int32(s.c.Config.Vocab) }},
		{"negative token", func(b *backend.Batch) { b.Tokens[0] = -1 }},
		{"empty sequence", func(b *backend.Batch) { b.Start = []int{0, 2, 2, 5} }},
		{"descending", func(b *backend.Batch) { b.Start = []int{0, 3, 2, 5} }},
		{"first start", func(b *backend.Batch) { b.Start[0] = 1 }},
		{"last end", func(b *backend.Batch) { b.Start[2] = 4 }},
		{"beyond the end", func(b *backend.Batch) { b.Start[2] = 6 }},
		{"no starts", func(b *backend.Batch) { b.Start = nil }},
		{"first token", func(b *backend.Batch) { b.Rows[1] = 2 }},
		{"row 0", func(b *backend.Batch) { b.Rows[0] = 0 }},
		{"repeated row", func(b *backend.Batch) { b.Rows[1] = 1 }},
		{"row out of range", func(b *backend.Batch) { b.Rows[2] = 5 }},
		{"negative row", func(b *backend.Batch) { b.Rows[0] = -1 }},
		{"temperature", func(b *backend.Batch) { b.Temperature = -1 }},
		{"low temperature", func(b *backend.Batch) { b.Temperature = 5e-324 }},
		{"high temperature", func(b *backend.Batch) { b.Temperature = 1e46 }},
		{"NaN temperature", func(b *backend.Batch) { b.Temperature = math.NaN() }},
		{"too few results", func(b *backend.Batch) { b.Rows = b.Rows[:2] }},
		{"too long", func(b *backend.Batch) {
			n := s.c.Config.MaxLen + 1
			b.Tokens, b.Start = make([]int32, n), []int{0, n}
		}},
	} {
		b := good()
		out := newRows(b)
		test.spoil(b)
		if p.LogProbs(context.Background(), b, out) == nil {
			t.Errorf("LogProbs: %s: no error", test.name)
		}
		if p.Accumulate(context.Background(), b, Objective{}, out) == nil {
			t.Errorf("Accumulate: %s: no error", test.name)
		}
	}
	b := good()
	if err := p.Accumulate(context.Background(), b, Objective{}, newRows(b)); err != nil {
		t.Error(err)
	}
}
