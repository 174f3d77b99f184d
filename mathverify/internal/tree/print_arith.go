package tree

import "strings"

// sum writes terms with their signs.
func (p *printer) sum(n *Node) {
	for i, t := range n.Args {
		if i == 0 {
			p.node(t, bindSum+btoi(t.Op == Add || t.Op == Quantity && !quantities(n) || t.Op == Func && t.Name == "mod"))
			continue
		}
		p.s(" ")
		switch t.Op {
		case Neg:
			p.s("- ")
			p.node(t.Args[0], bindProduct)
			continue
		case PlusMinus:
			p.pick("+/- ", `\pm `)
			p.node(t.Args[0], bindProduct)
			continue
		case MinusPlus:
			p.pick("-/+ ", `\mp `)
			p.node(t.Args[0], bindProduct)
			continue
		case Quantity:
			if quantities(n) {
				p.s("+ ")
				p.bare(t)
				continue
			}
		}
		p.s("+ ")
		p.node(t, bindProduct)
	}
}

// quantities reports a sum that begins with a quantity, in which each term has
// a unit of its own.
func quantities(n *Node) bool { return n.Args[0].Op == Quantity }

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// product writes factors with explicit signs between them: that a run of
// letters was written as one does not show.
func (p *printer) product(n *Node) {
	for i, f := range n.Args {
		if i > 0 {
			p.pick("*", ` \cdot `)
		}
		least := bindPower
		if i == 0 && f.Op == Div && !p.latex {
			least = bindProduct
		}
		if p.latex && f.Op == Div {
			least = bindProduct
		}
		p.factor(f, least)
	}
}

// factor writes a factor; what swallows all that follows goes in brackets.
func (p *printer) factor(f *Node, least int) {
	switch f.Op {
	case Sum, Product, Limit, Derivative, Integral:
		least = bindAtom
	}
	p.node(f, least)
}

func (p *printer) quotient(n *Node) {
	a, b := n.Args[0], n.Args[1]
	if p.latex {
		p.s(`\frac{`)
		p.node(a, bindRatio)
		p.s("}{")
		p.node(b, bindRatio)
		p.s("}")
		return
	}
	least := bindProduct
	if a.Op == Number && b.Op == Number || a.Op == Div {
		least = bindPower // 1/2/2024 is a date
	}
	p.factor(a, least)
	p.s("/")
	least = bindPower
	if b.Op == Pow || b.Op == Number && b.Digits < 0 && b.printsAsFraction() {
		least = bindAtom
	}
	p.factor(b, least)
}

func (p *printer) power(n *Node) {
	base, exp := n.Args[0], n.Args[1]
	if base.Op == Func || base.Op == Call || base.Op == Symbol && selects(base.Name) {
		// sin(x)^2 would do, but log_2(x)^2 and f^{-1}(x)^2 read better so.
		p.open()
		p.bare(base)
		p.shut()
	} else {
		p.node(base, bindAtom)
	}
	if p.latex {
		p.s("^{")
		if exp.Op == Symbol && exp.Name == "T" {
			p.open()
			p.bare(exp)
			p.shut()
		} else {
			p.node(exp, bindRatio)
		}
		p.s("}")
		return
	}
	p.s("^")
	if exp.Op == Number && binding(exp) == bindAtom && exp.Digits < 0 && exp.IsInteger() {
		p.bare(exp)
		return
	}
	p.s("(")
	p.bare(exp)
	p.s(")")
}

// selects reports a symbol that with an exponent would be a number of
// selections or arrangements: C_5^2.
func selects(name string) bool {
	return len(name) > 2 && name[1] == '_' && (name[0] == 'C' || name[0] == 'A' || name[0] == 'P')
}

