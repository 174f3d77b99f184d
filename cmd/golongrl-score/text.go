package main

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// printable makes s fit for a line of a terminal: without control characters or
// invalid bytes and at most n characters long. Nothing is "-".
func printable(s string, n int) string {
	if s == "" {
		return "-"
	}
	var b strings.Builder
	for _, r := range s {
		if n--; n < 0 {
			b.WriteString("…")
			break
		}
		switch {
		case r == '\n':
			b.WriteString("⏎")
		case r == '\t':
			b.WriteByte(' ')
		case unicode.IsControl(r) || r == utf8.RuneError:
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
