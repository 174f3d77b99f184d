package mathverify

import (
	"slices"
	"strings"
)

// list is a sequence of values with what separated them.
type list struct {
	items []string // cleaned
	// bare: the only separators are commas without a space, between digits;
	// "0,5" may be a decimal comma.
	bare bool
}

// splitList splits a cleaned text at its top-level commas, semicolons, "and"
// and "or". ok is false when the text is a single value or has an empty item.
// A comma belongs to a number when it groups its digits well: 1,234 is one
// value, 1,23 and 1, 234 are two.
func splitList(s string) (l list, ok bool) {
	depth, start := 0, 0
	l.bare = true
	cut := func(from, to int) bool {
		item := strings.TrimSpace(s[start:from])
		start = to
		l.items = append(l.items, item)
		return item != ""
	}
	fine := true
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s) && strings.IndexByte("{}", s[i+1]) >= 0:
			depth += bracketStep(s[i+1])
			i += 2
		case isDigit(c) && depth == 0:
			i = numberRunEnd(s, i)
		case c == ',' || c == ';':
			if depth == 0 {
				if c == ';' || i+1 < len(s) && s[i+1] == ' ' || i == 0 || !isDigit(s[i-1]) {
					l.bare = false
				}
				to := i + 1
				for _, conj := range [...]string{" and ", " or "} {
					if strings.HasPrefix(s[to:], conj) {
						to += len(conj)
						break
					}
				}
				fine = cut(i, to) && fine
				i = to
				continue
			}
			i++
		case c == ' ' && depth == 0 && (strings.HasPrefix(s[i:], " and ") || strings.HasPrefix(s[i:], " or ")):
			to := i + len(" or ")
			if s[i+1] == 'a' {
				to = i + len(" and ")
			}
			l.bare = false
			fine = cut(i, to) && fine
			i = to
		default:
			depth += bracketStep(c)
			if depth < 0 {
				return list{}, false
			}
			i++
		}
	}
	if len(l.items) == 0 || depth != 0 {
		return list{}, false
	}
	return l, cut(len(s), len(s)) && fine
}

func bracketStep(c byte) int {
	switch c {
	case '(', '[', '{':
		return 1
	case ')', ']', '}':
		return -1
	}
	return 0
}

// numberRunEnd returns the end of the number that starts at the digit s[i]: of
// all its groups of three when they are well-formed, else of its first digits.
func numberRunEnd(s string, i int) int {
	n := leadingDigits(s[i:])
	end := i + n
	if n > 3 || s[i] == '0' || i > 0 && (s[i-1] == ',' || s[i-1] == '.') || end == len(s) || s[end] != ',' {
		return end
	}
	all := i + groupsEnd(s[i:], n)
	if all < len(s) && s[all] == ',' && (all+1 == len(s) || s[all+1] != ' ') {
		return end
	}
	return all
}

// compareLists compares two lists, or a list with a single value.
func compareLists(a, b list, aOK, bOK bool, x, y string, depth int) (Verdict, string) {
	if aOK != bOK {
		if !aOK {
			a, x, y = b, y, x
		}
		return listAgainstOne(a, x, readDatum(y), depth)
	}
	return compareItems(readAll(a.items), readAll(b.items), orderUnknown, depth)
}

func readAll(items []string) []datum {
	out := make([]datum, len(items))
	for i, s := range items {
		if strings.HasPrefix(s, "=") {
			out[i] = datum{text: s} // "= 5" is an answer, but no item of a list
			continue
		}
		out[i] = readDatum(s)
	}
	return out
}

// listAgainstOne compares a list of two values or more, written as text, with a
// single one. It never finds them equal.
func listAgainstOne(l list, text string, one datum, depth int) (Verdict, string) {
	if one.comma || l.bare && (one.kind != numeric || otherReading(text, one)) {
		return Undecided, ruleComma
	}
	if one.kind != numeric && one.kind != words && one.kind != symbols {
		return Undecided, ruleList
	}
	all := true
	for _, s := range readAll(l.items) {
		if !decided(s) {
			return Undecided, ruleList
		}
		v, _ := compareData(s, one, depth)
		all = all && v == Equal
	}
	if all {
		return Undecided, ruleList // 5 and 5
	}
	return Different, ruleList
}

