package syntax

import (
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// wordValue is a plain word that stands for a constant, a symbol or a set.
func wordValue(s string) *tree.Node {
	switch s {
	case "pi", "Pi", "PI":
		return tree.Pi
	case "infinity", "Infinity", "infty", "oo", "inf", "INFINITY":
		return tree.Inf
	case "emptyset", "EmptySet":
		return tree.Empty
	}
	for _, g := range greek {
		if g == s {
			return tree.Sym(g)
		}
	}
	return nil
}

// word reads a run of letters: a function, a constant, a word, or letters that
// are multiplied, of which it reads the first.
func (p *parser) word() *tree.Node {
	s, at := p.tok.s, p.tok.start
	if len(s) > 1 && !p.tok.part {
		if statistic(s) && p.bracketAhead() {
			return p.statistic(s)
		}
		if f, ok := functions[s]; ok && f.plain {
			p.next()
			return p.function(f)
		}
		if n, ok := p.operator(s); ok {
			return n
		}
		if code := moneyCode(s); code != "" {
			if t := p.peek(); t.kind == tNum || t.kind == tMoney {
				p.next()
				if p.tok.kind == tMoney {
					return p.amount()
				}
				return p.amountOf(code, at)
			}
		}
		if v := wordValue(s); v != nil {
			p.next()
			if v.Op == tree.Symbol {
				return p.symbol(v.Name)
			}
			return v
		}
		if k := functionPrefix(s); k > 0 {
			p.prevEnd = p.tok.start + k
			f := functions[s[:k]]
			p.tok.s = s[k:]
			p.tok.start += k
			p.tok.part, p.tok.space = false, false
			return p.function(f)
		}
		if n, ok := p.plainWord(s, at); ok {
			return n
		}
	}
	c := s[0]
	if p.differential() {
		return p.dx()
	}
	p.letter()
	if c == 'e' || c == 'i' && p.bound == 0 {
		if p.tok.kind != tUnder && p.tok.kind != tSub && p.tok.kind != tPrime && (c == 'i' || p.tok.kind != tNum || !p.indexed("e")) {
			return p.plainLetter(c)
		}
	}
	return p.symbol(letters[c : c+1])
}

// functionPrefix returns the length of a function name that a letter is glued
// to: "sinx".
func functionPrefix(s string) int {
	for _, f := range [...]string{"sqrt", "sin", "cos", "tan", "ln"} {
		if strings.HasPrefix(s, f) && (len(s) == len(f)+1 || wordValue(s[len(f):]) != nil) {
			return len(f)
		}
	}
	return 0
}

// plainWord reads a word of the language. Where it stands alone it is a text;
// where more words follow, the whole answer may be words.
func (p *parser) plainWord(s string, at int) (*tree.Node, bool) {
	short := len(s) == 2 && shortWord(s)
	if len(s) < 3 && !short || p.prevEnd > 0 && p.prevEnd == at {
		return nil, false // glued to a factor: letters of a product
	}
	t := p.peek()
	alone := t.kind != tWord && (!opens(t) || t.space && t.kind == tText)
	switch {
	case short && alone && t.kind != tEOF:
		return nil, false
	case short && alone:
		if s == "no" || s == "No" || s == "NO" || s == "ok" || s == "OK" {
			p.next()
			return tree.Words(s), true
		}
		return nil, false
	case t.kind == tWord && t.space && p.latex && (short && len(t.s) > 1 && t.s != "is" || len(s) > 3 && textual(s)) && (textual(t.s) || shortWord(t.s)) &&
		conditionWord(t.s) == 0 && connector(t.s) == 0:
		return p.failWords(at), true
	case p.latex && len(s) > 3 && textual(s) && !alone && t.kind != tWord && t.space && (t.kind != tText || !t.part) && t.kind != tRel && t.kind != tPlus && t.kind != tMinus && t.kind != tTimes:
		return p.failWords(at), true
	case t.kind == tWord && t.space && !p.latex && (short || textual(s) || textual(t.s) && len(t.s) > 2):
		if conditionWord(t.s) > 0 || connector(t.s) != 0 || t.s == "in" {
			break
		}
		return p.failWords(at), true
	case !alone:
		if t.kind == tNum && t.space && !p.latex && (short || textual(s)) {
			return p.failWords(at), true
		}
		return nil, false
	}
	if textual(s) && (t.kind == tEOF || t.kind == tComma || t.kind == tSemi || t.kind == tRel || t.kind == tColon && !p.setSep || p.endsWord(t)) {
		p.next()
		return tree.Words(s), true
	}
	return nil, false
}

func (p *parser) endsWord(t token) bool {
	switch t.kind {
	case tRParen, tRBrack, tRBrace, tRSet, tAmp, tBreak, tAnd, tOr, tDot:
		return true
	case tWord, tText:
		return true
	}
	return false
}

// opens reports a token that could go on with a product.
func opens(t token) bool {
	switch t.kind {
	case tNum, tSym, tConst, tCmd, tLParen, tLBrace, tRoot, tFrac, tLBar, tCaret, tUnder, tSup, tSub, tPlus, tMinus, tTimes, tSlash, tPM, tBang, tPrime, tBar, tText:
		return true
	}
	return false
}

func shortWord(s string) bool {
	switch strings.ToLower(s) {
	case "is", "it", "an", "at", "as", "by", "be", "he", "if", "in", "no", "of", "on", "or", "so", "to", "up", "us", "we", "my", "me", "do", "go", "ok":
		return true
	}
	return false
}

// textual reports letters that are a word or a name rather than a product:
// three or more, with a vowel, and not a stretch of the alphabet such as abc or
// xyz. Capitals alone name points or an order of things, never a product.
func textual(s string) bool {
	if len(s) < 3 {
		return false
	}
	vowel, upper, run := false, true, true
	for i := 0; i < len(s); i++ {
		c := s[i] | 0x20
		switch c {
		case 'a', 'e', 'i', 'o', 'u', 'y':
			vowel = true
		}
		upper = upper && s[i] < 'a'
		run = run && (i == 0 || s[i] == s[i-1]+1)
	}
	return upper || vowel && !run
}

// wordStarts reports whether the word at the token begins a factor.
func (p *parser) wordStarts() bool {
	s := p.tok.s
	if p.tok.part {
		return !p.differentialEnd()
	}
	if p.halfDay() {
		return false
	}
	if connector(s) != 0 || p.gluedConnector() > 0 || conditionWord(s) != 0 || s == "mod" || (s == "in" || s == "choose") && p.tok.space {
		return false
	}
	if p.differentialEnd() {
		return false
	}
	if (s == "U" || s == "union") && p.tok.space {
		return false
	}
	if f, ok := functions[s]; ok && f.plain {
		return true
	}
	return !p.unitStarts() && !p.plainNoun()
}

// plainNoun reports a word behind a number, with a space, that counts things or
// goes on with a sentence: not a product of its letters.
func (p *parser) plainNoun() bool {
	s := p.tok.s
	return p.tok.space && (len(s) > 2 && textual(s) && wordValue(s) == nil && !p.latex || len(s) == 2 && shortWord(s) && !p.latex ||
		len(s) > 3 && textual(s) && wordValue(s) == nil)
}

// text reads \text{...}, words in quotes, and letters of another script.
func (p *parser) text() *tree.Node {
	roman := p.tok.part
	raw, at := p.tok.s, p.tok.start
	s := trimSpacing(raw)
	if statistic(s) && p.bracketAhead() {
		return p.statistic(s)
	}
	if f, ok := functions[s]; ok {
		p.next()
		return p.function(f)
	}
	if f, ok := functions[strings.ToLower(s)]; ok && len(s) > 1 {
		p.next()
		return p.function(f)
	}
	if roman {
		if n, ok := p.operator(s); ok {
			return n
		}
		if v := wordValue(s); v != nil {
			p.next()
			return v
		}
		if len(s) == 1 {
			c := s[0]
			if c == 'd' && p.diffs > 0 {
				return p.dx()
			}
			p.next()
			if c == 'e' || c == 'i' {
				return constant(letters[c : c+1])
			}
			return p.symbol(letters[c : c+1])
		}
		if allLetters(s) {
			if !textual(s) || !p.alone() {
				p.next()
				return p.letterProduct(s)
			}
		}
	}
	p.next()
	if s == "" {
		if p.starts() || p.tok.kind == tText || p.sign() {
			return p.primaryOrSign()
		}
		return p.fail(at, "unexpected end")
	}
	if oneLetter(s) && (p.tok.kind == tUnder || p.tok.kind == tCaret || p.tok.kind == tSub || p.tok.kind == tPrime) {
		if s == "e" || s == "i" {
			return constant(s)
		}
		return p.symbol(s)
	}
	if len(s) == 3 && s[0] == '(' && s[2] == ')' && choice(s[1]) {
		return tree.Words(s[1:2])
	}
	if p.tok.kind == tUnder && allLetters(s) {
		return p.symbol(s)
	}
	if c := s[0]; roman || strings.ContainsAny(s, "=<>") || isDigit(c) || (c == '-' || c == '.') && len(s) > 1 && isDigit(s[1]) || c == '$' || c == '\\' {
		n := p.sub2(s)
		if roman && n.Op == tree.Text {
			return p.failWords(at)
		}
		return n
	}
	if !lettered(s) {
		return p.fail(at, "a text without words")
	}
	return tree.Words(clean(s))
}

// lettered reports a letter of any script.
func lettered(s string) bool {
	for i := 0; i < len(s); i++ {
		if isLetter(s[i]) || s[i] >= 0xC3 {
			return true
		}
	}
	return false
}

// alone reports whether nothing but an end or a separator follows the token.
func (p *parser) alone() bool {
	t := p.peek()
	switch t.kind {
	case tEOF, tComma, tSemi, tRParen, tRBrace, tRSet, tAmp, tBreak, tRel:
		return true
	}
	return false
}

func allLetters(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isLetter(s[i]) {
			return false
		}
	}
	return s != ""
}

