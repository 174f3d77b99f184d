package service

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync"
	"unicode/utf8"
	"unsafe"

	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/scoring/rollout"
	"github.com/golongrl/golongrl/serve/wire"
)

// block is how many items of a message are read and judged at a time. It bounds
// the memory that a message of millions of tiny items takes, and is enough for
// all workers.
const block = 1024

// maxReply bounds a reply. Without it, a message of tiny items would have one
// of many times its size.
const maxReply = 256 << 20

func (s *Service) tooLarge() error {
	return &wire.Error{
		Code: wire.CodeTooLarge, Item: -1,
		Msg: fmt.Sprintf("the reply would be larger than %d bytes: send fewer items in a call", s.largest),
	}
}

// scratch is the memory for a block of items.
type scratch struct {
	rows    []rollout.Row
	results []scoring.Result
	used    int // of both
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// newScratch returns memory for n items.
func newScratch(n int) *scratch {
	m := scratches.Get().(*scratch)
	if cap(m.rows) < n {
		m.rows, m.results = make([]rollout.Row, n), make([]scoring.Result, n)
	}
	m.used = n
	return m
}

// release gives m back without what its items point at.
func (m *scratch) release() {
	clear(m.rows[:m.used])
	clear(m.results[:m.used])
	scratches.Put(m)
}

func (s *Service) callScore(ctx context.Context, dst []byte, r *wire.Reader) ([]byte, error) {
	o := readOptions(r)
	if r.Err() != nil {
		return dst, nil
	}
	if !valid(o.Metric) || !valid(o.Profile) {
		return dst, bad("metric, profile: not UTF-8")
	}
	sc, err := s.scorer(o)
	if err != nil {
		return dst, err
	}
	in := items{Reader: r, reading: rollout.Options{Prompts: true, NeedsReference: rollout.NeedsReference(sc)}}
	n := r.Count(minItem)
	start := len(dst)
	dst = wire.AppendU32(dst, uint32(n))
	m := newScratch(min(n, block))
	defer m.release()
	for done := 0; done < n; {
		rows := m.rows[:min(n-done, block)]
		for i := range rows {
			if err := in.read(rows[i:i:i+1], done+i); err != nil {
				return dst, err
			}
		}
		results := m.results[:len(rows)]
		if err := s.judge(ctx, sc, rows, results); err != nil {
			return dst, err
		}
		for i := range results {
			dst = appendResult(dst, &results[i], o.Explain)
		}
		if len(dst)-start > s.largest {
			return dst, s.tooLarge()
		}
		done += len(rows)
	}
	r.End()
	return dst, nil
}

func readOptions(r *wire.Reader) (o ScoreOptions) {
	for tag, text := r.Field(); tag != 0; tag, text = r.Field() {
		switch tag {
		case wire.TagMetric:
			o.Metric = text
		case wire.TagProfile:
			o.Profile = text
		case wire.TagForce, wire.TagExplain:
			o.Force = o.Force || tag == wire.TagForce
			o.Explain = o.Explain || tag == wire.TagExplain
			if text != "" {
				r.Fail("field %q is a flag: it is set by being there, and its text must be empty", tag)
			}
		default:
			unknown(r, tag)
		}
	}
	return o
}

func unknown(r *wire.Reader, tag byte) {
	r.Fail("field %q is unknown here: the client is newer than this program", tag)
}

// minItem is the size of the smallest item: an empty response.
const minItem = 1 + 4 + 1

// items reads the items of a message.
type items struct {
	*wire.Reader
	reading rollout.Options

	task, metric, lang string // of the item before, mostly those of the next
}

// read makes the row of item i in rows, which has room for one. What is wrong
// with the item's values is the error of the row; an error is one of the message.
func (in *items) read(rows []rollout.Row, i int) error {
	var response, json string
	var hasResponse, hasJSON, hasOther bool
	row := &rows[:1][0]
	*row = rollout.Row{Line: i + 1}
	rec := &row.Record
	for tag, text := in.Field(); tag != 0; tag, text = in.Field() {
		name := ""
		switch tag {
		case wire.TagResponse:
			response, hasResponse = text, true
			continue
		case wire.TagRow:
			json, hasJSON = text, true
			continue
		case wire.TagReference:
			name, rec.Gold = "reference", scoring.Text(text)
		case wire.TagJSON:
			name = "reference"
			if dense(text) {
				fail(row, name, tooDense)
				break
			}
			gold, err := scoring.JSON(text)
			if err != nil {
				fail(row, name, strings.TrimPrefix(err.Error(), "scoring: reference is "))
			}
			rec.Gold = gold
		case wire.TagTask:
			name, rec.Task = "task", again(&in.task, text)
		case wire.TagItem:
			name, rec.Metric = "metric", again(&in.metric, text)
		case wire.TagLang:
			name, rec.Lang = "lang", again(&in.lang, text)
		case wire.TagLength:
			if v, err := wire.F64s(text); err != nil || len(v) != 1 || math.IsNaN(v[0]) || math.IsInf(v[0], 0) {
				fail(row, "length", "not finite: give the length in tokens as a number")
			} else {
				rec.Length, rec.HasLength = v[0], true
			}
		case wire.TagPrefix:
			name, rec.Prefix, rec.HasPrefix = "random_string_to_prepend", text, true
		default:
			unknown(in.Reader, tag)
		}
		hasOther = true
		if name != "" && !valid(text) {
			fail(row, name, notUTF8)
		}
	}
	switch {
	case in.Err() != nil:
		return &wire.Error{Code: wire.CodeBadRequest, Item: i, Msg: in.Err().Error()}
	case !hasResponse:
		return &wire.Error{Code: wire.CodeBadRequest, Item: i, Msg: "no response: give the text of the model, which may be empty"}
	case hasJSON && hasOther:
		return &wire.Error{Code: wire.CodeBadRequest, Item: i, Msg: "a row of JSON and fields beside it: give one of them"}
	case hasJSON && dense(json):
		fail(row, "", tooDense)
	case hasJSON:
		rollout.Decode(rows, rollout.Line{N: i + 1, Data: unsafe.Slice(unsafe.StringData(json), len(json))}, &in.reading)
	case !rec.Gold.Exists() && row.Err == nil && in.reading.NeedsReference(rec):
		fail(row, "reference", "missing: give the reference answer")
	}
	if !valid(response) {
		fail(row, "response", notUTF8)
	}
	rec.Response = response
	return nil
}

// maxValues is how many values JSON may hold. Each takes far more memory than the
// two bytes of text as which it may come.
const maxValues = 1 << 20

// dense reports whether JSON holds more values than that.
func dense(json string) bool {
	if len(json) < 2*maxValues {
		return false
	}
	n := 0
	for i := 0; i < len(json); i++ {
		switch json[i] {
		case '"':
			for i++; i < len(json) && json[i] != '"'; i++ {
				if json[i] == '\\' {
					i++
				}
			}
		case ',', ':', '[', '{':
			n++
		}
	}
	return n > maxValues
}

const tooDense = "more than a million JSON values: give less"

const notUTF8 = "not UTF-8: encode the text anew"

// fail gives row an error unless it has one.
func fail(row *rollout.Row, field, msg string) {
	if row.Err == nil {
		row.Err = &rollout.FieldError{Line: row.Line, Field: field, Msg: msg}
	}
}

// again returns a copy of text, the last one if it is the same. Scorers remember
// spellings, so they must not share memory with the message.
func again(last *string, text string) string {
	if text != *last {
		*last = strings.Clone(text)
	}
	return *last
}

// valid reports whether s is UTF-8, lone surrogates of three bytes allowed.
func valid(s string) bool {
	for !utf8.ValidString(s) {
		i := 0
		for i < len(s) {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 {
				break
			}
			i += n
		}
		if len(s)-i < 3 || s[i] != 0xED || s[i+1]&0xE0 != 0xA0 || s[i+2]&0xC0 != 0x80 {
			return false
		}
		s = s[i+3:]
	}
	return true
}

func appendResult(dst []byte, res *scoring.Result, explain bool) []byte {
	dst = wire.AppendF64(dst, res.Value)
	dst = append(dst, byte(res.Status))
	if res.Metric != "" {
		dst = wire.AppendField(dst, wire.TagJudgedBy, res.Metric)
	}
	if res.Task != "" {
		dst = wire.AppendField(dst, wire.TagTaskName, res.Task)
	}
	if res.Err != nil {
		dst = wire.AppendField(dst, wire.TagError, rollout.ErrorText(res.Err))
	}
	if explain {
		detail := append(rollout.AppendDetail([]byte{'{'}, res), '}')
		dst = wire.AppendField(dst, wire.TagDetail, string(detail))
	}
	return append(dst, 0)
}
