package mvtext

import (
	"strings"
	"unicode/utf8"
)

// The classes of bytes that can begin a code point of an expression.
const (
	isOperand  = 1 << iota // digits, the point, ASCII white space
	isOperator             // + - * / ^ ( )
	isBeyond               // first byte of a longer code point
)

var exprClass = func() (t [256]uint8) {
	for _, c := range []byte("0123456789. \t\n\v\f\r\x1c\x1d\x1e\x1f") {
		t[c] = isOperand
	}
	for _, c := range []byte("+-*/^()") {
		t[c] = isOperator
	}
	for c := 0x80; c < 0x100; c++ {
		t[c] = isBeyond
	}
	return t
}()

// exprRune returns the width of the code point at i if an expression may
// contain it, else 0, and whether it is an operator.
func exprRune(s string, i int) (w int, operator bool) {
	if i >= len(s) {
		return 0, false
	}
	switch exprClass[s[i]] {
	case isOperand:
		return 1, false
	case isOperator:
		return 1, true
	case isBeyond:
		r, w := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '×' || r == '÷':
			return w, true
		case isDigit(r) || isSpace(r):
			return w, false
		}
	}
	return 0, false
}

// run is a stretch of code points that an expression may contain. The last
// operator in it is at operator, or -1.
type run struct {
	lo, hi   int
	operator int
	known    bool
}

// rest is what one condition makes of a run, as far as it was looked at: the
// last place at which an expression can end, and the last operator that is more
// than one code point before that.
type rest struct {
	hi       int // end of the run
	known    bool
	at       int // the run was looked at from here to its end
	ok       bool
	mark     int // end of the expression
	end      int // after its suffix and condition
	operator int // or -1
}

// runAt returns the run that i is in.
func (x *scanner) runAt(i int) *run {
	r := &x.run
	if r.known && r.lo <= i && i <= r.hi {
		return r
	}
	*r = run{i, i, -1, true}
	for {
		w, operator := exprRune(x.s, r.hi)
		if w == 0 {
			return r
		}
		if operator {
			r.operator = r.hi
		}
		r.hi += w
	}
}

// expr matches arithmetic at i: digits, points, white space and at least one
// operator that is neither first nor last, followed by a mark of punctuation,
// white space or the end.
//
// The reference reads on to the end of the run and then gives back, first from
// the tail after the last operator, then from one operator to the one before.
// So the expression ends at the last place of the run at which it can, and that
// place does not depend on where it starts: [scanner.ending] finds it once per
// run.
func (x *scanner) expr(i int, cond condition) (end int, ok bool) {
	s := x.s
	lo := i
	if byteAt(s, i) == '-' {
		i++
	}
	if byteAt(s, i) == '(' {
		i++
	}
	if byteAt(s, i) == '-' {
		i++
	}
	w := digitAt(s, i)
	if w == 0 {
		return 0, false
	}
	i += w
	r := x.runAt(i)
	if r.operator < i {
		return 0, false
	}
	e := x.ending(r.hi, i, cond)
	if !e.ok || e.operator < i {
		return 0, false
	}
	x.lit = span{lo, e.mark}
	return e.end, true
}

// ending returns what is known of the run up to hi, having looked at it from
// there down to lo.
func (x *scanner) ending(hi, lo int, cond condition) *rest {
	e := &x.rests[cond]
	if !e.known || e.hi != hi {
		*e = rest{hi: hi, known: true, at: hi, operator: -1}
	}
	s := x.s
	for !e.ok && e.at > lo {
		if e.at < hi && s[e.at] == ')' {
			e.mark = e.at + 1
			e.end, e.ok = x.suffix(e.mark, cond)
		}
		if !e.ok {
			e.mark = e.at
			e.end, e.ok = x.suffix(e.mark, cond)
		}
		e.at -= lastWidth(s, e.at)
	}
	for e.ok && e.operator < 0 && e.at > lo {
		e.at -= lastWidth(s, e.at)
		if _, operator := exprRune(s, e.at); operator {
			e.operator = e.at
		}
	}
	return e
}

func lastWidth(s string, i int) int {
	_, w := utf8.DecodeLastRuneInString(s[:i])
	return w
}

// suffix matches what must follow an expression, at i: optional asterisks, then
// punctuation, white space or the end, then what cond asks for.
func (x *scanner) suffix(i int, cond condition) (end int, ok bool) {
	s := x.s
	if hasPrefixAt(s, i, "**") {
		if end, ok = x.punctuation(i+2, cond); ok {
			return end, true
		}
	}
	return x.punctuation(i, cond)
}

func (x *scanner) punctuation(i int, cond condition) (end int, ok bool) {
	s := x.s
	w := 0
	if c := byteAt(s, i); c != 0 && strings.IndexByte(".,:)$", c) >= 0 {
		w = 1
	} else {
		w = spaceAt(s, i)
	}
	if w > 0 {
		if end, ok = x.follows(cond, i+w); ok {
			return end, true
		}
	}
	if i == len(s) || i == len(s)-1 && s[i] == '\n' {
		return x.follows(cond, i)
	}
	return 0, false
}

// The currency signs that may stand before a number.
const currencies = "$€£¥₹₽₪₩₫฿₡₢₣₤₥₦₧₨₩₪₫₭₮₯₰₱₲₳₴₵₶₷₸₹₺₻₼₽₾₿"