// decided reports whether a value's comparison with its like is final.
func decided(s datum) bool {
	return !s.huge && !s.loose && (s.kind == numeric || s.kind == words || s.kind == symbols)
}

// order says what the order of items means.
type order uint8

const (
	orderUnknown order = iota // of a bare list: roots in any order, or coordinates
	ordered                   // of a point or an interval
	unordered                 // of a set
)

// compareItems compares item by item, and as multisets where that fails.
func compareItems(a, b []datum, o order, depth int) (Verdict, string) {
	equal := len(a) == len(b)
	final := true
	for _, s := range a {
		final = final && decided(s)
	}
	for _, s := range b {
		final = final && decided(s)
	}
	if equal {
		rule := ruleList
		// x=1, y=2 is not 1, 2, but x=1, x=2 is.
		if oneName(a) != oneName(b) && (namesDiffer(a) || namesDiffer(b)) {
			return Undecided, ruleVariable
		}
		for i := range a {
			v, r := compareData(a[i], b[i], depth)
			equal = equal && v == Equal
			if v == Undecided {
				final, rule = false, r
			}
		}
		if equal {
			return Equal, ruleList
		}
		if !final {
			return Undecided, rule
		}
	}
	if !final {
		return Undecided, ruleList
	}
	x, y := keys(a), keys(b)
	if slices.Equal(x, y) {
		switch o {
		case unordered:
			return Equal, ruleList
		case ordered:
			return Different, ruleOrder
		}
		return Undecided, ruleOrder
	}
	if o != ordered && slices.Equal(slices.Compact(x), slices.Compact(y)) {
		return Undecided, ruleList // 1, 1, 2 and 1, 2
	}
	return Different, ruleList
}

// oneName returns the variable of the first item.
func oneName(items []datum) byte {
	if len(items) == 0 {
		return 0
	}
	return items[0].variable
}

// namesDiffer reports whether the items are not all assigned to one variable.
func namesDiffer(items []datum) bool {
	for _, s := range items {
		if s.variable != oneName(items) {
			return true
		}
	}
	return false
}

// keys returns sorted keys that are equal for equal values. Names of variables
// and currencies are part of them.
func keys(items []datum) []string {
	out := make([]string, len(items))
	for i, s := range items {
		if s.kind == numeric {
			out[i] = s.num.key() + "\x00" + s.currency + string(rune(s.variable))
		} else {
			out[i] = s.text
		}
	}
	slices.Sort(out)
	return out
}

// brackets returns the opening bracket of a text that one pair of brackets
// encloses, and what is inside; open is "" for any other text.
func brackets(s string) (open, inside string) {
	n := len(s)
	switch {
	case n < 2:
		return "", ""
	case strings.HasPrefix(s, `\{`) && strings.HasSuffix(s, `\}`) && n >= 4:
		open, inside = "{", s[2:n-2]
	case s[0] == '(' && s[n-1] == ')', s[0] == '[' && s[n-1] == ']', s[0] == '{' && s[n-1] == '}':
		open, inside = s[:1], s[1:n-1]
	default:
		return "", ""
	}
	depth := 0
	for i := range len(inside) {
		if depth += bracketStep(inside[i]); depth < 0 {
			return "", ""
		}
	}
	return open, inside
}

// maxDepth bounds nested brackets.
const maxDepth = 8

// compareBrackets compares two bracketed lists: the same brackets and equal
// items are equal, in any order within braces.
func compareBrackets(a, b string, depth int) (Verdict, string) {
	openA, inA := brackets(a)
	openB, inB := brackets(b)
	if openA != openB || depth >= maxDepth {
		return Undecided, ruleBrackets
	}
	la, okA := splitList(inA)
	lb, okB := splitList(inB)
	if !okA || !okB || groupedComma(inA) || groupedComma(inB) {
		return Undecided, ruleBrackets
	}
	o := ordered
	if openA == "{" {
		o = unordered
	}
	return compareItems(readAll(la.items), readAll(lb.items), o, depth+1)
}

// groupedComma reports a comma that splitList takes for a thousands separator:
// in brackets it may as well separate items.
func groupedComma(s string) bool {
	for i := range len(s) {
		if s[i] == ',' && i > 0 && isDigit(s[i-1]) && leadingDigits(s[i+1:]) == 3 {
			return true
		}
	}
	return false
}
