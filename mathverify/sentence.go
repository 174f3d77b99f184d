package mathverify

import "strings"

// abbreviations end in a full stop that ends no sentence.
var abbreviations = wordSet(`St Dr Mr Mrs Ms Prof Mt Ft Jr Sgt Lt Col Gen Capt Rev Hon Sen Rep Gov Pres Fig Eq Sec Vol Ch
	vs approx ca cf e.g i.e eg ie`)

// sentenceEnd returns the end of the sentence or line at or after s[i], skipping
// the line break that may follow a colon, and whether it is a question.
func sentenceEnd(s string, i int) (end int, question bool) {
	for i < len(s) && strings.IndexByte(" \n\r\t*:", s[i]) >= 0 {
		i++
	}
	start := i
	for ; i < len(s); i++ {
		switch c := s[i]; c {
		case '\n', '\r':
			return i, false
		case '.', '!', '?':
			// A full stop ends a sentence before space, or behind bold or a
			// formula; 3.5 goes on.
			if i+1 < len(s) && strings.IndexByte(" \n\r\t*$)", s[i+1]) < 0 ||
				c == '.' && abbreviated(s, start, i) || c == '!' && factorialSign(s, i) {
				continue
			}
			return i, c == '?'
		case "。"[0]:
			if strings.HasPrefix(s[i:], "。") {
				return i, false
			}
		case "？"[0]:
			if strings.HasPrefix(s[i:], "？") {
				return i, true
			}
		}
	}
	return len(s), false
}

// abbreviated reports whether the full stop at s[i] belongs to the word before
// it: Dr. Smith, No. 5, J. Smith. The letters of choices stand alone: "B. It".
func abbreviated(s string, start, i int) bool {
	from := i
	for from > start && i-from < 8 && (isLetter(s[from-1]) || s[from-1] == '.') {
		from--
	}
	word, next := s[from:i], strings.TrimLeft(s[i+1:], " ")
	if len(next) == len(s[i+1:]) || next == "" || next[0] == '\n' {
		return false // nothing follows on the line
	}
	if word == "No" || word == "Nos" || word == "no" {
		return isDigit(next[0])
	}
	if abbreviations[word] {
		return true
	}
	if len(word) != 1 || word[0] < 'A' || word[0] > 'Z' || next[0] < 'A' || next[0] > 'Z' {
		return false
	}
	return word[0] > 'H' && word[0] != 'X' && word[0] != 'Y' && word[0] != 'Z' && from == start ||
		from > start && word[0] != 'I' || len(next) > 1 && next[1] == '.'
}

// factorialSign reports an exclamation mark within a formula: 5! = 120, $5!$,
// n(n-1)!. Behind a number at the end of a sentence it is an exclamation.
func factorialSign(s string, i int) bool {
	if i > 0 && s[i-1] == '!' {
		i-- // 5!!
	}
	if i == 0 || !isDigit(s[i-1]) && !isLetter(s[i-1]) && s[i-1] != ')' {
		return false
	}
	if strings.HasPrefix(s[i:], "!!") {
		return true
	}
	if s[i-1] == ')' || isLetter(s[i-1]) && (i == 1 || !isLetter(s[i-2])) {
		return true
	}
	if i+1 == len(s) {
		return false
	}
	if s[i+1] == '$' || s[i+1] == ')' {
		return true
	}
	next := strings.TrimLeft(s[i+1:min(len(s), i+8)], " ")
	return next != "" && strings.IndexByte(`=+-/<>\^`, next[0]) >= 0
}

// maxSentence bounds how far back the start of a sentence is sought.
const maxSentence = 400

// sentenceStart returns where the sentence that s[i] belongs to begins.
func sentenceStart(s string, i int) int {
	for limit := max(0, i-maxSentence); i > limit; i-- {
		switch s[i-1] {
		case '\n', '.', '!', '?':
			return i
		}
		if strings.HasSuffix(s[:i], "。") {
			return i
		}
	}
	return i
}
