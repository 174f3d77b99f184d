package mvsym

import "math/big"

var minusOne = big.NewRat(-1, 1)

func isMinusOne(v *Value) bool { return v.Class == Integer && v.Rat.Cmp(minusOne) == 0 }

// join is an unevaluated Add or Mul that takes in the arguments of operands of
// the same class.
func join(class Class, a, b *Value) *Value {
	needExpr(a, b)
	if a.Class != class && b.Class != class {
		return mk(class, a, b)
	}
	var args []*Value
	for _, v := range []*Value{a, b} {
		if v.Class == class {
			args = append(args, v.Args...)
		} else {
			args = append(args, v)
		}
	}
	return mk(class, args...)
}

// maxChain is how many terms or factors in a row the reference reads before
// its recursion ends.
const maxChain = 960

func (c *converter) add(n *node) *Value {
	if len(n.kids) > 2*maxChain {
		fail()
	}
	v := c.mul(n.kids[0])
	for i := 1; i < len(n.kids); i += 2 {
		w := c.mul(n.kids[i+1])
		minus := c.kind(n.kids[i]) == kSub
		switch {
		case v.isMatrix() || w.isMatrix():
			if minus {
				w = join(MatMul, num(-1), w)
			}
			v = join(MatAdd, v, w)
		default:
			if minus {
				w = opposite(w)
			}
			v = join(Add, v, w)
		}
	}
	return v
}

// opposite is the value after a minus sign.
func opposite(v *Value) *Value {
	if v.isNumber() {
		return negate(v)
	}
	return join(Mul, num(-1), v)
}

func (c *converter) mul(n *node) *Value {
	v := c.unary(n.kids[0])
	for i := 1; i < len(n.kids); i += 2 {
		v = c.times(v, c.kind(n.kids[i]), c.unary(n.kids[i+1]))
	}
	return v
}

func (c *converter) times(v *Value, op kind, w *Value) *Value {
	matrices := v.isMatrix() || w.isMatrix()
	switch {
	case op == kMod:
		needExpr(v, w)
		if w.isMatrix() {
			fail()
		}
		return named(Func, "Mod", v, w)
	case op == kMul && matrices:
		return join(MatMul, v, w)
	case op == kMul:
		return join(Mul, v, w)
	}
	return divide(v, w)
}

func divide(v, w *Value) *Value {
	needExpr(v, w)
	switch {
	case v.isMatrix() || w.isMatrix():
		return mk(MatMul, v, mk(Pow, w, num(-1)))
	case v.Class == Integer && w.Class == Integer:
		return quotient(v.Rat, w.Rat)
	}
	return mk(Mul, v, mk(Pow, w, num(-1)))
}

func (c *converter) unary(n *node) *Value {
	c.b.Use(4)
	if n.kids[0].rule != rToken {
		return c.product(n.kids)
	}
	v := c.unary(n.kids[1])
	switch {
	case c.kind(n.kids[0]) == kAdd:
		return v
	case v.isMatrix():
		return join(MatMul, num(-1), v)
	}
	return opposite(v)
}

// product multiplies neighbours without a sign between them, from the right.
func (c *converter) product(factors []*node) *Value {
	if len(factors) > maxChain {
		fail()
	}
	vs := make([]*Value, 0, len(factors))
	for i, f := range factors {
		v := c.postfix(f)
		if v.Class == Derivative && len(v.Args) == 1 {
			// d/dx without a body takes the rest.
			if i+1 == len(factors) {
				fail()
			}
			v = derivative(c.product(factors[i+1:]), v.Args[0])
			vs = append(vs, v)
			break
		}
		vs = append(vs, v)
		if !v.isExpr() {
			break // the reference drops what follows
		}
	}
	v := vs[len(vs)-1]
	for i := len(vs) - 2; i >= 0; i-- {
		v = adjoin(vs[i], v)
	}
	return v
}

func adjoin(a, b *Value) *Value {
	switch {
	case a.isMatrix() || b.isMatrix():
		return join(MatMul, a, b)
	case a.Class == Integer && b.isRational() && b.Rat.Sign() > 0:
		// A mixed number, also where the second is an integer.
		den := new(big.Rat).SetInt(b.Rat.Denom())
		top := new(big.Rat).Mul(a.Rat, den)
		part := new(big.Rat).SetInt(b.Rat.Num())
		if a.Rat.Sign() < 0 {
			top.Sub(top, part)
		} else {
			top.Add(top, part)
		}
		return rat(top.Quo(top, den))
	}
	return join(Mul, a, b)
}

func derivative(body, by *Value) *Value {
	needExpr(body)
	if constant(body) {
		return num(0)
	}
	return mk(Derivative, body, by)
}

func mentions(v, symbol *Value) bool {
	if v.Class == Symbol {
		return same(v, symbol)
	}
	for _, a := range v.Args {
		if mentions(a, symbol) {
			return true
		}
	}
	return false
}

func (c *converter) postfix(n *node) *Value {
	v := c.pow(n.kids[0])
	for _, op := range n.kids[1:] {
		if len(v.Args) == 1 && v.Class == Derivative {
			fail()
		}
		k := op.kids[0]
		switch {
		case k.rule == rEvalAt:
			v = c.evalAt(v, k)
		case c.kind(k) == kBang:
			needExpr(v)
			v = mk(Factorial, v)
		case c.kind(k) == kTranspose:
			v = c.transpose(v)
		}
	}
	return v
}

