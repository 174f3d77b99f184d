// Package dataset reads the rows that a policy is trained and evaluated on:
// prompts with what their responses are judged by.
//
// Rows have the GoLongRL/verl schema or the simple schema of
// [github.com/golongrl/golongrl/scoring/rollout], without a response, and the
// field
//
//	prompt   a list of messages {"role", "content"} (or its JSON text), or a text
//
// in JSON Lines, plain or packed with gzip or zstd, or in Parquet.
package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/golongrl/golongrl/internal/py"
	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/scoring/rollout"
	"github.com/golongrl/golongrl/trainer/internal/rowfile"
	"github.com/golongrl/golongrl/trainer/rollouts"
)

// Options say how rows become prompts.
type Options struct {
	// Template turns messages into the text that the policy sees; nil is [ChatML].
	Template Template

	// Encoder makes tokens of that text. It must be set.
	Encoder Encoder

	// MaxPrompt is how many tokens a prompt may have; 0: any number. Longer ones
	// are left out and counted. The paper's Table 12 has 160K.
	MaxPrompt int

	// Layout names fields of another layout.
	Layout rollout.Layout

	// NeedsReference reports whether a row without a reference answer is
	// defective; nil is the rule of [rollout.Options].
	NeedsReference func(*scoring.Record) bool

	// Check, if it is set, refuses a prompt, such as one whose metric is not known
	// or cannot read the reference answer.
	Check func(*rollouts.Prompt) error

	// MaxLine is how many bytes a line may have; 0 is 64 MiB.
	MaxLine int
}

// An Encoder makes tokens of text. Special tokens that stand in the text are
// tokens; none is added.
type Encoder interface{ Encode(text string) []int32 }

// A Set is a file of prompts.
type Set struct {
	Path    string
	Prompts []*rollouts.Prompt // in the order of the file, Index counting them
	Rows    int                // of the file
	TooLong int                // rows left out because of MaxPrompt
	SHA256  string             // of the rows, in hexadecimal: equal for equal data
}

// maxErrors is how many defective rows an error lists.
const maxErrors = 5

// Load reads the prompts of the file at path. A defective row is an error that
// names file, line and field, and so are a file without rows and one in which
// every prompt is too long. A pipe is refused: what is resumed is read again.
func Load(path string, o Options) (*Set, error) {
	if o.Encoder == nil {
		panic("dataset: Load needs an Encoder")
	}
	if o.Template == nil {
		o.Template = ChatML
	}
	if err := regular(path); err != nil {
		return nil, err
	}
	l := loader{o: o, set: &Set{Path: path}}
	l.rows = rollout.Options{Layout: o.Layout, NeedsReference: o.NeedsReference, Prompts: true}
	l.rows.Layout.Response = ""
	sum := sha256.New()
	var errs []error
	for line := range rowfile.Lines(path, o.MaxLine) {
		sum.Write(line.Data)
		sum.Write([]byte{'\n'})
		l.set.Rows++
		err := l.row(line)
		line.Release() // nothing keeps its memory
		if err != nil {
			if errs = append(errs, fmt.Errorf("%s: %w", path, plain(err))); len(errs) == maxErrors {
				return nil, errors.Join(append(errs, errors.New("and perhaps more: reading stopped here"))...)
			}
		}
	}
	switch {
	case len(errs) > 0:
		return nil, errors.Join(errs...)
	case l.set.Rows == 0:
		return nil, fmt.Errorf("%s: empty: give a file with rows", path)
	case len(l.set.Prompts) == 0:
		return nil, fmt.Errorf("%s: each of the %d prompts has more than %d tokens: raise the limit or give other data", path, l.set.Rows, o.MaxPrompt)
	}
	l.set.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return l.set, nil
}

// options are what messages about rows say of options of golongrl-score.
var options = strings.NewReplacer(", or name its path (--reference-path)", "", ": raise the limit (--max-line)", ": shorten the line")

// plain takes them out.
func plain(err error) error {
	var f *rollout.FieldError
	if !errors.As(err, &f) {
		return err
	}
	p := *f
	p.Msg = options.Replace(f.Msg)
	return &p
}

type loader struct {
	o    Options
	rows rollout.Options
	set  *Set
}

func (l *loader) row(line rollout.Line) error {
	small, prompt, judging, err := l.split(line)
	if err != nil {
		return err
	}
	row := rollout.Decode(nil, small, &l.rows)[0]
	if row.Err != nil {
		return row.Err
	}
	fail := func(field, msg string) error { return &rollout.FieldError{Line: line.N, Field: field, Msg: msg} }
	text, field, msg := promptText(prompt, l.o.Template)
	if msg != "" {
		return fail(field, msg)
	}
	p := &rollouts.Prompt{
		Index: len(l.set.Prompts), ID: row.ID, Text: text, Tokens: l.o.Encoder.Encode(text),
		Task: row.TaskKey, Record: row.Record, Fields: judging,
	}
	switch {
	case len(p.Tokens) == 0:
		return fail("prompt", "no tokens: give a text")
	case l.o.MaxPrompt > 0 && len(p.Tokens) > l.o.MaxPrompt:
		l.set.TooLong++
		return nil
	}
	if l.o.Check != nil {
		if err := l.o.Check(p); err != nil {
			return fail("", err.Error())
		}
	}
	l.set.Prompts = append(l.set.Prompts, p)
	return nil
}

