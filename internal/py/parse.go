package py

import (
	"strconv"
	"strings"
	"sync"
)

// MaxDepth is how many lists and dicts may be open at once before json.loads of CPython
// 3.11 raises RecursionError.
//
// The interpreter bounds Python calls and the C scanner's own recursion together, at
// 1000.  This is what remains when a script calls a scoring function at its top level,
// which calls the function of one task, which calls json.loads; every further Python
// frame would take one away.
const MaxDepth = 993

// maxDigits is how many digits an int may have before Python refuses to read it.
const maxDigits = 4300

// SyntaxError is what Python raises as json.JSONDecodeError.
type SyntaxError struct {
	Offset int    // in bytes; Python's pos is in code points
	Msg    string // Python's msg
}

func (e *SyntaxError) Error() string {
	return "json: " + e.Msg + " at byte " + strconv.Itoa(e.Offset)
}

// LimitError is what Python raises as another exception than json.JSONDecodeError,
// though the text may be correct JSON: ValueError for an int of more than 4300 digits,
// RecursionError for more than MaxDepth levels.
type LimitError struct {
	Offset int // in bytes, of the int or of the bracket that is too deep
	Msg    string
}

func (e *LimitError) Error() string {
	return "json: " + e.Msg + " at byte " + strconv.Itoa(e.Offset)
}

// Parse reads one JSON document as json.loads(src) does.  The error is a *SyntaxError
// or a *LimitError, whichever Python meets first.
//
// Against RFC 8259 it also accepts NaN, Infinity and -Infinity, a float beyond the range
// (infinite or zero), surrogate escapes without partner and repeated keys, of which the
// last wins.  A byte order mark is an error.  Bytes inside strings need not be valid
// UTF-8, which no str would have.
//
// Source: CPython 3.11, Modules/_json.c and Lib/json/decoder.py.
func Parse(src string) (Value, error) {
	p := parsers.Get().(*parser)
	p.src = src
	// A guess at what the first blocks must hold; a table has a value in about
	// ten bytes, a line with a long text far fewer.
	p.itemMem.size = min(len(src)/20, 64)
	p.nodeMem.size = min(len(src)/80, 32)
	v, err := p.document()
	p.reset()
	parsers.Put(p)
	return v, err
}

// parser holds the state of one call of Parse.  The functions that read a term take
// the position of its first byte in pos and leave that of the byte after it there.
type parser struct {
	src   string
	pos   int
	depth int

	// The items and pairs of all open lists and dicts; those of the innermost are last
	// and move to memory of their own when it is closed.
	items []Value
	pairs []Pair

	itemMem slab[Value]
	pairMem slab[Pair]
	nodeMem slab[node]
}

// slab hands out memory from blocks of growing size, so that a document with many small
// lists takes few allocations.
type slab[T any] struct {
	free []T
	size int // of the last block
}

// take returns n elements that nothing else uses.
func (s *slab[T]) take(n int) []T {
	if n > len(s.free) {
		s.size = max(n, min(2*s.size, 512), 4)
		s.free = make([]T, s.size)
	}
	taken := s.free[:n:n]
	s.free = s.free[n:]
	return taken
}

var parsers = sync.Pool{New: func() any { return new(parser) }}

// reset forgets the document but keeps the stacks.
func (p *parser) reset() {
	const keep = 1 << 12 // larger stacks are left to the garbage collector
	items, pairs := p.items, p.pairs
	if cap(items) > keep {
		items = nil
	}
	if cap(pairs) > keep {
		pairs = nil
	}
	clear(items) // not empty after an error
	clear(pairs)
	*p = parser{items: items[:0], pairs: pairs[:0]}
}

func (p *parser) document() (Value, error) {
	if strings.HasPrefix(p.src, "\ufeff") {
		return Value{}, &SyntaxError{0, "Unexpected UTF-8 BOM (decode using utf-8-sig)"}
	}
	p.space()
	v, err := p.value()
	if err != nil {
		return Value{}, err
	}
	p.space()
	if p.pos < len(p.src) {
		return Value{}, &SyntaxError{p.pos, "Extra data"}
	}
	return v, nil
}

// space skips the white space of JSON.
func (p *parser) space() {
	src, i := p.src, p.pos
	for i < len(src) && src[i] <= ' ' && (src[i] == ' ' || src[i] == '\n' || src[i] == '\t' || src[i] == '\r') {
		i++
	}
	p.pos = i
}

// next skips white space and reports whether c follows, which it skips too.
func (p *parser) next(c byte) bool {
	if p.pos < len(p.src) && p.src[p.pos] <= ' ' {
		p.space()
	}
	if p.pos < len(p.src) && p.src[p.pos] == c {
		p.pos++
		return true
	}
	return false
}

func (p *parser) fail(offset int, msg string) error {
	return &SyntaxError{offset, msg}
}

