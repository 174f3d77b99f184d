package backend

import (
	"iter"
	"sort"
)

// A Scope says which rows of a batch an [Objective] must see together. What it
// needs of rows only through numbers that are known before, such as how many there
// are, is not in it.
type Scope uint8

const (
	// AnyRows: the derivative of a row depends on that row alone. Pieces end
	// anywhere, and nothing is computed twice.
	AnyRows Scope = iota

	// WholeSequences: the rows of a sequence come in one piece, as a ratio per
	// sequence needs them. Pieces are of one sequence or more. For a sequence
	// with more rows than there is room for logits, products with the head are
	// computed again; nothing else is.
	WholeSequences

	// WholeBatch: all rows come in one piece, as a mean over them needs them. A
	// batch that is computed in several parts costs another forward pass; one part
	// with more rows than there is room for logits, another product with the head.
	WholeBatch
)

// Pieces yields the first row of each piece, and the row behind it, in which rows lo
// to hi of b are asked for by a policy that has room for the logits of limit rows:
//
//	AnyRows         limit rows
//	WholeSequences  the rows of as many sequences as have at most limit together;
//	                all rows of a sequence that has more, alone
//	WholeBatch      all
//
// Cuts depend on these sizes alone. Rows lo to hi are those of whole sequences, and
// limit is at least 1.
func (s Scope) Pieces(b *Batch, lo, hi, limit int) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		for lo < hi {
			end := hi
			switch s {
			case AnyRows:
				end = min(lo+limit, hi)
			case WholeSequences:
				end = b.lastWithin(lo, hi, limit)
			}
			if !yield(lo, end) {
				return
			}
			lo = end
		}
	}
}

// lastWithin returns the end of the last sequence that ends at most limit rows
// behind row lo, or of the first if there is none.
func (b *Batch) lastWithin(lo, hi, limit int) int {
	end := lo
	for end < hi && end-lo < limit {
		behind := b.Start[sort.SearchInts(b.Start, b.Rows[end]+1)]
		next := end + sort.SearchInts(b.Rows[end:hi], behind)
		if end > lo && next-lo > limit {
			break
		}
		end = next
	}
	return end
}
