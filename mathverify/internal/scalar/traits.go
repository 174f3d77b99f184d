package scalar

import (
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// traits are what the ladder must know about a tree before it starts.
type traits uint8

const (
	foreign   traits = 1 << iota // contains what is no scalar
	unbounded                    // contains ∞
	bareLog                      // contains a log without a base
	reducible                    // contains what package rules computes
)

// look collects the traits of a tree.
func look(n *tree.Node) traits {
	var t traits
	switch n.Op {
	case tree.Const:
		if n.Name == "inf" {
			t |= unbounded
		}
	case tree.Func:
		switch n.Name {
		case "log":
			if len(n.Args) == 1 {
				t |= bareLog
			}
		case "conj":
			if len(tree.Free(n)) == 0 && !tree.Any(n, isI) {
				return foreign // a bar over digits: they repeat, or are no product
			}
		case "det", "trace", "rank", "norm", "dot", "card", "mod", "gcd", "lcm", "phi", "zeta":
			// Their arguments may be matrices, vectors and sets.
			return reducible | lookBelow(n)&^foreign
		}
	case tree.Sum, tree.Product, tree.Integral, tree.Limit, tree.Derivative, tree.Evaluate:
		// ∞ is a limit here, not a value.
		return reducible | lookBelow(n)&^unbounded
	case tree.Matrix:
		if n.Name != "v" {
			return foreign
		}
		return reducible | lookBelow(n)
	case tree.Based:
		return reducible
	case tree.Number, tree.Symbol, tree.Add, tree.Neg, tree.Mul, tree.Div, tree.Pow, tree.Root,
		tree.Percent, tree.Degree, tree.Factorial, tree.DoubleFactorial, tree.Call:
	default:
		return foreign
	}
	return t | lookBelow(n)
}

func lookBelow(n *tree.Node) traits {
	var t traits
	for _, a := range n.Args {
		t |= look(a)
	}
	return t
}

func isI(n *tree.Node) bool { return n.Op == tree.Const && n.Name == "i" }

// readLog gives every bare log its base.
func readLog(n *tree.Node, base LogBase) *tree.Node {
	return tree.Map(n, func(m *tree.Node) *tree.Node {
		if m.Op != tree.Func || m.Name != "log" || len(m.Args) != 1 {
			return m
		}
		if base == E {
			return tree.Fn("ln", m.Args[0])
		}
		return tree.Fn("log", m.Args[0], tree.Int(10))
	})
}

func foldCase(n *tree.Node) *tree.Node {
	return tree.Map(n, func(m *tree.Node) *tree.Node {
		if m.Op != tree.Symbol {
			return m
		}
		if s := strings.ToLower(m.Name); s != m.Name {
			return tree.Sym(s)
		}
		return m
	})
}
