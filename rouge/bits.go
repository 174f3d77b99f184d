package rouge

import "math/bits"

// The longest-common-subsequence table of a reference x[1..m] and a hypothesis
// y[1..n] is
//
//	T[i,j] = T[i-1,j-1] + 1              if x[i] = y[j]
//	T[i,j] = max(T[i-1,j], T[i,j-1])     otherwise
//
// with T[0,j] = T[i,0] = 0. Neighbours differ by 0 or 1, so column j is fully
// described by the bits
//
//	v[i] = 1  iff  T[i,j] = T[i-1,j]
//
// and, with M the bits i where x[i] = y[j], the next column is
//
//	u = v & M,   v' = (v + u) | (v - u)
//
// where + carries from low i to high i (Hyyrö 2004, after Crochemore et al.,
// "A fast and practical bit-vector algorithm for the longest common
// subsequence problem", IPL 80, 2001). Bit i is stored at position i-1.
//
// A machine word changes only if M has a bit in it or a carry comes in, and
// the carry passes over words of ones without changing them. M is therefore
// kept as the list of its nonzero words.

// row is one nonzero machine word of M.
type row struct {
	at   int32
	mask uint64
}

// rows holds M for every word of one reference sentence.
type rows struct {
	first, last []int32 // word w has cells[first[w]:last[w]]
	cells       []row
	tail        []int32 // scratch of build: last machine word of w seen so far
}

// grow makes room for words below n, none of which has rows.
func (r *rows) grow(n int) {
	r.first = resized(r.first, n)
	r.last = resized(r.last, n)
	r.tail = resized(r.tail, n)
}

// build sets the rows of sentence x. It needs drop(x) before the next build.
func (r *rows) build(x []int32) {
	total := int32(0)
	for i, w := range x {
		if at := int32(i>>6) + 1; r.tail[w] != at {
			r.tail[w] = at
			r.last[w]++
			total++
		}
	}
	if cap(r.cells) < int(total) {
		r.cells = make([]row, total)
	}
	r.cells = r.cells[:total]
	// Turn counts into places; first marks a word as placed by its tail.
	next := int32(0)
	for _, w := range x {
		if r.tail[w] != 0 {
			r.tail[w] = 0
			n := r.last[w]
			r.first[w], r.last[w] = next, next
			next += n
		}
	}
	for i, w := range x {
		at := int32(i >> 6)
		if n := r.last[w]; n > r.first[w] && r.cells[n-1].at == at {
			r.cells[n-1].mask |= 1 << (i & 63)
		} else {
			r.cells[n] = row{at, 1 << (i & 63)}
			r.last[w]++
		}
	}
}

func (r *rows) drop(x []int32) {
	for _, w := range x {
		r.first[w], r.last[w] = 0, 0
	}
}

// of returns the rows of w in ascending order, nil if the sentence lacks w.
func (r *rows) of(w int32) []row { return r.cells[r.first[w]:r.last[w]] }

// table is the current column v, with what is needed to go back to earlier
// ones.
type table struct {
	v     []uint64
	log   []change
	mark  []int32 // log[mark[k]:mark[k+1]] belongs to column k of the block
	cols  []col   // columns with at least one match
	saves []int32 // first column of each block
	saved []uint64
	steps []step // columns of a narrow table
}

// change is a machine word of v before one column changed it.
type change struct {
	at  int32
	old uint64
}

func (t *table) start(m int) {
	n := (m + 63) >> 6
	if cap(t.v) < n {
		t.v = make([]uint64, n)
	}
	t.v = t.v[:n]
	for i := range t.v {
		t.v[i] = ^uint64(0)
	}
}

// advance moves v one column on and returns the machine words it looked at.
func advance(v []uint64, m []row) int {
	looked := len(m)
	carry, at := uint64(0), 0
	for _, r := range m {
		to := int(r.at)
		for ; carry != 0 && at < to; at++ {
			looked++
			if v[at] != ^uint64(0) {
				v[at] |= v[at] + 1
				carry = 0
			}
		}
		x := v[to]
		u := x & r.mask
		var sum uint64
		sum, carry = bits.Add64(x, u, carry)
		v[to] = sum | x&^u
		at = to + 1
	}
	for ; carry != 0 && at < len(v); at++ {
		looked++
		if v[at] != ^uint64(0) {
			v[at] |= v[at] + 1
			carry = 0
		}
	}
	return looked
}

// advanceLogged is advance with every changed machine word appended to the
// log, in ascending order.
func (t *table) advanceLogged(m []row) int {
	v := t.v
	looked := len(m)
	carry, at := uint64(0), 0
	absorb := func(to int) {
		for ; carry != 0 && at < to; at++ {
			looked++
			if x := v[at]; x != ^uint64(0) {
				t.log = append(t.log, change{int32(at), x})
				v[at] = x | (x + 1)
				carry = 0
			}
		}
	}
	for _, r := range m {
		to := int(r.at)
		absorb(to)
		x := v[to]
		u := x & r.mask
		var sum uint64
		sum, carry = bits.Add64(x, u, carry)
		if y := sum | x&^u; y != x {
			t.log = append(t.log, change{int32(to), x})
			v[to] = y
		}
		at = to + 1
	}
	absorb(len(v))
	return looked
}

// length returns the length of the longest common subsequence at the current
// column: the number of zero bits. Bits past the end of the reference stay 1.
func (t *table) length() int {
	n := 0
	for _, x := range t.v {
		n += bits.OnesCount64(^x)
	}
	return n
}

// undo takes back the last column of the log.
func (t *table) undo(k int) {
	log := t.log[t.mark[k]:t.mark[k+1]]
	for _, c := range log {
		t.v[c.at] = c.old
	}
}

// upTo has the bits 1 to i of a machine word, for i from 1 to 64.
func upTo(i int) uint64 { return ^uint64(0) >> (64 - uint(i)) }

// lastMatch returns the highest bit number up to i that m holds, or 0.
func lastMatch(m []row, i int) int {
	at := int32((i - 1) >> 6)
	lo, hi := 0, len(m) // m[:lo].at <= at < m[hi:].at
	for lo < hi {
		if h := int(uint(lo+hi) >> 1); m[h].at <= at {
			lo = h + 1
		} else {
			hi = h
		}
	}
	for k := lo - 1; k >= 0; k-- {
		x := m[k].mask
		if m[k].at == at {
			x &= upTo((i-1)&63 + 1)
		}
		if x != 0 {
			return int(m[k].at)<<6 + bits.Len64(x)
		}
	}
	return 0
}
