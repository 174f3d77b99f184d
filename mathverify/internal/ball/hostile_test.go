package ball

import (
	"math"
	"math/big"
	"math/rand/v2"
	"runtime"
	"testing"
)

// hostile are operands at and beyond every limit.
func hostile() []Real {
	wide := func(m int64, e int, r mag) Real {
		z := Exact2(m, e)
		z.rad = z.rad.add(r)
		return z
	}
	long := Real{man: *new(big.Int).Lsh(big.NewInt(7), 1<<20)} // a million bits, exactly
	long.man.Add(&long.man, big.NewInt(1))
	return []Real{
		{}, FromInt64(1), FromInt64(-1), FromInt64(math.MinInt64), Unbounded(),
		Exact2(1, expLimit-1), Exact2(1, expLimit), Exact2(-3, expLimit-9), Exact2(1, -expLimit), Exact2(1, -expLimit-1), Exact2(5, math.MaxInt32), Exact2(5, math.MinInt32),
		Exact2(1, 28), Exact2(-1, 28), Exact2(1, 29), Exact2(-1, 31), Exact2(1, trigLimit-1), Exact2(-1, trigLimit), Exact2(1, 1<<20),
		{rad: one}, {rad: mag{1 << 31, magMinExp}}, {rad: mag{1 << 31, magMaxExp}},
		wide(1, 0, one), wide(1, 0, mag{1 << 31, -61}), wide(-1, 0, mag{math.MaxUint32, -32}), wide(1, expLimit-9, one), wide(1, -expLimit+9, one),
		wide(3, 100, mag{1 << 31, 80}), wide(1, -1000, mag{1 << 31, -1032}), wide(7, -2, mag{1 << 31, -40000}),
		long, long.Neg(), scale2(long, -1<<20), scale2(long, -3<<19), Scale2(long, math.MaxInt32), Scale2(long, math.MinInt32),
		FromFloat64(math.MaxFloat64), FromFloat64(math.SmallestNonzeroFloat64), FromFloat64(math.Inf(-1)), FromFloat64(math.NaN()),
	}
}

// TestHostile calls everything with everything: nothing may panic, and what a
// call allocates bounds the work as no clock can.
func TestHostile(t *testing.T) {
	xs := hostile()
	for name, f := range realFuncs {
		for i, a := range xs {
			if allocated(func() { f(a, 64) }) > 4<<20 {
				t.Errorf("%s allocates too much for operand %d", name, i)
			}
		}
	}
	everything(t)
}

