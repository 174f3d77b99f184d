package mvtext

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// anchor is a place where the word "answer" stands, in any case.
type anchor struct {
	start, end int
	final      int // where "final answer" starts, or -1
}

// findAnchors finds all words "answer". They cannot overlap.
func (x *scanner) findAnchors() {
	s := x.s
	// "w" is the rarest letter of the word.
	lower, upper := -1, -1
	for i := 0; ; i++ {
		if lower < i {
			lower = indexFrom(s, 'w', i)
		}
		if upper < i {
			upper = indexFrom(s, 'W', i)
		}
		if i = min(lower, upper); i == len(s) {
			return
		}
		for _, back := range [...]int{len("ans"), len("anſ")} {
			start := i - back
			if start < 0 {
				continue
			}
			end := foldEnd(s, start, "answer")
			if end < 0 {
				continue
			}
			a := anchor{start, end, -1}
			for _, back := range [...]int{len("final "), len("fınal ")} {
				if f := start - back; f >= 0 && foldEnd(s, f, "final ") == start {
					a.final = f
				}
			}
			x.anchors = append(x.anchors, a)
			break
		}
	}
}

func indexFrom(s string, c byte, i int) int {
	if k := strings.IndexByte(s[i:], c); k >= 0 {
		return i + k
	}
	return len(s)
}

// foldEnd returns the end of word, given in lower case, at i of s in any case,
// or -1. Python lets the long s stand for s, and the dotted capital and the
// dotless small i for i.
func foldEnd(s string, i int, word string) int {
	for k := 0; k < len(word); k++ {
		if i >= len(s) {
			return -1
		}
		c, w := s[i], word[k]
		switch {
		case c == w || c|0x20 == w && 'a' <= w && w <= 'z':
			i++
		case w == 's' && hasPrefixAt(s, i, "ſ"), w == 'i' && (hasPrefixAt(s, i, "ı") || hasPrefixAt(s, i, "İ")):
			i += 2
		default:
			return -1
		}
	}
	return i
}

