package mvsym

import (
	"math/big"
	"strconv"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
)

// A logTable expands logarithms as far as sympy does for real symbols of
// unknown sign: it takes positive numbers out of the argument, and powers with
// an exponent above -1 and up to 1. What is left of an argument is a symbol of
// its own, the same for equal arguments, so that ln x and -ln(1/x) differ.
type logTable struct {
	args []*Value
	b    *budget.Budget
}

func (t *logTable) expand(v *Value) *Value {
	if len(v.Args) == 0 {
		return v
	}
	w := *v
	w.Args = make([]*Value, len(v.Args))
	for i, a := range v.Args {
		w.Args[i] = t.expand(a)
	}
	if v.Class != Func || v.Name != "log" || constant(v.Args[0]) {
		return &w
	}
	natural := t.natural(canonical(w.Args[0], t.b))
	if len(w.Args) == 1 || w.Args[1].Class == E {
		return natural
	}
	return mk(Mul, natural, mk(Pow, named(Func, "log", w.Args[1], mk(E)), num(-1)))
}

func (t *logTable) natural(arg *Value) *Value {
	if arg.Class == Pow && arg.Args[0].Class == E {
		return arg.Args[1]
	}
	factor, rest := splitFactor(arg)
	var terms []*Value
	if isFinite(factor) && factor.Rat.Sign() > 0 && !isInt(factor, 1) {
		terms = append(terms, named(Func, "log", factor, mk(E)))
		arg = rest
	}
	one := big.NewRat(1, 1)
	if arg.Class == Pow && arg.Args[1].isRational() && arg.Args[1].Rat.Cmp(minusOne) > 0 && arg.Args[1].Rat.Cmp(one) <= 0 {
		terms = append(terms, mk(Mul, arg.Args[1], t.natural(arg.Args[0])))
	} else {
		terms = append(terms, t.opaque(arg))
	}
	return rebuilt(Add, terms, num(0))
}

func (t *logTable) opaque(arg *Value) *Value {
	for i, a := range t.args {
		if same(a, arg) || identical(a, arg, t.b) {
			return logSymbol(i)
		}
	}
	t.args = append(t.args, arg)
	return logSymbol(len(t.args) - 1)
}

func logSymbol(i int) *Value {
	return &Value{Class: Symbol, Name: "ln " + strconv.Itoa(i), Real: true}
}
