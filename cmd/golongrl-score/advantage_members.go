package main

import "strings"

// member is a key of a JSON object with its value: text[from:to], without the
// white space around.
type member struct{ from, colon, to int }

// eachMember calls f for every member of the object that text is, which must be
// correct JSON.
func eachMember(text string, f func(member)) {
	i := skipSpace(text, 0) + 1 // behind the brace
	for {
		i = skipSpace(text, i)
		switch text[i] {
		case '}':
			return
		case ',':
			i++
			continue
		}
		m := member{from: i}
		i = skipSpace(text, skipString(text, i))
		m.colon = i
		i = skipValue(text, skipSpace(text, i+1))
		m.to = i
		f(m)
	}
}

func skipSpace(s string, i int) int {
	for s[i] == ' ' || s[i] == '\t' || s[i] == '\r' || s[i] == '\n' {
		i++
	}
	return i
}

// skipString returns the place behind the string that begins at s[i].
func skipString(s string, i int) int {
	for i++; ; i++ {
		i += strings.IndexByte(s[i:], '"')
		escapes := 0
		for s[i-1-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return i + 1
		}
	}
}

// skipValue returns the place behind the value that begins at s[i].
func skipValue(s string, i int) int {
	for depth := 0; ; {
		switch s[i] {
		case '"':
			i = skipString(s, i)
		case '{', '[':
			depth++
			i++
			continue
		case '}', ']':
			if depth == 0 {
				return i // of the object around: a number ended before
			}
			depth--
			i++
		case ',', ' ', '\t', '\r', '\n', ':':
			if depth == 0 {
				return i
			}
			i++
			continue
		default: // a number or a word
			for i++; ; i++ {
				if c := s[i]; c == ',' || c == '}' || c == ']' || c <= ' ' {
					break
				}
			}
		}
		if depth == 0 {
			return i
		}
	}
}
