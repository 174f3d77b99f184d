package mathverify

import (
	"slices"
	"strings"
)

// announcement is a place that says what the answer is.
type announcement struct {
	at, end int // of "answer is"
	stance  stance
}

// stance says what a sentence does with the value it names.
type stance uint8

const (
	asserts stance = iota
	denies         // "is not"
	hedges         // "might be", "if", a question
	remarks        // "is correct": it names no value
)

// maxWeak bounds how many announcements that assert nothing are passed over.
const maxWeak = 32

// fromAnnouncement finds the last sentence that announces an answer.
func fromAnnouncement(s string) (Extraction, bool) {
	all := announcements(s, "answers", "Answers", "answer", "Answer", "ANSWER", "correct option", "correct choice", "答案")
	if len(all) == 0 {
		return Extraction{}, false
	}
	bad := Extraction{Status: BadAnswer, Rule: fromPhrase}
	type weak struct {
		stance   stance
		sentence string
	}
	var later []weak
	remark := ""
	for i := len(all) - 1; i >= 0 && len(later) < maxWeak; i-- {
		a := all[i]
		answer, stop, question := announced(s, a.end)
		switch st := stanceOf(s, a, answer, question); {
		case st == remarks:
			if remark == "" {
				remark = answer
			}
			later = append(later, weak{st, ""})
			continue
		case st == denies && correctedTo(answer) != "":
			answer = correctedTo(answer)
		case st != asserts:
			later = append(later, weak{st, s[a.at:stop]})
			continue
		}
		if answer == "" || retracts(answer, s[stop:]) {
			return bad, true
		}
		v := newValue(answer)
		for _, w := range later {
			mention, rival := v.seek(w.sentence)
			if w.stance == denies && mention || w.stance == hedges && rival {
				return bad, true
			}
		}
		return Extraction{Status: Found, Answer: answer, Rule: fromPhrase}, true
	}
	if remark != "" && len(later) == 1 {
		return Extraction{Status: Found, Answer: remark, Rule: fromPhrase}, true
	}
	return bad, true
}

// correctedTo returns the 6 of "not 5 but 6" and "not 5, it is 6", "" for a
// denial that names no other value.
func correctedTo(answer string) string {
	for _, but := range [...]string{", it is ", "; it is ", ", it's ", "; it's ", ", but ", " but ", "，而是", "而是"} {
		head, tail, ok := strings.Cut(answer, but)
		if ok && isValue(strings.TrimPrefix(strings.TrimSpace(head), "not ")) && isValue(tail) {
			return trimBold(strings.TrimSpace(tail))
		}
	}
	return ""
}

// announcements lists where one of the nouns and a form of "is" stand, in order.
func announcements(s string, nouns ...string) []announcement {
	var all []announcement
	for _, noun := range nouns {
		for i := 0; ; i += len(noun) {
			k := strings.Index(s[i:], noun)
			if k < 0 {
				break
			}
			i += k
			end := i + len(noun)
			if i > 0 && isLetter(s[i-1]) || end < len(s) && s[end] == 's' && isLetter(noun[0]) {
				continue
			}
			if n, st := copula(s[end:]); n > 0 {
				all = append(all, announcement{i, end + n, st})
			} else if n := heading(s, i, end); n >= 0 {
				all = append(all, announcement{i, end + n, asserts})
			} else if n := formulaBehind(s, i, end); n >= 0 {
				all = append(all, announcement{i, end + n, asserts})
			}
		}
	}
	slices.SortFunc(all, func(a, b announcement) int { return a.at - b.at })
	return all
}

