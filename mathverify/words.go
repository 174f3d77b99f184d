package mathverify

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/golongrl/golongrl/internal/py"
)

// Texts without digits, commands and operators are words, single letters, or
// short letter groups that could be products of symbols.

// shortWords are the words of up to three letters that are never symbols.
var shortWords = wordSet(`a an and are as at big bad but by did do few for good had has he hot how if in is it its
	low max min mid new no non nor not odd of off old on one or our out red set she six so sum ten the too top
	true two up us was way we who why yes yet you zero all any can day end even flat high left less more most
	none null nil open same side`)

// caselessWords are the short words whose capitals mean nothing: US is not us,
// but NO is no.
var caselessWords = wordSet(`yes no not the and of all any one two six ten new old`)

// numericWords make a text a number that this package does not read.
var numericWords = wordSet(`zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
	fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand
	million billion trillion dozen half third quarter quarters thirds halves fifth tenth double twice pi phi infinity
	infinite inf nan sqrt root squared cubed log ln exp sin cos tan minus plus times over divided negative positive
	percent percentage point equals square cube degrees degree first second empty`)

// noValue are the ways to say that there is no answer; two of them may mean the
// same.
var noValue = phraseSet(`dne|does not exist|undefined|not defined|none|no solution|no solutions|no real solution|
	no real solutions|empty set|the empty set|impossible|not possible|n/a|na|no answer|nonexistent|no such number|
	infinity|diverges|divergent|null|nothing|indeterminate|cannot be determined`)

func wordSet(s string) map[string]bool {
	m := make(map[string]bool)
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

func phraseSet(s string) map[string]bool {
	m := make(map[string]bool)
	for _, w := range strings.Split(s, "|") {
		m[strings.TrimSpace(w)] = true
	}
	return m
}

// chineseNumerals spell numbers; a text of nothing else is one.
const chineseNumerals = "零〇一二两三四五六七八九十百千万亿半分之点负"

// textKind classifies a cleaned text that is not a number.
func textKind(s string) kind {
	letters := 0
	wordy := false
	numeric, chinese := false, true
	for tok := range strings.FieldsSeq(s) {
		tok = strings.Trim(tok, ",.;:!?'\"")
		if tok == "" {
			return symbolic
		}
		n := 0
		for part := range strings.SplitSeq(tok, "-") {
			size := utf8.RuneCountInString(part)
			if !wordRunes(part) || size < 2 && part != tok {
				return symbolic // x-y is a difference
			}
			n = max(n, size)
			numeric = numeric || numericWords[strings.ToLower(part)]
		}
		letters++
		if n >= 4 || shortWords[strings.ToLower(tok)] && tok != "a" && tok != "A" || tok[0] >= utf8.RuneSelf {
			wordy = true
		}
		for _, r := range tok {
			chinese = chinese && strings.ContainsRune(chineseNumerals, r)
		}
	}
	switch {
	case letters == 0:
		return symbolic
	case numeric || chinese:
		return numeral
	case wordy:
		return words
	case letters == 1:
		return symbols
	}
	return symbolic // x y
}

// wordRunes reports whether s is made of letters, with apostrophes and
// underscores inside.
func wordRunes(s string) bool {
	if s == "" {
		return false
	}
	for _, r := range s {
		if !unicode.IsLetter(r) && r != '\'' && r != '’' && r != '_' && !unicode.Is(unicode.Mn, r) {
			return false
		}
	}
	return true
}

// sameWords compares two texts of words, which differ as strings.
func sameWords(a, b string) (Verdict, string) {
	x, y := strings.Fields(a), strings.Fields(b)
	if len(x) == len(y) {
		same, exact := true, true
		for i := range x {
			s, t := strings.Trim(x[i], ".;:!?"), strings.Trim(y[i], ".;:!?")
			if s == t {
				continue
			}
			exact = false
			if py.Casefold(s) != py.Casefold(t) {
				same = false
				break
			}
			if utf8.RuneCountInString(s) < 4 && !caselessWords[strings.ToLower(s)] && !pronounceable(s) {
				return Undecided, ruleCase // Co and CO, MM and mm
			}
		}
		if same && (exact || len(x) > 1 || !singleLetter(a)) {
			return Equal, ruleText
		}
	}
	fa, fb := py.Casefold(a), py.Casefold(b)
	if noValue[fa] && noValue[fb] {
		return Undecided, ruleAbsent
	}
	if strings.ReplaceAll(fa, " ", "") == strings.ReplaceAll(fb, " ", "") {
		return Undecided, ruleSpacing
	}
	if x, y := utf8.RuneCountInString(a), utf8.RuneCountInString(b); min(x, y) == 1 && max(x, y) > 3 {
		return Undecided, ruleName
	}
	return Different, ruleText
}

// pronounceable reports a word of three letters with a vowel within: cat, but
// not ABC, which may be a product or a triangle.
func pronounceable(s string) bool {
	return len(s) == 3 && strings.ContainsAny(strings.ToLower(s[1:]), "aeiouy")
}

func singleLetter(s string) bool { return utf8.RuneCountInString(s) == 1 }

// sameLetters reports whether a and b hold the same letters in any order: as
// products they would be equal. Both are short or the answer is no.
func sameLetters(a, b string) bool {
	if len(a) != len(b) || len(a) > 8 {
		return false
	}
	for i := range len(a) {
		if strings.Count(a, a[i:i+1]) != strings.Count(b, a[i:i+1]) {
			return false
		}
	}
	return true
}
