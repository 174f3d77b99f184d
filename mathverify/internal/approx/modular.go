package approx

import (
	"math/big"
	"math/bits"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// RationalFunctions compares two rational functions with rational coefficients
// in the given symbols by their values at random points modulo random primes
// between 2^60 and 2^61. Powers may be as high as they like. It is not decided
// for other expressions.
//
// Different values are a proof that the functions differ. Equal values in every
// round, each with a new prime and a new point, are taken as a proof that they
// are equal. Were they not, the numerator of the difference, of degree d and with
// coefficients of d·L bits, would vanish in a round with a probability of at most
//
//	d/2^60 + (d·L/60)/2^54 ≤ d·(L + 1)/2^59
//
// since there are more than 2^54 primes to choose from; d and L are bounded by
// the exponents and the numbers written. There are as many rounds as bring the
// product below 2^-60, two or more.
//
// Source: J. Schwartz, "Fast probabilistic algorithms for verification of
// polynomial identities", JACM 27 (1980).
func RationalFunctions(a, b *tree.Node, s *Symbols, seed uint64, bud *budget.Budget) (equal, decided bool) {
	gain := 59 - max(degreeBits(a, bud), degreeBits(b, bud)) - bits.Len(uint(2+writtenBits(a)+writtenBits(b)))
	if gain < 4 {
		return false, false
	}
	rounds := max(2, (60+gain-1)/gain)
	src := source(mix(seed))
	done := 0
	for range 3 * rounds {
		m := modular{p: src.prime(bud), names: s.Names, b: bud}
		m.values = make([]uint64, len(s.Names))
		for i := range m.values {
			m.values[i] = src.below(m.p)
		}
		x, ok := m.of(a)
		if !ok && !m.pole {
			return false, false
		}
		y, ok2 := m.of(b)
		if !ok2 && !m.pole {
			return false, false
		}
		switch {
		case !ok || !ok2:
			continue // a denominator is 0 there
		case x != y:
			return false, true
		}
		if done++; done == rounds {
			return true, true
		}
	}
	return false, false
}

// degreeBits bounds the degree of numerator and denominator by a power of 2, or
// returns more than 64.
func degreeBits(n *tree.Node, b *budget.Budget) int {
	b.Use(1)
	switch n.Op {
	case tree.Symbol, tree.Number:
		return 0
	case tree.Pow:
		k, err := Rational(n.Args[1], b)
		if err != nil || k.big != nil || k.den != 1 {
			return 100
		}
		return degreeBits(n.Args[0], b) + bits.Len64(absU(k.num))
	case tree.Add, tree.Mul, tree.Div, tree.Neg, tree.Percent:
		most := 0
		for _, a := range n.Args {
			most = max(most, degreeBits(a, b))
		}
		return most + bits.Len(uint(len(n.Args)-1))
	}
	if len(tree.Free(n)) == 0 {
		return 0
	}
	return 100
}

// writtenBits adds up the bits of all numbers.
func writtenBits(n *tree.Node) int {
	if n.Op == tree.Number {
		return number(n).size()
	}
	sum := 0
	for _, a := range n.Args {
		sum += writtenBits(a)
	}
	return sum
}

// prime draws a prime between 2^60 and 2^61.
func (s *source) prime(b *budget.Budget) uint64 {
	for {
		b.Use(20)
		x := s.next()>>4 | 1<<60 | 1
		if x%3 == 0 || x%5 == 0 || x%7 == 0 || x%11 == 0 || x%13 == 0 {
			continue
		}
		b.Use(1000)
		// Below 2^64 the Baillie-PSW test is a proof.
		if new(big.Int).SetUint64(x).ProbablyPrime(0) {
			return x
		}
	}
}

type modular struct {
	p      uint64
	names  []string
	values []uint64
	pole   bool // a denominator was 0 modulo p
	b      *budget.Budget
}

func (m *modular) mul(x, y uint64) uint64 {
	hi, lo := bits.Mul64(x, y)
	_, r := bits.Div64(hi, lo, m.p)
	return r
}

func (m *modular) pow(x, k uint64) uint64 {
	z := uint64(1)
	for ; k > 0; k >>= 1 {
		if k&1 != 0 {
			z = m.mul(z, x)
		}
		x = m.mul(x, x)
	}
	return z
}

// inv inverts x ≠ 0 by Fermat's little theorem.
func (m *modular) inv(x uint64) (uint64, bool) {
	m.b.Use(20)
	if x == 0 {
		m.pole = true
		return 0, false
	}
	return m.pow(x, m.p-2), true
}

func (m *modular) int(x int64) uint64 {
	if x < 0 {
		return (m.p - absU(x)%m.p) % m.p
	}
	return uint64(x) % m.p
}

func (m *modular) fromQ(q Q) (uint64, bool) {
	var n, d uint64
	if q.big == nil {
		if q.den == 1 {
			return m.int(q.num), true
		}
		n, d = m.int(q.num), uint64(q.den)%m.p
	} else {
		p := new(big.Int).SetUint64(m.p)
		m.b.Use(int64(q.size() >> 5))
		n = new(big.Int).Mod(q.big.Num(), p).Uint64()
		d = new(big.Int).Mod(q.big.Denom(), p).Uint64()
	}
	d, ok := m.inv(d)
	return m.mul(n, d), ok
}

func (m *modular) of(n *tree.Node) (uint64, bool) {
	m.b.Use(1)
	switch n.Op {
	case tree.Number:
		return m.fromQ(number(n))
	case tree.Symbol:
		for i, name := range m.names {
			if name == n.Name {
				return m.values[i], true
			}
		}
		return 0, false
	case tree.Neg:
		x, ok := m.of(n.Args[0])
		return (m.p - x) % m.p, ok
	case tree.Add:
		sum := uint64(0)
		for _, a := range n.Args {
			x, ok := m.of(a)
			if !ok {
				return 0, false
			}
			if sum += x; sum >= m.p {
				sum -= m.p
			}
		}
		return sum, true
	case tree.Mul:
		product := uint64(1)
		for _, a := range n.Args {
			x, ok := m.of(a)
			if !ok {
				return 0, false
			}
			product = m.mul(product, x)
		}
		return product, true
	case tree.Div, tree.Percent:
		x, ok := m.of(n.Args[0])
		y := uint64(100)
		if ok && n.Op == tree.Div {
			y, ok = m.of(n.Args[1])
		}
		if !ok {
			return 0, false
		}
		y, ok = m.inv(y)
		return m.mul(x, y), ok
	case tree.Pow:
		k, err := Rational(n.Args[1], m.b)
		if err != nil || k.big != nil || k.den != 1 {
			return 0, false
		}
		x, ok := m.of(n.Args[0])
		if !ok {
			return 0, false
		}
		m.b.Use(20)
		switch {
		case k.num <= 0 && x == 0:
			// 0 to a negative power is a pole; 0^0 may be one, and elsewhere it is 1.
			m.pole = true
			return 0, false
		case k.num < 0:
			if x, ok = m.inv(x); !ok {
				return 0, false
			}
		}
		return m.pow(x, absU(k.num)), true
	}
	if q, err := Rational(n, m.b); err == nil {
		return m.fromQ(q)
	}
	return 0, false
}
