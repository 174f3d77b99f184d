package mvtext

import "strings"

// fixOperators adds the braces that are missing after ^, sqrt, \frac and
// \log_, and turns a quotient of two integers into a fraction.
func fixOperators(s string) string {
	if strings.IndexByte(s, '^') >= 0 {
		s = braceParens(s, "^", "^{")
	}
	if strings.Contains(s, "sqrt") {
		// The backslash is added even where there is one.
		s = braceParens(s, "sqrt", `\sqrt{`)
	}
	hasFrac := strings.Contains(s, `\frac`)
	if hasFrac {
		s = braceDigits(s, `\frac`)
	}
	if strings.Contains(s, `\log_`) {
		s = braceDigits(s, `\log_`)
	}
	if hasFrac {
		s = braceDenominator(s)
		s = braceNumerator(s)
	}
	if strings.Contains(s, "sqrt") {
		s = braceRootDigit(s)
		s = strings.ReplaceAll(s, " sqrt", `\sqrt`)
		s = fixSqrt(s)
	}
	if hasFrac {
		s = fixFracs(s)
	}
	return fixSlash(s)
}

// oneSpace returns the index after an optional white space at i.
func oneSpace(s string, i int) int { return i + spaceAt(s, i) }

// before finds the next of a byte in a line. Asked for growing positions, it
// looks at each byte of the text once.
type before struct{ from, found int }

// find returns the index of the first c in s at or after i, or -1 if a newline
// or the end of s comes first.
func (b *before) find(s string, i int, c byte) int {
	if i < b.from || i > b.found || b.found == 0 {
		b.from, b.found = i, i
		for b.found < len(s) && s[b.found] != c && s[b.found] != '\n' {
			b.found++
		}
	}
	if b.found >= len(s) || s[b.found] != c {
		return -1
	}
	return b.found
}

// braceParens turns op(…) into with…}, up to the first closing parenthesis of
// the line.
func braceParens(s, op, with string) string {
	var e edit
	var line before
	for i := 0; ; {
		k := strings.Index(s[i:], op)
		if k < 0 {
			return e.finish(s)
		}
		start := i + k
		open := oneSpace(s, start+len(op))
		i = start + 1
		if byteAt(s, open) != '(' {
			continue
		}
		if end := line.find(s, open+1, ')'); end >= 0 {
			e.replace(s, start, open+1, with)
			e.replace(s, end, end+1, "}")
			i = end + 1
		}
	}
}

// braceDigits puts braces around the digits in op12, the first digit being the
// first argument.
func braceDigits(s, op string) string {
	var e edit
	for i := 0; ; {
		k := strings.Index(s[i:], op)
		if k < 0 {
			return e.finish(s)
		}
		start := i + k
		i = start + len(op)
		first := oneSpace(s, i)
		w := digitAt(s, first)
		if w == 0 {
			continue
		}
		second := oneSpace(s, first+w)
		end := skipDigits(s, second)
		if end == second {
			continue
		}
		e.replace(s, start, end, op+"{"+s[first:first+w]+"}{"+s[second:end]+"}")
		i = end
	}
}

// braceDenominator turns \frac{…}2 into \frac{…}{2}. The numerator reaches to
// the first closing brace of the line that a digit follows, nested or not.
func braceDenominator(s string) string {
	var e edit
	lo, hi := 0, -1 // no such brace in [lo, hi) except at hi
	for i := 0; ; {
		k := strings.Index(s[i:], `\frac`)
		if k < 0 {
			return e.finish(s)
		}
		start := i + k
		i = start + len(`\frac`)
		open := oneSpace(s, i)
		if byteAt(s, open) != '{' {
			continue
		}
		if from := open + 1; from < lo || from > hi {
			lo = from
			for hi = from; hi < len(s) && s[hi] != '\n'; hi++ {
				if s[hi] == '}' && digitAt(s, oneSpace(s, hi+1)) > 0 {
					break
				}
			}
		}
		if byteAt(s, hi) != '}' {
			continue
		}
		digit := oneSpace(s, hi+1)
		end := digit + digitAt(s, digit)
		e.replace(s, start, end, `\frac{`+s[open+1:hi]+"}{"+s[digit:end]+"}")
		i = end
	}
}

