package rouge

import (
	"unicode/utf8"

	"github.com/golongrl/golongrl/internal/py"
)

// Stem returns the Porter stem of a word, lower-cased, as NLTK computes it in
// its default mode. That mode differs from the published algorithm in these
// points:
//
//   - words of one or two letters, and a list of irregular forms, are exempt
//   - four-letter words in -ies and -ied keep the e: dies and died give die
//   - -ied goes to -i without looking at the stem
//   - y goes to i after a consonant that is not the first letter, and only then
//   - -bli goes to -ble, -fulli to -ful and, if the stem with its l has a
//     vowel and a consonant, -logi to -log
//   - -alli goes to -al before the other rules of step 2, which then run again
//   - a vowel and a consonant alone count as a short stem, so e is restored
//
// Any character other than a, e, i, o, u and y is a consonant. Stem takes time
// linear in the length of the word.
//
// Source: M. F. Porter, "An algorithm for suffix stripping", Program 14(3),
// 1980; nltk 3.10, PorterStemmer with NLTK_EXTENSIONS.
func Stem(word string) string {
	low := py.Lower(word)
	if s, ok := irregular[low]; ok {
		return s
	}
	if py.RuneCount(word) <= 2 {
		return low
	}
	var buf [64]byte
	b, ascii := appendLetters(buf[:0], low)
	b = stem(b)
	if ascii {
		return string(b)
	}
	return string(appendOriginals(make([]byte, 0, len(low)), low, b))
}

// appendLetters appends one byte per character of s: itself if it is ASCII,
// else one of two stand-ins, so that equal neighbours and only those remain
// equal. That is all the algorithm asks of a letter it has no rule for.
func appendLetters(dst []byte, s string) (letters []byte, ascii bool) {
	const standIn = utf8.RuneSelf
	ascii = true
	prev, flip := rune(-1), byte(0)
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			dst = append(dst, c)
			prev = rune(c)
			i++
			continue
		}
		ascii = false
		r, n := py.DecodeRune(s[i:])
		if r == utf8.RuneError && n == 1 {
			r = -2 - rune(s[i]) // an invalid byte equals only itself
		}
		if r != prev {
			flip ^= 1
		}
		dst = append(dst, standIn|flip)
		prev = r
		i += n
	}
	return dst, ascii
}

// appendOriginals appends letters with every stand-in replaced by the character
// of s at the same place.
func appendOriginals(dst []byte, s string, letters []byte) []byte {
	for _, c := range letters {
		n := 1
		if len(s) > 0 {
			_, n = py.DecodeRune(s)
		}
		if c < utf8.RuneSelf {
			dst = append(dst, c)
		} else {
			dst = append(dst, s[:n]...)
		}
		s = s[min(n, len(s)):]
	}
	return dst
}

// irregular lists the forms that NLTK looks up instead of computing.
var irregular = map[string]string{
	"sky": "sky", "skies": "sky",
	"dying": "die", "lying": "lie", "tying": "tie",
	"news":    "news",
	"innings": "inning", "inning": "inning",
	"outings": "outing", "outing": "outing",
	"cannings": "canning", "canning": "canning",
	"howe":    "howe",
	"proceed": "proceed", "exceed": "exceed", "succeed": "succeed",
}

// stem reduces a lower-case word in place. No result is longer than the word.
func stem(w []byte) []byte {
	w = plural(w)
	w = pastAndGerund(w)
	w = finalY(w)
	w = doubleSuffix(w)
	w = singleSuffix(w)
	w = bareSuffix(w)
	w = finalE(w)
	return doubleL(w)
}

// plural is step 1a.
func plural(w []byte) []byte {
	n := len(w)
	switch {
	case hasSuffix(w, "ies") && n == 4:
		return w[:n-1]
	case hasSuffix(w, "sses"), hasSuffix(w, "ies"):
		return w[:n-2]
	case hasSuffix(w, "s") && !hasSuffix(w, "ss"):
		return w[:n-1]
	}
	return w
}

// pastAndGerund is step 1b.
func pastAndGerund(w []byte) []byte {
	n := len(w)
	switch {
	case hasSuffix(w, "ied"):
		if n == 4 {
			return w[:n-1]
		}
		return w[:n-2]
	case hasSuffix(w, "eed"):
		if measure(w[:n-3]) > 0 {
			return w[:n-1]
		}
		return w
	case hasSuffix(w, "ed") && hasVowel(w[:n-2]):
		return restore(w[:n-2])
	case hasSuffix(w, "ing") && hasVowel(w[:n-3]):
		return restore(w[:n-3])
	}
	return w
}

// restore repairs what remains of a word that lost -ed or -ing.
func restore(w []byte) []byte {
	n := len(w)
	switch {
	case hasSuffix(w, "at"), hasSuffix(w, "bl"), hasSuffix(w, "iz"):
		return append(w, 'e')
	case n >= 2 && w[n-1] == w[n-2] && isConsonant(w, n-1):
		if c := w[n-1]; c == 'l' || c == 's' || c == 'z' {
			return w
		}
		return w[:n-1]
	case hasSuffix(w, "*d"):
		// NLTK spells the condition above as the suffix "*d", which a word
		// may end in as well.
		w[n-2] = 'd'
		return w[:n-1]
	case measure(w) == 1 && isShort(w):
		return append(w, 'e')
	}
	return w
}

// finalY is step 1c.
func finalY(w []byte) []byte {
	if n := len(w); n > 2 && w[n-1] == 'y' && isConsonant(w, n-2) {
		w[n-1] = 'i'
	}
	return w
}

// A rule replaces a suffix if the stem before it is long enough.
type rule struct {
	suffix, by string
}

