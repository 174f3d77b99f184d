package mathverify

import (
	"strings"
	"unicode"
)

const (
	maxLine  = 200 // bytes of a line that may be an answer by itself
	maxLines = 256

	plainWords  = 8  // words of a line that nothing announces
	taggedWords = 40 // words of a line behind a tag or heading
)

// isBlock reports a text of one short line, or of several that each hold a
// value, plain words, or both.
func isBlock(s string, words int) bool {
	if s == "" {
		return false
	}
	if !strings.ContainsAny(s, "\n\r") {
		return len(s) <= maxLine
	}
	n := 0
	for line := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if n++; n > maxLines || len(line) > maxLine || !blockLine(line, words) {
			return false
		}
	}
	return true
}

// blockLine reports a line that can be one of several answers. A sentence
// about numbers is not: a derivation must not pass for an answer.
func blockLine(line string, maxWords int) bool {
	text := clean(line)
	if text == "" {
		return true
	}
	if strings.EqualFold(text, "answer") || text == "答案" {
		return false // a heading, not a value
	}
	n := len(strings.Fields(text))
	if n > maxWords {
		return false
	}
	kind := readDatum(text).kind
	if kind == numeric || kind == symbols {
		return true
	}
	const longest = 6 // words of an answer with a full stop
	if stopped(line) && (n > longest || kind != words && kind != numeral) {
		return false
	}
	if kind == words || kind == numeral {
		return true
	}
	for tok := range strings.FieldsSeq(text) {
		if maxWords == plainWords && verbs[strings.ToLower(tok)] || !plainToken(tok) {
			return false
		}
	}
	return true
}

// stopped reports a line with the end of a sentence.
func stopped(line string) bool {
	line = strings.TrimRight(strings.TrimSpace(line), "*`")
	for _, stop := range [...]string{".", "!", "?", "。", "！", "？"} {
		if strings.HasSuffix(line, stop) {
			return true
		}
	}
	return false
}

// verbs tell a sentence from a label.
var verbs = wordSet("is are was were be let then so we have get gives equals suppose since because if thus hence therefore")

// plainToken reports letters, digits and the signs that stand in names, dates,
// amounts and enumerations, but no formula: neither x+1 nor 2x.
func plainToken(tok string) bool {
	for _, r := range tok {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r) &&
			!strings.ContainsRune("_-.,:;%$€£¥/()[]'\"#&°•*，；：（）《》“”–—", r) {
			return false
		}
	}
	t := strings.Trim(tok, ".,:;()")
	n := leadingDigits(t)
	return n == 0 || n+1 != len(t) || t[n] < 'a' || t[n] > 'z'
}

// allNumbers reports whether every line of s is a number, and some line is.
func allNumbers(s string) bool {
	n := 0
	for line := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if n++; n > maxLines || len(line) > maxLine {
			return false
		}
		if text := clean(line); text != "" && readDatum(text).kind != numeric {
			return false
		}
	}
	return n > 0
}
