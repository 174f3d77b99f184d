package ball

import (
	"flag"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/leanovate/gopter/prop"
)

var libmPoints = flag.Int("libm", 4000, "points at which TestLibm measures each function of package math")

// TestLibm measures the functions of package math against the balls: Fast
// allows them 2^-46.
func TestLibm(t *testing.T) {
	rng := rand.New(rand.NewPCG(lawSeed, 3))
	points := *libmPoints
	if testing.Short() {
		points = 300
	}
	for _, f := range []struct {
		name     string
		lo, hi   float64 // of the argument, or of its binary logarithm
		logs     bool
		relative bool
		libm     func(float64) float64
		exact    func(Real, uint) (Real, bool)
	}{
		{"Exp", -700, 700, false, true, math.Exp, sure(Exp)},
		{"Log", -1000, 1000, true, true, math.Log, Log},
		{"Log near 1", 0.5, 2, false, true, math.Log, Log},
		{"Sin", -fastTrig, fastTrig, false, false, math.Sin, sure(Sin)},
		{"Cos", -fastTrig, fastTrig, false, false, math.Cos, sure(Cos)},
		{"Sin small", -30, 10, true, false, math.Sin, sure(Sin)},
		{"Sincos", -100, 100, false, false, func(x float64) float64 { _, c := math.Sincos(x); return c }, sure(Cos)},
		{"Atan", -100, 100, true, false, math.Atan, sure(Atan)},
		{"Sqrt", -1000, 1000, true, true, math.Sqrt, Sqrt},
	} {
		worst := math.Inf(-1)
		for range points {
			x := f.lo + (f.hi-f.lo)*rng.Float64()
			if f.logs {
				x = math.Exp2(x)
			}
			e, ok := f.exact(FromFloat64(x), 80)
			if !ok {
				t.Fatal(f.name, x)
			}
			d := Sub(FromFloat64(f.libm(x)), e, 80)
			err := math.Log2(math.Abs(d.Float64()))
			if f.relative {
				err -= math.Log2(math.Abs(e.Float64()))
			}
			if err > worst {
				worst = err
			}
		}
		t.Logf("%s: 2^%.1f", f.name, worst)
		if worst > -48 {
			t.Errorf("%s errs by 2^%.1f", f.name, worst)
		}
	}
	for range points {
		x, y := math.Exp2(200*rng.Float64()-100), math.Exp2(200*rng.Float64()-100)
		h := Complex{FromFloat64(x), FromFloat64(y)}.Abs(80)
		d := Sub(FromFloat64(math.Hypot(x, y)), h, 80)
		if math.Abs(d.Float64()) > math.Abs(h.Float64())*0x1p-48 {
			t.Fatalf("Hypot(%g, %g)", x, y)
		}
		a, _ := Atan2(FromFloat64(y), FromFloat64(-x), 80)
		if d := Sub(FromFloat64(math.Atan2(y, -x)), a, 80); math.Abs(d.Float64()) > 0x1p-48 {
			t.Fatalf("Atan2(%g, %g)", y, -x)
		}
	}
}

// holds reports whether the disc may contain a member of z.
func (a Fast) holds(z Complex) bool {
	if a.real && !z.Im.ContainsZero() {
		return false
	}
	re, im := Sub(FromFloat64(a.re), z.Re, 100), Sub(FromFloat64(a.im), z.Im, 100)
	return cmpExact(absLow(Complex{re, im}), FromFloat64(a.rad)) <= 0
}

// absLow returns a lower bound of |z|, to within some 2^-90 of it.
func absLow(z Complex) Real {
	lo, _ := Add(Sqr(z.Re, 100), Sqr(z.Im, 100), 100).bounds()
	if lo.man.Sign() <= 0 {
		return Real{}
	}
	r, _ := Sqrt(lo.mid(), 100)
	lo, _ = r.bounds()
	return lo
}

type fastFunction func(Fast) (Fast, bool)

var fastFuncs = map[string]fastFunction{
	"exp": Fast.Exp, "log": Fast.Log, "sin": Fast.Sin, "cos": Fast.Cos, "tan": Fast.Tan, "atan": Fast.Atan, "asin": Fast.Asin, "acos": Fast.Acos,
	"sinh": Fast.Sinh, "cosh": Fast.Cosh, "tanh": Fast.Tanh, "sqrt": Fast.Sqrt,
	"root3": func(a Fast) (Fast, bool) { return a.Root(3, true) }, "root7": func(a Fast) (Fast, bool) { return a.Root(7, true) },
	"cexp": Fast.Exp, "clog": Fast.Log, "csqrt": Fast.Sqrt, "csin": Fast.Sin, "ccos": Fast.Cos, "ctan": Fast.Tan, "csinh": Fast.Sinh, "ccosh": Fast.Cosh,
	"ctanh": Fast.Tanh, "cabs": Fast.Abs, "carg": Fast.Arg, "croot3": func(a Fast) (Fast, bool) { return a.Root(3, false) },
	"cinv": func(a Fast) (Fast, bool) { return FastInt64(1).Div(a) },
}

