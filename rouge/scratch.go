package rouge

import "sync"

// scratch is the working memory of one call.
type scratch struct {
	vocab    vocab
	ref, hyp sentences
	index    index
	rows     rows
	table    table

	done  []bool  // per reference word: needs no further pair
	seen  []int32 // per hypothesis sentence: 1 + last reference sentence paired
	count []int32 // per reference word: occurrences left in the hypothesis
	hit   []bool  // per word of a reference sentence: on a common subsequence
	grams grams
}

var pool = sync.Pool{New: func() any { return new(scratch) }}

// maxPooled bounds the words of a scratch that goes back to the pool, so that
// one huge text does not stay in memory.
const maxPooled = 1 << 20

func getScratch() *scratch {
	sc := pool.Get().(*scratch)
	sc.vocab.reset()
	sc.ref.reset()
	sc.hyp.reset()
	return sc
}

func (sc *scratch) release() {
	if cap(sc.ref.words)+cap(sc.hyp.words) > maxPooled || cap(sc.table.log) > maxPooled {
		return
	}
	clear(sc.vocab.words) // let go of the caller's text
	pool.Put(sc)
}

// resized returns s with length n and all elements zero.
func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	s = s[:n]
	clear(s)
	return s
}
