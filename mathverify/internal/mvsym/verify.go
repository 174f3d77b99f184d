package mvsym

import (
	"strings"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
)

// Options are those of verify that change a verdict. The zero Options is none
// of the reference's; see [DefaultOptions].
type Options struct {
	// FloatRounding is the number of decimal places to which both sides are
	// rounded when one of them is a decimal.
	FloatRounding int
	// AllowSetRelation also takes a relation as the answer to a set.
	AllowSetRelation bool
	// Loose pairs the variables of both sides by position.
	Loose bool
}

// DefaultOptions returns the reference's defaults.
func DefaultOptions() Options { return Options{FloatRounding: 6} }

// errVerify is an exception of the reference that ends the comparison of one
// pair, which then is not equal.
type errVerify struct{}

func raise() { panic(errVerify{}) }

// attempt calls f; an exception of the reference inside makes it false.
func attempt(f func() bool) (ok bool) {
	defer func() {
		if r := recover(); r != nil {
			if r != any(errVerify{}) && r != any(errParse) {
				panic(r)
			}
			ok = false
		}
	}()
	return f()
}

// pairSteps is the share of the budget that one pair may use.
const pairSteps = 2_000_000

// Verify reports whether any value of gold equals any value of answer.
//
// It is not symmetric: the gold decides how equations and sets are read.
func Verify(gold, answer []*Value, o Options, b *budget.Budget) bool {
	for _, g := range gold {
		for _, a := range answer {
			equal := false
			if b.Within(pairSteps, func() {
				equal = attempt(func() bool { return verifyPair(g, a, o, b) })
			}) == nil && equal {
				return true
			}
		}
	}
	return false
}

func verifyPair(gold, answer *Value, o Options, b *budget.Budget) bool {
	if gold.Class == Text && answer.Class == Text {
		g, a := strings.TrimSpace(gold.Name), strings.TrimSpace(answer.Name)
		return g != "" && g == a
	}
	if gold.Class == Text || answer.Class == Text {
		return false
	}
	v := &verifier{o: o, b: b}
	if o.Loose {
		answer = pairSymbols(gold, answer)
	}
	return v.equal(gold, answer, o.AllowSetRelation)
}

type verifier struct {
	o     Options
	b     *budget.Budget
	depth int
}

// maxNesting bounds sets in sets.
const maxNesting = 64

// equal is sympy_expr_eq.
func (v *verifier) equal(gold, answer *Value, relations bool) bool {
	v.b.Use(20)
	if v.depth++; v.depth > maxNesting {
		raise()
	}
	defer func() { v.depth-- }()

	goldAssigns, answerAssigns := isAssignment(gold), isAssignment(answer)
	goldEquation, answerEquation := isEquation(gold), isEquation(answer)
	if goldAssigns {
		gold = mk(Eq, firstRelation(gold).Args[0], lastRelation(gold).Args[1])
	}
	if answerAssigns {
		answer = mk(Eq, firstRelation(answer).Args[0], lastRelation(answer).Args[1])
	}
	switch {
	case answerEquation && !goldEquation:
		answer = lastRelation(answer).Args[1]
	case goldAssigns && !answerEquation:
		gold = lastRelation(gold).Args[1]
	}
	if isRelation(gold) && answer.isSet() {
		if s, ok := v.solutionSet(gold); ok {
			gold = s
		}
	}
	if relations && isRelation(answer) && gold.isSet() {
		if s, ok := v.solutionSet(answer); ok {
			answer = s
		}
	}
	if gold.Class == NaN || gold.Class == ComplexInf {
		raise()
	}
	if same(gold, answer) {
		return true
	}
	switch {
	case isRelation(gold) && isRelation(answer):
		return v.relations(gold, answer)
	case gold.isSet() || gold.Class == Tuple || answer.isSet() || answer.Class == Tuple:
		return v.sets(gold, answer)
	case gold.Class == Symbol || answer.Class == Symbol:
		return symbols(gold, answer)
	}
	return v.numeric(gold, answer) || v.symbolic(gold, answer)
}

