package syntax

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// An Error tells why a text is no mathematics and where.
type Error struct {
	Src    string
	Offset int // in bytes
	Msg    string
}

// Error returns the message with the offset of the fault.
func (e *Error) Error() string {
	return fmt.Sprintf("%s at offset %d", e.Msg, e.Offset)
}

// snippet is how many bytes of the text Caret shows on each side of the fault.
const snippet = 30

// Caret returns the place of the fault and below it a line with a caret:
//
//	| \frac{1}
//	| ........^
//
// Long texts are cut on both sides.
func (e *Error) Caret() string {
	at := min(max(e.Offset, 0), len(e.Src))
	from, to := max(at-snippet, 0), min(at+snippet, len(e.Src))
	for from > 0 && from < at && !utf8.RuneStart(e.Src[from]) {
		from++
	}
	for to < len(e.Src) && to > at && !utf8.RuneStart(e.Src[to]) {
		to--
	}
	flat := strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, e.Src[from:to])
	width := utf8.RuneCountInString(e.Src[from:at])
	return "| " + flat + "\n| " + strings.Repeat(".", width) + "^"
}