func currencyAt(s string, i int) int {
	switch byteAt(s, i) {
	case '$':
		return 1
	case 0xc2, 0xe0, 0xe2: // the first bytes of the others
		r, w := utf8.DecodeRuneInString(s[i:])
		if strings.ContainsRune(currencies, r) {
			return w
		}
	}
	return 0
}

// afterStart returns where an expression or number may begin if what stands
// before it, white space or an equals sign, is at i; or -1.
func afterStart(s string, i int) int {
	if i >= len(s) || startClass[s[i]]&mayPrecede == 0 {
		return -1
	}
	if startClass[s[i]]&isOneByte != 0 {
		return i + 1
	}
	if w := spaceAt(s, i); w > 0 {
		return i + w
	}
	return -1
}

// afterAsterisks skips two asterisks and reports whether what follows may begin
// a match of a class.
func afterAsterisks(s string, i int, class uint8) (int, bool) {
	if hasPrefixAt(s, i, "**") {
		i += 2
	}
	return i, i < len(s) && startClass[s[i]]&class != 0
}

func (x *scanner) prefixedExpr(i int, cond condition) (end int, ok bool) {
	if i == 0 {
		if j, may := afterAsterisks(x.s, 0, mayBeginExpr); may {
			if end, ok = x.expr(j, cond); ok {
				return end, true
			}
		}
	}
	if j := afterStart(x.s, i); j >= 0 {
		if j, may := afterAsterisks(x.s, j, mayBeginExpr); may {
			return x.expr(j, cond)
		}
	}
	return 0, false
}

func (x *scanner) prefixedNumber(i int, cond condition) (end int, ok bool) {
	x.lit = span{}
	if i == 0 {
		if j, may := afterAsterisks(x.s, 0, mayBeginNumber); may {
			if end, ok = x.number(j+currencyAt(x.s, j), cond); ok {
				return end, true
			}
		}
	}
	if j := afterStart(x.s, i); j >= 0 {
		if j, may := afterAsterisks(x.s, j, mayBeginNumber); may {
			return x.number(j+currencyAt(x.s, j), cond)
		}
	}
	return 0, false
}

func (x *scanner) exprOrNumber(i int, cond condition) (end int, ok bool) {
	if end, ok = x.prefixedExpr(i, cond); ok {
		return end, true
	}
	return x.prefixedNumber(i, cond)
}

// The classes of bytes around the start of an expression or number.
const (
	mayPrecede     = 1 << iota // first byte of white space or an equals sign
	isOneByte                  // the byte is a code point of its own
	mayBeginExpr               // first byte of what expr matches, or an asterisk
	mayBeginNumber             // likewise, or of a currency sign
)

var startClass = func() (t [256]uint8) {
	for c := range 0x80 {
		t[c] |= isOneByte
		if c == '=' || isSpace(rune(c)) {
			t[c] |= mayPrecede
		}
	}
	for _, c := range []byte{0xc2, 0xe1, 0xe2, 0xe3} {
		t[c] |= mayPrecede
	}
	for _, c := range []byte("0123456789-*") {
		t[c] |= mayBeginExpr | mayBeginNumber
	}
	for c := 0x80; c < 0x100; c++ {
		t[c] |= mayBeginExpr | mayBeginNumber
	}
	t['('] |= mayBeginExpr
	t['.'] |= mayBeginNumber
	t['$'] |= mayBeginNumber
	return t
}()

// nextStart returns the next index from i on at which a match of a class may
// start, or the length of the text.
func nextStart(s string, i int, class uint8) int {
	if i == 0 {
		return 0
	}
	for ; i+1 < len(s); i++ {
		c := startClass[s[i]]
		if c&mayPrecede != 0 && (c&isOneByte == 0 || startClass[s[i+1]]&class != 0) {
			return i
		}
	}
	return len(s)
}

// findPlain matches an expression or a number without words before it.
func (x *scanner) findPlain(p pattern, from int) (span, bool) {
	for i := from; i < len(x.s); i++ {
		if p == exprPlain {
			if i = nextStart(x.s, i, mayBeginExpr); i == len(x.s) {
				break
			}
			if end, ok := x.prefixedExpr(i, beforeAnything); ok {
				return span{i, end}, true
			}
		} else {
			if i = nextStart(x.s, i, mayBeginNumber); i == len(x.s) {
				break
			}
			if end, ok := x.prefixedNumber(i, beforeAnything); ok {
				return span{i, end}, true
			}
		}
	}
	return span{}, false
}

// findExprOrNumber matches what may follow the word "answer".
func (x *scanner) findExprOrNumber(from int) (span, bool) {
	for i := from; i < len(x.s); i++ {
		if i = nextStart(x.s, i, mayBeginExpr|mayBeginNumber); i == len(x.s) {
			break
		}
		if end, ok := x.exprOrNumber(i, notBeforeEquals); ok {
			return span{i, end}, true
		}
	}
	return span{}, false
}

func (x *scanner) exprCandidate(c *Candidate) {
	if x.lit.hi > 0 {
		c.Kind = Arithmetic
		c.Raw = x.s[x.lit.lo:x.lit.hi]
		text := strings.ReplaceAll(c.Raw, "\n", " ")
		c.Parts = []Part{{Text: strings.ReplaceAll(text, "^", "**")}}
		return
	}
	c.Kind = Number
	c.Raw = x.num.text(x.s)
	c.Parts = []Part{{c.Raw, x.num.percent}}
	c.Fatal = failsInPython(c.Raw)
}
