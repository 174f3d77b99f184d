package syntax

import (
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// grown builds a tree from numbers that choose its nodes.
func grown(codes []uint16) *tree.Node {
	var at func(depth int) *tree.Node
	next := func() int {
		if len(codes) == 0 {
			return 0
		}
		c := codes[0]
		codes = codes[1:]
		return int(c)
	}
	at = func(depth int) *tree.Node {
		c := next()
		if depth == 0 || len(codes) == 0 {
			atoms := []*tree.Node{tree.Int(int64(c % 300)), tree.Sym("x"), tree.Sym("y_1"), tree.Sym("alpha"), tree.Pi, tree.E, tree.I, tree.Int(-3), tree.Sym("n'")}
			return atoms[c%len(atoms)]
		}
		sub := func() *tree.Node { return at(depth - 1) }
		switch c % 16 {
		case 0:
			return tree.New(tree.Add, sub(), sub())
		case 1:
			return tree.New(tree.Add, sub(), tree.New(tree.Neg, sub()), sub())
		case 2:
			return tree.New(tree.Mul, sub(), sub())
		case 3, 4:
			return tree.New(tree.Div, sub(), sub())
		case 5, 6:
			return tree.New(tree.Pow, sub(), sub())
		case 7:
			return tree.New(tree.Root, sub(), tree.Int(int64(2+next()%3)))
		case 8:
			return tree.Fn([]string{"sin", "arctan", "ln", "exp", "abs", "floor", "re", "gamma"}[next()%8], sub())
		case 9:
			return tree.Fn("log", sub(), sub())
		case 10:
			return tree.Fn([]string{"binom", "gcd", "mod"}[next()%3], sub(), sub())
		case 11:
			return tree.New(tree.Factorial, sub())
		case 12:
			return tree.New(tree.Percent, sub())
		case 13:
			return tree.New(tree.Add, sub(), tree.New(tree.PlusMinus, sub()))
		case 14:
			return tree.Named(tree.Call, "f", sub())
		}
		return tree.New(tree.Sum, sub(), tree.Sym("k"), sub(), sub())
	}
	return at(4)
}

// TestPrintLaws checks on random trees that printing and reading is settled
// after one round, in both spellings.
func TestPrintLaws(t *testing.T) {
	const seed = 20261123
	t.Log("seed", seed)
	params := gopter.DefaultTestParametersWithSeed(seed)
	params.MinSuccessfulTests = 2000
	laws := gopter.NewProperties(params)
	laws.Property("what is read prints to what reads the same", prop.ForAll(
		func(codes []uint16) bool {
			n := grown(codes)
			for _, s := range [...]string{tree.String(n), tree.LaTeX(n)} {
				m, err := parse(t, s)
				if err != nil {
					t.Log(s, err)
					return false
				}
				for _, q := range [...]string{tree.String(m), tree.LaTeX(m)} {
					o, err := parse(t, q)
					if err != nil || !tree.Same(m, o) {
						t.Log(s, "|", q, err)
						return false
					}
				}
			}
			return true
		},
		gen.SliceOfN(40, gen.UInt16()),
	))
	laws.Property("a set keeps its elements", prop.ForAll(
		func(xs []int64) bool {
			args := make([]*tree.Node, len(xs))
			for i, x := range xs {
				args[i] = tree.Int(x)
			}
			for _, n := range [...]*tree.Node{tree.New(tree.Set, args...), tree.Named(tree.Tuple, "(", args...), tree.Named(tree.List, "and", args...)} {
				for _, s := range [...]string{tree.String(n), tree.LaTeX(n)} {
					if m, err := parse(t, s); err != nil || !tree.Same(n, m) {
						t.Log(s, err)
						return false
					}
				}
			}
			return true
		},
		gen.SliceOfN(5, gen.Int64()),
	))
	laws.TestingRun(t)
}
