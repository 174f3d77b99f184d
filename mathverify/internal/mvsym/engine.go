package mvsym

import (
	"math/bits"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
)

// The reference's parser takes, at every decision, the first alternative with
// which the whole text can still be read. That is the first parse of an ordered
// grammar with unlimited backtracking, and it is found here in two passes: a
// recogniser computes for every rule and start the set of all ends, and a
// builder walks down and takes the first alternative whose end can lead on.

// A pattern is a piece of the right side of a rule.
type pattern struct {
	op    byte // 't' token of class set, 'r' rule, '.' sequence, '|' ordered choice, '*' repetition, '?' option
	class tokens
	rule  rule
	subs  []*pattern
	first tokens // the tokens it can start with
	empty bool   // it can match nothing
}

// tokens is a set of token kinds.
type tokens [2]uint64

func (t tokens) has(k kind) bool { return t[k>>6]>>(k&63)&1 != 0 }

func (t tokens) or(u tokens) tokens { return tokens{t[0] | u[0], t[1] | u[1]} }

// posSet is a set of token positions.
type posSet []uint64

func (s posSet) has(i int) bool { return s[i>>6]>>(i&63)&1 != 0 }
func (s posSet) add(i int)      { s[i>>6] |= 1 << (i & 63) }

func (s posSet) none() bool {
	for _, w := range s {
		if w != 0 {
			return false
		}
	}
	return true
}

// merge adds u to s and reports whether that changed s.
func (s posSet) merge(u posSet) bool {
	changed := false
	for i, w := range u {
		if w&^s[i] != 0 {
			s[i] |= w
			changed = true
		}
	}
	return changed
}

func (s posSet) meets(u posSet) bool {
	for i, w := range u {
		if w&s[i] != 0 {
			return true
		}
	}
	return false
}

// each calls f with every position, in order.
func (s posSet) each(f func(i int)) {
	for i, w := range s {
		for ; w != 0; w &= w - 1 {
			f(i<<6 + bits.TrailingZeros64(w))
		}
	}
}

// A matcher holds the ends found so far for one text.
type matcher struct {
	toks  []token // with kEOF behind the last
	words int     // of a posSet
	ends  [][]posSet
	free  []uint64
	b     *budget.Budget
}

// A node is a rule that matched, or a token. Kids are the tokens and rules of
// its right side in order; helper patterns leave no trace.
type node struct {
	rule     rule // rToken for a token
	from, to int
	kids     []*node
}

// match parses all tokens as rMath; nil if that cannot be.
func match(toks []token, b *budget.Budget) *node {
	m := &matcher{toks: append(toks, token{}), words: len(toks)>>6 + 1, ends: make([][]posSet, ruleCount), b: b}
	n := len(toks)
	if ends := m.rule(rMath, 0); ends == nil || !ends.has(n) {
		return nil
	}
	target := m.set()
	target.add(n)
	var out []*node
	m.build(&pattern{op: 'r', rule: rMath}, 0, target, &out)
	return out[0]
}

// set returns an empty set.
func (m *matcher) set() posSet {
	if len(m.free) < m.words {
		m.b.Use(int64(8 * m.words))
		m.free = make([]uint64, 64*m.words)
	}
	s := m.free[:m.words:m.words]
	m.free = m.free[m.words:]
	return s
}

// rule returns the ends of a rule that starts at a position.
func (m *matcher) rule(r rule, at int) posSet {
	if m.ends[r] == nil {
		m.b.Use(int64(len(m.toks) / 2))
		m.ends[r] = make([]posSet, len(m.toks))
	}
	if e := m.ends[r][at]; e != nil {
		return e
	}
	g := grammar[r]
	start := m.set()
	start.add(at)
	e := m.pattern(g, start)
	m.ends[r][at] = e
	return e
}