var copulas = [...]struct {
	text   string
	stance stance
}{
	{":", asserts}, {"：", asserts}, {"=", asserts}, {"是", asserts}, {"为", asserts}, {"就是", asserts},
	{"应该是", asserts}, {"应为", asserts}, {"应是", asserts}, {"等于", asserts},
	{"不是", denies}, {"并非", denies}, {"不可能是", denies}, {"可能是", hedges}, {"也许是", hedges}, {"或许是", hedges},
	{"is", asserts}, {"are", asserts}, {"was", asserts}, {"aren't", denies}, {"aren’t", denies}, {"equals", asserts}, {"must be", asserts}, {"should be", asserts}, {"will be", asserts},
	{"isn't", denies}, {"isn’t", denies}, {"wasn't", denies}, {"wasn’t", denies}, {"cannot be", denies},
	{"can't be", denies}, {"can’t be", denies}, {"may not be", denies}, {"might not be", denies},
	{"may be", hedges}, {"might be", hedges}, {"could be", hedges}, {"would be", hedges},
}

// copula returns the length of the "is" or colon that s starts with, bold and
// spaces before it included, 0 if there is none.
func copula(s string) (int, stance) {
	rest := strings.TrimLeft(s, " *")
	n := len(s) - len(rest)
	if rest == "" {
		return 0, asserts
	}
	if isLetter(rest[0]) && (strings.HasPrefix(rest, "to ") || strings.HasPrefix(rest, "for ")) {
		// The answer to the question is
		const longest = 80
		about := rest[:min(len(rest), longest)]
		if i := strings.IndexAny(about, ".,;:\n?!"); i >= 0 {
			about = about[:i]
		}
		if i := strings.Index(about, " is "); i >= 0 {
			return n + i + len(" is"), asserts
		}
		return 0, asserts
	}
	for _, c := range copulas {
		k := len(c.text)
		if len(rest) < k || rest[0]|0x20 != c.text[0]|0x20 || !strings.EqualFold(rest[:k], c.text) {
			continue
		}
		if isLetter(c.text[k-1]) && k < len(rest) && (isLetter(rest[k]) || rest[k] == '\'') || strings.HasPrefix(rest[k:], "’") {
			continue
		}
		return n + k, c.stance
	}
	return 0, asserts
}

// heading returns the length of what stands between the noun s[at:end] and the
// line break behind it, when the line is a heading: marked with # or bold, and
// without other words. It returns -1 for any other line.
func heading(s string, at, end int) int {
	rest := s[end:]
	body := strings.TrimLeft(rest, " *:：#\t\r")
	if !strings.HasPrefix(body, "\n") {
		return -1
	}
	const longest = 40
	from := max(0, at-longest)
	line := s[from:at]
	if i := strings.LastIndexByte(line, '\n'); i >= 0 {
		line = line[i+1:]
	} else if from > 0 {
		return -1
	}
	if !strings.Contains(line, "#") && !strings.Contains(line, "**") {
		return -1
	}
	for w := range strings.FieldsFuncSeq(line, func(r rune) bool { return strings.ContainsRune("#* \t>", r) }) {
		switch strings.ToLower(w) {
		case "final", "the", "my", "correct", "最终", "最后":
		default:
			return -1
		}
	}
	return len(rest) - len(body)
}

