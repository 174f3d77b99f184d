package mvsym

import "strings"

// symbols is sympy_compare_symbols.
func symbols(gold, answer *Value) bool {
	isE := func(v *Value) bool { return v.Class == Symbol && v.Name == "e" }
	if isE(gold) && answer.Class == E || isE(answer) && gold.Class == E {
		return true
	}
	if s, ok := letters(answer); ok && gold.Class == Symbol {
		return strings.EqualFold(gold.Name, s)
	}
	if s, ok := letters(gold); ok && answer.Class == Symbol {
		return strings.EqualFold(answer.Name, s)
	}
	if gold.Class == Symbol && answer.Class == Symbol {
		return gold.Name == answer.Name
	}
	return printed(gold) == printed(answer)
}

// letters joins the names of a product of symbols.
func letters(v *Value) (string, bool) {
	if v.Class != Mul {
		return "", false
	}
	var sb strings.Builder
	for _, a := range v.Args {
		switch a.Class {
		case Symbol:
			sb.WriteString(a.Name)
		case E:
			sb.WriteByte('e')
		default:
			return "", false
		}
	}
	return sb.String(), true
}

// printed is sympy's text of the values that can have that of a symbol; other
// values have spaces or brackets in theirs.
func printed(v *Value) string {
	switch v.Class {
	case Symbol:
		return v.Name
	case Integer, Rational:
		return v.Rat.RatString()
	case Infinity:
		return "oo"
	case NegInf:
		return "-oo"
	case Pi:
		return "pi"
	case Mul:
		// A quotient by an integer, as \text{x/2} would be.
		if len(v.Args) == 2 && v.Args[1].Class == Pow && isMinusOne(v.Args[1].Args[1]) && v.Args[1].Args[0].Class == Integer {
			return printed(v.Args[0]) + "/" + printed(v.Args[1].Args[0])
		}
	}
	return "\x00"
}

// pairSymbols renames the symbols of answer to those of gold, each in order of
// appearance. The reference pairs them in the order of a hash.
func pairSymbols(gold, answer *Value) *Value {
	g, a := freeSymbols(nil, gold), freeSymbols(nil, answer)
	if len(g) != len(a) {
		return answer
	}
	return rename(answer, a, g)
}

func rename(v *Value, from, to []*Value) *Value {
	if v.Class == Symbol {
		for i := range from {
			if same(v, from[i]) {
				return to[i]
			}
		}
		return v
	}
	if len(v.Args) == 0 {
		return v
	}
	w := *v
	w.Args = make([]*Value, len(v.Args))
	for i, a := range v.Args {
		w.Args[i] = rename(a, from, to)
	}
	return &w
}

func freeSymbols(out []*Value, v *Value) []*Value {
	switch v.Class {
	case Symbol:
		for _, o := range out {
			if same(o, v) {
				return out
			}
		}
		return append(out, v)
	case Sum, Product, Limit, Integral:
		if len(v.Args) > 2 {
			for _, s := range freeSymbols(nil, v.Args[0]) {
				if !same(s, v.Args[1]) {
					out = freeSymbols(out, s)
				}
			}
			for _, a := range v.Args[2:] {
				out = freeSymbols(out, a)
			}
			return out
		}
	}
	for _, a := range v.Args {
		out = freeSymbols(out, a)
	}
	return out
}
