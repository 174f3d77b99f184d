package graders

import (
	"strings"

	"github.com/golongrl/golongrl/internal/py"
)

// PRM800K grades an answer as OpenAI's prm800k does: equal in the normal form of
// the MATH data set; or in a normal form of text without units, dollar and
// percent signs, with LaTeX turned into text; or, part by part for tuples and
// intervals,
//
//	fractions of integers   equal as text, so an unreduced one is refused
//	integers                equal as text
//	anything else           equal by symbolic, which sees plain text such as sqrt(3)/2
//
// Where symbolic cannot tell, two short decimals are compared by value, as sympy
// would. It is not asked about text with more than two distinct letters or with
// large powers.
//
// Source: openai/prm800k 7ecc794, grading/grader.py, grade_answer.
func PRM800K(gold, answer string, symbolic Symbolic) (bool, error) {
	return decide(gold, answer, symbolic, func(k *asker) (bool, error) {
		return gradeText(k, gold, answer, openai)
	})
}

// MathRuler grades an answer as mathruler's grade_answer does: by the rule of
// [PRM800K], but without percent signs in the first normal form.
//
// Source: mathruler 0.1.0, grader.py; used by GoLongRL's geo3k.py.
func MathRuler(gold, answer string, symbolic Symbolic) (bool, error) {
	return decide(gold, answer, symbolic, func(k *asker) (bool, error) {
		return gradeText(k, gold, answer, mathRuler)
	})
}

// gradeText is grade_answer of prm800k and its copies. That of verl's
// prime_math keeps spaces and braces and knows liters.
func gradeText(k *asker, gold, answer string, d dialect) (bool, error) {
	if normalizeAnswer(gold, d) == normalizeAnswer(answer, d) {
		return true, nil
	}
	g, err := normalizeText(gold, d)
	if err != nil {
		return false, err
	}
	a, err := normalizeText(answer, d)
	if err != nil {
		return false, err
	}
	if g == a {
		return true, nil
	}
	if a == "" {
		return false, nil
	}
	golds, answers := splitTuple(g), splitTuple(a)
	if len(golds) > 1 {
		// Brackets and parentheses count, and both are one byte wide in gold.
		_, last := cutLast(a)
		if first, _ := cutChar(a); g[:1] != first || g[len(g)-1:] != last {
			return false, nil
		}
	}
	if len(golds) != len(answers) {
		return false, nil
	}
	for i, ge := range golds {
		if !k.spend(partWork + len(ge) + len(answers[i])) {
			return false, ErrLimit
		}
		if !equalPart(k, ge, answers[i]) {
			return false, nil
		}
	}
	return true, nil
}

// cutLast splits s before its last code point.
func cutLast(s string) (before, last string) {
	if s == "" {
		return "", ""
	}
	n := len(s) - lastSize(s)
	return s[:n], s[n:]
}

func equalPart(k *asker, gold, answer string) bool {
	if isFraction(gold) && isFraction(answer) {
		return gold == answer
	}
	if isIntText(gold) != isIntText(answer) {
		return false
	}
	expr := "(" + gold + ")-(" + answer + ")"
	return mayEvaluate(expr) && k.askText(gold, answer)
}

// mayEvaluate is should_allow_eval: at most two distinct letters beside sqrt
// and frac, and no braced, parenthesised, stacked or large powers.
func mayEvaluate(expr string) bool {
	var letters [2]rune
	known := 0
	plain := strings.ReplaceAll(strings.ReplaceAll(expr, "sqrt", ""), "frac", "")
	for _, r := range plain {
		if r < 'A' || !isAlpha(r) || known > 0 && r == letters[0] || known > 1 && r == letters[1] {
			continue
		}
		if known == len(letters) {
			return false
		}
		letters[known] = r
		known++
	}
	for i := strings.IndexByte(expr, '^'); i >= 0 && i < len(expr); i++ {
		if expr[i] != '^' || i+1 == len(expr) {
			continue
		}
		if c := expr[i+1]; c == '{' || c == '(' {
			return false
		}
		end := digitsEnd(expr, i+1)
		if end > i+2 || end == i+2 && end < len(expr) && expr[end] == '^' {
			return false
		}
	}
	return true
}

// units are deleted wherever they stand, one after the other.
var units = [...]string{
	"degree", "cm", "centimeter", "meter", "mile", "second", "minute", "hour", "day", "week", "month", "year", "foot", "feet",
	"inch", "yard", "liter",
}

