package canon

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"math/big"
	"math/bits"
	"math/rand/v2"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// Identity testing for rational functions that are too large to be written
// out, such as (x+1)^1000·(x-1)^1000 - (x²-1)^1000.
//
// The numerator of x - y is a polynomial with integer coefficients, of degree
// at most D and with coefficients whose absolute values add up to at most 2^H.
// If it is not 0 then a random prime p of 61 bits divides all its coefficients
// with probability at most (H/60)/2^54, since there are more than 2^54 such
// primes, and else it is 0 mod p at a random point with probability at most
// D/2^60 (Schwartz, J. ACM 27, 1980; Zippel, EUROSAM 1979). With D ≤ 2^38 and
// H ≤ 2^39 one trial errs with less than 2^-20, and three independent ones
// with less than 2^-60. A value that is not 0 is an exact proof.
//
// The randomness comes from a hash of the question, so that the same question
// always gets the same answer.
const (
	modTrials = 3
	modTries  = 6 // points at which something may be undefined
	maxModDeg = 1 << 38
	maxModLog = 1 << 39
)

// modular compares two rational functions in plain symbols.
func modular(x, y *tree.Node, b *budget.Budget) Result {
	sx, ok := sizeOf(x, b, 0)
	if !ok {
		return Unknown
	}
	sy, ok := sizeOf(y, b, 0)
	if !ok {
		return Unknown
	}
	if s := sx.plus(sy); !s.fits() {
		return Unknown
	}
	h := sha256.New()
	hashTree(h, x)
	hashTree(h, y)
	b.Use(100)
	r := rand.New(rand.NewChaCha8([32]byte(h.Sum(nil))))
	names := tree.Free(tree.New(tree.Add, x, y))
	trials := 0
	for range modTries {
		m := modPoint{p: randomPrime(r, b), at: make([]uint64, len(names)), names: names, bud: b}
		for i := range m.at {
			m.at[i] = r.Uint64N(m.p)
		}
		u, ok := m.eval(x)
		if !ok {
			continue
		}
		v, ok := m.eval(y)
		switch {
		case !ok:
			continue
		case u != v:
			return NonZero
		}
		if trials++; trials == modTrials {
			return Zero
		}
	}
	return Unknown
}

// A size bounds degree and height of numerator and denominator.
type size struct{ num, den, numLog, denLog int64 }

func (s size) fits() bool {
	return s.num <= maxModDeg && s.den <= maxModDeg && s.numLog <= maxModLog && s.denLog <= maxModLog
}

func (s size) plus(t size) size {
	return size{
		max(s.num+t.den, t.num+s.den), s.den + t.den,
		max(s.numLog+t.denLog, t.numLog+s.denLog) + 1, s.denLog + t.denLog,
	}
}

func (s size) times(t size) size {
	return size{s.num + t.num, s.den + t.den, s.numLog + t.numLog, s.denLog + t.denLog}
}

func (s size) inverse() size { return size{s.den, s.num, s.denLog, s.numLog} }

// sizeOf reports false for what is no rational function, or is too large.
func sizeOf(n *tree.Node, b *budget.Budget, depth int) (s size, ok bool) {
	b.Use(2)
	if depth > maxDepth {
		return s, false
	}
	switch n.Op {
	case tree.Number:
		if a, d, small := n.Small(); small {
			return size{numLog: int64(num{n: a, d: 1}.bits()), denLog: int64(num{n: d, d: 1}.bits())}, true
		}
		r := n.Rat()
		return size{numLog: int64(r.Num().BitLen()), denLog: int64(r.Denom().BitLen())}, true
	case tree.Symbol:
		return size{num: 1}, true
	case tree.Neg:
		return sizeOf(n.Args[0], b, depth+1)
	case tree.Add, tree.Mul, tree.Div:
		s, ok = sizeOf(n.Args[0], b, depth+1)
		for _, a := range n.Args[1:] {
			if !ok || !s.fits() {
				return s, false
			}
			t, good := sizeOf(a, b, depth+1)
			switch {
			case n.Op == tree.Add:
				s = s.plus(t)
			case n.Op == tree.Mul:
				s = s.times(t)
			default:
				s = s.times(t.inverse())
			}
			ok = good
		}
		return s, ok && s.fits()
	case tree.Pow:
		k, whole := wholeExponent(n.Args[1], b, depth)
		if s, ok = sizeOf(n.Args[0], b, depth+1); !ok || !whole {
			return s, false
		}
		if k < 0 {
			s, k = s.inverse(), -k
		}
		if k > maxModDeg || max(s.num, s.den, s.numLog, s.denLog) > maxModLog/max(k, 1) {
			return s, false
		}
		return size{s.num * k, s.den * k, s.numLog * k, s.denLog * k}, true
	}
	return s, false
}

