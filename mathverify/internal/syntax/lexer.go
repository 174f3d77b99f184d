package syntax

import (
	"strings"
	"unicode/utf8"
)

// A lexer makes tokens of a text.
type lexer struct {
	src     string
	pos     int
	tok     token
	prevEnd int  // end of the token before tok
	nested  int  // how many brackets are open: commas between digits separate there
	env     int  // how many environments are open: \\ ends a row there
	math    bool // dollars delimit mathematics, else they are money
	comma   bool // the decimal comma is in force
	latex   bool // the text has commands or delimiters of LaTeX
}

// next moves to the next token.
func (l *lexer) next() {
	l.prevEnd = l.tok.end
	l.scan()
}

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// at returns the byte i places ahead, or 0.
func (l *lexer) at(i int) byte {
	if l.pos+i < len(l.src) {
		return l.src[l.pos+i]
	}
	return 0
}

// skip passes white space and what only decorates; it reports whether there
// was any.
func (l *lexer) skip() (space bool) {
	for l.pos < len(l.src) {
		switch c := l.src[l.pos]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v' || c == '~':
			l.pos++
		case c == '$' && l.math || c == '`':
			l.pos++
		case c == '\\':
			n := l.spacing()
			if n == 0 {
				return space
			}
			l.pos += n
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRuneInString(l.src[l.pos:])
			if !blank(r) {
				return space
			}
			l.pos += n
		default:
			return space
		}
		space = true
	}
	return space
}

// maxArgument bounds the argument of a command that colours or styles.
const maxArgument = 200

// spacing returns the length of the command at the position if it only moves
// or colours what follows, else 0.
func (l *lexer) spacing() int {
	switch l.at(1) {
	case ',', ';', ':', '!', ' ', '>', '\n', '/', '-', '(', ')', '[', ']', '@':
		return 2
	case 0:
		return 1
	}
	name := l.command(1)
	if name == "" {
		return 0
	}
	if len(name) > 4 && name[:4] == "quad" && decorations[name] == 0 {
		return 5 // \quad with its letter behind it
	}
	n := 1 + len(name)
	switch decorations[name] {
	case plainDecoration:
		return n
	case argDecoration:
		return n + braced(l.src[l.pos+n:min(l.pos+n+maxArgument, len(l.src))])
	case optDecoration:
		if l.pos+n < len(l.src) && l.src[l.pos+n] == '[' {
			if i := strings.IndexByte(l.src[l.pos+n:min(l.pos+n+40, len(l.src))], ']'); i > 0 {
				n += i + 1
			}
		}
		return n
	}
	return 0
}

// command returns the letters i places ahead.
func (l *lexer) command(i int) string {
	start := min(l.pos+i, len(l.src))
	end := start
	for end < len(l.src) && isLetter(l.src[end]) {
		end++
	}
	return l.src[start:end]
}

