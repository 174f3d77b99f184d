package mathverify

import (
	"strings"
	"unicode/utf8"
)

// The rules that Extract names.
const (
	fromBox    = "box"
	fromTag    = "answer element"
	fromMarker = "answer marker"
	fromPhrase = "phrase"
	fromText   = "text"
)

// Extract finds the final answer in the visible text of a response; remove any
// thinking first. The first of these that the text holds decides:
//
//  1. \boxed{...} or \fbox{...}: the last one. Boxes that only a comma, "and" or
//     "or" joins are one list. A last box that is cut off or empty is a
//     BadAnswer, even if an earlier one is whole.
//  2. <answer>...</answer>: exactly one; more than one, or one that is cut off
//     or empty, is a BadAnswer.
//  3. [Answer] or [答案]: what follows the last one, by rules 4 and 5.
//  4. "answer is X", "answer: X", "答案是X": the last one, up to the end of the
//     sentence or line. It is a BadAnswer when the sentence denies or asks it,
//     or when what follows takes it back.
//  5. A text of one short line, or of short lines that are all values: itself.
//
// Otherwise the status is NoAnswer. The time is linear in the text.
func Extract(response string) Extraction {
	if e, ok := fromBoxes(response); ok {
		return e
	}
	if e, ok := fromElement(response); ok {
		return e
	}
	if area, ok := afterMarker(response); ok {
		if area == "" {
			return Extraction{Status: BadAnswer, Rule: fromMarker}
		}
		if e := fromProse(area); e.Status != NoAnswer {
			return e
		}
		return Extraction{Status: BadAnswer, Rule: fromMarker}
	}
	return fromProse(response)
}

// fromElement returns the content of the only answer element.
func fromElement(s string) (Extraction, bool) {
	const open, end = "<answer>", "</answer>"
	_, rest, ok := strings.Cut(s, open)
	if !ok {
		return Extraction{}, false
	}
	bad := Extraction{Status: BadAnswer, Rule: fromTag}
	in, after, ok := strings.Cut(rest, end)
	in = strings.TrimSpace(in)
	if !ok || in == "" || strings.Contains(in, open) || strings.Contains(after, open) || strings.Contains(after, end) {
		return bad, true
	}
	return Extraction{Status: Found, Answer: in, Rule: fromTag}, true
}

// afterMarker returns the text behind the last answer marker.
func afterMarker(s string) (string, bool) {
	at := -1
	for _, tag := range [...]string{"[Answer]", "[答案]"} {
		if !strings.Contains(s, tag) { // much faster than LastIndex
			continue
		}
		at = max(at, strings.LastIndex(s, tag)+len(tag))
	}
	if at < 0 {
		return "", false
	}
	return strings.TrimSpace(s[at:]), true
}

func fromProse(s string) Extraction {
	if e, ok := fromSentence(s); ok {
		return e
	}
	if s = strings.TrimSpace(s); allValues(s) {
		return Extraction{Status: Found, Answer: s, Rule: fromText}
	}
	return Extraction{}
}

const (
	maxLine  = 200 // bytes of a line that may be an answer by itself
	maxLines = 256
)

