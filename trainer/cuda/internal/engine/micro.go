package engine

import (
	"slices"

	"github.com/golongrl/golongrl/trainer/backend"
)

// A micro is the part of a batch that is in work: whole sequences, but for the
// tokens behind the last position that a row is predicted from.
type micro struct {
	tokens []int32
	start  []int
	pos    []int32 // of tokens, in their sequence
	rows   []int32 // positions in tokens that rows are predicted from, ascending
	target []int32 // per row
	first  int     // row of the batch that rows[0] is
	last   int     // the highest of pos

	// Of the gradient of the embedding: positions sorted by token, where those of a
	// token begin, and the tokens.
	order, begin, ids []int32

	sorted []uint64
	ints   []int32
}

// reset makes m empty.
func (m *micro) reset() {
	m.tokens, m.pos, m.rows, m.target = m.tokens[:0], m.pos[:0], m.rows[:0], m.target[:0]
	m.start = append(m.start[:0], 0)
	m.first, m.last = 0, 0
}

// add appends a sequence; rows of it are the caller's to add.
func (m *micro) add(tokens []int32) {
	m.tokens = append(m.tokens, tokens...)
	for i := range tokens {
		m.pos = append(m.pos, int32(i))
	}
	m.start = append(m.start, len(m.tokens))
	m.last = max(m.last, len(tokens)-1)
}

// take makes m the part sp of b.
func (m *micro) take(b *backend.Batch, sp backend.Part) {
	m.reset()
	m.first = sp.RowLo
	row := sp.RowLo
	for s := sp.SeqLo; s < sp.SeqHi; s++ {
		base, begin := len(m.tokens), b.Start[s]
		end := begin // of what the rows need
		for ; row < sp.RowHi && b.Rows[row] < b.Start[s+1]; row++ {
			t := b.Rows[row]
			m.rows = append(m.rows, int32(base+t-1-begin))
			m.target = append(m.target, b.Tokens[t])
			end = t
		}
		if end > begin {
			m.add(b.Tokens[begin:end])
		}
	}
}

// group fills order, begin and ids.
func (m *micro) group() {
	m.order, m.begin, m.ids, m.sorted = m.order[:0], m.begin[:0], m.ids[:0], m.sorted[:0]
	for i, t := range m.tokens {
		m.sorted = append(m.sorted, uint64(t)<<32|uint64(i))
	}
	slices.Sort(m.sorted)
	for i, x := range m.sorted {
		t := int32(x >> 32)
		if i == 0 || t != m.ids[len(m.ids)-1] {
			m.begin = append(m.begin, int32(i))
			m.ids = append(m.ids, t)
		}
		m.order = append(m.order, int32(uint32(x)))
	}
	m.begin = append(m.begin, int32(len(m.sorted)))
}

// The lists of a micro lie behind one another on the device, each at a multiple of
// 64 elements.
const (
	listTokens = iota
	listPos
	listRows
	listTarget
	listOrder
	listBegin
	listIDs
	lists
)

// listAt returns where a list begins in elements; lists is behind the last one.
func listAt(list, n, rows int) int {
	at := 0
	for i, size := range [lists]int{n, n, rows, rows, n, n + 1, n} {
		if i == list {
			break
		}
		at += (size + 63) &^ 63
	}
	return at
}

// pack returns the lists of take as they are on the device, packGroups those of
// group.
func (m *micro) pack() []int32       { return m.packed(listTokens, listOrder) }
func (m *micro) packGroups() []int32 { return m.packed(listOrder, lists) }

// packed returns the lists from lo on that are in front of hi.
func (m *micro) packed(lo, hi int) []int32 {
	n, rows := len(m.tokens), len(m.rows)
	first := listAt(lo, n, rows)
	m.ints = fit(m.ints, listAt(hi, n, rows)-first)
	all := [lists][]int32{m.tokens, m.pos, m.rows, m.target, m.order, m.begin, m.ids}
	for i := lo; i < hi; i++ {
		copy(m.ints[listAt(i, n, rows)-first:], all[i])
	}
	return m.ints
}
