package decide

import (
	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// kind is what an answer is by its outermost form. A rule for two kinds gets
// them in the order of these constants.
type kind uint8

const (
	value     kind = iota // a number or an expression
	quantity              // a value with a unit
	text                  // words
	choice                // a labeled value
	list                  // values with commas or conjunctions between
	set                   // a finite set
	region                // intervals, named sets and what is made of them
	tuple                 // a point or vector
	lines                 // values on lines of their own
	matrix                // a matrix
	ratio                 // a:b
	clock                 // a time of day
	congruent             // a ≡ b (mod m)
	statement             // equations, inequalities, memberships, logic
	given                 // a value with the side condition of its parameters
	cases                 // a piecewise value
	opaque                // a form that no rule understands
	kinds
)

func kindOf(n *tree.Node) kind {
	switch n.Op {
	case tree.Text:
		return text
	case tree.Labeled:
		return choice
	case tree.List, tree.Set, tree.Tuple:
		for _, a := range n.Args {
			if a.Op == tree.Ellipsis {
				return opaque // 1, 2, 3, ...
			}
		}
		switch n.Op {
		case tree.List:
			return list
		case tree.Set:
			return set
		}
		return tuple
	case tree.Interval, tree.Union, tree.Intersect, tree.Minus, tree.SetName, tree.SetOf:
		return region
	case tree.Lines:
		return lines
	case tree.Matrix:
		return matrix
	case tree.Ratio:
		return ratio
	case tree.Clock:
		return clock
	case tree.Congruent:
		return congruent
	case tree.Chain, tree.And, tree.Or, tree.Not:
		return statement
	case tree.Given:
		return given
	case tree.Cases:
		return cases
	case tree.Quantity:
		return quantity
	case tree.Invalid, tree.Unit, tree.Ellipsis:
		return opaque
	case tree.Number, tree.Symbol, tree.Const:
		return value
	}
	return within(n)
}

// within classifies an expression by what is inside.
func within(n *tree.Node) kind {
	k := value
	for _, a := range n.Args {
		switch kindOf(a) {
		case value:
		case quantity:
			if k == value {
				k = quantity
			}
		case ratio, clock:
			return opaque
		default:
			if n.Op == tree.Call || n.Op == tree.Func {
				continue // f((1,2)) and |{1,2}| are values
			}
			return opaque
		}
	}
	return k
}

// table holds the rule for each pair of kinds, first kind ≤ second kind. A
// pair without a rule differs.
var table [kinds][kinds]func(c *comparer, a, b *tree.Node) (tri.Verdict, string)

func init() {
	for k := range kinds {
		table[k][opaque] = func(*comparer, *tree.Node, *tree.Node) (tri.Verdict, string) {
			return tri.Undecided, ruleOpaque
		}
		if k != choice && k < opaque {
			pair(k, choice, (*comparer).oneChoice)
		}
		if k > lines && k < opaque || k < lines {
			pair(k, lines, (*comparer).oneLine)
		}
		if k < list {
			pair(k, list, (*comparer).oneOfList)
			pair(k, set, (*comparer).singleton)
		}
	}
	pair(value, quantity, (*comparer).oneUnit)
	pair(value, text, (*comparer).textValue)
	pair(value, region, (*comparer).valueRegion)
	pair(value, tuple, (*comparer).singleton)
	pair(value, matrix, (*comparer).singleton)
	pair(value, ratio, (*comparer).ratioValue)
	pair(value, clock, (*comparer).clockValue)
	pair(value, statement, (*comparer).isolated)
	pair(value, given, (*comparer).families)
	pair(value, cases, (*comparer).piecewise)
	pair(quantity, quantity, (*comparer).quantities)
	pair(quantity, text, (*comparer).textValue)
	pair(quantity, clock, (*comparer).clockValue)
	pair(quantity, statement, (*comparer).isolated)
	pair(text, text, (*comparer).texts)
	pair(text, region, (*comparer).textRegion)
	pair(text, clock, (*comparer).textClock)
	pair(text, ratio, (*comparer).textRatio)
	pair(text, statement, (*comparer).textStatement)
	pair(choice, choice, (*comparer).choices)
	pair(list, list, (*comparer).lists)
	pair(list, set, (*comparer).listSet)
	pair(list, region, (*comparer).sets)
	pair(list, tuple, (*comparer).listTuple)
	pair(list, statement, (*comparer).setStatement)
	pair(list, given, (*comparer).families)
	pair(set, set, (*comparer).sets)
	pair(set, region, (*comparer).sets)
	pair(set, tuple, (*comparer).singleton)
	pair(set, statement, (*comparer).setStatement)
	pair(set, given, (*comparer).families)
	pair(region, region, (*comparer).sets)
	pair(region, tuple, (*comparer).regionTuple)
	pair(region, statement, (*comparer).setStatement)
	pair(region, given, (*comparer).families)
	pair(tuple, tuple, (*comparer).tuples)
	pair(tuple, matrix, (*comparer).vectors)
	pair(tuple, statement, (*comparer).tupleStatement)
	pair(tuple, given, (*comparer).families)
	pair(lines, lines, (*comparer).eachLine)
	pair(matrix, matrix, (*comparer).matrices)
	pair(matrix, statement, (*comparer).isolated)
	pair(ratio, ratio, (*comparer).ratios)
	pair(ratio, clock, (*comparer).clockValue)
	pair(ratio, statement, (*comparer).isolated)
	pair(clock, clock, (*comparer).clocks)
	pair(clock, statement, (*comparer).isolated)
	pair(congruent, congruent, (*comparer).congruences)
	pair(congruent, statement, (*comparer).families)
	pair(congruent, given, (*comparer).families)
	pair(statement, statement, (*comparer).statements)
	pair(statement, given, (*comparer).families)
	pair(statement, cases, (*comparer).isolated)
	pair(given, given, (*comparer).families)
	pair(cases, cases, (*comparer).piecewise)
}

func pair(a, b kind, f func(*comparer, *tree.Node, *tree.Node) (tri.Verdict, string)) {
	if a > b {
		a, b = b, a
		g := f
		f = func(c *comparer, x, y *tree.Node) (tri.Verdict, string) { return g(c, y, x) }
	}
	table[a][b] = f
}
