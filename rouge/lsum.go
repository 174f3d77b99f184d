package rouge

import (
	"math/bits"
	"strings"
)

// LSum returns the summary-level ROUGE-L of two texts whose sentences are their
// lines, with tokens as Tokenize makes them. For each reference sentence the
// tokens on its longest common subsequence with any hypothesis sentence are
// taken together, by place; each counts while both sides have occurrences of
// the token left:
//
//	P  = hits / tokens of hyp
//	R  = hits / tokens of ref
//	F1 = 2·P·R / (P + R)
//
// Lines end at "\n" and nowhere else. A side without tokens gives zeros. Of
// several longest common subsequences the one counted is the package's: from
// the ends of both sentences, equal tokens are taken, else the hypothesis goes
// back one token if T[i,j-1] > T[i-1,j], else the reference does.
//
// LSum has no step budget; see LSumBudget.
//
// Source: PyPI rouge-score 0.1.2, rougeLsum; C.-Y. Lin, "ROUGE: A Package for
// Automatic Evaluation of Summaries", 2004, section 3.2.
func LSum(ref, hyp string, stem bool) Score {
	s, _ := lsumScore(ref, hyp, stem, nil)
	return s
}

// LSumBudget is LSum within a budget of steps, 0 for DefaultBudget. It returns
// ErrBudget when the budget is spent, and panics if it is negative.
func LSumBudget(ref, hyp string, stem bool, steps int64) (Score, error) {
	left := newBudget(steps)
	return lsumScore(ref, hyp, stem, &left)
}

func lsumScore(ref, hyp string, stem bool, left *budget) (Score, error) {
	sc := getScratch()
	defer sc.release()
	sc.ref.splitLines(&sc.vocab, ref, stem)
	limit := sc.vocab.len()
	sc.hyp.splitLines(&sc.vocab, hyp, stem)
	m, n := len(sc.ref.words), len(sc.hyp.words)
	if m == 0 || n == 0 {
		return Score{}, nil
	}
	sc.index.build(&sc.hyp, limit, sc.vocab.len())
	unlimited := budget(1<<63 - 1)
	if left == nil {
		left = &unlimited
	}
	hits, err := sc.lsumHits(limit, left)
	if err != nil {
		return Score{}, err
	}
	return ratioScore(hits, m, n), nil
}

// splitLines appends the sentences of text as rouge-score 0.1.2 sees them.
// Lines without tokens cannot contribute and are left out.
func (t *sentences) splitLines(v *vocab, text string, stem bool) {
	var tk tokenizer
	for line := range strings.SplitSeq(text, "\n") {
		first := len(t.words)
		for {
			tok, rest, ok := tk.next(line, stem)
			if !ok {
				break
			}
			t.words = append(t.words, v.add(tok))
			line = rest
		}
		if len(t.words) > first {
			t.close()
		}
	}
}

// lsumHits counts the hits of all reference sentences. A pair of sentences is
// visited only if it shares a token of which a place in the reference sentence
// is not hit yet and the hypothesis has an occurrence left.
func (sc *scratch) lsumHits(limit int, left *budget) (int, error) {
	x := &sc.index
	sc.rows.grow(limit)
	sc.seen = resized(sc.seen, x.len())
	sc.count = resized(sc.count, limit)
	for _, c := range x.cols {
		sc.count[c.word]++
	}
	hits := 0
	for s := range sc.ref.len() {
		ref := sc.ref.at(s)
		if !left.spend(len(ref)) {
			return 0, ErrBudget
		}
		sc.hit = resized(sc.hit, len(ref))
		sc.rows.build(ref)
		err := sc.lsumPairs(s, ref, left)
		sc.rows.drop(ref)
		if err != nil {
			return 0, err
		}
		for i, w := range ref {
			if sc.hit[i] && sc.count[w] > 0 {
				sc.count[w]--
				hits++
			}
		}
	}
	return hits, nil
}

func (sc *scratch) lsumPairs(s int, ref []int32, left *budget) error {
	for i, w := range ref {
		if sc.hit[i] || sc.count[w] == 0 {
			continue
		}
		for _, h := range sc.index.holding(w) {
			if sc.seen[h] == int32(s+1) {
				continue
			}
			sc.seen[h] = int32(s + 1)
			if err := sc.lsumPair(ref, int(h), left); err != nil {
				return err
			}
			if sc.hit[i] {
				break
			}
		}
	}
	return nil
}

// lsumPair marks the places of ref on its common subsequence with hypothesis
// sentence h.
//
// At row i and column j the back-trace takes a match; else it moves to column
// j-1 if v[i] is 0 there, for then T[i,j-1] = T[i,j] > T[i-1,j]; else to row
// i-1. A column of a token that ref lacks has the v of the column before and no
// match: there the trace climbs to the next row with v[i] = 0 and moves on.
func (sc *scratch) lsumPair(ref []int32, h int, left *budget) error {
	cols := sc.index.at(h)
	if !left.spend(len(cols) + 1) {
		return ErrBudget
	}
	next := sc.index.size[h] + 1
	if len(ref) <= 64 {
		sc.lsumNarrow(len(ref), cols, next)
		return nil
	}
	t := &sc.table
	if !t.fill(&sc.rows, len(ref), cols, left) {
		return ErrBudget
	}
	i := len(ref)
	return t.backward(&sc.rows, left, func(k, _ int) bool {
		c := t.cols[k]
		if next > c.pos+1 {
			i = t.lastZero(i, 0)
		}
		next = c.pos
		if i == 0 {
			return false
		}
		q := lastMatch(sc.rows.of(c.word), i)
		if p := t.lastZero(i, q); p > q {
			i = p
		} else {
			if q > 0 {
				sc.hit[q-1] = true
			}
			i = q - 1
		}
		return i > 0
	})
}

// lsumNarrow is lsumPair for m <= 64 reference tokens.
func (sc *scratch) lsumNarrow(m int, cols []col, next int32) {
	v := ^uint64(0)
	steps := sc.table.steps[:0]
	for _, c := range cols {
		r := sc.rows.of(c.word)
		if len(r) == 0 {
			continue
		}
		mask := r[0].mask
		steps = append(steps, step{c, mask, v})
		match := v & mask
		v = (v + match) | (v - match)
	}
	sc.table.steps = steps
	i := m
	for k := len(steps) - 1; k >= 0; k-- {
		s := &steps[k]
		if next > s.pos+1 {
			i = bits.Len64(^v & upTo(i))
		}
		next = s.pos
		if i == 0 {
			return
		}
		q := bits.Len64(s.mask & upTo(i))
		if p := bits.Len64(^v & upTo(i)); p > q {
			i = p
		} else {
			if q > 0 {
				sc.hit[q-1] = true
			}
			i = q - 1
		}
		if i <= 0 {
			return
		}
		v = s.old
	}
}

// lastZero returns the highest i' <= i with v[i'] = 0 if it is above q, and
// some number of at most q otherwise.
func (t *table) lastZero(i, q int) int {
	at := (i - 1) >> 6
	x := ^t.v[at] & upTo((i-1)&63+1)
	for x == 0 && at<<6 > q {
		at--
		x = ^t.v[at]
	}
	return at<<6 + bits.Len64(x)
}
