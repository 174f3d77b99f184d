package decide

import (
	"slices"

	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// isolated compares a value with a statement. An equation stands for its value
// only when a name is isolated on one side; a chain only when its terms agree;
// any other relation is no value, though it may have one as its only solution.
func (c *comparer) isolated(v, s *tree.Node) (tri.Verdict, string) {
	if s.Op == tree.Chain && allEq(s.Rels) {
		if name, rest := assignment(s); name != nil {
			if w, rule, ok := c.assignedValue(v, name, rest); ok {
				return w, rule
			}
		}
		if w, rule, ok := c.identity(v, s); ok {
			return w, rule
		}
	}
	if names, vals, ok := values(conjuncts(s)); ok && len(names) > 1 && constant(v) && allConstant(vals) && s.Op == tree.And {
		return tri.Different, ruleAssignments // x=1, y=2 is more than 1
	}
	if kindOf(v) == value && len(parametersOf(v)) > 0 {
		if w, rule := c.families(v, s); w == tri.Equal {
			return w, rule
		}
	}
	if l := s.Args[0]; s.Op == tree.Chain && len(s.Args) == 2 && s.Rels[0] == tree.Eq && l.Op == tree.Func && l.Args[0].Op == tree.Symbol {
		// |z| = 5 may be what was asked for, not an equation for z.
		if w, _ := c.compare(v, s.Args[1]); w == tri.Equal {
			return tri.Undecided, ruleIsolated
		}
	}
	set := c.solution(s)
	if set == nil {
		if s.Op == tree.Chain && constant(v) && len(tree.Free(s)) > 1 {
			return tri.Different, ruleIsolated // x^2 + y^2 = 1 is no number
		}
		return tri.Undecided, ruleIsolated
	}
	w, rule := c.compare(v, set)
	if w == tri.Equal && !hasPlusMinus(v) && !c.direct(s) {
		return tri.Undecided, ruleIsolated // 2x = 4 is not yet 2
	}
	return w, rule
}

// direct reports whether a statement names its solutions: x ∈ {1}, x=1 or x=1.
func (c *comparer) direct(s *tree.Node) bool { return isolatedName(s) != nil }

// assignedValue compares v with the right side of name = rest. ok is false when the
// name itself may be meant as a value: e = 2.718, x = y.
func (c *comparer) assignedValue(v, name, rest *tree.Node) (w tri.Verdict, rule string, ok bool) {
	e := split(rest)
	if name.Op == tree.Const {
		// i = √-1 is a statement about i; e = 1/2 names an eccentricity.
		if h, _ := c.compare(name, e.exact[0]); h != tri.Different {
			return 0, "", false
		}
	}
	if len(e.exact) > 1 && isName(e.exact[0]) && e.exact[0].Op != tree.Text {
		// x = y = 5
		if h, _ := c.compare(v, e.exact[len(e.exact)-1]); h == tri.Equal {
			return tri.Undecided, ruleIsolated, true
		}
	}
	if name.Op == tree.Call && !constant(rest) {
		if w, rule, ok := c.functionValue(v, name, e); ok {
			return w, rule, true
		}
	}
	w, rule = c.against(v, e.values())
	if w == tri.Equal && (v.Op == tree.Symbol || name.Op == tree.Const && !c.eccentricity(name, v)) {
		return tri.Undecided, ruleIsolated, true // x = y is about both, and e = 5 is wrong of e
	}
	if w == tri.Equal && rule != ruleChain && rule != ruleApprox {
		rule = ruleIsolated
	}
	return w, rule, true
}

// eccentricity reports e with a value that e has as the eccentricity of an
// ellipse.
func (c *comparer) eccentricity(name, v *tree.Node) bool {
	if name.Name != "e" {
		return false
	}
	low, ok := c.order(v, tree.Int(0))
	high, ok2 := c.order(v, tree.Int(1))
	return ok && ok2 && low > 0 && high < 0
}

// functionValue compares v with f(t) = rest, where rest has variables. The
// variable of a function may have any name: f(t) = t^2 is x^2. Of f(t) = x^2,
// nobody knows what it means.
func (c *comparer) functionValue(v, name *tree.Node, e equalities) (w tri.Verdict, rule string, ok bool) {
	used := tree.Free(tree.New(tree.Add, e.exact...))
	for _, t := range name.Args {
		if t.Op == tree.Symbol && !slices.Contains(used, t.Name) {
			if w, rule = c.against(v, e.values()); w == tri.Equal {
				w = tri.Undecided
			}
			return w, rule, true
		}
	}
	if len(name.Args) != 1 || name.Args[0].Op != tree.Symbol || len(e.exact) > 1 || len(e.approx) > 0 {
		return 0, "", false
	}
	t, free := name.Args[0].Name, tree.Free(v)
	if len(free) != 1 || len(used) != 1 || used[0] != t || free[0] == t {
		return 0, "", false
	}
	w, rule = c.compare(v, tree.Replace(e.exact[0], t, tree.Sym(free[0])))
	return w, rule, true
}

// identity compares v with a chain of equal values without a name, 5+5 = 10.
// ok is false when the chain may be an equation to be solved.
func (c *comparer) identity(v, s *tree.Node) (w tri.Verdict, rule string, ok bool) {
	e := split(s)
	h, rule := c.holds(e)
	if h == tri.Equal {
		if w, rule = c.against(v, e); w == tri.Equal && v.Op == tree.Symbol {
			w = tri.Undecided // x = x
		}
		return w, rule, true
	}
	return h, rule, constant(s) // 1 = 5, or nobody knows
}

func allEq(rels []tree.Rel) bool {
	for _, r := range rels {
		if r != tree.Eq && r != tree.Approx && r != tree.Identical {
			return false
		}
	}
	return true
}
