package rules

import (
	"math/big"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// A summand is c·r^k·p(k)/q(k), or that over k!.
type summand struct {
	c, r      *tree.Node
	p, q      []*tree.Node
	factorial bool
}

// readSummand splits a body into its parts.
func readSummand(n *tree.Node, k string, b *budget.Budget) (s summand, ok bool) {
	unit := []*tree.Node{one}
	s = summand{one, one, unit, unit, false}
	var walk func(n *tree.Node, inverse bool) bool
	walk = func(n *tree.Node, inverse bool) bool {
		b.Use(8)
		if p, q, ok := quotient(n, k, b); ok {
			if inverse {
				p, q = q, p
			}
			var ok1, ok2 bool
			s.p, ok1 = mulPoly(s.p, p, b)
			s.q, ok2 = mulPoly(s.q, q, b)
			return ok1 && ok2
		}
		if c, r, ok := exponential(n, k, b); ok {
			if inverse {
				c, r = div(one, c), div(one, r)
			}
			s.c, s.r = mul(s.c, c), mul(s.r, r)
			return true
		}
		switch n.Op {
		case tree.Neg:
			s.c = neg(s.c)
			return walk(n.Args[0], inverse)
		case tree.Mul:
			for _, f := range n.Args {
				if !walk(f, inverse) {
					return false
				}
			}
			return true
		case tree.Div:
			return walk(n.Args[0], inverse) && walk(n.Args[1], !inverse)
		case tree.Factorial:
			if !inverse || s.factorial || n.Args[0].Op != tree.Symbol || n.Args[0].Name != k {
				return false
			}
			s.factorial = true
			return true
		}
		return false
	}
	return s, walk(n, false)
}

// infiniteSum: Σ from a number to infinity, of polynomials times powers, of
// rational functions that telescope, of 1/k^s with and without signs, over all
// or the odd numbers, and of the exponential series
//
//	Σ_{k>=0} binom(k,j) r^k = r^j/(1-r)^(j+1)  for |r| < 1
//	Σ_{k>=1} 1/k^(2m)       = |B_2m| (2π)^2m / (2 (2m)!)
//
// Source: Graham, Knuth and Patashnik, Concrete Mathematics, chapters 5 and 6.
func infiniteSum(n *tree.Node, b *budget.Budget) *tree.Node {
	if n.Op != tree.Sum || len(n.Args) != 4 {
		return nil
	}
	k, from, to := n.Args[1].Name, n.Args[2], n.Args[3]
	s, ok := readSummand(n.Args[0], k, b)
	if !ok {
		return nil
	}
	if to.Op != tree.Const || to.Name != "inf" {
		if s.r.IsInt(1) && !s.factorial && !infinite(to) {
			return mulKnown(s.c, telescope(s, from, to, b))
		}
		return nil
	}
	first, ok := from.Int64()
	if !ok || first < -100 || first > 100 {
		return nil
	}
	var v *tree.Node
	r, isRational := rational(s.r, b)
	switch {
	case s.factorial:
		v = exponentialSeries(s, first, b)
	case !isRational:
		return nil
	case len(s.q) == 1 && new(big.Rat).Abs(r).Cmp(big.NewRat(1, 1)) < 0:
		v = powerSeries(s, r, first, b)
	case r.Cmp(big.NewRat(1, 1)) == 0:
		if v = telescope(s, from, nil, b); v == nil {
			v = zetaSeries(s, 1, first, b)
		}
	case r.Cmp(big.NewRat(-1, 1)) == 0:
		v = zetaSeries(s, -1, first, b)
	}
	return mulKnown(s.c, v)
}

func mulKnown(c, v *tree.Node) *tree.Node {
	if v == nil {
		return nil
	}
	return mul(c, v)
}

// evalPoly returns p at a number, by Horner's rule.
func evalPoly(p []*tree.Node, x *tree.Node) *tree.Node {
	v := zero
	for i := len(p) - 1; i >= 0; i-- {
		v = add(mul(v, x), p[i])
	}
	return v
}

// powerSeries sums p(k)·r^k over k >= first by the differences of p.
func powerSeries(s summand, r *big.Rat, first int64, b *budget.Budget) *tree.Node {
	if len(s.p) > maxDegree || isZero(s.q[0]) {
		return nil
	}
	row := make([]*tree.Node, len(s.p))
	for i := range row {
		row[i] = evalPoly(s.p, tree.Int(first+int64(i)))
	}
	ratio := tree.Rat(r)
	rest := sub(one, ratio)
	var terms []*tree.Node
	for j := range row {
		b.Use(32)
		terms = append(terms, mul(row[0], pow(ratio, tree.Int(int64(j)+first)), pow(rest, tree.Int(int64(-j-1)))))
		for i := range len(row) - j - 1 {
			row[i] = sub(row[i+1], row[i])
		}
	}
	return div(add(terms...), s.q[0])
}

// exponentialSeries sums p(k)·r^k/k! over k >= first for a constant p.
func exponentialSeries(s summand, first int64, b *budget.Budget) *tree.Node {
	if len(s.p) != 1 || len(s.q) != 1 || isZero(s.r) {
		return nil
	}
	terms := []*tree.Node{pow(tree.E, s.r)}
	fact := big.NewInt(1)
	for k := int64(0); k < first; k++ {
		b.Use(32)
		if k > 0 {
			fact.Mul(fact, big.NewInt(k))
		}
		terms = append(terms, neg(div(pow(s.r, tree.Int(k)), tree.BigInt(new(big.Int).Set(fact)))))
	}
	return mul(div(s.p[0], s.q[0]), add(terms...))
}

// zetaSeries sums sign^k·c/(a·k+d)^m over k >= first, for a of 1 or 2.
func zetaSeries(s summand, sign int, first int64, b *budget.Budget) *tree.Node {
	m := len(s.q) - 1
	if len(s.p) != 1 || m < 1 || m > maxDegree || !rationals(s.q) {
		return nil
	}
	// The denominator must be lead·(k+d)^m: compare its second coefficient.
	lead := s.q[m]
	shift := div(div(s.q[m-1], lead), tree.Int(int64(m)))
	power := []*tree.Node{one}
	for range m {
		power, _ = mulPoly(power, []*tree.Node{shift, one}, b)
	}
	if !samePoly(scalePoly(lead, power), trim(s.q)) {
		return nil
	}
	c := div(s.p[0], lead)
	d := shift.Rat()
	start := new(big.Rat).Add(d, big.NewRat(first, 1)) // of k+d
	if start.Sign() <= 0 {
		return nil
	}
	twice := new(big.Rat).Mul(start, big.NewRat(2, 1))
	var total *tree.Node // over all of the numbers that k+d runs through, from the least positive one
	x := new(big.Rat)    // the least
	alternating := sign < 0
	switch {
	case start.IsInt():
		x.SetInt64(1)
		total = zetaValue(m, alternating)
	case twice.IsInt():
		// 1/2, 3/2, ...: 2^m times the sum over odd numbers
		x.SetFrac64(1, 2)
		total = oddZeta(m, alternating)
		if total != nil {
			total = mul(pow(two, tree.Int(int64(m))), total)
		}
	}
	if total == nil {
		return nil
	}
	// The tables have the sign + at their first term. The sum has sign^first
	// at start.
	head := zero
	signAt := int64(1)
	for ; x.Cmp(start) < 0; x = new(big.Rat).Add(x, big.NewRat(1, 1)) {
		b.Use(32)
		t, ok := ratPower(x, int64(-m))
		if !ok {
			return nil
		}
		head = add(head, mul(tree.Int(signAt), tree.Rat(t)))
		if alternating {
			signAt = -signAt
		}
	}
	v := sub(total, head)
	if alternating && (first%2 != 0) != (signAt < 0) {
		v = neg(v)
	}
	return mul(c, v)
}

// zetaValue returns ζ(m), or η(m) = Σ (-1)^(k-1)/k^m, in closed form.
func zetaValue(m int, alternating bool) *tree.Node {
	switch {
	case m == 1 && alternating:
		return tree.Fn("ln", two)
	case m == 1:
		return nil
	case m%2 == 1 && alternating:
		return mul(sub(one, pow(two, tree.Int(int64(1-m)))), tree.Fn("zeta", tree.Int(int64(m))))
	case m%2 == 1:
		return tree.Fn("zeta", tree.Int(int64(m)))
	}
	c := new(big.Rat).Abs(bernoulli(m))
	c.Mul(c, new(big.Rat).SetFrac(new(big.Int).Lsh(big.NewInt(1), uint(m-1)), new(big.Int).MulRange(1, int64(m))))
	v := mul(tree.Rat(c), pow(tree.Pi, tree.Int(int64(m))))
	if alternating {
		v = mul(sub(one, pow(two, tree.Int(int64(1-m)))), v)
	}
	return v
}

// oddZeta returns Σ 1/(2k+1)^m over k >= 0, or with alternating signs.
func oddZeta(m int, alternating bool) *tree.Node {
	switch {
	case alternating && m == 1:
		return div(tree.Pi, tree.Int(4))
	case alternating && m == 3:
		return div(pow(tree.Pi, tree.Int(3)), tree.Int(32))
	case alternating || m == 1:
		return nil
	}
	return mul(sub(one, pow(two, tree.Int(int64(-m)))), zetaValue(m, false))
}

// telescope sums p/q over from <= k <= to, or to infinity when to is nil, where
// q has distinct rational roots and the parts cancel but for the ends.
func telescope(s summand, from, to *tree.Node, b *budget.Budget) *tree.Node {
	if len(s.q) < 3 || len(s.p) > len(s.q)-2 || !rationals(s.q) || !rationals(s.p) {
		return nil
	}
	roots, ok := rationalRoots(s.q, b)
	if !ok || len(roots) != len(s.q)-1 {
		return nil
	}
	lead := s.q[len(s.q)-1].Rat()
	parts := make([]*big.Rat, len(roots)) // the residues
	for i, r := range roots {
		d := new(big.Rat).Set(lead)
		for j, o := range roots {
			if i != j {
				d.Mul(d, new(big.Rat).Sub(r, o))
			}
		}
		if d.Sign() == 0 {
			return nil
		}
		parts[i] = d.Quo(evalPoly(s.p, tree.Rat(r)).Rat(), d)
	}
	if f, ok := from.Int64(); ok {
		for _, r := range roots {
			if r.IsInt() && r.Cmp(big.NewRat(f, 1)) >= 0 {
				return nil // a term divides by zero
			}
		}
	}
	done := make([]bool, len(roots))
	sum := zero
	for i := range roots {
		if done[i] {
			continue
		}
		// The roots that differ from this one by integers.
		var class []int
		least, total := roots[i], new(big.Rat)
		for j := range roots {
			if new(big.Rat).Sub(roots[j], roots[i]).IsInt() {
				class = append(class, j)
				done[j] = true
				total.Add(total, parts[j])
				if roots[j].Cmp(least) < 0 {
					least = roots[j]
				}
			}
		}
		if total.Sign() != 0 {
			return nil
		}
		for _, j := range class {
			gap := new(big.Rat).Sub(roots[j], least)
			const most = 64
			if !gap.Num().IsInt64() || gap.Num().Int64() > most {
				return nil
			}
			for t := range gap.Num().Int64() {
				b.Use(32)
				shift := tree.Rat(new(big.Rat).Sub(big.NewRat(t, 1), roots[j]))
				c := tree.Rat(parts[j])
				sum = add(sum, div(c, add(from, shift)))
				if to != nil {
					sum = sub(sum, div(c, add(to, one, shift)))
				}
			}
		}
	}
	return sum
}

// rationalRoots returns the rational roots of a polynomial with rational
// coefficients, each as often as it is one, smallest numerators first.
func rationalRoots(p []*tree.Node, b *budget.Budget) ([]*big.Rat, bool) {
	if !rationals(p) {
		return nil, false
	}
	scale := big.NewInt(1)
	for _, c := range p {
		d := c.Rat().Denom()
		g := new(big.Int).GCD(nil, nil, scale, d)
		scale.Mul(scale, new(big.Int).Quo(d, g))
		if scale.BitLen() > 40 {
			return nil, false
		}
	}
	coef := make([]*big.Int, len(p))
	for i, c := range p {
		v := new(big.Rat).Mul(c.Rat(), new(big.Rat).SetInt(scale))
		coef[i] = v.Num()
	}
	var roots []*big.Rat
	for len(coef) > 1 && coef[0].Sign() == 0 {
		roots = append(roots, new(big.Rat))
		coef = coef[1:]
	}
	const most = 1 << 20
	last := new(big.Int).Abs(coef[len(coef)-1])
	low := new(big.Int).Abs(coef[0])
	if !last.IsInt64() || !low.IsInt64() || last.Int64() > most || low.Int64() > most {
		return nil, false
	}
	for _, d := range divisorsOf(last.Int64(), b) {
		for _, a := range divisorsOf(low.Int64(), b) {
			for _, sign := range [...]int64{1, -1} {
				r := big.NewRat(sign*a, d)
				if r.Denom().Int64() != d {
					continue
				}
				for len(coef) > 1 && deflate(&coef, r, b) {
					roots = append(roots, r)
				}
			}
		}
	}
	return roots, true
}

// deflate divides the polynomial by (x - r) when r is a root.
func deflate(coef *[]*big.Int, r *big.Rat, b *budget.Budget) bool {
	b.Use(int64(16 * len(*coef)))
	c := *coef
	v := new(big.Rat)
	out := make([]*big.Rat, len(c)-1)
	for i := len(c) - 1; i >= 0; i-- {
		v = new(big.Rat).Add(new(big.Rat).Mul(v, r), new(big.Rat).SetInt(c[i]))
		if i > 0 {
			out[i-1] = v
		}
	}
	if v.Sign() != 0 {
		return false
	}
	// x - r is primitive over the integers as den·x - num, so den divides.
	next := make([]*big.Int, len(out))
	for i, o := range out {
		q := new(big.Rat).Quo(o, new(big.Rat).SetInt(r.Denom()))
		if !q.IsInt() {
			return false
		}
		next[i] = q.Num()
	}
	*coef = next
	return true
}

func divisorsOf(n int64, b *budget.Budget) []int64 {
	var small, large []int64
	for d := int64(1); d*d <= n; d++ {
		b.Use(1)
		if n%d == 0 {
			small = append(small, d)
			if d*d != n {
				large = append(large, n/d)
			}
		}
	}
	for i := len(large) - 1; i >= 0; i-- {
		small = append(small, large[i])
	}
	return small
}