func (c *converter) transpose(v *Value) *Value {
	switch {
	case v.Class == Matrix:
		return transposed(v)
	case v.isMatrix():
		return named(Func, "Transpose", v)
	case c.real && v.Class != Call:
		return v
	case v.isNumber(), v.Class == Pi, v.Class == E:
		return v
	}
	return named(Func, "transpose", v)
}

func transposed(v *Value) *Value {
	rows := len(v.Args) / v.Cols
	args := make([]*Value, 0, len(v.Args))
	for j := range v.Cols {
		for i := range rows {
			args = append(args, v.Args[i*v.Cols+j])
		}
	}
	return &Value{Class: Matrix, Cols: rows, Args: args}
}

// evalAt is F|_a^b.
func (c *converter) evalAt(v *Value, n *node) *Value {
	var high, low *Value
	if k := one(n, rEvalSup); k != nil {
		high = c.substituted(v, k)
	}
	if k := one(n, rEvalSub); k != nil {
		low = c.substituted(v, k)
	}
	switch {
	case high != nil && low != nil:
		return join(Add, high, join(Mul, low, num(-1)))
	case high != nil:
		return high
	}
	return low
}

func (c *converter) substituted(v *Value, n *node) *Value {
	if k := one(n, rEquality); k != nil {
		sides := find(k, rAdd)
		return substitute(v, c.add(sides[0]), c.add(sides[1]))
	}
	c.add(one(n, rAdd)) // only a symbol would be put in, and that for itself
	return v
}

func substitute(v, old, by *Value) *Value {
	if same(v, old) {
		return by
	}
	if len(v.Args) == 0 {
		return v
	}
	w := *v
	w.Args = make([]*Value, len(v.Args))
	for i, a := range v.Args {
		w.Args[i] = substitute(a, old, by)
	}
	return &w
}

func (c *converter) pow(n *node) *Value {
	v := c.comp(n.kids[0])
	for i := 1; i < len(n.kids); i++ {
		k := n.kids[i]
		switch k.rule {
		case rAtom:
			v = power(v, c.atom(k))
		case rAdd:
			v = power(v, c.add(k))
		}
	}
	return v
}

func power(base, exponent *Value) *Value {
	if base.Class == Derivative && len(base.Args) == 1 {
		fail()
	}
	needExpr(base, exponent)
	return mk(Pow, base, exponent)
}

// comp reads what stands without an operator. Its node is rComp or rCompPlain.
func (c *converter) comp(n *node) *Value {
	k := n.kids[0]
	switch k.rule {
	case rGroup:
		return c.add(one(k, rAdd))
	case rToken: // \boxed, \phantom
		return c.add(one(n, rAdd))
	case rAbs:
		return function("Abs", c.add(one(k, rAdd)))
	case rNormGroup:
		v := c.add(one(k, rAdd))
		if v.Class != Matrix {
			fail()
		}
		return norm(v)
	case rFloorGroup:
		return function("floor", c.add(one(k, rAdd)))
	case rCeilGroup:
		return function("ceiling", c.add(one(k, rAdd)))
	case rAtom:
		return c.atom(k)
	case rFrac:
		return c.frac(k)
	case rBinom:
		args := find(k, rAdd)
		return binomial(c.add(args[0]), c.add(args[1]))
	case rMatrix:
		return c.matrix(k)
	case rDet:
		return det(c.matrix(k), c.b)
	case rDot:
		fail() // the grammar has it, the converter has nothing for it
	}
	return c.function(k)
}

func function(name string, args ...*Value) *Value {
	needExpr(args...)
	return named(Func, name, args...)
}

func (c *converter) frac(n *node) *Value {
	args := find(n, rAdd)
	if v, ok := c.differential(args[0], args[1]); ok {
		return v
	}
	return divide(c.add(args[0]), c.add(args[1]))
}

// differential reads d/dx, dy/dx and the like.
func (c *converter) differential(upper, lower *node) (*Value, bool) {
	var by string
	low := c.toks[lower.from:lower.to]
	partial := false
	switch {
	case len(low) == 1 && low[0].kind == kDiff:
		by = differentialName(low[0].text)
	case len(low) == 2 && low[0].text == `\partial` && (low[1].kind == kLetter || low[1].kind == kSymbol):
		partial = true
		by = low[1].text
		if low[1].kind == kSymbol {
			by = by[1:]
		}
	default:
		return nil, false
	}
	symbol := c.exactSymbol(by)
	top := c.toks[upper.from:upper.to]
	mark := "d"
	if partial {
		mark = `\partial`
	}
	if len(top) == 1 && top[0].text == mark {
		return mk(Derivative, symbol), true
	}
	text := c.between(upper)
	if len(text) < len(mark) || text[:len(mark)] != mark || partial && top[0].text != mark {
		return nil, false
	}
	body := convertText(text[len(mark):], c.real, c.depth+1, c.b)
	if !body.isExpr() {
		fail()
	}
	return derivative(body, symbol), true
}

// between returns the source of a node, white space included.
func (c *converter) between(n *node) string {
	last := c.toks[n.to-1]
	return c.src[c.toks[n.from].at : last.at+len(last.text)]
}

// differentialName is the variable of a differential.
func differentialName(text string) string {
	i := 1
	for i < len(text) && isSpace(text[i]) {
		i++
	}
	text = text[i:]
	if text[0] == '\\' {
		text = text[1:]
	}
	return text
}
