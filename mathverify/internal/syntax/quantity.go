package syntax

import (
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

func unitNode(name string) *tree.Node {
	if a, b, ok := strings.Cut(name, "/"); ok {
		return tree.New(tree.Div, unitNode(a), unitNode(b))
	}
	return &tree.Node{Op: tree.Unit, Name: name}
}

// unitBehind reads the number word, the unit or the noun behind a value, and the
// remark behind that.
func (p *parser) unitBehind(n *tree.Node) *tree.Node {
	n = p.measured(n)
	if p.tok.kind == tText || p.tok.kind == tLParen {
		return p.remarked(n)
	}
	return n
}

// counts reports what a number word can stand behind: no words.
func counts(n *tree.Node) bool {
	return n.Op != tree.Text && n.Op != tree.Symbol && (n.Op != tree.Mul || n.Name == "")
}

func (p *parser) measured(n *tree.Node) *tree.Node {
	if p.err != nil || p.differentialEnd() {
		return n
	}
	for i := 0; i < 4 && (p.tok.kind == tWord || p.tok.kind == tText); i++ {
		m := magnitude(strings.Trim(p.tok.s, " ~"))
		if m == nil || isStatement(n) || !counts(n) {
			break
		}
		n = p.operand(n, p.tok.start)
		p.next()
		if n.Op == tree.Quantity {
			n = tree.New(tree.Quantity, tree.New(tree.Mul, n.Args[0], m), n.Args[1])
		} else {
			n = tree.New(tree.Mul, n, m)
		}
	}
	if n.Op == tree.Quantity || isStatement(n) {
		return n
	}
	switch p.tok.kind {
	case tText:
		p.trimRemark()
	case tWord, tMoney, tCmd, tSym:
	default:
		return n
	}
	if !p.unitStarts() {
		return p.noun(n)
	}
	if n.Op == tree.Text || n.Op == tree.Ellipsis {
		return n
	}
	at := p.tok.start
	if u := p.unitExpr(false); u != nil {
		if n.Op == tree.Degree && u.Op == tree.Unit {
			switch u.Name {
			case "C", "F":
				return tree.New(tree.Quantity, n.Args[0], unitNode("deg"+u.Name))
			case "degC", "degF":
				return tree.New(tree.Quantity, n.Args[0], u)
			}
		}
		if n.Op == tree.Symbol && u.Op == tree.Unit && len(u.Name) == 1 {
			return p.failWords(at)
		}
		return tree.New(tree.Quantity, n, u)
	}
	return n
}

// compound reads a quantity in several units: 5 feet 3 inches.
func (p *parser) compound(first *tree.Node) *tree.Node {
	terms := []*tree.Node{first}
	for p.tok.kind == tNum && p.err == nil && len(terms) < 4 {
		at := p.tok.start
		n := p.unitBehind(p.product())
		if n.Op != tree.Quantity {
			return p.failWords(at)
		}
		terms = append(terms, n)
	}
	return tree.New(tree.Add, terms...)
}

// noun reads one word behind a number that counts things: 12 students. More
// words make a sentence, which is no value.
func (p *parser) noun(n *tree.Node) *tree.Node {
	if p.tok.kind == tMoney || p.tok.kind == tCmd || p.tok.kind == tSym {
		return n
	}
	s := trimSpacing(p.tok.s)
	if connector(p.tok.s) != 0 || conditionWord(p.tok.s) != 0 || s == "in" || s == "union" || s == "U" || s == "mod" {
		return n
	}
	if s == "" {
		p.next()
		return n
	}
	if p.tok.kind == tText && (s[0] == '(' || s == "to") {
		return n // a remark in brackets, a ratio
	}
	at := p.tok.start
	switch n.Op {
	case tree.Number, tree.Add, tree.Mul, tree.Div, tree.Neg, tree.Pow, tree.Root, tree.Percent:
	default:
		return n
	}
	if w, rest := chineseScale(s); w != nil && (p.tok.kind == tWord || p.tok.kind == tText) {
		n = tree.New(tree.Mul, n, w)
		if rest == "" {
			p.next()
			return n
		}
		p.tok.s = rest // 5万元
		return p.noun(n)
	}
	if half := strings.ToLower(s); half == "am" || half == "pm" || half == "a.m." || half == "p.m." || half == "a" || half == "p" {
		return n
	}
	if len(s) < 3 || percentWord(s) != 0 || connector(strings.ToLower(s)) != 0 || conditionWord(s) != 0 || functions[strings.ToLower(s)].name != "" || denials[strings.ToLower(s)] || !nounLetters(s) || magnitude(s) != nil {
		if p.tok.kind == tText || p.plainNoun() {
			return p.failWords(at)
		}
		return n
	}
	if p.tok.kind == tWord && !p.plainNoun() {
		return n
	}
	if u, ok := unitWord(s); ok {
		p.next()
		return tree.New(tree.Quantity, n, unitNode(u))
	}
	if _, ok := unitWord(strings.ToLower(s)); ok {
		return p.failWords(at)
	}
	if !p.alone() && p.peek().kind != tDot {
		if t := p.peek(); t.kind == tWord || t.kind == tText {
			if connector(t.s) == 0 && conditionWord(t.s) == 0 {
				return p.failWords(at)
			}
		}
	}
	p.next()
	return tree.New(tree.Quantity, n, &tree.Node{Op: tree.Unit, Name: "?" + strings.ToLower(s)})
}

func nounLetters(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isLetter(s[i]) && s[i] < 0x80 {
			return false
		}
	}
	return true
}

