// Package spelling reads and writes the spellings of configured values, such as
// tmn_reweight(alpha=0.5): a name, and options where they differ from their
// defaults.
package spelling

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// An Error reports a spelling that cannot be understood. Its message shows the
// place with a caret.
type Error struct {
	Text   string
	Offset int // in bytes
	Msg    string
}

func (e *Error) Error() string {
	text := strings.NewReplacer("\n", " ", "\r", " ", "\t", " ").Replace(strings.ToValidUTF8(e.Text, "?"))
	at := min(e.Offset, len(text))
	for at < len(text) && !utf8.RuneStart(text[at]) {
		at++ // what was not UTF-8 has another length now
	}
	if at > 60 { // keep the place in sight
		cut := at - 50
		for !utf8.RuneStart(text[cut]) {
			cut++
		}
		text, at = "…"+text[cut:], at-cut+len("…")
	}
	shown := at + 40
	if shown < len(text) {
		for !utf8.RuneStart(text[shown]) {
			shown--
		}
		text = text[:shown] + "…"
	}
	return fmt.Sprintf("%s\n | %s\n | %s^", e.Msg, text, strings.Repeat(".", utf8.RuneCountInString(text[:at])))
}

// MaxNesting bounds values inside values.
const MaxNesting = 8

// A Parser reads a spelling from left to right.
type Parser struct {
	Text string
	at   int
}

// Fail is an error at a place of the text.
func (p *Parser) Fail(at int, format string, args ...any) error {
	return &Error{p.Text, at, fmt.Sprintf(format, args...)}
}

func (p *Parser) spaces() {
	for p.at < len(p.Text) && strings.IndexByte(" \t\r\n", p.Text[p.at]) >= 0 {
		p.at++
	}
}

// Word reads lower-case letters, digits and underscores, not beginning with a
// digit. It returns the word, empty if there is none, and its place.
func (p *Parser) Word() (string, int) {
	p.spaces()
	from := p.at
	for p.at < len(p.Text) && (p.Text[p.at] == '_' || 'a' <= p.Text[p.at] && p.Text[p.at] <= 'z' || p.at > from && '0' <= p.Text[p.at] && p.Text[p.at] <= '9') {
		p.at++
	}
	return p.Text[from:p.at], from
}

func (p *Parser) sees(c byte) bool {
	p.spaces()
	if p.at < len(p.Text) && p.Text[p.at] == c {
		p.at++
		return true
	}
	return false
}

// End is an error if anything but spaces follows; what names the thing that was
// read.
func (p *Parser) End(what string) error {
	if p.spaces(); p.at < len(p.Text) {
		return p.Fail(p.at, "nothing may follow the %s", what)
	}
	return nil
}

// An Argument is "key=value" with the places of both.
type Argument struct {
	Key, Value   string
	KeyAt, Place int
}

// Arguments reads "(key=value,…)" or nothing. Values run to the next comma or
// parenthesis of their own level.
func (p *Parser) Arguments() ([]Argument, error) {
	if !p.sees('(') || p.sees(')') {
		return nil, nil
	}
	var args []Argument
	for {
		key, keyAt := p.Word()
		if key == "" || !p.sees('=') {
			return nil, p.Fail(keyAt, "expected an option such as eps=0.000001")
		}
		for _, a := range args {
			if a.Key == key {
				return nil, p.Fail(keyAt, "option %s is given twice", key)
			}
		}
		p.spaces()
		from, level := p.at, 0
	value:
		for ; p.at < len(p.Text); p.at++ {
			switch p.Text[p.at] {
			case '(':
				if level++; level > MaxNesting {
					return nil, p.Fail(p.at, "more than %d parentheses inside each other", MaxNesting)
				}
			case ')', ',':
				if level == 0 {
					break value
				}
				if p.Text[p.at] == ')' {
					level--
				}
			}
		}
		value := strings.TrimRight(p.Text[from:p.at], " \t\r\n")
		if value == "" {
			return nil, p.Fail(from, "expected a value for %s", key)
		}
		args = append(args, Argument{key, value, keyAt, from})
		switch {
		case p.sees(','):
		case p.sees(')'):
			return args, nil
		default:
			return nil, p.Fail(p.at, "expected , or )")
		}
	}
}

// Apply sets the options that are written. The extra keys are options as well,
// which are not Apply's business.
func (p *Parser) Apply(name string, opts []Option, args []Argument, extra ...string) error {
args:
	for _, a := range args {
		keys := make([]string, 0, len(opts)+len(extra))
		var o *Option
		for i := range opts {
			keys = append(keys, opts[i].Name)
			if opts[i].Name == a.Key {
				o = &opts[i]
			}
		}
		for _, x := range extra {
			keys = append(keys, x)
			if o == nil && x == a.Key {
				continue args
			}
		}
		if o == nil && len(keys) == 0 {
			return p.Fail(a.KeyAt, "%s has no options", name)
		}
		if o == nil {
			return p.Fail(a.KeyAt, "%s has no option %s%s; it has %s", name, a.Key, DidYouMean(a.Key, keys), strings.Join(keys, " "))
		}
		if err := o.Set(a.Value); err != nil {
			var in *Error
			if errors.As(err, &in) {
				return p.Fail(a.Place+in.Offset, "%s", in.Msg)
			}
			return p.Fail(a.Place, "%s: %s", a.Key, err)
		}
	}
	return nil
}

// DidYouMean is ", did you mean x?" for the known word that differs least from
// s, or nothing if all differ by more than a third of their letters.
func DidYouMean(s string, known []string) string {
	best, least := "", len(s)/3+1
	for _, k := range known {
		if d := editDistance(s, k); d <= least && (best == "" || d < least) {
			best, least = k, d
		}
	}
	if best == "" {
		return ""
	}
	return ", did you mean " + best + "?"
}

func editDistance(a, b string) int {
	if len(a) > 64 {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		prev := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := prev
			if a[i] != b[j] {
				cost++
			}
			prev = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
