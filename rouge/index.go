package rouge

// index is a hypothesis reduced to the words it shares with the reference.
// Words of the reference have the numbers below some limit.
type index struct {
	cols   []col
	end    []int32 // sentence s has cols[end[s-1]:end[s]]
	size   []int32 // number of words of each sentence, shared or not
	where  []int32 // sentences that hold word w, ascending: where[start[w]:start[w+1]]
	start  []int32
	last   []int32
	unique int // distinct words, shared or not
}

// col is one shared word of a hypothesis sentence, a column of the table.
type col struct {
	word int32
	pos  int32 // place in the sentence, from 1
}

// build indexes hyp, whose words below limit are those of the reference.
func (x *index) build(hyp *sentences, limit, total int) {
	x.cols, x.end, x.size = x.cols[:0], x.end[:0], x.size[:0]
	x.start = resized(x.start, limit+1)
	x.last = resized(x.last, limit)
	for s := range hyp.len() {
		words := hyp.at(s)
		for p, w := range words {
			if int(w) >= limit {
				continue
			}
			x.cols = append(x.cols, col{w, int32(p + 1)})
			if x.last[w] != int32(s+1) {
				x.last[w] = int32(s + 1)
				x.start[w+1]++
			}
		}
		x.end = append(x.end, int32(len(x.cols)))
		x.size = append(x.size, int32(len(words)))
	}
	x.unique = total - limit
	for w := range limit {
		if x.start[w+1] > 0 {
			x.unique++
		}
		x.start[w+1] += x.start[w]
	}
	n := int(x.start[limit])
	if cap(x.where) < n {
		x.where = make([]int32, n)
	}
	x.where = x.where[:n]
	clear(x.last)
	// x.start[w] serves as the fill position of w and is put back after.
	for s := range x.end {
		for _, c := range x.at(s) {
			if x.last[c.word] != int32(s+1) {
				x.last[c.word] = int32(s + 1)
				x.where[x.start[c.word]] = int32(s)
				x.start[c.word]++
			}
		}
	}
	copy(x.start[1:], x.start[:limit])
	x.start[0] = 0
}

func (x *index) at(s int) []col {
	if s == 0 {
		return x.cols[:x.end[0]]
	}
	return x.cols[x.end[s-1]:x.end[s]]
}

func (x *index) len() int { return len(x.end) }

// holding returns the sentences that hold word w.
func (x *index) holding(w int32) []int32 { return x.where[x.start[w]:x.start[w+1]] }
