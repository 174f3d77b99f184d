package mvsym

import (
	"math/big"
	"strings"
)

func (c *converter) function(n *node) *Value {
	switch n.rule {
	case rFunc:
		return c.oneArgument(n)
	case rFuncMany:
		return c.manyArguments(n)
	case rCall:
		return c.call(n)
	case rInt:
		return c.integral(n)
	case rSqrt:
		return c.root(n)
	case rSeries:
		return c.series(n)
	case rLimit:
		return c.limit(n)
	}
	// e is exp(1) with or without an exponent.
	if k := one(n, rSup); k != nil {
		return exponential(c.superscript(k))
	}
	return mk(E)
}

// exponential is sympy's evaluated exp, as far as it matters for what follows.
func exponential(v *Value) *Value {
	needExpr(v)
	switch {
	case v.Class == Integer && v.Rat.Sign() == 0:
		return num(1)
	case v.Class == Integer && v.Rat.Cmp(big.NewRat(1, 1)) == 0:
		return mk(E)
	case v.Class == Infinity:
		return mk(Infinity)
	case v.Class == NegInf:
		return num(0)
	}
	return named(Func, "exp", v)
}

// sympyNames are the functions of one argument whose name changes.
var sympyNames = map[string]string{
	"arcsin": "asin", "arccos": "acos", "arctan": "atan", "arccsc": "acsc", "arcsec": "asec", "arccot": "acot",
	"arsinh": "asinh", "arcosh": "acosh", "artanh": "atanh", "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh",
	"ceil": "ceiling",
}

// oneArgument reads \sin x and its like. Their first kids are the name, which
// \operatorname spreads over four tokens.
func (c *converter) oneArgument(n *node) *Value {
	var arg *Value
	if k := one(n, rAdd); k != nil {
		arg = c.add(k)
	} else {
		arg = c.mul(one(n, rMulPlain))
	}
	if c.kind(n.kids[0]) == kOperator {
		return c.raise(n, operator(c.text(n.kids[2]), arg))
	}
	name := c.text(n.kids[0])[1:]
	switch name {
	case "log", "ln":
		base := num(10)
		if name == "ln" {
			base = mk(E)
		}
		if k := one(n, rSub); k != nil {
			base = c.index(k)
		}
		return c.raise(n, function("log", arg, base))
	case "det":
		if arg.Class != Matrix {
			fail()
		}
		return c.raise(n, det(arg, c.b))
	case "sin", "cos", "tan", "csc", "sec", "cot", "sinh", "cosh", "tanh":
		if k := one(n, rSup); k != nil && isMinusOne(c.superscript(k)) {
			return function("a"+name, arg)
		}
	}
	if other, ok := sympyNames[name]; ok {
		name = other
	}
	return c.raise(n, function(name, arg))
}

// raise is the power that an index above a function name means.
func (c *converter) raise(n *node, v *Value) *Value {
	k := one(n, rSup)
	if k == nil {
		return v
	}
	exponent := c.superscript(k)
	if exponent.Class == Integer && exponent.Rat.Sign() == 0 {
		return v // a zero counts as no exponent
	}
	return power(v, exponent)
}

// index is an index below as a value.
func (c *converter) index(n *node) *Value {
	if k := one(n, rAtom); k != nil {
		return c.atom(k)
	}
	if k := one(n, rAdd); k != nil {
		return c.add(k)
	}
	fail() // several arguments
	return nil
}

// operator applies a named function of one argument.
func operator(name string, arg *Value) *Value {
	switch name {
	case "arsinh", "arcosh", "artanh", "arcsinh", "arccosh", "arctanh", "floor", "ceil":
		if other, ok := sympyNames[name]; ok {
			name = other
		}
		// arctan here is the hyperbolic one only by its spelling above.
		return function(name, arg)
	}
	if arg.Class != Matrix {
		fail()
	}
	switch name {
	case "trace", "tr":
		return trace(arg)
	case "norm":
		return norm(arg)
	}
	return named(Opaque, name, arg)
}

