package scalar

import (
	"math/big"
	"strconv"

	"github.com/golongrl/golongrl/mathverify/internal/approx"
	"github.com/golongrl/golongrl/mathverify/internal/ball"
	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// tolerance returns the decimal that a float64 is written as: 0.01 is 1/100.
func tolerance(tol float64) *big.Rat {
	r, ok := new(big.Rat).SetString(strconv.FormatFloat(tol, 'g', -1, 64))
	if !ok {
		panic("scalar: RelTol is not finite")
	}
	return r
}

// withinRational compares exact numbers with a relative tolerance:
//
//	|x - y| ≤ tol·max(|x|, |y|)
func withinRational(x, y approx.Q, tol float64) (tri.Verdict, string) {
	p, q := x.Rat(), y.Rat()
	d := new(big.Rat).Sub(p, q)
	d.Abs(d)
	m := new(big.Rat).Abs(p)
	if n := new(big.Rat).Abs(q); n.Cmp(m) > 0 {
		m = n
	}
	return verdict(d.Cmp(m.Mul(m, tolerance(tol))) <= 0), RuleTolerance
}

// within is the same for constants that are not rational.
func within(a, b *tree.Node, tol float64, bud *budget.Budget) (tri.Verdict, string) {
	t := tolerance(tol)
	for _, prec := range []uint{64, 256, 1024} {
		x, err := approx.Eval(a, nil, prec, bud)
		if err != nil && err != approx.ErrUncertain {
			return tri.Undecided, RuleOpaque
		}
		y, err2 := approx.Eval(b, nil, prec, bud)
		if err2 != nil && err2 != approx.ErrUncertain {
			return tri.Undecided, RuleOpaque
		}
		if err != nil || err2 != nil {
			continue
		}
		d := x.Sub(y, prec).Abs(prec)
		m := x.Abs(prec)
		switch c, ok := y.Abs(prec).Cmp(m); {
		case !ok:
			m = ball.Hull(m, y.Abs(prec), prec)
		case c > 0:
			m = y.Abs(prec)
		}
		if c, ok := d.Cmp(ball.Mul(m, ball.FromRat(t, prec), prec)); ok {
			return verdict(c <= 0), RuleTolerance
		}
	}
	return tri.Undecided, RuleTolerance
}
