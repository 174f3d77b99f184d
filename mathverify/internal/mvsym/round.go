package mvsym

import (
	"math/big"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
)

// rounded is the outcome of round(n) in sympy: integers stay integers, anything
// else becomes a float, and the two are never equal.
type rounded struct {
	value   *big.Rat
	integer bool
}

// round rounds a constant to so many decimal places; false where sympy raises.
func round(v *Value, places int, b *budget.Budget) (rounded, bool) {
	v = doit(v, b)
	if v.Class == Integer {
		return rounded{roundTo(v.Rat, places, false), true}, true
	}
	r, ok := decimalValue(v, b)
	if !ok {
		return rounded{}, false
	}
	if r.Sign() == 0 {
		return rounded{r, v.Class == Integer}, true
	}
	// The float's digits decide first, fifteen of them, then the place.
	size := magnitude(r)
	digits := 15
	if !hasFloat(v) {
		digits = max(15, size+places)
	}
	return rounded{roundTo(roundTo(r, digits-size, true), places, true), false}, true
}

// magnitude is how many digits stand before the decimal point, negative for
// zeros behind it.
func magnitude(r *big.Rat) int {
	m := len(r.Num().Text(10)) - len(r.Denom().Text(10))
	if r.Sign() < 0 {
		m--
	}
	for abs := new(big.Rat).Abs(r); abs.Cmp(powerOfTen(m)) >= 0; {
		m++
	}
	return m
}

func powerOfTen(n int) *big.Rat {
	p := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(n, -n))), nil))
	if n < 0 {
		return p.Inv(p)
	}
	return p
}

// roundTo rounds to so many decimal places, ties to even.
func roundTo(r *big.Rat, places int, fraction bool) *big.Rat {
	if !fraction && places >= 0 {
		return r
	}
	scale := powerOfTen(places)
	x := new(big.Rat).Mul(r, scale)
	twice := new(big.Int).Lsh(x.Num(), 1)
	q, m := new(big.Int).DivMod(twice.Add(twice, x.Denom()), new(big.Int).Lsh(x.Denom(), 1), new(big.Int))
	if m.Sign() == 0 && q.Bit(0) == 1 {
		q.Sub(q, big.NewInt(1))
	}
	x.SetInt(q)
	return x.Quo(x, scale)
}
