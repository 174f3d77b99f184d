package mathverify

import "strings"

var (
	// Nouns that a last sentence may give the value of without any lead.
	outcomes = wordSet("result results solution solutions root roots value values total 结果 解")
	// Words that make the last sentence a conclusion.
	conclusions = wordSet("therefore thus hence so consequently finally overall accordingly")
	verbsBe     = [...]string{" is ", " are ", " equals ", " is: ", " are: ", " is equal to ", " = "}
)

// maxConclusion bounds the length of a sentence that concludes.
const maxConclusion = 400

// fromConclusion reads the last sentence of a text that announces no answer.
func fromConclusion(s string) (Extraction, bool) {
	s = strings.TrimSpace(s)
	start, end := lastSentence(s)
	if end-start > maxConclusion {
		return Extraction{}, false
	}
	sentence := strings.TrimSpace(s[start:end])
	if sentence == "" || s[end-1] == '?' || strings.HasSuffix(sentence, "？") {
		return Extraction{}, false
	}
	bad := Extraction{Status: BadAnswer, Rule: fromEnd}
	if in, ok := onlyBold(sentence); ok && isValue(in) {
		if stanceBefore(sentence) != asserts {
			return bad, true
		}
		return Extraction{Status: Found, Answer: strings.TrimRight(in, ":;,. "), Rule: fromEnd}, true
	}
	for _, is := range [...]string{"结果是", "结果为", "结果：", "解是", "解为"} {
		if _, in, ok := strings.Cut(sentence, is); ok && isValue(in) {
			return Extraction{Status: Found, Answer: trimBold(strings.TrimSpace(in)), Rule: fromEnd}, true
		}
	}
	sentence = withoutStop(sentence)
	if value, ok := calledAnswer(sentence); ok {
		if stanceBefore(sentence) != asserts {
			return bad, true
		}
		return Extraction{Status: Found, Answer: value, Rule: fromEnd}, true
	}
	at, verb := -1, ""
	for _, be := range verbsBe {
		if i := strings.LastIndex(sentence, be); i > at && !insideFormula(sentence[:i]) {
			at, verb = i, be
		}
	}
	if at < 0 || !concludes(sentence[:at]) {
		return Extraction{}, false
	}
	value := withoutContrast(withoutLead(trimBold(strings.TrimLeft(sentence[at+len(verb):], " :"))))
	if !isValue(value) {
		return Extraction{}, false
	}
	if stanceBefore(sentence[:at]+" ") != asserts {
		return bad, true
	}
	return Extraction{Status: Found, Answer: value, Rule: fromEnd}, true
}

// calledAnswer returns the only formula of a sentence that calls it the answer,
// as "Thus $x<2$ is our answer" does, or that finds it: "We get $x<2$".
func calledAnswer(s string) (string, bool) {
	in := ""
	for _, d := range [...][2]string{{"$", "$"}, {`\(`, `\)`}} {
		if _, rest, ok := strings.Cut(s, d[0]); ok {
			body, after, closed := strings.Cut(rest, d[1])
			if !closed || in != "" || strings.Contains(after, d[0]) {
				return "", false
			}
			in = body
			s = s[:len(s)-len(rest)-len(d[0])] + "\x00" + after
		}
	}
	if strings.TrimSpace(in) == "" {
		return "", false
	}
	head, tail, _ := strings.Cut(s, "\x00")
	tail = strings.ToLower(strings.TrimSpace(tail))
	for _, is := range [...]string{"is the ", "is our ", "is my "} {
		if rest, ok := strings.CutPrefix(tail, is); ok {
			rest = strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(rest, "final "), "correct "), "required ")
			if rest == "answer" || rest == "solution" || rest == "result" {
				return in, true
			}
		}
	}
	if tail != "" {
		return "", false
	}
	n, first, second, last := 0, "", "", ""
	for w := range wordsIn(head) {
		switch n++; n {
		case 1:
			first = w
		case 2:
			second = w
		}
		last = w
	}
	const longest = 5 // words, as in "so we find that"
	switch {
	case n == 0 || n > longest:
		return "", false
	case conclusions[first] && n == 1:
		return in, true
	case first != "we" && second != "we":
		return "", false
	}
	switch last {
	case "find", "get", "obtain", "have", "conclude", "that":
		return in, true
	}
	return "", false
}

// concludes reports whether the part of a sentence before its verb starts with
// a word that concludes, or gives a result: "the result", "the two solutions".
func concludes(s string) bool {
	last := ""
	first := ""
	n := 0
	for w := range wordsIn(s) {
		if n == 0 {
			first = w
		}
		n++
		last = w
	}
	const longest = 4 // words, as in "the two real solutions"
	return conclusions[first] || n <= longest && outcomes[last]
}

// insideFormula reports an open formula at the end of s.
func insideFormula(s string) bool {
	return strings.Count(s, "$")%2 == 1 || strings.Count(s, `\(`) > strings.Count(s, `\)`) ||
		strings.Count(s, `\[`) > strings.Count(s, `\]`)
}

// isValue reports a text that may be the value of an answer: a number, a
// formula in delimiters, or a few words with a number in front.
func isValue(s string) bool {
	s = trimBold(strings.TrimSpace(s))
	if s == "" || len(s) > maxLine {
		return false
	}
	for _, d := range [...][2]string{{"$", "$"}, {`\(`, `\)`}, {`\[`, `\]`}} {
		if strings.HasPrefix(s, d[0]) && strings.Contains(s[len(d[0]):], d[1]) {
			return true
		}
	}
	const longest = 4 // words: "42 square meters"
	switch readDatum(clean(s)).kind {
	case numeric, symbols:
		return true
	}
	return valueStart(s) && len(strings.Fields(s)) <= longest
}

// onlyBold returns the bold part of a sentence that has exactly one.
func onlyBold(s string) (string, bool) {
	if strings.Count(s, "**") != 2 {
		return "", false
	}
	_, in, _ := strings.Cut(s, "**")
	in, _, _ = strings.Cut(in, "**")
	in = strings.TrimSpace(in)
	return in, in != ""
}

// lastSentence returns where the last sentence or line of s begins and ends.
func lastSentence(s string) (start, end int) {
	end = len(s)
	from := max(0, end-2*maxConclusion)
	if i := strings.LastIndexByte(s[from:], '\n'); i >= 0 {
		from += i + 1
	}
	start = from
	for i := start; i < end; {
		stop, _ := sentenceEnd(s, i)
		if stop >= end {
			break
		}
		next := stop + 1
		if strings.HasPrefix(s[stop:], "。") || strings.HasPrefix(s[stop:], "？") {
			next = stop + len("。")
		}
		if strings.Trim(s[next:], " *$)\t") == "" {
			break
		}
		if strings.HasPrefix(s[next:], "**") && strings.Count(s[start:next], "**")%2 == 1 {
			next += 2
		}
		start, i = next, next
	}
	return start, end
}
