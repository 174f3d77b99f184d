package ball

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"math/big"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// A golden is a value of a function by mpmath: v has d correct digits.
type golden struct {
	F string
	X [][2]json.RawMessage
	V []string
	D int
}

func (g golden) args(t testing.TB) []Real {
	xs := make([]Real, len(g.X))
	for i, x := range g.X {
		var m string
		if err := json.Unmarshal(x[0], &m); err != nil {
			t.Fatal(err)
		}
		n, _ := new(big.Int).SetString(m, 10)
		e, err := strconv.Atoi(string(x[1]))
		if err != nil {
			t.Fatal(err)
		}
		xs[i] = scale2(Real{man: *n}, e)
	}
	return xs
}

// values returns the value as balls that cover the digits left out.
func (g golden) values(t testing.TB) Complex {
	var v [2]Real
	for i, s := range g.V {
		f, _, err := big.ParseFloat(s, 10, 1400, big.ToNearestEven)
		if err != nil {
			t.Fatal(err)
		}
		v[i] = fromBig(f)
	}
	z := Complex{v[0], v[1]}
	tol := absUp(z).scale(-int(float64(g.D) * 3.3219))
	z.Re.rad = tol
	if len(g.V) == 2 {
		z.Im.rad = tol
	}
	return z
}

func fromBig(f *big.Float) Real {
	if f.Sign() == 0 {
		return Real{}
	}
	m := new(big.Float)
	e := f.MantExp(m)
	p := int(f.MinPrec())
	i, _ := m.SetMantExp(m, p).Int(nil)
	return Real{man: *i, exp: e - p}
}

