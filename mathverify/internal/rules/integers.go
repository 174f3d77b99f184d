package rules

import (
	"math/big"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// maxFactorial bounds the factorials that are multiplied out: 3000! has 30,000
// bits.
const maxFactorial = 3000

// chargeBits charges for arithmetic on numbers of so many bits, n times. The
// greatest common divisor that every sum of fractions takes is quadratic.
func chargeBits(b *budget.Budget, n, bits int64) {
	words := bits / 64
	b.Use(n * (4 + words + words*words/64))
}

// factorial: n! of a small natural number
func factorial(n *tree.Node, b *budget.Budget) *tree.Node {
	if n.Op != tree.Factorial {
		return nil
	}
	k, ok := n.Args[0].Int64()
	if !ok || k < 0 || k > maxFactorial {
		return nil
	}
	chargeBits(b, k, k*4)
	return tree.BigInt(new(big.Int).MulRange(1, k))
}

// doubleFactorial: n!! = n(n-2)(n-4)…, 0!! = (-1)!! = 1
func doubleFactorial(n *tree.Node, b *budget.Budget) *tree.Node {
	if n.Op != tree.DoubleFactorial {
		return nil
	}
	k, ok := n.Args[0].Int64()
	if !ok || k < -1 || k > maxFactorial {
		return nil
	}
	chargeBits(b, k+2, k*4)
	v := big.NewInt(1)
	for ; k > 1; k -= 2 {
		v.Mul(v, big.NewInt(k))
	}
	return tree.BigInt(v)
}

// combinatorial: binomial and multinomial coefficients and numbers of
// arrangements of small numbers
func combinatorial(n *tree.Node, b *budget.Budget) *tree.Node {
	if n.Op != tree.Func {
		return nil
	}
	switch n.Name {
	case "binom", "perm":
		m, ok1 := n.Args[0].Int64()
		k, ok2 := n.Args[1].Int64()
		const most = 1 << 14
		if !ok1 || !ok2 || m < 0 || m > 1<<40 {
			return nil
		}
		if k < 0 || k > m {
			return zero
		}
		if n.Name == "binom" && k > m-k {
			k = m - k
		}
		if bits := k * int64(new(big.Int).SetInt64(m).BitLen()); bits > most {
			return nil
		}
		chargeBits(b, k+1, k*8)
		if n.Name == "binom" {
			return tree.BigInt(new(big.Int).Binomial(m, k))
		}
		return tree.BigInt(new(big.Int).MulRange(m-k+1, m))
	case "multinom":
		total := int64(0)
		parts := make([]int64, len(n.Args))
		for i, a := range n.Args {
			k, ok := a.Int64()
			if !ok || k < 0 || k > maxFactorial {
				return nil
			}
			parts[i] = k
			total += k
		}
		// The first argument is the total: binom(n; a, b, c).
		if total != 2*parts[0] {
			return nil
		}
		chargeBits(b, 2*total, total*4)
		v := new(big.Int).MulRange(1, parts[0])
		for _, k := range parts[1:] {
			v.Quo(v, new(big.Int).MulRange(1, k))
		}
		return tree.BigInt(v)
	}
	return nil
}

// divisors: gcd, lcm and Euler's phi of integers
func divisors(n *tree.Node, b *budget.Budget) *tree.Node {
	if n.Op != tree.Func || n.Name != "gcd" && n.Name != "lcm" && n.Name != "phi" {
		return nil
	}
	v := new(big.Int)
	for i, a := range n.Args {
		if !a.IsInteger() {
			return nil
		}
		x := new(big.Int).Abs(a.Rat().Num())
		chargeBits(b, 16, int64(x.BitLen()+v.BitLen()))
		switch {
		case i == 0:
			v.Set(x)
		case n.Name == "gcd":
			v.GCD(nil, nil, v, x)
		case v.Sign() == 0 || x.Sign() == 0:
			v.SetInt64(0)
		default:
			g := new(big.Int).GCD(nil, nil, v, x)
			v.Mul(v, x.Quo(x, g))
			if v.BitLen() > maxBits {
				return nil
			}
		}
	}
	if n.Name == "phi" {
		return totient(v, b)
	}
	return tree.BigInt(v)
}

func totient(v *big.Int, b *budget.Budget) *tree.Node {
	if !v.IsInt64() || v.Int64() < 1 || v.Int64() > 1<<40 {
		return nil
	}
	x := v.Int64()
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
	return tree.Int(phi)
}

// modulus: a mod m of rationals, in [0, m); powers of integers by modular
// exponentiation, so that 7^(10^9) mod 6 costs nothing
func modulus(n *tree.Node, b *budget.Budget) *tree.Node {
	if n.Op != tree.Func || n.Name != "mod" || !number(n.Args[1]) || n.Args[1].Rat().Sign() <= 0 {
		return nil
	}
	m := n.Args[1].Rat()
	if n.Args[1].IsInteger() {
		if r, ok := residue(n.Args[0], m.Num(), b, 0); ok {
			return tree.BigInt(r)
		}
	}
	x, ok := rational(n.Args[0], b)
	if !ok {
		return nil
	}
	q := floorRat(new(big.Rat).Quo(x, m))
	return tree.Rat(new(big.Rat).Sub(x, new(big.Rat).Mul(new(big.Rat).SetInt(q), m)))
}

// residue returns an integer expression modulo m.
func residue(n *tree.Node, m *big.Int, b *budget.Budget, depth int) (*big.Int, bool) {
	const deepest = 50
	chargeBits(b, 4, int64(m.BitLen()))
	if depth > deepest {
		return nil, false
	}
	r := new(big.Int)
	switch n.Op {
	case tree.Number:
		if !n.IsInteger() {
			return nil, false
		}
		return r.Mod(n.Rat().Num(), m), true
	case tree.Neg:
		x, ok := residue(n.Args[0], m, b, depth+1)
		if !ok {
			return nil, false
		}
		return r.Mod(x.Neg(x), m), true
	case tree.Add, tree.Mul:
		if n.Op == tree.Mul {
			r.SetInt64(1)
		}
		for _, a := range n.Args {
			x, ok := residue(a, m, b, depth+1)
			if !ok {
				return nil, false
			}
			if n.Op == tree.Add {
				r.Add(r, x)
			} else {
				r.Mul(r, x)
			}
			r.Mod(r, m)
		}
		return r, true
	case tree.Pow:
		e, ok := rational(n.Args[1], b)
		if !ok || !e.IsInt() || e.Sign() < 0 || e.Num().BitLen() > 1<<12 || m.BitLen() > 1<<12 {
			return nil, false
		}
		x, ok := residue(n.Args[0], m, b, depth+1)
		if !ok {
			return nil, false
		}
		chargeBits(b, 2*int64(e.Num().BitLen()), int64(m.BitLen())*int64(m.BitLen())/64)
		return r.Exp(x, e.Num(), m), true
	}
	return nil, false
}

// rounding: floor, ceiling, fractional part and sign of rationals
func rounding(n *tree.Node, b *budget.Budget) *tree.Node {
	if n.Op != tree.Func || len(n.Args) != 1 {
		return nil
	}
	switch n.Name {
	case "floor", "ceil", "frac", "sgn":
	default:
		return nil
	}
	x, ok := rational(n.Args[0], b)
	if !ok {
		return nil
	}
	switch n.Name {
	case "floor":
		return tree.BigInt(floorRat(x))
	case "ceil":
		c := floorRat(new(big.Rat).Neg(x))
		return tree.BigInt(c.Neg(c))
	case "frac":
		return tree.Rat(new(big.Rat).Sub(x, new(big.Rat).SetInt(floorRat(x))))
	}
	return tree.Int(int64(x.Sign()))
}

// floorRat returns the largest integer that is not above x.
func floorRat(x *big.Rat) *big.Int {
	// The denominator is positive, so Euclid's quotient is the floor.
	return new(big.Int).Div(x.Num(), x.Denom())
}

// extreme: the least and the largest of rationals
func extreme(n *tree.Node, b *budget.Budget) *tree.Node {
	if n.Op != tree.Func || n.Name != "min" && n.Name != "max" {
		return nil
	}
	args := n.Args
	if len(args) == 1 && (args[0].Op == tree.Set || args[0].Op == tree.Tuple || args[0].Op == tree.List) {
		args = args[0].Args
	}
	var best *big.Rat
	for _, a := range args {
		x, ok := rational(a, b)
		if !ok {
			return nil
		}
		if best == nil || n.Name == "min" && x.Cmp(best) < 0 || n.Name == "max" && x.Cmp(best) > 0 {
			best = x
		}
	}
	if best == nil {
		return nil
	}
	return tree.Rat(best)
}

// rational returns the value of rational arithmetic of bounded size.
func rational(n *tree.Node, b *budget.Budget) (*big.Rat, bool) {
	b.Use(4)
	switch n.Op {
	case tree.Number:
		return n.Rat(), fits(n.Rat())
	case tree.Neg:
		x, ok := rational(n.Args[0], b)
		if !ok {
			return nil, false
		}
		return new(big.Rat).Neg(x), true
	case tree.Percent:
		x, ok := rational(n.Args[0], b)
		if !ok {
			return nil, false
		}
		return new(big.Rat).Mul(x, big.NewRat(1, 100)), true
	case tree.Add, tree.Mul:
		v := new(big.Rat)
		if n.Op == tree.Mul {
			v.SetInt64(1)
		}
		for _, a := range n.Args {
			x, ok := rational(a, b)
			if !ok {
				return nil, false
			}
			chargeBits(b, 4, int64(v.Num().BitLen()+v.Denom().BitLen()))
			if n.Op == tree.Add {
				v.Add(v, x)
			} else {
				v.Mul(v, x)
			}
			if !fits(v) {
				return nil, false
			}
		}
		return v, true
	case tree.Div:
		x, ok1 := rational(n.Args[0], b)
		y, ok2 := rational(n.Args[1], b)
		if !ok1 || !ok2 || y.Sign() == 0 {
			return nil, false
		}
		v := new(big.Rat).Quo(x, y)
		return v, fits(v)
	case tree.Pow:
		x, ok1 := rational(n.Args[0], b)
		e, ok2 := rational(n.Args[1], b)
		if !ok1 || !ok2 || !e.IsInt() || !e.Num().IsInt64() {
			return nil, false
		}
		b.Use(64)
		return ratPower(x, e.Num().Int64())
	}
	return nil, false
}
