package decide

import (
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// maxRatio bounds the terms of a ratio that are compared pair by pair.
const maxRatio = 64

// ratios compares a:b:c with d:e:f up to a factor,
//
//	a·e = b·d, a·f = c·d, b·f = c·e
//
// which for terms other than zero follows from the products with the first.
func (c *comparer) ratios(a, b *tree.Node) (tri.Verdict, string) {
	if len(a.Args) != len(b.Args) {
		return tri.Different, ruleRatio
	}
	// With a first term other than zero, its products with the others say all.
	first := len(a.Args)
	if p, known := c.zero(a.Args[0]); known && !p {
		if q, known := c.zero(b.Args[0]); known && !q {
			first = 1
		}
	}
	if first > maxRatio {
		return tri.Undecided, ruleSize
	}
	v := tri.Equal
	for i := range a.Args {
		for j := range min(i, first) {
			w, _ := c.equal(times(a.Args[i], b.Args[j]), times(a.Args[j], b.Args[i]))
			if v = tri.And(v, w); v == tri.Different {
				return v, ruleRatio
			}
		}
	}
	// 0:0 is proportional to anything.
	for _, r := range [...]*tree.Node{a, b} {
		if zero, known := c.zero(r.Args[len(r.Args)-1]); zero || !known {
			return c.inOrder(a.Args, b.Args), ruleRatio
		}
	}
	return v, ruleRatio
}

// ratioValue compares a ratio of two terms with a value: 2:3 is 2/3.
func (c *comparer) ratioValue(v, r *tree.Node) (tri.Verdict, string) {
	if len(r.Args) != 2 {
		return tri.Different, ruleRatio
	}
	w, _ := c.compare(over(r.Args[0], r.Args[1]), v)
	return w, ruleRatio
}

// textRatio compares "2 to 3" with a ratio.
func (c *comparer) textRatio(t, r *tree.Node) (tri.Verdict, string) {
	c.b.Use(int64(min(len(t.Name), maxText)))
	if len(t.Name) > 100 {
		return tri.Different, ruleKinds
	}
	terms := strings.Split(fold(t.Name), " to ")
	out := make([]*tree.Node, len(terms))
	for i, s := range terms {
		if n, ok := spelled(s); ok {
			out[i] = tree.Int(n)
			continue
		}
		x, ok := newRat().SetString(s)
		if !ok || strings.ContainsAny(s, "eEpP_") {
			return tri.Different, ruleKinds
		}
		out[i] = tree.Rat(x)
	}
	if len(out) < 2 {
		return tri.Different, ruleKinds
	}
	return c.ratios(tree.New(tree.Ratio, out...), r)
}

func times(a, b *tree.Node) *tree.Node {
	switch {
	case a.Op == tree.Number && b.Op == tree.Number && small(a) && small(b):
		return tree.MulRat(a, b)
	case a.IsInt(1):
		return b
	case b.IsInt(1):
		return a
	case a.IsInt(0) || b.IsInt(0):
		return tree.Int(0)
	case a.IsInt(-1):
		return negate(b)
	case b.IsInt(-1):
		return negate(a)
	}
	return tree.New(tree.Mul, a, b)
}

func over(a, b *tree.Node) *tree.Node {
	if b.IsInt(1) {
		return a
	}
	if a.Op == tree.Number && b.Op == tree.Number && small(a) && small(b) && !b.IsInt(0) {
		return tree.Rat(newRat().Quo(a.Rat(), b.Rat()))
	}
	return tree.New(tree.Div, a, b)
}

func plus(a, b *tree.Node) *tree.Node {
	switch {
	case a.Op == tree.Number && b.Op == tree.Number && small(a) && small(b):
		return tree.AddRat(a, b)
	case a.IsInt(0):
		return b
	case b.IsInt(0):
		return a
	}
	return tree.New(tree.Add, a, b)
}

func minus(a, b *tree.Node) *tree.Node { return plus(a, negate(b)) }
