package scalar

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/golongrl/golongrl/mathverify/internal/approx"
	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// random grows a tree of a seed.
func random(r *rand.Rand, depth int) *tree.Node {
	data := make([]byte, 64)
	for i := 0; i < len(data); i += 8 {
		binary.LittleEndian.PutUint64(data[i:], r.Uint64())
	}
	g := grower{data}
	return g.tree(depth)
}

// rewrite applies an identity that holds wherever both sides have a value to
// some nodes.
func rewrite(r *rand.Rand, n *tree.Node) *tree.Node {
	return tree.Map(n, func(m *tree.Node) *tree.Node {
		v := random(r, 1)
		switch r.IntN(14) {
		case 0:
			if m.Op == tree.Add || m.Op == tree.Mul && len(m.Args) == 2 {
				return tree.New(m.Op, m.Args[1], m.Args[0])
			}
		case 1:
			return tree.New(tree.Neg, tree.New(tree.Neg, m))
		case 2:
			return tree.New(tree.Add, tree.New(tree.Mul, tree.Int(3), m), tree.New(tree.Neg, tree.New(tree.Mul, m, tree.Int(2))))
		case 3:
			if m.Op == tree.Pow && m.Args[1].IsInt(2) {
				return tree.New(tree.Mul, m.Args[0], m.Args[0])
			}
		case 4:
			if m.Op == tree.Mul && m.Args[0].Op == tree.Add {
				var terms []*tree.Node
				for _, t := range m.Args[0].Args {
					terms = append(terms, tree.New(tree.Mul, t, m.Args[1]))
				}
				return tree.New(tree.Add, terms...)
			}
		case 5:
			if len(tree.Free(v)) <= 1 && !tree.Has(v, tree.Div) && !tree.Has(v, tree.Pow) && !tree.Has(v, tree.Factorial) {
				one := tree.New(tree.Add, tree.New(tree.Pow, tree.Fn("sin", v), tree.Int(2)), tree.New(tree.Pow, tree.Fn("cos", v), tree.Int(2)))
				return tree.New(tree.Mul, m, one)
			}
		case 6:
			if m.Op == tree.Div {
				return tree.New(tree.Mul, m.Args[0], tree.New(tree.Pow, m.Args[1], tree.Int(-1)))
			}
		}
		return m
	})
}

// perturb changes one leaf or function.
func perturb(r *rand.Rand, n *tree.Node) *tree.Node {
	if len(n.Args) == 0 || n.Op == tree.Root {
		return tree.New(tree.Add, n, tree.Int(1))
	}
	args := append([]*tree.Node(nil), n.Args...)
	i := r.IntN(len(args))
	if n.Op == tree.Func && r.IntN(3) == 0 && len(args) == 1 {
		return tree.Fn(unaries[r.IntN(len(unaries))], args[0])
	}
	args[i] = perturb(r, args[i])
	return n.With(args)
}

const lawSeed = 20250313

func TestLaws(t *testing.T) {
	p := gopter.DefaultTestParametersWithSeed(lawSeed)
	t.Logf("seed %d", int64(lawSeed))
	p.MinSuccessfulTests = 1500
	laws := gopter.NewProperties(p)
	var equal, undecided, different int
	laws.Property("an identity is never refuted", prop.ForAll(func(seed uint64) bool {
		r := rand.New(rand.NewPCG(seed, 1))
		a := random(r, 3)
		b := rewrite(r, a)
		v, rule := Equal(a, b, Options{LogBase: E}, budget.Of(steps))
		switch v {
		case tri.Equal:
			equal++
		case tri.Undecided:
			undecided++
		default:
			t.Logf("%s = %s: %v (%s)", show(a), show(b), v, rule)
		}
		return v != tri.Different
	}, gen.UInt64()))
	var kept, refuted int
	laws.Property("a difference is never accepted", prop.ForAll(func(seed uint64) bool {
		r := rand.New(rand.NewPCG(seed, 2))
		a := random(r, 3)
		b := perturb(r, a)
		v, rule := Equal(a, b, Options{LogBase: E}, budget.Of(steps))
		if v == tri.Different {
			different++
		}
		x, y := readLog(a, E), readLog(b, E)
		s := approx.SymbolsOf(x, y)
		bud := budget.Of(steps)
		ok := true
		bud.Run(func() {
			for k := range 24 {
				if approx.Compare(x, y, s.Point(k, 11), s.Complex, 128, bud) == approx.Differs {
					kept++
					if v == tri.Different {
						refuted++
					}
					ok = v != tri.Equal
					return
				}
			}
		})
		if !ok {
			t.Logf("%s = %s: %v (%s)", show(a), show(b), v, rule)
		}
		return ok
	}, gen.UInt64()))
	laws.TestingRun(t)
	t.Logf("identities: %d equal, %d undecided; differences: %d of %d refuted", equal, undecided, refuted, kept)
}
