package parquet

import (
	"errors"

	"github.com/parquet-go/parquet-go"
)

var errShort = errors.New("damaged: a column ends before the others")

// assembler puts the rows of a row group together from their columns.
type assembler struct {
	cursors []cursor
	values  [][]parquet.Value // of the row, by leaf
	stack   [][]parquet.Value // of the parts of repeated columns
	dst     []byte
}

func (a *assembler) open(group parquet.RowGroup, root *node) error {
	chunks := group.ColumnChunks()
	a.cursors = make([]cursor, root.last)
	a.values = make([][]parquet.Value, root.last)
	return a.openNode(chunks, root)
}

func (a *assembler) openNode(chunks []parquet.ColumnChunk, n *node) error {
	for _, child := range n.children {
		if err := a.openNode(chunks, child); err != nil {
			return err
		}
	}
	if n.shape == scalar {
		if n.column >= len(chunks) {
			return errShort
		}
		a.cursors[n.first] = cursor{pages: chunks[n.column].Pages(), flat: n.flat}
	}
	return nil
}

func (a *assembler) close() {
	for i := range a.cursors {
		a.cursors[i].close()
	}
}

// row appends the next row as a JSON object.
func (a *assembler) row(dst []byte, root *node) ([]byte, error) {
	for i := range a.cursors {
		v, err := a.cursors[i].next()
		if err != nil {
			return dst, err
		}
		a.values[i] = v
	}
	a.dst = dst
	err := a.object(root, a.values, 0, 0)
	dst, a.dst = a.dst, nil
	return dst, err
}

// value appends n from the values of its leaves. rep and def are the levels of
// what is around it: a value of a higher definition level is there, and one of
// repetition level rep+1 begins the next element of a repeated n.
func (a *assembler) value(n *node, values [][]parquet.Value, rep, def int) error {
	switch {
	case n.repeated:
		return a.repeated(n, values, rep, def)
	case n.optional:
		if def++; !present(values, def) {
			a.dst = append(a.dst, "null"...)
			return nil
		}
	}
	return a.required(n, values, rep, def)
}

// present reports whether the first value reaches the definition level def.
func present(values [][]parquet.Value, def int) bool {
	return len(values[0]) > 0 && values[0][0].DefinitionLevel() >= def
}

// required appends n, which is there and of which there is one.
func (a *assembler) required(n *node, values [][]parquet.Value, rep, def int) error {
	switch n.shape {
	case scalar:
		if len(values[0]) == 0 {
			return errShort
		}
		if v := values[0][0]; v.IsNull() {
			a.dst = append(a.dst, "null"...)
		} else {
			a.dst = n.write(a.dst, v)
		}
		return nil
	case object:
		return a.object(n, values, rep, def)
	case table:
		return a.table(n, values, rep, def)
	default: // list, wrapper
		return a.value(n.children[0], values, rep, def)
	}
}

func (a *assembler) object(n *node, values [][]parquet.Value, rep, def int) error {
	a.dst = append(a.dst, '{')
	for i, child := range n.children {
		if i > 0 {
			a.dst = append(a.dst, ',')
		}
		a.dst = append(a.dst, child.key...)
		if err := a.value(child, values[child.first-n.first:child.last-n.first], rep, def); err != nil {
			return err
		}
	}
	a.dst = append(a.dst, '}')
	return nil
}

func (a *assembler) repeated(n *node, values [][]parquet.Value, rep, def int) error {
	a.dst = append(a.dst, '[')
	first := true
	err := a.each(values, rep+1, def+1, func(part [][]parquet.Value) error {
		if !first {
			a.dst = append(a.dst, ',')
		}
		first = false
		return a.required(n, part, rep+1, def+1)
	})
	a.dst = append(a.dst, ']')
	return err
}

// table appends a MAP as an object.
func (a *assembler) table(n *node, values [][]parquet.Value, rep, def int) error {
	key, val := n.children[0].children[0], n.children[0].children[1]
	a.dst = append(a.dst, '{')
	first := true
	err := a.each(values, rep+1, def+1, func(part [][]parquet.Value) error {
		if !first {
			a.dst = append(a.dst, ',')
		}
		first = false
		start := len(a.dst)
		if err := a.value(key, part[:key.last-key.first], rep+1, def+1); err != nil {
			return err
		}
		if a.dst[start] != '"' { // keys of JSON are strings
			text := string(a.dst[start:])
			a.dst = appendString(a.dst[:start], text)
		}
		a.dst = append(a.dst, ':')
		return a.value(val, part[val.first-key.first:], rep+1, def+1)
	})
	a.dst = append(a.dst, '}')
	return err
}

// each calls f with the values of each element of a repeated column whose
// elements begin at repetition level rep and exist from definition level def.
func (a *assembler) each(values [][]parquet.Value, rep, def int, f func([][]parquet.Value) error) error {
	if !present(values, def) {
		return nil
	}
	base := len(a.stack)
	a.stack = append(a.stack, values...)
	a.stack = append(a.stack, values...)
	defer func() { a.stack = a.stack[:base] }()
	for {
		// The stack may move while f runs.
		rest := a.stack[base : base+len(values)]
		part := a.stack[base+len(values) : base+2*len(values)]
		if len(rest[0]) == 0 {
			for _, r := range rest {
				if len(r) > 0 {
					return errShort
				}
			}
			return nil
		}
		for i, r := range rest {
			if len(r) == 0 {
				return errShort
			}
			end := 1
			for end < len(r) && r[end].RepetitionLevel() > rep {
				end++
			}
			part[i], rest[i] = r[:end], r[end:]
		}
		if err := f(part); err != nil {
			return err
		}
	}
}