// pattern returns the ends of a pattern over all starts. The caller must not
// change them.
func (m *matcher) pattern(p *pattern, starts posSet) posSet {
	m.b.Use(int64(2 + m.words))
	switch p.op {
	case 't':
		out := m.set()
		starts.each(func(i int) {
			if p.class.has(m.toks[i].kind) {
				out.add(i + 1)
			}
		})
		return out
	case 'r':
		var out posSet
		first, fresh := &grammar[p.rule].first, false
		starts.each(func(i int) {
			if first.has(m.toks[i].kind) {
				out, fresh = m.union(out, m.rule(p.rule, i), fresh)
			}
		})
		return m.orEmpty(out)
	case '.':
		for _, s := range p.subs {
			if starts = m.pattern(s, starts); starts.none() {
				break
			}
		}
		return starts
	case '|':
		var out posSet
		fresh := false
		for _, s := range p.subs {
			if s.empty || m.starts(s, starts) {
				out, fresh = m.union(out, m.pattern(s, starts), fresh)
			}
		}
		return m.orEmpty(out)
	case '?':
		if !m.starts(p.subs[0], starts) {
			return starts
		}
		out, _ := m.union(starts, m.pattern(p.subs[0], starts), false)
		return out
	}
	if !m.starts(p.subs[0], starts) {
		return starts
	}
	out := m.set()
	out.merge(starts)
	for next := starts; m.starts(p.subs[0], next); {
		next = m.pattern(p.subs[0], next)
		if !out.merge(next) {
			break
		}
	}
	return out
}

// union returns a set of both; it writes into a only where that is fresh, a set
// that nobody else holds.
func (m *matcher) union(a, b posSet, fresh bool) (posSet, bool) {
	if a == nil {
		return b, false
	}
	if !fresh {
		c := m.set()
		copy(c, a)
		a = c
	}
	a.merge(b)
	return a, true
}

func (m *matcher) orEmpty(s posSet) posSet {
	if s == nil {
		return m.set()
	}
	return s
}

// starts reports whether the pattern can begin at one of the positions.
func (m *matcher) starts(p *pattern, at posSet) bool {
	for i, w := range at {
		for ; w != 0; w &= w - 1 {
			if p.first.has(m.toks[i<<6+bits.TrailingZeros64(w)].kind) {
				return true
			}
		}
	}
	return false
}

// build appends the nodes of the first way in which the pattern leads from a
// position into target, which must be possible, and returns where it ends.
func (m *matcher) build(p *pattern, at int, target posSet, out *[]*node) int {
	m.b.Use(int64(2 + m.words))
	switch p.op {
	case 't':
		*out = append(*out, &node{rule: rToken, from: at, to: at + 1})
		return at + 1
	case 'r':
		n := &node{rule: p.rule, from: at}
		n.to = m.build(grammar[p.rule], at, target, &n.kids)
		*out = append(*out, n)
		return n.to
	case '.':
		for i, s := range p.subs {
			goal := target
			if i+1 < len(p.subs) {
				goal = m.leading(m.from(s, at), p.subs[i+1:], target)
			}
			at = m.build(s, at, goal, out)
		}
		return at
	case '|':
		for _, s := range p.subs {
			if m.from(s, at).meets(target) {
				return m.build(s, at, target, out)
			}
		}
	case '?':
		if m.from(p.subs[0], at).meets(target) {
			return m.build(p.subs[0], at, target, out)
		}
	case '*':
		for {
			goal := m.leading(m.from(p.subs[0], at), []*pattern{p}, target)
			if goal.none() {
				break
			}
			at = m.build(p.subs[0], at, goal, out)
		}
	}
	return at
}

func (m *matcher) from(p *pattern, at int) posSet {
	if p.op == 'r' {
		if !grammar[p.rule].first.has(m.toks[at].kind) {
			return m.set()
		}
		return m.rule(p.rule, at)
	}
	s := m.set()
	s.add(at)
	return m.pattern(p, s)
}

// leading returns those of the positions from which the rest reaches target.
func (m *matcher) leading(at posSet, rest []*pattern, target posSet) posSet {
	out := m.set()
	at.each(func(i int) {
		s := m.set()
		s.add(i)
		for _, p := range rest {
			if s = m.pattern(p, s); s.none() {
				return
			}
		}
		if s.meets(target) {
			out.add(i)
		}
	})
	return out
}
