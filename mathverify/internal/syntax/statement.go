package syntax

import (
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// Separators of a list.
const (
	sepComma byte = ','
	sepSemi  byte = ';'
	sepAnd   byte = '&'
	sepOr    byte = '|'
)

// items collects statements and the separators between them, up to a token
// that separates nothing.
type items struct {
	nodes []*tree.Node
	seps  []byte
	inner bool // part of another list
	tight bool // two integers around a comma without a space
	open  bool // a comma ends it
}

// list reads statements with separators between them.
func (p *parser) list() *tree.Node {
	it, first := p.some()
	if it.nodes == nil {
		return first
	}
	return it.combine()
}

// items reads statements with separators between them, without making one node
// of them.
func (p *parser) items() items {
	it, first := p.some()
	if it.nodes == nil {
		it.nodes = []*tree.Node{first}
	}
	return it
}

// some reads statements; a lone one is returned by itself, the most common case
// by far.
func (p *parser) some() (it items, first *tree.Node) {
	if !p.enter() {
		return it, nothing
	}
	from := p.tok.start
	first = p.statement()
	firstEnd := p.prevEnd
	sep := p.separator()
	if sep == 0 {
		p.depth--
		return it, first
	}
	it.nodes = make([]*tree.Node, 1, 4)
	it.nodes[0] = first
	for sep != 0 && p.err == nil {
		p.bud.Use(4)
		if p.ends() && len(it.nodes) > 0 && (sep == sepComma || sep == sepSemi) {
			it.open = sep == sepComma
			break // a separator at the end says nothing
		}
		if sep == sepComma && (p.tok.kind == tWord || p.tok.kind == tText) && conditionWord(p.tok.s) == 1 {
			p.next()
			last := len(it.nodes) - 1
			it.nodes[last] = tree.New(tree.Given, it.nodes[last], p.state())
			sep = p.separator()
			continue
		}
		start := p.tok.start
		if p.tok.kind == tRel && (p.tok.rel == tree.Eq || p.tok.rel == tree.Approx) {
			p.fail(start, "a relation without a left side")
		}
		n := p.statement()
		if sep == sepComma && p.nested == 0 && len(it.nodes) == 1 && start == firstEnd+1 && integer(first) && plainInteger(p.src[from:firstEnd]) && n.Op == tree.Number && n.Digits < 0 {
			if w := p.prevEnd - start; allDigits(p.src[start:p.prevEnd]) {
				it.tight = true
				n = tree.Decimal(n.Rat(), w)
			}
		}
		it.nodes = append(it.nodes, n)
		it.seps = append(it.seps, sep)
		sep = p.separator()
	}
	if it.tight && len(it.nodes) != 2 {
		it.tight = false
		it.nodes[1] = tree.Rat(it.nodes[1].Rat())
	}
	p.depth--
	return it, first
}

func integer(n *tree.Node) bool { return n.Op == tree.Number && n.IsInteger() && n.Digits < 0 }

// plainInteger reports digits without leading zeros, a minus sign before them
// perhaps.
func plainInteger(s string) bool {
	s = strings.TrimPrefix(s, "-")
	return allDigits(s) && (s[0] != '0' || s == "0")
}

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

// ends reports a token that ends a list.
func (p *parser) ends() bool {
	switch p.tok.kind {
	case tEOF, tRParen, tRBrack, tRBrace, tRSet, tRNull, tRBar, tAmp, tBreak:
		return true
	}
	return false
}

// separator passes the separator at the token and returns it, or 0.
func (p *parser) separator() byte {
	var sep byte
	switch p.tok.kind {
	case tComma:
		sep = sepComma
	case tSemi:
		sep = sepSemi
	case tAnd:
		sep = sepAnd
	case tOr:
		sep = sepOr
	case tWord, tText:
		sep = connector(p.tok.s)
		if k := p.gluedConnector(); k > 0 {
			sep = connector(p.tok.s[:k])
			for ; k > 1; k-- {
				p.letter()
			}
			p.letter()
			p.tok.part = false
			return sep
		}
	}
	if sep == 0 {
		return 0
	}
	p.next()
	if sep == sepComma || sep == sepSemi {
		for p.tok.kind == tComma {
			p.next()
		}
		switch p.tok.kind {
		case tAnd:
			p.next()
			return sepAnd
		case tOr:
			p.next()
			return sepOr
		case tWord, tText:
			if c := connector(p.tok.s); c == sepAnd || c == sepOr {
				p.next()
				return c
			}
		}
	}
	return sep
}

// gluedConnector returns the length of "or" or "and" that a letter is glued to
// and a number or a bracket stands before: x=1orx=2.
func (p *parser) gluedConnector() int {
	s := p.tok.s
	if p.tok.kind != tWord || p.tok.part || p.tok.space || p.prevEnd == 0 || len(s) < 3 || len(s) > 4 {
		return 0
	}
	if c := p.src[p.prevEnd-1]; !isDigit(c) && c != ')' && c != '}' {
		return 0
	}
	for _, w := range [...]string{"or", "and"} {
		if len(s) == len(w)+1 && s[:len(w)] == w {
			return len(w)
		}
	}
	return 0
}

// connector returns the separator that words stand for, or 0.
func connector(s string) byte {
	if len(s) > 16 || s == "" {
		return 0
	}
	if len(s) > 2 && (s[0] == ' ' || s[0] == ',' || s[len(s)-1] == ' ' || s[0] == '~') {
		s = strings.Trim(s, " ,~\\")
	}
	switch s {
	case "and", "And", "AND", "&", "和", "且", "与", "及", "以及", "并且":
		return sepAnd
	case "or", "Or", "OR", "或", "或者", "and/or":
		return sepOr
	case ",":
		return sepComma
	case ";":
		return sepSemi
	}
	return 0
}

// combine makes one node of items: a list of values, or statements joined.
func (it *items) combine() *tree.Node {
	if len(it.nodes) == 1 {
		return it.nodes[0]
	}
	semi, and, or, comma := it.count()
	if semi > 0 {
		if semi == len(it.seps) {
			for i := range it.seps {
				it.seps[i] = sepComma
			}
			return it.combine()
		}
		return it.split(sepSemi)
	}
	states := 0
	for _, n := range it.nodes {
		if isStatement(n) {
			states++
		}
	}
	if states == 0 {
		return it.values(and, or)
	}
	if n := it.given(); n != nil {
		return n
	}
	if and+or == 0 {
		return it.commas(states)
	}
	it.distribute()
	if or > 0 && (and > 0 || comma > 0) && !it.alternatives() {
		return it.split(sepOr)
	}
	for _, n := range it.nodes {
		if !isStatement(n) {
			return it.values(and, or)
		}
	}
	if or > 0 {
		return tree.New(tree.Or, it.nodes...)
	}
	return tree.New(tree.And, it.nodes...)
}

func (it *items) count() (semi, and, or, comma int) {
	for _, s := range it.seps {
		switch s {
		case sepSemi:
			semi++
		case sepAnd:
			and++
		case sepOr:
			or++
		default:
			comma++
		}
	}
	return
}

// values makes a list of values.
func (it *items) values(and, or int) *tree.Node {
	if and == 1 && len(it.nodes) == 2 && smaller(it.nodes[0], it.nodes[1]) {
		return tree.New(tree.Add, it.nodes...)
	}
	name := ","
	switch {
	case or > 0:
		name = "or"
	case and > 0:
		name = "and"
	case it.tight:
		name = ",tight"
	}
	return tree.Named(tree.List, name, it.nodes...)
}

// split combines the runs between a separator on their own and then together.
func (it *items) split(at byte) *tree.Node {
	var parts []*tree.Node
	states := 0
	from := 0
	for i := 0; i <= len(it.seps); i++ {
		if i < len(it.seps) && it.seps[i] != at {
			continue
		}
		run := items{inner: true, nodes: it.nodes[from : i+1], seps: it.seps[from:min(i, len(it.seps))]}
		n := run.combine()
		if n.Op == tree.List && len(run.nodes) > 1 {
			if allStatements(run.nodes) {
				n = tree.New(tree.And, run.nodes...)
			} else {
				n = tupleOf("(", n.Args) // 1,2; 3,4 are pairs
			}
		}
		if isStatement(n) {
			states++
		}
		parts = append(parts, n)
		from = i + 1
	}
	if states > 0 && states < len(parts) {
		all := items{nodes: parts}
		all.distribute()
		if allStatements(parts) {
			states = len(parts)
		}
	}
	if states == len(parts) {
		return tree.New(tree.Or, parts...)
	}
	name := ","
	if at == sepOr {
		name = "or"
	}
	return tree.Named(tree.List, name, parts...)
}

func allStatements(nodes []*tree.Node) bool {
	for _, n := range nodes {
		if !isStatement(n) {
			return false
		}
	}
	return true
}

// commas combines a list with commas only in which there are statements.
func (it *items) commas(states int) *tree.Node {
	if states == 1 {
		it.distribute()
	}
	return tree.Named(tree.List, ",", it.nodes...)
}

// distribute reads "x = 1, 2" and "x = 1 or 2" as x = 1, x = 2.
func (it *items) distribute() {
	first := it.nodes[0]
	if !assigns(first) {
		return
	}
	for _, n := range it.nodes[1:] {
		switch {
		case assigns(n), n.Op == tree.Text, n.Op == tree.Ellipsis:
			return
		case isStatement(n):
			return
		}
	}
	for i, n := range it.nodes[1:] {
		it.nodes[i+1] = tree.ChainOf([]tree.Rel{tree.Eq}, first.Args[0], n)
	}
}

// assigns reports a chain "symbol = value".
func assigns(n *tree.Node) bool {
	return n.Op == tree.Chain && len(n.Args) == 2 && n.Rels[0] == tree.Eq && n.Args[0].Op == tree.Symbol
}

// alternatives reports whether all items assign to one symbol, so that commas
// between them mean "or".
func (it *items) alternatives() bool {
	for i, n := range it.nodes {
		if !assigns(n) || n.Args[0].Name != it.nodes[0].Args[0].Name || i < len(it.seps) && it.seps[i] == sepAnd {
			return false
		}
	}
	return true
}

// isStatement reports a node that is true or false.
func isStatement(n *tree.Node) bool {
	switch n.Op {
	case tree.Chain, tree.And, tree.Or, tree.Not, tree.Congruent:
		return true
	case tree.Given:
		return isStatement(n.Args[0])
	}
	return false
}

// statement reads a value, or values with relations between them, and the
// condition that may follow.
func (p *parser) statement() *tree.Node {
	if !p.enter() {
		return nothing
	}
	defer p.leave()
	switch p.tok.kind {
	case tNot:
		p.next()
		return tree.New(tree.Not, p.statement())
	case tRel:
		if r := p.tok.rel; r == tree.Eq || r == tree.Approx {
			p.next() // "= 5" is 5
		} else if r == tree.Implies {
			p.next()
		}
	}
	outer := p.cond
	p.cond = nil
	n := p.chain()
	if p.cond != nil {
		n = tree.New(tree.Given, n, p.cond)
	}
	p.cond = outer
	if p.tok.kind == tWord || p.tok.kind == tText {
		switch conditionWord(p.tok.s) {
		case 1:
			p.next()
			return tree.New(tree.Given, n, p.state())
		case 2:
			// "otherwise" ends a row of cases; the row knows what to do.
		}
	}
	return n
}

func (p *parser) leave() { p.depth-- }

// state reads a statement and fails when it is none.
func (p *parser) state() *tree.Node {
	at := p.tok.start
	n := p.statement()
	if !isStatement(n) && p.err == nil {
		return p.failWords(at)
	}
	return n
}

// chain reads terms with relations between them.
func (p *parser) chain() *tree.Node {
	p.first = p.tok.start
	if p.tok.kind == tWord && len(p.tok.s) == 1 && p.pointAhead() {
		name := p.tok.s
		p.next()
		n := p.paren()
		if n.Op != tree.Tuple {
			return p.fail(p.first, "no coordinates")
		}
		return tree.ChainOf([]tree.Rel{tree.Eq}, tree.Sym(name), n)
	}
	first := p.ratio()
	rel, ok := p.relation()
	if !ok {
		bare := p.tok.kind == tCmd && (p.tok.s == "pmod" || p.tok.s == "pod")
		at := p.tok.start
		if m, ok := p.modulus(); ok {
			if bare {
				return p.failWords(at) // 3 (mod 5) is a class, not the remainder
			}
			return tree.Fn("mod", p.operand(first, p.tok.start), p.operand(m, p.tok.start))
		}
		return first
	}
	terms := make([]*tree.Node, 1, 3)
	terms[0] = first
	rels := make([]tree.Rel, 0, 2)
	for ok {
		p.bud.Use(2)
		at := p.tok.start
		p.next()
		k := p.tok.kind
		congruent := p.congruent
		p.congruent = rel == tree.Identical
		n := p.ratio()
		p.congruent = congruent
		if (rel == tree.In || rel == tree.NotIn) && first.Op != tree.Tuple {
			n = asSet(n, k)
		}
		if n.Op == tree.Lines || n.Op == tree.List || first.Op == tree.Lines || first.Op == tree.List {
			return p.fail(at, "a list in a relation")
		}
		if isStatement(n) && p.err == nil && rel != tree.Implies && rel != tree.Iff {
			return p.fail(at, "a relation between statements")
		}
		terms = append(terms, n)
		rels = append(rels, rel)
		rel, ok = p.relation()
	}
	if len(rels) == 1 && (rels[0] == tree.Identical || rels[0] == tree.Eq) {
		if m, ok := p.modulus(); ok {
			return tree.New(tree.Congruent, p.operand(terms[0], p.tok.start), p.operand(terms[1], p.tok.start), p.operand(m, p.tok.start))
		}
	}
	alignRatios(terms)
	return tree.ChainOf(rels, terms...)
}

// alignRatios reads "a:b = 11:21" without clocks.
func alignRatios(terms []*tree.Node) {
	clock, ratio := false, false
	for _, t := range terms {
		clock = clock || t.Op == tree.Clock && t.Name == ""
		ratio = ratio || t.Op != tree.Clock
	}
	if !clock || !ratio {
		return
	}
	for i, t := range terms {
		if t.Op == tree.Clock && t.Name == "" {
			terms[i] = tree.New(tree.Ratio, t.Args...)
		}
	}
}

// relation reports the relation at the token.
func (p *parser) relation() (tree.Rel, bool) {
	switch p.tok.kind {
	case tRel:
		return p.tok.rel, true
	case tBar, tMid:
		if !p.setSep && p.bars == 0 {
			return tree.Divides, true
		}
	case tWord:
		if p.tok.s == "in" && p.tok.space {
			return tree.In, true
		}
	}
	return 0, false
}

// modulus reads (mod m) in its spellings.
func (p *parser) modulus() (*tree.Node, bool) {
	switch {
	case p.tok.kind == tCmd && (p.tok.s == "pmod" || p.tok.s == "pod" || p.tok.s == "mod" || p.tok.s == "bmod"):
		p.next()
		if p.tok.kind == tNum {
			return p.literal(), true
		}
		return p.texArg(), true
	case p.tok.kind == tWord && p.tok.s == "mod" && p.tok.space:
		p.next()
		return p.power(), true
	case p.tok.kind == tText:
		s := trimSpacing(p.tok.s)
		if s == "mod" {
			p.next()
			return p.power(), true
		}
		if m, ok := strings.CutPrefix(s, "(mod "); ok && strings.HasSuffix(m, ")") {
			n := p.sub(m[:len(m)-1])
			p.next()
			return n, true
		}
	case p.tok.kind == tLParen:
		t := p.peek()
		if (t.kind == tWord || t.kind == tText) && strings.TrimSpace(t.s) == "mod" ||
			t.kind == tCmd && (t.s == "bmod" || t.s == "mod") {
			p.nested++
			p.next()
			p.next()
			p.nested--
			m := p.additive()
			p.expect(tRParen, "a closing parenthesis")
			return m, true
		}
	}
	return nil, false
}
