package decide

import (
	"testing"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

func ints(op tree.Op, name string, all ...int64) *tree.Node {
	n := tree.Named(op, name)
	for _, x := range all {
		n.Args = append(n.Args, tree.Int(x))
	}
	return n
}

// TestTrees compares trees that no parser has touched.
func TestTrees(t *testing.T) {
	x := tree.Sym("x")
	five := tree.Int(5)
	tests := []struct {
		a, b *tree.Node
		want tri.Verdict
		rule string
	}{
		{five, tree.Int(5), tri.Equal, ruleIdentical},
		{five, tree.Int(6), tri.Different, ""},
		{ints(tree.List, ",", 1, 2), ints(tree.List, "and", 2, 1), tri.Equal, ruleList},
		{ints(tree.List, ",", 1, 1, 2), ints(tree.List, ",", 1, 2, 2), tri.Different, ruleList},
		{ints(tree.Set, "", 1, 1, 2), ints(tree.Set, "", 2, 1), tri.Equal, ruleSet},
		{ints(tree.Set, "", 5), five, tri.Equal, ruleSingleton},
		{ints(tree.Set, "", 5, 6), five, tri.Different, ruleSingleton},
		{ints(tree.Tuple, "(", 1, 2), ints(tree.Tuple, "(", 2, 1), tri.Different, ruleTuple},
		{ints(tree.Tuple, "(", 1, 2), ints(tree.Set, "", 1, 2), tri.Different, ""},
		{ints(tree.Tuple, "(", 1, 2), ints(tree.Interval, "()", 1, 2), tri.Equal, ruleInterval},
		{ints(tree.Tuple, "(", 1, 2), ints(tree.Interval, "[]", 1, 2), tri.Different, ruleInterval},
		{ints(tree.Tuple, "(", 1, 2, 3), ints(tree.Tuple, "<", 1, 2, 3), tri.Equal, ruleTuple},
		{ints(tree.Ratio, "", 2, 3), ints(tree.Ratio, "", 4, 6), tri.Equal, ruleRatio},
		{tree.ChainOf([]tree.Rel{tree.Eq}, x, five), five, tri.Equal, ruleIsolated},
		{tree.ChainOf([]tree.Rel{tree.Eq, tree.Eq}, x, tree.Int(6), five), five, tri.Different, ruleChain},
		{tree.Words("Yes"), tree.Words("yes"), tri.Equal, ruleText},
		{tree.Words("no solution"), tree.Empty, tri.Equal, ruleSynonym},
		{ints(tree.Clock, "pm", 3, 30), ints(tree.Clock, "am", 3, 30), tri.Different, ruleClock},
		{ints(tree.Clock, "pm", 3, 30), ints(tree.Clock, "", 15, 30), tri.Equal, ruleClock},
		{ints(tree.Set, ""), tree.Empty, tri.Equal, ruleSet},
	}
	for _, tt := range tests {
		for _, p := range [][2]*tree.Node{{tt.a, tt.b}, {tt.b, tt.a}} {
			v, rule := Compare(p[0], p[1], Options{}, budget.Of(steps))
			if v != tt.want || tt.rule != "" && rule != tt.rule {
				t.Errorf("%s, %s: %v by %s, want %v %s", dump(p[0]), dump(p[1]), v, rule, tt.want, tt.rule)
			}
		}
	}
}

func BenchmarkCompare(b *testing.B) {
	sqrt := func(n int64) *tree.Node { return tree.New(tree.Root, tree.Int(n), tree.Int(2)) }
	pairs := map[string][2]*tree.Node{
		"ints":      {tree.Int(123), tree.Int(124)},
		"set5":      {ints(tree.Set, "", 1, 2, 3, 4, 5), ints(tree.Set, "", 5, 3, 1, 2, 4)},
		"surds5":    {tree.New(tree.Set, sqrt(2), sqrt(3), sqrt(5), sqrt(7), sqrt(8)), tree.New(tree.Set, times(tree.Int(2), sqrt(2)), sqrt(7), sqrt(5), sqrt(2), sqrt(3))},
		"tuple3":    {ints(tree.Tuple, "(", 1, 2, 3), ints(tree.Tuple, "(", 1, 2, 4)},
		"intervals": {ints(tree.Interval, "[)", 1, 2), ints(tree.Interval, "[)", 1, 3)},
		"union":     {tree.New(tree.Union, ints(tree.Interval, "[)", 1, 2), ints(tree.Interval, "[)", 3, 4)), tree.New(tree.Union, ints(tree.Interval, "[)", 3, 4), ints(tree.Interval, "[)", 1, 2))},
		"isolated":  {tree.ChainOf([]tree.Rel{tree.Eq}, tree.Sym("x"), tree.Int(5)), tree.Int(5)},
		"text":      {tree.Words("Tuesday"), tree.Words("Thursday")},
	}
	for _, name := range []string{"ints", "set5", "surds5", "tuple3", "intervals", "union", "isolated", "text"} {
		p := pairs[name]
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Compare(p[0], p[1], Options{}, budget.Of(steps))
			}
		})
	}
}
