package syntax

import (
	"fmt"
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

func dump(n *tree.Node) string {
	names := map[tree.Op]string{tree.Add: "Add", tree.Neg: "Neg", tree.Mul: "Mul", tree.Div: "Div", tree.Pow: "Pow", tree.Root: "Root", tree.PlusMinus: "PM", tree.MinusPlus: "MP", tree.Percent: "Percent", tree.Degree: "Degree", tree.Factorial: "Fact", tree.DoubleFactorial: "DFact", tree.Func: "Fn", tree.Call: "Call", tree.Sum: "Sum", tree.Product: "Prod", tree.Integral: "Int", tree.Limit: "Lim", tree.Derivative: "Deriv", tree.Evaluate: "Eval", tree.Chain: "Chain", tree.And: "And", tree.Or: "Or", tree.Not: "Not", tree.Congruent: "Cong", tree.Tuple: "Tuple", tree.Interval: "Interval", tree.Set: "Set", tree.SetOf: "SetOf", tree.Union: "Union", tree.Intersect: "Inter", tree.Minus: "Minus", tree.List: "List", tree.Lines: "Lines", tree.Matrix: "Matrix", tree.Cases: "Cases", tree.Quantity: "Qty", tree.Ratio: "Ratio", tree.Clock: "Clock", tree.Based: "Based", tree.Labeled: "Label", tree.Given: "Given", tree.Text: "Text", tree.Unit: "Unit", tree.SetName: "SetN", tree.Ellipsis: "..."}
	switch n.Op {
	case tree.Number:
		return tree.String(n)
	case tree.Symbol:
		return n.Name
	case tree.Const:
		return "#" + n.Name
	}
	s := names[n.Op]
	if n.Name != "" {
		s += "<" + n.Name + ">"
	}
	if n.Cols > 0 {
		s += fmt.Sprint(n.Cols)
	}
	if len(n.Rels) > 0 {
		s += fmt.Sprint(n.Rels)
	}
	if len(n.Args) == 0 {
		return s
	}
	var a []string
	for _, x := range n.Args {
		a = append(a, dump(x))
	}
	return s + "(" + strings.Join(a, " ") + ")"
}
