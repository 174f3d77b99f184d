package decide

import (
	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// constantNames are the names of a constant of integration. Small letters are
// left out: a+c is not a+C.
var constantNames = wordSet("C|K|C_1|C_0|const|constant")

// ownConstant is the name of the constant that an integral without bounds has
// but does not show.
const ownConstant = "\x00constant"

// constants compares antiderivatives, which are equal up to a constant when
// each side has one, whatever their names. That x+C is x+1+C needs an integral
// on one side: only then C is known to be arbitrary.
func (c *comparer) constants(a, b *tree.Node) (tri.Verdict, string, bool) {
	x, m := withoutConstant(a)
	y, n := withoutConstant(b)
	if m == "" || n == "" {
		if x, y, ok := smallConstant(a, b); ok && antiderivative(x) && antiderivative(y) {
			v, rule := c.equal(x, y)
			return v, rule, v == tri.Equal
		}
		return 0, "", false
	}
	if m == n && !c.integral {
		// Another integral, or another value of x + C?
		if antiderivative(x) && antiderivative(y) && c.shifted(x, y) {
			return tri.Undecided, ruleConstant, true
		}
		return 0, "", false
	}
	if !c.integral && !(antiderivative(x) && antiderivative(y)) {
		return 0, "", false
	}
	v, rule := c.equal(x, y)
	if v == tri.Equal {
		return v, ruleConstant, true
	}
	if !c.integral {
		return 0, "", false
	}
	if !c.shifted(x, y) {
		return v, rule, true
	}
	return tri.Equal, ruleConstant, true
}

// shifted reports expressions whose difference does not depend on any variable.
func (c *comparer) shifted(x, y *tree.Node) bool {
	d := minus(x, y)
	for _, name := range tree.Free(d) {
		moved := tree.Replace(d, name, plus(tree.Sym(name), placeholder(0)))
		if w, _ := c.equal(d, moved); w != tri.Equal {
			return false
		}
	}
	return true
}

// smallConstant drops the constants of F + C and G + c.
func smallConstant(a, b *tree.Node) (x, y *tree.Node, ok bool) {
	x, m := withoutConstant(a)
	_, n := withoutConstant(b)
	switch {
	case m == "C" && n == "":
		y, n := withoutConstant(tree.Replace(b, "c", tree.Sym("C")))
		return x, y, n == "C" && !depends(b, "C")
	case m == "" && n == "C":
		y, x, ok = smallConstant(b, a)
		return x, y, ok
	}
	return nil, nil, false
}

// antiderivative reports an expression in one of the usual variables only.
func antiderivative(n *tree.Node) bool {
	free := tree.Free(n)
	if len(free) != 1 {
		return false
	}
	switch free[0] {
	case "x", "t", "u", "y", "z", "theta":
		return true
	}
	return false
}

// withoutConstant drops a term that is a constant of integration and returns
// its name, which must occur nowhere else.
func withoutConstant(n *tree.Node) (*tree.Node, string) {
	if n.Op != tree.Add {
		return n, ""
	}
	for i, t := range n.Args {
		if t.Op != tree.Symbol && t.Op != tree.Text || !constantNames[t.Name] && t.Name != ownConstant {
			continue
		}
		rest := make([]*tree.Node, 0, len(n.Args)-1)
		rest = append(append(rest, n.Args[:i]...), n.Args[i+1:]...)
		var out *tree.Node
		if len(rest) == 1 {
			out = rest[0]
		} else {
			out = tree.New(tree.Add, rest...)
		}
		if !depends(out, t.Name) && !constant(out) {
			return out, t.Name
		}
	}
	return n, ""
}

// indefinite reports an integral without bounds.
func indefinite(n *tree.Node) bool {
	return tree.Any(n, func(m *tree.Node) bool { return m.Op == tree.Integral && len(m.Args) == 2 })
}

// parameters compares expressions that differ in the name of an integer
// parameter, π/2 + kπ and π/2 + nπ.
func (c *comparer) parameters(a, b *tree.Node) (tri.Verdict, string, bool) {
	m, n := parametersOf(a), parametersOf(b)
	if len(m) != 1 || len(n) != 1 || m[0] == n[0] {
		return 0, "", false // of the same name, they are values of one variable
	}
	x, ok := c.union(a, nil)
	y, ok2 := c.union(b, nil)
	if !ok || !ok2 {
		return 0, "", false
	}
	v := c.sameUnion(x, y)
	return v, ruleFamily, v != tri.Different
}
