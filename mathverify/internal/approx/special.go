package approx

import (
	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// Identical proves a = b by exact evaluation at random points.
//
// Every symbol gets a random rational with 56 free bits, and every
// transcendental quantity becomes an independent one that keeps its algebraic
// laws: e^x is a random positive t with e^(kx) = t^k, sin x and cos x are a random
// rational point of the unit circle with its multiples, logarithms are random
// numbers on a coprime base of their arguments, π is a random number, floors and
// factorials keep their shifts by integers, and whatever else is not understood
// is a number that depends on its arguments only. What remains is an algebraic
// number, and Zero decides exactly.
//
// An identity between the stand-ins is one between the functions themselves. If
// there is none, a point shows so unless it hits one of the finitely many zeros:
// for a difference of degree d in its quantities, each with at least 2^24 values,
//
//	error per point ≤ d / 2^24
//
// Six points or more are taken, which is below 2^-60 for every d < 2^14. Where
// signs decide, in absolute values and roots, there is a point in each of the
// cells in which nothing changes its sign; without knowing the cells there is no
// proof.
//
// Points at which neither side is real do not count unless i occurs. False means
// that there is no proof, not that a ≠ b.
func Identical(a, b *tree.Node, s *Symbols, seed uint64, bud *budget.Budget) bool {
	c, ok := newCells(a, b, s, bud)
	if !ok {
		return false
	}
	points := max(c.count, minPoints)
	if residues := integersInAngles(a, b, s); residues > 2 {
		return false
	} else if residues > 0 {
		for range residues {
			points *= 12
		}
	}
	src := source(mix(seed ^ 0x5bd1e995))
	done := 0
	var above, below [maxTilt]bool
	for k := 0; k < points || done < minPoints; k++ {
		if k > 2*points+16 {
			return false
		}
		// The residues change fastest, so that each meets every cell.
		at, err := c.point(k/(points/max(c.count, minPoints)), &src)
		if err != nil {
			return false
		}
		if identicalAt(a, b, s, at, source(src.next()), k, bud) {
			done++
			for i, n := range c.tilt {
				v, err := rationalAt(n, at, bud)
				above[i] = above[i] || err == nil && v.Sign() > 0
				below[i] = below[i] || err == nil && v.Sign() < 0
			}
			continue
		}
		if len(at) == 0 || s.Complex || s.HasInteger() || !neitherReal(a, b, at, bud) {
			return false
		}
	}
	for i := range c.tilt {
		if !above[i] || !below[i] {
			return false
		}
	}
	return true
}

const minPoints = 6

// neitherReal reports two values of which certainly neither is real-defined.
func neitherReal(a, b *tree.Node, at Point, bud *budget.Budget) bool {
	_, realA, errA := evaluate(a, at, 64, bud)
	_, realB, errB := evaluate(b, at, 64, bud)
	return errA == nil && errB == nil && !realA && !realB
}

func identicalAt(a, b *tree.Node, s *Symbols, at Point, src source, k int, bud *budget.Budget) bool {
	sp := special{at: at, symbols: s, k: k, b: bud, seed: src}
	if hasLog(a) || hasLog(b) {
		// The first pass collects the arguments of the logarithms.
		sp.start()
		sp.collect = true
		if _, ok := sp.of(a); !ok {
			return false
		}
		if _, ok := sp.of(b); !ok {
			return false
		}
		sp.collect = false
		sp.splitLogs()
	}
	sp.start()
	x, ok := sp.of(a)
	if !ok {
		return false
	}
	y, ok := sp.of(b)
	if !ok {
		return false
	}
	d, ok := sp.fold(difference(x.n, y.n))
	if !ok {
		return false
	}
	if d.Op == tree.Number {
		return number(d).Sign() == 0
	}
	zero, proven := Zero(d, nil, bud)
	return zero && proven
}

func hasLog(n *tree.Node) bool {
	return tree.Any(n, func(m *tree.Node) bool {
		return m.Op == tree.Func && (m.Name == "ln" || m.Name == "log")
	})
}

// integersInAngles counts the integer symbols of which the residue modulo 12 may
// matter, as in (-1)^n and cos(nπ/2).
func integersInAngles(a, b *tree.Node, s *Symbols) int {
	periodic := func(n *tree.Node) bool {
		return n.Op == tree.Const || n.Op == tree.Degree ||
			n.Op == tree.Pow && negative(n.Args[0])
	}
	count := 0
	if tree.Any(a, periodic) || tree.Any(b, periodic) {
		for _, is := range s.integer {
			if is {
				count++
			}
		}
	}
	return count
}

// A special maps trees to algebraic numbers for one point.
type special struct {
	at      Point
	symbols *Symbols
	k       int
	b       *budget.Budget
	seed    source
	src     source
	collect bool

	logs   []Q // arguments of logarithms
	bases  []logBase
	powers []powerKernel
	angles []angleKernel
	floors []shiftKernel
	facts  []shiftKernel
	others []otherKernel
}

// image is the stand-in of a subtree. It is free when it contains random
// stand-ins of transcendental numbers, whose signs and sizes mean nothing.
type image struct {
	n    *tree.Node
	free bool
}

// start forgets the stand-ins, so that a second pass draws the same ones again.
func (s *special) start() {
	s.src = s.seed
	s.powers, s.angles, s.floors, s.facts, s.others = nil, nil, nil, nil, nil
}

// drawShort returns a random positive rational of at least 2^24 possible values,
// between 1/2 and 2: short, because high powers are taken of it.
func (s *special) drawShort() Q {
	n, d := int64(s.src.next()>>51|1<<13), int64(s.src.next()>>51|1<<13)
	return reduce(n, d)
}

// draw returns a random positive rational of almost 2^60 possible values, between 1/2
// and 2.
func (s *special) draw() Q {
	n, d := int64(s.src.next()>>34|1<<30), int64(s.src.next()>>34|1<<30)
	return reduce(n, d)
}

// fold computes a node whose arguments are numbers.
func (s *special) fold(n *tree.Node) (*tree.Node, bool) {
	q, err := Rational(n, s.b)
	switch err {
	case nil:
		return q.node(), true
	case ErrUnsupported:
		return n, true
	}
	return nil, false
}

func (q Q) node() *tree.Node {
	if x, ok := q.Int64(); ok {
		return tree.Int(x)
	}
	return tree.Rat(q.Rat())
}

func exactly(q Q) image { return image{n: q.node()} }

// computed is the image of a result, unless there was an error.
func computed(q Q, free bool, err error) (image, bool) {
	if err != nil {
		return image{}, false
	}
	return image{q.node(), free}, true
}

// apply maps the arguments and folds.
func (s *special) apply(n *tree.Node) (image, bool) {
	args := make([]*tree.Node, len(n.Args))
	free := false
	for i, a := range n.Args {
		x, ok := s.of(a)
		if !ok {
			return image{}, false
		}
		args[i], free = x.n, free || x.free
	}
	m, ok := s.fold(n.With(args))
	return image{m, free}, ok
}

func (s *special) of(n *tree.Node) (image, bool) {
	s.b.Use(10)
	switch n.Op {
	case tree.Number:
		return image{n: n}, true
	case tree.Symbol:
		if q, ok := s.at.lookup(n.Name); ok {
			return exactly(q), true
		}
		return image{}, false
	case tree.Const:
		switch n.Name {
		case "i":
			return image{n: n}, true
		case "pi":
			return s.other(n, nil), true
		case "e":
			return s.power(Q{}, QInt(1))
		}
	case tree.Neg, tree.Add, tree.Mul, tree.Div, tree.Percent:
		return s.apply(n)
	case tree.Degree:
		return s.of(tree.New(tree.Div, tree.New(tree.Mul, n.Args[0], tree.Pi), tree.Int(180)))
	case tree.Root:
		k, err := Rational(n.Args[1], s.b)
		if err != nil || k.Sign() == 0 {
			return image{}, false
		}
		x, ok := s.of(n.Args[0])
		if !ok {
			return x, false
		}
		return s.constantPower(x, k.inv())
	case tree.Pow:
		return s.pow(n)
	case tree.Factorial:
		return s.factorial(n.Args[0], 0)
	case tree.Func:
		return s.function(n)
	case tree.Call:
		return s.opaque(n)
	}
	q, err := rationalAt(n, s.at, s.b)
	return computed(q, false, err)
}

// constantPower is x^k for a rational k.
func (s *special) constantPower(x image, k Q) (image, bool) {
	if x.free && !k.IsInt() {
		// A root of a stand-in says nothing about its sign.
		return s.other(tree.Named(tree.Pow, "", x.n, k.node()), nil), true
	}
	m, ok := s.fold(tree.New(tree.Pow, x.n, k.node()))
	return image{m, x.free}, ok
}

// otherKernel stands for a value of which only its spelling is known.
type otherKernel struct {
	n *tree.Node
	q Q
}

// other returns the stand-in of a node with mapped arguments.
func (s *special) other(n *tree.Node, args []*tree.Node) image {
	if args != nil {
		n = n.With(args)
	}
	for _, o := range s.others {
		if tree.Same(o.n, n) {
			return image{o.q.node(), true}
		}
	}
	o := otherKernel{n, s.draw()}
	s.others = append(s.others, o)
	return image{o.q.node(), true}
}

// opaque maps the arguments of a node that is not understood. Odd functions lose
// the sign of a rational argument.
func (s *special) opaque(n *tree.Node) (image, bool) {
	args := make([]*tree.Node, len(n.Args))
	for i, a := range n.Args {
		x, ok := s.of(a)
		if !ok {
			return x, false
		}
		args[i] = x.n
	}
	if n.Op == tree.Func && args[0].Op == tree.Number && number(args[0]).Sign() < 0 {
		switch n.Name {
		case "arctan", "arcsin", "arsinh", "artanh":
			args[0] = number(args[0]).neg().node()
			x := s.other(n, args)
			return image{number(x.n).neg().node(), true}, true
		}
	}
	return s.other(n, args), true
}
