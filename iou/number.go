package iou

import (
	"strconv"
	"strings"
)

// appendDecimal appends the canonical form of the plain decimal s and reports
// whether s is one:
//
//	[+-] digits [. digits] [e [+-] digits]      (ASCII digits; e or E)
//
// Two decimals have the same canonical form exactly when their values are
// equal: the significant digits without zeros at either end, and the power of
// ten of the last one. The value is never expanded, so 1e999999999 costs ten
// bytes. Zero has no sign. An exponent outside ±10^17 makes s plain text,
// unless the digits are all zero.
func appendDecimal(dst []byte, s string) ([]byte, bool) {
	rest := s
	neg := false
	if rest != "" && (rest[0] == '+' || rest[0] == '-') {
		neg, rest = rest[0] == '-', rest[1:]
	}
	whole := digits(rest)
	if whole == 0 {
		return dst, false
	}
	intPart, rest := rest[:whole], rest[whole:]
	frac := ""
	if rest != "" && rest[0] == '.' {
		n := digits(rest[1:])
		if n == 0 {
			return dst, false
		}
		frac, rest = rest[1:1+n], rest[1+n:]
	}
	exp, ok := exponent(rest)
	if !ok {
		return dst, false
	}

	// The last significant digit decides the exponent, the first one where
	// the digits start.
	if f := strings.TrimRight(frac, "0"); f != "" {
		frac = f
	} else {
		frac = ""
		trimmed := strings.TrimRight(intPart, "0")
		exp += int64(len(intPart) - len(trimmed))
		intPart = trimmed
	}
	exp -= int64(len(frac))
	intPart = strings.TrimLeft(intPart, "0")
	if intPart == "" {
		frac = strings.TrimLeft(frac, "0")
	}
	if intPart == "" && frac == "" {
		return append(dst, '0'), true
	}
	if exp > maxExponent || exp < -maxExponent {
		return dst, false
	}
	if neg {
		dst = append(dst, '-')
	}
	dst = append(append(dst, intPart...), frac...)
	return strconv.AppendInt(append(dst, 'e'), exp, 10), true
}

// maxExponent leaves room to add the length of any string.
const maxExponent = 1e17

// exponent reads an optional exponent that ends the string. One too large for
// int64 comes back as a value past maxExponent.
func exponent(s string) (int64, bool) {
	if s == "" {
		return 0, true
	}
	if s[0] != 'e' && s[0] != 'E' {
		return 0, false
	}
	s = s[1:]
	neg := false
	if s != "" && (s[0] == '+' || s[0] == '-') {
		neg, s = s[0] == '-', s[1:]
	}
	if s == "" || digits(s) != len(s) {
		return 0, false
	}
	s = strings.TrimLeft(s, "0")
	if len(s) > 18 {
		s = "999999999999999999"
	}
	v, _ := strconv.ParseInt("0"+s, 10, 64)
	if neg {
		v = -v
	}
	return v, true
}

// digits returns the length of the run of ASCII digits that s starts with.
func digits(s string) int {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return i
		}
	}
	return len(s)
}
