package rouge

// grams numbers the n-grams of the reference and counts them.
type grams struct {
	ref, hyp []int32 // number of the gram at each position, -1 if not in the reference
	slots    []gramSlot
	next     int32
	count    []int32
}

// gramSlot maps a gram of n-1 words and the word after it to a gram of n.
type gramSlot struct {
	key uint64
	id  int32 // number plus one, 0 for an empty slot
}

// N returns ROUGE-N of two token sequences, by the number of n-grams they have
// in common, an n-gram counting as often as it occurs in both:
//
//	P  = matched / n-grams of hyp
//	R  = matched / n-grams of ref
//	F1 = 2·P·R / (P + R)
//
// A side shorter than n has no n-grams, which gives zeros. N panics if n < 1.
// It takes time n·(len(ref)+len(hyp)).
//
// Source: C.-Y. Lin, "ROUGE: A Package for Automatic Evaluation of Summaries",
// 2004, section 2; PyPI rouge-score 0.1.2, rouge1 to rouge9.
func N(ref, hyp []string, n int) Score {
	if n < 1 {
		panic("rouge: n-gram length is not positive")
	}
	if len(ref) < n || len(hyp) < n {
		return Score{}
	}
	sc := getScratch()
	defer sc.release()
	for _, w := range ref {
		sc.ref.words = append(sc.ref.words, sc.vocab.add(w))
	}
	for _, w := range hyp {
		sc.hyp.words = append(sc.hyp.words, sc.vocab.find(w))
	}
	matched := sc.grams.match(sc.ref.words, sc.hyp.words, sc.vocab.len(), n)
	return ratioScore(matched, len(ref)-n+1, len(hyp)-n+1)
}

// match returns the number of n-grams common to ref and hyp, whose words are
// below limit, or -1 in hyp.
func (g *grams) match(ref, hyp []int32, limit, n int) int {
	g.ref = append(g.ref[:0], ref...)
	g.hyp = append(g.hyp[:0], hyp...)
	kinds := limit
	for k := 1; k < n; k++ {
		kinds = g.extend(ref, hyp, k)
	}
	g.count = resized(g.count, kinds)
	for _, id := range g.ref {
		g.count[id]++
	}
	matched := 0
	for _, id := range g.hyp {
		if id >= 0 && g.count[id] > 0 {
			g.count[id]--
			matched++
		}
	}
	return matched
}

// extend replaces the k-grams at all positions by the (k+1)-grams and returns
// the number of different ones in the reference.
func (g *grams) extend(ref, hyp []int32, k int) int {
	size := minSlots
	for size < 2*len(g.ref) {
		size *= 2
	}
	g.slots = resized(g.slots, size)
	g.next = 0
	for i := range len(ref) - k {
		g.ref[i] = g.number(g.ref[i], ref[i+k], true)
	}
	g.ref = g.ref[:len(ref)-k]
	for i := range len(hyp) - k {
		id := int32(-1)
		if g.hyp[i] >= 0 && hyp[i+k] >= 0 {
			id = g.number(g.hyp[i], hyp[i+k], false)
		}
		g.hyp[i] = id
	}
	g.hyp = g.hyp[:len(hyp)-k]
	return int(g.next)
}

// number returns the number of the gram of prefix and word, or -1 if there is
// none and insert is false.
func (g *grams) number(prefix, word int32, insert bool) int32 {
	key := uint64(uint32(prefix))<<32 | uint64(uint32(word))
	mask := uint64(len(g.slots) - 1)
	for p := mix(key) & mask; ; p = (p + 1) & mask {
		s := &g.slots[p]
		if s.id == 0 {
			if !insert {
				return -1
			}
			g.next++
			*s = gramSlot{key, g.next}
			return g.next - 1
		}
		if s.key == key {
			return s.id - 1
		}
	}
}
