package ndcg

import (
	"math"
	"sync"
	"sync/atomic"
)

// The discounts log2(2), log2(3), ... are correctly rounded. math.Log2 is not,
// and its last bit differs between architectures; a score that differs between
// two machines is a reward that cannot be reproduced. The C library that
// trec_eval was measured with agrees on all but a handful (glibc: log2(1621)
// and its doublings are one unit off).
//
// Neighbouring logarithms differ by a fast series,
//
//	log2(n+1) = log2(n) + (2/ln 2)·artanh(1/(2n+1)),
//
// which is summed in double-double arithmetic (about 106 bits) and restarts
// from an exact value at each power of two, so that the error stays some thirty
// bits below what rounding to 53 bits needs.

// table is an immutable prefix of the discounts: log[i] = log2(i+2).
type table struct {
	log  []float64
	last dd // log2 of len(log)+1, unrounded: where the next extension starts
}

var (
	cached atomic.Pointer[table]
	growMu sync.Mutex
)

const minTable = 256

// discounts returns at least n discounts. The cache keeps 8 bytes for each rank
// of the longest list seen.
func discounts(n int) []float64 {
	t := cached.Load()
	if t == nil || len(t.log) < n {
		t = grow(n)
	}
	return t.log
}

func grow(n int) *table {
	growMu.Lock()
	defer growMu.Unlock()
	old := cached.Load()
	if old == nil {
		old = &table{log: []float64{1}, last: dd{hi: 1}}
	}
	if len(old.log) >= n {
		return old
	}
	t := &table{log: make([]float64, len(old.log), max(n, minTable, 2*len(old.log))), last: old.last}
	copy(t.log, old.log)
	for len(t.log) < cap(t.log) {
		t.last = nextLog2(len(t.log)+1, t.last)
		t.log = append(t.log, t.last.hi)
	}
	cached.Store(t)
	return t
}

// nextLog2 returns log2(n+1) given log2(n), for n >= 2.
func nextLog2(n int, log dd) dd {
	if m := n + 1; m&(m-1) == 0 {
		return dd{hi: math.Log2(float64(m))} // exact for a power of two
	}
	u := dd{hi: 1}.div(float64(2*n + 1))
	u2 := u.mul(u)
	// artanh(u)/u = 1 + u²/3 + u⁴/5 + ...; stop below 2^-110.
	terms := 1
	for p := u2.hi; p > 0x1p-110; p *= u2.hi {
		terms++
	}
	sum := dd{}
	for j := terms; j >= 0; j-- {
		sum = sum.mul(u2).add(dd{hi: 1}.div(float64(2*j + 1)))
	}
	return log.add(sum.mul(u).mul(twoOverLn2))
}

// twoOverLn2 is 2/ln 2; the second word is what the first leaves over.
var twoOverLn2 = dd{hi: 0x1.71547652b82fep+1, lo: 0x1.777d0ffda0d24p-55}

// dd is an unevaluated sum hi+lo with |lo| <= ulp(hi)/2.
//
// Source: T. J. Dekker, "A floating-point technique for extending the available
// precision", Numerische Mathematik 18, 1971; Y. Hida, X. S. Li and D. H.
// Bailey, "Algorithms for quad-double precision floating point arithmetic",
// ARITH-15, 2001.
type dd struct{ hi, lo float64 }

// norm turns a sum with |a| >= |b| into a dd.
func norm(a, b float64) dd {
	s := a + b
	return dd{s, b - (s - a)}
}

func (x dd) add(y dd) dd {
	s := x.hi + y.hi
	t := s - x.hi
	e := (x.hi - (s - t)) + (y.hi - t)
	return norm(s, e+(x.lo+y.lo))
}

func (x dd) mul(y dd) dd {
	p := x.hi * y.hi
	e := math.FMA(x.hi, y.hi, -p)
	return norm(p, e+(float64(x.hi*y.lo)+float64(x.lo*y.hi)))
}

func (x dd) div(d float64) dd {
	q := x.hi / d
	r := math.FMA(-q, d, x.hi) + x.lo
	return norm(q, r/d)
}
