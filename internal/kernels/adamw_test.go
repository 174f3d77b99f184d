package kernels

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// Values of torch.optim.AdamW, by benchmarks/reference/adamw.py.
func TestAdamWTorch(t *testing.T) {
	data, err := os.ReadFile("testdata/adamw.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Cases []struct {
			LR, Beta1, Beta2, Eps, Decay float64
			W                            []float64
			G                            [][]float64
			Float64, Float32             [3][]float64
		}
	}
	if err := json.Unmarshal(data, &golden); err != nil {
		t.Fatal(err)
	}
	if len(golden.Cases) != 3 {
		t.Fatalf("%d cases", len(golden.Cases))
	}
	for i, c := range golden.Cases {
		s := AdamWStep{LR: c.LR, Beta1: c.Beta1, Beta2: c.Beta2, Eps: c.Eps, Decay: c.Decay, Scale: 1}
		// torch's square root may be one unit off, and with it a step; of two steps in
		// a billion nothing is left at a weight.
		tolerance := [3]float64{2, 0, 0}
		compareUlps(t, i, "float64", runAdamW(c.W, c.G, s, AdamW[float64]), c.Float64, tolerance)
		compareUlps(t, i, "float32", runAdamW(c.W, c.G, s, AdamW[float32]), c.Float32, tolerance)
		compareUlps(t, i, "portable", runAdamW(c.W, c.G, s, adamwPlain), c.Float32, tolerance)
	}
}

func adamwPlain(_ *Pool, w, m, v, g []float32, s AdamWStep) {
	c := newAdamW[float32](s)
	c.step(w, m, v, g)
}

func runAdamW[T Float](w []float64, g [][]float64, s AdamWStep, step func(p *Pool, w, m, v, g []T, s AdamWStep)) [3][]T {
	out := [3][]T{convert[T](w), make([]T, len(w)), make([]T, len(w))}
	for i, g := range g {
		s.Step = i + 1
		step(nil, out[0], out[1], out[2], convert[T](g), s)
	}
	return out
}

func compareUlps[T Float](t *testing.T, c int, name string, got [3][]T, want [3][]float64, tolerance [3]float64) {
	t.Helper()
	for k, what := range []string{"w", "m", "v"} {
		for i := range want[k] {
			if d := ulps(got[k][i], want[k][i]); !(d <= tolerance[k]) {
				t.Errorf("case %d, %s: %s[%d] = %v, want %v, %v units off", c, name, what, i, got[k][i], want[k][i], d)
			}
		}
	}
}

// A gradient scaled by the step is as one scaled before; decay and step are of the
// documented order, by hand:
//
//	w = 2 - 0.5*0.2*2 = 1.8; g = 3; m = 0.3; v = 0.9; w = 1.8 - 0.5/0.1*0.3/(3+1) = 1.425
func TestAdamWByHand(t *testing.T) {
	w, m, v := []float64{2}, []float64{0}, []float64{0}
	AdamW(nil, w, m, v, []float64{6}, AdamWStep{LR: 0.5, Beta1: 0.9, Beta2: 0.9, Eps: 1, Decay: 0.2, Step: 1, Scale: 0.5})
	for i, c := range [][2]float64{{w[0], 1.425}, {m[0], 0.3}, {v[0], 0.9}} {
		if math.Abs(c[0]-c[1]) > 1e-15 {
			t.Errorf("value %d: %v, want %v", i, c[0], c[1])
		}
	}
}

// Pieces for workers change nothing, and neither does a tail.
func TestAdamWPieces(t *testing.T) {
	const n = 3*piece + 5
	s := AdamWStep{LR: 1e-3, Beta1: 0.9, Beta2: 0.95, Eps: 1e-8, Decay: 0.1, Step: 3, Scale: 0.7}
	make4 := func() [4][]float32 {
		var x [4][]float32
		for i := range x {
			x[i] = normals[float32](n, uint64(i))
		}
		for i, v := range x[2] {
			x[2][i] = v * v
		}
		return x
	}
	want, got, one := make4(), make4(), make4()
	adamwPlain(nil, want[0], want[1], want[2], want[3], s)
	p := NewPool(3)
	AdamW(p, got[0], got[1], got[2], got[3], s)
	for i := range n {
		AdamW(nil, one[0][i:i+1], one[1][i:i+1], one[2][i:i+1], one[3][i:i+1], s)
	}
	for k := range 3 {
		for i := range n {
			if got[k][i] != one[k][i] {
				t.Fatalf("tensor %d, element %d: %v, alone %v", k, i, got[k][i], one[k][i])
			}
			if d := ulps(got[k][i], float64(want[k][i])); d > 1 {
				t.Fatalf("tensor %d, element %d: %v, plain Go %v", k, i, got[k][i], want[k][i])
			}
		}
	}
}

func TestAdamWPanics(t *testing.T) {
	x := make([]float32, 3)
	mustPanic(t, "step 0", func() { AdamW(nil, x, x, x, x, AdamWStep{}) })
	mustPanic(t, "lengths", func() { AdamW(nil, x, x, x[:2], x, AdamWStep{Step: 1}) })
}

func BenchmarkAdamW(b *testing.B) {
	const n = 1 << 18
	w, m, v, g := normals[float32](n, 1), make([]float32, n), make([]float32, n), normals[float32](n, 2)
	s := AdamWStep{LR: 1e-3, Beta1: 0.9, Beta2: 0.95, Eps: 1e-8, Decay: 0.1, Step: 3, Scale: 1}
	perElement(b, "fast", n, func() { AdamW(nil, w, m, v, g, s) })
	perElement(b, "plain", n, func() { adamwPlain(nil, w, m, v, g, s) })
}
