package syntax

import (
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// symbol reads what belongs to the name of a symbol: subscripts and primes;
// and what makes it something else: an argument list, or the two numbers of
// C_5^2.
func (p *parser) symbol(name string) *tree.Node {
	letter := name
	if p.tok.kind == tNum && p.indexed(name) {
		name += "_" + p.tok.s
		p.next()
	}
	if p.tok.kind == tLBrack && (name == "E" || name == "P") && !p.tok.space {
		return p.expectation(name)
	}
	if p.tok.kind == tLParen && !p.tok.space {
		return p.called(name, letter)
	}
	if p.tok.kind == tCaret && (name == "C" || name == "A" || name == "P") {
		if n := p.raisedFirst(name); n != nil {
			return n
		}
	}
	primes := 0
	for p.err == nil {
		switch p.tok.kind {
		case tPrime:
			primes++
			p.next()
			continue
		case tCaret:
			if p.primeExponent() {
				primes++
				continue
			}
		case tUnder, tSub:
			if strings.Contains(name, "_") {
				return p.fail(p.tok.start, "a second subscript")
			}
			sub, node := p.subscript()
			if node != nil && (letter == "C" || letter == "A" || letter == "P") && (p.tok.kind == tCaret || p.tok.kind == tSup) {
				if n := p.selection(letter, node); n != nil {
					return n
				}
			}
			name += "_" + sub
			if len(name) > maxArgument {
				return p.fail(p.tok.start, "a subscript too long")
			}
			continue
		}
		break
	}
	if primes > 0 {
		name += strings.Repeat("'", primes)
	}
	if p.tok.kind == tLBrack && (letter == "E" || letter == "P") && !p.tok.space {
		return p.expectation(name)
	}
	if p.tok.kind == tLParen && !p.tok.space || p.tok.kind == tCaret && functionLetter(letter) {
		return p.called(name, letter)
	}
	return tree.Sym(name)
}

// maxIndex bounds the digits of a subscript on the line.
const maxIndex = 4

// indexed reports digits right behind a letter, a subscript in plain text: x1
// is x_1.
func (p *parser) indexed(name string) bool {
	return len(name) == 1 && name != "i" && !p.tok.space && !p.tok.sep && p.tok.start > 0 && p.src[p.tok.start-1] == name[0] &&
		len(p.tok.s) <= maxIndex && allDigits(p.tok.s) && (p.tok.end == len(p.src) || p.src[p.tok.end] != '.' || !isDigit(p.at(1)))
}

// primeExponent passes ^\prime and ^{\prime}.
func (p *parser) primeExponent() bool {
	rest := strings.TrimLeft(p.src[p.tok.end:min(p.tok.end+12, len(p.src))], " {")
	if !strings.HasPrefix(rest, `\prime`) && !strings.HasPrefix(rest, "'") {
		return false
	}
	p.next()
	if p.tok.kind == tLBrace {
		p.next()
		p.next()
		p.expect(tRBrace, "a closing brace")
		return true
	}
	p.next()
	return true
}

// subscript reads a subscript: its spelling for the name, and its value when
// it is a number or a letter.
func (p *parser) subscript() (string, *tree.Node) {
	if p.tok.kind == tSub {
		s := p.tok.s
		p.next()
		return s, subValue(s)
	}
	p.next()
	switch p.tok.kind {
	case tNum:
		s := compact(p.tok.s)
		p.next()
		return s, subValue(s)
	case tWord:
		s := p.tok.s
		if p.latex && len(s) > 1 {
			s = s[:1]
			p.letter()
			return s, subValue(s)
		}
		p.next()
		return s, subValue(s)
	case tSym, tConst:
		s := p.tok.s
		p.next()
		return s, nil
	case tLBrace:
		raw := p.rawGroup()
		s := compact(raw)
		if s == "" {
			p.fail(p.tok.start, "an empty subscript")
		}
		return s, subValue(strings.Trim(s, "{}"))
	case tText:
		s := compact(p.tok.s)
		if s == "" || strings.ContainsAny(s, "\\{}") {
			break
		}
		p.next()
		return s, nil
	case tTimes:
		p.next()
		return "{*}", nil
	}
	p.fail(p.tok.start, "missing subscript")
	return "", nil
}

func subValue(s string) *tree.Node {
	if len(s) == 1 && isLetter(s[0]) {
		return tree.Sym(s)
	}
	if len(s) <= 9 && allDigits(s) {
		v := int64(0)
		for i := 0; i < len(s); i++ {
			v = v*10 + int64(s[i]-'0')
		}
		return tree.Int(v)
	}
	return nil
}

// compact is the canonical spelling of a subscript: without white space that
// separates nothing, without faces and outer braces; in braces unless it is
// letters and digits.
func compact(raw string) string {
	s := strings.Replace(trimSpacing(raw), `\text {`, `\text{`, 1)
	for _, cut := range [...]string{`\text{`, `\mathrm{`, `\textrm{`, `\rm `, `\operatorname{`, `\mbox{`} {
		if strings.HasPrefix(s, cut) && braced(s[strings.IndexAny(s, "{ "):]) == len(s)-strings.IndexAny(s, "{ ") {
			s = strings.TrimSuffix(s[len(cut):], "}")
		}
	}
	s = trimSpacing(s)
	b := make([]byte, 0, len(s)+2)
	plain := true
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == ' ' || c == '\t' || c == '\n' || c == '\r' {
			if len(b) == 0 || i+1 == len(s) || !isLetter(b[len(b)-1]) || !isLetter(s[i+1]) {
				continue
			}
			c = ' '
		}
		plain = plain && (isLetter(c) || isDigit(c))
		b = append(b, c)
	}
	if plain {
		return string(b)
	}
	return "{" + string(b) + "}"
}

