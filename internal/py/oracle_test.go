package py

import (
	"strings"
	"unicode/utf8"
)

// The functions of this file say plainly, one code point after the other, what the
// package does eight bytes at a time.

func runesOf(s string) []string {
	var rs []string
	for s != "" {
		_, size := DecodeRune(s)
		rs = append(rs, s[:size])
		s = s[size:]
	}
	return rs
}

func isSpaceString(c string) bool {
	r, _ := DecodeRune(c)
	return IsSpace(r)
}

func plainFields(s string) []string {
	var words []string
	word := ""
	for _, c := range append(runesOf(s), " ") {
		if !isSpaceString(c) {
			word += c
		} else if word != "" {
			words = append(words, word)
			word = ""
		}
	}
	return words
}

func plainStrip(s string) string {
	rs := runesOf(s)
	for len(rs) > 0 && isSpaceString(rs[0]) {
		rs = rs[1:]
	}
	for len(rs) > 0 && isSpaceString(rs[len(rs)-1]) {
		rs = rs[:len(rs)-1]
	}
	return strings.Join(rs, "")
}

func plainCase(m *caseMap, s string) string {
	rs := runesOf(s)
	var b strings.Builder
	for i, c := range rs {
		r, size := DecodeRune(c)
		to, multi := m.lookup(r)
		switch {
		case r == utf8.RuneError && size == 1:
			b.WriteString(c)
		case m.sigma && r == capitalSigma:
			b.WriteRune(plainSigma(rs[:i], rs[i+1:]))
		case multi != "":
			b.WriteString(multi)
		default:
			b.Write(appendRune(nil, to))
		}
	}
	return b.String()
}

func plainSigma(before, after []string) rune {
	kind := func(c string) (ignorable, cased bool) {
		r, _ := DecodeRune(c)
		return toggled(ignorableTable[:], r), toggled(casedTable[:], r)
	}
	final := false
	for i := len(before) - 1; i >= 0; i-- {
		if ignorable, cased := kind(before[i]); !ignorable {
			final = cased
			break
		}
	}
	for _, c := range after {
		if ignorable, cased := kind(c); !ignorable {
			final = final && !cased
			break
		}
	}
	if final {
		return finalSigma
	}
	return smallSigma
}

// wellFormed reports whether s is generalized UTF-8 without a surrogate pair, so that
// JSON can carry it unchanged.
func wellFormed(s string) bool {
	high := false
	for s != "" {
		r, size := DecodeRune(s)
		if r == utf8.RuneError && size == 1 || high && r>>10 == 0xdc00>>10 {
			return false
		}
		high = r>>10 == 0xd800>>10
		s = s[size:]
	}
	return true
}
