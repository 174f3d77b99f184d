package mvtext

import (
	"strings"
	"unicode/utf8"
)

// digitZeros are the zeros of the decimal digit runs (Nd) of Unicode 14, the
// version of the reference's Python; Go's own tables are newer.
var digitZeros = [...]rune{
	0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20,
	0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0,
	0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0,
	0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0,
	0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
}

// isDigit reports whether r is matched by Python's \d.
func isDigit(r rune) bool {
	if r < 0x660 {
		return '0' <= r && r <= '9'
	}
	lo, hi := 0, len(digitZeros)
	for lo < hi {
		mid := (lo + hi) / 2
		if digitZeros[mid]+10 <= r {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo < len(digitZeros) && digitZeros[lo] <= r
}

// isSpace reports whether r is matched by Python's \s; unlike Go's
// unicode.IsSpace it holds for the four separators from U+001C.
func isSpace(r rune) bool {
	switch {
	case r == ' ' || '\t' <= r && r <= '\r' || 0x1c <= r && r <= 0x1f:
		return true
	case r < 0x85:
		return false
	case r == 0x85 || r == 0xa0 || r == 0x1680 || 0x2000 <= r && r <= 0x200a:
		return true
	}
	return r == 0x2028 || r == 0x2029 || r == 0x202f || r == 0x205f || r == 0x3000
}

func isLetter(b byte) bool { return 'a' <= b|0x20 && b|0x20 <= 'z' }

// The functions below look at the code point that starts at i, or ends at i,
// and return its width, or 0 if it is not of the class or not there.

func spaceAt(s string, i int) int {
	if i >= len(s) {
		return 0
	}
	if c := s[i]; c < utf8.RuneSelf {
		if isSpace(rune(c)) {
			return 1
		}
		return 0
	}
	if r, w := utf8.DecodeRuneInString(s[i:]); isSpace(r) {
		return w
	}
	return 0
}

func spaceBefore(s string, i int) int {
	if i == 0 {
		return 0
	}
	if r, w := utf8.DecodeLastRuneInString(s[:i]); isSpace(r) {
		return w
	}
	return 0
}

func digitAt(s string, i int) int {
	if i >= len(s) {
		return 0
	}
	if c := s[i]; c < utf8.RuneSelf {
		if '0' <= c && c <= '9' {
			return 1
		}
		return 0
	}
	if r, w := utf8.DecodeRuneInString(s[i:]); isDigit(r) {
		return w
	}
	return 0
}

func digitBefore(s string, i int) int {
	if i == 0 {
		return 0
	}
	if r, w := utf8.DecodeLastRuneInString(s[:i]); isDigit(r) {
		return w
	}
	return 0
}

// runeWidth returns the width of the code point at i, which must be in s.
func runeWidth(s string, i int) int {
	if s[i] < utf8.RuneSelf {
		return 1
	}
	_, w := utf8.DecodeRuneInString(s[i:])
	return w
}

func skipSpace(s string, i int) int {
	for {
		w := spaceAt(s, i)
		if w == 0 {
			return i
		}
		i += w
	}
}

func skipDigits(s string, i int) int {
	for {
		w := digitAt(s, i)
		if w == 0 {
			return i
		}
		i += w
	}
}

func trimSpace(s string) string { return strings.TrimFunc(s, isSpace) }

func hasPrefixAt(s string, i int, prefix string) bool {
	return i <= len(s) && strings.HasPrefix(s[i:], prefix)
}

func byteAt(s string, i int) byte {
	if uint(i) < uint(len(s)) {
		return s[i]
	}
	return 0
}

// widthBefore returns the width of the code point that ends at i, or 0 if there
// is none or it is a newline.
func widthBefore(s string, i int) int {
	if i == 0 || s[i-1] == '\n' {
		return 0
	}
	_, w := utf8.DecodeLastRuneInString(s[:i])
	return w
}
