package mvtext

import "strings"

// maxParts is the most environments joined in one match.
const maxParts = 6

type part struct {
	span
	percent bool
}

type latexMatch struct {
	parts [maxParts]part
	n     int
	end   int
}

// env returns the content and the end of the math environment at i: $$…$$,
// \[…\], $…$, \(…\), a bracket between white space, or a bare fraction of two
// numbers; with boxed only those, without the fraction, that hold a box.
//
// The content of each ends at the first closer there is, so no two readings
// compete.
func (x *scanner) env(i int, boxed bool) (content span, end int, ok bool) {
	s := x.s
	if i >= len(s) {
		return
	}
	switch c := s[i]; c {
	case '$':
		content, end, ok = x.dollarEnv(i)
	case '\\':
		switch byteAt(s, i+1) {
		case '[':
			if byteAt(s, i-1) != '\\' {
				hi := x.brackets.index(s, `\]`, i+2)
				content, end, ok = span{i + 2, hi}, hi+2, hi > i+2 && hi < len(s) && s[hi-1] != '\\'
			}
		case '(':
			if byteAt(s, i-1) != '\\' {
				hi := x.parens.index(s, `\)`, i+2)
				ok = hi > i+2 && hi < len(s) && s[hi-1] != '\\' && x.newlines.index(s, "\n", i+2) > hi
				content, end = span{i + 2, hi}, hi+2
			}
		case 'f':
			if !boxed {
				end = fractionEnd(s, i)
				return span{i, end}, end, end > 0
			}
		}
	case '-':
		if !boxed {
			end = fractionEnd(s, i+1)
			return span{i, end}, end, end > 0
		}
	default:
		w := spaceAt(s, i)
		if w == 0 || byteAt(s, i+w) != '[' {
			return
		}
		lo := i + w + 1
		hi := lo
		for hi < len(s) && s[hi] != ']' {
			if s[hi] == '[' || s[hi] == '\n' {
				return
			}
			hi++
		}
		w = spaceAt(s, hi+1)
		content, end, ok = span{lo, hi}, hi+1+w, w > 0 && hi > lo
	}
	if ok && boxed {
		lo := x.boxes.index(s, `\boxed{`, content.lo) + len(`\boxed{`)
		ok = lo < content.hi && x.braces.index(s, "}", lo+1) < content.hi
	}
	return content, end, ok
}

func (x *scanner) dollarEnv(i int) (content span, end int, ok bool) {
	s := x.s
	if byteAt(s, i-1) == '\\' {
		return
	}
	if byteAt(s, i+1) == '$' {
		hi := x.dollars.index(s, "$$", i+2)
		return span{i + 2, hi}, hi + 2, hi > i+2 && hi < len(s) && s[hi-1] != '\\'
	}
	if digitBefore(s, i) > 0 {
		return
	}
	for j := i + 1; j < len(s) && s[j] != '\n'; j++ {
		if s[j] == '$' && s[j-1] != '\\' {
			return span{i + 1, j}, j + 1, true
		}
	}
	return
}

// fractionEnd returns the end of \frac{a}{b} at i, a and b plain numbers, or 0.
func fractionEnd(s string, i int) int {
	if !hasPrefixAt(s, i, `\frac`) {
		return 0
	}
	i += len(`\frac`)
	for range 2 {
		if byteAt(s, i) != '{' {
			return 0
		}
		i++
		if byteAt(s, i) == '-' {
			i++
		}
		j := skipDigits(s, i)
		if j == i {
			return 0
		}
		i = j
		if c := byteAt(s, i); c == '.' || c == ',' {
			if j = skipDigits(s, i+1); j > i+1 {
				i = j
			}
		}
		if byteAt(s, i) != '}' {
			return 0
		}
		i++
	}
	return i
}

// chain matches an environment at i and up to five more after it, each after
// "and", "or" or a comma; with hope, ". I hope" must follow.
func (x *scanner) chain(i int, boxed, hope bool) (end int, ok bool) {
	x.tex.n = 0
	ok = x.link(i, boxed, hope)
	return x.tex.end, ok
}

