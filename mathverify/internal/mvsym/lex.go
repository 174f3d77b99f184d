package mvsym

import (
	"strings"
)

// kind is the class of a token.
type kind uint8

const (
	kEOF kind = iota
	kAdd
	kSub
	kMul // also \times and \cdot
	kDiv // also \div
	kMod
	kLParen
	kRParen
	kLParenVisual
	kRParenVisual
	kLGroup
	kRGroup
	kLBrace
	kRBrace
	kLBraceVisual
	kRBraceVisual
	kLBraceCmd
	kRBraceCmd
	kLBracket
	kRBracket
	kLBrack
	kRBrack
	kPhantom
	kBoxed
	kBar
	kLVert
	kRVert
	kVert
	kNorm
	kLAngle
	kRAngle
	kLFloor
	kRFloor
	kLCeil
	kRCeil
	kLim
	kApproach
	kInt
	kSum
	kProd
	kFunc     // a function of one argument
	kFuncMany // \gcd, \lcm, \max, \min
	kName     // a name for \operatorname, one argument
	kNameMany // the same, several arguments
	kSqrt
	kFrac
	kBinom
	kChoose
	kOperator // \operatorname
	kMatStart
	kMatEnd
	kArrStart
	kArrEnd
	kDetStart
	kDetEnd
	kCol // &
	kRow // \\
	kUnder
	kCaret
	kColon
	kSemicolon
	kComma
	kDiff // d followed by a letter
	kExpE // e
	kBigE // E
	kLetter
	kNumber
	kENotation
	kPercent // a number with a percent sign
	kIn
	kNotIn
	kAssign
	kEqual
	kApprox
	kLT
	kLE
	kGT
	kGE
	kNE
	kBang
	kGreek
	kOther  // other symbol commands
	kSymbol // \infty, \partial
	kSet    // \mathbb{R} and the like
	kAccent // \text{...} and the like, with its braces
	kUnion
	kInter
	kSetMinus
	kPlusMinus
	kEmptySet
	kSupset
	kSubset
	kTranspose
	kDegree
	kNever // a token that no rule takes
	kSkip  // white space
	kinds
)

type token struct {
	kind kind
	at   int // offset in the source
	text string
}

// maxTokens bounds the length of a text that is parsed. The reference needs
// more than its five seconds for such texts.
const maxTokens = 1500

// lex cuts a text into tokens, the longest at each place; false if a place has
// none.
func lex(s string) ([]token, bool) {
	toks := make([]token, 0, min(len(s), 64))
	for i := 0; i < len(s); {
		k, n := next(s[i:])
		if n == 0 || len(toks) > maxTokens {
			return nil, false
		}
		if k != kSkip {
			toks = append(toks, token{k, i, s[i : i+n]})
		}
		i += n
	}
	return toks, true
}

func next(s string) (kind, int) {
	c := s[0]
	switch {
	case isDigit(c) || c == '.':
		return lexNumber(s)
	case c == ' ' || c == '\t' || c == '\r' || c == '\n':
		n := 1
		for n < len(s) && isSpace(s[n]) {
			n++
		}
		return kSkip, n
	case isLetter(c):
		return lexWord(s)
	}
	k, n := lookup(s)
	switch k {
	case kGreek, kOther:
		// The space behind a command belongs to it.
		if n < len(s) && s[n] == ' ' {
			n++
		}
	case kSymbol:
		if strings.HasSuffix(s[:n], `\infty`) && !strings.HasPrefix(s, `\$`) {
			n += percentSign(s[n:])
		}
	}
	if c == '\\' {
		if m := lexAccent(s); m > n {
			return kAccent, m
		}
		if m := lexArray(s); m > n {
			return kArrStart, m
		}
	}
	return k, n
}

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isSpace(c byte) bool  { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }
func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

func digits(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

func percentSign(s string) int {
	switch {
	case strings.HasPrefix(s, "%"):
		return 1
	case strings.HasPrefix(s, `\%`):
		return 2
	}
	return 0
}

// lexNumber reads digits, a decimal, E notation, or a number with percent.
func lexNumber(s string) (kind, int) {
	n := digits(s)
	if n < len(s) && s[n] == '.' {
		if d := digits(s[n+1:]); d > 0 {
			n += 1 + d
		}
	}
	if n == 0 {
		return kNever, 1 // a lone point
	}
	if n < len(s) && s[n] == 'E' {
		m := n + 1
		if m < len(s) {
			if k, l := lookup(s[m:]); k == kAdd || k == kSub {
				m += l
			}
		}
		if d := digits(s[m:]); d > 0 {
			return kENotation, m + d
		}
	}
	m := n
	if m < len(s) && isSpace(s[m]) {
		m++
	}
	if p := percentSign(s[m:]); p > 0 {
		return kPercent, m + p
	}
	return kNumber, n
}

// lexWord reads a letter, a differential, or one of the bare words.
func lexWord(s string) (kind, int) {
	k, n := kLetter, 1
	switch s[0] {
	case 'e':
		k = kExpE
	case 'E':
		k = kBigE
	case 'd':
		if m := differential(s); m > 0 {
			k, n = kDiff, m
		}
	}
	if wk, wn := lookup(s); wn > n {
		return wk, wn
	}
	return k, n
}

func differential(s string) int {
	i := 1
	for i < len(s) && isSpace(s[i]) {
		i++
	}
	if i == len(s) {
		return 0
	}
	if isLetter(s[i]) {
		return i + 1
	}
	if s[i] != '\\' {
		return 0
	}
	j := i + 1
	for j < len(s) && isLetter(s[j]) {
		j++
	}
	if j == i+1 {
		return 0
	}
	return j
}

// lexAccent reads \text{...} and its like to the first brace that is not
// escaped, or to the last escaped one.
func lexAccent(s string) int {
	i := 1
	for i < len(s) && isLetter(s[i]) {
		i++
	}
	if !accents[s[1:i]] {
		return 0
	}
	if i < len(s) && isSpace(s[i]) {
		i++
	}
	if i >= len(s) || s[i] != '{' {
		return 0
	}
	last := 0
	for j := i + 1; j < len(s); j++ {
		if s[j] != '}' {
			continue
		}
		last = j + 1
		if s[j-1] != '\\' {
			break
		}
	}
	return last
}

func lexArray(s string) int {
	const start = `\begin{array}{`
	if !strings.HasPrefix(s, start) {
		return 0
	}
	i := len(start)
	for i < len(s) && (s[i] == 'c' || s[i] == 'l' || s[i] == 'r') {
		i++
	}
	if i == len(s) || s[i] != '}' {
		return 0
	}
	return i + 1
}

// lookup finds the longest fixed token that s starts with.
func lookup(s string) (kind, int) {
	for n := min(maxWord[s[0]], len(s)); n > 0; n-- {
		if k, ok := fixed[s[:n]]; ok {
			return k, n
		}
	}
	return kNever, 0
}