// announced returns the answer behind an announcement that ends at s[i], where
// its sentence ends, and whether that is a question.
func announced(s string, i int) (answer string, stop int, question bool) {
	for i < len(s) && strings.IndexByte(" *:\t\r", s[i]) >= 0 {
		i++
	}
	if strings.HasPrefix(s[i:], "：") {
		i += len("：")
	}
	rest := strings.TrimSpace(s[i:])
	below := rest != "" && s[i] == '\n'
	if n := displayEnd(rest); n > 0 {
		start := i + strings.Index(s[i:], rest[:1])
		stop, question = sentenceEnd(s, start+n)
		if strings.ContainsAny(s[start+n:max(start+n, stop)], "\n") {
			stop, question = start+n, false
		}
		stop = max(stop, start+n)
		return flatten(s[start:stop]), stop, question
	}
	switch {
	case below && strings.Contains(rest, "\n"):
		if len(rest) <= maxLines*maxLine && isBlock(rest, taggedWords) {
			return rest, len(s), false
		}
		// The first paragraph alone.
		if k := strings.Index(rest, "\n\n"); k > 0 && k <= maxLines*maxLine &&
			strings.Contains(rest[:k], "\n") && isBlock(rest[:k], taggedWords) {
			start := len(s) - len(strings.TrimLeft(s[i:], " \n\r\t"))
			return strings.TrimSpace(rest[:k]), start + k, false
		}
	case below && isDigit(rest[0]) && isBlock(rest, plainWords) && !stopped(rest):
		return rest, len(s), false // 1. foo
	case !below && len(rest) <= maxLines*maxLine && strings.Contains(rest, "\n") && allNumbers(rest):
		return strings.TrimSpace(strings.TrimLeft(rest, "= ")), len(s), false
	}
	stop, question = sentenceEnd(s, i)
	answer = strings.TrimSpace(s[min(i, stop):stop])
	answer = strings.TrimSpace(strings.TrimLeft(answer, ":：= "))
	answer = withoutAside(withoutReason(withoutContrast(withoutLead(trimBold(answer)))))
	return withoutSubject(answer), stop, question
}

// trimBold removes Markdown bold from around an answer, also when the sentence
// was cut inside it.
func trimBold(s string) string {
	switch strings.Count(s, "**") {
	case 1:
		s = strings.TrimSuffix(strings.TrimPrefix(s, "**"), "**")
	case 2:
		if len(s) > 4 && strings.HasPrefix(s, "**") && strings.HasSuffix(s, "**") {
			s = s[2 : len(s)-2]
		}
	}
	return strings.TrimSpace(s)
}

var leads = [...]string{"exactly ", "precisely ", "simply ", "just ", "indeed ", "therefore ", "thus ", "hence ",
	"clearly ", "definitely ", "certainly ", "actually ", "equal to ", "then ", "now ",
	"The result is ", "It is "}

// withoutLead removes one adverb, or a short "it is", before a number.
func withoutLead(s string) string {
	for _, lead := range leads {
		if rest, ok := strings.CutPrefix(s, lead); ok && rest != "" && (isDigit(rest[0]) || strings.IndexByte(`$-\*`, rest[0]) >= 0) {
			return trimBold(rest)
		}
	}
	return s
}

// withoutReason removes why an answer is so: the "because 2+3=5" of "5 because
// 2+3=5".
func withoutReason(s string) string {
	for _, why := range [...]string{", because ", " because ", ", since ", " since ", ", as required", " as required", ", which is ", " which is ", "，因为"} {
		if head, _, ok := strings.Cut(s, why); ok && strings.TrimSpace(head) != "" && !insideFormula(head) {
			return trimBold(strings.TrimSpace(head))
		}
	}
	return s
}

// withoutAside removes a remark in brackets from behind a value: the "(see step
// 6)" of "5 (see step 6)".
func withoutAside(s string) string {
	i := strings.LastIndex(s, " (")
	if i < 0 || !strings.HasSuffix(s, ")") || !isValue(s[:i]) || changes(s[i+2:]) {
		return s
	}
	words := 0
	for w := range strings.FieldsSeq(s[i+2 : len(s)-1]) {
		if words == 0 && (len(w) < 2 || !isLetter(w[0]) || !isLetter(w[1])) {
			return s
		}
		words++
	}
	if words < 2 {
		return s
	}
	return s[:i]
}

// withoutSubject returns the value of a sentence that stands in the place of an
// answer: the 34 of "The largest n is 34". A sentence that says more is left alone.
func withoutSubject(s string) string {
	const longest = 200
	if len(s) > longest {
		return s
	}
	at, verb := -1, ""
	for _, be := range [...]string{" is ", " are ", " equals ", " is: "} {
		if n := strings.Count(s, be); n > 1 || n == 1 && at >= 0 {
			return s
		} else if n == 1 {
			at, verb = strings.Index(s, be), be
		}
	}
	if at < 0 || insideFormula(s[:at]) || strings.ContainsAny(s[:at], ",;:") || strings.Contains(s[:at], " and ") {
		return s
	}
	if value := trimBold(strings.TrimSpace(s[at+len(verb):])); isValue(value) && stanceBefore(s[:at]+" ") == asserts {
		return value
	}
	return s
}

