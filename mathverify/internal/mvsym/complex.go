package mvsym

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

var complexMarks = []string{
	`\mathbb{C}`, `\text{i}`, `\mathrm{i}`, `\det`, `\operatorname{tr}`, `\operatorname{rank}`, `\text{rank}`, `\arg{`, `\Re{`, `\Im{`,
	`\operatorname{Re}`, `\operatorname{Im}`, `\text{Re}`, `\text{Im}`,
}

// complexText is should_treat_as_complex: whether symbols are not assumed real.
func complexText(s string) bool {
	for _, m := range complexMarks {
		if strings.Contains(s, m) {
			return true
		}
	}
	for i := 0; i < len(s); i++ {
		// A lone i, also behind a backslash, and \imath before a boundary.
		if s[i] == 'i' && !wordBefore(s, i) && !wordAt(s, i+1) {
			return true
		}
		if strings.HasPrefix(s[i:], `\imath`) && !wordAt(s, i+len(`\imath`)) {
			return true
		}
	}
	return false
}

// wordAt reports whether a character of \w is at i, wordBefore whether one ends
// there.
func wordAt(s string, i int) bool {
	if i >= len(s) {
		return false
	}
	r, _ := utf8.DecodeRuneInString(s[i:])
	return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r)
}

func wordBefore(s string, i int) bool {
	if i == 0 {
		return false
	}
	r, _ := utf8.DecodeLastRuneInString(s[:i])
	return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r)
}
