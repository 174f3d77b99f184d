package advantage

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// A SpellingError reports an estimator that cannot be understood. Its message
// shows the place with a caret.
type SpellingError struct {
	Text   string
	Offset int // in bytes
	Msg    string
}

func (e *SpellingError) Error() string {
	text := strings.NewReplacer("\n", " ", "\r", " ", "\t", " ").Replace(strings.ToValidUTF8(e.Text, "?"))
	at := min(e.Offset, len(text))
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

// maxNesting bounds estimators inside estimators.
const maxNesting = 8

type parser struct {
	text string
	at   int
}

func (p *parser) fail(at int, format string, args ...any) error {
	return &SpellingError{p.text, at, fmt.Sprintf(format, args...)}
}

func (p *parser) spaces() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

func (p *parser) word() (string, int) {
	p.spaces()
	from := p.at
	for p.at < len(p.text) && (p.text[p.at] == '_' || 'a' <= p.text[p.at] && p.text[p.at] <= 'z' || p.at > from && '0' <= p.text[p.at] && p.text[p.at] <= '9') {
		p.at++
	}
	return p.text[from:p.at], from
}

func (p *parser) sees(c byte) bool {
	p.spaces()
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

type argument struct {
	key, value string
	at         int // of the value
	keyAt      int
}

func (p *parser) estimator() (Estimator, error) {
	name, nameAt := p.word()
	if name == "" {
		return nil, p.fail(nameAt, "expected the name of an estimator")
	}
	e := lookup(name)
	if e == nil {
		return nil, p.fail(nameAt, "unknown estimator %q%s; known are %s", name, didYouMean(name, Names()), strings.Join(Names(), " "))
	}
	args, err := p.arguments()
	if err != nil {
		return nil, err
	}
	done, opts := e.fresh()
	if err := p.apply(name, opts, args); err != nil {
		return nil, err
	}
	return done(), nil
}

// arguments reads "(key=value,…)" or nothing. Values run to the next comma or
// parenthesis of their own level.
func (p *parser) arguments() ([]argument, error) {
	if !p.sees('(') || p.sees(')') {
		return nil, nil
	}
	var args []argument
	for {
		key, keyAt := p.word()
		if key == "" || !p.sees('=') {
			return nil, p.fail(keyAt, "expected an option such as eps=0.000001")
		}
		for _, a := range args {
			if a.key == key {
				return nil, p.fail(keyAt, "option %s is given twice", key)
			}
		}
		p.spaces()
		from, level := p.at, 0
	value:
		for ; p.at < len(p.text); p.at++ {
			switch p.text[p.at] {
			case '(':
				if level++; level > maxNesting {
					return nil, p.fail(p.at, "more than %d estimators inside each other", maxNesting)
				}
			case ')', ',':
				if level == 0 {
					break value
				}
				if p.text[p.at] == ')' {
					level--
				}
			}
		}
		value := strings.TrimRight(p.text[from:p.at], " \t\r\n")
		if value == "" {
			return nil, p.fail(from, "expected a value for %s", key)
		}
		args = append(args, argument{key, value, from, keyAt})
		switch {
		case p.sees(','):
		case p.sees(')'):
			return args, nil
		default:
			return nil, p.fail(p.at, "expected , or )")
		}
	}
}

// apply sets the options of an estimator: first those of its stack, if one is
// named, then those that are written.
func (p *parser) apply(name string, opts []option, args []argument) error {
	for _, a := range args {
		if a.key != "stack" {
			continue
		}
		preset, err := presetOf(a.value, name)
		if err != nil {
			return p.fail(a.at, "%s", err)
		}
		inner := &parser{text: preset}
		inner.word()
		pre, err := inner.arguments()
		if err == nil {
			err = inner.apply(name, opts, pre)
		}
		if err != nil {
			panic("advantage: preset " + preset + ": " + err.Error())
		}
	}
	for _, a := range args {
		if a.key == "stack" {
			continue
		}
		var o *option
		var keys []string
		for i := range opts {
			keys = append(keys, opts[i].name)
			if opts[i].name == a.key {
				o = &opts[i]
			}
		}
		if o == nil {
			return p.fail(a.keyAt, "%s has no option %s%s; it has %s", name, a.key, didYouMean(a.key, keys), strings.Join(append(keys, "stack"), " "))
		}
		if err := o.set(a.value); err != nil {
			if in, ok := err.(*SpellingError); ok {
				return p.fail(a.at+in.Offset, "%s", in.Msg)
			}
			return p.fail(a.at, "%s: %s", a.key, err)
		}
	}
	return nil
}

// didYouMean is ", did you mean x?" for the known word that differs least from
// s, or nothing if all differ by more than a third of their letters.
func didYouMean(s string, known []string) string {
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
