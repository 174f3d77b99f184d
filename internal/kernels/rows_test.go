package kernels

import (
	"math"
	"slices"
	"testing"
)

// A rowCase is a number of rows with vectors in them, and leading dimensions that
// leave room.
type rowCase struct{ rows, heads, d int }

func rowCases() []rowCase {
	cases := []rowCase{{0, 1, 8}, {330, 1, 96}, {330, 3, 24}, {3, 8, 128}, {2, 1, 1000}}
	for d := 1; d <= 67; d++ {
		cases = append(cases, rowCase{3, 1 + d%3, d})
	}
	return cases
}

func TestRMSNorm(t *testing.T) {
	const eps = 1e-6
	p := NewPool(3)
	for _, c := range rowCases() {
		ldx, ldy := c.heads*c.d+3, c.heads*c.d+1
		x, w := normals[float32](c.rows*ldx, 1), normals[float32](c.d, 2)
		y, rstd := make([]float32, c.rows*ldy), make([]float32, c.rows*c.heads)
		RMSNorm(p, y, ldy, x, ldx, w, rstd, c.rows, c.heads, c.d, eps)
		want, wantR := make([]float64, len(y)), make([]float64, len(rstd))
		RMSNorm(nil, want, ldy, convert[float64](x), ldx, convert[float64](w), wantR, c.rows, c.heads, c.d, eps)
		near(t, "y", y, want, 1e-6)
		near(t, "rstd", rstd, wantR, 1e-6)

		plain := make([]float32, len(y))
		rmsNormPortable(plain, ldy, x, ldx, w, nil, 0, c.rows, c.heads, c.d, eps)
		near(t, "y of plain Go", plain, want, 1e-6)

		// In place, and every row alone.
		own := slices.Clone(x)
		for r := range c.rows {
			RMSNorm(nil, own[r*ldx:], ldx, own[r*ldx:], ldx, w, nil, 1, c.heads, c.d, eps)
			identical(t, "row alone", own[r*ldx:][:c.heads*c.d], y[r*ldy:][:c.heads*c.d])
		}
	}
}

func TestRMSNormByHand(t *testing.T) {
	// mean(x²) = (9+16)/2, so rstd is sqrt(2)/5.
	x, y, rstd := []float64{3, 4}, make([]float64, 2), make([]float64, 1)
	RMSNorm(nil, y, 2, x, 2, []float64{1, 10}, rstd, 1, 1, 2, 0)
	near(t, "y", y, []float64{3 * math.Sqrt2 / 5, 8 * math.Sqrt2}, 1e-15)
	near(t, "rstd", rstd, []float64{math.Sqrt2 / 5}, 1e-16)

	// A NaN spoils its vector and no other; zeros stay zeros with an eps.
	in, out := make([]float32, 27), make([]float32, 27)
	in[13] = float32(math.NaN())
	RMSNorm(nil, out, 27, in, 27, slices.Repeat([]float32{1}, 9), nil, 1, 3, 9, 1e-6)
	for i, v := range out {
		if isNaN := v != v; isNaN != (i/9 == 1) || !isNaN && v != 0 {
			t.Errorf("y[%d] = %v", i, v)
		}
	}
}

func TestRMSNormGrad(t *testing.T) {
	const eps = 1e-6
	p := NewPool(3)
	for _, c := range rowCases() {
		ldx, ldy, lddx := c.heads*c.d+3, c.heads*c.d+1, c.heads*c.d+2
		x, w, dy := normals[float32](c.rows*ldx, 1), normals[float32](c.d, 2), normals[float32](c.rows*ldy, 3)
		rstd := make([]float64, c.rows*c.heads)
		x64, w64, dy64 := convert[float64](x), convert[float64](w), convert[float64](dy)
		RMSNorm(nil, make([]float64, len(dy)), ldy, x64, ldx, w64, rstd, c.rows, c.heads, c.d, eps)
		rstd32 := convert[float32](rstd)
		for _, add := range []bool{false, true} {
			dx, dw := normals[float32](c.rows*lddx, 4), normals[float32](c.d, 5)
			want, wantW := convert[float64](dx), convert[float64](dw)
			plain, plainW := slices.Clone(dx), slices.Clone(dw)
			before := slices.Clone(dx)
			RMSNormGrad(p, dx, lddx, add, dw, dy, ldy, x, ldx, w, rstd32, c.rows, c.heads, c.d)
			RMSNormGrad(p, want, lddx, add, wantW, dy64, ldy, x64, ldx, w64, rstd, c.rows, c.heads, c.d)
			near(t, "dx", dx, want, 4e-6)
			near(t, "dw", dw, wantW, 4e-5)
			rmsNormGradPortable(plain, lddx, add, plainW, dy, ldy, x, ldx, w, rstd32, 0, c.rows, c.heads, c.d)
			near(t, "dx of plain Go", plain, want, 4e-6)
			near(t, "dw of plain Go", plainW, wantW, 4e-5)
			for r := range c.rows {
				own := before[r*lddx:]
				RMSNormGrad(nil, own, lddx, add, make([]float32, c.d), dy[r*ldy:], ldy, x[r*ldx:], ldx, w, rstd32[r*c.heads:], 1, c.heads, c.d)
				identical(t, "row alone", own[:c.heads*c.d], dx[r*lddx:][:c.heads*c.d])
			}
		}
		// dx may be dy.
		dx, dw, dwOwn, own := make([]float32, len(dy)), make([]float32, c.d), make([]float32, c.d), slices.Clone(dy)
		RMSNormGrad(nil, dx, ldy, false, dw, dy, ldy, x, ldx, w, rstd32, c.rows, c.heads, c.d)
		RMSNormGrad(p, own, ldy, false, dwOwn, own, ldy, x, ldx, w, rstd32, c.rows, c.heads, c.d)
		for r := range c.rows {
			identical(t, "in place", own[r*ldy:][:c.heads*c.d], dx[r*ldy:][:c.heads*c.d])
		}
		identical(t, "dw in place", dwOwn, dw)
	}
}