// split returns the line with nothing but the fields that name and judge it, in
// memory of its own, its prompt, and the fields that judge it alone.
func (l *loader) split(line rollout.Line) (small rollout.Line, prompt py.Value, judging string, err error) {
	if line.Err != nil {
		return line, prompt, "", line.Err
	}
	v, err := py.Parse(string(line.Data))
	if err != nil || v.Kind() != py.Dict || !utf8.Valid(line.Data) {
		row := rollout.Decode(nil, line, &l.rows)[0] // which says what is wrong
		return line, prompt, "", row.Err
	}
	prompt, _ = v.Get("prompt")
	fields := l.rows.Fields() // nil: any may be read
	small = rollout.Line{N: line.N, Data: object(v, func(key string) bool {
		return !slices.Contains(responseFields, key) && (fields == nil || slices.Contains(fields, key))
	})}
	if l.o.Layout == (rollout.Layout{}) {
		judging = string(object(v, func(key string) bool {
			return slices.Contains(fields, key) && !slices.Contains(responseFields, key) && !slices.Contains(nameFields, key)
		}))
	}
	return small, prompt, judging, nil
}

var (
	responseFields = []string{"prompt", "response", "responses", "length"}
	nameFields     = []string{"id", "group", "uid"}
)

// object returns the JSON text of the members of v that are kept.
func object(v py.Value, keep func(key string) bool) []byte {
	dst := []byte{'{'}
	for _, p := range v.Pairs() {
		if !keep(p.Key) {
			continue
		}
		if len(dst) > 1 {
			dst = append(dst, ',')
		}
		dst = append(py.AppendJSONString(dst, p.Key), ':')
		dst = append(dst, p.Val.Raw()...)
	}
	return append(dst, '}')
}

// promptText returns the text that the policy sees, or the field that is wrong
// and what to do.
func promptText(v py.Value, t Template) (text, field, msg string) {
	const want = "give a list of messages with role and content, or a text"
	switch v.Kind() {
	case py.List:
	case py.String:
		s := v.Str()
		if !strings.HasPrefix(strings.TrimLeft(s, " \t\r\n"), "[") {
			return userText(s, t)
		}
		list, err := py.Parse(s)
		if err != nil || !isMessages(list) {
			return userText(s, t)
		}
		v = list
	default:
		if !v.Exists() || v.Kind() == py.Null {
			return "", "prompt", "missing: " + want
		}
		return "", "prompt", v.Kind().InJSON() + ": " + want
	}
	if v.Len() == 0 {
		return "", "prompt", "an empty list: give at least one message"
	}
	messages := make([]Message, v.Len())
	for i, it := range v.Items() {
		role, _ := it.Get("role")
		content, _ := it.Get("content")
		at := fmt.Sprintf("prompt[%d]", i)
		switch {
		case it.Kind() != py.Dict:
			return "", at, it.Kind().InJSON() + ": give an object with role and content"
		case role.Kind() != py.String:
			return "", at + ".role", "missing or no text: give system, user or assistant"
		case content.Kind() != py.String:
			return "", at + ".content", "missing or no text: give a string; parts other than text are not supported"
		}
		for _, name := range []string{"tool_calls", "reasoning_content"} {
			if extra, _ := it.Get(name); extra.Exists() && extra.Kind() != py.Null {
				return "", at + "." + name, "not supported in prompts: write it into content"
			}
		}
		messages[i] = Message{Role: strings.Clone(role.Str()), Content: content.Str()}
	}
	text, err := t(messages)
	if err != nil {
		return "", "prompt", err.Error()
	}
	return checked(text)
}

// userText applies the template to a prompt that is one text.
func userText(s string, t Template) (text, field, msg string) {
	text, err := t([]Message{{Content: s}})
	if err != nil {
		return "", "prompt", err.Error()
	}
	return checked(text)
}

// checked copies the text out of its line. It refuses lone surrogates, which are
// no text for a tokenizer.
func checked(s string) (text, field, msg string) {
	if !utf8.ValidString(s) {
		return "", "prompt", `a lone surrogate, such as "\ud800": replace it`
	}
	return strings.Clone(s), "", ""
}

// isMessages reports whether v is a list of objects, as the JSON text of messages is.
func isMessages(v py.Value) bool {
	return v.Kind() == py.List && v.Len() > 0 && !slices.ContainsFunc(v.Items(), func(it py.Value) bool { return it.Kind() != py.Dict })
}
