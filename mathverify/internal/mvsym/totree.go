package mvsym

import (
	"math/big"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/scalar"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// treeFuncs are sympy's functions under the names of package tree.
var treeFuncs = map[string]string{
	"sin": "sin", "cos": "cos", "tan": "tan", "cot": "cot", "sec": "sec", "csc": "csc",
	"asin": "arcsin", "acos": "arccos", "atan": "arctan", "acot": "arccot", "asec": "arcsec", "acsc": "arccsc",
	"sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "asinh": "arsinh", "acosh": "arcosh", "atanh": "artanh",
	"exp": "exp", "Abs": "abs", "floor": "floor", "ceiling": "ceil", "Max": "max", "Min": "min", "Mod": "mod",
	"gcd": "gcd", "lcm": "lcm", "binomial": "binom",
}

// toTree writes a scalar value as a tree of the exact packages; false if it is
// none. Symbols that sympy does not assume real are other symbols than those
// that it does.
func toTree(v *Value, b *budget.Budget) (*tree.Node, bool) {
	b.Use(4)
	switch v.Class {
	case Integer, Rational:
		return tree.Rat(v.Rat), true
	case Float:
		if v.Name != "" {
			if r, ok := new(big.Rat).SetString(v.Name); ok {
				return tree.Rat(r), true
			}
		}
		return tree.Rat(v.Rat), true
	case Infinity:
		return tree.Inf, true
	case NegInf:
		return tree.NegInf, true
	case Pi:
		return tree.Pi, true
	case E:
		return tree.E, true
	case I:
		return tree.I, true
	case Symbol:
		if v.Real {
			return tree.Sym(v.Name), true
		}
		return tree.Sym(v.Name + "~"), true
	}
	if !v.isExpr() || v.isMatrix() || v.Class == NaN || v.Class == ComplexInf {
		return nil, false
	}
	args := make([]*tree.Node, len(v.Args))
	for i, a := range v.Args {
		t, ok := toTree(a, b)
		if !ok {
			return nil, false
		}
		args[i] = t
	}
	switch v.Class {
	case Add, Mul:
		if len(args) == 1 {
			return args[0], true
		}
		if v.Class == Add {
			return tree.New(tree.Add, args...), true
		}
		return tree.New(tree.Mul, args...), true
	case Pow:
		return powTree(args[0], args[1], b), true
	case Held:
		return args[0], true
	case Factorial:
		return tree.New(tree.Factorial, args...), true
	case Call:
		return tree.Named(tree.Call, v.Name, args...), true
	case Func:
		return funcTree(v.Name, args)
	case Derivative:
		return tree.New(tree.Derivative, args...), true
	case Integral:
		return tree.New(tree.Integral, args...), true
	case Sum:
		return tree.New(tree.Sum, args...), true
	case Product:
		return tree.New(tree.Product, args...), true
	case Limit:
		return tree.Named(tree.Limit, v.Name, args...), true
	}
	return nil, false
}

func funcTree(name string, args []*tree.Node) (*tree.Node, bool) {
	if name == "log" {
		if len(args) == 1 || args[1] == tree.E {
			return tree.Fn("ln", args[0]), true
		}
		return tree.Fn("log", args...), true
	}
	f, ok := treeFuncs[name]
	if !ok {
		return tree.Named(tree.Call, name, args...), true
	}
	return tree.Fn(f, args...), true
}

// powTree is the principal power: package tree has the real odd root of a
// negative number, sympy the complex one.
func powTree(base, exponent *tree.Node, b *budget.Budget) *tree.Node {
	if exponent.Op == tree.Number && !exponent.IsInteger() && len(tree.Free(base)) == 0 {
		if c, ok := scalar.Order(base, tree.Int(0), scalar.Options{LogBase: scalar.Ten}, b); ok && c < 0 {
			turn := tree.Fn("exp", tree.New(tree.Mul, tree.I, tree.Pi, exponent))
			return tree.New(tree.Mul, tree.New(tree.Pow, tree.New(tree.Neg, base), exponent), turn)
		}
	}
	return tree.New(tree.Pow, base, exponent)
}
