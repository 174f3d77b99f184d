package approx

import (
	"math"

	"github.com/golongrl/golongrl/mathverify/internal/ball"
	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// Apart reports a proof that the absolute values of two constants differ, by
// bounds of their logarithms. It is for numbers that are too big to evaluate,
// 9^(9^9) or (10^9)!; numbers nearer than a few parts in 2^40 of the logarithm
// are not told apart.
func Apart(a, b *tree.Node, bud *budget.Budget) bool {
	x, ok := sizeOf(a, bud)
	if !ok {
		return false
	}
	y, ok := sizeOf(b, bud)
	return ok && (x.hi < y.lo || y.hi < x.lo)
}

// A size bounds log2|x|; hi may be +Inf.
type size struct{ lo, hi float64 }

// span makes bounds of a value computed in a few float64 operations.
func span(x float64) size { return size{x, x}.widen() }

// widen makes room for the rounding of a few operations, which are good to 2^-46
// each.
func (s size) widen() size {
	return size{s.lo - math.Abs(s.lo)*0x1p-42 - 0x1p-42, s.hi + math.Abs(s.hi)*0x1p-42 + 0x1p-42}
}

func (s size) valid() bool { return !math.IsNaN(s.lo) && !math.IsNaN(s.hi) && !math.IsInf(s.lo, 0) }

func (s size) add(t size) size { return size{s.lo + t.lo, s.hi + t.hi}.widen() }

func (s size) neg() (size, bool) { return size{-s.hi, -s.lo}, !math.IsInf(s.hi, 0) }

func sizeOf(n *tree.Node, b *budget.Budget) (size, bool) {
	b.Use(10)
	if v, err := Eval(n, nil, 64, b); err == nil {
		if s, ok := sizeOfBall(v, b); ok {
			return s, true
		}
	}
	s, ok := size{}, false
	switch n.Op {
	case tree.Neg:
		return sizeOf(n.Args[0], b)
	case tree.Mul:
		for _, a := range n.Args {
			t, ok := sizeOf(a, b)
			if !ok {
				return s, false
			}
			s = s.add(t)
		}
		return s, s.valid()
	case tree.Div:
		if s, ok = sizeOf(n.Args[0], b); !ok {
			return s, false
		}
		t, ok := sizeOf(n.Args[1], b)
		if !ok {
			return s, false
		}
		if t, ok = t.neg(); !ok {
			return s, false
		}
		s = s.add(t)
		return s, s.valid()
	case tree.Add:
		return sizeOfSum(n, b)
	case tree.Pow:
		return sizeOfPow(n, b)
	case tree.Factorial:
		x, err := Rational(n.Args[0], b)
		if err != nil {
			return s, false
		}
		return logFactorial(x)
	case tree.Func:
		if n.Name == "binom" || n.Name == "perm" {
			return sizeOfBinomial(n, b)
		}
	}
	return s, false
}

// sizeOfBall takes the logarithm of an enclosure.
func sizeOfBall(v ball.Complex, b *budget.Budget) (size, bool) {
	if v.IsUnbounded() || v.ContainsZero() {
		return size{}, false
	}
	b.Use(int64(ball.Cost(64)))
	l, ok := ball.Log(v.Abs(64), 64)
	if !ok || l.RadExp() > -40 {
		return size{}, false
	}
	s := span(l.Float64() * math.Log2E)
	return size{s.lo - 0x1p-38, s.hi + 0x1p-38}, true
}

// sizeOfPow is for a base above 0 and a real exponent: y·log2 x.
func sizeOfPow(n *tree.Node, b *budget.Budget) (size, bool) {
	v, err := Eval(n.Args[0], nil, 64, b)
	if err != nil || !v.IsReal() {
		return size{}, false
	}
	if s, certain := v.Re.Sign(); !certain || s <= 0 {
		return size{}, false
	}
	x, ok := sizeOfBall(v, b)
	if !ok || x.lo <= 0 && x.hi >= 0 {
		return size{}, false
	}
	y, negative, ok := exponentOf(n.Args[1], b)
	if !ok {
		return size{}, false
	}
	if x.hi < 0 {
		x, _ = x.neg()
		negative = !negative
	}
	s := size{x.lo * y.lo, x.hi * y.hi}.widen()
	if negative {
		if s, ok = s.neg(); !ok {
			return size{}, false
		}
	}
	return s, s.valid()
}

// exponentOf bounds |y| for a real y and tells its sign.
func exponentOf(n *tree.Node, b *budget.Budget) (y size, negative, ok bool) {
	for n.Op == tree.Neg {
		n, negative = n.Args[0], !negative
	}
	if v, err := Eval(n, nil, 64, b); err == nil && v.IsReal() && v.Re.AccuracyBits() > 44 {
		if s, certain := v.Re.Sign(); certain && s != 0 {
			f := math.Abs(v.Re.Float64())
			return span(f), negative != (s < 0), !math.IsInf(f, 0)
		}
	}
	if !positive(n) {
		return size{}, false, false
	}
	s, ok := sizeOf(n, b)
	if !ok {
		return size{}, false, false
	}
	// A lower bound beyond float64 is brought back to its edge.
	y = size{math.Exp2(math.Min(s.lo, 1000)), math.Exp2(s.hi)}.widen()
	return y, negative, y.lo > 0
}

// positive reports products, sums and powers of positive numbers.
func positive(n *tree.Node) bool {
	switch n.Op {
	case tree.Number:
		return number(n).Sign() > 0
	case tree.Const:
		return n.Name == "pi" || n.Name == "e"
	case tree.Factorial:
		return true
	case tree.Add, tree.Mul, tree.Div, tree.Pow:
		for _, a := range n.Args {
			if !positive(a) {
				return false
			}
		}
		return true
	}
	return false
}

// sizeOfSum is for a sum in which one term exceeds all others together.
func sizeOfSum(n *tree.Node, b *budget.Budget) (size, bool) {
	var top size
	rest := math.Inf(-1) // an upper bound of the other terms
	for i, a := range n.Args {
		t, ok := sizeOf(a, b)
		if !ok {
			return size{}, false
		}
		if i > 0 && t.lo <= top.lo {
			rest = math.Max(rest, t.hi)
			continue
		}
		if i > 0 {
			rest = math.Max(rest, top.hi)
		}
		top = t
	}
	rest += math.Log2(float64(len(n.Args))) + 0x1p-40
	if !(rest < top.lo-1) {
		return size{}, false
	}
	// log2(1 ± 2^-d) is at most 2^(1-d) away from 0 for d >= 1.
	d := math.Exp2(1 - (top.lo - rest))
	s := size{top.lo - d, top.hi + d}.widen()
	return s, s.valid()
}

// logFactorial is Stirling's formula for n >= 10:
//
//	ln n! = n ln n - n + ln(2πn)/2 + θ/(12n),  0 < θ < 1
func logFactorial(x Q) (size, bool) {
	n, ok := x.Int64()
	if !ok || n < 10 || n > 1<<52 {
		return size{}, false
	}
	f := float64(n)
	s := span(f * math.Log(f) * math.Log2E).add(span(-f * math.Log2E)).add(span(math.Log2(2*math.Pi*f) / 2))
	return size{s.lo, s.hi + 1/(8*f)}, true
}

// sizeOfBinomial is n!/(k!·(n-k)!), or n!/(n-k)!.
func sizeOfBinomial(n *tree.Node, b *budget.Budget) (size, bool) {
	x, err := Rational(n.Args[0], b)
	if err != nil {
		return size{}, false
	}
	k, err := Rational(n.Args[1], b)
	if err != nil {
		return size{}, false
	}
	d, err := x.add(k.neg(), b)
	if err != nil {
		return size{}, false
	}
	s, ok1 := logFactorial(x)
	t, ok2 := logFactorial(d)
	if !ok1 || !ok2 {
		return size{}, false
	}
	t, _ = t.neg()
	s = s.add(t)
	if n.Name == "binom" {
		u, ok := logFactorial(k)
		if !ok {
			return size{}, false
		}
		u, _ = u.neg()
		s = s.add(u)
	}
	return s, true
}
