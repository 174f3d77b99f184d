package scoring

import (
	"encoding/binary"
	"strings"
	"sync"
	"unsafe"

	"github.com/golongrl/golongrl/internal/py"
)

func isBlank(s string) bool { return py.Strip(s) == "" }

// lineScratch holds the working memory of one line metric.
type lineScratch struct {
	gold, pred []string
	index      lineTable
	fenwick    []int32
	arena      []byte // lines that normalisation changed
	words      []string
}

var linePool = sync.Pool{New: func() any { return new(lineScratch) }}

// release returns the scratch to the pool without keeping responses alive, and
// without keeping memory of a size that only one huge response needed.
func (s *lineScratch) release() {
	const keep = 1 << 15 // lines
	if cap(s.pred) > keep || cap(s.gold) > keep || cap(s.words) > keep || cap(s.arena) > 1<<21 || cap(s.index.keys) > 2*keep {
		return
	}
	clear(s.gold)
	clear(s.pred)
	clear(s.words)
	s.index.reset(0)
	s.gold, s.pred, s.words, s.arena = s.gold[:0], s.pred[:0], s.words[:0], s.arena[:0]
	linePool.Put(s)
}

// appendLines appends the normalised lines of text: outer white space dropped,
// split at newlines, each lower-cased, with outer white space dropped and inner
// collapsed. Blank lines become "". The lines live until the scratch is
// released.
//
// Lower-casing line by line equals lower-casing the text: the only rule that
// looks at neighbours, that of the final sigma, stops at a newline.
//
// Source: GoLongRL c34dba3, normalize_prediction.
func (s *lineScratch) appendLines(dst []string, text string) []string {
	text = py.Strip(text)
	for {
		i := strings.IndexByte(text, '\n')
		if i < 0 {
			return append(dst, s.normalLine(text))
		}
		dst = append(dst, s.normalLine(text[:i]))
		text = text[i+1:]
	}
}

// normalLine is normalLine with its result in the arena if it is new.
func (s *lineScratch) normalLine(line string) string {
	b := s.room(len(line))
	from := len(b)
	low := b[from : from+len(line)]
	switch lowerLine(low, line) {
	case lineNormal:
		return line
	case lineUpper:
		s.arena = b[:from+len(line)]
		return unsafe.String(unsafe.SliceData(low), len(low))
	case lineASCII:
		return s.normalASCII(line)
	}
	return normalLine(line)
}

// room returns the arena with room for n more bytes. Lines made so far keep an
// arena that was too small alive; nothing moves.
func (s *lineScratch) room(n int) []byte {
	if cap(s.arena)-len(s.arena) < n {
		s.arena = make([]byte, 0, max(2*cap(s.arena), n, 1<<12))
	}
	return s.arena
}

// normalASCII normalises a line of ASCII into the arena.
func (s *lineScratch) normalASCII(line string) string {
	b := s.room(len(line))
	from := len(b)
	space := false
	for i := range len(line) {
		c := line[i]
		switch {
		case c == ' ' || '\t' <= c && c <= '\r' || 0x1C <= c && c <= 0x1F:
			space = len(b) > from
			continue
		case 'A' <= c && c <= 'Z':
			c |= 0x20
		}
		if space {
			b = append(b, ' ')
			space = false
		}
		b = append(b, c)
	}
	s.arena = b
	return unsafe.String(unsafe.SliceData(b[from:]), len(b)-from)
}

const (
	lineNormal = iota // normalisation changes nothing
	lineUpper         // ASCII with capitals and no white space to collapse
	lineASCII         // ASCII that may change otherwise
	lineOther         // not ASCII
)

const (
	ones = 0x0101010101010101
	high = 0x8080808080808080
)

// lowerLine writes line with lower ASCII letters to dst, of the same length,
// and says what normalisation would do to it, eight bytes at a time.
func lowerLine(dst []byte, line string) int {
	if line == "" {
		return lineNormal
	}
	var anyUpper, odd, all uint64
	last := uint64(0x80) // a space at the start counts as a second one
	i := 0
	for ; i+8 <= len(line); i += 8 {
		x := load64(line, i)
		all |= x
		x &^= high
		upper := (x + (0x80-'A')*ones) &^ (x + (0x80-'Z'-1)*ones) & high
		anyUpper |= upper
		space := ^((x ^ 0x20*ones) + 0x7F*ones) & high
		odd |= ^(x + (0x80-0x20)*ones) | space&(space<<8|last)
		last = space >> 56
		binary.LittleEndian.PutUint64(dst[i:], x|upper>>2)
	}
	for ; i < len(line); i++ {
		c := line[i]
		all |= uint64(c)
		if c < 0x20 || c == ' ' && last != 0 {
			odd = high
		}
		last = 0
		if c == ' ' {
			last = 0x80
		}
		if 'A' <= c && c <= 'Z' {
			anyUpper = high
			c |= 0x20
		}
		dst[i] = c
	}
	switch {
	case all&high != 0:
		return lineOther
	case odd&high != 0 || last != 0:
		return lineASCII
	case anyUpper != 0:
		return lineUpper
	}
	return lineNormal
}

