package graders

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/golongrl/golongrl/internal/py"
)

// cutChar splits s behind its first code point; char is "" if s is empty.
func cutChar(s string) (char, rest string) {
	_, n := py.DecodeRune(s)
	return s[:n], s[n:]
}

// lastChars returns the last n code points of s.
func lastChars(s string, n int) string {
	i := len(s)
	for ; n > 0 && i > 0; n-- {
		i -= lastSize(s[:i])
	}
	return s[i:]
}

// lastSize is the width of the last code point of s, which is not empty.
func lastSize(s string) int {
	if r, size := utf8.DecodeLastRuneInString(s); r != utf8.RuneError || size != 1 {
		return size
	}
	if len(s) >= 3 {
		if r, size := py.DecodeRune(s[len(s)-3:]); size == 3 && 0xd800 <= r && r <= 0xdfff {
			return 3
		}
	}
	return 1
}

// firstChars returns the first n code points of s.
func firstChars(s string, n int) string {
	i := 0
	for ; n > 0 && i < len(s); n-- {
		_, size := py.DecodeRune(s[i:])
		i += size
	}
	return s[:i]
}

// lowerIndex returns the position in s of the code point that stands at the
// byte i of py.Lower(s), counted in code points as the originals do: they look
// in the lower-cased text and cut the original.
func lowerIndex(s, lower string, i int) int {
	if len(s) == len(lower) && isASCII(s) {
		return i
	}
	return len(firstChars(s, py.RuneCount(lower[:i])))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// isAlpha reports str.isalpha of one code point. A letter of Go's newer
// Unicode version that Unicode 14 lacks is not alphanumeric there either.
func isAlpha(r rune) bool { return unicode.IsLetter(r) && py.IsAlnum(r) }

// isWord reports whether r matches \w.
func isWord(r rune) bool { return r == '_' || py.IsAlnum(r) }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// upper is str.upper, needed only for words with the letters A to E.
func upper(s string) string {
	if isASCII(s) {
		return strings.ToUpper(s)
	}
	return fullUpper(s)
}

// digitsEnd returns the position behind the ASCII digits at s[i:].
func digitsEnd(s string, i int) int {
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	return i
}

// decimalsEnd returns the position behind the run of \d at s[i:].
func decimalsEnd(s string, i int) int {
	for i < len(s) {
		if s[i] < utf8.RuneSelf {
			if !isDigit(s[i]) {
				break
			}
			i++
			continue
		}
		r, n := py.DecodeRune(s[i:])
		if !py.IsDecimal(r) {
			break
		}
		i += n
	}
	return i
}

// spacesEnd returns the position behind the spaces at s[i:].
func spacesEnd(s string, i int) int {
	for i < len(s) && s[i] == ' ' {
		i++
	}
	return i
}

// atEnd reports whether $ of a Python pattern matches at s[i:].
func atEnd(s string, i int) bool { return i == len(s) || i == len(s)-1 && s[i] == '\n' }

// enclosed returns the text of ^\\text\{(.+?)\}$, which holds no newline.
func enclosed(s string) (text string, ok bool) {
	rest, ok := strings.CutPrefix(s, `\text{`)
	if !ok {
		return "", false
	}
	rest = strings.TrimSuffix(rest, "\n")
	text, ok = strings.CutSuffix(rest, "}")
	return text, ok && text != "" && strings.IndexByte(text, '\n') < 0
}
