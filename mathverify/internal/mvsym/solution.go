package mvsym

import "math/big"

// solutionSet is as_set of a relation in one symbol: the reals for which it
// holds. Function values count as symbols. It is found for relations that are
// linear or quadratic in the symbol, or have it alone on one side.
func (v *verifier) solutionSet(rel *Value) (*Value, bool) {
	rel = unwrapCalls(rel)
	free := freeSymbols(nil, rel)
	if len(free) != 1 {
		return nil, false
	}
	segments, ok := v.solve(rel, free[0])
	if !ok {
		return nil, false
	}
	return setOf(segments), true
}

// unwrapCalls makes f(x) a symbol.
func unwrapCalls(v *Value) *Value {
	if v.Class == Call {
		return &Value{Class: Symbol, Name: v.Name + "_" + structure(v)}
	}
	if len(v.Args) == 0 {
		return v
	}
	w := *v
	w.Args = make([]*Value, len(v.Args))
	for i, a := range v.Args {
		w.Args[i] = unwrapCalls(a)
	}
	return &w
}

func (v *verifier) solve(rel, by *Value) (out []segment, ok bool) {
	if rel.Class == And {
		out = realLine()
		for _, r := range rel.Args {
			s, ok := v.solve(r, by)
			if !ok {
				return nil, false
			}
			if out, ok = v.intersected(out, s); !ok {
				return nil, false
			}
		}
		return out, true
	}
	left, right, class := rel.Args[0], rel.Args[1], rel.Class
	switch {
	case same(left, by) && constant(right):
		return ray(class, right), true
	case same(right, by) && constant(left):
		if m, ok := mirrored[class]; ok {
			class = m
		}
		return ray(class, left), true
	case !left.isExpr() || !right.isExpr():
		return nil, false
	case left.Class == Func && left.Name == "Abs" && constant(right):
		return v.absolute(class, left.Args[0], right, by)
	case right.Class == Func && right.Name == "Abs" && constant(left):
		if m, ok := mirrored[class]; ok {
			class = m
		}
		return v.absolute(class, right.Args[0], left, by)
	}
	p := mk(Add, left, mk(Mul, num(-1), right))
	var at [3]*big.Rat
	for i := range at {
		if at[i], ok = exactly(substitute(p, by, num(int64(i))), v.b); !ok {
			return nil, false
		}
	}
	// p = a x² + b x + c
	c := at[0]
	a := new(big.Rat).Add(at[2], c)
	a.Sub(a, new(big.Rat).Add(at[1], at[1])).Mul(a, half)
	b := new(big.Rat).Sub(at[1], c)
	b.Sub(b, a)
	q := mk(Add, mk(Mul, rat(a), mk(Pow, by, num(2))), mk(Mul, rat(b), by), rat(c))
	if !identical(p, q, v.b) {
		return nil, false
	}
	if a.Sign() == 0 {
		if b.Sign() == 0 {
			return nil, class == Eq && c.Sign() != 0
		}
		if m, ok := mirrored[class]; ok && b.Sign() < 0 {
			class = m
		}
		return ray(class, rat(new(big.Rat).Neg(new(big.Rat).Quo(c, b)))), true
	}
	return v.quadratic(class, a, b, c)
}

// absolute is the solution of |p| R c for c > 0.
func (v *verifier) absolute(class Class, p, c, by *Value) ([]segment, bool) {
	if s, ok := order(c, num(0), v.b); !ok || s <= 0 {
		return nil, false
	}
	low := opposite(c)
	high, ok := v.solve(mk(class, p, c), by)
	if !ok {
		return nil, false
	}
	other := class
	if m, ok := mirrored[class]; ok {
		other = m
	}
	rest, ok := v.solve(mk(other, p, low), by)
	if !ok {
		return nil, false
	}
	if class == Lt || class == Le || class == Ne {
		return v.intersected(high, rest)
	}
	return v.merged(append(high, rest...))
}

// ray is the solution of x R c.
func ray(class Class, c *Value) []segment {
	below := segment{lo: mk(NegInf), loOpen: true, hi: c, hiOpen: true}
	above := segment{lo: c, loOpen: true, hi: mk(Infinity), hiOpen: true}
	switch class {
	case Lt:
		return []segment{below}
	case Le:
		below.hiOpen = false
		return []segment{below}
	case Gt:
		return []segment{above}
	case Ge:
		above.loOpen = false
		return []segment{above}
	case Ne:
		return []segment{below, above}
	}
	return []segment{{lo: c, hi: c}}
}

// quadratic is the solution of a x² + b x + c R 0.
func (v *verifier) quadratic(class Class, a, b, c *big.Rat) ([]segment, bool) {
	if m, ok := mirrored[class]; ok && a.Sign() < 0 {
		class = m
	}
	d := new(big.Rat).Mul(b, b)
	d.Sub(d, new(big.Rat).Mul(big.NewRat(4, 1), new(big.Rat).Mul(a, c)))
	mid := new(big.Rat).Quo(b, new(big.Rat).Mul(big.NewRat(-2, 1), a))
	if d.Sign() <= 0 {
		point := segment{lo: rat(mid), hi: rat(mid)}
		switch {
		case d.Sign() == 0 && (class == Eq || class == Le):
			return []segment{point}, true
		case d.Sign() == 0 && (class == Gt || class == Ne):
			return gaps([]segment{point}), true
		case class == Eq || class == Lt || class == Le:
			return nil, true
		}
		return realLine(), true
	}
	// The half distance of the roots is √d / 2|a|.
	width := mk(Mul, mk(Pow, rat(d), rat(half)), rat(new(big.Rat).Inv(new(big.Rat).Abs(new(big.Rat).Add(a, a)))))
	low, high := v.number(mk(Add, rat(mid), mk(Mul, num(-1), width))), v.number(mk(Add, rat(mid), width))
	switch class {
	case Eq:
		return []segment{{lo: low, hi: low}, {lo: high, hi: high}}, true
	case Ne:
		return gaps([]segment{{lo: low, hi: low}, {lo: high, hi: high}}), true
	}
	inner := []segment{{lo: low, hi: high, loOpen: class == Lt || class == Ge, hiOpen: class == Lt || class == Ge}}
	if class == Lt || class == Le {
		return inner, true
	}
	return gaps(inner), true
}

func (v *verifier) number(w *Value) *Value {
	if r, ok := exactly(w, v.b); ok {
		return rat(r)
	}
	return w
}
