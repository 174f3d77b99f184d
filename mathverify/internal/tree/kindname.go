package tree

// KindName names in one word what an answer is, for reports.
func KindName(n *Node) string {
	switch n.Op {
	case Number:
		return "number"
	case Symbol, Const:
		return "symbol"
	case Text:
		return "text"
	case SetName, Set, SetOf, Union, Intersect, Minus:
		return "set"
	case Interval:
		return "interval"
	case Tuple:
		return "tuple"
	case List:
		return "list"
	case Lines:
		return "lines"
	case Matrix:
		if n.Name == "v" {
			return "determinant"
		}
		return "matrix"
	case Cases:
		return "cases"
	case Quantity:
		return "quantity"
	case Percent:
		return "percentage"
	case Ratio:
		return "ratio"
	case Clock:
		return "time of day"
	case Labeled:
		return "choice"
	case And, Or, Not:
		return "statement"
	case Congruent:
		return "congruence"
	case Given:
		return "family"
	case Chain:
		for _, r := range n.Rels {
			if r != Eq {
				return "relation"
			}
		}
		return "equation"
	}
	return "expression"
}
