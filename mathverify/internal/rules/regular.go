package rules

import (
	"math/big"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// regular reports an integrand that is certainly continuous between the limits:
// every denominator, logarithm, root and tangent in it is that of a function
// known not to vanish there.
func regular(f *tree.Node, x string, from, to *tree.Node, b *budget.Budget) bool {
	return !tree.Any(f, func(n *tree.Node) bool {
		var u *tree.Node
		switch n.Op {
		case tree.Number, tree.Symbol, tree.Const, tree.Add, tree.Neg, tree.Mul, tree.Percent:
			return false
		case tree.Div:
			u = n.Args[1]
		case tree.Pow:
			e := n.Args[1]
			if number(e) && e.IsInteger() && e.Rat().Sign() >= 0 {
				return false
			}
			if !depends(n.Args[0], x) {
				return n.Args[0] != tree.E && (!number(n.Args[0]) || n.Args[0].Rat().Sign() <= 0)
			}
			if number(e) && e.Rat().Sign() > 0 {
				return !nonNegative(n.Args[0], x, from, to, b)
			}
			u = n.Args[0]
		case tree.Root:
			return depends(n.Args[0], x) && !nonNegative(n.Args[0], x, from, to, b)
		case tree.Func:
			switch n.Name {
			case "sin", "cos", "sinh", "cosh", "tanh", "arctan", "exp", "arsinh":
				return false
			case "ln":
				u = n.Args[0]
			case "tan", "sec", "cot", "csc":
				return depends(n.Args[0], x) && !quarterTurn(n, x, from, to, b)
			default:
				return depends(n, x)
			}
		default:
			return true
		}
		if !depends(u, x) {
			return false
		}
		return !nonZero(u, x, from, to, b)
	})
}

// nonZero reports a function with no zero inside the limits: an exponential, a
// polynomial whose rational roots all lie outside, or a positive quadratic. A
// zero at a limit is left to the limit of the antiderivative.
func nonZero(u *tree.Node, x string, from, to *tree.Node, b *budget.Budget) bool {
	switch u.Op {
	case tree.Pow:
		if !depends(u.Args[0], x) {
			return true
		}
		return nonZero(u.Args[0], x, from, to, b)
	case tree.Root:
		return nonZero(u.Args[0], x, from, to, b)
	case tree.Func:
		if u.Name == "exp" || u.Name == "cosh" {
			return true
		}
		if (u.Name == "cos" || u.Name == "sin") && len(u.Args) == 1 {
			name := map[string]string{"cos": "tan", "sin": "cot"}[u.Name]
			return quarterTurn(tree.Fn(name, u.Args[0]), x, from, to, b)
		}
		return false
	case tree.Mul:
		for _, a := range u.Args {
			if depends(a, x) && !nonZero(a, x, from, to, b) {
				return false
			}
		}
		return true
	}
	p, ok := polynomial(u, x, b)
	if !ok || !rationals(p) {
		return false
	}
	if len(p) == 3 {
		disc := new(big.Rat).Mul(p[1].Rat(), p[1].Rat())
		disc.Sub(disc, new(big.Rat).Mul(big.NewRat(4, 1), new(big.Rat).Mul(p[0].Rat(), p[2].Rat())))
		if disc.Sign() < 0 {
			return true
		}
	}
	if positiveCoefficients(p) && isNonNegative(from) {
		return true
	}
	roots, ok := rationalRoots(p, b)
	if !ok || len(roots) != len(p)-1 {
		return false
	}
	for _, r := range roots {
		if !outside(r, from, to, b) {
			return false
		}
	}
	return true
}

// positiveCoefficients reports a polynomial that is positive for positive x.
func positiveCoefficients(p []*tree.Node) bool {
	for _, c := range p {
		if c.Rat().Sign() < 0 {
			return false
		}
	}
	return true
}

func isNonNegative(n *tree.Node) bool { return number(n) && n.Rat().Sign() >= 0 }

// outside reports that r does not lie strictly between the limits.
func outside(r *big.Rat, from, to *tree.Node, b *budget.Budget) bool {
	lo, hi, ok := span(from, to, b)
	if !ok {
		return false
	}
	return lo != nil && r.Cmp(lo) <= 0 || hi != nil && r.Cmp(hi) >= 0
}

// bound returns a rational at or below a limit, or at or above it when up is
// set; nil for an infinite one.
func bound(n *tree.Node, up bool, b *budget.Budget) (*big.Rat, bool) {
	switch {
	case infinite(n):
		return nil, true
	case n == tree.E && up:
		return big.NewRat(3, 1), true
	case n == tree.E:
		return big.NewRat(27, 10), true
	}
	if q, ok := piMultiple(n); ok {
		pi := big.NewRat(3, 1)
		if up == (q.Sign() >= 0) {
			pi = big.NewRat(22, 7)
		}
		return pi.Mul(q, pi), true
	}
	return rational(n, b)
}

// span returns rationals that enclose the limits, in order; nil is unbounded.
func span(from, to *tree.Node, b *budget.Budget) (lo, hi *big.Rat, ok bool) {
	x, ok1 := bound(from, false, b)
	y, ok2 := bound(to, true, b)
	if !ok1 || !ok2 {
		return nil, nil, false
	}
	if x != nil && y != nil && x.Cmp(y) > 0 {
		x, _ = bound(from, true, b)
		y, _ = bound(to, false, b)
		return y, x, true
	}
	// Reversed infinite limits do not occur in answers.
	return x, y, (x != nil || from.Op == tree.Neg) && (y != nil || to.Op == tree.Const)
}

// nonNegative reports a polynomial that does not change sign between the limits
// and is not negative there, as far as that is easily seen.
func nonNegative(u *tree.Node, x string, from, to *tree.Node, b *budget.Budget) bool {
	p, ok := polynomial(u, x, b)
	if !ok || !rationals(p) {
		return false
	}
	lo, hi, ok := span(from, to, b)
	if !ok || lo == nil || hi == nil {
		return positiveCoefficients(p) && isNonNegative(from)
	}
	// Not negative at a point between, and no root strictly inside.
	mid := new(big.Rat).Add(lo, hi)
	mid.Quo(mid, big.NewRat(2, 1))
	v := evalPoly(p, tree.Rat(mid))
	return number(v) && v.Rat().Sign() > 0 && nonZero(unpoly(p, x), x, from, to, b)
}

// quarterTurn reports that a tangent, secant, cotangent or cosecant has its
// argument within one branch: between multiples of π that do not enclose a pole.
func quarterTurn(n *tree.Node, x string, from, to *tree.Node, b *budget.Budget) bool {
	u := n.Args[0]
	lo, ok1 := piMultiple(fold(tree.Replace(u, x, from)))
	hi, ok2 := piMultiple(fold(tree.Replace(u, x, to)))
	if _, _, ok := linear(u, x, b); !ok || !ok1 || !ok2 {
		return false
	}
	if lo.Cmp(hi) > 0 {
		lo, hi = hi, lo
	}
	shift := new(big.Rat)
	if n.Name == "tan" || n.Name == "sec" {
		shift.SetFrac64(1, 2)
	}
	// Poles lie at shift + k: none may be in [lo, hi].
	k := floorRat(new(big.Rat).Sub(hi, shift))
	pole := new(big.Rat).Add(shift, new(big.Rat).SetInt(k))
	return pole.Cmp(lo) < 0
}