// The rules of steps 2 to 4, by the last letter of the suffix; the first that
// fits decides.
var (
	doubleRules = byLastLetter([]rule{
		{"ational", "ate"}, {"tional", "tion"}, {"enci", "ence"}, {"anci", "ance"},
		{"izer", "ize"}, {"bli", "ble"}, {"alli", "al"}, {"entli", "ent"},
		{"eli", "e"}, {"ousli", "ous"}, {"ization", "ize"}, {"ation", "ate"},
		{"ator", "ate"}, {"alism", "al"}, {"iveness", "ive"}, {"fulness", "ful"},
		{"ousness", "ous"}, {"aliti", "al"}, {"iviti", "ive"}, {"biliti", "ble"},
		{"fulli", "ful"}, {"logi", "log"},
	})
	singleRules = byLastLetter([]rule{
		{"icate", "ic"}, {"ative", ""}, {"alize", "al"}, {"iciti", "ic"},
		{"ical", "ic"}, {"ful", ""}, {"ness", ""},
	})
	bareRules = byLastLetter([]rule{
		{"al", ""}, {"ance", ""}, {"ence", ""}, {"er", ""}, {"ic", ""},
		{"able", ""}, {"ible", ""}, {"ant", ""}, {"ement", ""}, {"ment", ""},
		{"ent", ""}, {"ion", ""}, {"ou", ""}, {"ism", ""}, {"ate", ""},
		{"iti", ""}, {"ous", ""}, {"ive", ""}, {"ize", ""},
	})
)

func byLastLetter(rules []rule) (t [26][]rule) {
	for _, r := range rules {
		c := r.suffix[len(r.suffix)-1] - 'a'
		t[c] = append(t[c], r)
	}
	return t
}

// fit returns the first rule whose suffix w has.
func fit(t *[26][]rule, w []byte) (rule, bool) {
	if len(w) > 0 && w[len(w)-1]-'a' < 26 {
		for _, r := range t[w[len(w)-1]-'a'] {
			if hasSuffix(w, r.suffix) {
				return r, true
			}
		}
	}
	return rule{}, false
}

// doubleSuffix is step 2.
func doubleSuffix(w []byte) []byte {
	for hasSuffix(w, "alli") && measure(w[:len(w)-4]) > 0 {
		w = w[:len(w)-2]
	}
	r, ok := fit(&doubleRules, w)
	if !ok {
		return w
	}
	head := w[:len(w)-len(r.suffix)]
	long := head
	if r.suffix == "logi" {
		long = w[:len(head)+1]
	}
	if measure(long) > 0 {
		return append(head, r.by...)
	}
	return w
}

// singleSuffix is step 3.
func singleSuffix(w []byte) []byte {
	if r, ok := fit(&singleRules, w); ok {
		if head := w[:len(w)-len(r.suffix)]; measure(head) > 0 {
			return append(head, r.by...)
		}
	}
	return w
}

// bareSuffix is step 4.
func bareSuffix(w []byte) []byte {
	r, ok := fit(&bareRules, w)
	if !ok {
		return w
	}
	head := w[:len(w)-len(r.suffix)]
	if measure(head) < 2 {
		return w
	}
	if r.suffix == "ion" {
		if c := head[len(head)-1]; c != 's' && c != 't' {
			return w
		}
	}
	return head
}

// finalE is step 5a.
func finalE(w []byte) []byte {
	if hasSuffix(w, "e") {
		head := w[:len(w)-1]
		if m := measure(head); m > 1 || m == 1 && !isShort(head) {
			return head
		}
	}
	return w
}

// doubleL is step 5b.
func doubleL(w []byte) []byte {
	if hasSuffix(w, "ll") && measure(w[:len(w)-1]) > 1 {
		return w[:len(w)-1]
	}
	return w
}

func hasSuffix(w []byte, s string) bool {
	return len(w) >= len(s) && string(w[len(w)-len(s):]) == s
}

func isVowelLetter(c byte) bool {
	switch c {
	case 'a', 'e', 'i', 'o', 'u':
		return true
	}
	return false
}

// isConsonant reports whether w[i] is a consonant: no vowel letter, and no y
// after a consonant. In a run of y every other one is, from the first on.
func isConsonant(w []byte, i int) bool {
	flip := false
	for ; i > 0 && w[i] == 'y'; i-- {
		flip = !flip
	}
	return isVowelLetter(w[i]) == flip
}

// hasVowel reports whether any letter of w is a vowel.
func hasVowel(w []byte) bool {
	consonant := false
	for _, c := range w {
		consonant = !isVowelLetter(c) && (c != 'y' || !consonant)
		if !consonant {
			return true
		}
	}
	return false
}

// measure returns min(m, 2) for w of the form [C](VC)^m[V], where C and V are
// runs of consonants and of vowels. No rule tells larger m apart.
func measure(w []byte) int {
	m := 0
	consonant, prev := false, true
	for i, c := range w {
		consonant = !isVowelLetter(c) && (c != 'y' || i == 0 || !prev)
		if consonant && !prev {
			if m++; m == 2 {
				break
			}
		}
		prev = consonant
	}
	return m
}

// isShort reports whether w ends in consonant, vowel, consonant, the last not
// w, x or y, or is a vowel and a consonant.
func isShort(w []byte) bool {
	n := len(w)
	if n < 2 || !isConsonant(w, n-1) || isConsonant(w, n-2) {
		return false
	}
	if n == 2 {
		return true
	}
	c := w[n-1]
	return isConsonant(w, n-3) && c != 'w' && c != 'x' && c != 'y'
}
