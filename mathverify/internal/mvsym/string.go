package mvsym

import (
	"math/big"
	"strings"
)

var classNames = map[Class]string{
	Add: "Add", Mul: "Mul", Pow: "Pow", Factorial: "factorial", Held: "UnevaluatedExpr", Eq: "Equality", Ne: "Unequality",
	Lt: "StrictLessThan", Le: "LessThan", Gt: "StrictGreaterThan", Ge: "GreaterThan", Not: "Not", And: "And", FiniteSet: "FiniteSet",
	Union: "Union", Inter: "Intersection", Complement: "Complement", EmptySet: "EmptySet", Tuple: "Tuple", MatAdd: "MatAdd", MatMul: "MatMul",
	Integral: "Integral", Sum: "Sum", Product: "Product", Infinity: "oo", NegInf: "-oo", ComplexInf: "ComplexInfinity", NaN: "nan", Pi: "Pi", E: "Exp1", I: "ImaginaryUnit",
}

// String writes the classes and arguments of sympy's object, symbols with a
// dollar sign before, and a tilde behind those that are not assumed real.
func (v *Value) String() string {
	list := func(vs []*Value) string {
		parts := make([]string, len(vs))
		for i, a := range vs {
			parts[i] = a.String()
		}
		return strings.Join(parts, ",")
	}
	switch v.Class {
	case Integer, Rational:
		return v.Rat.RatString()
	case Float:
		return "F" + new(big.Float).SetPrec(60).SetRat(v.Rat).Text('g', 15)
	case Symbol:
		if v.Real {
			return "$" + v.Name
		}
		return "$" + v.Name + "~"
	case Func, Call:
		return v.Name + "(" + list(v.Args) + ")"
	case NamedSet, Bool, Text:
		return v.Name
	case Opaque:
		return v.Name + "(" + list(v.Args) + ")"
	case Interval:
		return "Interval(" + list(v.Args) + "," + boolName(v.LeftOpen) + "," + boolName(v.RightOpen) + ")"
	case Derivative:
		return "Derivative(" + v.Args[0].String() + ",Tuple(" + v.Args[1].String() + ",1))"
	case Integral, Sum, Product:
		return classNames[v.Class] + "(" + v.Args[0].String() + ",Tuple(" + list(v.Args[1:]) + "))"
	case Limit:
		return "Limit(" + list(v.Args) + ",$" + v.Name + "~)"
	case Matrix:
		var rows []string
		for i := 0; i < len(v.Args); i += v.Cols {
			rows = append(rows, "["+list(v.Args[i:i+v.Cols])+"]")
		}
		return "Matrix[" + strings.Join(rows, ",") + "]"
	}
	name := classNames[v.Class]
	if len(v.Args) == 0 {
		return name
	}
	return name + "(" + list(v.Args) + ")"
}

func boolName(b bool) string {
	if b {
		return "BooleanTrue"
	}
	return "BooleanFalse"
}
