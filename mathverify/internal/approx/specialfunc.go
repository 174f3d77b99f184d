package approx

import (
	"math/big"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

func (s *special) function(n *tree.Node) (image, bool) {
	x := n.Args[0]
	switch n.Name {
	case "sin", "cos", "tan", "cot", "sec", "csc":
		return s.trig(n.Name, x)
	case "exp":
		return s.exp(x)
	case "sinh", "cosh", "tanh", "coth", "sech", "csch":
		return s.hyperbolic(n.Name, x)
	case "ln":
		return s.ln(x)
	case "log":
		if len(n.Args) != 2 {
			return image{}, false
		}
		return s.of(tree.New(tree.Div, tree.Fn("ln", x), tree.Fn("ln", n.Args[1])))
	case "abs":
		v, ok := s.of(x)
		if !ok {
			return v, false
		}
		if v.free {
			return s.other(n, []*tree.Node{v.n}), true
		}
		m, ok := s.fold(tree.Fn("abs", v.n))
		return image{n: m}, ok
	case "min", "max", "sgn", "mod", "re", "im", "conj":
		v, ok := s.apply(n)
		if !ok || v.free {
			return s.opaque(n)
		}
		return v, v.n.Op == tree.Number || n.Name == "re" || n.Name == "im" || n.Name == "conj"
	case "floor", "ceil", "frac":
		return s.floor(n.Name, x)
	case "gamma":
		return s.factorial(x, -1)
	case "binom", "perm":
		k := n.Args[1]
		bottom := tree.New(tree.Factorial, difference(x, k))
		if n.Name == "binom" {
			bottom = tree.New(tree.Mul, tree.New(tree.Factorial, k), bottom)
		}
		return s.of(tree.New(tree.Div, tree.New(tree.Factorial, x), bottom))
	case "zeta":
		return s.zeta(x)
	case "arctan", "arcsin", "arccos", "arccot", "arcsec", "arccsc", "arsinh", "arcosh", "artanh", "arg", "phi":
		if r, ok := s.knownAngle(n); ok {
			return s.of(tree.New(tree.Mul, r.node(), tree.Pi))
		}
		return s.opaque(n)
	}
	return image{}, false
}

func difference(a, b *tree.Node) *tree.Node {
	return tree.New(tree.Add, a, tree.New(tree.Neg, b))
}

// A shiftKernel stands for f(v) where f(v+1) follows from f(v).
type shiftKernel struct{ v, value Q }

// floor keeps ⌊x+k⌋ = ⌊x⌋ + k.
func (s *special) floor(name string, n *tree.Node) (image, bool) {
	x, ok := s.of(n)
	if !ok || x.n.Op != tree.Number {
		return image{}, false
	}
	v := number(x.n)
	if name == "ceil" {
		v = v.neg()
	}
	f, ok := Q{}, false
	if len(tree.Free(n)) == 0 && !x.free {
		f, ok = v.floor(), true
	}
	for _, k := range s.floors {
		if d, err := v.add(k.v.neg(), s.b); !ok && err == nil && d.IsInt() {
			f, err = k.value.add(d, s.b)
			ok = err == nil
		}
	}
	if !ok {
		f = QInt(int64(s.src.next() >> 4))
		s.floors = append(s.floors, shiftKernel{v, f})
	}
	switch name {
	case "ceil":
		f = f.neg()
	case "frac":
		var err error
		if f, err = v.add(f.neg(), s.b); err != nil {
			return image{}, false
		}
	}
	return image{f.node(), true}, true
}

// factorial is (x+shift)! and keeps (x+1)! = (x+1)·x!.
func (s *special) factorial(n *tree.Node, shift int64) (image, bool) {
	x, ok := s.of(n)
	if !ok || x.n.Op != tree.Number {
		return image{}, false
	}
	v, err := number(x.n).add(QInt(shift), s.b)
	if err != nil {
		return image{}, false
	}
	if v.IsInt() {
		f, err := factorial(v, 1, s.b)
		return computed(f, false, err)
	}
	for _, k := range s.facts {
		d, err := v.add(k.v.neg(), s.b)
		if err != nil || !d.IsInt() || d.abs().Cmp(QInt(100)) > 0 {
			continue
		}
		m, _ := d.Int64()
		f := k.value
		// From the lower of the two up, or down.
		for j := int64(1); j <= m; j++ {
			f = s.times(f, k.v, j, false)
		}
		for j := int64(0); j > m; j-- {
			f = s.times(f, k.v, j, true)
		}
		return image{f.node(), true}, true
	}
	f := s.draw()
	s.facts = append(s.facts, shiftKernel{v, f})
	return image{f.node(), true}, true
}

// times returns f·(v+j) or f/(v+j); the sizes are small here.
func (s *special) times(f, v Q, j int64, divide bool) Q {
	x, _ := v.add(QInt(j), s.b)
	if divide {
		x = x.inv()
	}
	f, _ = f.mul(x, s.b)
	return f
}

// zeta is a rational multiple of π^2k.
func (s *special) zeta(n *tree.Node) (image, bool) {
	q, err := Rational(n, s.b)
	k, ok := q.Int64()
	den := evenZeta[k]
	if err != nil || !ok || den == 0 {
		return image{}, false
	}
	return s.of(tree.New(tree.Div, tree.New(tree.Pow, tree.Pi, n), tree.Int(den)))
}

// knownAngle returns r when an inverse function of a constant is r·π, which the
// function itself proves.
func (s *special) knownAngle(n *tree.Node) (r Q, ok bool) {
	if len(tree.Free(n)) > 0 {
		return Q{}, false
	}
	v, err := Eval(n, nil, 64, s.b)
	if err != nil || !v.IsReal() || v.Re.RadExp() > -48 {
		return Q{}, false
	}
	r, ok = nearFraction(v.Re.Float64()/3.141592653589793, 120)
	if !ok {
		return Q{}, false
	}
	x, angle := n.Args[0], tree.New(tree.Mul, r.node(), tree.Pi)
	var claim *tree.Node
	switch n.Name {
	case "arctan":
		claim = difference(tree.Fn("tan", angle), x)
	case "arcsin":
		claim = difference(tree.Fn("sin", angle), x)
	case "arccos":
		claim = difference(tree.Fn("cos", angle), x)
	case "arccot":
		claim = difference(tree.Fn("cot", angle), x)
	case "arg":
		// x·e^(-irπ) is real; the enclosure tells it from its negative.
		claim = tree.Fn("im", tree.New(tree.Mul, x,
			tree.New(tree.Pow, tree.E, tree.New(tree.Mul, tree.I, tree.New(tree.Neg, angle)))))
	default:
		return Q{}, false
	}
	zero, proven := Zero(claim, nil, s.b)
	return r, zero && proven
}

// nearFraction finds a fraction within 2^-40 of x with a small denominator.
func nearFraction(x float64, most int64) (Q, bool) {
	for d := int64(1); d <= most; d++ {
		y := x * float64(d)
		n := int64(y + 0.5)
		if y < 0 {
			n = int64(y - 0.5)
		}
		if e := y - float64(n); e < 0x1p-40 && e > -0x1p-40 {
			return reduce(n, d), true
		}
	}
	return Q{}, false
}

// ln takes ln e^y for y when y is real.
func (s *special) ln(n *tree.Node) (image, bool) {
	switch {
	case n.Op == tree.Pow && n.Args[0].Op == tree.Const && n.Args[0].Name == "e" && s.realDefined(n.Args[1]):
		return s.of(n.Args[1])
	case n.Op == tree.Func && n.Name == "exp" && s.realDefined(n.Args[0]):
		return s.of(n.Args[0])
	}
	x, ok := s.of(n)
	if !ok {
		return x, false
	}
	if x.free {
		return s.other(tree.Fn("ln", x.n), nil), true
	}
	return s.lnOf(x.n)
}

// realDefined reports a value that is real, like all below it.
func (s *special) realDefined(n *tree.Node) bool {
	_, isReal, err := evaluate(n, s.at, 64, s.b)
	return err == nil && isReal
}

func isI(n *tree.Node) bool { return n.Op == tree.Const && n.Name == "i" }

// lnOf is the logarithm of a number without free stand-ins.
func (s *special) lnOf(n *tree.Node) (image, bool) {
	if v, ok := s.lnPositive(n); ok {
		return v, true
	}
	if n.Op == tree.Number {
		q := number(n)
		if q.Sign() >= 0 {
			return image{}, false
		}
		v, ok := s.lnRational(q.neg())
		pi := s.other(tree.Pi, nil)
		return image{tree.New(tree.Add, v.n, tree.New(tree.Mul, tree.I, pi.n)), true}, ok
	}
	return s.other(tree.Fn("ln", n), nil), true
}

// lnPositive is the logarithm of products and powers of positive rationals.
func (s *special) lnPositive(n *tree.Node) (image, bool) {
	switch n.Op {
	case tree.Number:
		if number(n).Sign() > 0 {
			return s.lnRational(number(n))
		}
	case tree.Pow:
		if n.Args[1].Op != tree.Number {
			break
		}
		v, ok := s.lnPositive(n.Args[0])
		if !ok {
			return v, false
		}
		m, ok := s.fold(tree.New(tree.Mul, n.Args[1], v.n))
		return image{m, true}, ok
	case tree.Mul, tree.Div:
		args := make([]*tree.Node, len(n.Args))
		for i, a := range n.Args {
			v, ok := s.lnPositive(a)
			if !ok {
				return v, false
			}
			args[i] = v.n
			if n.Op == tree.Div && i == 1 {
				args[i] = tree.New(tree.Neg, v.n)
			}
		}
		m, ok := s.fold(tree.New(tree.Add, args...))
		return image{m, true}, ok
	}
	return image{}, false
}

type logBase struct {
	p *big.Int
	q Q // stands for ln p
}

// splitLogs draws a logarithm for each member of a coprime base of all
// arguments.
func (s *special) splitLogs() {
	var xs []*big.Int
	for _, q := range s.logs {
		xs = append(xs, q.numer(), q.denom())
	}
	src := s.src
	s.src = source(mix(uint64(s.seed)))
	s.bases = nil
	for _, p := range coprimeBase(xs, s.b) {
		s.bases = append(s.bases, logBase{p, s.draw()})
	}
	s.src = src
}

// lnRational is the combination of logarithms of the base.
func (s *special) lnRational(q Q) (image, bool) {
	if s.collect {
		if len(s.logs) < 32 {
			s.logs = append(s.logs, q)
		}
		return image{QInt(1).node(), true}, true
	}
	n, d := q.numer(), q.denom()
	sum := QInt(0)
	for _, base := range s.bases {
		var k, m int64
		k, n = exponent(n, base.p, s.b)
		m, d = exponent(d, base.p, s.b)
		t, err := base.q.mul(QInt(k-m), s.b)
		if err != nil {
			return image{}, false
		}
		if sum, err = sum.add(t, s.b); err != nil {
			return image{}, false
		}
	}
	return image{sum.node(), true}, n.BitLen() == 1 && d.BitLen() == 1
}
