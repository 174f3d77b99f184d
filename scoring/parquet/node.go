package parquet

import (
	"errors"
	"slices"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"github.com/golongrl/golongrl/internal/py"
)

// shape is what a column becomes in JSON.
type shape uint8

const (
	scalar shape = iota
	object
	list  // a group with LIST around one repeated child
	table // a group with MAP around repeated keys and values
)

// node is a column that is read, with what is below it.
type node struct {
	key      []byte // in JSON, with the colon
	shape    shape
	optional bool
	repeated bool
	children []*node

	// The leaves below are cursors[first:last] of the assembler.
	first, last int

	column int  // of a leaf, in the file
	flat   bool // a leaf of which a row has one value
	write  func(dst []byte, v parquet.Value) []byte
}

var errNoFields = errors.New("no column has the name of a field that is read: see the schemas or give paths")

// planner makes nodes of columns.
type planner struct {
	leaves   int                     // so far
	elements []*format.SchemaElement // of all leaves of the file
}

// plan makes nodes of the columns whose names are among fields; of all if
// fields is nil.
func plan(file *parquet.File, fields []string) (*node, error) {
	var p planner
	schema := file.Metadata().Schema
	for i := range schema {
		if schema[i].Type.Valid {
			p.elements = append(p.elements, &schema[i])
		}
	}
	top := &node{shape: object}
	for _, c := range file.Root().Columns() {
		if fields != nil && !slices.Contains(fields, c.Name()) {
			continue
		}
		if n := p.node(c); n.last > n.first {
			top.children = append(top.children, n)
		}
	}
	top.last = p.leaves
	if p.leaves == 0 {
		return nil, errNoFields
	}
	return top, nil
}

func (p *planner) node(c *parquet.Column) *node {
	n := &node{
		key:      append(py.AppendJSONString(nil, c.Name()), ':'),
		optional: c.Optional(),
		repeated: c.Repeated(),
		first:    p.leaves,
	}
	if c.Leaf() {
		n.column = c.Index()
		n.flat = c.MaxRepetitionLevel() == 0
		n.write = writer(c.Type())
		// The library does not know this type.
		if n.column < len(p.elements) && isA[*format.Float16Type](&p.elements[n.column].LogicalType) {
			n.write = appendFloat16
		}
		p.leaves++
		n.last = p.leaves
		return n
	}
	n.shape = object
	for _, child := range c.Columns() {
		if m := p.node(child); m.last > m.first {
			n.children = append(n.children, m)
		}
	}
	n.last = p.leaves
	if len(n.children) != 1 || !n.children[0].repeated {
		return n
	}
	// The annotated shapes, of which older writers have left several.
	inner := n.children[0]
	switch t := c.Type().LogicalType(); {
	case isA[*format.ListType](t):
		n.shape = list
		name := c.Columns()[0].Name()
		if inner.shape == object && len(inner.children) == 1 && !inner.children[0].repeated &&
			name != "array" && name != c.Name()+"_tuple" {
			element := *inner.children[0]
			n.children[0] = &node{
				repeated: true, shape: wrapper, children: []*node{&element},
				first: inner.first, last: inner.last,
			}
		}
	case isA[*format.MapType](t) && inner.shape == object && len(inner.children) == 2 &&
		inner.children[0].shape == scalar && !inner.children[0].repeated:
		n.shape = table
	}
	return n
}

// wrapper is the shape of the repeated group inside a LIST, which JSON has not.
const wrapper shape = 255

func isA[T format.LogicalTypeValue](t *format.LogicalType) bool {
	if t == nil {
		return false
	}
	_, ok := t.Value.(T)
	return ok
}
