package backend_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/golongrl/golongrl/trainer/backend"
)

func TestPieces(t *testing.T) {
	// Sequences of 4, 3, 0, 3 and 1 rows.
	b := &backend.Batch{Start: []int{0, 5, 14, 17, 24, 26}, Rows: []int{1, 2, 3, 4, 10, 11, 12, 18, 20, 21, 25}}
	for _, c := range []struct {
		scope         backend.Scope
		lo, hi, limit int
		ends          []int
	}{
		{backend.AnyRows, 0, 11, 4, []int{4, 8, 11}},
		{backend.AnyRows, 4, 10, 4, []int{8, 10}},
		{backend.AnyRows, 0, 11, 11, []int{11}},
		{backend.WholeBatch, 0, 11, 1, []int{11}},
		{backend.WholeBatch, 4, 10, 100, []int{10}},
		{backend.WholeSequences, 0, 11, 100, []int{11}},
		{backend.WholeSequences, 0, 11, 11, []int{11}},
		{backend.WholeSequences, 0, 11, 10, []int{10, 11}},
		{backend.WholeSequences, 0, 11, 7, []int{7, 11}},
		{backend.WholeSequences, 0, 11, 6, []int{4, 10, 11}},
		{backend.WholeSequences, 0, 11, 3, []int{4, 7, 10, 11}}, // the first has more than 3
		{backend.WholeSequences, 0, 11, 1, []int{4, 7, 10, 11}},
		{backend.WholeSequences, 4, 10, 1 << 30, []int{10}},
		{backend.WholeSequences, 4, 10, 5, []int{7, 10}},
		{backend.WholeSequences, 3, 3, 5, nil},
	} {
		var ends []int
		at := c.lo
		for lo, hi := range c.scope.Pieces(b, c.lo, c.hi, c.limit) {
			if lo != at {
				t.Errorf("%+v: a piece begins at %d, behind one that ends at %d", c, lo, at)
			}
			at = hi
			ends = append(ends, hi)
		}
		if !slices.Equal(ends, c.ends) {
			t.Errorf("%+v: pieces end at %v", c, ends)
		}
	}
	for range backend.AnyRows.Pieces(b, 0, 11, 4) {
		break // ends the loop, and does not panic
	}
}

// Pieces are as large as the limit allows, and never cut a sequence.
func TestPiecesOfSequences(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		b := &backend.Batch{Start: []int{0}}
		ends := []int{0} // of the rows of sequences that have any
		for range 1 + rng.IntN(8) {
			begin := b.Start[len(b.Start)-1]
			n := 1 + rng.IntN(9)
			for i := 1 + rng.IntN(n); i < n; i++ {
				b.Rows = append(b.Rows, begin+i)
			}
			b.Start = append(b.Start, begin+n)
			if k := len(b.Rows); k > ends[len(ends)-1] {
				ends = append(ends, k)
			}
		}
		limit := 1 + rng.IntN(12)
		at := 0 // in ends
		for lo, hi := range backend.WholeSequences.Pieces(b, 0, len(b.Rows), limit) {
			next := at + 1
			for next+1 < len(ends) && ends[next+1]-ends[at] <= limit {
				next++
			}
			if lo != ends[at] || hi != ends[next] {
				t.Fatalf("%+v, room for %d: piece %d to %d, want %d to %d", b, limit, lo, hi, ends[at], ends[next])
			}
			at = next
		}
		if at != len(ends)-1 {
			t.Fatalf("%+v, room for %d: pieces end at %d", b, limit, ends[at])
		}
	}
}
