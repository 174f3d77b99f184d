package decide

import (
	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/rules"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

const (
	maxSize  = 1 << 16 // nodes of an answer that is not written like the other
	maxText  = 1 << 16 // bytes of words
	maxDepth = 24      // nested structures, and rules that call each other
	maxItems = 2000    // of a list or set that is compared pair by pair
	maxTerms = 200     // of a chain of relations or a system
)

// Compare decides whether two answers mean the same and names the rule that
// decided. It is symmetric but for the options that say otherwise. Work beyond
// the budget ends as Undecided.
func Compare(gold, answer *tree.Node, o Options, b *budget.Budget) (v tri.Verdict, rule string) {
	c := &comparer{o: o, b: b}
	if tree.Same(gold, answer) {
		return tri.Equal, ruleIdentical
	}
	if tree.Size(gold, maxSize) >= maxSize || tree.Size(answer, maxSize) >= maxSize {
		return tri.Undecided, ruleSize
	}
	err := b.Within(b.Left(), func() {
		c.complex = tree.Any(gold, isI) || tree.Any(answer, isI)
		x, y := c.prepare(gold), c.prepare(answer)
		v, rule = c.compare(x, y)
	})
	if err != nil {
		return tri.Undecided, ruleBudget
	}
	return v, rule
}

// A comparer holds what the rules of one comparison share.
type comparer struct {
	o     Options
	b     *budget.Budget
	depth int
	// integral: an answer is an integral without bounds, so that the other is
	// known to be an antiderivative.
	integral bool
	// complex: i occurs, so that unknowns need not be real.
	complex bool
}

// prepare applies the options that rewrite an answer, and computes with the
// structures in it. Single values are left to package scalar.
func (c *comparer) prepare(n *tree.Node) *tree.Node {
	if n.Op == tree.Number || n.Op == tree.Text {
		return n
	}
	if n.Op == tree.Chain && len(n.Args) == 2 && n.Rels[0] == tree.Identical {
		if m := n.Args[1]; m.Op == tree.Func && m.Name == "mod" {
			return tree.New(tree.Congruent, n.Args[0], m.Args[0], m.Args[1]) // x ≡ 1 mod 3
		}
	}
	c.b.Use(4 * int64(tree.Size(n, maxSize)))
	if c.o.FoldCase {
		n = tree.Map(n, foldSymbol)
	}
	if tree.Has(n, tree.Quantity) {
		n = tree.Map(n, signInside)
	}
	if c.o.IgnoreUnits {
		n = tree.Map(n, dropUnit)
	}
	if indefinite(n) && kindOf(n) == value {
		c.integral = true
		if n = rules.Reduce(n, c.b); indefinite(n) {
			n = tree.New(tree.Add, n, tree.Sym(ownConstant))
		}
		return n
	}
	if (n.Op != tree.Matrix || n.Name == "v") && tree.Has(n, tree.Matrix) || kindOf(n) == opaque {
		return rules.Reduce(n, c.b)
	}
	return n
}

// compare applies the table of kinds. It puts the arguments into the order of
// their kinds, so that every rule sees one order only.
func (c *comparer) compare(a, b *tree.Node) (tri.Verdict, string) {
	if a == b {
		return tri.Equal, ruleIdentical
	}
	c.b.Use(int64(tree.Size(a, maxSize) + tree.Size(b, maxSize)))
	if c.depth >= maxDepth {
		return tri.Undecided, ruleDepth
	}
	c.depth++
	defer func() { c.depth-- }()
	ka, kb := kindOf(a), kindOf(b)
	if ka > kb || ka == kb && ka != value && tree.Compare(a, b) > 0 {
		a, b, ka, kb = b, a, kb, ka
	}
	if ka == value && kb == value {
		return c.values(a, b)
	}
	if tree.Same(a, b) {
		return tri.Equal, ruleIdentical
	}
	if signsDiffer(a, b) {
		return tri.Undecided, rulePlusMinus
	}
	if f := table[ka][kb]; f != nil {
		return f(c, a, b)
	}
	return tri.Different, ruleKinds
}

func isI(n *tree.Node) bool { return n.Op == tree.Const && n.Name == "i" }
