package tree

import (
	"math/big"
	"strconv"
	"strings"
)

// Binding strengths of the printed forms, from loose to tight. A node is put in
// brackets where one stronger than its own is asked for.
const (
	bindList    = iota // 1, 2
	bindState          // a = b
	bindRatio          // a:b
	bindUnion          // A ∪ B
	bindMeet           // A ∩ B
	bindDiff           // A \ B
	bindSum            // a + b, -a, 5 km
	bindProduct        // a*b, a/b
	bindPower          // a^b
	bindPostfix        // a!
	bindAtom           // a, (a)
)

// A printer writes trees in one of two styles.
type printer struct {
	b     []byte
	latex bool
	bound int // sums over i that are open
}

// String returns the plain spelling of a tree, in ASCII except inside texts.
// syntax.Parse reads it back to the same tree.
func String(n *Node) string {
	p := printer{}
	p.node(n, bindList)
	return string(p.b)
}

// LaTeX returns the LaTeX spelling of a tree. syntax.Parse reads it back to the
// same tree.
func LaTeX(n *Node) string {
	p := printer{latex: true}
	p.node(n, bindList)
	return string(p.b)
}

func (p *printer) s(s string) { p.b = append(p.b, s...) }

// pick writes one of two spellings.
func (p *printer) pick(plain, latex string) {
	if p.latex {
		p.s(latex)
	} else {
		p.s(plain)
	}
}

func (p *printer) open() { p.pick("(", `\left(`) }
func (p *printer) shut() { p.pick(")", `\right)`) }

// binding returns how tight the printed form of n holds together.
func binding(n *Node) int {
	switch n.Op {
	case Number:
		if n.Rat().Sign() < 0 {
			return bindSum
		}
		if n.printsAsFraction() {
			return bindProduct
		}
		return bindAtom
	case List, Lines, Labeled, Given, And, Or, Not:
		return bindList
	case Chain, Congruent:
		return bindState
	case Ratio, Clock:
		return bindRatio
	case Union:
		return bindUnion
	case Intersect:
		return bindMeet
	case Minus:
		return bindDiff
	case Add, Neg, PlusMinus, MinusPlus, Quantity:
		return bindSum
	case Mul, Div, Sum, Product, Integral, Limit, Derivative, Based:
		return bindProduct
	case Pow:
		return bindPower
	case Percent, Degree, Factorial, DoubleFactorial:
		return bindPostfix
	case Func:
		switch n.Name {
		case "mod":
			return bindSum
		case "conj", "transpose":
			return bindAtom
		}
	}
	return bindAtom
}

// node writes n, in brackets when it binds less than least.
func (p *printer) node(n *Node, least int) {
	if binding(n) < least {
		p.open()
		p.bare(n)
		p.shut()
		return
	}
	p.bare(n)
}

func (p *printer) bare(n *Node) {
	switch n.Op {
	case Number:
		p.number(n)
	case Symbol:
		p.symbol(n.Name)
	case Const:
		switch n.Name {
		case "inf":
			p.pick("oo", `\infty`)
		case "pi":
			p.pick("pi", `\pi`)
		case "i":
			if p.bound > 0 {
				p.s(`\mathrm{i}`)
			} else {
				p.s("i")
			}
		default:
			p.s(n.Name)
		}
	case Text:
		p.text(n.Name)
	case Unit:
		p.unit(n)
	case SetName:
		p.setName(n.Name)
	case Ellipsis:
		p.pick("...", `\ldots`)
	case Add:
		p.sum(n)
	case Neg:
		p.s("-")
		p.node(n.Args[0], bindProduct)
	case Mul:
		p.product(n)
	case Div:
		p.quotient(n)
	case Pow:
		p.power(n)
	case Root:
		p.root(n)
	case PlusMinus:
		p.pick("+/-", `\pm `)
		p.node(n.Args[0], bindProduct)
	case MinusPlus:
		p.pick("-/+", `\mp `)
		p.node(n.Args[0], bindProduct)
	case Percent:
		p.node(n.Args[0], bindPostfix)
		p.pick("%", `\%`)
	case Degree:
		if n.Args[0].Op == Func {
			p.open()
			p.bare(n.Args[0])
			p.shut()
		} else {
			p.node(n.Args[0], bindPostfix)
		}
		p.pick("°", `^{\circ}`)
	case Factorial:
		p.node(n.Args[0], bindAtom)
		p.s("!")
	case DoubleFactorial:
		p.node(n.Args[0], bindAtom)
		p.s("!!")
	case Func, Call:
		p.apply(n)
	case Sum, Product, Integral, Limit, Derivative, Evaluate:
		p.operator(n)
	default:
		p.structure(n)
	}
}

// printsAsFraction reports a Number that no decimal writes in few digits.
func (n *Node) printsAsFraction() bool {
	if n.IsInteger() {
		return false
	}
	_, _, ok := n.decimal()
	return !ok
}

