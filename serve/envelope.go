package serve

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/golongrl/golongrl/internal/py"
	"github.com/golongrl/golongrl/serve/wire"
)

// Requests are taken apart without a tree of what they hold: a body may have
// millions of tiny values. Only the outermost brackets are followed; what is in
// them is read strictly by whoever needs it.

// maxItems is how many items, or rows of a batch, a request may have. Each needs
// more memory than its text.
const maxItems = 1 << 20

// maxValues is how many values may be in what is read as a whole, such as a row.
// Each takes more memory than two bytes of text, as which it may come.
const maxValues = 1 << 20

// maxReply bounds answers, which may be many times as long as their requests.
const maxReply = 256 << 20

// A member is a member of a JSON object.
type member struct {
	key string
	raw string // its value's text
}

// A scan walks over JSON text.
type scan struct {
	src string
	at  int
	err error
}

func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

func badRequest(format string, args ...any) error {
	return &wire.Error{Code: wire.CodeBadRequest, Item: -1, Msg: fmt.Sprintf(format, args...)}
}

func badItem(item int, format string, args ...any) error {
	return &wire.Error{Code: wire.CodeBadItem, Item: item, Msg: fmt.Sprintf(format, args...)}
}

func replyTooLarge() error {
	return &wire.Error{Code: http.StatusRequestEntityTooLarge, Item: -1, Msg: fmt.Sprintf("the reply would be larger than %d bytes: send fewer items in a request", maxReply)}
}

func tooMany() error {
	return &wire.Error{Code: http.StatusRequestEntityTooLarge, Item: -1, Msg: "more than " + strconv.Itoa(maxItems) + " items: send fewer in a request"}
}

func (s *scan) fail(msg string) {
	if s.err == nil {
		s.err = badRequest("not JSON: %s at byte offset %d: send a JSON object", msg, s.at)
	}
}

// space skips white space and returns the byte behind it, 0 at the end.
func (s *scan) space() byte {
	for ; s.at < len(s.src); s.at++ {
		switch c := s.src[s.at]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// take skips c, which must come next.
func (s *scan) take(c byte) {
	if s.space() != c || s.err != nil || s.at == len(s.src) {
		s.fail("expecting '" + string(c) + "'")
		return
	}
	s.at++
}

// str skips a string.
func (s *scan) str() {
	start := s.at
	for s.at++; ; {
		i := strings.IndexByte(s.src[s.at:], '"')
		if i < 0 {
			s.at = start
			s.fail("unterminated string")
			return
		}
		s.at += i + 1
		escapes := 0
		for s.src[s.at-2-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return
		}
	}
}

// value skips a value and returns its text. Brackets and strings end where they
// must; all else about the value is for its reader to check.
func (s *scan) value() string {
	c := s.space()
	start := s.at
	switch c {
	case '"':
		s.str()
	case '{', '[':
		for depth := 0; s.err == nil; {
			i := strings.IndexAny(s.src[s.at:], "\"{}[]")
			if i < 0 {
				s.at = start
				s.fail("a bracket that is not closed")
				break
			}
			s.at += i
			switch s.src[s.at] {
			case '"':
				s.str()
				continue
			case '{', '[':
				depth++
			default:
				depth--
			}
			if s.at++; depth == 0 {
				return s.src[start:s.at]
			}
		}
	default:
		for s.at < len(s.src) && !strings.ContainsRune(" \t\n\r,:]}", rune(s.src[s.at])) {
			s.at++
		}
		if s.at == start {
			s.fail("expecting a value")
		}
	}
	if s.err != nil {
		return ""
	}
	return s.src[start:s.at]
}

// end fails if anything follows.
func (s *scan) end() {
	if s.err == nil {
		if s.space(); s.at < len(s.src) {
			s.fail("extra data")
		}
	}
}

// members returns the members of the object that src is. It does not read values.
func members(src string) ([]member, error) {
	s := &scan{src: src}
	var list []member
	s.take('{')
	if s.space() == '}' && s.err == nil {
		s.at++
		s.end()
		return nil, s.err
	}
	for s.err == nil {
		if s.space() != '"' {
			s.fail("expecting a name in quotes")
			break
		}
		from := s.at
		s.str()
		key := s.src[from:s.at]
		s.take(':')
		raw := s.value()
		if s.err != nil {
			break
		}
		if strings.IndexByte(key, '\\') >= 0 || !utf8.ValidString(key) {
			v, err := py.Parse(key)
			if err != nil || !utf8.ValidString(key) {
				s.fail("a name that cannot be read")
				break
			}
			key = v.Str()
		} else {
			key = key[1 : len(key)-1]
		}
		if len(list) == 1<<10 {
			return nil, badRequest("an object of more than 1024 members: send the fields that are needed")
		}
		list = append(list, member{key, raw})
		if s.space() == '}' {
			s.at++
			s.end()
			break
		}
		s.take(',')
	}
	return list, s.err
}

// elements returns the texts of the elements of the list that raw is.
func elements(name, raw string) ([]string, error) {
	if !strings.HasPrefix(raw, "[") {
		return nil, badItem(-1, "%s: give a list", name)
	}
	s := &scan{src: raw, at: 1}
	var list []string
	if s.space() == ']' {
		s.at++
		s.end()
		return list, s.err
	}
	for s.err == nil {
		if len(list) == maxItems {
			return nil, tooMany()
		}
		list = append(list, s.value())
		if s.space() == ']' {
			s.at++
			s.end()
			break
		}
		s.take(',')
	}
	return list, s.err
}

// dense reports whether raw has more than maxValues values.
func dense(raw string) bool {
	if len(raw) < 2*maxValues {
		return false
	}
	s := &scan{src: raw}
	for n := 0; n <= maxValues && s.err == nil; n++ {
		i := strings.IndexAny(raw[s.at:], "\",[{:")
		if i < 0 {
			return false
		}
		if s.at += i; raw[s.at] == '"' {
			s.str()
		} else {
			s.at++
		}
	}
	return s.err == nil
}

// parse reads a value.
func parse(name, raw string) (py.Value, error) {
	if dense(raw) {
		return py.Value{}, &wire.Error{Code: http.StatusRequestEntityTooLarge, Item: -1, Msg: name + ": too many values: send less in a request"}
	}
	if !utf8.ValidString(raw) {
		return py.Value{}, badRequest("%s: not UTF-8", name)
	}
	v, err := py.Parse(raw)
	if err != nil {
		return py.Value{}, badRequest("%s: %v", name, err)
	}
	return v, nil
}

// str reads a value that must be a text.
func str(name, raw string) (string, error) {
	v, err := parse(name, raw)
	if err == nil && v.Kind() != py.String {
		err = badItem(-1, "%s: %s: give a string", name, v.Kind().InJSON())
	}
	return v.Str(), err
}

// flag reads a value that must be a bool.
func flag(name, raw string) (bool, error) {
	v, err := parse(name, raw)
	if err == nil && v.Kind() != py.Bool {
		err = badItem(-1, "%s: %s: give true or false", name, v.Kind().InJSON())
	}
	return v.Bool(), err
}

// bytesOf is s without a copy, to be read only.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
