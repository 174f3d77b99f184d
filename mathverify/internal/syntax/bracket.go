package syntax

import (
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// paren reads a value in parentheses, a tuple or an interval.
func (p *parser) paren() *tree.Node {
	it, closing := p.elements()
	if p.err != nil {
		return nothing
	}
	if len(it.nodes) == 1 && closing == tRParen {
		if it.open && isValue(it.nodes[0]) {
			return tree.Named(tree.Tuple, "(", it.nodes[0]) // (5,)
		}
		return it.nodes[0]
	}
	for _, c := range it.seps {
		if c != sepComma && c != sepSemi {
			return it.combine()
		}
	}
	if closing == tRBrack || closing == tLBrack {
		name := "(]"
		if closing == tLBrack {
			name = "()"
		}
		return p.interval(name, it.nodes)
	}
	return tupleOf("(", it.nodes)
}

// elements reads what is between round or square brackets, and the closing
// bracket.
func (p *parser) elements() (items, kind) {
	at := p.tok.start
	s := p.outside()
	p.nested++
	p.next()
	if p.tok.kind == tRParen {
		p.fail(p.tok.start, "empty brackets")
		return items{}, tEOF
	}
	it := p.items()
	p.nested--
	p.inside(s)
	k := p.tok.kind
	switch k {
	case tRParen, tRBrack, tLBrack:
		p.next()
	default:
		p.fail(at, "a bracket is not closed")
	}
	return it, k
}

// tupleOf returns a tuple; with an infinite end it can only be an interval.
func tupleOf(name string, nodes []*tree.Node) *tree.Node {
	if len(nodes) == 2 && name == "(" && (infinite(nodes[0]) || infinite(nodes[1])) {
		return tree.Named(tree.Interval, "()", nodes...)
	}
	return tree.Named(tree.Tuple, name, nodes...)
}

func infinite(n *tree.Node) bool {
	return n.Op == tree.Const && n.Name == "inf" || n.Op == tree.Neg && infinite(n.Args[0])
}

func (p *parser) interval(name string, nodes []*tree.Node) *tree.Node {
	if len(nodes) != 2 {
		return p.fail(p.tok.start, "an interval has two ends")
	}
	return tree.Named(tree.Interval, name, nodes...)
}

// bracket reads [a, b], [a, b), [x] as a grouping, rows of rows as a matrix,
// and F in brackets with limits.
func (p *parser) bracket() *tree.Node {
	at := p.tok.start
	euro := p.europeanAhead()
	outer := p.euro
	it, closing := p.elementsEuro(euro)
	p.euro = outer
	if p.err != nil {
		return nothing
	}
	for _, c := range it.seps {
		if c != sepComma && c != sepSemi {
			return it.combine()
		}
	}
	switch closing {
	case tRParen:
		return p.interval("[)", it.nodes)
	case tLBrack:
		return p.interval("[)", it.nodes)
	}
	if len(it.nodes) == 1 {
		if p.tok.kind == tUnder {
			return p.limits(it.nodes[0], at)
		}
		if it.nodes[0].Op == tree.Matrix && it.nodes[0].Name == "" {
			return it.nodes[0]
		}
		return it.nodes[0]
	}
	if m := rows(it.nodes); m != nil {
		return m
	}
	if len(it.nodes) == 2 {
		return tree.Named(tree.Interval, "[]", it.nodes...)
	}
	return tree.Named(tree.Tuple, "[", it.nodes...)
}

// rows makes a matrix of rows that were read as tuples or closed intervals.
func rows(nodes []*tree.Node) *tree.Node {
	var entries []*tree.Node
	cols := len(nodes[0].Args)
	for _, n := range nodes {
		if (n.Op != tree.Tuple || n.Name != "[") && (n.Op != tree.Interval || n.Name != "[]") || len(n.Args) != cols {
			return nil
		}
		for _, a := range n.Args {
			if !isValue(a) {
				return nil
			}
		}
		entries = append(entries, n.Args...)
	}
	return tree.MatrixOf(cols, entries...)
}

// elementsEuro is elements; with euro, an opening bracket closes too.
func (p *parser) elementsEuro(euro bool) (items, kind) {
	at := p.tok.start
	s := p.outside()
	p.euro = euro
	p.nested++
	p.next()
	if p.tok.kind == tRParen || p.tok.kind == tRBrack && !euro {
		p.fail(p.tok.start, "empty brackets")
		return items{}, tEOF
	}
	it := p.items()
	p.nested--
	p.inside(s)
	k := p.tok.kind
	switch k {
	case tRParen, tRBrack, tLBrack:
		p.next()
	default:
		p.fail(at, "a bracket is not closed")
	}
	return it, k
}

// europeanAhead reports whether the next square bracket opens the other way:
// [1,3[.
func (p *parser) europeanAhead() bool {
	for i := p.tok.end; i < min(p.tok.end+120, len(p.src)); i++ {
		switch p.src[i] {
		case ']', ')':
			return false
		case '[':
			comma := false
			for _, c := range p.src[p.tok.end:i] {
				comma = comma || c == ',' || c == ';'
			}
			return comma
		case '(':
			return false
		}
	}
	return false
}

// european reads ]a, b[ and ]a, b].
func (p *parser) european() *tree.Node {
	it, closing := p.elementsEuro(true)
	if p.err != nil {
		return nothing
	}
	switch closing {
	case tLBrack:
		return p.interval("()", it.nodes)
	case tRBrack:
		return p.interval("(]", it.nodes)
	}
	return p.fail(p.tok.start, "a bracket is not closed")
}

// angle reads a vector in angle brackets.
func (p *parser) angle() *tree.Node {
	ascii := p.tok.kind == tRel
	s := p.outside()
	p.nested++
	p.next()
	var it items
	if ascii {
		// The elements end at ">", which is no relation here.
		for p.err == nil {
			it.nodes = append(it.nodes, p.additive())
			if p.tok.kind != tComma {
				break
			}
			p.next()
		}
	} else {
		it = p.items()
	}
	p.nested--
	p.inside(s)
	if ascii {
		if p.tok.kind != tRel || p.tok.rel != tree.Gt {
			return p.fail(p.tok.start, "an angle bracket is not closed")
		}
		p.next()
	} else {
		p.expect(tRAngle, "a closing angle bracket")
	}
	return tree.Named(tree.Tuple, "<", it.nodes...)
}
