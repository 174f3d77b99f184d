package ball

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"
)

const lawSeed = 20250311

func laws(t *testing.T) *gopter.Properties {
	t.Logf("seed %d", lawSeed)
	p := gopter.DefaultTestParametersWithSeed(lawSeed)
	p.MinSuccessfulTests = 1000
	if testing.Short() {
		p.MinSuccessfulTests = 150
	}
	return gopter.NewProperties(p)
}

// genBall makes balls of all sizes around small, ordinary and huge numbers.
func genBall() gopter.Gen {
	return gopter.CombineGens(gen.Int64(), gen.IntRange(-120, 8), gen.IntRange(0, 5), gen.IntRange(-160, 3)).Map(func(v []any) Real {
		m, e := v[0].(int64), v[1].(int)
		switch v[2].(int) {
		case 0:
			return FromInt64(m % 20)
		case 1:
			return Exact2(m, e)
		}
		z := Exact2(m, e)
		if r := v[3].(int); v[2].(int) > 2 {
			z.rad = magUp(uint64(m)|1, e+r)
		}
		return z
	})
}

func genComplex() gopter.Gen {
	return gopter.CombineGens(genBall(), genBall(), gen.IntRange(0, 4)).Map(func(v []any) Complex {
		z := Complex{v[0].(Real), v[1].(Real)}
		switch v[2].(int) {
		case 0:
			z.Im = Real{}
		case 1:
			z.Re = Real{}
		}
		return z
	})
}

func genPrec() gopter.Gen { return gen.UIntRange(24, 300) }

// contains reports whether b lies within a.
func contains(a, b Real) bool {
	if a.IsUnbounded() {
		return true
	}
	if b.IsUnbounded() {
		return false
	}
	a0, a1 := a.bounds()
	b0, b1 := b.bounds()
	return cmpExact(a0, b0) <= 0 && cmpExact(b1, a1) <= 0
}

func cnear(a, b Complex) bool { return near(a.Re, b.Re) && near(a.Im, b.Im) }