func (p *printer) root(n *Node) {
	square := n.Args[1].IsInt(2)
	if p.latex {
		p.s(`\sqrt`)
		if !square {
			p.s("[")
			p.node(n.Args[1], bindSum)
			p.s("]")
		}
		p.s("{")
		p.node(n.Args[0], bindRatio)
		p.s("}")
		return
	}
	switch {
	case square:
		p.s("sqrt(")
	case n.Args[1].IsInt(3):
		p.s("cbrt(")
	default:
		p.s(`\sqrt[`)
		p.node(n.Args[1], bindSum)
		p.s("]{")
		p.node(n.Args[0], bindRatio)
		p.s("}")
		return
	}
	p.node(n.Args[0], bindRatio)
	p.s(")")
}

// commands are the functions that LaTeX names by a command of their own.
var commands = map[string]string{
	"sin": `\sin`, "cos": `\cos`, "tan": `\tan`, "cot": `\cot`, "sec": `\sec`, "csc": `\csc`,
	"arcsin": `\arcsin`, "arccos": `\arccos`, "arctan": `\arctan`, "sinh": `\sinh`, "cosh": `\cosh`, "tanh": `\tanh`, "coth": `\coth`,
	"ln": `\ln`, "log": `\log`, "exp": `\exp`, "gcd": `\gcd`, "min": `\min`, "max": `\max`, "det": `\det`, "arg": `\arg`,
}

