package ops

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/golongrl/golongrl/trainer/cuda/internal/gpu"
)

// A Sequences is how tokens are packed, on the host and on the device.
type Sequences struct {
	Start []int // sequence s is tokens Start[s] to Start[s+1]

	small, large tiling // for kernels of smallTile and of largeTile tokens
}

// A tiling cuts sequences into tiles of up to size tokens, counted from where each
// sequence begins. On the device a tile is four int32: where its sequence begins
// and ends, and where the tile does. The tiles are there in two orders, by falling
// work of their queries and of their keys, so that no block begins the longest
// work last.
type tiling struct {
	size          int
	count         int
	queries, keys gpu.Ptr
}

// Tokens of a tile.
const (
	smallTile = 32
	largeTile = 128
)

const tileBytes = 16

// SequencesBytes returns the device memory that PlaceSequences wants.
func SequencesBytes(start []int) int64 {
	return 2 * tileBytes * int64(tileCount(start, smallTile)+tileCount(start, largeTile))
}

// MaxSequencesBytes returns the most that SequencesBytes can be for so many tokens
// in so many sequences.
func MaxSequencesBytes(tokens, sequences int) int64 {
	n := int64(min(sequences, tokens)) // those that are not empty
	return 2 * tileBytes * (2*n + int64(tokens/smallTile) + int64(tokens/largeTile))
}

// PlaceSequences uploads what the kernels want to know of sequences, SequencesBytes
// of it, to memory at a multiple of 16 that the caller owns. It panics unless start
// ascends from 0 or more.
func (q *Queue) PlaceSequences(start []int, at gpu.Ptr) *Sequences {
	checkStart(start)
	s := &Sequences{Start: start}
	b := make([]byte, 0, SequencesBytes(start))
	s.small, b = appendTiling(b, at, start, smallTile)
	s.large, b = appendTiling(b, at, start, largeTile)
	if q.err == nil && len(b) > 0 {
		q.Fail(q.Dev.Upload(at, b))
	}
	return s
}

// checkStart panics unless start is one that kernels can index.
func checkStart(start []int) {
	for i, x := range start {
		if x < 0 || x > math.MaxInt32 || i > 0 && x < start[i-1] {
			panic(fmt.Sprintf("ops: sequences begin at %v", start))
		}
	}
}

// tileCount returns the number of tiles.
func tileCount(start []int, size int) int {
	n := 0
	for s := 1; s < len(start); s++ {
		n += ceil(start[s]-start[s-1], size)
	}
	return n
}

// appendTiling appends a tiling's two orders to b, which will lie at at.
func appendTiling(b []byte, at gpu.Ptr, start []int, size int) (tiling, []byte) {
	type tile struct{ begin, end, from, to int }
	tiles := make([]tile, 0, tileCount(start, size))
	for s := 1; s < len(start); s++ {
		for from := start[s-1]; from < start[s]; from += size {
			tiles = append(tiles, tile{start[s-1], start[s], from, min(from+size, start[s])})
		}
	}
	put := func(work func(tile) int) gpu.Ptr {
		p := at + gpu.Ptr(len(b))
		slices.SortStableFunc(tiles, func(x, y tile) int { return work(y) - work(x) })
		for _, t := range tiles {
			for _, x := range [...]int{t.begin, t.end, t.from, t.to} {
				b = binary.LittleEndian.AppendUint32(b, uint32(x))
			}
		}
		return p
	}
	t := tiling{size: size, count: len(tiles)}
	t.queries = put(func(t tile) int { return t.to - t.begin })
	t.keys = put(func(t tile) int { return t.end - t.from })
	return t, b
}