func TestRealLaws(t *testing.T) {
	p := laws(t)
	p.Property("the midpoint's result lies in the ball's", prop.ForAll(func(a, b Real, prec uint) bool {
		x, y := a.mid(), b.mid()
		q, ok := Div(a, b, prec)
		if ok {
			e, _ := Div(x, y, 2000)
			ok = near(q, e)
		} else {
			ok = b.ContainsZero()
		}
		return ok && contains(Add(a, b, prec), Add(x, y, 4000)) && contains(Mul(a, b, prec), Mul(x, y, 4000)) && contains(Sub(a, b, prec), Sub(x, y, 4000))
	}, genBall(), genBall(), genPrec()))
	p.Property("a - a contains 0, and is 0 if a is exact", prop.ForAll(func(a Real, prec uint) bool {
		d := Sub(a, a, prec)
		return d.ContainsZero() && (!a.IsExact() || d.IsZero())
	}, genBall(), genPrec()))
	p.Property("the square of the root contains the number", prop.ForAll(func(a Real, prec uint) bool {
		a = a.Abs()
		r, ok := Sqrt(a, prec)
		return ok && contains(Sqr(r, prec), a) && near(Mul(r, r, prec), a)
	}, genBall(), genPrec()))
	p.Property("the power of the root contains the number", prop.ForAll(func(a Real, n, prec uint) bool {
		n = 2*n + 1
		r, ok := Root(a, n, prec)
		if !ok {
			return false
		}
		s := FromInt64(1)
		for range n {
			s = Mul(s, r, prec+40)
		}
		return near(s, a)
	}, genBall(), gen.UIntRange(1, 6), genPrec()))
	p.Property("sin^2 + cos^2 contains 1", prop.ForAll(func(a Real, prec uint) bool {
		s, c := SinCos(a, prec)
		return near(Add(Sqr(s, prec), Sqr(c, prec), prec), FromInt64(1))
	}, genBall(), genPrec()))
	p.Property("cosh^2 - sinh^2 contains 1", prop.ForAll(func(a Real, prec uint) bool {
		s, c := Sinh(a, prec), Cosh(a, prec)
		return near(Sub(Sqr(c, prec), Sqr(s, prec), prec), FromInt64(1))
	}, genBall(), genPrec()))
	p.Property("exp(a) exp(b) = exp(a+b)", prop.ForAll(func(a, b Real, prec uint) bool {
		return near(Mul(Exp(a, prec), Exp(b, prec), prec), Exp(Add(a, b, prec), prec))
	}, genBall(), genBall(), genPrec()))
	p.Property("sin(a+b) = sin a cos b + cos a sin b", prop.ForAll(func(a, b Real, prec uint) bool {
		s, c := SinCos(a, prec)
		u, v := SinCos(b, prec)
		return near(Sin(Add(a, b, prec), prec), Add(Mul(s, v, prec), Mul(c, u, prec), prec))
	}, genBall(), genBall(), genPrec()))
	p.Property("log(exp a) contains a, exp(log a) contains a", prop.ForAll(func(a Real, prec uint) bool {
		if e := Exp(a, prec); !e.IsUnbounded() {
			if l, ok := Log(e, prec); ok && !near(l, a) {
				return false
			}
		}
		if l, ok := Log(a, prec); ok {
			return near(Exp(l, prec), a)
		}
		s, certain := a.Sign()
		return !certain || s <= 0
	}, genBall(), genPrec()))
	p.Property("tan(atan a) contains a; asin + acos is π/2", prop.ForAll(func(a Real, prec uint) bool {
		if x, ok := Tan(Atan(a, prec), prec); ok && !near(x, a) {
			return false
		}
		s, ok := Asin(a, prec)
		if !ok {
			return true
		}
		c, ok := Acos(a, prec)
		return ok && near(Add(s, c, prec), Scale2(Pi(prec), -1)) && near(Sin(s, prec), a)
	}, genBall(), genPrec()))
	p.Property("Γ(x+1) = x Γ(x)", prop.ForAll(func(a Real) bool {
		g, ok := Gamma(a, 100)
		h, ok2 := Gamma(Add(a, FromInt64(1), 100), 100)
		return !ok || !ok2 || near(Mul(a, g, 100), h)
	}, genBall()))
	p.Property("every function refines with the precision", prop.ForAll(func(a Real, prec uint) bool {
		for _, f := range realFuncs {
			x, ok := f(a, prec)
			y, ok2 := f(a, 2*prec)
			if ok && ok2 && !near(x, y) {
				return false
			}
		}
		return true
	}, genBall(), genPrec()))
	p.Property("comparisons are sound", prop.ForAll(func(a, b Real) bool {
		c, certain := a.Cmp(b)
		d := cmpExact(a.mid(), b.mid())
		a0, a1 := a.bounds()
		b0, b1 := b.bounds()
		if certain && (c != d || cmpExact(a0, b1) <= 0 && cmpExact(b0, a1) <= 0 && !(a.IsExact() && b.IsExact())) {
			return false
		}
		if !a.Overlaps(b) && near(a, b) {
			return false
		}
		z := a.Abs()
		return contains(z, a.mid().Abs()) && !(z.minAbs().cmp(a.minAbs()) > 0 && !a.ContainsZero())
	}, genBall(), genBall()))
	p.Property("the bounds of |x| hold", prop.ForAll(func(a Real) bool {
		a0, a1 := a.bounds()
		hi := Exact2(1, max(a.MaxAbsLog2(), -1<<20))
		ok := a.IsZero() || cmpExact(a1.Abs(), hi) < 0 && cmpExact(a0.Abs(), hi) < 0
		if e, nonzero := a.MinAbsLog2(); nonzero {
			lo := Exact2(1, e)
			ok = ok && cmpExact(a1.Abs(), lo) >= 0 && cmpExact(a0.Abs(), lo) >= 0 && !a.ContainsZero()
		}
		return ok
	}, genBall()))
	p.Property("floor", prop.ForAll(func(a Real) bool {
		f, certain := Floor(a)
		if f == nil {
			return a.MaxAbsLog2() > MaxPrec
		}
		if !certain {
			return true
		}
		a0, a1 := a.bounds()
		lo := Real{man: *f}
		return cmpExact(lo, a0) <= 0 && cmpExact(a1, addExact(lo, FromInt64(1))) < 0
	}, genBall()))
	p.TestingRun(t)
}