func wholeExponent(n *tree.Node, b *budget.Budget, depth int) (int64, bool) {
	c, ok := arithmetic(n, b, depth)
	if !ok || c.r != nil || c.d != 1 || c.n == -1<<63 {
		return 0, false
	}
	return c.n, true
}

func hashTree(h hash.Hash, n *tree.Node) {
	var head [17]byte
	head[0] = byte(n.Op)
	binary.LittleEndian.PutUint64(head[1:], uint64(len(n.Args)))
	name := n.Name
	if n.Op == tree.Number {
		name = n.Rat().RatString()
	}
	binary.LittleEndian.PutUint64(head[9:], uint64(len(name)))
	h.Write(head[:])
	h.Write([]byte(name))
	for _, a := range n.Args {
		hashTree(h, a)
	}
}

// A modPoint gives the symbols values mod p.
type modPoint struct {
	p     uint64
	at    []uint64
	names []string
	bud   *budget.Budget
}

func (m *modPoint) mul(a, b uint64) uint64 { return mulMod(a, b, m.p) }

func mulMod(a, b, p uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	_, r := bits.Div64(hi, lo, p)
	return r
}

func powMod(a, k, p uint64) uint64 {
	z := uint64(1)
	for ; k > 0; k >>= 1 {
		if k&1 != 0 {
			z = mulMod(z, a, p)
		}
		a = mulMod(a, a, p)
	}
	return z
}

// eval returns the value of n mod p, if it is defined there.
func (m *modPoint) eval(n *tree.Node) (z uint64, ok bool) {
	m.bud.Use(3)
	switch n.Op {
	case tree.Number:
		if a, d, small := n.Small(); small && d == 1 {
			z = num{n: a}.abs64() % m.p
			if a < 0 && z != 0 {
				z = m.p - z
			}
			return z, true
		}
		m.bud.Use(int64(20 + numberOf(n).words()))
		p := new(big.Int).SetUint64(m.p)
		r := n.Rat()
		a := new(big.Int).Mod(r.Num(), p).Uint64()
		d := new(big.Int).Mod(r.Denom(), p).Uint64()
		return m.quotient(a, d)
	case tree.Symbol:
		for i, s := range m.names {
			if s == n.Name {
				return m.at[i], true
			}
		}
	case tree.Neg:
		z, ok = m.eval(n.Args[0])
		if z != 0 {
			z = m.p - z
		}
		return z, ok
	case tree.Add, tree.Mul, tree.Div:
		z, ok = m.eval(n.Args[0])
		for _, a := range n.Args[1:] {
			y, good := m.eval(a)
			if !ok || !good {
				return 0, false
			}
			switch n.Op {
			case tree.Add:
				if z += y; z >= m.p {
					z -= m.p
				}
			case tree.Mul:
				z = m.mul(z, y)
			default:
				z, ok = m.quotient(z, y)
			}
		}
		return z, ok
	case tree.Pow:
		k, whole := wholeExponent(n.Args[1], m.bud, 0)
		if z, ok = m.eval(n.Args[0]); !ok || !whole || z == 0 && k <= 0 {
			return 0, false
		}
		m.bud.Use(200)
		if k < 0 {
			z, _ = m.quotient(1, z)
			k = -k
		}
		return powMod(z, uint64(k), m.p), true
	}
	return 0, false
}

func (m *modPoint) quotient(a, d uint64) (uint64, bool) {
	if d == 0 {
		return 0, false
	}
	m.bud.Use(200)
	return m.mul(a, powMod(d, m.p-2, m.p)), true
}

// abs64 returns |n| of a small integer.
func (x num) abs64() uint64 {
	if x.n < 0 {
		return -uint64(x.n)
	}
	return uint64(x.n)
}

// randomPrime returns a random prime of 61 bits.
func randomPrime(r *rand.Rand, b *budget.Budget) uint64 {
	for {
		b.Use(20)
		if p := 1<<60 | r.Uint64N(1<<60) | 1; isPrime64(p, b) {
			return p
		}
	}
}

// isPrime64 is the test of Miller and Rabin with the bases that decide all
// numbers below 2^64.
//
// Source: Sorenson and Webster, Math. Comp. 86, 2017.
func isPrime64(p uint64, b *budget.Budget) bool {
	for _, q := range [...]uint64{3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37} {
		if p%q == 0 {
			return false
		}
	}
	s := bits.TrailingZeros64(p - 1)
	d := (p - 1) >> s
bases:
	for _, a := range [...]uint64{2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37} {
		b.Use(150)
		x := powMod(a, d, p)
		if x == 1 || x == p-1 {
			continue
		}
		for range s - 1 {
			if x = mulMod(x, x, p); x == p-1 {
				continue bases
			}
		}
		return false
	}
	return true
}
