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

// span is the sequences and rows of a batch that become a micro.
type span struct{ seqLo, seqHi, rowLo, rowHi int }

// spans cuts b in front of each sequence that would bring a part above limit
// tokens. Sequences without rows cost nothing and do not count.
func spans(b *backend.Batch, limit int) []span {
	var out []span
	cur := span{}
	tokens, row := 0, 0
	for s := 0; s+1 < len(b.Start); s++ {
		first := row
		for row < len(b.Rows) && b.Rows[row] < b.Start[s+1] {
			row++
		}
		if row > first {
			n := b.Rows[row-1] - b.Start[s]
			if tokens > 0 && tokens+n > limit {
				out = append(out, cur)
				cur = span{seqLo: s, rowLo: first}
				tokens = 0
			}
			tokens += n
		}
		cur.seqHi, cur.rowHi = s+1, row
	}
	if tokens > 0 {
		out = append(out, cur)
	}
	return out
}

// take makes m the part sp of b.
func (m *micro) take(b *backend.Batch, sp span) {
	m.tokens, m.pos, m.rows, m.target = m.tokens[:0], m.pos[:0], m.rows[:0], m.target[:0]
	m.start = append(m.start[:0], 0)
	m.first = sp.rowLo
	row := sp.rowLo
	for s := sp.seqLo; s < sp.seqHi; s++ {
		base, begin := len(m.tokens), b.Start[s]
		end := begin // of what the rows need
		for ; row < sp.rowHi && b.Rows[row] < b.Start[s+1]; row++ {
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