// braceNumerator turns \frac1{…} into \frac{1}{…}.
func braceNumerator(s string) string {
	var e edit
	var line before
	for i := 0; ; {
		k := strings.Index(s[i:], `\frac`)
		if k < 0 {
			return e.finish(s)
		}
		start := i + k
		i = start + len(`\frac`)
		digit := oneSpace(s, i)
		w := digitAt(s, digit)
		if w == 0 {
			continue
		}
		open := oneSpace(s, digit+w)
		if byteAt(s, open) != '{' {
			continue
		}
		end := line.find(s, open+1, '}')
		if end < 0 {
			continue
		}
		e.replace(s, start, open+1, `\frac{`+s[digit:digit+w]+"}{")
		i = end + 1
	}
}

// braceRootDigit turns \sqrt3 into \sqrt{3}.
func braceRootDigit(s string) string {
	var e edit
	for i := 0; ; {
		k := strings.Index(s[i:], `\sqrt`)
		if k < 0 {
			return e.finish(s)
		}
		i += k + len(`\sqrt`)
		digit := oneSpace(s, i)
		if w := digitAt(s, digit); w > 0 {
			e.replace(s, i, digit+w, "{"+s[digit:digit+w]+"}")
			i = digit + w
		}
	}
}

// fixSqrt removes white space after \sqrt and puts its first code point into
// braces, unless an argument in braces or brackets follows.
func fixSqrt(s string) string {
	parts := strings.Split(s, `\sqrt`)
	if len(parts) == 1 {
		return s
	}
	var b strings.Builder
	b.WriteString(parts[0])
	for _, p := range parts[1:] {
		p = p[skipSpace(p, 0):]
		b.WriteString(`\sqrt`)
		if p != "" && p[0] != '{' && p[0] != '[' {
			w := runeWidth(p, 0)
			b.WriteString("{" + p[:w] + "}")
			p = p[w:]
		}
		b.WriteString(p)
	}
	return b.String()
}

// fixFracs does the same for the two arguments of \frac. If one \frac of the
// text has fewer than two code points after it, none is changed.
//
// Source: the MATH data set's grader, fix_fracs.
func fixFracs(s string) string {
	parts := strings.Split(s, `\frac`)
	var b strings.Builder
	b.WriteString(parts[0])
	for _, p := range parts[1:] {
		p = p[skipSpace(p, 0):]
		b.WriteString(`\frac`)
		if strings.HasPrefix(p, "{") {
			b.WriteString(p)
			continue
		}
		if p == "" {
			return s
		}
		first := runeWidth(p, 0)
		if first == len(p) {
			return s
		}
		b.WriteString("{" + p[:first] + "}")
		if p[first] != '{' {
			second := first + runeWidth(p, first)
			b.WriteString("{" + p[first:second] + "}")
			first = second
		}
		b.WriteString(p[first:])
	}
	return b.String()
}

// fixSlash turns a/b with two integers in their shortest form into a fraction.
//
// Source: the MATH data set's grader, fix_a_slash_b.
func fixSlash(s string) string {
	k := strings.IndexByte(s, '/')
	if k < 0 || !canonicalInt(s[:k]) || !canonicalInt(s[k+1:]) {
		return s
	}
	return `\frac{` + s[:k] + "}{" + s[k+1:] + "}"
}

// maxIntDigits is the most digits that Python converts to an integer.
const maxIntDigits = 4300

func canonicalInt(s string) bool {
	digits := strings.TrimPrefix(s, "-")
	if digits == "" || len(digits) > maxIntDigits || digits[0] == '0' && s != "0" {
		return false
	}
	for i := 0; i < len(digits); i++ {
		if digits[i] < '0' || digits[i] > '9' {
			return false
		}
	}
	return true
}
