package scalar

import (
	"slices"

	"github.com/golongrl/golongrl/mathverify/internal/approx"
	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/canon"
	"github.com/golongrl/golongrl/mathverify/internal/rules"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// LogBase says how a log without a base is read.
type LogBase uint8

const (
	Auto LogBase = iota // as natural or as decimal on both sides, whichever makes them equal
	E                   // natural
	Ten                 // decimal
)

// Options changes how expressions are compared. The zero Options is exact.
type Options struct {
	LogBase LogBase
	// RelTol accepts numbers a and b with |a-b| ≤ RelTol·max(|a|, |b|). It says
	// nothing about expressions with variables.
	RelTol float64
	// FoldCase takes symbols that differ only in case as one.
	FoldCase bool
}

// Equal compares the values of two scalar expressions and names the rule that
// decided.
//
// Expressions in variables are equal if they agree wherever both are real, and
// are real in the same places but for single points; where they agree but are
// not real in the same places, the verdict is undecided. Symbols in factorials,
// binomials, limits of sums and exponents of negative numbers stand for positive
// integers. An expression without a value is equal to nothing but itself as
// written, and so is ±∞.
//
// Equal is symmetric. When the steps run out the verdict is undecided; when the
// budget's context ends, Equal unwinds through it.
func Equal(a, b *tree.Node, o Options, bud *budget.Budget) (v tri.Verdict, rule string) {
	if x, xd, ok := a.Small(); ok && o.RelTol == 0 {
		if y, yd, ok := b.Small(); ok {
			return verdict(x == y && xd == yd), RuleRational
		}
	}
	if err := bud.Within(bud.Left(), func() { v, rule = equal(a, b, o, bud) }); err != nil {
		return tri.Undecided, RuleBudget
	}
	return v, rule
}

func verdict(equal bool) tri.Verdict {
	if equal {
		return tri.Equal
	}
	return tri.Different
}

func equal(a, b *tree.Node, o Options, bud *budget.Budget) (tri.Verdict, string) {
	if o.FoldCase {
		a, b = foldCase(a), foldCase(b)
	}
	bud.Use(int64(min(tree.Size(a, 1<<16), tree.Size(b, 1<<16))))
	if tree.Same(a, b) {
		return tri.Equal, RuleSame
	}
	a, b = simplify(a, bud), simplify(b, bud)
	x, errX := approx.Rational(a, bud)
	y, errY := approx.Rational(b, bud)
	if errX == approx.ErrUndefined || errY == approx.ErrUndefined {
		return tri.Undecided, RuleUndefined
	}
	if errX == nil && errY == nil {
		if o.RelTol > 0 {
			return withinRational(x, y, o.RelTol)
		}
		return verdict(x.Equal(y)), RuleRational
	}
	h := look(a) | look(b)
	switch {
	case h&foreign != 0:
		return tri.Undecided, RuleOpaque
	case h&unbounded != 0:
		return compareInfinite(a, b, bud)
	}
	if h&reducible != 0 {
		// A rule that needs too much must leave enough to compare what was written.
		c, d := a, b
		if bud.Within(bud.Left()/2, func() { c, d = rules.Reduce(a, bud), rules.Reduce(b, bud) }) == nil {
			if c != a || d != b {
				p := o
				p.FoldCase = false
				return equalReduced(c, d, p, bud)
			}
		}
	}
	return equalReadings(a, b, h, o, bud)
}

// equalReduced goes through the ladder again with trees that rules have changed.
func equalReduced(a, b *tree.Node, o Options, bud *budget.Budget) (tri.Verdict, string) {
	if tree.Same(a, b) {
		return tri.Equal, RuleCanonical
	}
	x, errX := approx.Rational(a, bud)
	y, errY := approx.Rational(b, bud)
	switch {
	case errX == approx.ErrUndefined || errY == approx.ErrUndefined:
		return tri.Undecided, RuleUndefined
	case errX == nil && errY == nil && o.RelTol == 0:
		return verdict(x.Equal(y)), RuleRational
	case errX == nil && errY == nil:
		return withinRational(x, y, o.RelTol)
	}
	h := look(a) | look(b)
	switch {
	case h&foreign != 0:
		return tri.Undecided, RuleOpaque
	case h&unbounded != 0:
		return compareInfinite(a, b, bud)
	}
	return equalReadings(a, b, h, o, bud)
}

// equalReadings settles the base of bare logarithms.
func equalReadings(a, b *tree.Node, h traits, o Options, bud *budget.Budget) (tri.Verdict, string) {
	if crowded(a) || crowded(b) {
		return tri.Undecided, RuleBudget
	}
	if h&bareLog == 0 {
		return ladder(a, b, o, bud)
	}
	if o.LogBase != Auto {
		return ladder(readLog(a, o.LogBase), readLog(b, o.LogBase), o, bud)
	}
	v, rule := tri.Undecided, RuleBudget
	bud.Within(bud.Left()/2, func() { v, rule = ladder(readLog(a, E), readLog(b, E), o, bud) })
	if v == tri.Equal {
		return v, rule
	}
	w, rule2 := ladder(readLog(a, Ten), readLog(b, Ten), o, bud)
	switch {
	case w == tri.Equal:
		return w, rule2
	case v == w:
		return v, rule
	}
	return tri.Undecided, RuleLog
}

// ladder compares trees whose every part has one reading.
func ladder(a, b *tree.Node, o Options, bud *budget.Budget) (tri.Verdict, string) {
	s := approx.SymbolsOf(a, b)
	if len(s.Names) == 0 {
		if o.RelTol > 0 {
			return within(a, b, o.RelTol, bud)
		}
		return constants(a, b, &s, bud)
	}
	seed := approx.Seed(a, b)
	if approx.FastDiffer(a, b, &s, seed, bud) {
		return tri.Different, RulePoint
	}
	// Normal forms of ordinary expressions are found quickly; where they are not,
	// they may be too long.
	if v := canonical(a, b, fewSteps, bud); v != tri.Undecided {
		return v, RuleCanonical
	}
	if same, ok := approx.RationalFunctions(a, b, &s, seed, bud); ok {
		return verdict(same), RuleModular
	}
	if v := canonical(a, b, bud.Left()/2, bud); v != tri.Undecided {
		return v, RuleCanonical
	}
	return variables(a, b, &s, seed, bud)
}

const fewSteps = 20000

// canonical compares normal forms with at most n steps.
func canonical(a, b *tree.Node, n int64, bud *budget.Budget) tri.Verdict {
	r := canon.Unknown
	bud.Within(n, func() { r = canon.Equal(a, b, canon.Options{}, bud) })
	switch r {
	case canon.Zero:
		return tri.Equal
	case canon.NonZero:
		return tri.Different
	}
	return tri.Undecided
}

// firstBits and lastBits are the precisions to which constants are evaluated
// before and after everything else was tried.
const (
	firstBits = 256
	lastBits  = 4096
)

func constants(a, b *tree.Node, s *approx.Symbols, bud *budget.Budget) (tri.Verdict, string) {
	if approx.FastDiffer(a, b, s, 0, bud) {
		return tri.Different, RuleInterval
	}
	if v := shifted(a, b, bud); v != tri.Undecided {
		return v, RuleCanonical
	}
	if v := canonical(a, b, bud.Left()/2, bud); v != tri.Undecided {
		return v, RuleCanonical
	}
	r := approx.Unclear
	bud.Within(bud.Left()/4, func() { r = approx.Compare(a, b, nil, true, firstBits, bud) })
	switch r {
	case approx.Differs:
		return tri.Different, RuleInterval
	case approx.Missing:
		return tri.Undecided, RuleUndefined
	}
	if r == approx.Unclear {
		undefined := false
		bud.Within(bud.Left()/4, func() { undefined = approx.Undefined(a, bud) || approx.Undefined(b, bud) })
		if undefined {
			return tri.Undecided, RuleUndefined
		}
	}
	zero, proven := false, false
	bud.Within(bud.Left()/2, func() { zero, proven = approx.Zero(difference(a, b), nil, bud) })
	if proven {
		return verdict(zero), RuleBound
	}
	same := false
	bud.Within(bud.Left()/2, func() { same = approx.Identical(a, b, s, 0, bud) })
	if same {
		return tri.Equal, RuleIdentity
	}
	if approx.Apart(a, b, bud) {
		return tri.Different, RuleInterval
	}
	if r == approx.Agree && approx.Compare(a, b, nil, true, lastBits, bud) == approx.Differs {
		return tri.Different, RuleInterval
	}
	if r == approx.Unclear {
		return tri.Undecided, RuleOpaque
	}
	return tri.Undecided, RuleUnproved
}

func difference(a, b *tree.Node) *tree.Node {
	return tree.New(tree.Add, a, tree.New(tree.Neg, b))
}

// How many points are looked at, and to how many bits.
const (
	points    = 16
	morePoint = 48 // when the first have shown nothing
	pointBits = 256
)

func variables(a, b *tree.Node, s *approx.Symbols, seed uint64, bud *budget.Budget) (tri.Verdict, string) {
	if approx.FastScan(a, b, s, seed, bud) {
		return tri.Different, RulePoint
	}
	var count [approx.Missing + 1]int
	differs := false
	bud.Within(bud.Left()/2, func() {
		for k := range morePoint {
			if k >= points && count[approx.Agree] > 0 {
				break
			}
			r := approx.Compare(a, b, s.Point(k, seed), s.Complex, pointBits, bud)
			count[r]++
			if differs = r == approx.Differs; differs {
				break
			}
		}
	})
	switch {
	case differs:
		return tri.Different, RulePoint
	case count[approx.OneSide] > 0, count[approx.Missing] > 0 && !s.HasInteger():
		if count[approx.Agree] == 0 && count[approx.OneSide] == 0 {
			return tri.Undecided, RuleUndefined
		}
		return tri.Undecided, RuleDomain
	case count[approx.Outside] > 3 && count[approx.Agree] == 0:
		// Real nowhere that was looked at, and not the same complex numbers.
		return tri.Different, RulePoint
	}
	if approx.Identical(a, b, s, seed, bud) {
		return tri.Equal, RuleIdentity
	}
	if count[approx.Agree] == 0 {
		return tri.Undecided, RuleOpaque
	}
	return tri.Undecided, RuleUnproved
}

// maxSymbols bounds the different symbols of an expression: the proofs take
// steps for each of them that are not all counted.
const maxSymbols = 64

// crowded reports an expression of more symbols than the proofs can deal with.
func crowded(n *tree.Node) bool {
	seen := make([]string, 0, 8)
	return tree.Any(n, func(m *tree.Node) bool {
		if m.Op != tree.Symbol || slices.Contains(seen, m.Name) {
			return false
		}
		seen = append(seen, m.Name)
		return len(seen) > maxSymbols
	})
}
