package jieba

import (
	"slices"
	"sync"
	"unicode/utf8"
)

// pieceLen is the number of characters cut at a time: few enough for the scratch
// to stay in the nearest caches, enough to make the cost of a piece vanish. A
// piece ends before a character outside blocks, so a longer block makes a
// longer piece.
const pieceLen = 1 << 10

// maxKept is the capacity, in characters, up to which scratch returns to the
// pool, so that one huge block does not hold memory for ever.
const maxKept = 1 << 16

// maxPad is how far past the end of a piece the passes read.
const maxPad = 4

// alone marks the step of a word of one character in a block.
const (
	aloneShift = 7
	alone      = 1 << aloneShift
)

// cutter is the scratch of one call. The slices have one element for each
// character of a piece and maxPad more.
type cutter struct {
	m     *model
	ends  []int     // where in the text each token ends
	codes []uint16  // codes of the characters, then zeros
	offs  []int     // where in the text each character starts, then the piece's end
	pairs []node    // trie nodes of the two characters from each on, or 0
	trios []node    // trie nodes of the three characters from each on, or 0
	route []float64 // best log-probability from each character to the block's end
	step  []uint8   // characters in the word that starts that best way, with alone
	path  []uint8   // Viterbi back pointers
}

var pool = sync.Pool{New: func() any { return new(cutter) }}

func newCutter() *cutter {
	c := pool.Get().(*cutter)
	c.m = tables()
	return c
}

func (c *cutter) free() {
	if len(c.codes) <= maxKept {
		pool.Put(c)
	}
}

// next cuts a piece of s from byte i on and returns the ends of its tokens, valid
// until the next call. The last is where the piece ends.
func (c *cutter) next(s string, i int) (ends []int) {
	n := c.scan(s, i)
	c.lookUp(n)
	c.findRoute(n)
	return c.ends[:c.emit(n)]
}

// scan reads the characters of a piece of s from byte i on and returns their
// number.
func (c *cutter) scan(s string, i int) (n int) {
	m := c.m
	codes, offs := c.codes, c.offs[:len(c.codes)]
	for i < len(s) {
		if n+maxPad >= len(codes) {
			c.grow()
			codes, offs = c.codes, c.offs[:len(c.codes)]
		}
		var code uint16
		width := 1
		// Any three bytes of this form are one character, as surrogates count.
		if b := s[i]; b >= 0xE1 && b <= 0xEF && i+2 < len(s) && isCont(s[i+1]) && isCont(s[i+2]) {
			code = m.codes[uint16(b)<<12|uint16(s[i+1]&0x3F)<<6|uint16(s[i+2]&0x3F)]
			width = 3
		} else if b < utf8.RuneSelf {
			code = m.codes[b]
			if b == '\r' && i+1 < len(s) && s[i+1] == '\n' {
				width = 2
			}
		} else {
			_, width = utf8.DecodeRuneInString(s[i:])
		}
		if n >= pieceLen && code == 0 {
			break
		}
		codes[n] = code
		offs[n] = i
		n++
		i += width
	}
	clear(c.codes[n : n+maxPad])
	c.offs[n] = i
	return n
}

func isCont(b byte) bool { return b&0xC0 == 0x80 }

// grow makes the scratch larger, keeping what scan has read.
func (c *cutter) grow() {
	size := max(pieceLen+pieceLen/4, 2*len(c.codes))
	c.codes = slices.Grow(c.codes, size-len(c.codes))[:size]
	c.offs = slices.Grow(c.offs, size-len(c.offs))[:size]
	c.ends = make([]int, size)
	c.pairs = make([]node, size)
	c.trios = make([]node, size)
	c.route = make([]float64, size)
	c.step = make([]uint8, size)
	c.path = make([]uint8, size)
}

// lookUp fills c.pairs and c.trios. The passes have no branches and no step
// waits for the one before, so that many cache misses are under way at once:
// the trie is larger than the nearer caches, and the walk spends its time there.
func (c *cutter) lookUp(n int) {
	t := c.m.trie
	codes := c.codes[:n+maxPad]
	pairs, trios := c.pairs[:n], c.trios[:n]
	for i := range pairs {
		_, pairs[i] = t.child(uint32(codes[i]), codes[i+1])
	}
	for i := range trios {
		p := t.bases[codes[i]] + uint32(codes[i+1])
		p &= -uint32(pairs[i] & parental >> parentalShift) // slot 0 has no children
		_, trios[i] = t.child(p, codes[i+2])
	}
}

// findRoute fills c.step by dynamic programming from right to left. Every word
// is at most as long as the dictionary's longest, so the time is linear in the
// length of the piece.
func (c *cutter) findRoute(n int) {
	m := c.m
	codes, route, step := c.codes[:n+maxPad], c.route[:n+maxPad], c.step[:n]
	pairs, trios := c.pairs[:n], c.trios[:n]
	clear(route[n:])
	for i := n - 1; i >= 0; i-- {
		code := codes[i]
		if code == 0 {
			route[i] = 0
			step[i] = 1
			continue
		}
		// Where a candidate is no word, its weight and sum are -Inf.
		best, length := m.singles[code]+route[i+1], uint8(alone|1)
		if sum := m.weights[pairs[i].weight()] + route[i+2]; sum >= best {
			best, length = sum, 2
		}
		if sum := m.weights[trios[i].weight()] + route[i+3]; sum >= best {
			best, length = sum, 3
		}
		if trios[i]&parental != 0 {
			best, length = c.longer(i, best, length)
		}
		if best < noWord {
			best, length = m.unknown+route[i+1], alone|1
		}
		route[i] = best
		step[i] = length
	}
}

// longer tries the words of four and more characters that start at i, where
// there are three characters of one.
func (c *cutter) longer(i int, best float64, length uint8) (float64, uint8) {
	t := c.m.trie
	p := t.bases[c.codes[i]] + uint32(c.codes[i+1])
	p = t.bases[p] + uint32(c.codes[i+2])
	for j := i + 3; ; {
		slot, n := t.child(p, c.codes[j])
		j++
		if n == 0 {
			return best, length
		}
		if sum := c.m.weights[n.weight()] + c.route[j]; sum >= best {
			best, length = sum, uint8(j-i)
		}
		if n&parental == 0 {
			return best, length
		}
		p = slot
	}
}

// emit fills c.ends and returns the number of tokens. Every step of the route
// ends a token, except that a run of two and more one-character words is cut
// again when it is over. The loop keeps its one branch predictable.
func (c *cutter) emit(n int) (tokens int) {
	offs, step := c.offs[:n+1], c.step[:n+1]
	step[n] = 1 // closes the last run
	ends, t, run := c.ends[:n+1], 0, 0
	for i := 0; ; {
		k := int(step[i])
		single := k >> aloneShift // 1 or 0
		if run>>1&^-single != 0 {
			t = c.cutRun(i-run, i, t-run)
			run = 0
		}
		if i == n {
			return t
		}
		run = (run + single) & -single
		i += k &^ alone
		ends[t] = offs[i]
		t++
	}
}

// isWord reports whether the characters [i, j) of the piece, two and more, are a
// dictionary word.
func (c *cutter) isWord(i, j int) bool {
	if j-i == 2 {
		return c.pairs[i].weight() != 0
	}
	if c.trios[i] == 0 {
		return false
	}
	p := uint32(c.codes[i])
	n := c.m.trie.nodes[p]
	for _, code := range c.codes[i+1 : j] {
		if p, n = c.m.trie.child(p, code); n == 0 {
			return false
		}
	}
	return n.weight() != 0
}
