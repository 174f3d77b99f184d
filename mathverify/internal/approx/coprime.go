package approx

import (
	"math/big"
	"math/bits"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
)

// coprimeBase returns pairwise coprime integers above 1 of which every x is, up
// to sign, a product of powers. No number is factored into primes.
func coprimeBase(xs []*big.Int, b *budget.Budget) []*big.Int {
	var base []*big.Int
	one := big.NewInt(1)
	todo := make([]*big.Int, 0, len(xs))
	for _, x := range xs {
		todo = append(todo, new(big.Int).Abs(x))
	}
	for len(todo) > 0 {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for i := 0; i < len(base) && x.Cmp(one) > 0; i++ {
			w := int64(x.BitLen()>>6 + base[i].BitLen()>>6)
			b.Use(10 + w*w/16)
			g := new(big.Int).GCD(nil, nil, x, base[i])
			if g.Cmp(one) == 0 {
				continue
			}
			if base[i].Cmp(g) == 0 {
				// base[i] divides x.
				x = new(big.Int).Quo(x, g)
				i--
				continue
			}
			// Split base[i] into g and its rest, and start again with all parts.
			todo = append(todo, new(big.Int).Quo(base[i], g), g)
			base[i] = base[len(base)-1]
			base = base[:len(base)-1]
			i--
		}
		if x.Cmp(one) > 0 {
			base = append(base, x)
		}
	}
	return base
}

// exponent returns the greatest k with p^k dividing x, and the cofactor.
func exponent(x, p *big.Int, b *budget.Budget) (int64, *big.Int) {
	var q, r big.Int
	k := int64(0)
	for {
		w := int64(x.BitLen() >> 6)
		b.Use(5 + w)
		if q.QuoRem(x, p, &r); r.Sign() != 0 {
			return k, x
		}
		x = new(big.Int).Set(&q)
		k++
	}
}

// squareRank returns how many of the square roots of positive integers are
// independent: the rank of their exponents in a coprime base modulo 2. It may be
// too large by those members of the base that are not square-free.
func squareRank(xs []*big.Int, b *budget.Budget) int {
	base := coprimeBase(xs, b)
	keep := base[:0]
	for _, p := range base {
		b.Use(20)
		if r := new(big.Int).Sqrt(p); r.Mul(r, r).Cmp(p) != 0 {
			keep = append(keep, p)
		}
	}
	base = keep
	if len(base) > 64 {
		return len(xs)
	}
	rank := 0
	var rows []uint64
	for _, x := range xs {
		row := uint64(0)
		for i, p := range base {
			var k int64
			if k, x = exponent(x, p, b); k%2 == 1 {
				row |= 1 << i
			}
		}
		for _, r := range rows {
			if row>>(63-bits.LeadingZeros64(r))&1 == 1 {
				row ^= r
			}
		}
		if row != 0 {
			rows = append(rows, row)
			rank++
		}
	}
	return rank
}