// isRelation reports a relation or a conjunction of them.
func isRelation(v *Value) bool {
	return v.isRelational() || v.Class == And && all(v.Args, (*Value).isRelational)
}

func isEquation(v *Value) bool {
	return v.Class == Eq || v.Class == And && all(v.Args, func(a *Value) bool { return a.Class == Eq })
}

func isAssignment(v *Value) bool {
	return isEquation(v) && onlySymbols(firstRelation(v).Args[0])
}

func firstRelation(v *Value) *Value {
	if v.Class == And {
		return v.Args[0]
	}
	return v
}

func lastRelation(v *Value) *Value {
	if v.Class == And {
		return lastRelation(v.Args[len(v.Args)-1])
	}
	return v
}

// atomicOr reports a value of a class, or such a value in percent as written.
func atomicOr(v *Value, is func(*Value) bool) bool {
	return is(v) || v.Class == Mul && len(v.Args) == 2 && v.Args[1].Class == Rational && v.Args[1].Rat.Cmp(hundredth) == 0 && is(v.Args[0])
}

func isFloat(v *Value) bool { return v.Class == Float }

// numeric is sympy_numeric_eq.
func (v *verifier) numeric(a, b *Value) bool {
	if a.isMatrix() && b.isMatrix() {
		x, y := evalMatrix(a), evalMatrix(b)
		if x == nil || y == nil || x.Cols != y.Cols || len(x.Args) != len(y.Args) {
			return false
		}
		for i := range x.Args {
			if !v.numeric(x.Args[i], y.Args[i]) {
				return false
			}
		}
		return true
	}
	if !atomicOr(a, (*Value).isNumber) && !atomicOr(b, (*Value).isNumber) {
		return v.nearly(a, b)
	}
	if atomicOr(a, isFloat) || atomicOr(b, isFloat) {
		x, ok := round(a, v.o.FloatRounding, v.b)
		if !ok {
			return false
		}
		y, ok := round(b, v.o.FloatRounding, v.b)
		return ok && x.integer == y.integer && x.value.Cmp(y.value) == 0
	}
	if unproven(a, v.b) || unproven(b, v.b) {
		return false
	}
	return same(doit(a, v.b), doit(b, v.b))
}

// nearly reports a difference that vanishes in fifteen digits.
func (v *verifier) nearly(a, b *Value) bool {
	if !a.isExpr() || !b.isExpr() || hasInfinity(a) || hasInfinity(b) {
		return false
	}
	a, b = vanishing(a, v.b), canonical(b, v.b)
	if !constant(a) || !constant(b) {
		return false
	}
	s, ok := reduced(a, v.b)
	if !ok {
		return false
	}
	t, ok := reduced(b, v.b)
	return ok && chopped(s, t, v.b)
}

// vanishing is the value as it was, unless its symbols cancel: the subtraction
// evaluates the answer, not the gold.
func vanishing(v *Value, b *budget.Budget) *Value {
	if constant(v) {
		return v
	}
	return canonical(v, b)
}

// symbolic is sympy_symbolic_eq: whether the difference simplifies to zero.
func (v *verifier) symbolic(a, b *Value) bool {
	if a.isMatrix() || b.isMatrix() {
		x, y := evalMatrix(a), evalMatrix(b)
		if x == nil || y == nil || x.Cols != y.Cols || len(x.Args) != len(y.Args) {
			return false
		}
		for i := range x.Args {
			if !identical(x.Args[i], y.Args[i], v.b) {
				return false
			}
		}
		return true
	}
	if a.isNumber() && unproven(b, v.b) || b.isNumber() && unproven(a, v.b) {
		return false
	}
	x, y := doit(a, v.b), doit(b, v.b)
	if x.Class == Float || y.Class == Float {
		// Floats are subtracted in binary.
		return isFinite(x) && isFinite(y) && toBinary(x.Rat, 15).Cmp(toBinary(y.Rat, 15)) == 0
	}
	if hasInfinity(x) || hasInfinity(y) {
		return false
	}
	logs := &logTable{b: v.b}
	return identical(logs.expand(x), logs.expand(y), v.b)
}
