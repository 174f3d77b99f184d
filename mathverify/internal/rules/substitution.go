package rules

import (
	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// ofProduct integrates g(u)·u' for the inner function u of one factor: powers
// of sines and cosines, x·e^(x²), ln x / x.
func ofProduct(f *tree.Node, x string, b *budget.Budget, depth int) *tree.Node {
	p, q := overAndUnder(f)
	var factors []*tree.Node
	for _, part := range [...]*tree.Node{p, q} {
		if part.Op == tree.Mul {
			factors = append(factors, part.Args...)
		} else {
			factors = append(factors, part)
		}
	}
	const most = 6
	if len(factors) > most {
		return nil
	}
	t := "\x00u" // a name that no answer has
	for _, g := range factors {
		var inner []*tree.Node
		switch g.Op {
		case tree.Func:
			inner = []*tree.Node{g, g.Args[0]}
		case tree.Pow:
			inner = []*tree.Node{g.Args[0], g.Args[1]}
		case tree.Root:
			inner = []*tree.Node{g.Args[0]}
		case tree.Add:
			inner = []*tree.Node{g}
		}
		for _, u := range inner {
			if !depends(u, x) || u.Op == tree.Symbol {
				continue
			}
			if u.Op == tree.Func && len(u.Args) == 1 && u.Args[0].Op == tree.Pow && u.Args[0].Args[0] == u {
				continue
			}
			du := diff(u, x, b)
			if du == nil || isZero(du) {
				continue
			}
			rest := cancel(replaceNode(f, u, tree.Sym(t)), du, x, b)
			if rest == nil || depends(rest, x) {
				continue
			}
			if F := antiderivative(rest, t, b, depth+3); F != nil {
				return fold(tree.Replace(F, t, u))
			}
		}
	}
	return nil
}

// replaceNode replaces every copy of a subtree.
func replaceNode(n, old, by *tree.Node) *tree.Node {
	return tree.Map(n, func(m *tree.Node) *tree.Node {
		if tree.Same(m, old) {
			return by
		}
		return m
	})
}

// cancel returns f/d where the factors of d that hold x are found in f.
func cancel(f, d *tree.Node, x string, b *budget.Budget) *tree.Node {
	fp, fq := overAndUnder(f)
	dp, dq := overAndUnder(d)
	num, den := mul(fp, dq), mul(fq, dp)
	// Split off the polynomials in x and compare them as such.
	np, no := polyPart(num, x, b)
	dp2, do := polyPart(den, x, b)
	if np == nil || dp2 == nil {
		return nil
	}
	ratio := constantRatio(np, dp2)
	if ratio == nil {
		return nil
	}
	rest := cancelFactors(no, do)
	if rest == nil {
		return nil
	}
	return mul(ratio, rest)
}

func listOf(n *tree.Node) []*tree.Node {
	switch {
	case n.Op == tree.Mul:
		return n.Args
	case n.IsInt(1):
		return nil
	}
	return []*tree.Node{n}
}

func polyPart(n *tree.Node, x string, b *budget.Budget) (p, others []*tree.Node) {
	p = []*tree.Node{one}
	for _, f := range listOf(n) {
		if fp, ok := polynomial(f, x, b); ok {
			if p, ok = mulPoly(p, fp, b); !ok {
				return nil, nil
			}
			continue
		}
		others = append(others, f)
	}
	return p, others
}

// constantRatio returns p/q when it does not depend on x.
func constantRatio(p, q []*tree.Node) *tree.Node {
	if len(p) != len(q) {
		return nil
	}
	top := len(p) - 1
	for i := range p {
		l, r := mul(p[i], q[top]), mul(q[i], p[top])
		if !tree.Same(l, r) {
			return nil
		}
	}
	return div(p[top], q[top])
}

// cancelFactors divides products factor by factor; nil when one is left below
// that is not above.
func cancelFactors(num, den []*tree.Node) *tree.Node {
	used := make([]bool, len(num))
	out := one
next:
	for _, d := range den {
		for i, n := range num {
			if !used[i] && tree.Same(n, d) {
				used[i] = true
				continue next
			}
		}
		out = div(out, d)
	}
	for i, n := range num {
		if !used[i] {
			out = mul(out, n)
		}
	}
	return out
}
