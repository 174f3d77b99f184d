package kernels

import (
	"math"
	"slices"
	"testing"
)

// A softRows is rows of logits and the results of LogSoftmax.
type softRows[T Float] struct {
	logits             []T
	ld, rows, n        int
	scale              float64
	target             []int32
	lse, logp, entropy []float64
}

func newSoftRows[T Float](logits []float32, ld, rows, n int, scale float64) *softRows[T] {
	s := &softRows[T]{logits: convert[T](logits), ld: ld, rows: rows, n: n, scale: scale,
		target: make([]int32, rows), lse: make([]float64, rows), logp: make([]float64, rows), entropy: make([]float64, rows)}
	for t := range rows {
		s.target[t] = int32((t * 7) % n)
	}
	return s
}

func (s *softRows[T]) forward(p *Pool) {
	LogSoftmax(p, s.logits, s.ld, s.rows, s.n, s.scale, s.target, s.lse, s.logp, s.entropy)
}

func (s *softRows[T]) backward(p *Pool, dlogp, dentropy []float64) []T {
	g := slices.Clone(s.logits)
	LogSoftmaxGrad(p, g, s.ld, s.rows, s.n, s.scale, s.target, s.lse, s.entropy, dlogp, dentropy)
	return g
}

func TestLogSoftmax(t *testing.T) {
	p := NewPool(3)
	sizes := []int{130, 512, 1031}
	for n := 1; n <= 67; n++ {
		sizes = append(sizes, n)
	}
	for _, n := range sizes {
		for _, scale := range []float64{1, 1 / 0.7, 0.1, 5} {
			const rows = 5
			ld := n + 2
			logits := normals[float32](rows*ld, uint64(n))
			for i := range logits {
				logits[i] = logits[i]*4 + 30
			}
			logits[0] = float32(math.Inf(-1)) // the target of row 0
			if n > 2 {
				logits[ld+2] = float32(math.Inf(-1))
			}
			got, want := newSoftRows[float32](logits, ld, rows, n, scale), newSoftRows[float64](logits, ld, rows, n, scale)
			got.forward(p)
			want.forward(nil)
			near(t, "lse", got.lse, want.lse, 1e-7)
			for i := range want.logp {
				if w := want.logp[i]; !(math.Abs(got.logp[i]-w) <= 1e-6) && got.logp[i] != w && w == w {
					t.Fatalf("n %d, scale %v: logp %v, want %v", n, scale, got.logp[i], w)
				}
			}
			near(t, "entropy", got.entropy, want.entropy, 2e-6)
			identical(t, "logits", got.logits, logits)

			dlogp, dentropy := normals[float64](rows, 1), normals[float64](rows, 2)
			dentropy[1] = 0
			near(t, "gradient", got.backward(p, dlogp, dentropy), want.backward(nil, dlogp, dentropy), 1e-6*max(scale, 1))
			near(t, "gradient of logp", got.backward(p, dlogp, nil), want.backward(nil, dlogp, nil), 1e-6*max(scale, 1))

			sum, dot := softmaxPortable(logits[2*ld:][:n], float64(MaxOf(logits[2*ld:][:n])), scale)
			near(t, "plain entropy", []float64{math.Log(sum) - dot/sum}, want.entropy[2:3], 1e-12)

			one := newSoftRows[float32](logits[3*ld:], ld, 1, n, scale)
			one.target[0] = got.target[3]
			one.forward(nil)
			identical(t, "row alone", []float64{one.lse[0], one.logp[0], one.entropy[0]}, []float64{got.lse[3], got.logp[3], got.entropy[3]})
			identical(t, "gradient alone", one.backward(nil, dlogp[3:], dentropy[3:])[:n], got.backward(p, dlogp, dentropy)[3*ld:][:n])
		}
	}
}

