package tree

var relPlain = [...]string{
	Eq: "=", Ne: "!=", Lt: "<", Le: "<=", Gt: ">", Ge: ">=", Approx: `\approx`, Identical: `\equiv`, In: `\in`, NotIn: `\notin`,
	Subset: `\subset`, SubsetEq: `\subseteq`, Superset: `\supset`, SupersetEq: `\supseteq`, Similar: `\sim`, Parallel: `\parallel`,
	Perp: `\perp`, Divides: `\mid`, Maps: "->", Implies: "=>", Iff: "<=>", Propto: `\propto`,
}

var relLaTeX = [...]string{
	Eq: "=", Ne: `\ne`, Lt: "<", Le: `\le`, Gt: ">", Ge: `\ge`, Approx: `\approx`, Identical: `\equiv`, In: `\in`, NotIn: `\notin`,
	Subset: `\subset`, SubsetEq: `\subseteq`, Superset: `\supset`, SupersetEq: `\supseteq`, Similar: `\sim`, Parallel: `\parallel`,
	Perp: `\perp`, Divides: `\mid`, Maps: `\to`, Implies: `\implies`, Iff: `\iff`, Propto: `\propto`,
}

// structure writes what is no arithmetic.
func (p *printer) structure(n *Node) {
	switch n.Op {
	case Chain:
		for i, t := range n.Args {
			if i > 0 {
				r := n.Rels[i-1]
				p.s(" ")
				p.pick(relPlain[r], relLaTeX[r])
				p.s(" ")
			}
			if i > 0 && (n.Rels[i-1] == In || n.Rels[i-1] == NotIn) && n.Args[0].Op != Tuple {
				p.operand(t, bindRatio)
			} else {
				least := bindRatio
				if t.Op == Func && t.Name == "mod" && i > 0 && n.Rels[i-1] == Identical {
					least = bindAtom // or "mod" would be that of a congruence
				}
				p.node(t, least)
			}
		}
	case And:
		p.joined(n.Args, " and ", `\text{ and }`)
	case Or:
		p.joined(n.Args, " or ", `\text{ or }`)
	case Not:
		p.s(`\neg `)
		p.node(n.Args[0], bindState)
	case Congruent:
		p.node(n.Args[0], bindRatio)
		p.s(` \equiv `)
		p.node(n.Args[1], bindRatio)
		p.s(` \pmod{`)
		p.node(n.Args[2], bindRatio)
		p.s("}")
	case Tuple:
		p.tuple(n)
	case Interval:
		p.interval(n, false)
	case Set:
		p.s(`\{`)
		p.elements(n.Args)
		p.s(`\}`)
	case SetOf:
		p.s(`\{`)
		p.node(n.Args[0], bindState)
		p.s(` \mid `)
		p.node(n.Args[1], bindList)
		p.s(`\}`)
	case Union:
		p.infix(n.Args, ` \cup `, bindMeet)
	case Intersect:
		p.infix(n.Args, ` \cap `, bindDiff)
	case Minus:
		p.operand(n.Args[0], bindDiff)
		p.s(` \setminus `)
		p.operand(n.Args[1], bindSum)
	case List:
		p.list(n)
	case Lines:
		for i, l := range n.Args {
			if i > 0 {
				p.s(` \\ `)
			}
			p.node(l, bindList)
		}
	case Matrix:
		name := "pmatrix"
		if n.Name == "v" {
			name = "vmatrix"
		}
		p.s(`\begin{` + name + `}`)
		for i, e := range n.Args {
			switch {
			case i == 0:
			case i%n.Cols == 0:
				p.s(` \\ `)
			default:
				p.s(" & ")
			}
			p.node(e, bindRatio)
		}
		p.s(`\end{` + name + `}`)
	case Cases:
		p.s(`\begin{cases}`)
		for i, e := range n.Args {
			if i > 0 {
				if i%2 == 0 {
					p.s(` \\ `)
				} else {
					p.s(" & ")
				}
			}
			if i%2 == 1 && Same(e, Otherwise) {
				p.s(`\text{otherwise}`)
			} else {
				p.node(e, bindList)
			}
		}
		p.s(`\end{cases}`)
	case Quantity:
		at := len(p.b)
		switch n.Args[0].Op {
		case Number, Neg, PlusMinus, MinusPlus:
			p.node(n.Args[0], bindSum)
		default:
			p.node(n.Args[0], bindProduct)
		}
		if c := p.b[len(p.b)-1]; n.Args[1].Op == Unit && len(n.Args[1].Name) == 1 && c != ')' && c != '}' && (c < '0' || c > '9') {
			p.b = p.b[:at]
			p.open()
			p.bare(n.Args[0])
			p.shut()
		}
		p.s(" ")
		p.unitText(n.Args[1])
	case Ratio:
		for i, e := range n.Args {
			if i > 0 {
				p.s(" : ")
			}
			p.node(e, bindUnion)
		}
	case Clock:
		p.clock(n)
	case Based:
		p.node(n.Args[0], bindAtom)
		p.s("_{" + n.Name + "}")
	case Labeled:
		p.pick("("+n.Name+") ", `\text{(`+n.Name+`)}\ `)
		at := len(p.b)
		p.node(n.Args[0], bindList)
		if c := p.b[at]; c == '+' || c == '-' || c == '<' || c == ']' {
			// A sign would make a sum with the letter.
			body := string(p.b[at:])
			p.b = append(p.b[:at], '$')
			p.s(body + "$")
		}
	case Given:
		if n.Args[0].Op == List && n.Args[0].Name == "," {
			p.elements(n.Args[0].Args)
			p.s(", ")
			if n.Args[1].Op == And {
				p.elements(n.Args[1].Args)
			} else {
				p.node(n.Args[1], bindState)
			}
			return
		}
		p.node(n.Args[0], bindState)
		p.pick(" where ", `\text{ where }`)
		p.node(n.Args[1], bindState)
	}
}

