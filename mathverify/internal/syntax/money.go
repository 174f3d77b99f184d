package syntax

import (
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// amount reads a number behind a currency sign.
func (p *parser) amount() *tree.Node {
	code, at := p.tok.s, p.tok.start
	p.next()
	return p.amountOf(code, at)
}

// moneyCode returns the currency that letters before an amount name.
func moneyCode(s string) string {
	switch s {
	case "USD", "EUR", "GBP", "JPY", "CNY", "INR", "CAD", "AUD", "CHF", "KRW":
		return s
	case "US":
		return "USD"
	case "RMB":
		return "CNY"
	case "Rs":
		return "INR"
	}
	return ""
}

// amountOf reads the amount behind a currency.
func (p *parser) amountOf(code string, at int) *tree.Node {
	u := unitNode(code)
	neg := false
	if p.tok.kind == tMinus {
		neg = true
		p.next()
	}
	if p.tok.kind == tLParen && !neg {
		// Accounts write negative amounts in brackets.
		rest := p.src[p.tok.end:min(p.tok.end+30, len(p.src))]
		if i := strings.IndexByte(rest, ')'); i > 0 && strings.Trim(rest[:i], "0123456789,. ") == "" && isDigit(rest[0]) {
			nested := p.nested
			p.nested = 0
			p.next()
			n := p.literal()
			p.nested = nested
			p.expect(tRParen, "a closing parenthesis")
			return tree.New(tree.Quantity, negate(n), u)
		}
	}
	switch {
	case p.tok.kind == tNum, p.tok.kind == tLParen, p.tok.kind == tFrac, p.tok.kind == tCmd && p.starts():
	default:
		return p.fail(at, "a currency sign without an amount")
	}
	n := p.operand(p.power(), at)
	if neg {
		n = negate(n)
	}
	if n.Op == tree.Quantity {
		return p.fail(at, "a currency sign without an amount")
	}
	for p.tok.kind == tWord || p.tok.kind == tText {
		m := magnitude(strings.Trim(p.tok.s, " ~"))
		if m == nil {
			break
		}
		p.next()
		n = tree.New(tree.Mul, n, m)
	}
	if p.tok.kind == tSlash || p.tok.kind == tWord && p.tok.s == "per" || p.tok.kind == tText {
		m := p.mark()
		s := ""
		switch {
		case p.tok.kind == tText:
			s = trimSpacing(p.tok.s)
			if t, ok := strings.CutPrefix(s, "per "); ok {
				s = t
			} else if t, ok := strings.CutPrefix(s, "/"); ok {
				s = t
			} else {
				s = ""
			}
			if s != "" {
				if v := p.unitText(s); v != nil {
					p.next()
					return tree.New(tree.Quantity, p.operand(n, at), tree.New(tree.Div, u, v))
				}
			}
		default:
			p.next()
			if v := p.unitFactor(true); v != nil {
				return tree.New(tree.Quantity, p.operand(n, at), tree.New(tree.Div, u, v))
			}
			if p.err == nil {
				p.reset(m)
			}
		}
	}
	if p.tok.kind == tWord && (p.tok.s == "USD" || p.tok.s == "dollars") && u.Name == "USD" {
		p.next()
	}
	return tree.New(tree.Quantity, p.operand(n, at), u)
}