// selection reads the upper number of C_5^2, or returns nil when it is a power
// of a symbol.
func (p *parser) selection(letter string, lower *tree.Node) *tree.Node {
	m := p.mark()
	var upper *tree.Node
	if p.tok.kind == tSup {
		upper = p.script(p.tok.s)
		p.next()
	} else {
		p.next()
		if p.tok.kind == tLBrace {
			upper = subValue(strings.TrimSpace(p.rawGroup()))
		} else if p.tok.kind == tNum || p.tok.kind == tWord {
			upper = p.texArg()
		}
	}
	if upper != nil && p.err == nil && selects(lower, upper) {
		return selectionOf(letter, lower, upper)
	}
	if p.err == nil {
		p.reset(m)
	}
	return nil
}

func selectionOf(letter string, n, k *tree.Node) *tree.Node {
	if letter == "C" {
		return tree.Fn("binom", n, k)
	}
	return tree.Fn("perm", n, k)
}

// selects reports numbers and letters that can count a selection of k out of
// n. C_1^2 is the square of a constant C_1.
func selects(n, k *tree.Node) bool {
	a, ok1 := n.Int64()
	b, ok2 := k.Int64()
	switch {
	case ok1 && ok2:
		return a >= b && a > 1
	case ok1:
		return a > 2 && k.Op == tree.Symbol
	}
	return n.Op == tree.Symbol && (n.Name == "n" || n.Name == "m" || n.Name == "N")
}

// raisedFirst reads C^2_5: the upper number first.
func (p *parser) raisedFirst(letter string) *tree.Node {
	rest := p.src[p.tok.end:min(p.tok.end+16, len(p.src))]
	i := 0
	if rest != "" && rest[0] == '{' {
		i = strings.IndexByte(rest, '}')
	}
	if i < 0 || i+1 >= len(rest) || rest[i+1] != '_' {
		return nil
	}
	m := p.mark()
	p.next()
	var upper *tree.Node
	if p.tok.kind == tLBrace {
		upper = subValue(strings.TrimSpace(p.rawGroup()))
	} else if p.tok.kind == tNum || p.tok.kind == tWord {
		upper = p.texArg()
	}
	if upper != nil && p.err == nil && p.tok.kind == tUnder {
		_, lower := p.subscript()
		if lower != nil && selects(lower, upper) {
			return selectionOf(letter, lower, upper)
		}
	}
	if p.err == nil {
		p.reset(m)
	}
	return nil
}