func TestRMSNormSlopes(t *testing.T) {
	const rows, heads, d, eps = 2, 2, 5, 0.01
	x, w, dy := normals[float64](rows*heads*d, 1), normals[float64](d, 2), normals[float64](rows*heads*d, 3)
	y, rstd := make([]float64, len(x)), make([]float64, rows*heads)
	f := func() float64 {
		RMSNorm(nil, y, heads*d, x, heads*d, w, rstd, rows, heads, d, eps)
		return Dot(y, dy)
	}
	f()
	dx, dw := make([]float64, len(x)), make([]float64, d)
	RMSNormGrad(nil, dx, heads*d, false, dw, dy, heads*d, x, heads*d, w, rstd, rows, heads, d)
	slopes(t, "dx", x, dx, f)
	slopes(t, "dw", w, dw, f)
}

func TestRope(t *testing.T) {
	p := NewPool(3)
	for half := 1; half <= 67; half++ {
		rows, heads, d := 17+piece/64/half, 1+half%3, 2*half
		ld := heads*d + 3
		cos, sin := make([]float32, rows*half), make([]float32, rows*half)
		for i, a := range normals[float64](len(cos), 1) {
			cos[i], sin[i] = float32(math.Cos(a)), float32(math.Sin(a))
		}
		pos := make([]int32, rows)
		for i := range pos {
			pos[i] = int32(rows - 1 - i)
		}
		x := normals[float32](rows*ld, 2)
		for _, inverse := range []bool{false, true} {
			got, want := slices.Clone(x), convert[float64](x)
			Rope(p, got, ld, cos, sin, pos, rows, heads, d, inverse)
			Rope(p, want, ld, convert[float64](cos), convert[float64](sin), pos, rows, heads, d, inverse)
			near(t, "x", got, want, 2e-7)
			plain := slices.Clone(x[:heads*d])
			ropePortable(plain, cos[int(pos[0])*half:], sin[int(pos[0])*half:], heads, d, inverse)
			near(t, "x of plain Go", plain, want[:heads*d], 2e-7)
			Rope(nil, got, ld, cos, sin, pos, rows, heads, d, !inverse)
			near(t, "there and back", got, convert[float64](x), 1e-6)
		}
	}
}

// The derivative of a rotation is the rotation back.
func TestRopeSlopes(t *testing.T) {
	const heads, d = 2, 6
	angle := []float64{0.3, -1, 2}
	cos, sin := make([]float64, 3), make([]float64, 3)
	for i, a := range angle {
		cos[i], sin[i] = math.Cos(a), math.Sin(a)
	}
	x, g := normals[float64](heads*d, 1), normals[float64](heads*d, 2)
	dx := slices.Clone(g)
	Rope(nil, dx, heads*d, cos, sin, []int32{0}, 1, heads, d, true)
	slopes(t, "dx", x, dx, func() float64 {
		y := slices.Clone(x)
		Rope(nil, y, heads*d, cos, sin, []int32{0}, 1, heads, d, false)
		return Dot(y, g)
	})
	// A quarter turn takes (1, 0) to (0, 1).
	y := []float64{1, 0}
	Rope(nil, y, 2, []float64{0}, []float64{1}, []int32{0}, 1, 1, 2, false)
	if y[0] != 0 || y[1] != 1 {
		t.Errorf("a quarter turn of (1, 0): %v", y)
	}
}

func BenchmarkRows(b *testing.B) {
	for _, c := range []rowCase{{1024, 1, 96}, {1024, 4, 24}, {64, 1, 2048}} {
		d := c.heads * c.d
		n := c.rows * d
		x, w, y, rstd := normals[float32](n, 1), normals[float32](c.d, 2), make([]float32, n), make([]float32, c.rows*c.heads)
		dw := make([]float32, c.d)
		perElement(b, "norm", n, func() { RMSNorm(nil, y, d, x, d, w, rstd, c.rows, c.heads, c.d, 1e-6) })
		perElement(b, "normPlain", n, func() { rmsNormPortable(y, d, x, d, w, rstd, 0, c.rows, c.heads, c.d, 1e-6) })
		perElement(b, "normGrad", n, func() { RMSNormGrad(nil, y, d, false, dw, x, d, x, d, w, rstd, c.rows, c.heads, c.d) })
		perElement(b, "normGradPlain", n, func() { rmsNormGradPortable(y, d, false, dw, x, d, x, d, w, rstd, 0, c.rows, c.heads, c.d) })
	}
	const rows, heads, d = 1024, 4, 24
	x, angle, pos := normals[float32](rows*heads*d, 1), slices.Repeat([]float32{0.7}, d/2), make([]int32, rows)
	perElement(b, "rope", len(x), func() { Rope(nil, x, heads*d, angle, angle, pos, rows, heads, d, false) })
	perElement(b, "ropePlain", len(x), func() {
		for t := range rows {
			ropePortable(x[t*heads*d:], angle, angle, heads, d, false)
		}
	})
}
