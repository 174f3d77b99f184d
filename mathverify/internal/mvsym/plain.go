package mvsym

import (
	"math/big"
	"strconv"
	"strings"
)

// plain reads the commonest of answers without the grammar, and to the same
// values: integers, decimals, and fractions of two integers.
func plain(s string) (*Value, bool) {
	body := strings.TrimPrefix(s, "-")
	if body == "" {
		return nil, false
	}
	v, ok := unsigned(body)
	if ok && len(body) < len(s) {
		v = opposite(v)
	}
	return v, ok
}

func unsigned(s string) (*Value, bool) {
	if s[0] == '\\' {
		return plainFraction(s)
	}
	n := digits(s)
	switch {
	case n == 0 || n > maxSmall:
		return nil, false
	case n == len(s):
		x, err := strconv.ParseInt(s, 10, 64)
		return num(x), err == nil
	case s[n] == '.' && n+1 < len(s) && n+1+digits(s[n+1:]) == len(s) && len(s) <= maxSmall:
		return newFloat(s)
	}
	return nil, false
}

// maxSmall is how many digits always fit an int64.
const maxSmall = 18

func plainFraction(s string) (*Value, bool) {
	rest, ok := strings.CutPrefix(s, `\frac{`)
	if !ok {
		return nil, false
	}
	top, rest, ok := strings.Cut(rest, "}{")
	if !ok || len(rest) < 2 || rest[len(rest)-1] != '}' {
		return nil, false
	}
	a, ok := plainInteger(top)
	if !ok {
		return nil, false
	}
	b, ok := plainInteger(rest[:len(rest)-1])
	if !ok {
		return nil, false
	}
	return quotient(a, b), true
}

func plainInteger(s string) (*big.Rat, bool) {
	body := strings.TrimPrefix(s, "-")
	if n := digits(body); n == 0 || n > maxSmall || n != len(body) {
		return nil, false
	}
	x, err := strconv.ParseInt(s, 10, 64)
	return new(big.Rat).SetInt64(x), err == nil
}