func (x *scanner) link(i int, boxed, hope bool) bool {
	content, end, ok := x.env(i, boxed)
	if !ok {
		return false
	}
	m := &x.tex
	k := m.n
	m.n++
	end = x.skipSpaces(end)
	// A shorter word for percent is preferred, the longer one only taken where
	// something has to follow.
	for _, p := range [...]int{percentEnd(x.s, end), percentageEnd(x.s, end)} {
		if p > 0 {
			m.parts[k] = part{content, true}
			if x.after(p, boxed, hope) {
				return true
			}
		}
	}
	m.parts[k] = part{content, false}
	if x.after(end, boxed, hope) {
		return true
	}
	m.n = k
	return false
}

// after matches what follows an environment, at i.
func (x *scanner) after(i int, boxed, hope bool) bool {
	m := &x.tex
	if m.n < maxParts {
		if j := connector(x.s, x.skipSpaces(i)); j > 0 {
			k := x.skipSpaces(j)
			if x.link(k, boxed, hope) {
				return true
			}
			// A bracket needs the white space before it.
			if k > j && byteAt(x.s, k) == '[' && x.link(k-spaceBefore(x.s, k), boxed, hope) {
				return true
			}
		}
	}
	switch {
	case hope:
		m.end = hopeEnd(x.s, i)
		return m.end >= 0
	case boxed:
		m.end = x.skipSpaces(i)
	default:
		m.end = i
	}
	return true
}

// connector returns the end of ",", "and", "or", ",and" or ",or" at i, or 0.
func connector(s string, i int) int {
	j := i
	if byteAt(s, j) == ',' {
		j++
	}
	switch {
	case hasPrefixAt(s, j, "and"):
		return j + len("and")
	case hasPrefixAt(s, j, "or"):
		return j + len("or")
	case j > i:
		return j
	}
	return 0
}

// percentEnd returns the end of %, \%, percent or pct at i, or 0.
func percentEnd(s string, i int) int {
	switch byteAt(s, i) {
	case '%':
		return i + 1
	case '\\':
		if byteAt(s, i+1) == '%' {
			return i + 2
		}
	case 'p', 'P':
		if hasPrefixAt(s, i+1, "ercent") {
			return i + len("percent")
		}
		if hasPrefixAt(s, i+1, "ct") {
			return i + len("pct")
		}
	}
	return 0
}

func percentageEnd(s string, i int) int {
	if c := byteAt(s, i); (c == 'p' || c == 'P') && hasPrefixAt(s, i+1, "ercentage") {
		return i + len("percentage")
	}
	return 0
}

// findEnv matches environments without words before them.
func (x *scanner) findEnv(from int, boxed bool) (span, bool) {
	s := x.s
	if boxed && x.boxes.index(s, `\boxed{`, from) == len(s) {
		return span{}, false
	}
	for i := from; i < len(s); i++ {
		start := i
		switch s[i] {
		case '$':
		case '\\':
			if byteAt(s, i+1) == 'f' && i > from && s[i-1] == '-' {
				start--
			}
		case '[':
			w := spaceBefore(s, i)
			if w == 0 || i-w < from {
				continue
			}
			start -= w
		default:
			continue
		}
		if end, ok := x.chain(start, boxed, false); ok {
			return span{start, end}, true
		}
	}
	return span{}, false
}

// findBox matches from the first \boxed{ to the last closing brace of the text.
func (x *scanner) findBox(from int) (span, bool) {
	start := x.boxes.index(x.s, `\boxed{`, from)
	if start == len(x.s) {
		return span{}, false
	}
	last := strings.LastIndexByte(x.s, '}')
	if last <= start+len(`\boxed{`) {
		return span{}, false
	}
	x.tex.n = 1
	x.tex.parts[0] = part{span{start, last + 1}, false}
	return span{start, last + 1}, true
}

func (x *scanner) latexCandidate(p pattern, c *Candidate) {
	c.Kind = Latex
	n := x.c.Latex.Normalization
	if p == texBox {
		n.Boxed = BoxLast
	}
	c.Parts = make([]Part, x.tex.n)
	for i, part := range x.tex.parts[:x.tex.n] {
		c.Parts[i] = Part{NormalizeLatex(x.s[part.lo:part.hi], n), part.percent}
	}
	c.Raw = c.Parts[0].Text
}