// unitStarts reports whether a unit begins at the token.
func (p *parser) unitStarts() bool {
	switch p.tok.kind {
	case tMoney:
		t := p.peek()
		return t.kind != tNum
	case tText:
		s := trimSpacing(p.tok.s)
		if s == "" || connector(p.tok.s) != 0 || conditionWord(p.tok.s) != 0 {
			return false
		}
		if p.prevEnd == 0 {
			return false
		}
		if len(s) == 1 {
			_, ok := unitWord(s)
			return ok && behindNumber(p.src, p.prevEnd)
		}
		u := p.unitText(s)
		return u != nil && (u.Op != tree.Unit || len(u.Name) > 1 || behindNumber(p.src, p.prevEnd))
	case tWord:
		return !p.tok.part && p.plainUnit()
	case tCmd:
		return p.prevEnd > 0 && p.fractionUnit() != nil
	case tSym:
		return p.ohm() || p.micro() != ""
	}
	return false
}

// micro returns the unit that a mu and a letter behind a number make: 5 μm.
func (p *parser) micro() string {
	if p.tok.s != "mu" || !behindNumber(p.src, p.prevEnd) {
		return ""
	}
	switch t := p.peek(); {
	case t.kind == tText, t.kind == tWord && !t.space && !p.latex && p.tok.space:
		switch trimSpacing(t.s) {
		case "m":
			return "um"
		case "g":
			return "ug"
		case "s":
			return "us"
		case "F":
			return "uF"
		}
	}
	return ""
}

// fractionUnit reads \frac{\text{m}}{\text{s}} without passing it.
func (p *parser) fractionUnit() *tree.Node {
	if p.tok.s != "frac" && p.tok.s != "dfrac" && p.tok.s != "tfrac" {
		return nil
	}
	rest := p.src[p.tok.end:min(p.tok.end+80, len(p.src))]
	if !strings.HasPrefix(rest, `{\text{`) && !strings.HasPrefix(rest, `{\mathrm{`) {
		return nil
	}
	n := braced(rest)
	if n == 0 {
		return nil
	}
	m := braced(rest[n:])
	if m == 0 {
		return nil
	}
	a, b := p.unitText(inside(rest[:n])), p.unitText(inside(rest[n:n+m]))
	if a == nil || b == nil {
		return nil
	}
	return tree.New(tree.Div, a, b)
}

// passFraction passes the two groups of a fraction.
func (p *parser) passFraction() {
	rest := p.src[p.tok.end:min(p.tok.end+80, len(p.src))]
	n := braced(rest)
	p.pos = p.tok.end + n + braced(rest[n:])
	p.tok.end = p.pos
	p.next()
}

// behindNumber reports whether the text up to end can be the end of a number.
func behindNumber(src string, end int) bool {
	if end == 0 {
		return false
	}
	c := src[end-1]
	return isDigit(c) || c == '}' || c == ')' || c == '.' || strings.HasSuffix(src[:end], `\pi`) || strings.HasSuffix(src[:end], "π")
}

