package advantage

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// TestLeaveOneOutByHand has values worked out from the definition: every row over
// the mean and the deviation of the others.
func TestLeaveOneOutByHand(t *testing.T) {
	root := math.Sqrt
	tests := []struct {
		name, spec string
		rewards    []float64
		want       []float64
	}{
		// The others of the 1 are equal: 1 - 0. Those of a 0 are 1 0 0, with mean
		// 1/3 and variance 1/3.
		{"one success", "grpo(baseline=loo,eps=0)", []float64{1, 0, 0, 0}, []float64{1, -1 / root(3), -1 / root(3), -1 / root(3)}},
		{"one failure", "grpo(baseline=loo,eps=0)", []float64{1, 1, 0, 1}, []float64{1 / root(3), 1 / root(3), -1, 1 / root(3)}},
		// The others of a 1 are 1 0 0, of a 0 they are 1 1 0.
		{"half", "grpo(baseline=loo,eps=0)", []float64{1, 0, 0, 1}, []float64{2 / root(3), -2 / root(3), -2 / root(3), 2 / root(3)}},
		{"half, by n", "grpo(baseline=loo,ddof=0,eps=0)", []float64{1, 0, 0, 1}, []float64{root(2), -root(2), -root(2), root(2)}},
		// mean 2/3, variance 1/3 + 2/3 = 1
		{"eps inside", "grpo(baseline=loo,eps=0.6666666666666666,eps_inside=true)", []float64{1, 0, 0, 1}, []float64{2. / 3, -2. / 3, -2. / 3, 2. / 3}},
		// The eps does not count where nothing is divided.
		{"pair", "grpo(baseline=loo,eps=1)", []float64{0.25, 1}, []float64{-0.75, 0.75}},
		{"pair, by n", "grpo(baseline=loo,ddof=0,eps=1)", []float64{0.25, 1}, []float64{-0.75, 0.75}},
		{"equal", "grpo(baseline=loo)", []float64{0.1, 0.1, 0.1}, []float64{0, 0, 0}},
		{"zeros of both signs", "grpo(baseline=loo)", []float64{0, math.Copysign(0, -1), 1}, []float64{-0.5 / (root(0.5) + 1e-6), -0.5 / (root(0.5) + 1e-6), 1}},
		{"single", "grpo(baseline=loo)", []float64{0.5}, []float64{0}},
		{"single as in verl", "grpo(baseline=loo,eps=1,single=reference)", []float64{0.5}, []float64{0.25}},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			ix, err := NewIndexSizes([]int{len(c.rewards)}, nil)
			if err != nil {
				t.Fatal(err)
			}
			got := make([]float64, len(c.rewards))
			if err := MustParse(c.spec).Advantages(got, &Batch{Index: ix, Rewards: c.rewards}); err != nil {
				t.Fatal(err)
			}
			for i, w := range c.want {
				if math.Abs(got[i]-w) > 1e-15*math.Abs(w) {
					t.Errorf("got %v, want %v", got, c.want)
					break
				}
			}
		})
	}
}

// TestLeaveOneOutExact compares with the definition in 400 bits, on groups where
// the others of a row nearly vanish beside it, and far from 0 and 1. The rewards
// are replaced by the advantages.
func TestLeaveOneOutExact(t *testing.T) {
	const seed = 7
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	for range 3000 {
		scale := []float64{1, 1, 1e-150, 1e150, 1e-200, 1e200, 1e-300, 1e290}[rng.IntN(8)]
		offset := []float64{0, 0, 1, 1e6}[rng.IntN(4)] * scale
		outlier := []float64{1, 1, 1e3, 1e7}[rng.IntN(4)]
		x := make([]float64, 2+rng.IntN(7))
		for i := range x {
			switch rng.IntN(3) {
			case 0:
				x[i] = float64(rng.IntN(2)) * scale
			case 1:
				x[i] = 0.1 * scale
			default:
				x[i] = (rng.Float64() - 0.3) * scale
			}
			x[i] += offset
		}
		x[rng.IntN(len(x))] *= outlier
		e := GRPO{Baseline: BaselineOthers, DDoF: rng.IntN(2), Eps: []float64{0, 1e-6}[rng.IntN(2)], EpsInside: rng.IntN(2) == 0}
		want, largest := exactOthers(x, e), 0.0
		for _, w := range want {
			largest = max(largest, math.Abs(w))
		}
		if math.IsInf(largest, 0) {
			continue
		}
		ix, err := NewIndexSizes([]int{len(x)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := append([]float64(nil), x...)
		if err := e.Advantages(got, &Batch{Index: ix, Rewards: got}); err != nil {
			t.Fatalf("%v of %v: %v", e, x, err)
		}
		for i, w := range want {
			if !(math.Abs(got[i]-w) <= 1e-13*math.Abs(w)+1e-15*largest) {
				t.Fatalf("%v of %v:\ngot  %v\nwant %v", e, x, got, want)
			}
		}
	}
}

// exactOthers is the definition of GRPO with BaselineOthers in 400 bits.
func exactOthers(x []float64, e GRPO) []float64 {
	num := func(v float64) *big.Float { return new(big.Float).SetPrec(400).SetFloat64(v) }
	out := make([]float64, len(x))
	for i := range x {
		sum, n := num(0), num(float64(len(x)-1))
		same, first := true, x[(i+1)%len(x)]
		for j, v := range x {
			if j != i {
				sum.Add(sum, num(v))
				same = same && v == first
			}
		}
		mean := sum.Quo(sum, n)
		a := num(0).Sub(num(x[i]), mean)
		if !same {
			squares := num(0)
			for j, v := range x {
				if d := num(0).Sub(num(v), mean); j != i {
					squares.Add(squares, d.Mul(d, d))
				}
			}
			squares.Quo(squares, num(float64(len(x)-1-e.DDoF)))
			if e.EpsInside {
				squares.Add(squares, num(e.Eps))
			}
			d := num(0).Sqrt(squares)
			if !e.EpsInside {
				d.Add(d, num(e.Eps))
			}
			a.Quo(a, d)
		}
		out[i], _ = a.Float64()
	}
	return out
}

// TestLeaveOneOutRows has groups whose rows lie apart.
func TestLeaveOneOutRows(t *testing.T) {
	ix, err := NewIndex([]string{"a", "b", "a", "b", "a", "a"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &Batch{Index: ix, Rewards: []float64{1, 0.5, 0, 0.25, 0, 0}}
	got, e := make([]float64, 6), GRPO{Baseline: BaselineOthers, DDoF: 1}
	for i, w := range []float64{1, 0.25, -1 / math.Sqrt(3), -0.25, -1 / math.Sqrt(3), -1 / math.Sqrt(3)} {
		if err := e.Advantages(got, b); err != nil {
			t.Fatal(err)
		}
		if math.Abs(got[i]-w) > 1e-15 {
			t.Errorf("row %d: got %v, want %v", i, got[i], w)
		}
	}
}
