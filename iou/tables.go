package iou

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// Tables returns the strict intersection over union of two tables: [Rows] over
// row keys that see a row as a map from column to cell.
//
//   - Two rows are equal when their maps are. The order of columns is
//     irrelevant; names are trimmed and case-folded.
//   - Of several columns with one name, the first on one side is compared with
//     the first on the other, and so on.
//   - Cells beyond the named columns are keyed by their position; a short row
//     lacks its last columns, which differs from holding null there.
//   - If either table has rows that do not name their cells and no columns to
//     name them, both tables are compared by position.
//   - Two numbers are equal when they are equal as exact decimals: JSON
//     numbers, and trimmed text of the form [+-]digits[.digits][e[+-]digits].
//     There are no thousands separators, and nothing is rounded. 1, 1.0 and
//     "10e-1" are equal.
//   - Any other text is compared trimmed, case and all. true, false and null
//     are the texts True, False and None.
//   - A cell that is a list or an object is compared by its contents; the order
//     of an object's keys is irrelevant.
//
// Two empty tables score 1: "nothing can be inferred" is then the right answer.
// An empty and a non-empty table score 0. Tables is symmetric, its result is in
// [0, 1], and its time is near linear in the size of the tables.
func Tables(gold, pred Table) float64 {
	if len(gold.rows) == 0 || len(pred.rows) == 0 {
		if len(gold.rows) == len(pred.rows) {
			return 1
		}
		return 0
	}
	var k rowKeys
	if gold.named() && pred.named() {
		// Column names become numbers, equal on both sides, so that the
		// cost of a row does not grow with the length of its names.
		ids := make(columnIDs, len(gold.columns)+len(pred.columns))
		k.addNamed(gold, ids)
		k.addNamed(pred, ids)
	} else {
		k.addPositional(gold)
		k.addPositional(pred)
	}
	keys := cut(k.buf, k.ends)
	return Rows(keys[:len(gold.rows)], keys[len(gold.rows):])
}

// named reports whether every cell of the table has a column name.
func (t Table) named() bool { return len(t.columns) > 0 || !t.lists }

// columnIDs numbers columns in the order in which they are first met.
type columnIDs map[column]int

func (ids columnIDs) of(c column) int {
	id, ok := ids[c]
	if !ok {
		id = len(ids)
		ids[c] = id
	}
	return id
}

// entry is a cell under the number of its column.
type entry struct {
	id   int
	cell string
}

// rowKeys collects row keys in one buffer.
type rowKeys struct {
	buf     []byte
	ends    []int
	entries []entry
}

func (k *rowKeys) end() { k.ends = append(k.ends, len(k.buf)) }

// addNamed adds a key per row: its (column, cell) pairs by column number.
func (k *rowKeys) addNamed(t Table, ids columnIDs) {
	cols := make([]int, len(t.columns))
	for i, c := range t.columns {
		cols[i] = ids.of(c)
	}
	for _, r := range t.rows {
		k.load(t, r, cols, ids)
		for _, e := range k.entries {
			k.buf = binary.AppendUvarint(k.buf, uint64(e.id))
			k.cell(e.cell)
		}
		k.end()
	}
}

// load sets entries to the cells of r, sorted by column number.
func (k *rowKeys) load(t Table, r row, cols []int, ids columnIDs) {
	k.entries = k.entries[:0]
	for i, cell := range t.cells[r.lo:r.hi] {
		var id int
		switch {
		case r.names >= 0:
			id = ids.of(t.names[r.names+i])
		case i < len(cols):
			id = cols[i]
		default:
			id = ids.of(column{nth: i, extra: true})
		}
		k.entries = append(k.entries, entry{id, cell})
	}
	byID := func(a, b entry) int { return cmp.Compare(a.id, b.id) }
	if !slices.IsSortedFunc(k.entries, byID) {
		slices.SortFunc(k.entries, byID)
	}
}

// addPositional adds a key per row: its cells in order. An object's cells stand
// in the order of the table's columns, the rest after them as written.
func (k *rowKeys) addPositional(t Table) {
	ids := make(columnIDs, len(t.columns))
	for _, c := range t.columns {
		ids.of(c)
	}
	for _, r := range t.rows {
		if r.names >= 0 && len(ids) > 0 {
			k.loadInOrder(t, r, ids)
		} else {
			k.entries = k.entries[:0]
			for _, cell := range t.cells[r.lo:r.hi] {
				k.entries = append(k.entries, entry{cell: cell})
			}
		}
		for _, e := range k.entries {
			k.cell(e.cell)
		}
		k.end()
	}
}

// loadInOrder sets entries to the cells of an object in column order.
func (k *rowKeys) loadInOrder(t Table, r row, ids columnIDs) {
	k.entries = k.entries[:0]
	for i, cell := range t.cells[r.lo:r.hi] {
		id, ok := ids[t.names[r.names+i]]
		if !ok {
			id = len(ids) + i
		}
		k.entries = append(k.entries, entry{id, cell})
	}
	slices.SortFunc(k.entries, func(a, b entry) int { return cmp.Compare(a.id, b.id) })
}

// cell appends a cell under its length, so that no cell can imitate two.
func (k *rowKeys) cell(s string) {
	k.buf = binary.AppendUvarint(k.buf, uint64(len(s)))
	k.buf = append(k.buf, s...)
}
