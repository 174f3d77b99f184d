package main

import (
	"strings"

	"github.com/golongrl/golongrl/internal/py"
)

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

// repeated is a key that the object src, which was parsed as v, has twice.
func repeated(src string, v py.Value) (string, bool) {
	n := 0
	eachMember(src, func(member) { n++ })
	if n == v.Len() {
		return "", false
	}
	found := ""
	seen := make(map[string]bool)
	eachMember(src, func(m member) {
		key, err := py.Parse(strings.TrimRight(src[m.from:m.colon], " \t\r\n"))
		if err != nil || found != "" {
			return
		}
		if seen[key.Str()] {
			found = key.Str()
		}
		seen[key.Str()] = true
	})
	return found, found != ""
}

// objectOf is the text of the last member of src with that key.
func objectOf(src, key string) (object string) {
	eachMember(src, func(m member) {
		if isKey(src[m.from:m.colon], key) {
			object = src[skipSpace(src, m.colon+1):m.to]
		}
	})
	return object
}
