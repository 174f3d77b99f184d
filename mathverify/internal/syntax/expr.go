package syntax

import (
	"math/big"
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// sets reads unions, intersections and differences of sets, the loosest of the
// operations on values.
func (p *parser) sets() *tree.Node {
	k := p.tok.kind
	n := p.intersection()
	if !p.union() {
		return n
	}
	args := []*tree.Node{asSet(n, k)}
	for p.union() && p.err == nil {
		p.next()
		k = p.tok.kind
		args = append(args, asSet(p.intersection(), k))
	}
	return tree.New(tree.Union, args...)
}

func (p *parser) union() bool { return p.tok.kind == tCup || p.isWord("union", "U") }

func (p *parser) isWord(names ...string) bool {
	if p.tok.kind != tWord || !p.tok.space {
		return false
	}
	for _, s := range names {
		if p.tok.s == s {
			return true
		}
	}
	return false
}

func (p *parser) intersection() *tree.Node {
	k := p.tok.kind
	n := p.difference()
	if p.tok.kind != tCap {
		return n
	}
	args := []*tree.Node{asSet(n, k)}
	for p.tok.kind == tCap && p.err == nil {
		p.next()
		k = p.tok.kind
		args = append(args, asSet(p.difference(), k))
	}
	return tree.New(tree.Intersect, args...)
}

func (p *parser) difference() *tree.Node {
	k := p.tok.kind
	n := p.additive()
	for i := 0; p.tok.kind == tSetMinus && p.err == nil; i++ {
		if i > maxRun {
			return p.fail(p.tok.start, "nested too deeply")
		}
		p.next()
		left := asSet(n, k)
		k = p.tok.kind
		n = tree.New(tree.Minus, left, asSet(p.additive(), k))
		k = tEOF
	}
	return n
}

// asSet reads n where a set must stand: a number in braces that lost their
// backslashes is the set of it, a pair an open interval. k is the first token
// of n.
func asSet(n *tree.Node, k kind) *tree.Node {
	if k == tLBrace {
		switch n.Op {
		case tree.Number, tree.Neg, tree.Div, tree.Root, tree.Const:
			return tree.New(tree.Set, n)
		}
	}
	return openInterval(n)
}

// openInterval reads a pair where a set must stand as an open interval.
func openInterval(n *tree.Node) *tree.Node {
	if n.Op == tree.Tuple && n.Name == "(" && len(n.Args) == 2 {
		return tree.Named(tree.Interval, "()", n.Args...)
	}
	return n
}

// additive reads sums and differences.
func (p *parser) additive() *tree.Node {
	if !p.enter() {
		return nothing
	}
	at := p.tok.start
	n := p.signed(true)
	n = p.unitBehind(n)
	if n.Op == tree.Quantity && p.tok.kind == tNum {
		n = p.compound(n)
	}
	if !p.sign() {
		p.depth--
		return n
	}
	terms := make([]*tree.Node, 1, 4)
	terms[0] = n
	measured := n.Op == tree.Quantity
	for p.sign() && p.err == nil {
		p.bud.Use(2)
		t := p.term(measured)
		terms = append(terms, t)
	}
	p.depth--
	for i, t := range terms {
		if isStatement(t) {
			return p.fail(at, "a statement in a sum")
		}
		terms[i] = p.operand(t, at)
	}
	if len(terms) == 2 && terms[1].Op == tree.Neg && setLike(terms[0]) && setLike(terms[1].Args[0]) {
		return tree.New(tree.Minus, terms[0], terms[1].Args[0])
	}
	sum := tree.New(tree.Add, terms...)
	if measured {
		return sum
	}
	return p.unitBehind(sum)
}

func setLike(n *tree.Node) bool {
	switch n.Op {
	case tree.SetName, tree.Set, tree.SetOf, tree.Union, tree.Intersect, tree.Minus, tree.Interval:
		return true
	}
	return false
}

// sign reports a sign at the token.
func (p *parser) sign() bool {
	switch p.tok.kind {
	case tPlus, tMinus, tPM, tMP:
		return true
	}
	return false
}

// signed reads a term with the signs before it. At the start of a sum the
// minus of a number belongs to the number.
func (p *parser) signed(first bool) *tree.Node {
	switch p.tok.kind {
	case tPlus:
		p.next()
		if first && !p.startsSigned() {
			return p.fail(p.tok.start, "missing term")
		}
		return p.signedAgain()
	case tMinus:
		at := p.tok.start
		p.next()
		n := p.signedAgain()
		if n.Op != tree.Quantity {
			n = p.operand(n, at)
		}
		return negate(n)
	case tPM, tMP:
		return p.term(false)
	}
	return p.product()
}

// term reads a sign and the term behind it, with its unit where each term has
// one.
func (p *parser) term(measured bool) *tree.Node {
	k, at := p.tok.kind, p.tok.start
	p.next()
	n := p.operand(p.signedAgain(), at)
	if measured {
		n = p.unitBehind(n)
	}
	switch k {
	case tMinus:
		return tree.New(tree.Neg, n)
	case tPM:
		return tree.New(tree.PlusMinus, n)
	case tMP:
		return tree.New(tree.MinusPlus, n)
	}
	return n
}

func (p *parser) startsSigned() bool { return p.sign() || p.starts() }

// signedAgain reads what stands behind a sign: as a rule no other sign.
func (p *parser) signedAgain() *tree.Node {
	if !p.sign() {
		return p.product()
	}
	if !p.enter() {
		return nothing
	}
	n := p.signed(true)
	p.depth--
	return n
}

// negate returns -n: a number with the other sign when n is a plain number.
func negate(n *tree.Node) *tree.Node {
	if n.Op != tree.Number {
		if n.Op == tree.Quantity {
			return tree.New(tree.Quantity, negate(n.Args[0]), n.Args[1])
		}
		if n.Op == tree.Text {
			n = symbolOf(n)
		}
		return tree.New(tree.Neg, n)
	}
	if num, _, ok := n.Small(); ok && num < 0 || !ok && n.Rat().Sign() < 0 {
		return tree.New(tree.Neg, n)
	}
	if n.Digits >= 0 {
		if num, den, ok := n.Small(); ok {
			return tree.Written(-num, den, n.Digits)
		}
		return tree.Decimal(new(big.Rat).Neg(n.Rat()), n.Digits)
	}
	return tree.NegRat(n)
}

// operand makes a value of n that arithmetic can use, or fails.
func (p *parser) operand(n *tree.Node, at int) *tree.Node {
	switch n.Op {
	case tree.Text:
		if s := symbolOf(n); s != n {
			return s
		}
		return p.failWords(at)
	}
	if !isValue(n) {
		return p.fail(at, "no value")
	}
	return n
}

// isValue reports a node that is neither a statement nor a list.
func isValue(n *tree.Node) bool {
	switch n.Op {
	case tree.Chain, tree.And, tree.Or, tree.Not, tree.Congruent, tree.List, tree.Lines, tree.Given, tree.Labeled:
		return false
	}
	return true
}

// symbolOf turns a text of one word into a symbol.
func symbolOf(n *tree.Node) *tree.Node {
	if len(n.Name) > 1 && (conditionWord(n.Name) != 0 || connector(n.Name) != 0 || shortWord(n.Name)) {
		return n
	}
	for i := 0; i < len(n.Name); i++ {
		if !isLetter(n.Name[i]) {
			return n
		}
	}
	if f := functions[strings.ToLower(n.Name)]; f.name != "" {
		return n
	}
	if hedges[strings.ToLower(n.Name)] {
		return n
	}
	switch n.Name {
	case "e":
		return tree.E
	case "i":
		return tree.I
	}
	return tree.Sym(n.Name)
}

// product reads factors with explicit and implicit multiplication and division.
func (p *parser) product() *tree.Node {
	at := p.tok.start
	var buf [8]*tree.Node
	factors := buf[:0]
	run := ""
	if p.tok.kind == tWord && len(p.tok.s) > 1 {
		run = p.tok.s
	}
	runEnd := p.tok.end
	literal := p.tok.kind == tNum
	last := p.arrow()
	f := p.power()
	factors = append(factors, f)
	literal = literal && integer(f)
	explicit, slashes := false, 0
	for p.err == nil {
		p.bud.Use(1)
		if isStatement(f) && len(factors) == 1 {
			return f
		}
		switch {
		case p.tok.kind == tTimes, p.timesWord(f):
			if last == aVector {
				if slashes++; slashes > maxRun {
					return p.fail(p.tok.start, "nested too deeply")
				}
			}
			sign := p.tok.s
			p.next()
			next := p.arrow()
			g := p.factor()
			if v := vectorProduct(sign, f, g); v != nil && last == aVector && next == aVector {
				f, factors[len(factors)-1] = v, v
			} else {
				f, factors = g, append(factors, g)
			}
			last = next
			literal, explicit = false, true
		case p.tok.kind == tSlash:
			if slashes++; slashes > maxRun {
				return p.fail(p.tok.start, "nested too deeply")
			}
			p.next()
			d, rest := p.divisor(factors)
			n := tree.New(tree.Div, p.operand(p.mul(factors, at), at), p.operand(d, at))
			factors = append(buf[:0], n)
			if rest != nil {
				factors = append(factors, rest)
			}
			f = factors[len(factors)-1]
			literal, explicit, last = false, true, aNumber
		case p.isWord("choose"):
			p.next()
			n := tree.Fn("binom", p.operand(p.mul(factors, at), at), p.operand(p.power(), at))
			factors = append(buf[:0], n)
			f, literal, explicit, last = n, false, true, aNumber
		case p.modWord():
			if slashes++; slashes > maxRun {
				return p.fail(p.tok.start, "nested too deeply")
			}
			p.next()
			m := p.power()
			n := tree.Fn("mod", p.operand(p.mul(factors, at), at), p.operand(m, at))
			factors = append(buf[:0], n)
			f, literal, explicit, last = n, false, true, aNumber
		case p.starts():
			if literal {
				m, ok := p.mixed(f)
				if ok {
					factors[len(factors)-1] = m
				} else if m != nil {
					factors = append(factors, m)
				}
				if m != nil {
					f, literal = m, false
					continue
				}
			}
			if p.tok.kind == tNum && (f.Op == tree.Number || !p.tok.space && f.Op != tree.Mul && !closes(p.src, p.prevEnd)) {
				if p.wordy() {
					return p.failWords(p.tok.start)
				}
				return p.fail(p.tok.start, "a number behind a number")
			}
			literal = p.tok.kind == tNum
			from := p.tok.start
			if next := p.arrow(); next == aMatrix && last == aMatrix {
				f = p.matrixProduct(f, p.power())
				factors[len(factors)-1] = f
				continue
			} else {
				last = next
			}
			f = p.power()
			if isStatement(f) {
				if p.cond != nil {
					return p.fail(from, "a second condition")
				}
				p.cond = f
				return p.mul(factors, at)
			}
			literal = literal && integer(f)
			factors = append(factors, f)
		default:
			n := p.mul(factors, at)
			if run != "" && !explicit && n.Op == tree.Mul && len(factors) == len(run) && p.prevEnd == runEnd {
				n.Name = run
			}
			return n
		}
	}
	return nothing
}

// closes reports whether the text up to end ends in a bracket or a letter, so
// that a number right behind is a factor.
func closes(src string, end int) bool {
	if end == 0 {
		return false
	}
	c := src[end-1]
	return c == ')' || c == '!' || c == '}' || c == ']' || c == '|' || isLetter(c) || c >= 0x80 || isDigit(c)
}

// mul makes a product of factors.
func (p *parser) mul(factors []*tree.Node, at int) *tree.Node {
	if len(factors) == 1 {
		return factors[0]
	}
	args := make([]*tree.Node, len(factors))
	for i, f := range factors {
		if isStatement(f) {
			return p.fail(at, "a statement in a product")
		}
		args[i] = p.operand(f, at)
	}
	return tree.New(tree.Mul, args...)
}

// factor reads a factor behind an explicit sign; it may have a sign of its own.
func (p *parser) factor() *tree.Node {
	if !p.sign() {
		return p.power()
	}
	if !p.enter() {
		return nothing
	}
	k := p.tok.kind
	p.next()
	at := p.tok.start
	n := p.operand(p.factor(), at)
	p.depth--
	switch k {
	case tMinus:
		return negate(n)
	case tPM:
		return tree.New(tree.PlusMinus, n)
	case tMP:
		return tree.New(tree.MinusPlus, n)
	}
	return n
}

// divisor reads what a slash divides by: the whole of an implicit product, as
// in 1/2a, except when both sides of the slash are plain numbers: 1/2 x. What
// then stands behind is left to the product.
func (p *parser) divisor(before []*tree.Node) (d, rest *tree.Node) {
	number := p.tok.kind == tNum && len(before) == 1 && before[0].Op == tree.Number
	d = p.factor()
	if number && d.Op == tree.Number || !p.starts() || p.tok.space || p.tok.kind == tLParen && d.Op != tree.Symbol {
		return d, nil
	}
	if p.tok.kind == tNum {
		return d, nil
	}
	args := []*tree.Node{d}
	for p.starts() && !p.tok.space && p.tok.kind != tNum && p.err == nil {
		f := p.power()
		if isStatement(f) {
			p.cond = f
			break
		}
		args = append(args, f)
	}
	return p.mul(args, p.tok.start), nil
}

// timesWord reports a letter x, or "times", that multiplies numbers: 3 x 10^8.
func (p *parser) timesWord(f *tree.Node) bool {
	if p.tok.kind != tWord || p.tok.part {
		return false
	}
	switch p.tok.s {
	case "times":
		return true
	case "x", "X":
		if f.Op != tree.Number {
			return false
		}
		return p.peek().kind == tNum
	}
	return false
}

// modWord reports the operator of remainders.
func (p *parser) modWord() bool {
	if p.congruent {
		return false
	}
	if p.tok.kind == tCmd {
		return p.tok.s == "bmod" || p.tok.s == "mod"
	}
	return p.tok.kind == tWord && p.tok.s == "mod" && p.tok.space
}

// mixed reads the fraction behind the integer of a mixed number. When what
// stands there is another factor, it returns that and false; nil when nothing
// was read.
func (p *parser) mixed(whole *tree.Node) (*tree.Node, bool) {
	switch {
	case p.tok.kind == tFrac, p.tok.kind == tCmd && (p.tok.s == "frac" || p.tok.s == "dfrac" || p.tok.s == "tfrac"):
		f := p.power()
		if f.Op == tree.Div && properFraction(f.Args[0], f.Args[1]) {
			return tree.New(tree.Add, whole, f), true
		}
		return f, false
	case p.tok.kind == tNum && p.tok.space:
		m := p.mark()
		a := p.literal()
		if p.tok.kind == tSlash && integer(a) {
			p.next()
			if p.tok.kind == tNum {
				b := p.literal()
				if properFraction(a, b) && p.tok.kind != tCaret {
					return tree.New(tree.Add, whole, tree.New(tree.Div, a, b)), true
				}
			}
		}
		p.reset(m)
	}
	return nil, false
}

// properFraction reports integers 0 < a < b.
func properFraction(a, b *tree.Node) bool {
	x, ok1 := a.Int64()
	y, ok2 := b.Int64()
	return ok1 && ok2 && a.Digits < 0 && b.Digits < 0 && 0 < x && x < y
}

// starts reports whether the token begins a factor.
func (p *parser) starts() bool {
	switch p.tok.kind {
	case tLParen:
		return !p.modAhead() && !p.remarkAhead()
	case tSym:
		return !p.ohm() && p.micro() == ""
	case tNum, tConst, tLBrace, tLBar, tLFloor, tLCeil, tRoot, tFrac, tSetName, tLNull:
		return true
	case tLBrack:
		return !p.euro
	case tLSet:
		return true
	case tDBar:
		return p.dbars == 0
	case tBar:
		return p.bars == 0 && !p.setSep && p.barAhead()
	case tWord:
		return p.wordStarts()
	case tText:
		if p.tok.part && p.differentialEnd() {
			return false
		}
		s := strings.TrimSpace(p.tok.s)
		return (p.tok.part || functions[s].name != "" || oneLetter(s)) && !p.unitStarts()
	case tCmd:
		return (factorCommands[p.tok.s] || functions[p.tok.s].name != "") && !p.unitStarts()
	}
	return false
}

// ohm reports an Omega that ends a number: 5 Ω.
func (p *parser) ohm() bool {
	return p.tok.s == "Omega" && p.prevEnd > 0 && isDigit(p.src[p.prevEnd-1]) && strings.Trim(p.src[p.tok.end:], " $") == ""
}

// modAhead reports "(mod" at the token.
func (p *parser) modAhead() bool {
	rest := strings.TrimLeft(p.src[p.tok.end:min(p.tok.end+16, len(p.src))], " ")
	for _, m := range [...]string{"mod ", `\bmod`, `\mod`, `\mathrm{mod`, `\text{mod`, `mod\`} {
		if strings.HasPrefix(rest, m) {
			return true
		}
	}
	return false
}

func oneLetter(s string) bool { return len(s) == 1 && isLetter(s[0]) }

// factorCommands begin a factor; functions do so too.
var factorCommands = map[string]bool{
	"frac": true, "dfrac": true, "tfrac": true, "cfrac": true, "sfrac": true, "nicefrac": true, "sqrt": true, "cbrt": true,
	"binom": true, "dbinom": true, "tbinom": true, "begin": true, "sum": true, "prod": true, "int": true, "iint": true, "lim": true,
	"overline": true, "bar": true, "overrightarrow": true, "vec": true, "hat": true, "widehat": true, "tilde": true,
	"angle": true, "triangle": true, "measuredangle": true, "overset": true, "dot": true, "widetilde": true, "ddot": true,
	"Pr": true, "overparen": true, "wideparen": true, "overarc": true, "partial": true,
}

// barAhead reports whether another bar follows that could close one opened
// here.
func (p *parser) barAhead() bool {
	end := min(p.tok.end+200, len(p.src))
	for i := p.tok.end; i < end; i++ {
		if p.src[i] == '|' {
			return true
		}
	}
	return false
}
