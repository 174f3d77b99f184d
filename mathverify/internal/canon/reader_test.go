package canon

import (
	"math/big"
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// A reader turns the notation of these tests into trees. It knows just enough
// LaTeX to make the tables readable; arguments of functions are in parentheses
// and symbols are single letters.
type reader struct{ s string }

func (r *reader) space() { r.s = strings.TrimLeft(r.s, " ") }

func (r *reader) eat(token string) bool {
	r.space()
	if strings.HasPrefix(r.s, token) {
		r.s = r.s[len(token):]
		return true
	}
	return false
}

func (r *reader) want(token string) {
	if !r.eat(token) {
		panic("reader: want " + token + " at " + r.s)
	}
}

func (r *reader) sum() *tree.Node {
	var terms []*tree.Node
	switch {
	case r.eat("-"):
		terms = append(terms, tree.New(tree.Neg, r.product()))
	default:
		terms = append(terms, r.product())
	}
	for {
		switch {
		case r.eat("+"):
			terms = append(terms, r.product())
		case r.eat("-"):
			terms = append(terms, tree.New(tree.Neg, r.product()))
		case len(terms) == 1:
			return terms[0]
		default:
			return tree.New(tree.Add, terms...)
		}
	}
}

func (r *reader) product() *tree.Node {
	z := r.power()
	for {
		r.space()
		switch {
		case r.eat(`\cdot`):
			z = tree.New(tree.Mul, z, r.power())
		case r.eat("/"):
			z = tree.New(tree.Div, z, r.power())
		case r.s == "" || strings.ContainsRune("+-)}],|", rune(r.s[0])):
			return z
		default:
			z = tree.New(tree.Mul, z, r.power())
		}
	}
}

func (r *reader) power() *tree.Node {
	z := r.atom()
	for {
		switch {
		case r.eat("!!"):
			z = tree.New(tree.DoubleFactorial, z)
		case r.eat("!"):
			z = tree.New(tree.Factorial, z)
		case r.eat(`\%`):
			z = tree.New(tree.Percent, z)
		case r.eat(`^\circ`):
			z = tree.New(tree.Degree, z)
		case r.eat("^"):
			z = tree.New(tree.Pow, z, r.group())
		default:
			return z
		}
	}
}

func (r *reader) group() *tree.Node {
	if r.eat("{") {
		z := r.sum()
		r.want("}")
		return z
	}
	r.space()
	if c := r.s[0]; c >= '0' && c <= '9' {
		r.s = r.s[1:]
		return tree.Int(int64(c - '0'))
	}
	return r.atom()
}

func (r *reader) atom() *tree.Node {
	r.space()
	switch {
	case r.eat("("):
		z := r.sum()
		r.want(")")
		return z
	case r.eat("|"):
		z := r.sum()
		r.want("|")
		return tree.Fn("abs", z)
	case r.eat(`\frac`):
		a := r.group()
		return tree.New(tree.Div, a, r.group())
	case r.eat(`\binom`):
		a := r.group()
		return tree.Fn("binom", a, r.group())
	case r.eat(`\sqrt`):
		n := tree.Int(2)
		if r.eat("[") {
			n = r.sum()
			r.want("]")
		}
		return tree.New(tree.Root, r.group(), n)
	case r.eat(`\pi`):
		return tree.Pi
	case r.eat(`\`):
		i := strings.IndexFunc(r.s, func(c rune) bool { return c < 'a' || c > 'z' })
		name := r.s[:i]
		r.s = r.s[i:]
		return tree.Fn(name, r.args()...)
	case r.eat("f("):
		r.s = "(" + r.s
		return tree.Named(tree.Call, "f", r.args()...)
	}
	i := 0
	for i < len(r.s) && (r.s[i] >= '0' && r.s[i] <= '9' || r.s[i] == '.') {
		i++
	}
	if i > 0 {
		x, _ := new(big.Rat).SetString(r.s[:i])
		r.s = r.s[i:]
		return tree.Rat(x)
	}
	if r.s == "" {
		panic("reader: nothing left")
	}
	c := r.s[:1]
	r.s = r.s[1:]
	switch c {
	case "e":
		return tree.E
	case "i":
		return tree.I
	}
	return tree.Sym(c)
}

func (r *reader) args() (args []*tree.Node) {
	r.want("(")
	for {
		args = append(args, r.sum())
		if !r.eat(",") {
			break
		}
	}
	r.want(")")
	return args
}
