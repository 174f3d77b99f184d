package syntax

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// maxDigits bounds the length of a number; longer ones are no answers.
const maxDigits = 20000

// maxPeriod bounds the period of a recurring decimal and maxExponent that of
// a number in scientific notation that is kept as a number.
const (
	maxPeriod   = 200
	maxExponent = 400
)

// literal reads a number with a recurring part or an exponent.
func (p *parser) literal() *tree.Node {
	s, sep, at := p.tok.s, p.tok.sep, p.tok.start
	end := p.tok.end
	if len(s) > maxDigits {
		return p.fail(at, "a number too long")
	}
	if end < len(p.src) && p.tok.end == p.pos {
		switch p.src[end] {
		case '\\', '(', '.':
			if period, w := recurring(p.src[end:], s); w > 0 {
				p.pos = end + w
				p.tok.end = p.pos
				p.next()
				return p.recur(s, period, at)
			}
		case 'e', 'E':
			if exp, w := scientific(p.src[end:], s); w > 0 {
				p.pos = end + w
				p.tok.end = p.pos
				p.next()
				return p.power10(p.value(s, sep), exp)
			}
		}
	}
	p.next()
	if p.tok.kind == tEllipsis && !p.tok.space {
		return p.dots(s, sep, at)
	}
	return p.value(s, sep)
}

// value returns the number written s.
func (p *parser) value(s string, sep bool) *tree.Node {
	if sep {
		s = digitsOf(s, p.comma)
	}
	if len(s) <= 18 && allDigits(s) {
		v := int64(0)
		for i := 0; i < len(s); i++ {
			v = v*10 + int64(s[i]-'0')
		}
		return tree.Int(v)
	}
	point := strings.IndexAny(s, ".,")
	if point < 0 {
		v, _ := new(big.Int).SetString(s, 10)
		p.bud.Use(int64(len(s)))
		return tree.BigInt(v)
	}
	places := len(s) - point - 1
	if len(s) <= 18 {
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
		return tree.Written(v, d, places)
	}
	num, den := new(big.Int), new(big.Int)
	num.SetString(s[:point]+s[point+1:], 10)
	den.Exp(big.NewInt(10), big.NewInt(int64(places)), nil)
	p.bud.Use(int64(len(s)) * 2)
	return tree.Decimal(new(big.Rat).SetFrac(num, den), places)
}

// digitsOf removes the thousands separators of a number. With comma, a lone
// comma is the decimal point.
func digitsOf(s string, comma bool) string {
	point := strings.LastIndexAny(s, ".,")
	if point >= 0 && s[point] == ',' && strings.IndexByte(s, '.') < 0 {
		thin := point > 0 && (s[point-1] == '\\' || s[point-1] == '{') || point+1 < len(s) && s[point+1] == '\\'
		if !comma || thin || strings.IndexByte(s[:point], ',') >= 0 {
			point = -1 // commas that group
		}
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if isDigit(s[i]) {
			b = append(b, s[i])
		} else if i == point {
			b = append(b, '.')
		}
	}
	return string(b)
}

// recurring returns the recurring digits that stand behind the digits of s,
// and how many bytes they take: .\overline{3}, .(3), .\dot{3}.
func recurring(rest, s string) (string, int) {
	point := strings.IndexByte(s, '.') >= 0
	i := 0
	if !point {
		if rest[0] != '.' {
			return "", 0
		}
		i = 1
	}
	if i >= len(rest) {
		return "", 0
	}
	t := rest[i:]
	if t[0] == '(' {
		j := 1
		for j < len(t) && isDigit(t[j]) {
			j++
		}
		if j > 1 && j < len(t) && t[j] == ')' {
			return t[1:j], i + j + 1
		}
		return "", 0
	}
	for _, name := range [...]string{`\overline{`, `\bar{`, `\dot{`, `\overline `, `\bar `, `\dot `, `\overline`, `\bar`, `\dot`} {
		if !strings.HasPrefix(t, name) {
			continue
		}
		j := len(name)
		from := j
		for j < len(t) && isDigit(t[j]) {
			j++
		}
		if j == from {
			return "", 0
		}
		if name[len(name)-1] != '{' {
			return t[from : from+1], i + from + 1
		}
		if j == len(t) || t[j] != '}' {
			return "", 0
		}
		digits := t[from:j]
		j++
		if name != `\dot{` {
			return digits, i + j
		}
		// Dots over the first and the last digit.
		k := j
		for k < len(t) && isDigit(t[k]) {
			k++
		}
		if strings.HasPrefix(t[k:], `\dot{`) && len(t) > k+6 && isDigit(t[k+5]) && t[k+6] == '}' {
			return digits + t[j:k] + t[k+5:k+6], i + k + 7
		}
		return digits, i + j
	}
	return "", 0
}

