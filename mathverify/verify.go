package mathverify

import "strings"

// verifyText compares answers by spelling: numbers of every spelling, words, and
// lists and lines of them. What needs algebra is Undecided.
//
//   - Number against number is exact. 1,234.50 is 1234.5, 1e3 and 10^{3} are
//     1000, \frac12 and 50% are 0.5, 2\frac{1}{2} is 5/2; 12% is not 12, and
//     0.333 is not 1/3. A currency sign on one side is ignored, two different
//     ones differ. x=5 is 5, and differs from y=5.
//   - "(5)" and "- 5" may be a negative number, a number in brackets or a list
//     item: against 5 and -5 they are undecided.
//   - Words are compared by spelling, without case or extra spaces. The case of
//     single letters counts, and that of abbreviations is undecided.
//   - A number differs from words, unless these spell a number (undecided).
//   - Lists, split at commas and "and", are compared item by item; the same
//     items in another order are undecided. 1,234 is a number, 1, 234 a list.
//   - Items in equal brackets are compared likewise; within ( ) and [ ] the order
//     counts, within braces it does not.
//   - Two numbers or more, in a list, in brackets, as a range or side by side, are
//     not one number.
//   - Words with numbers among them, such as Part 1, differ when one number does.
//   - Several lines are compared line by line, and their number must agree.
//
// Numbers with an exponent beyond 10,000 and fractions of more than 1,000
// digits are Undecided unless written alike. An empty answer differs from any
// other, and two empty ones are Undecided.
func verifyText(gold, answer string) (Verdict, string) {
	a, b := lines(gold), lines(answer)
	if len(a) == 1 && len(b) == 1 && (pairOfRound(a[0]) != pairOfRound(b[0])) {
		x, y := strings.ReplaceAll(a[0], ",", ""), strings.ReplaceAll(b[0], ",", "")
		if x == y || readDatum(x).num == readDatum(y).num {
			return Undecided, ruleComma
		}
	}
	switch {
	case len(a) == 0 && len(b) == 0:
		return Undecided, ruleEmpty
	case len(a) == 0 || len(b) == 0:
		return Different, ruleEmpty
	case len(a) == 1 && len(b) == 1:
		return verifyLine(a[0], b[0])
	}
	return verifyLines(a, b)
}

// lines cleans the lines of an answer and drops empty ones.
func lines(s string) []string {
	s = unwrap(s)
	if !strings.ContainsAny(s, "\n\r") {
		if s = clean(s); s == "" {
			return nil
		}
		return []string{s}
	}
	var out []string
	for line := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if line = clean(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// pairOfRound reports two round numbers of three digits, as in 100,200: a list
// as likely as the number 100200. 411,522 is a number.
func pairOfRound(s string) bool {
	return len(s) == 7 && s[3] == ',' && s[0] != '0' && leadingDigits(s) == 3 && leadingDigits(s[4:]) == 3 &&
		s[2] == '0' && s[6] == '0' && s[4] != '0'
}

func verifyLine(a, b string) (Verdict, string) {
	if a == b {
		return Equal, ruleIdentical
	}
	if offersEither(a) != offersEither(b) && (strings.ContainsAny(a, "=<>\\") || strings.ContainsAny(b, "=<>\\")) {
		return Undecided, ruleList // x=1 or y=2 says less than x=1 and y=2
	}
	x, y := readDatum(a), readDatum(b)
	if severalNumbers(a, y) || severalNumbers(b, x) {
		return Different, ruleList
	}
	la, okA := splitList(a)
	lb, okB := splitList(b)
	if okA || okB {
		return compareLists(la, lb, okA, okB, a, b, 0)
	}
	return compareData(x, y, 0)
}

// offersEither reports statements with "or" between them.
func offersEither(s string) bool {
	return strings.Contains(s, " or ") || strings.Contains(s, `\lor`) || strings.Contains(s, `\vee`) || strings.Contains(s, "或")
}

// verifyLines compares answers of which at least one has several lines.
func verifyLines(a, b []string) (Verdict, string) {
	if len(a) != len(b) {
		if strings.Join(a, " ") == strings.Join(b, " ") {
			return Undecided, ruleLines
		}
		for _, s := range append(a[:len(a):len(a)], b...) {
			if _, ok := splitList(s); ok || !decided(readDatum(s)) && !label(s) {
				return Undecided, ruleLines
			}
		}
		return Different, ruleLines
	}
	out := Equal
	bullets := false
	for i := range a {
		v, _ := verifyLine(a[i], b[i])
		switch {
		case v == Different:
			out = Different
		case v == Undecided && out == Equal:
			out = Undecided
		}
		bullets = bullets || bulleted(a[i]) != bulleted(b[i])
	}
	if bullets && out != Equal {
		return Undecided, ruleBullets
	}
	return out, ruleLines
}

// label reports plain words with numbers among them.
func label(s string) bool {
	wordy := false
	for f := range strings.FieldsSeq(s) {
		f = strings.Trim(f, ".:;")
		w := wordRunes(f)
		if !w && readDatum(f).kind != numeric {
			return false
		}
		wordy = wordy || w && len(f) > 2
	}
	return wordy
}

// bulleted reports a line that starts like an item of a Markdown list.
func bulleted(s string) bool {
	return strings.HasPrefix(s, "- ") || strings.HasPrefix(s, "* ") || strings.HasPrefix(s, "• ")
}
