package scoring

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Spelling is a metric written down: a name, an optional cut-off and options.
//
//	spelling = name [ "@" k ] [ "(" key "=" value { "," key "=" value } ")" ]
//
// Names and keys are identifiers, k is a positive integer, and values are
// letters, digits and the characters "_.+-".
type Spelling struct {
	Name string
	K    int // 0: none
	Args []Arg
}

// An Arg is one option of a spelling.
type Arg struct{ Key, Value string }

// String writes the spelling canonically: options sorted by key, no spaces.
func (s Spelling) String() string {
	var b strings.Builder
	b.WriteString(s.Name)
	if s.K > 0 {
		b.WriteByte('@')
		b.WriteString(strconv.Itoa(s.K))
	}
	if len(s.Args) > 0 {
		args := slices.Clone(s.Args)
		slices.SortFunc(args, func(a, b Arg) int { return cmp.Compare(a.Key, b.Key) })
		for i, a := range args {
			b.WriteByte("(,"[min(i, 1)])
			b.WriteString(a.Key)
			b.WriteByte('=')
			b.WriteString(a.Value)
		}
		b.WriteByte(')')
	}
	return b.String()
}

// A SpellingError reports a metric, option or expression that cannot be
// understood. Its message shows the place with a caret.
type SpellingError struct {
	Text   string
	Offset int // in bytes
	Msg    string
}

func (e *SpellingError) Error() string {
	line, col := e.Text, max(0, min(e.Offset, len(e.Text)))
	if i := strings.LastIndexByte(line[:col], '\n'); i >= 0 {
		line, col = line[i+1:], col-i-1
	}
	if i := strings.IndexByte(line, '\n'); i >= 0 {
		line = line[:i]
	}
	if cut := col - 60; cut > 10 { // keep the place in sight
		for cut < len(line) && !utf8.RuneStart(line[cut]) {
			cut++
		}
		line, col = "…"+line[cut:], col-cut+len("…")
	}
	if end := col + 60; end < len(line) {
		line = strings.ToValidUTF8(line[:end], "") + "…"
	}
	pad := utf8.RuneCountInString(line[:min(col, len(line))])
	return fmt.Sprintf("%s\n | %s\n | %s^", e.Msg, line, strings.Repeat(".", pad))
}

func isIdent(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isIdentByte(s[i], i > 0) {
			return false
		}
	}
	return s != ""
}

func isIdentByte(c byte, digits bool) bool {
	return c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z' || digits && '0' <= c && c <= '9'
}

func isValueByte(c byte) bool {
	return isIdentByte(c, true) || c == '.' || c == '+' || c == '-'
}

// scanSpelling reads a spelling at the start of text[from:] and returns it with
// the offset behind it. It reads options only if they look like options, so
// that a call such as "max(em, f1)" in an expression is left alone.
func scanSpelling(text string, from int) (Spelling, int, error) {
	i := from
	for i < len(text) && isIdentByte(text[i], i > from) {
		i++
	}
	if i == from {
		return Spelling{}, from, &SpellingError{text, from, "expected a metric name"}
	}
	s := Spelling{Name: text[from:i]}
	if i < len(text) && text[i] == '@' {
		j := i + 1
		for j < len(text) && '0' <= text[j] && text[j] <= '9' {
			j++
		}
		k, err := strconv.Atoi(text[i+1 : j])
		if err != nil || k <= 0 || k > 1<<30 {
			return s, i, &SpellingError{text, i + 1, "expected a positive whole number after @"}
		}
		s.K, i = k, j
	}
	j := i
	for j < len(text) && text[j] == ' ' {
		j++
	}
	if j == len(text) || text[j] != '(' {
		return s, i, nil
	}
	k := skipSpaces(text, j+1)
	if k < len(text) && text[k] == ')' { // em() is em
		return s, k + 1, nil
	}
	for e := k; ; e++ { // options or an ordinary call?
		if e == len(text) || !isIdentByte(text[e], true) {
			if e = skipSpaces(text, e); e == len(text) || text[e] != '=' || e+1 < len(text) && text[e+1] == '=' {
				return s, i, nil
			}
			break
		}
	}
	for {
		k = skipSpaces(text, k)
		e := k
		for e < len(text) && isIdentByte(text[e], e > k) {
			e++
		}
		key, at := text[k:e], k
		k = skipSpaces(text, e)
		if key == "" || k == len(text) || text[k] != '=' {
			return s, at, &SpellingError{text, at, "expected an option such as profile=reference"}
		}
		k = skipSpaces(text, k+1)
		e = k
		for e < len(text) && isValueByte(text[e]) {
			e++
		}
		if e == k {
			return s, k, &SpellingError{text, k, "expected a value for " + key}
		}
		for _, a := range s.Args {
			if a.Key == key {
				return s, at, &SpellingError{text, at, "option " + key + " is given twice"}
			}
		}
		s.Args = append(s.Args, Arg{key, text[k:e]})
		k = skipSpaces(text, e)
		switch {
		case k < len(text) && text[k] == ',':
			k++
		case k < len(text) && text[k] == ')':
			return s, k + 1, nil
		default:
			return s, k, &SpellingError{text, k, "expected , or ) in the options of " + s.Name}
		}
	}
}

func skipSpaces(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t' || s[i] == '\n' || s[i] == '\r') {
		i++
	}
	return i
}
