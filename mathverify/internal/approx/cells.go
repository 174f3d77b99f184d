package approx

import (
	"slices"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// Cells divides the space of the variables so that inside of a cell no absolute
// value, no root of even index and no minimum changes from one analytic
// expression to another. Agreement at one random point of each cell is agreement
// everywhere.
//
// The walls must be hyperplanes. Those on which one variable is constant make the
// cells; for the others it must only be seen that points lie on both sides.
type cells struct {
	s     *Symbols
	b     *budget.Budget
	walls [][]Q        // for each symbol, ascending
	tilt  []*tree.Node // affine in several symbols
	count int
}

const (
	maxCells = 256
	maxTilt  = 3
)

// newCells is not ok when the walls cannot be found.
func newCells(a, b *tree.Node, s *Symbols, bud *budget.Budget) (*cells, bool) {
	c := &cells{s: s, b: bud, walls: make([][]Q, len(s.Names)), count: 1}
	if !c.scan(a) || !c.scan(b) || len(c.tilt) > maxTilt {
		return nil, false
	}
	for i := range c.walls {
		slices.SortFunc(c.walls[i], Q.Cmp)
		c.walls[i] = slices.CompactFunc(c.walls[i], Q.Equal)
		if c.count *= len(c.walls[i]) + 1; c.count > maxCells {
			return nil, false
		}
	}
	return c, true
}

// scan looks for walls in every node.
func (c *cells) scan(n *tree.Node) bool {
	c.b.Use(3)
	ok := true
	switch n.Op {
	case tree.Root:
		ok = c.wall(n.Args[0])
	case tree.Pow:
		if k, err := Rational(n.Args[1], c.b); err != nil || !k.IsInt() {
			ok = n.Args[0] == tree.E || c.wall(n.Args[0])
		}
	case tree.Func:
		switch n.Name {
		case "abs", "sgn":
			ok = c.wall(n.Args[0])
		case "min", "max":
			for i, x := range n.Args {
				for _, y := range n.Args[:i] {
					ok = ok && c.wall(difference(x, y))
				}
			}
		case "ln":
			// ln u is analytic on either side of u = 0; a wall helps to see both.
			c.wall(n.Args[0])
		case "log":
			c.wall(n.Args[0])
			c.wall(n.Args[1])
		case "arg", "re", "im", "conj", "mod":
			ok = len(tree.Free(n)) == 0
		}
	}
	for _, a := range n.Args {
		ok = ok && c.scan(a)
	}
	return ok
}

// wall finds where a factor of n changes its sign.
func (c *cells) wall(n *tree.Node) bool {
	c.b.Use(5)
	if len(tree.Free(n)) == 0 {
		return true
	}
	if coef, at0, ok := c.affine(n); ok {
		return c.hyperplane(n, coef, at0)
	}
	switch n.Op {
	case tree.Neg, tree.Percent:
		return c.wall(n.Args[0])
	case tree.Mul, tree.Div:
		for _, a := range n.Args {
			if !c.wall(a) {
				return false
			}
		}
		return true
	case tree.Pow:
		if len(tree.Free(n.Args[1])) > 0 {
			return len(tree.Free(n.Args[0])) == 0 || c.wall(n.Args[0])
		}
		return c.wall(n.Args[0])
	case tree.Root:
		return c.wall(n.Args[0])
	case tree.Add:
		// A sum of terms that are nowhere negative vanishes only where all do.
		for _, a := range n.Args {
			if !nonNegative(a, c.b) || !c.wall(a) {
				return false
			}
		}
		return true
	case tree.Func:
		switch n.Name {
		case "abs":
			return c.wall(n.Args[0])
		case "exp", "cosh":
			return true
		}
	}
	return false
}

// nonNegative reports what clearly is at least 0 wherever it is real.
func nonNegative(n *tree.Node, b *budget.Budget) bool {
	switch n.Op {
	case tree.Number:
		return number(n).Sign() >= 0
	case tree.Const:
		return n.Name == "e" || n.Name == "pi"
	case tree.Add, tree.Mul, tree.Div:
		for _, a := range n.Args {
			if !nonNegative(a, b) {
				return false
			}
		}
		return true
	case tree.Root:
		return n.Args[1].IsInt(2) || nonNegative(n.Args[0], b)
	case tree.Pow:
		k, ok := n.Args[1].Int64()
		return ok && k%2 == 0 || nonNegative(n.Args[0], b)
	case tree.Func:
		return n.Name == "abs" || n.Name == "exp" || n.Name == "cosh"
	}
	return false
}

// hyperplane adds the wall coef·x + at0 = 0.
func (c *cells) hyperplane(n *tree.Node, coef []Q, at0 Q) bool {
	only := -1
	for i, q := range coef {
		if q.Sign() == 0 {
			continue
		}
		if only >= 0 {
			if !slices.ContainsFunc(c.tilt, func(m *tree.Node) bool { return tree.Same(m, n) }) {
				c.tilt = append(c.tilt, n)
			}
			return true
		}
		only = i
	}
	if only < 0 {
		return true
	}
	x, err := at0.neg().mul(coef[only].inv(), c.b)
	if err != nil || len(c.walls[only]) > maxCells {
		return false
	}
	c.walls[only] = append(c.walls[only], x)
	return true
}

// affine returns the coefficients of a tree that is affine in the symbols, by its
// values: f(0) and f(e_i), and the form of the tree.
func (c *cells) affine(n *tree.Node) (coef []Q, at0 Q, ok bool) {
	if !isAffine(n) {
		return nil, Q{}, false
	}
	at := make(Point, len(c.s.Names))
	for i, name := range c.s.Names {
		at[i] = Value{name, QInt(0)}
	}
	at0, err := rationalAt(n, at, c.b)
	if err != nil {
		return nil, Q{}, false
	}
	coef = make([]Q, len(at))
	for i := range at {
		at[i].Q = QInt(1)
		v, err := rationalAt(n, at, c.b)
		if err != nil {
			return nil, Q{}, false
		}
		if coef[i], err = v.add(at0.neg(), c.b); err != nil {
			return nil, Q{}, false
		}
		at[i].Q = QInt(0)
	}
	return coef, at0, true
}

// isAffine reports sums of rational multiples of symbols, and constants.
func isAffine(n *tree.Node) bool {
	switch n.Op {
	case tree.Symbol:
		return true
	case tree.Add, tree.Neg, tree.Percent:
		for _, a := range n.Args {
			if !isAffine(a) {
				return false
			}
		}
		return true
	case tree.Mul:
		vary := 0
		for _, a := range n.Args {
			if !isAffine(a) {
				return false
			}
			if len(tree.Free(a)) > 0 {
				vary++
			}
		}
		return vary <= 1
	case tree.Div:
		return isAffine(n.Args[0]) && len(tree.Free(n.Args[1])) == 0
	}
	return len(tree.Free(n)) == 0
}

// point returns a random point: of the k-th cell, or of any for greater k.
func (c *cells) point(k int, src *source) (Point, error) {
	at := make(Point, len(c.walls))
	if k >= c.count {
		k = int(src.below(uint64(c.count)))
	}
	for i, walls := range c.walls {
		at[i].Name = c.s.Names[i]
		// The cell with all values above all walls comes first.
		j := len(walls) - k%(len(walls)+1)
		k /= len(walls) + 1
		u := reduce(int64(src.next()>>7|1), 1<<57) // in (0, 1)
		var err error
		switch {
		case len(walls) == 0:
			at[i].Q, err = u.mul(QInt(4), c.b)
		case j == len(walls):
			at[i].Q, err = c.beyond(walls[j-1], u)
		case j == 0:
			at[i].Q, err = c.beyond(walls[0], u.neg())
		default:
			// lo + u·(hi - lo)
			var d Q
			if d, err = walls[j].add(walls[j-1].neg(), c.b); err == nil {
				if d, err = d.mul(u, c.b); err == nil {
					at[i].Q, err = d.add(walls[j-1], c.b)
				}
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return at, nil
}

// beyond returns x + u·(4 + |x|).
func (c *cells) beyond(x, u Q) (Q, error) {
	d, err := x.abs().add(QInt(4), c.b)
	if err != nil {
		return d, err
	}
	if d, err = d.mul(u, c.b); err != nil {
		return d, err
	}
	return d.add(x, c.b)
}
