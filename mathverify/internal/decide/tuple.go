package decide

import (
	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// tuples compares points and vectors in order. Pairs in brackets of different
// kinds differ: (1,2) may be a point or an open interval, [1,2] a closed one.
// From three elements on, brackets are a matter of taste.
func (c *comparer) tuples(a, b *tree.Node) (tri.Verdict, string) {
	if c.o.TupleAsSet {
		return c.cover(spread(a.Args, bothSigns), spread(b.Args, bothSigns)), ruleBrackets
	}
	v := c.inOrder(a.Args, b.Args)
	if v == tri.Different && (hasPlusMinus(a) || hasPlusMinus(b)) {
		return c.cover(bothSigns(a), bothSigns(b)), rulePlusMinus
	}
	if len(a.Args) == 2 && a.Name != b.Name && (a.Name == "[" || b.Name == "[") && v != tri.Different {
		if a.Name == "<" || b.Name == "<" {
			return tri.Undecided, ruleBrackets
		}
		return tri.Different, ruleBrackets
	}
	return v, ruleTuple
}

// singleton compares a structure of one element with a single answer; any other
// structure is not one value.
func (c *comparer) singleton(one, s *tree.Node) (tri.Verdict, string) {
	if s.Op == tree.Set && one.Op != tree.Tuple {
		if v, rule, ok := c.familyUnion(one, s); ok {
			return v, rule
		}
		elements := spread(s.Args, bothSigns)
		if hasPlusMinus(one) {
			return c.cover(spread([]*tree.Node{one}, bothSigns), elements), rulePlusMinus
		}
		if len(elements) == 0 {
			if one.Op == tree.Text {
				return c.textRegion(one, tree.Empty)
			}
			return tri.Different, ruleKinds
		}
		v := c.cover([]*tree.Node{one}, elements)
		if v == tri.Equal && one.Op == tree.Text && isSet(elements[0]) {
			v = tri.Undecided // no solution, and the set of the empty set
		}
		return v, ruleSingleton
	}
	if one.Op == tree.Set && s.Op == tree.Tuple && hasPlusMinus(s) && !c.o.TupleAsSet {
		return c.signedTuple(s, spread(one.Args, bothSigns))
	}
	if c.o.TupleAsSet && one.Op == tree.Set && s.Op == tree.Tuple {
		return c.cover(spread(one.Args, bothSigns), spread(s.Args, bothSigns)), ruleBrackets
	}
	if len(s.Args) == 1 {
		v, rule := c.compare(one, s.Args[0])
		if v == tri.Equal && s.Op == tree.Tuple && one.Op != tree.Set {
			return tri.Undecided, ruleTuple // (5,) has lost something, or is no number
		}
		return v, rule
	}
	if s.Op == tree.Tuple && one.Op == tree.Func && one.Name == "perm" {
		v := c.inOrder(one.Args, s.Args) // P(3,2) may be a point
		if v == tri.Equal {
			v = tri.Undecided
		}
		return v, ruleTuple
	}
	if s.Op == tree.Tuple && kindOf(one) == value && tree.Any(one, unitVector) {
		return tri.Undecided, ruleVector
	}
	if one.Op == tree.Set && len(one.Args) == 1 {
		return c.compare(one.Args[0], s)
	}
	if kindOf(one) == value && one.Op != tree.Number && s.Op == tree.Matrix && constantless(one) {
		return tri.Undecided, ruleKinds // A and the matrix that it names
	}
	return tri.Different, ruleKinds
}

// unitVector reports a part of i + 2j or of another vector written as a sum.
func unitVector(n *tree.Node) bool {
	return n.Op == tree.Symbol && (n.Name == "j" || n.Name == "k") || n.Op == tree.Func && n.Name == "vector"
}

func constantless(n *tree.Node) bool { return !constant(n) }

// vectors compares a point with a matrix of one column or one row.
func (c *comparer) vectors(t, m *tree.Node) (tri.Verdict, string) {
	if m.Name == "v" || m.Cols != 1 && m.Cols != len(m.Args) {
		return tri.Different, ruleVector
	}
	return c.inOrder(t.Args, m.Args), ruleVector
}

// matrices compares entry by entry. A row and a column of the same entries may
// both stand for the vector.
func (c *comparer) matrices(a, b *tree.Node) (tri.Verdict, string) {
	if len(a.Args) != len(b.Args) || a.Name != b.Name {
		return tri.Different, ruleMatrix
	}
	v := c.inOrder(a.Args, b.Args)
	if a.Cols != b.Cols && v != tri.Different {
		if (a.Cols == 1 || a.Cols == len(a.Args)) && (b.Cols == 1 || b.Cols == len(b.Args)) {
			return tri.Undecided, ruleVector
		}
		return tri.Different, ruleMatrix
	}
	return v, ruleMatrix
}
