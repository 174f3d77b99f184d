package mathverify

import "strings"

// unitSuffix reads a cleaned text that is a number and one lower-case English
// word: 42 apples.
func unitSuffix(s string) (num datum, unit string, ok bool) {
	i := strings.LastIndexByte(s, ' ')
	if i <= 0 {
		return datum{}, "", false
	}
	unit = s[i+1:]
	if len(unit) < 3 || len(unit) > 24 {
		return datum{}, "", false
	}
	for k := range len(unit) {
		if unit[k] < 'a' || unit[k] > 'z' {
			return datum{}, "", false
		}
	}
	num = readDatum(s[:i])
	return num, unit, num.kind == numeric && decided(num) && num.currency == "" && num.variable == 0
}

var (
	// notUnits end in s, or follow a number, and change or deny it.
	notUnits = wordSet(`plus minus less times is was does has this thus us yes pls plus minus unless guess perhaps always
		is wrong not dozens tens hundreds thousands millions billions trillions scores pairs couples cents pence pennies
		halves thirds quarters fourths fifths sixths sevenths eighths ninths tenths hundredths thousandths modulus
		percents percentages points bps basis pcts radians squares cubes multiples factors digits bases sqrts logs
		negatives others versus apiece as its hers ours theirs his yours`)
	// plainUnits have no plural s.
	plainUnits = wordSet(`people children men women feet mice geese teeth sheep fish deer dollars euro yen yuan degrees units
		hertz celsius fahrenheit`)
	// measures convert into one another, so that another number may be equal.
	measures = wordSet(`seconds minutes hours days weeks months years decades inches feet yards miles ounces pounds tons
		tonnes gallons quarts pints cups acres hectares calories degrees celsius fahrenheit dollars euros meters metres grams
		liters litres bytes bits watts joules volts amps newtons pascals hertz knots`)
)

// compareUnit compares a plain number with an answer that names a unit behind
// it. ok is false when the texts are no such pair.
func compareUnit(gold, answer string) (v Verdict, rule string, ok bool) {
	num, unit, ok := unitSuffix(answer)
	if !ok || notUnits[unit] || numericWords[unit] {
		return 0, "", false
	}
	one := num.num.abs() == decimal("1", "", 0)
	if !plainUnits[unit] && !one && (!strings.HasSuffix(unit, "s") || strings.HasSuffix(unit, "ss")) {
		return 0, "", false
	}
	if one && (negators[unit] || maybes[unit] || conditionals[unit] || remarkWords[unit] || cues[unit] != cueNone || shortWords[unit]) {
		return 0, "", false
	}
	g := readDatum(gold)
	if g.kind != numeric || !decided(g) || g.currency != "" || g.variable != 0 || strings.ContainsAny(gold, "%") || strings.ContainsAny(answer, "%°") {
		return 0, "", false
	}
	switch {
	case g.num == num.num:
		return Equal, ruleUnit, true
	case convertible(unit):
		return Undecided, ruleUnit, true
	}
	return Different, ruleUnit, true
}

// convertible reports a unit of measure, with or without a prefix.
func convertible(unit string) bool {
	if measures[unit] {
		return true
	}
	for _, base := range [...]string{"meters", "metres", "grams", "liters", "litres", "bytes", "bits", "watts", "joules", "volts", "seconds", "hertz", "newtons", "pascals"} {
		if strings.HasSuffix(unit, base) {
			return true
		}
	}
	return false
}

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
	if !wordRunes(strings.Trim(a, ".:;,")) {
		return false
	}
	v := Equal
	if a != b {
		v, _ = sameWords(a, b)
	}
	return v == Equal
}
