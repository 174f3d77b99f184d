package kernels

import (
	"math"
	"slices"
	"testing"
)

// TestExp compares bit patterns spread over all of float32 with float64.
func TestExp(t *testing.T) {
	stride := uint64(97)
	if testing.Short() {
		stride = 97 * 101
	}
	// exp is 1 within half a unit below 2^-25 and leaves the range above 2^7: only
	// some of those patterns are looked at.
	skip := func(bits uint32) uint64 {
		if e := bits >> 23 & 0xff; e < 127-25 || e > 127+7 {
			return 64 * stride
		}
		return stride
	}
	worst, where := 0.0, float32(0)
	x, y := make([]float32, 0, 4099), make([]float32, 4099)
	check := func() {
		ExpShift(y, x, 1, 0)
		for i, v := range x {
			want := math.Exp(float64(v))
			if want < 0x1p-126 {
				want = 0
			} else if want > math.MaxFloat32 {
				want = math.Inf(1)
			}
			if d := ulps(y[i], want); !(d <= worst) {
				worst, where = d, v
			}
		}
		x = x[:0]
	}
	for bits := uint64(0); bits < 1<<32; bits += skip(uint32(bits)) {
		if x = append(x, math.Float32frombits(uint32(bits))); len(x) == cap(x) {
			check()
		}
	}
	check()
	if !(worst < 1) {
		t.Errorf("exp(%v) is %v units of the last place off", where, worst)
	}
	t.Logf("largest error %.3f units, at %v", worst, where)
}

func TestExpEdges(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	low, high := math.Float32frombits(0xc2aeac4f), math.Float32frombits(0x42b17217)
	cases := []struct{ x, want float32 }{
		{0, 1}, {float32(math.Copysign(0, -1)), 1}, {-inf, 0}, {inf, inf}, {nan, nan}, {-1e30, 0}, {1e30, inf}, {1e-40, 1},
		{math.Float32frombits(0x7f800001), nan}, {math.Float32frombits(0xffc12345), nan},
		{math.Nextafter32(low, -inf), 0}, {math.Nextafter32(high, inf), inf},
	}
	for _, c := range cases {
		for n := 1; n <= 9; n += 8 { // a tail, and the register before one
			x := slices.Repeat([]float32{c.x}, n)
			ExpShift(x, x, 1, 0)
			identical(t, "fast", x, slices.Repeat([]float32{c.want}, n))
		}
		x := []float32{c.x}
		expShiftPortable(x, x, 1, 0)
		identical(t, "plain", x, []float32{c.want})
	}
	x := []float32{low, high}
	ExpShift(x, x, 1, 0)
	if x[0] < 0x1p-126 || x[0] > 0x1.0001p-126 || x[1] < 3.4e38 || x[1] == inf {
		t.Errorf("the ends of the range: %v", x)
	}
	y := []float64{-700, 1, math.Inf(-1)}
	ExpShift(y, y, 1, 0)
	near(t, "float64", y, []float64{math.Exp(-700), math.E, 0}, 0)
	mustPanic(t, "short dst", func() { ExpShift(make([]float32, 1), make([]float32, 2), 1, 0) })
	mustPanic(t, "short dst", func() { ExpShift(make([]float32, 1), make([]float32, 2), 1, 0) })
}

func TestExpShift(t *testing.T) {
	const scale = 0.7
	for n := range 68 {
		src := normals[float32](n+1, 1)
		shift := scale * MaxOf(src[:n])
		want := make([]float64, n)
		for i := range n {
			want[i] = math.Exp(float64(scale)*float64(src[i]) - float64(shift))
		}
		if n == 0 {
			shift = 0
		}
		dst := slices.Clone(src)
		sum := ExpShift(dst, src[:n], scale, shift)
		near(t, "dst", dst[:n], want, 3e-7)
		if dst[n] != src[n] {
			t.Fatalf("%d: wrote behind the end", n)
		}
		total := 0.0
		for i := range n {
			total += want[i]
			one := make([]float32, 1)
			if s := ExpShift(one, src[i:i+1], scale, shift); one[0] != dst[i] || s != one[0] {
				t.Fatalf("%d elements: %v at %d, alone %v with the sum %v", n, dst[i], i, one[0], s)
			}
		}
		if math.Abs(float64(sum)-total) > 1e-6*total {
			t.Fatalf("%d: sum %v, want %v", n, sum, total)
		}
	}
	masked := []float32{1, float32(math.Inf(-1)), 1}
	if s := ExpShift(masked, masked, 1, 1); s != 2 || masked[1] != 0 {
		t.Errorf("with a mask: sum %v of %v", s, masked)
	}
}

func FuzzExp(f *testing.F) {
	f.Add(uint32(0x42b17217), uint32(0xc2aeac4f), uint8(3))
	f.Add(uint32(0x7fc00000), uint32(0xff800000), uint8(12))
	f.Fuzz(func(t *testing.T, a, b uint32, n uint8) {
		x := slices.Repeat([]float32{math.Float32frombits(a), math.Float32frombits(b)}, int(n)%20+1)
		y, z := make([]float32, len(x)), make([]float32, len(x))
		ExpShift(y, x, 1, 0)
		expShiftPortable(z, x, 1, 0)
		for i := range y {
			if d := ulps(y[i], float64(z[i])); !(d <= 1) {
				t.Fatalf("exp(%v) = %v, plain Go %v", x[i], y[i], z[i])
			}
			if y[i] != y[i%2] && y[i] == y[i] {
				t.Fatalf("exp(%v) is %v at %d and %v at %d", x[i], y[i], i, y[i%2], i%2)
			}
		}
	})
}

