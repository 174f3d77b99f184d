package mathverify

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// clean puts a text into the form that the rules compare. It removes what has
// no meaning (math delimiters, spacing, sizing and text commands, Markdown
// bold, a final full stop), writes the variants of a sign one way, and never
// drops a letter, a digit or an operator. One space stands for any run of
// spaces. Line breaks must have been dealt with before.
func clean(s string) string {
	// Canonically equivalent letters are the same letter.
	return tighten(strings.TrimSpace(norm.NFC.String(simplify(unwrap(s)))))
}

// maxWrappers bounds how many wrappers one answer may have around it; more
// stay, and make it symbolic.
const maxWrappers = 8

// unwrap removes wrappers that enclose the whole text (bold, code, quotes, math
// delimiters, boxes) and a final full stop.
func unwrap(s string) string {
	if s = strings.TrimSpace(s); s == "" || plainByte(s[0]) && plainByte(s[len(s)-1]) {
		return s // the common case
	}
	for range maxWrappers {
		t := withoutStop(strings.TrimSpace(s))
		for _, w := range [...][2]string{
			{"**", "**"}, {"`", "`"}, {`"`, `"`}, {"“", "”"},
			{"$$", "$$"}, {"$", "$"}, {`\(`, `\)`}, {`\[`, `\]`},
		} {
			if len(t) > len(w[0])+len(w[1]) && strings.HasPrefix(t, w[0]) && strings.HasSuffix(t, w[1]) {
				in := t[len(w[0]) : len(t)-len(w[1])]
				if !strings.Contains(in, w[0]) && !strings.Contains(in, w[1]) && !strings.HasSuffix(in, `\`) {
					t = in
				}
			}
		}
		for _, cmd := range [...]string{`\boxed{`, `\fbox{`} {
			if strings.HasPrefix(t, cmd) && closing(t, len(cmd)-1) == len(t)-1 {
				t = t[len(cmd) : len(t)-1]
			}
		}
		if t == s {
			break
		}
		s = t
	}
	return s
}

// plainByte reports a letter or digit, which opens and closes no wrapper.
func plainByte(c byte) bool { return isLetter(c) || isDigit(c) }

// withoutStop removes one full stop from the end; an ellipsis stays.
func withoutStop(s string) string {
	for _, stop := range [...]string{".", "。"} {
		if t, ok := strings.CutSuffix(s, stop); ok && !strings.HasSuffix(t, stop) {
			return strings.TrimSpace(t)
		}
	}
	return s
}

// closing returns the index of the brace that closes the one at s[open], -1 if
// there is none. Escaped braces do not count.
func closing(s string, open int) int {
	depth := 0
	for i := open; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
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

// Commands without meaning for a value.
var (
	textCommands   = [...]string{"text", "textbf", "textit", "textrm", "textnormal", "mbox"}
	romanCommands  = [...]string{"mathrm", "mathit", "mathnormal"}
	boldCommands   = [...]string{"mathbf", "boldsymbol", "bm"} // kept around letters, where they make a vector
	sizeCommands   = [...]string{"left", "right", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "displaystyle", "textstyle"}
	spaceCommands  = [...]string{"quad", "qquad", "thinspace", "enspace", "space"}
	fracCommands   = [...]string{"dfrac", "tfrac", "cfrac"}
	vulgarFraction = map[rune]string{
		'½': "1/2", '⅓': "1/3", '⅔': "2/3", '¼': "1/4", '¾': "3/4", '⅕': "1/5", '⅖': "2/5", '⅗': "3/5", '⅘': "4/5",
		'⅙': "1/6", '⅚': "5/6", '⅛': "1/8", '⅜': "3/8", '⅝': "5/8", '⅞': "7/8", '⅐': "1/7", '⅑': "1/9", '⅒': "1/10",
	}
)

func among(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// Kinds of open brace, so that the closing one of a removed command goes too.
const (
	braceKept = iota
	braceDropped
	braceText // dropped, and leaves a space
)

// simplify is the single pass of clean over the text.
func simplify(s string) string {
	out := make([]byte, 0, len(s)+8)
	var braces []byte
	delims := dollarsDelimit(s)
	run := 0 // where the digits at the end of out start
	put := func(c byte) {
		if isDigit(c) && (len(out) == 0 || !isDigit(out[len(out)-1])) {
			run = len(out)
		}
		out = append(out, c)
	}
	space := func() {
		if n := len(out); n > 0 && out[n-1] != ' ' {
			out = append(out, ' ')
		}
	}
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '\\':
			i = command(s, i, &out, &braces, space)
		case c == '{':
			if strings.HasPrefix(s[i:], "{,}") {
				// 1{,}234 is 1234; 0{,}234 may be a decimal comma.
				if n := len(out); n > 0 && isDigit(out[n-1]) && out[run] != '0' &&
					(run == 0 || out[run-1] != '.' && out[run-1] != ',') && leadingDigits(s[i+3:]) == 3 {
					i += 3
					continue
				}
			}
			braces = append(braces, braceKept)
			out = append(out, c)
			i++
		case c == '}':
			kind := byte(braceKept)
			if n := len(braces); n > 0 {
				kind, braces = braces[n-1], braces[:n-1]
			}
			switch kind {
			case braceKept:
				out = append(out, c)
			case braceText:
				space()
			}
			i++
		case c == '$' && delims: // delimiters; a single one is a currency sign
			space()
			i++
		case c == '~' || c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f':
			space()
			i++
		case c < utf8.RuneSelf:
			put(c)
			i++
		default:
			r, n := utf8.DecodeRuneInString(s[i:])
			if frac, ok := vulgarFraction[r]; ok {
				if k := len(out); k > 0 && isDigit(out[k-1]) {
					out = append(out, ' ')
				}
				for k := range len(frac) {
					put(frac[k])
				}
			} else if t, ok := plainRune(r); ok {
				if t == " " {
					space()
				} else {
					for k := range len(t) {
						put(t[k])
					}
				}
			} else {
				out = append(out, s[i:i+n]...)
			}
			i += n
		}
	}
	return string(out)
}

// dollarsDelimit reports whether the dollar signs of s delimit formulas. A
// single one is a currency sign, and so are several that all stand before a
// digit.
func dollarsDelimit(s string) bool {
	n, delims := 0, false
	for i := range len(s) {
		if s[i] != '$' || i > 0 && s[i-1] == '\\' {
			continue
		}
		n++
		delims = delims || i+1 == len(s) || !isDigit(s[i+1])
	}
	return n > 1 && delims
}

const fullWidthASCII = "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"

// plainRune returns the plain spelling of a typographic character.
func plainRune(r rune) (string, bool) {
	switch {
	case r >= 0xFF01 && r <= 0xFF5E && r != '＼' && r != '｛' && r != '｝':
		i := r - 0xFF01
		return fullWidthASCII[i : i+1], true
	case r == 0x2212: // minus sign
		return "-", true
	case r == 0x00A0 || r == 0x3000 || r >= 0x2000 && r <= 0x200A || r == 0x202F || r == 0x205F:
		return " ", true
	case r == '×':
		return `\times`, true
	case r == '·' || r == '⋅':
		return `\cdot`, true
	case r == '￥':
		return "¥", true
	case r == '’' || r == '‘':
		return "'", true
	case r == '、':
		return ", ", true
	}
	return "", false
}

// command handles the backslash at s[i] and returns where the text goes on.
func command(s string, i int, out *[]byte, braces *[]byte, space func()) int {
	end := i + 1
	for end < len(s) && isLetter(s[end]) {
		end++
	}
	if end == i+1 { // a control symbol
		if end == len(s) {
			*out = append(*out, '\\')
			return end
		}
		switch c := s[end]; c {
		case ',', ';', ':', '>', ' ', '(', ')', '[', ']':
			space()
		case '!':
			for end+1 < len(s) && s[end+1] == ' ' { // 11,\! 111
				end++
			}
		case '$', '%':
			*out = append(*out, c)
		case '\\':
			*out = append(*out, '\\', '\\')
		default:
			*out = append(*out, '\\')
			return end // the character itself is handled as text, braces apart
		}
		return end + 1
	}
	name := s[i+1 : end]
	arg := end
	for arg < len(s) && s[arg] == ' ' {
		arg++
	}
	braced := arg < len(s) && s[arg] == '{'
	switch {
	case among(textCommands[:], name) && braced:
		space()
		*braces = append(*braces, braceText)
		return arg + 1
	case among(sizeCommands[:], name):
		apart(*out, space)
		if (name == "left" || name == "right") && arg < len(s) && s[arg] == '.' {
			return arg + 1 // the invisible delimiter
		}
		return arg
	case among(romanCommands[:], name) && braced,
		among(boldCommands[:], name) && braced && arg+1 < len(s) && !isLetter(s[arg+1]) && s[arg+1] != '\\':
		apart(*out, space)
		*braces = append(*braces, braceDropped)
		return arg + 1
	case among(spaceCommands[:], name):
		space()
		return end
	case among(fracCommands[:], name):
		*out = append(*out, `\frac`...)
		return end
	}
	*out = append(*out, s[i:end]...)
	return end
}

// apart keeps what follows a removed command from joining the letters before
// it, which may be a command's name.
func apart(out []byte, space func()) {
	if n := len(out); n > 0 && isLetter(out[n-1]) {
		space()
	}
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// tighten removes the spaces that separate nothing: next to brackets and
// operators, and on both sides of a minus. A space on one side of a minus
// stays, because "5 -3" may be two numbers.
func tighten(s string) string {
	if strings.IndexByte(s, ' ') < 0 {
		return s
	}
	s = strings.ReplaceAll(s, " - ", "-")
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		if s[i] == ' ' && i > 0 && i+1 < len(s) && (opens(s[i-1]) || closes(s[i+1])) {
			continue
		}
		out = append(out, s[i])
	}
	return string(out)
}

// opens reports a byte after which a space means nothing.
func opens(c byte) bool { return strings.IndexByte("([{=+*/^<>|", c) >= 0 }

// closes reports a byte before which a space means nothing.
func closes(c byte) bool { return strings.IndexByte(")]}=+*/^<>|%", c) >= 0 }