// anchorsFrom returns the anchors that start at or after from.
func (x *scanner) anchorsFrom(from int) []anchor {
	lo, hi := 0, len(x.anchors)
	for lo < hi {
		mid := (lo + hi) / 2
		if x.anchors[mid].start < from {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return x.anchors[lo:]
}

// body matches what p looks for after its words, at i.
func (x *scanner) body(p pattern, i int) (end int, ok bool) {
	switch p {
	case texHope:
		return x.chain(i, false, true)
	case texIs, texColon, texAnswer:
		return x.chain(i, false, false)
	case exprHope:
		return x.exprOrNumber(i, beforeHope)
	case exprIs:
		return x.exprOrNumber(i, beforeAnything)
	case exprColon, exprAnswer:
		return x.exprOrNumber(i, notBeforeEquals)
	case strHope:
		for _, k := range x.keys {
			if hasPrefixAt(x.s, i, k) {
				if end := hopeEnd(x.s, i+len(k)); end >= 0 {
					x.lit = span{i, i + len(k)}
					return end, true
				}
			}
		}
		return 0, false
	case strIs:
		for _, k := range x.keys {
			if hasPrefixAt(x.s, i, k) {
				x.lit = span{i, i + len(k)}
				return i + len(k), true
			}
		}
		return 0, false
	default:
		return x.spacedKey(i)
	}
}

// spacedBody matches \s* and the body at i. The white space goes to the former
// except for the last, which may belong to the body.
func (x *scanner) spacedBody(p pattern, i int) (end int, ok bool) {
	j := x.skipSpaces(i)
	if end, ok = x.body(p, j); ok || j == i {
		return end, ok
	}
	return x.body(p, j-spaceBefore(x.s, j))
}

// hopeEnd returns the end of ". I hope" at i, full stop and white space being
// optional, or -1.
func hopeEnd(s string, i int) int {
	if byteAt(s, i) == '.' {
		i++
	}
	i += spaceAt(s, i)
	if hasPrefixAt(s, i, "I hope") {
		return i + len("I hope")
	}
	return -1
}

// findHope matches "final answer is X. I hope".
func (x *scanner) findHope(p pattern, from int) (span, bool) {
	for _, a := range x.anchorsFrom(from) {
		if a.final < from {
			continue
		}
		i := foldEnd(x.s, a.end, " is")
		if i < 0 {
			continue
		}
		if byteAt(x.s, i) == ':' {
			i++
		}
		if end, ok := x.spacedBody(p, i); ok {
			return span{a.final, end}, true
		}
	}
	return span{}, false
}

// findIs matches "final answer … is X" with at most 100 code points between,
// on one line except before LaTeX.
func (x *scanner) findIs(p pattern, from int) (span, bool) {
	s := x.s
	for _, a := range x.anchorsFrom(from) {
		if a.final < from {
			continue
		}
		verbs := x.verbs(p)
		n, _ := slices.BinarySearch(verbs, int32(a.end+1))
		for _, is := range verbs[n:] {
			gap := int(is) // the white space before the word
			for gap > a.end {
				w := spaceBefore(s, gap)
				if w == 0 {
					break
				}
				gap -= w
			}
			if !within(s, a.end, gap, 100) || p != texIs && x.newlines.index(s, "\n", a.end) < gap {
				break
			}
			end, _ := x.isBody(p, int(is))
			return span{a.final, end}, true
		}
	}
	return span{}, false
}

// verbs returns the places of all words "is" after white space that the body
// of p follows.
func (x *scanner) verbs(p pattern) []int32 {
	memo := &x.is[0]
	switch p {
	case exprIs:
		memo = &x.is[1]
	case strIs:
		memo = &x.is[2]
	}
	if memo.known {
		return memo.at
	}
	memo.known = true
	for i := x.anchors[0].end; ; i++ {
		k := strings.Index(x.s[i:], "is")
		if k < 0 {
			return memo.at
		}
		i += k
		if spaceBefore(x.s, i) > 0 {
			if _, ok := x.isBody(p, i); ok {
				memo.at = append(memo.at, int32(i))
			}
		}
	}
}

// within reports whether at most n code points lie between lo and hi.
func within(s string, lo, hi, n int) bool {
	return hi-lo <= n || hi-lo <= n*utf8.UTFMax && utf8.RuneCountInString(s[lo:hi]) <= n
}

func (x *scanner) isBody(p pattern, i int) (end int, ok bool) {
	i += len("is")
	if byteAt(x.s, i) == ':' {
		i++
	}
	if p == exprIs {
		return x.body(p, i) // the expression brings its own white space
	}
	return x.spacedBody(p, i)
}

// findAnswer matches "answer … X" or "answer: … X" with at most 50 code points
// between, on one line except before LaTeX. For expressions, what follows an
// equals sign within 100 code points is preferred, the last sign first.
func (x *scanner) findAnswer(p pattern, from int, colon bool) (span, bool) {
	s := x.s
	for _, a := range x.anchorsFrom(from) {
		i := a.end
		if colon {
			if byteAt(s, i) != ':' {
				continue
			}
			i++
		}
		if p == exprColon || p == exprAnswer {
			if sign := x.lastEquals(i); sign >= 0 {
				end, _ := x.spacedBody(p, sign+1)
				return span{a.start, end}, true
			}
		}
		// Asked from before the colon, which begins no body, so that both kinds
		// of pattern ask the same.
		start := x.nextBody(p, a.end)
		if start == len(s) || !within(s, i, start, 50) {
			continue
		}
		if p != texColon && p != texAnswer && x.newlines.index(s, "\n", i) < start {
			continue
		}
		end, _ := x.body(p, start)
		return span{a.start, end}, true
	}
	return span{}, false
}

// nextBody returns the first place from i on at which the body of p matches,
// or the length of the text.
func (x *scanner) nextBody(p pattern, i int) int {
	var a *ahead
	var find func(from int) (span, bool)
	switch p {
	case texColon, texAnswer:
		a, find = &x.envs, func(from int) (span, bool) { return x.findEnv(from, false) }
	case exprColon, exprAnswer:
		a, find = &x.exprs, x.findExprOrNumber
	default:
		a, find = &x.literals, x.findKey
	}
	if !a.known || i < a.lo || a.hi < i {
		m, ok := find(i)
		if !ok {
			m.lo = len(x.s)
		}
		*a = ahead{i, m.lo, true}
	}
	return a.hi
}

// lastEquals returns the last equals sign within 100 code points and the line
// from i on that an expression or number follows, or -1.
func (x *scanner) lastEquals(i int) int {
	s := x.s
	if x.equals.index(s, "=", i) > i+100*utf8.UTFMax {
		return -1
	}
	if !x.signs.known {
		x.signs.known = true
		for k := 0; ; k++ {
			n := strings.IndexByte(s[k:], '=')
			if n < 0 {
				break
			}
			k += n
			if _, ok := x.spacedBody(exprAnswer, k+1); ok {
				x.signs.at = append(x.signs.at, int32(k))
			}
		}
	}
	n, _ := slices.BinarySearch(x.signs.at, int32(min(i+100*utf8.UTFMax+1, len(s))))
	for n--; n >= 0 && int(x.signs.at[n]) >= i; n-- {
		if sign := int(x.signs.at[n]); within(s, i, sign, 100) {
			if x.newlines.index(s, "\n", i) > sign {
				return sign
			}
		}
	}
	return -1
}
