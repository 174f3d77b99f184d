package mathverify

import "strings"

// kind is what a cleaned text is taken for.
type kind uint8

const (
	symbolic  kind = iota // anything this package does not understand
	numeric               // a number
	words                 // plain text
	symbols               // one short letter group: a choice, a variable, a product
	numeral               // words that spell a number or an operation
	bracketed             // a list in brackets
)

// The rules that Verify names.
const (
	ruleEmpty     = "empty"
	ruleIdentical = "identical"
	ruleNumber    = "number"
	ruleCurrency  = "currency"
	ruleVariable  = "variable"
	ruleSign      = "sign convention"
	ruleLimit     = "limit"
	ruleText      = "text"
	ruleTextNum   = "text against number"
	ruleLabel     = "label"
	ruleCase      = "case"
	ruleSpacing   = "spacing"
	ruleAbsent    = "no-value words"
	ruleNumeral   = "number in words"
	ruleSymbolic  = "symbolic"
	ruleBrackets  = "brackets"
	ruleList      = "list"
	ruleOrder     = "order"
	ruleComma     = "ambiguous comma"
	ruleLines     = "lines"
	ruleBullets   = "bullets"
	ruleName      = "name" // B and Option B, ℝ and all real numbers
	ruleBudget    = "step budget"
	ruleUnread    = "not mathematics"
)

// datum is one value of an answer.
type datum struct {
	reading
	kind     kind
	text     string // cleaned
	variable byte   // the x of "x=5", 0 if there is none
}

// readDatum classifies a cleaned text.
func readDatum(s string) datum {
	v := datum{text: s}
	if r, ok := parseNumber(strings.TrimPrefix(s, "=")); ok {
		v.reading, v.kind = r, numeric
		return v
	}
	if len(s) > 2 && isLetter(s[0]) && s[1] == '=' && s[0] != 'e' && s[0] != 'i' {
		// An assignment stands for its value only when that is a number:
		// x=y is not y.
		if r, ok := parseNumber(strings.TrimSpace(s[2:])); ok {
			v.reading, v.kind, v.variable = r, numeric, s[0]
			return v
		}
		return v
	}
	if len(s) == 3 && s[0] == '(' && s[2] == ')' && isLetter(s[1]) {
		s = s[1:2] // (A)
		v.text = s
	}
	if open, _ := brackets(s); open != "" {
		v.kind = bracketed
		return v
	}
	v.kind = textKind(s)
	return v
}

// compareData applies the rules for single values. It is symmetric.
func compareData(a, b datum, depth int) (Verdict, string) {
	if a.text == b.text {
		return Equal, ruleIdentical
	}
	if a.huge || b.huge {
		return Undecided, ruleLimit
	}
	if a.kind > b.kind {
		a, b = b, a
	}
	switch {
	case a.kind == symbolic && b.kind == symbolic:
		return compareLabels(a.text, b.text)
	case a.kind == symbolic:
		return Undecided, ruleSymbolic
	case a.kind == numeric && b.kind == numeric:
		return compareNumbers(a, b)
	case a.kind == bracketed:
		return compareBrackets(a.text, b.text, depth)
	case a.kind == numeric && b.kind == bracketed:
		return bracketsAgainstOne(b.text, a)
	case b.kind == bracketed:
		return Undecided, ruleBrackets
	case b.kind == numeral:
		if a.kind == numeral || a.kind == words {
			if v, rule := sameWords(a.text, b.text); v == Equal {
				return v, rule
			}
		}
		return Undecided, ruleNumeral
	case a.kind == numeric:
		return Different, ruleTextNum
	case a.kind == symbols && b.kind == symbols && (singleLetter(a.text) || singleLetter(b.text)):
		return Different, ruleText
	case b.kind == symbols && a.kind == symbols && sameLetters(a.text, b.text):
		return Undecided, ruleSymbolic
	case a.kind == words && b.kind == symbols && labels(a.text, b.text):
		return Undecided, ruleLabel
	}
	return sameWords(a.text, b.text)
}

// labels reports a text that starts with the letter of a choice: "B. Paris".
func labels(text, letter string) bool {
	first, _, _ := strings.Cut(text, " ")
	return singleLetter(letter) && strings.Trim(first, ".:)(") == letter
}

func compareNumbers(a, b datum) (Verdict, string) {
	if a.num != b.num {
		if (a.loose || b.loose) && a.num.abs() == b.num.abs() {
			return Undecided, ruleSign
		}
		return Different, ruleNumber
	}
	switch {
	case a.loose != b.loose:
		return Undecided, ruleSign
	case a.currency != b.currency && a.currency != "" && b.currency != "":
		return Different, ruleCurrency
	case a.variable != b.variable && a.variable != 0 && b.variable != 0:
		return Different, ruleVariable
	}
	return Equal, ruleNumber
}