func eachGolden(t testing.TB, f func(golden)) {
	t.Helper()
	file, err := os.Open("testdata/golden/ball.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	zr, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	sc := bufio.NewScanner(zr)
	sc.Buffer(nil, 1<<20)
	sc.Scan()
	t.Logf("%s", sc.Text())
	rows := 0
	for ; sc.Scan(); rows++ {
		var g golden
		if err := json.Unmarshal(sc.Bytes(), &g); err != nil {
			t.Fatal(err)
		}
		f(g)
	}
	if err := sc.Err(); err != nil || rows < 1000 {
		t.Fatalf("%d rows, %v", rows, err)
	}
}

type realFunc func(a Real, prec uint) (Real, bool)

func sure(f func(Real, uint) Real) realFunc {
	return func(a Real, prec uint) (Real, bool) { return f(a, prec), true }
}

func rootFunc(n uint) realFunc {
	return func(a Real, prec uint) (Real, bool) { return Root(a, n, prec) }
}

var realFuncs = map[string]realFunc{
	"exp": sure(Exp), "log": Log, "sin": sure(Sin), "cos": sure(Cos), "tan": Tan, "atan": sure(Atan), "asin": Asin, "acos": Acos,
	"sinh": sure(Sinh), "cosh": sure(Cosh), "tanh": sure(Tanh), "asinh": sure(Asinh), "acosh": Acosh, "atanh": Atanh,
	"sqrt": Sqrt, "root3": rootFunc(3), "root7": rootFunc(7), "gamma": Gamma, "loggamma": LogGamma,
}

type complexFunc func(a Complex, prec uint) (Complex, bool)

func csure(f func(Complex, uint) Complex) complexFunc {
	return func(a Complex, prec uint) (Complex, bool) { return f(a, prec), true }
}

var complexFuncs = map[string]complexFunc{
	"cexp": csure(Complex.Exp), "clog": Complex.Log, "csqrt": Complex.Sqrt, "csin": csure(Complex.Sin), "ccos": csure(Complex.Cos),
	"ctan": Complex.Tan, "casin": Complex.Asin, "cacos": Complex.Acos, "catan": Complex.Atan, "csinh": csure(Complex.Sinh),
	"ccosh": csure(Complex.Cosh), "ctanh": Complex.Tanh, "casinh": Complex.Asinh, "cacosh": Complex.Acosh, "catanh": Complex.Atanh,
	"croot3": func(a Complex, prec uint) (Complex, bool) { return a.Root(3, prec) },
	"cinv":   func(a Complex, prec uint) (Complex, bool) { return FromReal(FromInt64(1)).Div(a, prec) },
	"cabs":   func(a Complex, prec uint) (Complex, bool) { return FromReal(a.Abs(prec)), true },
	"carg": func(a Complex, prec uint) (Complex, bool) {
		z, ok := a.Arg(prec)
		return FromReal(z), ok
	},
}

// call evaluates the function of a golden on arguments of its choice.
func (g golden) call(t testing.TB, xs []Real, prec uint) (Complex, bool) {
	if f := realFuncs[g.F]; f != nil {
		z, ok := f(xs[0], prec)
		return FromReal(z), ok
	}
	if f := complexFuncs[g.F]; f != nil {
		return f(Complex{xs[0], xs[1]}, prec)
	}
	switch g.F {
	case "cpow":
		return Complex{xs[0], xs[1]}.Pow(Complex{xs[2], xs[3]}, prec)
	case "atan2":
		z, ok := Atan2(xs[0], xs[1], prec)
		return FromReal(z), ok
	case "pi":
		return FromReal(Pi(prec)), true
	case "e":
		return FromReal(E(prec)), true
	case "ln2":
		return FromReal(Ln2(prec)), true
	}
	t.Fatalf("no function %q", g.F)
	return Complex{}, false
}

// near reports whether two balls have a point in common, exactly.
func near(a, b Real) bool {
	if a.IsUnbounded() {
		return true
	}
	a0, a1 := a.bounds()
	b0, b1 := b.bounds()
	return cmpExact(a0, b1) <= 0 && cmpExact(b0, a1) <= 0
}

// TestGoldensExact holds every function to the reference's value, and to the
// precision asked for, at exact arguments.
func TestGoldensExact(t *testing.T) {
	eachGolden(t, func(g golden) {
		xs, v := g.args(t), g.values(t)
		for _, prec := range []uint{24, 53, 64, 100, 128, 200, 256, 500, 900} {
			z, ok := g.call(t, xs, prec)
			pole := g.F == "tan" && v.Re.midUp().exp() > 8 // cos takes absolute precision
			cut := (g.F == "catan" || g.F == "casinh") && xs[0].IsZero()
			if !ok {
				if !pole && !cut {
					t.Errorf("%s%s at %d: no result", g.F, g.X, prec)
				}
				continue
			}
			if !near(z.Re, v.Re) || !near(z.Im, v.Im) {
				t.Errorf("%s%s at %d: got %v, want %.40s", g.F, g.X, prec, describe([]Real{z.Re, z.Im}), g.V)
			}
			// Absolute below 1, relative above. The hyperbolic functions of a
			// complex number may lose what cancels.
			lost := z.RadExp() + int(prec) - max(absUp(v).exp(), 0)
			if z.RadExp() > -1<<20 && lost > 10 && !pole {
				t.Errorf("%s%s at %d: lost %d bits", g.F, g.X, prec, lost)
			}
		}
	})
}

// TestGoldensWide does the same with balls around other numbers that contain
// the argument.
func TestGoldensWide(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	bounded := 0
	eachGolden(t, func(g golden) {
		xs, v := g.args(t), g.values(t)
		for range 12 {
			ws := make([]Real, len(xs))
			for i, x := range xs {
				ws[i] = widen(rng, x)
			}
			z, ok := g.call(t, ws, 100)
			if !ok {
				continue
			}
			if !near(z.Re, v.Re) || !near(z.Im, v.Im) {
				t.Errorf("%s%v: got %v, want %.40s", g.F, describe(ws), describe([]Real{z.Re, z.Im}), g.V)
			}
			if !z.IsUnbounded() {
				bounded++
			}
		}
	})
	if bounded < 5000 {
		t.Errorf("only %d results say anything", bounded)
	}
}

func describe(xs []Real) (s []string) {
	for _, x := range xs {
		s = append(s, x.Mid().Text('p', 0)+" ± 2^"+strconv.Itoa(x.RadExp()))
	}
	return s
}

// widen returns a ball that contains the exact number x, at times on its edge.
func widen(rng *rand.Rand, x Real) Real {
	top := 0
	if x.man.Sign() != 0 {
		if rng.IntN(8) == 0 {
			return x
		}
		top = x.top()
	} else if rng.IntN(2) == 0 {
		return x
	}
	r := Exact2(int64(rng.Uint32())|1, top-32-[]int{-40, -3, -1, 0, 1, 2, 5, 20, 60, 90}[rng.IntN(10)])
	d := r
	switch rng.IntN(3) {
	case 0:
		d = Real{}
	case 1:
		d = mulInt(scale2(r, -31), int64(rng.Uint32()>>1), 200)
	}
	if rng.IntN(2) == 0 {
		d = d.Neg()
	}
	z := addExact(x, d)
	z.rad = r.maxAbs()
	return z
}
