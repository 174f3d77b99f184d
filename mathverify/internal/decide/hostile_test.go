package decide

import (
	"strings"
	"testing"
	"time"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// TestHostile compares large answers with their like. Each must end within its
// steps; the slowest is logged. None may be equal to its neighbour.
func TestHostile(t *testing.T) {
	x, k := tree.Sym("x"), tree.Sym("k")
	sqrt := func(n int64) *tree.Node { return tree.New(tree.Root, tree.Int(n), tree.Int(2)) }
	many := func(op tree.Op, n int, f func(i int64) *tree.Node) *tree.Node {
		out := tree.New(op)
		for i := range n {
			out.Args = append(out.Args, f(int64(i)))
		}
		return out
	}
	reversed := func(n *tree.Node) *tree.Node {
		v := *n
		v.Args = nil
		for i := len(n.Args) - 1; i >= 0; i-- {
			v.Args = append(v.Args, n.Args[i])
		}
		return &v
	}
	nested := func(op tree.Op, n int, inner *tree.Node) *tree.Node {
		for range n {
			inner = tree.New(op, inner, tree.Int(1))
		}
		return inner
	}
	eq := func(l, r *tree.Node) *tree.Node { return tree.ChainOf([]tree.Rel{tree.Eq}, l, r) }
	pow := func(b *tree.Node, e int64) *tree.Node { return tree.New(tree.Pow, b, tree.Int(e)) }
	chain := tree.ChainOf(make([]tree.Rel, 5000), many(tree.List, 5001, func(i int64) *tree.Node { return tree.New(tree.Add, x, sqrt(i+2)) }).Args...)
	pairs := map[string][2]*tree.Node{}
	add := func(name string, a, b *tree.Node) { pairs[name] = [2]*tree.Node{a, b} }
	ints := many(tree.Set, 60_000, func(i int64) *tree.Node { return tree.Int(i * 7 % 60_013) })
	add("ints", ints, many(tree.Set, 60_000, func(i int64) *tree.Node { return tree.Int(i * 7 % 60_017) }))
	surds := many(tree.Set, 500, func(i int64) *tree.Node { return sqrt(i + 2) })
	add("surds", surds, many(tree.Set, 500, func(i int64) *tree.Node { return sqrt(501 - i) }))
	add("symbols", many(tree.List, 500, func(i int64) *tree.Node { return tree.New(tree.Mul, tree.Int(i), x) }),
		many(tree.List, 500, func(i int64) *tree.Node { return tree.New(tree.Mul, tree.Int(i+1), x) }))
	add("nested sets", nested(tree.Set, 3000, x), nested(tree.Set, 3000, tree.Int(2)))
	add("nested lists", nested(tree.List, 200, x), nested(tree.List, 200, tree.Int(2)))
	add("nested or", nested(tree.Or, 200, eq(x, tree.Int(1))), nested(tree.Or, 200, eq(x, tree.Int(2))))
	add("unions", many(tree.Union, 3000, func(i int64) *tree.Node { return tree.Named(tree.Interval, "()", tree.Int(2*i), tree.Int(2*i+1)) }),
		many(tree.Union, 3000, func(i int64) *tree.Node { return tree.Named(tree.Interval, "()", tree.Int(2*i), tree.Int(2*i+2)) }))
	add("plus-minus", many(tree.Add, 60, func(i int64) *tree.Node { return tree.New(tree.PlusMinus, sqrt(i+2)) }), tree.Int(3))
	add("power equations", eq(pow(tree.New(tree.Add, x, tree.Int(1)), 1000), tree.Int(0)), eq(pow(x, 999), tree.Int(5)))
	add("product equations", eq(many(tree.Mul, 30, func(i int64) *tree.Node { return tree.New(tree.Add, x, tree.Int(i)) }), tree.Int(0)),
		eq(many(tree.Mul, 22, func(i int64) *tree.Node { return tree.New(tree.Add, x, tree.Int(i)) }), tree.Int(7)))
	add("big coefficients", eq(tree.New(tree.Add, pow(x, 4), tree.New(tree.Mul, tree.Int(1<<61-1), x), tree.Int(1<<62)), tree.Int(0)), eq(pow(x, 4), tree.Int(1<<61)))
	add("chains", chain, x)
	add("text", tree.Words(strings.Repeat("five-hundred ", 80_000)), tree.Words(strings.Repeat("five hundred ", 80_001)))
	add("families", tree.New(tree.Given, many(tree.List, 300, func(i int64) *tree.Node {
		return tree.New(tree.Add, sqrt(i+2), tree.New(tree.Mul, tree.Int(i+1), k))
	}), tree.ChainOf([]tree.Rel{tree.In}, k, tree.Named(tree.SetName, "Z"))),
		tree.New(tree.Given, tree.New(tree.Mul, tree.Int(2), k), tree.ChainOf([]tree.Rel{tree.In}, k, tree.Named(tree.SetName, "Z"))))
	add("matrix", tree.MatrixOf(100, many(tree.List, 10_000, tree.Int).Args...), tree.MatrixOf(100, many(tree.List, 10_000, func(i int64) *tree.Node { return tree.Int(i + 1) }).Args...))
	add("systems", many(tree.And, 300, func(i int64) *tree.Node { return eq(tree.New(tree.Mul, x, tree.Int(i+1)), tree.Sym("y")) }),
		many(tree.And, 300, func(i int64) *tree.Node { return eq(tree.New(tree.Mul, x, tree.Int(i+2)), tree.Sym("y")) }))
	add("many variables", eq(many(tree.Add, 200, func(i int64) *tree.Node { return tree.Sym("x" + strings.Repeat("'", int(i))) }), tree.Int(0)),
		eq(many(tree.Add, 201, func(i int64) *tree.Node { return tree.Sym("x" + strings.Repeat("'", int(i))) }), tree.Int(0)))
	var names []string
	for name := range pairs {
		names = append(names, name)
	}
	slowest, worst := "", time.Duration(0)
	for _, name := range names {
		p := pairs[name]
		others := [][2]*tree.Node{p, {p[1], p[0]}, {p[0], tree.Int(5)}, {p[0], pairs["surds"][0]}, {p[0], pairs["power equations"][1]}, {p[0], tree.Words("yes")}}
		for i, q := range others {
			from := time.Now()
			v, rule := Compare(q[0], q[1], Options{}, budget.Of(steps))
			took := time.Since(from)
			if took > worst {
				slowest, worst = name, took
			}
			if v == tri.Equal && q[0] != q[1] && name != "surds" {
				t.Errorf("%s, pair %d: equal by %s", name, i, rule)
			}
			if took > 30*time.Second {
				t.Errorf("%s, pair %d: %v", name, i, took)
			}
			if testing.Verbose() && took > 20*time.Millisecond {
				t.Logf("%s, pair %d: %v by %s in %v", name, i, v, rule, took)
			}
		}
	}
	t.Logf("slowest: %s, %v", slowest, worst)
	if v, rule := Compare(surds, reversed(surds), Options{}, budget.Of(steps)); v != tri.Equal {
		t.Errorf("500 surds: %v by %s", v, rule)
	}
	if v, rule := Compare(ints, reversed(ints), Options{}, budget.Of(steps)); v != tri.Equal {
		t.Errorf("60,000 integers: %v by %s", v, rule)
	}
}
