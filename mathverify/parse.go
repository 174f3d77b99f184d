package mathverify

import (
	"strconv"
	"strings"
)

// reading is what parseNumber makes of a cleaned text.
type reading struct {
	num      number
	currency string // "$", "€", "£", "¥" or ""
	comma    bool   // written with thousands commas: could also be a list
	loose    bool   // "(5)" or "- 5": the sign is a matter of convention
	huge     bool   // a number past the limits of this package; num is not set
}

// parseNumber reads a cleaned text that is a number as a whole:
//
//	( number )                       marked loose, never read as negative
//	[sign] [currency] [sign] amount [%]
//	amount:  decimal | decimal [e or ×10^] exponent | 10^exponent
//	         | decimal/decimal | \frac{a}{b} | whole a/b | whole\frac{a}{b}
//	         | decimal^integer | whole!
//
// A degree sign may stand in the place of %. Powers and factorials stand alone.
// A mixed number needs a proper fraction: 2\frac32 may be a product.
func parseNumber(s string) (r reading, ok bool) {
	if len(s) > 2 && s[0] == '(' && s[len(s)-1] == ')' {
		r, ok = parseBare(strings.TrimSpace(s[1 : len(s)-1]))
		if !ok || r.comma { // (1,000) may be a point
			return reading{}, false
		}
		r.loose = true
		return r, true
	}
	return parseBare(s)
}

// parseBare reads a number that is not in brackets.
func parseBare(s string) (r reading, ok bool) {
	p := parser{s: s}
	r.loose = strings.HasPrefix(s, "- ")
	neg, signed := p.sign()
	r.currency = p.currency()
	if r.currency != "" && !signed {
		neg, _ = p.sign()
	}
	r.num, ok = p.amount()
	if !ok {
		return reading{}, false
	}
	if p.alone && (p.s != "" || r.currency != "") {
		return reading{}, false
	}
	p.space()
	if p.take("%") || p.take("percent") {
		r.num = r.num.scale(-2)
	} else if n := degreeSign(p.s); n > 0 {
		p.s = p.s[n:]
	}
	if p.s != "" {
		return reading{}, false
	}
	if neg {
		r.num = r.num.negate()
	}
	r.comma, r.huge = p.comma, p.huge
	return r, true
}

// parser consumes s from the left.
type parser struct {
	s     string
	comma bool
	huge  bool
	alone bool // a power or factorial, which nothing may follow
}

func (p *parser) space() { p.s = strings.TrimLeft(p.s, " ") }

func (p *parser) take(prefix string) bool {
	rest, ok := strings.CutPrefix(p.s, prefix)
	if ok {
		p.s = rest
	}
	return ok
}

// sign takes one sign and the space after it.
func (p *parser) sign() (neg, ok bool) {
	if p.s == "" || p.s[0] != '-' && p.s[0] != '+' {
		return false, false
	}
	neg = p.s[0] == '-'
	p.s = p.s[1:]
	p.space()
	return neg, true
}

func (p *parser) currency() string {
	for _, c := range [...]string{"$", "€", "£", "¥"} {
		if p.take(c) {
			p.space()
			return c
		}
	}
	return ""
}

func (p *parser) amount() (number, bool) {
	if strings.HasPrefix(p.s, `\frac`) {
		return p.frac()
	}
	if strings.HasPrefix(p.s, "10^") && degreeSign(p.s[2:]) == 0 {
		p.take("10")
		exp, ok := p.power(false)
		return decimal("1", "", 0).scale(exp), ok
	}
	text := p.s
	whole, integer, ok := p.decimal()
	if !ok {
		return number{}, false
	}
	rest := p.s
	grouped := strings.ContainsAny(text[:len(text)-len(rest)], ", ")
	switch {
	case rest == "":
		return whole, true
	case rest[0] == '!' && integer && !grouped:
		p.s, p.alone = rest[1:], true
		num, ok := whole.factorial()
		p.huge = p.huge || !ok
		return num, true
	case rest[0] == '^' && !grouped && degreeSign(rest) == 0:
		p.alone = true
		exp, ok := p.power(true)
		if !ok || whole.isZero() && exp <= 0 {
			return number{}, false
		}
		if p.huge {
			return number{}, true
		}
		num, ok := whole.power(exp)
		p.huge = !ok
		return num, true
	case rest[0] == '/':
		p.s = rest[1:]
		den, _, ok := p.decimal()
		if !ok {
			return number{}, false
		}
		return p.divide(whole, den)
	case rest[0] == 'e' || rest[0] == 'E':
		p.s = rest[1:]
		exp, ok := p.exponent()
		return whole.scale(exp), ok
	}
	if num, ok := p.timesTen(whole); ok {
		return num, true
	}
	p.s = rest
	if !integer {
		return whole, true
	}
	// A mixed number, or a number that something else follows.
	p.space()
	if strings.HasPrefix(p.s, `\frac`) {
		part, ok := p.frac()
		return p.mixed(whole, part, ok)
	}
	if p.s != rest && p.s != "" && isDigit(p.s[0]) {
		digits := leadingDigits(p.s)
		// 1 234/5 could group thousands, 1 05/6 is no fraction.
		if digits == 3 || p.s[0] == '0' {
			return number{}, false
		}
		num := decimal(p.s[:digits], "", 0)
		p.s = p.s[digits:]
		if !p.take("/") {
			return number{}, false
		}
		n := leadingDigits(p.s)
		if n == 0 {
			return number{}, false
		}
		den := decimal(p.s[:n], "", 0)
		p.s = p.s[n:]
		part, ok := p.divide(num, den)
		return p.mixed(whole, part, ok)
	}
	return whole, true
}

