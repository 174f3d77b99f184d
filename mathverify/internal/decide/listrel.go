package decide

import (
	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// carried gives the values behind an assignment in a list its name: in
// "n = 1, 2, 3" all three are values of n, and the name says nothing then.
func (c *comparer) carried(all []*tree.Node) []*tree.Node {
	if len(all) < 2 || kindOf(all[0]) != statement {
		return all
	}
	name, v := assignment(all[0])
	if name == nil {
		return all
	}
	for _, n := range all[1:] {
		if kindOf(n) == statement {
			return all
		}
	}
	out := append([]*tree.Node{v}, all[1:]...)
	return out
}

// listSolution returns a list of statements as one: assignments to one name
// are alternatives, those to several a system; inequalities hold together
// unless they cannot. A list that starts with an assignment and goes on with
// values is the set of these. It returns nil for any other list.
func (c *comparer) listSolution(l *tree.Node) *tree.Node {
	if l.Op != tree.List || len(l.Args) == 0 || kindOf(l.Args[0]) != statement {
		return nil
	}
	if rest := c.carried(l.Args); len(rest) > 0 && rest[0] != l.Args[0] {
		return tree.New(tree.List, rest...)
	}
	if and := distributed(l.Args); and != nil {
		return and
	}
	for _, n := range l.Args {
		if kindOf(n) != statement {
			return nil
		}
	}
	name := isolatedName(l.Args[0])
	same := name != nil
	equations := true
	for _, n := range l.Args {
		other := isolatedName(n)
		same = same && other != nil && tree.Same(name, other)
		equations = equations && n.Op == tree.Chain && n.Rels[0] == tree.Eq
	}
	if l.Name == "or" || same && equations {
		return tree.New(tree.Or, l.Args...)
	}
	and := tree.New(tree.And, l.Args...)
	if same && l.Name != "and" {
		if s := c.solve(and, name); s != nil {
			if p, ok := c.pieces(s); ok && len(p) == 0 {
				return tree.New(tree.Or, l.Args...)
			}
		}
	}
	return and
}

// relationLists compares two lists of which one at least is made of
// statements.
func (c *comparer) relationLists(a, b *tree.Node) (tri.Verdict, string, bool) {
	x, y := c.listSolution(a), c.listSolution(b)
	if x == nil && y == nil {
		return 0, "", false
	}
	if x == nil {
		x = a
	}
	if y == nil {
		y = b
	}
	if x.Op == tree.List && y.Op == tree.List {
		return c.match(spread(x.Args, bothSigns), spread(y.Args, bothSigns)), ruleList, true
	}
	v, rule := c.compare(x, y)
	return v, rule, true
}

// assignedTuple compares a list of assignments with a point.
func (c *comparer) assignedTuple(l, t *tree.Node) (tri.Verdict, string, bool) {
	if s := c.listSolution(l); s != nil && s.Op != tree.List {
		v, rule := c.compare(s, t)
		return v, rule, true
	}
	return 0, "", false
}

// distributed reads "x ≠ 1, 2" as two relations, or returns nil.
func distributed(all []*tree.Node) *tree.Node {
	first := all[0]
	if len(all) < 2 || first.Op != tree.Chain || len(first.Args) != 2 || first.Rels[0] != tree.Ne || !isName(first.Args[0]) {
		return nil
	}
	out := []*tree.Node{first}
	for _, n := range all[1:] {
		if kindOf(n) != value {
			return nil
		}
		out = append(out, tree.ChainOf(first.Rels, first.Args[0], n))
	}
	return tree.New(tree.And, out...)
}
