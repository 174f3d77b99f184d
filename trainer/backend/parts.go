package backend

// A Part is the sequences and rows of a batch that a policy works on at a time.
type Part struct{ SeqLo, SeqHi, RowLo, RowHi int }

// Parts cuts b in front of each sequence that would bring a part above limit
// tokens, which are counted up to the last one that a row is predicted from. Longer
// sequences stand alone. Sequences without rows cost nothing and do not count.
// Cuts depend on sizes alone, and are the same for all policies.
func (b *Batch) Parts(limit int) []Part {
	var out []Part
	var cur Part
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
				cur = Part{SeqLo: s, RowLo: first}
				tokens = 0
			}
			tokens += n
		}
		cur.SeqHi, cur.RowHi = s+1, row
	}
	if tokens > 0 {
		out = append(out, cur)
	}
	return out
}