// functionLetter reports the letters that name functions.
func functionLetter(s string) bool { return s == "f" || s == "g" || s == "h" }

// called reads an argument list behind a name, where the name is that of a
// function: f and g always, other letters when their argument is a lone symbol
// or number.
func (p *parser) called(name, letter string) *tree.Node {
	if p.tok.kind == tCaret {
		// f^{-1}(x)
		rest := p.src[p.tok.start:min(p.tok.start+12, len(p.src))]
		for _, inv := range [...]string{"^{-1}(", `^{-1}\left(`} {
			if strings.HasPrefix(rest, inv) || strings.HasPrefix(inv, rest) && len(rest) == len(inv) {
				p.next()
				p.rawGroup()
				return p.call(name + "^{-1}")
			}
		}
		return tree.Sym(name)
	}
	switch letter {
	case "f", "g":
		return p.call(name)
	case "E":
		if capital(p.bracketed()) {
			return p.call(name)
		}
	case "phi":
		if name == "phi" {
			return tree.Fn("phi", p.arguments()...)
		}
	case "Gamma":
		return tree.Fn("gamma", p.arguments()...)
	case "zeta":
		return tree.Fn("zeta", p.arguments()...)
	case "C", "P", "A":
		if p.twoNumbers() {
			if args := p.arguments(); len(args) == 2 {
				return selectionOf(letter, args[0], args[1])
			}
			return p.fail(p.tok.start, "two numbers were expected")
		}
	}
	if p.simpleCall(letter, len(name) > len(letter) && name[len(letter)] == '\'') {
		return p.call(name)
	}
	return tree.Sym(name)
}

func (p *parser) call(name string) *tree.Node {
	args := p.arguments()
	if len(args) == 0 {
		return nothing
	}
	return tree.Named(tree.Call, name, args...)
}

// arguments reads values in parentheses.
func (p *parser) arguments() []*tree.Node {
	it, closing := p.elements()
	if p.err != nil {
		return []*tree.Node{nothing}
	}
	if closing != tRParen {
		p.fail(p.tok.start, "a bracket is not closed")
	}
	for i, n := range it.nodes {
		if n.Op != tree.Chain {
			it.nodes[i] = p.operand(n, p.tok.start)
		}
	}
	return it.nodes
}

// twoNumbers reports (5,2) or (n,k) ahead.
func (p *parser) twoNumbers() bool {
	s := p.src[p.tok.end:min(p.tok.end+24, len(p.src))]
	i := strings.IndexByte(s, ')')
	if i < 0 {
		return false
	}
	a, b, ok := strings.Cut(s[:i], ",")
	if !ok {
		return false
	}
	a, b = strings.TrimSpace(a), strings.TrimSpace(b)
	return allDigits(a) && (allDigits(b) || oneLetter(b)) || (a == "n" || a == "m") && (allDigits(b) || oneLetter(b))
}

