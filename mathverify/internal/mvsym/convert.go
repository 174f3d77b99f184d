package mvsym

import (
	"errors"
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
)

// errParse is why a text has no value; which of the reference's exceptions it
// would have been makes no difference.
var errParse = errors.New("mvsym: the reference does not parse this text")

// maxDepth bounds how often a part of a text is parsed again by itself.
const maxDepth = 8

// A converter turns one parse into a value. It stops by panic(errParse), which
// parseLatex catches.
type converter struct {
	src   string
	toks  []token
	real  bool
	depth int
	b     *budget.Budget
}

func fail() { panic(errParse) }

// parseLatex parses a normalised text as the reference does, once.
func parseLatex(s string, real bool, b *budget.Budget) (v *Value, ok bool) {
	defer func() {
		if r := recover(); r != nil {
			if r != any(errParse) {
				panic(r)
			}
			v, ok = nil, false
		}
	}()
	return convertText(s, real, 0, b), true
}

func convertText(s string, real bool, depth int, b *budget.Budget) *Value {
	if depth > maxDepth {
		fail()
	}
	toks, ok := lex(s)
	if !ok || len(toks) == 0 {
		fail()
	}
	n := match(toks, b)
	if n == nil {
		fail()
	}
	c := &converter{src: s, toks: toks, real: real, depth: depth, b: b}
	return c.math(n.kids[0])
}

// ParseLatex is parse_latex_cached: the text, and where that fails and the text
// has several equals signs but no comma or semicolon, what is behind the last.
func ParseLatex(s string, b *budget.Budget) (*Value, bool) {
	if v, ok := plain(s); ok {
		return v, true
	}
	if v, ok := parseLatex(s, !complexText(s), b); ok {
		return v, true
	}
	last, ok := lastEquation(s)
	if !ok {
		return nil, false
	}
	return parseLatex(last, !complexText(last), b)
}

func lastEquation(s string) (string, bool) {
	if strings.ContainsAny(s, ",;") {
		return "", false
	}
	cut, parts := 0, 1
	for i := 0; i < len(s); i++ {
		if s[i] == '=' && (i == 0 || strings.IndexByte(`\<!>`, s[i-1]) < 0) {
			cut = i + 1
			parts++
		}
	}
	return s[cut:], parts > 2
}

// text returns what a node was read from, without skipped characters.
func (c *converter) text(n *node) string {
	if n.to == n.from+1 {
		return c.toks[n.from].text
	}
	var sb strings.Builder
	for _, t := range c.toks[n.from:n.to] {
		sb.WriteString(t.text)
	}
	return sb.String()
}

func (c *converter) kind(n *node) kind {
	if n.rule != rToken {
		return kEOF
	}
	return c.toks[n.from].kind
}

// find returns the kids with a rule.
func find(n *node, r rule) []*node {
	var out []*node
	for _, k := range n.kids {
		if k.rule == r {
			out = append(out, k)
		}
	}
	return out
}

// one returns the first kid with a rule, or nil.
func one(n *node, r rule) *node {
	for _, k := range n.kids {
		if k.rule == r {
			return k
		}
	}
	return nil
}

func (c *converter) math(n *node) *Value {
	switch n.rule {
	case rSetAssign:
		return c.setAssign(n)
	case rSetElements:
		if v, ok := groupedNumber(c.src); ok {
			return v
		}
		return elements(c.groups(n.kids[0]))
	default:
		return c.setRelation(n)
	}
}

func (c *converter) setAssign(n *node) *Value {
	set := elements(c.groups(one(n, rSemiPlain)))
	return mk(Eq, c.atomList(n.kids[0]), set)
}

// groups returns the elements between semicolons and commas.
func (c *converter) groups(semi *node) [][]*Value {
	var out [][]*Value
	for _, comma := range semi.kids {
		if comma.rule == rToken {
			continue
		}
		var group []*Value
		for _, e := range comma.kids {
			if e.rule != rToken {
				group = append(group, c.element(e)...)
			}
		}
		out = append(out, group)
	}
	return out
}

