package loss

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// bigLog is the logarithm of a positive x to 200 bits: k ln 2 plus the series of
// 2 artanh((m-1)/(m+1)).
func bigLog(x float64) *big.Float {
	const prec = 200
	of := func(v float64) *big.Float { return new(big.Float).SetPrec(prec).SetFloat64(v) }
	artanh2 := func(s *big.Float) *big.Float {
		sum, term, sq := of(0), new(big.Float).Set(s), new(big.Float).Mul(s, s)
		for k := 1.0; k < 150; k += 2 {
			sum.Add(sum, new(big.Float).Quo(term, of(k)))
			term.Mul(term, sq)
		}
		return sum.Mul(sum, of(2))
	}
	m, exp := math.Frexp(x)
	s := new(big.Float).Quo(new(big.Float).Sub(of(m), of(1)), new(big.Float).Add(of(m), of(1)))
	ln2 := artanh2(new(big.Float).Quo(of(1), of(3)))
	return new(big.Float).Add(new(big.Float).Mul(ln2, of(float64(exp))), artanh2(s))
}

// ulps is the distance of y from the exact value in units in the last place.
func ulps(y float64, exact *big.Float) float64 {
	d := new(big.Float).SetPrec(200).SetFloat64(y)
	diff, _ := d.Sub(d, exact).Float64()
	near, _ := exact.Float64()
	return math.Abs(diff) / (math.Nextafter(math.Abs(near), math.Inf(1)) - math.Abs(near))
}

func TestLogOf(t *testing.T) {
	if v := logOf(0); !math.IsInf(v, -1) {
		t.Errorf("logOf(0) is %v", v)
	}
	if v := logOf(1); v != 0 {
		t.Errorf("logOf(1) is %v", v)
	}
	xs := []float64{0.5, 5, 0.2, 2, 1e-4, 3, 10, 0.1, 0.999, 1.001, 1 / 3.0, math.Nextafter(1, 2), math.Nextafter(1, 0), 5e-324, math.MaxFloat64, math.Sqrt2, math.Sqrt2 / 2, math.Nextafter(math.Sqrt2/2, 0)}
	rng := rand.New(rand.NewPCG(20260519, 1))
	for range 1000 {
		xs = append(xs, math.Exp(4*rng.NormFloat64()), 1+0.01*rng.NormFloat64())
	}
	worst := 0.0
	for _, x := range xs {
		if d := ulps(logOf(x), bigLog(x)); x != 1 && d > 0.52 {
			t.Errorf("logOf(%v) is %v: %.3f units off", x, logOf(x), d)
		} else {
			worst = max(worst, d)
		}
	}
	t.Logf("worst of %d: %.4f units", len(xs), worst)
}

// TestExpNear: of the numbers next to log(bound), exactly those whose exponential
// rounds to the bound give the bound. The exponential is found from its logarithm:
// exp(x) rounds to b if log(b-h) <= x <= log(b+h) with h half a unit.
func TestExpNear(t *testing.T) {
	if v := expNear(800, Bounds{0.5, 5}); !math.IsInf(v, 1) {
		t.Errorf("expNear(800) is %v", v)
	}
	rng := rand.New(rand.NewPCG(20260519, 2))
	bounds := []float64{0.5, 5, 3, 0.2, 2, 1.001, 0.999, 1e-4, 10}
	for range 700 {
		bounds = append(bounds, math.Exp(3*rng.NormFloat64()))
	}
	doubtful := 0
	for _, b := range bounds {
		at, up, down := bigLog(b), bigLog(math.Nextafter(b, math.Inf(1))), bigLog(math.Nextafter(b, 0))
		mid := func(other *big.Float) *big.Float { // log of the middle, to first order
			m := new(big.Float).SetPrec(200).Add(at, other)
			return m.Quo(m, big.NewFloat(2))
		}
		lo, hi := mid(down), mid(up)
		x, _ := at.Float64()
		for k := -3; k <= 3; k++ {
			y := x
			for range max(k, -k) {
				y = math.Nextafter(y, float64(k)*math.Inf(1))
			}
			exact := new(big.Float).SetPrec(200).SetFloat64(y)
			// Within a fiftieth of a unit of the middle, either is good.
			gap := new(big.Float).SetPrec(200).Sub(hi, lo)
			gap.Quo(gap, big.NewFloat(50))
			far := func(edge *big.Float) bool {
				d := new(big.Float).SetPrec(200).Sub(exact, edge)
				return d.Abs(d).Cmp(gap) > 0
			}
			if !far(lo) || !far(hi) {
				doubtful++
				continue
			}
			inside := exact.Cmp(lo) > 0 && exact.Cmp(hi) < 0
			if got := expNear(y, Bounds{Upper: b}); (got == b) != inside {
				t.Errorf("expNear(%v) is %v beside the bound %v", y, got, b)
			}
		}
	}
	if doubtful > 300 {
		t.Errorf("%d cases are too near to tell", doubtful)
	}
}
