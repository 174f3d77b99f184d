package mvtext

import (
	"slices"
	"strings"

	"github.com/golongrl/golongrl/internal/py"
)

// pattern names one regular expression of the reference.
type pattern uint8

// The first four of each target need the word "answer", in the order of their
// priorities.
const (
	texHope   pattern = iota // final answer is $…$. I hope
	texIs                    // final answer … is $…$
	texColon                 // answer: … $…$
	texAnswer                // answer … $…$
	texPlain                 // $…$
	texBoxed                 // $…\boxed{…}…$
	texBox                   // \boxed{…}, to the last brace of the text
	exprHope
	exprIs
	exprColon
	exprAnswer
	exprPlain
	numPlain
	strHope
	strIs
	strColon
	strAnswer
	strStart
	strPlain
)

type prioritised struct {
	pattern  pattern
	priority int
}

// patterns appends the patterns of target in the order of the reference,
// without those that need the word "answer" if the text does not have it.
func (c *Config) patterns(list []prioritised, target Target, anchored bool) []prioritised {
	if anchored {
		p := [...]pattern{LatexTarget: texHope, ExprTarget: exprHope, StringTarget: strHope}[target]
		list = append(list, prioritised{p, 0}, prioritised{p + 1, 50}, prioritised{p + 2, 100}, prioritised{p + 3, 200})
	}
	switch target {
	case LatexTarget:
		if c.Latex.Unanchored {
			list = append(list, prioritised{texPlain, 300})
		}
		if p := c.Latex.BoxedPriority; p >= 0 {
			list = append(list, prioritised{texBoxed, p}, prioritised{texBox, p})
		}
	case ExprTarget:
		if c.Expr.Unanchored {
			list = append(list, prioritised{exprPlain, 300}, prioritised{numPlain, 300})
		}
	case StringTarget:
		if c.String.Unanchored {
			list = append(list, prioritised{strStart, 250}, prioritised{strPlain, 300})
		}
	}
	return list
}

// scanner holds a text and what is known about it.
type scanner struct {
	s        string
	c        *Config
	anchors  []anchor
	keys     []string  // of the string target
	keyBytes [4]uint64 // the set of bytes that keys begin with, and the asterisk

	// Memories, which keep repeated questions about the same stretch cheap.
	// What they hold depends on the text alone, never on who asked.
	dollars, brackets, parens, newlines, boxes, braces ahead
	spaces, equals                                     ahead
	envs, exprs, literals                              ahead
	run                                                run
	rests                                              [3]rest
	signs                                              places // equals signs with an expression or number after them
	is                                                 [3]places

	// What the match found last consists of.
	tex latexMatch
	num numberMatch
	lit span // the expression or the string of a match that is neither
}

type span struct{ lo, hi int }

// places are all places in a text of one kind, once they are known.
type places struct {
	at    []int32
	known bool
}

// ahead remembers that what was looked for from lo on is first found at hi.
type ahead struct {
	lo, hi int
	known  bool
}

// index returns the first index of sub in s at or after i, or len(s).
func (a *ahead) index(s, sub string, i int) int {
	if a.known && a.lo <= i && i <= a.hi {
		return a.hi
	}
	k := len(s)
	if i < len(s) {
		if j := strings.Index(s[i:], sub); j >= 0 {
			k = i + j
		}
	}
	*a = ahead{i, k, true}
	return k
}

// skipSpaces is skipSpace with a memory of the run of white space last met.
func (x *scanner) skipSpaces(i int) int {
	a := &x.spaces
	if a.known && a.lo <= i && i <= a.hi {
		return a.hi
	}
	j := i
	for j < len(x.s) {
		if a.known && j == a.lo {
			j = a.hi
			break
		}
		w := spaceAt(x.s, j)
		if w == 0 {
			break
		}
		j += w
	}
	if j > i {
		*a = ahead{i, j, true}
	}
	return j
}

