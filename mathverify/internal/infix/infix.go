// Package infix reads the small formula language of tests below the parser, so that
// a fault of the parser cannot hide one of theirs.
package infix

import (
	"math/big"
	"strings"
	"testing"
	"unicode"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// Parse reads the small formula language of the tests: + - * / ^ ! % °,
// function calls, |x|, numbers and names. root(x,k), sum(body,k,from,to) and
// prod are nodes of their own; an unknown name in front of a parenthesis is a
// Call.
func Parse(t testing.TB, s string) *tree.Node {
	t.Helper()
	p := &infix{t: t, s: strings.ReplaceAll(s, " ", ""), all: s}
	n := p.sum()
	if p.s != "" {
		t.Fatalf("%q: rest %q", s, p.s)
	}
	return n
}

type infix struct {
	t   testing.TB
	s   string
	all string
}

func (p *infix) eat(x string) bool {
	if strings.HasPrefix(p.s, x) {
		p.s = p.s[len(x):]
		return true
	}
	return false
}

func (p *infix) sum() *tree.Node {
	terms := []*tree.Node{p.product()}
	for {
		switch {
		case p.eat("+"):
			terms = append(terms, p.product())
		case p.eat("-"):
			terms = append(terms, tree.New(tree.Neg, p.product()))
		case len(terms) == 1:
			return terms[0]
		default:
			return tree.New(tree.Add, terms...)
		}
	}
}

func (p *infix) product() *tree.Node {
	if p.eat("-") {
		return tree.New(tree.Neg, p.product())
	}
	n := p.power()
	for {
		switch {
		case p.eat("*"):
			n = tree.New(tree.Mul, n, p.power())
		case p.eat("/"):
			n = tree.New(tree.Div, n, p.power())
		default:
			return n
		}
	}
}

func (p *infix) power() *tree.Node {
	n := p.atom()
	for {
		switch {
		case p.eat("!!"):
			n = tree.New(tree.DoubleFactorial, n)
		case p.eat("!"):
			n = tree.New(tree.Factorial, n)
		case p.eat("%"):
			n = tree.New(tree.Percent, n)
		case p.eat("°"):
			n = tree.New(tree.Degree, n)
		case p.eat("^"):
			if p.eat("-") {
				return tree.New(tree.Pow, n, tree.New(tree.Neg, p.power()))
			}
			return tree.New(tree.Pow, n, p.power())
		default:
			return n
		}
	}
}

func (p *infix) atom() *tree.Node {
	if p.eat("(") {
		n := p.sum()
		if !p.eat(")") {
			p.t.Fatalf("%q: ) expected at %q", p.all, p.s)
		}
		return n
	}
	if p.eat("|") {
		n := p.sum()
		if !p.eat("|") {
			p.t.Fatalf("%q: | expected at %q", p.all, p.s)
		}
		return tree.Fn("abs", n)
	}
	i := strings.IndexFunc(p.s, func(r rune) bool { return !unicode.IsDigit(r) && r != '.' })
	if i < 0 {
		i = len(p.s)
	}
	if i > 0 {
		x, ok := new(big.Rat).SetString(p.s[:i])
		if !ok {
			p.t.Fatalf("%q: bad number", p.all)
		}
		p.s = p.s[i:]
		return tree.Rat(x)
	}
	i = strings.IndexFunc(p.s, func(r rune) bool { return !unicode.IsLetter(r) && r != '_' })
	if i < 0 {
		i = len(p.s)
	}
	name := p.s[:i]
	p.s = p.s[i:]
	if name == "" {
		p.t.Fatalf("%q: atom expected at %q", p.all, p.s)
	}
	if p.eat("(") {
		args := []*tree.Node{p.sum()}
		for p.eat(",") {
			args = append(args, p.sum())
		}
		p.eat(")")
		switch name {
		case "root":
			return tree.New(tree.Root, args...)
		case "sqrt":
			return tree.New(tree.Root, args[0], tree.Int(2))
		case "sum":
			return tree.New(tree.Sum, args...)
		case "prod":
			return tree.New(tree.Product, args...)
		}
		if _, ok := tree.Funcs[name]; ok {
			return tree.Fn(name, args...)
		}
		return tree.Named(tree.Call, name, args...)
	}
	switch name {
	case "pi":
		return tree.Pi
	case "e":
		return tree.E
	case "i":
		return tree.I
	case "inf":
		return tree.Inf
	}
	return tree.Sym(name)
}