// All logits but one are equal, so that roundings do not cancel, and together they
// have about half of the probability. Distances to the maximum are exact; what is
// left is the error of one exponential, and products with the scale have none.
func TestLogSoftmaxLarge(t *testing.T) {
	for _, n := range []int{20_000, 151_936} {
		for i := range 16 {
			scale := []float64{1, 1 / 0.7, 1 / 1.3, 0.1}[i%4]
			logits := slices.Repeat([]float32{float32(-math.Log(float64(n))/scale) * (1 + float32(i)/400)}, n)
			logits[777] = 0
			z := scale * float64(logits[0])
			others := float64(n-1) * math.Exp(z)
			logp, entropy := z-math.Log1p(others), math.Log1p(others)-others*z/(1+others)
			s := newSoftRows[float32](logits, n, 1, n, scale)
			s.forward(nil)
			if math.Abs(s.logp[0]-logp) > 1e-7 || math.Abs(s.entropy[0]-entropy) > 1e-6 {
				t.Errorf("%d logits, scale %v: logp %v and entropy %v, want %v and %v", n, scale, s.logp[0], s.entropy[0], logp, entropy)
			}
		}
	}
}

func TestLogSoftmaxByHand(t *testing.T) {
	// Probabilities 1/4 and 3/4.
	s := newSoftRows[float32]([]float32{0, float32(math.Log(3))}, 2, 1, 2, 1)
	s.forward(nil)
	near(t, "values", []float64{s.lse[0], s.logp[0], s.entropy[0]},
		[]float64{math.Log(4), -math.Log(4), 0.25*math.Log(4) + 0.75*math.Log(4.0/3)}, 1e-7)
	near(t, "gradient", s.backward(nil, []float64{1}, nil), []float64{0.75, -0.75}, 1e-7)
	// One logit is certain.
	s = newSoftRows[float32]([]float32{-8}, 1, 1, 1, 2)
	s.forward(nil)
	identical(t, "one logit", []float64{s.lse[0], s.logp[0], s.entropy[0]}, []float64{-16, 0, 0})
	near(t, "its gradient", s.backward(nil, []float64{3}, []float64{5}), []float64{0}, 0)
	// Nearly certain: 1-p is 2e-9 and not 0.
	s = newSoftRows[float32]([]float32{20, 0}, 2, 1, 2, 1)
	s.forward(nil)
	if g, want := s.backward(nil, []float64{1}, nil)[0], math.Exp(-20); math.Abs(float64(g)-want) > 1e-6*want {
		t.Errorf("1-p is %v, want %v", g, want)
	}
}

func TestLogSoftmaxSpecial(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for n := 1; n <= 19; n += 9 {
		for name, v := range map[string]float32{"NaN": nan, "+Inf": inf, "all -Inf": -inf} {
			logits := make([]float32, n)
			logits[n-1] = v
			if v == -inf {
				logits = slices.Repeat([]float32{-inf}, n)
			}
			a, b := newSoftRows[float32](logits, n, 1, n, 1), newSoftRows[float64](logits, n, 1, n, 1)
			a.forward(nil)
			b.forward(nil)
			for _, x := range []float64{a.lse[0], a.logp[0], a.entropy[0], b.lse[0], b.logp[0], b.entropy[0]} {
				if x == x {
					t.Errorf("%d logits, %s: %v, want NaN", n, name, x)
				}
			}
			for _, g := range a.backward(nil, []float64{1}, []float64{1}) {
				if g == g {
					t.Errorf("%d logits, %s: gradient %v, want NaN", n, name, g)
				}
			}
		}
		// Far and infinite distances, at either end of the range.
		logits := make([]float32, n+1)
		logits[0], logits[n] = 3e36, -3e36
		for _, scale := range []float64{1, 100, 1e-3} {
			s := newSoftRows[float32](logits, n+1, 1, n+1, scale)
			s.forward(nil)
			near(t, "certain", []float64{s.logp[0], s.entropy[0]}, []float64{0, 0}, 0)
			near(t, "its gradient", s.backward(nil, []float64{1}, []float64{1}), make([]float64, n+1), 0)
		}
	}
	// The zeros behind the last logit are far above these.
	s := newSoftRows[float32](slices.Repeat([]float32{-3e37}, 3), 3, 1, 3, 100)
	s.forward(nil)
	near(t, "far below 0", []float64{s.logp[0], s.entropy[0]}, []float64{-math.Log(3), math.Log(3)}, 1e-7)

	x := []float64{0}
	for _, scale := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		mustPanic(t, "scale", func() { LogSoftmax(nil, x, 1, 1, 1, scale, []int32{0}, x, x, nil) })
		mustPanic(t, "scale", func() { LogSoftmaxGrad(nil, x, 1, 1, 1, scale, []int32{0}, x, nil, x, nil) })
	}
	mustPanic(t, "target", func() { LogSoftmax(nil, x, 1, 1, 1, 1, []int32{1}, x, x, nil) })
}

