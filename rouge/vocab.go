package rouge

import (
	"hash/maphash"
	"math/bits"
)

// vocab numbers words in order of first appearance. It is an open-addressing
// table rather than a map so that a pooled one can be emptied in time
// proportional to its present size, and so that a word of up to eight bytes is
// compared as one machine word.
type vocab struct {
	slots []slot // len is a power of two, at most half full
	spare []slot // the table before the last growth, for the next
	words []string
}

// slot holds a word. For up to eight bytes, key and size determine it; for more,
// key is a hash. The number is one more than the word's, zero if the slot is
// empty.
type slot struct {
	key    uint64
	size   int32
	number int32
}

// seed and spread are drawn per process so that no text can be built to collide.
// Numbers depend on the order of words alone.
var (
	seed   = maphash.MakeSeed()
	spread = maphash.String(seed, "spread")
	mixer  = maphash.String(seed, "mixer") | 1<<63 | 1
)

const minSlots = 256

func (v *vocab) reset() {
	v.slots = resized(v.slots, minSlots)
	clear(v.words)
	v.words = v.words[:0]
}

func (v *vocab) len() int { return len(v.words) }

// add returns the number of w, giving it the next one if it is new.
func (v *vocab) add(w string) int32 {
	key := wordKey(w)
	s := v.lookup(key, w)
	if s.number != 0 {
		return s.number - 1
	}
	v.words = append(v.words, w)
	n := int32(len(v.words))
	*s = slot{key, int32(len(w)), n}
	if 2*len(v.words) >= len(v.slots) {
		v.grow()
	}
	return n - 1
}

// find returns the number of w, or -1.
func (v *vocab) find(w string) int32 { return v.lookup(wordKey(w), w).number - 1 }

// lookup returns the slot of w, whose key is key, empty if the word is new.
func (v *vocab) lookup(key uint64, w string) *slot {
	for p := v.place(key); ; p = (p + 1) & (len(v.slots) - 1) {
		s := &v.slots[p]
		if s.number == 0 || s.key == key && int(s.size) == len(w) && (len(w) <= 8 || v.words[s.number-1] == w) {
			return s
		}
	}
}

// place returns the slot at which the search for key begins.
func (v *vocab) place(key uint64) int {
	return int(mix(key) & uint64(len(v.slots)-1))
}

// mix spreads the bits of key over all of the result.
func mix(key uint64) uint64 {
	hi, lo := bits.Mul64(key^spread, mixer)
	return hi ^ lo
}

func (v *vocab) grow() {
	old := v.slots
	v.slots = resized(v.spare, 2*len(old))
	v.spare = old
	for _, s := range old {
		if s.number == 0 {
			continue
		}
		p := v.place(s.key)
		for v.slots[p].number != 0 {
			p = (p + 1) & (len(v.slots) - 1)
		}
		v.slots[p] = s
	}
}

// wordKey returns a number that differs for different words of one length up
// to eight bytes, and a hash for longer words.
func wordKey(w string) uint64 {
	switch n := len(w); {
	case n > 8:
		return maphash.String(seed, w)
	case n >= 4:
		return uint64(load32(w, 0)) | uint64(load32(w, n-4))<<32
	case n > 0:
		return uint64(w[0]) | uint64(w[n/2])<<8 | uint64(w[n-1])<<16
	}
	return 0
}