func load64(s string, i int) uint64 {
	s = s[i : i+8]
	i = 0
	return uint64(s[i]) | uint64(s[i+1])<<8 | uint64(s[i+2])<<16 | uint64(s[i+3])<<24 |
		uint64(s[i+4])<<32 | uint64(s[i+5])<<40 | uint64(s[i+6])<<48 | uint64(s[i+7])<<56
}

// normalLine is the normalisation of one reference item.
func normalLine(s string) string { return py.CollapseSpace(py.Lower(s)) }

// distinct drops blank lines and of equal lines all but the first, in place.
func (s *lineScratch) distinct(lines []string) []string {
	s.index.reset(len(lines))
	out := lines[:0]
	for _, l := range lines {
		if l == "" {
			continue
		}
		if s.index.find(l) == nil {
			s.index.put(l, 0)
			out = append(out, l)
		}
	}
	return out
}

// goldTexts returns the items of a reference answer that must be texts. what
// names what is expected, for the error.
func goldTexts(dst []string, v py.Value, what string) ([]string, *Result) {
	switch v.Kind() {
	case py.String:
		return append(dst, v.Str()), nil
	case py.List:
		for i, it := range v.Items() {
			if it.Kind() != py.String {
				r := null(BadGold, "reference[%d] is %s: give %s", i, it.Kind().InJSON(), what)
				return dst, &r
			}
			dst = append(dst, it.Str())
		}
		return dst, nil
	}
	r := null(BadGold, "reference is %s: give %s", v.Kind().InJSON(), what)
	return dst, &r
}

// scalarTexts returns the accepted alternatives of em, choice and math_verify:
// a text, number or bool, or a list of them.
func scalarTexts(dst []string, v py.Value) ([]string, *Result) {
	if v.Kind() == py.List {
		for i, it := range v.Items() {
			if it.Kind() == py.List || it.Kind() == py.Dict || it.Kind() == py.Null || !it.Exists() {
				r := null(BadGold, "reference[%d] is %s: give a text, number or bool", i, it.Kind().InJSON())
				return dst, &r
			}
			dst = append(dst, scalarText(it))
		}
		if len(dst) == 0 {
			r := null(BadGold, "reference is an empty list: give at least one accepted answer")
			return dst, &r
		}
		return dst, nil
	}
	if v.Kind() == py.Dict || v.Kind() == py.Null || !v.Exists() {
		r := null(BadGold, "reference is %s: give a text, number or bool, or a list of accepted ones", v.Kind().InJSON())
		return dst, &r
	}
	return append(dst, scalarText(v)), nil
}

// scalarText is a scalar as people write it: numbers and bools as in JSON.
func scalarText(v py.Value) string {
	if v.Kind() == py.String {
		return v.Str()
	}
	return v.Raw()
}

// strictGoldLines fills s.gold with the distinct lines of the reference.
func (s *lineScratch) strictGoldLines(v py.Value) *Result {
	texts, fail := goldTexts(s.words[:0], v, "a list of lines or one text with newlines")
	s.words = texts
	if fail != nil {
		return fail
	}
	s.gold = s.gold[:0]
	for _, t := range texts {
		s.gold = s.appendLines(s.gold, t)
	}
	if s.gold = s.distinct(s.gold); len(s.gold) == 0 {
		r := null(BadGold, "reference has no line that is not blank")
		return &r
	}
	return nil
}

// releasedGold fills s.gold with the normalised items of the reference as the
// released code sees them: a string of the simple schema is split at newlines.
// A Result is returned where the released code ends here with 0.
func (s *lineScratch) releasedGold(v py.Value, split bool) *Result {
	s.gold = s.gold[:0]
	switch {
	case v.Kind() == py.String && split:
		for rest, more := v.Str(), true; more; {
			var line string
			line, rest, more = strings.Cut(rest, "\n")
			s.gold = append(s.gold, s.normalLine(line))
		}
		return nil
	case v.Kind() == py.String:
		s.gold = append(s.gold, s.normalLine(v.Str()))
		return nil
	case v.Kind() != py.List || v.Len() == 0:
		r := zero(BadGold, "the reference is empty")
		r.Err = errEmptyGold
		return &r
	}
	for i, it := range v.Items() {
		if it.Kind() != py.String {
			r := zero(BadGold, "the released code swallows an exception")
			r.Err = badItem(i, it)
			return &r
		}
		s.gold = append(s.gold, s.normalLine(it.Str()))
	}
	return nil
}
