package mvsym

import (
	"math/big"
	"strings"
)

// Class is the kind of object that sympy would hold.
type Class uint8

const (
	Integer    Class = iota // Rat
	Rational                // Rat
	Float                   // Name: as written; Rat: the binary value
	Infinity                // oo
	NegInf                  // -oo
	ComplexInf              // zoo
	NaN
	Pi
	E      // Euler's number
	I      // the imaginary unit, which only the letter I gives
	Symbol // Name; Real
	Add
	Mul
	Pow  // base, exponent
	Func // Name: sympy's name of the function
	Call // Name: an undefined function
	Factorial
	Held       // UnevaluatedExpr: one value
	Derivative // body, variable
	Integral   // body, variable [, low, high]
	Sum        // body, variable, low, high
	Product    // body, variable, low, high
	Limit      // body, variable, target; Name: side
	Bool       // Name: True or False
	Eq         // left, right
	Ne
	Lt
	Le
	Gt
	Ge
	Not
	And       // relations as written
	FiniteSet // elements as written
	Interval  // low, high; LeftOpen, RightOpen
	Union
	Inter
	Complement
	EmptySet
	NamedSet // Name: Reals, Integers, ...
	Tuple
	Matrix // entries by row; Cols
	MatAdd
	MatMul
	Text   // Name: a string that was not parsed
	Opaque // Name: an object that is only equal to itself
)

// A Value is what the reference's parser returns: an unevaluated object of
// sympy, or a string. It is not changed once made.
type Value struct {
	Class               Class
	Name                string
	Args                []*Value
	Rat                 *big.Rat
	Real                bool // a Symbol assumed real
	LeftOpen, RightOpen bool
	Plain               bool // a FiniteSet of sympy itself, without the order of writing
	Cols                int
}

func mk(c Class, args ...*Value) *Value { return &Value{Class: c, Args: args} }

func named(c Class, name string, args ...*Value) *Value {
	return &Value{Class: c, Name: name, Args: args}
}

func num(x int64) *Value { return rat(new(big.Rat).SetInt64(x)) }

// rat returns the number x, which must not be changed afterwards.
func rat(x *big.Rat) *Value {
	if x.IsInt() {
		return &Value{Class: Integer, Rat: x}
	}
	return &Value{Class: Rational, Rat: x}
}

// quotient is what sympy's Rational(a, b) gives: zoo or nan for b = 0.
func quotient(a, b *big.Rat) *Value {
	if b.Sign() == 0 {
		if a.Sign() == 0 {
			return mk(NaN)
		}
		return mk(ComplexInf)
	}
	return rat(new(big.Rat).Quo(a, b))
}

// isNumber reports an instance of sympy's Number.
func (v *Value) isNumber() bool { return v.Class <= NaN && v.Class != ComplexInf }

func (v *Value) isRational() bool { return v.Class == Integer || v.Class == Rational }

func (v *Value) isMatrix() bool {
	switch v.Class {
	case Matrix, MatAdd, MatMul:
		return true
	}
	return false
}

func (v *Value) isSet() bool {
	switch v.Class {
	case FiniteSet, Interval, Union, Inter, Complement, EmptySet, NamedSet:
		return true
	}
	return false
}

func (v *Value) isRelational() bool { return Eq <= v.Class && v.Class <= Ge }

// isExpr reports an instance of sympy's Expr: what arithmetic takes.
func (v *Value) isExpr() bool { return v.Class < Bool || v.isMatrix() }

// negate is -v of a number.
func negate(v *Value) *Value {
	switch v.Class {
	case Integer, Rational:
		return rat(new(big.Rat).Neg(v.Rat))
	case Float:
		text := "-" + v.Name
		if strings.HasPrefix(v.Name, "-") {
			text = v.Name[1:]
		}
		return &Value{Class: Float, Name: text, Rat: new(big.Rat).Neg(v.Rat)}
	case Infinity:
		return mk(NegInf)
	case NegInf:
		return mk(Infinity)
	}
	return v
}

var half = big.NewRat(1, 2)
var hundredth = big.NewRat(1, 100)

func toPercent(v *Value) *Value { return mk(Mul, v, rat(hundredth)) }

// same reports structural equality, as == of sympy.
func same(a, b *Value) bool { return compare(a, b) == 0 }

// compare orders values by structure; sets of elements are compared as sets.
func compare(a, b *Value) int {
	if a == b {
		return 0
	}
	if a.Class != b.Class {
		return int(a.Class) - int(b.Class)
	}
	if c := strings.Compare(a.key(), b.key()); c != 0 {
		return c
	}
	if a.Rat != nil {
		return a.Rat.Cmp(b.Rat)
	}
	x, y := a.canonicalArgs(), b.canonicalArgs()
	if len(x) != len(y) {
		return len(x) - len(y)
	}
	for i := range x {
		if c := compare(x[i], y[i]); c != 0 {
			return c
		}
	}
	return 0
}

func (v *Value) key() string {
	switch v.Class {
	case Float:
		return ""
	case Interval:
		return string([]byte{flag(v.LeftOpen), flag(v.RightOpen)})
	case Symbol:
		return v.Name + string([]byte{flag(v.Real)})
	case FiniteSet:
		return string([]byte{flag(v.Plain)})
	case Matrix:
		return string(rune(v.Cols))
	}
	return v.Name
}

func flag(b bool) byte {
	if b {
		return '1'
	}
	return '0'
}

// canonicalArgs returns the arguments, those of a set or conjunction sorted and
// without duplicates.
func (v *Value) canonicalArgs() []*Value {
	switch v.Class {
	case FiniteSet, And, Union, Inter:
		return distinct(v.Args)
	}
	return v.Args
}
