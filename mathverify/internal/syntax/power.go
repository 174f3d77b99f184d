package syntax

import (
	"strconv"
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// power reads a primary with everything behind it that binds tighter than a
// product: exponents, factorials, percent and degree signs, bases.
func (p *parser) power() *tree.Node {
	at := p.tok.start
	plain := p.tok.kind == tNum
	n := p.primary()
	for i := 0; p.err == nil; i++ {
		if i > maxRun {
			return p.fail(p.tok.start, "nested too deeply")
		}
		switch p.tok.kind {
		case tCaret, tSup, tBang, tPercent, tDegree, tUnder, tSub, tPrime:
			p.bud.Use(1)
			m := p.behind(n, plain, at)
			if m == nil {
				return n
			}
			n, plain = m, false
		case tWord, tText:
			if n.Op != tree.Number && n.Op != tree.Percent && n.Op != tree.Div {
				return n
			}
			switch percentWord(p.tok.s) {
			case 1:
				p.next()
				n = tree.New(tree.Percent, n)
				continue
			case 2:
				p.next()
				n = p.degree(n)
				continue
			}
			return n
		default:
			return n
		}
	}
	return n
}

// percentWord reports 1 for words that mean a percent sign, 2 for a degree
// sign.
func percentWord(s string) int {
	if len(s) < 3 || len(s) > 14 {
		return 0
	}
	switch strings.ToLower(strings.Trim(s, " ~")) {
	case "percent", "percentage", "pct", "per cent", "percents", `\%`, `\ %`:
		return 1
	case "degrees", "degree", "deg", "degs", "°", "^\\circ", "^{\\circ}":
		return 2
	}
	return 0
}

// behind applies one mark that stands behind n, or returns nil when it is not
// for n.
func (p *parser) behind(n *tree.Node, plain bool, at int) *tree.Node {
	if isStatement(n) {
		return p.fail(p.tok.start, "a power of a statement")
	}
	switch p.tok.kind {
	case tCaret:
		return p.exponent(n, at)
	case tSup:
		e := p.script(p.tok.s)
		p.next()
		return tree.New(tree.Pow, p.operand(n, at), e)
	case tBang:
		double := p.byteAhead() == '!'
		p.next()
		n = p.operand(n, at)
		if double {
			p.next()
			return tree.New(tree.DoubleFactorial, n)
		}
		return tree.New(tree.Factorial, n)
	case tPercent:
		p.next()
		return tree.New(tree.Percent, p.operand(n, at))
	case tDegree:
		p.next()
		return p.degree(n)
	case tUnder, tSub:
		if n.Op == tree.Tuple && n.Name == "[" && len(n.Args) == 1 || n.Op == tree.Evaluate {
			return nil
		}
		if n.Op == tree.Number && n.IsInteger() {
			return p.based(n)
		}
		if n.Op == tree.SetName && len(n.Name) == 1 {
			return p.markedSet(n)
		}
		return p.fail(p.tok.start, "a subscript of no symbol")
	}
	return p.fail(p.tok.start, "a prime of no symbol")
}

// degree reads what a degree sign makes of n: an angle or a temperature.
func (p *parser) degree(n *tree.Node) *tree.Node {
	n = p.operand(n, p.tok.start)
	if n.Op == tree.Ellipsis || n.Op == tree.Quantity {
		return p.fail(p.tok.start, "a degree sign without a number")
	}
	if p.tok.kind == tWord || p.tok.kind == tText {
		switch strings.TrimSpace(p.tok.s) {
		case "C", "c", "Celsius":
			p.next()
			return tree.New(tree.Quantity, n, unitNode("degC"))
		case "F", "f", "Fahrenheit":
			p.next()
			return tree.New(tree.Quantity, n, unitNode("degF"))
		}
	}
	return tree.New(tree.Degree, n)
}

// script reads raised characters: nearly always an integer.
func (p *parser) script(s string) *tree.Node {
	if v, err := strconv.ParseInt(s, 10, 64); err == nil && s[0] != '+' {
		return tree.Int(v)
	}
	return p.sub(s)
}

// sub reads a short text by itself.
func (p *parser) sub(s string) *tree.Node {
	if !p.enter() {
		return nothing
	}
	q := parser{lexer: lexer{src: s, math: p.math, latex: p.latex, env: p.env, nested: 1}, opts: p.opts, bud: p.bud, depth: p.depth, bound: p.bound}
	q.next()
	n := q.additive()
	if q.err == nil && q.tok.kind != tEOF {
		q.fail(q.tok.start, "unexpected text")
	}
	p.depth--
	if q.err != nil {
		return p.fail(p.tok.start, q.err.Msg)
	}
	return n
}

// exponent reads behind ^.
func (p *parser) exponent(n *tree.Node, at int) *tree.Node {
	if !p.enter() {
		return nothing
	}
	defer p.leave()
	p.next()
	switch p.tok.kind {
	case tDegree:
		p.next()
		return p.degree(n)
	case tTimes: // z^*
		p.next()
		if n.Op == tree.SetName && len(n.Name) == 1 {
			return &tree.Node{Op: tree.SetName, Name: n.Name + "*"}
		}
		return p.conjugate(n, at)
	case tLBrace:
		if m := p.braceMark(n); m != nil {
			return m
		}
	case tPlus, tMinus:
		if n.Op == tree.SetName && len(n.Name) == 1 {
			return p.markedSet(n)
		}
	case tCmd:
		if p.tok.s == "top" || p.tok.s == "intercal" {
			p.next()
			return tree.Fn("transpose", p.operand(n, at))
		}
	case tWord:
		if p.tok.s == "T" && transposable(n) {
			p.next()
			return tree.Fn("transpose", n)
		}
	}
	e := p.exponentValue()
	if isStatement(e) || e.Op == tree.List {
		return p.fail(at, "no exponent")
	}
	if e.Op == tree.Symbol && e.Name == "T" && transposable(n) {
		return tree.Fn("transpose", n)
	}
	return tree.New(tree.Pow, p.operand(n, at), e)
}

// conjugate reads n^*; of a number that would be a footnote.
func (p *parser) conjugate(n *tree.Node, at int) *tree.Node {
	n = p.operand(n, at)
	if !tree.Any(n, func(m *tree.Node) bool { return m == tree.I || m.Op == tree.Symbol || m.Op == tree.Call }) {
		return p.failWords(at) // a footnote
	}
	return tree.Fn("conj", n)
}

// transposable reports what an exponent T transposes: matrices, and letters
// that name them.
func transposable(n *tree.Node) bool {
	switch n.Op {
	case tree.Matrix, tree.Tuple:
		return true
	case tree.Symbol:
		return len(n.Name) == 1 && n.Name[0] >= 'A' && n.Name[0] <= 'Z'
	}
	return false
}

// braceMark reads marks in braces that are no exponents: ^{\circ}, ^{+}, ^{*}.
func (p *parser) braceMark(n *tree.Node) *tree.Node {
	m := p.mark()
	p.next()
	k, s := p.tok.kind, p.tok.s
	p.next()
	if p.tok.kind == tRBrace {
		switch {
		case k == tDegree:
			p.next()
			return p.degree(n)
		case n.Op == tree.SetName && len(n.Name) == 1 && (k == tPlus || k == tMinus || k == tTimes):
			p.next()
			return &tree.Node{Op: tree.SetName, Name: n.Name + map[kind]string{tPlus: "+", tMinus: "-", tTimes: "*"}[k]}
		case k == tTimes:
			p.next()
			return p.conjugate(n, p.tok.start)
		case k == tCmd && (s == "top" || s == "intercal"):
			p.next()
			return tree.Fn("transpose", p.operand(n, p.tok.start))
		}
	}
	p.reset(m)
	return nil
}

// markedSet reads R^+, Z_-, R_{>0}, N_0.
func (p *parser) markedSet(n *tree.Node) *tree.Node {
	if p.tok.kind == tSub {
		if p.tok.s != "0" {
			return p.fail(p.tok.start, "an unknown mark of a set")
		}
		p.next()
		return &tree.Node{Op: tree.SetName, Name: n.Name + "0"}
	}
	if p.tok.kind == tUnder {
		p.next()
	}
	name := ""
	switch p.tok.kind {
	case tPlus:
		name = "+"
	case tMinus:
		name = "-"
	case tTimes:
		name = "*"
	case tNum:
		if p.tok.s == "0" {
			name = "0"
		}
	case tLBrace:
		raw := p.rawGroup()
		name = strings.NewReplacer(" ", "", `\ge`, ">=", `\geq`, ">=", `\gt`, ">", `\geqslant`, ">=", "≥", ">=").Replace(raw)
		switch name {
		case ">0", "+":
			name = "+"
		case "<0", "-":
			name = "-"
		case ">=0", ">=q0":
			name = "0+"
		case "0", "*":
		default:
			return p.fail(p.tok.start, "an unknown mark of a set")
		}
		return &tree.Node{Op: tree.SetName, Name: n.Name + name}
	}
	if name == "" || len(name) > 3 {
		return p.fail(p.tok.start, "an unknown mark of a set")
	}
	p.next()
	return &tree.Node{Op: tree.SetName, Name: n.Name + name}
}

// rawGroup passes a group in braces and returns its text.
func (p *parser) rawGroup() string {
	n := braced(p.src[p.tok.start:])
	if n == 0 {
		p.fail(p.tok.start, "missing closing brace")
		return ""
	}
	p.bud.Use(int64(n)/8 + 1)
	s := p.src[p.tok.start+1 : p.tok.start+n-1]
	p.pos = p.tok.start + n
	p.tok.end = p.pos
	p.next()
	return s
}

// exponentValue reads an exponent: a group, or a sign and one factor.
func (p *parser) exponentValue() *tree.Node {
	if p.sign() {
		if !p.enter() {
			return nothing
		}
		k := p.tok.kind
		p.next()
		e := p.exponentValue()
		p.depth--
		switch k {
		case tMinus:
			return negate(e)
		case tPlus:
			return e
		}
		return p.fail(p.tok.start, "a double sign in an exponent")
	}
	at := p.tok.start
	var e *tree.Node
	switch {
	case p.tok.kind == tNum:
		e = p.literal()
	case p.tok.kind == tEOF || !p.starts() && p.tok.kind != tText:
		return p.fail(at, "missing exponent")
	default:
		e = p.primary()
	}
	if p.tok.kind == tCaret {
		e = p.exponent(e, at)
	}
	return p.operand(e, at)
}

// based reads the base of a numeral: 101_2.
func (p *parser) based(n *tree.Node) *tree.Node {
	base := p.tok.s
	if p.tok.kind == tSub {
		p.next()
	} else {
		p.next()
		switch p.tok.kind {
		case tNum:
			base = p.tok.s
			p.next()
		case tLBrace:
			base = strings.TrimSpace(p.rawGroup())
			base = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(base, `\text{`), "}"))
		default:
			return p.fail(p.tok.start, "missing base")
		}
	}
	switch base {
	case "two":
		base = "2"
	case "eight":
		base = "8"
	case "ten":
		base = "10"
	}
	if b, err := strconv.Atoi(base); err != nil || b < 2 || b > 36 {
		return p.fail(p.tok.start, "no base of a numeral")
	}
	return tree.Named(tree.Based, base, n)
}
