package decide

import (
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// geometric are the functions of points and the like whose values are asked
// for by name.
var geometric = wordSet("angle|arc|segment|triangle|vector|norm|det|card|mean|rank|trace")

// isName reports whether n is a name: what may stand alone before an equals
// sign without making the equation one to be solved. Names are symbols, f(x),
// P(A), lengths AB and |AB|, ∠ABC, words, dy/dx, and tuples and ratios of these.
func isName(n *tree.Node) bool {
	switch n.Op {
	case tree.Symbol, tree.Call, tree.Text:
		return true
	case tree.Const:
		return n.Name == "e" || n.Name == "i"
	case tree.Mul:
		return capitals(n)
	case tree.Func:
		if geometric[n.Name] {
			return true
		}
		return n.Name == "abs" && (capitals(n.Args[0]) || n.Args[0].Op == tree.Func && geometric[n.Args[0].Name])
	case tree.Derivative:
		return n.Args[0].Op == tree.Symbol || n.Args[0].Op == tree.Call
	case tree.Div:
		return capitals(n.Args[0]) && capitals(n.Args[1])
	case tree.Tuple, tree.Ratio:
		for _, a := range n.Args {
			if !isName(a) {
				return false
			}
		}
		return len(n.Args) > 0
	}
	return false
}

// capitals reports a run of two or more capital letters, AB.
func capitals(n *tree.Node) bool {
	run := letterRun(n)
	for i := range len(run) {
		if run[i] < 'A' || run[i] > 'Z' {
			return false
		}
	}
	return run != ""
}

// assignment returns the two sides of an equation whose left or right side is
// a name, "x = 5" or "5 = x"; nil for any other statement. Of a chain, the
// value is what follows the name, a chain if it is more than one term.
func assignment(s *tree.Node) (name, v *tree.Node) {
	if s.Op != tree.Chain {
		return nil, nil
	}
	for _, r := range s.Rels {
		if r != tree.Eq && r != tree.Approx && r != tree.Identical {
			return nil, nil
		}
	}
	n := len(s.Args)
	name = s.Args[0]
	if isName(name) && !(n == 2 && name.Op == tree.Const && isName(s.Args[1]) && s.Args[1].Op != tree.Const) {
		rest := s.Args[1]
		if n > 2 {
			rest = tree.ChainOf(s.Rels[1:], s.Args[1:]...)
		}
		if !mentions(rest, name) {
			return name, rest
		}
		return nil, nil
	}
	name, rest := s.Args[n-1], s.Args[0]
	if n > 2 {
		rest = tree.ChainOf(s.Rels[:n-2], s.Args[:n-1]...)
	}
	if isName(name) && !mentions(rest, name) {
		return name, rest
	}
	return nil, nil
}

// sameName compares names. f(x) and f(t) are the same name.
func sameName(a, b *tree.Node) bool {
	if tree.Same(a, b) {
		return true
	}
	if a.Op == tree.Call && b.Op == tree.Call && a.Name == b.Name && len(a.Args) == len(b.Args) {
		for i := range a.Args {
			if !tree.Same(a.Args[i], b.Args[i]) && (!parameter(a.Args[i]) || !parameter(b.Args[i])) {
				return false // f(x) is f(t), but P(A) is not P(B)
			}
		}
		return true
	}
	if a.Op == tree.Const || b.Op == tree.Const {
		return letter(a) != "" && letter(a) == letter(b)
	}
	return false
}

// bind renames the parameters of two definitions of one function to common
// ones, which no free symbol of either can be mistaken for: f(t) = x is no
// f(x) = x.
func bind(v, w, f, g *tree.Node) (*tree.Node, *tree.Node) {
	if f.Op != tree.Call || g.Op != tree.Call || tree.Same(f, g) {
		return v, w
	}
	for i := range f.Args {
		v = tree.Replace(v, f.Args[i].Name, placeholder(i))
		w = tree.Replace(w, g.Args[i].Name, placeholder(i))
	}
	return v, w
}

// placeholder returns a symbol that no answer can hold.
func placeholder(i int) *tree.Node { return tree.Sym("\x00" + string(rune('a'+i%26))) }

// parameter reports a symbol that functions are written with.
func parameter(n *tree.Node) bool {
	return n.Op == tree.Symbol && (len(n.Name) == 1 && n.Name >= "a" || len(n.Name) > 2 && !strings.Contains(n.Name, "_"))
}
