package syntax

import (
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// A function is how a name of a function is read.
type function struct {
	name    string // in tree.Funcs
	plain   bool   // also without a backslash
	inverse string // what the exponent -1 makes of it
	base    int64  // of a logarithm, when the name says it
}

var functions = func() map[string]function {
	m := map[string]function{
		"lg": {name: "log", plain: true, base: 10}, "ln": {name: "ln", plain: true}, "log": {name: "log", plain: true},
		"exp": {name: "exp", plain: true}, "sgn": {name: "sgn", plain: true}, "sign": {name: "sgn", plain: true}, "sg": {name: "sgn"},
		"abs": {name: "abs", plain: true}, "floor": {name: "floor", plain: true}, "ceil": {name: "ceil", plain: true}, "ceiling": {name: "ceil", plain: true},
		"gcd": {name: "gcd", plain: true}, "GCD": {name: "gcd", plain: true}, "gcf": {name: "gcd", plain: true}, "hcf": {name: "gcd", plain: true},
		"lcm": {name: "lcm", plain: true}, "LCM": {name: "lcm", plain: true},
		"min": {name: "min", plain: true}, "max": {name: "max", plain: true},
		"binom": {name: "binom", plain: true}, "binomial": {name: "binom", plain: true}, "perm": {name: "perm", plain: true},
		"multinom": {name: "multinom", plain: true}, "gamma": {name: "gamma"}, "zeta": {name: "zeta"},
		"Re": {name: "re", plain: true}, "Im": {name: "im", plain: true}, "re": {name: "re"}, "im": {name: "im"},
		"conj": {name: "conj", plain: true}, "arg": {name: "arg", plain: true}, "Arg": {name: "arg", plain: true},
		"det": {name: "det", plain: true}, "tr": {name: "trace"}, "trace": {name: "trace", plain: true}, "rank": {name: "rank", plain: true},
		"transpose": {name: "transpose", plain: true}, "norm": {name: "norm", plain: true}, "inverse": {name: "inverse", plain: true},
		"card": {name: "card", plain: true}, "dot": {name: "dot", plain: true}, "cross": {name: "cross", plain: true},
		"mean": {name: "mean", plain: true}, "cis": {name: "cis", plain: true},
		"sqrt": {name: "sqrt", plain: true}, "cbrt": {name: "cbrt", plain: true},
		"triangle": {name: "triangle", plain: true}, "angle": {name: "angle", plain: true}, "segment": {name: "segment", plain: true},
		"vector": {name: "vector", plain: true}, "arc": {name: "arc", plain: true},
		"totient": {name: "phi", plain: true}, "fractional": {name: "frac", plain: true},
	}
	delete(m, "gamma") // a letter; Γ(x) is read with its argument
	delete(m, "zeta")
	for _, t := range [...]struct{ name, others string }{
		{"sin", "sin"}, {"cos", "cos"}, {"tan", "tan tg"}, {"cot", "cot ctg cotg ctan"}, {"sec", "sec"}, {"csc", "csc cosec"},
	} {
		for _, s := range strings.Fields(t.others) {
			m[s] = function{name: t.name, plain: true, inverse: "arc" + t.name}
			m["arc"+s] = function{name: "arc" + t.name, plain: true}
			m["a"+s] = function{name: "arc" + t.name, plain: true}
		}
	}
	for _, s := range [...]string{"sinh", "cosh", "tanh", "coth", "sech", "csch"} {
		inv := ""
		switch s {
		case "sinh", "cosh", "tanh":
			inv = "ar" + s
			m["ar"+s] = function{name: inv, plain: true}
			m["arc"+s] = function{name: inv, plain: true}
			m["a"+s] = function{name: inv, plain: true}
		}
		m[s] = function{name: s, plain: true, inverse: inv}
	}
	return m
}()

// function reads the subscript, the exponent and the arguments of a function
// whose name has just been passed.
func (p *parser) function(f function) *tree.Node {
	at := p.tok.start
	if !p.enter() {
		return nothing
	}
	defer p.leave()
	switch f.name {
	case "sqrt":
		return tree.New(tree.Root, p.operand(p.rootArg(), at), tree.Int(2))
	case "cbrt":
		return tree.New(tree.Root, p.operand(p.rootArg(), at), tree.Int(3))
	case "angle", "arc", "segment", "triangle", "vector":
		return tree.Fn(f.name, p.points())
	}
	var base, power *tree.Node
	if f.base > 0 {
		base = tree.Int(f.base)
	}
	for p.err == nil {
		switch {
		case p.tok.kind == tUnder && f.name == "log" && base == nil:
			p.next()
			base = p.logBase()
			continue
		case p.tok.kind == tSub && f.name == "log" && base == nil:
			base = p.script(p.tok.s)
			p.next()
			continue
		case p.tok.kind == tNum && f.name == "log" && base == nil && !p.tok.space && p.base() && (p.tok.s == "2" || p.tok.s == "10"):
			base = p.value(p.tok.s, false)
			p.next()
			continue
		case p.tok.kind == tCaret && power == nil:
			p.next()
			if p.tok.kind == tDegree {
				return p.fail(at, "a degree sign without a number")
			}
			power = p.exponentValue()
			continue
		case p.tok.kind == tSup && power == nil:
			power = p.script(p.tok.s)
			p.next()
			continue
		case p.tok.kind == tUnder:
			return p.fail(p.tok.start, "a subscript of a function")
		}
		break
	}
	args := p.functionArgs(f)
	if p.err != nil {
		return nothing
	}
	for i, n := range args {
		if v := p.operand(n, at); v != n {
			args[i] = v
		}
	}
	name := f.name
	if name == "cis" { // cis x is cos x + i sin x
		if len(args) != 1 {
			return p.fail(at, "wrong number of arguments of cis")
		}
		n := tree.New(tree.Pow, tree.E, tree.New(tree.Mul, tree.I, args[0]))
		if power != nil {
			return tree.New(tree.Pow, n, power)
		}
		return n
	}
	if power != nil && power.IsInt(-1) && f.inverse != "" {
		name, power = f.inverse, nil
	}
	if base != nil {
		if len(args) != 1 {
			return p.fail(at, "a logarithm of one number")
		}
		args = []*tree.Node{args[0], base}
	}
	limits := tree.Funcs[name]
	if len(args) < limits[0] || len(args) > limits[1] {
		return p.fail(at, "wrong number of arguments of "+name)
	}
	n := tree.Fn(name, args...)
	if power != nil {
		return tree.New(tree.Pow, n, power)
	}
	return n
}

// base reports that the number right behind "log" is a base: log2(8), log2 8.
func (p *parser) base() bool {
	rest := p.src[p.tok.end:min(p.tok.end+2, len(p.src))]
	return strings.HasPrefix(rest, "(") || len(rest) == 2 && rest[0] == ' ' && (isDigit(rest[1]) || isLetter(rest[1]) || rest[1] == '(')
}

// rootArg reads the radicand of a root without a bar: one factor.
func (p *parser) rootArg() *tree.Node {
	if p.sign() || !p.starts() && p.tok.kind != tText {
		return p.fail(p.tok.start, "a root of nothing")
	}
	return p.primary()
}

// logBase reads the base of a logarithm. \log_28 is log 8 to the base 2, as in
// TeX; only "10" stays together.
func (p *parser) logBase() *tree.Node {
	if p.tok.kind == tNum && len(p.tok.s) > 1 && (p.tok.s != "10" || !isDigit(p.byteAhead()) && p.byteAhead() == 0) {
		return p.texArg()
	}
	if p.tok.kind == tNum {
		return p.literal()
	}
	return p.texArg()
}

// functionArgs reads arguments: in brackets, or the factors that textbooks
// count to them.
func (p *parser) functionArgs(f function) []*tree.Node {
	at := p.tok.start
	many := tree.Funcs[f.name][1] > 1
	switch p.tok.kind {
	case tLParen:
		it, closing := p.elements()
		if p.err != nil {
			return nil
		}
		if closing != tRParen {
			p.fail(at, "a bracket is not closed")
			return nil
		}
		for i, n := range it.nodes {
			if isStatement(n) {
				p.fail(at, "a statement as an argument")
			}
			it.nodes[i] = p.operand(n, at)
		}
		if len(it.nodes) == 1 && f.inverse != "" && p.tok.kind == tDegree {
			p.next()
			it.nodes[0] = tree.New(tree.Degree, it.nodes[0])
		}
		return it.nodes
	case tLBrace:
		n := p.group()
		if many && n.Op == tree.List {
			return n.Args
		}
		return []*tree.Node{p.operand(n, at)}
	case tLSet:
		if many {
			n := p.set()
			if n.Op == tree.Set {
				return n.Args
			}
			return []*tree.Node{n}
		}
	case tLBrack:
		n := p.bracket()
		if many && (n.Op == tree.Tuple || n.Op == tree.Interval) {
			return n.Args
		}
		return []*tree.Node{p.operand(n, at)}
	}
	return []*tree.Node{p.argument(at)}
}

// argument reads an argument without brackets: factors up to the next
// function, operator, or bracket behind a symbol.
func (p *parser) argument(at int) *tree.Node {
	if p.sign() {
		k := p.tok.kind
		p.next()
		n := p.argument(at)
		switch k {
		case tMinus:
			return negate(n)
		case tPM:
			return tree.New(tree.PlusMinus, n)
		case tMP:
			return tree.New(tree.MinusPlus, n)
		}
		return n
	}
	if !p.starts() && p.tok.kind != tText {
		return p.fail(p.tok.start, "a function without an argument")
	}
	literal := p.tok.kind == tNum
	f := p.power()
	factors := []*tree.Node{f}
	symbols := !literal && f.Op != tree.Number
	for p.err == nil && p.starts() && !p.argumentEnds(symbols) {
		p.bud.Use(1)
		if literal && integer(f) {
			if m, ok := p.mixed(f); ok {
				factors[len(factors)-1] = m
				f, literal, symbols = m, false, true
				continue
			} else if m != nil {
				factors = append(factors, m)
				f, literal, symbols = m, false, true
				continue
			}
		}
		if p.tok.kind == tNum {
			break
		}
		literal = false
		f = p.power()
		if isStatement(f) {
			p.cond = f
			break
		}
		symbols = true
		factors = append(factors, f)
	}
	n := p.mul(factors, at)
	if p.tok.kind == tSlash && hasPi(factors) {
		if t := p.peek(); t.kind == tNum {
			p.next()
			n = tree.New(tree.Div, n, p.literal())
		}
	}
	return p.operand(n, at)
}

func hasPi(factors []*tree.Node) bool {
	pi := false
	for _, f := range factors {
		switch {
		case f == tree.Pi:
			pi = true
		case f.Op != tree.Number:
			return false
		}
	}
	return pi
}

// argumentEnds reports a factor that no longer belongs to the argument of a
// function: another function; behind symbols also a bracket or an e or i.
func (p *parser) argumentEnds(symbols bool) bool {
	switch p.tok.kind {
	case tCmd:
		if functions[p.tok.s].name != "" && p.tok.s != "sqrt" {
			return true
		}
		switch p.tok.s {
		case "int", "sum", "prod", "lim", "begin":
			return true
		}
	case tText:
		return functions[strings.TrimSpace(p.tok.s)].name != ""
	case tWord:
		if p.tok.part {
			return false
		}
		if f, ok := functions[p.tok.s]; ok && f.plain || functionPrefix(p.tok.s) > 0 {
			return true
		}
		return symbols && (p.tok.s == "e" || p.tok.s == "i" && p.bound == 0)
	case tLParen, tLBrack, tLSet, tLBar, tBar:
		return symbols
	case tConst:
		return symbols && p.tok.s != "pi"
	}
	return false
}

// points reads the letters of an angle, a segment, a triangle or a vector.
func (p *parser) points() *tree.Node {
	closing := kind(tEOF)
	switch p.tok.kind {
	case tLBrace:
		closing = tRBrace
	case tLParen:
		closing = tRParen
	case tWord:
		s := p.tok.s
		if !capitals(s) {
			return p.operandOrText(p.primary())
		}
		p.next()
		return p.pointName(s)
	default:
		return p.operandOrText(p.primary())
	}
	s := p.outside()
	p.next()
	var n *tree.Node
	if t := p.peek(); p.tok.kind == tWord && t.kind == closing && capitals(p.tok.s) {
		n = p.pointName(p.tok.s)
		p.next()
	} else if p.tok.kind == tText && t.kind == closing {
		n = tree.Words(clean(p.tok.s))
		if oneLetter(n.Name) {
			n = p.pointName(n.Name)
		}
		p.next()
	} else {
		n = p.additive()
		if n.Op == tree.Text && oneLetter(n.Name) {
			n = p.pointName(n.Name)
		}
	}
	p.inside(s)
	p.expect(closing, "a closing bracket")
	return n
}

func capitals(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return true
}

func (p *parser) pointName(s string) *tree.Node {
	if len(s) == 1 {
		return tree.Sym(s)
	}
	return tree.Words(s)
}

func (p *parser) operandOrText(n *tree.Node) *tree.Node {
	if isStatement(n) {
		return p.fail(p.tok.start, "a statement as an argument")
	}
	if n.Op == tree.Text && oneLetter(n.Name) {
		return p.pointName(n.Name)
	}
	return n
}
