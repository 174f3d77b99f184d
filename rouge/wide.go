package rouge

import "math/bits"

// maxLog bounds the recorded changes, 16 bytes each, that are kept at a time.
// A table with more is kept as blocks of columns: v is saved at the start of
// each and the block computed again when the back-trace reaches it.
var maxLog = 1 << 22

// fill computes the columns of cols that have a match, recording what is
// needed to go back over them with back. It reports whether the budget lasted.
func (t *table) fill(r *rows, m int, cols []col, left *budget) bool {
	t.start(m)
	t.cols, t.saves, t.saved = t.cols[:0], t.saves[:0], t.saved[:0]
	t.block(0)
	for _, c := range cols {
		rows := r.of(c.word)
		if len(rows) == 0 {
			continue
		}
		if len(t.log) >= maxLog {
			t.block(len(t.cols))
		}
		t.cols = append(t.cols, c)
		if !left.spend(t.advanceLogged(rows)) {
			return false
		}
		t.mark = append(t.mark, int32(len(t.log)))
	}
	return true
}

// block starts a block at column k.
func (t *table) block(k int) {
	t.saves = append(t.saves, int32(k))
	t.saved = append(t.saved, t.v...)
	t.log = t.log[:0]
	t.mark = append(t.mark[:0], 0)
}

// reload goes to the end of block b, which ends before column end. It reports
// whether the budget lasted.
func (t *table) reload(r *rows, b, end int, left *budget) bool {
	copy(t.v, t.saved[b*len(t.v):])
	t.log, t.mark = t.log[:0], append(t.mark[:0], 0)
	for _, c := range t.cols[t.saves[b]:end] {
		if !left.spend(t.advanceLogged(r.of(c.word))) {
			return false
		}
		t.mark = append(t.mark, int32(len(t.log)))
	}
	return true
}

// backward calls visit for the columns of the table from last to first, with v
// at column k and k's place in the block, until visit returns false.
func (t *table) backward(r *rows, left *budget, visit func(k, inBlock int) bool) error {
	end := len(t.cols)
	for b := len(t.saves) - 1; b >= 0; b-- {
		first := int(t.saves[b])
		if b < len(t.saves)-1 && !t.reload(r, b, end, left) {
			return ErrBudget
		}
		if !left.spend(end - first) {
			return ErrBudget
		}
		for k := end - 1; k >= first; k-- {
			if !visit(k, k-first) {
				return nil
			}
			t.undo(k - first)
		}
		end = first
	}
	return nil
}

// wide is pair for more than 64 reference words.
func (u *union) wide(cols []col, end *trace) error {
	t := &u.table
	if !t.fill(&u.rows, end.i, cols, u.left) {
		return ErrBudget
	}
	return t.backward(&u.rows, u.left, func(k, inBlock int) bool {
		c := t.cols[k]
		q := lastMatch(u.rows.of(c.word), end.i)
		if q == end.i || q > 0 && t.rises(inBlock, end.i) {
			u.add(c.word)
			end.take(q, c)
		}
		return end.i > 0
	})
}

// rises is risesNarrow for the column at place k of the block, of which v holds
// the state after.
func (t *table) rises(k, i int) bool {
	at := int32((i - 1) >> 6)
	log := t.log[t.mark[k]:t.mark[k+1]]
	for n := len(log) - 1; n >= 0; n-- {
		c := log[n]
		if c.at > at {
			continue
		}
		d := c.old ^ t.v[c.at]
		if c.at == at {
			d &= upTo((i-1)&63 + 1)
		}
		if d != 0 {
			return c.old>>(bits.Len64(d)-1)&1 == 1
		}
	}
	return false
}
