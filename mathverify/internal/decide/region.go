package decide

import (
	"slices"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// A piece is an interval of reals: a point when both ends are the same. An
// infinite end is open.
type piece struct {
	lo, hi         *tree.Node
	loOpen, hiOpen bool
}

// maxPieces bounds the intervals of one set.
const maxPieces = 1000

// pieces returns a set of reals as disjoint intervals in ascending order,
// those that touch joined. It is nil, false for a set of anything else, or
// one whose ends cannot be put into order.
func (c *comparer) pieces(n *tree.Node) ([]piece, bool) {
	c.b.Use(10)
	switch n.Op {
	case tree.Interval:
		p := piece{n.Args[0], n.Args[1], n.Name[0] == '(', n.Name[1] == ')'}
		return c.join([]piece{p})
	case tree.Tuple:
		if len(n.Args) == 2 && n.Name == "(" {
			if d, ok := c.order(n.Args[0], n.Args[1]); ok && d < 0 {
				return []piece{{n.Args[0], n.Args[1], true, true}}, true
			}
		}
	case tree.Set, tree.List:
		var all []piece
		for _, e := range spread(n.Args, bothSigns) {
			switch kindOf(e) {
			case value, quantity:
				if isInf(e) {
					return nil, false
				}
				all = append(all, piece{e, e, false, false})
			case region:
				if n.Op == tree.Set {
					return nil, false
				}
				more, ok := c.pieces(e)
				if !ok {
					return nil, false
				}
				all = append(all, more...)
			default:
				return nil, false
			}
		}
		return c.join(all)
	case tree.SetName:
		return namedPieces(n.Name)
	case tree.Union:
		var all []piece
		for _, a := range n.Args {
			more, ok := c.pieces(a)
			if !ok {
				return nil, false
			}
			all = append(all, more...)
		}
		return c.join(all)
	case tree.Intersect:
		all := []piece{reals}
		for _, a := range n.Args {
			more, ok := c.pieces(a)
			if !ok {
				return nil, false
			}
			if all, ok = c.meet(all, more); !ok {
				return nil, false
			}
		}
		return all, true
	case tree.Minus:
		x, ok := c.pieces(n.Args[0])
		y, ok2 := c.pieces(n.Args[1])
		if !ok || !ok2 {
			return nil, false
		}
		return c.meet(x, complement(y))
	case tree.SetOf:
		if s := c.builder(n); s != nil {
			return c.pieces(s)
		}
	default:
		if kindOf(n) == value {
			return c.pieces(tree.New(tree.Set, n)) // 1 ∪ (2,3)
		}
	}
	return nil, false
}

var reals = piece{tree.NegInf, tree.Inf, true, true}

func namedPieces(name string) ([]piece, bool) {
	zero := tree.Int(0)
	switch name {
	case "empty":
		return nil, true
	case "R":
		return []piece{reals}, true
	case "R+":
		return []piece{{zero, tree.Inf, true, true}}, true
	case "R-":
		return []piece{{tree.NegInf, zero, true, true}}, true
	case "R*":
		return []piece{{tree.NegInf, zero, true, true}, {zero, tree.Inf, true, true}}, true
	}
	return nil, false
}

// join sorts pieces, drops empty ones and joins those that touch.
func (c *comparer) join(all []piece) ([]piece, bool) {
	if len(all) > maxPieces {
		return nil, false
	}
	kept := all[:0:0]
	for _, p := range all {
		if isInf(p.lo) {
			p.loOpen = true
		}
		if isInf(p.hi) {
			p.hiOpen = true
		}
		d, ok := c.order(p.lo, p.hi)
		if !ok {
			return nil, false
		}
		if p.lo == p.hi { // a point: it must be real
			if _, ok = c.order(p.lo, tree.Int(0)); !ok {
				return nil, false
			}
		}
		if d > 0 || d == 0 && (p.loOpen || p.hiOpen) {
			continue
		}
		kept = append(kept, p)
	}
	ok := true
	slices.SortStableFunc(kept, func(p, q piece) int {
		c.b.Use(1)
		d, known := c.order(p.lo, q.lo)
		ok = ok && known
		if d == 0 && p.loOpen != q.loOpen {
			if q.loOpen {
				return -1
			}
			return 1
		}
		return d
	})
	if !ok {
		return nil, false
	}
	var out []piece
	for _, p := range kept {
		if len(out) == 0 {
			out = append(out, p)
			continue
		}
		last := &out[len(out)-1]
		d, known := c.order(p.lo, last.hi)
		if !known {
			return nil, false
		}
		if d > 0 || d == 0 && p.loOpen && last.hiOpen {
			out = append(out, p)
			continue
		}
		switch d, known = c.order(p.hi, last.hi); {
		case !known:
			return nil, false
		case d > 0:
			last.hi, last.hiOpen = p.hi, p.hiOpen
		case d == 0:
			last.hiOpen = last.hiOpen && p.hiOpen
		}
	}
	return out, true
}

// meet returns the intersection of two sets in normal form.
func (c *comparer) meet(a, b []piece) ([]piece, bool) {
	var out []piece
	for _, p := range a {
		for _, q := range b {
			c.b.Use(2)
			r := p
			d, ok := c.order(q.lo, p.lo)
			e, ok2 := c.order(q.hi, p.hi)
			if !ok || !ok2 {
				return nil, false
			}
			if d > 0 {
				r.lo, r.loOpen = q.lo, q.loOpen
			} else if d == 0 {
				r.loOpen = p.loOpen || q.loOpen
			}
			if e < 0 {
				r.hi, r.hiOpen = q.hi, q.hiOpen
			} else if e == 0 {
				r.hiOpen = p.hiOpen || q.hiOpen
			}
			out = append(out, r)
		}
	}
	return c.join(out)
}

// complement returns the reals outside a set in normal form.
func complement(all []piece) []piece {
	var out []piece
	lo, open := tree.NegInf, true
	for _, p := range all {
		if !isInf(p.lo) {
			out = append(out, piece{lo, p.lo, open, !p.loOpen})
		}
		if isInf(p.hi) {
			return out
		}
		lo, open = p.hi, !p.hiOpen
	}
	return append(out, piece{lo, tree.Inf, open, true})
}

// samePieces compares two sets in normal form.
func (c *comparer) samePieces(a, b []piece) tri.Verdict {
	if len(a) != len(b) {
		return tri.Different
	}
	v := tri.Equal
	for i := range a {
		if a[i].loOpen != b[i].loOpen || a[i].hiOpen != b[i].hiOpen {
			return tri.Different
		}
		v = tri.And(v, c.sameEnd(a[i].lo, b[i].lo))
		if v = tri.And(v, c.sameEnd(a[i].hi, b[i].hi)); v == tri.Different {
			return v
		}
	}
	return v
}

func (c *comparer) sameEnd(a, b *tree.Node) tri.Verdict {
	if isInf(a) || isInf(b) {
		if infSign(a) == infSign(b) {
			return tri.Equal
		}
		return tri.Different
	}
	v, _ := c.compare(a, b)
	return v
}

// sets compares two sets, or a list read as one: finite sets element by
// element, sets of reals as intervals in ascending order, and sets with letters
// in their ends part by part.
func (c *comparer) sets(a, b *tree.Node) (tri.Verdict, string) {
	for _, n := range [...]*tree.Node{a, b} {
		if n.Op == tree.List {
			if s := c.listSolution(n); s != nil {
				if n == a {
					return c.compare(s, b)
				}
				return c.compare(a, s)
			}
		}
	}
	if x, y := c.integersOf(a), c.integersOf(b); x != a || y != b {
		return c.compare(x, y)
	}
	if x, y := familyOf(a), familyOf(b); x != nil && y != nil {
		if v, rule, ok := c.familyUnion(x, y); ok {
			return v, rule
		}
		if v, rule := c.families(x, y); v == tri.Equal {
			return v, rule
		}
	}
	if c.o.TupleAsSet {
		a, b = bracketed(a), bracketed(b)
	}
	if x, ok := elements(a); ok {
		if y, ok := elements(b); ok {
			if v, rule, ok := c.familyUnion(a, b); ok {
				return v, rule
			}
			x, y := spread(x, bothSigns), spread(y, bothSigns)
			return c.cover(x, y), ruleSet
		}
	}
	x, ok := c.pieces(a)
	y, ok2 := c.pieces(b)
	if ok && ok2 {
		if len(x) == 0 && len(y) == 0 && a.Op == tree.Interval && b.Op == tree.Interval {
			return c.parts(a, b) // [2,1] is no set of reals, but a pair in brackets
		}
		return c.samePieces(x, y), ruleInterval
	}
	if a.Op == tree.SetName && b.Op == tree.SetName {
		return tri.Different, ruleSet // N and Z; marked names may overlap but are written to differ
	}
	if v, rule, ok := c.familyUnion(a, b); ok {
		return v, rule
	}
	return c.parts(a, b)
}

// bracketed reads an interval as the set of its ends, for option TupleAsSet.
func bracketed(n *tree.Node) *tree.Node {
	if n.Op == tree.Interval && !isInf(n.Args[0]) && !isInf(n.Args[1]) {
		return tree.New(tree.Set, n.Args...)
	}
	return n
}

// elements returns those of a set or list of known elements.
func elements(n *tree.Node) ([]*tree.Node, bool) {
	switch {
	case n.Op == tree.Set || n.Op == tree.List:
		return n.Args, true
	case n.Op == tree.SetName && n.Name == "empty":
		return nil, true
	}
	return nil, false
}

// parts compares sets that cannot be put into order: intervals by their ends,
// unions and intersections part by part.
func (c *comparer) parts(a, b *tree.Node) (tri.Verdict, string) {
	if a.Op == tree.Interval && b.Op == tree.Interval {
		v := tri.And(c.sameEnd(a.Args[0], b.Args[0]), c.sameEnd(a.Args[1], b.Args[1]))
		if a.Name != b.Name {
			v = tri.Different
		}
		return v, ruleInterval
	}
	finite := func(n *tree.Node) bool { _, ok := elements(n); return ok }
	infinite := func(n *tree.Node) bool {
		return n.Op == tree.Interval || n.Op == tree.SetName && n.Name != "empty"
	}
	if finite(a) && infinite(b) || finite(b) && infinite(a) {
		return tri.Different, ruleInterval
	}
	if a.Op == b.Op && (a.Op == tree.Union || a.Op == tree.Intersect) && c.match(asIntervals(a.Args), asIntervals(b.Args)) == tri.Equal {
		return tri.Equal, ruleInterval
	}
	if a.Op == tree.Minus && b.Op == tree.Minus && c.inOrder(a.Args, b.Args) == tri.Equal {
		return tri.Equal, ruleInterval
	}
	if a.Op == tree.SetOf && b.Op == tree.SetOf && tree.Same(a.Args[0], b.Args[0]) {
		if v, rule := c.compare(a.Args[1], b.Args[1]); v == tri.Equal {
			return v, rule
		}
	}
	if a.Op == tree.SetOf && b.Op == tree.SetOf && a.Args[0].Op == tree.Symbol && b.Args[0].Op == tree.Symbol {
		x := tree.Replace(a.Args[1], a.Args[0].Name, b.Args[0])
		if v, rule := c.compare(x, b.Args[1]); v != tri.Undecided {
			return v, rule
		}
	}
	return tri.Undecided, ruleSet
}

// asIntervals reads pairs in parentheses as open intervals.
func asIntervals(all []*tree.Node) []*tree.Node {
	out := make([]*tree.Node, len(all))
	for i, n := range all {
		out[i] = asInterval(n)
	}
	return out
}

func asInterval(n *tree.Node) *tree.Node {
	if n.Op == tree.Tuple && n.Name == "(" && len(n.Args) == 2 {
		return tree.Named(tree.Interval, "()", n.Args...)
	}
	return n
}

// regionTuple compares a set with a pair in parentheses, which may be an open
// interval when its ends are in order.
func (c *comparer) regionTuple(r, t *tree.Node) (tri.Verdict, string) {
	if len(t.Args) != 2 {
		return tri.Different, ruleKinds
	}
	if t.Name != "(" {
		if r.Op == tree.Interval && r.Name == "[]" && t.Name == "<" && c.inOrder(r.Args, t.Args) == tri.Equal {
			return tri.Undecided, ruleBrackets
		}
		return tri.Different, ruleBrackets
	}
	if d, ok := c.order(t.Args[0], t.Args[1]); ok && d >= 0 && constant(t) {
		return tri.Different, ruleKinds
	}
	if c.o.TupleAsSet && r.Op == tree.Interval {
		return c.cover(r.Args, t.Args), ruleBrackets
	}
	return c.sets(asInterval(t), r)
}

// valueRegion compares a value with a set: the set of one value is equal to it.
func (c *comparer) valueRegion(v, r *tree.Node) (tri.Verdict, string) {
	p, ok := c.pieces(r)
	switch {
	case ok && len(p) == 1 && p[0].lo == p[0].hi:
		w, _ := c.compare(v, p[0].lo)
		return w, ruleSingleton
	case hasPlusMinus(v):
		if ok && len(p) == 2 && p[0].lo == p[0].hi && p[1].lo == p[1].hi {
			return c.cover(bothSigns(v), []*tree.Node{p[0].lo, p[1].lo}), rulePlusMinus
		}
		return tri.Undecided, rulePlusMinus // 2 ± 0.1 and [1.9, 2.1]
	case v.Op == tree.Number || ok:
		return tri.Different, ruleKinds
	}
	return tri.Undecided, ruleKinds
}

func isSet(n *tree.Node) bool {
	k := kindOf(n)
	return k == set || k == region || k == list
}
