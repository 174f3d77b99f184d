package kernels

import (
	"math"
	"slices"
	"testing"
)

func TestVectors(t *testing.T) {
	for n := range 68 {
		for from := range 3 { // beginnings that are not aligned
			x, y := normals[float32](n+from, 1)[from:], normals[float32](n+from+1, 2)[from:]
			var dot, size float64
			for i, v := range x {
				dot += float64(v) * float64(y[i])
				size += math.Abs(float64(v) * float64(y[i]))
			}
			if d := math.Abs(float64(Dot(x, y)) - dot); d > 0x1p-21*size {
				t.Fatalf("Dot of %d: %v off", n, d)
			}

			last := y[n]
			got, want := slices.Clone(y), slices.Clone(y)
			Add(nil, got[:n], x)
			for i, v := range x {
				want[i] += v
			}
			identical(t, "Add", got, want)

			if got[n] != last {
				t.Fatalf("Add of %d wrote behind the end", n)
			}

			if m := MaxOf(x); m != maxPortable(x) {
				t.Fatalf("MaxOf %d: %v, want %v", n, m, maxPortable(x))
			}
			for i, v := range x {
				x[i] = -100 - v*v
				if m := MaxOf(x[i : i+1]); m != x[i] {
					t.Fatalf("MaxOf one: %v, want %v", m, x[i])
				}
			}
			if m := MaxOf(x); n > 0 && m != slices.Max(x) {
				t.Fatalf("MaxOf %d below 0: %v, want %v", n, m, slices.Max(x))
			}
			for i, v := range x {
				x[i] = float32(math.NaN())
				if m := MaxOf(x); m == m {
					t.Fatalf("MaxOf %d with NaN at %d: %v", n, i, m)
				}
				if d := Dot(x, y); d == d {
					t.Fatalf("Dot of %d with NaN at %d: %v", n, i, d)
				}
				if s := SumSquares(nil, x); s == s {
					t.Fatalf("SumSquares of %d with NaN at %d: %v", n, i, s)
				}
				x[i] = v
			}
		}
	}
	if m := MaxOf[float32](nil); !math.IsInf(float64(m), -1) {
		t.Errorf("MaxOf nothing: %v", m)
	}
	if m := MaxOf([]float64{3, math.Inf(1), -2}); !math.IsInf(m, 1) {
		t.Errorf("MaxOf +Inf: %v", m)
	}
	mustPanic(t, "short y", func() { Dot(make([]float32, 3), make([]float32, 2)) })
	mustPanic(t, "short x", func() { Add(nil, make([]float32, 3), make([]float32, 2)) })
}

func TestDotFloat64(t *testing.T) {
	if d := Dot([]float64{1, 2, 3}, []float64{4, 5, 6}); d != 32 {
		t.Errorf("%v, want 32", d)
	}
}

func TestSumSquares(t *testing.T) {
	p := NewPool(3)
	for _, n := range []int{0, 1, 3, 4, 5, 15, 16, 17, 31, 67, 1 << 14, 5<<14 + 3} {
		x := normals[float32](n, 3)
		got, want := SumSquares(p, x), SumSquares(nil, convert[float64](x))
		if math.Abs(got-want) > 1e-13*want {
			t.Errorf("%d elements: %v, want %v", n, got, want)
		}
		if alone := SumSquares(nil, x); alone != got {
			t.Errorf("%d elements: %v with 3 workers, %v alone", n, got, alone)
		}
	}
	if s := SumSquares(nil, []float32{3e38, 1}); s != float64(float32(3e38))*float64(float32(3e38))+1 {
		t.Errorf("large numbers: %v", s)
	}
	if s := SumSquares(nil, []float32{float32(math.Inf(-1)), 1}); !math.IsInf(s, 1) {
		t.Errorf("-Inf: %v", s)
	}
}

func BenchmarkVectors(b *testing.B) {
	const n = 4096
	x, y := normals[float32](n, 1), normals[float32](n, 2)
	perElement(b, "dot", n, func() { sink += Dot(x, y) })
	perElement(b, "dotPlain", n, func() { sink += dotPortable(x, y) })
	perElement(b, "add", n, func() { Add(nil, y, x) })
	perElement(b, "sumSquares", n, func() { sink += float32(SumSquares(nil, x)) })
	perElement(b, "max", n, func() { sink += MaxOf(x) })
	perElement(b, "dot", 64, func() { sink += Dot(x[:64], y[:64]) })
}

var sink float32
