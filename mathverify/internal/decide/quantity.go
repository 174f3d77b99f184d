package decide

import (
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// dropUnit returns the value of a quantity, for option IgnoreUnits.
func dropUnit(n *tree.Node) *tree.Node {
	if n.Op == tree.Quantity {
		return n.Args[0]
	}
	return n
}

// signInside writes -(5 m) as (-5) m.
func signInside(n *tree.Node) *tree.Node {
	if n.Op == tree.Neg && n.Args[0].Op == tree.Quantity {
		q := n.Args[0]
		return tree.New(tree.Quantity, negate(q.Args[0]), q.Args[1])
	}
	return n
}

// baseUnit marks the symbols that stand for base units in expressions.
const baseUnit = "\x00unit "

// expanded replaces quantities by products with symbols for base units, so
// that they can be compared as values:
//
//	5 km/h = 5 · 1000/3600 · m · s^-1
//
// ok is false when a unit is no product of powers or a temperature.
func expanded(n *tree.Node) (*tree.Node, bool) {
	ok := true
	out := tree.Map(n, func(m *tree.Node) *tree.Node {
		if m.Op != tree.Quantity {
			return m
		}
		u, fine := product(m.Args[1])
		ok = ok && fine
		if !fine {
			return m
		}
		return times(m.Args[0], u)
	})
	return out, ok
}

// product returns a unit as an expression in base units.
func product(u *tree.Node) (*tree.Node, bool) {
	switch u.Op {
	case tree.Unit:
		return baseUnits(u.Name)
	case tree.Mul, tree.Div:
		out, ok := product(u.Args[0])
		for _, a := range u.Args[1:] {
			v, fine := product(a)
			ok = ok && fine
			if !ok {
				return nil, false
			}
			if u.Op == tree.Mul {
				out = times(out, v)
			} else {
				out = over(out, v)
			}
		}
		return out, ok
	case tree.Pow:
		v, ok := product(u.Args[0])
		if _, whole := u.Args[1].Int64(); !ok || !whole {
			return nil, false
		}
		return tree.New(tree.Pow, v, u.Args[1]), true
	case tree.Number:
		return u, true
	}
	return nil, false
}

// baseUnits returns one unit as an expression in base units.
func baseUnits(name string) (*tree.Node, bool) {
	switch name {
	case "degC", "degF":
		return nil, false
	case "deg":
		return tree.New(tree.Degree, tree.Int(1)), true
	case "rad":
		return tree.Int(1), true
	case "percent":
		return tree.New(tree.Percent, tree.Int(1)), true
	}
	u, ok := unitTable[name]
	if !ok {
		return tree.Sym(baseUnit + name), true
	}
	out := tree.Rat(u.factor)
	for base := range strings.FieldsSeq(u.base) {
		name, k := exponent(base)
		f := tree.Sym(baseUnit + name)
		if k != 1 {
			f = tree.New(tree.Pow, f, tree.Int(int64(k)))
		}
		out = times(out, f)
	}
	return out, true
}

// dims are the exponents of base units, in order of appearance.
type dims []struct {
	name string
	exp  int
}

func (d *dims) add(name string, n int) {
	for i := range *d {
		if (*d)[i].name == name {
			(*d)[i].exp += n
			return
		}
	}
	*d = append(*d, struct {
		name string
		exp  int
	}{name, n})
}

// unit adds n times the exponents of a unit; it reports false for what is no
// product of powers.
func (d *dims) unit(u *tree.Node, n int) bool {
	switch u.Op {
	case tree.Unit:
		switch u.Name {
		case "deg", "rad", "percent":
			return true
		case "degC", "degF":
			d.add("K", n)
			return true
		}
		def, ok := unitTable[u.Name]
		if !ok {
			d.add(u.Name, n)
			return true
		}
		for base := range strings.FieldsSeq(def.base) {
			name, k := exponent(base)
			d.add(name, k*n)
		}
		return true
	case tree.Mul:
		for _, a := range u.Args {
			if !d.unit(a, n) {
				return false
			}
		}
		return true
	case tree.Div:
		return d.unit(u.Args[0], n) && d.unit(u.Args[1], -n)
	case tree.Pow:
		k, ok := u.Args[1].Int64()
		return ok && k <= 99 && k >= -99 && d.unit(u.Args[0], n*int(k))
	}
	return u.Op == tree.Number
}

// exponent splits "s^-2"; the definitions hold no bad ones.
func exponent(base string) (name string, k int) {
	name, exp, raised := strings.Cut(base, "^")
	if !raised {
		return name, 1
	}
	k, err := strconv.Atoi(exp)
	if err != nil {
		panic("decide: bad exponent of unit " + base)
	}
	return name, k
}

// sameDimension reports whether two units measure the same.
func sameDimension(u, v *tree.Node) bool {
	var d dims
	if !d.unit(u, 1) || !d.unit(v, -1) {
		return false
	}
	for _, e := range d {
		if e.exp != 0 {
			return false
		}
	}
	return true
}

// quantities compares two values with units after conversion.
func (c *comparer) quantities(a, b *tree.Node) (tri.Verdict, string) {
	if a.Op == tree.Quantity && b.Op == tree.Quantity {
		u, v := a.Args[1], b.Args[1]
		if tree.Same(u, v) {
			w, _ := c.compare(a.Args[0], b.Args[0])
			return w, ruleUnit
		}
		x, y := plainNoun(u), plainNoun(v)
		if alters(x) || alters(y) {
			return tri.Undecided, ruleNumeral // 5 dozen and 60 eggs
		}
		if x != "" && y != "" {
			// 5 apples and 5 fruits, or 5 apples and 5 pears?
			w, _ := c.compare(a.Args[0], b.Args[0])
			if w == tri.Equal {
				w = tri.Undecided
				if sameNoun(x, y) {
					w = tri.Equal
				}
			}
			return w, ruleUnit
		}
		if x != "" || y != "" {
			w, _ := c.compare(a.Args[0], b.Args[0])
			if w == tri.Equal {
				w = tri.Undecided
			}
			return w, ruleUnit
		}
		if p, q := temperature(u), temperature(v); p != nil && q != nil {
			w, _ := c.compare(p.kelvin(a.Args[0]), q.kelvin(b.Args[0]))
			return w, ruleUnit
		}
		if !sameDimension(u, v) {
			return tri.Different, ruleUnit
		}
	}
	if hasPlusMinus(a) || hasPlusMinus(b) {
		return c.cover(spread([]*tree.Node{a}, bothSigns), spread([]*tree.Node{b}, bothSigns)), rulePlusMinus
	}
	x, ok := expanded(a)
	y, ok2 := expanded(b)
	if !ok || !ok2 {
		return tri.Undecided, ruleUnit
	}
	w, _ := c.equal(x, y)
	return w, ruleUnit
}

// plainNoun returns the word of a unit that is no unit: 5 apples.
func plainNoun(u *tree.Node) string {
	if u.Op != tree.Unit {
		return ""
	}
	switch u.Name {
	case "person", "time", "piece", "unit", "point":
		return u.Name
	}
	if strings.HasPrefix(u.Name, "?") {
		return u.Name[1:]
	}
	return ""
}

// scaleOf returns the number that dozen, thousands and their like multiply by,
// or 0.
func scaleOf(noun string) int64 {
	noun = strings.TrimSuffix(fold(noun), "s")
	if noun == "dozen" {
		return 12
	}
	return scales[noun]
}

// alters reports a word behind a number that makes it another one.
func alters(noun string) bool {
	if noun == "" {
		return false
	}
	noun = fold(noun)
	return numeric(noun) || alterWords[noun]
}

// sameNoun compares nouns up to case and the plural.
func sameNoun(a, b string) bool {
	stem := func(s string) string {
		s = fold(s)
		if t, ok := strings.CutSuffix(s, "ies"); ok {
			return t + "y"
		}
		if t, ok := strings.CutSuffix(s, "es"); ok && (strings.HasSuffix(t, "x") || strings.HasSuffix(t, "ch") || strings.HasSuffix(t, "sh") || strings.HasSuffix(t, "ss")) {
			return t
		}
		return strings.TrimSuffix(s, "s")
	}
	return stem(a) == stem(b)
}

// A scale is a temperature scale: K = (t + zero)·degree.
type scale struct{ zero, degree *big.Rat }

func temperature(u *tree.Node) *scale {
	if u.Op != tree.Unit {
		return nil
	}
	switch u.Name {
	case "K":
		return &scale{new(big.Rat), big.NewRat(1, 1)}
	case "degC":
		return &scale{big.NewRat(27315, 100), big.NewRat(1, 1)}
	case "degF":
		return &scale{big.NewRat(45967, 100), big.NewRat(5, 9)}
	}
	return nil
}

func (s *scale) kelvin(t *tree.Node) *tree.Node {
	return times(plus(t, tree.Rat(s.zero)), tree.Rat(s.degree))
}

// oneUnit compares a value with a quantity: a unit that only one side writes
// does not count. The letters of 5m may be that unit, and a degree sign is one.
func (c *comparer) oneUnit(v, q *tree.Node) (tri.Verdict, string) {
	if q.Op != tree.Quantity {
		if x := stripped(q); x != nil {
			if w, _ := c.compare(v, x); w == tri.Equal {
				return w, ruleOneUnit
			}
		}
		return tri.Undecided, ruleOneUnit
	}
	if tree.Has(v, tree.Degree) {
		x, ok := expanded(q)
		if !ok || len(tree.Free(x)) > 0 {
			return tri.Different, ruleUnit
		}
		w, _ := c.equal(v, x)
		return w, ruleUnit
	}
	if v.Op == tree.Mul && slices.ContainsFunc(v.Args, func(n *tree.Node) bool { return n.Op == tree.Symbol && n.Name == "mu" }) {
		return tri.Undecided, ruleOneUnit // 5 μm
	}
	if k := scaleOf(plainNoun(q.Args[1])); k != 0 {
		w, _ := c.compare(v, times(q.Args[0], tree.Int(k)))
		return w, ruleNumeral
	}
	if alters(plainNoun(q.Args[1])) {
		return tri.Undecided, ruleNumeral // 5 dozen
	}
	w, _ := c.compare(v, q.Args[0])
	if w == tri.Equal {
		return w, ruleOneUnit
	}
	if v.Op != tree.Number {
		if u := letters(q.Args[1]); u != nil {
			if w, _ := c.equal(v, times(q.Args[0], u)); w == tri.Equal {
				return w, ruleUnit
			}
		}
	}
	if x, ok := expanded(q); ok && len(tree.Free(x)) == 0 { // degrees
		if u, _ := c.compare(v, x); u == tri.Equal {
			return u, ruleUnit
		}
	}
	return w, ruleOneUnit
}

// letters returns a unit as the product of letters that it may have been read
// as, or nil.
func letters(u *tree.Node) *tree.Node {
	switch u.Op {
	case tree.Unit:
		return tree.Sym(u.Name)
	case tree.Number:
		return u
	case tree.Mul, tree.Div, tree.Pow:
		args := make([]*tree.Node, len(u.Args))
		for i, a := range u.Args {
			if args[i] = letters(a); args[i] == nil {
				return nil
			}
		}
		return tree.New(u.Op, args...)
	}
	return nil
}

// stripped returns a sum or multiple of quantities in one unit as its value, or
// nil.
func stripped(n *tree.Node) *tree.Node {
	var u *tree.Node
	same := true
	tree.Any(n, func(m *tree.Node) bool {
		if m.Op == tree.Quantity {
			same = same && (u == nil || tree.Same(u, m.Args[1]))
			u = m.Args[1]
		}
		return false
	})
	if !same {
		return nil
	}
	return tree.Map(n, dropUnit)
}
