package syntax

import (
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// cmd reads a command of LaTeX that begins a value.
func (p *parser) cmd() *tree.Node {
	name, at := p.tok.s, p.tok.start
	switch name {
	case "frac", "dfrac", "tfrac", "cfrac", "sfrac", "nicefrac":
		return p.frac()
	case "sqrt":
		p.next()
		return p.sqrt()
	case "binom", "dbinom", "tbinom":
		p.next()
		n := p.texArg()
		return tree.Fn("binom", n, p.texArg())
	case "begin":
		return p.environment()
	case "left", "right":
		return p.fail(at, "a bracket is missing")
	case "overline", "bar":
		p.next()
		return p.overline(name)
	case "overrightarrow", "vec", "overparen", "wideparen", "overarc", "angle", "measuredangle":
		p.next()
		fn := "vector"
		switch name {
		case "overparen", "wideparen", "overarc":
			fn = "arc"
		case "angle", "measuredangle":
			fn = "angle"
		}
		return tree.Fn(fn, p.points())
	case "hat", "widehat", "tilde", "widetilde", "dot", "ddot":
		p.next()
		n := p.texArg()
		if n.Op == tree.Symbol && (len(n.Name) == 1 || wordValue(n.Name) != nil) {
			return p.symbol(n.Name + "_" + strings.TrimPrefix(name, "wide"))
		}
		if n == tree.E || n == tree.I {
			return p.symbol(n.Name + "_" + strings.TrimPrefix(name, "wide"))
		}
		return p.fail(at, "an accent on no symbol")
	case "overset":
		p.next()
		over := ""
		if p.tok.kind == tLBrace {
			over = p.rawGroup()
		}
		n := p.points()
		if strings.Contains(over, "frown") {
			return tree.Fn("arc", n)
		}
		return p.fail(at, "an unknown mark above")
	}
	if name == "Pr" {
		if p.bracketAhead() {
			return p.statistic(name)
		}
		return p.fail(at, "a probability of nothing")
	}
	if n, ok := p.operator(name); ok {
		return n
	}
	if f, ok := functions[name]; ok {
		p.next()
		return p.function(f)
	}
	return p.fail(at, "unknown command \\"+name)
}

// operator reads an operator with its bounds, by command or by word.
func (p *parser) operator(name string) (*tree.Node, bool) {
	switch name {
	case "sum":
		return p.big(tree.Sum), true
	case "prod":
		return p.big(tree.Product), true
	case "int":
		return p.integral(), true
	case "lim":
		return p.limit(), true
	}
	return nil, false
}

// frac reads a fraction, a derivative operator, or a derivative.
func (p *parser) frac() *tree.Node {
	at := p.tok.start
	if rest := p.src[p.tok.end:]; len(rest) > 1 && rest[0] == '{' && (rest[1] == 'd' || rest[1] == '\\' || rest[1] == ' ') {
		if n := p.derivative(); n != nil {
			return n
		}
	}
	p.next()
	a := p.texArg()
	if p.tok.kind == tSlash && p.err == nil {
		p.next() // \nicefrac and \sfrac are sometimes written with a slash
	}
	b := p.texArg()
	if isStatement(a) || isStatement(b) {
		return p.fail(at, "a statement in a fraction")
	}
	return tree.New(tree.Div, a, b)
}

// sqrt reads \sqrt[n]{x}.
func (p *parser) sqrt() *tree.Node {
	index := tree.Int(2)
	if p.tok.kind == tLBrack {
		s := p.outside()
		p.next()
		index = p.operand(p.additive(), p.tok.start)
		p.inside(s)
		p.expect(tRBrack, "a closing bracket")
	}
	at := p.tok.start
	if p.tok.kind == tLParen {
		return tree.New(tree.Root, p.operand(p.primary(), at), index)
	}
	n := p.texArg()
	if isStatement(n) || n.Op == tree.List {
		return p.fail(at, "a root of no number")
	}
	return tree.New(tree.Root, n, index)
}

// numeral returns a number by its digits, some of which may be letters. Nobody
// computes with it.
func numeral(digits string) *tree.Node {
	return tree.Named(tree.Call, "digits", tree.Words(digits))
}

// digitString returns the digits, or the digits and letters, that fill the group
// at the token: the decimal notation of a number, no conjugate.
func (p *parser) digitString() string {
	i := strings.IndexByte(p.src[p.tok.end:min(p.tok.end+maxArgument, len(p.src))], '}')
	if i < 0 {
		return ""
	}
	s, digits := trimSpacing(p.src[p.tok.end:p.tok.end+i]), false
	for j := 0; j < len(s); j++ {
		if !isDigit(s[j]) && !isLetter(s[j]) && s[j] != '.' {
			return ""
		}
		digits = digits || isDigit(s[j])
	}
	if !digits {
		return ""
	}
	return s
}

// overline reads a bar: over capitals a segment, over one letter or a sum the
// conjugate, as \bar of a letter that is no complex number the mean.
func (p *parser) overline(name string) *tree.Node {
	at := p.tok.start
	if p.tok.kind == tNum && allDigits(p.tok.s) {
		n := p.texArg()
		return numeral(tree.String(n))
	}
	if p.tok.kind == tLBrace {
		if s := p.digitString(); s != "" {
			p.rawGroup()
			return numeral(s)
		}
		if t := p.peek(); t.kind == tWord && len(t.s) > 1 && strings.ToUpper(t.s) == t.s || t.kind == tText && functions[trimSpacing(t.s)].name == "" && !statistic(trimSpacing(t.s)) {
			return tree.Fn("segment", p.points())
		}
		if t := p.peek(); t.kind == tWord && len(t.s) > 1 && wordValue(t.s) == nil && functions[t.s].name == "" {
			// Digits of a number: \overline{abc}.
			if m := p.mark(); true {
				p.next()
				p.next()
				if p.tok.kind == tRBrace {
					p.next()
					return numeral(t.s)
				}
				p.reset(m)
			}
		}
	}
	if p.tok.kind == tText && functions[trimSpacing(p.tok.s)].name == "" && !statistic(trimSpacing(p.tok.s)) {
		return tree.Fn("segment", p.points())
	}
	n := p.texArg()
	if isStatement(n) {
		return p.fail(at, "a bar over a statement")
	}
	if name == "bar" && n.Op == tree.Symbol && n.Name != "z" && n.Name != "w" && !strings.HasPrefix(n.Name, "z_") {
		return tree.Fn("mean", n)
	}
	return tree.Fn("conj", n)
}