// mixed adds a proper fraction to a whole number.
func (p *parser) mixed(whole, part number, ok bool) (number, bool) {
	if !ok || p.huge {
		return number{}, ok
	}
	if !whole.small() || !part.small() {
		p.huge = true
		return number{}, true
	}
	if part.neg || whole.isZero() || !part.proper() {
		return number{}, false
	}
	return whole.plus(part), true
}

func (p *parser) divide(a, b number) (number, bool) {
	if p.huge {
		return number{}, true
	}
	if b.isZero() {
		return number{}, false
	}
	q, ok := a.over(b)
	if !ok {
		p.huge = true
	}
	return q, true
}

// frac takes \frac and its two arguments: braced signed decimals, or single
// digits.
func (p *parser) frac() (number, bool) {
	p.take(`\frac`)
	a, ok := p.argument()
	if !ok {
		return number{}, false
	}
	b, ok := p.argument()
	if !ok {
		return number{}, false
	}
	return p.divide(a, b)
}

func (p *parser) argument() (number, bool) {
	p.space()
	if p.s == "" {
		return number{}, false
	}
	if isDigit(p.s[0]) {
		d := p.s[:1]
		p.s = p.s[1:]
		return decimal(d, "", 0), true
	}
	if !p.take("{") {
		return number{}, false
	}
	p.space()
	neg, _ := p.sign()
	x, _, ok := p.decimal()
	if !ok {
		return number{}, false
	}
	p.space()
	if neg {
		x = x.negate()
	}
	return x, p.take("}")
}

// timesTen takes ×10^n after a decimal.
func (p *parser) timesTen(x number) (number, bool) {
	p.space()
	latex := false
	switch {
	case p.take(`\times`), p.take(`\cdot`):
		latex = true
	case p.take("*"):
	default:
		return number{}, false
	}
	p.space()
	if !p.take("10^") {
		return number{}, false
	}
	p.s = "^" + p.s
	exp, ok := p.power(latex)
	return x.scale(exp), ok
}

// power takes ^n or ^{n}. In LaTeX an unbraced exponent is one digit long; where
// the notation may be LaTeX, a longer one is not read.
func (p *parser) power(latex bool) (int64, bool) {
	if !p.take("^") {
		return 0, false
	}
	p.space()
	if p.take("{") {
		p.space()
		exp, ok := p.exponent()
		p.space()
		return exp, ok && p.take("}")
	}
	if p.take("(") {
		exp, ok := p.exponent()
		return exp, ok && p.take(")")
	}
	if latex && (p.s == "" || !isDigit(p.s[0]) || leadingDigits(p.s) > 1) {
		return 0, false
	}
	return p.exponent()
}

// exponent takes a signed integer and notes when it is past the limit.
func (p *parser) exponent() (int64, bool) {
	neg, _ := p.sign()
	n := leadingDigits(p.s)
	if n == 0 {
		return 0, false
	}
	digits := strings.TrimLeft(p.s[:n], "0")
	p.s = p.s[n:]
	if len(digits) > 5 {
		p.huge = true
		return 0, true
	}
	exp, _ := strconv.ParseInt("0"+digits, 10, 64)
	if exp > maxExponent {
		p.huge = true
	}
	if neg {
		exp = -exp
	}
	return exp, true
}

// decimal takes an unsigned decimal: digits, grouped or not, with an optional
// fraction, or a fraction alone. integer reports that there was no point.
func (p *parser) decimal() (x number, integer, ok bool) {
	whole := p.grouped()
	frac := ""
	integer = true
	if p.s != "" && p.s[0] == '.' {
		n := leadingDigits(p.s[1:])
		if n == 0 && whole == "" {
			return number{}, false, false
		}
		frac = p.s[1 : 1+n]
		p.s = p.s[1+n:]
		integer = false
	}
	if whole == "" && integer {
		return number{}, false, false
	}
	return decimal(whole, frac, 0), integer, true
}

// grouped takes digits, and with them groups of three behind one kind of
// separator: 1,234,567 or 1 234 567. What is not well-formed is left behind.
func (p *parser) grouped() string {
	n := leadingDigits(p.s)
	if n == 0 {
		return ""
	}
	if n <= 3 && n < len(p.s) && p.s[0] != '0' && (p.s[n] == ',' || p.s[n] == ' ') {
		if end := groupsEnd(p.s, n); end > n {
			text := p.s[:end]
			if p.s[n] == ',' {
				p.comma = true
			} else if strings.HasPrefix(p.s[end:], "/") {
				p.s = p.s[n:] // 1 234/567: grouped or mixed, see amount
				return text[:n]
			}
			p.s = p.s[end:]
			return strings.ReplaceAll(text, string(text[n]), "")
		}
	}
	text := p.s[:n]
	p.s = p.s[n:]
	return text
}

// groupsEnd returns where the groups of three that start at the separator s[n]
// end, n if they are not well-formed.
func groupsEnd(s string, n int) int {
	sep, i := s[n], n
	for i < len(s) && s[i] == sep {
		d := leadingDigits(s[i+1:])
		if d == 0 && i > n {
			break // this separator is not the number's
		}
		if d != 3 {
			return n
		}
		i += 4
	}
	return i
}

// degreeSign returns the length of the degree sign that s starts with, 0 if it
// does not.
func degreeSign(s string) int {
	for _, d := range [...]string{"°", `^\circ`, `^{\circ}`, `\degree`, `^\degree`, "^°"} {
		if strings.HasPrefix(s, d) && (len(s) == len(d) || !isLetter(s[len(d)])) {
			return len(d)
		}
	}
	return 0
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// leadingDigits returns the length of the run of ASCII digits at the start of s.
func leadingDigits(s string) int {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return i
		}
	}
	return len(s)
}