func TestSwiGLU(t *testing.T) {
	p := NewPool(3)
	for f := 1; f <= 67; f++ {
		const rows = 5
		gu, dy := normals[float32](rows*2*f, 1), normals[float32](rows*f, 2)
		for i := range gu {
			gu[i] *= 3
		}
		y, y2, dgu := make([]float32, rows*f), make([]float32, rows*f), make([]float32, len(gu))
		SwiGLU(p, y, gu, rows, f)
		SwiGLUGrad(p, dgu, y2, dy, gu, rows, f)
		identical(t, "y once more", y2, y)
		want, wantG := make([]float64, len(y)), make([]float64, len(gu))
		SwiGLU(nil, want, convert[float64](gu), rows, f)
		SwiGLUGrad(nil, wantG, nil, convert[float64](dy), convert[float64](gu), rows, f)
		near(t, "y", y, want, 4e-7)
		near(t, "dgu", dgu, wantG, 1e-6)

		plain, g, u := make([]float32, f), make([]float32, f), make([]float32, f)
		swigluPortable(plain, gu[:f], gu[f:2*f])
		near(t, "y of plain Go", plain, want[:f], 4e-7)
		swigluGradPortable(g, u, nil, dy, gu[:f], gu[f:2*f])
		near(t, "dgate of plain Go", g, wantG[:f], 1e-6)
		near(t, "dup of plain Go", u, wantG[f:2*f], 1e-6)

		for i := range f { // one column
			one, oneG := make([]float32, 1), make([]float32, 2)
			SwiGLU(nil, one, []float32{gu[i], gu[f+i]}, 1, 1)
			SwiGLUGrad(nil, oneG, nil, dy[i:], []float32{gu[i], gu[f+i]}, 1, 1)
			identical(t, "alone", []float32{one[0], oneG[0], oneG[1]}, []float32{y[i], dgu[i], dgu[f+i]})
		}
		own := slices.Clone(gu)
		SwiGLUGrad(p, own, nil, dy, own, rows, f)
		identical(t, "in place", own, dgu)
	}
}

// Pieces for workers change nothing.
func TestSwiGLUWorkers(t *testing.T) {
	const rows, f = 400, 67
	gu, dy := normals[float32](rows*2*f, 1), normals[float32](rows*f, 2)
	a, b, da, db := make([]float32, len(dy)), make([]float32, len(dy)), make([]float32, len(gu)), make([]float32, len(gu))
	p := NewPool(3)
	SwiGLU(nil, a, gu, rows, f)
	SwiGLU(p, b, gu, rows, f)
	identical(t, "y", b, a)
	SwiGLUGrad(nil, da, nil, dy, gu, rows, f)
	SwiGLUGrad(p, db, nil, dy, gu, rows, f)
	identical(t, "dgu", db, da)
}

func TestSwiGLUExtremes(t *testing.T) {
	nan := float32(math.NaN())
	for _, c := range []struct{ gate, y, dgate, dup float32 }{
		{-1e4, 0, 0, 0}, {-1e38, 0, 0, 0}, {1e4, 2e4, 2, 1e4}, {1e38, 2e38, 2, 1e38}, {0, 0, 1, 0}, {nan, nan, nan, nan},
	} {
		gu, y, dgu := []float32{c.gate, 2}, make([]float32, 1), make([]float32, 2)
		SwiGLUGrad(nil, dgu, y, []float32{1}, gu, 1, 1)
		identical(t, "fast", []float32{y[0], dgu[0], dgu[1]}, []float32{c.y, c.dgate, c.dup})
		swigluGradPortable(dgu[:1], dgu[1:], y, []float32{1}, gu[:1], gu[1:])
		identical(t, "plain", []float32{y[0], dgu[0], dgu[1]}, []float32{c.y, c.dgate, c.dup})
	}
}

func TestSwiGLUSlopes(t *testing.T) {
	const rows, f = 2, 5
	gu, dy := normals[float64](rows*2*f, 1), normals[float64](rows*f, 2)
	dgu, y := make([]float64, len(gu)), make([]float64, len(dy))
	SwiGLUGrad(nil, dgu, nil, dy, gu, rows, f)
	slopes(t, "dgu", gu, dgu, func() float64 {
		SwiGLU(nil, y, gu, rows, f)
		return Dot(y, dy)
	})
}

func BenchmarkExp(b *testing.B) {
	const n = 4096
	x, y := normals[float32](n, 1), make([]float32, n)
	perElement(b, "exp", n, func() { ExpShift(y, x, 1, 0) })
	perElement(b, "expPlain", n, func() { expShiftPortable(y, x, 1, 0) })
	perElement(b, "swiglu", n/2, func() { SwiGLU(nil, y, x, 1, n/2) })
	perElement(b, "swigluPlain", n/2, func() { swigluPortable(y, x[:n/2], x[n/2:]) })
	dgu := make([]float32, n)
	perElement(b, "swigluGrad", n/2, func() { SwiGLUGrad(nil, dgu, y, y, x, 1, n/2) })
	perElement(b, "swigluGradPlain", n/2, func() { swigluGradPortable(dgu[:n/2], dgu[n/2:], y, y, x[:n/2], x[n/2:]) })
}
