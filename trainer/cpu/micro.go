package cpu

import "github.com/golongrl/golongrl/trainer/backend"

// A micro is the part of a batch that is in work: whole sequences, but for the
// tokens behind the last position that a row is predicted from.
type micro struct {
	tokens []int32
	start  []int
	pos    []int32 // of tokens, in their sequence
	rows   []int   // positions in tokens that rows are predicted from, ascending
	target []int32 // per row
	first  int     // row of the batch that rows[0] is
}

// take makes m the part sp of b.
func (m *micro) take(b *backend.Batch, sp backend.Part) {
	m.tokens, m.pos, m.rows, m.target = m.tokens[:0], m.pos[:0], m.rows[:0], m.target[:0]
	m.start = append(m.start[:0], 0)
	m.first = sp.RowLo
	row := sp.RowLo
	for s := sp.SeqLo; s < sp.SeqHi; s++ {
		base, begin := len(m.tokens), b.Start[s]
		end := begin // of what the rows need
		for ; row < sp.RowHi && b.Rows[row] < b.Start[s+1]; row++ {
			t := b.Rows[row]
			m.rows = append(m.rows, base+t-1-begin)
			m.target = append(m.target, b.Tokens[t])
			end = t
		}
		if end == begin {
			continue
		}
		m.tokens = append(m.tokens, b.Tokens[begin:end]...)
		for i := range end - begin {
			m.pos = append(m.pos, int32(i))
		}
		m.start = append(m.start, len(m.tokens))
	}
}
