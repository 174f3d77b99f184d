package syntax

import (
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// relate makes a relation of n bytes.
func (l *lexer) relate(r tree.Rel, n int) {
	l.take(tRel, n)
	l.tok.rel = r
}

// punct scans ASCII punctuation.
func (l *lexer) punct(c byte) {
	switch c {
	case '+':
		if l.at(1) == '/' && l.at(2) == '-' {
			l.take(tPM, 3)
		} else if l.at(1) == '-' && l.at(2) != '-' && l.pos > 0 && l.at(2) == ' ' {
			l.take(tPM, 2)
		} else {
			l.take(tPlus, 1)
		}
	case '-':
		if l.at(1) == '>' {
			l.relate(tree.Maps, 2)
		} else if l.at(1) == '/' && l.at(2) == '+' {
			l.take(tMP, 3)
		} else {
			l.take(tMinus, 1)
		}
	case '*':
		if l.at(1) == '*' {
			l.take(tCaret, 2)
		} else {
			l.take(tTimes, 1)
		}
	case '/':
		l.take(tSlash, 1)
	case '^':
		l.take(tCaret, 1)
	case '_':
		l.take(tUnder, 1)
	case '\'':
		l.take(tPrime, 1)
	case '!':
		l.bang()
	case '%':
		l.take(tPercent, 1)
	case '(':
		l.take(tLParen, 1)
	case ')':
		l.take(tRParen, 1)
	case '[':
		l.take(tLBrack, 1)
	case ']':
		l.take(tRBrack, 1)
	case '{':
		l.take(tLBrace, 1)
	case '}':
		l.take(tRBrace, 1)
	case '|':
		l.take(tBar, 1)
	case ',':
		l.take(tComma, 1)
	case ';':
		l.take(tSemi, 1)
	case ':':
		if l.at(1) == '=' {
			l.relate(tree.Eq, 2)
		} else {
			l.take(tColon, 1)
		}
	case '&':
		l.take(tAmp, 1)
	case '.':
		if l.at(1) == '.' {
			n := 2
			for l.at(n) == '.' {
				n++
			}
			l.take(tEllipsis, n)
		} else {
			l.take(tDot, 1)
		}
	case '"':
		l.quoted()
	case '$':
		l.take(tMoney, 1)
		l.tok.s = "USD"
	case '<', '=', '>':
		l.compare(c)
	default:
		l.take(tBad, 1)
	}
}

// bang scans "!", or "!=" where it means "differs": directly behind a number
// or a bracket it is a factorial before an equals sign.
func (l *lexer) bang() {
	if l.at(1) == '=' && l.at(2) != '=' {
		if l.pos > 0 {
			if c := l.src[l.pos-1]; isDigit(c) || c == ')' || c == '!' {
				l.take(tBang, 1)
				return
			}
		}
		l.relate(tree.Ne, 2)
		return
	}
	l.take(tBang, 1)
}

func (l *lexer) compare(c byte) {
	d := l.at(1)
	switch {
	case c == '<' && d == '=' && l.at(2) == '>':
		l.relate(tree.Iff, 3)
	case c == '<' && d == '=':
		l.relate(tree.Le, 2)
	case c == '<' && d == '>':
		l.relate(tree.Ne, 2)
	case c == '<':
		l.relate(tree.Lt, 1)
	case c == '>' && d == '=':
		l.relate(tree.Ge, 2)
	case c == '>':
		l.relate(tree.Gt, 1)
	case d == '=':
		l.relate(tree.Eq, 2)
	case d == '>':
		l.relate(tree.Implies, 2)
	case d == '<':
		l.relate(tree.Le, 2)
	default:
		l.relate(tree.Eq, 1)
	}
}

// quoted scans "words".
func (l *lexer) quoted() {
	i := strings.IndexByte(l.src[l.pos+1:], '"')
	if i < 0 {
		l.take(tBad, 1)
		return
	}
	l.tok.s = l.src[l.pos+1 : l.pos+1+i]
	l.take(tText, i+2)
}
