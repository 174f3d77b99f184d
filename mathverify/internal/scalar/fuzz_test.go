package scalar

import (
	"testing"

	"github.com/golongrl/golongrl/mathverify/internal/approx"
	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/canon"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// A grower makes trees of bytes: every byte string is some tree, and near strings
// are near trees.
type grower struct{ data []byte }

func (g *grower) next() int {
	if len(g.data) == 0 {
		return 0
	}
	c := g.data[0]
	g.data = g.data[1:]
	return int(c)
}

var (
	atoms   = []*tree.Node{tree.Sym("x"), tree.Sym("y"), tree.Sym("n"), tree.Pi, tree.E, tree.I, tree.Int(0), tree.Int(1), tree.Int(2), tree.Int(3), tree.Int(10)}
	unaries = []string{"sin", "cos", "tan", "ln", "exp", "abs", "arctan", "sinh", "floor", "log", "sgn", "re", "conj"}
)

func (g *grower) tree(depth int) *tree.Node {
	c := g.next()
	if depth == 0 || c < 64 {
		if c%3 == 0 {
			return tree.Int(int64(g.next()) - 100)
		}
		return atoms[c%len(atoms)]
	}
	sub := func() *tree.Node { return g.tree(depth - 1) }
	switch c % 12 {
	case 0, 1:
		return tree.New(tree.Add, sub(), sub())
	case 2, 3:
		return tree.New(tree.Mul, sub(), sub())
	case 4:
		return tree.New(tree.Div, sub(), sub())
	case 5:
		return tree.New(tree.Neg, sub())
	case 6:
		return tree.New(tree.Pow, sub(), sub())
	case 7:
		return tree.New(tree.Root, sub(), tree.Int(int64(g.next()%4)+1))
	case 8:
		return tree.New(tree.Pow, sub(), tree.Int(int64(g.next()%6)-2))
	case 9:
		return tree.New(tree.Factorial, sub())
	case 10:
		return tree.Fn("max", sub(), sub())
	}
	return tree.Fn(unaries[g.next()%len(unaries)], sub())
}

// FuzzEqual holds Equal to its promises: symmetric, reflexive, repeatable, and in
// agreement with what its parts prove on their own.
func FuzzEqual(f *testing.F) {
	f.Add([]byte("x+1 and 1+x, more or less"))
	f.Add([]byte{100, 200, 150, 75, 31, 66, 70, 100, 200, 150, 76, 31, 66, 70})
	f.Add([]byte{66, 64, 70, 69, 68, 67, 66, 65, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 1, 2, 3})
	f.Fuzz(func(t *testing.T, data []byte) {
		g := grower{data}
		a := g.tree(4)
		b := g.tree(4)
		const steps = 200_000
		o := Options{LogBase: E}
		v, rule := Equal(a, b, o, budget.Of(steps))
		if w, r := Equal(a, b, o, budget.Of(steps)); w != v || r != rule {
			t.Fatalf("%v (%s), then %v (%s)", v, rule, w, r)
		}
		// A budget that ends may end on one side of a proof only.
		if w, r := Equal(b, a, o, budget.Of(steps)); w != v && v != tri.Undecided && w != tri.Undecided {
			t.Fatalf("%v (%s), turned round %v (%s)", v, rule, w, r)
		}
		if w, r := Equal(a, a, o, budget.Of(steps)); w != tri.Equal {
			t.Fatalf("not itself: %v (%s)", w, r)
		}
		bud := budget.Of(4 * steps)
		bud.Run(func() {
			x, y := readLog(a, E), readLog(b, E)
			if v == tri.Different && rule != RuleCanonical && canon.Equal(x, y, canon.Options{}, bud) == canon.Zero {
				t.Fatalf("%s = %s: different (%s), but of one canonical form", show(a), show(b), rule)
			}
			if v != tri.Equal || rule == RuleSame {
				return
			}
			s := approx.SymbolsOf(x, y)
			for k := range 40 {
				if approx.Compare(x, y, s.Point(k, 7), s.Complex, 256, bud) == approx.Differs {
					t.Fatalf("%s = %s: equal (%s), but not at %v", show(a), show(b), rule, s.Point(k, 7))
				}
			}
		})
	})
}

func show(n *tree.Node) string {
	s := n.Name
	if n.Op == tree.Number {
		s = n.Rat().RatString()
	} else if s == "" {
		s = map[tree.Op]string{tree.Add: "add", tree.Mul: "mul", tree.Div: "div", tree.Neg: "neg",
			tree.Pow: "pow", tree.Root: "root", tree.Factorial: "factorial"}[n.Op]
	}
	for i, a := range n.Args {
		s += map[bool]string{true: "(", false: ","}[i == 0] + show(a)
	}
	if len(n.Args) > 0 {
		s += ")"
	}
	return s
}
