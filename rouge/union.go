package rouge

import "math/bits"

// UnionOptions bounds a UnionLCS. The zero value sets no recursion limit and
// DefaultBudget.
type UnionOptions struct {
	// Recursion, if positive, is the number of nested calls the reference
	// package's recursive back-trace may make for one pair of sentences,
	// counting the outermost and the one that ends it.
	Recursion int

	// Budget is the number of steps, 0 for DefaultBudget. UnionLCS panics if
	// it is negative.
	Budget int64
}

// UnionLCS returns the summary-level ROUGE-L of the Python package rouge:
//
//	U  = union over all pairs of a reference sentence and a hypothesis
//	     sentence of the SET of words on their longest common subsequence
//	P  = |U| / distinct words of hyp
//	R  = |U| / distinct words of ref
//	F1 = 2·(P·R / (P + R + 1e-8))
//
// Sentences end at "." and nowhere else, words are separated by what Python
// calls white space, and nothing is lower-cased. A piece of white space between
// two full stops is a sentence whose one word is empty; pieces of no length are
// no sentences. Equal texts score P = R = 1 and F1 = 0.999999995, the most that
// the formula gives.
//
// Of several longest common subsequences the one counted is the package's:
// from the ends of both sentences, equal words are taken, else the reference
// goes back one word if T[i-1,j] > T[i,j-1], else the hypothesis does.
//
// The error is ErrEmpty if a side has no sentence, ErrRecursion if a back-trace
// nests deeper than o.Recursion and ErrBudget if o.Budget is spent.
//
// Source: PyPI rouge 1.0.1, metric rouge-l with exclusive=True; C.-Y. Lin,
// "ROUGE: A Package for Automatic Evaluation of Summaries", 2004, section 3.2.
func UnionLCS(ref, hyp string, o UnionOptions) (Score, error) {
	left := newBudget(o.Budget)
	sc := getScratch()
	defer sc.release()
	sc.ref.splitStops(&sc.vocab, ref)
	limit := sc.vocab.len()
	sc.hyp.splitStops(&sc.vocab, hyp)
	if sc.ref.len() == 0 || sc.hyp.len() == 0 {
		return Score{}, ErrEmpty
	}
	sc.index.build(&sc.hyp, limit, sc.vocab.len())

	u := union{scratch: sc, recursion: o.Recursion, left: &left}
	if err := u.run(limit); err != nil {
		return Score{}, err
	}
	p := float64(u.size) / float64(sc.index.unique)
	r := float64(u.size) / float64(limit)
	return Score{Precision: p, Recall: r, F1: 2.0 * (float64(p*r) / (p + r + 1e-8))}, nil
}

// union is the state of one UnionLCS.
type union struct {
	*scratch
	recursion int
	left      *budget
	size      int // number of words in the union
	depth     int // deepest back-trace of those traced
}

// run forms the union. A pair of sentences is visited only if it can still
// matter: it shares a word that is not in the union yet, or it is so long that
// its back-trace might exceed the recursion limit. No back-trace nests deeper
// than the two sentences are long together: it moves once for every call but the
// last, and either takes a word, which moves on both sides at once, or finds none
// in common and goes back over the hypothesis alone.
func (u *union) run(limit int) error {
	x := &u.index
	u.rows.grow(limit)
	u.done = resized(u.done, limit)
	u.seen = resized(u.seen, x.len())
	open := 0 // shared words outside the union
	for w := range limit {
		if len(x.holding(int32(w))) == 0 {
			u.done[w] = true
		} else {
			open++
		}
	}
	longest := 0
	for _, n := range x.size {
		longest = max(longest, int(n))
	}
	for s := range u.ref.len() {
		ref := u.ref.at(s)
		deep := u.recursion > 0 && len(ref)+longest > u.recursion
		if u.size == open && u.recursion <= 0 {
			return nil
		}
		if !deep && u.settled(ref) {
			continue
		}
		if !u.left.spend(len(ref)) {
			return ErrBudget
		}
		u.rows.build(ref)
		err := u.pairs(s, ref, deep)
		u.rows.drop(ref)
		if err != nil {
			return err
		}
	}
	return nil
}

