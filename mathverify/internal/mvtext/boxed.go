package mvtext

import (
	"strings"
	"unicode/utf8"
)

// BoxedContent returns the contents of the \boxed and \fbox commands of text,
// joined by commas in the order of the text, or text itself if there are none.
//
// Boxes are visited from right to left. In mode BoxLast an earlier box belongs
// to the answer if fewer than 10 code points lie between it and the box after
// it, or fewer than 70 with "and", "or", a comma or a semicolon among them and
// a different content. Of a box inside a box only the inner content counts. A
// last box without braces, or unclosed, extends to the end of text; an earlier
// one ends the walk. BoxNone returns text.
func BoxedContent(text string, mode BoxMode) string {
	if mode == BoxNone {
		return text
	}
	boxed, fbox := lastIndexBefore(text, `\boxed`, len(text)), lastIndexBefore(text, `\fbox`, len(text))
	if boxed < 0 && fbox < 0 {
		return text
	}
	var contents []string
	limit := len(text) // where the box visited before starts
	for boxed >= 0 || fbox >= 0 {
		start, open := boxed, boxed+len(`\boxed`)
		if fbox > boxed {
			start, open = fbox, fbox+len(`\fbox`)
		}
		for open < limit {
			w := spaceAt(text, open)
			if w == 0 {
				break
			}
			open += w
		}
		if open >= limit {
			break
		}
		end := -1
		if text[open] == '{' {
			end = closingBrace(text, open, limit)
		}
		if end < 0 {
			if len(contents) == 0 {
				contents = append(contents, text[open:])
			}
			break
		}
		content := trimSpace(text[open+1 : end])
		if mode == BoxLast && len(contents) > 0 && !joins(text[end+1:limit], content, contents[len(contents)-1]) {
			break
		}
		contents = append(contents, content)
		limit = start
		// Only the command just used needs a new search, which keeps the walk
		// linear.
		if start == boxed {
			boxed = lastIndexBefore(text, `\boxed`, start)
		} else {
			fbox = lastIndexBefore(text, `\fbox`, start)
		}
	}
	switch len(contents) {
	case 0:
		return text
	case 1:
		return contents[0]
	}
	for i, j := 0, len(contents)-1; i < j; i, j = i+1, j-1 {
		contents[i], contents[j] = contents[j], contents[i]
	}
	return strings.Join(contents, ",")
}

func lastIndexBefore(s, sub string, end int) int { return strings.LastIndex(s[:end], sub) }

// closingBrace returns the index of the brace that closes the one at open,
// before limit, or -1.
func closingBrace(s string, open, limit int) int {
	depth := 1
	for i := open + 1; i < limit; i++ {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// joins reports whether a box belongs to the one after it, given the text
// between and the contents of both.
func joins(between, content, next string) bool {
	if len(between) < 10 {
		return true
	}
	switch n := utf8.RuneCountInString(between); {
	case n < 10:
		return true
	case n >= 70 || next == content:
		return false
	}
	return strings.ContainsAny(between, ",;") || strings.Contains(between, "and") || strings.Contains(between, "or")
}
