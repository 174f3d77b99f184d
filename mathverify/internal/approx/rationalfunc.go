package approx

import (
	"math/big"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// rationalFunc returns functions of rationals whose value is rational.
func rationalFunc(n *tree.Node, at Point, b *budget.Budget) (Q, error) {
	switch n.Name {
	case "abs", "floor", "ceil", "sgn", "frac", "min", "max", "gcd", "lcm",
		"mod", "binom", "perm", "multinom", "gamma", "re", "im", "conj", "phi":
	default:
		return Q{}, ErrUnsupported
	}
	switch {
	case n.Name == "mod":
		return modulo(n, at, b)
	case n.Name == "conj" && at == nil:
		return Q{}, ErrUnsupported // a bar over digits has other meanings
	}
	var buf [4]Q
	x := buf[:0]
	for _, a := range n.Args {
		v, err := rationalAt(a, at, b)
		if err != nil {
			return Q{}, err
		}
		x = append(x, v)
	}
	switch n.Name {
	case "abs":
		return x[0].abs(), nil
	case "re", "conj":
		return x[0], nil
	case "im":
		return QInt(0), nil
	case "sgn":
		return QInt(int64(x[0].Sign())), nil
	case "floor":
		return x[0].floor(), nil
	case "ceil":
		return x[0].neg().floor().neg(), nil
	case "frac":
		return x[0].add(x[0].floor().neg(), b)
	case "min", "max":
		best := x[0]
		for _, v := range x[1:] {
			if c := v.Cmp(best); n.Name == "min" && c < 0 || n.Name == "max" && c > 0 {
				best = v
			}
		}
		return best, nil
	case "gcd", "lcm":
		return divisors(n.Name, x, b)
	case "gamma":
		v, err := x[0].add(QInt(-1), b)
		if err != nil {
			return Q{}, err
		}
		return factorial(v, 1, b)
	case "binom":
		return binomial(x[0], x[1], b)
	case "phi":
		return eulerPhi(x[0], b)
	case "perm":
		return falling(x[0], x[1], b)
	}
	return multinomial(x, b)
}

func divisors(name string, x []Q, b *budget.Budget) (Q, error) {
	g := new(big.Int)
	for i, v := range x {
		if !v.IsInt() {
			return Q{}, ErrUnsupported
		}
		if err := charge(v.size()+g.BitLen(), false, b); err != nil {
			return Q{}, err
		}
		a := new(big.Int).Abs(v.numer())
		d := new(big.Int).GCD(nil, nil, g, a)
		switch {
		case name == "gcd" || i == 0:
			g = d
		case a.Sign() == 0 || g.Sign() == 0:
			g = new(big.Int)
		default:
			g = a.Mul(a, g)
			g.Quo(g, d)
		}
		if g.BitLen() > maxBits {
			return Q{}, ErrTooBig
		}
	}
	return qBig(g), nil
}

// binomial returns n(n-1)...(n-k+1)/k! for an integer k >= 0 and any n; it is 0
// for k < 0 and for k > n >= 0.
func binomial(n, k Q, b *budget.Budget) (Q, error) {
	if !k.IsInt() {
		return Q{}, ErrUnsupported
	}
	if k.Sign() < 0 {
		return QInt(0), nil
	}
	if n.IsInt() && n.Sign() >= 0 {
		if k.Cmp(n) > 0 {
			return QInt(0), nil
		}
		// The smaller of k and n-k.
		m, err := n.add(k.neg(), b)
		if err != nil {
			return Q{}, err
		}
		if m.Cmp(k) < 0 {
			k = m
		}
	}
	top, err := falling(n, k, b)
	if err != nil {
		return Q{}, err
	}
	bottom, err := factorial(k, 1, b)
	if err != nil {
		return Q{}, err
	}
	return top.mul(bottom.inv(), b)
}

// falling returns n(n-1)...(n-k+1) for an integer k >= 0.
func falling(n, k Q, b *budget.Budget) (Q, error) {
	if !k.IsInt() {
		return Q{}, ErrUnsupported
	}
	if k.Sign() < 0 {
		return Q{}, ErrUndefined
	}
	steps, ok := k.Int64()
	if x, small := n.Int64(); small && x >= 0 {
		if k.Cmp(n) > 0 {
			return QInt(0), nil
		}
		if !ok || steps > maxBits {
			return Q{}, ErrTooBig
		}
		return product(x, 1, steps, b)
	}
	if !ok || steps > 1000 {
		return Q{}, ErrTooBig
	}
	p := QInt(1)
	for range steps {
		var err error
		if p, err = p.mul(n, b); err != nil {
			return Q{}, err
		}
		if n, err = n.add(QInt(-1), b); err != nil {
			return Q{}, err
		}
	}
	return p, nil
}

// multinomial returns n!/(k1!·k2!·...) with n written first, which must be the
// sum of the others.
func multinomial(x []Q, b *budget.Budget) (Q, error) {
	rest := QInt(0)
	total, err := factorial(x[0], 1, b)
	if err != nil {
		return Q{}, err
	}
	for _, k := range x[1:] {
		if rest, err = rest.add(k, b); err != nil {
			return Q{}, err
		}
		f, err := factorial(k, 1, b)
		if err != nil {
			return Q{}, err
		}
		if total, err = total.mul(f.inv(), b); err != nil {
			return Q{}, err
		}
	}
	if !rest.Equal(x[0]) {
		return Q{}, ErrUnsupported
	}
	return total, nil
}

// eulerPhi counts the numbers up to x that are coprime to x.
func eulerPhi(x Q, b *budget.Budget) (Q, error) {
	if !x.IsInt() || x.Sign() <= 0 {
		return Q{}, ErrUnsupported
	}
	phi, ok := totient(x.numer(), b)
	if !ok {
		return Q{}, ErrTooBig
	}
	return qBig(phi), nil
}
