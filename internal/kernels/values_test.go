package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"unsafe"
)

// normals returns n normally distributed numbers.
func normals[T Float](n int, seed uint64) []T {
	r := rand.New(rand.NewPCG(seed, 1))
	x := make([]T, n)
	for i := range x {
		x[i] = T(r.NormFloat64())
	}
	return x
}

func convert[T, S Float](x []S) []T {
	y := make([]T, len(x))
	for i, v := range x {
		y[i] = T(v)
	}
	return y
}

// ulps returns how many units of the last place of T got is from want. Equal
// infinities and two NaNs are 0 apart.
func ulps[T Float](got T, want float64) float64 {
	g := float64(got)
	if g == want || g != g && want != want {
		return 0
	}
	unit := 0.0
	if unsafe.Sizeof(got) == 4 {
		exponent := int(math.Float64bits(want)>>52&0x7ff) - 1023
		unit = math.Float64frombits(uint64(max(exponent-23, -149)+1023) << 52)
	} else {
		unit = math.Nextafter(math.Abs(want), math.Inf(1)) - math.Abs(want)
	}
	return math.Abs(g-want) / unit
}

// near fails unless |got - want| <= tolerance (1 + |want|), element by element.
// NaN is near NaN, and an infinity near itself.
func near[T Float](t *testing.T, what string, got []T, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d elements, want %d", what, len(got), len(want))
	}
	for i, w := range want {
		g := float64(got[i])
		if g == w || g != g && w != w {
			continue
		}
		if !(math.Abs(g-w) <= tolerance*(1+math.Abs(w))) {
			t.Fatalf("%s[%d] = %v, want %v", what, i, g, w)
		}
	}
}

// identical fails unless the elements have the same bits; NaNs are equal.
func identical[T Float](t *testing.T, what string, got, want []T) {
	t.Helper()
	for i, w := range want {
		if g := got[i]; g != w && !(g != g && w != w) {
			t.Fatalf("%s[%d] = %v, want %v", what, i, g, w)
		}
	}
}

// slopes fails unless the derivative of f with respect to x is want, by central
// differences.
func slopes(t *testing.T, what string, x, want []float64, f func() float64) {
	t.Helper()
	const h = 1e-5
	for i, v := range x {
		x[i] = v + h
		up := f()
		x[i] = v - h
		down := f()
		x[i] = v
		if d := (up - down) / (2 * h); !(math.Abs(d-want[i]) <= 1e-7*(1+math.Abs(d))) {
			t.Errorf("%s[%d] = %v, differences give %v", what, i, want[i], d)
		}
	}
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

// perElement runs f, which handles n elements.
func perElement(b *testing.B, name string, n int, f func()) {
	b.Run(fmt.Sprint(name, "/", n), func(b *testing.B) {
		for b.Loop() {
			f()
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/element")
	})
}
