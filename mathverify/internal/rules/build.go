package rules

import (
	"math/big"
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// The builders fold numbers and the neutral elements, so that rules can see
// when something is 0 or 1. They never cancel what may be undefined.

var (
	zero = tree.Int(0)
	one  = tree.Int(1)
	two  = tree.Int(2)
)

// maxBits bounds the numerators and denominators that rules compute with.
const maxBits = 1 << 15

func number(n *tree.Node) bool { return n.Op == tree.Number }

func isZero(n *tree.Node) bool { return n.IsInt(0) }

// fits reports a rational small enough to go on with.
func fits(x *big.Rat) bool { return x.Num().BitLen() <= maxBits && x.Denom().BitLen() <= maxBits }

func add(terms ...*tree.Node) *tree.Node {
	sum := zero
	var rest []*tree.Node
	for _, t := range terms {
		list := []*tree.Node{t}
		if t.Op == tree.Add {
			list = t.Args
		}
		for _, t := range list {
			if number(t) {
				sum = tree.AddRat(sum, t)
			} else {
				rest = append(rest, t)
			}
		}
	}
	rest = collect(rest)
	if len(rest) == 0 {
		return sum
	}
	if !isZero(sum) {
		rest = append(rest, sum)
	}
	if len(rest) == 1 {
		return rest[0]
	}
	return tree.New(tree.Add, rest...)
}

// collect adds up terms that differ in a rational factor only.
func collect(terms []*tree.Node) []*tree.Node {
	const most = 16 // it compares all with all
	if len(terms) < 2 || len(terms) > most {
		return terms
	}
	out := terms[:0:0]
next:
	for _, t := range terms {
		c, r := coefficient(t)
		for i, o := range out {
			d, s := coefficient(o)
			if !tree.Same(r, s) || singular(r) {
				continue
			}
			if c = tree.AddRat(c, d); isZero(c) {
				out = append(out[:i], out[i+1:]...)
			} else {
				out[i] = mul(c, r)
			}
			continue next
		}
		out = append(out, t)
	}
	return out
}

// coefficient splits a rational factor off a term.
func coefficient(t *tree.Node) (c, r *tree.Node) {
	if t.Op == tree.Mul && number(t.Args[0]) {
		if len(t.Args) == 2 {
			return t.Args[0], t.Args[1]
		}
		return t.Args[0], tree.New(tree.Mul, t.Args[1:]...)
	}
	return one, t
}

func neg(x *tree.Node) *tree.Node {
	switch {
	case number(x):
		return tree.NegRat(x)
	case x.Op == tree.Neg:
		return x.Args[0]
	}
	return mul(tree.Int(-1), x)
}

func sub(a, b *tree.Node) *tree.Node { return add(a, neg(b)) }

func mul(factors ...*tree.Node) *tree.Node {
	c := one
	var rest []*tree.Node
	for _, f := range factors {
		list := []*tree.Node{f}
		if f.Op == tree.Mul {
			list = f.Args
		}
		for _, f := range list {
			switch {
			case number(f):
				c = tree.MulRat(c, f)
			case f.Op == tree.Neg:
				c = tree.NegRat(c)
				rest = append(rest, f.Args[0])
			default:
				rest = append(rest, f)
			}
		}
	}
	if isZero(c) && !undefined(rest) {
		return zero
	}
	if len(rest) == 0 {
		return c
	}
	if !c.IsInt(1) {
		rest = append([]*tree.Node{c}, rest...)
	}
	if len(rest) == 1 {
		return rest[0]
	}
	return tree.New(tree.Mul, rest...)
}

// undefined reports a factor that has no finite value.
func undefined(list []*tree.Node) bool {
	for _, n := range list {
		if singular(n) {
			return true
		}
	}
	return false
}

// singular reports a tree that divides by zero, takes the logarithm of zero, or
// holds an infinity.
func singular(n *tree.Node) bool {
	return tree.Any(n, func(m *tree.Node) bool {
		switch m.Op {
		case tree.Const:
			return m.Name == "inf"
		case tree.Div:
			return isZero(m.Args[1])
		case tree.Pow:
			e := m.Args[1]
			return isZero(m.Args[0]) && (!number(e) || e.Rat().Sign() <= 0)
		case tree.Func:
			switch m.Name {
			case "ln", "log":
				return isZero(m.Args[0])
			case "tan", "sec", "cot", "csc":
				q, ok := piMultiple(m.Args[0])
				if !ok {
					return false
				}
				q = new(big.Rat).Mul(q, big.NewRat(2, 1))
				odd := q.IsInt() && q.Num().Bit(0) == 1
				return q.IsInt() && odd == (m.Name == "tan" || m.Name == "sec")
			}
		}
		return false
	})
}

func div(a, b *tree.Node) *tree.Node {
	switch {
	case number(a) && number(b) && !isZero(b):
		return tree.Rat(new(big.Rat).Quo(a.Rat(), b.Rat()))
	case b.IsInt(1):
		return a
	case isZero(a) && !isZero(b) && !singular(b):
		return zero
	case number(b) && !isZero(b):
		return mul(tree.Rat(new(big.Rat).Inv(b.Rat())), a)
	}
	return tree.New(tree.Div, a, b)
}

func pow(b, e *tree.Node) *tree.Node {
	switch {
	case e.IsInt(1):
		return b
	case isZero(e) && !isZero(b) && !singular(b):
		return one
	case b.IsInt(1) && !singular(e):
		return one
	case isZero(b) && number(e) && e.Rat().Sign() > 0:
		return zero
	}
	if number(b) {
		if x, ok := e.Int64(); ok {
			if v, ok := ratPower(b.Rat(), x); ok {
				return tree.Rat(v)
			}
		}
	}
	if b.Op == tree.Pow && number(b.Args[1]) && b.Args[1].IsInteger() && number(e) && e.IsInteger() {
		return pow(b.Args[0], tree.MulRat(b.Args[1], e))
	}
	return tree.New(tree.Pow, b, e)
}

// ratPower returns x^n when it is defined and of bounded size.
func ratPower(x *big.Rat, n int64) (*big.Rat, bool) {
	if x.Sign() == 0 {
		return x, n > 0
	}
	inverse := n < 0
	if inverse {
		n = -n
	}
	bits := max(x.Num().BitLen(), x.Denom().BitLen())
	if n < 0 || n > maxBits || int64(bits)*n > maxBits {
		return nil, false
	}
	e := big.NewInt(n)
	num, den := new(big.Int).Exp(x.Num(), e, nil), new(big.Int).Exp(x.Denom(), e, nil)
	if inverse {
		num, den = den, num
	}
	return new(big.Rat).SetFrac(num, den), true
}

// fold rebuilds a tree with the builders and the values of functions at simple
// points.
func fold(n *tree.Node) *tree.Node { return tree.Map(n, foldOne) }

func foldOne(n *tree.Node) *tree.Node {
	switch n.Op {
	case tree.Add:
		return add(n.Args...)
	case tree.Neg:
		if n.Args[0] == tree.Inf {
			return n
		}
		return neg(n.Args[0])
	case tree.Mul:
		return mul(n.Args...)
	case tree.Div:
		return div(n.Args[0], n.Args[1])
	case tree.Pow:
		return pow(n.Args[0], n.Args[1])
	case tree.Root:
		return root(n)
	case tree.Func:
		return foldFunc(n)
	}
	return n
}

// root returns the value of an exact root, n itself otherwise.
func root(n *tree.Node) *tree.Node {
	x := n.Args[0]
	k, ok := n.Args[1].Int64()
	if !ok || k < 2 || k > 64 || !number(x) || !fits(x.Rat()) {
		return n
	}
	if x.Rat().Sign() < 0 {
		return n
	}
	p, ok1 := intRoot(x.Rat().Num(), uint(k))
	q, ok2 := intRoot(x.Rat().Denom(), uint(k))
	if !ok1 || !ok2 {
		return n
	}
	return tree.Rat(new(big.Rat).SetFrac(p, q))
}

// intRoot returns the k-th root of x >= 0 when it is an integer, by bisection.
func intRoot(x *big.Int, k uint) (*big.Int, bool) {
	if k == 2 {
		r := new(big.Int).Sqrt(x)
		return r, new(big.Int).Mul(r, r).Cmp(x) == 0
	}
	if x.BitLen() > 1<<10 {
		return nil, false
	}
	lo, hi := new(big.Int), new(big.Int).Lsh(big.NewInt(1), uint(x.BitLen())/k+1)
	e := big.NewInt(int64(k))
	for lo.Cmp(hi) <= 0 {
		mid := new(big.Int).Add(lo, hi)
		mid.Rsh(mid, 1)
		switch new(big.Int).Exp(mid, e, nil).Cmp(x) {
		case 0:
			return mid, true
		case -1:
			lo = mid.Add(mid, big.NewInt(1))
		default:
			hi = mid.Sub(mid, big.NewInt(1))
		}
	}
	return nil, false
}

func foldFunc(n *tree.Node) *tree.Node {
	if len(n.Args) != 1 {
		return n
	}
	x := n.Args[0]
	switch n.Name {
	case "exp":
		return pow(tree.E, x)
	case "ln":
		switch {
		case x.IsInt(1):
			return zero
		case x == tree.E:
			return one
		case x.Op == tree.Pow && x.Args[0] == tree.E && !tree.Has(x, tree.Const):
			return x.Args[1]
		}
	case "sin", "tan", "cos":
		q, ok := piMultiple(x)
		if !ok {
			return n
		}
		q = new(big.Rat).Mul(q, big.NewRat(2, 1))
		if !q.IsInt() {
			return n
		}
		quarter := new(big.Int).Mod(q.Num(), big.NewInt(4)).Int64() // of a full turn
		if n.Name == "cos" {
			quarter = (quarter + 1) % 4
		} else if n.Name == "tan" {
			if quarter%2 == 1 {
				return n
			}
			return zero
		}
		return tree.Int([4]int64{0, 1, 0, -1}[quarter])
	case "arctan", "arcsin", "sinh", "tanh", "arsinh", "artanh":
		if isZero(x) {
			return zero
		}
	case "cosh":
		if isZero(x) {
			return one
		}
	case "abs":
		if number(x) {
			if x.Rat().Sign() < 0 {
				return tree.NegRat(x)
			}
			return x
		}
	}
	return n
}

// piMultiple returns the rational q of an argument written as q·π.
func piMultiple(n *tree.Node) (*big.Rat, bool) {
	switch n.Op {
	case tree.Number:
		return n.Rat(), n.Rat().Sign() == 0
	case tree.Const:
		return big.NewRat(1, 1), n.Name == "pi"
	case tree.Neg:
		q, ok := piMultiple(n.Args[0])
		if !ok {
			return nil, false
		}
		return new(big.Rat).Neg(q), true
	case tree.Div:
		q, ok := piMultiple(n.Args[0])
		if !ok || !number(n.Args[1]) || isZero(n.Args[1]) {
			return nil, false
		}
		return new(big.Rat).Quo(q, n.Args[1].Rat()), true
	case tree.Mul:
		q, seen := big.NewRat(1, 1), false
		for _, f := range n.Args {
			switch {
			case number(f):
				q = new(big.Rat).Mul(q, f.Rat())
			case !seen:
				p, ok := piMultiple(f)
				if !ok {
					return nil, false
				}
				q, seen = new(big.Rat).Mul(q, p), true
			default:
				return nil, false
			}
		}
		return q, seen && fits(q)
	}
	return nil, false
}

// depends reports whether n holds the symbol freely, or one with it in its
// subscript: a_k depends on k.
func depends(n *tree.Node, x string) bool {
	return tree.Any(n, func(m *tree.Node) bool { return m.Op == tree.Symbol && (m.Name == x || subscripted(m.Name, x)) })
}

// indexed reports whether n holds a symbol with x in its subscript, which cannot
// be computed with.
func indexed(n *tree.Node, x string) bool {
	return tree.Any(n, func(m *tree.Node) bool { return m.Op == tree.Symbol && m.Name != x && subscripted(m.Name, x) })
}

// subscripted reports whether the subscript of a name holds x as a word.
func subscripted(name, x string) bool {
	_, sub, ok := strings.Cut(name, "_")
	if !ok {
		return false
	}
	for i := 0; i+len(x) <= len(sub); i++ {
		if sub[i:i+len(x)] == x && (i == 0 || !letter(sub[i-1])) && (i+len(x) == len(sub) || !letter(sub[i+len(x)])) {
			return true
		}
	}
	return false
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// unknownFunction reports a symbol that is a function of the variable as often
// as not: y in dy/dx.
func unknownFunction(n *tree.Node, x string) bool {
	if !depends(n, x) {
		return len(tree.Free(n)) > 0
	}
	return tree.Any(n, func(m *tree.Node) bool {
		if m.Op != tree.Symbol || m.Name == x {
			return false
		}
		switch m.Name {
		case "y", "z", "u", "v", "w", "f", "g", "h", "F", "G":
			return true
		}
		return false
	})
}
