package mvsym

import (
	"math/big"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
)

// unproven reports a constant of which sympy cannot show that it is rational:
// with trigonometric functions of three or more different multiples of π whose
// denominators have a prime factor above 5. It proves sums of two squares and
// the like, and everything for the denominators 9 and 18.
func unproven(v *Value, b *budget.Budget) bool {
	var seen []*big.Rat
	var walk func(w *Value)
	walk = func(w *Value) {
		if w.Class == Func && len(w.Args) == 1 {
			switch w.Name {
			case "sin", "cos", "tan", "cot", "sec", "csc":
				turns := mk(Mul, w.Args[0], mk(Pow, mk(Pi), num(-1)))
				if r, ok := exactly(turns, b); ok && hard(r.Denom()) {
					seen = addRat(seen, new(big.Rat).Abs(r))
				}
			}
		}
		for _, a := range w.Args {
			walk(a)
		}
	}
	walk(v)
	return len(seen) > 2
}

// hard reports a prime factor above 5.
func hard(n *big.Int) bool {
	m := new(big.Int).Set(n)
	for _, p := range []int64{2, 3, 5} {
		q, r := new(big.Int), new(big.Int)
		for {
			if q.QuoRem(m, big.NewInt(p), r); r.Sign() != 0 {
				break
			}
			m.Set(q)
		}
	}
	return m.Cmp(big.NewInt(1)) > 0
}

func addRat(all []*big.Rat, r *big.Rat) []*big.Rat {
	for _, a := range all {
		if a.Cmp(r) == 0 {
			return all
		}
	}
	return append(all, r)
}
