package scoring

import "hash/maphash"

// lineTable is a hash table from lines to small integers: a map without its
// generality, since looking lines up is most of the work of the line metrics.
// Hashes decide where a line lies and never what is found.
type lineTable struct {
	slots []lineSlot
	mask  uint64
	keys  []string // in the order in which they were put
	vals  []int32

	// Where the last find that found nothing ended.
	free uint64
	hash uint32
}

// lineSlot is small, so that the slots of thousands of lines stay in the cache.
type lineSlot struct {
	hash uint32
	ref  int32 // 1 + index into keys; 0: free
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
	t.mask = uint64(size - 1)
	clear(t.keys)
	t.keys, t.vals = t.keys[:0], t.vals[:0]
}

// find returns a pointer to the value of key, nil if there is none. The pointer
// is good until the next put.
func (t *lineTable) find(key string) *int32 {
	h := maphash.String(lineSeed, key)
	for i := h & t.mask; ; i = (i + 1) & t.mask {
		s := t.slots[i]
		if s.ref == 0 {
			t.free, t.hash = i, uint32(h>>32)
			return nil
		}
		if s.hash == uint32(h>>32) && t.keys[s.ref-1] == key {
			return &t.vals[s.ref-1]
		}
	}
}

// put stores val for key, which the last find did not find.
func (t *lineTable) put(key string, val int32) {
	t.keys, t.vals = append(t.keys, key), append(t.vals, val)
	t.slots[t.free] = lineSlot{t.hash, int32(len(t.keys))}
}

// add adds n to the value of key, 0 if there is none yet.
func (t *lineTable) add(key string, n int32) {
	if v := t.find(key); v != nil {
		*v += n
		return
	}
	t.put(key, n)
}