// recur returns the number s with recurring digits behind it.
func (p *parser) recur(s, period string, at int) *tree.Node {
	if len(period) > maxPeriod || len(s) > maxPeriod {
		return p.fail(at, "a period too long")
	}
	whole, frac, _ := strings.Cut(digitsOf(s, p.comma), ".")
	p.bud.Use(int64(len(s)+len(period)) * 4)
	ten := big.NewInt(10)
	a, _ := new(big.Int).SetString(whole+frac, 10)
	b, _ := new(big.Int).SetString(period, 10)
	nines := new(big.Int).Exp(ten, big.NewInt(int64(len(period))), nil)
	nines.Sub(nines, big.NewInt(1))
	a.Mul(a, nines).Add(a, b)
	nines.Mul(nines, new(big.Int).Exp(ten, big.NewInt(int64(len(frac))), nil))
	return tree.Rat(new(big.Rat).SetFrac(a, nines))
}

// dots reads 0.333...: recurring when the last three digits are one. Otherwise
// nobody knows what the dots stand for, so that the digits are words; behind a
// sign of approximation they may go.
func (p *parser) dots(s string, sep bool, at int) *tree.Node {
	i := strings.IndexByte(s, '.')
	if i < 0 {
		return p.value(s, sep)
	}
	stop := p.tok.end-p.tok.start == 2 && p.tok.end == len(p.src) // a full stop too many
	p.next()
	n := len(s)
	if stop {
		return p.value(s, sep)
	}
	if sep || n-i <= 3 || s[n-1] != s[n-2] || s[n-2] != s[n-3] {
		before := strings.TrimRight(p.src[:at], " $")
		if strings.HasSuffix(before, `\approx`) || strings.HasSuffix(before, "≈") {
			return p.value(s, sep)
		}
		return tree.Words(s + "...")
	}
	return p.recur(s[:n-1], s[n-1:], at)
}

// scientific returns the exponent behind the digits s, and how many bytes it
// takes. "2e-1" is 2e - 1: only where the coefficient or the exponent cannot
// be that of e does a minus sign make an exponent.
func scientific(rest, s string) (int, int) {
	i := 1
	neg := false
	if i < len(rest) && (rest[i] == '+' || rest[i] == '-') {
		neg = rest[i] == '-'
		i++
	}
	from := i
	for i < len(rest) && isDigit(rest[i]) {
		i++
	}
	if i == from || i-from > 6 || i < len(rest) && (isLetter(rest[i]) || rest[i] == '.' && i+1 < len(rest) && isDigit(rest[i+1]) || rest[i] == '^') {
		return 0, 0
	}
	v, _ := strconv.Atoi(rest[from:i])
	if from == 2 && i-from == 1 && v < 3 && s != "1" && strings.IndexByte(s, '.') < 0 {
		return 0, 0
	}
	if neg {
		v = -v
	}
	return v, i
}

// power10 returns n·10^exp.
func (p *parser) power10(n *tree.Node, exp int) *tree.Node {
	if exp > maxExponent || exp < -maxExponent {
		return tree.New(tree.Mul, n, tree.New(tree.Pow, tree.Int(10), tree.Int(int64(exp))))
	}
	p.bud.Use(int64(max(exp, -exp)) + 4)
	ten := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(exp, -exp))), nil)
	x := new(big.Rat).SetInt(ten)
	if exp < 0 {
		x.Inv(x)
	}
	x.Mul(x, n.Rat())
	places := max(n.Digits, 0) - exp
	if places > 0 {
		return tree.Decimal(x, places)
	}
	return tree.Rat(x)
}