func TestComplexLaws(t *testing.T) {
	p := laws(t)
	p.Property("ring and field", prop.ForAll(func(a, b, c Complex, prec uint) bool {
		l := a.Mul(b.Add(c, prec), prec)
		if !cnear(l, a.Mul(b, prec).Add(a.Mul(c, prec), prec)) {
			return false
		}
		q, ok := a.Div(b, prec)
		return !ok || cnear(q.Mul(b, prec), a)
	}, genComplex(), genComplex(), genComplex(), genPrec()))
	p.Property("the square of the root contains the number", prop.ForAll(func(a Complex, prec uint) bool {
		r, ok := a.Sqrt(prec)
		return !ok || cnear(r.Mul(r, prec), a)
	}, genComplex(), genPrec()))
	p.Property("exp(log z) contains z", prop.ForAll(func(a Complex, prec uint) bool {
		l, ok := a.Log(prec)
		return !ok || cnear(l.Exp(prec), a)
	}, genComplex(), genPrec()))
	p.Property("inverse functions", prop.ForAll(func(a Complex, prec uint) bool {
		if z, ok := a.Asin(prec); ok && !cnear(z.Sin(prec), a) {
			return false
		}
		if z, ok := a.Acos(prec); ok && !cnear(z.Cos(prec), a) {
			return false
		}
		if z, ok := a.Asinh(prec); ok && !cnear(z.Sinh(prec), a) {
			return false
		}
		if z, ok := a.Acosh(prec); ok && !cnear(z.Cosh(prec), a) {
			return false
		}
		if z, ok := a.Atan(prec); ok {
			if y, ok := z.Tan(prec); ok && !cnear(y, a) {
				return false
			}
		}
		if z, ok := a.Atanh(prec); ok {
			if y, ok := z.Tanh(prec); ok && !cnear(y, a) {
				return false
			}
		}
		return true
	}, genComplex(), genPrec()))
	p.Property("powers", prop.ForAll(func(a Complex, n int64, prec uint) bool {
		x, ok := a.PowInt(n, prec)
		if !ok {
			return n < 0 && (a.IsZero() || !a.IsExact())
		}
		y, ok := a.PowInt(n+1, prec)
		if ok && !cnear(x.Mul(a, prec), y) {
			return false
		}
		z, ok := a.Pow(Complex{Re: FromInt64(n)}, prec)
		if ok && !cnear(z, x) {
			return false
		}
		h, ok := a.Pow(Complex{Re: Exact2(1, -1)}, prec)
		return !ok || cnear(h.Mul(h, prec), a)
	}, genComplex(), gen.Int64Range(-40, 40), genPrec()))
	p.Property("the cube of the principal root contains the number", prop.ForAll(func(a Complex, prec uint) bool {
		r, ok := a.Root(3, prec)
		if !ok {
			return true
		}
		return cnear(r.Mul(r, prec).Mul(r, prec), a)
	}, genComplex(), genPrec()))
	p.Property("the reals stay real", prop.ForAll(func(a, b Real, prec uint) bool {
		x, y := FromReal(a), FromReal(b)
		ok := x.Add(y, prec).IsReal() && x.Mul(y, prec).IsReal() && x.Exp(prec).IsReal() && x.Sin(prec).IsReal() && x.Cos(prec).IsReal() && x.Neg().IsReal()
		if q, done := x.Div(y, prec); done {
			ok = ok && q.IsReal()
		}
		if q, done := x.Tan(prec); done {
			ok = ok && q.IsReal()
		}
		for _, z := range []Complex{x.Sinh(prec), x.Cosh(prec)} {
			ok = ok && z.IsReal()
		}
		z, _ := x.Tanh(prec)
		w, _ := x.Atan(prec)
		return ok && z.IsReal() && w.IsReal()
	}, genBall(), genBall(), genPrec()))
	p.TestingRun(t)
}

