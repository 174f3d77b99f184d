package decide

import (
	"fmt"
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// steps is the budget of one verdict in these tests.
const steps = 2_000_000

// dump shows a tree in prefix form.
func dump(n *tree.Node) string {
	switch {
	case n.Op == tree.Number:
		return n.Rat().RatString()
	case n.Op == tree.Text:
		return fmt.Sprintf("%q", n.Name)
	case len(n.Args) == 0:
		return n.Name + opName(n)
	}
	var parts []string
	for i, a := range n.Args {
		parts = append(parts, dump(a))
		if i < len(n.Rels) {
			parts = append(parts, fmt.Sprintf("R%d", n.Rels[i]))
		}
	}
	name := opName(n)
	if n.Name != "" {
		name += "'" + n.Name + "'"
	}
	return name + "(" + strings.Join(parts, " ") + ")"
}

func opName(n *tree.Node) string {
	names := map[tree.Op]string{
		tree.Symbol: "", tree.Const: "", tree.Unit: "unit", tree.SetName: "set",
		tree.Add: "add", tree.Neg: "neg", tree.Mul: "mul", tree.Div: "div", tree.Pow: "pow", tree.Root: "root",
		tree.PlusMinus: "pm", tree.MinusPlus: "mp", tree.Percent: "percent", tree.Degree: "degree", tree.Func: "func",
		tree.Call: "call", tree.Chain: "chain", tree.And: "and", tree.Or: "or", tree.Tuple: "tuple", tree.Interval: "interval",
		tree.Set: "Set", tree.SetOf: "setof", tree.Union: "union", tree.Intersect: "intersect", tree.Minus: "minus",
		tree.List: "list", tree.Lines: "lines", tree.Matrix: "matrix", tree.Cases: "cases", tree.Quantity: "quantity",
		tree.Ratio: "ratio", tree.Clock: "clock", tree.Labeled: "labeled", tree.Given: "given", tree.Congruent: "congruent",
		tree.Integral: "integral", tree.Limit: "limit", tree.Sum: "sum",
	}
	if s, ok := names[n.Op]; ok {
		return s
	}
	return fmt.Sprintf("op%d", n.Op)
}