// braced returns the length of a group in braces at the start of s, white
// space before it included, or 0.
func braced(s string) int {
	i := 0
	for i < len(s) && s[i] == ' ' {
		i++
	}
	if i == len(s) || s[i] != '{' {
		return 0
	}
	depth := 0
	for ; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '{':
			depth++
		case '}':
			depth--
			if depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// scan makes the token at the position.
func (l *lexer) scan() {
	space := l.skip()
	t := &l.tok
	*t = token{start: l.pos, space: space}
	if l.pos >= len(l.src) {
		t.end = l.pos
		return
	}
	switch c := l.src[l.pos]; {
	case isDigit(c) || c == '.' && isDigit(l.at(1)):
		l.number()
	case isLetter(c):
		t.kind = tWord
		for l.pos < len(l.src) && isLetter(l.src[l.pos]) {
			l.pos++
		}
		t.s = l.src[t.start:l.pos]
	case c == '\\':
		l.backslash()
	case c >= utf8.RuneSelf:
		l.unicode()
	default:
		l.punct(c)
	}
	t.end = l.pos
}

// take makes a token of n bytes.
func (l *lexer) take(k kind, n int) {
	l.tok.kind = k
	l.pos += n
}

// number scans a number with its thousands separators.
func (l *lexer) number() {
	l.tok.kind = tNum
	first := l.pos
	for isDigit(l.at(0)) {
		l.pos++
	}
	if n := l.pos - first; n >= 1 && n <= 3 {
		if l.continental() {
			l.tok.s = l.src[first:l.pos]
			return
		}
		l.thousands(n)
	}
	if l.at(0) == '.' && isDigit(l.at(1)) {
		l.fraction()
	} else if l.at(0) == ',' && isDigit(l.at(1)) && l.comma && l.nested == 0 {
		l.fraction()
	} else if l.at(0) == '.' && l.at(1) != '.' && !isLetter(l.at(1)) && l.atEnd(1) {
		// "3." is 3: the full stop of a sentence or of a careless hand.
		l.tok.s = l.src[first:l.pos]
		l.pos++
		return
	}
	l.tok.s = l.src[first:l.pos]
}

// continental scans 1.234,56: points between groups of three, and a comma
// before decimals that cannot be a group.
func (l *lexer) continental() bool {
	i, groups := 0, 0
	for l.at(i) == '.' && isDigit(l.at(i+1)) && isDigit(l.at(i+2)) && isDigit(l.at(i+3)) && !isDigit(l.at(i+4)) {
		i += 4
		groups++
	}
	if groups == 0 || l.nested > 0 || l.at(i) != ',' || !isDigit(l.at(i+1)) {
		return false
	}
	j := i + 1
	for isDigit(l.at(j)) {
		j++
	}
	if j-i-1 == 3 && !l.comma || l.at(j) == ',' || l.at(j) == '.' && isDigit(l.at(j+1)) {
		return false
	}
	l.pos += j
	l.tok.sep = true
	return true
}

// fraction scans the point and the digits behind it. LaTeX thin spaces in
// them group digits.
func (l *lexer) fraction() {
	l.pos++
	for isDigit(l.at(0)) {
		l.pos++
	}
}

// atEnd reports whether nothing that could belong to a number stands i places
// ahead.
func (l *lexer) atEnd(i int) bool {
	c := l.at(i)
	return c == 0 || c == '\n' || c == '$' || c == '}' || c == ')' || c == '\\' && !isLetter(l.at(i+1))
}

// thousands scans groups of three digits behind the first n digits.
func (l *lexer) thousands(n int) {
	start := l.pos
	groups, tight := 0, true
	sep := byte(0)
	for {
		w, c := l.separator()
		if w == 0 || sep != 0 && c != sep {
			break
		}
		p := l.pos + w
		if p+3 > len(l.src) || !isDigit(l.src[p]) || !isDigit(l.src[p+1]) || !isDigit(l.src[p+2]) ||
			p+3 < len(l.src) && isDigit(l.src[p+3]) {
			break
		}
		if c != ',' || w > 1 {
			tight = false
		}
		sep = c
		groups++
		l.pos = p + 3
	}
	if groups == 0 {
		return
	}
	if tight && !l.grouped(start, n, groups) {
		l.pos = start
		return
	}
	l.tok.sep = true
}

// grouped decides whether commas without spaces, from start on, group the
// digits of one number. Two groups of three digits may as well be two numbers,
// so there something must tell that they are an amount.
func (l *lexer) grouped(start, n, groups int) bool {
	if l.nested > 0 || l.src[start-n] == '0' {
		return false
	}
	if l.comma && groups == 1 && l.at(0) != '.' {
		return false
	}
	if n < 3 || groups > 1 || l.src[start+1:start+4] == "000" {
		return true
	}
	if l.at(0) == '.' && isDigit(l.at(1)) {
		return true
	}
	if l.tok.start > 0 {
		before := strings.TrimRight(l.src[:l.tok.start], " \\")
		if strings.HasSuffix(before, "$") && !l.math || strings.HasSuffix(before, "\\$") ||
			strings.HasSuffix(before, "€") || strings.HasSuffix(before, "£") ||
			strings.HasSuffix(before, "¥") || strings.HasSuffix(before, "₹") {
			return true
		}
	}
	return l.unitAhead()
}

// unitAhead reports whether a unit, a percent sign or a currency follows.
func (l *lexer) unitAhead() bool {
	s := strings.TrimLeft(l.src[l.pos:min(l.pos+40, len(l.src))], " ~")
	if s == "" {
		return false
	}
	switch {
	case s[0] == '%' || s[0] == '$' && !l.math:
		return true
	case strings.HasPrefix(s, `\%`), strings.HasPrefix(s, `\text{`), strings.HasPrefix(s, `\mathrm{`),
		strings.HasPrefix(s, `\$`), strings.HasPrefix(s, `\mbox{`), strings.HasPrefix(s, `\,\text{`),
		strings.HasPrefix(s, "€"), strings.HasPrefix(s, "£"), strings.HasPrefix(s, "元"):
		return !strings.Contains(s, "{or}") && !strings.Contains(s, "{and}") &&
			!strings.Contains(s, " or") && !strings.Contains(s, " and")
	}
	i := 0
	for i < len(s) && isLetter(s[i]) {
		i++
	}
	if i < 2 {
		return false
	}
	_, ok := unitWord(s[:i])
	return ok
}

// separator returns the length of a thousands separator at the position and
// its class: ',' or ' ', or 0.
func (l *lexer) separator() (int, byte) {
	switch l.at(0) {
	case ',':
		if l.at(1) == '\\' && l.at(2) == '!' {
			n := 3
			for l.at(n) == ' ' && n < 5 {
				n++
			}
			return n, ','
		}
		return 1, ','
	case '{':
		return l.groupedComma(0), ','
	case ' ', '~':
		if n := l.groupedComma(1); n > 0 {
			return n, ','
		}
		return 1, ' '
	case '\\':
		if c := l.at(1); c == ',' || c == ';' || c == ':' || c == ' ' {
			return 2, ' '
		}
	case 0xC2:
		if l.at(1) == 0xA0 {
			return 2, ' '
		}
	case 0xE2:
		if l.at(1) == 0x80 && (l.at(2) == 0xAF || l.at(2) == 0x89) {
			return 3, ' '
		}
	}
	return 0, 0
}

// groupedComma returns the length of a comma in braces, perhaps with white space
// around it, i places ahead: 14 {, }916.
func (l *lexer) groupedComma(i int) int {
	if l.at(i) != '{' {
		return 0
	}
	for i++; l.at(i) == ' ' && i < 4; i++ {
	}
	if l.at(i) != ',' {
		return 0
	}
	for i++; l.at(i) == ' ' && i < 6; i++ {
	}
	if l.at(i) != '}' {
		return 0
	}
	return i + 1
}
