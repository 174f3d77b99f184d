package decide

import (
	"math/big"
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// lists compares two lists: as multisets, or in order where an option says so.
func (c *comparer) lists(a, b *tree.Node) (tri.Verdict, string) {
	if v, rule, ok := c.relationLists(a, b); ok {
		return v, rule
	}
	if conjunction(a) != conjunction(b) && conjunction(a) != "" && conjunction(b) != "" && !allConstant(a.Args) {
		return tri.Undecided, ruleList // p and q, p or q
	}
	x, y := spread(c.carried(a.Args), bothSigns), spread(c.carried(b.Args), bothSigns)
	switch {
	case c.o.OrderedLists:
		return c.inOrder(x, y), ruleList
	case c.o.MergeLists:
		return c.cover(x, y), ruleList
	}
	v := c.match(x, y)
	if v == tri.Different {
		if w, rule, ok := c.familyUnion(a, b); ok {
			return w, rule
		}
	}
	return v, ruleList
}

// conjunction returns the word that joins a list, or "".
func conjunction(l *tree.Node) string {
	if l.Name == "and" || l.Name == "or" {
		return l.Name
	}
	return ""
}

// listSet compares a list with a set. A list that repeats a value is not
// certain to be another answer than the set, which cannot.
func (c *comparer) listSet(l, s *tree.Node) (tri.Verdict, string) {
	if set := c.listSolution(l); set != nil {
		return c.compare(set, s)
	}
	if v, rule, ok := c.familyUnion(l, s); ok {
		return v, rule
	}
	x, y := spread(l.Args, bothSigns), spread(s.Args, bothSigns)
	if len(x) == len(y) {
		if v := c.match(x, y); v == tri.Equal {
			return v, ruleList
		}
	}
	v := c.cover(x, y)
	if v == tri.Equal && !c.o.MergeLists && c.repeats(x) != tri.Different {
		v = tri.Undecided
	}
	return v, ruleList
}

// repeats tells whether a list holds a value twice: Different when all differ.
func (c *comparer) repeats(all []*tree.Node) tri.Verdict {
	v := tri.Different
	p := c.sketches(all)
	for i := range all {
		for j := range i {
			c.b.Use(1)
			if apart(p, p, i, j) {
				continue
			}
			w, _ := c.compare(all[i], all[j])
			if v = tri.Or(v, w); v == tri.Equal {
				return v
			}
		}
	}
	return v
}

// listTuple compares a list with a point: they differ, but for a list of one
// tuple or with option TupleAsSet.
func (c *comparer) listTuple(l, t *tree.Node) (tri.Verdict, string) {
	if c.o.TupleAsSet {
		return c.cover(spread(l.Args, bothSigns), spread(t.Args, bothSigns)), ruleBrackets
	}
	if v, rule, ok := c.assignedTuple(l, t); ok {
		return v, rule
	}
	if hasPlusMinus(t) {
		return c.signedTuple(t, spread(l.Args, bothSigns))
	}
	return tri.Different, ruleKinds
}

// signedTuple compares (3, ±1) with points written out.
func (c *comparer) signedTuple(t *tree.Node, points []*tree.Node) (tri.Verdict, string) {
	v := c.match(bothSigns(t), points)
	if all := allSigns(t); v == tri.Different && len(all) > 2 && c.match(all, points) != tri.Different {
		v = tri.Undecided // (±1, ±2): two points or four?
	}
	return v, rulePlusMinus
}

// oneOfList compares a single value with a list of them. 3,14 may have a
// decimal comma.
func (c *comparer) oneOfList(one, l *tree.Node) (tri.Verdict, string) {
	if v, rule, ok := c.familyUnion(one, l); ok {
		return v, rule
	}
	if hasPlusMinus(one) {
		v := c.match(bothSigns(one), spread(l.Args, bothSigns))
		if v == tri.Different {
			if all := allSigns(one); len(all) > 2 {
				v = c.match(all, spread(l.Args, bothSigns))
			}
		}
		return v, rulePlusMinus
	}
	if d := decimalComma(l); d != nil {
		if v, _ := c.compare(one, d); v == tri.Equal {
			if d.Digits == 1 && d.Rat().Num().CmpAbs(d.Rat().Denom()) >= 0 {
				v = tri.Undecided // 3,4 is two numbers as often as not; 0,5 is one
			}
			return v, ruleComma
		}
	}
	if set := c.listSolution(l); set != nil {
		return c.compare(one, set)
	}
	v := tri.Equal
	for _, e := range spread(l.Args, bothSigns) {
		w, _ := c.compare(one, e)
		if v = tri.And(v, w); v == tri.Different {
			return v, ruleList
		}
	}
	if v == tri.Equal && c.o.MergeLists {
		return v, ruleList
	}
	return tri.Undecided, ruleList // 5 and 5
}

// decimalComma reads a list of two whole numbers without a space between as a
// decimal number, or returns nil. Digits of the second is how many it has, zeros
// in front included.
func decimalComma(l *tree.Node) *tree.Node {
	if len(l.Args) != 2 || !strings.HasSuffix(l.Name, "tight") {
		return nil
	}
	whole, frac := l.Args[0], l.Args[1]
	neg := false
	if whole.Op == tree.Neg {
		whole, neg = whole.Args[0], true
	}
	if !whole.IsInteger() || !frac.IsInteger() || whole.Rat().Sign() < 0 || frac.Rat().Sign() < 0 {
		return nil
	}
	digits := frac.Rat().Num().String()
	if len(digits) > 1000 {
		return nil
	}
	if frac.Digits > len(digits) { // the zeros of 1,05
		digits = strings.Repeat("0", min(frac.Digits, 1000)-len(digits)) + digits
	}
	d, ok := new(big.Rat).SetString(whole.Rat().Num().String() + "." + digits)
	if !ok {
		return nil
	}
	if neg {
		d.Neg(d)
	}
	return tree.Decimal(d, len(digits))
}

// eachLine compares values on lines of their own, in order.
func (c *comparer) eachLine(a, b *tree.Node) (tri.Verdict, string) {
	return c.inOrder(a.Args, b.Args), ruleLines
}

// oneLine compares lines with an answer on one line: only a single line can be
// equal to it, but several may be a list in another form.
func (c *comparer) oneLine(other, l *tree.Node) (tri.Verdict, string) {
	if len(l.Args) == 1 {
		return c.compare(other, l.Args[0])
	}
	if k := kindOf(other); k == list || k == set || k == tuple {
		if v := c.inOrder(other.Args, l.Args); v != tri.Different {
			return tri.Undecided, ruleLines
		}
	}
	if k := kindOf(other); k == statement || k == text {
		return tri.Undecided, ruleLines
	}
	return tri.Different, ruleLines
}
