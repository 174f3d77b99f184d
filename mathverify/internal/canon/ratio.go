package canon

import (
	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// Ratio proves x = c·y with a constant c ≠ 0, which it returns; x and y hold
// variables and are not 0. Equations f = 0 and g = 0 with such f and g have the
// same solutions. Reporting false proves nothing.
func Ratio(x, y *tree.Node, o Options, b *budget.Budget) (c *tree.Node, ok bool) {
	attempt(o, b, integerSymbols(b, x, y), func(f *field) {
		u := f.build(x)
		domain := f.domain
		f.domain = 0
		v := f.build(y)
		if f.real && (domain^f.domain)&f.vars != 0 {
			return
		}
		_, fu, fv := f.common(u.den, v.den)
		p, q := f.mul(u.num, fu), f.mul(v.num, fv)
		if len(p) == 0 || len(q) == 0 || f.isZero(frac{num: p}) || f.isZero(frac{num: q}) {
			return
		}
		m := f.variablePart(q[len(q)-1].m)
		cp, cq := frac{num: f.coefficient(p, m)}, frac{num: f.coefficient(q, m)}
		if len(cp.num) == 0 || f.isZero(cp) || f.isZero(cq) {
			return
		}
		if !f.equal(f.mulFrac(frac{num: p}, cq), f.mulFrac(frac{num: q}, cp)) {
			return
		}
		c, ok = f.fracTree(f.normal(f.divFrac(cp, cq))), true
	})
	return c, ok
}

// variablePart returns the factor of m that is made of variables.
func (f *field) variablePart(m mono) mono {
	for g := range f.gens {
		if f.gens[g].deps&f.vars == 0 {
			m.set(g, 0)
		}
	}
	return m
}

// coefficient returns the constant with which m occurs in p.
func (f *field) coefficient(p poly, m mono) poly {
	var c poly
	for _, t := range p {
		if f.variablePart(t.m) != m {
			continue
		}
		for g := range f.gens {
			if m.exp(g) != 0 {
				t.m.set(g, 0)
			}
		}
		c = append(c, t)
	}
	return f.collect(c)
}