// apply writes a function with its arguments.
func (p *printer) apply(n *Node) {
	if n.Op == Call {
		if n.Name == "digits" {
			p.s(`\overline{` + n.Args[0].Name + "}")
			return
		}
		p.symbolOfCall(n.Name)
		if n.Name == "E" || strings.HasPrefix(n.Name, "E_") || (n.Name == "P" || strings.HasPrefix(n.Name, "P_")) && !event(n.Args) {
			p.expected(n.Args)
			return
		}
		p.arguments(n.Args)
		return
	}
	switch n.Name {
	case "abs":
		p.pick("abs(", `\left|`)
		p.node(n.Args[0], bindUnion)
		p.pick(")", `\right|`)
		return
	case "floor", "ceil":
		if p.latex {
			p.s(`\l` + n.Name + " ")
			p.node(n.Args[0], bindUnion)
			p.s(`\r` + n.Name + " ")
			return
		}
	case "log":
		if len(n.Args) == 2 {
			p.pick("log_", `\log_`)
			p.s("{")
			p.node(n.Args[1], bindRatio)
			p.s("}")
			p.arguments(n.Args[:1])
			return
		}
	case "binom":
		if p.latex {
			p.s(`\binom{`)
			p.node(n.Args[0], bindRatio)
			p.s("}{")
			p.node(n.Args[1], bindRatio)
			p.s("}")
			return
		}
	case "mod":
		p.factor(n.Args[0], bindProduct+btoi(n.Args[0].Op == Mul || n.Args[0].Op == Div))
		p.pick(" mod ", ` \bmod `)
		p.node(n.Args[1], bindPower)
		return
	case "conj":
		p.s(`\overline{`)
		p.conjugated(n.Args[0])
		p.s("}")
		return
	case "transpose":
		p.node(n.Args[0], bindAtom)
		p.s(`^{\top}`)
		return
	case "mean":
		p.s(`\bar{`)
		p.node(n.Args[0], bindRatio)
		p.s("}")
		return
	case "angle", "arc", "segment", "triangle", "vector":
		p.pick(n.Name, `\operatorname{`+n.Name+`}`)
		p.arguments(n.Args)
		return
	case "gamma", "zeta", "phi":
		name := map[string]string{"gamma": "Gamma", "zeta": "zeta", "phi": "phi"}[n.Name]
		p.pick(name, `\`+name)
		p.arguments(n.Args)
		return
	case "frac":
		p.pick("fractional", `\operatorname{fractional}`)
		p.arguments(n.Args)
		return
	}
	if n.Name == "re" || n.Name == "im" {
		p.pick(strings.ToUpper(n.Name[:1])+n.Name[1:], `\operatorname{`+strings.ToUpper(n.Name[:1])+n.Name[1:]+"}")
		p.arguments(n.Args)
		return
	}
	if c := commands[n.Name]; c != "" && p.latex {
		p.s(c)
	} else {
		p.pick(n.Name, `\operatorname{`+n.Name+`}`)
	}
	p.arguments(n.Args)
}

// conjugated writes what is under the bar of a conjugate: letters alone would
// be a segment.
func (p *printer) conjugated(n *Node) {
	if n.Op == Text || n.Op == Number || n.Op == Mul {
		p.open()
		p.bare(n)
		p.shut()
		return
	}
	p.node(n, bindRatio)
}

func (p *printer) symbolOfCall(name string) {
	const inverse = "^{-1}"
	if k := len(name) - len(inverse); k > 0 && name[k:] == inverse {
		p.symbol(name[:k])
		p.s(inverse)
		return
	}
	p.symbol(name)
}

// event reports the arguments behind which P is read as a probability, or a
// polynomial, although it stands before round brackets.
func event(args []*Node) bool {
	if len(args) != 1 {
		return false
	}
	switch a := args[0]; a.Op {
	case Symbol:
		return len(a.Name) == 1
	case Chain, Union, Intersect:
		return true
	case Number:
		return a.IsInteger()
	}
	return false
}

// expected writes the arguments of an expected value: E(x) would be a product.
func (p *printer) expected(args []*Node) {
	p.pick("[", `\left[`)
	p.elements(args)
	p.pick("]", `\right]`)
}

func (p *printer) arguments(args []*Node) {
	p.open()
	for i, a := range args {
		if i > 0 {
			p.s(", ")
		}
		p.node(a, bindRatio)
	}
	p.shut()
}

// operator writes sums, products, integrals, limits and derivatives.
func (p *printer) operator(n *Node) {
	body := n.Args[0]
	bound := n.Args[1].Name == "i" && (n.Op == Sum || n.Op == Product)
	bracket := func() {
		p.s(" ")
		p.open()
		p.bare(body)
		p.shut()
	}
	switch n.Op {
	case Sum, Product:
		name := map[Op]string{Sum: "sum", Product: "prod"}[n.Op]
		p.pick(name, `\`+name)
		p.s("_{")
		if bound {
			p.s("i")
		} else {
			p.node(n.Args[1], bindSum)
		}
		p.s("=")
		if bound {
			p.bound++
		}
		p.node(n.Args[2], bindSum)
		if bound {
			p.bound--
		}
		p.s("}^{")
		p.node(n.Args[3], bindRatio)
		p.s("}")
		if bound {
			p.bound++
		}
		bracket()
		if bound {
			p.bound--
		}
	case Integral:
		p.pick("int", `\int`)
		if len(n.Args) == 4 {
			p.s("_{")
			p.node(n.Args[2], bindRatio)
			p.s("}^{")
			p.node(n.Args[3], bindRatio)
			p.s("}")
		}
		bracket()
		p.s(" d")
		if len(n.Args[1].Name) > 1 {
			p.s(`\` + n.Args[1].Name + " ")
		} else {
			p.s(n.Args[1].Name)
		}
	case Limit:
		p.pick("lim", `\lim`)
		p.s("_{")
		p.node(n.Args[1], bindSum)
		p.pick(" -> ", ` \to `)
		p.node(n.Args[2], bindAtom)
		if n.Name != "" {
			p.s("^{" + n.Name + "}")
		}
		p.s("}")
		bracket()
	case Derivative:
		p.s(`\frac{d`)
		v := n.Args[1].Name
		if len(v) > 1 {
			v = `\` + v
		}
		if n.Name == "" {
			p.s(`}{d` + v + `}`)
		} else {
			p.s(`^{` + n.Name + `}}{d` + v + `^{` + n.Name + `}}`)
		}
		bracket()
	case Evaluate:
		p.s(`\left. `)
		p.node(body, bindSum)
		p.s(` \right|_{`)
		p.node(n.Args[1], bindSum)
		p.s("=")
		p.node(n.Args[2], bindUnion)
		p.s("}^{")
		p.node(n.Args[3], bindRatio)
		p.s("}")
	}
}
