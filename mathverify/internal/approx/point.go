package approx

import (
	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// A Point gives values to symbols. The nil Point gives none.
type Point []Value

// A Value is the value of one symbol.
type Value struct {
	Name string
	Q    Q
}

// lookup finds the innermost value of a name.
func (p Point) lookup(name string) (Q, bool) {
	for i := len(p) - 1; i >= 0; i-- {
		if p[i].Name == name {
			return p[i].Q, true
		}
	}
	return Q{}, false
}

// with binds a name inside of a sum or product.
func (p Point) with(name string, q Q) Point {
	return append(p[:len(p):len(p)], Value{name, q})
}

// PiMultiple returns r for a tree that is r·π with a rational r.
func PiMultiple(n *tree.Node, at Point, b *budget.Budget) (Q, bool) {
	m, ok := monomialOf(n, at, b)
	return m.c, ok && (m.pi && !m.i || m.c.Sign() == 0)
}

// imaginaryPi returns r for a tree that is r·iπ with a rational r.
func imaginaryPi(n *tree.Node, at Point, b *budget.Budget) (Q, bool) {
	m, ok := monomialOf(n, at, b)
	return m.c, ok && (m.pi && m.i || m.c.Sign() == 0)
}

// A monomial is a rational, times π, times i.
type monomial struct {
	c     Q
	pi, i bool
}

func monomialOf(n *tree.Node, at Point, b *budget.Budget) (m monomial, ok bool) {
	b.Use(2)
	switch n.Op {
	case tree.Const:
		m = monomial{c: QInt(1), pi: n.Name == "pi", i: n.Name == "i"}
		return m, m.pi || m.i
	case tree.Neg:
		m, ok = monomialOf(n.Args[0], at, b)
		if ok {
			m.c = m.c.neg()
		}
		return m, ok
	case tree.Degree, tree.Percent:
		if m, ok = monomialOf(n.Args[0], at, b); !ok {
			return m, false
		}
		if n.Op == tree.Percent {
			return m.times(monomial{c: Q{num: 1, den: 100}}, b)
		}
		return m.times(monomial{c: Q{num: 1, den: 180}, pi: true}, b)
	case tree.Add:
		for k, a := range n.Args {
			t, ok := monomialOf(a, at, b)
			switch {
			case !ok:
				return m, false
			case k == 0 || m.c.Sign() == 0:
				m = t
				continue
			case t.c.Sign() == 0:
				continue
			case t.pi != m.pi || t.i != m.i:
				return m, false
			}
			var err error
			if m.c, err = m.c.add(t.c, b); err != nil {
				return m, false
			}
		}
		return m, true
	case tree.Mul:
		m.c = QInt(1)
		for _, a := range n.Args {
			t, ok := monomialOf(a, at, b)
			if !ok {
				return m, false
			}
			if m, ok = m.times(t, b); !ok {
				return m, false
			}
		}
		return m, true
	case tree.Div:
		if m, ok = monomialOf(n.Args[0], at, b); !ok {
			return m, false
		}
		d, err := rationalAt(n.Args[1], at, b)
		if err != nil || d.Sign() == 0 {
			return m, false
		}
		return m.times(monomial{c: d.inv()}, b)
	}
	q, err := rationalAt(n, at, b)
	return monomial{c: q}, err == nil
}

func (m monomial) times(t monomial, b *budget.Budget) (monomial, bool) {
	if m.pi && t.pi {
		return m, false
	}
	c, err := m.c.mul(t.c, b)
	if m.i && t.i && err == nil {
		c = c.neg()
	}
	return monomial{c, m.pi || t.pi, m.i != t.i}, err == nil
}
