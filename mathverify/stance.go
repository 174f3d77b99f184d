package mathverify

import "strings"

var (
	// Words of the clause before an announcement that deny it or leave it open.
	negators = wordSet(`not no never isn't don't doesn't didn't can't cannot unlikely wrong incorrect wasn't nor neither
		doubt doubts false nobody none hardly`)
	conditionals = wordSet(`whether if unless suppose supposing assuming maybe perhaps possibly`)
	// Words right before the noun that make it another answer.
	outdated = wordSet(`previous earlier initial first original old tentative naive wrong incorrect`)
	// A negator before one of these denies what a later clause says.
	attitudes = wordSet(`think believe sure certain say saying claim conclude mean follow case true correct agree accept convinced`)
	// Words behind "is" that leave the value open.
	maybes = wordSet(`probably likely maybe perhaps possibly presumably unlikely`)
	// Words behind "is" that name no value.
	remarkWords = wordSet(`correct right verified confirmed consistent reasonable valid unique`)

	chineseNegators     = [...]string{"不是", "并非", "不认为", "错误", "不对", "不觉得", "不相信"}
	chineseConditionals = [...]string{"是否", "如果", "假如", "假设", "也许", "或许", "可能"}
)

// stanceOf says what an announcement does with the answer behind it.
func stanceOf(s string, a announcement, answer string, question bool) stance {
	if a.stance != asserts {
		return a.stance
	}
	before := s[sentenceStart(s, a.at):a.at]
	if st := stanceBefore(before); st != asserts {
		return st
	}
	if question {
		return hedges
	}
	word, rest, _ := strings.Cut(answer, " ")
	rest = strings.TrimLeft(rest, " *")
	switch {
	case maybes[word]:
		return hedges
	case deniesWithin(answer):
		return denies
	case word == "either" && strings.Contains(rest, " or "):
		return hedges
	case word == "not", word == "never", word == "neither":
		// "not 42" denies; "not enough information" is an answer, as is any
		// other text, which equals only itself.
		if rest == "" && word == "neither" || rest != "" && (valueStart(rest) || word == "neither" && strings.Contains(rest, " nor ")) {
			return denies
		}
	case remarkWords[strings.TrimRight(word, ",;")]:
		return remarks
	}
	return asserts
}

// valueStart reports a text that starts like a number, a formula or a choice.
func valueStart(s string) bool {
	return isDigit(s[0]) || strings.IndexByte(`$-+\([.`, s[0]) >= 0 ||
		isLetter(s[0]) && (len(s) == 1 || !isLetter(s[1]) && s[1] < 0x80) || strings.HasPrefix(s, "−")
}

// stanceBefore reads the part of a sentence before the noun. Denials count in
// its last clause, and before that only where they govern what follows.
func stanceBefore(s string) stance {
	clause := s
	for _, sep := range [...]string{",", ";", ":", "，", "；", "：", " so ", " therefore ", " thus ", " hence ", " because ", "所以", "因此"} {
		if i := strings.LastIndex(clause, sep); i >= 0 {
			clause = clause[i+len(sep):]
		}
	}
	st := asserts
	last := [2]string{}
	negated := 0 // words since a negator, from 1
	for w := range wordsIn(s) {
		switch {
		case negators[w]:
			negated = 1
		case negated > 0:
			if attitudes[w] || w == "whether" {
				return denies
			}
			if negated++; negated > 4 {
				negated = 0
			}
		}
		if w == "doubt" || w == "whether" || w == "unlikely" || w == "unsure" {
			return denies
		}
	}
	for w := range wordsIn(clause) {
		switch {
		case negators[w]:
			st = denies
		case conditionals[w] && st == asserts:
			st = hedges
		}
		last[0], last[1] = last[1], w
	}
	for _, w := range chineseNegators {
		if strings.Contains(clause, w) {
			st = denies
		}
	}
	for _, w := range chineseConditionals {
		if st == asserts && strings.Contains(clause, w) {
			st = hedges
		}
	}
	if st == asserts && (outdated[last[0]] || outdated[last[1]]) {
		st = denies
	}
	return st
}

// deniesWithin reports a denial of a number with an adverb around it: "surely
// not 42", "not necessarily 42", "no longer 42".
func deniesWithin(answer string) bool {
	const first = 3
	n, negated := 0, false
	for w := range strings.FieldsSeq(answer) {
		if n++; n > first {
			return false
		}
		if leadingDigits(strings.TrimLeft(w, "$*-(")) > 0 {
			return negated
		}
		negated = negated || w == "not" || w == "never" || w == "longer" && strings.HasPrefix(answer, "no ")
	}
	return false
}
