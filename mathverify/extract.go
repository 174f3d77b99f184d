package mathverify

import "strings"

// The rules that Extract names.
const (
	fromBox    = "box"
	fromTag    = "answer element"
	fromMarker = "answer marker"
	fromPhrase = "phrase"
	fromEnd    = "conclusion"
	fromText   = "text"
	fromLast   = "last value"
	fromThink  = "thinking"
)

// Extract finds the final answer in a response. A thinking block, up to its
// last </think>, does not count, nor do <reasoning>, <scratchpad> and comments, and thinking that never ends is a BadAnswer; so
// is a text with more than one [Answer] or [答案]. Otherwise the first of these
// that the text holds decides:
//
//  1. \boxed{...} or \fbox{...}: the last one. Boxes that only a comma, "and" or
//     "or" joins are one list, those on lines of their own are lines. A last box
//     that is cut off, empty, or an operand (\boxed{4}^2, -\boxed{4}) is a
//     BadAnswer, even if an earlier one is whole.
//  2. <answer>...</answer>: exactly one; more than one, or one that is cut off
//     or empty, is a BadAnswer.
//  3. [Answer] or [答案]: what follows it, by rules 4 and 5.
//  4. "answer is X", "answer: X", "answer = X", "答案是X", or a heading "Answer":
//     the last one that is not denied, hedged or asked, up to the end of the
//     sentence or line; where a line break follows it, all the lines of values
//     behind it. It is a BadAnswer when there is no such one, or when what
//     follows takes it back.
//  5. A text of one short line, or of short lines that are all values or plain
//     words: itself.
//  6. The last sentence, when it concludes: "the result is X", "the solutions
//     are X and Y", "Therefore, the area is X", or when its only bold part is a
//     value.
//
// Otherwise the status is NoAnswer. The time is linear in the text.
func Extract(response string) Extraction {
	tagged := strings.IndexByte(response, '<') >= 0
	if tagged || strings.Contains(response, `\begin{comment}`) {
		response = withoutAsides(response)
		if i := strings.LastIndex(response, closeThink); i >= 0 {
			response = response[i+len(closeThink):]
		} else if strings.Contains(response, openThink) {
			return Extraction{Status: BadAnswer, Rule: fromThink}
		}
	}
	area, tags := afterMarker(response)
	if tags > 1 {
		return Extraction{Status: BadAnswer, Rule: fromMarker}
	}
	if e, ok := fromBoxes(response); ok {
		if tagged && contradicts(response, e) {
			return Extraction{Status: BadAnswer, Rule: fromTag}
		}
		return laterFinal(response, e)
	}
	if e, ok := fromElement(response); ok {
		return e
	}
	if tags == 1 {
		if e := fromProse(area, taggedWords); e.Status != NoAnswer {
			return e
		}
		return Extraction{Status: BadAnswer, Rule: fromMarker}
	}
	return fromProse(response, plainWords)
}

// hidden are the marks around text that is not meant to be read as the answer.
var hidden = [...][2]string{{"<thinking>", "</thinking>"}, {"<reasoning>", "</reasoning>"}, {"<reason>", "</reason>"},
	{"<scratchpad>", "</scratchpad>"}, {"<thought>", "</thought>"}, {"<!--", "-->"}, {`\begin{comment}`, `\end{comment}`}}

// withoutAsides removes what stands between such marks; what is never closed
// goes up to the end.
func withoutAsides(s string) string {
	for _, m := range hidden {
		if !strings.Contains(s, m[0]) {
			continue
		}
		var b strings.Builder
		for {
			before, rest, ok := strings.Cut(s, m[0])
			b.WriteString(before)
			if !ok {
				break
			}
			if _, s, ok = strings.Cut(rest, m[1]); !ok {
				break
			}
			b.WriteByte(' ')
		}
		s = b.String()
	}
	return s
}

const (
	openThink  = "<think>"
	closeThink = "</think>"
)

// contradicts reports an answer element without a box whose content is not that
// of the boxes.
func contradicts(s string, boxed Extraction) bool {
	e, ok := fromElement(s)
	if !ok || boxed.Status != Found || e.Status != Found || strings.Contains(e.Answer, `\boxed`) || strings.Contains(e.Answer, `\fbox`) {
		return false
	}
	v, _ := Verify(e.Answer, boxed.Answer)
	return v != Equal
}

// laterFinal returns what a sentence behind the last box calls the final answer,
// and the answer of the boxes where there is no such sentence.
func laterFinal(s string, boxed Extraction) Extraction {
	if boxed.Status != Found || !strings.Contains(s, "inal answer") && !strings.Contains(s, "inal Answer") {
		return boxed
	}
	tail := s[max(strings.LastIndex(s, `\boxed`), strings.LastIndex(s, `\fbox`)):]
	if k := strings.IndexAny(tail, "\n."); k >= 0 {
		tail = tail[k+1:]
	}
	if e, ok := fromAnnouncement(tail); ok && e.Status == Found && isValue(e.Answer) {
		return e
	}
	return boxed
}

// fromHashes reads a last line "#### X", as in GSM8K. Headings look like it, so
// X must be a value.
func fromHashes(s string) (Extraction, bool) {
	s = strings.TrimSpace(s)
	line, ok := strings.CutPrefix(s[strings.LastIndexByte(s, '\n')+1:], "#### ")
	if line = strings.TrimSpace(line); !ok || !isValue(line) {
		return Extraction{}, false
	}
	return Extraction{Status: Found, Answer: line, Rule: fromMarker}, true
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

// afterMarker returns the text behind the first answer marker, and how many
// markers there are.
func afterMarker(s string) (area string, tags int) {
	if strings.IndexByte(s, '[') < 0 {
		return "", 0
	}
	for _, tag := range [...]string{"[Answer]", "[答案]"} {
		if n := strings.Count(s, tag); n > 0 {
			tags += n
			_, area, _ = strings.Cut(s, tag)
		}
	}
	return strings.TrimSpace(area), tags
}

// fromProse reads a text without boxes and tags; a line of it that is an answer
// has no more words than given.
func fromProse(s string, words int) Extraction {
	if e, ok := fromAnnouncement(s); ok {
		return e
	}
	if e, ok := fromHashes(s); ok {
		return e
	}
	s = strings.TrimSpace(s)
	if strings.Contains(s, "\n") && isBlock(s, words) {
		return Extraction{Status: Found, Answer: s, Rule: fromText}
	}
	if e, ok := fromConclusion(s); ok {
		return e
	}
	if isBlock(s, words) {
		return Extraction{Status: Found, Answer: s, Rule: fromText}
	}
	return Extraction{}
}
