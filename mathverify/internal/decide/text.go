package decide

import (
	"strings"
	"unicode/utf8"

	"github.com/golongrl/golongrl/internal/py"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
	"github.com/golongrl/golongrl/mathverify/internal/tri"
)

// texts compares words: case, extra spaces, hyphens and punctuation at the
// ends of words do not count. Short words that differ in case only may be
// abbreviations, Co and CO, and stay undecided.
func (c *comparer) texts(a, b *tree.Node) (tri.Verdict, string) {
	c.b.Use(int64(len(a.Name) + len(b.Name)))
	if a.Name == b.Name {
		return tri.Equal, ruleText
	}
	if len(a.Name) > maxText || len(b.Name) > maxText {
		return tri.Undecided, ruleSize
	}
	if singleLetter(a.Name) && singleLetter(b.Name) {
		if strings.EqualFold(a.Name, b.Name) {
			return tri.Undecided, ruleCase
		}
		return tri.Different, ruleText
	}
	if l := namedChoice(a.Name); l != "" && singleLetter(b.Name) {
		return c.texts(tree.Words(l), b)
	}
	if l := namedChoice(b.Name); l != "" && singleLetter(a.Name) {
		return c.texts(a, tree.Words(l))
	}
	x, y := fold(a.Name), fold(b.Name)
	if x == y {
		return caseVerdict(a.Name, b.Name)
	}
	if v, rule, ok := c.numerals(x, y); ok {
		return v, rule
	}
	if v, ok := c.sameFigures(x, y); ok {
		return v, ruleText
	}
	mx, my := meaningOf(x), meaningOf(y)
	switch {
	case mx != "" && mx == my:
		return tri.Equal, ruleSynonym
	case nothing[mx] && nothing[my]:
		return tri.Undecided, ruleAbsent
	case strings.ReplaceAll(x, " ", "") == strings.ReplaceAll(y, " ", ""):
		return tri.Undecided, ruleSpacing
	}
	return tri.Different, ruleText
}

// numerals compares two texts of which one at least spells a whole number.
func (c *comparer) numerals(x, y string) (tri.Verdict, string, bool) {
	m, mok := spelled(x)
	n, nok := spelled(y)
	switch {
	case mok && nok && m == n:
		return tri.Equal, ruleNumeral, true
	case mok && nok:
		return tri.Different, ruleNumeral, true
	}
	return 0, "", false
}

// textValue compares words with a value: a number in words, a symbol in a text
// command, or a word that was read as a product of letters. Words with digits
// or with number words inside are never certain to differ from a value.
func (c *comparer) textValue(v, t *tree.Node) (tri.Verdict, string) {
	c.b.Use(int64(len(t.Name)))
	if len(t.Name) > maxText {
		return tri.Undecided, ruleSize
	}
	s := fold(t.Name)
	if l := namedChoice(t.Name); l != "" {
		return c.textValue(v, tree.Words(l))
	}
	switch {
	case singleLetter(t.Name):
		if n := letter(v); n != "" {
			if n == t.Name {
				return tri.Equal, ruleText
			}
			if strings.EqualFold(n, t.Name) {
				return tri.Undecided, ruleCase
			}
		}
		return tri.Different, ruleTextValue
	case permuted(factors(v), t.Name):
		return tri.Undecided, ruleLetters // abc, and cab that is a word too
	case wordRun(v) != "":
		return c.texts(tree.Words(wordRun(v)), t)
	case v.Op == tree.Symbol || v.Op == tree.Call:
		if v.Name == t.Name {
			return tri.Equal, ruleText
		}
	case infSign(v) > 0 && meaningOf(s) == "infinity":
		return tri.Equal, ruleSynonym
	case isInf(v) && nothing[meaningOf(s)]:
		return tri.Undecided, ruleAbsent
	}
	if n, ok := spelled(s); ok {
		w, _ := c.compare(tree.Int(n), v)
		return w, ruleNumeral
	}
	if strings.ContainsAny(s, "0123456789+*/=^\\") || numeric(s) {
		return tri.Undecided, ruleTextValue
	}
	return tri.Different, ruleTextValue
}

// textRegion compares words with a set: "no solution" and ∅, "all real
// numbers" and ℝ.
func (c *comparer) textRegion(t, s *tree.Node) (tri.Verdict, string) {
	if len(t.Name) > maxText {
		return tri.Undecided, ruleSize
	}
	switch m := meaningOf(fold(t.Name)); {
	case m == "no solution":
		return c.named(s, tree.Empty)
	case m == "reals":
		return c.named(s, tree.Reals)
	case nothing[m]:
		if v, _ := c.named(s, tree.Empty); v == tri.Different {
			return v, ruleSynonym
		}
		return tri.Undecided, ruleAbsent
	}
	if numeric(fold(t.Name)) {
		return tri.Undecided, ruleTextValue
	}
	return tri.Different, ruleKinds
}

func (c *comparer) named(s, name *tree.Node) (tri.Verdict, string) {
	v, _ := c.compare(s, name)
	return v, ruleSynonym
}