func TestFastGoldens(t *testing.T) {
	rng := rand.New(rand.NewPCG(lawSeed, 4))
	results, tight := 0, 0
	eachGolden(t, func(g golden) {
		f := fastFuncs[g.F]
		if f == nil && g.F != "cpow" && g.F != "atan2" {
			return
		}
		xs, v := g.args(t), g.values(t)
		for i := range 8 {
			var a [4]Real
			for j, x := range xs {
				if a[j] = x; i > 0 {
					a[j] = widen(rng, x)
				}
			}
			x, ok := Complex{a[0], a[1]}.Fast()
			if !ok {
				continue
			}
			var z Fast
			switch y, ok2 := (Complex{a[2], a[3]}).Fast(); {
			case g.F == "cpow":
				z, ok = x.Pow(y)
				ok = ok && ok2
			case g.F == "atan2":
				s, _ := FromReal(a[0]).Fast()
				c, _ := FromReal(a[1]).Fast()
				z, ok = s.Atan2(c)
			default:
				z, ok = f(x)
			}
			if !ok {
				continue
			}
			results++
			if !z.holds(v) {
				t.Errorf("%s%v: %v does not hold %.60s", g.F, describe(a[:len(xs)]), z, g.V)
			}
			if i == 0 && z.rad < 1e-9*(1+z.size()) {
				tight++
			}
		}
	})
	t.Logf("%d results, %d of exact arguments within 1e-9", results, tight)
	if results < 4000 || tight < 800 {
		t.Error("too few results")
	}
}

func TestFastLaws(t *testing.T) {
	p := laws(t)
	p.Property("arithmetic encloses the balls' arithmetic", prop.ForAll(func(a, b Complex) bool {
		x, ok1 := a.Fast()
		y, ok2 := b.Fast()
		if !ok1 || !ok2 {
			return true
		}
		// At the midpoints and at opposite corners of the rectangles.
		a0, a1 := corners(a)
		b0, b1 := corners(b)
		for _, m := range []Complex{{a.Re.mid(), a.Im.mid()}, a0, a1} {
			for _, n := range []Complex{{b.Re.mid(), b.Im.mid()}, b0, b1} {
				if !fastArithmetic(x, y, m, n) {
					return false
				}
			}
		}
		return !x.Different(x) && (!x.Different(y) || !cnear(a, b))
	}, genComplex(), genComplex()))
	p.TestingRun(t)
}

func TestFastEdges(t *testing.T) {
	one := FastInt64(1)
	if !one.Different(FastInt64(2)) || one.Different(one) {
		t.Error("Different on integers")
	}
	third, _ := FastRat(big.NewRat(1, 3))
	if s, ok := third.Mul(FastInt64(3)); !ok || s.Different(one) {
		t.Error("3/3 differs from 1")
	}
	for _, f := range []func() (Fast, bool){
		func() (Fast, bool) { return FastFloat64(math.Inf(1), 0) },
		func() (Fast, bool) { return FastFloat64(math.NaN(), 0) },
		func() (Fast, bool) { return FastFloat64(1, math.NaN()) },
		func() (Fast, bool) { return one.Div(FastInt64(0)) },
		func() (Fast, bool) { return FastInt64(0).Log() },
		func() (Fast, bool) { return FastInt64(1000).Exp() },
		func() (Fast, bool) { return FastInt64(1 << 40).Sin() },
		func() (Fast, bool) { return FastInt64(2).Asin() },
		func() (Fast, bool) { return FastInt64(10).PowInt(400) },
	} {
		if z, ok := f(); ok {
			t.Errorf("got %v", z)
		}
	}
	if f, ok := FastPi().Floor(); f != 3 || !ok {
		t.Error("floor of π")
	}
	e, _ := FastFloat64(3, 1e-9)
	if _, ok := e.Floor(); ok {
		t.Error("floor of 3 ± 1e-9 is certain")
	}
	if s, ok := FastI().Mul(FastI()); !ok || s.Different(FastInt64(-1)) || !s.Different(one) {
		t.Error("i^2")
	}
}

func corners(a Complex) (lo, hi Complex) {
	lo.Re, hi.Re = a.Re.bounds()
	lo.Im, hi.Im = a.Im.bounds()
	return lo, hi
}

// fastArithmetic reports whether the operations on x and y hold those on their
// members m and n.
func fastArithmetic(x, y Fast, m, n Complex) bool {
	if z, ok := x.Add(y); ok && !z.holds(m.Add(n, 400)) {
		return false
	}
	if z, ok := x.Sub(y); ok && !z.holds(m.Sub(n, 400)) {
		return false
	}
	if z, ok := x.Mul(y); ok && !z.holds(m.Mul(n, 400)) {
		return false
	}
	if z, ok := x.Div(y); ok {
		if q, ok := m.Div(n, 400); !ok || !z.holds(q) {
			return false
		}
	}
	if z, ok := x.PowInt(5); ok {
		if q, ok := m.PowInt(5, 400); !ok || !z.holds(q) {
			return false
		}
	}
	return true
}