// plainUnit reports whether the word at the token is a unit there.
func (p *parser) plainUnit() bool {
	s := p.tok.s
	if p.prevEnd == 0 || s == "per" {
		return false
	}
	behind := behindNumber(p.src, p.prevEnd)
	switch {
	case s == "square" || s == "cubic" || s == "sq" || s == "cu":
		return p.tok.space
	case len(s) == 1:
		if !behind || !p.tok.space || p.latex || !strings.Contains(plainLetters, s) || len(p.src) > 40 {
			return false
		}
		rest := p.src[p.tok.end:]
		if (s == "m" || s == "g" || s == "N") && len(rest) > 1 && rest[0] == '/' && (rest[1] == 's' || rest[1] == 'm' || rest[1] == 'L') && (len(rest) == 2 || !isLetter(rest[2])) {
			return true
		}
		return onlyLetter(p.src, p.tok.start)
	case s == "in" && (!behind || strings.TrimSpace(p.src[p.tok.end:]) != "" && p.byteAhead() != '^'):
		return false
	case s == "min" && (p.byteAhead() == '(' || p.byteAhead() == '_'):
		return false
	case len(s) <= 4:
		if !behind {
			return false
		}
		if gluedUnits[s] || p.tok.space && spacedUnits[s] {
			return true
		}
		if len(s) < 4 && s != "won" && s != "yen" && s != "day" && s != "amp" && s != "cup" && s != "ton" && s != "bit" && s != "ohm" {
			return false
		}
	}
	if len(s) >= 3 {
		if _, ok := unitWord(s); ok {
			return p.tok.space || behind && len(s) > 3
		}
		if s == "US" || s == "fluid" || s == "percentage" || s == "basis" || s == "nautical" || s == "light" || s == "metric" {
			return true
		}
	}
	return false
}

// onlyLetter reports that the byte at i is the only letter of s.
func onlyLetter(s string, at int) bool {
	for i := 0; i < len(s); i++ {
		if isLetter(s[i]) && i != at || s[i] == '^' || s[i] == '=' {
			return false
		}
	}
	return true
}

// unitText reads words as a unit, or returns nil.
func (p *parser) unitText(s string) *tree.Node {
	if len(s) > 60 || s == "" {
		return nil
	}
	s = strings.TrimSuffix(s, ".")
	q := parser{lexer: lexer{src: s, math: false, latex: false}, opts: p.opts, bud: p.bud, depth: p.depth + 1}
	if q.depth > maxDepth {
		return nil
	}
	q.next()
	u := q.unitExpr(true)
	if q.err != nil || q.tok.kind != tEOF {
		return nil
	}
	return u
}

// unitExpr reads a unit: products, quotients and powers of names. Inside text
// every name may stand alone.
func (p *parser) unitExpr(inText bool) *tree.Node {
	u := p.unitFactor(inText)
	if u == nil {
		return nil
	}
	for i := 0; p.err == nil && i < 10; i++ {
		switch {
		case p.tok.kind == tSlash || p.tok.kind == tWord && p.tok.s == "per" ||
			p.tok.kind == tText && strings.HasPrefix(strings.TrimLeft(p.tok.s, " ~"), "per ") || p.tok.kind == tWord && p.tok.s == "a" && p.tok.space && money(u):
			m := p.mark()
			if p.tok.kind == tText {
				s := strings.TrimPrefix(strings.TrimLeft(p.tok.s, " ~"), "per ")
				v := p.unitText(trimSpacing(s))
				if v == nil {
					return u
				}
				p.next()
				u = tree.New(tree.Div, u, v)
				continue
			}
			p.next()
			v := p.unitFactor(true)
			if v == nil {
				if p.err == nil {
					p.reset(m)
				}
				return u
			}
			u = tree.New(tree.Div, u, v)
			continue
		case p.tok.kind == tTimes, p.tok.kind == tMinus && inText && p.byteAhead() != ' ':
			m := p.mark()
			p.next()
			if v := p.unitFactor(true); v != nil {
				u = timesUnit(u, v)
				continue
			}
			if p.err == nil {
				p.reset(m)
			}
			return u
		case p.tok.kind == tText && u.Op != tree.Quantity:
			s := trimSpacing(p.tok.s)
			if v, ok := strings.CutPrefix(s, "/"); ok {
				if w := p.unitText(strings.TrimSpace(v)); w != nil {
					p.next()
					u = tree.New(tree.Div, u, p.unitPower(w))
					continue
				}
			} else if connector(p.tok.s) == 0 && conditionWord(p.tok.s) == 0 && len(s) > 0 {
				if w := p.unitText(s); w != nil && p.tok.part {
					p.next()
					u = timesUnit(u, p.unitPower(w))
					continue
				}
			}
			return u
		case p.tok.kind == tWord && inText && p.tok.space:
			if v := p.unitFactor(true); v != nil {
				u = timesUnit(u, v)
				continue
			}
			return u
		}
		return u
	}
	return u
}