func (c *converter) manyArguments(n *node) *Value {
	k := one(n, rManyArgs)
	if k == nil {
		fail() // without parentheses the reference raises
	}
	args := c.parsed(c.text(k))
	name := c.text(n.kids[0])
	if c.kind(n.kids[0]) == kOperator {
		name = c.text(n.kids[2])
	}
	switch name = strings.TrimPrefix(name, `\`); name {
	case "gcd", "lcm":
		return c.raise(n, common(name, args))
	case "max":
		return c.raise(n, function("Max", args...))
	case "min":
		return c.raise(n, function("Min", args...))
	}
	return c.raise(n, named(Opaque, name, args...))
}

// parsed parses the parts of a text between commas, each by itself.
func (c *converter) parsed(text string) []*Value {
	var out []*Value
	for _, part := range strings.Split(text, ",") {
		out = append(out, convertText(part, c.real, c.depth+1, c.b))
	}
	return out
}

// common is a greatest common divisor or least common multiple of rationals.
func common(name string, args []*Value) *Value {
	x := new(big.Int)
	if name == "lcm" {
		x.SetInt64(1)
	}
	for _, a := range args {
		if a.Class != Integer {
			needExpr(a)
			return mk(Held, named(Func, name, args...))
		}
		y := new(big.Int).Abs(a.Rat.Num())
		g := new(big.Int).GCD(nil, nil, x, y)
		switch {
		case name == "gcd":
			x = g
		case x.Sign() == 0 || y.Sign() == 0:
			x = new(big.Int)
		default:
			x = y.Mul(y, x).Quo(y, g)
		}
	}
	return mk(Held, rat(new(big.Rat).SetInt(x)))
}

func (c *converter) call(n *node) *Value {
	text := c.text(one(n, rCallArgs))
	text = strings.TrimSuffix(text, ",")
	v := named(Call, c.text(n.kids[0]), c.parsed(text)...)
	for _, a := range v.Args {
		if a.Class == And || a.isRelational() {
			fail()
		}
	}
	if k := one(n, rSup); k != nil {
		return power(v, c.superscript(k))
	}
	return v
}

func (c *converter) root(n *node) *Value {
	args := find(n, rAdd)
	base := c.add(args[len(args)-1])
	if len(args) == 1 {
		return power(base, rat(half))
	}
	return power(base, reciprocal(c.add(args[0])))
}

// reciprocal is 1/v, evaluated.
func reciprocal(v *Value) *Value {
	needExpr(v)
	switch {
	case v.isRational():
		return quotient(big.NewRat(1, 1), v.Rat)
	case v.Class == Float && v.Rat.Sign() != 0:
		return &Value{Class: Float, Rat: toBinary(new(big.Rat).Inv(v.Rat), 15)}
	case v.Class == Infinity, v.Class == NegInf:
		return num(0)
	}
	return mk(Pow, v, num(-1))
}

func (c *converter) series(n *node) *Value {
	sides := find(one(n, rEquality), rAdd)
	by, from := c.add(sides[0]), c.add(sides[1])
	to := c.superscript(one(n, rSup))
	body := c.mul(one(n, rMul))
	needExpr(body, from, to)
	if by.Class != Symbol {
		fail()
	}
	class := Sum
	if c.kind(n.kids[0]) == kProd {
		class = Product
	}
	return mk(class, body, by, from, to)
}

func (c *converter) limit(n *node) *Value {
	name := c.text(n.kids[3])
	var by *Value
	if c.kind(n.kids[3]) == kLetter {
		by = c.exactSymbol(name)
	} else {
		by = c.namedSymbol(name)
	}
	side := "+"
	for _, k := range n.kids[6:] {
		if c.kind(k) == kSub {
			side = "-"
		}
	}
	target, body := c.add(one(n, rAdd)), c.mul(one(n, rMul))
	if target.Class == Infinity {
		side = "-"
	} else if target.Class == NegInf {
		side = "+"
	}
	if by.Class != Symbol || mentions(target, by) {
		fail()
	}
	needExpr(body, target)
	return named(Limit, side, body, by, target)
}

func (c *converter) integral(n *node) *Value {
	body := num(1)
	if k := one(n, rAdd); k != nil {
		body = c.add(k)
	} else if k := one(n, rFrac); k != nil {
		body = c.frac(k)
	}
	needExpr(body)
	by := c.exactSymbol("x")
	if last := n.kids[len(n.kids)-1]; c.kind(last) == kDiff {
		by = c.exactSymbol(differentialName(c.text(last)))
	} else if d := differentialIn(body); d != nil {
		by = c.exactSymbol(strings.TrimPrefix(d.Name[1:], `\`))
		body = canonical(substitute(body, d, num(1)), c.b)
	}
	low, high := one(n, rSub), one(n, rSup)
	if low == nil {
		return mk(Integral, body, by)
	}
	return mk(Integral, body, by, c.index(low), c.superscript(high))
}

// differentialIn finds a symbol such as dx.
func differentialIn(v *Value) *Value {
	if v.Class == Symbol && len(v.Name) > 1 && v.Name[0] == 'd' {
		return v
	}
	for _, a := range v.Args {
		if d := differentialIn(a); d != nil {
			return d
		}
	}
	return nil
}

// binomial is sympy's evaluated binomial coefficient.
func binomial(n, k *Value) *Value {
	needExpr(n, k)
	one := big.NewRat(1, 1)
	if k.Class == Integer {
		switch {
		case k.Rat.Sign() == 0:
			return num(1)
		case k.Rat.Cmp(one) == 0:
			return n
		case k.Rat.Sign() < 0:
			return num(0)
		}
	}
	if n.isRational() && k.Class == Integer {
		return binomialNumber(n.Rat, k.Rat)
	}
	return named(Func, "binomial", n, k)
}

// maxBinomial bounds the smaller index of a binomial coefficient and the size
// of the larger.
const maxBinomial = 20000

func binomialNumber(n, k *big.Rat) *Value {
	if n.IsInt() && n.Sign() >= 0 {
		if n.Cmp(k) < 0 {
			return num(0)
		}
		if rest := new(big.Rat).Sub(n, k); rest.Cmp(k) < 0 {
			k = rest
		}
	}
	if !k.Num().IsInt64() || k.Num().Int64() > maxBinomial || n.Num().BitLen() > 256 {
		return named(Func, "binomial", rat(n), rat(k))
	}
	m := k.Num().Int64()
	if n.IsInt() && n.Num().IsInt64() && n.Sign() >= 0 {
		return rat(new(big.Rat).SetInt(new(big.Int).Binomial(n.Num().Int64(), m)))
	}
	if m > 500 {
		return named(Func, "binomial", rat(n), rat(k))
	}
	out := big.NewRat(1, 1)
	for i := range m {
		f := new(big.Rat).Sub(n, new(big.Rat).SetInt64(i))
		out.Mul(out, f.Quo(f, new(big.Rat).SetInt64(i+1)))
	}
	return rat(out)
}
