package py

import (
	"strings"
	"unicode/utf8"
)

// Strip returns s without the white space at both ends: str.strip().
func Strip(s string) string {
	s = s[skipSpace(s, 0):]
	for len(s) > 0 {
		r, size := decodeLast(s)
		if !IsSpace(r) {
			break
		}
		s = s[:len(s)-size]
	}
	return s
}

// AppendFields appends the words of s, str.split(), to dst and returns it.  Words are
// separated by runs of white space and never empty; they share the memory of s.
func AppendFields(dst []string, s string) []string {
	for i := skipSpace(s, 0); i < len(s); i = skipSpace(s, i) {
		start := i
		i = wordEnd(s, i)
		dst = append(dst, s[start:i])
	}
	return dst
}

// CollapseSpace returns the words of s joined by one space: " ".join(s.split()).
// It returns s itself, or the part of it between the outer white space, when nothing
// else changes.
func CollapseSpace(s string) string {
	start := skipSpace(s, 0)
	end := irregular(s, start)
	rest := skipSpace(s, end)
	if rest == len(s) {
		return s[start:end]
	}
	dst := append(make([]byte, 0, len(s)-start), s[start:end]...)
	return freeze(AppendCollapsed(append(dst, ' '), s[rest:]))
}

// AppendCollapsed appends CollapseSpace(s) to dst and returns it.
func AppendCollapsed(dst []byte, s string) []byte {
	for i := skipSpace(s, 0); i < len(s); {
		end := irregular(s, i)
		dst = append(dst, s[i:end]...)
		if i = skipSpace(s, end); i < len(s) {
			dst = append(dst, ' ')
		}
	}
	return dst
}

// skipSpace returns the position of the first character at or after i that is not white
// space.
func skipSpace(s string, i int) int {
	for i < len(s) {
		size, space := charAt(s, i)
		if !space {
			break
		}
		i += size
	}
	return i
}

// wordEnd returns the position of the first white space at or after i.  Words are too
// short for eight bytes at a time to pay.
func wordEnd(s string, i int) int {
	for ; i < len(s); i++ {
		lead := spaceLead[s[i]]
		if lead != never && (lead == always || wideSpace(s[i:]) > 0) {
			break
		}
	}
	return i
}

// skipWide returns the position of the first ASCII character or other white space at or
// after i.
func skipWide(s string, i int) int {
	for i < len(s) && s[i] >= utf8.RuneSelf && (spaceLead[s[i]] != maybe || wideSpace(s[i:]) == 0) {
		i++
	}
	return i
}

// irregular returns the start of the first white space at or after i that collapsing
// changes: anything but one plain space before another character.  s[i:] must not begin
// with white space.
func irregular(s string, i int) int {
	for i < len(s) {
		if i+8 <= len(s) {
			x := load8(s, i)
			spaces := asciiSpaces(x)
			hits := (x|(x-' '*ones))&highs | spaces&(spaces>>8)
			if hits == 0 {
				// A space at the end is looked at again with what follows it.
				i += 8 - int(spaces>>63)
				continue
			}
			// The space before the first hit, if any, belongs to its white space.  The hit
			// may still be no white space: what follows decides.
			if k := firstByte(hits); k > 0 {
				if i += k; s[i-1] == ' ' {
					i--
				}
			}
		}
		size, space := charAt(s, i)
		if space {
			if s[i] != ' ' || i+1 == len(s) {
				return i
			}
			if _, again := charAt(s, i+1); again {
				return i
			}
		}
		i = skipWide(s, i+size)
	}
	return i
}

// What the first byte of a character tells about white space.
const (
	never  = iota // not the start of white space, or not the start of a character
	always        // ASCII white space
	maybe         // the first byte of some other white space
)

var spaceLead = [256]uint8{
	'\t': always, '\n': always, '\v': always, '\f': always, '\r': always,
	0x1c: always, 0x1d: always, 0x1e: always, 0x1f: always, ' ': always,
	0xc2: maybe, 0xe1: maybe, 0xe2: maybe, 0xe3: maybe,
}

// charAt reports whether white space begins at s[i] and how many bytes it is wide.  For
// any other character size may be less than its width; its later bytes are no white
// space either.
func charAt(s string, i int) (size int, space bool) {
	lead := spaceLead[s[i]]
	if lead == maybe {
		if n := wideSpace(s[i:]); n > 0 {
			return n, true
		}
	}
	return 1, lead == always
}

// wideSpace returns the width of the white space beyond ASCII that s begins with, or 0.
// It is IsSpace on encoded text.
func wideSpace(s string) int {
	switch s[0] {
	case 0xc2:
		if len(s) >= 2 && (s[1] == 0x85 || s[1] == 0xa0) {
			return 2
		}
		return 0
	case 0xe1:
		if strings.HasPrefix(s, "\u1680") {
			return 3
		}
		return 0
	case 0xe3:
		if strings.HasPrefix(s, "\u3000") {
			return 3
		}
		return 0
	}
	if len(s) < 3 || s[0] != 0xe2 {
		return 0
	}
	if c := s[2]; s[1] == 0x80 && (0x80 <= c && c <= 0x8a || c == 0xa8 || c == 0xa9 || c == 0xaf) ||
		s[1] == 0x81 && c == 0x9f {
		return 3
	}
	return 0
}
