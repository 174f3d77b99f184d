package mvsym

import (
	"math/big"

	"github.com/golongrl/golongrl/mathverify/internal/approx"
	"github.com/golongrl/golongrl/mathverify/internal/ball"
	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/canon"
	"github.com/golongrl/golongrl/mathverify/internal/rules"
	"github.com/golongrl/golongrl/mathverify/internal/scalar"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// scalarOptions are those of the reference: \log has base 10 there by its
// parser, so that no log without a base gets this far.
var scalarOptions = scalar.Options{LogBase: scalar.Ten}

// constant reports a value without free symbols.
func constant(v *Value) bool {
	switch v.Class {
	case Call, Opaque:
		return false
	case Symbol, Sum, Product, Limit, Integral, Derivative:
		return len(freeSymbols(nil, v)) == 0 && !hasCall(v)
	}
	return all(v.Args, constant)
}

func hasCall(v *Value) bool {
	return v.Class == Call || v.Class == Opaque || !all(v.Args, func(a *Value) bool { return !hasCall(a) })
}

func hasFloat(v *Value) bool {
	if v.Class == Float {
		return true
	}
	for _, a := range v.Args {
		if hasFloat(a) {
			return true
		}
	}
	return false
}

// hasInfinity reports an infinity that is not a bound or target.
func hasInfinity(v *Value) bool {
	switch v.Class {
	case Infinity, NegInf, ComplexInf, NaN:
		return true
	case Sum, Product, Integral, Limit:
		return hasInfinity(v.Args[0])
	}
	for _, a := range v.Args {
		if hasInfinity(a) {
			return true
		}
	}
	return false
}

// exactly returns the rational value of a constant without floats.
func exactly(v *Value, b *budget.Budget) (*big.Rat, bool) {
	if v.isRational() {
		return v.Rat, true
	}
	if !constant(v) || hasFloat(v) || hasInfinity(v) {
		return nil, false
	}
	t, ok := reduced(v, b)
	if !ok {
		return nil, false
	}
	return canon.Rational(t, b)
}

// reduced is a tree without sums, integrals and the like, where they can be
// computed.
func reduced(v *Value, b *budget.Budget) (*tree.Node, bool) {
	t, ok := toTree(v, b)
	if !ok {
		return nil, false
	}
	if tree.Any(t, func(n *tree.Node) bool { return tree.Sum <= n.Op && n.Op <= tree.Derivative }) {
		t = rules.Reduce(t, b)
	}
	return t, true
}

// doit evaluates as far as the class of the result matters: to a number, a
// single symbol, an infinity, or else the value as it was.
func doit(v *Value, b *budget.Budget) *Value {
	switch v.Class {
	case Add, Mul, Pow, Func, Factorial, Held, Sum, Product, Integral, Limit, Derivative:
	default:
		return v
	}
	if hasInfinity(v) {
		return infinite(v, b)
	}
	w := canonical(v, b)
	if constant(w) {
		if r, ok := exactly(w, b); ok {
			return rat(r)
		}
	}
	return w
}

// infinite evaluates sums and products with an infinity.
func infinite(v *Value, b *budget.Budget) *Value {
	sign := 0
	switch v.Class {
	case Add:
		for _, a := range v.Args {
			a = doit(a, b)
			s := infinitySign(a)
			if s != 0 && sign != 0 && s != sign || a.Class == NaN {
				return mk(NaN)
			}
			if s != 0 {
				sign = s
			} else if !constant(a) {
				return v
			}
		}
	case Mul:
		sign = 1
		for _, a := range v.Args {
			a = doit(a, b)
			s := infinitySign(a)
			if s == 0 {
				r, ok := exactly(a, b)
				if !ok || r.Sign() == 0 {
					return v
				}
				s = r.Sign()
			}
			sign *= s
		}
	case Pow:
		if isMinusOne(v.Args[1]) && infinitySign(doit(v.Args[0], b)) != 0 {
			return num(0)
		}
	}
	switch sign {
	case 1:
		return mk(Infinity)
	case -1:
		return mk(NegInf)
	}
	return v
}

func infinitySign(v *Value) int {
	switch v.Class {
	case Infinity:
		return 1
	case NegInf:
		return -1
	}
	return 0
}

// Bits to which constants are computed, at first and at most.
const (
	startBits = 128
	lastBits  = 1024
)

// enclose computes a constant so that its radius is below 2^limit.
func enclose(t *tree.Node, limit int, b *budget.Budget) (ball.Complex, bool) {
	for prec := uint(startBits); prec <= lastBits; prec *= 2 {
		z, err := approx.Eval(t, nil, prec, b)
		if err != nil && err != approx.ErrUncertain {
			return z, false
		}
		if err == nil && z.RadExp() < limit {
			return z, true
		}
	}
	return ball.Complex{}, false
}

// decimalValue is a real constant to more digits than rounding looks at.
func decimalValue(v *Value, b *budget.Budget) (*big.Rat, bool) {
	if v.Rat != nil {
		return v.Rat, true
	}
	if r, ok := exactly(v, b); ok {
		return r, true
	}
	if !constant(v) || hasInfinity(v) {
		return nil, false
	}
	t, ok := reduced(v, b)
	if !ok {
		return nil, false
	}
	z, ok := enclose(t, -90, b)
	if !ok || !z.IsReal() {
		return nil, false
	}
	r, _ := z.Re.Mid().Rat(nil)
	return r, r != nil
}

// chopBits is the size below which the reference takes a difference for zero:
// fifteen digits are 53 bits, evalf takes four more, and its chop leaves off as
// many and the leading one.
const chopBits = -54

// chopped reports whether two constants differ by nothing that the reference
// sees.
func chopped(x, y *tree.Node, b *budget.Budget) bool {
	d := tree.New(tree.Add, x, tree.New(tree.Neg, y))
	z, ok := enclose(d, chopBits-10, b)
	return ok && z.MaxAbsLog2() <= chopBits
}

// identical reports equality proven exactly.
func identical(x, y *Value, b *budget.Budget) bool {
	if same(canonical(x, b), canonical(y, b)) {
		return true
	}
	s, ok := toTree(x, b)
	if !ok {
		return false
	}
	t, ok := toTree(y, b)
	if !ok {
		return false
	}
	v, _ := scalar.Equal(s, t, scalarOptions, b)
	return v == tri.Equal
}

// order compares two real constants, as <= of sympy would; false where it could
// not decide.
func order(x, y *Value, b *budget.Budget) (int, bool) {
	if x.isRational() && y.isRational() {
		return x.Rat.Cmp(y.Rat), true
	}
	if s, t := infinitySign(x), infinitySign(y); s != 0 || t != 0 {
		if s == 0 && !constant(x) || t == 0 && !constant(y) {
			return 0, false
		}
		return s - t, true
	}
	if !constant(x) || !constant(y) {
		return 0, false
	}
	s, ok := toTree(x, b)
	if !ok {
		return 0, false
	}
	t, ok := toTree(y, b)
	if !ok {
		return 0, false
	}
	return scalar.Order(s, t, scalarOptions, b)
}
