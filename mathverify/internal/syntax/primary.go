package syntax

import (
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// primary reads what stands between operators: a number, a symbol, a bracket,
// a function with its arguments.
func (p *parser) primary() *tree.Node {
	if !p.enter() {
		return nothing
	}
	n := p.primaryAt()
	p.depth--
	return n
}

func (p *parser) primaryAt() *tree.Node {
	at := p.tok.start
	switch p.tok.kind {
	case tNum:
		return p.literal()
	case tWord:
		return p.word()
	case tSym:
		name, operator := p.tok.s, p.tok.part
		p.next()
		if operator {
			return p.expectation(name)
		}
		return p.symbol(name)
	case tConst:
		name := p.tok.s
		p.next()
		return constant(name)
	case tText:
		return p.text()
	case tCmd:
		return p.cmd()
	case tLParen:
		return p.paren()
	case tLBrack:
		return p.bracket()
	case tRBrack:
		return p.european()
	case tLBrace:
		return p.brace()
	case tLSet:
		return p.set()
	case tLAngle:
		return p.angle()
	case tRel:
		if p.tok.rel == tree.Lt { // <1, 2>
			return p.angle()
		}
	case tBar, tLBar:
		return p.abs()
	case tDBar:
		p.next()
		p.dbars++
		n := p.additive()
		p.dbars--
		p.expect(tDBar, "closing bars")
		return tree.Fn("norm", p.operand(n, at))
	case tLFloor:
		return p.rounded("floor", tRFloor)
	case tLCeil:
		return p.rounded("ceil", tRCeil)
	case tLNull:
		return p.evaluated()
	case tRoot:
		index := int64(p.tok.s[0] - '0')
		p.next()
		return tree.New(tree.Root, p.operand(p.primary(), at), tree.Int(index))
	case tFrac:
		s := p.tok.s
		p.next()
		return tree.New(tree.Div, tree.Int(int64(s[0]-'0')), tree.Int(int64(s[2]-'0')))
	case tSetName:
		n := &tree.Node{Op: tree.SetName, Name: p.tok.s}
		p.next()
		return n
	case tEllipsis:
		p.next()
		return tree.New(tree.Ellipsis)
	case tMoney:
		return p.amount()
	case tUnder:
		return p.prescript()
	case tCaret:
		return p.prescript()
	case tEOF:
		return p.fail(at, "unexpected end")
	}
	return p.fail(at, "unexpected "+p.tokenText())
}

func (p *parser) tokenText() string {
	s := p.src[p.tok.start:min(p.tok.end, len(p.src))]
	if len(s) > 20 {
		s = s[:20]
	}
	return "\"" + s + "\""
}

func constant(name string) *tree.Node {
	switch name {
	case "pi":
		return tree.Pi
	case "e":
		return tree.E
	case "i":
		return tree.I
	}
	return tree.Inf
}

func (p *parser) rounded(name string, closing kind) *tree.Node {
	s := p.outside()
	p.next()
	n := p.sets()
	p.inside(s)
	p.expect(closing, "a closing bracket")
	return tree.Fn(name, p.operand(n, p.tok.start))
}

// texArg reads an argument of a command: a group, or one character as TeX
// takes it, so that \frac12 is 1/2.
func (p *parser) texArg() *tree.Node {
	at := p.tok.start
	var n *tree.Node
	switch p.tok.kind {
	case tLBrace:
		n = p.group()
	case tNum:
		if len(p.tok.s) > 1 {
			d := p.tok.s[0]
			if !isDigit(d) {
				return p.fail(at, "missing argument")
			}
			p.pos = p.tok.start + 1
			p.tok.end = p.pos
			p.next()
			return tree.Int(int64(d - '0'))
		}
		n = p.value(p.tok.s, p.tok.sep)
		p.next()
		return n
	case tWord:
		c := p.tok.s[0]
		p.letter()
		n = p.plainLetter(c)
	case tEOF:
		return p.fail(at, "missing argument")
	default:
		n = p.primary()
	}
	return p.operand(n, at)
}

// letter passes the first letter of a word.
func (p *parser) letter() {
	if len(p.tok.s) == 1 {
		p.next()
		return
	}
	p.bud.Use(1)
	p.prevEnd = p.tok.start + 1
	p.tok.s = p.tok.s[1:]
	p.tok.start++
	p.tok.part, p.tok.space = true, false
}

// plainLetter returns the constant or the symbol of one letter.
func (p *parser) plainLetter(c byte) *tree.Node {
	switch {
	case c == 'e':
		return tree.E
	case c == 'i' && p.bound == 0:
		return tree.I
	}
	return tree.Sym(letters[c : c+1])
}

// letters holds every ASCII letter at its code, so that names need no
// allocation.
var letters = func() string {
	b := make([]byte, 128)
	for i := range b {
		b[i] = byte(i)
	}
	return string(b)
}()

// group reads a value in braces.
func (p *parser) group() *tree.Node {
	at := p.tok.start
	s := p.outside()
	p.groups++
	p.next()
	if p.tok.kind == tRBrace {
		return p.fail(p.tok.start, "an empty group")
	}
	n := p.over(p.list(), at)
	p.groups--
	p.inside(s)
	p.expect(tRBrace, "a closing brace")
	return n
}

// over reads what \over or \choose puts below n in a group.
func (p *parser) over(n *tree.Node, at int) *tree.Node {
	if p.tok.kind != tCmd || p.tok.s != "over" && p.tok.s != "choose" {
		return n
	}
	name := p.tok.s
	p.next()
	n, d := p.operand(n, at), p.operand(p.list(), at)
	if name == "over" {
		return tree.New(tree.Div, n, d)
	}
	return tree.Fn("binom", n, d)
}

// brace reads a group in braces where a value stands: a set when there are
// commas in it, for many forget the backslashes.
func (p *parser) brace() *tree.Node {
	at := p.tok.start
	t := p.peek()
	if t.kind == tRBrace {
		p.next()
		p.next()
		if p.tok.kind == tUnder || p.tok.kind == tCaret {
			return p.prescript()
		}
		if p.starts() || p.tok.kind == tText {
			return p.primary()
		}
		if p.latex {
			return p.fail(at, "an empty group")
		}
		return tree.Empty
	}
	s := p.outside()
	p.nested++
	p.setSep = !p.latex
	p.next()
	it := p.items()
	if p.tok.kind == tCmd && (p.tok.s == "over" || p.tok.s == "choose") {
		it = items{nodes: []*tree.Node{p.over(it.combine(), at)}}
	}
	p.nested--
	p.inside(s)
	switch {
	case !p.latex && (p.tok.kind == tBar || p.tok.kind == tColon || p.tok.kind == tMid):
		return p.builder(&it, tRBrace)
	}
	p.expect(tRBrace, "a closing brace")
	if len(it.seps) > 0 {
		for _, c := range it.seps {
			if c != sepComma && c != sepSemi {
				return it.combine()
			}
		}
		return p.setOf(it.nodes)
	}
	return it.nodes[0]
}

func (p *parser) setOf(nodes []*tree.Node) *tree.Node {
	if len(nodes) == 0 {
		return tree.Empty
	}
	return tree.New(tree.Set, nodes...)
}

// set reads a set in \{ \}, by its elements or by a condition; or the brace of
// a system \left\{ ... \right.
func (p *parser) set() *tree.Node {
	s := p.outside()
	p.nested++
	p.setSep = true
	p.next()
	if p.tok.kind == tRSet {
		p.nested--
		p.inside(s)
		p.next()
		return tree.Empty
	}
	it := p.items()
	switch p.tok.kind {
	case tBar, tMid, tColon, tSemi:
		n := p.builder(&it, tRSet)
		p.nested--
		p.inside(s)
		return n
	}
	p.nested--
	p.inside(s)
	if p.tok.kind == tRNull {
		p.next()
		if len(it.nodes) == 1 {
			return system(it.nodes[0])
		}
		return system(it.combine())
	}
	p.expect(tRSet, "a closing brace")
	if len(it.nodes) == 1 && it.nodes[0].Op == tree.List {
		return p.setOf(it.nodes[0].Args)
	}
	return p.setOf(it.nodes)
}

// builder reads the condition of a set builder.
func (p *parser) builder(it *items, closing kind) *tree.Node {
	p.setSep = false
	p.next()
	conds := p.items()
	cond := conds.combine()
	if cond.Op == tree.List {
		cond = tree.New(tree.And, cond.Args...)
	}
	if p.err == nil && !isStatement(cond) && cond.Op != tree.Given && cond.Op != tree.And {
		return p.failWords(p.tok.start)
	}
	if closing == tRBrace {
		p.expect(tRBrace, "a closing brace")
	} else {
		p.expect(tRSet, "a closing brace")
	}
	if len(it.nodes) > 1 {
		return p.fail(p.tok.start, "a set builder with several elements")
	}
	return tree.New(tree.SetOf, it.nodes[0], cond)
}

// abs reads |x|; of a matrix, bars make the determinant.
func (p *parser) abs() *tree.Node {
	at := p.tok.start
	closing := tBar
	s := p.outside()
	if p.tok.kind == tLBar {
		closing = tRBar
	} else {
		p.bars = 1
	}
	p.next()
	n := p.sets()
	p.inside(s)
	if p.tok.kind == tBar || p.tok.kind == tRBar {
		closing = p.tok.kind // \left| ... | and the like
	}
	p.expect(closing, "a closing bar")
	if n.Op == tree.Matrix && n.Name == "" {
		return &tree.Node{Op: tree.Matrix, Name: "v", Args: n.Args, Cols: n.Cols}
	}
	if isStatement(n) {
		return p.fail(at, "a statement between bars")
	}
	return tree.Fn("abs", p.operand(n, at))
}

// prescript reads {}_5C_2 from its subscript or superscript on.
func (p *parser) prescript() *tree.Node {
	at := p.tok.start
	p.next()
	n := p.texArg()
	if p.tok.kind != tWord && p.tok.kind != tText {
		return p.fail(at, "a subscript of nothing")
	}
	name := strings.TrimSpace(p.tok.s)
	fn := ""
	switch name {
	case "C":
		fn = "binom"
	case "P", "A":
		fn = "perm"
	default:
		return p.fail(at, "a subscript of nothing")
	}
	p.next()
	if p.tok.kind == tSub {
		k := p.script(p.tok.s)
		p.next()
		return tree.Fn(fn, n, k)
	}
	if p.tok.kind != tUnder && p.tok.kind != tCaret {
		return p.fail(at, "missing subscript")
	}
	p.next()
	return tree.Fn(fn, n, p.texArg())
}
