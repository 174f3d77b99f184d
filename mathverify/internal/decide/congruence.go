package decide

import (
	"math/big"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// congruences compares a ≡ b (mod m) with c ≡ d (mod n): equal moduli up to
// the sign, and equal residues. The left sides may be exchanged with the right.
func (c *comparer) congruences(a, b *tree.Node) (tri.Verdict, string) {
	m, n := a.Args[2], b.Args[2]
	mod, _ := c.equal(m, n)
	if mod != tri.Equal {
		if v, _ := c.equal(m, negate(n)); v != tri.Equal {
			if !(isName(a.Args[0]) && isName(b.Args[0])) {
				mod = tri.Undecided // 2x ≡ 4 (mod 6) and x ≡ 2 (mod 3)
			}
			return mod, ruleCongruence
		}
	}
	straight := tri.And(c.residue(a.Args[0], b.Args[0], m), c.residue(a.Args[1], b.Args[1], m))
	crossed := tri.And(c.residue(a.Args[0], b.Args[1], m), c.residue(a.Args[1], b.Args[0], m))
	v := tri.Or(straight, crossed)
	if v == tri.Different && !(isName(a.Args[0]) && isName(b.Args[0])) {
		return tri.Undecided, ruleCongruence // 2x ≡ 4 and x ≡ 2 (mod 5)
	}
	return v, ruleCongruence
}

// residue compares two expressions modulo m.
func (c *comparer) residue(a, b, m *tree.Node) tri.Verdict {
	if a.IsInteger() && b.IsInteger() && m.IsInteger() && !m.IsInt(0) {
		d := new(big.Int).Sub(a.Rat().Num(), b.Rat().Num())
		if d.Rem(d, m.Rat().Num()).Sign() == 0 {
			return tri.Equal
		}
		return tri.Different
	}
	v, _ := c.equal(a, b)
	return v
}
