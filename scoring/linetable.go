package scoring

import "hash/maphash"

// lineTable is a hash table from lines to small integers: a map without its
// generality, since looking lines up is most of the work of the line metrics.
// Hashes decide where a line lies and never what is found.
type lineTable struct {
	slots []lineSlot
	mask  uint64
	n     int // lines in the table
}

type lineSlot struct {
	key  string
	hash uint32
	used bool
	val  int32
}

var lineSeed = maphash.MakeSeed()

// reset empties the table and makes room for n lines.
func (t *lineTable) reset(n int) {
	size := 64
	for size < 2*n {
		size *= 2
	}
	if cap(t.slots) < size {
		t.slots = make([]lineSlot, size)
	} else {
		t.slots = t.slots[:size]
		clear(t.slots)
	}
	t.mask, t.n = uint64(size-1), 0
}

// find returns the slot of key; if it is not used, the slot to put it.
func (t *lineTable) find(key string) *lineSlot {
	h := maphash.String(lineSeed, key)
	for i := h & t.mask; ; i = (i + 1) & t.mask {
		s := &t.slots[i]
		if !s.used {
			s.hash = uint32(h >> 32)
			return s
		}
		if s.hash == uint32(h>>32) && s.key == key {
			return s
		}
	}
}

// put stores val for key, which must have been found to be absent at s.
func (t *lineTable) put(s *lineSlot, key string, val int32) {
	s.key, s.used, s.val = key, true, val
	t.n++
}
