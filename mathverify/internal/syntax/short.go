package syntax

import (
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// maxShort bounds the digits of a number that fits an int64.
const maxShort = 18

// short reads the commonest answers without a parser: a small integer, a short
// decimal, a fraction of small integers. It returns nil for all others.
func short(s string) *tree.Node {
	if len(s) > 2*maxShort+12 || s == "" {
		return nil
	}
	body, neg := s, s[0] == '-'
	if neg {
		body = s[1:]
	}
	num, den := "", ""
	switch {
	case body == "":
		return nil
	case body[0] == '\\':
		var ok bool
		if num, den, ok = fraction(body); !ok {
			return nil
		}
	case isDigit(body[0]):
		i := 1
		for i < len(body) && isDigit(body[i]) {
			i++
		}
		if i == len(body) {
			return smallInteger(body, neg)
		}
		switch body[i] {
		case '.':
			return shortDecimal(body, i, neg)
		case '/':
			num, den = body[:i], body[i+1:]
		default:
			return nil
		}
	default:
		return nil
	}
	a, b := signedInteger(num), smallInteger(den, false)
	if a == nil || b == nil {
		return nil
	}
	n := tree.New(tree.Div, a, b)
	if neg {
		return tree.New(tree.Neg, n)
	}
	return n
}

// fraction splits \frac{a}{b}.
func fraction(s string) (num, den string, ok bool) {
	for _, name := range [...]string{`\frac{`, `\dfrac{`, `\tfrac{`} {
		if strings.HasPrefix(s, name) && s[len(s)-1] == '}' {
			return strings.Cut(s[len(name):len(s)-1], "}{")
		}
	}
	return "", "", false
}

func signedInteger(s string) *tree.Node {
	if strings.HasPrefix(s, "-") {
		return smallInteger(s[1:], true)
	}
	return smallInteger(s, false)
}

func smallInteger(s string, neg bool) *tree.Node {
	if len(s) > maxShort || !allDigits(s) {
		return nil
	}
	v := int64(0)
	for i := 0; i < len(s); i++ {
		v = v*10 + int64(s[i]-'0')
	}
	if neg {
		v = -v
	}
	return tree.Int(v)
}

// shortDecimal reads digits with a point among them.
func shortDecimal(s string, point int, neg bool) *tree.Node {
	if len(s) > maxShort || !allDigits(s[point+1:]) {
		return nil
	}
	v, d := int64(0), int64(1)
	for i := 0; i < len(s); i++ {
		if i == point {
			continue
		}
		v = v*10 + int64(s[i]-'0')
		if i > point {
			d *= 10
		}
	}
	if neg {
		v = -v
	}
	return tree.Written(v, d, len(s)-point-1)
}
