package ball

import (
	"math/big"
	"math/bits"
	"sync/atomic"
)

// Constants are computed once per level, a power of two of bits, and shifted
// down to the precision asked for. What a caller gets therefore depends on the
// precision only, not on what was asked before.
type constant struct {
	compute func(p int) *big.Int // the constant times 2^p, within 2
	level   [20]atomic.Pointer[big.Int]
}

const minLevel = 9

// fixed returns the constant times 2^p, within 2. The result may be shared and
// must not be changed.
func (c *constant) fixed(p int) *big.Int {
	l := max(bits.Len(uint(p+7)), minLevel)
	at := c.level[min(l, len(c.level)-1)].Load()
	if at == nil {
		if l >= len(c.level) {
			return c.compute(p)
		}
		at = c.compute(1 << l)
		c.level[l].Store(at) // any other goroutine stores the same value
	}
	return new(big.Int).Rsh(at, uint(1<<l-p))
}

var (
	piConst  = constant{compute: piFixed}
	ln2Const = constant{compute: ln2Fixed}
	eConst   = constant{compute: eFixed}
)

// Pi returns a ball that contains π.
func Pi(prec uint) Real { return constReal(&piConst, clampPrec(prec)) }

// E returns a ball that contains e, the base of the natural logarithm.
func E(prec uint) Real { return constReal(&eConst, clampPrec(prec)) }

// Ln2 returns a ball that contains the natural logarithm of 2.
func Ln2(prec uint) Real { return constReal(&ln2Const, clampPrec(prec)) }

func constReal(c *constant, prec int) Real {
	p := prec + 4
	return fromFixed(c.fixed(p), p, 2, mag{}, prec)
}

const constGuard = 32

// piFixed returns π 2^p, within 2.
//
//	1/π = 12 Σ (-1)^k (6k)! (13591409 + 545140134 k) / ((3k)! k!^3 640320^(3k+3/2))
//
// Source: D. V. and G. V. Chudnovsky (1988); summed by binary splitting, Brent
// and Zimmermann, Modern Computer Arithmetic, 4.9.
func piFixed(p int) *big.Int {
	w := p + constGuard
	n := int64(w/47 + 2) // every term adds 47.1 bits
	_, q, t := chudnovsky(0, n)
	// π = 426880 sqrt(10005) Q / T
	s, _ := isqrt(new(big.Int).Lsh(big.NewInt(10005), uint(2*w)))
	s.Mul(s, q)
	s.Mul(s, big.NewInt(426880))
	s.Quo(s, t)
	return s.Rsh(s, constGuard)
}

func chudnovsky(a, b int64) (p, q, t *big.Int) {
	if b-a == 1 {
		if a == 0 {
			return big.NewInt(1), big.NewInt(1), big.NewInt(13591409)
		}
		p = big.NewInt(6*a - 5)
		p.Mul(p, big.NewInt((2*a-1)*(6*a-1)))
		p.Neg(p)
		q = big.NewInt(a * a)
		q.Mul(q, big.NewInt(a))
		q.Mul(q, big.NewInt(10939058860032000)) // 640320^3/24
		t = big.NewInt(13591409 + 545140134*a)
		return p, q, t.Mul(t, p)
	}
	m := (a + b) / 2
	p1, q1, t1 := chudnovsky(a, m)
	p2, q2, t2 := chudnovsky(m, b)
	t1.Mul(t1, q2)
	t2.Mul(t2, p1)
	return p1.Mul(p1, p2), q1.Mul(q1, q2), t1.Add(t1, t2)
}

// ln2Fixed returns log(2) 2^p, within 2.
//
//	log 2 = 18 artanh(1/26) - 2 artanh(1/4801) + 8 artanh(1/8749)
//
// Source: Machin-like formula; see Gourdon and Sebah, The logarithmic constant
// log 2 (2004).
func ln2Fixed(p int) *big.Int {
	w := p + constGuard
	s := artanhInv(26, 18, w)
	s.Sub(s, artanhInv(4801, 2, w))
	s.Add(s, artanhInv(8749, 8, w))
	return s.Rsh(s, constGuard)
}

// artanhInv returns c artanh(1/n) 2^w, within c+2.
func artanhInv(n, c int64, w int) *big.Int {
	terms := int64(w/(2*(bits.Len64(uint64(n))-1)) + 2)
	b, q, t := artanhSplit(0, terms, n)
	// artanh(1/n) = T / (B Q)
	t.Mul(t, big.NewInt(c))
	t.Lsh(t, uint(w))
	return t.Quo(t, b.Mul(b, q))
}

// artanhSplit returns B, Q and T with
//
//	T/(B Q) = Σ n^-(2(k-i)+2-[i=0]) / (2k+1)    over i <= k < j
func artanhSplit(i, j, n int64) (b, q, t *big.Int) {
	if j-i == 1 {
		b = big.NewInt(2*i + 1)
		if i == 0 {
			return b, big.NewInt(n), big.NewInt(1)
		}
		return b, big.NewInt(n * n), big.NewInt(1)
	}
	m := (i + j) / 2
	b1, q1, t1 := artanhSplit(i, m, n)
	b2, q2, t2 := artanhSplit(m, j, n)
	t1.Mul(t1, b2)
	t1.Mul(t1, q2)
	t2.Mul(t2, b1)
	return b1.Mul(b1, b2), q1.Mul(q1, q2), t1.Add(t1, t2)
}

// eFixed returns e 2^p, within 2, from Σ 1/k!.
func eFixed(p int) *big.Int {
	w := p + constGuard
	n := int64(2)
	for b := 0; b <= w; n++ {
		b += bits.Len64(uint64(n)) - 1
	}
	t, q := factorialSplit(0, n)
	t.Lsh(t, uint(w))
	t.Quo(t, q)
	t.Add(t, new(big.Int).Lsh(big.NewInt(1), uint(w)))
	return t.Rsh(t, constGuard)
}

// factorialSplit returns T and Q = (a+1)...b with T/Q = Σ a!/k! over a < k <= b.
func factorialSplit(a, b int64) (t, q *big.Int) {
	if b-a == 1 {
		return big.NewInt(1), big.NewInt(b)
	}
	m := (a + b) / 2
	t1, q1 := factorialSplit(a, m)
	t2, q2 := factorialSplit(m, b)
	t1.Mul(t1, q2)
	return t1.Add(t1, t2), q1.Mul(q1, q2)
}