// withoutContrast removes what an answer is contrasted with: the "not 43" of
// "42, not 43". In "3, not 4, and 5" it may be more than that.
func withoutContrast(s string) string {
	for _, but := range [...]string{", not ", ", and not ", " and not ", ", rather than ", " rather than ", ", instead of ", " instead of ", "，而不是", "，而非", "，不是", "而不是"} {
		head, tail, ok := strings.Cut(s, but)
		if !ok || head == "" {
			continue
		}
		if strings.ContainsAny(tail, ",;，；、") || strings.Contains(tail, " and ") || strings.Contains(tail, " or ") || strings.Contains(tail, " but ") {
			return s
		}
		return trimBold(strings.TrimSpace(head))
	}
	return s
}

// displayEnd returns the length of the display formula that s starts with, its
// delimiters included, 0 if it starts with none.
func displayEnd(s string) int {
	for _, d := range [...][2]string{{"$$", "$$"}, {`\[`, `\]`}} {
		if body, ok := strings.CutPrefix(s, d[0]); ok {
			const longest = 1 << 12
			if i := strings.Index(body[:min(len(body), longest)], d[1]); i >= 0 {
				return len(d[0]) + i + len(d[1])
			}
		}
	}
	return 0
}

// flatten puts a display formula on one line, without its delimiters.
func flatten(s string) string {
	body := s[2:]
	i := strings.Index(body, "$$")
	if s[0] == '\\' {
		i = strings.Index(body, `\]`)
	}
	text := strings.TrimSpace(body[:i])
	text = strings.TrimRight(text, ".,; ")
	if strings.ContainsAny(text, "\n\r") {
		text = strings.Join(strings.Fields(text), " ")
	}
	return strings.TrimSpace(text + " " + strings.Trim(body[i+2:], " .,"))
}

// formulaBehind returns the length of the space between the noun s[at:end] and
// the formula that follows it and ends its line, where the noun starts the line:
// "Answer \[ 9 \]". It returns -1 for anything else.
func formulaBehind(s string, at, end int) int {
	body := strings.TrimLeft(s[end:], " *\n")
	gap := len(s[end:]) - len(body)
	if gap == 0 {
		return -1
	}
	n := displayEnd(body)
	if n == 0 {
		for _, d := range [...][2]string{{`\(`, `\)`}, {"$", "$"}} {
			if in, ok := strings.CutPrefix(body, d[0]); ok && n == 0 {
				if i := strings.Index(in[:min(len(in), maxLine)], d[1]); i >= 0 && !strings.Contains(in[:i], "\n") {
					n = len(d[0]) + i + len(d[1])
				}
			}
		}
	}
	if n == 0 {
		// "Final answer 5"
		if line, _, _ := strings.Cut(body, "\n"); !strings.Contains(s[end:end+gap], "\n") && isValue(withoutStop(strings.TrimRight(line, "* \r"))) && valueStart(body) {
			n = len(line)
		} else {
			return -1
		}
	}
	if tail, _, _ := strings.Cut(body[n:], "\n"); strings.Trim(tail, " .*\r") != "" {
		return -1
	}
	const longest = 40
	line := s[max(0, at-longest):at]
	if i := strings.LastIndexByte(line, '\n'); i >= 0 {
		line = line[i+1:]
	}
	for w := range strings.FieldsFuncSeq(line, func(r rune) bool { return strings.ContainsRune("#* \t>", r) }) {
		switch strings.ToLower(w) {
		case "final", "the", "my", "correct":
		default:
			return -1
		}
	}
	return gap
}