// textStatement compares words with a relation: "no solution" and a relation
// that has none.
func (c *comparer) textStatement(t, s *tree.Node) (tri.Verdict, string) {
	if name, v := assignment(s); name != nil && !isSet(v) {
		w, rule := c.compare(t, v)
		return w, rule
	}
	if len(t.Name) > maxText {
		return tri.Undecided, ruleSize
	}
	if m := meaningOf(fold(t.Name)); (m == "no solution" || m == "reals") && !c.o.NoSolutionSets {
		if set := c.solution(s); set != nil {
			if e, ok := elements(set); ok && len(e) > 0 && !c.allReal(e) {
				return tri.Undecided, ruleSynonym // x^2 = -1 has no real solution
			}
			return c.compare(t, set)
		}
		return tri.Undecided, ruleSynonym
	}
	return tri.Different, ruleKinds
}

// caseVerdict is for words that differ in case, spaces and punctuation only.
func caseVerdict(a, b string) (tri.Verdict, string) {
	x, y := strings.Fields(a), strings.Fields(b)
	if len(x) != len(y) {
		return tri.Equal, ruleText
	}
	for i := range x {
		s, t := trimmed(x[i]), trimmed(y[i])
		if s == t || utf8.RuneCountInString(s) > 3 || meaningOf(fold(s)) != "" || commonWords[strings.ToLower(s)] {
			continue
		}
		// Odd and odd, but not MM and mm or Co and CO.
		if tail(s) != strings.ToLower(tail(s)) || tail(t) != strings.ToLower(tail(t)) || utf8.RuneCountInString(s) < 3 {
			return tri.Undecided, ruleCase
		}
	}
	return tri.Equal, ruleText
}

func tail(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return s[n:]
}

// trimmed returns a word without punctuation at its ends. What belongs to a
// number stays: the point of .5, the mark of 5! and of 5'.
func trimmed(w string) string {
	for w != "" {
		r, n := utf8.DecodeRuneInString(w)
		if !strings.ContainsRune("\"'“‘,;:!?.", r) || r == '.' && n < len(w) && '0' <= w[n] && w[n] <= '9' {
			break
		}
		w = w[n:]
	}
	for w != "" {
		r, n := utf8.DecodeLastRuneInString(w)
		rest := w[:len(w)-n]
		if !strings.ContainsRune(".,;:?!'\"”’", r) || strings.ContainsRune("!'\"”’", r) && rest != "" && isDigit(rest[len(rest)-1]) {
			break
		}
		w = rest
	}
	return w
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// fold returns words in lower case with single spaces. Hyphens between letters
// are spaces, and punctuation at the ends of words goes.
func fold(s string) string {
	s = py.Casefold(strings.ReplaceAll(s, "’", "'"))
	if !strings.ContainsAny(s, " .,;:!?'\"“”‘-\u00a0") {
		return s
	}
	var out strings.Builder
	add := func(w string) {
		if w = trimmed(w); w == "" {
			return
		}
		if out.Len() > 0 {
			out.WriteByte(' ')
		}
		out.WriteString(w)
	}
	for w := range strings.FieldsSeq(s) {
		from := 0
		for i := 1; i+1 < len(w); i++ {
			if w[i] == '-' && isWordByte(w[i-1]) && isWordByte(w[i+1]) {
				add(w[from:i])
				from = i + 1
			}
		}
		add(w[from:])
	}
	return out.String()
}

// isWordByte reports a letter, or a byte of one.
func isWordByte(b byte) bool { return 'a' <= b && b <= 'z' || b >= utf8.RuneSelf }

// sameFigures compares two folded texts that differ in how numbers are written:
// 25.00% is 25%, but 1.10 may be a version other than 1.1.
func (c *comparer) sameFigures(x, y string) (tri.Verdict, bool) {
	if !strings.ContainsAny(x, "0123456789") || !strings.ContainsAny(y, "0123456789") {
		return 0, false
	}
	a, b := strings.Fields(x), strings.Fields(y)
	if len(a) != len(b) || len(x)+len(y) > 1000 {
		return 0, false
	}
	v := tri.Equal
	for i := range a {
		if a[i] == b[i] {
			continue
		}
		p, q := strings.TrimSuffix(a[i], "%"), strings.TrimSuffix(b[i], "%")
		percent := len(p) < len(a[i])
		m, ok := newRat().SetString(strings.ReplaceAll(p, ",", ""))
		n, ok2 := newRat().SetString(strings.ReplaceAll(q, ",", ""))
		if !ok || !ok2 || percent != (len(q) < len(b[i])) || m.Cmp(n) != 0 {
			return 0, false
		}
		if !percent {
			v = tri.Undecided
		}
	}
	return v, true
}

// namedChoice returns the letter of "Option B", or "".
func namedChoice(s string) string {
	word, letter, ok := strings.Cut(s, " ")
	if letter = strings.Trim(letter, "()."); !ok || len(letter) != 1 || letter[0] < 'A' || letter[0] > 'Z' {
		return ""
	}
	switch strings.ToLower(word) {
	case "option", "choice", "answer", "选项":
		return letter
	}
	return ""
}

func singleLetter(s string) bool { return s != "" && utf8.RuneCountInString(s) == 1 }

// letter returns the name of a node that is a single letter.
func letter(n *tree.Node) string {
	if (n.Op == tree.Symbol || n.Op == tree.Const || n.Op == tree.Text) && singleLetter(n.Name) {
		return n.Name
	}
	return ""
}
