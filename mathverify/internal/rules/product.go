package rules

import (
	"math/big"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// finiteProduct: a product with numbers for limits, factor by factor
func finiteProduct(n *tree.Node, b *budget.Budget) *tree.Node {
	if n.Op != tree.Product || len(n.Args) != 4 {
		return nil
	}
	from, to, ok := bounds(n, b)
	if !ok || indexed(n.Args[0], n.Args[1].Name) {
		return nil
	}
	body, x := n.Args[0], n.Args[1].Name
	switch {
	case to < from:
		return one
	case !depends(body, x):
		return pow(body, tree.Int(to-from+1))
	case to-from >= maxTerms:
		return nil
	}
	cost := int64(tree.Size(body, 1000)) * 8
	product := big.NewRat(1, 1)
	var factors []*tree.Node
	for k := from; k <= to; k++ {
		b.Use(cost)
		f := at(body, x, tree.Int(k), b)
		if v, ok := rational(f, b); ok {
			chargeBits(b, 8, int64(product.Num().BitLen()+product.Denom().BitLen()))
			product.Mul(product, v)
			if !fits(product) {
				return nil
			}
			continue
		}
		if factors = append(factors, f); len(factors) > maxSymbolic {
			return nil
		}
	}
	return mul(append(factors, tree.Rat(product))...)
}

// symbolicProduct: Π of a rational function with integer roots up to a symbol,
// as factorials, and of a constant
//
//	Π_{k=a..n} (k - r) = (n-r)! / (a-r-1)!
func symbolicProduct(n *tree.Node, b *budget.Budget) *tree.Node {
	if n.Op != tree.Product || len(n.Args) != 4 || infinite(n.Args[2]) || infinite(n.Args[3]) {
		return nil
	}
	body, k, from, to := n.Args[0], n.Args[1].Name, n.Args[2], n.Args[3]
	count := add(sub(to, from), one)
	if !depends(body, k) {
		return pow(body, count)
	}
	p, q, ok := quotient(body, k, b)
	first, isInt := from.Int64()
	if !ok || !isInt || !rationals(p) || !rationals(q) {
		return nil
	}
	num := runs(p, first, to, b)
	den := runs(q, first, to, b)
	if num == nil || den == nil {
		return nil
	}
	lead := div(p[len(p)-1], q[len(q)-1])
	return mul(pow(lead, count), div(num, den))
}

// runs returns the product of a monic polynomial with integer roots below the
// first value, nil for others.
func runs(p []*tree.Node, first int64, to *tree.Node, b *budget.Budget) *tree.Node {
	if len(p) == 1 {
		return one
	}
	roots, ok := rationalRoots(p, b)
	if !ok || len(roots) != len(p)-1 {
		return nil
	}
	var factors []*tree.Node
	for _, r := range roots {
		if !r.IsInt() || !r.Num().IsInt64() || r.Num().Int64() >= first {
			return nil
		}
		below := first - r.Num().Int64() - 1
		if below > 100 {
			return nil
		}
		factors = append(factors,
			tree.New(tree.Factorial, sub(to, tree.Rat(r))),
			tree.Rat(new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).MulRange(1, below))))
	}
	return mul(factors...)
}
