package ndcg

import "sync"

// place records where a line stands, counted from 1; 0 is absent.
type place struct{ gold, pred int }

// scratch is the working memory of one call.
type scratch struct {
	ideal, run []float64
	few, many  map[string]place
}

const (
	// fewLines and manyLines are the sizes of the pooled maps. There are two
	// because clearing a map costs time in proportion to its size, and short
	// lists are the usual ones.
	fewLines, manyLines = 64, 1024
	// maxPooledGains bounds the gains a pooled scratch may keep (512 KiB each).
	maxPooledGains = 1 << 16
)

var pool = sync.Pool{New: func() any {
	return &scratch{few: make(map[string]place, fewLines), many: make(map[string]place, manyLines)}
}}

func getScratch() *scratch { return pool.Get().(*scratch) }

// release clears s, so that the pool keeps no line alive, and returns it.
func (s *scratch) release() {
	clear(s.few)
	clear(s.many)
	s.ideal, s.run = s.ideal[:0], s.run[:0]
	if cap(s.ideal) <= maxPooledGains && cap(s.run) <= maxPooledGains {
		pool.Put(s)
	}
}

// lines returns an empty map with room for n lines: a pooled one, or for a long
// list one of the call's own.
func (s *scratch) lines(n int) map[string]place {
	switch {
	case n <= fewLines:
		return s.few
	case n <= manyLines:
		return s.many
	}
	return make(map[string]place, n)
}