// normalizeText is _normalize.
func normalizeText(s string, d dialect) (string, error) {
	if text, ok := enclosed(s); ok {
		s = text
	}
	if !plainInteger(s) {
		s = strings.ReplaceAll(s, `\%`, "%")
		s = strings.ReplaceAll(s, `\$`, "$")
		s = strings.ReplaceAll(s, "$", "")
		s = strings.ReplaceAll(s, "%", "")
		s = strings.ReplaceAll(s, " or ", " , ")
		s = strings.ReplaceAll(s, " and ", " , ")
		s = strings.ReplaceAll(s, "million", "*10^6")
		s = strings.ReplaceAll(s, "billion", "*10^9")
		s = strings.ReplaceAll(s, "trillion", "*10^12")
		known := units[:]
		if d != verl {
			known = known[:len(known)-1]
		}
		for _, u := range known {
			s = deleteUnit(s, u)
		}
		s = deleteDegrees(s)
	}
	if s != "" && s[0] == '{' && s[len(s)-1] == '}' {
		s = s[1:max(1, len(s)-1)]
	}
	s = deleteThinCommas(s)
	if f, ok := parseFloat(s); ok && nearInt(f) {
		s = roundedInt(f)
	}
	if strings.IndexByte(s, '\\') >= 0 {
		text, err := latexText(s)
		switch err {
		case nil:
			s = text
		case errTexOpen:
			return "", ErrUndecided
		}
	}
	s = deleteBehind(s, "-", ' ')
	s = mixedNumbers(s)
	if d != verl {
		s = strings.ReplaceAll(s, " ", "")
		s = strings.ReplaceAll(s, "{", "")
		s = strings.ReplaceAll(s, "}", "")
	}
	s = py.Lower(s)
	if isIntText(s) {
		// Commas anywhere go, and what is behind the point is cut off.
		if f, ok := parseFloat(strings.ReplaceAll(s, ",", "")); ok {
			s = intText(f)
		}
	}
	return s, nil
}

// latexText is _parse_latex.
func latexText(s string) (string, error) {
	s = strings.ReplaceAll(s, `\tfrac`, `\frac`)
	s = strings.ReplaceAll(s, `\dfrac`, `\frac`)
	s = strings.ReplaceAll(s, `\frac`, ` \frac`)
	s, err := texToText(s)
	if err != nil {
		return "", err
	}
	for _, r := range [...][2]string{{"√", "sqrt"}, {"π", "pi"}, {"∞", "inf"}, {"∪", "U"}, {"·", "*"}, {"×", "*"}} {
		s = strings.ReplaceAll(s, r[0], r[1])
	}
	return py.Strip(s), nil
}

// deleteUnit deletes all matches of unit(es)?(s)? *(\^[0-9]+)?
func deleteUnit(s, unit string) string {
	i := strings.Index(s, unit)
	if i < 0 {
		return s
	}
	var b strings.Builder
	for ; i >= 0; i = strings.Index(s, unit) {
		b.WriteString(s[:i])
		s = s[i+len(unit):]
		s = strings.TrimPrefix(s, "es")
		s = strings.TrimPrefix(s, "s")
		s = s[spacesEnd(s, 0):]
		if strings.HasPrefix(s, "^") {
			if end := digitsEnd(s, 1); end > 1 {
				s = s[end:]
			}
		}
	}
	b.WriteString(s)
	return b.String()
}

// deleteDegrees deletes all matches of \^ *\\circ
func deleteDegrees(s string) string {
	if !strings.Contains(s, `\circ`) {
		return s
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '^')
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		end := spacesEnd(s, i+1)
		if strings.HasPrefix(s[end:], `\circ`) {
			b.WriteString(s[:i])
			s = s[end+len(`\circ`):]
			continue
		}
		b.WriteString(s[:end])
		s = s[end:]
	}
}

// deleteThinCommas deletes commas with a negative thin space, ",\!", and the
// spaces behind.
func deleteThinCommas(s string) string {
	const comma = `,\!`
	i := strings.Index(s, comma)
	if i < 0 {
		return s
	}
	var b strings.Builder
	for ; i >= 0; i = strings.Index(s, comma) {
		b.WriteString(s[:i])
		s = s[spacesEnd(s, i+len(comma)):]
	}
	b.WriteString(s)
	return b.String()
}

