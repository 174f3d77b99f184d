package decide

import (
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/scalar"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// equal compares two expressions as values. The order of the arguments makes
// no difference to the verdict, whatever the steps below do.
func (c *comparer) equal(a, b *tree.Node) (tri.Verdict, string) {
	if a == b {
		return tri.Equal, ruleIdentical
	}
	if c.o.Scalar.RelTol == 0 && tree.Compare(a, b) > 0 {
		a, b = b, a
	}
	return scalar.Equal(a, b, c.o.Scalar, c.b)
}

// order compares two real constants.
func (c *comparer) order(a, b *tree.Node) (int, bool) {
	switch {
	case a == b:
		return 0, true
	case isInf(a):
		if isInf(b) {
			return infSign(a) - infSign(b), true // -2, 0 or 2
		}
		return infSign(a), true
	case isInf(b):
		return -infSign(b), true
	case a.Op == tree.Number && b.Op == tree.Number:
		return cmpNumbers(a, b), true
	}
	return scalar.Order(a, b, c.o.Scalar, c.b)
}

func cmpNumbers(a, b *tree.Node) int {
	x, p, ok := a.Small()
	y, q, ok2 := b.Small()
	if ok && ok2 && p == 1 && q == 1 {
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	}
	return a.Rat().Cmp(b.Rat())
}

// zero tells whether an expression is 0, if that can be proven.
func (c *comparer) zero(n *tree.Node) (zero, known bool) {
	if n.Op == tree.Number {
		return n.IsInt(0), true
	}
	v, _ := c.equal(n, tree.Int(0))
	return v == tri.Equal, v != tri.Undecided
}

// values compares two expressions. Beyond their equality as values: a degree
// sign on one side only does not count, ± stands for two values, and runs of
// letters may be words.
func (c *comparer) values(a, b *tree.Node) (tri.Verdict, string) {
	if a.Op == tree.Number && b.Op == tree.Number && !c.o.IgnorePercent {
		return c.equal(a, b)
	}
	if tree.Compare(a, b) > 0 && c.o.Scalar.RelTol == 0 {
		a, b = b, a
	}
	if v, rule, ok := c.letterRuns(a, b); ok {
		return v, rule
	}
	if hasPlusMinus(a) || hasPlusMinus(b) {
		return c.plusMinus(a, b)
	}
	v, rule := c.equal(a, b)
	if v == tri.Equal {
		return v, rule
	}
	if x, y := withoutDegree(a), withoutDegree(b); (x != a) != (y != b) && !tree.Has(x, tree.Degree) && !tree.Has(y, tree.Degree) {
		if w, _ := c.equal(x, y); w == tri.Equal {
			return w, ruleDegree
		}
	}
	if c.o.IgnorePercent && tree.Has(a, tree.Percent) != tree.Has(b, tree.Percent) {
		if w, _ := c.equal(withoutPercent(a), withoutPercent(b)); w == tri.Equal {
			return w, rulePercent
		}
	}
	if c.o.RenameVariables {
		if x, ok := renameLike(a, b); ok {
			return c.equal(x, b)
		}
	}
	if w, r, ok := c.constants(a, b); ok {
		return w, r
	}
	if w, r, ok := c.parameters(a, b); ok {
		return w, r
	}
	return v, rule
}

// withoutDegree returns n without a degree sign around all of it.
func withoutDegree(n *tree.Node) *tree.Node {
	switch n.Op {
	case tree.Degree:
		return n.Args[0]
	case tree.Neg:
		if n.Args[0].Op == tree.Degree {
			return tree.New(tree.Neg, n.Args[0].Args[0])
		}
	}
	return n
}

func withoutPercent(n *tree.Node) *tree.Node {
	return tree.Map(n, func(m *tree.Node) *tree.Node {
		if m.Op == tree.Percent {
			return m.Args[0]
		}
		return m
	})
}

// foldSymbol makes symbols lower-case.
func foldSymbol(n *tree.Node) *tree.Node {
	if n.Op == tree.Symbol {
		if s := strings.ToLower(n.Name); s != n.Name {
			return tree.Sym(s)
		}
	}
	return n
}

// constant reports an expression without free symbols.
func constant(n *tree.Node) bool {
	return n.Op == tree.Number || len(tree.Free(n)) == 0 && !tree.Has(n, tree.Call) && !tree.Has(n, tree.Text)
}

func isInf(n *tree.Node) bool { return infSign(n) != 0 }

// infSign returns 1 for ∞, -1 for -∞ and 0 for anything else.
func infSign(n *tree.Node) int {
	if n.Op == tree.Neg {
		return -infSign(n.Args[0])
	}
	if n.Op == tree.Const && n.Name == "inf" {
		return 1
	}
	return 0
}
