package decide

import (
	"slices"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// solution returns the set of values of the one unknown for which a statement
// holds, or nil. Solutions of an equation that are not real count where i is
// mentioned or there are no others.
func (c *comparer) solution(s *tree.Node) *tree.Node {
	if c.o.NoSolutionSets {
		return nil
	}
	x := unknown(s)
	if x == nil {
		return nil
	}
	return c.solve(s, x)
}

// unknown returns what a statement is about: the only symbol in it, or else
// the name that each of its parts isolates.
func unknown(s *tree.Node) *tree.Node {
	free := tree.Free(s)
	if len(free) == 1 && !tree.Has(s, tree.Call) {
		return tree.Sym(free[0])
	}
	return isolatedName(s)
}

// isolatedName returns the name that stands alone on one side of every
// relation in a statement, or nil.
func isolatedName(s *tree.Node) *tree.Node {
	switch s.Op {
	case tree.And, tree.Or, tree.Not:
		var name *tree.Node
		for _, a := range s.Args {
			n := isolatedName(a)
			if n == nil || name != nil && !tree.Same(n, name) {
				return nil
			}
			name = n
		}
		return name
	case tree.Chain:
		if len(s.Args) == 3 && isName(s.Args[1]) && !isName(s.Args[0]) && !isName(s.Args[2]) {
			return s.Args[1]
		}
		if len(s.Args) == 3 && s.Rels[0] != tree.Eq && s.Args[1].Op == tree.Symbol {
			return s.Args[1] // a < x < b
		}
		if len(s.Args) != 2 {
			return nil
		}
		l, r := s.Args[0], s.Args[1]
		switch {
		case isName(l) && !mentions(r, l):
			if isName(r) && s.Rels[0] != tree.In && s.Rels[0] != tree.Eq && later(r, l) {
				return r // a < x
			}
			return l
		case isName(r) && !mentions(l, r) && s.Rels[0] != tree.In:
			return r
		}
	}
	return nil
}

// later reports whether a is the more likely unknown of two symbols.
func later(a, b *tree.Node) bool {
	const order = "xyzt"
	rank := func(n *tree.Node) int {
		for i := range order {
			if n.Op == tree.Symbol && n.Name[:1] == order[i:i+1] {
				return len(order) - i
			}
		}
		return 0
	}
	return rank(a) > rank(b)
}

// mentions reports whether the name occurs in n.
func mentions(n, name *tree.Node) bool {
	return tree.Any(n, func(m *tree.Node) bool { return tree.Same(m, name) })
}

// solve returns the values of x, a name, for which s holds, or nil.
func (c *comparer) solve(s, x *tree.Node) *tree.Node {
	c.b.Use(20)
	if len(s.Args) > maxTerms {
		return nil
	}
	switch s.Op {
	case tree.And, tree.Or:
		parts := make([]*tree.Node, len(s.Args))
		for i, a := range s.Args {
			if parts[i] = c.solve(a, x); parts[i] == nil {
				return nil
			}
		}
		if s.Op == tree.Or || listsValues(s.Args, x) {
			return union(parts)
		}
		return tree.New(tree.Intersect, parts...)
	case tree.Not:
		if t := c.solve(s.Args[0], x); t != nil {
			return tree.New(tree.Minus, tree.Reals, t)
		}
		return nil
	case tree.Chain:
		if len(s.Args) == 2 {
			return c.solveRelation(s.Args[0], s.Rels[0], s.Args[1], x)
		}
		// A bounded interval with letters in its ends.
		if s.Args[1] == x || tree.Same(s.Args[1], x) {
			if p, ok := between(s); ok {
				return p
			}
		}
		parts := make([]*tree.Node, len(s.Rels))
		for i, r := range s.Rels {
			if parts[i] = c.solveRelation(s.Args[i], r, s.Args[i+1], x); parts[i] == nil {
				return nil
			}
		}
		return tree.New(tree.Intersect, parts...)
	}
	return nil
}

// listsValues reports equations for one name only, "x = 1 and x = 2", which list
// its values whatever the word between.
func listsValues(all []*tree.Node, x *tree.Node) bool {
	for _, s := range all {
		name, _ := assignment(s)
		if name == nil || !tree.Same(name, x) {
			return false
		}
	}
	return true
}

// between returns the interval of x in a < x < b.
func between(s *tree.Node) (*tree.Node, bool) {
	if len(s.Args) != 3 {
		return nil, false
	}
	a, b, r, q := s.Args[0], s.Args[2], s.Rels[0], s.Rels[1]
	if (r == tree.Gt || r == tree.Ge) && (q == tree.Gt || q == tree.Ge) {
		a, b, r, q = b, a, q-2, r-2 // Gt and Ge stand two behind Lt and Le
	}
	if (r != tree.Lt && r != tree.Le) || (q != tree.Lt && q != tree.Le) {
		return nil, false
	}
	return interval(a, b, r == tree.Lt, q == tree.Lt), true
}

func interval(lo, hi *tree.Node, loOpen, hiOpen bool) *tree.Node {
	name := []byte("[]")
	if loOpen {
		name[0] = '('
	}
	if hiOpen {
		name[1] = ')'
	}
	return tree.Named(tree.Interval, string(name), lo, hi)
}

// union joins sets; finite ones into one.
func union(parts []*tree.Node) *tree.Node {
	var all, rest []*tree.Node
	for _, p := range parts {
		if e, ok := elements(p); ok {
			all = append(all, e...)
		} else {
			rest = append(rest, p)
		}
	}
	if len(rest) == 0 {
		return tree.New(tree.Set, all...)
	}
	if len(all) > 0 {
		rest = append(rest, tree.New(tree.Set, all...))
	}
	if len(rest) == 1 {
		return rest[0]
	}
	return tree.New(tree.Union, rest...)
}

// mirror is the relation with its sides exchanged.
func mirror(r tree.Rel) tree.Rel {
	switch r {
	case tree.Lt:
		return tree.Gt
	case tree.Le:
		return tree.Ge
	case tree.Gt:
		return tree.Lt
	case tree.Ge:
		return tree.Le
	}
	return r
}

// solveRelation solves l R r for x.
func (c *comparer) solveRelation(l *tree.Node, r tree.Rel, right, x *tree.Node) *tree.Node {
	if r == tree.In || r == tree.NotIn {
		s := asInterval(right)
		if s.Op == tree.List {
			s = tree.New(tree.Set, s.Args...)
		}
		if !tree.Same(l, x) || mentions(right, x) || !isSet(s) {
			return nil
		}
		if r == tree.NotIn {
			return tree.New(tree.Minus, tree.Reals, s)
		}
		return s
	}
	if r == tree.Approx {
		return nil
	}
	if r == tree.Identical {
		r = tree.Eq
	}
	if r > tree.Ge {
		return nil
	}
	if tree.Same(right, x) && !mentions(l, x) {
		l, right, r = right, l, mirror(r)
	}
	if tree.Same(l, x) && !mentions(right, x) {
		return direct(r, right)
	}
	if x.Op != tree.Symbol {
		return nil
	}
	if s := c.solveAbs(l, r, right, x); s != nil {
		return s
	}
	if s := c.solveInverse(l, r, right, x); s != nil {
		return s
	}
	if hasPlusMinus(l) || hasPlusMinus(right) {
		if r != tree.Eq {
			return nil
		}
		var parts []*tree.Node
		for _, eq := range bothSigns(tree.ChainOf([]tree.Rel{r}, l, right)) {
			p := c.solveRelation(eq.Args[0], r, eq.Args[1], x)
			if p == nil {
				return nil
			}
			parts = append(parts, p)
		}
		return union(parts)
	}
	num, den, ok := c.rational(minus(l, right), x.Name)
	if !ok {
		return nil
	}
	num, ok = c.trim(num)
	den, ok2 := c.trim(den)
	if !ok || !ok2 || len(den) == 0 {
		return nil
	}
	return c.solveRational(num, den, r)
}

// direct solves x R v.
func direct(r tree.Rel, v *tree.Node) *tree.Node {
	if hasPlusMinus(v) && r != tree.Eq && r != tree.Ne {
		return nil
	}
	switch r {
	case tree.Eq:
		if v.Op == tree.List {
			return tree.New(tree.Set, v.Args...)
		}
		return tree.New(tree.Set, v)
	case tree.Ne:
		return tree.New(tree.Minus, tree.Reals, tree.New(tree.Set, v))
	case tree.Lt, tree.Le:
		return interval(tree.NegInf, v, true, r == tree.Lt)
	}
	return interval(v, tree.Inf, r == tree.Gt, true)
}

// solveAbs solves |u| R k for a constant k > 0.
func (c *comparer) solveAbs(l *tree.Node, r tree.Rel, k, x *tree.Node) *tree.Node {
	if k.Op == tree.Func && k.Name == "abs" {
		l, k, r = k, l, mirror(r)
	}
	if l.Op != tree.Func || l.Name != "abs" || depends(k, x.Name) {
		return nil
	}
	if d, ok := c.order(k, tree.Int(0)); !ok || d <= 0 {
		return nil
	}
	u := l.Args[0]
	upper, lower := c.solveRelation(u, r, k, x), c.solveRelation(u, mirror(r), negate(k), x)
	if upper == nil || lower == nil {
		return nil
	}
	switch r {
	case tree.Lt, tree.Le, tree.Ne:
		return tree.New(tree.Intersect, upper, lower)
	}
	return union([]*tree.Node{upper, lower})
}

// solveRational solves num/den R 0.
func (c *comparer) solveRational(num, den poly, r tree.Rel) *tree.Node {
	var zeros, poles []root
	ok := true
	if len(den) > 1 {
		if poles, ok = c.roots(den); !ok {
			return nil
		}
	}
	if len(num) > 1 {
		if zeros, ok = c.roots(num); !ok {
			return nil
		}
	}
	if r == tree.Eq || r == tree.Ne {
		if len(num) == 0 {
			return nil // 0 = 0
		}
		var at []*tree.Node
		for _, z := range zeros {
			if z.at == nil {
				continue
			}
			pole := tri.Different
			for _, p := range poles {
				if p.at == nil {
					return nil
				}
				v, _ := c.equal(z.at, p.at)
				pole = tri.Or(pole, v)
			}
			if pole == tri.Undecided {
				return nil
			}
			if pole == tri.Different && (z.real || r == tree.Eq && (c.complex || !anyReal(zeros))) {
				at = append(at, z.at)
			}
		}
		s := tree.New(tree.Set, at...)
		if r == tree.Eq {
			return s
		}
		for _, p := range poles {
			if p.real {
				s = union([]*tree.Node{s, tree.New(tree.Set, p.at)})
			}
		}
		return tree.New(tree.Minus, tree.Reals, s)
	}
	if len(num) == 0 {
		return nil
	}
	return c.solveSigns(num, den, zeros, poles, r)
}

func anyReal(all []root) bool {
	return slices.ContainsFunc(all, func(r root) bool { return r.real })
}

// solveSigns finds where num/den is positive or negative: the sign at +∞ is
// that of the leading coefficients, and it changes at each root of odd order.
func (c *comparer) solveSigns(num, den poly, zeros, poles []root, r tree.Rel) *tree.Node {
	lead, ok := c.order(num[len(num)-1], tree.Int(0))
	below, ok2 := c.order(den[len(den)-1], tree.Int(0))
	if !ok || !ok2 || lead == 0 || below == 0 {
		return nil
	}
	sign := lead * below
	type mark struct {
		at   *tree.Node
		odd  bool
		pole bool
	}
	var marks []mark
	for _, z := range zeros {
		if z.real {
			marks = append(marks, mark{z.at, z.times%2 == 1, false})
		}
	}
	for _, p := range poles {
		if p.real {
			marks = append(marks, mark{p.at, p.times%2 == 1, true})
		}
	}
	slices.SortStableFunc(marks, func(a, b mark) int {
		d, known := c.order(b.at, a.at) // descending
		ok = ok && known
		return d
	})
	if !ok {
		return nil
	}
	want, closed := 1, r == tree.Ge || r == tree.Le
	if r == tree.Lt || r == tree.Le {
		want = -1
	}
	var parts []*tree.Node
	hi := tree.Inf
	for i := 0; i < len(marks); {
		at, odd, pole := marks[i].at, false, false
		for ; i < len(marks); i++ {
			if d, known := c.order(at, marks[i].at); !known || d != 0 {
				break
			}
			odd, pole = odd != marks[i].odd, pole || marks[i].pole
		}
		if (sign > 0) == (want > 0) {
			parts = append(parts, interval(at, hi, true, true))
		}
		if closed && !pole {
			parts = append(parts, tree.New(tree.Set, at))
		}
		if odd {
			sign = -sign
		}
		hi = at
	}
	if (sign > 0) == (want > 0) {
		parts = append(parts, interval(tree.NegInf, hi, true, true))
	}
	if len(parts) == 0 {
		return tree.Empty
	}
	return union(parts)
}

// builder returns {x | condition} as a set without a condition, or nil. A
// condition on an element of R is on a real number.
func (c *comparer) builder(n *tree.Node) *tree.Node {
	x, cond := n.Args[0], n.Args[1]
	if x.Op == tree.Chain && len(x.Args) == 2 && x.Rels[0] == tree.In {
		cond = tree.New(tree.And, x, cond) // {x ∈ S | ...}
		x = x.Args[0]
	}
	if x.Op != tree.Symbol {
		return nil
	}
	if cond.Op == tree.List {
		cond = tree.New(tree.And, cond.Args...)
	}
	return c.solve(cond, x)
}
