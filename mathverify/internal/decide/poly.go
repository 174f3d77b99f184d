package decide

import (
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// A poly is a polynomial in one variable, lowest power first. Its coefficients
// are expressions without that variable.
type poly []*tree.Node

// maxDegree bounds polynomials.
const maxDegree = 24

// depends reports whether the symbol is free in n.
func depends(n *tree.Node, x string) bool {
	switch n.Op {
	case tree.Number, tree.Const:
		return false
	case tree.Symbol:
		return n.Name == x
	case tree.Sum, tree.Product, tree.Integral, tree.Limit, tree.Evaluate:
		for _, f := range tree.Free(n) {
			if f == x {
				return true
			}
		}
		return false
	}
	for _, a := range n.Args {
		if depends(a, x) {
			return true
		}
	}
	return false
}

// rational returns n as a quotient of polynomials in x; den is never constant
// zero as written.
func (c *comparer) rational(n *tree.Node, x string) (num, den poly, ok bool) {
	c.b.Use(4)
	one := poly{tree.Int(1)}
	if !depends(n, x) {
		return poly{c.folded(n)}, one, true
	}
	switch n.Op {
	case tree.Symbol:
		return poly{tree.Int(0), tree.Int(1)}, one, true
	case tree.Neg:
		num, den, ok = c.rational(n.Args[0], x)
		return c.scale(num, tree.Int(-1)), den, ok
	case tree.Percent:
		num, den, ok = c.rational(n.Args[0], x)
		return c.scale(num, over(tree.Int(1), tree.Int(100))), den, ok
	case tree.Add:
		num, den = poly{tree.Int(0)}, one
		for _, a := range n.Args {
			p, q, ok := c.rational(a, x)
			if !ok {
				return nil, nil, false
			}
			if num, ok = c.addFractions(num, den, p, q); !ok {
				return nil, nil, false
			}
			if den, ok = c.mulPoly(den, q); !ok {
				return nil, nil, false
			}
		}
		return num, den, true
	case tree.Mul, tree.Div:
		num, den = one, one
		for i, a := range n.Args {
			p, q, ok := c.rational(a, x)
			if !ok {
				return nil, nil, false
			}
			if i > 0 && n.Op == tree.Div {
				p, q = q, p
			}
			num, ok = c.mulPoly(num, p)
			if !ok {
				return nil, nil, false
			}
			if den, ok = c.mulPoly(den, q); !ok {
				return nil, nil, false
			}
		}
		return num, den, true
	case tree.Pow:
		k, isInt := n.Args[1].Int64()
		if !isInt || k > maxDegree || k < -maxDegree {
			return nil, nil, false
		}
		p, q, ok := c.rational(n.Args[0], x)
		if !ok {
			return nil, nil, false
		}
		if k < 0 {
			p, q, k = q, p, -k
		}
		num, den = one, one
		for range k {
			if num, ok = c.mulPoly(num, p); !ok {
				return nil, nil, false
			}
			if den, ok = c.mulPoly(den, q); !ok {
				return nil, nil, false
			}
		}
		return num, den, true
	}
	return nil, nil, false
}

func (c *comparer) addFractions(a, b, p, q poly) (poly, bool) {
	x, ok := c.mulPoly(a, q)
	y, ok2 := c.mulPoly(p, b)
	if !ok || !ok2 {
		return nil, false
	}
	if len(x) < len(y) {
		x, y = y, x
	}
	out := append(poly(nil), x...)
	for i, t := range y {
		out[i] = plus(out[i], t)
	}
	return out, true
}

func (c *comparer) mulPoly(a, b poly) (poly, bool) {
	if len(a)+len(b)-2 > maxDegree {
		return nil, false
	}
	if len(a) == 1 && a[0].IsInt(1) {
		return b, true
	}
	if len(b) == 1 && b[0].IsInt(1) {
		return a, true
	}
	c.b.Use(int64(len(a) * len(b) * 8))
	out := make(poly, len(a)+len(b)-1)
	for i := range out {
		out[i] = tree.Int(0)
	}
	for i, s := range a {
		for j, t := range b {
			out[i+j] = plus(out[i+j], times(s, t))
		}
	}
	return out, true
}

func (c *comparer) scale(a poly, k *tree.Node) poly {
	out := make(poly, len(a))
	for i, s := range a {
		out[i] = times(s, k)
	}
	return out
}

// trim drops leading coefficients that are zero. ok is false when that cannot
// be told.
func (c *comparer) trim(p poly) (poly, bool) {
	for len(p) > 0 {
		zero, known := c.zero(p[len(p)-1])
		if !known {
			return nil, false
		}
		if !zero {
			break
		}
		p = p[:len(p)-1]
	}
	return p, true
}

// tree returns the polynomial as an expression in x.
func (p poly) tree(x *tree.Node) *tree.Node {
	sum := tree.Int(0)
	for i, t := range p {
		switch i {
		case 0:
			sum = t
		case 1:
			sum = plus(sum, times(t, x))
		default:
			sum = plus(sum, times(t, tree.New(tree.Pow, x, tree.Int(int64(i)))))
		}
	}
	return sum
}