// elements is a set of what commas or semicolons separate, or the only element.
func elements(groups [][]*Value) *Value {
	if len(groups) == 1 {
		if len(groups[0]) == 1 {
			return groups[0][0]
		}
		return finiteSet(groups[0])
	}
	single := true
	for _, g := range groups {
		single = single && len(g) == 1
	}
	var out []*Value
	for _, g := range groups {
		if single {
			out = append(out, g[0])
		} else {
			out = append(out, mk(Tuple, g...))
		}
	}
	return finiteSet(out)
}

func finiteSet(elements []*Value) *Value {
	if len(elements) == 0 {
		return mk(EmptySet)
	}
	return mk(FiniteSet, elements...)
}

func (c *converter) element(n *node) []*Value {
	k := n.kids[0]
	switch k.rule {
	case rPlusMinus:
		ops := find(k, rAdd)
		if len(ops) == 1 {
			v := c.add(ops[0])
			return []*Value{minus(v), v}
		}
		left, right := c.add(ops[0]), c.add(ops[1])
		needExpr(left, right)
		return []*Value{mk(Add, left, right), mk(Add, left, minus(right))}
	case rSetAtom:
		return []*Value{c.setAtom(k)}
	case rRelation:
		return []*Value{c.relation(k)}
	}
	return []*Value{c.add(k)}
}

func minus(v *Value) *Value {
	if v.isRational() {
		return negate(v)
	}
	needExpr(v)
	return mk(Mul, num(-1), v)
}

// needExpr stops where sympy's arithmetic gets something else than an
// expression.
func needExpr(vs ...*Value) {
	for _, v := range vs {
		if v == nil || !v.isExpr() && v.Class != Bool {
			fail()
		}
	}
}

func (c *converter) relation(n *node) *Value {
	v := c.add(n.kids[0])
	for i := 1; i < len(n.kids); i += 2 {
		v = c.relate(v, c.kind(n.kids[i]), c.add(n.kids[i+1]))
	}
	return v
}

var relations = map[kind]Class{kLT: Lt, kLE: Le, kGT: Gt, kGE: Ge, kEqual: Eq, kAssign: Eq, kNE: Ne}

func (c *converter) relate(left *Value, op kind, right *Value) *Value {
	switch op {
	case kApprox:
		if onlySymbols(left) {
			return right
		}
		return left
	case kIn:
		// Anything but a matrix symbol raises, and that is no answer either.
		fail()
	}
	class := relations[op]
	switch {
	case left.Class == And:
		last := left.Args[len(left.Args)-1]
		return conjunction(append(left.Args[:len(left.Args):len(left.Args)], mk(class, last.Args[1], right)))
	case left.isRelational():
		return conjunction([]*Value{left, mk(class, left.Args[1], right)})
	}
	return mk(class, left, right)
}

// conjunction is And of relations. sympy evaluates it, so that repeated ones
// leave a single relation, which has no room for the order of writing: that
// raises.
func conjunction(rels []*Value) *Value {
	if len(distinct(rels)) == 1 {
		fail()
	}
	return mk(And, rels...)
}

// onlySymbols is is_expr_of_only_symbols.
func onlySymbols(v *Value) bool {
	switch v.Class {
	case Symbol:
		return true
	case Pow:
		if v.Args[1].Class == Integer && v.Args[1].Rat.Cmp(minusOne) == 0 {
			base := v.Args[0]
			if base.Class == Symbol || all(base.Args, onlySymbols) {
				return true
			}
		}
	}
	return len(v.Args) > 0 && all(v.Args, onlySymbols)
}

func all(vs []*Value, f func(*Value) bool) bool {
	for _, v := range vs {
		if !f(v) {
			return false
		}
	}
	return true
}
