package advantage

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"testing"
)

func TestAEPO(t *testing.T) {
	all := []float64{-0.5, 0.5, 0.25, -0.25, 0}
	positive := []float64{0, 0.5, 0.25, 0, 0}
	tests := []struct {
		spec string
		want []float64
	}{
		{"aepo(base=dr_grpo)", all},
		{"aepo(base=dr_grpo,masked=true)", positive},
		{"aepo(base=dr_grpo,entropy=0.31,high=0.3,low=0.1)", positive},
		{"aepo(base=dr_grpo,entropy=0.3,high=0.3,low=0.1)", all},
		{"aepo(base=dr_grpo,entropy=0.3,high=0.3,low=0.1,masked=true)", positive},
		{"aepo(base=dr_grpo,entropy=0.2,high=0.3,low=0.1)", all},
		{"aepo(base=dr_grpo,entropy=0.2,high=0.3,low=0.1,masked=true)", positive},
		{"aepo(base=dr_grpo,entropy=0.1,high=0.3,low=0.1,masked=true)", positive},
		{"aepo(base=dr_grpo,entropy=0.09,high=0.3,low=0.1,masked=true)", all},
		{"aepo(base=dr_grpo,entropy=0.09,high=0.3,low=0.1)", all},
		{"aepo(base=dr_grpo,entropy=0.2,high=0.2,low=0.2,masked=true)", positive},
		{"aepo(base=f_grpo(base=dr_grpo,gamma=0),entropy=1)", positive},
	}
	for _, c := range tests {
		if got := advantages(t, c.spec, lettered(t, "aabbc", "", 0, 1, 1, 0.5, 9)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.spec, got, c.want)
		}
	}
	dst := make([]float64, 1)
	for _, e := range []AEPO{{Low: 0.2, High: 0.1}, {Low: math.NaN()}, {Entropy: math.NaN()}, {Entropy: math.Inf(1)}} {
		if err := e.Advantages(dst, lettered(t, "a", "", 1)); err == nil {
			t.Errorf("%+v: no error", e)
		}
	}
}

func TestAEPOFilter(t *testing.T) {
	f := AEPOFilter{High: 0.2, Low: 0.15}
	b := lettered(t, "aa", "", 1, 0)
	for i, s := range []struct {
		entropy float64
		masked  bool
	}{{0.1, false}, {0.18, false}, {0.2, false}, {0.21, true}, {0.18, true}, {0.15, true}, {0.2, true}, {0.14, false}, {0.18, false}, {0.5, true}} {
		e := AEPO{Base: MustParse("dr_grpo"), Entropy: s.entropy, High: f.High, Low: f.Low, Masked: f.Masked}
		if err := f.Update(s.entropy); err != nil || f.Masked != s.masked || e.Masks() != s.masked {
			t.Fatalf("step %d, entropy %v: masked %v, of the value %v, %v", i, s.entropy, f.Masked, e.Masks(), err)
		}
		a := []float64{0.5, -0.5}
		f.Apply(a)
		got := make([]float64, 2)
		if err := f.Estimator(MustParse("dr_grpo")).Advantages(got, b); err != nil || !slices.Equal(got, a) || a[1] == 0 != s.masked {
			t.Errorf("step %d: %v applied, %v estimated, %v", i, a, got, err)
		}
		text, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		f = AEPOFilter{}
		if err := json.Unmarshal(text, &f); err != nil {
			t.Fatal(err)
		}
	}
	for _, h := range []float64{math.NaN(), math.Inf(1)} {
		if err := f.Update(h); err == nil || !f.Masked {
			t.Errorf("entropy %v: %v", h, err)
		}
	}
	wrong := AEPOFilter{High: 0.1, Low: 0.2}
	if err := wrong.Update(1); err == nil || wrong.Masked {
		t.Errorf("bounds in the wrong order: %v", err)
	}
	if s := f.Estimator(nil).String(); s != "aepo(entropy=0.2,high=0.2,low=0.15,masked=true)" {
		t.Errorf("spelled %s", s)
	}
}

func TestBatchEntropy(t *testing.T) {
	for _, c := range []struct {
		tokens  []float64
		lengths []int
		want    float64
	}{
		{[]float64{1, 1, 1, 0}, []int{3, 1}, 0.5}, // not 0.75, the mean over tokens
		{[]float64{0.25, 0.75, 2}, []int{2, 1}, 1.25},
		{[]float64{0}, []int{1}, 0},
		{[]float64{-1e-17, 1e-17}, []int{2}, 0},
		{[]float64{math.MaxFloat64, math.MaxFloat64, math.MaxFloat64}, []int{2, 1}, math.MaxFloat64},
	} {
		if got, err := BatchEntropy(c.tokens, c.lengths); err != nil || got != c.want {
			t.Errorf("%v of %v: %v, %v, want %v", c.tokens, c.lengths, got, err, c.want)
		}
	}
	var row *RowError
	if _, err := BatchEntropy([]float64{1, 2}, []int{2, 0}); !errors.As(err, &row) || row.Row != 1 || row.Field != "length" {
		t.Errorf("empty response: %v", err)
	}
	if _, err := BatchEntropy([]float64{1, 2, math.NaN()}, []int{1, 2}); !errors.As(err, &row) || row.Row != 1 || row.Field != "entropy" {
		t.Errorf("NaN: %v", err)
	}
	if _, err := BatchEntropy(nil, nil); err == nil {
		t.Error("no error without responses")
	}
	mustPanic(t, "lengths", func() { BatchEntropy([]float64{1, 2}, []int{1}) })
	mustPanic(t, "lengths", func() { BatchEntropy([]float64{1}, []int{math.MaxInt, math.MaxInt}) })
}

func TestClipNegatives(t *testing.T) {
	a := []float64{-1, -1, -1, 1, 0}
	n, err := ClipNegatives(a, []float64{0.5, 0.4, 0.3, 9, 9}, 0.4)
	if want := []float64{0, -1, -1, 1, 0}; err != nil || n != 1 || !slices.Equal(a, want) {
		t.Errorf("%v, %d clipped, %v; want %v", a, n, err, want)
	}
	var row *RowError
	if _, err := ClipNegatives(a, []float64{0, 1, math.NaN(), 0, 0}, 0); !errors.As(err, &row) || row.Row != 2 || a[1] != -1 {
		t.Errorf("NaN: %v, %v", a, err)
	}
	if _, err := ClipNegatives(a, make([]float64, 5), math.NaN()); err == nil {
		t.Error("tau NaN: no error")
	}
	mustPanic(t, "lengths", func() { ClipNegatives(a, nil, 0) })
}

func mustPanic(t *testing.T, what string, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Errorf("%s: no panic", what)
		}
	}()
	f()
}

func TestAEPOLaws(t *testing.T) {
	statefulLaw(t, "masked: positives are the base's, the others 0", func(seed uint64) bool {
		b := randomBatch(seed)
		got, base := advantages(t, "aepo(base=tmn,entropy=1)", b), advantages(t, "tmn", b)
		for i := range got {
			if got[i] != max(0, base[i]) {
				return false
			}
		}
		return true
	})
}