func money(u *tree.Node) bool {
	return u.Op == tree.Unit && (u.Name == "USD" || u.Name == "EUR" || u.Name == "GBP")
}

// unitFactor reads one name with its power.
func (p *parser) unitFactor(inText bool) *tree.Node {
	switch p.tok.kind {
	case tMoney:
		u := unitNode(p.tok.s)
		p.next()
		return u
	case tText:
		s := trimSpacing(p.tok.s)
		if name, ok := unitWord(s); ok {
			p.next()
			return p.unitPower(unitNode(name))
		}
		if len(s) >= len(p.src) {
			return nil
		}
		u := p.unitText(s)
		if u == nil {
			return nil
		}
		p.next()
		return p.unitPower(u)
	case tCmd:
		u := p.fractionUnit()
		if u != nil {
			p.passFraction()
		}
		return u
	case tDegree:
		if t := p.peek(); t.kind == tWord && (t.s == "C" || t.s == "F") {
			p.next()
			p.next()
			return unitNode("deg" + t.s)
		}
		return nil
	case tSym:
		if p.tok.s == "Omega" {
			p.next()
			return unitNode("ohm")
		}
		if u := p.micro(); u != "" {
			p.next()
			p.next()
			return p.unitPower(unitNode(u))
		}
		return nil
	case tWord:
	default:
		return nil
	}
	power := int64(0)
	s := p.tok.s
	switch s {
	case "square", "Square", "sq":
		power = 2
	case "cubic", "Cubic", "cu":
		power = 3
	}
	if power > 0 {
		m := p.mark()
		p.next()
		if p.tok.kind == tDot {
			p.next()
		}
		if p.tok.kind == tText {
			if u := p.unitText(trimSpacing(p.tok.s)); u != nil {
				p.next()
				return tree.New(tree.Pow, u, tree.Int(power))
			}
		}
		if p.tok.kind == tWord {
			if u, ok := unitWord(p.tok.s); ok {
				p.next()
				return tree.New(tree.Pow, unitNode(u), tree.Int(power))
			}
		}
		p.reset(m)
		return nil
	}
	if t := p.peek(); t.kind == tWord && t.space {
		if u, ok := unitNames[s+" "+t.s]; ok {
			p.next()
			p.next()
			return p.unitPower(unitNode(u))
		}
		if n := len(t.s); n > 1 && t.s[n-1] == 's' {
			if u, ok := unitNames[s+" "+t.s[:n-1]]; ok {
				p.next()
				p.next()
				return p.unitPower(unitNode(u))
			}
		}
	}
	u, ok := unitWord(s)
	if !ok {
		return nil
	}
	p.next()
	if p.tok.kind == tDot && !inText {
		if t := p.peek(); t.kind == tEOF {
			p.next()
		}
	}
	return p.unitPower(unitNode(u))
}

// unitPower reads the power behind a unit; behind a quotient it belongs to the
// denominator.
func (p *parser) unitPower(u *tree.Node) *tree.Node {
	var e *tree.Node
	switch {
	case p.tok.kind == tCaret:
		p.next()
		e = p.exponentValue()
	case p.tok.kind == tSup:
		e = p.script(p.tok.s)
		p.next()
	case p.tok.kind == tNum && !p.tok.space && (p.tok.s == "2" || p.tok.s == "3"):
		e = p.literal()
	case p.tok.kind == tWord && p.tok.space && p.tok.s == "squared":
		p.next()
		e = tree.Int(2)
	case p.tok.kind == tWord && p.tok.space && p.tok.s == "cubed":
		p.next()
		e = tree.Int(3)
	default:
		return u
	}
	if v, ok := e.Int64(); !ok || v > 9 || v < -9 {
		return p.fail(p.tok.start, "an unknown power of a unit")
	}
	if u.Op == tree.Pow || (u.Op == tree.Div || u.Op == tree.Mul) && u.Args[len(u.Args)-1].Op != tree.Unit {
		return p.fail(p.tok.start, "a second power of a unit")
	}
	if u.Op == tree.Div || u.Op == tree.Mul {
		last := len(u.Args) - 1
		args := append([]*tree.Node(nil), u.Args...)
		args[last] = tree.New(tree.Pow, args[last], e)
		return tree.New(u.Op, args...)
	}
	return tree.New(tree.Pow, u, e)
}

// timesUnit returns the product of units as one quotient.
func timesUnit(u, v *tree.Node) *tree.Node {
	if v.Op == tree.Div {
		return tree.New(tree.Div, timesUnit(u, v.Args[0]), v.Args[1])
	}
	return tree.New(tree.Mul, u, v)
}
