package rules

import (
	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// binomialSum: the binomial theorem
//
//	Σ_{k=0..n} binom(n,k)·c·r^k = c·(1+r)^n
func binomialSum(n *tree.Node, b *budget.Budget) *tree.Node {
	if n.Op != tree.Sum || len(n.Args) != 4 || !isZero(n.Args[2]) {
		return nil
	}
	k, top := n.Args[1].Name, n.Args[3]
	c, r := one, one
	found := false
	for _, f := range listOf(fold(n.Args[0])) {
		switch {
		case f.Op == tree.Func && f.Name == "binom" && !found && tree.Same(f.Args[0], top) && f.Args[1].Op == tree.Symbol && f.Args[1].Name == k:
			found = true
		case !depends(f, k):
			c = mul(c, f)
		default:
			fc, fr, ok := exponential(f, k, b)
			if !ok {
				return nil
			}
			c, r = mul(c, fc), mul(r, fr)
		}
	}
	if !found || depends(top, k) {
		return nil
	}
	base := add(one, r)
	if isZero(base) {
		return nil // 0^n, which is 1 for n = 0
	}
	return mul(c, pow(base, top))
}
