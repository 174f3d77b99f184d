package rules

import (
	"strconv"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// derivative: d^n f/dx^n of elementary functions
func derivative(n *tree.Node, b *budget.Budget) *tree.Node {
	if n.Op != tree.Derivative || n.Args[1].Op != tree.Symbol || unknownFunction(n.Args[0], n.Args[1].Name) {
		return nil
	}
	order := 1
	if n.Name != "" {
		var err error
		const most = 8
		if order, err = strconv.Atoi(n.Name); err != nil || order < 1 || order > most {
			return nil
		}
	}
	f := n.Args[0]
	for range order {
		if f = diff(f, n.Args[1].Name, b); f == nil {
			return nil
		}
		const most = 5000
		if tree.Size(f, most) >= most {
			return nil
		}
	}
	return f
}

// diff returns df/dx, nil when a part of f is not an elementary function.
func diff(f *tree.Node, x string, b *budget.Budget) *tree.Node {
	b.Use(16)
	if !depends(f, x) {
		return zero
	}
	switch f.Op {
	case tree.Symbol:
		if f.Name != x {
			return nil // a_x
		}
		return one
	case tree.Neg:
		if d := diff(f.Args[0], x, b); d != nil {
			return neg(d)
		}
	case tree.Percent:
		if d := diff(f.Args[0], x, b); d != nil {
			return div(d, tree.Int(100))
		}
	case tree.Add:
		terms := make([]*tree.Node, len(f.Args))
		for i, a := range f.Args {
			if terms[i] = diff(a, x, b); terms[i] == nil {
				return nil
			}
		}
		return add(terms...)
	case tree.Mul:
		terms := make([]*tree.Node, len(f.Args))
		for i, a := range f.Args {
			d := diff(a, x, b)
			if d == nil {
				return nil
			}
			b.Use(int64(len(f.Args)))
			factors := append([]*tree.Node{d}, f.Args[:i]...)
			terms[i] = mul(append(factors, f.Args[i+1:]...)...)
		}
		return add(terms...)
	case tree.Div:
		p, q := f.Args[0], f.Args[1]
		dp, dq := diff(p, x, b), diff(q, x, b)
		if dp == nil || dq == nil {
			return nil
		}
		if isZero(dq) {
			return div(dp, q)
		}
		return div(sub(mul(dp, q), mul(p, dq)), pow(q, two))
	case tree.Pow:
		return diffPower(f.Args[0], f.Args[1], x, b)
	case tree.Root:
		if !depends(f.Args[1], x) {
			// r = u^(1/n):  r' = r·u'/(n·u)
			d := diff(f.Args[0], x, b)
			if d == nil {
				return nil
			}
			return div(mul(f, d), mul(f.Args[1], f.Args[0]))
		}
	case tree.Func:
		return diffFunc(f, x, b)
	}
	return nil
}

func diffPower(u, v *tree.Node, x string, b *budget.Budget) *tree.Node {
	if !depends(v, x) {
		d := diff(u, x, b)
		if d == nil {
			return nil
		}
		return mul(v, pow(u, sub(v, one)), d)
	}
	dv := diff(v, x, b)
	if dv == nil {
		return nil
	}
	lnU := one
	if u != tree.E {
		lnU = foldOne(tree.Fn("ln", u))
	}
	if !depends(u, x) {
		return mul(pow(u, v), lnU, dv)
	}
	du := diff(u, x, b)
	if du == nil {
		return nil
	}
	return mul(pow(u, v), add(mul(dv, lnU), div(mul(v, du), u)))
}

// diffFunc applies the chain rule to the functions that have a derivative.
func diffFunc(f *tree.Node, x string, b *budget.Budget) *tree.Node {
	u := f.Args[0]
	du := diff(u, x, b)
	if du == nil {
		return nil
	}
	fn := func(name string) *tree.Node { return tree.Fn(name, u) }
	sq := func(n *tree.Node) *tree.Node { return pow(n, two) }
	var d *tree.Node
	switch f.Name {
	case "sin":
		d = fn("cos")
	case "cos":
		d = neg(fn("sin"))
	case "tan":
		d = pow(fn("cos"), tree.Int(-2))
	case "cot":
		d = neg(pow(fn("sin"), tree.Int(-2)))
	case "sec":
		d = mul(fn("sec"), fn("tan"))
	case "csc":
		d = neg(mul(fn("csc"), fn("cot")))
	case "arcsin":
		d = div(one, tree.New(tree.Root, sub(one, sq(u)), two))
	case "arccos":
		d = neg(div(one, tree.New(tree.Root, sub(one, sq(u)), two)))
	case "arctan":
		d = div(one, add(one, sq(u)))
	case "arccot":
		d = neg(div(one, add(one, sq(u))))
	case "sinh":
		d = fn("cosh")
	case "cosh":
		d = fn("sinh")
	case "tanh":
		d = pow(fn("cosh"), tree.Int(-2))
	case "arsinh":
		d = div(one, tree.New(tree.Root, add(sq(u), one), two))
	case "artanh":
		d = div(one, sub(one, sq(u)))
	case "exp":
		d = f
	case "ln":
		d = div(one, u)
	case "log":
		if len(f.Args) != 2 || depends(f.Args[1], x) {
			return nil // the base of a bare log is a matter of policy
		}
		d = div(one, mul(u, tree.Fn("ln", f.Args[1])))
	case "abs":
		d = div(u, f)
	default:
		return nil
	}
	return mul(d, du)
}

// evaluation: F(x) between two limits, F|_a^b = F(b) - F(a)
func evaluation(n *tree.Node, b *budget.Budget) *tree.Node {
	if n.Op != tree.Evaluate || len(n.Args) != 4 || n.Args[1].Op != tree.Symbol {
		return nil
	}
	lo := at(n.Args[0], n.Args[1].Name, n.Args[2], b)
	hi := at(n.Args[0], n.Args[1].Name, n.Args[3], b)
	if singular(lo) || singular(hi) {
		return nil
	}
	return sub(hi, lo)
}