// maxPrintedPeriod bounds the digits of a recurring decimal that is printed as
// one.
const maxPrintedPeriod = 420

// decimal writes the absolute value of n as a decimal: the digits and the
// recurring digits behind them.
func (n *Node) decimal() (digits, period string, ok bool) {
	r := new(big.Rat).Abs(n.Rat())
	if n.Digits >= 0 {
		if places, exact := r.FloatPrec(); exact && places <= n.Digits {
			return r.FloatString(n.Digits), "", true
		}
	}
	if places, exact := r.FloatPrec(); exact {
		if places > 1000 {
			return "", "", false
		}
		return r.FloatString(places), "", true
	}
	num, den := new(big.Int), r.Denom()
	whole, rem := new(big.Int).QuoRem(r.Num(), den, num)
	lead, _ := r.FloatPrec() // digits before the period
	if lead > maxPrintedPeriod {
		return "", "", false
	}
	ten := big.NewInt(10)
	var b strings.Builder
	b.WriteString(whole.String())
	b.WriteByte('.')
	q := new(big.Int)
	rem = new(big.Int).Set(rem)
	step := func() byte {
		rem.Mul(rem, ten)
		q.QuoRem(rem, den, rem)
		return byte('0' + q.Int64())
	}
	for i := 0; i < lead; i++ {
		b.WriteByte(step())
	}
	start := new(big.Int).Set(rem)
	var per []byte
	for len(per) < maxPrintedPeriod {
		per = append(per, step())
		if rem.Cmp(start) == 0 {
			return b.String(), string(per), true
		}
	}
	return "", "", false
}

func (p *printer) number(n *Node) {
	if num, den, ok := n.Small(); ok && den == 1 && n.Digits < 0 {
		p.b = strconv.AppendInt(p.b, num, 10)
		return
	}
	r := n.Rat()
	if r.Sign() < 0 {
		p.s("-")
	}
	if n.IsInteger() && n.Digits < 0 {
		p.s(new(big.Int).Abs(r.Num()).String())
		return
	}
	digits, period, ok := n.decimal()
	switch {
	case !ok:
		a := new(big.Rat).Abs(r)
		if p.latex {
			p.s(`\frac{` + a.Num().String() + `}{` + a.Denom().String() + `}`)
		} else {
			p.s(a.Num().String() + "/" + a.Denom().String())
		}
	case period == "":
		p.s(digits)
	default:
		p.s(digits)
		p.pick("("+period+")", `\overline{`+period+`}`)
	}
}

// accents are the marks that a symbol name carries in its subscript.
func isWord(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return s != ""
}

var greekNames = func() map[string]bool {
	m := map[string]bool{}
	for _, s := range strings.Fields(`alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron rho sigma tau
		upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
		Alpha Beta Epsilon Zeta Eta Iota Kappa Mu Nu Rho Tau Chi`) {
		m[s] = true
	}
	return m
}()

// symbol writes a name: letter or word, subscript, primes.
func (p *printer) symbol(name string) {
	base := name
	i := strings.IndexAny(base, "_'")
	if i > 0 {
		base = base[:i]
	} else {
		i = len(base)
	}
	rest := name[i:]
	switch {
	case len(base) == 1:
		if (base == "e" || base == "i" && p.bound == 0) && rest == "" {
			p.s(`\mathbf{` + base + `}`)
		} else {
			p.s(base)
		}
	case greekNames[base] || base == "ell" || base == "hbar" || base == "varpi":
		if p.latex || !greekNames[base] || base == "Pi" {
			p.s(`\` + base)
			if rest == "" {
				p.s(" ")
			}
		} else {
			p.s(base)
		}
	case isWord(base):
		p.pick(`"`+base+`"`, `\text{`+base+`}`)
	default:
		p.s(base)
	}
	sub, primes := rest, ""
	if j := strings.IndexByte(rest, '\''); j >= 0 && !strings.Contains(rest[j:], "_") {
		sub, primes = rest[:j], rest[j:]
	}
	if strings.HasPrefix(sub, "_") && len(sub) > 2 && sub[1] != '{' {
		sub = "_{" + sub[1:] + "}"
	}
	p.s(sub)
	p.s(primes)
}

// text writes words.
func (p *printer) text(s string) {
	p.pick(`"`+s+`"`, `\text{`+s+`}`)
}

func (p *printer) setName(s string) {
	if s == "empty" {
		p.pick("emptyset", `\emptyset`)
		return
	}
	p.s(`\mathbb{` + s[:1] + `}`)
	switch s[1:] {
	case "":
	case "0+":
		p.s(`_{>=0}`)
	case "+", "-", "*":
		p.s("^{" + s[1:] + "}")
	default:
		p.s("_{" + s[1:] + "}")
	}
}
