package decide

import (
	"slices"
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// statements compares two statements: assignments by name and value,
// statements about one unknown by their solutions, single relations up to
// direction and factor, and systems relation by relation.
func (c *comparer) statements(a, b *tree.Node) (tri.Verdict, string) {
	if c.o.RenameVariables {
		if x, ok := renameLike(a, b); ok {
			a = x
		}
	}
	m, v := assignment(a)
	n, w := assignment(b)
	if m != nil && n != nil && !startsWithName(v) && !startsWithName(w) {
		if sameName(m, n) {
			v, w = bind(v, w, m, n)
			return c.assigned(v, w, m)
		}
		if w2, rule, ok := c.otherName(m, v, n, w); ok {
			return w2, rule
		}
	}
	if v, rule, ok := c.identical(a, b); ok {
		return v, rule
	}
	if x, y := unnumbered(a), unnumbered(b); (x == nil) != (y == nil) {
		// x_1 = 1, x_2 = 2 against a statement about x.
		if x == nil {
			a, b, x = b, a, y
		}
		if v, rule, ok := c.bySolution(x, b); ok {
			return v, rule
		}
	}
	if v, rule, ok := c.bySolution(a, b); ok {
		return v, rule
	}
	x, y := conjuncts(a), conjuncts(b)
	if len(x) == 1 && len(y) == 1 && x[0].Op == tree.Chain && y[0].Op == tree.Chain {
		return c.relation(x[0], y[0])
	}
	if v, rule, ok := c.assignments(x, y); ok {
		return v, rule
	}
	if a.Op == tree.Or && b.Op == tree.Or {
		x, y = a.Args, b.Args
	}
	if len(x) > maxTerms || len(y) > maxTerms {
		return tri.Undecided, ruleSize
	}
	if v := c.match(x, y); v == tri.Equal {
		return v, ruleSystem
	}
	if v, rule, ok := c.familyUnion(a, b); ok {
		return v, rule
	}
	return tri.Undecided, ruleSystem
}

// startsWithName reports the y = 5 of x = y = 5, which is about both names.
func startsWithName(v *tree.Node) bool { return v.Op == tree.Chain && isName(v.Args[0]) }

// assigned compares the right sides of two equations for one name. Chains
// agree when each holds and their first terms are equal.
func (c *comparer) assigned(v, w, name *tree.Node) (tri.Verdict, string) {
	if v.Op != tree.Chain && w.Op != tree.Chain {
		u, rule := c.compare(v, w)
		if u != tri.Equal && name.Op == tree.Symbol {
			if w, r, ok := c.familyUnion(v, w); ok {
				return w, r
			}
		}
		return u, rule
	}
	x, y := split(v).values(), split(w).values()
	if h, rule := c.holds(x); h != tri.Equal {
		return h, rule
	}
	if h, rule := c.holds(y); h != tri.Equal {
		return h, rule
	}
	u, rule := c.compare(x.exact[0], y.exact[0])
	if u == tri.Different {
		for _, t := range x.approx {
			if r, _ := c.compare(t, y.exact[0]); r == tri.Equal {
				return r, ruleApprox
			}
		}
		for _, t := range y.approx {
			if r, _ := c.compare(t, x.exact[0]); r == tri.Equal {
				return r, ruleApprox
			}
		}
	}
	return u, rule
}

// otherName compares m = v with n = w for names that differ. Constant values
// belong to their names; otherwise each may be the other equation rearranged.
func (c *comparer) otherName(m, v, n, w *tree.Node) (tri.Verdict, string, bool) {
	if tree.Same(m, w) && tree.Same(n, v) {
		return tri.Equal, ruleEquation, true // x = y and y = x
	}
	if x, y := index(m), index(n); x != y && x != "" && y != "" && m.Name[:len(m.Name)-1] == n.Name[:len(n.Name)-1] &&
		!constant(v) && !constant(w) {
		u, rule := c.compare(tree.Replace(v, x, placeholder(0)), tree.Replace(w, y, placeholder(0)))
		if u == tri.Different && (tree.Any(v, indexed) || tree.Any(w, indexed)) {
			u = tri.Undecided
		}
		return u, rule, true // a_n = 2n and a_k = 2k
	}
	if constant(v) && constant(w) {
		if m.Op == tree.Text || n.Op == tree.Text {
			u, _ := c.compare(v, w)
			if u == tri.Equal {
				return tri.Undecided, ruleVariable, true // Area = 5 and A = 5
			}
			return u, ruleVariable, true
		}
		if m.Op == tree.Tuple && n.Op == tree.Tuple && v.Op == tree.Tuple && w.Op == tree.Tuple {
			return 0, "", false // (x,y) = (1,2) and (y,x) = (2,1)
		}
		if m.Op == tree.Tuple || n.Op == tree.Tuple || m.Op == tree.Ratio || n.Op == tree.Ratio {
			return tri.Undecided, ruleVariable, true
		}
		return tri.Different, ruleVariable, true
	}
	if m.Op == tree.Call || n.Op == tree.Call {
		if u, _ := c.compare(v, w); u == tri.Equal && (m.Op != n.Op) {
			return tri.Undecided, ruleVariable, true // y = x^2 and f(x) = x^2
		}
		return tri.Different, ruleVariable, true
	}
	return 0, "", false
}

// index returns the letter that numbers the terms of a sequence, the n of a_n,
// or "".
func index(name *tree.Node) string {
	if !indexed(name) {
		return ""
	}
	switch x := name.Name[len(name.Name)-1:]; x {
	case "j", "k", "l", "m", "n":
		if name.Name[len(name.Name)-2] == '_' {
			return x
		}
	}
	return ""
}

func indexed(n *tree.Node) bool {
	return n.Op == tree.Symbol && strings.IndexByte(n.Name, '_') > 0 && len(n.Name) > 2
}

// identical compares statements written alike up to the direction of chains.
func (c *comparer) identical(a, b *tree.Node) (tri.Verdict, string, bool) {
	if a.Op == tree.Chain && b.Op == tree.Chain && len(a.Args) == len(b.Args) {
		if tree.Same(a, b) || tree.Same(reversed(a), b) {
			return tri.Equal, ruleIdentical, true
		}
	}
	return 0, "", false
}

// reversed returns a chain read from the right.
func reversed(s *tree.Node) *tree.Node {
	args, rels := slices.Clone(s.Args), slices.Clone(s.Rels)
	slices.Reverse(args)
	slices.Reverse(rels)
	for i, r := range rels {
		if r > tree.Ge && r != tree.Approx && r != tree.Identical && r != tree.Similar && r != tree.Parallel &&
			r != tree.Perp && r != tree.Iff {
			return s
		}
		rels[i] = mirror(r)
	}
	return tree.ChainOf(rels, args...)
}

// bySolution compares statements about one unknown.
func (c *comparer) bySolution(a, b *tree.Node) (tri.Verdict, string, bool) {
	x, y := unknown(a), unknown(b)
	if x == nil || y == nil {
		return 0, "", false
	}
	if !sameName(x, y) {
		f, g := tree.Free(a), tree.Free(b)
		if len(f) == 1 && len(g) == 1 && f[0] != g[0] {
			return tri.Different, ruleVariable, true // x > 1 and y > 1
		}
		return 0, "", false
	}
	s, t := c.solve(a, x), c.solve(b, x)
	if s == nil || t == nil {
		return 0, "", false
	}
	v, _ := c.compare(s, t)
	if v == tri.Undecided {
		return 0, "", false
	}
	return v, ruleSolution, true
}

// conjuncts returns the relations that a statement joins, each between two
// terms.
func conjuncts(s *tree.Node) []*tree.Node {
	switch s.Op {
	case tree.And:
		var out []*tree.Node
		for _, a := range s.Args {
			out = append(out, conjuncts(a)...)
		}
		return out
	case tree.Chain:
		if len(s.Args) == 2 {
			if l, r := s.Args[0], s.Args[1]; s.Rels[0] == tree.Eq && l.Op == tree.Tuple && r.Op == tree.Tuple &&
				len(l.Args) == len(r.Args) && isName(l) {
				out := make([]*tree.Node, len(l.Args)) // (x,y) = (1,2)
				for i := range out {
					out[i] = tree.ChainOf(s.Rels, l.Args[i], r.Args[i])
				}
				return out
			}
			return []*tree.Node{s}
		}
		out := make([]*tree.Node, len(s.Rels))
		if last := len(s.Rels); allNames(s.Args[:last]) && !isName(s.Args[last]) && plainEq(s.Rels) {
			for i := range out {
				out[i] = tree.ChainOf(s.Rels[:1], s.Args[i], s.Args[last]) // a = b = 1
			}
			return out
		}
		for i, r := range s.Rels {
			out[i] = tree.ChainOf([]tree.Rel{r}, s.Args[i], s.Args[i+1])
		}
		return out
	}
	return []*tree.Node{s}
}

func allNames(all []*tree.Node) bool {
	for _, n := range all {
		if !isName(n) {
			return false
		}
	}
	return true
}

func plainEq(rels []tree.Rel) bool {
	for _, r := range rels {
		if r != tree.Eq {
			return false
		}
	}
	return true
}

// assignments compares two systems that give every name its value.
func (c *comparer) assignments(a, b []*tree.Node) (tri.Verdict, string, bool) {
	m, v, ok := values(a)
	n, w, ok2 := values(b)
	if !ok || !ok2 {
		return 0, "", false
	}
	if len(m) != len(n) {
		if allConstant(v) && allConstant(w) {
			return tri.Different, ruleAssignments, true // x=1, y=2 and x=1
		}
		return tri.Undecided, ruleAssignments, true
	}
	verdict := tri.Equal
	for i, name := range m {
		j := slices.IndexFunc(n, func(other *tree.Node) bool { return sameName(name, other) })
		if j < 0 {
			if subscripted(m) && subscripted(n) {
				return tri.Undecided, ruleAssignments, true
			}
			return tri.Different, ruleVariable, true
		}
		x, y := bind(v[i], w[j], name, n[j])
		u, _ := c.assigned(x, y, name)
		verdict = tri.And(verdict, u)
	}
	if verdict == tri.Different && numbered(m) && numbered(n) {
		if c.match(v, w) != tri.Different {
			verdict = tri.Undecided // x_1 and x_2 number solutions, or are two unknowns
		}
		return verdict, ruleAssignments, true
	}
	if verdict == tri.Different && !allConstant(v) {
		return tri.Undecided, ruleAssignments, true
	}
	return verdict, ruleAssignments, true
}

func allConstant(all []*tree.Node) bool {
	for _, n := range all {
		if !constant(n) {
			return false
		}
	}
	return true
}

func subscripted(names []*tree.Node) bool {
	for _, n := range names {
		if !strings.Contains(n.Name, "_") {
			return false
		}
	}
	return true
}

// values returns the names and values of a list of assignments with a name
// each.
func values(all []*tree.Node) (names, vals []*tree.Node, ok bool) {
	for _, s := range all {
		name, v := assignment(s)
		if name == nil || slices.ContainsFunc(names, func(n *tree.Node) bool { return tree.Same(n, name) }) {
			return nil, nil, false
		}
		names, vals = append(names, name), append(vals, v)
	}
	return names, vals, len(names) > 0
}

// numbered reports names x_1, x_2, ... in any order: one unknown, whose values
// are numbered.
func numbered(names []*tree.Node) bool {
	if len(names) < 2 || len(names) > 9 {
		return false
	}
	var seen [10]bool
	base := ""
	for i, n := range names {
		b, sub, ok := strings.Cut(n.Name, "_")
		sub = strings.Trim(sub, "{}")
		if n.Op != tree.Symbol || !ok || len(sub) != 1 || sub[0] < '1' || int(sub[0]-'0') > len(names) || seen[sub[0]-'0'] || i > 0 && b != base {
			return false
		}
		base, seen[sub[0]-'0'] = b, true
	}
	return true
}

// unnumbered returns x_1 = a, x_2 = b as x = a or x = b; nil for any other
// statement.
func unnumbered(s *tree.Node) *tree.Node {
	if s.Op != tree.And {
		return nil
	}
	names, vals, ok := values(conjuncts(s))
	if !ok || !numbered(names) {
		return nil
	}
	base, _, _ := strings.Cut(names[0].Name, "_")
	x := tree.Sym(base)
	out := make([]*tree.Node, len(vals))
	for i, v := range vals {
		out[i] = tree.ChainOf([]tree.Rel{tree.Eq}, x, v)
	}
	return tree.New(tree.Or, out...)
}

// setStatement compares a list or set with a statement: the values of what it
// is about.
func (c *comparer) setStatement(s, st *tree.Node) (tri.Verdict, string) {
	if s.Op == tree.List {
		if t := c.listSolution(s); t != nil {
			return c.compare(t, st)
		}
	}
	if name, v := assignment(st); name != nil {
		if isSet(v) {
			return c.compare(s, v) // D = (0,1)
		}
		if _, isList := elements(s); isList && v.Op == tree.Tuple && name.Op != tree.Tuple {
			return c.compare(s, v)
		}
		if c.o.NoSolutionSets && v.Op != tree.Chain {
			return c.compare(s, v) // x = ±3 names its values
		}
	}
	if set := c.solution(st); set != nil {
		if e, ok := elements(set); ok && len(e) > 0 {
			if f, ok := elements(s); ok && len(f) == 0 && !c.allReal(e) {
				return tri.Undecided, ruleSolution // x^2 = -1 has no real solution
			}
		}
		v, _ := c.compare(s, set)
		if v != tri.Undecided {
			return v, ruleSolution
		}
	}
	if t := systems(st); t != nil {
		v, _ := c.compare(s, t)
		return v, ruleAssignments
	}
	if v, rule, ok := c.namedList(s, st); ok {
		return v, rule
	}
	if v, rule, ok := c.familyUnion(s, st); ok {
		return v, rule
	}
	return tri.Undecided, ruleSolution
}

func (c *comparer) allReal(all []*tree.Node) bool {
	for _, n := range all {
		if _, ok := c.order(n, tree.Int(0)); !ok {
			return false
		}
	}
	return true
}

// namedList compares bare values with assignments. x=2, y=1 is not 1, 2; in
// the order written, the values may be meant.
func (c *comparer) namedList(s, st *tree.Node) (tri.Verdict, string, bool) {
	names, vals, ok := values(conjuncts(st))
	e, ok2 := elements(s)
	if !ok || !ok2 {
		return 0, "", false
	}
	if c.o.DropNames || numbered(names) {
		return c.match(e, vals), ruleAssignments, true
	}
	if v := c.inOrder(e, vals); v != tri.Equal {
		return v, ruleAssignments, true
	}
	return tri.Undecided, ruleAssignments, true
}

// tupleStatement compares a point with a statement: (x,y) = (1,2), or x=1 and
// y=2 in the order of the alphabet, or an open interval and an inequality.
func (c *comparer) tupleStatement(t, st *tree.Node) (tri.Verdict, string) {
	if name, v := assignment(st); name != nil && v.Op != tree.Chain {
		w, _ := c.compare(t, v)
		return w, ruleAssignments
	}
	if names, vals, ok := values(conjuncts(st)); ok {
		v := c.inOrder(t.Args, vals)
		if v == tri.Equal && !inAlphabet(names) {
			return tri.Undecided, ruleAssignments // p=1, a=2: which is first?
		}
		return v, ruleAssignments
	}
	if set := c.solution(st); set != nil {
		v, _ := c.compare(t, set)
		return v, ruleSolution
	}
	return tri.Undecided, ruleSolution
}

// systems returns alternatives that each give the same names their values,
// "x=1, y=2 or x=3, y=4", as a set of points with the values in the order of
// the alphabet; nil for any other statement, or where the names are written in
// another order.
func systems(s *tree.Node) *tree.Node {
	if s.Op == tree.And && hasPlusMinus(s) {
		if names, vals, ok := values(conjuncts(s)); ok && len(names) > 1 && inAlphabet(names) {
			return tree.Named(tree.Tuple, "(", vals...) // x=3, y=±2
		}
	}
	if s.Op != tree.Or {
		return nil
	}
	var first []*tree.Node
	out := make([]*tree.Node, len(s.Args))
	for i, a := range s.Args {
		names, vals, ok := values(conjuncts(a))
		if !ok || len(names) < 2 || !inAlphabet(names) || i > 0 && !slices.EqualFunc(first, names, sameName) {
			return nil
		}
		first = names
		out[i] = tree.Named(tree.Tuple, "(", vals...)
	}
	return tree.New(tree.Set, out...)
}

func inAlphabet(names []*tree.Node) bool {
	return slices.IsSortedFunc(names, func(a, b *tree.Node) int { return strings.Compare(a.Name, b.Name) })
}