func (p *printer) joined(args []*Node, plain, latex string) {
	for i, a := range args {
		if i > 0 {
			p.pick(plain, latex)
		}
		p.node(a, bindState)
	}
}

func (p *printer) infix(args []*Node, sign string, least int) {
	for i, a := range args {
		if i > 0 {
			p.s(sign)
		}
		p.operand(a, least)
	}
}

// operand writes a set where only sets stand.
func (p *printer) operand(n *Node, least int) {
	if n.Op == Interval {
		p.interval(n, true)
		return
	}
	p.node(n, least)
}

// interval writes an interval. Where a pair would do as well, an open one has
// its brackets the other way: ]1, 3[.
func (p *printer) interval(n *Node, set bool) {
	low, high := n.Name[:1], n.Name[1:]
	if n.Name == "()" && !set && !infinite(n.Args[0]) && !infinite(n.Args[1]) {
		low, high = "]", "["
	}
	p.pick(low, `\left`+low)
	p.elements(n.Args)
	p.pick(high, `\right`+high)
}

func infinite(n *Node) bool {
	return n.Op == Const && n.Name == "inf" || n.Op == Neg && infinite(n.Args[0])
}

func (p *printer) elements(args []*Node) {
	for i, a := range args {
		if i > 0 {
			p.s(", ")
		}
		least := bindState
		if a.Op == Chain && divides(a) || a.Op == Ratio || a.Op == Clock {
			least = bindAtom // a bar or a colon would end the element of a set builder
		}
		p.node(a, least)
	}
}

func divides(n *Node) bool {
	for _, r := range n.Rels {
		if r == Divides {
			return true
		}
	}
	return false
}

func (p *printer) tuple(n *Node) {
	switch n.Name {
	case "<":
		p.s(`\langle `)
		p.elements(n.Args)
		p.s(`\rangle `)
	case "[":
		p.s("[")
		p.elements(n.Args)
		p.s("]")
	default:
		p.open()
		p.elements(n.Args)
		if len(n.Args) == 1 {
			p.s(",")
		}
		p.shut()
	}
}

// list writes values; numbers around a tight comma keep it, and their zeros.
func (p *printer) list(n *Node) {
	switch n.Name {
	case ",tight":
		p.node(n.Args[0], bindState)
		p.s(",")
		s := String(Rat(n.Args[1].Rat()))
		for i := len(s); i < n.Args[1].Digits; i++ {
			p.s("0")
		}
		p.s(s)
	case "and":
		p.joined(n.Args, " and ", `\text{ and }`)
	case "or":
		p.joined(n.Args, " or ", `\text{ or }`)
	default:
		p.elements(n.Args)
	}
}

// clock writes 3:05 with the zeros of minutes and seconds.
func (p *printer) clock(n *Node) {
	for i, a := range n.Args {
		if i > 0 {
			p.s(":")
			if v, ok := a.Int64(); ok && v < 10 {
				p.s("0")
			}
		}
		p.node(a, bindAtom)
	}
	if n.Name != "" {
		p.pick(" "+n.Name, `\text{ `+n.Name+`}`)
	}
}

// unitText writes the unit of a quantity.
func (p *printer) unitText(u *Node) {
	p.s(`\text{`)
	p.unit(u)
	p.s("}")
}

func (p *printer) unit(u *Node) {
	switch u.Op {
	case Unit:
		name := u.Name
		if name != "" && name[0] == '?' {
			name = name[1:]
		}
		p.s(name)
	case Mul:
		for i, f := range u.Args {
			if i > 0 {
				p.s("*")
			}
			p.unit(f)
		}
	case Div:
		p.unit(u.Args[0])
		p.s("/")
		p.unit(u.Args[1])
	case Pow:
		p.unit(u.Args[0])
		p.s("^")
		p.node(u.Args[1], bindAtom)
	}
}
