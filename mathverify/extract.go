package mathverify

import "strings"

// The rules that Extract names.
const (
	fromBox    = "box"
	fromTag    = "answer element"
	fromMarker = "answer marker"
	fromPhrase = "phrase"
	fromText   = "text"
)

// Extract finds the final answer in the visible text of a response; remove any
// thinking first. A text with more than one [Answer] or [答案] is a BadAnswer.
// Otherwise the first of these that it holds decides:
//
//  1. \boxed{...} or \fbox{...}: the last one. Boxes that only a comma, "and" or
//     "or" joins are one list. A last box that is cut off, empty, or an operand
//     (\boxed{4}^2, -\boxed{4}) is a BadAnswer, even if an earlier one is whole.
//  2. <answer>...</answer>: exactly one; more than one, or one that is cut off
//     or empty, is a BadAnswer.
//  3. [Answer] or [答案]: what follows it, by rules 4 and 5.
//  4. "answer is X", "answer: X", "answer = X", "答案是X", or a heading "Answer":
//     the last one that is not denied, hedged or asked, up to the end of the
//     sentence or line; where a line break follows it, all the lines of values
//     behind it. It is a BadAnswer when there is no such one, or when what
//     follows takes it back. "The result is X" counts as the last sentence.
//  5. A text of one short line, or of short lines that are all values or plain
//     words: itself.
//
// Otherwise the status is NoAnswer. The time is linear in the text.
func Extract(response string) Extraction {
	area, tags := afterMarker(response)
	if tags > 1 {
		return Extraction{Status: BadAnswer, Rule: fromMarker}
	}
	if e, ok := fromBoxes(response); ok {
		return e
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
	if e, ok := fromResult(s); ok {
		return e
	}
	if s = strings.TrimSpace(s); isBlock(s, words) {
		return Extraction{Status: Found, Answer: s, Rule: fromText}
	}
	return Extraction{}
}
