package rollout

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/golongrl/golongrl/internal/py"
	"github.com/golongrl/golongrl/scoring"
)

// A Row is one response, or a defect of the input in its place.
type Row struct {
	Line   int // counted from 1
	Sample int // index within responses, 0 for response

	// ID and Group are the JSON text of a string or number as it was in the
	// input (a group may also be a bool). They are set as well as possible
	// where Err is set too.
	ID, Group string

	// TaskKey is the key under which the released trainer normalises the
	// row's reward; see [scoring.TaskKey]. It is "" if the row names no task.
	TaskKey string

	Record scoring.Record
	Err    error // a *FieldError: why there is no Record
}

// Options set how rows are read. The zero value is the standard layout.
type Options struct {
	Layout Layout

	// NeedsReference reports whether a row without a reference answer is
	// defective. It sees the record without one. The default is that every
	// metric needs one but format and verdict.
	NeedsReference func(*scoring.Record) bool

	// Prompts says that the lines are prompts yet to be answered: a line is one
	// row without a response, whatever responses it may have.
	Prompts bool
}

// Decode appends the rows of line to dst and returns it: one per response, or
// one with an error if the responses cannot be told. opts may be nil. Decode
// never panics on any Data.
//
// Rows share the memory of line.Data, which must not change while they are in
// use.
func Decode(dst []Row, line Line, opts *Options) []Row {
	if opts == nil {
		opts = &Options{}
	}
	d := decoder{opts: opts, base: Row{Line: line.N}}
	d.number()
	if line.Err != nil {
		d.base.Err = line.Err
		return append(dst, d.base)
	}
	src := unsafe.String(unsafe.SliceData(line.Data), len(line.Data))
	if i := strings.IndexByte(src, 0); i >= 0 {
		return append(dst, d.bad("", "NUL byte at byte offset "+strconv.Itoa(i)+": the file is damaged or not UTF-8: convert it to UTF-8"))
	}
	var err error
	d.v, err = py.Parse(src)
	if !utf8.ValidString(src) {
		return append(dst, d.notUTF8(src))
	}
	if err != nil {
		return append(dst, d.bad("", syntaxText(err)))
	}
	if d.v.Kind() != py.Dict {
		return append(dst, d.bad("", "the line is "+kindName(d.v)+": write one JSON object per line"))
	}
	return d.rows(dst)
}

func syntaxText(err error) string {
	var s *py.SyntaxError
	var l *py.LimitError
	switch {
	case errors.As(err, &s):
		return "not JSON: " + strings.TrimSuffix(s.Msg, " at") + " at byte offset " + strconv.Itoa(s.Offset) + ": correct the line or remove it"
	case errors.As(err, &l):
		return "not readable: " + l.Msg + " at byte offset " + strconv.Itoa(l.Offset) + ": shorten it"
	}
	return "not JSON: " + err.Error()
}

// notUTF8 is the row of a line that is not UTF-8, with the names and the field
// if they can be told.
func (d *decoder) notUTF8(src string) Row {
	at := 0
	for at < len(src) {
		r, n := utf8.DecodeRuneInString(src[at:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		at += n
	}
	field, v := "", d.v
	for descend := true; descend; {
		descend = false
		for _, p := range v.Pairs() {
			if raw := p.Val.Raw(); !utf8.ValidString(raw) && utf8.ValidString(p.Key) {
				if field != "" {
					field += "."
				}
				field, v, descend = field+p.Key, p.Val, true
				break
			}
		}
	}
	if d.v.Kind() == py.Dict {
		d.name(d.extra())
		if !utf8.ValidString(d.base.ID) {
			d.number()
		} else if !utf8.ValidString(d.base.Group) {
			d.base.Group = d.base.ID
		}
	}
	return d.bad(field, "invalid UTF-8 at byte offset "+strconv.Itoa(at)+" of the line: convert the file to UTF-8")
}
