package cudnn

import (
	"cmp"
	"slices"
)

// A group is sequences that one run of a plan computes.
type group struct {
	batch, length int     // what the plan is made for
	begin, tokens []int32 // of its sequences, in ascending order; at most batch
}

const (
	shortest = 256      // no plan is made for shorter sequences
	quarters = 32 << 10 // from here on lengths are rounded up in four steps to a power of 2
	together = 32 << 10 // tokens that a plan is made for, unless one sequence has more
)

// roundLength returns the length that a plan for n tokens is made for. A plan takes
// a second or so to make, so that there are few lengths; for long sequences, whose
// scratch memory grows with them, there are more.
func roundLength(n int) int {
	size := shortest
	for size < n {
		size *= 2
	}
	if size <= quarters {
		return size
	}
	for step := 5; step < 8; step++ {
		if l := size / 8 * step; l >= n {
			return l
		}
	}
	return size
}

// groups sorts the sequences that tokens start[s] to start[s+1] are into groups of
// like lengths. A group's batch is a power of 4; places that are left over are
// sequences of no tokens.
func groups(start []int) []group {
	type sequence struct{ begin, tokens, length int }
	var all []sequence
	for s := 1; s < len(start); s++ {
		if n := start[s] - start[s-1]; n > 0 {
			all = append(all, sequence{start[s-1], n, roundLength(n)})
		}
	}
	// Longest first. The order within a length stays.
	slices.SortStableFunc(all, func(a, b sequence) int { return cmp.Compare(b.length, a.length) })
	var out []group
	for len(all) > 0 {
		length := all[0].length
		most := 1
		for 4*most*length <= together {
			most *= 4
		}
		n := 0
		for n < len(all) && n < most && all[n].length == length {
			n++
		}
		g := group{batch: 1, length: length}
		for g.batch < n {
			g.batch *= 4
		}
		for _, s := range all[:n] {
			g.begin = append(g.begin, int32(s.begin))
			g.tokens = append(g.tokens, int32(s.tokens))
		}
		all = all[n:]
		out = append(out, g)
	}
	return out
}

// lengths appends the tokens of a group's sequences, and 0 for places left over.
func (g *group) lengths(b []int32) []int32 {
	b = append(b, g.tokens...)
	return append(b, make([]int32, g.batch-len(g.tokens))...)
}

// offsets appends where the rows of a group's sequences begin in elements, and
// behind them where the last ends, once and for each place left over.
func (g *group) offsets(b []int32, ld int) []int32 {
	for _, x := range g.begin {
		b = append(b, x*int32(ld))
	}
	last := len(g.begin) - 1
	end := (g.begin[last] + g.tokens[last]) * int32(ld)
	for range g.batch + 1 - len(g.begin) {
		b = append(b, end)
	}
	return b
}

// worthwhile reports whether sequences are so long, least or more when averaged by
// their work, that attention is a large part of a step.
func worthwhile(start []int, least int) bool {
	var tokens, pairs float64
	for s := 1; s < len(start); s++ {
		n := float64(start[s] - start[s-1])
		tokens += n
		pairs += n * n
	}
	return pairs >= float64(least)*tokens && tokens > 0
}

// rowDistances returns the distance of rows of each ragged tensor.
func (s *Shape) rowDistances(grad bool) map[Role]int {
	m := map[Role]int{Q: s.LDQ, K: s.LDK, V: s.LDV, Out: s.LDOut, LSE: s.Heads}
	if grad {
		m[DOut], m[DQ], m[DK], m[DV] = s.LDDOut, s.LDDQ, s.LDDK, s.LDDV
	}
	return m
}