func (p *parser) value() (Value, error) {
	if p.pos == len(p.src) {
		return Value{}, p.fail(p.pos, "Expecting value")
	}
	switch p.src[p.pos] {
	case '"':
		return p.string()
	case '{', '[':
		start := p.pos
		if p.depth == MaxDepth {
			return Value{}, &LimitError{start, "maximum recursion depth exceeded"}
		}
		p.depth++
		p.pos++
		var v Value
		var err error
		if p.src[start] == '{' {
			v, err = p.dict()
		} else {
			v, err = p.list()
		}
		p.depth--
		v.text = p.src[start:p.pos]
		return v, err
	case 'n':
		return p.word("null", Null)
	case 't':
		return p.word("true", Bool)
	case 'f':
		return p.word("false", Bool)
	case 'N':
		return p.word("NaN", Float)
	case 'I':
		return p.word("Infinity", Float)
	}
	return p.number()
}

func (p *parser) word(word string, kind Kind) (Value, error) {
	if !strings.HasPrefix(p.src[p.pos:], word) {
		return Value{}, p.fail(p.pos, "Expecting value")
	}
	v := Value{kind: kind, text: p.src[p.pos : p.pos+len(word)]}
	p.pos += len(word)
	return v, nil
}

func (p *parser) list() (Value, error) {
	if p.next(']') {
		return Value{kind: List}, nil
	}
	base := len(p.items)
	for {
		item, err := p.value()
		if err != nil {
			return Value{}, err
		}
		p.items = append(p.items, item)
		if p.next(',') {
			p.space()
			continue
		}
		if p.next(']') {
			break
		}
		return Value{}, p.fail(p.pos, "Expecting ',' delimiter")
	}
	n := &p.nodeMem.take(1)[0]
	n.items = p.itemMem.take(len(p.items) - base)
	copy(n.items, p.items[base:])
	clear(p.items[base:])
	p.items = p.items[:base]
	return Value{kind: List, node: n}, nil
}

func (p *parser) dict() (Value, error) {
	if p.next('}') {
		return Value{kind: Dict}, nil
	}
	base := len(p.pairs)
	for {
		if p.pos == len(p.src) || p.src[p.pos] != '"' {
			return Value{}, p.fail(p.pos, "Expecting property name enclosed in double quotes")
		}
		key, err := p.string()
		if err != nil {
			return Value{}, err
		}
		if !p.next(':') {
			return Value{}, p.fail(p.pos, "Expecting ':' delimiter")
		}
		p.space()
		val, err := p.value()
		if err != nil {
			return Value{}, err
		}
		p.pairs = append(p.pairs, Pair{key.Str(), val})
		if p.next(',') {
			p.space()
			continue
		}
		if p.next('}') {
			break
		}
		return Value{}, p.fail(p.pos, "Expecting ',' delimiter")
	}
	n := &p.nodeMem.take(1)[0]
	pairs := p.pairMem.take(len(p.pairs) - base)
	copy(pairs, p.pairs[base:])
	n.setPairs(pairs)
	clear(p.pairs[base:])
	p.pairs = p.pairs[:base]
	return Value{kind: Dict, node: n}, nil
}

// string reads a string, quotes included.
func (p *parser) string() (Value, error) {
	src, begin := p.src, p.pos
	form := source
	for i := begin + 1; ; {
		i += plainLen(src, i)
		switch {
		case i == len(src):
			return Value{}, p.fail(begin, "Unterminated string starting at")
		case src[i] == '"':
			p.pos = i + 1
			return Value{kind: String, form: form, text: src[begin:p.pos]}, nil
		case src[i] != '\\':
			return Value{}, p.fail(i, "Invalid control character at")
		case i+1 == len(src):
			return Value{}, p.fail(begin, "Unterminated string starting at")
		}
		form = escaped
		switch src[i+1] {
		case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			i += 2
		case 'u':
			// Python wants a character after the digits before it looks at them.
			if i+6 >= len(src) || hexValue(src, i+2) < 0 {
				return Value{}, p.fail(i+1, "Invalid \\uXXXX escape")
			}
			i += 6
		default:
			return Value{}, p.fail(i, "Invalid \\escape")
		}
	}
}

// number reads a number; it is where values that begin with anything unknown end up.
func (p *parser) number() (Value, error) {
	src, start := p.src, p.pos
	i := start
	if src[i] == '-' {
		if strings.HasPrefix(src[i:], "-Infinity") {
			return p.word("-Infinity", Float)
		}
		i++
	}
	first := i
	i = digits(src, i)
	if i == first {
		return Value{}, p.fail(start, "Expecting value")
	}
	if src[first] == '0' {
		i = first + 1
	}
	whole := i
	if i < len(src) && src[i] == '.' {
		if end := digits(src, i+1); end > i+1 {
			i = end
		}
	}
	if i < len(src) && src[i]|0x20 == 'e' {
		exp := i + 1
		if exp < len(src) && (src[exp] == '+' || src[exp] == '-') {
			exp++
		}
		if end := digits(src, exp); end > exp {
			i = end
		}
	}
	kind := Float
	if i == whole {
		kind = Int
		if whole-first > maxDigits {
			return Value{}, &LimitError{start, "integer of more than 4300 digits"}
		}
	}
	p.pos = i
	return Value{kind: kind, text: src[start:i]}, nil
}

// digits returns the end of the decimal digits at src[i:].
func digits(src string, i int) int {
	for i < len(src) && '0' <= src[i] && src[i] <= '9' {
		i++
	}
	return i
}
