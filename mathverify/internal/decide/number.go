package decide

import (
	"math/big"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// maxBits bounds the numbers that are computed with here; longer ones are left
// to package scalar.
const maxBits = 4096

func newRat() *big.Rat { return new(big.Rat) }

// small reports a number that is short enough to compute with.
func small(n *tree.Node) bool {
	if _, _, ok := n.Small(); ok {
		return true
	}
	r := n.Rat()
	return r.Num().BitLen() <= maxBits && r.Denom().BitLen() <= maxBits
}

// folded evaluates what is rational arithmetic in an expression, so that its
// value shows.
func (c *comparer) folded(n *tree.Node) *tree.Node {
	if len(n.Args) == 0 {
		return n
	}
	c.b.Use(2)
	switch n.Op {
	case tree.Add, tree.Mul:
		sum := c.folded(n.Args[0])
		for _, a := range n.Args[1:] {
			if n.Op == tree.Add {
				sum = plus(sum, c.folded(a))
			} else {
				sum = times(sum, c.folded(a))
			}
		}
		return sum
	case tree.Neg:
		return negate(c.folded(n.Args[0]))
	case tree.Div:
		return over(c.folded(n.Args[0]), c.folded(n.Args[1]))
	case tree.Percent:
		return over(c.folded(n.Args[0]), tree.Int(100))
	case tree.Pow:
		if k, ok := n.Args[1].Int64(); ok && k >= 0 && k <= maxDegree {
			if base := c.folded(n.Args[0]); base.Op == tree.Number {
				out := tree.Int(1)
				for range k {
					out = times(out, base)
				}
				return out
			}
		}
	}
	return n
}