func TestLogSoftmaxSlopes(t *testing.T) {
	const rows, n = 3, 7
	s := newSoftRows[float64](normals[float32](rows*n, 1), n, rows, n, 1.3)
	s.forward(nil)
	dlogp, dentropy := normals[float64](rows, 2), normals[float64](rows, 3)
	slopes(t, "dlogits", s.logits, s.backward(nil, dlogp, dentropy), func() float64 {
		s.forward(nil)
		return Dot(s.logp, dlogp) + Dot(s.entropy, dentropy)
	})
}

// Pieces for workers change nothing.
func TestSoftmaxWorkers(t *testing.T) {
	const rows, n = 400, 67
	logits, one := normals[float32](rows*n, 1), slices.Repeat([]float64{1}, rows)
	a, b := newSoftRows[float32](logits, n, rows, n, 1.5), newSoftRows[float32](logits, n, rows, n, 1.5)
	p := NewPool(3)
	a.forward(nil)
	b.forward(p)
	identical(t, "lse", b.lse, a.lse)
	identical(t, "logp", b.logp, a.logp)
	identical(t, "entropy", b.entropy, a.entropy)
	identical(t, "gradient", b.backward(p, one, one), a.backward(nil, one, one))
}

func FuzzLogSoftmax(f *testing.F) {
	f.Add([]byte{0, 1, 2, 200, 255}, uint8(10))
	f.Add([]byte{255, 255, 7, 9, 0, 0, 128, 3, 4, 5, 6}, uint8(1))
	f.Fuzz(func(t *testing.T, data []byte, s uint8) {
		if len(data) == 0 || len(data) > 100 {
			return
		}
		logits := make([]float32, len(data))
		for i, b := range data {
			logits[i] = (float32(b) - 100) * 0.7
			if b == 255 {
				logits[i] = float32(math.Inf(-1))
			}
		}
		n, scale := len(data), (float64(s)+1)/20
		got, want := newSoftRows[float32](logits, n, 1, n, scale), newSoftRows[float64](logits, n, 1, n, scale)
		got.forward(nil)
		want.forward(nil)
		// An argument is rounded to half a unit, weighted by its probability.
		near(t, "lse", got.lse, want.lse, 1e-6)
		near(t, "entropy", got.entropy, want.entropy, 2e-5)
		one := []float64{1}
		near(t, "gradient", got.backward(nil, one, one), want.backward(nil, one, one), 2e-5*scale)
		if h := got.entropy[0]; h < -1e-6 || h > math.Log(float64(n))+1e-6 {
			t.Fatalf("entropy %v of %d logits", h, n)
		}
	})
}

func BenchmarkLogSoftmax(b *testing.B) {
	for _, c := range []struct{ rows, n int }{{256, 64}, {64, 512}, {1, 1 << 16}} {
		size := c.rows * c.n
		logits := normals[float32](size, 1)
		s := newSoftRows[float32](logits, c.n, c.rows, c.n, 1)
		d := slices.Repeat([]float64{1e-3}, c.rows)
		perElement(b, "forward", size, func() { s.forward(nil) })
		perElement(b, "forwardPlain", size, func() { softmaxPortable(logits, 3, 1) })
		perElement(b, "grad", size, func() {
			LogSoftmaxGrad(nil, logits, c.n, c.rows, c.n, 1, s.target, s.lse, s.entropy, d, d)
		})
		perElement(b, "gradPlain", size, func() { softmaxGradPortable(logits, rowGrad{scale: 1, lse: s.lse[0], dlogp: 1e-3}) })
	}
}
