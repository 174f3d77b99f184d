package decide

import (
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// seed makes the laws below see the same answers on every run.
const seed = 20250703

// A source draws trees from a stream of small numbers.
type source struct {
	draws []uint8
	next  int
}

func (s *source) draw(n int) int {
	if len(s.draws) == 0 {
		return 0
	}
	s.next++
	return int(s.draws[s.next%len(s.draws)]) % n
}

// value draws an expression.
func (s *source) value(depth int) *tree.Node {
	switch k := s.draw(12); {
	case depth == 0 || k < 4:
		return tree.Int(int64(s.draw(9)) - 4)
	case k == 4:
		return tree.Rat(ratio64(int64(s.draw(7)), int64(s.draw(4)+1)).Rat())
	case k == 5:
		return tree.Sym([]string{"x", "y", "k", "C"}[s.draw(4)])
	case k == 6:
		return []*tree.Node{tree.Pi, tree.E, tree.I, tree.Inf}[s.draw(4)]
	case k == 7:
		return tree.New(tree.Add, s.value(depth-1), s.value(depth-1))
	case k == 8:
		return tree.New(tree.Mul, s.value(depth-1), s.value(depth-1))
	case k == 9:
		return tree.New(tree.Root, s.value(depth-1), tree.Int(2))
	case k == 10:
		return tree.New(tree.Div, s.value(depth-1), tree.Int(int64(s.draw(4)+1)))
	}
	return tree.New([]tree.Op{tree.PlusMinus, tree.Percent, tree.Degree, tree.Neg}[s.draw(4)], s.value(depth-1))
}

func (s *source) values(n int) []*tree.Node {
	out := make([]*tree.Node, n)
	for i := range out {
		out[i] = s.value(2)
	}
	return out
}

// answer draws an answer of any kind.
func (s *source) answer(depth int) *tree.Node {
	n := s.draw(3) + 1
	switch s.draw(18) {
	case 0:
		return tree.Named(tree.List, ",", s.values(n+1)...)
	case 1:
		return tree.New(tree.Set, s.values(n-1)...)
	case 2:
		return tree.Named(tree.Tuple, []string{"(", "[", "<"}[s.draw(3)], s.values(n+1)...)
	case 3:
		return tree.Named(tree.Interval, []string{"()", "[)", "(]", "[]"}[s.draw(4)], s.values(2)...)
	case 4:
		return tree.ChainOf([]tree.Rel{tree.Rel(s.draw(7))}, s.value(2), s.value(2))
	case 5:
		return tree.ChainOf([]tree.Rel{tree.Rel(s.draw(6))}, tree.Sym("x"), s.value(1))
	case 6:
		return tree.ChainOf([]tree.Rel{tree.Lt, tree.Le}, s.value(1), tree.Sym("x"), s.value(1))
	case 7:
		return tree.Words([]string{"yes", "no solution", "five", "B", "DNE"}[s.draw(5)])
	case 8:
		return tree.Named(tree.Labeled, []string{"A", "B"}[s.draw(2)], s.value(1))
	case 9:
		return tree.New(tree.Quantity, s.value(1), tree.Named(tree.Unit, []string{"km", "m", "s", "USD", "?apples", "degC"}[s.draw(6)]))
	case 10:
		return tree.New(tree.Ratio, s.values(n+1)...)
	case 11:
		return tree.New(tree.Congruent, tree.Sym("x"), tree.Int(int64(s.draw(9))), tree.Int(int64(s.draw(5))))
	case 12:
		return tree.New(tree.Given, s.value(2), tree.ChainOf([]tree.Rel{tree.In}, tree.Sym("k"), tree.Named(tree.SetName, "Z")))
	case 13:
		if depth > 0 {
			return tree.New([]tree.Op{tree.Union, tree.Intersect, tree.Minus}[s.draw(3)], s.answer(0), s.answer(0))
		}
	case 14:
		if depth > 0 {
			return tree.New([]tree.Op{tree.And, tree.Or, tree.List, tree.Lines}[s.draw(4)], s.answer(0), s.answer(0))
		}
	case 15:
		return tree.MatrixOf(n, s.values(n)...)
	case 16:
		x := tree.Sym("x")
		return tree.New(tree.Cases, s.value(1), tree.ChainOf([]tree.Rel{tree.Ge}, x, s.value(0)), s.value(1), tree.Otherwise)
	}
	return s.value(3)
}

func verdictOf(a, b *tree.Node) (tri.Verdict, string) {
	return Compare(a, b, Options{}, budget.Of(steps/10))
}

func TestLaws(t *testing.T) {
	t.Logf("seed %d", seed)
	params := gopter.DefaultTestParametersWithSeed(seed)
	params.MinSuccessfulTests = 3000
	laws := gopter.NewProperties(params)
	stream := gen.SliceOfN(24, gen.UInt8())

	laws.Property("an answer equals itself", prop.ForAll(func(d []uint8) bool {
		n := (&source{draws: d}).answer(1)
		m := tree.Map(n, func(m *tree.Node) *tree.Node { v := *m; return &v }) // a copy
		v, _ := verdictOf(n, m)
		return v == tri.Equal
	}, stream))

	laws.Property("the order of two answers makes no difference", prop.ForAll(func(d []uint8, at, by uint8) string {
		// The second answer is the first with one draw changed.
		e := append([]uint8(nil), d...)
		if len(e) > 0 {
			e[int(at)%len(e)%12] += by
		}
		a, b := (&source{draws: d}).answer(1), (&source{draws: e}).answer(1)
		v, rule := verdictOf(a, b)
		w, rule2 := verdictOf(b, a)
		if v != w {
			return dump(a) + " and " + dump(b) + ": " + v.String() + " by " + rule + ", swapped " + w.String() + " by " + rule2
		}
		return ""
	}, stream, gen.UInt8(), gen.UInt8()))

	laws.Property("sets and lists have no order", prop.ForAll(func(d []uint8) bool {
		s := &source{draws: d}
		vals := s.values(s.draw(4) + 2)
		moved := append(vals[1:len(vals):len(vals)], vals[0])
		for _, op := range []tree.Op{tree.Set, tree.List} {
			if v, _ := verdictOf(tree.New(op, vals...), tree.New(op, moved...)); v != tri.Equal {
				return false
			}
		}
		return true
	}, stream))

	laws.Property("one more makes another set, list or tuple", prop.ForAll(func(d []uint8) bool {
		s := &source{draws: d}
		vals := s.values(s.draw(4) + 2)
		more := append(vals[:len(vals):len(vals)], tree.Int(99))
		for _, op := range []tree.Op{tree.Set, tree.List, tree.Tuple, tree.Lines} {
			if v, _ := verdictOf(tree.New(op, vals...), tree.New(op, more...)); v == tri.Equal {
				return false
			}
		}
		return true
	}, stream))
	laws.TestingRun(t)
}
