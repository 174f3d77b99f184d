package syntax

import (
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// maxEntries bounds a matrix.
const maxEntries = 4096

// environment reads \begin{name} ... \end{name}.
func (p *parser) environment() *tree.Node {
	at := p.tok.start
	if !p.enter() {
		return nothing
	}
	defer p.leave()
	name, ok := p.envName()
	if !ok {
		return p.fail(at, "an environment without a name")
	}
	name = strings.TrimSuffix(name, "*")
	s := p.outside()
	p.env++
	p.nested++
	if name == "array" || name == "tabular" {
		p.skipArgument()
	}
	p.next()
	cells, cols := p.cells()
	p.env--
	p.nested--
	p.inside(s)
	if p.err != nil {
		return nothing
	}
	if p.tok.kind != tCmd || p.tok.s != "end" {
		return p.fail(p.tok.start, "an environment is not closed")
	}
	if end, ok := p.envName(); !ok || strings.TrimSuffix(end, "*") != name {
		return p.fail(p.tok.start, "an environment is not closed")
	}
	p.next()
	if len(cells) == 0 {
		return p.fail(at, "an empty environment")
	}
	switch name {
	case "matrix", "pmatrix", "bmatrix", "Bmatrix", "smallmatrix", "vmatrix", "Vmatrix", "psmallmatrix", "bsmallmatrix":
		n := p.matrix(cells, cols, at)
		if name == "vmatrix" {
			n.Name = "v"
		}
		return n
	case "array", "tabular":
		if cols == 1 && allRows(cells) || cols == 2 && conditions(cells) {
			return rowsOf(cells)
		}
		return p.matrix(cells, cols, at)
	}
	switch name {
	case "cases", "dcases", "rcases", "aligned", "align", "gathered", "gather", "split", "equation", "eqnarray", "alignedat", "multline":
	default:
		return p.fail(at, "an unknown environment")
	}
	if cols == 2 && !conditions(cells) {
		// aligned: the columns only line up the relations
		return p.joined(cells)
	}
	return rowsOf(cells)
}

// envName reads {name} behind \begin or \end.
func (p *parser) envName() (string, bool) {
	n := braced(p.src[p.tok.end:min(p.tok.end+40, len(p.src))])
	if n == 0 {
		return "", false
	}
	name := strings.TrimSpace(inside(p.src[p.tok.end : p.tok.end+n]))
	p.pos = p.tok.end + n
	p.tok.end = p.pos
	return name, true
}

// skipArgument passes the column description of an array.
func (p *parser) skipArgument() {
	if n := braced(p.src[p.pos:min(p.pos+200, len(p.src))]); n > 0 {
		p.pos += n
	}
}

// cells reads rows of cells; cols is their number in the longest row.
func (p *parser) cells() (rows [][]*tree.Node, cols int) {
	total := 0
	for p.err == nil {
		for p.tok.kind == tBreak {
			p.next()
		}
		if p.tok.kind == tCmd && p.tok.s == "end" || p.tok.kind == tEOF {
			return rows, cols
		}
		var row []*tree.Node
		for p.err == nil {
			p.bud.Use(4)
			if p.tok.kind == tAmp {
				// An empty cell, or the mark before a relation.
				p.next()
				if len(row) == 0 {
					continue
				}
			}
			if p.tok.kind == tBreak || p.tok.kind == tCmd && p.tok.s == "end" || p.tok.kind == tEOF {
				break
			}
			if p.tok.kind == tRel && len(row) > 0 {
				row[len(row)-1] = p.cell(row)
			} else {
				row = append(row, p.cell(row))
			}
			total++
			if total > maxEntries {
				p.fail(p.tok.start, "a matrix too large")
			}
			if p.tok.kind != tAmp {
				break
			}
		}
		if p.err == nil && p.tok.kind != tBreak && !(p.tok.kind == tCmd && p.tok.s == "end") {
			p.fail(p.tok.start, "unexpected "+p.tokenText())
		}
		if len(row) == 1 {
			row = condRow(row)
		}
		rows = append(rows, row)
		cols = max(cols, len(row))
	}
	return rows, cols
}

// condRow splits a row "value, condition" written in one cell.
func condRow(row []*tree.Node) []*tree.Node {
	n := row[0]
	switch {
	case n.Op == tree.Given && !isStatement(n):
		return n.Args
	case n.Op == tree.List && len(n.Args) == 2 && n.Args[1].Op == tree.Text && conditionWord(n.Args[1].Name) == 2:
		return []*tree.Node{n.Args[0], tree.Otherwise}
	}
	return row
}

// cell reads one cell; one that begins with a relation goes on with the cell
// before it.
func (p *parser) cell(row []*tree.Node) *tree.Node {
	if p.tok.kind == tRel && len(row) > 0 {
		rel := p.tok.rel
		p.next()
		it := p.items()
		left, right := row[len(row)-1], it.nodes[0]
		switch {
		case isStatement(left) || left.Op == tree.List || left.Op == tree.Given || isStatement(right) && right.Op != tree.Chain:
			return p.fail(p.tok.start, "a relation between statements")
		case right.Op == tree.Chain:
			it.nodes[0] = tree.ChainOf(append([]tree.Rel{rel}, right.Rels...), append([]*tree.Node{left}, right.Args...)...)
		default:
			it.nodes[0] = tree.ChainOf([]tree.Rel{rel}, left, right)
		}
		return it.combine()
	}
	if p.tok.kind == tWord || p.tok.kind == tText {
		switch conditionWord(p.tok.s) {
		case 1:
			p.next()
		case 2:
			p.next()
			return tree.Otherwise
		}
	}
	return p.list()
}

// conditions reports rows of a value and a condition.
func conditions(rows [][]*tree.Node) bool {
	for _, r := range rows {
		if len(r) != 2 || !isStatement(r[1]) && r[1] != tree.Otherwise && r[1].Op != tree.Text && r[1].Op != tree.List && r[1].Op != tree.Given || isStatement(r[0]) && r[0].Op != tree.Chain {
			return false
		}
		if r[0].Op == tree.Chain && r[1].Op == tree.Chain && tree.Same(r[0], r[1].Args[0]) {
			return false
		}
	}
	return true
}

func allRows(rows [][]*tree.Node) bool {
	for _, r := range rows {
		if len(r) != 1 || !isStatement(r[0]) && r[0].Op != tree.Given && r[0].Op != tree.List {
			return false
		}
	}
	return true
}

// rowsOf makes a system or a piecewise value of rows.
func rowsOf(rows [][]*tree.Node) *tree.Node {
	var flat []*tree.Node
	if conditions(rows) {
		for _, r := range rows {
			flat = append(flat, r...)
		}
		return tree.New(tree.Cases, flat...)
	}
	for _, r := range rows {
		flat = append(flat, r[len(r)-1])
	}
	if len(flat) == 1 {
		return flat[0]
	}
	if allStatements(flat) {
		return tree.New(tree.And, flat...)
	}
	return tree.New(tree.Lines, flat...)
}

// joined makes one node of rows whose columns were only aligned.
func (p *parser) joined(rows [][]*tree.Node) *tree.Node {
	last := make([][]*tree.Node, len(rows))
	for i, r := range rows {
		if len(r) == 0 {
			return p.fail(p.tok.start, "an empty row")
		}
		if len(r) == 2 && (r[1].Op != tree.Chain || !tree.Same(r[1].Args[0], r[0])) {
			return p.fail(p.tok.start, "columns that do not join")
		}
		last[i] = r[len(r)-1:]
	}
	return rowsOf(last)
}

// matrix makes a matrix of rows of one length.
func (p *parser) matrix(rows [][]*tree.Node, cols, at int) *tree.Node {
	if cols == 0 {
		return p.fail(at, "an empty matrix")
	}
	entries := make([]*tree.Node, 0, len(rows)*cols)
	for _, r := range rows {
		if len(r) != cols {
			return p.fail(at, "a matrix with rows of different lengths")
		}
		for _, n := range r {
			if isStatement(n) {
				return p.fail(at, "a statement in a matrix")
			}
			entries = append(entries, p.cellValue(n))
		}
	}
	return tree.MatrixOf(cols, entries...)
}

// cellValue is an entry of a matrix: a value, or a word.
func (p *parser) cellValue(n *tree.Node) *tree.Node {
	if n.Op == tree.Text {
		return n
	}
	return p.operand(n, p.tok.start)
}

// system reads the inside of a left brace: statements that all hold.
func system(n *tree.Node) *tree.Node {
	switch n.Op {
	case tree.List:
		if allStatements(n.Args) {
			return tree.New(tree.And, n.Args...)
		}
	case tree.Lines:
		if allStatements(n.Args) {
			return tree.New(tree.And, n.Args...)
		}
	}
	return n
}
