package approx

import (
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// A term of an angle or exponent: c·atom, times i, times π.
type term struct {
	c       Q
	atom    *tree.Node // nil for 1
	i, pi   bool
	integer int // 1 + the index of the integer symbol that the atom is, or 0
}

// linear writes a tree as a sum of rational multiples of atoms.
func (s *special) linear(n *tree.Node, c Q) ([]term, bool) {
	s.b.Use(5)
	if q, err := Rational(n, s.b); err == nil {
		q, err = q.mul(c, s.b)
		return []term{{c: q}}, err == nil
	}
	scaled := func(n *tree.Node, q Q, err error) ([]term, bool) {
		if err == nil {
			q, err = q.mul(c, s.b)
		}
		if err != nil {
			return nil, false
		}
		return s.linear(n, q)
	}
	switch n.Op {
	case tree.Const:
		switch n.Name {
		case "pi":
			return []term{{c: c, pi: true}}, true
		case "i":
			return []term{{c: c, i: true}}, true
		}
	case tree.Neg:
		return s.linear(n.Args[0], c.neg())
	case tree.Percent:
		return scaled(n.Args[0], Q{num: 1, den: 100}, nil)
	case tree.Degree:
		return scaled(tree.New(tree.Mul, n.Args[0], tree.Pi), Q{num: 1, den: 180}, nil)
	case tree.Add:
		var all []term
		for _, a := range n.Args {
			t, ok := s.linear(a, c)
			if !ok {
				return nil, false
			}
			all = append(all, t...)
		}
		return all, true
	case tree.Div:
		if q, err := Rational(n.Args[1], s.b); err == nil && q.Sign() != 0 {
			return scaled(n.Args[0], q.inv(), nil)
		}
	case tree.Mul:
		return s.linearProduct(n, c)
	}
	return []term{s.atom(n, c)}, true
}

func (s *special) atom(n *tree.Node, c Q) term {
	t := term{c: c, atom: n}
	if n.Op == tree.Symbol {
		for i, name := range s.symbols.Names {
			if name == n.Name && s.symbols.integer[i] {
				t.integer = i + 1
			}
		}
	}
	return t
}

func (s *special) linearProduct(n *tree.Node, c Q) ([]term, bool) {
	var rest []*tree.Node
	var i, pi bool
	for _, a := range n.Args {
		q, err := Rational(a, s.b)
		switch {
		case err == nil:
			if c, err = c.mul(q, s.b); err != nil {
				return nil, false
			}
		case isI(a):
			if i {
				c = c.neg()
			}
			i = !i
		case a.Op == tree.Const && a.Name == "pi" && !pi:
			pi = true
		default:
			rest = append(rest, a)
		}
	}
	var all []term
	switch len(rest) {
	case 0:
		return []term{{c: c, i: i, pi: pi}}, true
	case 1:
		var ok bool
		if all, ok = s.linear(rest[0], c); !ok {
			return nil, false
		}
	default:
		all = []term{s.atom(tree.New(tree.Mul, rest...), c)}
	}
	for j := range all {
		if pi && all[j].pi {
			return nil, false
		}
		all[j].pi = all[j].pi || pi
		if i && all[j].i {
			all[j].c = all[j].c.neg()
		}
		all[j].i = all[j].i != i
	}
	return all, true
}

// value is c·atom, times the stand-in of π.
func (s *special) value(t term) (Q, bool) {
	v := t.c
	if t.atom != nil {
		x, ok := s.of(t.atom)
		if !ok || x.n.Op != tree.Number {
			return Q{}, false
		}
		var err error
		if v, err = v.mul(number(x.n), s.b); err != nil {
			return Q{}, false
		}
	}
	if t.pi {
		pi := s.other(tree.Pi, nil)
		var err error
		if v, err = v.mul(number(pi.n), s.b); err != nil {
			return Q{}, false
		}
	}
	return v, true
}

// parts is how many equal parts an exponent or angle is divided into, so that
// halves, thirds, quarters and sixths of it are whole numbers of parts.
const parts = 12

// multiples returns the whole number k with v = k·unit/parts.
func (s *special) multiples(v, unit Q) (int64, bool) {
	r, err := v.mul(unit.inv(), s.b)
	if err != nil || r.big != nil || r.den > parts || parts%r.den != 0 || r.num > 64 || r.num < -64 {
		return 0, false
	}
	return r.num * (parts / r.den), true
}

// powerKernel: t stands for base^(v/parts); no base means e.
type powerKernel struct{ base, v, t Q }

// power is base^v for a v that stands for something irrational, or e^v.
func (s *special) power(base, v Q) (image, bool) {
	if v.Sign() == 0 {
		return exactly(QInt(1)), true
	}
	for _, k := range s.powers {
		if !k.base.Equal(base) {
			continue
		}
		if m, ok := s.multiples(v, k.v); ok {
			q, err := k.t.pow(m, s.b)
			return computed(q, true, err)
		}
	}
	k := powerKernel{base, v, s.drawShort()}
	s.powers = append(s.powers, k)
	q, err := k.t.pow(parts, s.b)
	return computed(q, true, err)
}

// product multiplies images.
func (s *special) product(x, y image) (image, bool) {
	m, ok := s.fold(tree.New(tree.Mul, x.n, y.n))
	return image{m, x.free || y.free}, ok
}

// exp is e^n.
func (s *special) exp(n *tree.Node) (image, bool) {
	terms, ok := s.linear(n, QInt(1))
	if !ok {
		return image{}, false
	}
	result := exactly(QInt(1))
	var angle []term
	for _, t := range terms {
		if t.i {
			t.i = false
			angle = append(angle, t)
			continue
		}
		var x image
		if a := t.atom; a != nil && !t.pi && a.Op == tree.Func && a.Name == "ln" {
			// e^(c·ln y) = y^c, but the principal root for y < 0.
			if x, ok = s.of(a.Args[0]); ok {
				if !t.c.IsInt() && (x.free || x.n.Op != tree.Number || number(x.n).Sign() < 0) {
					return x, false
				}
				x, ok = s.constantPower(x, t.c)
			}
		} else {
			var v Q
			if v, ok = s.value(t); ok {
				x, ok = s.power(Q{}, v)
			}
		}
		if !ok {
			return x, false
		}
		if result, ok = s.product(result, x); !ok {
			return result, false
		}
	}
	if len(angle) == 0 {
		return result, true
	}
	cos, sin, ok := s.circle(angle)
	if !ok {
		return image{}, false
	}
	turn := image{tree.New(tree.Add, cos.n, tree.New(tree.Mul, tree.I, sin.n)), cos.free}
	return s.product(result, turn)
}

func (s *special) hyperbolic(name string, n *tree.Node) (image, bool) {
	x, ok := s.exp(n)
	if !ok {
		return x, false
	}
	inv := tree.New(tree.Div, tree.Int(1), x.n)
	sinh := tree.New(tree.Div, difference(x.n, inv), tree.Int(2))
	cosh := tree.New(tree.Div, tree.New(tree.Add, x.n, inv), tree.Int(2))
	return s.ratio(name[:3]+name[3:len(name)-1], image{cosh, x.free}, image{sinh, x.free})
}

// ratio returns the function with that name of a sine and cosine.
func (s *special) ratio(name string, cos, sin image) (image, bool) {
	var n *tree.Node
	switch one := tree.Int(1); name {
	case "sin":
		n = sin.n
	case "cos":
		n = cos.n
	case "tan":
		n = tree.New(tree.Div, sin.n, cos.n)
	case "cot":
		n = tree.New(tree.Div, cos.n, sin.n)
	case "sec":
		n = tree.New(tree.Div, one, cos.n)
	case "csc":
		n = tree.New(tree.Div, one, sin.n)
	}
	m, ok := s.fold(n)
	return image{m, cos.free || sin.free}, ok
}

// angleKernel: (cos, sin) of v/parts.
type angleKernel struct{ v, cos, sin Q }

func (s *special) trig(name string, n *tree.Node) (image, bool) {
	terms, ok := s.linear(n, QInt(1))
	if !ok {
		return image{}, false
	}
	cos, sin, ok := s.circle(terms)
	if !ok {
		return image{}, false
	}
	return s.ratio(name, cos, sin)
}

// circle returns the cosine and sine of a sum of real angles.
func (s *special) circle(terms []term) (cos, sin image, ok bool) {
	turn := QInt(0) // in units of π
	c, d := QInt(1), QInt(0)
	free := false
	for _, t := range terms {
		var err error
		switch {
		case t.i:
			return cos, sin, false
		case t.pi && t.atom == nil:
			turn, err = turn.add(t.c, s.b)
		case t.pi && t.integer > 0:
			// c·n·π depends on n modulo 12 only when 6c is an integer.
			if t.c.big != nil || 6%t.c.den != 0 {
				return cos, sin, false
			}
			var r Q
			if r, err = t.c.mul(QInt(s.residue(t.integer-1)), s.b); err == nil {
				turn, err = turn.add(r, s.b)
			}
		default:
			v, ok := s.value(t)
			if !ok {
				return cos, sin, false
			}
			if v.Sign() == 0 {
				continue
			}
			free = true
			c, d, err = s.rotate(c, d, v)
		}
		if err != nil {
			return cos, sin, false
		}
	}
	if turn.Sign() == 0 {
		return image{c.node(), free}, image{d.node(), free}, true
	}
	angle := tree.New(tree.Mul, turn.node(), tree.Pi)
	u, v := tree.Fn("cos", angle), tree.Fn("sin", angle)
	if !free {
		return image{n: u}, image{n: v}, true
	}
	mul := func(x *tree.Node, q Q) *tree.Node { return tree.New(tree.Mul, x, q.node()) }
	return image{tree.New(tree.Add, mul(u, c), mul(v, d.neg())), true},
		image{tree.New(tree.Add, mul(v, c), mul(u, d)), true}, true
}

// residue is the value modulo 12 that an integer symbol has at this point; all
// combinations come up in turn.
func (s *special) residue(symbol int) int64 {
	k := int64(s.k)
	for i, is := range s.symbols.integer {
		if i == symbol {
			break
		}
		if is {
			k /= 12
		}
	}
	return k % 12
}

// rotate adds the angle v to one with the given cosine and sine.
func (s *special) rotate(c, d, v Q) (Q, Q, error) {
	var kernel angleKernel
	m := int64(parts)
	found := false
	for _, k := range s.angles {
		if n, ok := s.multiples(v, k.v); ok {
			kernel, m, found = k, n, true
			break
		}
	}
	if !found {
		// cos = (1-t²)/(1+t²), sin = 2t/(1+t²)
		t := s.drawShort()
		sq, err := t.mul(t, s.b)
		if err != nil {
			return c, d, err
		}
		den, err := sq.add(QInt(1), s.b)
		if err != nil {
			return c, d, err
		}
		inv := den.inv()
		num, err := QInt(1).add(sq.neg(), s.b)
		if err != nil {
			return c, d, err
		}
		kernel.v = v
		if kernel.cos, err = num.mul(inv, s.b); err != nil {
			return c, d, err
		}
		twice, _ := t.mul(QInt(2), s.b)
		if kernel.sin, err = twice.mul(inv, s.b); err != nil {
			return c, d, err
		}
		s.angles = append(s.angles, kernel)
	}
	x, y := kernel.cos, kernel.sin
	if m < 0 {
		y, m = y.neg(), -m
	}
	var err error
	for ; m > 0; m >>= 1 {
		if m&1 != 0 {
			if c, d, err = s.gauss(c, d, x, y); err != nil {
				return c, d, err
			}
		}
		if x, y, err = s.gauss(x, y, x, y); err != nil {
			return c, d, err
		}
	}
	return c, d, nil
}

// gauss multiplies complex rationals.
func (s *special) gauss(a, b, c, d Q) (re, im Q, err error) {
	prod := func(x, y Q) Q {
		if err != nil {
			return Q{}
		}
		var z Q
		z, err = x.mul(y, s.b)
		return z
	}
	ac, bd, ad, bc := prod(a, c), prod(b, d), prod(a, d), prod(b, c)
	if err != nil {
		return
	}
	if re, err = ac.add(bd.neg(), s.b); err != nil {
		return
	}
	im, err = ad.add(bc, s.b)
	return
}

// pow is base^exponent.
func (s *special) pow(n *tree.Node) (image, bool) {
	base, y := n.Args[0], n.Args[1]
	if base.Op == tree.Const && base.Name == "e" {
		return s.exp(y)
	}
	if k, err := Rational(y, s.b); err == nil {
		x, ok := s.of(base)
		if !ok {
			return x, false
		}
		return s.constantPower(x, k)
	}
	terms, ok := s.linear(y, QInt(1))
	if !ok {
		return image{}, false
	}
	result := exactly(QInt(1))
	for _, t := range terms {
		x, ok := s.powTerm(base, t)
		if !ok {
			return x, false
		}
		if result, ok = s.product(result, x); !ok {
			return result, false
		}
	}
	return result, true
}

// powTerm is base^(c·atom).
func (s *special) powTerm(base *tree.Node, t term) (image, bool) {
	if t.i {
		return image{}, false
	}
	if t.atom == nil && !t.pi {
		x, ok := s.of(base)
		if !ok {
			return x, false
		}
		return s.constantPower(x, t.c)
	}
	switch base.Op {
	case tree.Mul:
		result := exactly(QInt(1))
		for _, f := range base.Args {
			x, ok := s.powTerm(f, t)
			if !ok {
				return x, false
			}
			if result, ok = s.product(result, x); !ok {
				return result, false
			}
		}
		return result, true
	case tree.Div:
		x, ok := s.powTerm(base.Args[0], t)
		if !ok {
			return x, false
		}
		t.c = t.c.neg()
		y, ok := s.powTerm(base.Args[1], t)
		if !ok {
			return y, false
		}
		return s.product(x, y)
	}
	x, ok := s.of(base)
	if !ok {
		return x, false
	}
	if whole := t.integer > 0 && !t.pi && t.c.IsInt(); whole && (isI(x.n) || x.n.Op == tree.Number && number(x.n).Sign() < 0) {
		// (-a)^n = (-1)^n·a^n, and i^n depends on n modulo 4.
		k, err := t.c.mul(QInt(s.residue(t.integer-1)), s.b)
		if err != nil {
			return image{}, false
		}
		turn := image{}
		if isI(x.n) {
			turn, ok = s.constantPower(x, k)
			return turn, ok
		}
		if turn, ok = s.constantPower(exactly(QInt(-1)), k); !ok {
			return turn, false
		}
		y, ok := s.positivePower(number(x.n).neg(), x.free, t)
		if !ok {
			return y, false
		}
		return s.product(turn, y)
	}
	if x.n.Op != tree.Number {
		return image{}, false
	}
	return s.positivePower(number(x.n), x.free, t)
}

// positivePower is x^(c·atom) for x > 0. Small primes of x have powers of their
// own, so that 6^n = 2^n·3^n.
func (s *special) positivePower(x Q, free bool, t term) (image, bool) {
	if x.Sign() <= 0 || free {
		return image{}, false
	}
	v, ok := s.value(t)
	if !ok {
		return image{}, false
	}
	result := exactly(QInt(1))
	times := func(base Q, k int64) bool {
		w, err := v.mul(QInt(k), s.b)
		if err != nil {
			return false
		}
		y, ok := s.power(base, w)
		if ok {
			result, ok = s.product(result, y)
		}
		return ok
	}
	if x.big == nil && x.num < 1<<40 && x.den < 1<<40 {
		for _, p := range [...]int64{2, 3, 5, 7, 11, 13, 17, 19, 23} {
			k := int64(0)
			for x.num%p == 0 {
				x.num /= p
				k++
			}
			for x.den%p == 0 {
				x.den /= p
				k--
			}
			if k != 0 && !times(QInt(p), k) {
				return image{}, false
			}
		}
	}
	if x.Equal(QInt(1)) {
		return result, true
	}
	return result, times(x, 1)
}
