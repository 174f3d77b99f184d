package mathverify

import "strings"

// severalNumbers reports a cleaned text that is several numbers for certain,
// none of them a reading of the single one given: "42 43" and "between 41 and
// 43". Digits of one badly grouped number, and numbers that are all the same,
// are not.
func severalNumbers(s string, one datum) bool {
	if one.kind != numeric || !decided(one) {
		return false
	}
	const longest = 256
	if len(s) > longest {
		return false
	}
	for _, form := range [...][2]string{{"between ", " and "}, {"from ", " to "}} {
		if len(s) > len(form[0]) && strings.EqualFold(s[:len(form[0])], form[0]) {
			x, y, ok := strings.Cut(s[len(form[0]):], form[1])
			a, b := readDatum(x), readDatum(y)
			return ok && a.kind == numeric && b.kind == numeric && decided(a) && decided(b) && a.num != b.num
		}
	}
	fields := strings.Fields(s)
	if len(fields) < 2 {
		return false
	}
	all := true
	joined := ""
	for _, f := range fields {
		x := readDatum(f)
		if !isDigit(f[0]) || x.kind != numeric || !decided(x) || strings.ContainsAny(f, "/^!") {
			return false
		}
		all = all && x.num == one.num
		joined += f
	}
	if all {
		return false
	}
	x := readDatum(joined)
	return x.kind != numeric || x.num != one.num.abs()
}

// otherReading reports whether a list whose only separators are bare commas
// could be the number given: with a decimal comma, or with groups of any size.
func otherReading(s string, one datum) bool {
	s = strings.Trim(s, `()[]{}\`)
	joined := readDatum(strings.ReplaceAll(s, ",", ""))
	if joined.huge || joined.kind == numeric && joined.num.abs() == one.num.abs() {
		return true
	}
	point := readDatum(strings.Replace(s, ",", ".", 1))
	return point.huge || point.kind == numeric && point.num.abs() == one.num.abs()
}

// bracketsAgainstOne compares a bracketed text with a number. Two numbers or
// more are not one.
func bracketsAgainstOne(s string, one datum) (Verdict, string) {
	_, inside := brackets(s)
	l, ok := splitList(inside)
	if !ok || !decided(one) || groupedComma(inside) || l.bare && otherReading(inside, one) {
		return Undecided, ruleBrackets
	}
	all := true
	for _, x := range readAll(l.items) {
		if x.kind != numeric || !decided(x) {
			return Undecided, ruleBrackets
		}
		all = all && x.num == one.num
	}
	if all {
		return Undecided, ruleBrackets
	}
	return Different, ruleBrackets
}

// compareLabels compares two texts of words with numbers among them, such as
// Part 1 and Cluster A 25.00%. The words must be the same; then one number that
// differs decides. Numbers that are equal but written otherwise are Equal only
// as percentages or amounts: version 1.10 is not version 1.1.
func compareLabels(a, b string) (Verdict, string) {
	x, y := strings.Fields(a), strings.Fields(b)
	const longest = 64
	if len(x) != len(y) || len(x) < 2 || len(x) > longest {
		return Undecided, ruleSymbolic
	}
	differ, unsure, wordy, after := 0, false, false, false
	for i := range x {
		s, t := readDatum(strings.TrimRight(x[i], ".:;,")), readDatum(strings.TrimRight(y[i], ".:;,"))
		if s.kind != numeric || t.kind != numeric {
			if s.kind == numeric || t.kind == numeric || !sameWord(x[i], y[i]) {
				return Undecided, ruleSymbolic
			}
			wordy, after = true, false
			continue
		}
		if after || !decided(s) || !decided(t) || s.comma != t.comma {
			return Undecided, ruleSymbolic // 2 1/2 cups
		}
		after = true
		switch {
		case x[i] == y[i]:
		case s.num != t.num:
			differ++
		case s.currency != t.currency:
			unsure = true
		case !strings.HasSuffix(s.text, "%") && s.currency == "":
			unsure = true
		}
	}
	switch {
	case !wordy || unsure || differ > 1:
		return Undecided, ruleSymbolic
	case differ == 1:
		return Different, ruleNumber
	}
	return Equal, ruleText
}

// sameWord compares two words without case, unless they are short.
func sameWord(a, b string) bool {
	if !wordRunes(strings.Trim(a, ".:;,")) || !wordRunes(strings.Trim(b, ".:;,")) {
		return false
	}
	v := Equal
	if a != b {
		v, _ = sameWords(a, b)
	}
	return v == Equal
}
