package mvtext

import "strings"

// condition is what has to follow a number or an expression.
type condition uint8

const (
	beforeAnything condition = iota
	notBeforeEquals
	beforeHope
)

// follows returns the end of what cond asks for at i.
func (x *scanner) follows(cond condition, i int) (end int, ok bool) {
	switch cond {
	case notBeforeEquals:
		return i, byteAt(x.s, x.skipSpaces(i)) != '='
	case beforeHope:
		end = hopeEnd(x.s, i)
		return end, end >= 0
	}
	return i, true
}

// numberMatch is where the parts of a number stand. The decimals include the
// point or comma before them.
type numberMatch struct {
	integer, decimal span
	percent          bool
}

// number matches a number at i, in the order of preference of the reference:
// with groups of three digits, with decimals, decimals alone, an integer alone.
// Each gives digits back from its end as long as cond does not hold.
func (x *scanner) number(i int, cond condition) (end int, ok bool) {
	s := x.s
	lo := i
	if byteAt(s, i) == '-' {
		i++
	}
	digits := skipDigits(s, i)
	if digits == i {
		if byteAt(s, lo) == '.' {
			return x.decimals(span{}, lo, cond)
		}
		return 0, false
	}
	if groups, n := thousands(s, i); n > 0 {
		if byteAt(s, groups) == '.' { // after the last group only
			if end, ok = x.decimals(span{lo, groups}, groups, cond); ok {
				return end, true
			}
		}
		for ; n > 0; n-- {
			if end, ok = x.numberEnd(span{lo, groups}, span{}, groups, cond); ok {
				return end, true
			}
			groups -= digitBefore(s, groups)
			groups -= digitBefore(s, groups)
			groups -= digitBefore(s, groups)
			groups--
		}
	}
	if end, ok = x.decimals(span{lo, digits}, digits, cond); ok {
		return end, true
	}
	for ; digits > i; digits -= digitBefore(s, digits) {
		if end, ok = x.numberEnd(span{lo, digits}, span{}, digits, cond); ok {
			return end, true
		}
	}
	return 0, false
}

// thousands returns the end and the count of the groups of a number with
// thousands separators at i; the count is 0 if it is none.
func thousands(s string, i int) (end, n int) {
	if c := byteAt(s, i); c < '1' || '9' < c {
		return 0, 0
	}
	i++
	i += digitAt(s, i)
	i += digitAt(s, i)
	for {
		if c := byteAt(s, i); c != ',' && c != ' ' {
			return i, n
		}
		j := i + 1
		for range 3 {
			w := digitAt(s, j)
			if w == 0 {
				return i, n
			}
			j += w
		}
		i, n = j, n+1
	}
}

// decimals matches a point or comma at i and digits, after integer, which is
// empty where there is none; then only a point will do.
func (x *scanner) decimals(integer span, i int, cond condition) (end int, ok bool) {
	if c := byteAt(x.s, i); c != '.' && (c != ',' || integer.hi == 0) {
		return 0, false
	}
	for hi := skipDigits(x.s, i+1); hi > i+1; hi -= digitBefore(x.s, hi) {
		if end, ok = x.numberEnd(integer, span{i, hi}, hi, cond); ok {
			return end, true
		}
	}
	return 0, false
}

// numberEnd matches an optional percent sign or word at i and what cond asks
// for, and keeps the number.
func (x *scanner) numberEnd(integer, decimal span, i int, cond condition) (end int, ok bool) {
	j := i
	if spaceAt(x.s, i) > 0 {
		j = x.skipSpaces(i)
	}
	switch byteAt(x.s, j) {
	case '%', 'p', 'P':
		for _, p := range [...]int{percentEnd(x.s, j), percentageEnd(x.s, j)} {
			if p == 0 {
				continue
			}
			if end, ok = x.follows(cond, p); ok {
				x.num = numberMatch{integer, decimal, true}
				return end, true
			}
		}
	}
	if end, ok = x.follows(cond, i); ok {
		x.num = numberMatch{integer, decimal, false}
	}
	return end, ok
}

// text returns the number as the reference writes it: no separators, a decimal
// point, no zeros before an integer, but for those after a sign.
func (m *numberMatch) text(s string) string {
	integer := s[m.integer.lo:m.integer.hi]
	if strings.ContainsAny(integer, ", ") {
		integer = strings.NewReplacer(",", "", " ", "").Replace(integer)
	}
	integer = strings.TrimLeft(integer, "0")
	if integer == "" {
		integer = "0"
	}
	if m.decimal.hi == 0 {
		return integer
	}
	return integer + "." + s[m.decimal.lo+1:m.decimal.hi]
}

// failsInPython reports whether the conversion of text raises in the reference:
// for digits other than ASCII's, for integers that are too long for Python, and
// for zeros that follow a sign.
func failsInPython(text string) bool {
	point := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c >= 0x80:
			return true
		case c == '.':
			point = true
		}
	}
	if point {
		return false
	}
	digits := strings.TrimPrefix(text, "-")
	return len(digits) > maxIntDigits || digits[0] == '0' && strings.Trim(digits, "0") != ""
}
