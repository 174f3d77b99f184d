package scalar

import (
	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// shifted compares sums of the same terms but for numbers, whatever the size of
// these terms: x and x + 1, which are not equal when x has a value.
func shifted(a, b *tree.Node, bud *budget.Budget) tri.Verdict {
	const most = 8
	p, m, ok := terms(a, most)
	q, n, ok2 := terms(b, most)
	if !ok || !ok2 || len(p) == 0 || len(p) != len(q) {
		return tri.Undecided
	}
	bud.Use(int64(len(p)) * int64(tree.Size(a, 1<<16)+tree.Size(b, 1<<16)))
	used := make([]bool, len(q))
next:
	for _, x := range p {
		for j, y := range q {
			if !used[j] && tree.Same(x, y) && hasValue(x, 0) {
				used[j] = true
				continue next
			}
		}
		return tri.Undecided
	}
	return verdict(tree.Same(m, n))
}

// terms splits a sum into its terms and the sum of its numbers.
func terms(n *tree.Node, most int) (rest []*tree.Node, number *tree.Node, ok bool) {
	all := []*tree.Node{n}
	if n.Op == tree.Add {
		all = n.Args
	}
	if len(all) > most {
		return nil, nil, false
	}
	number = tree.Int(0)
	for _, t := range all {
		switch {
		case smallNumber(t):
			number = tree.AddRat(number, t)
		case t.Op == tree.Neg && smallNumber(t.Args[0]):
			number = tree.AddRat(number, tree.NegRat(t.Args[0]))
		default:
			rest = append(rest, t)
		}
	}
	return rest, number, true
}

func smallNumber(n *tree.Node) bool {
	_, _, ok := n.Small()
	return ok
}

// hasValue reports a real constant made of positive numbers by sums, products
// and powers, which always has a value.
func hasValue(n *tree.Node, depth int) bool {
	if depth > 50 {
		return false
	}
	switch n.Op {
	case tree.Number:
		return n.Rat().Sign() > 0
	case tree.Const:
		return n.Name == "pi" || n.Name == "e"
	case tree.Neg:
		return depth == 0 && hasValue(n.Args[0], 1)
	case tree.Add, tree.Mul, tree.Pow:
		for _, a := range n.Args {
			if !hasValue(a, depth+1) {
				return false
			}
		}
		return true
	}
	return false
}
