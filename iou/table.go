package iou

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/golongrl/golongrl/internal/py"
)

// ErrTable is wrapped by every error of [ParseTable].
var ErrTable = errors.New("iou: bad table")

// Table is a parsed table, immutable and safe for concurrent use. The zero
// Table has no columns and no rows.
type Table struct {
	columns []column
	rows    []row
	cells   []string // canonical cells of all rows
	names   []column // for rows that are objects: the column of each cell
	lists   bool     // some row does not name its cells itself
}

// column identifies a column: its folded name and how many columns of that name
// precede it, or, for a cell beyond the named columns, its position alone.
type column struct {
	name  string
	nth   int
	extra bool
}

// row is a range of Table.cells; names is where its columns start in
// Table.names, -1 for a row that was a list or a scalar.
type row struct{ lo, hi, names int }

// Len returns the number of rows.
func (t Table) Len() int { return len(t.rows) }

// Columns returns the column names as they are compared: trimmed and
// case-folded. It is nil when the table names no columns.
func (t Table) Columns() []string {
	var out []string
	for _, c := range t.columns {
		out = append(out, c.name)
	}
	return out
}

// ParseTable reads a table from a JSON object:
//
//	{"columns": ["Year", "Sales"], "data": [["2020", 5], {"Year": 2021, "Sales": 7}]}
//
// "data" is a list of rows. A row is a list of cells, an object from column
// name to cell, or a scalar, which is a row of one cell. "columns" is a list of
// names; absent, null or empty, the table names no columns. Other members are
// ignored.
//
// The JSON is Python's (json.loads): NaN is a number, and of a repeated key the
// last value counts. The error wraps [ErrTable] and says what is wrong and
// where: text that is not JSON, nesting too deep, an integer of more than 4,300
// digits, a value that is not an object, "data" missing or not a list,
// "columns" not a list.
func ParseTable(src string) (Table, error) {
	v, err := py.Parse(src)
	if err != nil {
		return Table{}, fmt.Errorf("%w: %w", ErrTable, err)
	}
	if v.Kind() != py.Dict {
		return Table{}, fmt.Errorf("%w: want an object, got %s", ErrTable, v.Kind().InJSON())
	}
	var t Table
	if cols, ok := v.Get("columns"); ok && cols.Kind() != py.Null {
		if cols.Kind() != py.List {
			return Table{}, fmt.Errorf(`%w: "columns": want a list, got %s`, ErrTable, cols.Kind().InJSON())
		}
		t.columns = columnsOf(cols.Items())
	}
	data, ok := v.Get("data")
	if !ok {
		return Table{}, fmt.Errorf(`%w: no "data"`, ErrTable)
	}
	if data.Kind() != py.List {
		return Table{}, fmt.Errorf(`%w: "data": want a list, got %s`, ErrTable, data.Kind().InJSON())
	}
	t.addRows(data.Items())
	return t, nil
}

// columnsOf folds names and numbers repeated ones by occurrence.
func columnsOf(names []py.Value) []column {
	out := make([]column, 0, len(names))
	seen := make(map[string]int, len(names))
	var buf []byte
	for _, v := range names {
		name := v.Str()
		if v.Kind() != py.String {
			buf = py.AppendStr(buf[:0], v)
			name = string(buf)
		}
		name = fold(name)
		out = append(out, column{name: name, nth: seen[name]})
		seen[name]++
	}
	return out
}

func fold(name string) string { return py.Casefold(py.Strip(name)) }

func (t *Table) addRows(rows []py.Value) {
	t.rows = make([]row, 0, len(rows))
	var buf []byte
	var ends []int
	add := func(cell py.Value) {
		buf = appendCell(buf, cell)
		ends = append(ends, len(buf))
	}
	for _, r := range rows {
		this := row{lo: len(ends), names: -1}
		switch r.Kind() {
		case py.List:
			for _, cell := range r.Items() {
				add(cell)
			}
		case py.Dict:
			this.names = len(t.names)
			for _, p := range r.Pairs() {
				t.names = append(t.names, column{name: fold(p.Key)})
				add(p.Val)
			}
			numberRepeats(t.names[this.names:])
		default:
			add(r)
		}
		this.hi = len(ends)
		t.lists = t.lists || this.names < 0
		t.rows = append(t.rows, this)
	}
	t.cells = cut(buf, ends)
}

// numberRepeats sets nth for the keys of one object that fold to one name.
func numberRepeats(cols []column) {
	if len(cols) <= 16 {
		for i := range cols {
			for _, c := range cols[:i] {
				if c.name == cols[i].name {
					cols[i].nth++
				}
			}
		}
		return
	}
	seen := make(map[string]int, len(cols))
	for i := range cols {
		cols[i].nth = seen[cols[i].name]
		seen[cols[i].name]++
	}
}

// cut returns buf, cut at ends, as views of one string.
func cut(buf []byte, ends []int) []string {
	text := string(buf)
	out := make([]string, len(ends))
	start := 0
	for i, end := range ends {
		out[i] = text[start:end]
		start = end
	}
	return out
}

const (
	cellText   = 't'
	cellNumber = 'n'
	cellList   = 'l'
	cellDict   = 'd'
)

// appendCell appends the canonical form of a cell: equal cells, and only those,
// have equal forms.
func appendCell(dst []byte, v py.Value) []byte {
	switch v.Kind() {
	case py.String:
		return appendScalar(dst, py.Strip(v.Str()))
	case py.Int, py.Float:
		raw := v.Raw()
		if out, ok := appendDecimal(append(dst, cellNumber), raw); ok {
			return out
		}
		if digits(strings.TrimPrefix(raw, "-")) == 0 {
			return py.AppendStr(append(dst, cellText), v) // NaN, Infinity
		}
		return append(append(dst, cellText), raw...) // an exponent past 10^17
	case py.List:
		dst = append(dst, cellList)
		for _, item := range v.Items() {
			at := len(dst)
			dst = appendCell(append(dst, noLength[:]...), item)
			putLength(dst, at)
		}
		return dst
	case py.Dict:
		dst = append(dst, cellDict)
		pairs := v.Pairs()
		if !slices.IsSortedFunc(pairs, byKey) {
			pairs = slices.Clone(pairs)
			slices.SortFunc(pairs, byKey)
		}
		for _, p := range pairs {
			at := len(dst)
			dst = append(append(dst, noLength[:]...), p.Key...)
			putLength(dst, at)
			at = len(dst)
			dst = appendCell(append(dst, noLength[:]...), p.Val)
			putLength(dst, at)
		}
		return dst
	default: // True, False, None
		return py.AppendStr(append(dst, cellText), v)
	}
}

func byKey(a, b py.Pair) int { return strings.Compare(a.Key, b.Key) }

// appendScalar appends the canonical form of trimmed text.
func appendScalar(dst []byte, s string) []byte {
	at := len(dst)
	if out, ok := appendDecimal(append(dst, cellNumber), s); ok {
		return out
	}
	return append(append(dst[:at], cellText), s...)
}