// allocated returns how many bytes f allocates once its constants are there.
func allocated(f func()) uint64 {
	f()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func everything(t *testing.T) {
	xs := hostile()
	for _, prec := range []uint{0, 100} {
		for _, a := range xs {
			for name, f := range realFuncs {
				z, ok := f(a, prec)
				checkReal(t, name, z, ok)
			}
			for _, b := range xs {
				checkReal(t, "add", Add(a, b, prec), true)
				checkReal(t, "sub", Sub(a, b, prec), true)
				checkReal(t, "mul", Mul(a, b, prec), true)
				checkReal(t, "hull", Hull(a, b, prec), true)
				z, ok := Div(a, b, prec)
				checkReal(t, "div", z, ok)
				z, ok = Atan2(a, b, prec)
				checkReal(t, "atan2", z, ok)
				a.Cmp(b)
				if c, certain := a.Cmp(b); certain && c != 0 && a.Overlaps(b) {
					t.Error("Cmp and Overlaps")
				}
			}
			Floor(a)
			a.Float64()
			a.Sign()
			a.Abs()
			a.MaxAbsLog2()
			a.MinAbsLog2()
			a.AccuracyBits()
			a.RadExp()
			a.ContainsRat(big.NewRat(1, 3))
		}
	}
	for i, a := range xs {
		b := xs[(i*7+3)%len(xs)]
		for _, z := range []Complex{{a, b}, {b, a}, {a, Real{}}, {Real{}, a}} {
			for name, f := range complexFuncs {
				w, ok := f(z, 64)
				checkReal(t, name, w.Re, ok)
				checkReal(t, name, w.Im, ok)
			}
			z.Fast()
			z.MaxAbsLog2()
			z.MinAbsLog2()
			z.PowInt(math.MaxInt64, 64)
			z.PowInt(math.MinInt64, 64)
			for j, c := range xs {
				z.Pow(Complex{c, xs[(j*5+i)%len(xs)]}, 64)
				z.Pow(FromReal(c), 64)
				z.Div(Complex{c, b}, 64)
			}
		}
	}
}

// checkReal holds a result to the invariants of a Real.
func checkReal(t *testing.T, name string, z Real, ok bool) {
	t.Helper()
	switch {
	case z.man.Sign() == 0 && z.exp != 0:
		t.Errorf("%s: zero with exponent %d", name, z.exp)
	case z.rad.isInf() && z.man.Sign() != 0:
		t.Errorf("%s: unbounded around a midpoint", name)
	case z.man.Sign() != 0 && (z.top() > expLimit || z.top() < -expLimit):
		t.Errorf("%s: exponent %d", name, z.top())
	case z.rad.m != 0 && z.rad.m < 1<<31:
		t.Errorf("%s: radius not normalised", name)
	case !ok && !z.rad.isInf() && !z.IsZero():
		// Allowed: a value that the caller is told not to use.
	}
}

func TestExactResults(t *testing.T) {
	two := FromInt64(2)
	for _, c := range []struct {
		name string
		got  func() (Real, bool)
		want int64
	}{
		{"sqrt 4", func() (Real, bool) { return Sqrt(FromInt64(4), 64) }, 2},
		{"cube root of -27", func() (Real, bool) { return Root(FromInt64(-27), 3, 64) }, -3},
		{"16th root of 65536", func() (Real, bool) { return Root(FromInt64(65536), 16, 64) }, 2},
		{"6/3", func() (Real, bool) { return Div(FromInt64(6), FromInt64(3), 64) }, 2},
		{"exp 0", func() (Real, bool) { return Exp(Real{}, 64), true }, 1},
		{"log 1", func() (Real, bool) { return Log(FromInt64(1), 64) }, 0},
		{"sin 0", func() (Real, bool) { return Sin(Real{}, 64), true }, 0},
		{"asin 0", func() (Real, bool) { return Asin(Real{}, 64) }, 0},
		{"acos 1", func() (Real, bool) { return Acos(FromInt64(1), 64) }, 0},
		{"1 + 1", func() (Real, bool) { return Add(FromInt64(1), FromInt64(1), 64), true }, 2},
	} {
		z, ok := c.got()
		if d, _ := z.Cmp(FromInt64(c.want)); !ok || !z.IsExact() || d != 0 {
			t.Errorf("%s: got %v ± 2^%d, %v", c.name, z.Mid(), z.RadExp(), ok)
		}
	}
	z, ok := FromReal(FromInt64(-4)).Sqrt(64)
	if d, _ := z.Im.Cmp(two); !ok || !z.Re.IsZero() || !z.Im.IsExact() || d != 0 {
		t.Error("sqrt(-4) is not 2i")
	}
	if l, ok := FromReal(FromInt64(-1)).Log(64); !ok || !l.Re.IsZero() || !near(l.Im, Pi(200)) {
		t.Error("log(-1) is not iπ")
	}
	if _, ok := (Complex{FromInt64(-1), Real{rad: one}}).Log(64); ok {
		t.Error("the logarithm across the cut")
	}
	if p, ok := FromReal(FromInt64(-8)).PowInt(-3, 64); !ok || !p.IsReal() || !p.Re.IsExact() {
		t.Error("(-8)^-3")
	}
}

func TestBranchCuts(t *testing.T) {
	at := func(re, im int64) Complex { return Complex{FromInt64(re), FromInt64(im)} }
	for _, c := range []struct {
		name string
		got  func() (Complex, bool)
	}{
		{"asin 2", func() (Complex, bool) { return at(2, 0).Asin(64) }},
		{"acos -2", func() (Complex, bool) { return at(-2, 0).Acos(64) }},
		{"atanh -2", func() (Complex, bool) { return at(-2, 0).Atanh(64) }},
		{"atanh 1", func() (Complex, bool) { return at(1, 0).Atanh(64) }},
		{"atan 2i", func() (Complex, bool) { return at(0, 2).Atan(64) }},
		{"asinh -3i", func() (Complex, bool) { return at(0, -3).Asinh(64) }},
		{"log 0", func() (Complex, bool) { return at(0, 0).Log(64) }},
		{"0^i", func() (Complex, bool) { return at(0, 0).Pow(I(), 64) }},
		{"0^-1", func() (Complex, bool) { return at(0, 0).PowInt(-1, 64) }},
	} {
		if z, ok := c.got(); ok {
			t.Errorf("%s: got %v %v", c.name, z.Re.Mid(), z.Im.Mid())
		}
	}
	if z, ok := at(10, 0).PowInt(-1<<40, 64); !ok || z.MaxAbsLog2() > -expLimit+2 {
		t.Error("10^-2^40")
	}
	if z, ok := at(2, 0).PowInt(-1<<20, 64); !ok || !cnear(z, FromReal(Exact2(1, -1<<20))) {
		t.Error("2^-2^20")
	}
	// i^i = e^(-π/2), (-1)^(1/2) = i, acosh(-2) = log(2+sqrt 3) + iπ
	if z, ok := I().Pow(I(), 64); !ok || !near(z.Re, Exp(Scale2(Pi(200), -1).Neg(), 200)) || !near(z.Im, Real{}) {
		t.Error("i^i")
	}
	if z, ok := at(-1, 0).Pow(FromReal(Exact2(1, -1)), 64); !ok || !cnear(z, I()) {
		t.Error("(-1)^(1/2)")
	}
	if z, ok := at(-2, 0).Acosh(64); !ok || !near(z.Im, Pi(64)) {
		t.Error("acosh(-2)")
	}
}

// TestHighPrecision checks what no golden reaches: the constants and the
// recursion of the kernels, by identities that take different ways.
func TestHighPrecision(t *testing.T) {
	precs := []uint{600, 620, 1000, 2500, 6000, 20000, MaxPrec}
	if testing.Short() {
		precs = precs[:4]
	}
	for _, prec := range precs {
		x, _ := FromRatio(7, 3, prec)
		want := func(name string, a, b Real) {
			t.Helper()
			if d := Sub(a, b, prec); !near(a, b) || d.MaxAbsLog2() > 16-int(prec) {
				t.Errorf("%s at %d: off by 2^%d", name, prec, d.MaxAbsLog2())
			}
		}
		atInv := func(n int64) Real {
			r, _ := FromRatio(1, n, prec)
			return Atan(r, prec)
		}
		want("π", Pi(prec), Sub(Scale2(atInv(5), 4), Scale2(atInv(239), 2), prec)) // Machin
		want("e", E(prec), Exp(FromInt64(1), prec))
		half := Exp(Scale2(Ln2(prec), -1), prec)
		want("log 2", Mul(half, half, prec), FromInt64(2))
		l, _ := Log(x, prec)
		want("exp(log x)", Exp(l, prec), x)
		s, c := SinCos(x, prec)
		want("sin^2 + cos^2", Add(Sqr(s, prec), Sqr(c, prec), prec), FromInt64(1))
		y, _ := Tan(Atan(x, prec), prec)
		want("tan(atan x)", y, x)
		h, _ := Asin(Exact2(1, -1), prec)
		want("asin 1/2", Mul(h, FromInt64(6), prec), Pi(prec))
		r, _ := Root(x, 5, prec)
		p, _ := FromReal(r).PowInt(5, prec)
		want("fifth root", p.Re, x)
		q, _ := Sqrt(x, prec)
		want("square root", Sqr(q, prec), x)
	}
}

func TestIsqrt(t *testing.T) {
	rng := rand.New(rand.NewPCG(lawSeed, 5))
	for range 20000 {
		k := new(big.Int).SetUint64(rng.Uint64() >> rng.IntN(63))
		for range rng.IntN(4) {
			k.Mul(k, new(big.Int).SetUint64(rng.Uint64()|1))
		}
		n := new(big.Int).Mul(k, k)
		n.Add(n, big.NewInt(rng.Int64N(4)-1))
		if n.Sign() <= 0 {
			continue
		}
		r, exact := isqrt(n)
		want := new(big.Int).Sqrt(n)
		if r.Cmp(want) != 0 || exact != (want.Mul(want, want).Cmp(n) == 0) {
			t.Fatalf("isqrt(%v) = %v, %v", n, r, exact)
		}
	}
}

func FuzzReal(f *testing.F) {
	f.Add(int64(1), 0, uint64(0), 0, uint(64))
	f.Add(int64(-3), 1<<28, uint64(1), -5, uint(128))
	f.Fuzz(func(t *testing.T, m int64, e int, r uint64, re int, prec uint) {
		prec %= 2000
		a := Exact2(m, e%(1<<30))
		if !a.IsUnbounded() {
			a.rad = a.rad.add(magUp(r, re%(1<<30)))
		}
		for name, f := range realFuncs {
			z, ok := f(a, prec)
			checkReal(t, name, z, ok)
			x, ok2 := f(a.mid(), prec)
			if ok && ok2 && !near(z, x) {
				t.Errorf("%s: the midpoint's value is outside", name)
			}
		}
	})
}
