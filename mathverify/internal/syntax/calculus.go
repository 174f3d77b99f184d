package syntax

import (
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// big reads a sum or a product with its bounds. Its body is the product behind
// it, and the sign before that.
func (p *parser) big(op tree.Op) *tree.Node {
	at := p.tok.start
	if !p.enter() {
		return nothing
	}
	defer p.leave()
	p.next()
	var v, from, to *tree.Node
	for p.err == nil {
		switch {
		case p.tok.kind == tUnder && v == nil:
			v, from = p.lowerBound(at)
			continue
		case p.tok.kind == tCaret && to == nil:
			p.next()
			to = p.bound1()
			continue
		}
		break
	}
	if v == nil || to == nil {
		return p.fail(at, "a sum without bounds")
	}
	if v.Name == "i" {
		p.bound++
	}
	body := p.body()
	if v.Name == "i" {
		p.bound--
	}
	return tree.New(op, body, v, from, to)
}

// body reads the operand of an operator: a product with a sign perhaps.
func (p *parser) body() *tree.Node {
	at := p.tok.start
	n := p.signedBody()
	if isStatement(n) {
		return p.fail(at, "an operator before a statement")
	}
	return p.operand(n, at)
}

func (p *parser) signedBody() *tree.Node {
	if p.sign() {
		return p.signed(true)
	}
	return p.product()
}

// bound1 reads an upper bound: a group or one factor.
func (p *parser) bound1() *tree.Node {
	at := p.tok.start
	switch p.tok.kind {
	case tLBrace:
		return p.operand(p.group(), at)
	case tMinus:
		p.next()
		return negate(p.bound1Unsigned())
	}
	return p.bound1Unsigned()
}

func (p *parser) bound1Unsigned() *tree.Node {
	if p.tok.kind == tNum {
		return p.literal()
	}
	return p.texArg()
}

// lowerBound reads k=1 in a subscript.
func (p *parser) lowerBound(at int) (v, from *tree.Node) {
	p.next()
	if p.tok.kind != tLBrace && p.tok.kind != tLParen {
		p.fail(at, "a sum without a variable")
		return nil, nil
	}
	closing := tRBrace
	if p.tok.kind == tLParen {
		closing = tRParen
	}
	p.bound++
	s := p.outside()
	p.next()
	v = p.primary()
	if v.Op != tree.Symbol {
		p.fail(at, "a sum without a variable")
	}
	if p.tok.kind != tRel || p.tok.rel != tree.Eq {
		p.fail(p.tok.start, "a sum without a lower bound")
	}
	p.bound--
	p.next()
	from = p.operand(p.additive(), p.tok.start)
	p.inside(s)
	p.expect(closing, "a closing brace")
	return v, from
}

// limit reads \lim_{x \to a} with the side from which x comes.
func (p *parser) limit() *tree.Node {
	at := p.tok.start
	if !p.enter() {
		return nothing
	}
	defer p.leave()
	p.next()
	if p.tok.kind != tUnder {
		return p.fail(at, "a limit without a variable")
	}
	p.next()
	if p.tok.kind != tLBrace && p.tok.kind != tLParen {
		return p.fail(at, "a limit without a variable")
	}
	closing := tRBrace
	if p.tok.kind == tLParen {
		closing = tRParen
	}
	s := p.outside()
	p.next()
	v := p.primary()
	if v.Op != tree.Symbol || p.tok.kind != tRel || p.tok.rel != tree.Maps {
		return p.fail(at, "a limit without a variable")
	}
	p.next()
	side := ""
	var target *tree.Node
	if p.sign() {
		k := p.tok.kind
		p.next()
		target = p.limitTarget(&side)
		if k == tMinus {
			target = negate(target)
		}
	} else {
		target = p.limitTarget(&side)
	}
	p.inside(s)
	p.expect(closing, "a closing brace")
	return tree.Named(tree.Limit, side, p.body(), v, target)
}

// limitTarget reads the target and the side behind it: 0^+, 0^{-}, 0+.
func (p *parser) limitTarget(side *string) *tree.Node {
	at := p.tok.start
	n := p.primary()
	var terms []*tree.Node
	for p.err == nil {
		switch p.tok.kind {
		case tCaret:
			m := p.mark()
			p.next()
			braces := p.tok.kind == tLBrace
			if braces {
				p.next()
			}
			if p.tok.kind == tPlus || p.tok.kind == tMinus {
				sign := "+"
				if p.tok.kind == tMinus {
					sign = "-"
				}
				p.next()
				if braces && p.tok.kind == tRBrace {
					p.next()
					*side = sign
					continue
				}
				if !braces && (p.tok.kind == tRBrace || p.tok.kind == tRParen) {
					*side = sign
					continue
				}
			}
			p.reset(m)
			n = p.exponent(n, at)
			continue
		case tSup:
			if p.tok.s == "+" || p.tok.s == "-" {
				*side = p.tok.s
				p.next()
				continue
			}
		case tPlus, tMinus:
			sign := "+"
			if p.tok.kind == tMinus {
				sign = "-"
			}
			if t := p.peek(); t.kind == tRBrace || t.kind == tRParen {
				p.next()
				*side = sign
				continue
			}
			terms = append(terms, n)
			minus := p.tok.kind == tMinus
			p.next()
			n = p.product()
			if minus {
				n = tree.New(tree.Neg, n)
			}
			continue
		case tSlash:
			p.next()
			n = tree.New(tree.Div, n, p.primary())
			continue
		default:
			if p.starts() {
				n = tree.New(tree.Mul, n, p.power())
				continue
			}
		}
		break
	}
	if len(terms) > 0 {
		n = tree.New(tree.Add, append(terms, n)...)
	}
	return n
}

// integral reads an integral up to its dx.
func (p *parser) integral() *tree.Node {
	at := p.tok.start
	if !p.enter() {
		return nothing
	}
	defer p.leave()
	p.next()
	var from, to *tree.Node
	for p.err == nil {
		switch {
		case p.tok.kind == tUnder && from == nil:
			p.next()
			from = p.bound1()
			continue
		case p.tok.kind == tCaret && to == nil:
			p.next()
			to = p.bound1()
			continue
		}
		break
	}
	if (from == nil) != (to == nil) {
		return p.fail(at, "an integral with one bound")
	}
	outer, group := p.dvar, p.diffGroup
	p.dvar, p.diffGroup = "", p.groups
	p.diffs++
	var body *tree.Node
	if p.differential() {
		body = tree.Int(1)
	} else {
		body = p.operand(p.additive(), at)
	}
	v := p.dvar
	if p.differentialEnd0() {
		v = p.passDifferential()
	}
	p.diffs--
	p.dvar, p.diffGroup = outer, group
	if p.err != nil {
		return nothing
	}
	if v == "" {
		return p.fail(p.tok.start, "an integral without its dx")
	}
	p.bud.Use(int64(p.prevEnd-at) / 4)
	if tree.Any(body, func(n *tree.Node) bool { return n.Op == tree.Symbol && n.Name == "d" }) {
		return p.fail(at, "an integrand with a letter d")
	}
	if from == nil {
		return tree.New(tree.Integral, body, tree.Sym(v))
	}
	return tree.New(tree.Integral, body, tree.Sym(v), from, to)
}

// differential reports dx at the token while an integral waits for it: as the
// last letters of a word, or d before a Greek letter.
func (p *parser) differential() bool {
	return p.diffs > 0 && p.differentialEnd0()
}

// differentialEnd reports a differential that ends an implicit product.
func (p *parser) differentialEnd() bool {
	return p.diffs > 0 && p.groups == p.diffGroup && p.differentialEnd0()
}

func (p *parser) differentialEnd0() bool {
	if p.tok.kind == tText && p.tok.part && p.tok.s == "d" {
		return true
	}
	if p.tok.kind != tWord || p.tok.s[0] != 'd' {
		return false
	}
	if len(p.tok.s) == 2 {
		return p.tok.s != "de" || p.diffs > 0
	}
	if len(p.tok.s) > 2 {
		return len(p.tok.s) == 4 && p.tok.s[2] == 'd'
	}
	rest := strings.TrimLeft(p.src[p.tok.end:min(p.tok.end+3, len(p.src))], " ")
	if p.diffs > 0 && rest != "" && isLetter(rest[0]) && (len(rest) == 1 || !isLetter(rest[1])) && p.tok.space {
		return true
	}
	return rest != "" && (rest[0] == '\\' && len(rest) > 1 && isLetter(rest[1]) || rest[0] >= 0x80)
}

// passDifferential passes dx and returns the variable.
func (p *parser) passDifferential() string {
	if p.tok.kind == tText {
		p.next()
		if p.tok.kind != tWord && p.tok.kind != tSym {
			p.fail(p.tok.start, "a differential of nothing")
			return ""
		}
		s := p.tok.s
		if p.tok.kind == tWord {
			s = s[:1]
			p.letter()
		} else {
			p.next()
		}
		return s
	}
	if len(p.tok.s) >= 2 {
		s := letters[p.tok.s[1] : p.tok.s[1]+1]
		p.letter()
		p.letter()
		return s
	}
	p.next()
	if p.tok.kind == tWord {
		s := p.tok.s[:1]
		p.letter()
		return s
	}
	if p.tok.kind != tSym {
		p.fail(p.tok.start, "a differential of nothing")
		return ""
	}
	s := p.tok.s
	p.next()
	return s
}

// dx reads a differential inside an integrand, as in the numerator of a
// fraction: it names the variable and counts as 1.
func (p *parser) dx() *tree.Node {
	if p.dvar != "" {
		return p.fail(p.tok.start, "a second differential")
	}
	p.dvar = p.passDifferential()
	return tree.Int(1)
}

// derivativeOrder splits d, \mathrm{d} or \partial off the front.
func derivativeOrder(s string) (string, bool) {
	s = strings.TrimSpace(s)
	for _, d := range [...]string{`\mathrm{d}`, `\text{d}`, `\partial`, `\rm d`, "d"} {
		if rest, ok := strings.CutPrefix(s, d); ok {
			return strings.TrimSpace(rest), true
		}
	}
	return "", false
}

// derivative reads \frac{d}{dx} f, \frac{d^2 y}{dx^2} and \frac{dy}{dx}. It
// returns nil when the fraction is none of these.
func (p *parser) derivative() *tree.Node {
	rest := p.src[p.tok.end:]
	n := braced(rest[:min(len(rest), 60)])
	if n == 0 {
		return nil
	}
	m := braced(rest[n:min(len(rest), n+60)])
	if m == 0 {
		return nil
	}
	top, ok1 := derivativeOrder(inside(rest[:n]))
	under, ok2 := derivativeOrder(inside(rest[n : n+m]))
	if !ok1 || !ok2 || p.diffs > 0 {
		return nil
	}
	order, top := exponentOf(top)
	v := under
	if i := strings.IndexByte(under, '^'); i >= 0 {
		v = strings.TrimSpace(under[:i])
		o, left := exponentOf(under[i:])
		if o != order || left != "" {
			return nil
		}
	} else if order != "" {
		return nil
	}
	v = strings.TrimPrefix(v, `\`)
	if !allLetters(v) || len(v) > 1 && wordValue(v) == nil {
		return nil
	}
	if top != "" && !allLetters(strings.TrimPrefix(top, `\`)) || len(strings.TrimPrefix(top, `\`)) > 8 {
		return nil
	}
	if len(top) > 1 && top[0] != '\\' {
		return nil
	}
	p.bud.Use(int64(n+m) / 4)
	p.pos = p.tok.end + n + m
	p.tok.end = p.pos
	p.next()
	var body *tree.Node
	if top != "" {
		body = tree.Sym(strings.TrimPrefix(top, `\`))
	} else {
		body = p.body()
	}
	return tree.Named(tree.Derivative, order, body, tree.Sym(v))
}

// exponentOf splits ^2 or ^{2} off the front.
func exponentOf(s string) (order, rest string) {
	if !strings.HasPrefix(s, "^") {
		return "", s
	}
	t := strings.TrimLeft(s[1:], " ")
	if n := braced(t); n > 0 {
		return strings.TrimSpace(inside(t[:n])), strings.TrimSpace(t[n:])
	}
	if t == "" {
		return "?", ""
	}
	return t[:1], strings.TrimSpace(t[1:])
}

// evaluated reads \left. F \right|_a^b.
func (p *parser) evaluated() *tree.Node {
	at := p.tok.start
	s := p.outside()
	p.next()
	n := p.additive()
	p.inside(s)
	if p.tok.kind != tRBar {
		return p.fail(p.tok.start, "a bar is missing")
	}
	p.next()
	return p.limits(n, at)
}

// limits reads the limits behind a bracket F|_a^b.
func (p *parser) limits(body *tree.Node, at int) *tree.Node {
	if p.tok.kind != tUnder {
		return p.fail(p.tok.start, "limits are missing")
	}
	p.next()
	v := ""
	var from, to *tree.Node
	if p.tok.kind == tLBrace {
		n := p.group()
		if assigns(n) {
			v, n = n.Args[0].Name, n.Args[1]
		}
		from = n
	} else {
		from = p.bound1()
	}
	if p.tok.kind != tCaret {
		return p.fail(p.tok.start, "limits are missing")
	}
	p.next()
	to = p.bound1()
	if assigns(to) {
		to = to.Args[1]
	}
	if v == "" {
		free := tree.Free(body)
		if len(free) > 1 {
			return p.fail(at, "limits of an unknown variable")
		}
		v = "x"
		if len(free) == 1 {
			v = free[0]
		}
	}
	return tree.New(tree.Evaluate, p.operand(body, at), tree.Sym(v), p.operand(from, at), p.operand(to, at))
}
