package mvsym

import (
	"math/big"
	"strings"
)

// ParseArithmetic is the reference's reading of a plain expression by Python's
// own parser: numbers, + - * / ** and parentheses, nothing implied. It is false
// where that raises.
func ParseArithmetic(s string) (*Value, bool) {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\n", " "), "^", "**")
	p := &arithmetic{s: strings.TrimLeft(s, " \t")}
	v := p.sum()
	p.space()
	if p.bad || p.at != len(p.s) {
		return nil, false
	}
	return v, true
}

// An arithmetic parser goes on with bad set once it has failed.
type arithmetic struct {
	s     string
	at    int
	depth int // of parentheses and signs
	chain int // operators so far
	bad   bool
}

// Python's own parser stops at 200 parentheses, its recursion at a chain of 490
// operators.
const (
	maxParentheses = 199
	maxOperators   = 490
)

func (p *arithmetic) space() {
	for p.at < len(p.s) && isSpace(p.s[p.at]) {
		p.at++
	}
}

// take reads an operator.
func (p *arithmetic) take(op string) bool {
	p.space()
	if p.bad || !strings.HasPrefix(p.s[p.at:], op) {
		return false
	}
	rest := p.s[p.at+len(op):]
	if op == "*" && strings.HasPrefix(rest, "*") || op == "/" && strings.HasPrefix(rest, "/") {
		return false
	}
	p.at += len(op)
	return true
}

func (p *arithmetic) sum() *Value {
	v := p.term()
	for {
		switch {
		case p.take("+"):
			v = p.both(Add, v, p.term())
		case p.take("-"):
			if w := p.term(); !p.bad {
				v = p.both(Add, v, join(Mul, num(-1), w))
			}
		default:
			return v
		}
	}
}

func (p *arithmetic) both(class Class, a, b *Value) *Value {
	if p.chain++; p.chain > maxOperators {
		p.bad = true
	}
	if p.bad {
		return nil
	}
	return join(class, a, b)
}

func (p *arithmetic) term() *Value {
	v := p.signed()
	for {
		switch {
		case p.take("*"):
			v = p.both(Mul, v, p.signed())
		case p.take("/"):
			if w := p.signed(); !p.bad {
				v = p.both(Mul, v, mk(Pow, w, num(-1)))
			}
		default:
			return v
		}
	}
}

func (p *arithmetic) signed() *Value {
	if p.depth++; p.depth > maxParentheses {
		p.bad = true
	}
	defer func() { p.depth-- }()
	if p.bad {
		return nil
	}
	switch {
	case p.take("-"):
		v := p.signed()
		if p.bad {
			return nil
		}
		if v.isNumber() {
			return negate(v)
		}
		return join(Mul, num(-1), v)
	case p.take("+"):
		return p.signed()
	}
	v := p.primary()
	if p.take("**") {
		w := p.signed()
		if p.bad {
			return nil
		}
		return mk(Pow, v, w)
	}
	return v
}

func (p *arithmetic) primary() *Value {
	if p.take("(") {
		v := p.sum()
		if !p.take(")") {
			p.bad = true
		}
		return v
	}
	p.space()
	start := p.at
	p.at += digits(p.s[p.at:])
	whole := p.s[start:p.at]
	point := p.at < len(p.s) && p.s[p.at] == '.'
	if point {
		p.at++
		p.at += digits(p.s[p.at:])
	}
	text := p.s[start:p.at]
	switch {
	case text == "" || text == "." || len(text) > maxDigits || p.bad:
		p.bad = true
		return nil
	case point:
		v, ok := newFloat(strings.TrimSuffix(text, "."))
		if !ok {
			p.bad = true
			return nil
		}
		return v
	case len(whole) > 1 && whole[0] == '0' && strings.Trim(whole, "0") != "":
		p.bad = true // Python has no leading zeros
		return nil
	}
	x, _ := new(big.Int).SetString(whole, 10)
	return rat(new(big.Rat).SetInt(x))
}