// settled reports whether no word of ref is left to join the union.
func (u *union) settled(ref []int32) bool {
	for _, w := range ref {
		if !u.done[w] {
			return false
		}
	}
	return true
}

// pairs visits reference sentence s with each hypothesis sentence that matters.
func (u *union) pairs(s int, ref []int32, deep bool) error {
	x := &u.index
	if deep {
		for h, n := range x.size {
			if len(ref)+int(n) <= u.recursion {
				continue
			}
			u.seen[h] = int32(s + 1)
			if err := u.pair(ref, h); err != nil {
				return err
			}
			if u.depth > u.recursion {
				return ErrRecursion
			}
		}
	}
	for _, w := range ref {
		if u.done[w] {
			continue
		}
		if len(ref) == 1 {
			// One word against any sentence that holds it: that word.
			u.add(w)
			continue
		}
		for _, h := range x.holding(w) {
			if u.seen[h] == int32(s+1) {
				continue
			}
			u.seen[h] = int32(s + 1)
			if err := u.pair(ref, int(h)); err != nil {
				return err
			}
			if u.done[w] {
				break
			}
		}
	}
	return nil
}

func (u *union) add(w int32) {
	if !u.done[w] {
		u.done[w] = true
		u.size++
	}
}

// pair adds the common words of ref and hypothesis sentence h to the union and
// keeps the depth of the deepest back-trace.
//
// A hypothesis word that the reference sentence lacks leaves the column as it
// was, so that T[i-1,j] <= T[i,j] = T[i,j-1] and the back-trace passes it
// with one step: such words matter to the depth alone and are left out.
func (u *union) pair(ref []int32, h int) error {
	cols := u.index.at(h)
	if !u.left.spend(len(cols) + 1) {
		return ErrBudget
	}
	end := trace{i: len(ref), j: int(u.index.size[h])}
	if len(ref) <= 64 {
		u.narrow(cols, &end)
	} else if err := u.wide(cols, &end); err != nil {
		return err
	}
	if end.i > 0 {
		end.j = 0
	}
	u.depth = max(u.depth, len(ref)-end.i+int(u.index.size[h])-end.j-end.taken+1)
	return nil
}

// trace is a place of the back-trace and the number of words taken so far.
// Every call of the recursion moves i, j or, where it takes a word, both.
type trace struct {
	i, j, taken int
}

// take moves diagonally from row q, taking the word of column c.
func (t *trace) take(q int, c col) {
	t.i = q - 1
	t.j = int(c.pos) - 1
	t.taken++
}

// step is one column of a table with a single machine word.
type step struct {
	col
	mask uint64
	old  uint64 // v before the column
}

// narrow is pair for at most 64 reference words.
func (u *union) narrow(cols []col, end *trace) {
	v := ^uint64(0)
	steps := u.table.steps[:0]
	for _, c := range cols {
		m := u.rows.of(c.word)
		if len(m) == 0 {
			continue
		}
		mask := m[0].mask
		steps = append(steps, step{c, mask, v})
		match := v & mask
		v = (v + match) | (v - match)
	}
	u.table.steps = steps
	for k := len(steps) - 1; k >= 0 && end.i > 0; k-- {
		s := &steps[k]
		below := upTo(end.i)
		q := bits.Len64(s.mask & below)
		if q == end.i || risesNarrow(s.old, v, below) {
			u.add(s.word)
			end.take(q, s.col)
		}
		v = s.old
	}
}

// risesNarrow reports whether T[i,j] = T[i,j-1] + 1, for v of columns j-1 and
// j and the bits up to i. If it holds and x[i] != y[j], the back-trace climbs
// to the next match above and takes it.
//
// T[i,j] counts the zeros of v up to i. Row by row the count of column j is
// that of column j-1 or one more, so the rows where v goes to 0 and those where
// it goes back to 1 alternate, the former first, and the difference is 1 at i
// iff the nearest changed row is one where v went to 0. There
//
//	T[i,j] = T[i-1,j] + 1 = T[i,j-1] + 1,
//
// which the recurrence gives for x[i] = y[j] only: it is a match.
func risesNarrow(old, v, below uint64) bool {
	d := (old ^ v) & below
	return d != 0 && old>>(bits.Len64(d)-1)&1 == 1
}
