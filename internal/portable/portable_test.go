package portable

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// exact is e^x by its series in 200 bits.
func exact(x float64) *big.Float {
	const prec = 300
	halvings := 12
	r := new(big.Float).SetPrec(prec).SetMantExp(new(big.Float).SetPrec(prec).SetFloat64(x), -halvings)
	sum, term := big.NewFloat(1).SetPrec(prec), big.NewFloat(1).SetPrec(prec)
	for k := 1; k < 80; k++ {
		term.Mul(term, r).Quo(term, big.NewFloat(float64(k)))
		sum.Add(sum, term)
	}
	for range halvings {
		sum.Mul(sum, sum)
	}
	return sum
}

func TestExp(t *testing.T) {
	const seed = 7
	t.Log("seed", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	xs := []float64{0, 1, -1, 0.5, -0.5, 1e-300, -1e-300, 0.34657359, -0.34657359, 700, -700, 20, -20, -744.5, -745.1, -710}
	for range 3000 {
		xs = append(xs, rng.NormFloat64(), rng.Float64()*1400-700)
	}
	for _, x := range xs {
		got := Exp(x)
		want, _ := exact(x).Float64()
		if ulp := math.Nextafter(want, math.Inf(1)) - want; math.Abs(got-want) > ulp {
			t.Errorf("Exp(%v) = %v, want %v", x, got, want)
		}
	}
	for _, c := range [][2]float64{{math.Inf(1), math.Inf(1)}, {math.Inf(-1), 0}, {710, math.Inf(1)}, {-746, 0}, {709.78, 1.7928227943945155e+308}} {
		if got := Exp(c[0]); got != c[1] && !(math.Abs(got-c[1]) < 1e-14*c[1]) {
			t.Errorf("Exp(%v) = %v, want %v", c[0], got, c[1])
		}
	}
	if !math.IsNaN(Exp(math.NaN())) {
		t.Error("Exp(NaN) is not NaN")
	}
	for k := -1074; k < 1024; k++ {
		x := float64(k) * math.Ln2
		if got, want := Exp(x), math.Exp(x); x < 709 && math.Abs(got-want) > 4e-16*want+5e-324 {
			t.Errorf("Exp(%v) = %v, want %v", x, got, want)
		}
	}
}

func BenchmarkExp(b *testing.B) {
	var s float64
	for i := range b.N {
		s += Exp(float64(i&1023)/1024 - 0.5)
	}
	_ = s
}
