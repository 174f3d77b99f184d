package py

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// AppendRepr appends repr(s) for a str and returns dst.  The quote is ' unless s holds
// a ' and no "; characters that are not printable, surrogates included, become \xNN,
// \uNNNN or \UNNNNNNNN.
func AppendRepr(dst []byte, s string) []byte {
	quote := byte('\'')
	if strings.IndexByte(s, '\'') >= 0 && strings.IndexByte(s, '"') < 0 {
		quote = '"'
	}
	dst = append(dst, quote)
	done := 0 // s[:done] is in dst
	for i := 0; i < len(s); {
		c := s[i]
		if ' ' <= c && c < 0x7f && c != quote && c != '\\' {
			i++
			continue
		}
		r, size := DecodeRune(s[i:])
		if c >= utf8.RuneSelf && (IsPrintable(r) || size == 1) {
			i += size
			continue
		}
		dst = append(dst, s[done:i]...)
		dst = appendEscaped(dst, r)
		i += size
		done = i
	}
	dst = append(dst, s[done:]...)
	return append(dst, quote)
}

// appendEscaped appends the escape that repr uses for r.
func appendEscaped(dst []byte, r rune) []byte {
	switch r {
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	case '\'', '"', '\\':
		return append(dst, '\\', byte(r))
	}
	digits := 8
	switch {
	case r < 0x100:
		dst, digits = append(dst, '\\', 'x'), 2
	case r < 0x10000:
		dst, digits = append(dst, '\\', 'u'), 4
	default:
		dst = append(dst, '\\', 'U')
	}
	for shift := 4 * (digits - 1); shift >= 0; shift -= 4 {
		dst = append(dst, hexDigits[r>>shift&15])
	}
	return dst
}

// AppendFloat appends repr(f) for a float and returns dst: the shortest digits that
// read back as f, with an exponent if f is 1e16 or more or less than 1e-4 in size, and
// ".0" where nothing else shows that it is a float.  Special values are nan, inf, -inf
// and -0.0.
func AppendFloat(dst []byte, f float64) []byte {
	switch {
	case f != f:
		return append(dst, "nan"...)
	case math.IsInf(f, 1):
		return append(dst, "inf"...)
	case math.IsInf(f, -1):
		return append(dst, "-inf"...)
	}
	if a := math.Abs(f); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	for _, c := range dst[start:] {
		if c == '.' {
			return dst
		}
	}
	return append(dst, '.', '0')
}
