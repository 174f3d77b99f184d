// Package canon proves that expressions are equal, exactly.
//
// An expression is read as a rational function over Q in generators: symbols,
// radicals, i or a root of unity, π, exponentials, logarithms, absolute
// values, factorials, and whatever is not understood as a generator of its
// own. The relations between generators, such as g² = 2 or |x|² = x², are
// applied until every monomial has one spelling:
//
//	sin x = (E - 1/E)/2i with E = exp(ix)
//	√12   = 2·3^(1/2)
//	ln 12 = 2·ln 2 + ln 3
//	cos π/7 = (ζ² + ζ⁻²)/2 with ζ = exp(2πi/28)
//
// That an expression becomes 0 is then a proof that it is 0 wherever it is
// defined. That it does not become 0 is a proof only where the generators are
// known to be independent.
package canon

import (
	"math/big"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// A Result is the outcome of a zero test.
type Result uint8

const (
	Unknown Result = iota // neither is proven
	Zero                  // proven to be 0 wherever it is defined
	NonZero               // proven not to be 0 everywhere
)

// String returns "unknown", "zero" or "nonzero".
func (r Result) String() string { return [...]string{"unknown", "zero", "nonzero"}[r] }

// A LogBase says how a logarithm without a base is read.
type LogBase uint8

const (
	LogNone LogBase = iota // as a function nothing is known about
	LogE                   // natural
	LogTen                 // decimal
)

// Options are the conventions of a question.
type Options struct {
	Log LogBase
}

// Equal proves x - y = 0, Zero, or that it is not, NonZero.
//
// Where a step of the proof holds for real values only, both sides must be
// defined for the same values of their variables as well.
func Equal(x, y *tree.Node, o Options, b *budget.Budget) Result {
	return compare(x, y, o, b)
}

func compare(x, y *tree.Node, o Options, b *budget.Budget) (r Result) {
	if r, ok := compareNumbers(x, y, b); ok {
		return r
	}
	// A quarter of the steps is left for what is too large to write out.
	b.Within(b.Left()/4*3, func() {
		attempt(o, b, integerSymbols(b, x, y), func(f *field) {
			u := f.build(x)
			domain := f.domain
			f.domain = 0
			v := f.build(y)
			differ := domain ^ f.domain
			f.domain |= domain
			d := f.subFrac(u, v)
			switch {
			case f.isZero(d):
				if differ&f.vars == 0 || !f.real {
					r = Zero
				}
			case f.independent(d):
				r = NonZero
			}
		})
	})
	if r == Unknown {
		return modular(x, y, b)
	}
	return r
}

// compareNumbers is Equal for expressions without variables and functions.
func compareNumbers(x, y *tree.Node, b *budget.Budget) (Result, bool) {
	u, ok := arithmetic(x, b, 0)
	if !ok {
		return Unknown, false
	}
	v, ok := arithmetic(y, b, 0)
	switch {
	case !ok:
		return Unknown, false
	case u.equal(v):
		return Zero, true
	}
	return NonZero, true
}

// Rational returns the value of n if it can be proven to be a rational number.
func Rational(n *tree.Node, b *budget.Budget) (x *big.Rat, ok bool) {
	if c, ok := arithmetic(n, b, 0); ok {
		return c.rat(), true
	}
	attempt(Options{}, b, nil, func(f *field) {
		z := f.cancel(f.build(n))
		if len(z.den) > 0 {
			return
		}
		if c, good := f.reduceUnity(z.num).rational(); good {
			x, ok = c.rat(), true
		}
	})
	return x, ok
}

// arithmetic computes n if it has only numbers, + - · / and integer powers.
func arithmetic(n *tree.Node, b *budget.Budget, depth int) (z num, ok bool) {
	b.Use(1)
	if depth > maxDepth {
		return z, false
	}
	switch n.Op {
	case tree.Number:
		return numberOf(n), true
	case tree.Neg, tree.Percent:
		z, ok = arithmetic(n.Args[0], b, depth+1)
		if n.Op == tree.Percent {
			return z.mul(num{n: 1, d: 100}), ok
		}
		return z.neg(), ok
	case tree.Add, tree.Mul:
		z, ok = arithmetic(n.Args[0], b, depth+1)
		for _, a := range n.Args[1:] {
			if !ok {
				return z, false
			}
			var y num
			if y, ok = arithmetic(a, b, depth+1); !ok {
				return z, false
			}
			if n.Op == tree.Add {
				z = z.add(y)
			} else {
				z = z.mul(y)
			}
			if z.r != nil {
				w := z.words()
				b.Use(int64(w))
				ok = w < maxBits/16
			}
		}
		return z, ok
	case tree.Div:
		z, ok = arithmetic(n.Args[0], b, depth+1)
		if !ok {
			return z, false
		}
		y, ok := arithmetic(n.Args[1], b, depth+1)
		if !ok || y.isZero() {
			return z, false
		}
		return z.mul(y.inv()), true
	case tree.Pow:
		k, whole := n.Args[1].Int64()
		if !whole {
			if e := n.Args[1]; e.Op == tree.Neg {
				k, whole = e.Args[0].Int64()
				k = -k
			}
		}
		if !whole {
			return z, false
		}
		if z, ok = arithmetic(n.Args[0], b, depth+1); !ok || k <= 0 && z.isZero() {
			return z, false
		}
		if k > maxBits || k < -maxBits || z.bits()*abs(int(k)) > maxBits {
			return z, false
		}
		b.Use(int64(1 + z.bits()*abs(int(k))/64))
		return z.pow(int(k)), true
	}
	return z, false
}

// integerSymbols collects the symbols that can only be integers: in factorials
// and in exponents of negative numbers.
func integerSymbols(b *budget.Budget, nodes ...*tree.Node) (out []string) {
	for _, n := range nodes {
		b.Use(1)
		switch n.Op {
		case tree.Factorial, tree.DoubleFactorial:
			out = appendFree(out, n.Args[0], b)
		case tree.Func:
			if n.Name == "binom" || n.Name == "perm" {
				out = appendFree(out, n, b)
			}
		case tree.Pow:
			base := n.Args[0]
			if base.Op == tree.Neg && base.Args[0].Op == tree.Number || base.Op == tree.Number && base.Rat().Sign() < 0 {
				out = appendFree(out, n.Args[1], b)
			}
		}
		if len(n.Args) > 0 && len(out) < 64 {
			out = append(out, integerSymbols(b, n.Args...)...)
		}
	}
	return out
}

func appendFree(out []string, n *tree.Node, b *budget.Budget) []string {
	size := tree.Size(n, maxTreeSize)
	b.Use(int64(size))
	if size >= maxTreeSize {
		return out
	}
	return append(out, tree.Free(n)...)
}
