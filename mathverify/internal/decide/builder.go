package decide

import (
	"github.com/golongrl/golongrl/mathverify/internal/approx"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// familyOf returns { f(k) | k ∈ S } as the family of values f(k), nil for any
// other set.
func familyOf(s *tree.Node) *tree.Node {
	if s.Op != tree.SetOf || member(s.Args[1]) == "" {
		return nil
	}
	if f := s.Args[0]; f.Op != tree.Chain && f.Op != tree.Symbol && depends(f, member(s.Args[1])) {
		return tree.New(tree.Given, f, s.Args[1])
	}
	return nil
}

// integersOf returns { x ∈ Z | condition } as a set of numbers where they are
// few, s itself otherwise.
func (c *comparer) integersOf(s *tree.Node) *tree.Node {
	if s.Op != tree.SetOf || s.Args[0].Op != tree.Chain || member(s.Args[0]) == "" {
		return s
	}
	if in := s.Args[0].Args[1]; in.Op != tree.SetName || in.Name != "Z" {
		return s
	}
	set := c.solve(s.Args[1], s.Args[0].Args[0])
	if set == nil {
		return s
	}
	pieces, ok := c.pieces(set)
	if !ok {
		return s
	}
	out := tree.New(tree.Set)
	for _, p := range pieces {
		lo, ok := c.close(p.lo)
		hi, ok2 := c.close(p.hi)
		const most = 200
		if !ok || !ok2 || hi-lo > most {
			return s
		}
		for k := lo - 1; k <= hi+1; k++ {
			n := tree.Int(k)
			above, ok := c.order(n, p.lo)
			below, ok2 := c.order(n, p.hi)
			if !ok || !ok2 {
				return s
			}
			if (above > 0 || above == 0 && !p.loOpen) && (below < 0 || below == 0 && !p.hiOpen) {
				out.Args = append(out.Args, n)
			}
		}
	}
	if len(out.Args) == 0 {
		return tree.Empty
	}
	return out
}

// close returns an integer less than 1 away from a real constant.
func (c *comparer) close(n *tree.Node) (int64, bool) {
	if isInf(n) {
		return 0, false
	}
	x, ok := approx.EvalFast(n, nil, c.b)
	re, _, rad := x.Parts()
	const most = 1 << 40
	if !ok || !x.IsReal() || rad > 1e-3 || re > most || re < -most {
		return 0, false
	}
	return int64(re), true
}