// simpleCall reports whether the argument ahead is a lone symbol or number and
// the letter one that names functions, or an equals sign follows.
func (p *parser) simpleCall(letter string, primed bool) bool {
	if letter == "P" && event(p.bracketed()) {
		return true
	}
	s := p.src[p.tok.end:min(p.tok.end+40, len(p.src))]
	i := strings.IndexByte(s, ')')
	if i <= 0 {
		return false
	}
	arg := strings.TrimSpace(s[:i])
	arg = strings.TrimSpace(strings.TrimSuffix(arg, `\right`))
	simple, number := false, false
	switch {
	case oneLetter(arg):
		simple = true
	case allDigits(strings.TrimPrefix(arg, "-")):
		simple, number = true, true
	case len(arg) > 1 && arg[0] == '\\' && wordValue(arg[1:]) != nil:
		simple = true
	}
	if !simple {
		return false
	}
	if k := p.tok.start - 2; primed || arg == "0" && len(letter) == 1 && (k < 0 || !isLetter(p.src[k])) {
		return true
	}
	rest := strings.TrimLeft(s[i+1:], " &")
	if strings.HasPrefix(rest, "=") && p.tok.start == p.first+len(letter) && p.diffs == 0 {
		return true
	}
	if number {
		return strings.Contains("fghFGHPQpqr", letter) && letter != ""
	}
	return letter != "" && strings.Contains("fghFGHPQpquvyTRSLWVXY", letter) || letter == "psi" || letter == "Phi" || letter == "varphi"
}

// bracketed returns the text in the parentheses that open at the token.
func (p *parser) bracketed() string {
	depth := 0
	for i := p.tok.start; i < min(p.tok.start+300, len(p.src)); i++ {
		switch p.src[i] {
		case '(':
			depth++
		case ')':
			depth--
			if depth == 0 {
				return p.src[p.tok.end:i]
			}
		}
	}
	return ""
}

// event reports an argument of a probability: A|B, X=2, A \cup B.
func event(arg string) bool {
	if strings.IndexAny(arg, "=<>") > 0 || strings.Count(arg, "|") == 1 || arg != "" && capitals(strings.TrimRight(arg, "'")) {
		return true
	}
	for _, cmd := range [...]string{`\cup`, `\cap`, `\mid`, `\le`, `\ge`, `\leq`, `\geq`, `\ne`, `\neq`, `\in`} {
		if i := strings.Index(arg, cmd+" "); i > 0 {
			return true
		}
	}
	return false
}

// pointAhead reports a point with its coordinates at the token and nothing
// behind it: A(1,2). Two numbers behind C or P count a selection, if they can.
func (p *parser) pointAhead() bool {
	name := p.tok.s[0]
	if name < 'A' || name > 'Z' {
		return false
	}
	open := p.src[p.tok.end:min(p.tok.end+maxPoint, len(p.src))]
	sized := strings.HasPrefix(open, `\left(`)
	if sized {
		open = open[5:]
	}
	if open == "" || open[0] != '(' {
		return false
	}
	depth, comma, end := 0, 0, 0
	for i := 0; i < len(open) && end == 0; i++ {
		switch c := open[i]; c {
		case '(', '{':
			depth++
		case '}', ')':
			depth--
			if depth == 0 {
				end = i
			}
		case ',':
			if depth == 1 {
				comma = i
			}
		case '=', '<', '>', '|':
			return false
		}
	}
	if comma == 0 || end == 0 || capital(open[1:end]) {
		return false
	}
	if (name == 'C' || name == 'P') && selection(strings.TrimSpace(open[1:comma]), strings.TrimSpace(open[comma+1:end])) || strings.Contains(open[:end], `\inf`) {
		return false
	}
	rest := trimSpacing(strings.TrimLeft(open[end+1:], "$"))
	if rest == "" {
		return true
	}
	for _, s := range [...]string{",", ";", "and ", "or ", "和", `\text{and`, `\text{ and`, `\text{ or`, "、", "，"} {
		if strings.HasPrefix(rest, s) {
			return true
		}
	}
	return false
}

// maxPoint bounds the text of a point.
const maxPoint = 100

// selection reports spellings of n and k that can count a selection of k out of
// n.
func selection(n, k string) bool {
	if n == "n" || n == "m" {
		return allDigits(k) || oneLetter(k)
	}
	if !allDigits(n) || len(n) > 9 || len(k) > 9 {
		return false
	}
	if oneLetter(k) {
		return true
	}
	if !allDigits(k) {
		return false
	}
	a, _ := subValue(n).Int64()
	b, _ := subValue(k).Int64()
	return a >= b
}
