package graders

import (
	"strings"

	"github.com/golongrl/golongrl/internal/py"
)

// Hendrycks reports whether two answers of the MATH data set have the same
// normal form: LaTeX decoration, units, percent signs and spaces dropped, \frac
// and \sqrt braced, a/b written as \frac, 0.5 as \frac{1}{2}.
//
// Source: GoLongRL c34dba3, math_reward.py, is_equiv; after hendrycks/math.
func Hendrycks(gold, answer string) bool {
	a, ok1 := mathNormal(answer, verl)
	g, ok2 := mathNormal(gold, verl)
	if ok1 && ok2 {
		return a == g
	}
	return answer == gold
}

// HendrycksScore reports whether the last box of a response is [Hendrycks]
// equal to gold; false if there is no box, or only \fbox.
//
// Source: GoLongRL c34dba3, math_reward.py, compute_score.
func HendrycksScore(response, gold string) bool {
	answer, ok := HendrycksBox(response)
	return ok && Hendrycks(gold, answer)
}

// HendrycksBox returns the content of the last box of a response: behind the
// last "\boxed " up to a dollar sign if that form occurs at all, else within
// the braces of the last \boxed. ok is false if there is none or it is not
// closed.
//
// Source: GoLongRL c34dba3, math_reward.py, last_boxed_only_string and
// remove_boxed.
func HendrycksBox(response string) (content string, ok bool) {
	if i := strings.LastIndex(response, `\boxed `); i >= 0 {
		content, _, _ = strings.Cut(response[i+len(`\boxed `):], "$")
		return content, true
	}
	i := strings.LastIndex(response, `\boxed`)
	if i < 0 {
		return "", false // a \fbox is found by the original and then refused
	}
	_, end := braces(response[i:])
	if end < 0 {
		return "", false
	}
	content, ok = strings.CutPrefix(response[i:i+end], `\boxed{`)
	return content, ok
}

// braces returns the positions of the first opening brace of s and of the
// closing brace that balances the count, -1 if there is none. A closing brace
// before any opening one makes the count negative, as in the originals.
func braces(s string) (open, end int) {
	open = -1
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '{':
			if depth++; open < 0 {
				open = i
			}
		case '}':
			if depth--; depth == 0 {
				return open, i
			}
		}
	}
	return open, -1
}

// A dialect is the copy of a rule that several stacks have with small changes.
type dialect uint8

const (
	openai    dialect = iota // prm800k
	verl                     // math_reward and prime_math of verl
	mathRuler                // mathruler
)

// mathNormal is strip_string of the MATH release. ok is false where it raises.
// The copies differ in the percent signs that they delete.
func mathNormal(s string, d dialect) (normal string, ok bool) {
	if plainInteger(s) {
		return s, true
	}
	s = strings.ReplaceAll(s, "\n", "")
	if strings.IndexByte(s, '\\') >= 0 {
		s = strings.ReplaceAll(s, `\!`, "")
		s = strings.ReplaceAll(s, `\\`, `\`)
	}
	s = strings.ReplaceAll(s, "tfrac", "frac")
	s = strings.ReplaceAll(s, "dfrac", "frac")
	if strings.IndexByte(s, '\\') >= 0 {
		s = strings.ReplaceAll(s, `\left`, "")
		s = strings.ReplaceAll(s, `\right`, "")
		s = strings.ReplaceAll(s, `^{\circ}`, "")
		s = strings.ReplaceAll(s, `^\circ`, "")
		s = strings.ReplaceAll(s, `\$`, "")
		if before, after, found := strings.Cut(s, `\text{ `); found {
			if strings.Contains(after, `\text{ `) {
				return "", false
			}
			s = before
		}
		if d == verl {
			s = strings.ReplaceAll(s, `\\%`, "")
		}
		s = strings.ReplaceAll(s, `\%`, "")
		if d == openai {
			s = strings.ReplaceAll(s, `\%`, "") // twice: of \\%% nothing is left
		}
	}
	if d == mathRuler {
		s = strings.ReplaceAll(s, "%", "")
	}
	s = strings.ReplaceAll(s, " .", " 0.")
	s = strings.ReplaceAll(s, "{.", "{0.")
	if s == "" {
		return "", true
	}
	if s[0] == '.' {
		s = "0" + s
	}
	if name, value, found := strings.Cut(s, "="); found && strings.IndexByte(value, '=') < 0 && len(firstChars(name, 3)) == len(firstChars(name, 2)) {
		s = value
	}
	if s, ok = braceRoots(s); !ok {
		return "", false
	}
	s = strings.ReplaceAll(s, " ", "")
	if s, ok = braceFractions(s); !ok {
		return "", false
	}
	if s == "0.5" {
		return `\frac{1}{2}`, true
	}
	if a, b, found := strings.Cut(s, "/"); found && isCanonicalInt(a) && isCanonicalInt(b) {
		return `\frac{` + a + "}{" + b + "}", true
	}
	return s, true
}

// plainInteger spares the commonest answers the search for decoration.
func plainInteger(s string) bool { return s != "" && digitsEnd(s, 0) == len(s) }

// braceRoots puts braces around the character behind \sqrt.
func braceRoots(s string) (string, bool) {
	head, rest, found := strings.Cut(s, `\sqrt`)
	if !found {
		return s, true
	}
	var b strings.Builder
	b.WriteString(head)
	for found {
		var part string
		part, rest, found = strings.Cut(rest, `\sqrt`)
		if part == "" {
			return "", false // IndexError
		}
		b.WriteString(`\sqrt`)
		if part[0] != '{' {
			char, after := cutChar(part)
			b.WriteString("{" + char + "}")
			part = after
		}
		b.WriteString(part)
	}
	return b.String(), true
}

// braceFractions puts braces around the one-character arguments of \frac. A
// \frac with one character behind it leaves the whole text as it is.
func braceFractions(s string) (string, bool) {
	head, rest, found := strings.Cut(s, `\frac`)
	if !found {
		return s, true
	}
	var b strings.Builder
	b.WriteString(head)
	for found {
		var part string
		part, rest, found = strings.Cut(rest, `\frac`)
		if part == "" {
			return "", false // IndexError
		}
		b.WriteString(`\frac`)
		if part[0] == '{' {
			b.WriteString(part)
			continue
		}
		num, after := cutChar(part)
		den, after := cutChar(after)
		if den == "" {
			return s, true
		}
		b.WriteString("{" + num + "}")
		if den != "{" {
			den = "{" + den + "}"
		}
		b.WriteString(den)
		b.WriteString(after)
	}
	return b.String(), true
}

// normalizeAnswer is normalize_answer of prm800k's and verl's math_normalize:
// the normal form of the stripped text, or that text itself where it raises.
func normalizeAnswer(s string, d dialect) string {
	s = py.Strip(s)
	if text, ok := enclosed(s); ok {
		s = py.Strip(text)
	}
	if n, ok := mathNormal(s, d); ok {
		return n
	}
	return s
}
