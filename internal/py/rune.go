package py

import "unicode/utf8"

// DecodeRune returns the first code point of s and its width in bytes.  It is
// utf8.DecodeRuneInString, except that a surrogate in its three-byte form decodes to
// its own code point.
//
// For an empty s it returns (utf8.RuneError, 0), for a byte that begins no code point
// (utf8.RuneError, 1).
func DecodeRune(s string) (r rune, size int) {
	r, size = utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && size == 1 && isSurrogate(s) {
		return surrogate(s), 3
	}
	return r, size
}

// isSurrogate reports whether s begins with a surrogate in generalized UTF-8.
func isSurrogate(s string) bool {
	return len(s) >= 3 && s[0] == 0xed && s[1]&0xe0 == 0xa0 && s[2]&0xc0 == 0x80
}

// surrogate decodes the surrogate that s begins with.
func surrogate(s string) rune {
	return 0xd000 | rune(s[1]&0x3f)<<6 | rune(s[2]&0x3f)
}

// decodeLast is DecodeRune for the end of s.
func decodeLast(s string) (r rune, size int) {
	r, size = utf8.DecodeLastRuneInString(s)
	if r == utf8.RuneError && size == 1 && len(s) >= 3 && isSurrogate(s[len(s)-3:]) {
		return surrogate(s[len(s)-3:]), 3
	}
	return r, size
}

// appendRune appends the generalized UTF-8 form of r.
func appendRune(dst []byte, r rune) []byte {
	if 0xd800 <= r && r <= 0xdfff {
		return append(dst, 0xed, 0x80|byte(r>>6)&0x3f, 0x80|byte(r)&0x3f)
	}
	return utf8.AppendRune(dst, r)
}

// RuneCount returns the number of code points in s, which is len(s) in Python.
// A surrogate counts once, and so does each byte that belongs to no code point.
func RuneCount(s string) int {
	n := 0
	for i := 0; i < len(s); n++ {
		if s[i] < utf8.RuneSelf {
			for i+8 <= len(s) && load8(s, i)&highs == 0 {
				i += 8
				n += 8
			}
			if i == len(s) {
				break
			}
		}
		_, size := DecodeRune(s[i:])
		i += size
	}
	return n
}
