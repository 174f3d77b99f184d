package approx

import (
	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// Undefined reports a constant that certainly has no value: somewhere it divides
// by an algebraic number that is 0, takes the logarithm of one or stands at a
// pole, as in 1/(√2² - 2) and tan(π/2).
func Undefined(n *tree.Node, b *budget.Budget) bool {
	b.Use(5)
	var pole *tree.Node
	switch n.Op {
	case tree.Number:
		return false
	case tree.Div:
		pole = n.Args[1]
	case tree.Pow:
		if k, err := Rational(n.Args[1], b); err == nil && k.Sign() < 0 {
			pole = n.Args[0]
		}
	case tree.Func:
		switch n.Name {
		case "ln", "log":
			pole = n.Args[0]
		case "tan", "sec":
			pole = tree.Fn("cos", n.Args[0])
		case "cot", "csc":
			pole = tree.Fn("sin", n.Args[0])
		}
	}
	if pole != nil {
		if zero, proven := Zero(pole, nil, b); zero && proven {
			return true
		}
	}
	for _, a := range n.Args {
		if Undefined(a, b) {
			return true
		}
	}
	return false
}