// letterProduct returns the product of letters in upright type.
func (p *parser) letterProduct(s string) *tree.Node {
	args := make([]*tree.Node, len(s))
	for i := range args {
		args[i] = tree.Sym(s[i : i+1])
	}
	return tree.Named(tree.Mul, s, args...)
}

func (p *parser) primaryOrSign() *tree.Node {
	if p.sign() {
		return p.factor()
	}
	return p.primary()
}

// sub2 reads the content of \text{5} as mathematics; with words in it, it
// stays text.
func (p *parser) sub2(s string) *tree.Node {
	if !p.enter() {
		return nothing
	}
	defer p.leave()
	q := parser{lexer: lexer{src: s, math: true, latex: strings.IndexByte(s, '\\') >= 0, nested: p.nested}, opts: p.opts, bud: p.bud, depth: p.depth}
	q.next()
	n := q.list()
	if q.err != nil || q.tok.kind != tEOF {
		if !lettered(s) {
			return p.fail(p.tok.start, "a text without words")
		}
		return tree.Words(clean(s))
	}
	return n
}

// clean collapses white space in words.
func clean(s string) string {
	s = strings.Join(strings.Fields(strings.ReplaceAll(strings.ReplaceAll(s, "~", " "), `\ `, " ")), " ")
	return s
}

// halfDay reports a.m. or p.m. behind the minutes of a time of day.
func (p *parser) halfDay() bool {
	if p.prevEnd < 3 || p.src[p.prevEnd-3] != ':' {
		return false
	}
	switch p.tok.s {
	case "am", "pm", "AM", "PM", "Am", "Pm":
		return true
	case "a", "p", "A", "P":
		rest := p.src[p.tok.end:min(p.tok.end+3, len(p.src))]
		return strings.HasPrefix(rest, ".m") || strings.HasPrefix(rest, ".M") || strings.HasPrefix(rest, ". m")
	}
	return false
}
