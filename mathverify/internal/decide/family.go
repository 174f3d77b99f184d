package decide

import (
	"math/big"
	"slices"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// A family is a set of values with one integer parameter,
//
//	{ start + step·k : k ∈ Z }, or k ≥ 0, or k ≥ 1.
//
// Unions of families over all integers are compared modulo a common period.
type family struct {
	start, step *tree.Node
	from        int64 // the least k where half is set
	half        bool
	// loose: nobody said that the parameter is whole, and nothing but a multiple
	// of it is there: 2πn may be a value that depends on n.
	loose bool
}

// maxPeriods bounds the residues of one union of families.
const maxPeriods = 720

// families compares two answers of which one at least has an integer parameter.
func (c *comparer) families(a, b *tree.Node) (tri.Verdict, string) {
	if v, rule, ok := c.familyUnion(a, b); ok {
		return v, rule
	}
	// Nothing but another name of the parameter, or the same side condition.
	x, p := condition(a)
	y, q := condition(b)
	switch {
	case p != nil && q != nil:
		m, n := parametersOf(a), parametersOf(b)
		if s, t := member(p), member(q); len(m)+len(n) == 0 && s != "" && t != "" && s != t {
			m, n = []string{s}, []string{t} // (t, 2t), t ∈ R
		}
		if len(m) == len(n) {
			if len(m) > 0 {
				x, p = renamed(x, m, n), renamed(p, m, n)
			}
			v, _ := c.compare(x, y)
			w, _ := c.compare(p, q)
			if u := tri.And(v, w); u == tri.Different && x.Op == tree.Tuple && member(p) != "" && member(q) != "" {
				return tri.Undecided, ruleFamily // (t, 2t) and (2t, 4t) are one line
			} else if u == tri.Equal || len(m) == 0 && constant(p) == constant(q) && u == tri.Different {
				return u, ruleFamily
			}
		}
	case p == nil && q == nil:
	case vacuous(p) || vacuous(q):
		return c.compare(x, y) // y = x^2, x ∈ R
	default:
		// x = 2k for one who takes it for granted that k is whole.
		if p == nil {
			p = q
		}
		if _, _, ok := integerCondition(p); ok {
			if v, _ := c.compare(x, y); v == tri.Equal {
				return v, ruleFamily
			}
		}
	}
	return tri.Undecided, ruleFamily
}

// member returns the name x of the condition x ∈ S, or "".
func member(p *tree.Node) string {
	if p.Op == tree.Chain && len(p.Args) == 2 && p.Rels[0] == tree.In && p.Args[0].Op == tree.Symbol {
		return p.Args[0].Name
	}
	return ""
}

// vacuous reports the condition that something is a real number.
func vacuous(p *tree.Node) bool {
	return p != nil && p.Op == tree.Chain && len(p.Args) == 2 && p.Rels[0] == tree.In && p.Args[1].Op == tree.SetName &&
		(p.Args[1].Name == "R" || p.Args[1].Name == "C")
}

func renamed(n *tree.Node, from, to []string) *tree.Node {
	for i, x := range from {
		n = tree.Replace(n, x, placeholder(i))
	}
	for i, x := range to {
		n = tree.Replace(n, placeholder(i).Name, tree.Sym(x))
	}
	return n
}

// condition splits a value from the side condition of its parameters.
func condition(n *tree.Node) (v, cond *tree.Node) {
	if n.Op == tree.Given {
		return n.Args[0], n.Args[1]
	}
	return n, nil
}

// parametersOf returns the integer parameters of an answer: the names that a
// side condition puts into Z or N, or, without one, the single symbol k, n, m
// or l of an expression that has π in it.
func parametersOf(n *tree.Node) []string {
	var out []string
	if _, cond := condition(n); cond != nil {
		tree.Any(cond, func(m *tree.Node) bool {
			if x, _, ok := integerCondition(m); ok && !slices.Contains(out, x) {
				out = append(out, x)
			}
			return false
		})
		return out
	}
	if _, v := assignment(n); v != nil {
		n = v
	}
	if !tree.Any(n, func(m *tree.Node) bool {
		return m.Op == tree.Const && m.Name == "pi" || m.Op == tree.Degree
	}) {
		return nil
	}
	for _, x := range tree.Free(n) {
		if x == "k" || x == "n" || x == "m" || x == "l" {
			out = append(out, x)
		}
	}
	return out
}

// integerCondition reads "k ∈ Z" and its like; from is the least value, if
// there is one.
func integerCondition(n *tree.Node) (name string, from *int64, ok bool) {
	if n.Op != tree.Chain || len(n.Args) != 2 || n.Rels[0] != tree.In || n.Args[0].Op != tree.Symbol || n.Args[1].Op != tree.SetName {
		return "", nil, false
	}
	zero, one := int64(0), int64(1)
	switch n.Args[1].Name {
	case "Z":
		return n.Args[0].Name, nil, true
	case "N", "N_0", "N0":
		return n.Args[0].Name, &zero, true
	case "N+", "Z+", "N*", "N_+", "Z_+":
		return n.Args[0].Name, &one, true
	}
	return "", nil, false
}

// familyUnion compares two answers as unions of families. ok is false when
// neither has a parameter or one is nothing of the kind.
func (c *comparer) familyUnion(a, b *tree.Node) (tri.Verdict, string, bool) {
	if !c.hasParameter(a) && !c.hasParameter(b) {
		return 0, "", false
	}
	if m, n := familyName(a), familyName(b); m != nil && n != nil && !sameName(m, n) {
		return tri.Different, ruleVariable, true
	}
	x, ok := c.union(a, nil)
	y, ok2 := c.union(b, nil)
	if !ok || !ok2 || len(x) == 0 || len(y) == 0 {
		return 0, "", false
	}
	v := c.sameUnion(x, y)
	return v, ruleFamily, v != tri.Undecided
}

// familyName returns what an answer says that its values are values of, or nil.
func familyName(n *tree.Node) *tree.Node {
	switch n.Op {
	case tree.Given, tree.List, tree.Or, tree.Congruent:
		if len(n.Args) == 0 {
			return nil
		}
		if n.Op == tree.Congruent {
			return n.Args[0]
		}
		return familyName(n.Args[0])
	}
	name, _ := assignment(n)
	return name
}

func (c *comparer) hasParameter(n *tree.Node) bool {
	if n.Op == tree.Number || n.Op == tree.Text {
		return false
	}
	return n.Op == tree.Congruent || len(parametersOf(n)) > 0 || tree.Any(n, func(m *tree.Node) bool {
		return (m.Op == tree.Given || m.Op == tree.Chain && m != n) && len(parametersOf(m)) > 0
	})
}

// union reads an answer as families. cond is the side condition that holds for
// the whole.
func (c *comparer) union(n, cond *tree.Node) ([]family, bool) {
	c.b.Use(10)
	switch n.Op {
	case tree.Given:
		if cond != nil {
			return nil, false
		}
		return c.union(n.Args[0], n.Args[1])
	case tree.List, tree.Set, tree.Or, tree.Union:
		if n.Op == tree.List && len(n.Args) > 1 && cond == nil {
			if _, _, ok := integerCondition(n.Args[len(n.Args)-1]); ok {
				last := len(n.Args) - 1
				rest := tree.Named(tree.List, n.Name, n.Args[:last]...)
				if last == 1 {
					rest = n.Args[0]
				}
				return c.union(rest, n.Args[last])
			}
		}
		var out []family
		for _, a := range n.Args {
			f, ok := c.union(a, cond)
			if !ok {
				return nil, false
			}
			out = append(out, f...)
		}
		return out, true
	case tree.SetOf:
		// {2kπ | k ∈ Z}, {x | x = 2kπ, k ∈ Z}
		body, with := n.Args[0], n.Args[1]
		if body.Op == tree.Symbol {
			parts := []*tree.Node{with}
			if with.Op == tree.And || with.Op == tree.List {
				parts = with.Args
			}
			if with.Op == tree.Given {
				parts = with.Args
			}
			if len(parts) != 2 {
				return nil, false
			}
			return c.union(parts[0], parts[1])
		}
		return c.union(body, with)
	case tree.Chain:
		name, v := assignment(n)
		if name == nil || name.Op != tree.Symbol || v.Op == tree.Chain {
			return nil, false
		}
		return c.union(v, cond)
	case tree.Congruent:
		if !isName(n.Args[0]) || !n.Args[1].IsInteger() || !n.Args[2].IsInteger() || n.Args[2].IsInt(0) {
			return nil, false
		}
		return []family{{start: n.Args[1], step: n.Args[2]}}, true
	}
	if kindOf(n) != value {
		return nil, false
	}
	if hasPlusMinus(n) {
		var out []family
		for _, s := range bothSigns(n) {
			f, ok := c.union(s, cond)
			if !ok {
				return nil, false
			}
			out = append(out, f...)
		}
		return out, true
	}
	return c.oneFamily(n, cond)
}

// oneFamily reads start + step·k, where step or start may change sign with
// (-1)^k.
func (c *comparer) oneFamily(n, cond *tree.Node) ([]family, bool) {
	whole := n
	if cond != nil {
		whole = tree.New(tree.Given, n, cond)
	}
	ps := parametersOf(whole)
	if len(ps) == 0 {
		if !constant(n) {
			return nil, false
		}
		return []family{{start: n, step: tree.Int(0)}}, true
	}
	if len(ps) > 1 {
		return nil, false
	}
	k := ps[0]
	var from *int64
	if cond != nil {
		ok := false
		if _, from, ok = integerCondition(cond); !ok {
			return nil, false
		}
	}
	if alternating(n, k) {
		if from != nil {
			return nil, false
		}
		var out []family
		for parity := range int64(2) {
			sub := plus(times(tree.Int(2), tree.Sym(k)), tree.Int(parity))
			m := tree.Replace(signs(n, k, 1-2*parity), k, sub)
			f, ok := c.affine(m, k, nil)
			if !ok {
				return nil, false
			}
			out = append(out, f)
		}
		return out, true
	}
	f, ok := c.affine(n, k, from)
	if ok && cond == nil {
		zero, known := c.zero(f.start)
		f.loose = zero || !known
	}
	return []family{f}, ok
}

func alternating(n *tree.Node, k string) bool {
	return tree.Any(n, func(m *tree.Node) bool { return minusOneTo(m, k) != nil })
}

// minusOneTo returns the exponent of (-1)^e if e is k plus a whole number.
func minusOneTo(n *tree.Node, k string) *big.Int {
	if n.Op != tree.Pow || !(n.Args[0].IsInt(-1) || n.Args[0].Op == tree.Neg && n.Args[0].Args[0].IsInt(1)) {
		return nil
	}
	e := n.Args[1]
	if e.Op == tree.Symbol && e.Name == k {
		return new(big.Int)
	}
	if e.Op == tree.Add && len(e.Args) == 2 && e.Args[0].Op == tree.Symbol && e.Args[0].Name == k {
		m := e.Args[1]
		if m.Op == tree.Neg {
			m = m.Args[0]
		}
		if m.IsInteger() {
			return m.Rat().Num()
		}
	}
	return nil
}

// signs replaces (-1)^(k+j) by its value for k of the parity with that sign.
func signs(n *tree.Node, k string, sign int64) *tree.Node {
	return tree.Map(n, func(m *tree.Node) *tree.Node {
		if j := minusOneTo(m, k); j != nil {
			if j.Bit(0) == 1 {
				return tree.Int(-sign)
			}
			return tree.Int(sign)
		}
		return m
	})
}

// affine reads an expression that is linear in k.
func (c *comparer) affine(n *tree.Node, k string, from *int64) (family, bool) {
	p, q, ok := c.rational(n, k)
	if !ok || len(q) != 1 {
		return family{}, false
	}
	if p, ok = c.trim(p); !ok || len(p) > 2 || !constant(tree.New(tree.Add, p.tree(tree.Int(1)), q[0])) {
		return family{}, false
	}
	f := family{start: tree.Int(0), step: tree.Int(0)}
	if len(p) > 0 {
		f.start = over(p[0], q[0])
	}
	if len(p) > 1 {
		f.step = over(p[1], q[0])
	}
	if from != nil {
		f.half, f.from = true, *from
	}
	return f, true
}

// sameUnion compares two unions of families.
func (c *comparer) sameUnion(a, b []family) tri.Verdict {
	if len(a) == 1 && len(b) == 1 && a[0].half && b[0].half {
		first := func(f family) *tree.Node { return plus(f.start, times(tree.Int(f.from), f.step)) }
		v, _ := c.equal(first(a[0]), first(b[0]))
		w, _ := c.equal(a[0].step, b[0].step)
		return tri.And(v, w)
	}
	isLoose := func(f family) bool { return f.loose }
	if slices.ContainsFunc(a, isLoose) && slices.ContainsFunc(b, isLoose) {
		return tri.Undecided
	}
	if len(a) == 1 && len(b) == 1 && !a[0].half && !b[0].half {
		if v := c.sameFamily(a[0], b[0]); v != tri.Undecided {
			return v
		}
	}
	var unit *tree.Node // a step that all others are rational multiples of
	for _, f := range slices.Concat(a, b) {
		if f.half {
			return tri.Undecided
		}
		if z, known := c.zero(f.step); !known {
			return tri.Undecided
		} else if z {
			if len(a) == 1 || len(b) == 1 {
				return c.single(a, b)
			}
			return tri.Undecided
		}
		if unit == nil {
			unit = f.step
		}
	}
	x, period1, ok := c.residues(a, unit)
	y, period2, ok2 := c.residues(b, unit)
	if !ok || !ok2 {
		return tri.Undecided
	}
	period := lcm(period1, period2)
	p, ok := refine(x, period)
	q, ok2 := refine(y, period)
	if !ok || !ok2 {
		return tri.Undecided
	}
	return c.sameResidues(p, q, period)
}

// sameFamily compares two families over all integers: their steps are equal up
// to the sign, and their starts differ by a multiple of it.
func (c *comparer) sameFamily(f, g family) tri.Verdict {
	if zero, known := c.zero(f.step); zero || !known {
		return tri.Undecided
	}
	v, _ := c.equal(f.step, g.step)
	w, _ := c.equal(f.step, negate(g.step))
	if v = tri.Or(v, w); v != tri.Equal {
		return v
	}
	return c.multiple(over(minus(f.start, g.start), f.step), big.NewRat(1, 1))
}

// single compares unions of which one has a single value in place of a family.
func (c *comparer) single(a, b []family) tri.Verdict {
	infinite := func(all []family) bool {
		for _, f := range all {
			if z, known := c.zero(f.step); known && !z {
				return true
			}
		}
		return false
	}
	if infinite(a) != infinite(b) {
		return tri.Different
	}
	return tri.Undecided
}

// A residue is a value, in units of the common step, modulo its period.
type residue struct {
	at     *tree.Node // start/unit
	period *big.Rat
}

// residues expresses families in units of one step.
func (c *comparer) residues(all []family, unit *tree.Node) ([]residue, *big.Rat, bool) {
	out := make([]residue, len(all))
	period := big.NewRat(1, 1)
	for i, f := range all {
		r, ok := c.rationalRatio(f.step, unit)
		if !ok || r.Sign() == 0 {
			return nil, nil, false
		}
		r = newRat().Abs(r)
		out[i] = residue{over(f.start, unit), r}
		period = lcm(period, r)
	}
	return out, period, true
}

// rationalRatio returns a/b if it is a rational number of small terms.
func (c *comparer) rationalRatio(a, b *tree.Node) (*big.Rat, bool) {
	for q := int64(1); q <= 12; q++ {
		for p := int64(1); p <= 24; p++ {
			if p > 1 && q > 1 && (p%2 == 0 && q%2 == 0 || p%3 == 0 && q%3 == 0) {
				continue
			}
			for _, s := range [...]int64{p, -p} {
				if v, _ := c.equal(times(tree.Int(q), a), times(tree.Int(s), b)); v == tri.Equal {
					return big.NewRat(s, q), true
				}
			}
		}
	}
	return nil, false
}

// lcm is the least positive rational that is a multiple of both.
func lcm(a, b *big.Rat) *big.Rat {
	// lcm(p/q, r/s) = lcm(p·s, r·q)/(q·s)
	x := new(big.Int).Mul(a.Num(), b.Denom())
	y := new(big.Int).Mul(b.Num(), a.Denom())
	g := new(big.Int).GCD(nil, nil, x, y)
	x.Mul(x, y.Quo(y, g))
	return newRat().SetFrac(x, new(big.Int).Mul(a.Denom(), b.Denom()))
}

// refine writes all residues modulo the common period.
func refine(all []residue, period *big.Rat) ([]*tree.Node, bool) {
	var out []*tree.Node
	for _, r := range all {
		n := newRat().Quo(period, r.period)
		if !n.IsInt() || !n.Num().IsInt64() || n.Num().Int64() > maxPeriods-int64(len(out)) {
			return nil, false
		}
		for i := range n.Num().Int64() {
			out = append(out, plus(r.at, tree.Rat(newRat().Mul(big.NewRat(i, 1), r.period))))
		}
	}
	return out, true
}

// sameResidues compares two sets of values modulo the period.
func (c *comparer) sameResidues(a, b []*tree.Node, period *big.Rat) tri.Verdict {
	all := tri.Equal
	for _, pair := range [...][2][]*tree.Node{{a, b}, {b, a}} {
		for _, x := range pair[0] {
			in := tri.Different
			for _, y := range pair[1] {
				c.b.Use(10)
				if in = tri.Or(in, c.multiple(minus(x, y), period)); in == tri.Equal {
					break
				}
			}
			if all = tri.And(all, in); all == tri.Different {
				return all
			}
		}
	}
	return all
}

// multiple tells whether a constant is a whole multiple of the period.
func (c *comparer) multiple(d *tree.Node, period *big.Rat) tri.Verdict {
	if d.Op == tree.Number {
		if newRat().Quo(d.Rat(), period).IsInt() {
			return tri.Equal
		}
		return tri.Different
	}
	// The whole number of periods below d, found by halving.
	count := func(n int64) *tree.Node { return tree.Rat(newRat().Mul(big.NewRat(n, 1), period)) }
	lo, hi := int64(-1), int64(1)
	for {
		c.b.Use(10)
		below, ok := c.order(count(lo), d)
		above, ok2 := c.order(d, count(hi))
		if !ok || !ok2 || hi > 1<<20 {
			return tri.Undecided
		}
		if below <= 0 && above <= 0 {
			break
		}
		lo, hi = 2*lo, 2*hi
	}
	for lo < hi {
		mid := lo + (hi-lo+1)/2
		below, ok := c.order(count(mid), d)
		if !ok {
			return tri.Undecided
		}
		if below <= 0 {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	v, _ := c.equal(d, count(lo))
	return v
}
