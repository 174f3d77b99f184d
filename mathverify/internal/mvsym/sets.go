package mvsym

func (c *converter) setRelation(n *node) *Value {
	v := c.setPrimary(n.kids[0])
	for i := 1; i < len(n.kids); i += 2 {
		w := c.setPrimary(n.kids[i+1])
		if c.kind(n.kids[i]) == kSupset {
			v, w = w, v
		}
		v = isSubset(v, w)
	}
	return v
}

// isSubset decides inclusion of finite sets; what sympy makes of other sets is
// left as an object of its own.
func isSubset(a, b *Value) *Value {
	if a.Class == EmptySet {
		return named(Bool, "True")
	}
	if a.Class != FiniteSet || b.Class != FiniteSet {
		return named(Opaque, "is_subset")
	}
	for _, x := range a.Args {
		found := false
		for _, y := range b.Args {
			found = found || same(x, y)
		}
		if !found {
			return named(Bool, "False")
		}
	}
	return named(Bool, "True")
}

func (c *converter) setPrimary(n *node) *Value {
	if n.kids[0].rule == rMinus {
		return c.setMinus(n.kids[0])
	}
	left, right := c.atomList(n.kids[0]), c.setRelation(n.kids[2])
	if c.kind(n.kids[1]) == kNotIn {
		return mk(Not, mk(Eq, left, right))
	}
	return mk(Eq, left, right)
}

func (c *converter) setMinus(n *node) *Value {
	v := c.setUnion(n.kids[0])
	for i := 2; i < len(n.kids); i += 2 {
		w := c.setUnion(n.kids[i])
		needSet(v, w)
		v = mk(Complement, v, w)
	}
	return v
}

func needSet(vs ...*Value) {
	for _, v := range vs {
		if !v.isSet() {
			fail()
		}
	}
}

func (c *converter) setUnion(n *node) *Value {
	v := c.setInter(n.kids[0])
	for i := 2; i < len(n.kids); i += 2 {
		v = setPair(Union, v, c.setInter(n.kids[i]))
	}
	return v
}

func (c *converter) setInter(n *node) *Value {
	v := c.setGroup(n.kids[0])
	for i := 2; i < len(n.kids); i += 2 {
		v = setPair(Inter, v, c.setGroup(n.kids[i]))
	}
	return v
}

// setPair joins two sets; a tuple counts as the set of its elements.
func setPair(class Class, a, b *Value) *Value {
	for _, v := range []**Value{&a, &b} {
		if (*v).Class == Tuple {
			*v = mk(FiniteSet, (*v).Args...)
		}
	}
	needSet(a, b)
	return mk(class, a, b)
}

func (c *converter) setGroup(n *node) *Value {
	if k := one(n, rMinus); k != nil {
		return c.setMinus(k)
	}
	return c.setAtom(n.kids[0])
}

func (c *converter) setAtom(n *node) *Value {
	k := n.kids[0]
	switch k.rule {
	case rInterval:
		return c.interval(k)
	case rLiteral:
		return c.literal(k)
	case rTuple:
		groups := c.groups(one(k, rSemi))
		if len(groups) == 1 && len(groups[0]) == 1 {
			return groups[0][0]
		}
		return mk(Tuple, flat(groups)...)
	}
	groups := c.groups(one(k, rSemi))
	if c.kind(k.kids[0]) == kBoxed {
		return elements(groups)
	}
	return finiteSet(flat(groups))
}

func flat(groups [][]*Value) []*Value {
	var out []*Value
	for _, g := range groups {
		out = append(out, g...)
	}
	return out
}

var setNames = map[string]string{
	`\mathbb{N}`: "Naturals", "ℕ": "Naturals", `\mathbb{Z}`: "Integers", "ℤ": "Integers", `\mathbb{Q}`: "Rationals", "ℚ": "Rationals",
	`\mathbb{R}`: "Reals", "ℝ": "Reals", `\mathbb{C}`: "Complexes", "ℂ": "Complexes",
}

func (c *converter) literal(n *node) *Value {
	if c.kind(n.kids[0]) != kSet {
		return mk(EmptySet)
	}
	name, ok := setNames[c.text(n)]
	if !ok {
		fail() // the primes are in the grammar only
	}
	return named(NamedSet, name)
}

// interval is an interval, or a pair where the ends are in the wrong order.
func (c *converter) interval(n *node) *Value {
	open := func(k kind) bool {
		switch k {
		case kLParen, kLGroup, kLParenVisual, kRParen, kRGroup, kRParenVisual:
			return true
		}
		return false
	}
	left, right := open(c.kind(n.kids[0])), open(c.kind(n.kids[4]))
	lo, hi := c.add(n.kids[1]), c.add(n.kids[3])
	order, known := c.order(lo, hi)
	if known && (left && right && order >= 0 || !left && !right && order > 0) {
		return mk(Tuple, lo, hi)
	}
	return c.newInterval(lo, hi, left, right, order, known)
}

// newInterval is sympy's constructor.
func (c *converter) newInterval(lo, hi *Value, left, right bool, order int, known bool) *Value {
	if notReal(lo) || notReal(hi) || lo.isMatrix() || hi.isMatrix() || !lo.isExpr() || !hi.isExpr() {
		fail()
	}
	switch {
	case known && order > 0, same(lo, hi) && (left || right):
		return mk(EmptySet)
	case same(lo, hi):
		return &Value{Class: FiniteSet, Plain: true, Args: []*Value{hi}}
	case lo.Class == Infinity || hi.Class == NegInf:
		return mk(EmptySet)
	}
	return &Value{Class: Interval, Args: []*Value{lo, hi}, LeftOpen: left || lo.Class == NegInf, RightOpen: right || hi.Class == Infinity}
}
func (c *converter) order(a, b *Value) (int, bool) { return order(a, b, c.b) }

// notReal reports a value that sympy knows not to be an extended real number.
func notReal(v *Value) bool { return v.Class == I || v.Class == ComplexInf || v.Class == NaN }