// allValues reports a text of one short line, or of lines that each hold a
// number or a few words.
func allValues(s string) bool {
	if s == "" {
		return false
	}
	if !strings.ContainsAny(s, "\n\r") {
		return len(s) <= maxLine
	}
	n := 0
	for line := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if n++; n > maxLines || len(line) > maxLine {
			return false
		}
		line = clean(line)
		if line == "" {
			continue
		}
		if strings.EqualFold(line, "answer") || line == "答案" {
			return false // a heading, not a value
		}
		switch v := readScalar(line); v.kind {
		case numeric, symbols:
		case words, numeral:
			if strings.Count(line, " ") > 5 {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// fromSentence finds the last sentence that announces an answer.
func fromSentence(s string) (Extraction, bool) {
	at, end := lastAnnouncement(s)
	if at < 0 {
		return Extraction{}, false
	}
	bad := Extraction{Status: BadAnswer, Rule: fromPhrase}
	before := s[sentenceStart(s, at):at]
	stop, question := sentenceEnd(s, end)
	answer := strings.TrimSpace(s[end:stop])
	answer = strings.TrimSpace(strings.TrimLeft(answer, ":：= "))
	answer = trimBold(answer)
	if answer == "" || question || denies(before) || denies(firstWords(answer)) || retracts(s[stop:]) {
		return bad, true
	}
	return Extraction{Status: Found, Answer: answer, Rule: fromPhrase}, true
}

// lastAnnouncement returns where the last "answer is", "answer:" or its Chinese
// form starts and ends, -1 if there is none.
func lastAnnouncement(s string) (at, end int) {
	at, end = -1, -1
	for _, noun := range [...]string{"answer", "Answer", "ANSWER", "答案"} {
		for i := 0; ; i += len(noun) {
			k := strings.Index(s[i:], noun)
			if k < 0 {
				break
			}
			i += k
			if i > at && (i == 0 || !isLetter(s[i-1])) {
				if n := copula(s[i+len(noun):]); n > 0 {
					at, end = i, i+len(noun)+n
				}
			}
		}
	}
	return at, end
}

// copula returns the length of the "is" or colon that s starts with, bold and
// spaces before it included, 0 if there is none.
func copula(s string) int {
	rest := strings.TrimLeft(s, " *")
	n := len(s) - len(rest)
	for _, c := range [...]string{":", "：", "是", "为"} {
		if strings.HasPrefix(rest, c) {
			return n + len(c)
		}
	}
	if len(rest) > 2 && strings.EqualFold(rest[:2], "is") && !isLetter(rest[2]) {
		return n + 2
	}
	return 0
}

// sentenceEnd returns the end of the sentence or line at or after s[i], skipping
// the line break that may follow a colon, and whether it is a question.
func sentenceEnd(s string, i int) (end int, question bool) {
	for i < len(s) && (s[i] == ' ' || s[i] == '\n' || s[i] == '*' || s[i] == ':') {
		i++
	}
	for ; i < len(s); i++ {
		switch c := s[i]; c {
		case '\n', '\r':
			return i, false
		case '.', '!', '?':
			// A full stop ends a sentence before space, or behind bold or a
			// formula; 3.5 goes on.
			if i+1 == len(s) || strings.IndexByte(" \n\r\t*$)", s[i+1]) >= 0 {
				return i, c == '?'
			}
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

// sentenceStart returns where the sentence that s[i] belongs to begins.
func sentenceStart(s string, i int) int {
	for i > 0 {
		switch s[i-1] {
		case '\n', '.', '!', '?':
			return i
		}
		if strings.HasSuffix(s[:i], "。") {
			return i
		}
		i--
	}
	return 0
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

// firstWords returns the start of s, where a denial would stand.
func firstWords(s string) string {
	const n = 24
	if len(s) <= n {
		return s
	}
	i := n
	for i > 0 && !utf8.RuneStart(s[i]) {
		i--
	}
	return s[:i]
}

var (
	// denials before or right after an announcement make it no answer.
	denials = wordSet(`not no never whether if isn't don't doesn't can't cannot unlikely wrong incorrect wasn't
		unless suppose assuming nor neither maybe perhaps previous earlier initial first original old`)
	chineseDenials = [...]string{"不是", "并非", "不认为", "是否", "如果", "错误", "不对"}

	// retractions after an announcement take it back.
	retractions = wordSet(`wait actually sorry correction wrong mistake incorrect instead hmm oops mistaken
		scratch however rather recheck retract alternatively could might possibly`)
	chineseRetractions = [...]string{"等等", "不对", "错了", "更正", "抱歉", "其实", "应该是", "重新"}
)

func denies(s string) bool { return mentions(s, denials, chineseDenials[:]) }

func retracts(s string) bool {
	return mentions(s, retractions, chineseRetractions[:]) ||
		strings.Contains(s, "No, ") || strings.Contains(s, " no, ") // but "there is no other" keeps it
}

func mentions(s string, list map[string]bool, chinese []string) bool {
	s = strings.ReplaceAll(s, "’", "'")
	for w := range strings.FieldsFuncSeq(s, func(r rune) bool { return r < utf8.RuneSelf && !isLetter(byte(r)) && r != '\'' }) {
		if len(w) < 16 && list[strings.ToLower(w)] {
			return true
		}
	}
	for _, w := range chinese {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
