package rules

import (
	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// maxPoly bounds the degree of polynomials that rules look at.
const maxPoly = 64

// polynomial returns the coefficients of n as a polynomial in x, lowest first
// and without a zero on top, when it is one of bounded degree. The coefficients
// do not hold x.
func polynomial(n *tree.Node, x string, b *budget.Budget) ([]*tree.Node, bool) {
	p, q, ok := quotient(n, x, b)
	if !ok || len(q) != 1 {
		return nil, false
	}
	if q[0].IsInt(1) {
		return p, true
	}
	out := make([]*tree.Node, len(p))
	for i, c := range p {
		out[i] = div(c, q[0])
	}
	return out, true
}

// quotient returns n as p/q, both polynomials in x.
func quotient(n *tree.Node, x string, b *budget.Budget) (p, q []*tree.Node, ok bool) {
	b.Use(8)
	unit := []*tree.Node{one}
	if !depends(n, x) {
		return []*tree.Node{fold(n)}, unit, true
	}
	switch n.Op {
	case tree.Symbol:
		return []*tree.Node{zero, one}, unit, n.Name == x
	case tree.Neg:
		p, q, ok = quotient(n.Args[0], x, b)
		if !ok {
			return nil, nil, false
		}
		return scalePoly(tree.Int(-1), p), q, true
	case tree.Percent:
		p, q, ok = quotient(n.Args[0], x, b)
		if !ok {
			return nil, nil, false
		}
		return p, scalePoly(tree.Int(100), q), true
	case tree.Add:
		p, q = []*tree.Node{zero}, unit
		for _, t := range n.Args {
			tp, tq, ok := quotient(t, x, b)
			if !ok {
				return nil, nil, false
			}
			if samePoly(q, tq) {
				p = addPoly(p, tp)
				continue
			}
			a, ok1 := mulPoly(p, tq, b)
			c, ok2 := mulPoly(tp, q, b)
			d, ok3 := mulPoly(q, tq, b)
			if !ok1 || !ok2 || !ok3 {
				return nil, nil, false
			}
			p, q = addPoly(a, c), d
		}
		return p, q, true
	case tree.Mul:
		p, q = unit, unit
		for _, f := range n.Args {
			fp, fq, ok := quotient(f, x, b)
			if !ok {
				return nil, nil, false
			}
			var ok1, ok2 bool
			p, ok1 = mulPoly(p, fp, b)
			q, ok2 = mulPoly(q, fq, b)
			if !ok1 || !ok2 {
				return nil, nil, false
			}
		}
		return p, q, true
	case tree.Div:
		p1, q1, ok1 := quotient(n.Args[0], x, b)
		p2, q2, ok2 := quotient(n.Args[1], x, b)
		if !ok1 || !ok2 || len(p2) == 1 && isZero(p2[0]) {
			return nil, nil, false
		}
		p, ok1 = mulPoly(p1, q2, b)
		q, ok2 = mulPoly(q1, p2, b)
		return p, q, ok1 && ok2
	case tree.Pow:
		e, isInt := n.Args[1].Int64()
		if !isInt || e > maxPoly || e < -maxPoly {
			return nil, nil, false
		}
		bp, bq, ok := quotient(n.Args[0], x, b)
		if !ok {
			return nil, nil, false
		}
		if e < 0 {
			bp, bq, e = bq, bp, -e
		}
		p, q = unit, unit
		for range e {
			var ok1, ok2 bool
			p, ok1 = mulPoly(p, bp, b)
			q, ok2 = mulPoly(q, bq, b)
			if !ok1 || !ok2 {
				return nil, nil, false
			}
		}
		return p, q, true
	}
	return nil, nil, false
}

func samePoly(a, b []*tree.Node) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !tree.Same(a[i], b[i]) {
			return false
		}
	}
	return true
}

func trim(p []*tree.Node) []*tree.Node {
	for len(p) > 1 && isZero(p[len(p)-1]) {
		p = p[:len(p)-1]
	}
	return p
}

func scalePoly(c *tree.Node, p []*tree.Node) []*tree.Node {
	out := make([]*tree.Node, len(p))
	for i := range p {
		out[i] = mul(c, p[i])
	}
	return trim(out)
}

func addPoly(a, b []*tree.Node) []*tree.Node {
	if len(a) < len(b) {
		a, b = b, a
	}
	out := append([]*tree.Node(nil), a...)
	for i := range b {
		out[i] = add(out[i], b[i])
	}
	return trim(out)
}

func mulPoly(x, y []*tree.Node, b *budget.Budget) ([]*tree.Node, bool) {
	if len(x)+len(y) > maxPoly+2 {
		return nil, false
	}
	b.Use(int64(len(x) * len(y) * 8))
	out := make([]*tree.Node, len(x)+len(y)-1)
	for i := range out {
		out[i] = zero
	}
	for i := range x {
		if isZero(x[i]) {
			continue
		}
		for j := range y {
			t := mul(x[i], y[j])
			if number(t) && !fits(t.Rat()) {
				return nil, false
			}
			out[i+j] = add(out[i+j], t)
			if tree.Size(out[i+j], 1000) >= 1000 {
				return nil, false
			}
		}
	}
	return trim(out), true
}

// linear returns a and c of n = a·x + c with a rational and not 0.
func linear(n *tree.Node, x string, b *budget.Budget) (a, c *tree.Node, ok bool) {
	p, ok := polynomial(n, x, b)
	if !ok || len(p) != 2 || !number(p[1]) {
		return nil, nil, false
	}
	return p[1], p[0], true
}
