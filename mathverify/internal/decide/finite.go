package decide

import (
	"slices"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// numbers reports whether all elements are plain numbers.
func numbers(elements []*tree.Node) bool {
	for _, e := range elements {
		if e.Op != tree.Number {
			return false
		}
	}
	return true
}

// sorted returns numbers in order, those given if they are already.
func sorted(elements []*tree.Node) []*tree.Node {
	if slices.IsSortedFunc(elements, cmpNumbers) {
		return elements
	}
	return slices.SortedFunc(slices.Values(elements), cmpNumbers)
}

func sameNumbers(a, b *tree.Node) bool { return a == b || cmpNumbers(a, b) == 0 }

// exact reports whether numbers may be compared without package scalar.
func (c *comparer) exact(a, b []*tree.Node) bool {
	c.b.Use(int64(8 * (len(a) + len(b)))) // they are sorted
	return c.o.Scalar.RelTol == 0 && numbers(a) && numbers(b)
}

// cover compares two sets: each element must have an equal one on the other
// side, how often does not matter.
func (c *comparer) cover(a, b []*tree.Node) tri.Verdict {
	c.b.Use(int64(len(a) + len(b)))
	if c.exact(a, b) {
		x, y := slices.CompactFunc(slices.Clone(sorted(a)), sameNumbers), slices.CompactFunc(slices.Clone(sorted(b)), sameNumbers)
		if slices.EqualFunc(x, y, sameNumbers) {
			return tri.Equal
		}
		return tri.Different
	}
	if len(a) > maxItems || len(b) > maxItems {
		return tri.Undecided
	}
	if len(a) == 0 || len(b) == 0 {
		if len(a) == len(b) {
			return tri.Equal
		}
		return tri.Different
	}
	inB := make([]tri.Verdict, len(b)) // whether b[j] is among a
	for j := range inB {
		inB[j] = tri.Different
	}
	writtenInB, writtenInA := c.written(a, b)
	for j := range writtenInA {
		if writtenInA[j] {
			inB[j] = tri.Equal
		}
	}
	p, q := c.sketches(a), c.sketches(b)
	all := tri.Equal
	for i, x := range a {
		inA := tri.Different
		if writtenInB != nil && writtenInB[i] {
			inA = tri.Equal
		}
		for j := range b {
			// Sets are mostly written in the same order.
			j = (i + j) % len(b)
			if inA == tri.Equal && inB[j] == tri.Equal {
				continue
			}
			c.b.Use(1)
			if apart(p, q, i, j) {
				continue
			}
			v := c.elements(x, b[j])
			inA, inB[j] = tri.Or(inA, v), tri.Or(inB[j], v)
		}
		if all = tri.And(all, inA); all == tri.Different {
			return all
		}
	}
	for _, v := range inB {
		all = tri.And(all, v)
	}
	return all
}

// written pairs off the elements that are written alike in both, and tells
// which these are. For few elements, that does not pay, and it returns nil.
func (c *comparer) written(a, b []*tree.Node) (inB, inA []bool) {
	const few = 8
	if len(a) <= few || len(b) <= few {
		return nil, nil
	}
	order := func(all []*tree.Node) []int {
		out := make([]int, len(all))
		for i, n := range all {
			out[i] = i
			c.b.Use(16 + 4*int64(tree.Size(n, maxSize)))
		}
		slices.SortStableFunc(out, func(i, j int) int { c.b.Use(2); return tree.Compare(all[i], all[j]) })
		return out
	}
	p, q := order(a), order(b)
	inB, inA = make([]bool, len(a)), make([]bool, len(b))
	for i, j := 0, 0; i < len(p) && j < len(q); {
		switch d := tree.Compare(a[p[i]], b[q[j]]); {
		case d < 0:
			i++
		case d > 0:
			j++
		default:
			inB[p[i]], inA[q[j]] = true, true
			i, j = i+1, j+1
		}
	}
	return inB, inA
}

// without returns the elements that are not marked.
func without(all []*tree.Node, marked []bool) []*tree.Node {
	var out []*tree.Node
	for i, n := range all {
		if !marked[i] {
			out = append(out, n)
		}
	}
	return out
}

// elements compares elements of two sets or lists. A set is no coercion of its
// only element there: {{1}, {2}} is not {1, 2}.
func (c *comparer) elements(a, b *tree.Node) tri.Verdict {
	if (a.Op == tree.Set) != (b.Op == tree.Set) {
		if k := max(kindOf(a), kindOf(b)); k == set {
			return tri.Different
		}
	}
	if a.Op != tree.Number || b.Op != tree.Number {
		c.b.Use(60)
	}
	v, _ := c.compare(a, b)
	return v
}

// match compares two multisets: Equal when their elements can be paired off
// with equal ones, Different when not even those pairs that are undecided
// would do.
func (c *comparer) match(a, b []*tree.Node) tri.Verdict {
	c.b.Use(int64(len(a) + len(b)))
	if len(a) != len(b) {
		return tri.Different
	}
	if c.exact(a, b) {
		if slices.EqualFunc(sorted(a), sorted(b), sameNumbers) {
			return tri.Equal
		}
		return tri.Different
	}
	if x, y := c.written(a, b); x != nil {
		// What is written alike on both sides is paired off: where any other pairing
		// does, this one does too.
		a, b = without(a, x), without(b, y)
	}
	n := len(a)
	if n > maxItems {
		return tri.Undecided
	}
	// Most lists are written in the same order, and then n comparisons do.
	g := pairing{c: c, a: a, b: b, known: make([]tri.Verdict, n*n), seen: make([]bool, n*n)}
	g.p, g.q = c.sketches(a), c.sketches(b)
	inOrder := tri.Equal
	for i := range a {
		if inOrder = tri.And(inOrder, g.verdict(i, i)); inOrder != tri.Equal {
			break
		}
	}
	switch {
	case inOrder == tri.Equal:
		return tri.Equal
	case g.perfect(tri.Equal):
		return tri.Equal
	case g.perfect(tri.Undecided):
		return tri.Undecided
	}
	return tri.Different
}

// pairing finds perfect matchings between two lists of n elements.
type pairing struct {
	c     *comparer
	a, b  []*tree.Node
	known []tri.Verdict // of a[i], b[j], where seen
	seen  []bool
	p, q  []sketch
	mate  []int // of b[j] among a, or -1
	tried []bool
}

func (g *pairing) verdict(i, j int) tri.Verdict {
	k := i*len(g.b) + j
	if !g.seen[k] && apart(g.p, g.q, i, j) {
		g.known[k], g.seen[k] = tri.Different, true
	}
	if !g.seen[k] {
		g.known[k] = g.c.elements(g.a[i], g.b[j])
		g.seen[k] = true
	}
	return g.known[k]
}

// perfect reports whether all can be paired off with pairs that are Equal, or
// with pairs that are at least not Different.
func (g *pairing) perfect(least tri.Verdict) bool {
	n := len(g.a)
	g.mate = make([]int, n)
	for j := range g.mate {
		g.mate[j] = -1
	}
	for i := range n {
		g.tried = make([]bool, n)
		if !g.augment(i, least) {
			return false
		}
	}
	return true
}

// augment pairs a[i] off, moving others if need be; maxItems bounds the depth.
func (g *pairing) augment(i int, least tri.Verdict) bool {
	g.c.b.Use(int64(len(g.b)))
	for j := range g.b {
		v := g.verdict(i, j)
		if g.tried[j] || v == tri.Different || v != tri.Equal && least == tri.Equal {
			continue
		}
		g.tried[j] = true
		if g.mate[j] < 0 || g.augment(g.mate[j], least) {
			g.mate[j] = i
			return true
		}
	}
	return false
}

// inOrder compares two sequences element by element.
func (c *comparer) inOrder(a, b []*tree.Node) tri.Verdict {
	if len(a) != len(b) {
		return tri.Different
	}
	v := tri.Equal
	for i := range a {
		w, _ := c.compare(a[i], b[i])
		if v = tri.And(v, w); v == tri.Different {
			return v
		}
	}
	return v
}