// matches are the matches of one pattern in a text, by growing end.
type matches struct {
	pattern pattern
	spans   []span32
}

type span32 struct{ lo, hi int32 }

func candidates(text string, c *Config, yield func(Candidate) bool) {
	if len(text) > 1<<31-1 {
		return // places are kept in 32 bits
	}
	x := &scanner{s: text, c: c}
	x.findAnchors()
	var buf [21]prioritised // up to seven patterns of up to three targets
	list := buf[:0]
	for _, t := range c.Targets {
		if t == NoTarget {
			break
		}
		list = c.patterns(list, t, len(x.anchors) > 0)
		if t == StringTarget {
			x.setKeys(strings.Split(c.String.Strings, "\n"))
		}
	}
	slices.SortStableFunc(list, func(a, b prioritised) int { return a.priority - b.priority })
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n].priority == list[0].priority {
			n++
		}
		if !x.group(list[:n], yield) {
			return
		}
		list = list[n:]
	}
}

// group yields the matches of patterns of one priority, and reports whether to
// go on with the next.
func (x *scanner) group(list []prioritised, yield func(Candidate) bool) bool {
	var buf [8]matches
	pool := buf[:0]
	for _, p := range list {
		if spans := x.all(p.pattern); len(spans) > 0 {
			pool = append(pool, matches{p.pattern, spans})
		}
	}
	// The matches of one pattern do not overlap, so the last of each is the
	// only one to compare.
	for {
		best := -1
		var at span32
		for i := range pool {
			spans := pool[i].spans
			if len(spans) == 0 {
				continue
			}
			m := spans[len(spans)-1]
			if best < 0 || m.hi > at.hi || m.hi == at.hi && m.lo < at.lo {
				best, at = i, m
			}
		}
		if best < 0 {
			return true
		}
		m := &pool[best]
		m.spans = m.spans[:len(m.spans)-1]
		if !yield(x.candidate(m.pattern, int(at.lo), list[0].priority)) || x.c.FirstMatch {
			return false
		}
	}
}

// all returns the matches of p in the text, each search starting where the
// last match ended. Only their places are kept; candidate finds the rest again.
func (x *scanner) all(p pattern) []span32 {
	var spans []span32
	for from := 0; ; {
		m, ok := x.find(p, from)
		if !ok {
			return spans
		}
		spans = append(spans, span32{int32(m.lo), int32(m.hi)})
		from = m.hi
	}
}

// find returns the leftmost match of p that starts at or after from.
func (x *scanner) find(p pattern, from int) (span, bool) {
	switch p {
	case texHope, exprHope, strHope:
		return x.findHope(p, from)
	case texIs, exprIs, strIs:
		return x.findIs(p, from)
	case texColon, exprColon, strColon:
		return x.findAnswer(p, from, true)
	case texAnswer, exprAnswer, strAnswer:
		return x.findAnswer(p, from, false)
	case texPlain:
		return x.findEnv(from, false)
	case texBoxed:
		return x.findEnv(from, true)
	case texBox:
		return x.findBox(from)
	case exprPlain, numPlain:
		return x.findPlain(p, from)
	case strStart:
		if from > 0 {
			return span{}, false
		}
		end, ok := x.key(0)
		return span{0, end}, ok
	default:
		return x.findKey(from)
	}
}

// candidate returns the match of p that starts at start.
func (x *scanner) candidate(p pattern, start, priority int) Candidate {
	m, _ := x.find(p, start)
	c := Candidate{Priority: priority, Start: m.lo, End: m.hi}
	switch {
	case p <= texBox:
		x.latexCandidate(p, &c)
	case p <= numPlain:
		x.exprCandidate(&c)
	default:
		c.Kind = Literal
		c.Raw = x.s[x.lit.lo:x.lit.hi]
		text := c.Raw
		if x.c.String.Lowercase {
			text = py.Lower(text)
		}
		c.Parts = []Part{{Text: text}}
	}
	return c
}