// deleteBehind deletes the runs of c behind every mark.
func deleteBehind(s, mark string, c byte) string {
	if !strings.Contains(s, mark+string(c)) {
		return s
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, mark)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteString(mark)
		s = strings.TrimLeft(after, string(c))
	}
}

// mixedNumbers writes a plus sign for spaces between two digits. Matches do not
// overlap: of "1 2 3" only the first two digits are joined.
func mixedNumbers(s string) string {
	if strings.IndexByte(s, ' ') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); {
		if isDigit(s[i]) && i+1 < len(s) && s[i+1] == ' ' {
			end := spacesEnd(s, i+1)
			if end < len(s) && isDigit(s[end]) {
				b = append(b, s[i], '+', s[end])
			} else {
				b = append(b, s[i:end]...)
				end--
			}
			i = end + 1
			continue
		}
		b = append(b, s[i])
		i++
	}
	return string(b)
}

// stripCommas deletes the commas of numbers with three digits behind them:
//
//	(\d)(,)(\d\d\d)($|\D)
//
// over and over. A match takes the character behind it, so every second comma
// of a long number is seen one round later, when its group is too long.
func stripCommas(s string) string {
	for strings.IndexByte(s, ',') >= 0 {
		next := stripCommasOnce(s)
		if next == s {
			break
		}
		s = next
	}
	return s
}

func stripCommasOnce(s string) string {
	var b strings.Builder
	from, taken := 0, 0 // copied up to from; a match may begin at taken
	for at := strings.IndexByte(s, ','); at >= 0; {
		next := at + 1
		if at > taken {
			digit := s[at-lastSize(s[:at]) : at]
			end, ok := threeDecimals(s, at+1)
			if at-len(digit) >= taken && decimalsEnd(digit, 0) == len(digit) && ok {
				b.WriteString(s[from:at])
				from, taken = at+1, end
				next = max(next, end)
			}
		}
		i := strings.IndexByte(s[next:], ',')
		if i < 0 {
			break
		}
		at = next + i
	}
	if from == 0 {
		return s
	}
	b.WriteString(s[from:])
	return b.String()
}

// threeDecimals matches (\d\d\d)($|\D) at s[i:] and returns its end.
func threeDecimals(s string, i int) (end int, ok bool) {
	for range 3 {
		if i >= len(s) {
			return 0, false
		}
		r, n := py.DecodeRune(s[i:])
		if !py.IsDecimal(r) {
			return 0, false
		}
		i += n
	}
	if i == len(s) || i == len(s)-1 && s[i] == '\n' {
		return i, true // $ is tried first and takes nothing
	}
	r, n := py.DecodeRune(s[i:])
	return i + n, !py.IsDecimal(r)
}

// isFraction matches ^-?[0-9]+.?/0*[1-9][0-9]*.?$
func isFraction(s string) bool {
	s = strings.TrimPrefix(s, "-")
	end := digitsEnd(s, 0)
	if end == 0 {
		return false
	}
	s = s[end:]
	c, rest := cutChar(s)
	if c != "\n" && strings.HasPrefix(rest, "/") && startsDenominator(rest[1:]) {
		return true
	}
	return c == "/" && startsDenominator(rest)
}

// startsDenominator matches 0*[1-9][0-9]*.?$
func startsDenominator(s string) bool {
	end := digitsEnd(s, 0)
	if strings.Trim(s[:end], "0") == "" {
		return false
	}
	if atEnd(s, end) {
		return true
	}
	c, rest := cutChar(s[end:])
	return c != "\n" && atEnd(rest, 0)
}

// isIntText reports whether a text, well-placed commas dropped, is a float that
// is nearly an integer.
func isIntText(s string) bool {
	f, ok := parseFloat(stripCommas(s))
	return ok && nearInt(f)
}

// splitTuple returns the parts of a tuple or interval, or the text as the only
// part.
func splitTuple(s string) []string {
	const brackets = "()[]"
	s = stripCommas(s)
	if s == "" {
		return nil
	}
	last := s[len(s)-1]
	if len(s) > 2 && strings.IndexByte(brackets, s[0]) >= 0 && strings.IndexByte(brackets, last) >= 0 && !strings.ContainsAny(s[1:len(s)-1], brackets) {
		parts := strings.Split(s[1:len(s)-1], ",")
		for i, p := range parts {
			parts[i] = py.Strip(p)
		}
		return parts
	}
	return []string{s}
}
