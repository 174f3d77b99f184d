package decide

import (
	"math/big"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// A root is a zero of a polynomial and how often it occurs.
type root struct {
	at    *tree.Node
	times int
	real  bool
}

// roots returns all complex roots of a polynomial of degree one or more whose
// leading coefficient is not zero. ok is false when they cannot be written
// down: beyond degree two that needs rational coefficients and rational roots,
// or a polynomial in a power of x.
func (c *comparer) roots(p poly) (all []root, ok bool) {
	n := 0 // roots at zero
	for len(p) > 1 {
		zero, known := c.zero(p[0])
		if !known {
			return nil, false
		}
		if !zero {
			break
		}
		p, n = p[1:], n+1
	}
	if n > 0 {
		all = append(all, root{tree.Int(0), n, true})
	}
	if len(p) > 3 && numbers(p) {
		found, rest, ok := c.rationalRoots(p)
		if !ok {
			return nil, false
		}
		all, p = append(all, found...), rest
	}
	switch {
	case len(p) <= 1:
		return all, true
	case len(p) == 2:
		return append(all, root{over(negate(p[0]), p[1]), 1, true}), true
	case len(p) == 3:
		two, ok := c.quadratic(p)
		return append(all, two...), ok
	}
	more, ok := c.powerRoots(p)
	return append(all, more...), ok
}

// quadratic solves p[2] x² + p[1] x + p[0] = 0 by
//
//	x = (-b ± √(b² - 4ac)) / 2a
func (c *comparer) quadratic(p poly) ([]root, bool) {
	b := p[1]
	d := minus(times(b, b), times(tree.Int(4), times(p[2], p[0])))
	sign, known := c.order(d, tree.Int(0))
	if !known {
		return nil, false
	}
	twoA := times(tree.Int(2), p[2])
	if sign == 0 {
		return []root{{over(negate(b), twoA), 2, true}}, true
	}
	r := sqrt(d)
	if sign < 0 {
		r = times(tree.I, sqrt(negate(d)))
	}
	return []root{
		{over(minus(negate(b), r), twoA), 1, sign > 0},
		{over(plus(negate(b), r), twoA), 1, sign > 0},
	}, true
}

// sqrt returns the square root of a positive constant, rational if it can be.
func sqrt(n *tree.Node) *tree.Node {
	if n.Op == tree.Number && small(n) && n.Rat().Sign() > 0 {
		num, den := n.Rat().Num(), n.Rat().Denom()
		s, t := new(big.Int).Sqrt(num), new(big.Int).Sqrt(den)
		if new(big.Int).Mul(s, s).Cmp(num) == 0 && new(big.Int).Mul(t, t).Cmp(den) == 0 {
			return tree.Rat(newRat().SetFrac(s, t))
		}
	}
	return tree.New(tree.Root, n, tree.Int(2))
}

// powerRoots solves a polynomial in x^k of degree one, or of degree two with
// k = 2, over the reals; it fails when there are others.
func (c *comparer) powerRoots(p poly) ([]root, bool) {
	n := len(p) - 1
	inner := true
	for i := 1; i < n; i++ {
		if !p[i].IsInt(0) && !(n == 4 && i == 2) {
			inner = false
		}
	}
	if !inner {
		return nil, false
	}
	if n == 4 {
		squares, ok := c.quadratic(poly{p[0], p[2], p[4]})
		if !ok {
			return nil, false
		}
		var out []root
		for _, s := range squares {
			sign, known := c.order(s.at, tree.Int(0))
			if !s.real || !known {
				return nil, false
			}
			r := times(tree.I, sqrt(negate(s.at)))
			if sign > 0 {
				r = sqrt(s.at)
			}
			out = append(out, root{r, s.times, sign > 0}, root{negate(r), s.times, sign > 0})
		}
		return out, true
	}
	// p[n] x^n + p[0]: the real roots, and that there are others.
	q := over(negate(p[0]), p[n])
	sign, known := c.order(q, tree.Int(0))
	if !known {
		return nil, false
	}
	k := tree.Int(int64(n))
	var out []root
	switch {
	case n%2 == 1:
		out = append(out, root{tree.New(tree.Root, q, k), 1, true})
	case sign > 0:
		r := tree.New(tree.Root, q, k)
		out = append(out, root{r, 1, true}, root{negate(r), 1, true})
	}
	return append(out, root{nil, 1, false}), true
}

// maxDivisors bounds the search for rational roots.
const maxDivisors = 1 << 16

// rationalRoots splits the rational roots off a polynomial with rational
// coefficients and returns what is left.
func (c *comparer) rationalRoots(p poly) (found []root, rest poly, ok bool) {
	z := make([]*big.Int, len(p))
	lcm := big.NewInt(1)
	for _, t := range p {
		if !small(t) {
			return nil, nil, false
		}
		d := t.Rat().Denom()
		g := new(big.Int).GCD(nil, nil, lcm, d)
		lcm.Mul(lcm, new(big.Int).Quo(d, g))
		if lcm.BitLen() > maxBits {
			return nil, nil, false
		}
	}
	for i, t := range p {
		z[i] = new(big.Int).Mul(t.Rat().Num(), new(big.Int).Quo(lcm, t.Rat().Denom()))
	}
	lead, ok := c.divisors(z[len(z)-1])
	last, ok2 := c.divisors(z[0])
	if !ok || !ok2 {
		return nil, p, true // none found; the rest may still be solved
	}
	for _, q := range lead {
		for _, s := range last {
			if len(z) <= 3 {
				break
			}
			if new(big.Int).GCD(nil, nil, big.NewInt(q), big.NewInt(s)).Int64() != 1 {
				continue
			}
			for _, num := range [...]int64{s, -s} {
				n := 0
				for len(z) > 1 {
					next := c.divide(z, num, q)
					if next == nil {
						break
					}
					z, n = next, n+1
				}
				if n > 0 {
					found = append(found, root{tree.Rat(big.NewRat(num, q)), n, true})
				}
			}
		}
	}
	rest = make(poly, len(z))
	for i, t := range z {
		rest[i] = tree.BigInt(t)
	}
	return found, rest, true
}

// divisors returns the positive divisors of n in ascending order, if n is small.
func (c *comparer) divisors(n *big.Int) ([]int64, bool) {
	if n.BitLen() > 32 {
		return nil, false
	}
	m := new(big.Int).Abs(n).Int64()
	var low, high []int64
	for d := int64(1); d*d <= m && d < maxDivisors; d++ {
		c.b.Use(1)
		if m%d == 0 {
			low = append(low, d)
			if d*d != m {
				high = append(high, m/d)
			}
		}
	}
	for i := len(high) - 1; i >= 0; i-- {
		low = append(low, high[i])
	}
	return low, true
}

// divide returns z/(q·x - s) if s/q is a root and q divides as it must, by
// synthetic division; nil if it is none.
func (c *comparer) divide(z []*big.Int, s, q int64) []*big.Int {
	n := len(z) - 1
	c.b.Use(int64(n) * 8)
	out := make([]*big.Int, n)
	carry := new(big.Int)
	S, Q := big.NewInt(s), big.NewInt(q)
	rem := new(big.Int)
	for i := n; i >= 1; i-- {
		carry = new(big.Int).Add(z[i], new(big.Int).Mul(carry, S))
		quo := new(big.Int)
		quo.QuoRem(carry, Q, rem)
		if rem.Sign() != 0 {
			return nil
		}
		out[i-1] = quo
		carry = quo
	}
	if new(big.Int).Add(z[0], new(big.Int).Mul(carry, S)).Sign() != 0 {
		return nil
	}
	return out
}