// TestTreesContainTheRational evaluates random expressions over +, -, * and /
// both exactly and in balls.
func TestTreesContainTheRational(t *testing.T) {
	rng := rand.New(rand.NewPCG(lawSeed, 1))
	trees := 0
	for range 3000 {
		prec := uint(24 + rng.IntN(200))
		if exact, got, ok := tree(rng, 6, prec); ok {
			trees++
			if !got.ContainsRat(exact) {
				t.Fatalf("%v does not contain %s", describe([]Real{got}), exact)
			}
			if got.Overlaps(Add(FromRat(exact, 2000), FromInt64(1), 2000)) && got.RadExp() < -8 {
				t.Fatal("overlaps a number 1 away")
			}
		}
	}
	if trees < 1500 {
		t.Errorf("only %d trees", trees)
	}
}

func tree(rng *rand.Rand, depth int, prec uint) (*big.Rat, Real, bool) {
	if depth == 0 || rng.IntN(6) == 0 {
		r := big.NewRat(rng.Int64N(2000)-1000, rng.Int64N(1000)+1)
		return r, FromRat(r, prec), true
	}
	x, a, ok1 := tree(rng, depth-1, prec)
	y, b, ok2 := tree(rng, depth-1, prec)
	if !ok1 || !ok2 {
		return nil, Real{}, false
	}
	z := new(big.Rat)
	switch rng.IntN(4) {
	case 0:
		return z.Add(x, y), Add(a, b, prec), true
	case 1:
		return z.Sub(x, y), Sub(a, b, prec), true
	case 2:
		return z.Mul(x, y), Mul(a, b, prec), true
	}
	q, ok := Div(a, b, prec)
	if !ok {
		return nil, Real{}, false
	}
	return z.Quo(x, y), q, true
}

// TestMagLaws holds the radius arithmetic to exact fractions.
func TestMagLaws(t *testing.T) {
	rng := rand.New(rand.NewPCG(lawSeed, 2))
	rat := func(m mag) *big.Rat { r := m.real(); return r.rat() }
	for range 20000 {
		m := func() mag { return magUp(rng.Uint64()>>rng.IntN(64), rng.IntN(80)-40) }
		a, b := m(), m()
		x, y := rat(a), rat(b)
		z := new(big.Rat)
		if rat(a.add(b)).Cmp(z.Add(x, y)) < 0 {
			t.Fatal("add", a, b)
		}
		if rat(a.mul(b)).Cmp(z.Mul(x, y)) < 0 {
			t.Fatal("mul", a, b)
		}
		if !b.isZero() && rat(a.quo(b)).Cmp(z.Quo(x, y)) < 0 {
			t.Fatal("quo", a, b)
		}
		if z.Sub(x, y); z.Sign() >= 0 && rat(a.subDown(b)).Cmp(z) > 0 || z.Sign() < 0 && !a.subDown(b).isZero() {
			t.Fatal("subDown", a, b)
		}
		if s := rat(a.sqrtUp()); z.Mul(s, s).Cmp(x) < 0 {
			t.Fatal("sqrtUp", a)
		}
		if s := rat(a.sqrtDown()); z.Mul(s, s).Cmp(x) > 0 {
			t.Fatal("sqrtDown", a)
		}
		if a.cmp(b) != x.Cmp(y) {
			t.Fatal("cmp", a, b)
		}
	}
}
