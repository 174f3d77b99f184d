package rules

import (
	"math/big"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

const (
	maxTerms    = 10000 // of a sum of rationals
	maxSymbolic = 64    // of a sum written out
	maxDegree   = 16    // of a summand in closed form
)

// bounds returns the limits of a sum or product as integers.
func bounds(n *tree.Node, b *budget.Budget) (from, to int64, ok bool) {
	x, ok1 := rational(n.Args[2], b)
	y, ok2 := rational(n.Args[3], b)
	if !ok1 || !ok2 || !x.IsInt() || !y.IsInt() || !x.Num().IsInt64() || !y.Num().IsInt64() {
		return 0, 0, false
	}
	from, to = x.Num().Int64(), y.Num().Int64()
	const most = 1 << 40
	return from, to, from > -most && to < most
}

// at returns the body of a sum at one value of its variable, reduced.
func at(body *tree.Node, x string, v *tree.Node, b *budget.Budget) *tree.Node {
	return Reduce(fold(tree.Replace(body, x, v)), b)
}

// finiteSum: a sum with numbers for limits, term by term
func finiteSum(n *tree.Node, b *budget.Budget) *tree.Node {
	if n.Op != tree.Sum || len(n.Args) != 4 {
		return nil
	}
	from, to, ok := bounds(n, b)
	if !ok || indexed(n.Args[0], n.Args[1].Name) {
		return nil
	}
	if to < from {
		return zero
	}
	body, x := n.Args[0], n.Args[1].Name
	if !depends(body, x) {
		return mul(tree.Int(to-from+1), body)
	}
	if p, ok := polynomial(body, x, b); ok && rationals(p) {
		if v := powerSum(p, n.Args[2], n.Args[3], b); v != nil {
			return v
		}
	}
	if to-from >= maxTerms {
		return nil
	}
	cost := int64(tree.Size(body, 1000)) * 8
	sum := new(big.Rat)
	var terms []*tree.Node
	for k := from; k <= to; k++ {
		b.Use(cost)
		t := at(body, x, tree.Int(k), b)
		if v, ok := rational(t, b); ok {
			chargeBits(b, 8, int64(sum.Num().BitLen()+sum.Denom().BitLen()))
			sum.Add(sum, v)
			if !fits(sum) {
				return nil
			}
			continue
		}
		if terms = append(terms, t); len(terms) > maxSymbolic {
			return nil
		}
	}
	return add(append(terms, tree.Rat(sum))...)
}

// rationals reports a polynomial with rational coefficients.
func rationals(p []*tree.Node) bool {
	for _, c := range p {
		if !number(c) {
			return false
		}
	}
	return true
}

// polynomialSum: Σ p(k) by Faulhaber's formula, whatever the limits are
//
// Source: Graham, Knuth and Patashnik, Concrete Mathematics, section 6.5.
func polynomialSum(n *tree.Node, b *budget.Budget) *tree.Node {
	if n.Op != tree.Sum || len(n.Args) != 4 || infinite(n.Args[2]) || infinite(n.Args[3]) {
		return nil
	}
	p, ok := polynomial(n.Args[0], n.Args[1].Name, b)
	if !ok || len(p) > maxDegree {
		return nil
	}
	return powerSum(p, n.Args[2], n.Args[3], b)
}

func infinite(n *tree.Node) bool {
	return tree.Any(n, func(m *tree.Node) bool { return m == tree.Inf || m.Op == tree.Const && m.Name == "inf" })
}

// powerSum returns the sum of the polynomial p from one bound to the other.
func powerSum(p []*tree.Node, from, to *tree.Node, b *budget.Budget) *tree.Node {
	if len(p) > maxDegree {
		return nil
	}
	var terms []*tree.Node
	for j, c := range p {
		if isZero(c) {
			continue
		}
		hi, lo := faulhaber(j, to, b), faulhaber(j, sub(from, one), b)
		terms = append(terms, mul(c, sub(hi, lo)))
	}
	return add(terms...)
}

// faulhaber returns 0^j + 1^j + ... + n^j, less 0^0, as a polynomial in n:
//
//	1/(j+1) Σ_{k=0..j} binom(j+1, k) B_k n^(j+1-k),  B_1 = +1/2
func faulhaber(j int, n *tree.Node, b *budget.Budget) *tree.Node {
	terms := make([]*tree.Node, 0, j+1)
	for k := range j + 1 {
		bern := bernoulli(k)
		if bern.Sign() == 0 {
			continue
		}
		b.Use(32)
		c := new(big.Rat).SetFrac(new(big.Int).Binomial(int64(j+1), int64(k)), big.NewInt(int64(j+1)))
		terms = append(terms, mul(tree.Rat(c.Mul(c, bern)), pow(n, tree.Int(int64(j+1-k)))))
	}
	return add(terms...)
}

// bernoulli returns B_k with B_1 = +1/2, for small k.
func bernoulli(k int) *big.Rat {
	// Akiyama and Tanigawa's triangle.
	row := make([]*big.Rat, k+1)
	for m := range k + 1 {
		row[m] = big.NewRat(1, int64(m+1))
		for j := m; j > 0; j-- {
			d := new(big.Rat).Sub(row[j-1], row[j])
			row[j-1] = d.Mul(d, big.NewRat(int64(j), 1))
		}
	}
	return row[0]
}

// geometricSum: Σ c·r^k with a constant ratio, finite, or infinite when |r| < 1
func geometricSum(n *tree.Node, b *budget.Budget) *tree.Node {
	if n.Op != tree.Sum || len(n.Args) != 4 {
		return nil
	}
	c, r, ok := exponential(n.Args[0], n.Args[1].Name, b)
	if !ok {
		return nil
	}
	from, to := n.Args[2], n.Args[3]
	if infinite(from) {
		return nil
	}
	first := mul(c, pow(r, from))
	ratio, isRational := rational(r, b)
	if infinite(to) {
		if to.Op != tree.Const || !isRational || new(big.Rat).Abs(ratio).Cmp(big.NewRat(1, 1)) >= 0 {
			return nil
		}
		return div(first, sub(one, r))
	}
	if isRational && ratio.Cmp(big.NewRat(1, 1)) == 0 || !isRational {
		return nil // a symbolic ratio may be 1
	}
	return div(sub(first, mul(c, pow(r, add(to, one)))), sub(one, r))
}

// exponential splits c·r^k into c and r, where neither holds k.
func exponential(n *tree.Node, k string, b *budget.Budget) (c, r *tree.Node, ok bool) {
	b.Use(8)
	switch n.Op {
	case tree.Neg:
		c, r, ok = exponential(n.Args[0], k, b)
		if ok {
			c = neg(c)
		}
		return c, r, ok
	case tree.Mul:
		c, r = one, one
		for _, f := range n.Args {
			if !depends(f, k) {
				c = mul(c, f)
				continue
			}
			fc, fr, ok := exponential(f, k, b)
			if !ok {
				return nil, nil, false
			}
			c, r = mul(c, fc), mul(r, fr)
		}
		return c, r, true
	case tree.Div:
		c1, r1, ok1 := n.Args[0], one, true
		if depends(n.Args[0], k) {
			c1, r1, ok1 = exponential(n.Args[0], k, b)
		}
		c2, r2, ok2 := n.Args[1], one, true
		if depends(n.Args[1], k) {
			c2, r2, ok2 = exponential(n.Args[1], k, b)
		}
		if !ok1 || !ok2 || isZero(c2) || isZero(r2) {
			return nil, nil, false
		}
		return div(c1, c2), div(r1, r2), true
	case tree.Pow:
		base, e := n.Args[0], n.Args[1]
		if depends(base, k) && !depends(e, k) {
			// (r^k)^m
			if m, isInt := e.Int64(); isInt {
				c, r, ok := exponential(base, k, b)
				if ok {
					return pow(c, tree.Int(m)), pow(r, tree.Int(m)), true
				}
			}
			return nil, nil, false
		}
		p, isLinear := polynomial(e, k, b)
		if depends(base, k) || !isLinear || len(p) != 2 || !number(p[1]) || !p[1].IsInteger() {
			return nil, nil, false
		}
		return pow(base, p[0]), pow(base, p[1]), true
	}
	return nil, nil, false
}
