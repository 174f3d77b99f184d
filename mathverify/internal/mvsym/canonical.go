package mvsym

import (
	"math/big"
	"slices"
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
)

// maxFold bounds the bits of a power of numbers that is computed.
const maxFold = 1 << 14

// canonical evaluates a scalar value as sympy does on its own, without
// simplification: numbers are folded, terms and powers collected, a number
// before a sum multiplied in. Arguments are in an order of their structure.
func canonical(v *Value, b *budget.Budget) *Value {
	b.Use(30)
	switch v.Class {
	case Held:
		return canonical(v.Args[0], b)
	case Add:
		return canonicalSum(v, b)
	case Mul:
		return canonicalProduct(v, b)
	case Pow:
		return canonicalPower(canonical(v.Args[0], b), canonical(v.Args[1], b), b)
	case Func, Factorial, Call, Sum, Product, Integral, Limit, Derivative:
		w := *v
		w.Args = make([]*Value, len(v.Args))
		for i, a := range v.Args {
			w.Args[i] = canonical(a, b)
		}
		if v.Name == "exp" {
			return canonicalPower(mk(E), w.Args[0], b)
		}
		return &w
	}
	return v
}

// foldNumbers adds or multiplies numbers: exactly, or in binary once a float takes part.
func foldNumbers(class Class, a, b *Value) *Value {
	r := new(big.Rat)
	if class == Add {
		r.Add(a.Rat, b.Rat)
	} else {
		r.Mul(a.Rat, b.Rat)
	}
	if a.Class == Float || b.Class == Float {
		return &Value{Class: Float, Rat: toBinary(r, 15)}
	}
	return rat(r)
}

func isFinite(v *Value) bool { return v.Rat != nil }

func isInt(v *Value, x int64) bool {
	return v.Class == Integer && v.Rat.Num().IsInt64() && v.Rat.Num().Int64() == x
}

// A part is one collected term or factor: of a sum its coefficient and what it
// multiplies, of a product the exponent and the base.
type part struct {
	key  string
	rest *Value
	with *Value
}

func collect(parts []part, key string, rest, with *Value, b *budget.Budget) []part {
	b.Use(int64(len(key)/8 + len(parts)))
	for i := range parts {
		if parts[i].key == key {
			parts[i].with = canonical(mk(Add, parts[i].with, with), b)
			return parts
		}
	}
	return append(parts, part{key, rest, with})
}

func byKey(x, y part) int { return strings.Compare(x.key, y.key) }

func canonicalSum(v *Value, b *budget.Budget) *Value {
	constant := num(0)
	var terms []part
	var add func(w *Value)
	add = func(w *Value) {
		switch {
		case w.Class == Add:
			for _, a := range w.Args {
				add(a)
			}
		case isFinite(w):
			constant = foldNumbers(Add, constant, w)
		default:
			factor, rest := splitFactor(w)
			terms = collect(terms, structure(rest), rest, factor, b)
		}
	}
	for _, a := range v.Args {
		add(canonical(a, b))
	}
	slices.SortStableFunc(terms, byKey)
	var out []*Value
	if !isInt(constant, 0) {
		out = append(out, constant)
	}
	for _, t := range terms {
		if t.with.Rat != nil && t.with.Rat.Sign() == 0 {
			continue
		}
		out = append(out, joinFactor(t.with, t.rest))
	}
	return rebuilt(Add, out, num(0))
}

func rebuilt(class Class, args []*Value, unit *Value) *Value {
	switch len(args) {
	case 0:
		return unit
	case 1:
		return args[0]
	}
	return mk(class, args...)
}

// splitFactor takes the number off a canonical product.
func splitFactor(w *Value) (factor, rest *Value) {
	if w.Class == Mul && isFinite(w.Args[0]) {
		return w.Args[0], rebuilt(Mul, w.Args[1:], num(1))
	}
	return num(1), w
}

