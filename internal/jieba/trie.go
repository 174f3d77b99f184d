package jieba

import (
	"fmt"
	"math/bits"
)

// trie is a double-array trie over codes. The child of the node in slot p by
// the character of code c, if there is one, lies in slot bases[p]+c, and the
// node there is labelled c. No two nodes have the same base, so the label alone
// tells whose child it is. The root is slot 0 with base 0; the one-character
// prefixes thus lie in the slots of their codes, which no other node uses. They
// are read without looking at their labels, which are noLabel, so that slot 0,
// which is zero, also serves as the node of code 0.
//
// What every step reads is kept apart from what only some do: most lookups fail,
// and the time goes into cache misses.
//
// Source: J. Aoe, "An Efficient Digital Search Algorithm by Using a Double-Array
// Structure", IEEE Transactions on Software Engineering 15(9), 1989.
type trie struct {
	nodes []node
	bases []uint32 // 0 where the node has no children
}

// node is one slot of a trie, 0 if it is free:
//
//	bits 0-14   weight number, 0 where the node is no word
//	bit 15      whether the node has children
//	bits 16-31  label
type node uint32

const (
	parentalShift = 15
	parental      = 1 << parentalShift
	labelShift    = 16
	noLabel       = 1<<16 - 1
	maxWeights    = 1 << 15
	maxSlots      = 1 << 24
)

// weight returns the weight number of the word that ends here, 0 for none.
func (n node) weight() uint32 { return uint32(n) & (maxWeights - 1) }

// labelled returns n if its label is code and 0 if not, without a branch.
func (n node) labelled(code uint16) node {
	differ := int32(n>>labelShift) ^ int32(code)
	return n & node((differ-1)>>31)
}

// child returns the slot of the child of slot p by code, and its node, 0 if
// there is none. Neither depends on a branch.
func (t *trie) child(p uint32, code uint16) (uint32, node) {
	slot := t.bases[p] + uint32(code)
	return slot, t.nodes[slot].labelled(code)
}

// readTrie reads the trie, which the file holds in breadth-first order, and
// gives each node its slot.
func (m *model) readTrie(r *reader) error {
	n := r.uvarint()
	if n < 1 || n > maxSlots/2 {
		return fmt.Errorf("%d trie nodes", n)
	}
	// The children of node i are the nodes [first[i], first[i+1]).
	first := make([]uint32, n+1)
	first[0] = 1
	for i := range n {
		k := r.uvarint()
		if k > maxCode || int(first[i]) <= i {
			return fmt.Errorf("trie node %d with %d children", i, k)
		}
		first[i+1] = first[i] + uint32(k)
	}
	if int(first[n]) != n {
		return fmt.Errorf("%d trie nodes, but %d children", n, first[n]-1)
	}
	codes := make([]uint16, n)
	for i := range n {
		code := 0
		for j := first[i]; j < first[i+1]; j++ {
			step := r.uvarint()
			if step == 0 || step > maxCode-code {
				return fmt.Errorf("bad label of trie node %d", j)
			}
			code += step
			codes[j] = uint16(code)
		}
	}

	bases := placeFamilies(first, codes)
	top := uint32(0)
	for _, b := range bases {
		top = max(top, b+maxCode)
	}
	if top >= maxSlots {
		return fmt.Errorf("%d trie slots", top)
	}
	// Every code may be added to every base, so that the walk stays in range.
	m.trie.nodes = make([]node, top+1)
	m.trie.bases = make([]uint32, top+1)
	slots := make([]uint32, n)
	for i := range n {
		for j := first[i]; j < first[i+1]; j++ {
			slots[j] = bases[i] + uint32(codes[j])
		}
		w := r.uvarint()
		if w >= len(m.weights) {
			return fmt.Errorf("weight number %d of trie node %d", w, i)
		}
		v := node(w) | node(codes[i])<<labelShift
		if i > 0 && first[i+1] > first[i] {
			v |= parental
		}
		m.trie.nodes[slots[i]] = v
		m.trie.bases[slots[i]] = bases[i]
	}
	for j := first[0]; j < first[1]; j++ {
		m.trie.nodes[slots[j]] |= noLabel << labelShift
	}
	return nil
}

// placeFamilies returns the base of each node that has children. Families of
// two and more are placed first, in the file's order, which has those of
// frequent characters first and so next to each other; the many only children
// then fill the holes.
func placeFamilies(first []uint32, codes []uint16) []uint32 {
	bases := make([]uint32, len(codes))
	var a arena
	for i := 1; i < len(codes); i++ {
		if first[i+1]-first[i] >= 2 {
			bases[i] = a.place(codes[first[i]:first[i+1]])
		}
	}
	for i := 1; i < len(codes); i++ {
		if first[i+1]-first[i] == 1 {
			bases[i] = a.place(codes[first[i]:first[i+1]])
		}
	}
	return bases
}

// arena tells which slots and which bases are taken.
type arena struct {
	slots, bases bitset
	start        [16]int // by size of family: the search for a base starts at this word
}

// place takes the slots base+c for every c of family, which must be rising, at
// a free base that has them all free, and returns that base. It tries 64 bases
// at a time, and starts where the latest family of about this size found room:
// the holes before that are left to smaller ones.
func (a *arena) place(family []uint16) uint32 {
	start := &a.start[min(len(family), len(a.start))-1]
	for ; ; *start++ {
		slot := max(maxCode+1, *start*64)
		base := slot - int(family[0])
		busy := a.bases.window(base)
		for _, c := range family {
			busy |= a.slots.window(base + int(c))
			if busy == ^uint64(0) {
				break
			}
		}
		if busy != ^uint64(0) {
			base += bits.TrailingZeros64(^busy)
			a.bases.set(base)
			for _, c := range family {
				a.slots.set(base + int(c))
			}
			return uint32(base)
		}
	}
}

// bitset is a set of small numbers.
type bitset []uint64

func (b *bitset) set(i int) {
	for i/64 >= len(*b) {
		*b = append(*b, 0)
	}
	(*b)[i/64] |= 1 << (i % 64)
}

// window returns the 64 bits from number i on.
func (b bitset) window(i int) uint64 {
	word, shift := i/64, uint(i%64)
	var lo, hi uint64
	if word < len(b) {
		lo = b[word]
	}
	if word+1 < len(b) {
		hi = b[word+1]
	}
	return lo>>shift | hi<<(64-shift)
}
