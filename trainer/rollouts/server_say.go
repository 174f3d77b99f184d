package rollouts

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// secrets returns what takes a key out of messages, as it is and as messages and
// addresses quote it; nil for no key.
func secrets(key string) *strings.Replacer {
	if key == "" {
		return nil
	}
	quoted := strconv.Quote(key)
	const hidden = "***"
	return strings.NewReplacer(key, hidden, quoted[1:len(quoted)-1], hidden, url.QueryEscape(key), hidden)
}

func (a *api) hide(s string) string {
	if a.secrets == nil {
		return s
	}
	return a.secrets.Replace(s)
}

// say returns what a reply or a command says about an error, in a line without
// the key. It is hidden before the line is cut, which could leave a part of it.
func (a *api) say(text []byte) string {
	var r struct {
		Message string
		Detail  any
		Error   any
	}
	s := string(text)
	if json.Unmarshal(text, &r) == nil {
		inner, _ := r.Error.(map[string]any)
		for _, v := range []any{inner["message"], r.Error, r.Message, r.Detail} {
			if text, ok := v.(string); ok && text != "" {
				s = text
				break
			}
		}
	}
	s = printable(strings.Join(strings.Fields(a.hide(s)), " "))
	const show = 300
	if len(s) > show {
		end := show
		for !utf8.RuneStart(s[end]) {
			end--
		}
		s = s[:end] + "…"
	}
	return s
}

// printable quotes what a terminal would not show as text.
func printable(s string) string {
	strange := func(r rune) bool { return !unicode.IsPrint(r) }
	s = strings.ToValidUTF8(s, "\ufffd")
	if !strings.ContainsFunc(s, strange) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if strange(r) {
			q := strconv.QuoteRune(r)
			b.WriteString(q[1 : len(q)-1])
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// cleaned is an error without the key and with printable text alone.
type cleaned struct {
	text string
	err  error
}

func (e *cleaned) Error() string { return e.text }
func (e *cleaned) Unwrap() error { return e.err }

func (a *api) clean(err error) error {
	text := err.Error()
	if shown := printable(a.hide(text)); shown != text {
		return &cleaned{shown, err}
	}
	return err
}