func joinFactor(factor, rest *Value) *Value {
	switch {
	case isInt(factor, 1):
		return rest
	case rest.Class == Mul:
		return mk(Mul, append([]*Value{factor}, rest.Args...)...)
	}
	return mk(Mul, factor, rest)
}

func canonicalProduct(v *Value, b *budget.Budget) *Value {
	factor := num(1)
	var powers []part
	var add func(w *Value)
	add = func(w *Value) {
		switch {
		case w.Class == Mul:
			for _, a := range w.Args {
				add(a)
			}
		case isFinite(w):
			factor = foldNumbers(Mul, factor, w)
		case w.Class == Pow:
			powers = collect(powers, structure(w.Args[0]), w.Args[0], w.Args[1], b)
		default:
			powers = collect(powers, structure(w), w, num(1), b)
		}
	}
	for _, a := range v.Args {
		add(canonical(a, b))
	}
	slices.SortStableFunc(powers, byKey)
	var out []*Value
	for _, p := range powers {
		w := canonicalPower(p.rest, p.with, b)
		switch {
		case isFinite(w):
			factor = foldNumbers(Mul, factor, w)
		case w.Class == Mul && isFinite(w.Args[0]):
			factor = foldNumbers(Mul, factor, w.Args[0])
			out = append(out, w.Args[1:]...)
		case w.Class == Mul:
			out = append(out, w.Args...)
		default:
			out = append(out, w)
		}
	}
	if factor.Rat.Sign() == 0 {
		return factor // also a float: 0.0x is 0.0
	}
	if len(out) == 1 && out[0].Class == Add && !isInt(factor, 1) {
		// A number is multiplied into a sum.
		args := make([]*Value, len(out[0].Args))
		for i, a := range out[0].Args {
			args[i] = mk(Mul, factor, a)
		}
		return canonicalSum(mk(Add, args...), b)
	}
	if !isInt(factor, 1) {
		out = append([]*Value{factor}, out...)
	}
	return rebuilt(Mul, out, num(1))
}

func canonicalPower(base, exponent *Value, b *budget.Budget) *Value {
	switch {
	case isInt(exponent, 1):
		return base
	case isInt(exponent, 0), isInt(base, 1):
		return num(1)
	case base.Class == E && exponent.Class == Func && exponent.Name == "log" && exponent.Args[1].Class == E:
		return exponent.Args[0]
	case base.Class == E && exponent.Class == Float, exponent.Class == Float && isFinite(base) && base.Rat.Sign() > 0:
		if r, ok := decimalValue(mk(Pow, base, exponent), b); ok {
			return &Value{Class: Float, Rat: toBinary(r, 15)}
		}
	}
	if exponent.Class != Integer || !exponent.Rat.Num().IsInt64() {
		return mk(Pow, base, exponent)
	}
	n := exponent.Rat.Num().Int64()
	switch {
	case isFinite(base):
		bits := int64(base.Rat.Num().BitLen() + base.Rat.Denom().BitLen())
		if base.Rat.Sign() == 0 && n < 0 || n > maxFold || n < -maxFold || bits*max(n, -n) > maxFold {
			break
		}
		b.Use(max(n, -n))
		r := ratPow(base.Rat, n)
		if base.Class == Float {
			return &Value{Class: Float, Rat: toBinary(r, 15)}
		}
		return rat(r)
	case base.Class == Pow:
		return canonicalPower(base.Args[0], canonical(mk(Mul, base.Args[1], exponent), b), b)
	case base.Class == Mul:
		args := make([]*Value, len(base.Args))
		for i, a := range base.Args {
			args[i] = canonicalPower(a, exponent, b)
		}
		return canonicalProduct(mk(Mul, args...), b)
	}
	return mk(Pow, base, exponent)
}

func ratPow(x *big.Rat, n int64) *big.Rat {
	e := big.NewInt(max(n, -n))
	p, q := new(big.Int).Exp(x.Num(), e, nil), new(big.Int).Exp(x.Denom(), e, nil)
	if n < 0 {
		p, q = q, p
	}
	return new(big.Rat).SetFrac(p, q)
}
