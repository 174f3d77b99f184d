package approx

import (
	"math/big"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// modulo returns a mod m in [0, |m|). A power is reduced on the way, so that
// 7^(10^9) mod 6 is not computed in full.
func modulo(n *tree.Node, at Point, b *budget.Budget) (Q, error) {
	m, err := rationalAt(n.Args[1], at, b)
	if err != nil {
		return Q{}, err
	}
	if m.Sign() == 0 {
		return Q{}, ErrUndefined
	}
	m = m.abs()
	x, err := rationalAt(n.Args[0], at, b)
	if err == nil {
		// x - m·floor(x/m)
		k, err := x.mul(m.inv(), b)
		if err != nil {
			return Q{}, err
		}
		if k, err = k.floor().neg().mul(m, b); err != nil {
			return Q{}, err
		}
		return x.add(k, b)
	}
	if err != ErrTooBig || !m.IsInt() {
		return Q{}, err
	}
	r, err := residue(n.Args[0], at, m.numer(), b)
	if err != nil {
		return Q{}, err
	}
	return qBig(r), nil
}

// residue returns an integer tree modulo m > 0.
func residue(n *tree.Node, at Point, m *big.Int, b *budget.Budget) (*big.Int, error) {
	w := int64(m.BitLen()>>6 + 1)
	b.Use(10 + w*w)
	switch n.Op {
	case tree.Neg:
		x, err := residue(n.Args[0], at, m, b)
		if err != nil {
			return nil, err
		}
		return x.Mod(x.Neg(x), m), nil
	case tree.Add, tree.Mul:
		r := big.NewInt(0)
		if n.Op == tree.Mul {
			r.SetInt64(1)
		}
		for _, a := range n.Args {
			x, err := residue(a, at, m, b)
			if err != nil {
				return nil, err
			}
			if n.Op == tree.Add {
				r.Add(r, x)
			} else {
				r.Mul(r, x)
			}
			r.Mod(r, m)
		}
		return r.Mod(r, m), nil
	case tree.Pow:
		return residuePow(n, at, m, b)
	case tree.Factorial:
		k, err := rationalAt(n.Args[0], at, b)
		if err == nil && k.IsInt() && k.Sign() >= 0 && k.numer().Cmp(m) >= 0 {
			return new(big.Int), nil
		}
	}
	x, err := rationalAt(n, at, b)
	if err != nil {
		return nil, err
	}
	if !x.IsInt() {
		return nil, ErrUnsupported
	}
	return new(big.Int).Mod(x.numer(), m), nil
}

func residuePow(n *tree.Node, at Point, m *big.Int, b *budget.Budget) (*big.Int, error) {
	base, err := residue(n.Args[0], at, m, b)
	if err != nil {
		return nil, err
	}
	var k *big.Int
	switch y, err := rationalAt(n.Args[1], at, b); {
	case err == nil && y.IsInt() && y.Sign() >= 0:
		k = y.numer()
	case err == ErrTooBig && huge(n.Args[1], at, b):
		// Euler: a^k = a^(k mod φ + φ) modulo m for every k >= log2 m.
		phi, ok := totient(m, b)
		if !ok {
			return nil, ErrTooBig
		}
		if k, err = residue(n.Args[1], at, phi, b); err != nil {
			return nil, err
		}
		k = k.Add(k, phi)
	case err == nil:
		return nil, ErrUnsupported
	default:
		return nil, err
	}
	w := int64(m.BitLen()>>6 + 1)
	b.Use(int64(k.BitLen()) * (2 + w*w/8))
	return base.Exp(base, k, m), nil
}

// huge reports a power of integers that is certainly more than 2^64.
func huge(n *tree.Node, at Point, b *budget.Budget) bool {
	if n.Op != tree.Pow {
		return false
	}
	x, err := rationalAt(n.Args[0], at, b)
	if err != nil || !x.IsInt() || x.Cmp(QInt(2)) < 0 {
		return false
	}
	y, err := rationalAt(n.Args[1], at, b)
	if err == nil {
		return y.IsInt() && y.Cmp(QInt(64)) > 0
	}
	return err == ErrTooBig && huge(n.Args[1], at, b)
}

// totient returns Euler's φ of m < 2^32 by trial division.
func totient(m *big.Int, b *budget.Budget) (*big.Int, bool) {
	if !m.IsInt64() || m.Int64() >= 1<<32 {
		return nil, false
	}
	x := m.Int64()
	phi := x
	for p := int64(2); p*p <= x; p++ {
		b.Use(1)
		if x%p == 0 {
			phi -= phi / p
			for x%p == 0 {
				x /= p
			}
		}
	}
	if x > 1 {
		phi -= phi / x
	}
	return big.NewInt(phi), true
}
