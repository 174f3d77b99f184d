package syntax

import "github.com/golongrl/golongrl/mathverify/internal/tree"

// statistic reports the names of functions of random variables, whose argument
// is no factor: Var(2X) is not 2 Var(X). matmul is how a product of matrices
// prints.
func statistic(s string) bool {
	switch s {
	case "Var", "var", "Cov", "cov", "Corr", "corr", "Pr", "SD", "matmul":
		return true
	}
	return false
}

// bracketAhead reports an opening bracket behind the token.
func (p *parser) bracketAhead() bool {
	switch p.peek().kind {
	case tLParen, tLBrack:
		return true
	}
	return false
}

// statistic reads a name at the token and its arguments.
func (p *parser) statistic(name string) *tree.Node {
	p.next()
	return p.expectation(name)
}

// expectation reads the arguments of E, in round or square brackets: they are
// those of a function. Without any, the name is a symbol.
func (p *parser) expectation(name string) *tree.Node {
	if p.tok.kind == tUnder || p.tok.kind == tSub {
		sub, _ := p.subscript()
		name += "_" + sub
		if len(name) > maxArgument {
			return p.fail(p.tok.start, "a subscript too long")
		}
	}
	switch p.tok.kind {
	case tLParen:
		return p.call(name)
	case tLBrack:
	default:
		return tree.Sym(name)
	}
	at := p.tok.start
	it, closing := p.elementsEuro(false)
	if p.err != nil {
		return nothing
	}
	if closing != tRBrack {
		return p.fail(at, "a bracket is not closed")
	}
	for i, n := range it.nodes {
		if n.Op != tree.Chain {
			it.nodes[i] = p.operand(n, at)
		}
	}
	return tree.Named(tree.Call, name, it.nodes...)
}

// capital reports a capital letter that belongs to no command: an argument
// with a random variable in it.
func capital(arg string) bool {
	for i := 0; i < len(arg); i++ {
		switch c := arg[i]; {
		case c == '\\':
			for i+1 < len(arg) && isLetter(arg[i+1]) {
				i++
			}
		case 'A' <= c && c <= 'Z':
			return true
		}
	}
	return false
}
